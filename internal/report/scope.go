package report

import (
	"strconv"

	"kept/internal/compact"
	"kept/internal/locale"
)

// scope says what the report rests on.
func (b *builder) scope() error {
	b.add(Figure{ID: "scope.entries", Value: strconv.FormatInt(b.f.Size, 10), Unit: "entries", Method: methodCount, Query: "/record/entries"})
	b.add(Figure{ID: "scope.entries_in_period", Value: strconv.FormatInt(b.end-b.first, 10), Unit: "entries", Method: methodCount,
		Query: address("/record/entries", "from", b.outline.From, "to", b.outline.To)})
	languages, err := compact.LoadedLanguages(b.tx, b.pack.InForce)
	if err != nil {
		return err
	}
	var loaded []int64
	for _, lang := range languages {
		l, _, err := compact.LoadedText(b.tx, b.pack.InForce, locale.Lang(lang))
		if err != nil {
			return err
		}
		loaded = append(loaded, l.Entry)
	}
	b.count("scope.languages_loaded", "languages", "", loaded)
	return nil
}

// inPeriod are the figures of the year in numbers, by the kinds of act that they count.
var inPeriod = []struct {
	name, unit string
	kinds      []string
}{
	{"parties_registered", "parties", []string{"party.registered"}},
	{"endorsements_given", "acts", []string{"endorsement.given"}},
	{"endorsements_withdrawn", "acts", []string{"endorsement.withdrawn"}},
	{"commitments_made", "commitments", []string{"commitment.made", "commitment.claimed"}},
	{"commitments_stated", "commitments", []string{"commitment.stated"}},
	{"commitments_amended", "acts", []string{"commitment.amended"}},
	{"commitments_withdrawn", "acts", []string{"commitment.withdrawn"}},
	{"commitments_concluded", "acts", []string{"commitment.concluded"}},
	{"reports_received", "reports", []string{"report.made"}},
	{"reviews_published", "reviews", []string{"review.published"}},
	{"support_requested", "acts", []string{"support.requested"}},
	{"support_offered", "acts", []string{"support.offered"}},
	{"snapshots_taken", "acts", []string{"snapshot.taken"}},
	{"translations_added", "acts", []string{"words.added"}},
}

// numbers is the period in numbers: the acts that came within it.
func (b *builder) numbers() error {
	for _, n := range inPeriod {
		var entries []int64
		for _, kind := range n.kinds {
			entries = append(entries, b.acts[kind]...)
		}
		b.count("numbers."+n.name, n.unit, b.entriesOf(n.kinds...), entries)
	}
	return nil
}

// entriesOf is the list of entries of one kind in the period; of several there is none.
func (b *builder) entriesOf(kinds ...string) string {
	if len(kinds) != 1 {
		return ""
	}
	return address("/record/entries", "from", b.outline.From, "kind", kinds[0], "to", b.outline.To)
}
