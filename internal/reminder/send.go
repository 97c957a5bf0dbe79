package reminder

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/job"
	"kept/internal/keeper"
	"kept/internal/mail"
	"kept/record"
)

// Sender sends the reminders of a record.
type Sender struct {
	Keeper *keeper.Keeper
	Base   string // public address of the site, for links
}

// kind is the daily job.
const kind = "reminders"

// Handle makes a runner send reminders once a day.
func (s Sender) Handle(ctx context.Context, r *job.Runner) error {
	if err := Prepare(ctx, s.Keeper.DB()); err != nil {
		return err
	}
	if err := account.Prepare(ctx, s.Keeper.DB()); err != nil {
		return err
	}
	r.Handle(kind, func(ctx context.Context, _ job.Job) error { return s.Send(ctx) })
	r.Every(kind, keeper.Today)
	s.handleWindows(r)
	return nil
}

// Send sends what applies today and was not sent yet. Each account is a transaction
// of its own: if we die between two, the next run goes on with the rest.
func (s Sender) Send(ctx context.Context) error {
	store := s.Keeper.DB()
	var all map[string]*letter
	err := store.Read(ctx, func(tx *db.Tx) (err error) {
		all, err = gather(tx, s.Keeper.Now())
		return err
	})
	if err != nil {
		return err
	}
	var faults []error // an account that cannot be written to keeps nobody else's letter back
	for _, id := range slices.Sorted(maps.Keys(all)) {
		err := store.Write(ctx, func(tx *db.Tx) error { return s.sendOne(tx, id, all[id].parties()) })
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("reminders of account %s: %w", id, err))
		}
	}
	return errors.Join(faults...)
}

// Unreached are the reports of which somebody should be reminded today or was to be
// within the last days, and whose party has nobody who wants to be: the secretariat
// has to find another way.
func Unreached(tx *db.Tx, today string) (list []commitment.Awaited, err error) {
	awaited, err := commitment.AwaitedOn(tx, today, plus(today, -2*spacing))
	if err != nil {
		return nil, err
	}
	reached := make(map[int64]bool)
	for _, a := range awaited {
		if _, applies := Applies(a, today); !applies {
			continue
		}
		if _, known := reached[a.Party]; !known {
			list, err := people(tx, a.Party)
			if err != nil {
				return nil, err
			}
			reached[a.Party] = len(list) > 0
		}
		if !reached[a.Party] {
			list = append(list, a)
		}
	}
	return list[:min(len(list), mostSent)], nil
}

// sendOne sends to one account. What she is told is read again in the transaction
// that notes it: a report, an excuse or an end of reminders that came meanwhile holds.
func (s Sender) sendOne(tx *db.Tx, id string, parties []int64) error {
	now := s.Keeper.Now()
	all, err := gather(tx, now, parties...)
	if err != nil || all[id] == nil {
		return err
	}
	l := all[id]
	if err := l.note(tx, keeper.Today(now)); err != nil || len(l.lines) == 0 {
		return err
	}
	pack, err := compact.InForce(tx)
	if err != nil {
		return err
	}
	m, err := l.write(tx, s.Base, pack, now)
	if err != nil {
		return err
	}
	return mail.Queue(tx, m)
}

// letter is what one account is told on a day.
type letter struct {
	to    account.Contact
	lines []line
}

// line is one reminder.
type line struct {
	commitment.Awaited
	offset int
	sends  bool // she may report for the party, and so answer in one step
}

func (l *letter) parties() (ids []int64) {
	for _, line := range l.lines {
		ids = append(ids, line.Party)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// gather finds the reminders that apply, by account; about some parties, or all.
func gather(tx *db.Tx, now time.Time, parties ...int64) (map[string]*letter, error) {
	today := keeper.Today(now)
	awaited, err := commitment.AwaitedOn(tx, today, plus(today, -2*spacing), parties...)
	if err != nil {
		return nil, err
	}
	contacts := make(map[int64][]account.Contact)
	all := make(map[string]*letter)
	for _, a := range awaited {
		offset, ok := Applies(a, today)
		if !ok {
			continue
		}
		if _, known := contacts[a.Party]; !known {
			if contacts[a.Party], err = people(tx, a.Party); err != nil {
				return nil, err
			}
		}
		for _, c := range contacts[a.Party] {
			if all[c.ID] == nil {
				all[c.ID] = &letter{to: c}
			}
			all[c.ID].lines = append(all[c.ID].lines, line{a, offset, c.As != account.AsDrafter})
		}
	}
	return all, nil
}

// people are those at a party who want reminders, each once, by her most responsible post.
func people(tx *db.Tx, party int64) (list []account.Contact, err error) {
	contacts, err := account.Contacts(tx, party)
	for _, c := range contacts {
		if c.Reminders && !slices.ContainsFunc(list, func(o account.Contact) bool { return o.ID == c.ID }) {
			list = append(list, c)
		}
	}
	return list, err
}

// note writes the log, and keeps of the letter what was not sent before.
func (l *letter) note(tx *db.Tx, today string) error {
	var fresh []line
	for _, one := range l.lines {
		n, err := tx.Exec(`INSERT INTO reminder_log (account, commitment, due_on, offset_days, party, sent_on) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (account, commitment, due_on, offset_days) DO NOTHING`, l.to.ID, one.ID, one.On, one.offset, one.Party, today)
		if err != nil {
			return err
		}
		if n == 1 {
			fresh = append(fresh, one)
		}
	}
	l.lines = fresh
	return nil
}

// key names the letter by whom it is for and what stands in it.
func (l *letter) key(today string) string {
	var b []byte
	for _, one := range l.lines {
		b = fmt.Appendf(b, "%d %s %d\n", one.ID, one.On, one.offset)
	}
	return "reminder/" + today + "/" + l.to.ID + "/" + record.DigestOf(b).String()[:16]
}
