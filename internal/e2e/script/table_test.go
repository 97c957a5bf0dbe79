package script

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// begins begins a file of the script's own.
func (w *world) begins(name string) error {
	w.writing = filepath.Join(w.dir, name)
	return os.WriteFile(w.writing, nil, 0o600)
}

// fileLine adds a line to the file that was begun.
func (w *world) fileLine(text string) error {
	f, err := os.OpenFile(w.writing, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(text + "\n"); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// cell fills one cell of a table: FILE ROW, COLUMN = TEXT. It is a step of whoever
// fills in a sheet: the keys of the text, and one to go to the next cell.
func (w *world) cell(rest string) error {
	place, text, ok := strings.Cut(rest, " = ")
	name, place, parted := strings.Cut(place, " ")
	row, column, named := strings.Cut(place, ", ")
	if !ok || !parted || !named {
		return errors.New("cell is written FILE ROW, COLUMN = TEXT")
	}
	path := filepath.Join(w.dir, name)
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	mark := "\ufeff"
	b, marked := bytes.CutPrefix(b, []byte(mark))
	r := csv.NewReader(bytes.NewReader(b))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		return err
	}
	at := slices.Index(rows[0], column)
	line := slices.IndexFunc(rows, func(cells []string) bool { return slices.Contains(cells, row) })
	if at < 0 || line < 0 {
		return fmt.Errorf("%s has the columns %q and no such row or column", name, rows[0])
	}
	rows[line][at] = text
	w.keys += len([]rune(text)) + 1
	w.cells++
	var out bytes.Buffer
	if marked {
		out.WriteString(mark)
	}
	if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
		return err
	}
	return os.WriteFile(path, out.Bytes(), 0o600)
}
