package reportsheet

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"kept/internal/locale"
)

// numeric are the columns that a spreadsheet should show as numbers.
var numeric = map[string]bool{colCommitment: true, colVersion: true, colReport: true, colIndicator: true, colMilestone: true, colTarget: true, colLast: true}

// widths of columns, in characters, where they differ from the usual.
var widths = map[string]float64{colTitle: 40, colName: 34, colHint: 30, colNarrative: 50, colEvidence: 40, colReason: 26, colBarriers: 26, colStatus: 18}

// explained is how many lines the second sheet has.
const explained = 9

// WriteXLSX writes the sheet as a workbook: the rows, a sheet that explains them, and
// the words that the drop-down lists take. Text is written as text, so that nothing
// that a party once typed is run as a formula.
func WriteXLSX(out io.Writer, l locale.Lang, today string, codes Codes, each Each) error {
	f := excelize.NewFile()
	defer f.Close()
	b := &bookWriter{file: f, lang: l, tab: l.T("reportsheet.tab.reports"), lists: l.T("reportsheet.tab.lists")}
	if err := f.SetSheetName("Sheet1", b.tab); err != nil {
		return err
	}
	steps := []func() error{b.styles, func() error { return b.rows(today, codes, each) }, b.explain, func() error { return b.words(codes) }}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	_, err := f.WriteTo(out)
	return err
}

type bookWriter struct {
	file             *excelize.File
	lang             locale.Lang
	tab, lists       string
	head, fill, date int
	stable, wrapped  int
}

// styles: headings stand out, cells to fill are light; a date that is typed shows as 2026-03-31.
func (b *bookWriter) styles() (err error) {
	make := func(s excelize.Style) int {
		id, failed := b.file.NewStyle(&s)
		if err == nil {
			err = failed
		}
		return id
	}
	align := &excelize.Alignment{WrapText: true, Vertical: "top"}
	iso := "yyyy-mm-dd"
	light := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFF8DC"}}
	edge := []excelize.Border{{Type: "bottom", Style: 1, Color: "BBBBBB"}, {Type: "left", Style: 1, Color: "BBBBBB"}}
	b.head = make(excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: align, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E4E4E4"}}})
	b.stable = make(excelize.Style{Alignment: align})
	b.fill = make(excelize.Style{Alignment: align, Fill: light, Border: edge})
	b.date = make(excelize.Style{Alignment: align, Fill: light, Border: edge, CustomNumFmt: &iso})
	b.wrapped = make(excelize.Style{Alignment: align})
	return err
}

func (b *bookWriter) rows(today string, codes Codes, each Each) error {
	w, err := b.file.NewStreamWriter(b.tab)
	if err != nil {
		return err
	}
	for i, c := range columns {
		width := widths[c]
		if width == 0 {
			width = 13
		}
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 2, TopLeftCell: "A3", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	heads, names := make([]any, len(columns)), make([]any, len(columns))
	for i, c := range columns {
		heads[i], names[i] = excelize.Cell{StyleID: b.head, Value: Heading(c, b.lang)}, c
	}
	if err := w.SetRow("A1", heads, excelize.RowOpts{Height: 45}); err != nil {
		return err
	}
	if err := w.SetRow("A2", names, excelize.RowOpts{Hidden: true}); err != nil {
		return err
	}
	row, cells := 2, make([]any, len(columns))
	err = each(func(k Known) error {
		return records(k, b.lang, today, func(texts []string) error {
			row++
			for i, text := range texts {
				cells[i] = b.cell(columns[i], text)
			}
			return w.SetRow("A"+strconv.Itoa(row), cells)
		})
	})
	if err != nil {
		return err
	}
	if err := b.dropDowns(row, codes); err != nil {
		return err
	}
	return w.Flush()
}

// cell types a cell: numbers as far as a spreadsheet keeps them whole, all else as text.
func (b *bookWriter) cell(column, text string) any {
	style := b.stable
	switch {
	case column == colValueOn:
		style = b.date
	case slices.Contains(toFill, column):
		style = b.fill
	}
	if text == "" {
		return excelize.Cell{StyleID: style}
	}
	if numeric[column] && len(strings.Trim(text, "-.")) <= 15 {
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return excelize.Cell{StyleID: style, Value: n}
		}
	}
	return excelize.Cell{StyleID: style, Value: text}
}

// listed are the columns with drop-down lists, in the order of the sheet of words.
var listed = []string{colReason, colStatus, colStep, colBarriers}

// dropDowns offers the words of codes in their columns. Barriers may be several, so
// another entry than one of the list is let through there.
func (b *bookWriter) dropDowns(last int, codes Codes) error {
	for i, c := range listed {
		v := excelize.NewDataValidation(true)
		letter, err := excelize.ColumnNumberToName(slices.Index(columns, c) + 1)
		if err != nil {
			return err
		}
		v.SetSqref(letter + "3:" + letter + strconv.Itoa(max(last, 3)))
		from, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		v.SetSqrefDropList("'" + b.lists + "'!$" + from + "$2:$" + from + "$" + strconv.Itoa(len(codes.of(c))+1))
		if c == colBarriers {
			v.ShowErrorMessage = false
		}
		if err := b.file.AddDataValidation(b.tab, v); err != nil {
			return err
		}
	}
	if b.lang.Dir() == "rtl" {
		yes := true
		return b.file.SetSheetView(b.tab, 0, &excelize.ViewOptions{RightToLeft: &yes})
	}
	return nil
}

// explain is the second sheet: a few lines on what to do.
func (b *bookWriter) explain() error {
	tab := b.lang.T("reportsheet.tab.explained")
	if _, err := b.file.NewSheet(tab); err != nil {
		return err
	}
	if err := b.file.SetColWidth(tab, "A", "A", 100); err != nil {
		return err
	}
	for n := 1; n <= explained; n++ {
		at := "A" + strconv.Itoa(n)
		if err := b.file.SetCellStr(tab, at, b.lang.T("reportsheet.explained."+strconv.Itoa(n))); err != nil {
			return err
		}
		if err := b.file.SetCellStyle(tab, at, at, b.wrapped); err != nil {
			return err
		}
	}
	return nil
}

// words is the third sheet: what the drop-down lists offer.
func (b *bookWriter) words(codes Codes) error {
	if _, err := b.file.NewSheet(b.lists); err != nil {
		return err
	}
	for i, c := range listed {
		cells := []string{Heading(c, b.lang)}
		for _, code := range codes.of(c) {
			cells = append(cells, b.lang.T(prefixes[c]+code))
		}
		letter, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := b.file.SetSheetCol(b.lists, letter+"1", &cells); err != nil {
			return err
		}
		if err := b.file.SetColWidth(b.lists, letter, letter, 28); err != nil {
			return err
		}
	}
	return nil
}
