package person_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/person"
	"kept/record"
)

// answer are the facts of the acts of these tests.
type answer struct {
	Call   string `json:"call"`
	Choice string `json:"choice"`
	Group  string `json:"group,omitempty"`
	Region string `json:"region,omitempty"`
}

// hall is a record with one kind of act that persons make.
type hall struct {
	t    *testing.T
	k    *keeper.Keeper
	p    person.Publisher
	now  time.Time
	step func(string) error
	no   string // a choice that the rules refuse
}

func newHall(t *testing.T, store *db.DB) *hall {
	h := &hall{t: t, now: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), step: func(string) error { return nil }}
	key, err := keeper.CreateKey(filepath.Join(t.TempDir(), "record.key"), "hall.example/record")
	must(t, err)
	subject := keeper.Subject{Name: "hall", Schema: "CREATE TABLE answer (id BIGINT PRIMARY KEY, choice TEXT NOT NULL);\nCREATE TABLE derived_answer (entry BIGINT NOT NULL, part TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (entry, part));",
		Kinds: []keeper.Kind{keeper.Rules[answer]{Name: "answer.given",
			Validate: func(keeper.Act, answer) error { return nil },
			Check: func(_ *db.Tx, _ keeper.Act, f answer, _ time.Time) error {
				if f.Choice == h.no {
					return keeper.Refuse(keeper.ErrNotFound, locale.E("err.words.nul"))
				}
				return nil
			},
			Apply: func(tx *db.Tx, e keeper.Entry, f answer) error {
				if err := tx.Queue("INSERT INTO answer (id, choice) VALUES (?, ?)", e.Index, f.Choice); err != nil {
					return err
				}
				return keeper.Touch(tx, e.Index, "answers")
			},
			Derive: func(tx *db.Tx, e keeper.Entry, _ answer, words map[string]string) error {
				for part, text := range words {
					if err := tx.Queue("INSERT INTO derived_answer (entry, part, body) VALUES (?, ?, ?)", e.Index, part, text); err != nil {
						return err
					}
				}
				return nil
			}}.Kind()}}
	h.k, err = keeper.Open(t.Context(), keeper.Options{DB: store, Subjects: []keeper.Subject{subject}, Key: key,
		Lock: keeper.FileLock{Path: filepath.Join(t.TempDir(), "lock")}, Log: slog.New(slog.DiscardHandler),
		Clock: func() time.Time { return h.now }, Step: func(s string) error { return h.step(s) }})
	must(t, err)
	t.Cleanup(h.k.Close)
	must(t, person.Prepare(t.Context(), store))
	h.p = person.Publisher{Keeper: h.k, Kinds: map[string]person.FactsOf{"answer.given": person.Facts(func(f *answer, c person.Cell) { f.Group, f.Region = c.Group, c.Region })}}
	_, err = h.k.Submit(t.Context(), "", keeper.Act{Kind: "answer.given", By: "secretariat", Facts: answer{Call: "first", Choice: "x"}})
	must(t, err) // entry 0 is nobody's
	return h
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var call = person.Call{ID: "roads", Kind: "answer.given", Closes: "2026-03-20"}

func (h *hall) send(c person.Call, in person.Input) person.Receipt {
	h.t.Helper()
	var r person.Receipt
	must(h.t, h.k.DB().Write(h.t.Context(), func(tx *db.Tx) (err error) {
		r, err = person.Submit(tx, h.now, c, in)
		return err
	}))
	return r
}

func (h *hall) row(code string) (row person.Row) {
	h.t.Helper()
	must(h.t, h.k.DB().Read(h.t.Context(), func(tx *db.Tx) (err error) {
		row, err = person.ByCode(tx, code)
		return err
	}))
	return row
}

func (h *hall) admit(rs ...person.Receipt) {
	h.t.Helper()
	for _, r := range rs {
		row := h.row(r.Code)
		must(h.t, h.k.DB().Write(h.t.Context(), func(tx *db.Tx) error { return person.Moderate(tx, row.ID, true, "") }))
	}
}

func (h *hall) several(n int, c person.Call) (all []person.Receipt) {
	for i := range n {
		all = append(all, h.send(c, person.Input{Facts: answer{Call: "roads", Choice: "yes"}, Words: map[string]string{"text.en": fmt.Sprint("Thought ", i)}}))
	}
	return all
}

// sound checks record and state.
func (h *hall) sound() *record.Report {
	h.t.Helper()
	must(h.t, h.k.Sign(h.t.Context()))
	report, err := record.Verify(h.t.Context(), h.k, record.Options{})
	must(h.t, err)
	for _, f := range report.Faults {
		h.t.Errorf("the record is not sound: %s", f)
	}
	found, err := h.k.ReplayCheck(h.t.Context(), nil)
	must(h.t, err)
	for _, d := range found {
		h.t.Errorf("replay: %+v", d)
	}
	return report
}

