package reminder_test

import (
	"encoding/json"
	"strings"
	"testing"

	"kept/internal/account"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/mail"
	"kept/internal/reminder"
	"kept/internal/report"
)

// windowLetters sends what is due twice over and gives the letters that are queued, by recipient.
func (w *world) windowLetters() map[string][]mail.Message {
	w.Helper()
	s := reminder.Sender{Keeper: w.Keeper, Base: "https://harbour.example"}
	for range 2 {
		if err := s.SendWindows(w.Context()); err != nil {
			w.Fatal(err)
		}
	}
	out := map[string][]mail.Message{}
	w.Read(func(tx *db.Tx) error {
		rows, err := tx.Query("SELECT payload FROM job WHERE kind = 'mail' ORDER BY name")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var b []byte
			var one mail.Message
			if err := rows.Scan(&b); err != nil {
				return err
			}
			if err := json.Unmarshal(b, &one); err != nil {
				return err
			}
			out[one.To] = append(out[one.To], one)
		}
		return rows.Err()
	})
	return out
}

// People of parties are told once when a report is opened, and once before it closes,
// in their language; who wants no letters gets none.
func TestWindowLetters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		w.person("ada@ministry.example", locale.English, account.Post{Party: w.ministry, As: account.AsMain}, account.Post{Party: w.kite, As: account.AsAlternate})
		w.person("zoe@kite.example", locale.Arabic, account.Post{Party: w.kite, As: account.AsMain})
		quiet := w.person("quiet@kite.example", locale.English, account.Post{Party: w.kite, As: account.AsAlternate})
		w.write(func(tx *db.Tx) error { return account.SetReminders(tx, quiet, false) })
		if got := w.windowLetters(); len(got) != 0 {
			t.Fatalf("letters without a report: %v", got)
		}
		var act keeper.Act
		w.Read(func(tx *db.Tx) error {
			pack, err := compact.InForce(tx)
			if err != nil {
				return err
			}
			o, err := report.OutlineOf(pack, "yearly", "2025-12-31", "2026-04-01")
			if err != nil {
				return err
			}
			act, _, err = report.Opening(tx, o, "2026-04-30", nil)
			return err
		})
		w.Submit(act)
		got := w.windowLetters()
		if len(got) != 2 || len(got["ada@ministry.example"]) != 1 || len(got["zoe@kite.example"]) != 1 {
			t.Fatalf("at the opening: got %v", got)
		}
		ada, zoe := got["ada@ministry.example"][0], got["zoe@kite.example"][0]
		if !strings.Contains(ada.Body, "Kite Telecom") || strings.Count(ada.Body, "/rows/") != 2 || !strings.Contains(ada.Subject, "Yearly report") || strings.Contains(ada.Body, "⟦") {
			t.Errorf("her letter: %s\n%s", ada.Subject, ada.Body)
		}
		if zoe.Lang != locale.Arabic || !strings.Contains(zoe.Body, "/ar/reports/") || strings.Contains(zoe.Body, "was opened") {
			t.Errorf("the other's letter: %s\n%s", zoe.Subject, zoe.Body)
		}
		w.on("2026-04-22")
		if got := w.windowLetters(); len(got["ada@ministry.example"]) != 1 {
			t.Errorf("eight days before the end: got %d letters", len(got["ada@ministry.example"]))
		}
		w.on("2026-04-23")
		if got := w.windowLetters(); len(got["ada@ministry.example"]) != 2 || len(got["zoe@kite.example"]) != 2 {
			t.Errorf("seven days before the end: got %v", got)
		}
		w.on("2026-05-02")
		if got := w.windowLetters(); len(got["ada@ministry.example"]) != 2 {
			t.Error("a letter after the end")
		}
	})
}
