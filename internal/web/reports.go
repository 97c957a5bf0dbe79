package web

import (
	"slices"
	"strconv"
	"sync"
	"time"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report"
)

// Reports of a period: which the compact asks for, which are open to correction,
// which were released. While one is open its page shows the figures as they are now;
// once released, the figures that were frozen, with the words that exist today.

// reportPages are the public pages of reports.
func (s *Site) reportPages() {
	s.page("/reports", s.periods)
	s.page("/reports/{id}", s.orOtherEntry(s.period))
	s.page("/reports/{id}/{chapter}", s.periodChapter)
	s.page("/reports/{id}/items", s.periodItems)
	s.page("/reports/{id}/changes", s.periodChanges)
	s.page("/reports/{id}/side-by-side", s.periodSides)
	s.page("/reports/{id}/rows/{party}", s.periodRows)
	s.page("/reports/{id}/figures/{figure}", s.periodFigure)
	s.page("/reports/{id}/print", s.periodPrint)
	s.page("/reports/{id}/notes/{n}", s.policyNote)
	s.form("/reports/{id}/notes/new", s.noteForm())
	s.releaseFiles()
}

// periodRow is one report in a list.
type periodRow struct {
	ID       int64  `json:"id"`
	Href     string `json:"href"`
	From     string `json:"from"`
	To       string `json:"to"`
	State    string `json:"state"`
	Is       Text   `json:"is"`
	OpenedOn string `json:"opened_on"`
	Until    string `json:"open_until"`
	On       string `json:"released_on,omitempty"`
	Errata   int    `json:"errata,omitempty"`
}

// periodKind is a kind of report that the pack names.
type periodKind struct {
	ID      string      `json:"id"`
	Title   Text        `json:"title"`
	Note    Text        `json:"note,omitempty"`
	Mandate Text        `json:"mandate"`
	Items   []Link      `json:"items,omitempty"`
	On      bool        `json:"made_here"`
	Rhythm  Text        `json:"rhythm"`
	Due     string      `json:"next_due_on,omitempty"`
	From    string      `json:"next_from,omitempty"`
	To      string      `json:"next_to,omitempty"`
	Sides   string      `json:"side_by_side,omitempty"`
	Rows    []periodRow `json:"reports,omitempty"`
}

type periodsView struct {
	Kinds []periodKind `json:"kinds"`
}

func periodHref(id int64) string { return "/reports/" + strconv.FormatInt(id, 10) }

// periods lists the reports that the compact asks for and what became of them.
func (s *Site) periods(q *request) (View, error) {
	list, err := report.List(q.Tx, "")
	if err != nil {
		return View{}, err
	}
	errata, err := report.Errata(q.Tx, 0)
	if err != nil {
		return View{}, err
	}
	var v periodsView
	table := &Table{Columns: []string{"id", "kind", "from", "to", "state", "opened_on", "open_until", "released_on", "errata"}}
	for _, k := range q.Pack.Reports {
		row := newPeriodKind(q, k)
		released := 0
		for _, r := range list {
			if r.Kind != k.ID {
				continue
			}
			one := newPeriodRow(r, q.Today)
			for _, e := range errata {
				if e.Report == r.ID {
					one.Errata++
				}
			}
			if r.Release != 0 {
				released++
			}
			row.Rows = append(row.Rows, one)
			table.Rows = append(table.Rows, []string{strconv.FormatInt(r.ID, 10), r.Kind, r.From, r.To, one.State, r.OpenedOn, r.Until, r.ReleasedOn, itoa(one.Errata)})
			if row.Sides == "" {
				row.Sides = one.Href + "/side-by-side"
			}
		}
		if released == 0 {
			row.Sides = ""
		}
		v.Kinds = append(v.Kinds, row)
	}
	return View{Page: "periods", Title: message("periods.title"), Subjects: []string{"reports"}, Data: v, Table: table}, nil
}

func newPeriodRow(r report.Report, today string) periodRow {
	state := r.State(today)
	return periodRow{ID: r.ID, Href: periodHref(r.ID), From: r.From, To: r.To, State: state, Is: message("period.state." + state), OpenedOn: r.OpenedOn, Until: r.Until, On: r.ReleasedOn}
}

// newPeriodKind says of a kind under which mandate it runs and when the next one is due.
func newPeriodKind(q *request, k *compact.ReportKind) periodKind {
	row := periodKind{ID: k.ID, Title: title(q.Pack, compact.ReportKinds, k.ID), Note: note(q.Pack, compact.ReportKinds, k.ID), On: q.Pack.ReportOn(k), Rhythm: message("period.once")}
	ids := k.Items
	if !k.Proposed() {
		ids = append([]string{k.Mandate}, ids...)
		row.Mandate = phrase("period.mandate", "item", itemLink(q.Pack, k.Mandate).Text)
	} else {
		line := "mandate.proposal"
		if row.On {
			line = "mandate.own_initiative"
		}
		row.Mandate = message(line, "year", earlierOn(q.Pack)[:4])
	}
	for _, id := range slices.Compact(ids) {
		row.Items = append(row.Items, itemLink(q.Pack, id))
	}
	if k.EveryMonths > 0 {
		row.Rhythm = message("period.every", "n", int(k.EveryMonths))
	}
	if o, err := report.OutlineOf(q.Pack, k.ID, "", q.Today); err == nil {
		row.From, row.To, row.Due = o.From, o.To, o.Due(q.Pack)
	}
	return row
}

