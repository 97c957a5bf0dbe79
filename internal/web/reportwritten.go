package web

import (
	"fmt"
	"html/template"
	"strings"

	"kept/internal/commitment"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report"
	"kept/internal/report/narrative"
	"kept/internal/stakeholder"
)

// writing writes a chapter as HTML. Every text is escaped here, every element is one
// of ours, and every address is one that [narrative.Linkable] lets through or a page
// of this site.
type writing struct {
	q    *request
	p    *reported
	lang locale.Lang // of the text
	out  strings.Builder
	err  error
}

// written is a chapter as HTML in the language that it is written in.
func (p *reported) written(q *request, lang locale.Lang, d *narrative.Document) (template.HTML, error) {
	w := &writing{q: q, p: p, lang: lang}
	w.nodes(d.Nodes)
	return template.HTML(w.out.String()), w.err
}

func (w *writing) nodes(nodes []*narrative.Node) {
	for _, n := range nodes {
		w.node(n)
	}
}

// around writes an element around nodes.
func (w *writing) around(tag, attributes string, nodes []*narrative.Node) {
	w.out.WriteString("<" + tag + attributes + ">")
	w.nodes(nodes)
	w.out.WriteString("</" + tag + ">")
}

func (w *writing) text(s string) { w.out.WriteString(template.HTMLEscapeString(s)) }

func (w *writing) node(n *narrative.Node) {
	switch n.Kind {
	case narrative.Paragraph:
		w.around("p", "", n.Nodes)
	case narrative.Heading:
		w.around(fmt.Sprintf("h%d", min(n.Level+1, 4)), "", n.Nodes)
	case narrative.List:
		w.around("ul", "", n.Nodes)
	case narrative.Ordered:
		w.around("ol", fmt.Sprintf(` start="%d"`, n.Level), n.Nodes)
	case narrative.Item:
		w.item(n)
	case narrative.Quote:
		w.around("blockquote", "", n.Nodes)
	case narrative.Rule:
		w.out.WriteString("<hr>")
	case narrative.Emphasis:
		w.around("em", "", n.Nodes)
	case narrative.Strong:
		w.around("strong", "", n.Nodes)
	case narrative.Code:
		w.out.WriteString("<code>")
		w.text(n.Text)
		w.out.WriteString("</code>")
	case narrative.Break:
		w.out.WriteString("<br>")
	case narrative.Anchor:
		w.anchor(n)
	case narrative.Reference:
		if w.err == nil {
			w.err = w.reference(n.Ref)
		}
	default:
		w.text(n.Text)
		w.nodes(n.Nodes)
	}
}

// item writes a list item; one paragraph alone stands without its own element.
func (w *writing) item(n *narrative.Node) {
	if len(n.Nodes) == 1 && n.Nodes[0].Kind == narrative.Paragraph {
		w.around("li", "", n.Nodes[0].Nodes)
		return
	}
	w.around("li", "", n.Nodes)
}

// anchor writes a link: to a page of this site in the reader's language, or elsewhere.
func (w *writing) anchor(n *narrative.Node) {
	switch {
	case !narrative.Linkable(n.Href):
		w.nodes(n.Nodes)
	case strings.HasPrefix(n.Href, "/"):
		w.around("a", ` href="`+template.HTMLEscapeString("/"+string(w.q.lang())+n.Href)+`"`, n.Nodes)
	default:
		w.around("a", ` href="`+template.HTMLEscapeString(n.Href)+`" rel="external nofollow"`, n.Nodes)
	}
}

// link writes a link to a page of this site, with what there is to say of it.
func (w *writing) link(class, to string, words Text, aside string) {
	text, in := words.In(w.lang)
	attributes := class + ` href="` + template.HTMLEscapeString("/"+string(w.q.lang())+to) + `"`
	if in != w.lang {
		attributes += fmt.Sprintf(` lang="%s" dir="%s"`, in, in.Dir())
	}
	w.out.WriteString("<a" + attributes + "><bdi>")
	w.text(text)
	w.out.WriteString("</bdi></a>")
	if aside != "" {
		w.out.WriteString(" <small>(")
		w.text(aside)
		w.out.WriteString(")</small>")
	}
}

// reference writes what a reference names as it is today: a value, a title, a name;
// or that there is none any more, and why.
func (w *writing) reference(ref narrative.Ref) error {
	switch ref.Kind {
	case narrative.Figure:
		w.figure(ref.ID)
	case narrative.PackItem:
		if _, ok := w.q.Pack.Item(ref.ID); !ok {
			w.text(ref.ID)
			return nil
		}
		l := itemLink(w.q.Pack, ref.ID)
		w.link("", l.Href, l.Text, "")
	case narrative.Party:
		return w.party(ref.Number())
	case narrative.Commitment:
		return w.commitment(ref.Number())
	}
	return nil
}

// figure writes a value as frozen, with what an erratum says beside it; of one
// without a value, why there is none.
func (w *writing) figure(id string) {
	f, ok := w.p.Figures.Figure(id)
	if !ok {
		w.text("{" + id + "}")
		return
	}
	row := w.p.figureRow(w.q, f)
	aside := ""
	if row.Corrected != "" {
		aside = w.lang.T("period.corrected_to", "value", w.lang.Number(row.Corrected))
	}
	words := row.WhyIs
	switch {
	case row.Word != nil:
		words = row.Word
	case row.Value != "":
		words = everyLang(func(l locale.Lang) string { return strings.TrimSpace(l.Number(row.Value) + " " + row.Sign()) })
	}
	w.link(` class="fig"`, row.Href, words, aside)
}

func (w *writing) party(id int64) error {
	names, err := stakeholder.NamesOf(w.q.Tx, id)
	if err != nil {
		return err
	}
	name := partyName(names[id])
	if text, _ := name.In(w.lang); text == "" {
		name = message("period.name_gone", "id", id)
	}
	w.link("", partyHref(id), name, "")
	return nil
}

// commitment writes its title; where it was withdrawn or concluded, or its title is gone, that too.
func (w *writing) commitment(id int64) error {
	words, err := keeper.WordsOf(w.q.Tx, id)
	if err != nil {
		return err
	}
	name := wordsText(words, "title")
	if text, _ := name.In(w.lang); text == "" {
		name = message("period.title_gone", "id", id)
	}
	c, err := commitment.Get(w.q.Tx, id, w.q.Today)
	if isNotFound(err) {
		w.link("", commitmentHref(id), name, "")
		return nil
	}
	if err != nil {
		return err
	}
	if t := summaryText(c.Text, "title"); len(t) > 0 {
		name = t
	}
	aside := ""
	if c.Closing.On != "" {
		aside = w.lang.T("commitment.lifecycle." + c.Lifecycle)
	}
	w.link("", commitmentHref(id), name, aside)
	return nil
}

// draftOf is a chapter's text as it would be printed in a report, for the preview of who writes it.
func (p *reported) draftOf(q *request, text string) (template.HTML, []narrative.Fault, []narrative.Typed, error) {
	d := narrative.Parse(text)
	body, err := p.written(q, q.lang(), d)
	if err != nil {
		return "", nil, nil, err
	}
	faults, err := report.CheckChapter(q.Tx, q.Pack, p.Figures, text)
	return body, faults, d.Typed(), err
}
