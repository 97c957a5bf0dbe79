package db_test

import (
	"context"
	"errors"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
)

var errStop = errors.New("stop")

func TestStore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		ctx := context.Background()
		d := open()
		write := func(fn func(tx *db.Tx) error) error { return d.Write(ctx, fn) }
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(write(func(tx *db.Tx) error {
			_, err := tx.Exec(d.Dialect().Schema("CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT NOT NULL, data BLOB)"))
			return err
		}))
		count := func() (n int64) {
			t.Helper()
			must(d.Read(ctx, func(tx *db.Tx) error { return tx.Row("SELECT count(*) FROM thing").Scan(&n) }))
			return n
		}

		t.Run("commit keeps, with its after", func(t *testing.T) {
			after := 0
			must(write(func(tx *db.Tx) error {
				tx.AfterCommit(func() { after++ })
				if err := tx.Queue("INSERT INTO thing (id, name, data) VALUES (?, ?, ?)", 1, "one", []byte{0, 255}); err != nil {
					return err
				}
				var name string
				if err := tx.Row("SELECT name FROM thing WHERE id = ?", 1).Scan(&name); err != nil || name != "one" {
					t.Errorf("a queued write is not seen by the next read: %q, %v", name, err)
				}
				return nil
			}))
			if count() != 1 || after != 1 {
				t.Errorf("rows %d, after ran %d times; want 1, 1", count(), after)
			}
		})
		t.Run("an error keeps nothing", func(t *testing.T) {
			err := write(func(tx *db.Tx) error {
				tx.AfterCommit(func() { t.Error("after ran without a commit") })
				_, _ = tx.Exec("INSERT INTO thing (id, name) VALUES (2, 'two')")
				return errStop
			})
			if !errors.Is(err, errStop) || count() != 1 {
				t.Errorf("got %v and %d rows; want the error and 1 row", err, count())
			}
		})
		t.Run("a failed queue fails the commit", func(t *testing.T) {
			err := write(func(tx *db.Tx) error {
				_ = tx.Queue("INSERT INTO thing (id, name) VALUES (3, 'three')")
				return tx.Queue("INSERT INTO thing (id, name) VALUES (1, 'again')")
			})
			if err == nil || count() != 1 {
				t.Errorf("got %v and %d rows; want an error and 1 row", err, count())
			}
		})
		t.Run("try undoes its own part", func(t *testing.T) {
			must(write(func(tx *db.Tx) error {
				if _, err := tx.Exec("INSERT INTO thing (id, name) VALUES (4, 'four')"); err != nil {
					return err
				}
				err := tx.Try(func() error {
					tx.AfterCommit(func() { t.Error("after of an undone part ran") })
					_, _ = tx.Exec("INSERT INTO thing (id, name) VALUES (5, 'five')")
					return errStop
				})
				if !errors.Is(err, errStop) {
					t.Errorf("got %v", err)
				}
				return nil
			}))
			if count() != 2 {
				t.Errorf("rows %d, want 2", count())
			}
		})
		t.Run("a reader cannot write", func(t *testing.T) {
			err := d.Read(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec("INSERT INTO thing (id, name) VALUES (6, 'six')")
				return err
			})
			if err == nil || count() != 2 {
				t.Errorf("got %v and %d rows; want an error and 2 rows", err, count())
			}
		})
		t.Run("no row", func(t *testing.T) {
			err := d.Read(ctx, func(tx *db.Tx) error {
				var n int64
				return tx.Row("SELECT id FROM thing WHERE id = ?", 99).Scan(&n)
			})
			if !errors.Is(err, db.ErrNoRows) {
				t.Errorf("got %v", err)
			}
		})
		t.Run("a panic keeps nothing and frees the writer", func(t *testing.T) {
			func() {
				defer func() { _ = recover() }()
				_ = write(func(tx *db.Tx) error {
					_, _ = tx.Exec("INSERT INTO thing (id, name) VALUES (7, 'seven')")
					panic("stop")
				})
			}()
			must(write(func(tx *db.Tx) error { return nil }))
			if count() != 2 {
				t.Errorf("rows %d, want 2", count())
			}
		})
	})
}
