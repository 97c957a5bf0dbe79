package correction

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/observatory"
	"kept/internal/stakeholder"
)

// About names the one thing that a correction is about, in a small grammar:
//
//	entry:N  commitment:N  report:N  party:N  item:ID  indicator:ID
//	figure:INDICATOR/AREA/PERIOD
//	page:/PATH
//
// and of a commitment, a party, an item, an indicator or a page one figure that it
// shows, by the figure's own name: item:P11d:commitments, page:/areas/KEN:parties.
//
// It is a fact, so it holds codes of the compact and of the record and nothing
// that anybody writes freely: a page is named by its path without a query.
type About struct {
	Kind   string // "entry", "commitment", "report", "party", "item", "indicator", "figure", "page"
	ID     string // what follows the colon
	Figure string // one figure on the page of the thing; "" for the thing itself
}

// String is the About as it stands in facts and addresses.
func (a About) String() string {
	if a.Figure == "" {
		return a.Kind + ":" + a.ID
	}
	return a.Kind + ":" + a.ID + ":" + a.Figure
}

// Whole is the thing itself, without the figure.
func (a About) Whole() About { return About{Kind: a.Kind, ID: a.ID} }

var aboutForm = map[string]*regexp.Regexp{
	"entry":      regexp.MustCompile(`^(0|[1-9][0-9]{0,14})$`),
	"commitment": regexp.MustCompile(`^[1-9][0-9]{0,14}$`),
	"report":     regexp.MustCompile(`^[1-9][0-9]{0,14}$`),
	"party":      regexp.MustCompile(`^[1-9][0-9]{0,14}$`),
	"item":       regexp.MustCompile(`^[A-Za-z0-9.-]{1,32}$`),
	"indicator":  regexp.MustCompile(`^[A-Za-z0-9.-]{1,64}$`),
	"figure":     regexp.MustCompile(`^[A-Za-z0-9.-]{1,64}/[A-Za-z0-9_.-]{1,32}/[0-9][0-9A-Z-]{0,15}$`),
	"page":       regexp.MustCompile(`^/([a-z-]{1,32}(/[A-Za-z0-9._-]{1,96}){0,4})?$`),
}

