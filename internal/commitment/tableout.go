package commitment

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"

	"kept/internal/commitment/reportsheet"
	"kept/internal/db"
	"kept/internal/locale"
	"kept/internal/stakeholder/sheet"
)

// WriteTable writes the commitments that a party leads and that are open as the table
// that [ImportCommitments] takes back: with their numbers and versions, an empty cell
// for the reason, and as many columns as they fill. A text in the language in which
// its commitment was written stands under the plain heading, others under name.fr.
func WriteTable(tx *db.Tx, party int64, l locale.Lang, today string, out io.Writer) (n int, err error) {
	ids, err := openOf(tx, party)
	if err != nil {
		return 0, err
	}
	rows := make([]map[string]string, len(ids))
	used := map[string]bool{}
	for i, id := range ids {
		v, err := Get(tx, id, today)
		if err != nil {
			return 0, err
		}
		rows[i] = tableCells(v)
		for name := range rows[i] {
			used[name] = true
		}
	}
	head := tableHead(used)
	if _, err := io.WriteString(out, "\ufeff"); err != nil {
		return 0, err
	}
	w := csv.NewWriter(out)
	w.Comma = reportsheet.Separator(l)
	if err := w.Write(head); err != nil {
		return 0, err
	}
	cells := make([]string, len(head))
	for _, row := range rows {
		for i, name := range head {
			cells[i] = sheet.Harmless(row[name])
		}
		if err := w.Write(cells); err != nil {
			return 0, err
		}
	}
	w.Flush()
	return len(rows), w.Error()
}

// tableCells are the cells of a commitment by their headings.
func tableCells(v View) map[string]string {
	cells := map[string]string(answersOf(v))
	for _, f := range tableFields {
		if !f.Words {
			continue
		}
		delete(cells, f.Name)
		for lang, text := range inLanguages(v.Words, f.Name) {
			cells[textColumn(f.Name, lang, v.Facts.Lang)] = text
		}
	}
	cells[columnParty], cells[columnNumber], cells[columnVersion] = strconv.FormatInt(v.Party, 10), strconv.FormatInt(v.ID, 10), strconv.FormatInt(v.Version, 10)
	return cells
}

// tableHead are the headings: every field of the form, of each list as many rows as
// any commitment fills and at least one, and of texts each language that the import knows.
func tableHead(used map[string]bool) []string {
	depth := map[string]int{}
	for _, f := range tableFields {
		if f.list != "" && used[f.Name] {
			depth[f.list] = f.n
		}
	}
	head := []string{columnParty, columnNumber, columnVersion, columnReason}
	for _, f := range tableFields {
		if f.list != "" && f.n > depth[f.list] {
			continue
		}
		head = append(head, f.Name)
		for _, lang := range tableLangs {
			if name := f.Name + "." + string(lang); f.Words && used[name] {
				head = append(head, name)
			}
		}
	}
	return head
}

// tableLangs are the languages that a heading can name.
var tableLangs = append(slices.Clone(locale.Langs), sheet.Und)
