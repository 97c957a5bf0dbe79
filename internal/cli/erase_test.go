package cli_test

import (
	"context"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	crand "crypto/rand"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/record"
)

// erasedReport is what erase prints as JSON.
type erasedReport struct {
	Parts   []struct{ Part string }
	Cut     []string
	Left    []string
	Acts    []int64
	Remains []string
	Done    bool
}

// planting is a site that runs, with texts planted wherever texts are kept.
type planting struct {
	dir, copied string
	config      db.Config
	flags       []string // --data and --db
	site        *running
	texts       []string // planted, to be erased
	entries     []int64  // that hold them
	mark        string
}

// plant makes a record under the sample pack, and serves it.
func plant(t *testing.T, config db.Config) *planting {
	p := &planting{dir: filepath.Join(t.TempDir(), "data"), config: config, mark: crand.Text()}
	p.flags = []string{"--data", p.dir}
	var more []string
	if config.URL != "" {
		more = []string{"--db", config.URL}
	} else {
		p.config.Dir = p.dir
	}
	p.flags = append(p.flags, more...)
	at := func(args ...string) []string { return append(args, p.flags...) }
	must(t, at("init", "--pack", "harbour", "--origin", originOf(t))...)
	names := []string{"Planted " + p.mark + " Telecom", "اتصالات مزروعة " + p.mark, "种下电信" + p.mark}
	title, promise := "Planted title "+p.mark, "A planted promise of "+p.mark+": ships send data."
	p.texts = append(append(p.texts, names...), title, promise)
	must(t, at("import", "parties", write(t, "p.csv", "Name,Kind,Country\n"+names[0]+",civil-society,QM\n"+names[1]+",academia,QN\n"+names[2]+",academia,QM\nStaying "+p.mark+",academia,QN\n"), "--keep")...)
	must(t, at(append([]string{"import", "pledges", write(t, "c.csv", "Organisation,Kind,Country,Title,Pledge,Item\n"+names[0]+",civil-society,QM,"+title+",\""+promise+"\",H.1\n"), "--keep"}, source...)...)...)
	p.site = serve(t, p.dir, more...)
	for i := range size(t, "http://"+p.site.addr) {
		words := p.words(t, i)
		if strings.Contains(words, p.mark) && !strings.Contains(words, "Staying") {
			p.entries = append(p.entries, i)
		}
	}
	store, err := db.Open(context.Background(), p.config)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	err = store.Write(context.Background(), func(tx *db.Tx) error { // as a form of several steps leaves it, and a job that waits
		_, err := tx.Exec("INSERT INTO web_draft (id, lang, lead, claims, fields, changed_at) VALUES ('d', 'en', 1, 0, ?, '2999-01-01')", `{"title.en":"`+title+`","promise.en":"stays"}`)
		if err == nil {
			_, err = tx.Exec("INSERT INTO job (kind, name, payload, state, next_at, holder, tries, ended_at, fault) VALUES ('unknown', 'k', ?, 'waiting', '', '', 0, '', '')", []byte(`{"body":"About `+promise+`"}`))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	p.letter(t, promise)
	p.copied = filepath.Join(t.TempDir(), "copy")
	must(t, "verify", "http://"+p.site.addr, "--save", p.copied)
	return p
}

// letter puts a letter into the outbox, encoded as mail is: no plain search finds it.
func (p *planting) letter(t *testing.T, text string) {
	var b strings.Builder
	b.WriteString("From: kept@localhost\r\nTo: x@example.org\r\nSubject: =?utf-8?q?About?=\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	w := quotedprintable.NewWriter(&b)
	io.WriteString(w, strings.Repeat("é", 8)+text) // each é takes six places of a line of 76
	w.Close()
	if strings.Contains(b.String(), text) {
		t.Fatal("the letter is not encoded")
	}
	if err := os.MkdirAll(filepath.Join(p.dir, "outbox"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.dir, "outbox", "a.eml"), []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (p *planting) words(t *testing.T, index int64) string {
	answer, err := http.Get(fmt.Sprintf("http://%s/record/words/%d.json", p.site.addr, index))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var hrefs = regexp.MustCompile(`href="(/[^"#]*)`)

// public finds pages, twins and files of the record that hold a planted text:
// everything that links lead to from the home pages, and the file of each entry.
func (p *planting) public(t *testing.T) (found []string, pages int) {
	t.Helper()
	queue := []string{"/en/", "/ar/", "/zh/", "/en/search?q=" + p.mark, "/stakeholders.csv", "/commitments.csv", "/stakeholders.json", "/en/stakeholders?q=" + p.mark}
	for i := range size(t, "http://"+p.site.addr) {
		queue = append(queue, fmt.Sprintf("/record/words/%d.json", i), fmt.Sprintf("/record/receipts/%d", i), fmt.Sprintf("/record/entries/%d.json", i), fmt.Sprintf("/ru/record/entries/%d", i))
	}
	plain := &http.Client{Transport: &http.Transport{DisableCompression: true}} // to pack each page and unpack it is not what is tested
	defer plain.CloseIdleConnections()
	seen := map[string]bool{}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] || strings.HasPrefix(path, "/fr/") || strings.HasPrefix(path, "/es/") || strings.HasPrefix(path, "/enter") {
			continue
		}
		seen[path] = true
		answer, err := plain.Get("http://" + p.site.addr + strings.ReplaceAll(path, "&amp;", "&"))
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode >= 500 {
			t.Errorf("%s answers %d", path, answer.StatusCode)
		}
		for _, text := range p.texts {
			if strings.Contains(string(b), text) {
				found = append(found, path)
				break
			}
		}
		if strings.Contains(answer.Header.Get("Content-Type"), "html") && !strings.HasPrefix(path, "/ru/") {
			for _, m := range hrefs.FindAllStringSubmatch(string(b), -1) {
				if !repeats(m[1]) {
					queue = append(queue, m[1])
				}
			}
		}
	}
	return found, len(seen)
}

// repeats tells of an address that shows once more what other pages show: a list
// under several conditions, a citation of one figure, a form about a page, a page
// as it was. There are too many of them to look at each.
func repeats(address string) bool {
	path, query, _ := strings.Cut(address, "?")
	switch {
	case strings.Contains(query, "&") || strings.Contains(query, "as-of="):
		return true
	case strings.HasSuffix(path, "/cite"):
		return strings.Count(strings.ToLower(query), "%3a") > 1
	case strings.HasSuffix(path, "/wrong") || strings.HasSuffix(path, "/changed"):
		return true
	}
	return (strings.HasSuffix(path, "/map") || strings.HasSuffix(path, "/crosswalk")) && query != ""
}

// TestErase erases everything that was planted while a site serves it, and then
// looks at every byte of the store, of the data directory and of a saved copy, and
// at every page. Everything is found before.
func TestErase(t *testing.T) {
	for engine, config := range map[string]func(t *testing.T) db.Config{
		"sqlite":   func(*testing.T) db.Config { return db.Config{} },
		"postgres": func(t *testing.T) db.Config { return db.Config{URL: dbtest.Postgres(t)} },
	} {
		t.Run(engine, func(t *testing.T) {
			p := plant(t, config(t))
			before, pages := p.public(t)
			for _, path := range []string{"/en/stakeholders", "/stakeholders.csv", "/en/commitments?which=stated", "/en/search?q=" + p.mark, "/en/items/H.1", "/zh/"} {
				if !slices.Contains(before, path) {
					t.Fatalf("planted texts are not on %s, only on %v: this test shows nothing", path, before)
				}
			}
			store := dbtest.Files(t, p.config)
			if held := dbtest.Holding(t, store, p.texts...); len(held) < len(p.texts) || len(dbtest.Holding(t, p.copied, p.texts...)) < len(p.texts) {
				t.Fatalf("the store holds %v: this test shows nothing", held)
			}
			older := t.TempDir()
			if engine == "sqlite" {
				copyFiles(t, p.dir, older)
			}

			// A dry run says everything and does nothing.
			dry := append([]string{"erase", "--entry", fmt.Sprint(p.entries[len(p.entries)-1]), "--all", "--reason", "request", "--dry-run"}, p.flags...)
			kept(dry...).want(t, 0, "title.", "promise.", "web_draft.fields: 1 rows", "job.payload: 1 rows", "a.eml", "what may remain outside")
			if again, _ := p.public(t); len(again) != len(before) {
				t.Errorf("after a dry run %d pages of %d hold planted texts", len(again), len(before))
			}
			var cut []string
			for _, n := range p.entries {
				r := decode[erasedReport](t, must(t, append([]string{"erase", "--entry", fmt.Sprint(n), "--all", "--reason", "request", "--yes", "--json"}, p.flags...)...))
				if !r.Done || len(r.Acts) != 1 || len(r.Left) > 0 || strings.Join(r.Remains, " ") != "disk backups" {
					t.Errorf("entry %d: %+v", n, r)
				}
				cut = append(cut, r.Cut...)
			}
			if all := strings.Join(cut, "\n"); !strings.Contains(all, "web_draft") || !strings.Contains(all, "job.payload") || !strings.Contains(all, "a.eml") {
				t.Errorf("cut: %s", all)
			}
			time.Sleep(time.Second) // a site that runs follows the record every half second
			if after, again := p.public(t); len(after) > 0 || again < pages {
				t.Errorf("still on %v (%d pages, before %d)", after, again, pages)
			}
			for _, dir := range []string{store, p.dir} {
				if held := dbtest.Holding(t, dir, p.texts...); len(held) > 0 {
					t.Errorf("still in %s: %v", dir, held)
				}
			}
			if held := dbtest.Holding(t, store, "Staying "+p.mark); len(held) == 0 {
				t.Error("what stays is gone")
			}
			// The saved copy obeys at its next update, and says so.
			r := decode[record.Report](t, must(t, "verify", "http://"+p.site.addr, "--save", p.copied, "--json"))
			if held := dbtest.Holding(t, p.copied, p.texts...); len(held) > 0 || len(r.Dropped) < len(p.texts) || r.Erased < int64(len(p.texts)) || r.Consistent != 1 {
				t.Errorf("the copy holds %v; report %+v", held, r)
			}
			kept("verify", p.copied).want(t, 0, "no fault")
			kept(append([]string{"replay", "--check"}, p.flags...)...).want(t, 0, "every state table is as stored")
			if engine == "sqlite" {
				putBack(t, p, older)
			}
		})
	}
}

func copyFiles(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// putBack sets the data directory back to an older copy: opening it erases again
// what was erased since, also in drafts and jobs.
func putBack(t *testing.T, p *planting, older string) {
	t.Helper()
	p.site.stop()
	if held := dbtest.Holding(t, older, p.texts...); len(held) < len(p.texts) {
		t.Fatalf("the older copy holds %v: this test shows nothing", held)
	}
	if err := os.RemoveAll(p.dir); err != nil {
		t.Fatal(err)
	}
	copyFiles(t, older, p.dir)
	p.site = serve(t, p.dir)
	if !strings.Contains(p.site.printed(), "read-only") {
		t.Errorf("a record that was set back is not read-only: %s", p.site.printed())
	}
	if found, _ := p.public(t); len(found) > 0 {
		t.Errorf("the older copy serves %v", found)
	}
	if held := dbtest.Holding(t, p.dir, p.texts...); len(held) > 0 {
		t.Errorf("the older copy, once opened, holds %v", held)
	}
	p.site.stop()
	// The saved copy brings back what the older one lost, and no text that was erased.
	kept("restore", "--from", p.copied, "--data", p.dir).want(t, 0, "restored entries", "every table of state was applied")
	kept("restore", "--from", p.copied, "--data", p.dir).want(t, 1, "Nothing is missing")
	kept("restore", "--from", p.dir, "--data", p.dir).want(t, 2, "itself")
	kept("replay", "--check", "--data", p.dir).want(t, 0, "every state table is as stored")
	r := decode[record.Report](t, must(t, "verify", p.dir, "--json", "--checkpoint", filepath.Join(p.copied, "checkpoint")))
	if len(r.Faults) > 0 || r.Consistent != 1 || r.Erased < int64(len(p.texts)) {
		t.Errorf("after the restoration: %+v", r)
	}
	p.site = serve(t, p.dir)
	if strings.Contains(p.site.printed(), "read-only") {
		t.Errorf("after the restoration: %s", p.site.printed())
	}
	if found, _ := p.public(t); len(found) > 0 {
		t.Errorf("after the restoration %v hold planted texts", found)
	}
	if held := dbtest.Holding(t, p.dir, p.texts...); len(held) > 0 {
		t.Errorf("after the restoration: %v", held)
	}
}
