package reminder

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"kept/internal/account"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/job"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/mail"
	"kept/internal/report"
	"kept/internal/stakeholder"
)

// While a report of a period is open to correction, the people of each party are
// told so twice: when it was opened, and some days before its window ends. Each
// letter is to one account, with all her parties' rows; it is noted in the
// transaction that queues it, so that it is sent once.

// lastDays is how many days before the end of a window the second letter goes out.
const lastDays = 7

// The letters of a window.
const (
	stepOpened = "opened"
	stepEnding = "ending"
)

// windowSchema is private: no part of the record.
const windowSchema = `CREATE TABLE reminder_window (account TEXT NOT NULL, report BIGINT NOT NULL, step TEXT NOT NULL, sent_on TEXT NOT NULL, PRIMARY KEY (account, report, step))`

// windows is the job that looks whether a report was opened, or is about to close.
const windows = "reminders.windows"

// handleWindows makes a runner look every hour.
func (s Sender) handleWindows(r *job.Runner) {
	r.Handle(windows, func(ctx context.Context, _ job.Job) error { return s.SendWindows(ctx) })
	r.Every(windows, func(now time.Time) string { return now.UTC().Format("2006-01-02T15") })
}

// stepOn is the letter that applies to an open report on a day: where the second one
// has its day, the first one comes too late.
func stepOn(r report.Report, today string) string {
	switch {
	case r.State(today) != report.StateOpen:
		return ""
	case today >= plus(r.Until, -lastDays):
		return stepEnding
	}
	return stepOpened
}

// SendWindows sends the letters of open reports that were not sent yet, one
// transaction for each account.
func (s Sender) SendWindows(ctx context.Context) error {
	store := s.Keeper.DB()
	var open []report.Report
	all := map[string]account.Contact{}
	at := map[string][]int64{} // account → parties
	err := store.Read(ctx, func(tx *db.Tx) error {
		list, err := report.List(tx, "")
		for _, r := range list {
			if stepOn(r, keeper.Today(s.Keeper.Now())) != "" {
				open = append(open, r)
			}
		}
		if err != nil || len(open) == 0 {
			return err
		}
		parties, err := account.Posted(tx)
		for _, id := range parties {
			contacts, err := people(tx, id)
			if err != nil {
				return err
			}
			for _, c := range contacts {
				all[c.ID], at[c.ID] = c, append(at[c.ID], id)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	var faults []error // an account that cannot be written to keeps nobody else's letter back
	for _, r := range open {
		for _, id := range slices.Sorted(maps.Keys(all)) {
			err := store.Write(ctx, func(tx *db.Tx) error { return s.sendWindow(tx, r, all[id], at[id]) })
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				faults = append(faults, fmt.Errorf("letter on report %d to account %s: %w", r.ID, id, err))
			}
		}
	}
	return errors.Join(faults...)
}

// sendWindow notes a letter and queues it, or does nothing where it was sent.
func (s Sender) sendWindow(tx *db.Tx, r report.Report, to account.Contact, parties []int64) error {
	now := s.Keeper.Now()
	today := keeper.Today(now)
	step := stepOn(r, today)
	if step == "" {
		return nil
	}
	n, err := tx.Exec("INSERT INTO reminder_window (account, report, step, sent_on) VALUES (?, ?, ?, ?) ON CONFLICT (account, report, step) DO NOTHING", to.ID, r.ID, step, today)
	if err != nil || n == 0 {
		return err
	}
	pack, err := compact.InForce(tx)
	if err != nil {
		return err
	}
	names, err := stakeholder.NamesOf(tx, parties...)
	if err != nil {
		return err
	}
	stop, err := account.NewLink(tx, now, account.Link{Purpose: PurposeStop, Account: to.ID, Life: stopLife})
	if err != nil {
		return err
	}
	return mail.Queue(tx, s.windowLetter(r, step, to, parties, names, pack, stop, now))
}

func (s Sender) windowLetter(r report.Report, step string, to account.Contact, parties []int64, names map[int64]stakeholder.Names, pack *compact.Pack, stop string, now time.Time) mail.Message {
	lang := to.Lang
	home := s.Base + "/" + string(lang)
	title, _ := pack.Title(compact.ReportKinds, r.Kind, lang)
	name := lang.T("period.name", "title", title, "from", lang.Date(r.From), "to", lang.Date(r.To))
	text := []string{lang.T("reminder.hello"), "", lang.T("reminder.window."+step, "report", name, "until", lang.Date(r.Until)), ""}
	for _, id := range parties {
		party, _ := names[id].In(lang)
		text = append(text, party, home+"/reports/"+strconv.FormatInt(r.ID, 10)+"/rows/"+strconv.FormatInt(id, 10), "")
	}
	text = append(text, lang.T("reminder.window.contribute"), home+"/desk/reports/"+strconv.FormatInt(r.ID, 10)+"/contribute", "",
		"-- ", lang.T("reminder.why", "site", home+"/"), lang.T("reminder.stop"), home+"/reminders/stop/"+stop, "")
	return mail.Message{Key: "window/" + strconv.FormatInt(r.ID, 10) + "/" + step + "/" + to.ID, To: to.Mail, Lang: lang,
		Subject: subjectLine(lang, step, name, r.Until), Body: strings.Join(text, "\n"), Unsubscribe: s.Base + "/reminders/stop/" + stop, At: now}
}

func subjectLine(lang locale.Lang, step, name, until string) string {
	return keeper.Line(lang.T("reminder.window.subject."+step, "report", name, "until", lang.Date(until)))
}
