package db_test

import (
	"strings"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
)

func TestMigrate(t *testing.T) {
	const first = "CREATE TABLE pen (id TEXT PRIMARY KEY, ink BLOB); CREATE INDEX pen_ink ON pen (ink)"
	const second = "CREATE TABLE cap (pen TEXT PRIMARY KEY)"
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		a, b := open(), open()
		done := make(chan error, 2)
		for _, d := range []*db.DB{a, b} { // two processes start together
			go func() { done <- d.Migrate(t.Context(), "desk", first) }()
		}
		for range 2 {
			must(t, <-done)
		}
		must(t, a.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec("INSERT INTO pen (id, ink) VALUES (?, ?)", "one", []byte{1})
			return err
		}))
		must(t, b.Migrate(t.Context(), "desk", first, second))
		must(t, b.Migrate(t.Context(), "desk", first, second))
		var pens, caps, notes int64
		must(t, b.Read(t.Context(), func(tx *db.Tx) error {
			for text, into := range map[string]*int64{"SELECT count(*) FROM pen": &pens, "SELECT count(*) FROM cap": &caps,
				"SELECT count(*) FROM private_schema WHERE owner = 'desk'": &notes} {
				if err := tx.Row(text).Scan(into); err != nil {
					return err
				}
			}
			return nil
		}))
		if pens != 1 || caps != 0 || notes != 2 {
			t.Errorf("%d pens, %d caps, %d steps noted; want 1, 0, 2", pens, caps, notes)
		}
		err := a.Migrate(t.Context(), "desk", first+" ", second)
		if err == nil || !strings.Contains(err.Error(), "desk: step 1") {
			t.Errorf("an edited step gives %v", err)
		}
		if err := a.Migrate(t.Context(), "desk", first, second, "CREATE TABLE lid (id TEXT PRIMARY KEY); CREATE TABLE pen (id TEXT PRIMARY KEY)"); err == nil {
			t.Error("a step that fails was noted")
		}
		must(t, a.Migrate(t.Context(), "desk", first, second, "CREATE TABLE lid (id TEXT PRIMARY KEY)"))
	})
}
