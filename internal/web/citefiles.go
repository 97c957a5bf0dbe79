package web

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder/sheet"
	"kept/internal/web/chart"
)

// Beside the page of a citation there are files of it: the figure as a card, and
// its table in two forms that other programs take. Like feeds they name no
// language in their path; ?lang= does.

func (s *Site) citeFiles() {
	s.citeFile("/cite/card.svg", "image/svg+xml", func(v *citeView, lang locale.Lang) string {
		if v.Figure == nil {
			return ""
		}
		return v.card(lang).SVG()
	})
	s.citeFile("/cite/table.tsv", "text/tab-separated-values; charset=utf-8", func(v *citeView, lang locale.Lang) string { return tabbed(v.grid(lang)) })
	s.citeFile("/cite/table.md", "text/markdown; charset=utf-8", func(v *citeView, lang locale.Lang) string { return markdown(v.grid(lang)) })
}

// headerSandbox lets a file run nothing and load nothing, wherever it is opened.
var headerSandbox = []string{"default-src 'none'; sandbox"}

// citeFile registers one file of a citation; what is empty is not there.
func (s *Site) citeFile(address, kind string, write func(*citeView, locale.Lang) string) {
	s.public("GET "+address, func(w http.ResponseWriter, r *http.Request) {
		var out *rendered
		err := s.c.Keeper.DB().Read(r.Context(), func(tx *db.Tx) error {
			q, err := s.request(r, tx, "")
			if err != nil {
				return err
			}
			lang, err := q.wantedLanguage()
			if err != nil {
				return err
			}
			v, err := s.citation(q)
			if err != nil {
				return err
			}
			body := write(v, lang)
			if body == "" {
				return keeper.Refuse(keeper.ErrNotFound, locale.E("err.cite.no_figure"))
			}
			out = newRendered([]byte(body))
			out.kind, out.language = kind, string(lang)
			return nil
		})
		if err != nil {
			s.fail(w, r, "", err)
			return
		}
		w.Header()["Content-Security-Policy"] = headerSandbox
		s.send(w, r, out)
	})
}

// wantedLanguage is the language that an address for programs asks for.
func (q *request) wantedLanguage() (locale.Lang, error) {
	lang := q.query("lang").Get("lang")
	switch {
	case lang == "":
		return locale.Match(q.Header.Get("Accept-Language")), nil
	case !locale.Known(lang):
		return "", keeper.Refuse(keeper.ErrInvalid, locale.E("err.web.unknown_language", "lang", lang))
	}
	return locale.Lang(lang), nil
}

// card is the figure as a picture that stands alone.
func (v *citeView) card(l locale.Lang) chart.Card {
	f := v.Figure
	value := f.Shown(l)
	if value == "" {
		value = l.T("cite.no_value")
	}
	date, _, _ := strings.Cut(v.AsOf, ".")
	c := chart.Card{Title: l.T("cite.card_title") + ": " + f.Says(l), Description: v.Text(l), Lang: string(l), RTL: l.Dir() == "rtl", Above: textOf(v.Compact, l), Value: value, What: textOf(f.What, l)}
	for _, line := range []string{f.with(l), f.from(l), textOf(v.About.Text, l),
		l.List([]string{l.T("cite.as_of", "date", l.Date(date)), l.T("cite.counted_of", "size", v.Record.Size)}), v.Operator} {
		if line != "" {
			c.Small = append(c.Small, line)
		}
	}
	c.Address = v.Address
	if v.Sample {
		c.Mark = l.T("cite.sample")
	}
	return c
}

// Rows are the table of the one figure; it is called by the template.
func (v *citeView) Rows(l locale.Lang) [][2]string {
	f := v.Figure
	nature, released := "", firstOf(f.Issued, f.Got)
	if f.Nature != "" {
		nature = l.T("nature." + f.Nature)
	}
	value := f.Shown(l)
	if f.Word == nil {
		value = l.Number(f.Value)
	}
	date, _, _ := strings.Cut(v.AsOf, ".")
	var rows [][2]string
	for _, r := range [][2]string{{"figure", textOf(f.What, l)}, {"value", firstOf(value, l.T("cite.no_value"))}, {"unit", textOf(f.Unit, l)}, {"period", l.Date(f.Period)}, {"nature", nature},
		{"source", firstOf(f.Source, l.T("cite.counted"))}, {"release", l.Date(released)}, {"page", textOf(v.About.Text, l)}, {"compact", v.compact(l)}, {"operator", v.Operator},
		{"as_of", l.Date(date)}, {"record", l.T("cite.under", "size", v.Record.Size, "root", v.Record.Root)}, {"address", v.Address}} {
		if r[1] != "" {
			rows = append(rows, [2]string{l.T("cite.t." + r[0]), r[1]})
		}
	}
	return rows
}

