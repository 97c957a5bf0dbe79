package forum_test

import (
	"context"
	"errors"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/forum"
	"kept/internal/keeper"
)

// write runs a step on private tables.
func (w *world) write(fn func(tx *db.Tx) error) error {
	return w.Keeper.DB().Write(context.Background(), fn)
}

// Nobody's sheet is published before all are in; then all are, once, in an order that
// does not tell whose is whose.
func TestScoring(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		w := newWorld(t, store())
		if err := forum.PrepareScoring(context.Background(), w.Keeper.DB()); err != nil {
			t.Fatal(err)
		}
		id := w.Submit(w.proposed(w.Submit(called(w.Submit(opened(2026)))), w.kite))
		ask := func(account string) error {
			return w.write(func(tx *db.Tx) error { return forum.AskScorer(tx, w.Now, w.session(id), account) })
		}
		send := func(account string, scores ...int64) error {
			return w.write(func(tx *db.Tx) error {
				return forum.SendSheet(tx, w.Now, w.session(id), account, scores, "Because of "+account+".", "en")
			})
		}
		act := func() (a keeper.Act, key string, ok bool) {
			w.Read(func(tx *db.Tx) (err error) { a, key, ok, err = forum.ScoresAct(tx, w.session(id)); return err })
			return a, key, ok
		}
		refused := func(name string, err error, kind error, place, key string) {
			t.Helper()
			if !errors.Is(err, kind) || faults(err)[place] != key {
				t.Errorf("%s: got %v (%v), want %s at %q", name, err, faults(err), key, place)
			}
		}
		for _, account := range []string{"ada", "ben", "cy"} {
			if err := ask(account); err != nil {
				t.Fatal(err)
			}
		}
		refused("asked twice", ask("ada"), keeper.ErrConflict, "account", "err.session.asked_already")
		refused("before the call ended", send("ada", 1, 2), keeper.ErrConflict, "session", "err.session.call_runs")
		w.at("2026-08-05")
		refused("not asked", send("eve", 1, 2), keeper.ErrForbidden, "", "err.session.not_asked")
		if err := w.write(func(tx *db.Tx) error { return forum.DeclareConflict(tx, w.Now, w.session(id), "cy", "I work there.") }); err != nil {
			t.Fatal(err)
		}
		refused("with a conflict", send("cy", 1, 2), keeper.ErrForbidden, "", "err.session.conflict")
		if err := send("ada", 6, 2); faults(err)["score.0"] != "err.session.score" {
			t.Errorf("outside the scale: got %v", err)
		}
		if err := send("ada", 5, 2); err != nil {
			t.Fatal(err)
		}
		refused("twice", send("ada", 1, 1), keeper.ErrConflict, "", "err.session.sheet_sent")
		if _, _, ok := act(); ok {
			t.Error("an act was made before all sheets are in")
		}
		if err := send("ben", 3, 4); err != nil {
			t.Fatal(err)
		}
		a, key, ok := act()
		if f := a.Facts.(forum.SessionScored); !ok || f.Sheets[0][0] != 3 || f.Conflicts != 1 || a.Words["reason.0.en"] != "Because of ben." {
			t.Errorf("the act: got %+v, %v", a, ok)
		}
		for range 2 { // whoever sends it again
			if _, err := w.Keeper.Submit(context.Background(), key, a); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.write(func(tx *db.Tx) error { return forum.ScoresPublished(tx, id) }); err != nil {
			t.Fatal(err)
		}
		refused("after all were published", ask("eve"), keeper.ErrConflict, "account", "err.session.scored")
		w.Read(func(tx *db.Tx) error {
			rows, err := forum.ExportScoring(tx, "ada")
			if len(rows) != 1 || rows[0]["reason"] != "" || rows[0]["sent_at"] == "" {
				t.Errorf("her export: got %v", rows)
			}
			return err
		})
		if err := w.write(func(tx *db.Tx) error { return forum.ForgetScoring(tx, "ada") }); err != nil {
			t.Fatal(err)
		}
		w.Read(func(tx *db.Tx) error {
			rows, err := forum.ExportScoring(tx, "ada")
			if len(rows) != 0 {
				t.Errorf("after she was erased: got %v", rows)
			}
			return err
		})
		w.Replay()
	})
}
