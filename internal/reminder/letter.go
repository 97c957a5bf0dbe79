package reminder

import (
	"strconv"
	"strings"
	"time"

	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/mail"
	"kept/internal/stakeholder"
)

// Purposes of the links in a letter.
const (
	PurposeAnswer = "unchanged" // object: COMMITMENT DUE-DATE
	PurposeStop   = "reminders"
)

// How long links live: an answer until the report would be a year late, the end of
// reminders as long as a letter may be found again.
const (
	answerLife = 365 * 24 * time.Hour
	stopLife   = 3 * 365 * 24 * time.Hour
)

// AnswerObject is what a link of [PurposeAnswer] opens.
func AnswerObject(commitment int64, due string) string {
	return strconv.FormatInt(commitment, 10) + " " + due
}

// ParseAnswer reads it.
func ParseAnswer(object string) (commitment int64, due string, err error) {
	id, due, _ := strings.Cut(object, " ")
	commitment, err = strconv.ParseInt(id, 10, 64)
	return commitment, due, err
}

// write sets the letter in its reader's language. Links are made in the same
// transaction; their secrets are in the letter only.
func (l *letter) write(tx *db.Tx, base string, pack *compact.Pack, now time.Time) (m mail.Message, err error) {
	lang, today := l.to.Lang, keeper.Today(now)
	name, _ := pack.Title("compact", pack.ID, lang)
	text := []string{lang.T("reminder.hello"), "", lang.T("reminder.lead", "compact", name), ""}
	subject := lang.T("reminder.subject.several", "n", len(l.lines))
	for _, one := range l.lines {
		title, lines, err := l.say(tx, one, base, now)
		if err != nil {
			return m, err
		}
		if text = append(append(text, lines...), ""); len(l.lines) == 1 {
			subject = lang.T("reminder.subject."+when(one, today), "title", title, "date", lang.Date(one.On))
		}
	}
	stop, err := account.NewLink(tx, now, account.Link{Purpose: PurposeStop, Account: l.to.ID, Life: stopLife})
	if err != nil {
		return m, err
	}
	// Two addresses: a page for a reader, and one for her mail program, which posts without asking.
	text = append(text, "-- ", lang.T("reminder.why", "site", base+"/"+string(lang)+"/"), lang.T("reminder.stop"), base+"/"+string(lang)+"/reminders/stop/"+stop, "")
	return mail.Message{Key: l.key(today), To: l.to.Mail, Lang: lang, Subject: subject, Body: strings.Join(text, "\n"),
		Unsubscribe: base + "/reminders/stop/" + stop, At: now}, nil
}

// when says how a report stands to its date.
func when(one line, today string) string {
	switch {
	case today < one.On:
		return "before"
	case today == one.On:
		return "today"
	}
	return "late"
}

// say is what a letter says of one report; texts in other languages stand on lines of their own.
func (l *letter) say(tx *db.Tx, one line, base string, now time.Time) (title string, lines []string, err error) {
	lang, today := l.to.Lang, keeper.Today(now)
	c, err := commitment.Get(tx, one.ID, today)
	if err != nil {
		return "", nil, err
	}
	names, err := stakeholder.NamesOf(tx, one.Party)
	if err != nil {
		return "", nil, err
	}
	if title, _ = c.Text("title", lang); title == "" {
		title = lang.T("reminder.untitled", "id", strconv.FormatInt(one.ID, 10))
	}
	party, _ := names[one.Party].In(lang)
	days := daysBetween(today, one.On)
	page := base + "/" + string(lang) + "/commitments/" + strconv.FormatInt(one.ID, 10)
	lines = []string{title, party, lang.T("reminder."+when(one, today), "date", lang.Date(one.On), "n", max(days, -days)),
		lang.T("reminder.report"), page + "/report"}
	if !one.sends {
		return title, lines, nil
	}
	answer, err := account.NewLink(tx, now, account.Link{Purpose: PurposeAnswer, Account: l.to.ID, Object: AnswerObject(one.ID, one.On), Life: answerLife})
	return title, append(lines, lang.T("reminder.answer"), l.answerAt(base, lang, answer)), err
}

func (l *letter) answerAt(base string, lang locale.Lang, token string) string {
	return base + "/" + string(lang) + "/answer/" + token
}
