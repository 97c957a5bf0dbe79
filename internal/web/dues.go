package web

import (
	"strconv"
	"strings"
	"time"

	"kept/internal/commitment"
	"kept/internal/locale"
)

// dueRow is a report that falls due by its commitment's own rhythm.
type dueRow struct {
	ID         int64  `json:"id"`
	On         string `json:"on"`
	Commitment Link   `json:"commitment"`
	Party      Link   `json:"party"`
}

// mostDues bounds the dues that a page shows; a calendar program gets as many as a CSV has rows.
const mostDues = 100

// dues lists the reports that fall due from today on within twelve months, the
// nearest first; of one party, or of all where party is 0.
func dues(q *request, party int64, most int) ([]dueRow, error) {
	end := q.Now.AddDate(1, 0, 0).Format(time.DateOnly)
	f := commitment.Filter{Party: party, Sort: commitment.DueIn, After: q.Today + "~-1", Limit: min(most, 1000)}
	var out []dueRow
	for {
		list, next, err := listCommitments(q, f)
		if err != nil {
			return nil, err
		}
		for _, r := range list.Rows {
			if r.Due == "" || r.Due > end || len(out) == most {
				return out, nil
			}
			out = append(out, dueRow{r.ID, r.Due, Link{r.Title, r.Href}, r.Party})
		}
		if f.After = next; next == "" {
			return out, nil
		}
	}
}

// dueEvents writes the dues into a calendar file.
func (f *iCalendarFile) dueEvents(q *request, origin string, rows []dueRow) {
	for _, d := range rows {
		id := strconv.FormatInt(d.ID, 10)
		f.line("BEGIN:VEVENT")
		f.line("UID:due." + id + "." + d.On + "." + q.Pack.ID + "@" + origin)
		f.line("DTSTAMP:" + stamp(q.Pack.Version, q.Today) + "T000000Z")
		f.line("DTSTART;VALUE=DATE:" + compactDate(d.On))
		f.line("DTEND;VALUE=DATE:" + dayAfter(d.On))
		f.line("SUMMARY;LANGUAGE=" + string(q.lang()) + ":" + iCalendarText(dueSummary(d, q.lang())))
		f.line("URL:" + q.Site.c.Base + "/" + string(q.lang()) + d.Commitment.Href)
		f.line("TRANSP:TRANSPARENT")
		if q.Pack.Sample {
			f.line("X-KEPT-SAMPLE:TRUE")
		}
		f.line("END:VEVENT")
	}
}

func dueSummary(d dueRow, l locale.Lang) string {
	return strings.Join([]string{l.T("calendar.due"), textOf(d.Commitment.Text, l), textOf(d.Party.Text, l)}, " · ")
}
