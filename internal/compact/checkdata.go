package compact

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
)

// mappingKeys are what an indicator says about its table or answer: the form, and
// which column holds what.
var mappingKeys = []string{"format", "area", "area_code", "period", "value", "nature", "status", "note", "unit", "delimiter", "na"}

// columnKeys are those whose value names a column of a CSV table.
var columnKeys = []string{"area", "period", "value", "nature", "status", "note"}

// checkIndicator looks whether an indicator's table is there and has the columns that the mapping names.
func (p *Pack) checkIndicator(d *decoder, i *Indicator) {
	for key := range i.Mapping {
		if !slices.Contains(mappingKeys, key) {
			d.faultAt(i, "mapping", "unknown_key", "key", key, "known", strings.Join(mappingKeys, ", "))
		}
	}
	if i.Decimals > 9 {
		d.faultAt(i, "decimals", "too_great", "max", 9)
	}
	if format := i.Mapping["format"]; format != "" && format != "csv" && format != "worldbank" {
		d.faultAt(i, "mapping", "not_one_of", "value", format, "known", "csv, worldbank")
	}
	if code := i.Mapping["area_code"]; code != "" && !slices.Contains([]string{"iso3", "iso2", "m49", "name", "source"}, code) {
		d.faultAt(i, "mapping", "not_one_of", "value", code, "known", "iso3, iso2, m49, name, source")
	}
	if i.File == "" {
		return
	}
	table, ok := p.Data[i.File]
	if !ok {
		d.faultAt(i, "file", "no_table", "file", i.File)
		return
	}
	for _, key := range []string{"area", "period", "value"} {
		if i.Mapping[key] == "" {
			d.faultAt(i, "mapping", "missing_key", "key", key)
		}
	}
	p.checkTable(d, i, table)
}

// checkTable reads the table once, so that a broken one is found here and not when the site starts.
func (p *Pack) checkTable(d *decoder, i *Indicator, table []byte) {
	in := csv.NewReader(bytes.NewReader(table))
	in.Comment = '#'
	switch delimiter := i.Mapping["delimiter"]; delimiter {
	case "", ",", ";":
		if delimiter != "" {
			in.Comma = rune(delimiter[0])
		}
	case "tab":
		in.Comma = '\t'
	default:
		d.faultAt(i, "mapping", "not_one_of", "value", delimiter, "known", ", ; tab")
		return
	}
	head, err := in.Read()
	if err != nil {
		d.faultTable(i.File, err)
		return
	}
	for _, key := range columnKeys {
		if column := i.Mapping[key]; column != "" && !slices.Contains(head, column) {
			d.faultAt(i, "mapping", "no_column", "column", column, "file", i.File)
		}
	}
	for column := range i.Where {
		if !slices.Contains(head, column) {
			d.faultAt(i, "where", "no_column", "column", column, "file", i.File)
		}
	}
	for err == nil {
		_, err = in.Read()
	}
	if !errors.Is(err, io.EOF) {
		d.faultTable(i.File, err)
	}
}

func (d *decoder) faultTable(file string, err error) {
	var at *csv.ParseError
	if errors.As(err, &at) {
		d.add(file, &node{line: at.Line, column: at.Column}, "csv", "detail", at.Err.Error())
		return
	}
	d.add(file, nil, "csv", "detail", err.Error())
}
