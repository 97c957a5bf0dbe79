package db_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
)

// table opens a store with one table and returns how to write to it and to count its rows.
func table(t *testing.T, open func() *db.DB) (d *db.DB, count func() int64) {
	t.Helper()
	d = open()
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(d.Dialect().Schema("CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT, data BLOB)"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return d, func() (n int64) {
		t.Helper()
		err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.Row("SELECT count(*) FROM thing").Scan(&n) })
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
}

func insert(tx *db.Tx, id int) error {
	_, err := tx.Exec("INSERT INTO thing (id, name) VALUES (?, ?)", id, fmt.Sprint("thing ", id))
	return err
}

func TestFailedStatement(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		d, count := table(t, open)
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_ = insert(tx, 1)
			_ = insert(tx, 1) // refused by the key, and overlooked
			if err := insert(tx, 2); err == nil {
				t.Error("a statement ran after a failed one")
			}
			return nil
		})
		if err == nil || count() != 0 {
			t.Errorf("got %v and %d rows; want an error and none", err, count())
		}
	})
}

// TestTry tells what a savepoint keeps and undoes, whatever had been sent to the store.
func TestTry(t *testing.T) {
	twice := func(tx *db.Tx) error { _ = insert(tx, 9); return insert(tx, 9) }
	cases := []struct {
		name   string
		inside func(tx *db.Tx) error
		fails  bool
		rows   int64 // inside's, beside the one before and the one after
	}{
		{"kept", func(tx *db.Tx) error { return insert(tx, 2) }, false, 1},
		{"queued and kept", func(tx *db.Tx) error { return tx.Queue("INSERT INTO thing (id) VALUES (2)") }, false, 1},
		{"nothing done", func(tx *db.Tx) error { return nil }, false, 0},
		{"nothing done, refused", func(tx *db.Tx) error { return errStop }, true, 0},
		{"refused", func(tx *db.Tx) error { _ = insert(tx, 2); return errStop }, true, 0},
		{"queued and refused", func(tx *db.Tx) error { _ = tx.Queue("INSERT INTO thing (id) VALUES (2)"); return errStop }, true, 0},
		{"a statement fails", twice, true, 0},
		{"a statement fails, overlooked", func(tx *db.Tx) error { _ = twice(tx); return nil }, true, 0},
		{"a queued statement fails", func(tx *db.Tx) error {
			_ = tx.Queue("INSERT INTO thing (id) VALUES (2)")
			return tx.Queue("INSERT INTO thing (id) VALUES (1)")
		}, true, 0},
		{"not SQL", func(tx *db.Tx) error { _ = insert(tx, 2); _, err := tx.Exec("INSERT INTO nowhere"); return err }, true, 0},
		{"rows left open", func(tx *db.Tx) error {
			if _, err := tx.Query("SELECT id FROM thing"); err != nil {
				return err
			}
			return errStop
		}, true, 0},
		{"inside another, refused", func(tx *db.Tx) error {
			_ = insert(tx, 2)
			_ = tx.Try(func() error { _ = insert(tx, 3); return errStop })
			return insert(tx, 4)
		}, false, 2},
		{"inside another, failed", func(tx *db.Tx) error {
			_ = insert(tx, 2)
			_ = tx.Try(func() error { return twice(tx) })
			return insert(tx, 4)
		}, false, 2},
		{"inside a refused one", func(tx *db.Tx) error {
			_ = tx.Try(func() error { return insert(tx, 2) })
			return errStop
		}, true, 0},
	}
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		d, count := table(t, open)
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				after := 0
				err := d.Write(t.Context(), func(tx *db.Tx) error {
					if err := tx.Queue("DELETE FROM thing"); err != nil {
						return err
					}
					if err := insert(tx, 1); err != nil {
						return err
					}
					err := tx.Try(func() error {
						tx.AfterCommit(func() { after++ })
						return c.inside(tx)
					})
					if (err != nil) != c.fails {
						t.Errorf("Try returned %v", err)
					}
					return insert(tx, 5)
				})
				if err != nil || count() != 2+c.rows {
					t.Errorf("got %v and %d rows; want %d", err, count(), 2+c.rows)
				}
				if ran := after == 1; ran == c.fails {
					t.Errorf("the after of a part that failed (%t) ran %d times", c.fails, after)
				}
			})
		}
	})
}

func TestRowsAreClosedFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		d, count := table(t, open)
		err := d.Write(t.Context(), func(tx *db.Tx) error { _ = insert(tx, 1); return insert(tx, 2) })
		if err != nil {
			t.Fatal(err)
		}
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			rows, err := tx.Query("SELECT id FROM thing")
			if err != nil || !rows.Next() {
				t.Fatal(rows, err)
			}
			var n int64
			return tx.Row("SELECT count(*) FROM thing").Scan(&n)
		})
		if err == nil || !strings.Contains(err.Error(), "close the rows") {
			t.Errorf("a statement inside a result: got %v", err)
		}
		for range 20 { // more often than there are connections
			err = d.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Query("SELECT id FROM thing"); return err })
			if err != nil {
				t.Fatalf("rows left open at the end: %v", err)
			}
			err = d.Read(t.Context(), func(tx *db.Tx) error {
				rows, err := tx.Query("SELECT id FROM thing")
				if err == nil {
					rows.Next()
				}
				return err
			})
			if err != nil {
				t.Fatalf("rows left open at the end of a read: %v", err)
			}
		}
		if count() != 2 {
			t.Errorf("%d rows", count())
		}
	})
}

