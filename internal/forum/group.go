package forum

import (
	"slices"
	"strings"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/wording"
)

// The advisory group prepares the forum's agenda. Its terms of reference are an act
// (group.constituted): how many seats each segment has, under which quotas, for how
// long. Later terms take the place of earlier ones; who sits keeps her seat until
// its own end. From a call for nominations to the end of a term nothing is decided
// that was not fixed, in public, before it could be known whom it would favour.

// Kinds of act about the advisory group.
const (
	KindConstituted  = "group.constituted"
	KindNominations  = "nominations.opened"
	KindExtended     = "nominations.extended"
	KindPool         = "pool.published"
	KindAnnounced    = "draw.announced"
	KindWitnessed    = "draw.witnessed"
	KindDrawn        = "draw.made"
	KindTaken        = "seat.taken"
	KindSeatDeclined = "seat.declined"
	KindVacated      = "seat.vacated"
	KindConflict     = "conflict.declared"
)

// Segments are the parts that a group can have. Compacts in which the United
// Nations have no part take intergovernmental bodies as their third.
var Segments = []string{"state", "non_state", "un", "igo"}

// How the seats of a segment are filled.
const (
	Drawn     = "drawn"
	Appointed = "appointed"
)

// Fillings are the ways in which seats are filled.
var Fillings = []string{Drawn, Appointed}

// Conflicts are what a member does who has declared a conflict.
var Conflicts = []string{"abstains", "leaves_room", "leaves_item"}

// Segment is a part of the group.
type Segment struct {
	Segment string `json:"segment"`
	Seats   int64  `json:"seats"`
	Filled  string `json:"filled"`
}

// Quota bounds how many of the drawn seats go to people with a value of an
// attribute; without a maximum any number can.
type Quota struct {
	Attribute string `json:"attribute"`
	Value     string `json:"value"`
	Min       int64  `json:"min,omitempty"`
	Max       int64  `json:"max,omitempty"`
}

// Constituted are the facts of group.constituted. Its words are terms (of
// reference) and conflicts (the rule, where the code says too little).
type Constituted struct {
	From      string    `json:"from"`
	Segments  []Segment `json:"segments"`
	Quotas    []Quota   `json:"quotas,omitempty"`
	Term      int64     `json:"term_months"`
	First     int64     `json:"first_term_months,omitempty"` // of every second drawn seat when the group is first filled
	MostTerms int64     `json:"most_terms"`
	MostOfOne int64     `json:"most_of_one_affiliation,omitempty"`
	Conflict  string    `json:"conflict"`
}

// Bounds of terms: a group of more seats, or a term of more months, is a slip.
const (
	mostSeats  = 300
	mostMonths = 120
	mostQuotas = 100
)

var groupWords = wording.Fields{"terms": {Max: 20000, Needed: true}, "conflicts": {Max: 4000}}

// groupKinds are the acts about the advisory group, its draws and its seats.
func groupKinds() []keeper.Kind {
	return slices.Concat([]keeper.Kind{
		rules[Constituted]{validate: validateConstituted, check: checkConstituted, apply: applyConstituted}.kind(KindConstituted),
	}, nominationKinds(), drawKinds(), seatKinds())
}

// knownCode wants a known code.
func knownCode(place, value string, known []string, es *locale.Errors) {
	if !slices.Contains(known, value) {
		es.AddField(place, locale.E("err.party.not_one_of", "value", shown(value), "known", strings.Join(known, ", ")))
	}
}

// wantDay wants a date.
func wantDay(place, value string, es *locale.Errors) {
	if !day(value) {
		es.AddField(place, locale.E("err.cycle.day", "value", shown(value)))
	}
}

// shown is a value that somebody sent, as an error can say it.
func shown(value string) string {
	const most = 60
	runes := []rune(keeper.Line(strings.ToValidUTF8(value, "")))
	return string(runes[:min(len(runes), most)])
}

// between wants a number within bounds.
func between(place string, n, from, to int64, es *locale.Errors) {
	if n < from || n > to {
		es.AddField(place, locale.E("err.group.between", "n", n, "from", from, "to", to))
	}
}

func validateConstituted(a keeper.Act, f Constituted) error {
	var es locale.Errors
	bySecretariat(a, &es)
	wantDay("from", f.From, &es)
	between("term_months", f.Term, 1, mostMonths, &es)
	between("first_term_months", f.First, 0, f.Term-1, &es)
	between("most_terms", f.MostTerms, 1, 20, &es)
	between("most_of_one_affiliation", f.MostOfOne, 0, mostSeats, &es)
	knownCode("conflict", f.Conflict, Conflicts, &es)
	f.checkSegments(&es)
	groupWords.Check(a.Words, &es)
	return es.Err()
}

