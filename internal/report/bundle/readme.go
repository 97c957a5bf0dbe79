package bundle

import (
	"strconv"
	"strings"

	"kept/internal/compact"
	"kept/internal/locale"
	"kept/internal/report/paper"
)

// readme says what is in the archive, what each column means, and how to check it.
func (b *Bundle) readme(l locale.Lang) []byte {
	f := b.Figures
	title, _ := b.Pack.Title(compact.ReportKinds, f.Report, l)
	d := paper.New(l, l.T("bundle.title", "report", title, "from", l.Date(f.From), "to", l.Date(f.To)), "")
	if b.Pack.Sample {
		d.Paragraph(paper.Strong(l.T("frame.sample")))
	}
	d.Paragraph(paper.Plain(l.T("bundle.rests", "release", b.Release, "size", f.Size, "date", l.Date(f.Date))), paper.Plain(" SHA-256 figures.json: "+b.Digest))
	d.Heading(l.T("bundle.files"))
	var files []paper.Line
	for _, name := range []string{"figures.json", "figures.csv", "items.csv", "records.csv", "tables"} {
		files = append(files, paper.Line{paper.Strong(name), paper.Plain(": " + l.T("bundle.file."+strings.ReplaceAll(name, ".", "_")))})
	}
	d.List(files...)
	if left := b.LeftOut(); len(left) > 0 {
		d.Paragraph(paper.Plain(l.T("bundle.left_out", "n", len(left), "max", MaxRecords) + " " + strings.Join(left, ", ")))
	}
	d.Heading(l.T("bundle.columns"))
	for _, t := range []struct {
		name    string
		columns []string
	}{{"figures.csv", FigureColumns}, {"items.csv", ItemColumns}, {"records.csv", RecordColumns}} {
		var rows [][]paper.Line
		for _, c := range t.columns {
			rows = append(rows, []paper.Line{{paper.Plain(c)}, {paper.Plain(l.T("bundle.column." + c))}})
		}
		d.Table(t.name, []string{l.T("bundle.column"), l.T("bundle.means")}, rows)
	}
	d.Paragraph(paper.Plain(l.T("bundle.empty")))
	d.Paragraph(paper.Plain(l.T("bundle.harmless")))
	d.Heading(l.T("bundle.check"))
	release := strconv.FormatInt(b.Release, 10)
	d.List(paper.Line{paper.Plain(l.T("bundle.check.record") + " kept verify ADDRESS")},
		paper.Line{paper.Plain(l.T("bundle.check.figures") + " kept report check DIR " + release)},
		paper.Line{paper.Plain(l.T("bundle.check.bundle") + " kept report bundle DIR " + release + " -o FILE")})
	return d.Markdown()
}
