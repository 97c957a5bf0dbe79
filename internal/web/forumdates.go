package web

import (
	"strconv"

	"kept/internal/forum"
)

// forumDate is a day of a cycle in the calendar.
type forumDate struct {
	ID    string `json:"id"`
	On    string `json:"on"`
	Until string `json:"until,omitempty"`
	What  Text   `json:"what"`
	Href  string `json:"href"`
}

// forumDates are the days of all cycles that are not closed, by cycle in the order of
// its steps; of closed ones the forum itself.
func forumDates(q *request) ([]forumDate, error) {
	cycles, err := forum.Cycles(q.Tx)
	var out []forumDate
	for _, c := range cycles {
		add := func(step, on, until string) {
			out = append(out, forumDate{"cycle-" + strconv.FormatInt(c.ID, 10) + "-" + step, on, until, phrase("cycle.date."+step, "cycle", q.cycleName(c)), cycleHref(c.ID)})
		}
		if c.ClosedOn == "" {
			add(forum.StepTopics, c.TopicsUntil, "")
			add(forum.StepRanking, c.RankUntil, "")
			add(forum.StepAgenda, c.AgendaUntil, "")
			add(forum.StepCall, c.CallUntil, "")
		}
		add(forum.StepForum, c.From, c.To)
	}
	return out, err
}

// forumEvents writes the days of the forum into a calendar file.
func (f *iCalendarFile) forumEvents(q *request, origin string, dates []forumDate) {
	for _, d := range dates {
		what, _ := d.What.In(q.lang())
		last := d.Until
		if last == "" {
			last = d.On
		}
		f.line("BEGIN:VEVENT")
		f.line("UID:" + d.ID + "." + q.Pack.ID + "@" + origin)
		f.line("DTSTAMP:" + stamp(q.Pack.Version, q.Today) + "T000000Z")
		f.line("DTSTART;VALUE=DATE:" + compactDate(d.On))
		f.line("DTEND;VALUE=DATE:" + dayAfter(last))
		f.line("SUMMARY;LANGUAGE=" + string(q.lang()) + ":" + iCalendarText(what))
		f.line("URL:" + q.Site.c.Base + "/" + string(q.lang()) + d.Href)
		f.line("TRANSP:TRANSPARENT")
		if q.Pack.Sample {
			f.line("X-KEPT-SAMPLE:TRUE")
		}
		f.line("END:VEVENT")
	}
}
