package db_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"kept/internal/db"
	"kept/internal/db/dbtest"
)

// TestScrub writes texts, moves them about, deletes some, and looks at every byte
// of the store's files: before the scrub they are still there, after it they are not.
func TestScrub(t *testing.T) {
	for engine, config := range map[string]func(t *testing.T) db.Config{
		"sqlite":   func(t *testing.T) db.Config { return db.Config{Dir: t.TempDir()} },
		"postgres": func(t *testing.T) db.Config { return db.Config{URL: dbtest.Postgres(t)} },
	} {
		t.Run(engine, func(t *testing.T) {
			c := config(t)
			store, err := db.Open(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close()
			write := func(fn func(tx *db.Tx) error) {
				t.Helper()
				if err := store.Write(t.Context(), fn); err != nil {
					t.Fatal(err)
				}
			}
			exec := func(sql string, args ...any) {
				t.Helper()
				write(func(tx *db.Tx) error { _, err := tx.Exec(sql, args...); return err })
			}
			for _, s := range db.Statements(store.Dialect().Schema("CREATE TABLE letter (id BIGINT NOT NULL, part TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (id, part)); CREATE INDEX letter_body ON letter (body); CREATE TABLE lonely (id BIGINT PRIMARY KEY, body TEXT NOT NULL)")) {
				exec(s)
			}
			mark := rand.Text()
			planted := []string{"secret-" + mark, "سر-" + mark, "秘密-" + mark}
			stays := "stays-" + mark
			for i := range 400 { // enough that pages split and rows move
				write(func(tx *db.Tx) error {
					body := rand.Text() + strings.Repeat(rand.Text(), i%9)
					if i%100 == 50 {
						body = planted[i/100%3] + body
					}
					if i == 7 {
						body = stays
					}
					_, err := tx.Exec("INSERT INTO letter (id, part, body) VALUES (?, ?, ?)", (i*7919)%400, "p", body)
					return err
				})
			}
			exec("INSERT INTO lonely (id, body) VALUES (1, ?)", planted[0])
			if store.Dialect() == db.Postgres {
				exec("ANALYZE letter")
				exec("ANALYZE lonely") // its only row becomes a sample
			}
			exec("UPDATE letter SET part = 'q' WHERE id < 200")
			exec("DELETE FROM letter WHERE substr(body, 1, 7) = ? OR body LIKE ? OR body LIKE ?", "secret-", "سر%", "秘密%")
			exec("DELETE FROM lonely")
			dir := dbtest.Files(t, c)
			if before := dbtest.Holding(t, dir, planted...); len(before) < 3 {
				t.Fatalf("deleted texts are in %v only: this test shows nothing", before)
			}
			remains, err := store.Scrub(context.Background(), "letter", "lonely")
			if err != nil {
				t.Fatal(err)
			}
			if after := dbtest.Holding(t, dir, planted...); len(after) > 0 {
				t.Errorf("after the scrub: %v", after)
			}
			if len(dbtest.Holding(t, dir, stays)) == 0 {
				t.Error("what stays is gone")
			}
			if fmt.Sprint(remains) != "[disk backups]" {
				t.Errorf("remains: %v", remains)
			}
			// The store works on, on every connection.
			write(func(tx *db.Tx) error {
				_, err := tx.Exec("INSERT INTO letter (id, part, body) VALUES (?, ?, ?)", 1000, "p", "x")
				return err
			})
			for range 8 {
				err := store.Read(t.Context(), func(tx *db.Tx) error {
					var n int64
					err := tx.Row("SELECT count(*) FROM letter").Scan(&n)
					if n != 397 {
						t.Errorf("%d letters", n)
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestScrubWaits lets a reader end who holds the log.
func TestScrubWaits(t *testing.T) {
	store := dbtest.SQLite(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(store.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec("CREATE TABLE a (b TEXT)"); return err }))
	reading, end, ended := make(chan bool), make(chan bool), make(chan error)
	go func() {
		ended <- store.Read(context.Background(), func(tx *db.Tx) error {
			var n int64
			err := tx.Row("SELECT count(*) FROM a").Scan(&n)
			close(reading)
			<-end
			return err
		})
	}()
	<-reading
	must(store.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec("INSERT INTO a VALUES ('x')"); return err }))
	ctx, cancel := context.WithCancel(t.Context())
	scrubbed := make(chan error)
	go func() { _, err := store.Scrub(ctx, "a"); scrubbed <- err }()
	select {
	case err := <-scrubbed:
		t.Fatalf("scrubbed while somebody reads the log: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	close(end)
	must(<-ended)
	must(<-scrubbed)
	cancel()
}

// TestScrubWhileSomebodyReads: a transaction that is still open might see the rows
// that were deleted, so PostgreSQL keeps them through a VACUUM FULL. They go all the same.
func TestScrubWhileSomebodyReads(t *testing.T) {
	c := db.Config{URL: dbtest.Postgres(t)}
	store, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	mark := "secret-" + rand.Text()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	exec := func(sql string, args ...any) {
		t.Helper()
		must(store.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(sql, args...); return err }))
	}
	exec("CREATE TABLE other (id BIGINT PRIMARY KEY)")
	exec("CREATE TABLE letter (id BIGINT PRIMARY KEY, body TEXT NOT NULL)")
	exec("INSERT INTO letter (id, body) VALUES (1, ?)", mark)
	exec("ANALYZE letter")
	reading, end, ended := make(chan bool), make(chan bool), make(chan error, 1)
	go func() {
		ended <- store.Read(context.Background(), func(tx *db.Tx) error {
			var n int64
			err := tx.Row("SELECT count(*) FROM other").Scan(&n)
			close(reading)
			<-end
			return err
		})
	}()
	<-reading
	exec("DELETE FROM letter")
	scrubbed := make(chan error, 1)
	go func() { _, err := store.Scrub(context.Background(), "letter"); scrubbed <- err }()
	select {
	case err := <-scrubbed:
		t.Fatalf("the samples of the planner were written anew while somebody could see the old ones: %v", err)
	case <-time.After(500 * time.Millisecond):
	}
	close(end)
	must(<-ended)
	must(<-scrubbed)
	if held := dbtest.Holding(t, dbtest.Files(t, c), mark); len(held) > 0 {
		t.Errorf("after the scrub: %v", held)
	}
}
