package brief

import (
	"errors"
	"strconv"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// missing fills the six gaps of an item, and what the record does not hold.
func (b *Brief) missing(tx *db.Tx, p *compact.Pack, i *compact.Item) error {
	gaps, err := forum.GapsOf(tx, p, i, b.Date)
	if err != nil {
		return err
	}
	b.Gaps = gaps.Open()
	return b.unknown(tx, i)
}

// unknown counts what was not told, asked or measured. Each is a fact about this record alone.
func (b *Brief) unknown(tx *db.Tx, i *compact.Item) error {
	add := func(code string, n int64) {
		if n > 0 {
			b.Unknown = append(b.Unknown, Unknown{code, n})
		}
	}
	b.Unknown = append(b.Unknown, Unknown{Code: "elsewhere"})
	for _, f := range []struct {
		code   string
		filter commitment.Filter
	}{{"no_value", commitment.Filter{Pace: commitment.PaceNoData}}, {"no_baseline", commitment.Filter{Pace: commitment.PaceNoBaseline}},
		{"value_old", commitment.Filter{Pace: commitment.PaceValueOld}}, {"no_review", commitment.Filter{Review: commitment.NotAsked}}} {
		n, err := b.standing(tx, i.ID, f.filter)
		if err != nil {
			return err
		}
		add(f.code, n)
	}
	r := b.Counts.Reporting
	add("late", r[commitment.Overdue]+r[commitment.Silent]+r[commitment.Lapsed])
	add("intents", b.Counts.Intents)
	var noData, noWorld, noBaseline int64
	for _, s := range b.Series {
		switch {
		case s.Areas == 0 && s.Value == "":
			noData++
		case s.Value == "":
			noWorld++
		}
	}
	for _, t := range b.Targets {
		if t.Measured && t.Baseline == "" {
			noBaseline++
		}
	}
	add("no_data", noData)
	add("no_world", noWorld)
	add("target_baseline", noBaseline)
	return nil
}

// standing is how many commitments on the item a filter lets through, without those withdrawn.
func (b *Brief) standing(tx *db.Tx, item string, f commitment.Filter) (int64, error) {
	f.Items, f.Limit, f.Today = []string{item}, 1, b.Date
	all, err := commitment.Find(tx, f)
	if err != nil {
		return 0, err
	}
	f.Lifecycle = commitment.Withdrawn
	gone, err := commitment.Find(tx, f)
	return all.Total - gone.Total, err
}

// titles is a pack's title of a thing in every language that has it.
func titles(p *compact.Pack, section, id string) Text {
	return worded(func(l locale.Lang) (string, locale.Lang) { return p.Title(section, id, l) })
}

// notes likewise is the pack's plain-language note; nil where it has none.
func notes(p *compact.Pack, section, id string) Text {
	return worded(func(l locale.Lang) (string, locale.Lang) { return p.Note(section, id, l) })
}

func worded(of func(locale.Lang) (string, locale.Lang)) Text {
	t := Text{}
	for _, l := range locale.Langs {
		if text, in := of(l); text != "" && in == l {
			t[l] = text
		}
	}
	if len(t) == 0 {
		return nil
	}
	return t
}

// said is a party's own text in the languages in which it gave it; nil where none is there.
func said(text func(field string, l locale.Lang) (string, string), field string) Text {
	t := worded(func(l locale.Lang) (string, locale.Lang) {
		words, in := text(field, l)
		if in == "und" {
			in = string(l)
		}
		return words, locale.Lang(in)
	})
	if t == nil {
		if words, in := text(field, locale.English); words != "" {
			t = Text{locale.Lang(in): words}
		}
	}
	return t
}

// party names a party; one whose name was erased is its number.
func party(id int64, n stakeholder.Names) Named {
	return Named{strconv.FormatInt(id, 10), said(func(_ string, l locale.Lang) (string, string) { return n.In(l) }, ""), "/stakeholders/" + strconv.FormatInt(id, 10)}
}

func inEvery(of func(locale.Lang) string) Text {
	t := make(Text, len(locale.Langs))
	for _, l := range locale.Langs {
		t[l] = of(l)
	}
	return t
}

func notFound(err error) bool { return errors.Is(err, keeper.ErrNotFound) }