// reported is a report with its figures as they are to be shown, and its words.
type reported struct {
	report.Report
	State   string
	Figures *report.Figures
	Words   map[string]string // the narrative, CHAPTER.LANG
	Errata  []report.Erratum
}

// reported reads the report that the address names.
func (s *Site) reported(q *request) (*reported, error) {
	id, err := q.number("id")
	if err != nil {
		return nil, err
	}
	r, err := report.Get(q.Tx, id)
	if err != nil {
		return nil, err
	}
	p := &reported{Report: r, State: r.State(q.Today)}
	words := r.ID
	if r.Release != 0 {
		words = r.Release
		p.Figures, err = s.frozen(q.Tx, r.ReleaseFigures)
	} else {
		p.Figures, err = s.drafted(q, r)
	}
	if err != nil {
		return nil, err
	}
	if p.Words, err = keeper.WordsOf(q.Tx, words); err != nil {
		return nil, err
	}
	p.Errata, err = report.Errata(q.Tx, id)
	return p, err
}

// drafted computes the figures of an open report as they are now, from the record
// with every correction that came.
func (s *Site) drafted(q *request, r report.Report) (*report.Figures, error) {
	kind, ok := q.Pack.Report(r.Kind)
	if !ok { // a later pack does not know it: the draft stands as it was opened
		return s.frozen(q.Tx, r.Figures)
	}
	size, err := recordSize(q.Tx)
	if err != nil {
		return nil, err
	}
	return s.computed.get(computedKey{r.Kind, r.From, r.To, r.Date, size}, func() (*report.Figures, error) {
		return report.Compute(q.Tx, q.Pack, report.Outline{Kind: kind, From: r.From, To: r.To}, size, r.Date)
	})
}

// frozen reads figures by their digest, and keeps the last ones that were read.
func (s *Site) frozen(tx *db.Tx, digest string) (*report.Figures, error) {
	return s.computed.get(computedKey{kind: digest}, func() (*report.Figures, error) { return report.Frozen(tx, digest) })
}

// computedKey names figures: by their digest, or by all that they are computed from.
type computedKey struct {
	kind, from, to, date string
	size                 int64
}

// computed keeps figures that were read or computed, so that the pages of one
// report do not each begin anew. The same figures are computed once at a time.
type computed struct {
	mu   sync.Mutex
	kept map[computedKey]*computing
}

type computing struct {
	once    sync.Once
	figures *report.Figures
	err     error
	used    time.Time
}

// mostComputed is of how many reports figures are kept.
const mostComputed = 8

func (c *computed) get(key computedKey, make func() (*report.Figures, error)) (*report.Figures, error) {
	c.mu.Lock()
	one := c.kept[key]
	if one == nil {
		if c.kept == nil {
			c.kept = map[computedKey]*computing{}
		}
		if len(c.kept) >= mostComputed {
			var oldest computedKey
			for k, v := range c.kept {
				if at := c.kept[oldest]; at == nil || v.used.Before(at.used) {
					oldest = k
				}
			}
			delete(c.kept, oldest)
		}
		one = &computing{}
		c.kept[key] = one
	}
	one.used = time.Now()
	c.mu.Unlock()
	one.once.Do(func() {
		if one.figures, one.err = make(); one.err == nil {
			one.figures.Figure("") // its index is made before several read it
		}
	})
	if one.err != nil { // such as a reader who left: the next one tries again
		c.mu.Lock()
		if c.kept[key] == one {
			delete(c.kept, key)
		}
		c.mu.Unlock()
	}
	return one.figures, one.err
}

// subjects are what the pages of a report are made anew for: a frozen one for its
// errata and for the names that stand on it.
func (p *reported) subjects() []string {
	return []string{"reports", report.ThingOf(p.ID), "parties", "commitments"}
}

// view is a page of a report. While it is open its figures follow the record, so
// that its pages are kept by nobody.
func (p *reported) view(q *request, page string, heading Text, data any, table *Table) View {
	v := View{Page: page, Title: heading, Subjects: p.subjects(), Data: data, Table: table, Live: p.State != report.StateReleased,
		Crumbs: []Link{{message("periods.title"), "/reports"}}}
	if page != "period" {
		v.Crumbs = append(v.Crumbs, Link{p.name(q), periodHref(p.ID)})
	}
	return v
}

// name is the title of a report with its period.
func (p *reported) name(q *request) Text {
	return phrase("period.name", "title", title(q.Pack, compact.ReportKinds, p.Kind), "from", dayText(p.From), "to", dayText(p.To))
}

// chapterName is the title of a chapter.
func chapterName(chapter string) Text {
	return everyLang(func(l locale.Lang) string { return report.ChapterTitle(chapter, l) })
}

// dueSoon is for how many days before a report is due its desk task is there.
const dueSoon = 120

// dueFrom is the day from which a report is asked for on the desk.
func dueFrom(due string) string { return commitment.AddDays(due, -dueSoon) }
