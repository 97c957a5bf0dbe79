package db_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"kept/internal/db"
	"kept/internal/db/dbtest"
)

// operator is a connection beside the store's, which ends the store's at will.
type operator struct {
	t    *testing.T
	conn *pgx.Conn
}

func newOperator(t *testing.T, address string) operator {
	c, err := pgx.Connect(t.Context(), address)
	must(t, err)
	t.Cleanup(func() { c.Close(context.Background()) })
	return operator{t, c}
}

// cut ends every other connection to the database and waits until they are gone.
func (o operator) cut() {
	o.t.Helper()
	const others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
	_, err := o.conn.Exec(o.t.Context(), "SELECT pg_terminate_backend(pid) "+others)
	must(o.t, err)
	for n := 1; n > 0; time.Sleep(time.Millisecond) {
		must(o.t, o.conn.QueryRow(o.t.Context(), "SELECT count(*) "+others).Scan(&n))
	}
}

func openURL(t *testing.T, address string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), db.Config{URL: address})
	must(t, err)
	t.Cleanup(func() { d.Close() })
	return d
}

func TestLostConnection(t *testing.T) {
	address := dbtest.Postgres(t)
	d, count := table(t, func() *db.DB { return openURL(t, address) })
	o := newOperator(t, address)
	write := func(fn func(tx *db.Tx) error) error { return d.Write(t.Context(), fn) }

	t.Run("between transactions nobody notices", func(t *testing.T) {
		for i := range 3 {
			o.cut()
			err := write(func(tx *db.Tx) error { return insert(tx, i) })
			if err != nil {
				t.Fatal(err)
			}
		}
		if count() != 3 {
			t.Errorf("%d rows", count())
		}
		o.cut()
		if count() != 3 {
			t.Error("and nor do readers")
		}
	})
	t.Run("in the middle nothing is kept", func(t *testing.T) {
		err := write(func(tx *db.Tx) error {
			must(t, insert(tx, 10))
			o.cut()
			return insert(tx, 11)
		})
		if err == nil || errors.Is(err, db.ErrUnsure) || count() != 3 {
			t.Errorf("got %v and %d rows", err, count())
		}
	})
	t.Run("in the middle of a part nothing is kept", func(t *testing.T) {
		err := write(func(tx *db.Tx) error {
			must(t, insert(tx, 10))
			err := tx.Try(func() error { o.cut(); return insert(tx, 11) })
			if err == nil {
				t.Error("Try returned nil")
			}
			return nil // overlooked
		})
		if err == nil || count() != 3 {
			t.Errorf("got %v and %d rows", err, count())
		}
	})
	t.Run("at the commit nobody knows", func(t *testing.T) {
		err := write(func(tx *db.Tx) error {
			must(t, insert(tx, 10))
			o.cut()
			return tx.Queue("INSERT INTO thing (id) VALUES (11)")
		})
		if !errors.Is(err, db.ErrUnsure) || count() != 3 {
			t.Errorf("got %v and %d rows; want ErrUnsure and, as it happens, 3", err, count())
		}
	})
	t.Run("afterwards all is well", func(t *testing.T) {
		must(t, write(func(tx *db.Tx) error { return insert(tx, 12) }))
		if count() != 4 {
			t.Errorf("%d rows", count())
		}
	})
}

func TestSynchronousCommitOff(t *testing.T) {
	u, err := url.Parse(dbtest.Postgres(t))
	must(t, err)
	q := u.Query()
	q.Set("synchronous_commit", "off")
	u.RawQuery = q.Encode()
	d, err := db.Open(t.Context(), db.Config{URL: u.String()})
	if err == nil {
		d.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "synchronous_commit") {
		t.Errorf("a store that loses acknowledged acts was opened: %v", err)
	}
}

func TestNoServer(t *testing.T) {
	d, err := db.Open(t.Context(), db.Config{URL: "postgres://kept@/kept?host=" + t.TempDir()})
	if err == nil {
		d.Close()
		t.Error("a store was opened where no server is")
	}
}

// TestLockIsHeld shows that a second writer waits for the first one's row, and
// then sees what that one wrote.
func TestLockIsHeld(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		d, _ := table(t, open)
		must(t, d.Write(t.Context(), func(tx *db.Tx) error { return insert(tx, 0) }))
		const people, each = 8, 25
		done := make(chan error)
		for range people {
			go func() {
				for range each {
					err := d.Write(context.Background(), func(tx *db.Tx) error {
						var id, n int64
						if err := tx.Row("SELECT id FROM thing WHERE id = 0" + tx.Dialect().Lock()).Scan(&id); err != nil {
							return err
						}
						if err := tx.Row("SELECT count(*) FROM thing").Scan(&n); err != nil {
							return err
						}
						return insert(tx, int(n))
					})
					if err != nil {
						done <- err
						return
					}
				}
				done <- nil
			}()
		}
		for range people {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	})
}
