package forms

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/locale"
	"kept/internal/report/paper"
)

// page writes a filled form in one language.
type page struct {
	*Filled
	*paper.Doc
	lang   locale.Lang
	onSite bool
	names  []paper.Line // of the fields
}

// Heads is the title of the filled form.
func (f *Filled) Heads(l locale.Lang) string {
	form, _ := f.Form.Title.In(l)
	name, _ := f.Name.In(l)
	return form + " · " + name
}

// Doc puts the form into a language. On the site it says beside each answer which of
// our fields gave it, and what is missing; to take along it holds the answers alone.
func (f *Filled) Doc(lang locale.Lang, base string, onSite bool) *paper.Doc {
	leads := base
	if onSite {
		leads = ""
	}
	w := &page{Filled: f, Doc: paper.New(lang, f.Heads(lang), leads), lang: lang, onSite: onSite}
	for i := range f.Form.Fields {
		w.names = append(w.names, w.name(&f.Form.Fields[i]))
	}
	w.about()
	if f.Form.Sheets == ByGoal {
		w.byGoal()
	} else {
		w.byCommitment()
	}
	w.sources()
	return w.Doc
}

// about says what this is and what it rests on.
func (w *page) about() {
	note, in := w.Form.Note.In(w.lang)
	w.Paragraph(paper.Span{Text: note, Lang: in})
	when := w.lang.T("forms.all_years")
	if w.Year != "" {
		when = w.lang.T("forms.of_year", "year", w.Year)
	}
	w.Paragraph(paper.Plain(w.lang.T("forms.rests_on", "date", w.lang.Date(w.Date), "size", strconv.FormatInt(w.Size, 10)) + " " + when))
	switch {
	case w.Total == 0 && w.Year != "":
		w.Paragraph(paper.Plain(w.lang.T("forms.none_year", "year", w.Year)))
	case w.Total == 0:
		w.Paragraph(paper.Plain(w.lang.T("forms.none")))
	case w.onSite:
		w.Paragraph(paper.Plain(w.lang.T("forms.missing_count", "n", w.Missing)))
	}
	if w.Left > 0 {
		w.Paragraph(paper.Plain(w.lang.T("forms.left", "n", w.Left, "most", Most)))
	}
}

func (w *page) byCommitment() {
	for _, s := range w.Sheets {
		title, _ := s.Title.In(w.lang)
		w.Heading(title)
		w.Paragraph(w.commitment(s.Head))
		w.sheet(s)
	}
}

// sheet is a form as a table of two columns; on the site a third says which of our
// fields gave the answer, and what is missing follows.
func (w *page) sheet(s Sheet) {
	head := []string{w.lang.T("forms.field"), w.lang.T("forms.answer")}
	if w.onSite {
		head = append(head, w.lang.T("forms.from"))
	}
	rows := make([][]paper.Line, 0, len(s.Cells))
	for i, cell := range s.Cells {
		row := []paper.Line{w.names[i], w.answer(cell)}
		if w.onSite {
			row = append(row, paper.Line{paper.Plain(w.ours(cell.From))})
		}
		rows = append(rows, row)
	}
	w.Table(w.caption(s), head, rows)
	if w.onSite {
		w.missing(s)
	}
}

// commitment leads to the page of what a sheet rests on.
func (w *page) commitment(h Head) paper.Span {
	return paper.Span{Text: w.lang.T("forms.commitment", "id", h.Commitment), Href: "/commitments/" + strconv.FormatInt(h.Commitment, 10)}
}

// caption tells one sheet's table from every other's.
func (w *page) caption(s Sheet) string {
	of := w.commitment(s.Head).Text
	if s.Goal != "" {
		goal, _ := s.goalName().In(w.lang)
		of = goal + " · " + of
	}
	return of
}

// byGoal is a section for each goal or target: on the site sheet by sheet, to take
// along one table with a line for each commitment.
func (w *page) byGoal() {
	for i := 0; i < len(w.Sheets); {
		goal, _ := w.Sheets[i].goalName().In(w.lang)
		w.Heading(goal)
		first := i
		for i < len(w.Sheets) && w.Sheets[i].Goal == w.Sheets[first].Goal {
			i++
		}
		if !w.onSite {
			w.lines(goal, w.Sheets[first:i])
			continue
		}
		for _, s := range w.Sheets[first:i] {
			w.Paragraph(w.titled(s.Head))
			w.sheet(s)
		}
	}
	if len(w.Untied) > 0 {
		w.Heading(w.lang.T("forms.untied"))
		var lines []paper.Line
		for _, h := range w.Untied {
			lines = append(lines, paper.Line{w.titled(h)})
		}
		w.List(lines...)
	}
}

// lines is a table of the sheets of one goal, which stands above it.
func (w *page) lines(goal string, sheets []Sheet) {
	head := []string{w.lang.T("forms.sheet")}
	for n := range w.Form.Fields {
		if !w.Form.Fields[n].isGoal() {
			head = append(head, plain(w.names[n]))
		}
	}
	var rows [][]paper.Line
	for _, s := range sheets {
		row := []paper.Line{{w.titled(s.Head)}}
		for n, cell := range s.Cells {
			if !w.Form.Fields[n].isGoal() {
				row = append(row, w.answer(cell))
			}
		}
		rows = append(rows, row)
	}
	w.Table(goal, head, rows)
}

// titled leads to a commitment by its title.
func (w *page) titled(h Head) paper.Span {
	link := w.commitment(h)
	link.Text, link.Lang = h.Title.In(w.lang)
	link.Name = true
	return link
}

