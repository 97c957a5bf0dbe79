package keeper

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"kept/internal/db"
)

// Place is a column of a private table in which a text was found.
type Place struct {
	Table, Column string
	Rows          int64
}

// anywhere is from how many bytes on a text is sought inside other texts. A
// shorter one is sought as a whole value only: "Roads" stands in many sentences
// that have nothing to do with it.
const anywhere = 12

// needle is a text as a private row may hold it.
type needle struct {
	bytes []byte
	with  []byte // what takes its place
	whole bool   // only as the whole value of a column
}

// needles are the forms in which rows hold texts: as they are, and as JSON spells them.
func needles(texts []string) (out []needle) {
	for _, text := range texts {
		if text == "" {
			continue
		}
		quoted, err := json.Marshal(text)
		if err != nil {
			continue // no text of a record fails to be JSON
		}
		var plain bytes.Buffer
		e := json.NewEncoder(&plain)
		e.SetEscapeHTML(false)
		_ = e.Encode(text)
		forms := [][]byte{quoted, bytes.TrimSuffix(plain.Bytes(), []byte("\n"))}
		for i, q := range forms {
			if i > 0 && bytes.Equal(q, forms[0]) {
				continue
			}
			out = append(out, needle{q, []byte(`""`), false})
			if inner := q[1 : len(q)-1]; len(text) >= anywhere && string(inner) != text {
				out = append(out, needle{inner, nil, false})
			}
		}
		out = append(out, needle{[]byte(text), nil, len(text) < anywhere})
	}
	return out
}

// cut takes a text out of a value.
func (n needle) cut(value []byte) []byte {
	if n.whole {
		if bytes.Equal(value, n.bytes) {
			return []byte{}
		}
		return value
	}
	return bytes.ReplaceAll(value, n.bytes, n.with)
}

// privateColumns are the columns of texts in tables that are neither the record
// nor its state: drafts, jobs, accounts, whatever packages keep in private.
func privateColumns(tx *db.Tx) ([]db.Column, error) {
	all, err := tx.Columns()
	if err != nil {
		return nil, err
	}
	state, err := stateTables(tx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(c db.Column) bool {
		return strings.HasPrefix(c.Table, "record_") || c.Table == "private_schema" || slices.Contains(state, c.Table)
	}), nil
}

// Forget cuts texts that are about to be erased out of all private tables, and
// tells where it found them. Tables that are spared are people's own, such as
// their accounts, and columns that are keys: there the texts stay, and are told
// as left. Only so the caller knows that nothing else in the store holds them.
func Forget(tx *db.Tx, texts, spared []string) (cut, left []Place, err error) {
	columns, err := privateColumns(tx)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range columns {
		for _, n := range needles(texts) {
			found, err := seek(tx, c, n)
			if err != nil {
				return nil, nil, err
			}
			if len(found) == 0 {
				continue
			}
			if c.Key || slices.Contains(spared, c.Table) {
				left = add(left, c, len(found))
				continue
			}
			for _, value := range found {
				if err := replace(tx, c, value, n.cut(value)); err != nil {
					return nil, nil, err
				}
			}
			cut = add(cut, c, len(found))
		}
	}
	return cut, left, nil
}

func add(places []Place, c db.Column, rows int) []Place {
	for i := range places {
		if places[i].Table == c.Table && places[i].Column == c.Name {
			places[i].Rows += int64(rows)
			return places
		}
	}
	return append(places, Place{c.Table, c.Name, int64(rows)})
}

// seek lists the different values of a column that hold a text.
func seek(tx *db.Tx, c db.Column, n needle) ([][]byte, error) {
	var arg any = string(n.bytes)
	condition := "instr(" + c.Name + ", ?) > 0"
	switch {
	case n.whole:
		condition = c.Name + " = ?"
	case tx.Dialect() == db.Postgres && c.Bytes:
		condition = "position(? in " + c.Name + ") > 0"
	case tx.Dialect() == db.Postgres:
		condition = "strpos(" + c.Name + ", ?) > 0"
	}
	if c.Bytes {
		arg = n.bytes
	}
	rows, err := tx.Query("SELECT DISTINCT "+c.Name+" FROM "+c.Table+" WHERE "+condition, arg)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found [][]byte
	for rows.Next() {
		var value []byte
		if c.Bytes {
			err = rows.Scan(&value)
		} else {
			var text string
			err = rows.Scan(&text)
			value = []byte(text)
		}
		if err != nil {
			return nil, err
		}
		found = append(found, value)
	}
	return found, rows.Err()
}

func replace(tx *db.Tx, c db.Column, old, now []byte) error {
	args := []any{string(now), string(old)}
	if c.Bytes {
		args = []any{now, old}
	}
	_, err := tx.Exec("UPDATE "+c.Table+" SET "+c.Name+" = ? WHERE "+c.Name+" = ?", args...)
	return err
}
