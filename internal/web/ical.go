package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// calendarSubjects are what the dates rest on.
var calendarSubjects = []string{"pack", "commitments", "bodies", "forum"}

// calendarFile serves the pack's dates and the dues of reports (of one party,
// where the address names one; the dates of one body or item alone, where it names
// that) to calendar programs.
func (s *Site) calendarFile(w http.ResponseWriter, r *http.Request) {
	named := r.URL.Query().Get("party")
	party, err := strconv.ParseInt(cmp.Or(named, "0"), 10, 64)
	if err != nil {
		s.fail(w, r, "", errNotFound(named))
		return
	}
	s.serveCalendar(w, r, calendarSubjects, func(q *request) ([]byte, error) { return s.datesAndDues(q, party) })
}

// serveCalendar answers calendar programs (RFC 5545) in the language that the address
// asks for, else in English, and keeps the answer until one of its subjects is touched.
func (s *Site) serveCalendar(w http.ResponseWriter, r *http.Request, subjects []string, write func(q *request) ([]byte, error)) {
	lang := locale.English
	if wanted := r.URL.Query().Get("lang"); wanted != "" {
		if !locale.Known(wanted) {
			s.fail(w, r, "", keeper.Refuse(keeper.ErrInvalid, locale.E("err.web.unknown_language", "lang", keeper.Line(wanted))))
			return
		}
		lang = locale.Lang(wanted)
	}
	var out *rendered
	err := s.c.Keeper.DB().Read(r.Context(), func(tx *db.Tx) error {
		q, err := s.request(r, tx, lang)
		if err != nil {
			return err
		}
		size, err := recordSize(tx)
		if err != nil {
			return err
		}
		seen, err := seenIn(tx, subjects)
		if err != nil {
			return err
		}
		body, err := write(q)
		if err != nil {
			return err
		}
		out = newRendered(body)
		out.kind, out.language = "text/calendar; charset=utf-8", string(lang)
		out.seen, out.size, out.today, out.subjects = seen, size, q.Today, subjects
		if q.cacheable() {
			s.cache.put(cacheKey(r), out)
		}
		return nil
	})
	if err != nil {
		s.fail(w, r, "", err)
		return
	}
	s.send(w, r, out)
}

// datesAndDues is the whole calendar, or of what the address narrows it to.
func (s *Site) datesAndDues(q *request, party int64) ([]byte, error) {
	var due []dueRow
	var forumDays []forumDate
	var err error
	only := q.query("lang", "party", "body", "item")
	if only.Get("body") == "" && only.Get("item") == "" {
		if due, err = dues(q, party, mostRows); err != nil {
			return nil, err
		}
		if forumDays, err = forumDates(q); err != nil {
			return nil, err
		}
	}
	clash, err := clashes(q)
	if err != nil {
		return nil, err
	}
	return s.iCalendar(q, due, clash, forumDays), nil
}

