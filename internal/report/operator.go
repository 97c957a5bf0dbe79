package report

import (
	"strconv"

	"kept/internal/correction"
	"kept/internal/keeper"
	"kept/record"
)

// operator is the operator's own account: what was taken from view, and how long
// whoever said that something was wrong waited for an answer. Requests count by
// the day on which they were received.
func (b *builder) operator() error {
	if err := b.removals(); err != nil {
		return err
	}
	if err := b.corrections(); err != nil {
		return err
	}
	return b.disputes()
}

// removals counts what acts about words of the period say; who asked is private.
func (b *builder) removals() error {
	for _, of := range []struct{ name, kind string }{{"erased", record.KindWordsErased}, {"hidden", record.KindWordsHidden}, {"restored", record.KindWordsRestored}} {
		entries := b.acts[of.kind]
		b.count("operator."+of.name, "acts", b.entriesOf(of.kind), entries)
		parts, byCode := 0, map[string][]int64{}
		for _, index := range entries {
			e, err := keeper.ReadEntry(b.tx, index)
			if err != nil {
				return err
			}
			var f struct {
				Parts    []string `json:"parts"`
				Reason   string   `json:"reason"`
				Category string   `json:"category"`
			}
			if err := e.Decode(&f); err != nil {
				return err
			}
			parts += len(f.Parts)
			byCode[f.Reason+f.Category] = append(byCode[f.Reason+f.Category], index) // an act has one of the two
		}
		b.add(Figure{ID: "operator." + of.name + "_parts", Value: strconv.Itoa(parts), Unit: "parts", Method: methodSum})
		for _, code := range removalCodes[of.kind] {
			b.count("operator."+of.name+"."+code, "acts", "", byCode[code])
		}
	}
	return nil
}

// removalCodes are the reasons and categories that acts about words give.
var removalCodes = map[string][]string{record.KindWordsErased: keeper.EraseReasons, record.KindWordsHidden: keeper.HideCategories, record.KindWordsRestored: keeper.RestoreReasons}

func (b *builder) corrections() error {
	all, err := correction.List(b.tx, correction.Filter{})
	if err != nil {
		return err
	}
	var received, answered, open []correction.Correction
	for _, c := range all {
		if b.within(c.ReceivedOn) {
			received = append(received, c)
		}
		if b.within(c.AnsweredOn) {
			answered = append(answered, c)
		}
		if c.AnsweredOn == "" {
			open = append(open, c)
		}
	}
	year := b.calendarYear()
	query := func(outcome string) string {
		if year == "" {
			return ""
		}
		return address("/corrections", "outcome", outcome, "year", year)
	}
	b.count("operator.corrections_asked", "requests", query(""), idsOf(received))
	b.count("operator.corrections_answered", "requests", "", idsOf(answered))
	b.count("operator.corrections_open", "requests", "/corrections?outcome=open", idsOf(open))
	for _, outcome := range correction.Outcomes {
		var those []int64
		for _, c := range received {
			if c.Outcome == outcome {
				those = append(those, c.ID)
			}
		}
		b.count("operator.corrections."+outcome, "requests", query(outcome), those)
	}
	times, _ := correction.Tally(answered)
	median := Figure{ID: "operator.answer_median", Value: times.Median, Unit: "days", Method: methodMedian}
	slowest := Figure{ID: "operator.answer_slowest", Value: strconv.Itoa(times.Slowest), Unit: "days", Method: methodDays}
	if len(answered) == 0 {
		median.Why, slowest.Why, slowest.Value = NoAnswers, NoAnswers, ""
	}
	for _, f := range []*Figure{&median, &slowest} {
		b.counted(f, idsOf(answered))
		b.add(*f)
	}
	waits := 0
	for _, c := range open {
		waits = max(waits, c.Waits(b.f.Date))
	}
	longest := Figure{ID: "operator.longest_open", Value: strconv.Itoa(waits), Unit: "days", Method: methodDays, Query: "/corrections?outcome=open"}
	if len(open) == 0 {
		longest.Value, longest.Why = "", NoneThere
	}
	b.add(longest)
	return nil
}

func idsOf(list []correction.Correction) (ids []int64) {
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	return ids
}

// calendarYear is the year of a period that is one, else "".
func (b *builder) calendarYear() string {
	year := b.outline.From[:4]
	if b.outline.From == year+"-01-01" && b.outline.To == year+"-12-31" {
		return year
	}
	return ""
}

// disputes counts those raised in the period and those that hold still.
func (b *builder) disputes() error {
	b.count("operator.disputes_raised", "disputes", b.entriesOf(correction.KindRaised), b.acts[correction.KindRaised])
	holding, err := correction.HoldingDisputes(b.tx)
	if err != nil {
		return err
	}
	b.count("operator.disputes_holding", "disputes", "", holding)
	return nil
}