func (h *hall) entry(index int64) (e keeper.Entry) {
	h.t.Helper()
	must(h.t, h.k.DB().Read(h.t.Context(), func(tx *db.Tx) (err error) {
		e, err = keeper.ReadEntry(tx, index)
		return err
	}))
	return e
}

// TestBatch waits for five, and for the day after.
func TestBatch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := newHall(t, open())
		rs := h.several(4, call)
		if row := h.row(rs[0].Code); row.State != person.Waiting || row.Day != "2026-03-01" || row.Words["text.en"] != "Thought 0" {
			t.Errorf("a row that waits: %+v", row)
		}
		h.admit(rs...)
		h.now = h.now.AddDate(0, 0, 1)
		must(t, h.p.Publish(t.Context(), "2026-03-02"))
		if h.k.Size() != 1 {
			t.Fatalf("four of a call that is open were published: %d entries", h.k.Size())
		}
		fifth := h.several(1, call)
		h.admit(fifth...)
		must(t, h.p.Publish(t.Context(), "2026-03-02"))
		if h.k.Size() != 1 {
			t.Fatal("something was published on the day on which it was sent")
		}
		unread := h.several(1, call)[0] // no moderator has seen it
		h.now = time.Date(2026, 3, 3, 0, 30, 5, 0, time.UTC)
		_, err := h.k.Submit(t.Context(), "", keeper.Act{Kind: "answer.given", By: "secretariat", Facts: answer{Call: "x", Choice: "y"}})
		must(t, err)
		must(t, h.p.Publish(t.Context(), "2026-03-03"))
		must(t, h.p.Publish(t.Context(), "2026-03-03")) // again: nothing more
		if h.k.Size() != 7 {
			t.Fatalf("%d entries, want 7", h.k.Size())
		}
		var hashes [][]byte
		for i := int64(2); i < 7; i++ {
			e := h.entry(i)
			line, err := e.Bytes()
			must(t, err)
			hash := record.LeafHash(line)
			hashes = append(hashes, hash[:])
			if e.At != "2026-03-03T00:00:00Z" || e.By != "person" || string(e.Facts) != `{"call":"roads","choice":"yes"}` {
				t.Errorf("entry %d: %s", i, line)
			}
		}
		if !slices.IsSortedFunc(hashes, bytes.Compare) {
			t.Error("the batch is not in the order of its hashes")
		}
		for _, r := range append(rs, fifth...) {
			row := h.row(r.Code)
			if row.State != person.Published || row.Entry < 2 || len(row.Words) > 0 {
				t.Errorf("a row that was published: %+v", row)
			}
			if e := h.entry(row.Entry); e.Words["text.en"] != r.Parts["text.en"].Digest {
				t.Error("the entry holds another digest than the receipt")
			}
		}
		if h.row(unread.Code).State != person.Waiting {
			t.Error("what nobody read was published")
		}
		// The times of all others go on where they were.
		results, err := h.k.Submit(t.Context(), "", keeper.Act{Kind: "answer.given", By: "secretariat", Facts: answer{Call: "x", Choice: "z"}})
		must(t, err)
		if at := h.entry(results[0].Index).At; at != "2026-03-03T00:30:05Z" {
			t.Errorf("the next entry is of %s", at)
		}
		if report := h.sound(); report.Words != 5 {
			t.Errorf("%d public words", report.Words)
		}
	})
}

// TestClose publishes what there is when a call is over.
func TestClose(t *testing.T) {
	h := newHall(t, dbtest.SQLite(t))
	open := person.Call{ID: "always", Kind: "answer.given"}
	h.admit(h.several(2, call)...)
	h.admit(h.several(4, open)...)
	h.now = time.Date(2026, 3, 20, 23, 0, 0, 0, time.UTC)
	must(t, h.p.Publish(t.Context(), "2026-03-20"))
	if h.k.Size() != 1 {
		t.Fatal("published on the last day, which is not over")
	}
	h.several(1, call) // the last day is taken
	h.now = h.now.AddDate(0, 0, 1)
	must(t, h.p.Publish(t.Context(), "2026-03-21"))
	if h.k.Size() != 3 {
		t.Fatalf("%d entries, want 3", h.k.Size())
	}
	err := h.k.DB().Write(t.Context(), func(tx *db.Tx) error {
		_, err := person.Submit(tx, h.now, call, person.Input{})
		return err
	})
	if !errors.Is(err, keeper.ErrForbidden) {
		t.Errorf("after the close: %v", err)
	}
	h.sound()
	if c := person.Monthly("wrong", "answer.given", time.Date(2028, 2, 3, 0, 0, 0, 0, time.UTC)); c.ID != "wrong/2028-02" || c.Closes != "2028-02-29" {
		t.Errorf("%+v", c)
	}
	for at, want := range map[string]string{"2026-03-05T00:29:59Z": "2026-03-04", "2026-03-05T00:30:00Z": "2026-03-05"} {
		now, err := time.Parse(time.RFC3339, at)
		must(t, err)
		if got := person.BatchDay(now); got != want {
			t.Errorf("at %s: %s, want %s", at, got, want)
		}
	}
}

