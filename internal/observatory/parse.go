package observatory

import (
	"bytes"
	"encoding/json"
	"io"

	"kept/internal/compact/area"
	"kept/internal/locale"
)

// Parse reads the bytes of a snapshot by the rules of its format.
func Parse(format string, text []byte, m Mapping, areas *area.Set) (Parsed, error) {
	switch format {
	case CSV:
		return ParseCSV(bytes.NewReader(text), m, areas)
	case WorldBank:
		return ParseWorldBank(m, areas, text)
	}
	return Parsed{}, locale.E("err.data.format", "format", shorten(format, 40))
}

// FindRow gives the very bytes of a row of a snapshot: in CSV the row that begins
// on a line of the file, in the World Bank's JSON the row at a place. io.EOF means
// that there is no such row.
func FindRow(format string, text []byte, m Mapping, line int) ([]byte, error) {
	if format == WorldBank {
		return findWorldBankRow(text, line)
	}
	rows, err := newRowReader(bytes.NewReader(text), m.Delimiter)
	if err != nil {
		return nil, err
	}
	for {
		_, at, err := rows.next()
		if err != nil {
			return nil, err
		}
		if at == line {
			return bytes.Clone(trimEnd(rows.raw)), nil
		}
	}
}

func findWorldBankRow(text []byte, line int) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	var found json.RawMessage
	n := 0
	err := worldBankPages(decoder, func(worldBankHead) error { return nil }, func() error {
		var row json.RawMessage
		if err := decoder.Decode(&row); err != nil {
			return err
		}
		if n++; n == line {
			found = row
		}
		return nil
	})
	if err == nil && found == nil {
		err = io.EOF
	}
	return found, err
}

// Header gives the names of the columns of a CSV snapshot, to be read beside a row.
func Header(text []byte, m Mapping) ([]string, error) {
	rows, err := newRowReader(bytes.NewReader(text), m.Delimiter)
	if err != nil {
		return nil, err
	}
	header, _, err := rows.next()
	return header, err
}
