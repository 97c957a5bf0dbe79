package brief

import (
	"strings"

	"kept/internal/locale"
	"kept/internal/report/paper"
)

// page writes a brief in one language.
type page struct {
	*Brief
	*paper.Doc
	lang   locale.Lang
	base   string
	onSite bool // whose pages say by themselves that they are a sample
}

// Heads is the brief's own title.
func (b *Brief) Heads(lang locale.Lang) string {
	title, _ := lang.Of(b.Title)
	return lang.T("brief.title", "title", b.Item+" "+title)
}

// Doc puts the brief into a language. Addresses are printed whole, after base, the
// site's public address; links lead there too, or stay on the site where it is on one.
func (b *Brief) Doc(lang locale.Lang, base string, onSite bool) *paper.Doc {
	w := &page{b, nil, lang, base, onSite}
	leads := base
	if onSite {
		leads = ""
	}
	w.Doc = paper.New(lang, b.Heads(lang), leads)
	w.heading()
	w.words()
	w.who()
	w.what()
	w.figures()
	w.moneys()
	list(w, "item.gaps", b.Gaps, "item.no_gap", func(code string) string { return lang.T("gap." + code) })
	list(w, "brief.unknown", b.Unknown, "", func(u Unknown) string { return lang.T("brief.unknown."+u.Code, "n", u.N) })
	w.cutOff()
	return w.Doc
}

func (w *page) span(t Text) paper.Span {
	text, in := w.lang.Of(t)
	return paper.Span{Text: text, Lang: in}
}

func (w *page) link(n Named) paper.Span {
	s := w.span(n.Title)
	s.Href, s.Name = n.Href, true
	return s
}

// said is a message in the page's language.
func (w *page) said(key string, args ...any) paper.Span {
	return paper.Plain(w.lang.T(key, args...))
}

// heading says of which text, and that it is a sample or was never agreed.
func (w *page) heading() {
	line := paper.Line{w.span(w.Compact), paper.Plain(" · "), w.link(w.Text)}
	if w.Symbol != "" {
		line = append(line, paper.Plain(" · "), paper.Span{Text: w.Symbol, Name: true})
	}
	w.Paragraph(append(line, paper.Plain(" · "+w.lang.T("brief.as_of", "date", w.lang.Date(w.Date), "size", w.Size)))...)
	if w.Sample && !w.onSite {
		w.Paragraph(paper.Strong(w.lang.T("frame.sample")))
	}
	if w.Earlier {
		w.Paragraph(paper.Strong(w.lang.T("item.band", "date", w.lang.Date(w.TextOn))))
	}
}

// words are the official ones, or where they stand; then our note, which is not theirs.
func (w *page) words() {
	if w.Place == "" {
		w.Heading(bare(w.lang.T("item.official_words_whole")))
	} else {
		w.Heading(bare(w.lang.T("item.official_words", "place", w.Place)))
	}
	if text, in := w.lang.Of(w.Official); text != "" {
		w.Quote(in, text)
	} else {
		w.Paragraph(w.said("item.not_loaded", "symbol", w.Symbol))
	}
	if w.TextURL != "" { // readable on paper too
		w.Paragraph(w.said("brief.source"), paper.Plain(" "), paper.Span{Text: w.TextURL, Href: w.TextURL, Name: true})
	}
	if len(w.OurNote) > 0 {
		w.Paragraph(w.span(w.OurNote), paper.Plain(" ("+w.lang.T("item.our_note")+")"))
	}
}

// bare is a sentence as a heading has it, without its point.
func bare(s string) string { return strings.TrimRight(s, ".。") }

// who is asked, how strongly, by when.
func (w *page) who() {
	w.Heading(w.lang.T("brief.asked"))
	line := w.listed(w.Asked, len(w.Asked))
	if len(w.Verb) > 0 {
		line = append(line, paper.Plain(" · "+w.lang.T("item.verb")+" "), w.span(w.Verb))
	}
	switch {
	case w.Deadline != "":
		line = append(line, paper.Plain(" · "+w.lang.T("item.by")+" "+w.lang.Date(w.Deadline)))
	case len(w.Event) > 0:
		line = append(line, paper.Plain(" · "+w.lang.T("item.by_event")+" "), w.span(w.Event))
	default:
		line = append(line, paper.Plain(" · "+w.lang.T("item.no_date")))
	}
	w.Paragraph(line...)
}