// TestBatchDies stops the program at each step. What is sent again is in the record once.
func TestBatchDies(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		broken := errors.New("broken")
		h := newHall(t, open())
		rs := h.several(6, call)
		h.admit(rs...)
		h.now = h.now.AddDate(0, 0, 1)
		for _, step := range []string{"after-apply", "before-commit", "after-commit"} {
			h.step = func(s string) error {
				if s == step {
					return broken
				}
				return nil
			}
			if err := h.p.Publish(t.Context(), "2026-03-02"); !errors.Is(err, broken) {
				t.Fatalf("%s: %v", step, err)
			}
			if h.row(rs[0].Code).State != person.Batched {
				t.Errorf("%s: the row is %s", step, h.row(rs[0].Code).State)
			}
		}
		h.step = func(string) error { return nil }
		late := h.several(1, call)
		h.admit(late...) // while a batch was under way
		h.now = h.now.AddDate(0, 0, 1)
		must(t, h.p.Publish(t.Context(), "2026-03-03"))
		if h.k.Size() != 7 || h.row(rs[5].Code).State != person.Published || h.row(late[0].Code).State != person.Admitted {
			t.Errorf("%d entries, want 7; %s, %s", h.k.Size(), h.row(rs[5].Code).State, h.row(late[0].Code).State)
		}
		if at := h.entry(3).At; at != "2026-03-02T00:00:00Z" {
			t.Errorf("the batch keeps its day, not %s", at)
		}
		h.sound()
	})
}

// TestRefusedByRules sets one aside, and sends the rest while they are enough.
func TestRefusedByRules(t *testing.T) {
	h := newHall(t, dbtest.SQLite(t))
	h.no = "no"
	bad := h.send(call, person.Input{Facts: answer{Call: "roads", Choice: "no"}, Words: map[string]string{"text.en": "gone"}})
	rs := h.several(5, call)
	h.admit(append(rs, bad)...)
	h.now = h.now.AddDate(0, 0, 1)
	must(t, h.p.Publish(t.Context(), "2026-03-02"))
	if row := h.row(bad.Code); h.k.Size() != 6 || row.State != person.Refused || row.Reason != "rules" || len(row.Words) > 0 {
		t.Errorf("%d entries; %+v", h.k.Size(), row)
	}
	bad = h.send(call, person.Input{Facts: answer{Call: "roads", Choice: "no"}})
	rs = h.several(4, call)
	h.admit(append(rs, bad)...)
	h.now = h.now.AddDate(0, 0, 1)
	must(t, h.p.Publish(t.Context(), "2026-03-03"))
	if h.k.Size() != 6 || h.row(bad.Code).State != person.Refused || h.row(rs[0].Code).State != person.Admitted {
		t.Errorf("four that are left: %d entries, %s", h.k.Size(), h.row(rs[0].Code).State)
	}
	h.sound()
}

// TestModerate decides once, and deletes what is refused.
func TestModerate(t *testing.T) {
	h := newHall(t, dbtest.SQLite(t))
	rs := h.several(2, call)
	decide := func(r person.Receipt, admit bool, reason string) error {
		id := h.row(r.Code).ID
		return h.k.DB().Write(t.Context(), func(tx *db.Tx) error { return person.Moderate(tx, id, admit, reason) })
	}
	if err := decide(rs[0], false, "dislike"); err == nil {
		t.Error("refused for no known reason")
	}
	must(t, decide(rs[0], false, "hate"))
	if row := h.row(rs[0].Code); row.State != person.Refused || row.Reason != "hate" || len(row.Words) > 0 || string(row.Facts) != "{}" {
		t.Errorf("%+v", row)
	}
	must(t, decide(rs[1], true, ""))
	for _, r := range rs {
		for _, admit := range []bool{true, false} {
			if err := decide(r, admit, "hate"); !errors.Is(err, keeper.ErrConflict) {
				t.Errorf("decided twice: %v", err)
			}
		}
	}
	must(t, h.k.DB().Read(t.Context(), func(tx *db.Tx) error {
		for _, code := range []string{"", "x", strings.Repeat("A", 26), rs[0].Code + "A"} {
			if _, err := person.ByCode(tx, code); !errors.Is(err, keeper.ErrNotFound) {
				t.Errorf("code %q: %v", code, err)
			}
		}
		spaced := strings.ToLower(rs[0].Code[:5] + "-" + rs[0].Code[5:9] + " " + rs[0].Code[9:])
		if _, err := person.ByCode(tx, spaced); err != nil {
			t.Errorf("a code as somebody writes it: %v", err)
		}
		list, err := person.List(tx, person.Admitted)
		must(t, err)
		waiting, published, err := person.Count(tx, call.ID)
		must(t, err)
		if len(list) != 1 || waiting != 1 || published != 0 {
			t.Errorf("%d admitted; %d wait, %d published", len(list), waiting, published)
		}
		return nil
	}))
}

