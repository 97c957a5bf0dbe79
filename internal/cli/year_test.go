package cli_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kept/internal/account"
	"kept/internal/cli"
	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// The year: a thousand commitments of which some are reported on and some are not,
// some excused, amended, withdrawn or concluded; two processes that serve the one
// record; a clock that a script moves day by day; and one process killed in the
// middle of its work. What must have happened, docs/states.py says from a copy of
// the record.

// childVariable makes this test binary the program itself.
const childVariable = "KEPT_TEST_PROGRAM"

const (
	yearBegins = "2026-01-05"
	yearEnds   = "2027-02-05"
	killOn     = "2026-11-06" // 60 days before the many of the first day fall due
)

type year struct {
	*testing.T
	dir, address, clock string
	now                 time.Time
	store               *db.DB
	keeper              *keeper.Keeper
	random              *rand.Rand
	parties             []int64
	people              map[string]person // by account
	plan                map[string][]func() keeper.Act
	made                map[string][]*pledge // by the day on which they are made
	children            []*exec.Cmd
}

type person struct {
	mail    string
	parties []int64
	wanted  bool
}

// pledge is a commitment of the script.
type pledge struct {
	facts       commitment.Made
	index       int64
	version     int64
	reportedTo  string
	ended       bool
	reportDays  []string
	otherKind   string
	otherOn     string
	excuseUntil string
}

func TestYear(t *testing.T) {
	python := python3(t)
	y := newYear(t)
	y.serve("one")
	y.serve("two")
	seen := map[string]map[int64]string{} // day → commitment → state
	for n, day := 0, yearBegins; day <= yearEnds; n, day = n+1, after(day, 1) {
		y.morning(day)
		y.acts(day)
		if n%61 == 60 || day == yearEnds {
			seen[day] = y.states(day)
		}
	}
	y.mailed()
	for _, later := range []string{"2027-12-01", "2029-06-30"} {
		seen[later] = y.states(later)
	}
	copied := y.copy()
	y.compareStates(python, copied, seen)
	y.compareReminders(python, copied)
}

// copy saves the record once all of it is signed.
func (y *year) copy() (folder string) {
	y.Helper()
	size := fmt.Sprint(y.count("SELECT size FROM record_head"))
	y.until("all is signed", func() bool {
		var note []byte
		y.read(func(tx *db.Tx) error {
			return tx.Row("SELECT note FROM record_checkpoint ORDER BY size DESC LIMIT 1").Scan(&note)
		})
		return strings.Split(string(note), "\n")[1] == size
	})
	folder = filepath.Join(y.TempDir(), "copy")
	must(y, "verify", y.dir, "--db", y.address, "--save", folder)
	return folder
}

func after(day string, days int) string {
	t, _ := time.Parse(time.DateOnly, day)
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}

func newYear(t *testing.T) *year {
	y := &year{T: t, dir: filepath.Join(t.TempDir(), "data"), address: dbtest.Postgres(t), clock: filepath.Join(t.TempDir(), "clock"),
		random: rand.New(rand.NewPCG(2026, 11)), people: map[string]person{}, plan: map[string][]func() keeper.Act{}, made: map[string][]*pledge{}}
	y.at(yearBegins, 1)
	must(t, "init", "--data", y.dir, "--pack", "harbour", "--origin", originOf(t), "--db", y.address, "--sample-clock", y.clock)
	var err error
	if y.store, err = db.Open(t.Context(), db.Config{URL: y.address}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { y.store.Close() })
	if y.keeper, err = keeper.Open(t.Context(), keeper.Options{DB: y.store, Subjects: cli.Subjects(), Clock: func() time.Time { return y.now }}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(y.keeper.Close)
	y.registry()
	y.script()
	return y
}

// at sets the clock of all processes to an hour of a day; from noon on it is that day everywhere.
func (y *year) at(day string, hour int) {
	y.Helper()
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		y.Fatal(err)
	}
	y.set(t.Add(time.Duration(hour) * time.Hour))
}

func (y *year) set(now time.Time) {
	y.Helper()
	y.now = now
	if err := os.WriteFile(y.clock+".new", []byte(now.Format(time.RFC3339)), 0o600); err != nil {
		y.Fatal(err)
	}
	if err := os.Rename(y.clock+".new", y.clock); err != nil {
		y.Fatal(err)
	}
}

