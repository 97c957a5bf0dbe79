package reminder_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/reminder"
)

func TestApplies(t *testing.T) {
	yearly := commitment.Awaited{From: "2027-01-19", On: "2027-03-20", Until: "2027-03-20"}
	monthly := commitment.Awaited{From: "2027-03-05", On: "2027-03-20", Until: "2027-03-20"}
	excused := commitment.Awaited{From: "2027-01-19", On: "2027-03-20", Until: "2027-06-30"}
	for _, c := range []struct {
		name  string
		a     commitment.Awaited
		today string
		want  int
		ok    bool
	}{
		{"sixty days before", yearly, "2027-01-19", -60, true},
		{"the day before that", yearly, "2027-01-18", 0, false},
		{"a missed day is caught up", yearly, "2027-02-17", -60, true},
		{"thirty days before", yearly, "2027-02-18", -30, true},
		{"not both when both were missed", yearly, "2027-03-19", -30, true},
		{"on the day", yearly, "2027-03-20", 0, true},
		{"the day after", yearly, "2027-03-21", 0, true},
		{"thirty days after", yearly, "2027-04-19", 30, true},
		{"caught up within thirty days", yearly, "2027-05-18", 30, true},
		{"and then no more", yearly, "2027-05-19", 0, false},
		{"a monthly report is not due thirty days before", monthly, "2027-03-19", 0, false},
		{"it is on its day", monthly, "2027-03-20", 0, true},
		{"an excused report", excused, "2027-03-20", 0, false},
		{"until its excuse ends", excused, "2027-06-30", 0, false},
		{"and thirty days on", excused, "2027-07-30", 30, true},
		{"once", excused, "2027-08-29", 0, false},
	} {
		offset, ok := reminder.Applies(c.a, c.today)
		if ok != c.ok || ok && offset != c.want {
			t.Errorf("%s: %d, %t, want %d, %t", c.name, offset, ok, c.want, c.ok)
		}
	}
}

// TestAppliesAnyhow walks through random years with days on which nothing runs:
// no reminder comes twice or out of order, none before its day, and on a walk that
// misses no day each comes on its day exactly.
func TestAppliesAnyhow(t *testing.T) {
	const form = time.DateOnly
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		on := time.Date(2027, time.Month(1+random.IntN(12)), 1+random.IntN(31), 0, 0, 0, 0, time.UTC)
		notice := []int{15, 45, 60}[random.IntN(3)]
		a := commitment.Awaited{From: on.AddDate(0, 0, -notice).Format(form), On: on.Format(form), Until: on.Format(form)}
		every := random.IntN(3) == 0
		var got []int
		for day := on.AddDate(0, 0, -100); day.Before(on.AddDate(0, 0, 100)); day = day.AddDate(0, 0, 1) {
			if !every && random.IntN(4) > 0 {
				continue
			}
			offset, ok := reminder.Applies(a, day.Format(form))
			if !ok || slices.Contains(got, offset) {
				continue
			}
			got = append(got, offset)
			late := int(day.Sub(on)/(24*time.Hour)) - offset
			if late < 0 || late >= 30 || every && late != 0 || day.Format(form) < a.From {
				t.Fatalf("due %s, from %s: the reminder of %d on %s", a.On, a.From, offset, day.Format(form))
			}
		}
		if !slices.IsSorted(got) {
			t.Fatalf("out of order: %v", got)
		}
		want := map[int][]int{15: {0, 30}, 45: {-30, 0, 30}, 60: {-60, -30, 0, 30}}[notice]
		if every && !slices.Equal(got, want) {
			t.Fatalf("notice of %d days: %v, want %v", notice, got, want)
		}
	}
}