// iCalendar writes the dates as all-day events. A partial date is the range of
// days that it may mean; what is not certain is tentative.
func (s *Site) iCalendar(q *request, due []dueRow, clash []clashRow, forumDays []forumDate) []byte {
	p, origin := q.Pack, strings.TrimPrefix(strings.TrimPrefix(s.c.Base, "https://"), "http://")
	name, _ := title(p, compact.Compacts, p.ID).In(q.lang())
	var f iCalendarFile
	f.line("BEGIN:VCALENDAR")
	f.line("VERSION:2.0")
	f.line("PRODID:-//Kept//" + iCalendarText(p.ID) + "//" + strings.ToUpper(string(q.lang())))
	f.line("CALSCALE:GREGORIAN")
	f.line("X-WR-CALNAME:" + iCalendarText(name))
	body, item := q.asked.Get("body"), q.asked.Get("item")
	for _, e := range p.Calendar {
		if body != "" && e.Event != body && !slices.Contains(e.Bodies, body) || item != "" && !slices.Contains(e.Items, item) {
			continue
		}
		row := newCalendarRow(p, e)
		f.line("BEGIN:VEVENT")
		f.line("UID:" + e.ID + "." + p.ID + "@" + origin)
		f.line("DTSTAMP:" + stamp(p.Version, q.Today) + "T000000Z")
		f.line("DTSTART;VALUE=DATE:" + compactDate(firstDay(e.On)))
		f.line("DTEND;VALUE=DATE:" + dayAfter(compact.LastDay(lastOf(e))))
		f.line("SUMMARY;LANGUAGE=" + string(q.lang()) + ":" + iCalendarText(summarise(row, e, q.lang())))
		about := clashesOf(clash, e.ID, q.lang())
		if text := describe(row, q.lang()); text != "" {
			about = append([]string{text}, about...)
		}
		if text := strings.Join(about, "\n"); text != "" {
			f.line("DESCRIPTION;LANGUAGE=" + string(q.lang()) + ":" + iCalendarText(text))
		}
		f.line("URL:" + s.c.Base + "/" + string(q.lang()) + "/calendar#" + e.ID)
		f.line("TRANSP:TRANSPARENT")
		if !e.Certain {
			f.line("STATUS:TENTATIVE")
		}
		if p.Sample {
			f.line("X-KEPT-SAMPLE:TRUE")
		}
		f.line("END:VEVENT")
	}
	f.dueEvents(q, origin, due)
	f.forumEvents(q, origin, forumDays)
	f.line("END:VCALENDAR")
	return []byte(f.String())
}

// summarise names the event in one line: a bare deadline by the first thing that falls due.
func summarise(row calendarRow, e *compact.CalendarEntry, lang locale.Lang) string {
	summary, _ := row.Title.In(lang)
	if due := append(row.Targets, row.Items...); len(due) > 0 && (e.Event == compact.EventBy || e.Event == compact.EventStep) {
		first, _ := due[0].Title.In(lang)
		summary += ": " + first
	}
	if row.Earlier {
		summary += " (" + lang.T("text.not_agreed") + ")"
	}
	return summary
}

// describe lists what falls due, one line each; many items by their codes alone.
func describe(row calendarRow, lang locale.Lang) string {
	var lines, codes []string
	for _, i := range row.Items {
		text, _ := i.Title.In(lang)
		lines, codes = append(lines, i.ID+" "+text), append(codes, i.ID)
	}
	if !row.Few() {
		lines = []string{strings.Join(codes, " ")}
	}
	for _, t := range row.Targets {
		text, _ := t.Title.In(lang)
		lines = append(lines, t.ID+" "+text)
	}
	return strings.Join(lines, "\n")
}

// iCalendarFile folds its lines: at most 75 octets, never inside a character.
type iCalendarFile struct{ strings.Builder }

func (f *iCalendarFile) line(s string) {
	const max = 75
	room := max
	for len(s) > room {
		cut := room
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		f.WriteString(s[:cut] + "\r\n ")
		s, room = s[cut:], max-1 // the blank counts
	}
	f.WriteString(s + "\r\n")
}

var iCalendarEscapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

// iCalendarText escapes a TEXT value (RFC 5545 §3.3.11).
func iCalendarText(s string) string { return iCalendarEscapes.Replace(s) }

// firstDay is the first day of a date that may be partial.
func firstDay(date string) string {
	switch len(date) {
	case len("2027"):
		return date + "-01-01"
	case len("2027-05"):
		return date + "-01"
	}
	return date
}

func compactDate(day string) string { return strings.ReplaceAll(day, "-", "") }

// dayAfter ends an all-day range, whose end is not part of it.
func dayAfter(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return compactDate(day)
	}
	return t.AddDate(0, 0, 1).Format("20060102")
}

// stamp dates the entries by the pack's version, so that the file changes only with the pack.
func stamp(version, today string) string {
	if _, err := time.Parse(time.DateOnly, version); err != nil {
		version = today
	}
	return compactDate(version)
}