func (y *year) submit(acts ...keeper.Act) []keeper.Result {
	y.Helper()
	out, err := y.keeper.Submit(y.Context(), "", acts...)
	if err != nil {
		y.Fatal(err)
	}
	return out
}

func (y *year) read(fn func(tx *db.Tx) error) {
	y.Helper()
	if err := y.store.Read(y.Context(), fn); err != nil {
		y.Fatal(err)
	}
}

// count reads one number.
func (y *year) count(query string, args ...any) (n int) {
	y.Helper()
	y.read(func(tx *db.Tx) error { return tx.Row(query, args...).Scan(&n) })
	return n
}

// registry enters the parties and their people.
func (y *year) registry() {
	var acts []keeper.Act
	for i := range 24 {
		acts = append(acts, keeper.Act{Kind: stakeholder.KindRegistered, By: "secretariat", Facts: stakeholder.Registered{Kind: "private", Size: "large", Area: "QN"},
			Words: map[string]string{"name.und": fmt.Sprint("Company ", i)}})
	}
	for _, r := range y.submit(acts...) {
		y.parties = append(y.parties, r.Index)
	}
	acts = nil
	for _, p := range y.parties {
		acts = append(acts, keeper.Act{Kind: stakeholder.KindGiven, By: strconv.FormatInt(p, 10), Words: map[string]string{"activities.0.title.en": "Fibre", "role.en": "Head"},
			Facts: stakeholder.Given{Text: "harbour-2025", Language: "en", Vision: true, Principles: true, Activities: []stakeholder.Activity{{State: "planned"}}}})
	}
	y.submit(acts...)
	err := account.Prepare(y.Context(), y.store)
	if err == nil {
		err = y.store.Write(y.Context(), func(tx *db.Tx) error {
			for i, p := range y.parties {
				// Each has a main focal point; every third one shares it with the next, every fourth has
				// an alternate, every sixth of these wants no reminders.
				posts := []int64{p}
				if i%3 == 1 {
					posts = append(posts, y.parties[i-1])
				}
				if err := y.appoint(tx, fmt.Sprintf("main%d@company.example", i), locale.Langs[i%len(locale.Langs)], account.AsMain, true, posts...); err != nil {
					return err
				}
				if i%4 == 0 {
					if err := y.appoint(tx, fmt.Sprintf("alternate%d@company.example", i), locale.English, account.AsAlternate, i%24 != 0, p); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	if err != nil {
		y.Fatal(err)
	}
}

func (y *year) appoint(tx *db.Tx, address string, lang locale.Lang, as string, wanted bool, parties ...int64) error {
	id, err := account.Add(tx, y.now, address, "Somebody", lang)
	if err != nil {
		return err
	}
	for _, p := range parties {
		if err := account.Appoint(tx, y.now, id, account.Post{Party: p, As: as}); err != nil {
			return err
		}
	}
	y.people[id] = person{address, parties, wanted}
	return account.SetReminders(tx, id, wanted)
}

// script decides beforehand what happens on which day.
func (y *year) script() {
	rhythms := []int64{1, 3, 6, 12, 12, 24}
	for n := range 1000 {
		p := &pledge{facts: commitment.Made{Lead: y.parties[n%len(y.parties)], Lang: "en", Items: []string{"H.1"}, Type: "capacity", Newness: "new",
			Condition: "unconditional", Areas: []string{"QM"}, ReportEvery: rhythms[y.random.IntN(len(rhythms))], Start: "2026-01-01",
			End: after("2026-07-01", y.random.IntN(2000)), Review: "none"}}
		day := after(yearBegins, y.random.IntN(60))
		if n < 300 {
			day, p.facts.ReportEvery, p.facts.End = yearBegins, 12, "2030-12-31"
		}
		every := int(p.facts.ReportEvery) * 30
		if n%10 < 6 { // these report, more or less in time
			for k := 1; k*every < 430; k++ {
				p.reportDays = append(p.reportDays, after(day, k*every+y.random.IntN(every+30)-every/2))
			}
			slices.Sort(p.reportDays)
		}
		switch n % 7 {
		case 1:
			p.otherKind = commitment.KindExcused
		case 2:
			p.otherKind = commitment.KindAmended
		case 3:
			p.otherKind = []string{commitment.KindWithdrawn, commitment.KindConcluded}[n%2]
		}
		p.otherOn = after(day, 40+y.random.IntN(380))
		p.excuseUntil = after(p.otherOn, y.random.IntN(200))
		y.made[day] = append(y.made[day], p)
	}
}

// acts are what the parties and the secretariat do on a day.
func (y *year) acts(day string) {
	y.at(day, 14)
	var acts []keeper.Act
	for _, p := range y.made[day] {
		acts = append(acts, keeper.Act{Kind: commitment.KindMade, By: strconv.FormatInt(p.facts.Lead, 10), Facts: p.facts, Words: map[string]string{
			"title.en": "Promise", "promise.en": "We will do it.", "problem.en": "It is not done.", "will_do.en": "Do it.", "responsible_unit.en": "Office"}})
	}
	for i, r := range y.submit(acts...) {
		p := y.made[day][i]
		p.index, p.version, p.reportedTo = r.Index, r.Index, after(day, -1)
	}
	acts = nil
	var amended []*pledge
	var at []int
	for _, since := range y.days() {
		for _, p := range y.made[since] {
			if p.index == 0 || p.ended || since == day {
				continue
			}
			if slices.Contains(p.reportDays, day) && p.reportedTo < day {
				acts = append(acts, p.report(y.random, day))
			}
			if p.otherKind != "" && p.otherOn == day && y.fits(p) {
				if acts = append(acts, p.other()); p.otherKind == commitment.KindAmended {
					amended, at = append(amended, p), append(at, len(acts)-1)
				}
			}
		}
	}
	out := y.submit(acts...)
	for i, p := range amended {
		p.version = out[at[i]].Index
	}
}

func (y *year) days() (days []string) {
	for day := range y.made {
		days = append(days, day)
	}
	slices.Sort(days)
	return days
}

// fits tells whether it would be taken: an excuse needs something that is awaited,
// an amendment an end to come.
func (y *year) fits(p *pledge) bool {
	if p.otherKind == commitment.KindAmended {
		return p.facts.End > p.otherOn
	}
	return p.otherKind != commitment.KindExcused || y.count("SELECT count(*) FROM commitment WHERE id = ? AND due_on <> '9999-12-31'", p.index) == 1
}

func (p *pledge) report(random *rand.Rand, day string) keeper.Act {
	f := commitment.Reported{Commitment: p.index, Lang: "en", From: after(p.reportedTo, 1), To: day, Status: "in_progress"}
	words := map[string]string{"narrative.en": "It goes on."}
	switch random.IntN(20) {
	case 0:
		f.Status = "completed"
	case 1, 2, 3, 4, 5:
		f.Unchanged, words = "no_change", nil
	}
	p.reportedTo = day
	return keeper.Act{Kind: commitment.KindReported, By: strconv.FormatInt(p.facts.Lead, 10), Facts: f, Words: words}
}

func (p *pledge) other() keeper.Act {
	a := keeper.Act{Kind: p.otherKind, By: strconv.FormatInt(p.facts.Lead, 10), Words: map[string]string{"reason.en": "Things changed."}}
	switch p.otherKind {
	case commitment.KindExcused:
		a.By, a.Facts = "secretariat", commitment.Excused{Commitment: p.index, Until: p.excuseUntil, Reason: commitment.Excuses[0]}
	case commitment.KindAmended:
		p.facts.ReportEvery = map[int64]int64{1: 3, 3: 1, 6: 12, 12: 6, 24: 12}[p.facts.ReportEvery]
		a.Facts = commitment.Amended{Commitment: p.index, Version: p.version, Made: p.facts}
	case commitment.KindWithdrawn:
		a.Facts, p.ended = commitment.Ended{Commitment: p.index}, true
	case commitment.KindConcluded:
		a.Facts, p.ended = commitment.Ended{Commitment: p.index, Outcome: commitment.Outcomes[0]}, true
	}
	return a
}