func TestLetters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		schools := w.commit(w.ministry, "1,000 rural schools", 12) // due 2027-04-01
		w.commit(w.ministry, "A fund for ports", 12)
		quay := w.commit(w.kite, "Fibre to the quay", 12)
		main := w.person("main@ministry.example", "ar", account.Post{Party: w.ministry, As: account.AsMain}, account.Post{Party: w.ministry, As: account.AsValidator})
		w.person("drafts@ministry.example", "fr", account.Post{Party: w.ministry, As: account.AsDrafter})
		w.person("both@kite.example", "en", account.Post{Party: w.kite, As: account.AsMain}, account.Post{Party: w.ministry, As: account.AsAlternate})
		silent := w.person("silent@kite.example", "en", account.Post{Party: w.kite, As: account.AsAlternate})
		w.write(func(tx *db.Tx) error { return account.SetReminders(tx, silent, false) })

		w.on("2027-01-30")
		if got := w.letters(); len(got) != 0 {
			t.Errorf("before anything is due: %v", recipients(got))
		}
		w.on("2027-01-31")
		got := w.letters()
		if to := recipients(got); !slices.Equal(to, []string{"both@kite.example", "drafts@ministry.example", "main@ministry.example"}) {
			t.Fatalf("letters to %v", to)
		}
		for who, want := range map[string]struct {
			subject string
			reports int
			answers int
		}{
			"main@ministry.example":   {"تقريران منتظران", 2, 2},
			"drafts@ministry.example": {"2 rapports sont attendus", 2, 0},
			"both@kite.example":       {"3 reports are awaited", 3, 3},
		} {
			m := got[who]
			if m.Subject != want.subject || strings.Count(m.Body, "/report\n") != want.reports || strings.Count(m.Body, "/answer/") != want.answers {
				t.Errorf("%s: %q\n%s", who, m.Subject, m.Body)
			}
			if m.Unsubscribe == "" || !strings.Contains(m.Body, "/reminders/stop/") {
				t.Errorf("%s: no way to end reminders", who)
			}
		}
		english := got["both@kite.example"].Body
		for _, want := range []string{"Harbour Compact", "1,000 rural schools\nMaravel\n", "Fibre to the quay\nKite Telecom\nDue on 1 April 2027, in 60 days.\n",
			"https://harbour.example/en/commitments/"} {
			if !strings.Contains(english, want) {
				t.Errorf("no %q in:\n%s", want, english)
			}
		}
		if got := w.letters(); len(got) != 0 {
			t.Errorf("again on the same day: %v", recipients(got))
		}

		// The links open what they say.
		secret := regexp.MustCompile(`/answer/(\w+)`).FindStringSubmatch(got["main@ministry.example"].Body)[1]
		w.Read(func(tx *db.Tx) error {
			l, err := account.OpenLink(tx, w.Now, secret)
			id, due, wrong := reminder.ParseAnswer(l.Object)
			if err != nil || wrong != nil || l.Purpose != reminder.PurposeAnswer || l.Account != main || id != schools || due != "2027-04-01" {
				t.Errorf("the link: %+v, %v %v", l, err, wrong)
			}
			return nil
		})

		// One report comes; ten days on which nothing runs are caught up with one letter.
		w.report(schools, w.ministry, "2026-04-01", "2027-01-31")
		w.on("2027-03-12")
		got = w.letters()
		if m := got["main@ministry.example"]; len(got) != 3 || strings.Contains(m.Body, "1,000 rural schools") || !strings.Contains(m.Subject, "A fund for ports") {
			t.Errorf("%v: %q", recipients(got), m.Subject)
		}
		w.write(func(tx *db.Tx) error { return account.SetReminders(tx, main, false) })
		w.on("2027-04-01")
		if to := recipients(w.letters()); !slices.Equal(to, []string{"both@kite.example", "drafts@ministry.example"}) {
			t.Errorf("on the day: %v", to)
		}
		// A newcomer is told what applies, once.
		w.person("new@kite.example", "zh", account.Post{Party: w.kite, As: account.AsMain})
		w.on("2027-04-03")
		got = w.letters()
		if to := recipients(got); !slices.Equal(to, []string{"new@kite.example"}) || got["new@kite.example"].Subject != "报告原应于2027年4月1日提交：Fibre to the quay" {
			t.Errorf("a newcomer: %v %q", to, got["new@kite.example"].Subject)
		}
		w.on("2027-05-01")
		if n := len(w.letters()); n != 3 {
			t.Errorf("%d letters after thirty days", n)
		}
		w.on("2027-06-15")
		if n := len(w.letters()); n != 0 {
			t.Errorf("%d letters later", n)
		}

		w.Read(func(tx *db.Tx) error {
			all, err := reminder.Log(tx)
			if err != nil {
				return err
			}
			kite, err := reminder.Log(tx, w.kite)
			// -60: 2+2+3; -30: 1+1+2; 0: 1+2; newcomer 1; 30: 1 (drafts), 2 (both), 1 (newcomer)
			if len(all) != 7+4+3+1+4 || len(kite) != 4+2 {
				t.Errorf("the log has %d lines, %d of Kite Telecom's", len(all), len(kite))
			}
			if s := kite[0]; s.On != "2027-05-01" || s.Offset != 30 || s.Due != "2027-04-01" || s.Commitment != quay || s.Party != w.kite {
				t.Errorf("newest: %+v", s)
			}
			return err
		})
	})
}

// TestOneBadAddress has an address in the store that nothing can be written to:
// the others get their letters, the failure is told, and comes up again.
func TestOneBadAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		w.commit(w.kite, "Fibre to the quay", 12)
		var bad string
		for _, address := range []string{"a@kite.example", "b@kite.example", "c@kite.example"} {
			bad = w.person(address, "en", account.Post{Party: w.kite, As: account.AsAlternate})
		}
		w.write(func(tx *db.Tx) error { return tx.Queue("UPDATE account_person SET mail = 'nowhere' WHERE id = ?", bad) })
		w.on("2027-04-01")
		s := reminder.Sender{Keeper: w.Keeper, Base: "https://harbour.example"}
		for range 2 {
			if err := s.Send(t.Context()); err == nil {
				t.Error("a letter that could not be queued was not told")
			}
		}
		w.Read(func(tx *db.Tx) error {
			var letters, lines int
			err := tx.Row("SELECT (SELECT count(*) FROM job WHERE kind = 'mail'), (SELECT count(*) FROM reminder_log)").Scan(&letters, &lines)
			if letters != 2 || lines != 2 {
				t.Errorf("%d letters, %d lines, want 2 and 2", letters, lines)
			}
			all, err2 := reminder.Unreached(tx, "2027-04-01")
			if err2 != nil || len(all) != 0 {
				t.Errorf("unreached: %v, %v", all, err2)
			}
			return err
		})
	})
}
