package report

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report/narrative"
	"kept/internal/stakeholder"
)

// checkNarrative wants the words of a report to be chapters in known languages,
// clean, and free of what no chapter may hold.
func checkNarrative(words map[string]string, es *locale.Errors) {
	for _, part := range slices.Sorted(maps.Keys(words)) {
		chapter, lang, _ := strings.Cut(part, ".")
		switch {
		case !slices.Contains(compact.Chapters, chapter) || !locale.Known(lang):
			es.AddField(part, locale.E("err.party.unknown_word", "part", keeper.Line(part)))
		case keeper.Prose(words[part]) != words[part]:
			es.AddField(part, locale.E("err.party.unclean"))
		default:
			for _, f := range narrative.Parse(words[part]).Faults {
				es.AddField(part, f.Err)
			}
		}
	}
}

// checkReferences wants each chapter to be one of the report's, and what it refers to to be there.
func checkReferences(tx *db.Tx, pack *compact.Pack, kind *compact.ReportKind, f *Figures, words map[string]string) error {
	var es locale.Errors
	for _, part := range slices.Sorted(maps.Keys(words)) {
		if chapter, _, _ := strings.Cut(part, "."); !slices.Contains(kind.Chapters, chapter) {
			es.AddField(part, locale.E("err.period.chapter", "value", chapter))
		}
	}
	if err := es.Err(); err != nil {
		return err
	}
	return references(tx, pack, f, words)
}

// references wants everything that chapters refer to to be there; what is not is
// told with its chapter and line.
func references(tx *db.Tx, pack *compact.Pack, f *Figures, words map[string]string) error {
	var es locale.Errors
	for _, part := range slices.Sorted(maps.Keys(words)) {
		faults, err := CheckChapter(tx, pack, f, words[part])
		if err != nil {
			return err
		}
		for _, fault := range faults {
			es.AddField(part, fault.Err)
		}
	}
	return es.Err()
}

// CheckChapter lists what keeps a chapter from being published: what no chapter may
// hold, and references to what is not there. A commitment that was withdrawn, a name
// that was erased and a figure without a value are there.
func CheckChapter(tx *db.Tx, pack *compact.Pack, f *Figures, text string) ([]narrative.Fault, error) {
	d := narrative.Parse(text)
	faults := d.Faults
	for _, ref := range d.Refs() {
		there, err := thereIs(tx, pack, f, ref)
		if err != nil {
			return nil, err
		}
		if !there {
			faults = append(faults, narrative.Fault{Line: ref.Line, Err: locale.E("err.narrative.unknown", "ref", ref.String(), "line", ref.Line)})
		}
	}
	slices.SortStableFunc(faults, func(a, b narrative.Fault) int { return a.Line - b.Line })
	return faults, nil
}

// thereIs tells whether what a reference names is in the figures, the record or the pack.
func thereIs(tx *db.Tx, pack *compact.Pack, f *Figures, ref narrative.Ref) (there bool, err error) {
	switch ref.Kind {
	case narrative.Figure:
		_, there = f.Figure(ref.ID)
	case narrative.PackItem:
		_, there = pack.Item(ref.ID)
	case narrative.Party:
		_, err = stakeholder.ByID(tx, ref.Number())
		there = err == nil
	case narrative.Commitment:
		var e keeper.Entry
		e, err = keeper.ReadEntry(tx, ref.Number())
		kind, _, _ := strings.Cut(e.Kind, "/")
		there = err == nil && slices.Contains([]string{"commitment.made", "commitment.stated", "commitment.claimed"}, kind)
	}
	if isNotFound(err) {
		return false, nil
	}
	return there, err
}

func isNotFound(err error) bool { return errors.Is(err, keeper.ErrNotFound) }
