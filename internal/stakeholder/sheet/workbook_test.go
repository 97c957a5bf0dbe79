package sheet_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"kept/internal/locale"
	"kept/internal/stakeholder/sheet"
)

// parts makes a workbook of these parts, with what every workbook needs around them.
func parts(t testing.TB, own map[string]string) string {
	t.Helper()
	all := map[string]string{
		"[Content_Types].xml":        `<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
		"xl/workbook.xml":            `<workbook><sheets><sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   rowsXML(`<row r="1"><c t="inlineStr"><is><t>name</t></is></c><c t="inlineStr"><is><t>area</t></is></c></row><row r="2"><c t="inlineStr"><is><t>A</t></is></c><c t="inlineStr"><is><t>KEN</t></is></c></row>`),
	}
	for name, text := range own {
		all[name] = text
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range all {
		if text == "-" {
			continue
		}
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func rowsXML(rows string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><worksheet><sheetData>` + rows + `</sheetData></worksheet>`
}

// header is a row of the two columns that the tests read.
const header = `<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c><c r="B1" t="inlineStr"><is><t>area</t></is></c></row>`

func one(cells string) map[string]string {
	return map[string]string{"xl/worksheets/sheet1.xml": rowsXML(header + `<row r="2">` + cells + `</row>`)}
}

// book makes a workbook with the program's own library, an oracle for what we read.
func book(t testing.TB, fill func(f *excelize.File)) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestWorkbookCells reads what a spreadsheet wrote: text, numbers of every format,
// dates, formulas with what they came to.
func TestWorkbookCells(t *testing.T) {
	text := book(t, func(f *excelize.File) {
		s := "Sheet1"
		for i, h := range []string{"name", "area"} {
			must(t, f.SetCellStr(s, string(rune('A'+i))+"1", h))
		}
		day, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
		written := `[$-40C]d mmmm yyyy;@`
		long, _ := f.NewStyle(&excelize.Style{CustomNumFmt: &written})
		percent, _ := f.NewStyle(&excelize.Style{NumFmt: 10})
		money, _ := f.NewStyle(&excelize.Style{NumFmt: 4})
		values := []any{"plain", 1234.5, time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 31, 15, 0, 0, 0, time.UTC), 0.255, 1e6, true, 0.1 + 0.2, 1.0 / 3}
		for i, v := range values {
			at := fmt.Sprintf("A%d", i+2)
			must(t, f.SetCellValue(s, at, v))
			switch i {
			case 2:
				must(t, f.SetCellStyle(s, at, at, day))
			case 3:
				must(t, f.SetCellStyle(s, at, at, long))
			case 4:
				must(t, f.SetCellStyle(s, at, at, percent))
			case 5:
				must(t, f.SetCellStyle(s, at, at, money))
			}
		}
	})
	rows, faults := read(t, text, sheet.Limits{})
	want := []string{"2: plain/", "3: 1234.5/", "4: 2026-03-31/", "5: 2026-03-31/", "6: 25.5%/", "7: 1000000/", "8: 1/", "9: 0.3/", "10: 0.333333333/"}
	if len(faults) > 0 || !slices.Equal(rows, want) {
		t.Errorf("got %q, faults %v\nwant %q", rows, faults, want)
	}
}

func TestWorkbookKinds(t *testing.T) {
	s, err := sheet.Open(strings.NewReader(parts(t, one(`<c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>"K"</f><v>K</v></c>`))), sheet.Limits{})
	must(t, err)
	must(t, s.Bind(columns, nil))
	row, err := s.Next()
	must(t, err)
	if c := row.Cell("name"); c.Kind != sheet.Number || c.Text != "2" || !c.Formula || row.Ref("area") != "B2" || s.Formulas() != 2 || s.Tab() != "One" {
		t.Errorf("got %+v, %s, %d formulas, sheet %q", c, row.Ref("area"), s.Formulas(), s.Tab())
	}
	for name, tt := range map[string]struct {
		own  map[string]string
		want []string
	}{
		"shared texts, rich and with a reading aid": {map[string]string{"xl/sharedStrings.xml": `<sst><si><r><t>Light</t></r><r><t>house_x000D_</t></r><rPh><t>no</t></rPh></si><si><t>KEN</t></si></sst>`,
			"xl/worksheets/sheet1.xml": rowsXML(header + `<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c></row>`)}, []string{"2: Lighthouse/KEN"}},
		"days counted from 1904": {map[string]string{"xl/workbook.xml": `<workbook><workbookPr date1904="1"/><sheets><sheet name="One" r:id="rId1"/></sheets></workbook>`,
			"xl/styles.xml":            `<styleSheet><cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
			"xl/worksheets/sheet1.xml": rowsXML(header + `<row r="2"><c r="A2" s="1"><v>44650</v></c></row>`)}, []string{"2: 2026-03-31/"}},
		"rows and cells without places":           {map[string]string{"xl/worksheets/sheet1.xml": rowsXML(`<row><c t="inlineStr"><is><t>name</t></is></c></row><row/><row><c><v>7</v></c></row>`)}, []string{"3: 7/"}},
		"empty rows that only have a format":      {map[string]string{"xl/worksheets/sheet1.xml": rowsXML(header + `<row r="7"><c r="A7" s="1"/></row><row r="9"><c r="A9"><v>1</v></c><c r="XFD9" s="1"/></row>`)}, []string{"9: 1/"}},
		"an archive within, which nobody opens":   {map[string]string{"xl/embeddings/more.zip": parts(t, nil)}, []string{"2: A/KEN"}},
		"a formula in a column that nobody reads": {one(`<c r="A2"><v>1</v></c><c r="D2"><f>NOW()</f></c>`), []string{"2: 1/"}},
	} {
		t.Run(name, func(t *testing.T) {
			rows, faults := read(t, parts(t, tt.own), sheet.Limits{})
			if len(faults) > 0 || !slices.Equal(rows, tt.want) {
				t.Errorf("got %q, faults %v, want %q", rows, faults, tt.want)
			}
		})
	}
}

