package forum

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/wording"
)

// Kinds of act about the agenda of a cycle.
const (
	KindAgendaListed   = "agenda.listed"
	KindAgendaProposed = "agenda.proposed"
	KindAgendaRanked   = "agenda.ranked"
	KindAgendaDecided  = "agenda.decided"
	KindAgendaAmended  = "agenda.amended"
)

// Limits of an agenda.
const (
	MaxTopicTitle = 60 // characters
	MaxRanked     = 10 // candidates in one order
	MaxAgenda     = 12 // items of an agenda, and of candidates that are passed over by name
	maxTopicItems = 10
)

// A candidate is written "item:P11d", for the gaps of an item, or "topic:812", for
// what a party proposed.
const (
	candidateItem  = "item:"
	candidateTopic = "topic:"
)

// ItemCandidate and TopicCandidate write candidates.
func ItemCandidate(item string) string { return candidateItem + item }

// TopicCandidate is the candidate that a proposal made.
func TopicCandidate(entry int64) string { return candidateTopic + number(entry) }

// CandidateItem is the item whose gaps a candidate stands for; "" for a topic.
func CandidateItem(candidate string) string {
	item, ok := strings.CutPrefix(candidate, candidateItem)
	if !ok {
		return ""
	}
	return item
}

// CandidateTopicID is the proposal that a candidate stands for; 0 for gaps.
func CandidateTopicID(candidate string) int64 {
	text, ok := strings.CutPrefix(candidate, candidateTopic)
	id, err := strconv.ParseInt(text, 10, 64)
	if !ok || err != nil || id <= 0 || number(id) != text {
		return 0
	}
	return id
}

// AgendaListed are the facts of agenda.listed: the candidates that follow from the
// gaps, by the digest of a blob of [Candidates].
type AgendaListed struct {
	Cycle      int64  `json:"cycle"`
	Candidates string `json:"candidates_blob"`
}

// AgendaProposed are the facts of agenda.proposed: a topic of a party, one a cycle.
// Words: title.LANG, why.LANG, evidence.LANG, url.und.
type AgendaProposed struct {
	Cycle int64    `json:"cycle"`
	Party int64    `json:"party,omitempty"` // only where the secretariat writes for it
	Items []string `json:"items"`
}

// AgendaRanked are the facts of agenda.ranked: candidates in the order that a party
// gives them, the first first. It takes the place of the party's earlier one;
// withdrawn takes it back.
type AgendaRanked struct {
	Cycle     int64    `json:"cycle"`
	Party     int64    `json:"party,omitempty"`
	Order     []string `json:"order,omitempty"`
	Withdrawn bool     `json:"withdrawn,omitempty"`
}

// AgendaDecided are the facts of agenda.decided: what the advisory group took onto
// the agenda, in its order, and what it passed over, with the ranking it had before
// it by the digest of a blob of [Ranking]. Words: reason.N.LANG and, by choice,
// title.N.LANG of what was taken, passed.N.LANG, dissent.LANG.
type AgendaDecided struct {
	Cycle   int64     `json:"cycle"`
	On      string    `json:"on"` // the day of the decision
	Ranking string    `json:"ranking_blob"`
	Taken   []string  `json:"taken"`
	Passed  []string  `json:"passed,omitempty"`
	Recused []Recusal `json:"recused,omitempty"`
}

// Recusal is a seat that took no part in deciding on a candidate; on none of them
// where no candidate is named.
type Recusal struct {
	Seat      int64  `json:"seat"`
	Candidate string `json:"candidate,omitempty"`
}

// How an agenda is amended.
const (
	ChangeAdded     = "added"
	ChangeWithdrawn = "withdrawn"
	ChangeRenamed   = "renamed"
)

// AgendaChanges are the three.
var AgendaChanges = []string{ChangeAdded, ChangeWithdrawn, ChangeRenamed}

// AgendaAmended are the facts of agenda.amended. Words: reason.LANG, title.LANG.
type AgendaAmended struct {
	Cycle     int64     `json:"cycle"`
	Change    string    `json:"change"`
	No        int64     `json:"no"` // of the item; of one that is added, the next
	Candidate string    `json:"candidate,omitempty"`
	Recused   []Recusal `json:"recused,omitempty"`
}

var (
	proposedWords = wording.Fields{"title": {Max: MaxTopicTitle, Line: true, Needed: true}, "why": {Max: 2000, Needed: true},
		"evidence": {Max: 2000, Needed: true}, "url": {Max: 1000, Line: true, Link: true}}
	decidedWords       = wording.Fields{"title": {Max: 120, Line: true, Many: true}, "reason": {Max: 2000, Many: true}, "passed": {Max: 2000, Many: true}, "dissent": {Max: 4000}}
	agendaAmendedWords = wording.Fields{"title": {Max: 120, Line: true}, "reason": {Max: 2000, Needed: true}}
)

// agendaKinds are the acts about agendas.
func agendaKinds() []keeper.Kind {
	return []keeper.Kind{
		rules[AgendaListed]{validate: validateListed, check: checkListed, apply: applyListed}.kind(KindAgendaListed),
		rules[AgendaProposed]{validate: validateProposed, check: checkProposed, apply: applyProposed}.kind(KindAgendaProposed),
		rules[AgendaRanked]{validate: validateRanked, check: checkRanked, apply: applyRanked}.kind(KindAgendaRanked),
		rules[AgendaDecided]{validate: validateDecided, check: checkDecided, apply: applyDecided}.kind(KindAgendaDecided),
		rules[AgendaAmended]{validate: validateAgendaAmended, check: checkAgendaAmended, apply: applyAgendaAmended}.kind(KindAgendaAmended),
	}
}

// CleanWords readies the words of a form for an act of one of these kinds.
func CleanWords(kind string, words map[string]string) map[string]string {
	return map[string]wording.Fields{
		KindCycleOpened: cycleWords, KindCycleAmended: amendedWords, KindCycleClosed: closedWords,
		KindAgendaProposed: proposedWords, KindAgendaDecided: decidedWords, KindAgendaAmended: agendaAmendedWords,
		KindRegionOpened: roomWords, KindRegionPrioritised: priorityWords, KindRegionSummarised: summaryWords, KindRegionFollowed: followWords,
	}[kind].Clean(words)
}

// byParty refuses an act that is nobody's, or twice somebody's.
func byParty(a keeper.Act, party int64, es *locale.Errors) {
	checkActor(a.By, party, es)
	if actor(a.By, party) <= 0 {
		es.AddField("party", locale.E("err.party.which"))
	}
}

// eachOnce wants candidates, each once and not too many.
func eachOnce(place string, list []string, most int, es *locale.Errors) {
	if len(list) > most {
		es.AddField(place, locale.E("err.agenda.too_many", "n", len(list), "max", most))
	}
	for n, candidate := range list {
		switch {
		case CandidateItem(candidate) == "" && CandidateTopicID(candidate) == 0:
			es.AddField(place, locale.E("err.agenda.candidate", "value", keeper.Line(strings.ToValidUTF8(candidate, ""))))
		case slices.Contains(list[:n], candidate):
			es.AddField(place, locale.E("err.forum.twice", "value", candidate))
		}
	}
}