// listed names things one after another, and how many more there are.
func (w *page) listed(list []Named, of int) (line paper.Line) {
	comma := w.lang.List([]string{"", ""})
	for n, one := range list[:min(len(list), mostNamed)] {
		if n > 0 {
			line = append(line, paper.Plain(comma))
		}
		line = append(line, w.link(one))
	}
	if more := of - min(len(list), mostNamed); more > 0 {
		line = append(line, paper.Plain(comma+w.lang.T("brief.more", "n", more)))
	}
	return line
}

// what was registered, by whom, and who else works on it.
func (w *page) what() {
	w.Heading(w.lang.T("brief.who_does_what"))
	if w.Counts.Registered == 0 && len(w.Commitments) == 0 {
		w.Paragraph(w.said("item.no_commitment"))
	} else {
		w.Table(w.lang.T("commitments.caption"), w.heads("commitments.one", "fact.lifecycle", "fact.reporting", "fact.own", "fact.pace", "fact.review"), w.rows())
		if more := w.Counts.Registered + w.Counts.Withdrawn - int64(len(w.Commitments)); more > 0 {
			w.Paragraph(w.said("brief.label", "label", w.lang.T("brief.more", "n", more)), paper.Plain(" "), w.address("/commitments?item="+w.Item))
		}
	}
	w.line("item.supporters", w.listed(w.Supporters, w.Supporting))
	w.line("item.bodies", w.listed(w.Bodies, len(w.Bodies)))
	w.line("item.mechanisms", w.listed(w.Mechanisms, len(w.Mechanisms)))
}

func (w *page) heads(keys ...string) (out []string) {
	for _, k := range keys {
		out = append(out, w.lang.T(k))
	}
	return out
}

func (w *page) line(key string, line paper.Line) {
	if len(line) > 0 {
		w.Paragraph(append(paper.Line{paper.Strong(w.lang.T("brief.label", "label", w.lang.T(key))), paper.Plain(" ")}, line...)...)
	}
}

// rows keep the five facts in five cells.
func (w *page) rows() (rows [][]paper.Line) {
	for _, c := range w.Commitments {
		id := commitmentHref(c.ID)
		name := w.link(Named{Title: c.Title, Href: id})
		if len(c.Title) == 0 {
			name = paper.Span{Text: w.lang.T("commitment.untitled", "id", c.ID), Href: id}
		}
		first := paper.Line{name, paper.Plain(" · "), w.link(c.Party)}
		if c.Disputed {
			first = append(first, paper.Plain(" ("+w.lang.T("marks.tag")+")"))
		}
		rows = append(rows, []paper.Line{first, {w.said("commitment.lifecycle." + c.Lifecycle)}, w.reporting(c), w.own(c), w.pace(c),
			{w.said("commitment.review.state." + c.Review)}})
	}
	return rows
}

func (w *page) reporting(c Commitment) paper.Line {
	line := paper.Line{w.said("commitment.reporting." + c.Reporting)}
	if c.Due != "" {
		line = append(line, paper.Plain(" ("+w.lang.T("commitments.due", "date", w.lang.Date(c.Due))+")"))
	}
	return line
}

func (w *page) own(c Commitment) paper.Line {
	if c.Own == "" {
		return paper.Line{w.said("commitment.no_report_yet")}
	}
	return paper.Line{w.said("report.status." + c.Own), paper.Plain(" (" + w.lang.Date(c.OwnOn) + ")")}
}

func (w *page) pace(c Commitment) paper.Line {
	line := paper.Line{w.said("commitment.pace." + c.Pace)}
	if c.PaceSigned != "" {
		line = append(line, paper.Plain(" ("+w.lang.T("brief.label", "label", w.lang.T("commitment.as_signed"))+" "+w.lang.T("commitment.pace."+c.PaceSigned)+")"))
	}
	return line
}

// list writes codes as a list under a heading, or one sentence where there is none.
func list[T any](w *page, key string, codes []T, none string, say func(T) string) {
	w.Heading(w.lang.T(key))
	var lines []paper.Line
	for _, c := range codes {
		lines = append(lines, paper.Line{paper.Plain(say(c))})
	}
	w.List(lines...)
	if len(lines) == 0 && none != "" {
		w.Paragraph(w.said(none))
	}
}