// lying makes an archive whose directory says that a part is small, while it
// unpacks to a great deal.
func lying(t testing.TB) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{"xl/workbook.xml": `<workbook><sheets><sheet name="One" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`} {
		w, err := z.Create(name)
		must(t, err)
		_, err = io.WriteString(w, text)
		must(t, err)
	}
	var packed bytes.Buffer
	d, _ := flate.NewWriter(&packed, 9)
	whole := rowsXML(header + strings.Repeat(`<row><c><v>1</v></c></row>`, 200_000))
	_, _ = io.WriteString(d, whole)
	must(t, d.Close())
	w, err := z.CreateRaw(&zip.FileHeader{Name: "xl/worksheets/sheet1.xml", Method: zip.Deflate, CRC32: crc32.ChecksumIEEE([]byte(whole)),
		CompressedSize64: uint64(packed.Len()), UncompressedSize64: 4000})
	must(t, err)
	_, err = w.Write(packed.Bytes())
	must(t, err)
	must(t, z.Close())
	return b.String()
}

// manyTexts are shared texts that do not pack well.
func manyTexts(n int) string {
	var b strings.Builder
	b.WriteString("<sst>")
	for i := range n {
		fmt.Fprintf(&b, "<si><t>%x</t></si>", uint64(i)*0x9E3779B97F4A7C15)
	}
	b.WriteString("</sst>")
	return b.String()
}

