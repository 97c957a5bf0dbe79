package forum

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/wording"
)

// Kinds of act about sessions, from the call for them to what was reported.
const (
	KindCallOpened       = "call.opened"
	KindSessionProposed  = "session.proposed"
	KindSessionAmended   = "session.amended"
	KindSessionWithdrawn = "session.withdrawn"
	KindSessionScored    = "session.scored"
	KindSessionDecided   = "session.decided"
	KindProgrammeSet     = "programme.set"
	KindSessionReported  = "session.reported"
	KindSessionExcused   = "session.excused"
)

// Formats of a session. Their words are messages: session.format.panel.
var Formats = []string{"workshop", "panel", "round-table", "town-hall", "lightning-talks", "networking"}

// ForumFunctions are what a forum is there for, F1 to F6: review what was agreed, open
// dialogue across frameworks, bring evidence on trends, learn across borders, find
// answers to new challenges and gaps, show priorities. Their words are messages:
// forum.function.F1.
var ForumFunctions = []string{"F1", "F2", "F3", "F4", "F5", "F6"}

// PersonRoles are what a natural person does in a session.
var PersonRoles = []string{"speaker", "moderator", "organiser"}

// Genders that a person may state, or leave out.
var Genders = []string{"woman", "man", "other"}

// Outcomes of a proposal.
const (
	OutcomeAccepted = "accepted"
	OutcomeMerged   = "merged"
	OutcomeRefused  = "refused"
)

// SessionOutcomes lists what can be decided of a proposal.
var SessionOutcomes = []string{OutcomeAccepted, OutcomeMerged, OutcomeRefused}

// Bounds of a proposal.
const (
	MaxTitle      = 60  // characters, as Unicode counts them in form C
	MaxProblem    = 250 // words; scripts that do not part words count two characters as one
	MaxOrganisers = 10
	MaxPeople     = 20
	mostLinks     = 20 // items, gaps and so on
)

// Bounds of a call.
const (
	mostCriteria = 10
	mostScale    = 10
	wholeWeight  = 100
)

// CallOpened are the facts of call.opened: for one cycle, in which formats and how
// long, and by which criteria proposals are scored, each from 0 to Scale. Weights
// add up to 100. What each criterion asks is words, criterion.N.LANG. Until when,
// and how many of one party, the cycle says. It stands as it is: who proposes knows
// by what she will be judged.
type CallOpened struct {
	Cycle     int64    `json:"cycle"`
	Scale     int64    `json:"scale"`
	Weights   []int64  `json:"weights"` // of the criteria, in their order
	Formats   []string `json:"formats"`
	Durations []int64  `json:"durations"` // minutes
}

// Links of a session, in state: each is a kind and a code.
const (
	linkItem   = "item"
	linkGap    = "gap"
	linkAgenda = "agenda"
	linkServes = "serves"
)

var callWords = wording.Fields{"criterion": {Max: 300, Line: true, Needed: true, Many: true}}

// sessionKinds are the acts about sessions, messages and outputs.
func sessionKinds() []keeper.Kind {
	return []keeper.Kind{
		rules[CallOpened]{validate: validateCall, check: checkCall, apply: applyCall}.kind(KindCallOpened),
		rules[SessionProposed]{validate: validateSessionProposed, check: checkSessionProposed, apply: applySessionProposed, derive: deriveSessionProposed}.kind(KindSessionProposed),
		rules[SessionAmended]{validate: validateSessionAmended, check: checkSessionAmended, apply: applySessionAmended, derive: deriveSessionAmended}.kind(KindSessionAmended),
		rules[SessionWithdrawn]{validate: validateSessionWithdrawn, check: checkSessionWithdrawn, apply: applySessionWithdrawn}.kind(KindSessionWithdrawn),
		rules[SessionScored]{validate: validateSessionScored, check: checkSessionScored, apply: applySessionScored}.kind(KindSessionScored),
		rules[SessionDecided]{validate: validateSessionDecided, check: checkSessionDecided, apply: applySessionDecided}.kind(KindSessionDecided),
		rules[ProgrammeSet]{validate: validateProgramme, check: checkProgramme, apply: applyProgramme}.kind(KindProgrammeSet),
		rules[SessionReported]{validate: validateSessionReported, check: checkSessionReported, apply: applySessionReported}.kind(KindSessionReported),
		rules[SessionExcused]{validate: validateSessionExcused, check: checkSessionExcused, apply: applySessionExcused}.kind(KindSessionExcused),
		rules[MessageIssued]{validate: validateIssued, check: checkIssued, apply: applyIssued, derive: deriveIssued}.kind(KindMessageIssued),
		rules[MessageFollowed]{validate: validateMessageFollowed, check: checkMessageFollowed, apply: applyMessageFollowed}.kind(KindMessageFollowed),
		rules[OutputPublished]{validate: validateOutput, check: checkOutput, apply: applyOutput, derive: deriveOutput}.kind(KindOutputPublished),
	}
}

// sessionFaults gathers what is wrong with an act, each under its field.
type sessionFaults struct{ locale.Errors }

