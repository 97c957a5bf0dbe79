package keeper_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
)

// cellar is a store whose files a test can look at, and set back to an older copy.
type cellar struct {
	config db.Config
	keep   func(t *testing.T)                         // makes a copy of the store as it is
	back   func(t *testing.T, h *house) (c db.Config) // opens that copy
}

func cellars(t *testing.T, test func(t *testing.T, c cellar)) {
	t.Run("sqlite", func(t *testing.T) {
		dir, copied := t.TempDir(), t.TempDir()
		c := cellar{config: db.Config{Dir: dir}}
		c.keep = func(t *testing.T) {
			for _, name := range []string{"kept.db", "kept.db-wal"} {
				b, err := os.ReadFile(filepath.Join(dir, name))
				must(t, err)
				must(t, os.WriteFile(filepath.Join(copied, name), b, 0o600))
			}
		}
		c.back = func(*testing.T, *house) db.Config { return db.Config{Dir: copied} }
		test(t, c)
	})
	t.Run("postgres", func(t *testing.T) {
		address := dbtest.Postgres(t)
		c := cellar{config: db.Config{URL: address}}
		u, err := url.Parse(address)
		must(t, err)
		name := strings.TrimPrefix(u.Path, "/")
		run := func(t *testing.T, sql string) {
			conn, err := pgx.Connect(context.Background(), os.Getenv("KEPT_TEST_POSTGRES"))
			must(t, err)
			defer conn.Close(context.Background())
			_, err = conn.Exec(context.Background(), sql)
			must(t, err)
		}
		c.keep = func(t *testing.T) {
			run(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+name+"'")
			run(t, "CREATE DATABASE "+name+"_kept TEMPLATE "+name)
			t.Cleanup(func() { run(t, "DROP DATABASE IF EXISTS "+name+"_back WITH (FORCE)") })
			// Out of the cluster, as a backup is: the copy that lies in it would be found.
			run(t, "ALTER DATABASE "+name+"_kept RENAME TO "+name+"_back")
		}
		c.back = func(*testing.T, *house) db.Config {
			v := *u
			v.Path = "/" + name + "_back"
			return db.Config{URL: v.String()}
		}
		test(t, c)
	})
}

// cellarHouse opens a record in a cellar.
func cellarHouse(t *testing.T, c cellar) *house {
	h := newHouse(t, func() *db.DB {
		d, err := db.Open(context.Background(), c.config)
		must(t, err)
		t.Cleanup(func() { d.Close() })
		return d
	})
	h.o.Ledger = keeper.FileLedger{Path: filepath.Join(t.TempDir(), "state", "garden.erased")}
	h.o.Spared = []string{"diary"}
	h.start()
	return h
}

