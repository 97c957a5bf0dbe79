package correction_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// TestAppeals hides words, and lets another moderator than the first decide what
// is said against it.
func TestAppeals(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		store := open()
		w := newWorld(t, store)
		if err := correction.Prepare(context.Background(), store); err != nil {
			t.Fatal(err)
		}
		write := func(fn func(tx *db.Tx) error) error { return store.Write(context.Background(), fn) }
		hide := func(part, until string) int64 {
			act := w.Submit(keeper.Act{Kind: "words.hidden", By: "secretariat", Facts: keeper.WordsHidden{Target: w.report, Parts: []string{part}, Category: "private_data", Basis: "policy", AppealUntil: until}})
			if err := write(func(tx *db.Tx) error { return correction.NoteHidden(tx, w.Now, act, "private_data", "anna") }); err != nil {
				t.Fatal(err)
			}
			return act
		}
		appeal := func(act int64, text string) (id string, err error) {
			err = write(func(tx *db.Tx) (err error) {
				id, err = correction.MakeAppeal(tx, w.Now, act, w.ministry, text)
				return err
			})
			return id, err
		}
		decide := func(id, verdict, reason, account string) error {
			return write(func(tx *db.Tx) error {
				return correction.DecideAppeal(tx, w.Now, id, verdict, reason, locale.English, account)
			})
		}
		act := hide("narrative.en", "2026-03-25")
		if _, err := appeal(w.report, "Why?"); !errors.Is(err, keeper.ErrNotFound) {
			t.Errorf("against what hid nothing: got %v", err)
		}
		if _, err := appeal(act, " \n"); faults(err)["text"] != "err.appeal.text" {
			t.Errorf("without words: got %v", err)
		}
		if _, err := appeal(act, strings.Repeat("a", 4001)); faults(err)["text"] != "err.party.word_too_long" {
			t.Errorf("too long: got %v", err)
		}
		w.Now = time.Date(2026, 3, 27, 10, 0, 0, 0, time.UTC)
		if _, err := appeal(act, "Nobody is named in it."); !errors.Is(err, keeper.ErrForbidden) {
			t.Errorf("too late: got %v", err)
		}
		w.at("2026-03-10")
		id, err := appeal(act, "Nobody is named in it.")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := appeal(act, "Again."); !errors.Is(err, keeper.ErrConflict) {
			t.Errorf("twice: got %v", err)
		}
		w.at("2026-03-14")
		if err := decide(id, correction.AppealRestored, "So it is.", "anna"); !errors.Is(err, keeper.ErrForbidden) {
			t.Errorf("by the one who hid it: got %v", err)
		}
		if err := decide(id, "perhaps", "", "boris"); faults(err)["verdict"] == "" || faults(err)["reason"] != "err.appeal.reason" {
			t.Errorf("somehow: got %v", err)
		}
		if err := decide(id, correction.AppealRestored, strings.Repeat("a", 2001), "boris"); faults(err)["reason"] != "err.party.word_too_long" {
			t.Errorf("a reason that no act takes: got %v", err)
		}
		verdicts := make(chan error, 2)
		for _, who := range []string{"boris", "clara"} {
			go func() { verdicts <- decide(id, correction.AppealRestored, "So it is.", who) }()
		}
		if one, two := <-verdicts, <-verdicts; (one == nil) == (two == nil) || !errors.Is(errors.Join(one, two), keeper.ErrConflict) {
			t.Fatalf("two moderators at once: got %v and %v, want one verdict and one conflict", one, two)
		}
		restoration := func() (act keeper.Act, key string, hidden bool) {
			w.Read(func(tx *db.Tx) error {
				unfinished, err := correction.Unfinished(tx)
				if err == nil && len(unfinished) == 1 {
					act, key, hidden, err = correction.Restoration(tx, unfinished[0])
				}
				return err
			})
			return act, key, hidden
		}
		back, key, hidden := restoration()
		if !hidden || key != "appeal/"+id || back.Words["reason.en"] != "So it is." {
			t.Fatalf("noted and not carried out: got %v, %q, %+v", hidden, key, back)
		}
		for range 2 {
			if _, err := w.Keeper.Submit(context.Background(), key, back); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, hidden := restoration(); hidden {
			t.Error("carried out, and unfinished still")
		}
		if err := decide(id, correction.AppealStands, "On second thought.", "clara"); !errors.Is(err, keeper.ErrConflict) {
			t.Errorf("decided twice: got %v", err)
		}
		w.Read(func(tx *db.Tx) error {
			m, err := correction.CountModerated(tx, "2999-12-31")
			if m.Hidden != 1 || m.Categories["private_data"] != 1 || m.Appeals != 1 || m.Restored != 1 || m.Open != 0 || m.Median != "4" {
				t.Errorf("counts: got %+v", m)
			}
			return err
		})
		w.Replay()
	})
}

func TestWeekOf(t *testing.T) {
	for day, want := range map[string]string{"2026-11-22": "2026-11-16", "2026-11-16": "2026-11-16", "2026-11-17": "2026-11-16", "2026-03-01": "2026-02-23"} {
		on, _ := time.Parse(time.DateOnly, day)
		if got := correction.WeekOf(on.Add(23 * time.Hour)); got != want {
			t.Errorf("WeekOf(%s): got %s, want %s", day, got, want)
		}
	}
}
