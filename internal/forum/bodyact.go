package forum

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"kept/internal/compact"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/wording"
)

// Kinds of act about bodies.
const (
	KindDescribed     = "body.described"
	KindConfirmed     = "body.confirmed"
	KindClaimed       = "body.claimed"
	KindEntrusted     = "body.entrusted"
	KindDeclined      = "body.declined"
	KindReleased      = "body.released"
	KindBodyDisputed  = "body.disputed"
	KindRelated       = "relation.asserted"
	KindRelationEnded = "relation.ended"
	KindDisputed      = "relation.disputed"
	KindSettled       = "disagreement.ended"
)

// Principles are what a national or regional IGF confirms of itself.
var Principles = []string{"open_transparent", "inclusive", "bottom_up", "multistakeholder", "non_commercial"}

// KindNRI is a body that is a national or regional IGF; its organising team has
// people of at least so many groups.
const (
	KindNRI   = "nri"
	nriGroups = 3
)

// BodyCycles are how often a body meets.
var BodyCycles = []string{"yearly", "every-2-years", "every-4-years", "every-10-years", "sessions"}

// Disputable are the facts of a body that another one may dispute.
var Disputable = []string{"mandate", "name", "kind", "host", "items", "functions", "groups", "members", "outputs"}

// Described are the facts of body.described: the whole of what a body's own people say of it.
type Described struct {
	Body         string   `json:"body,omitempty"`  // none: one that is not here yet
	Party        int64    `json:"party,omitempty"` // that runs it, where the secretariat writes for it
	Lang         string   `json:"lang"`
	Replaces     int64    `json:"replaces,omitempty"` // the description that stands until now
	Kind         string   `json:"kind"`
	Level        string   `json:"level,omitempty"`
	Cycle        string   `json:"cycle,omitempty"`
	Since        string   `json:"since,omitempty"`
	Until        string   `json:"until,omitempty"`
	MandateItem  string   `json:"mandate_item,omitempty"`
	MandateOn    string   `json:"mandate_on,omitempty"`
	MandateUntil string   `json:"mandate_until,omitempty"`
	Functions    []string `json:"functions,omitempty"`
	Items        []string `json:"items,omitempty"`
	Groups       []string `json:"groups,omitempty"`
	Languages    []string `json:"languages,omitempty"`
	Principles   []string `json:"principles,omitempty"`
}

// OfBody are the facts of body.confirmed, body.claimed and body.released.
type OfBody struct {
	Body  string `json:"body"`
	Party int64  `json:"party,omitempty"` // where the secretariat writes for it
}

// Answer are the facts of body.entrusted and body.declined.
type Answer struct {
	Claim int64 `json:"claim"`
}

// Related are the facts of relation.asserted.
type Related struct {
	From  string `json:"from"`
	Kind  string `json:"kind"`
	To    string `json:"to"`
	Party int64  `json:"party,omitempty"`
}

// RelationEnded are the facts of relation.ended.
type RelationEnded struct {
	Relation int64 `json:"relation"`
	Party    int64 `json:"party,omitempty"`
}

// Disputed are the facts of relation.disputed: against a relation of the record, or
// against one of the pack, by its ends.
type Disputed struct {
	Relation int64  `json:"relation,omitempty"`
	From     string `json:"from,omitempty"`
	Kind     string `json:"kind,omitempty"`
	To       string `json:"to,omitempty"`
	Body     string `json:"body"` // that speaks: one of the ends
	Party    int64  `json:"party,omitempty"`
	Lang     string `json:"lang"`
}

// BodyDisputed are the facts of body.disputed: one body's words against a fact of another.
type BodyDisputed struct {
	About string `json:"about"`
	Fact  string `json:"fact"`
	Body  string `json:"body"` // that speaks
	Party int64  `json:"party,omitempty"`
	Lang  string `json:"lang"`
}

// Settled are the facts of disagreement.ended: who disputed something says no more against it.
type Settled struct {
	Disagreement int64 `json:"disagreement"`
	Party        int64 `json:"party,omitempty"`
}