// TestErase plants texts in every kind of place and looks at every byte of the
// store: they are found before, and not after; nor after an older copy of the
// store, that holds them all, was put back and opened.
func TestErase(t *testing.T) {
	cellars(t, func(t *testing.T, c cellar) {
		h := cellarHouse(t, c)
		mark := rand.Text()
		planted := []string{"Planted name " + mark, "اسم مزروع " + mark, "种下的名字" + mark, "Planted \"note\" <b>\nof " + mark}
		stays := "Staying name " + mark
		must(t, h.db.Migrate(t.Context(), "notes", `CREATE TABLE note (id TEXT PRIMARY KEY, fields TEXT NOT NULL, payload BLOB NOT NULL);
			CREATE TABLE diary (id BIGINT PRIMARY KEY, body TEXT NOT NULL);`))
		exec := func(sql string, args ...any) {
			t.Helper()
			must(t, h.db.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(sql, args...); return err }))
		}
		for i := range 300 { // so that rows move between pages
			h.submit(withWord(plot(fmt.Sprint("p", i)), "note.en", strings.Repeat(rand.Text(), i%7+1)))
		}
		target := h.submit(keeper.Act{Kind: "plot.opened", By: "secretariat", Facts: opened{Code: "x", Beds: 1},
			Words: map[string]string{"name.en": planted[0], "name.ar": planted[1], "note.en": planted[3], "name.fr": stays}})[0].Index
		holder := h.submit(add(target, "human", map[string]string{"name.zh": planted[2]}))[0].Index
		h.submit(hide(target, "name.ar"))
		for i := range 300 {
			h.submit(withWord(plot(fmt.Sprint("q", i)), "note.en", strings.Repeat(rand.Text(), i%5+1)))
		}
		quoted := fmt.Sprintf(`{"name":"%s","note":"Planted \"note\" \u003cb\u003e\nof %s","other":"stays"}`, planted[2], mark)
		exec("INSERT INTO note (id, fields, payload) VALUES ('1', ?, ?)", quoted, []byte("Dear "+planted[0]+", your plot is open."))
		exec("INSERT INTO diary (id, body) VALUES (1, ?)", "I met "+mark)
		must(t, h.k.Sign(t.Context()))
		if h.db.Dialect() == db.Postgres {
			exec("ANALYZE record_word")
		}
		dir := dbtest.Files(t, c.config)
		if c.config.URL == "" { // for PostgreSQL, whose copies lie in the cluster, that is another test
			c.keep(t)
		}
		if before := dbtest.Holding(t, dir, planted[:3]...); len(before) < 3 {
			t.Fatalf("planted texts are in %v only: this test shows nothing", before)
		}

		plan, err := h.k.PlanErasure(t.Context(), target, []string{"name.en", "name.ar", "name.zh", "note.en"}, "request")
		must(t, err)
		if len(plan.Parts) != 4 || len(plan.Others) != 0 || fmt.Sprint(plan.Cut) != "[{note fields 2} {note payload 1}]" || plan.Left != nil {
			t.Errorf("planned: parts %+v, elsewhere %+v, cut %v, left %v", plan.Parts, plan.Others, plan.Cut, plan.Left)
		}
		if size := h.k.Size(); len(dbtest.Holding(t, dir, planted[0])) == 0 || size != h.state().size {
			t.Error("a plan does nothing")
		}
		results, remains, err := h.k.Erase(t.Context(), plan)
		must(t, err)
		if len(results) != 2 || fmt.Sprint(remains) != "[disk backups]" {
			t.Errorf("%d acts; remains %v", len(results), remains)
		}
		if after := dbtest.Holding(t, dir, planted...); len(after) > 0 {
			t.Errorf("after the erasure: %v", after)
		}
		if after := dbtest.Holding(t, dir, stays, "I met "+mark); len(after) < 2 {
			t.Errorf("what stays is in %v", after)
		}
		h.read(func(tx *db.Tx) error {
			var fields string
			var payload []byte
			must(t, tx.Row("SELECT fields, payload FROM note").Scan(&fields, &payload))
			if fields != `{"name":"","note":"","other":"stays"}` || string(payload) != "Dear , your plot is open." {
				t.Errorf("private rows hold %s and %s", fields, payload)
			}
			return nil
		})
		h.shown(target, map[string]string{"name.fr": stays})
		if h.file(holder) != "" {
			t.Errorf("the words of the translation: %s", h.file(holder))
		}
		h.sound()
		listed, err := h.o.Ledger.Load(t.Context())
		must(t, err)
		if len(listed) != 4 {
			t.Errorf("the ledger has %v", listed)
		}
		if c.config.URL == "" {
			h.setBack(c, planted, target, stays)
		}
	})
}

// setBack opens the older copy: it obeys the ledger before anything is served,
// though the acts of the erasure are not in it.
func (h *house) setBack(c cellar, planted []string, target int64, stays string) {
	h.t.Helper()
	older := c.back(h.t, h)
	dir := dbtest.Files(h.t, older)
	if before := dbtest.Holding(h.t, dir, planted[:3]...); len(before) < 3 {
		h.t.Fatalf("the older copy holds the texts in %v only: this test shows nothing", before)
	}
	h.k.Close()
	store, err := db.Open(context.Background(), older)
	must(h.t, err)
	h.t.Cleanup(func() { store.Close() })
	h.db = store
	h.start()
	if after := dbtest.Holding(h.t, dir, planted...); len(after) > 0 {
		h.t.Errorf("in the older copy, once opened: %v", after)
	}
	h.shown(target, map[string]string{"name.fr": stays})
	if h.k.ReadOnly() == nil {
		h.t.Error("a record that is shorter than its lock takes acts")
	}
}

// TestEraseOfRestored does the same on PostgreSQL, where a copy of the database lies in
// the same cluster.
func TestEraseOfRestored(t *testing.T) {
	cellars(t, func(t *testing.T, c cellar) {
		h := cellarHouse(t, c)
		mark := rand.Text()
		target := h.submit(withWord(plot("a"), "note.en", "planted "+mark))[0].Index
		must(t, h.k.Sign(t.Context()))
		c.keep(t)
		plan, err := h.k.PlanErasure(t.Context(), target, []string{"note.en"}, "request")
		must(t, err)
		_, _, err = h.k.Erase(t.Context(), plan)
		must(t, err)
		must(t, h.k.Sign(t.Context()))
		store, err := db.Open(t.Context(), c.back(t, h))
		must(t, err)
		t.Cleanup(func() { store.Close() })
		must(t, store.Read(t.Context(), func(tx *db.Tx) error {
			var body string
			err := tx.Row("SELECT body FROM record_word WHERE idx = ? AND part = 'note.en'", target).Scan(&body)
			if body != "planted "+mark {
				t.Errorf("the older copy holds %q: this test shows nothing", body)
			}
			return err
		}))
		h.db = store
		h.start()
		h.shown(target, map[string]string{"name.en": "Plot a", "name.fr": "Planche a"})
		if found := dbtest.Holding(t, dbtest.Files(t, c.back(t, h)), "planted "+mark); len(found) > 0 {
			t.Errorf("once opened: %v", found)
		}
	})
}

