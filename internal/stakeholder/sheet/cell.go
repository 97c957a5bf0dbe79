package sheet

import (
	"math/big"
	"strings"
)

// Kind is what a cell holds, as far as the file says. In CSV everything is typed text.
type Kind int

// The kinds of cell.
const (
	Typed  Kind = iota // text, as somebody typed it
	Number             // a number; its text is a plain decimal, whatever the sheet shows
	Day                // a date; its text is 2026-03-31
	Truth              // yes or no; its text is 1 or 0
	Failed             // an error of the spreadsheet, such as #DIV/0!
)

// Cell is one cell of a row.
type Cell struct {
	Text     string
	Kind     Kind
	Percent  bool   // a number shown in per cent: its text is 0.25 where the sheet shows 25 %
	Formula  bool   // its text is what the spreadsheet reckoned last
	Unknown  bool   // a formula that was never reckoned
	Together string // the range that it is merged into, "B2:B4"
}

// Shown is the text as the sheet shows it: 25% for a quarter in per cent.
func (c Cell) Shown() string {
	if r, ok := new(big.Rat).SetString(c.Text); ok && c.Percent {
		text := r.Mul(r, big.NewRat(100, 1)).FloatString(9)
		return strings.TrimRight(strings.TrimRight(text, "0"), ".") + "%"
	}
	return c.Text
}

func blank(cells []Cell) bool {
	for _, c := range cells {
		if strings.TrimSpace(c.Text) != "" || c.Unknown {
			return false
		}
	}
	return true
}

// texts are the texts of cells, without blank space around them.
func texts(cells []Cell) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = strings.TrimSpace(c.Text)
	}
	return out
}

// ordinal is a column as spreadsheets letter it: 1 is A, 27 is AA.
func ordinal(column int) string {
	name := ""
	for ; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name
}

// place takes a reference apart: "C5" is column 3, row 5; zeros where it is none.
func place(ref string) (column, row int) {
	i := 0
	for ; i < len(ref) && i < 4 && ref[i] >= 'A' && ref[i] <= 'Z'; i++ {
		column = column*26 + int(ref[i]-'A') + 1
	}
	for j := i; j < len(ref); j++ {
		if ref[j] < '0' || ref[j] > '9' || j-i > 7 {
			return 0, 0
		}
		row = row*10 + int(ref[j]-'0')
	}
	if column == 0 || row == 0 {
		return 0, 0
	}
	return column, row
}

// Harmless is a cell of a CSV file that a spreadsheet does not run: what begins like a
// formula gets an apostrophe before it. Plain negative
// numbers stay numbers.
func Harmless(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return cell
	}
	if cell[0] == '-' && strings.Trim(cell[1:], "0123456789.") == "" && len(cell) > 1 {
		return cell
	}
	return "'" + cell
}

// Returned is what comes back of a text that was written with [Harmless].
func Returned(text string) string { return unwrap(Harmless(text)) }