// bodyFields are the words of each kind of act.
var bodyFields = map[string]wording.Fields{
	KindDescribed: {"name": {Max: 200, Line: true}, "acronym": {Max: 40, Line: true}, "host": {Max: 200, Line: true}, "mandate": {Max: 200, Line: true},
		"members": {Max: 1000}, "outputs": {Max: 1000}, "inputs": {Max: 1000}, "participation": {Max: 1000},
		"url": {Max: 300, Line: true, Link: true}, "contact": {Max: 300, Line: true, Link: true}, "report": {Max: 300, Line: true, Link: true}},
	KindConfirmed:     {},
	KindClaimed:       {"reason": {Max: 1000, Needed: true}, "url": {Max: 300, Line: true, Link: true}},
	KindEntrusted:     {"reason": {Max: 1000}},
	KindDeclined:      {"reason": {Max: 1000, Needed: true}},
	KindReleased:      {"reason": {Max: 1000}},
	KindRelated:       {"reason": {Max: 1000}, "source": {Max: 200, Line: true}, "url": {Max: 300, Line: true, Link: true}},
	KindRelationEnded: {"reason": {Max: 1000}},
	KindDisputed:      {"text": {Max: 2000, Needed: true}, "url": {Max: 300, Line: true, Link: true}},
	KindBodyDisputed:  {"text": {Max: 2000, Needed: true}, "url": {Max: 300, Line: true, Link: true}},
	KindSettled:       {"reason": {Max: 1000}},
}

// CleanBody readies the words of a form about bodies.
func CleanBody(kind string, words map[string]string) map[string]string {
	return bodyFields[kind].Clean(words)
}

// bodyID is the form of a body's id: the pack's, or the number of an entry.
var bodyID = regexp.MustCompile(`^[A-Za-z0-9.-]{1,32}$`)

// said validates what is the same in all acts of this file.
func said(a keeper.Act, party int64) (es locale.Errors) {
	checkActor(a.By, party, &es)
	bodyFields[a.Kind].Check(a.Words, &es)
	return es
}

func needBody(place, id string, es *locale.Errors) {
	if !bodyID.MatchString(id) {
		es.AddField(place, locale.E("err.body.unknown", "id", keeper.Line(shortened(id))))
	}
}

func needLang(lang string, es *locale.Errors) {
	if !locale.Known(lang) {
		es.AddField("lang", locale.E("err.commitment.bad_language", "value", shortened(lang)))
	}
}

// among wants codes of a list, each once.
func among(place string, codes, known []string, es *locale.Errors) {
	for n, code := range codes {
		if !slices.Contains(known, code) {
			es.AddField(place, locale.E("err.party.not_one_of", "value", shortened(code), "known", strings.Join(known, ", ")))
		} else if slices.Contains(codes[:n], code) {
			es.AddField(place, locale.E("err.forum.twice", "value", code))
		}
	}
}

// oneOf is among for a single code that may be missing.
func oneOf(place, code string, known []string, es *locale.Errors) {
	if code != "" {
		among(place, []string{code}, known, es)
	}
}

// period wants dates that are dates, the second not before the first.
func period(from, until, fromPlace, untilPlace string, es *locale.Errors) {
	if from != "" && compact.LastDay(from) == "" {
		es.AddField(fromPlace, locale.E("err.body.date", "value", shortened(from)))
		return
	}
	if until != "" && compact.LastDay(until) == "" {
		es.AddField(untilPlace, locale.E("err.body.date", "value", shortened(until)))
		return
	}
	if from != "" && until != "" && compact.LastDay(until) < firstDay(from) {
		es.AddField(untilPlace, locale.E("err.body.ends_before", "from", from, "until", until))
	}
}

// firstDay is the first day that a partial date covers.
func firstDay(date string) string { return (date + "-01-01")[:len(time.DateOnly)] }

var languageForm = regexp.MustCompile(`^[a-z]{2,3}$`)

// maxListed bounds the lists that facts hold.
const maxListed = 60

func notTooMany(place string, list []string, es *locale.Errors) {
	if len(list) > maxListed {
		es.AddField(place, locale.E("err.body.too_many", "n", len(list), "max", maxListed))
	}
}