// isGoal tells whether a field asks for the goal itself.
func (f *Field) isGoal() bool { return len(f.From) == 1 && f.From[0] == "goals" }

// goalName is what a sheet's goal is called: the answer to the field that asks for it.
func (s Sheet) goalName() Text {
	for _, c := range s.Cells {
		if slices.Contains(c.From, "goals") && len(c.Answers) > 0 {
			return c.Answers[0].Text
		}
	}
	return Text{locale.English: s.Goal}
}

// name is a field's name as published, with our translation beside it.
func (w *page) name(f *Field) paper.Line {
	line := append(make(paper.Line, 0, 3), paper.Span{Text: f.Name, Lang: locale.English, Strong: true})
	if t := f.Names[w.lang]; t != "" {
		line = append(line, paper.Plain(" ("+t+")"))
	}
	if !f.Certain {
		line = append(line, paper.Plain(" *"))
	}
	return line
}

func plain(line paper.Line) string {
	var b strings.Builder
	for _, s := range line {
		b.WriteString(s.Text)
	}
	return b.String()
}

// answer writes the answers of a cell one after the other.
func (w *page) answer(c Cell) paper.Line {
	if len(c.Answers) == 0 {
		return paper.Line{paper.Plain(w.lang.T("forms.empty"))}
	}
	line := make(paper.Line, 0, 2*len(c.Answers)-1)
	for i, one := range c.Answers {
		if i > 0 {
			line = append(line, paper.Plain(between(w.lang, line[len(line)-1].Text)))
		}
		text, in := one.Text.In(w.lang)
		span := paper.Span{Text: text, Lang: in, Name: true}
		if address(text) {
			span.Href = text
		}
		line = append(line, span)
	}
	return line
}

// address tells whether an answer is a web address and nothing else.
func address(text string) bool {
	return (strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")) && !strings.ContainsAny(text, " \t\n<>\"'()[]\\`")
}

// between parts one answer from the next: a sentence that ended needs no sign.
func between(l locale.Lang, before string) string {
	for _, end := range []string{".", "!", "?", "。", "؟"} {
		if strings.HasSuffix(before, end) {
			return " "
		}
	}
	switch l {
	case locale.Chinese:
		return "；"
	case locale.Arabic:
		return "؛ "
	}
	return "; "
}

// ours names our fields.
func (w *page) ours(fields []string) string {
	var names []string
	for _, f := range fields {
		names = append(names, w.lang.T(Labels[f]))
	}
	return w.lang.List(names)
}

// missing lists as advice what a sheet does not say.
func (w *page) missing(s Sheet) {
	var lines []paper.Line
	for i, c := range s.Cells {
		f := &w.Form.Fields[i]
		said := ""
		switch c.Advice {
		case AdviceMissing:
			said = w.lang.T("forms.advice.missing", "ours", w.ours(c.Empty))
		case AdviceUnknown:
			said = w.lang.T("forms.advice.unknown", "ours", w.ours(c.Empty))
		case AdviceTheirs:
			said = w.lang.T("forms.advice.theirs")
			if len(f.Choices) > 0 {
				said += " " + w.lang.T("forms.choices", "list", strings.Join(f.Choices, ", "))
			}
		case AdviceShort:
			said = w.lang.T("forms.advice.short", "n", c.Words, "min", f.MinWords)
		case AdviceLong:
			said = w.lang.T("forms.advice.long", "n", c.Words, "max", f.MaxWords)
		}
		if said != "" {
			lines = append(lines, slices.Concat(w.names[i], paper.Line{paper.Plain(": " + said)}))
		}
	}
	if len(lines) > 0 {
		title, in := s.Title.In(w.lang)
		w.Paragraph(paper.Strong(w.lang.T("forms.missing")), paper.Plain(" "), paper.Span{Text: title, Lang: in, Name: true})
		w.List(lines...)
	}
}

// sources say from where it is known what the form asks.
func (w *page) sources() {
	w.Heading(w.lang.T("forms.sources"))
	var lines []paper.Line
	for _, s := range w.Form.Sources {
		lines = append(lines, paper.Line{{Text: s.Title, Lang: locale.English, Href: s.URL}, paper.Plain(" " + w.lang.T("forms.read", "date", w.lang.Date(s.Read)))})
	}
	w.List(lines...)
	if slices.ContainsFunc(w.Form.Fields, func(f Field) bool { return !f.Certain }) {
		w.Paragraph(paper.Plain("* " + w.lang.T("forms.uncertain")))
	}
}

// Columns and Rows are the form as a table: a line for each sheet, a column for each
// field under its published name.
func (f *Filled) Columns() []string {
	columns := []string{"commitment", "goal"}
	for _, field := range f.Form.Fields {
		columns = append(columns, field.Name)
	}
	return append(columns, "missing")
}

// Rows are the lines of the table, in one language.
func (f *Filled) Rows(l locale.Lang) [][]string {
	var rows [][]string
	for _, s := range f.Sheets {
		row := []string{strconv.FormatInt(s.Commitment, 10), s.Goal}
		var missing []string
		for _, c := range s.Cells {
			said := ""
			for _, one := range c.Answers {
				text, _ := one.Text.In(l)
				if said != "" {
					said += between(l, said)
				}
				said += text
			}
			if row = append(row, said); said == "" {
				missing = append(missing, c.Field)
			}
		}
		rows = append(rows, append(row, strings.Join(missing, " ")))
	}
	return rows
}
