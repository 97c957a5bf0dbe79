// Package bundle writes a release as one archive of tables: the frozen figures as
// they are (figures.json), the same as CSV, every table of the report, the annex item
// by item, the entries behind each figure, and how to check all of it, in six languages.
//
// The archive is a function of the release and of the program's version: files stand
// in one order, bear one date, and hold nothing that anybody wrote, so that an
// erasure changes none of it. Whoever makes it again gets the same bytes.
package bundle

import (
	"archive/zip"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"kept/internal/compact"
	"kept/internal/locale"
	"kept/internal/report"
	"kept/internal/stakeholder/sheet"
)

// MaxRecords is how many rows the list of entries behind figures may have: lists are
// taken whole, in the order of their figures, while they fit.
const MaxRecords = 2_000_000

// Bundle is what an archive is made of.
type Bundle struct {
	Release int64           // the entry that released the report
	Frozen  []byte          // figures.json
	Figures *report.Figures // the same, read
	Digest  string
	Pack    *compact.Pack      // that the figures name
	Behind  map[string][]int64 // long lists of entries, by figure
}

// made is the date that every file bears: the first that an archive can.
var made = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// Write writes the archive.
func (b *Bundle) Write(w io.Writer) error {
	z := zip.NewWriter(w)
	for _, l := range locale.Langs {
		if err := b.file(z, "README."+string(l)+".md", func(w io.Writer) error { _, err := w.Write(b.readme(l)); return err }); err != nil {
			return err
		}
	}
	if err := b.file(z, "figures.json", func(w io.Writer) error { _, err := w.Write(b.Frozen); return err }); err != nil {
		return err
	}
	for _, t := range b.tables() {
		if err := b.file(z, t.name, t.write); err != nil {
			return err
		}
	}
	return z.Close()
}

func (b *Bundle) file(z *zip.Writer, name string, write func(io.Writer) error) error {
	h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: made}
	h.SetMode(0o644)
	w, err := z.CreateHeader(h)
	if err != nil {
		return err
	}
	return write(w)
}

// file is one table of the archive.
type file struct {
	name    string
	columns []string
	rows    func(row func(cells ...string))
	sample  bool
}

// write writes a table as CSV. Cells that a spreadsheet would run are made harmless.
func (f file) write(w io.Writer) error {
	out := csv.NewWriter(w)
	row := func(cells ...string) {
		if f.sample {
			cells = append([]string{"true"}, cells...)
		}
		for n := range cells {
			cells[n] = sheet.Harmless(cells[n])
		}
		_ = out.Write(cells) // the writer keeps its first error
	}
	columns := f.columns
	if f.sample {
		columns = append([]string{"sample"}, columns...)
	}
	_ = out.Write(columns)
	f.rows(row)
	out.Flush()
	return out.Error()
}

// tables are the files of the archive that are tables, in their order.
func (b *Bundle) tables() []file {
	list := []file{
		{name: "figures.csv", columns: FigureColumns, rows: b.figures},
		{name: "items.csv", columns: ItemColumns, rows: b.items},
		{name: "records.csv", columns: RecordColumns, rows: b.records},
	}
	for _, c := range b.Figures.Chapters {
		for _, t := range c.Tables {
			list = append(list, file{name: "tables/" + t.ID + ".csv", columns: append([]string{"key"}, t.Columns...), rows: b.table(t)})
		}
	}
	for n := range list {
		list[n].sample = b.Pack.Sample
	}
	return list
}

// Columns of the tables that every archive has. What each means stands in the README.
var (
	FigureColumns = []string{"chapter", "figure", "label_en", "value", "unit", "why", "method", "round", "query", "records", "records_sha256",
		"indicator", "slice", "area", "year", "release", "nature", "snapshot", "entry"}
	ItemColumns   = []string{"item", "commitments", "intents", "elsewhere", "withdrawn", "reports", "parties", "endorsers", "bodies", "series", "targets", "sources"}
	RecordColumns = []string{"figure", "entry"}
)

func (b *Bundle) figures(row func(...string)) {
	for _, c := range b.Figures.Chapters {
		for _, f := range c.Figures {
			row(c.ID, f.ID, report.Label(b.Pack, f.ID, locale.English), f.Value, f.Unit, f.Why, f.Method, f.Round, f.Query, number(max(f.RecordsCount, int64(len(f.Records)))), f.RecordsDigest,
				f.Indicator, f.Slice, f.Area, f.Year, f.Release, f.Nature, f.Snapshot, number(f.Entry))
		}
	}
}

// table lays the values of figures out as the report does; one without a value is empty.
func (b *Bundle) table(t report.Table) func(row func(...string)) {
	return func(row func(...string)) {
		for _, r := range t.Rows {
			cells := []string{r.Key}
			for _, id := range r.Figures {
				f, _ := b.Figures.Figure(id)
				cells = append(cells, f.Value)
			}
			row(cells...)
		}
	}
}

func (b *Bundle) items(row func(...string)) {
	for _, i := range b.Figures.Items {
		row(i.Item, numbers(i.Commitments), numbers(i.Intents), numbers(i.Elsewhere), numbers(i.Withdrawn), numbers(i.Reports), numbers(i.Parties), numbers(i.Endorsers),
			strings.Join(i.Bodies, " "), strings.Join(i.Series, " "), strings.Join(i.Targets, " "), strings.Join(i.Sources, " "))
	}
}

// records are the entries behind each figure, one a row.
func (b *Bundle) records(row func(...string)) {
	for _, f := range b.listed() {
		for _, entry := range f.Records {
			row(f.ID, strconv.FormatInt(entry, 10))
		}
	}
}

// listed are the figures whose entries fit into the archive, with their whole lists.
func (b *Bundle) listed() (list []report.Figure) {
	rows := 0
	for _, c := range b.Figures.Chapters {
		for _, f := range c.Figures {
			if f.RecordsCount > 0 {
				f.Records = b.Behind[f.ID]
			}
			if rows += len(f.Records); rows > MaxRecords {
				return list
			}
			if len(f.Records) > 0 {
				list = append(list, f)
			}
		}
	}
	return list
}

// LeftOut names the figures whose lists of entries are not in the archive.
func (b *Bundle) LeftOut() (ids []string) {
	listed := b.listed()
	for _, c := range b.Figures.Chapters {
		for _, f := range c.Figures {
			if f.RecordsCount > 0 && !slices.ContainsFunc(listed, func(l report.Figure) bool { return l.ID == f.ID }) {
				ids = append(ids, f.ID)
			}
		}
	}
	return ids
}

// number writes an entry or a count; none is an empty cell.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func numbers(ids []int64) string {
	out := make([]string, len(ids))
	for n, id := range ids {
		out[n] = strconv.FormatInt(id, 10)
	}
	return strings.Join(out, " ")
}