func validateDescribed(a keeper.Act, f Described) error {
	es := said(a, f.Party)
	if f.Body != "" {
		needBody("body", f.Body, &es)
	} else if !wording.Filled(a.Words, "name") {
		es.AddField("name", locale.E("err.body.name"))
	}
	needLang(f.Lang, &es)
	if f.Kind == "" {
		es.AddField("kind", locale.E("err.body.kind"))
	}
	oneOf("kind", f.Kind, compact.BodyKinds, &es)
	oneOf("level", f.Level, compact.Levels, &es)
	oneOf("cycle", f.Cycle, BodyCycles, &es)
	among("functions", f.Functions, compact.Functions, &es)
	among("principles", f.Principles, Principles, &es)
	notTooMany("items", f.Items, &es)
	notTooMany("groups", f.Groups, &es)
	notTooMany("languages", f.Languages, &es)
	for _, l := range f.Languages {
		if !languageForm.MatchString(l) {
			es.AddField("languages", locale.E("err.party.bad_language", "value", shortened(l)))
		}
	}
	period(f.Since, f.Until, "since", "until", &es)
	period(f.MandateOn, f.MandateUntil, "mandate_on", "mandate_until", &es)
	if (f.MandateOn != "" || f.MandateUntil != "") && f.MandateItem == "" && !wording.Filled(a.Words, "mandate") {
		es.AddField("mandate", locale.E("err.body.mandate"))
	}
	validateNRI(a, f, &es)
	return es.Err()
}

// validateNRI is what the IGF asks of those who call themselves a national or
// regional one: three groups in the team, the five principles, a yearly report.
func validateNRI(a keeper.Act, f Described, es *locale.Errors) {
	if f.Kind != KindNRI {
		if len(f.Principles) > 0 {
			es.AddField("principles", locale.E("err.body.not_nri"))
		}
		return
	}
	if len(f.Groups) < nriGroups {
		es.AddField("groups", locale.E("err.body.nri_groups", "n", nriGroups))
	}
	for _, principle := range Principles {
		if !slices.Contains(f.Principles, principle) {
			es.AddField("principles", locale.E("err.body.nri_principles"))
			break
		}
	}
	if !wording.Filled(a.Words, "report") {
		es.AddField("report", locale.E("err.body.nri_report"))
	}
	if f.Level != "regional" && f.Level != "national" {
		es.AddField("level", locale.E("err.body.nri_level"))
	}
}

func validateOfBody(a keeper.Act, f OfBody) error {
	es := said(a, f.Party)
	needBody("body", f.Body, &es)
	if a.By == secretariat && f.Party == 0 {
		es.AddField("party", locale.E("err.party.which"))
	}
	return es.Err()
}

func validateAnswer(a keeper.Act, f Answer) error {
	var es locale.Errors
	if a.By != secretariat {
		es.AddField("by", locale.E("err.party.secretariat_only"))
	}
	bodyFields[a.Kind].Check(a.Words, &es)
	if f.Claim <= 0 {
		es.AddField("claim", locale.E("err.body.no_claim", "id", number(f.Claim)))
	}
	return es.Err()
}

func validateRelated(a keeper.Act, f Related) error {
	es := said(a, f.Party)
	ends(f.From, f.Kind, f.To, &es)
	if a.By == secretariat && f.Party == 0 && !wording.Filled(a.Words, "source") {
		es.AddField("source", locale.E("err.body.source"))
	}
	return es.Err()
}

// ends wants two different bodies and a known kind of relation.
func ends(from, kind, to string, es *locale.Errors) {
	needBody("from", from, es)
	needBody("to", to, es)
	if from == to {
		es.AddField("to", locale.E("err.body.itself"))
	}
	among("kind", []string{kind}, compact.RelationKinds, es)
}

func validateRelationEnded(a keeper.Act, f RelationEnded) error {
	es := said(a, f.Party)
	if f.Relation <= 0 {
		es.AddField("relation", locale.E("err.body.no_relation"))
	}
	return es.Err()
}

func validateDisputed(a keeper.Act, f Disputed) error {
	es := said(a, f.Party)
	needBody("body", f.Body, &es)
	needLang(f.Lang, &es)
	switch {
	case f.Relation < 0 || f.Relation > 0 && (f.From != "" || f.Kind != "" || f.To != ""):
		es.AddField("relation", locale.E("err.body.no_relation"))
	case f.Relation == 0:
		ends(f.From, f.Kind, f.To, &es)
	}
	return es.Err()
}

func validateBodyDisputed(a keeper.Act, f BodyDisputed) error {
	es := said(a, f.Party)
	needBody("about", f.About, &es)
	needBody("body", f.Body, &es)
	needLang(f.Lang, &es)
	among("fact", []string{f.Fact}, Disputable, &es)
	if f.About == f.Body {
		es.AddField("body", locale.E("err.body.own_fact"))
	}
	return es.Err()
}

func validateSettled(a keeper.Act, f Settled) error {
	es := said(a, f.Party)
	if f.Disagreement <= 0 {
		es.AddField("disagreement", locale.E("err.body.no_disagreement"))
	}
	return es.Err()
}