// figureName is the form of the name that a figure has on a page.
var figureName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,96}$`)

// showsFigures are the kinds of thing whose page shows figures under names of their own.
var showsFigures = []string{"commitment", "party", "item", "indicator", "page"}

// ParseAbout reads an About.
func ParseAbout(s string) (About, error) {
	a := parted(s)
	form, ok := aboutForm[a.Kind]
	named := a.Figure == "" && !strings.HasSuffix(s, ":") || figureName.MatchString(a.Figure) && slices.Contains(showsFigures, a.Kind)
	if !ok || !form.MatchString(a.ID) || !named {
		return About{}, locale.Field("about", locale.E("err.correction.about", "value", keeper.Line(strings.ToValidUTF8(shortened(s), ""))))
	}
	return a, nil
}

// parted reads an About that was checked before.
func parted(s string) (a About) {
	a.Kind, a.ID, _ = strings.Cut(s, ":")
	a.ID, a.Figure, _ = strings.Cut(a.ID, ":")
	return a
}

// shortened bounds what an error repeats of what was sent.
func shortened(s string) string { return s[:min(len(s), 80)] }

// Number is the id of an entry, commitment, report or party; 0 for other kinds.
func (a About) Number() int64 {
	n, _ := strconv.ParseInt(a.ID, 10, 64)
	return n
}

// Observation parts what the kind "figure" names into its indicator, area and period.
func (a About) Observation() (indicator, area, period string) {
	indicator, rest, _ := strings.Cut(a.ID, "/")
	area, period, _ = strings.Cut(rest, "/")
	return indicator, area, period
}

// ThingOf is the thing whose page shows what an About names: commitment:12 for a
// report on it, indicator:ID for a figure. An act states it as a fact, so that
// Apply reads no other entry.
func ThingOf(tx *db.Tx, a About) (string, error) {
	switch a.Kind {
	case "figure":
		indicator, _, _ := a.Observation()
		return "indicator:" + indicator, nil
	case "entry", "report":
		return thingOfEntry(tx, a.Number())
	}
	return a.Whole().String(), nil
}

// makes are the nouns of the things that kinds of entry make.
var makes = map[string]string{
	"commitment.made": "commitment:", "commitment.stated": "commitment:", "commitment.claimed": "commitment:",
	"party.registered": "party:", "party.stated": "party:",
}

// thingOfEntry follows what an entry names: a review its opening, and that its commitment.
func thingOfEntry(tx *db.Tx, index int64) (string, error) {
	for at, steps := index, 0; steps < 3; steps++ {
		e, err := keeper.ReadEntry(tx, at)
		if isNotFound(err) {
			return "", keeper.Refuse(keeper.ErrNotFound, locale.E("err.correction.no_entry", "id", number(at)))
		}
		if err != nil {
			return "", err
		}
		kind, _, _ := strings.Cut(e.Kind, "/")
		if noun, ok := makes[kind]; ok {
			return noun + number(at), nil
		}
		f, err := namedBy(e)
		switch {
		case err != nil:
			return "", err
		case f.Commitment != 0:
			return "commitment:" + number(f.Commitment), nil
		case f.Party != 0:
			return "party:" + number(f.Party), nil
		case f.Review == 0:
			return ownThing(e, index), nil
		}
		at = f.Review
	}
	return "entry:" + number(index), nil
}

// ownThing is the party of an act about itself, such as an endorsement; else the entry.
func ownThing(e keeper.Entry, index int64) string {
	if noun, _, _ := strings.Cut(e.Kind, "."); noun == "endorsement" && e.By != secretariat {
		return "party:" + e.By
	}
	return "entry:" + number(index)
}

// named are the facts by which entries name what they belong to.
type named struct{ Lead, Party, Commitment, Review int64 }

func namedBy(e keeper.Entry) (f named, err error) {
	var all map[string]any
	if err := e.Decode(&all); err != nil {
		return f, err
	}
	for name, to := range map[string]*int64{"lead": &f.Lead, "party": &f.Party, "commitment": &f.Commitment, "review": &f.Review} {
		if n, ok := all[name].(float64); ok {
			*to = int64(n)
		}
	}
	return f, nil
}

// There refuses an About of what this compact and its record have not.
func There(tx *db.Tx, a About) error {
	var there bool
	var err error
	switch a.Kind {
	case "entry":
		_, err = keeper.ReadEntry(tx, a.Number())
		there = err == nil
	case "commitment", "report":
		there, err = madeAs(tx, a)
	case "party":
		_, err = stakeholder.ByID(tx, a.Number())
		there = err == nil
	default:
		there, err = inPack(tx, a)
	}
	if err != nil && !isNotFound(err) {
		return err
	}
	if !there {
		return keeper.Refuse(keeper.ErrNotFound, locale.Field("about", locale.E("err.correction.not_there", "value", a.String())))
	}
	return nil
}

// inPack tells whether the pack in force has an item or an indicator. That a page
// is there only whoever serves it can tell.
func inPack(tx *db.Tx, a About) (there bool, err error) {
	pack, err := compact.InForce(tx)
	if err != nil {
		return false, err
	}
	switch a.Kind {
	case "item":
		_, there = pack.Item(a.ID)
	case "indicator":
		_, there = pack.Indicator(a.ID)
	case "figure":
		indicator, _, period := a.Observation()
		_, dated := observatory.ParsePeriod(period)
		_, there = pack.Indicator(indicator)
		there = there && dated
	case "page":
		there = true
	}
	return there, nil
}

// madeAs tells whether an entry made a commitment, or a report.
func madeAs(tx *db.Tx, a About) (bool, error) {
	e, err := keeper.ReadEntry(tx, a.Number())
	if err != nil {
		return false, err
	}
	kind, _, _ := strings.Cut(e.Kind, "/")
	if a.Kind == "report" {
		return kind == "report.made", nil
	}
	return makes[kind] == "commitment:", nil
}

// checkThing wants the thing that an act states to be the one that its subject belongs to.
func checkThing(tx *db.Tx, a About, stated string) error {
	thing, err := ThingOf(tx, a)
	if err == nil && thing != stated {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("thing", locale.E("err.correction.thing", "thing", thing)))
	}
	return err
}