// TestEraseDies stops an erasure between the acts and the scrub. The next start ends it.
func TestEraseDies(t *testing.T) {
	cellars(t, func(t *testing.T, c cellar) {
		broken := errors.New("broken")
		h := cellarHouse(t, c)
		h.o.Step = func(step string) error {
			if step == "after-erase" {
				return broken
			}
			return nil
		}
		h.start()
		mark := rand.Text()
		target := h.submit(withWord(plot("a"), "note.en", "planted "+mark))[0].Index
		plan, err := h.k.PlanErasure(t.Context(), target, []string{"note.en"}, "law")
		must(t, err)
		if _, _, err := h.k.Erase(t.Context(), plan); !errors.Is(err, broken) {
			t.Fatal(err)
		}
		dir := dbtest.Files(t, c.config)
		if len(dbtest.Holding(t, dir, "planted "+mark)) == 0 {
			t.Fatal("nothing is left to be scrubbed: this test shows nothing")
		}
		h.o.Step = nil
		h.start()
		if found := dbtest.Holding(t, dir, "planted "+mark); len(found) > 0 {
			t.Errorf("after the next start: %v", found)
		}
		if listed, err := h.o.Ledger.Load(t.Context()); err != nil || len(listed) != 1 || listed[0] != (keeper.Erasure{Entry: target, Part: "note.en"}) {
			t.Errorf("the ledger has %v, %v", listed, err)
		}
		h.sound()
	})
}

// TestPlanErasure names what it is about, and refuses what is not there.
func TestPlanErasure(t *testing.T) {
	h := oneHouse(t)
	h.submit(withWord(plot("a"), "note.en", "Said twice, in two entries"), withWord(plot("b"), "note.en", "Said twice, in two entries"), sow(0, 1))
	plan, err := h.k.PlanErasure(t.Context(), 0, nil, "rights")
	must(t, err)
	if len(plan.Parts) != 3 || len(plan.Others) != 1 || plan.Others[0].Holder != 1 || plan.Others[0].Part != "note.en" || plan.Parts[2].Bytes != 26 {
		t.Errorf("%+v, %+v", plan.Parts, plan.Others)
	}
	_, _, err = h.k.Erase(t.Context(), plan)
	must(t, err)
	if plan, err = h.k.PlanErasure(t.Context(), 0, nil, "rights"); err != nil || !plan.Parts[0].Gone {
		t.Errorf("planned again: %+v, %v", plan, err)
	}
	if results, _, err := h.k.Erase(t.Context(), plan); err != nil || len(results) > 0 {
		t.Errorf("done again: %d acts, %v", len(results), err)
	}
	for _, c := range []struct {
		entry  int64
		part   string
		reason string
		kind   error
	}{{0, "aim.en", "law", keeper.ErrNotFound}, {99, "name.en", "law", keeper.ErrNotFound}, {2, "", "law", keeper.ErrNotFound}, {1, "name.en", "whim", keeper.ErrInvalid}} {
		var parts []string
		if c.part != "" {
			parts = []string{c.part}
		}
		if _, err := h.k.PlanErasure(t.Context(), c.entry, parts, c.reason); !errors.Is(err, c.kind) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	h.sound()
}

func TestFileLedger(t *testing.T) {
	l := keeper.FileLedger{Path: filepath.Join(t.TempDir(), "deep", "x.erased")}
	if all, err := l.Load(t.Context()); err != nil || len(all) > 0 {
		t.Errorf("none: %v, %v", all, err)
	}
	one, two := keeper.Erasure{Entry: 7, Part: "name.zh-Hans"}, keeper.Erasure{Entry: 0, Part: "promise.en"}
	must(t, l.Add(t.Context(), one))
	must(t, l.Add(t.Context(), one, two))
	if all, err := l.Load(t.Context()); err != nil || len(all) != 2 || all[0] != one || all[1] != two {
		t.Errorf("%v, %v", all, err)
	}
	for _, line := range []string{"x name.en", "1", "-1 name.en", "1 name", "1 name.en extra"} {
		must(t, os.WriteFile(l.Path, []byte(line+"\n"), 0o600))
		if _, err := l.Load(t.Context()); err == nil {
			t.Errorf("%q is taken for an erasure", line)
		}
	}
}