// TestHostileWorkbooks: each is refused with a remedy, and none takes memory that it does not deserve.
func TestHostileWorkbooks(t *testing.T) {
	many := map[string]string{}
	for i := range 120 {
		many[fmt.Sprintf("xl/media/%d.png", i)] = "x"
	}
	tests := []struct {
		name, text, key string
	}{
		{"merged cells", parts(t, map[string]string{"xl/worksheets/sheet1.xml": strings.Replace(rowsXML(header+`<row r="2"><c r="A2"><v>1</v></c></row><row r="3"><c r="A3"><v>1</v></c></row>`), "</worksheet>", `<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells></worksheet>`, 1)}), "err.sheet.merged"},
		{"a formula without its value", parts(t, one(`<c r="A2"><f>1+1</f></c>`)), "err.sheet.formula_unknown"},
		{"a formula that failed", parts(t, one(`<c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c>`)), "err.sheet.failed"},
		{"too many parts", parts(t, many), "err.sheet.parts"},
		{"a bomb by ratio", parts(t, map[string]string{"xl/media/a.bin": strings.Repeat("\x00", 3<<20)}), "err.sheet.ratio"},
		{"a bomb by size", parts(t, map[string]string{"xl/media/a.bin": strings.Repeat("0123456789abcdef", 4<<20)}), "err.sheet.unzipped"},
		{"a bomb of shared texts", parts(t, map[string]string{"xl/sharedStrings.xml": "<sst>" + strings.Repeat("<si><t>"+"ab"+"</t></si>", 500_001) + "</sst>"}), "err.sheet.ratio"},
		{"more shared texts than we take", parts(t, map[string]string{"xl/sharedStrings.xml": manyTexts(500_001)}), "err.sheet.shared"},
		{"a directory that lies", lying(t), "err.sheet.workbook_broken"},
		{"the same part twice", parts(t, map[string]string{`xl\workbook.xml`: "<workbook/>"}), "err.sheet.workbook_broken"},
		{"macros", parts(t, map[string]string{"xl/vbaProject.bin": "x"}), "err.sheet.macros"},
		{"macros by type", parts(t, map[string]string{"[Content_Types].xml": `<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>`}), "err.sheet.macros"},
		{"OpenDocument", parts(t, map[string]string{"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}), "err.sheet.ods"},
		{"binary workbook", parts(t, map[string]string{"xl/workbook.bin": "x", "xl/workbook.xml": "-"}), "err.sheet.workbook"},
		{"another archive", parts(t, map[string]string{"xl/workbook.xml": "-"}), "err.sheet.zip"},
		{"no relations", parts(t, map[string]string{"xl/_rels/workbook.xml.rels": "-"}), "err.sheet.workbook_broken"},
		{"entities", parts(t, map[string]string{"xl/worksheets/sheet1.xml": `<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData><row><c t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>`}), "err.sheet.workbook_broken"},
		{"XML that ends early", parts(t, map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row><c`}), "err.sheet.workbook_broken"},
		{"a text that nobody shares", parts(t, one(`<c r="A2" t="s"><v>5</v></c>`)), "err.sheet.workbook_broken"},
		{"rows that go back", parts(t, map[string]string{"xl/worksheets/sheet1.xml": rowsXML(header + `<row r="1"/>`)}), "err.sheet.workbook_broken"},
		{"cells that go back", parts(t, one(`<c r="B2"><v>1</v></c><c r="A2"><v>1</v></c>`)), "err.sheet.workbook_broken"},
		{"a huge cell", parts(t, one(`<c r="A2" t="inlineStr"><is><t>`+strings.Repeat("x", 70_000)+`</t></is></c>`)), "err.sheet.field_too_long"},
		{"too many columns", parts(t, one(`<c r="ZZZ2"><v>1</v></c>`)), "err.sheet.too_many_columns"},
		{"an empty sheet", parts(t, map[string]string{"xl/worksheets/sheet1.xml": rowsXML("")}), "err.sheet.empty"},
		{"larger than we take", "PK\x03\x04" + strings.Repeat("x", 21<<20), "err.sheet.file_large"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, faults := read(t, tt.text, sheet.Limits{})
			if len(faults) == 0 || faults[0].Err.Key != tt.key {
				t.Fatalf("got %v, want %s", faults, tt.key)
			}
			if faults[0].Remedy(locale.English) == "" {
				t.Errorf("no remedy for %s", tt.key)
			}
		})
	}
}

// TestLargeWorkbook: 200,000 rows are refused at the limit, in bounded memory.
func TestLargeWorkbook(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	must(t, err)
	must(t, w.SetRow("A1", []any{"name", "area"}))
	for i := 2; i <= 200_001; i++ {
		must(t, w.SetRow(fmt.Sprintf("A%d", i), []any{fmt.Sprintf("Party number %d", i*7919), i}))
	}
	must(t, w.Flush())
	var b bytes.Buffer
	must(t, f.Write(&b))
	text := b.String()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	rows, faults := read(t, text, sheet.Limits{})
	runtime.GC()
	runtime.ReadMemStats(&after)
	if len(rows) != 5000 || len(faults) != 1 || faults[0].Err.Key != "err.sheet.too_many_rows" {
		t.Fatalf("got %d rows and %v, want the limit", len(rows), faults)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 50<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
}

// TestSheetByHeader: the sheet is found by its header, wherever it stands and
// whatever stands above it; two alike are refused.
func TestSheetByHeader(t *testing.T) {
	rate := func(texts []string) int {
		n := 0
		for _, text := range texts {
			if text == "name" || text == "area" {
				n++
			}
		}
		return n
	}
	fill := func(f *excelize.File, tab string) {
		_, err := f.NewSheet(tab)
		must(t, err)
		must(t, f.SetCellStr(tab, "A1", "Our parties"))
		must(t, f.SetSheetRow(tab, "A3", &[]string{"area", "name"}))
		must(t, f.SetSheetRow(tab, "A4", &[]string{"KEN", "Kite"}))
	}
	open := func(tabs ...string) (*sheet.Sheet, error) {
		return sheet.OpenBy(strings.NewReader(book(t, func(f *excelize.File) {
			must(t, f.SetCellStr("Sheet1", "A1", "How to fill this in"))
			for _, tab := range tabs {
				fill(f, tab)
			}
		})), sheet.Limits{}, rate)
	}
	s, err := open("Data")
	must(t, err)
	must(t, s.Bind(columns, nil))
	row, err := s.Next()
	must(t, err)
	if row.Get("name") != "Kite" || row.Ref("name") != "B4" || s.Tab() != "Data" {
		t.Errorf("got %q at %s of %q", row.Get("name"), row.Ref("name"), s.Tab())
	}
	_, err = open("Data", "Data (2)")
	var f *sheet.Fault
	if !errors.As(err, &f) || f.Err.Key != "err.sheet.two_sheets" {
		t.Errorf("two alike: got %v", err)
	}
}

func FuzzWorkbook(f *testing.F) {
	f.Add(header+`<row r="2"><c r="A2"><f>1</f><v>1</v></c></row>`, `<si><t>x</t></si>`)
	f.Add(`<row><c t="s"><v>0</v></c></row>`, `<si><r><t>a_x000D_</t></r></si>`)
	f.Add(header+`<row r="3"><c r="ZZ3" t="b"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B9"/></mergeCells>`, "")
	limits := sheet.Limits{Rows: 50, Columns: 20, Field: 100, Line: 300}
	f.Fuzz(func(t *testing.T, rows, shared string) {
		text := parts(t, map[string]string{"xl/worksheets/sheet1.xml": rowsXML(rows), "xl/sharedStrings.xml": "<sst>" + shared + "</sst>",
			"xl/styles.xml": `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="9"/></cellXfs></styleSheet>`})
		s, err := sheet.Open(strings.NewReader(text), limits)
		if err != nil {
			var fault *sheet.Fault
			if !errors.As(err, &fault) {
				t.Fatalf("an error that names no place: %v", err)
			}
			return
		}
		if s.Bind(columns, nil) != nil {
			return
		}
		last := 0
		for {
			row, err := s.Next()
			if err == io.EOF {
				return
			}
			var fault *sheet.Fault
			if err != nil && !errors.As(err, &fault) {
				t.Fatalf("an error that names no place: %v", err)
			}
			if err != nil {
				continue
			}
			if row.Number <= last || len(row.Cell("name").Text) > limits.Field {
				t.Fatalf("row %d after %d, a cell of %d bytes", row.Number, last, len(row.Cell("name").Text))
			}
			last = row.Number
		}
	})
}