func (es *sessionFaults) code(place, value string, known []string) {
	if !slices.Contains(known, value) {
		es.AddField(place, locale.E("err.party.not_one_of", "value", keeper.Line(strings.ToValidUTF8(value, "")), "known", strings.Join(known, ", ")))
	}
}

// list wants codes that stand once each and are not too many.
func (es *sessionFaults) list(place string, values []string, most int) {
	if len(values) > most {
		es.AddField(place, locale.E("err.party.list_too_long", "n", len(values), "max", most))
	}
	seen := map[string]bool{}
	for _, v := range values {
		switch {
		case v == "" || len(v) > 60 || keeper.Line(v) != v:
			es.AddField(place, locale.E("err.commitment.unknown_code", "value", keeper.Line(strings.ToValidUTF8(v, ""))))
		case seen[v]:
			es.AddField(place, locale.E("err.party.entry_twice", "value", v))
		}
		seen[v] = true
	}
}

// ids wants numbers of entries that stand once each and are not too many.
func (es *sessionFaults) ids(place string, values []int64, most int) {
	es.list(place, numbers(values), most)
}

// numbers writes ids as codes.
func numbers(ids []int64) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = strconv.FormatInt(id, 10)
	}
	return out
}

func (es *sessionFaults) language(lang string) {
	if !locale.Known(lang) {
		es.AddField("lang", locale.E("err.correction.language", "value", keeper.Line(strings.ToValidUTF8(lang, ""))))
	}
}

func validateCall(a keeper.Act, f CallOpened) error {
	var es sessionFaults
	bySecretariat(a, &es.Errors)
	callWords.Check(a.Words, &es.Errors)
	if f.Scale < 1 || f.Scale > mostScale {
		es.AddField("scale", locale.E("err.session.scale", "max", mostScale))
	}
	sum := int64(0)
	for n, w := range f.Weights {
		if sum += w; w < 1 || w > wholeWeight {
			es.AddField("weights", locale.E("err.session.weight", "n", n+1))
		}
		if _, named := wordOf(a.Words, "criterion."+strconv.Itoa(n)); !named {
			es.AddField("criterion", locale.E("err.session.criterion_unnamed", "n", n+1))
		}
	}
	for part := range a.Words {
		if n, ok := numberOf(part, "criterion"); ok && n >= len(f.Weights) {
			es.AddField("criterion", locale.E("err.party.unknown_word", "part", part))
		}
	}
	if len(f.Weights) < 1 || len(f.Weights) > mostCriteria || sum != wholeWeight {
		es.AddField("weights", locale.E("err.session.weights", "sum", sum, "max", mostCriteria))
	}
	es.list("formats", f.Formats, len(Formats))
	for _, code := range f.Formats {
		es.code("formats", code, Formats)
	}
	if len(f.Formats) == 0 {
		es.AddField("formats", locale.E("err.commitment.needed"))
	}
	es.ids("durations", f.Durations, 12)
	if len(f.Durations) == 0 {
		es.AddField("durations", locale.E("err.commitment.needed"))
	}
	return es.Err()
}

// wordOf is a part of an act in any language.
func wordOf(words map[string]string, field string) (text string, ok bool) {
	for part, text := range words {
		if i := strings.LastIndexByte(part, '.'); i >= 0 && part[:i] == field && text != "" {
			return text, true
		}
	}
	return "", false
}

// numberOf is the number in a part: 3 of "criterion.3.en".
func numberOf(part, field string) (n int, ok bool) {
	rest, ok := strings.CutPrefix(part, field+".")
	if !ok {
		return 0, false
	}
	digits, _, ok := strings.Cut(rest, ".")
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil && n >= 0 && strconv.Itoa(n) == digits
}

func checkCall(c checking, f CallOpened) error {
	cycle, err := c.openCycle(f.Cycle)
	if err != nil {
		return err
	}
	var es sessionFaults
	if c.today() > cycle.CallUntil {
		es.AddField("cycle", locale.E("err.session.call_late", "on", cycle.CallUntil))
	}
	for _, minutes := range f.Durations {
		if minutes < 5 || minutes > cycle.MostMinutes {
			es.AddField("durations", locale.E("err.session.minutes", "max", cycle.MostMinutes))
		}
	}
	if err := es.Err(); err != nil {
		return err
	}
	_, opened, err := CallOf(c.tx, f.Cycle)
	if err == nil && opened {
		err = keeper.Refuse(keeper.ErrConflict, locale.Field("cycle", locale.E("err.session.call_open")))
	}
	return err
}

func applyCall(tx *db.Tx, e keeper.Entry, f CallOpened) error {
	err := tx.Queue("INSERT INTO forum_call (id, cycle, opened_on, scale, formats, durations) VALUES (?, ?, ?, ?, ?, ?)",
		e.Index, f.Cycle, e.On(), f.Scale, strings.Join(f.Formats, " "), strings.Join(numbers(f.Durations), " "))
	if err != nil {
		return err
	}
	for n, w := range f.Weights {
		if err := tx.Queue("INSERT INTO forum_criterion (call_id, n, weight) VALUES (?, ?, ?)", e.Index, n, w); err != nil {
			return err
		}
	}
	return touchCycle(tx, e.Index, f.Cycle, "sessions")
}
