package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"kept/internal/compact"
	"kept/internal/correction"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// Every public page says of what it shows whether a correction was asked for and
// whether it is disputed, and leads to the forms that ask and to a citation. What
// a page is about is read from its address.

// marksView is what was said against the thing that a page shows.
type marksView struct {
	About       string `json:"about"`
	With        string `json:"-"` // the filters of the page, for who cites it
	thing       string
	Corrections []correctedAt `json:"corrections,omitempty"`
	More        string        `json:"-"` // where all of them are listed
	Disputes    []disputeView `json:"disputes,omitempty"`
	Disputed    bool          `json:"disputed,omitempty"` // a dispute holds
	Disputable  string        `json:"-"`                  // entry that a party can dispute
	Hidden      []tombstone   `json:"hidden,omitempty"`   // texts that a moderator hid
	Erased      []erasedStone `json:"erased,omitempty"`
	// Translations are the texts of the page that an act of their own brought.
	Translations []translatedView `json:"translations,omitempty"`
}

// correctedAt is a correction as the page of what it is about shows it.
type correctedAt struct {
	ID       int64  `json:"id"`
	Href     string `json:"href"`
	About    string `json:"about"`
	Asked    string `json:"asked_on"`
	Answered string `json:"answered_on,omitempty"`
	Outcome  string `json:"outcome,omitempty"`
}

// mostMarks are the corrections that a page names; the rest are a link.
const mostMarks = 3

// pagesAbout are the nouns whose pages show one thing, and the kind that names it.
var pagesAbout = map[string]string{"commitments": "commitment", "stakeholders": "party", "items": "item", "indicators": "indicator", "entries": "entry"}

// aboutPage names what the page at a path (without language) shows; ok is false for
// addresses that are no thing of the compact, such as those with a long id.
func aboutPage(path string) (about correction.About, ok bool) {
	steps := strings.Split(strings.Trim(path, "/"), "/")
	name := "page:" + path
	switch {
	case len(steps) == 2 && pagesAbout[steps[0]] != "":
		name = pagesAbout[steps[0]] + ":" + steps[1]
	case len(steps) == 3 && steps[0] == "record" && steps[1] == "entries":
		name = "entry:" + steps[2]
	case len(steps) == 5 && steps[0] == "indicators" && steps[2] == "trace":
		name = "figure:" + steps[1] + "/" + steps[3] + "/" + steps[4]
	}
	about, err := correction.ParseAbout(name)
	return about, err == nil
}

// marks reads what was said against the thing that a page shows.
func (q *request) marks(path string) (*marksView, error) {
	about, ok := aboutPage(path)
	if !ok {
		return nil, nil
	}
	thing, err := correction.ThingOf(q.Tx, about)
	if err != nil {
		return nil, err
	}
	m := &marksView{About: about.String(), thing: thing, More: "/corrections?thing=" + thing}
	list, err := correction.List(q.Tx, correction.Filter{Thing: thing})
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		if c.About == about || about.String() == thing {
			m.Corrections = append(m.Corrections, correctedAt{c.ID, correctionHref(c.ID), c.About.String(), c.AskedOn, c.AnsweredOn, c.Outcome})
		}
	}
	if len(m.Corrections) <= mostMarks {
		m.More = ""
	}
	entries, err := q.entriesOf(about)
	if err != nil {
		return nil, err
	}
	if m.Hidden, m.Erased, err = q.tombstones(entries); err != nil {
		return nil, err
	}
	if m.Translations, err = q.translations(entries); err != nil {
		return nil, err
	}
	return m, m.disputes(q, about, thing)
}

func (m *marksView) disputes(q *request, about correction.About, thing string) error {
	if about.Kind == "commitment" || about.Kind == "party" || about.Kind == "entry" {
		if _, err := correction.MakerOf(q.Tx, about.Number()); err == nil {
			m.Disputable = about.ID
		}
	}
	list, err := correction.Disputes(q.Tx, thing)
	if err != nil {
		return err
	}
	for _, d := range list {
		if about.Kind == "entry" && d.Entry != about.Number() || about.Kind == "figure" {
			continue
		}
		v, err := q.dispute(d)
		if err != nil {
			return err
		}
		m.Disputes = append(m.Disputes, v)
		m.Disputed = m.Disputed || d.Holds()
	}
	return nil
}

