package report

import (
	"regexp"
	"strings"

	"kept/internal/compact"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// Label is what a figure counts, in a language: its own message, or, of a figure
// about an item, a series, a kind of party and the like, what it is about and what
// of it. Titles are those of the pack; a code that nothing explains is its own name.
func Label(p *compact.Pack, id string, l locale.Lang) string {
	what, measure := Parts(p, id, l)
	if what == "" {
		return measure
	}
	return l.T("report.figure.of", "what", what, "measure", measure)
}

// Parts are the two halves of a label: what a figure is about, which it shares with
// those beside it, and what of it. A figure with a message of its own has no first half.
func Parts(p *compact.Pack, id string, l locale.Lang) (what, measure string) {
	if key := "report.figure." + id; locale.English.Has(key) {
		return "", l.T(key)
	}
	for _, s := range shapes {
		if m := s.form.FindStringSubmatch(id); m != nil {
			return s.what(namer{p, l}, m), s.measure(namer{p, l}, m)
		}
	}
	return "", id
}

// ChapterTitle is the title of a chapter.
func ChapterTitle(chapter string, l locale.Lang) string { return l.T("report.chapter." + chapter) }

// WhyNot says in words why a figure has no value.
func WhyNot(why string, l locale.Lang) string { return l.T("report.why." + why) }

// namer finds the words of codes.
type namer struct {
	pack *compact.Pack
	lang locale.Lang
}

// code is the word of a code, by the first prefix that has one.
func (n namer) code(code string, prefixes ...string) string {
	for _, p := range prefixes {
		if locale.English.Has(p + code) {
			return n.lang.T(p + code)
		}
	}
	return code
}

func (n namer) title(section, id string) string {
	text, _ := n.pack.Title(section, id, n.lang)
	return text
}

// part is a part of the text with its code: "P11d Connect every school".
func (n namer) part(id string) string {
	if id == compact.FollowUp {
		return n.lang.T("group.FU")
	}
	return n.lang.T("report.figure.part", "id", id, "title", n.title(compact.Items, id))
}

func (n namer) region(id string) string {
	if r, ok := n.pack.AreaSet().RegionByID(id); ok {
		return r.Name(n.lang)
	}
	return n.code(id, "pack.group.")
}

func (n namer) kind(id string) string { return stakeholder.KindName(n.lang, id) }

func (n namer) of(key string) string      { return n.lang.T("report.of." + key) }
func (n namer) measure(key string) string { return n.code(key, "report.measure.") }

// shape is how figures about one sort of thing are named: what its two parts are
// made of, from the pieces of the id.
type shape struct {
	form          *regexp.Regexp
	what, measure func(n namer, m []string) string
}

// shaped is a shape by its form, in which CODE stands for a code and ID for an id
// that may hold points.
func shaped(form string, what, measure func(n namer, m []string) string) shape {
	form = strings.NewReplacer(".", `\.`, "CODE", `([A-Za-z0-9_-]+)`, "ID", `([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*?)`).Replace(form)
	return shape{regexp.MustCompile("^" + form + "$"), what, measure}
}

// coded names codes of one list, under a heading of their own.
func coded(heading string, at int, prefixes ...string) (what, measure func(n namer, m []string) string) {
	return func(n namer, _ []string) string { return n.of(heading) }, func(n namer, m []string) string { return n.code(m[at], prefixes...) }
}

// shapes are tried in order; the first that fits an id names it.
var shapes = func() []shape {
	list := []shape{
		shaped("parties.kind.CODE", func(n namer, m []string) string { return n.of("kind") }, func(n namer, m []string) string { return n.kind(m[1]) }),
		shaped("parties.balance.CODE.CODE.CODE", func(n namer, m []string) string { return n.balance(m[1], m[2]) }, func(n namer, m []string) string { return n.measure(m[3]) }),
		shaped("promises.objective.ID(.verifiable)?", func(n namer, m []string) string { return n.part(m[1]) }, promised),
		shaped("promises.type.CODE(.verifiable)?", func(n namer, m []string) string { return n.code(m[1], "commitment.type.") }, promised),
		shaped("promises.newness.CODE(.verifiable)?", func(n namer, m []string) string { return n.code(m[1], "commitment.newness.") }, promised),
		shaped("promises.kind.CODE(.verifiable)?", func(n namer, m []string) string { return n.kind(m[1]) }, promised),
		shaped("delivery.kind.CODE.CODE", func(n namer, m []string) string { return n.kind(m[1]) }, func(n namer, m []string) string { return n.code(m[2], "commitment.reporting.") }),
		shaped("delivery.under.ID.CODE", func(n namer, m []string) string { return n.part(m[1]) }, func(n namer, m []string) string { return n.code(m[2], "commitment.reporting.") }),
		shaped("target.ID.left_out.CODE", func(n namer, m []string) string { return n.title(compact.Targets, m[1]) },
			func(n namer, m []string) string {
				return n.lang.T("report.measure.left_out", "why", n.code(m[2], "commitment.excluded."))
			}),
		shaped("target.ID.CODE", func(n namer, m []string) string { return n.title(compact.Targets, m[1]) }, func(n namer, m []string) string { return n.measure(m[2]) }),
		shaped("series.ID.moves.CODE", func(n namer, m []string) string { return n.title(compact.Indicators, m[1]) },
			func(n namer, m []string) string {
				return n.lang.T("report.measure.moves", "word", n.code(m[2], "trend."))
			}),
		shaped("series.ID.CODE", func(n namer, m []string) string { return n.title(compact.Indicators, m[1]) }, func(n namer, m []string) string { return n.measure(m[2]) }),
		shaped("money.(elsewhere.)?CODE.([A-Z]{3})(.in_kind)?(.announced_before|.commitments)?", namer.money, func(n namer, m []string) string {
			return n.measure("money" + strings.ReplaceAll(m[5], ".", "_"))
		}),
		shaped("regions.CODE.CODE", func(n namer, m []string) string { return n.region(m[1]) },
			func(n namer, m []string) string { return n.code(m[2], "commitment.reporting.", "report.measure.") }),
		shaped("forum.organisers.CODE", func(n namer, m []string) string { return n.of("organisers") }, func(n namer, m []string) string { return n.kind(m[1]) }),
		shaped("item.ID.CODE", func(n namer, m []string) string { return n.part(m[1]) }, func(n namer, m []string) string { return n.measure(m[2]) }),
	}
	for _, c := range []struct {
		form, heading string
		prefixes      []string
	}{
		{"parties.basis.", "basis", []string{"basis."}}, {"promises.band.", "band", []string{"commitment.band."}},
		{"delivery.reporting.", "reporting", []string{"commitment.reporting."}}, {"delivery.status.", "status", []string{"report.status."}},
		{"delivery.pace.", "pace", []string{"commitment.pace."}}, {"delivery.review.", "review", []string{"commitment.review.state."}},
		{"delivery.lifecycle.", "lifecycle", []string{"commitment.lifecycle."}}, {"delivery.outcome.", "outcome", []string{"commitment.outcome."}},
		{"operator.erased.", "erased", []string{"words.reason."}}, {"operator.hidden.", "hidden", []string{"words.category."}},
		{"operator.restored.", "restored", []string{"words.restored."}},
		{"forum.gap.", "gap", []string{"gap."}}, {"forum.offices.", "offices", []string{"regulator.state."}}, {"forum.proposed.", "proposed", []string{"session.state."}},
		{"forum.report.", "session_report", []string{"session.report."}}, {"forum.fate.", "fate", []string{"message.state."}}, {"forum.seats.", "seats", []string{"group.segment."}},
		{"operator.corrections.", "corrections", []string{"correction.outcome."}},
	} {
		what, measure := coded(c.heading, 1, c.prefixes...)
		list = append(list, shaped(c.form+"CODE", what, measure))
	}
	return list
}()

// promised tells the commitments of a row from those of it that can be checked.
func promised(n namer, m []string) string {
	if m[2] != "" {
		return n.measure("verifiable")
	}
	return n.measure("commitments")
}

// money is a stage, currency and kind.
func (n namer) money(m []string) string {
	words := []string{n.code(m[2], "commitment.money.stage."), m[3]}
	if m[4] != "" {
		words = append(words, n.lang.T("commitment.money.kind.in_kind"))
	}
	if m[1] != "" {
		words = append(words, n.lang.T("commitment.lifecycle.stated"))
	}
	return n.lang.List(words)
}

// balance is a row of the balance of participation.
func (n namer) balance(dimension, code string) string {
	name := n.code(code, "balance."+dimension+".", "pack.group.", "balance.", "size.")
	switch dimension {
	case "region":
		name = n.code(code, "balance.")
		if r, ok := n.pack.AreaSet().RegionByID(code); ok {
			name = r.Name(n.lang)
		}
	case "kind":
		name = n.code(code, "balance.")
		if name == code {
			name = n.kind(code)
		}
	}
	return n.lang.T("report.figure.within", "what", n.code(dimension, "balance.by."), "measure", name)
}