// compact names the compact, and says so where it is a sample.
func (v *citeView) compact(l locale.Lang) string {
	if v.Sample {
		return l.List([]string{textOf(v.Compact, l), l.T("cite.sample")})
	}
	return textOf(v.Compact, l)
}

// grid is the table for other programs: of one figure label and text, of a page
// one line for each of its figures.
func (v *citeView) grid(l locale.Lang) [][]string {
	var out [][]string
	if v.Figure != nil {
		for _, r := range v.Rows(l) {
			out = append(out, r[:])
		}
		return out
	}
	if len(v.List) == 0 {
		return nil
	}
	head := []string{}
	for _, key := range []string{"figure", "value", "unit", "period", "nature", "source", "address"} {
		head = append(head, l.T("cite.t."+key))
	}
	out = append(out, head)
	for _, f := range v.List {
		nature, value := "", f.Shown(l)
		if f.Nature != "" {
			nature = l.T("nature." + f.Nature)
		}
		if f.Word == nil {
			value = l.Number(f.Value)
		}
		out = append(out, []string{textOf(f.What, l), value, textOf(f.Unit, l), l.Date(f.Period), nature, firstOf(f.Source, l.T("cite.counted")), v.addressOf(f)})
	}
	return out
}

// addressOf is where a figure of the list stands for good: on the page, or on its own.
func (v *citeView) addressOf(f figure) string {
	if f.Page == v.About.Href {
		return v.Address
	}
	return v.base + permanent(f.Page, "", v.AsOf)
}

// table is the CSV twin: codes and plain numbers, for every figure.
func (v *citeView) table() *Table {
	t := &Table{Columns: []string{"of", "figure_en", "value", "code", "in_words_en", "unit_en", "period", "nature", "source", "released", "retrieved", "entry", "as_of", "record_size", "record_root_hex", "address"}}
	root := hexOf(v.Record.Root) // a base64 one may begin like a formula
	list := v.List
	if v.Figure != nil {
		list = []figure{*v.Figure}
	}
	for _, f := range list {
		entry := ""
		if f.Entry != 0 {
			entry = strconv.FormatInt(f.Entry, 10)
		}
		t.Rows = append(t.Rows, []string{f.Of, english(f.What), f.Value, f.Code, english(f.Word), english(f.Unit), f.Period, f.Nature, f.Source, f.Issued, f.Got, entry,
			v.AsOf, strconv.FormatInt(v.Record.Size, 10), root, v.addressOf(f)})
	}
	return t
}

// hexOf writes a root of a checkpoint as digests are written elsewhere.
func hexOf(root string) string {
	b, _ := base64.StdEncoding.DecodeString(root)
	return hex.EncodeToString(b)
}

// tabbed writes lines of cells parted by tabs; a cell is one line, and none is taken for a formula.
func tabbed(grid [][]string) string {
	var b strings.Builder
	for _, row := range grid {
		for i, cell := range row {
			if i > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(sheet.Harmless(keeper.Line(strings.ReplaceAll(cell, "\t", " "))))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// forMarkdown takes the meaning from what Markdown, and HTML within it, would read as a sign.
var forMarkdown = strings.NewReplacer(`\`, `\\`, "|", `\|`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "#", `\#`, "~", `\~`)

// cellOfMarkdown is a cell as it will be read: an address stays a link.
func cellOfMarkdown(cell string) string {
	if strings.HasPrefix(cell, "https://") && !strings.ContainsAny(cell, " <>|\\") {
		return "<" + cell + ">"
	}
	return forMarkdown.Replace(cell)
}

// markdown writes the grid as a table, its first line as the head.
func markdown(grid [][]string) string {
	var b strings.Builder
	for n, row := range grid {
		for _, cell := range row {
			b.WriteString("| " + cellOfMarkdown(keeper.Line(cell)) + " ")
		}
		b.WriteString("|\n")
		if n == 0 {
			b.WriteString(strings.Repeat("| --- ", len(row)) + "|\n")
		}
	}
	return b.String()
}
