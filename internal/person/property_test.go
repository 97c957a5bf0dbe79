package person_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/person"
	"kept/record"
)

// somebody is a person of this test: what she knows of herself, and the two things
// that she sent.
type somebody struct {
	cell    person.Cell
	summary bool
	sent    [2]person.Receipt
	secret  [2]string
}

// crowd has people answer two calls on random days, and everything published.
func crowd(t *testing.T, h *hall, seed uint64) []somebody {
	random := rand.New(rand.NewPCG(seed, 1))
	people := make([]somebody, 30)
	for n := range people {
		p := &people[n]
		p.cell = person.Cell{Group: fmt.Sprint("group-", random.IntN(4)/3), Region: fmt.Sprint("region-", random.IntN(5)/3)}
		p.summary = random.IntN(5) == 0
	}
	for i := range 2 {
		c := person.Call{ID: fmt.Sprint("call-", i), Kind: "answer.given", Closes: "2026-03-20"}
		for _, n := range random.Perm(len(people)) {
			p := &people[n]
			h.now = time.Date(2026, 3, 1+random.IntN(3), random.IntN(24), random.IntN(60), random.IntN(60), 0, time.UTC)
			p.secret[i] = fmt.Sprintf("secret-%d-%d-of-%d", seed, i, n)
			// The same words twice, so that a digest without salt would link them.
			words := map[string]string{"text.en": "The same words of person " + fmt.Sprint(n)}
			if p.summary {
				words["text.en"] = p.secret[i]
			}
			p.sent[i] = h.send(c, person.Input{Facts: answer{Call: c.ID, Choice: "yes"}, Words: words, Cell: p.cell, Summary: p.summary})
			h.admit(p.sent[i])
		}
	}
	for day := 2; day <= 22; day++ {
		h.now = time.Date(2026, 3, day, 0, 31, 0, 0, time.UTC)
		must(t, h.p.Publish(t.Context(), h.now.Format(time.DateOnly)))
	}
	return people
}

// TestNobodyIsLinked: two acts of one person share no fact but those that all of
// their batch or call share, no word, key, salt, digest or time; nor do her rows.
func TestNobodyIsLinked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := newHall(t, open())
		people := crowd(t, h, 1)
		cells := map[string]int{} // day and cell → entries that tell it
		for n, p := range people {
			var e [2]keeper.Entry
			for i := range 2 {
				row := h.row(p.sent[i].Code)
				if row.State != person.Published {
					t.Fatalf("person %d, call %d: %s", n, i, row.State)
				}
				e[i] = h.entry(row.Entry)
				var f answer
				must(t, json.Unmarshal(e[i].Facts, &f))
				if f.Call != fmt.Sprint("call-", i) || f.Choice != "yes" || (f.Group == "") != (f.Region == "") {
					t.Errorf("facts %s", e[i].Facts)
				}
				if f.Group != "" {
					cells[f.Call+e[i].At+f.Group+f.Region]++
				}
				if !strings.HasSuffix(e[i].At, "T00:00:00Z") || e[i].By != "person" {
					t.Errorf("%s by %s", e[i].At, e[i].By)
				}
			}
			a, b := p.sent[0], p.sent[1]
			if a.Code == b.Code {
				t.Error("one code for two")
			}
			if p.summary {
				if len(e[0].Words)+len(e[1].Words) > 0 {
					t.Error("a summary has words")
				}
				continue
			}
			if e[0].Words["text.en"] == e[1].Words["text.en"] || a.Parts["text.en"].Salt == b.Parts["text.en"].Salt {
				t.Errorf("person %d is linked by a digest or salt", n)
			}
		}
		if len(cells) == 0 {
			t.Error("no cell was told: this test shows nothing")
		}
		for cell, n := range cells {
			if n < person.Enough {
				t.Errorf("%s is told of %d only", cell, n)
			}
		}
		h.rows(people)
		h.sound()
	})
}

// rows looks at the private table: no column tells two rows of one person from two
// rows of two persons, and none holds a time.
func (h *hall) rows(people []somebody) {
	h.t.Helper()
	must(h.t, h.k.DB().Read(h.t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query("SELECT * FROM person_input")
		must(h.t, err)
		defer rows.Close()
		n := 0
		for ; rows.Next(); n++ {
			values, err := rows.Values()
			must(h.t, err)
			for _, v := range values {
				text := fmt.Sprintf("%s", v)
				if strings.Contains(text, "group-") || strings.Contains(text, "region-") {
					h.t.Errorf("a row that was published tells %q", text)
				}
				if _, err := time.Parse(time.RFC3339, text); err == nil {
					h.t.Errorf("a row holds the time %q", text)
				}
			}
		}
		if n != 2*len(people) {
			h.t.Errorf("%d rows for %d inputs", n, 2*len(people))
		}
		return rows.Err()
	}))
}

// TestNothingPrivateIsPublic plants what must stay private and seeks it in every
// file of a downloaded copy of the record. What may be public is found there.
func TestNothingPrivateIsPublic(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := newHall(t, open())
		people := crowd(t, h, 2)
		late := person.Call{ID: "call-9", Kind: "answer.given"}
		h.send(late, person.Input{Facts: answer{Call: "call-9", Choice: "waiting-choice"}, Words: map[string]string{"text.en": "waiting-words"}, Cell: person.Cell{Group: "waiting-group", Region: "waiting-region"}})
		h.sound()
		dir := filepath.Join(t.TempDir(), "copy")
		report, err := record.Download(context.Background(), h.k, dir, record.Options{})
		must(t, err)
		if !report.OK() {
			t.Fatal(report.Faults)
		}
		forbidden := []string{"waiting-choice", "waiting-words", "waiting-group", "waiting-region"}
		for _, p := range people {
			forbidden = append(forbidden, p.sent[0].Code, p.sent[1].Code)
			if p.summary {
				forbidden = append(forbidden, p.secret[0], p.secret[1])
			}
		}
		all := everything(t, dir)
		for _, secret := range forbidden {
			if bytes.Contains(all, []byte(secret)) {
				t.Errorf("%q is public", secret)
			}
		}
		shown := slices.IndexFunc(people, func(p somebody) bool { return !p.summary })
		for _, public := range []string{"The same words of person " + fmt.Sprint(shown), "T00:00:00Z", `"by":"person"`} {
			if !bytes.Contains(all, []byte(public)) {
				t.Errorf("%q is not found: this test shows nothing", public)
			}
		}
	})
}

// everything is all files of a folder in one.
func everything(t *testing.T, dir string) []byte {
	t.Helper()
	var all bytes.Buffer
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		all.Write(b)
		return err
	}))
	return all.Bytes()
}
