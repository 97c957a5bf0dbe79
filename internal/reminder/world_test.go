package reminder_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"kept/compacts"
	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/compact/compacttest"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/job"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/mail"
	"kept/internal/observatory"
	"kept/internal/reminder"
	"kept/internal/report"
	"kept/internal/stakeholder"
)

// world is a record with two parties that may commit, whose people have accounts.
type world struct {
	*compacttest.Site
	store    *db.DB
	ministry int64 // a State
	kite     int64 // a company
}

func newWorld(t *testing.T, store *db.DB) *world {
	w := &world{Site: compacttest.Open(t, store, compacts.Harbour(), stakeholder.Subject(), observatory.Subject(), commitment.Subject(), correction.Subject(), forum.Subject(), report.Subject()), store: store}
	w.on("2026-04-01")
	for _, prepare := range []func(context.Context, *db.DB) error{job.Prepare, account.Prepare, reminder.Prepare} {
		if err := prepare(t.Context(), store); err != nil {
			t.Fatal(err)
		}
	}
	w.ministry = w.Submit(keeper.Act{Kind: stakeholder.KindRegistered, By: "secretariat", Facts: stakeholder.Registered{Kind: "state", Area: "QM"}})
	w.Submit(keeper.Act{Kind: stakeholder.KindAdoption, By: "secretariat", Words: map[string]string{"symbol.und": "HC/RES/1"},
		Facts: stakeholder.Adoption{Party: w.ministry, Text: "harbour-2025", On: "2025-03-14"}})
	w.kite = w.Submit(keeper.Act{Kind: stakeholder.KindRegistered, By: "secretariat", Facts: stakeholder.Registered{Kind: "private", Size: "large", Area: "QN"},
		Words: map[string]string{"name.und": "Kite Telecom"}})
	w.Submit(keeper.Act{Kind: stakeholder.KindGiven, By: strconv.FormatInt(w.kite, 10), Words: map[string]string{"activities.0.title.en": "Fibre to the quay",
		"role.en": "Head of public affairs"}, Facts: stakeholder.Given{Text: "harbour-2025", Language: "en", Vision: true, Principles: true,
		Activities: []stakeholder.Activity{{State: "planned"}}}})
	return w
}

// on sets the clock to a time at which the day is everywhere that date.
func (w *world) on(day string) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		w.Fatal(err)
	}
	w.Now = t.Add(14 * time.Hour)
}

func (w *world) write(fn func(tx *db.Tx) error) {
	w.Helper()
	if err := w.store.Write(context.Background(), fn); err != nil {
		w.Fatal(err)
	}
}

// person makes an account with posts.
func (w *world) person(address string, lang locale.Lang, posts ...account.Post) (id string) {
	w.Helper()
	w.write(func(tx *db.Tx) (err error) {
		if id, err = account.Add(tx, w.Now, address, "Somebody", lang); err != nil {
			return err
		}
		for _, p := range posts {
			if err := account.Appoint(tx, w.Now, id, p); err != nil {
				return err
			}
		}
		return nil
	})
	return id
}

// commit makes a commitment that reports every so many months.
func (w *world) commit(party int64, title string, every int64) int64 {
	w.Helper()
	return w.Submit(keeper.Act{Kind: commitment.KindMade, By: strconv.FormatInt(party, 10), Facts: commitment.Made{
		Lead: party, Lang: "en", Items: []string{"H.1"}, Type: "capacity", Newness: "new", Condition: "unconditional", Areas: []string{"QM"},
		ReportEvery: every, Start: "2026-01-01", End: "2030-12-31", Review: "none"},
		Words: map[string]string{"title.en": title, "promise.en": "We will do it.", "problem.en": "It is not done.", "will_do.en": "Do it.", "responsible_unit.en": "Office"}})
}

func (w *world) report(c, party int64, from, to string) {
	w.Helper()
	w.Submit(keeper.Act{Kind: commitment.KindReported, By: strconv.FormatInt(party, 10), Facts: commitment.Reported{
		Commitment: c, Lang: "en", From: from, To: to, Status: "in_progress"}, Words: map[string]string{"narrative.en": "It goes on."}})
}

// letters sends what is due and hands over the letters that were queued, by
// recipient; two senders try at once.
func (w *world) letters() map[string]mail.Message {
	w.Helper()
	s := reminder.Sender{Keeper: w.Keeper, Base: "https://harbour.example"}
	var both sync.WaitGroup
	var faults [2]error
	for i := range faults {
		both.Go(func() { faults[i] = s.Send(context.Background()) })
	}
	both.Wait()
	if err := errors.Join(faults[:]...); err != nil {
		w.Fatal(err)
	}
	carried := &carrier{got: map[string]mail.Message{}}
	r, err := job.New(w.Context(), job.Options{DB: w.store, Clock: func() time.Time { return w.Now }, Poll: time.Millisecond})
	if err != nil {
		w.Fatal(err)
	}
	mail.Handle(r, carried)
	ctx, stop := context.WithCancel(w.Context())
	ended := make(chan bool)
	go func() { r.Run(ctx); ended <- true }()
	for left := int64(1); left > 0; time.Sleep(time.Millisecond) {
		w.Read(func(tx *db.Tx) error {
			return tx.Row("SELECT count(*) FROM job WHERE state = 'waiting' AND kind = 'mail'").Scan(&left)
		})
	}
	stop()
	<-ended
	if len(carried.twice) > 0 {
		w.Errorf("two letters on one day to %v", carried.twice)
	}
	return carried.got
}

type carrier struct {
	mu    sync.Mutex
	got   map[string]mail.Message
	twice []string
}

func (c *carrier) Carry(_ context.Context, m mail.Message) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.got[m.To]; ok {
		c.twice = append(c.twice, m.To)
	}
	c.got[m.To] = m
	return nil
}

func recipients(letters map[string]mail.Message) (to []string) {
	for who := range letters {
		to = append(to, who)
	}
	slices.Sort(to)
	return to
}