// subjects are what a page that shows these marks is made anew for.
func (m *marksView) subjects() []string {
	if m == nil {
		return nil
	}
	return []string{m.thing}
}

// Shown are the corrections that the page names; it is called by the template.
func (m *marksView) Shown() []correctedAt { return m.Corrections[:min(len(m.Corrections), mostMarks)] }

// aboutLink names what a correction is about in words, and leads to its page.
func (q *request) aboutLink(a correction.About) (Link, error) {
	if a.Figure != "" {
		of, err := q.aboutLink(a.Whole())
		return Link{phrase("correction.about.part", "of", of.Text, "figure", a.Figure), of.Href}, err
	}
	switch a.Kind {
	case "party":
		return q.partyLink(a.Number())
	case "commitment":
		return q.commitmentLink(a.Number())
	case "item":
		return itemLink(q.Pack, a.ID), nil
	case "indicator":
		return Link{title(q.Pack, compact.Indicators, a.ID), "/indicators/" + a.ID}, nil
	case "figure":
		indicator, areaID, period := a.Observation()
		name := phrase("correction.about.figure", "indicator", title(q.Pack, compact.Indicators, indicator), "area", areaText(q, areaID),
			"period", dayText(period))
		return Link{name, "/indicators/" + indicator + "/trace/" + areaID + "/" + period}, nil
	case "report":
		thing, err := correction.ThingOf(q.Tx, a)
		if err != nil {
			return Link{}, err
		}
		of, err := q.commitmentLink(numberIn(thing))
		return Link{phrase("correction.about.report", "id", a.ID, "title", of.Text), of.Href}, err
	case "entry":
		return Link{message("entry.title", "index", a.ID), "/record/entries/" + a.ID}, nil
	}
	return Link{phrase("correction.about.page", "path", a.ID), a.ID}, nil
}

func areaText(q *request, id string) Text {
	if id == q.Areas.World().ID {
		return everyLang(q.Areas.World().Name)
	}
	if _, ok := q.Areas.ByID(id); ok {
		return areaName(q.Areas, id)
	}
	return same(id)
}

// partyLink leads to a party under its name; 0 is the secretariat.
func (q *request) partyLink(id int64) (Link, error) {
	if id == 0 {
		return Link{message("record.by.secretariat"), ""}, nil
	}
	names, err := stakeholder.NamesOf(q.Tx, id)
	return Link{partyName(names[id]), partyHref(id)}, err
}

// commitmentLink leads to a commitment under its title.
func (q *request) commitmentLink(id int64) (Link, error) {
	words, err := keeper.WordsOf(q.Tx, id)
	if err != nil {
		return Link{}, err
	}
	name := wordsText(words, "title")
	if name == nil {
		name = message("commitment.untitled", "id", id)
	}
	return Link{name, commitmentHref(id)}, nil
}

// numberIn is the number of a thing: 12 of commitment:12.
func numberIn(thing string) int64 {
	_, id, _ := strings.Cut(thing, ":")
	return correction.About{ID: id}.Number()
}

func correctionHref(id int64) string { return "/corrections/" + strconv.FormatInt(id, 10) }

func disputeHref(id int64) string { return "/disputes/" + strconv.FormatInt(id, 10) }

// there refuses what the compact and its record have not, and addresses that no page has.
func (s *Site) there(q *request, a correction.About) error {
	if a.Kind == "page" {
		r := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/en" + a.ID}}
		if _, pattern := s.mux.Handler(r); pattern == "/" {
			return errNotFound(a.ID)
		}
	}
	if err := correction.There(q.Tx, a); err != nil || a.Figure == "" {
		return err
	}
	return s.figureThere(q, a)
}