// TestSummary publishes that somebody answered, and not what was written.
func TestSummary(t *testing.T) {
	h := newHall(t, dbtest.SQLite(t))
	r := h.send(call, person.Input{Facts: answer{Call: "roads", Choice: "yes"}, Words: map[string]string{"text.en": "for your eyes"}, Summary: true})
	if len(r.Parts) > 0 {
		t.Error("a summary has no digests")
	}
	h.admit(r)
	h.now = time.Date(2026, 3, 25, 10, 0, 0, 0, time.UTC)
	must(t, h.p.Publish(t.Context(), "2026-03-25"))
	row := h.row(r.Code)
	if e := h.entry(row.Entry); row.State != person.Published || len(e.Words) > 0 || row.Words["text.en"] != "for your eyes" {
		t.Errorf("%+v; words %v", row, e.Words)
	}
	must(t, h.p.Publish(t.Context(), "2026-06-30"))
	if row := h.row(r.Code); len(row.Words) > 0 {
		t.Error("what was written for the desk is kept for ever")
	}
	must(t, h.p.Publish(t.Context(), "2027-06-30"))
	err := h.k.DB().Read(context.Background(), func(tx *db.Tx) error { _, err := person.ByCode(tx, r.Code); return err })
	if !errors.Is(err, keeper.ErrNotFound) {
		t.Errorf("a receipt is known for ever: %v", err)
	}
	h.sound()
}

// TestRecognise: a copy of the private tables from before a batch, put beside a
// record that has the batch, publishes nothing twice.
func TestRecognise(t *testing.T) {
	h := newHall(t, dbtest.SQLite(t))
	rs := h.several(6, call)
	h.admit(rs...)
	silent := h.send(call, person.Input{Facts: answer{Call: "roads", Choice: "yes"}})
	h.admit(silent)
	late := h.several(1, call)[0]
	h.now = h.now.AddDate(0, 0, 1)
	must(t, h.p.Publish(t.Context(), "2026-03-02"))
	size := h.k.Size()
	write := func(fn func(tx *db.Tx) error) {
		t.Helper()
		must(t, h.k.DB().Write(t.Context(), fn))
	}
	write(func(tx *db.Tx) error { // as the copy had them
		for _, r := range rs {
			words := fmt.Sprintf(`{"text.en":{"salt":"%s","text":"%s"}}`, r.Parts["text.en"].Salt, r.Parts["text.en"].Text)
			row, err := person.ByCode(tx, r.Code)
			must(t, err)
			if _, err := tx.Exec("UPDATE person_input SET state = 'batched', entry = 0, words = ?, facts = ? WHERE id = ?", []byte(words), []byte(`{"call":"roads","choice":"yes"}`), row.ID); err != nil {
				return err
			}
		}
		_, err := tx.Exec("UPDATE person_input SET state = 'admitted', entry = 0, facts = ? WHERE state = 'published'", []byte(`{"call":"roads","choice":"yes"}`))
		return err
	})
	write(func(tx *db.Tx) error {
		found, again, err := person.Recognise(tx, 1, size)
		if found != 6 || again != 1 {
			t.Errorf("%d found, %d to be looked at again", found, again)
		}
		return err
	})
	if h.row(rs[3].Code).Entry < 1 || h.row(silent.Code).State != person.Waiting || h.row(late.Code).State != person.Waiting {
		t.Errorf("%+v; %s", h.row(rs[3].Code), h.row(silent.Code).State)
	}
	h.now = time.Date(2026, 3, 25, 10, 0, 0, 0, time.UTC)
	must(t, h.p.Publish(t.Context(), "2026-03-25"))
	if h.k.Size() != size {
		t.Error("something was published twice")
	}
}