func TestQueueRows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		d, _ := table(t, open)
		for _, n := range []int{0, 1, 2, 9, 16, 17, 31, 33, 100} {
			var values []any
			for i := range n {
				values = append(values, i, fmt.Sprint("in a row of ", n))
			}
			var rows, named int64
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				err := tx.QueueRows("INSERT INTO thing (id, name) VALUES", 2, "ON CONFLICT (id) DO UPDATE SET name = excluded.name", values)
				if err != nil {
					return err
				}
				return tx.Row("SELECT count(*), COALESCE(SUM(CASE WHEN name = ? THEN 1 ELSE 0 END), 0) FROM thing", fmt.Sprint("in a row of ", n)).Scan(&rows, &named)
			})
			if err != nil || named != int64(n) {
				t.Errorf("%d rows: got %d (%v)", n, named, err)
			}
		}
	})
}

// TestManyTexts writes more different statements than any cache keeps.
func TestManyTexts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		d, count := table(t, open)
		for part := range 5 {
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				for i := range 200 {
					id := part*200 + i
					if err := tx.Queue(fmt.Sprintf("INSERT INTO thing (id, name) VALUES (%d, ?)", id), "x"); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if count() != 1000 {
			t.Errorf("%d rows", count())
		}
	})
}

func TestValues(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		d, _ := table(t, open)
		long := bytes.Repeat([]byte{0, 1, 254, 255}, 50_000)
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			err := tx.QueueRows("INSERT INTO thing (id, name, data) VALUES", 3, "", []any{
				1, "العربية 中文 Ελληνικά '\"\\%", []byte{},
				int64(1) << 53, "", long,
				3, nil, nil})
			if err != nil {
				return err
			}
			rows, err := tx.Query("SELECT id, name, data FROM thing ORDER BY id")
			if err != nil {
				return err
			}
			defer rows.Close()
			var got []string
			for rows.Next() {
				v, err := rows.Values()
				if err != nil {
					return err
				}
				if b, ok := v[2].([]byte); ok {
					v[2] = len(b)
				}
				got = append(got, fmt.Sprintf("%v|%v|%v", v...))
			}
			want := []string{"1|العربية 中文 Ελληνικά '\"\\%|0", "3|<nil>|<nil>", "9007199254740992||200000"}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("got %q, want %q", got, want)
			}
			return rows.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestContextEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		d, count := table(t, open)
		for i := range 60 { // a race with the statement each time, and always a usable store after it
			ctx, cancel := context.WithCancel(t.Context())
			if i%3 == 0 {
				cancel()
			}
			err := d.Write(ctx, func(tx *db.Tx) error {
				go cancel()
				for n := range 40 {
					if err := insert(tx, n); err != nil {
						return err
					}
				}
				return errStop
			})
			cancel()
			if !errors.Is(err, errStop) && !errors.Is(err, context.Canceled) {
				t.Fatalf("round %d: got %v", i, err)
			}
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return insert(tx, 1000+i) }); err != nil {
				t.Fatalf("round %d: the next write: %v", i, err)
			}
		}
		if count() != 60 {
			t.Errorf("%d rows, want 60: something of an ended transaction was kept", count())
		}
	})
}

func TestReadEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		d, count := table(t, open)
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			for i := range 300 {
				if err := insert(tx, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 20 { // more often than there are connections
			ctx, cancel := context.WithCancel(t.Context())
			err := d.Read(ctx, func(tx *db.Tx) error {
				rows, err := tx.Query("SELECT a.id FROM thing a, thing b, thing c")
				if err != nil {
					return err
				}
				for rows.Next() {
					cancel()
				}
				return rows.Err()
			})
			cancel()
			if err == nil {
				t.Fatalf("round %d: 27 million rows were read after the context's end", i)
			}
		}
		if count() != 300 {
			t.Errorf("%d rows", count())
		}
	})
}

func TestSnapshot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		d, count := table(t, open)
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			var before, after int64
			if err := tx.Row("SELECT count(*) FROM thing").Scan(&before); err != nil {
				return err
			}
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return insert(tx, 1) }); err != nil {
				return err
			}
			err := tx.Row("SELECT count(*) FROM thing").Scan(&after)
			if before != after {
				t.Errorf("a read saw %d rows and then %d", before, after)
			}
			return err
		})
		if err != nil || count() != 1 {
			t.Errorf("got %v and %d rows", err, count())
		}
	})
}