func (f Constituted) checkSegments(es *locale.Errors) {
	total := int64(0)
	for n, s := range f.Segments {
		place := "segments." + shown(s.Segment)
		knownCode("segments", s.Segment, Segments, es)
		knownCode(place, s.Filled, Fillings, es)
		between(place, s.Seats, 1, mostSeats, es)
		total += s.Seats
		if slices.ContainsFunc(f.Segments[:n], func(b Segment) bool { return b.Segment == s.Segment }) {
			es.AddField(place, locale.E("err.forum.twice", "value", s.Segment))
		}
	}
	if f.DrawnSeats() == 0 || total > mostSeats {
		es.AddField("segments", locale.E("err.group.no_seats", "max", mostSeats))
	}
}

// DrawnSeats is how many seats are filled by lot.
func (f Constituted) DrawnSeats() (n int64) {
	for _, s := range f.Segments {
		if s.Filled == Drawn {
			n += s.Seats
		}
	}
	return n
}

// Seats is how many seats a segment has.
func (f Constituted) Seats(segment string) int64 {
	for _, s := range f.Segments {
		if s.Segment == segment {
			return s.Seats
		}
	}
	return 0
}

// Filled is how a segment's seats are filled, "" for a segment that the group has not.
func (f Constituted) Filled(segment string) string {
	for _, s := range f.Segments {
		if s.Segment == segment {
			return s.Filled
		}
	}
	return ""
}

// checkConstituted holds the quotas against what the pack knows and against one another.
func checkConstituted(c checking, f Constituted) error {
	if err := c.running(ModuleAdvisory); err != nil {
		return err
	}
	var es locale.Errors
	f.checkQuotas(Attributes(c.pack), &es)
	return es.Err()
}

func (f Constituted) checkQuotas(known []Attribute, es *locale.Errors) {
	if len(f.Quotas) > mostQuotas {
		es.AddField("quotas", locale.E("err.group.many_quotas", "max", mostQuotas))
		return
	}
	seats := f.DrawnSeats()
	for n, q := range f.Quotas {
		a, ok := attribute(known, q.Attribute)
		place := "quotas." + shown(q.Attribute) + "." + shown(q.Value)
		switch {
		case !ok:
			es.AddField("quotas", locale.E("err.group.attribute", "value", shown(q.Attribute), "known", strings.Join(codesOf(known), ", ")))
			continue
		case !slices.Contains(a.Values, q.Value):
			es.AddField("quotas", locale.E("err.group.value", "value", shown(q.Value), "known", strings.Join(a.Values, ", ")))
		case q.Min == 0 && q.Max == 0:
			es.AddField(place, locale.E("err.group.unbounded"))
		case q.Min < 0 || q.Max < 0 || q.Min > seats || q.Max > seats:
			es.AddField(place, locale.E("err.group.beyond", "seats", seats))
		case q.Max > 0 && q.Min > q.Max:
			es.AddField(place, locale.E("err.group.contradict", "min", q.Min, "max", q.Max))
		}
		if slices.ContainsFunc(f.Quotas[:n], func(b Quota) bool { return b.Attribute == q.Attribute && b.Value == q.Value }) {
			es.AddField(place, locale.E("err.forum.twice", "value", shown(q.Value)))
		}
	}
	for _, a := range known {
		f.checkSums(a, seats, es)
	}
}

// checkSums refuses minima that need more seats than there are, and maxima of all
// the values of an attribute that leave seats which nobody could take.
func (f Constituted) checkSums(a Attribute, seats int64, es *locale.Errors) {
	least, most, capped := int64(0), int64(0), 0
	for _, q := range f.Quotas {
		if q.Attribute != a.Code {
			continue
		}
		if least += q.Min; q.Max > 0 {
			capped++
			most += q.Max
		}
	}
	if least > seats {
		es.AddField("quotas."+a.Code, locale.E("err.group.minima", "n", least, "seats", seats))
	}
	if capped == len(a.Values) && most < seats {
		es.AddField("quotas."+a.Code, locale.E("err.group.maxima", "n", most, "seats", seats))
	}
}

func applyConstituted(tx *db.Tx, e keeper.Entry, f Constituted) error {
	err := tx.Queue("INSERT INTO advisory_group (id, from_on, constituted_on) VALUES (?, ?, ?)", e.Index, f.From, e.On())
	if err != nil {
		return err
	}
	return keeper.Touch(tx, e.Index, GroupSubject)
}

// GroupSubject names what the pages of the group show: they are made anew together,
// for one act changes who sits, what is open and who moves up.
const GroupSubject = "advisory-group"
