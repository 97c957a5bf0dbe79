package observatory

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"kept/internal/locale"
)

// The formats that a snapshot can have. A format's name stands for its rules of
// parsing for ever; other rules would be another version.
const (
	CSV       = "csv/1"
	WorldBank = "worldbank/1"
)

// Mapping says what the columns of a source mean. It is kept as a blob of
// canonical JSON beside the bytes, so that anybody can parse them again.
type Mapping struct {
	Delimiter    string            `json:"delimiter,omitempty"`     // "," by default; ";" or a tab
	DecimalComma bool              `json:"decimal_comma,omitempty"` // values are written 3,14
	Area         string            `json:"area,omitempty"`          // column of the area's code
	AreaCode     string            `json:"area_code,omitempty"`     // iso2, iso3, m49, name, own
	AreaLabel    string            `json:"area_label,omitempty"`    // column of the source's name of the area
	World        string            `json:"world,omitempty"`         // the source's code for the whole world
	Period       string            `json:"period,omitempty"`        // column; none in the wide layout
	Value        string            `json:"value,omitempty"`         // column; none in the wide layout
	Wide         string            `json:"wide,omitempty"`          // wide layout: columns are this and a year; "#" alone: the bare year
	NA           []string          `json:"na,omitempty"`            // markers of no value, in the value column only
	Nature       string            `json:"nature,omitempty"`        // column
	Natures      map[string]string `json:"natures,omitempty"`       // the source's codes → ours; "unknown" is one of ours
	FixedNature  string            `json:"fixed_nature,omitempty"`  // of every value, where no column says it
	Status       string            `json:"status,omitempty"`        // column
	Unit         string            `json:"unit,omitempty"`          // column
	Units        map[string]string `json:"units,omitempty"`         // codes of one unit that changed between releases → one of them
	Base         string            `json:"base,omitempty"`          // column
	Note         string            `json:"note,omitempty"`          // column
	Where        []Condition       `json:"where,omitempty"`         // rows of another series are left out
	Dimensions   []Dimension       `json:"dimensions,omitempty"`    // other dimensions, each value a slice
	Series       string            `json:"series,omitempty"`        // the World Bank's id of the indicator
	Future       bool              `json:"future,omitempty"`        // projections: periods after the retrieval are no fault

	Until string `json:"-"` // date of retrieval: no later period has a value
}

// Condition keeps the rows whose column has a value.
type Condition struct {
	Column string `json:"column"`
	Value  string `json:"value"`
}

// Dimension makes a slice of each value of a column. Sources rename their codes
// between releases; Codes keeps a slice the same slice.
type Dimension struct {
	ID     string            `json:"id"`
	Column string            `json:"column"`
	Codes  map[string]string `json:"codes,omitempty"` // the source's → ours
}

// bareYear stands in Mapping.Wide for columns that are named by the year alone.
const bareYear = "#"

var areaCodes = []string{"iso2", "iso3", "m49", "name", "own"}

// DecodeMapping reads a mapping from the JSON of its blob. A key that it does
// not know is a fault: it might have changed what the values mean.
func DecodeMapping(blob []byte) (Mapping, error) {
	decoder := json.NewDecoder(strings.NewReader(string(blob)))
	decoder.DisallowUnknownFields()
	var m Mapping
	if err := decoder.Decode(&m); err != nil {
		return m, locale.E("err.data.mapping_json", "detail", err.Error())
	}
	return m, nil
}

// Validate says what is wrong with a mapping by itself, for a format.
func (m Mapping) Validate(format string) error {
	var faults locale.Errors
	fault := func(field, key string, args ...any) { faults.AddField(field, locale.E(key, args...)) }
	if format == WorldBank {
		return nil
	}
	if m.Area == "" {
		fault("area", "err.data.mapping_missing")
	}
	if !slices.Contains(areaCodes, m.AreaCode) {
		fault("area_code", "err.data.mapping_choice", "choices", strings.Join(areaCodes, ", "))
	}
	if m.Wide == "" && m.Period == "" {
		fault("period", "err.data.mapping_missing")
	}
	if m.Wide == "" && m.Value == "" {
		fault("value", "err.data.mapping_missing")
	}
	if m.Wide != "" && m.Period+m.Value != "" {
		fault("wide", "err.data.mapping_wide")
	}
	if !slices.Contains([]string{"", ",", ";", "\t"}, m.Delimiter) {
		fault("delimiter", "err.data.mapping_choice", "choices", `, ; \t`)
	}
	if _, ok := natures[strings.ToUpper(m.FixedNature)]; !ok {
		fault("fixed_nature", "err.data.mapping_choice", "choices", "C, CA, E, M, G")
	}
	for _, code := range m.Natures {
		if _, ok := natures[strings.ToUpper(code)]; !ok {
			fault("natures", "err.data.mapping_choice", "choices", "C, CA, E, M, G, unknown")
		}
	}
	for i, d := range m.Dimensions {
		if d.ID == "" || d.Column == "" || strings.ContainsAny(d.ID, "=;") {
			fault("dimensions."+strconv.Itoa(i), "err.data.mapping_missing")
		}
	}
	return faults.Err()
}

// natures are the source codes that need no mapping, in capitals.
var natures = map[string]Nature{
	"": Unknown, "C": Country, "CA": Adjusted, "E": Estimated, "M": Modelled, "G": Global,
	"UNKNOWN": Unknown, "NA": Unknown, "_X": Unknown, "N": Unknown,
}

// nature reads a source's nature, which some write as "C: Country data". ok is
// false for a code that neither the mapping nor the list above knows, and for
// several at once ("C: Country data // E: Estimated data", of a wide row).
func (m Mapping) nature(text string) (n Nature, ok bool) {
	if text == "" {
		return natures[strings.ToUpper(m.FixedNature)], true
	}
	if ours, mapped := m.Natures[text]; mapped {
		return natures[strings.ToUpper(ours)], true
	}
	code, name, _ := strings.Cut(text, ":")
	if strings.Contains(name, ":") {
		return Unknown, false
	}
	n, ok = natures[strings.ToUpper(strings.TrimSpace(code))]
	return n, ok
}

// columns are the places of the mapped columns in a header; -1 is none.
type columns struct {
	width                            int
	area, label, period, value       int
	nature, status, unit, base, note int
	where, dimensions                []int
	cells                            []cell // wide layout
	names                            []string
}

// cell is a column of the wide layout.
type cell struct {
	column int
	period Period
}

// bind finds the mapped columns in a header. A header that does not fit is an
// error that lists what was found: the remedy is another mapping or another file.
func (m Mapping) bind(header []string) (columns, error) {
	c := columns{width: len(header), names: header}
	var missing, twice []string
	find := func(name string) int {
		if name == "" {
			return -1
		}
		at := slices.Index(header, name)
		switch {
		case at < 0:
			missing = append(missing, name)
		case slices.Index(header[at+1:], name) >= 0:
			twice = append(twice, name)
		}
		return at
	}
	c.area, c.label, c.period, c.value = find(m.Area), find(m.AreaLabel), find(m.Period), find(m.Value)
	c.nature, c.status, c.unit, c.base, c.note = find(m.Nature), find(m.Status), find(m.Unit), find(m.Base), find(m.Note)
	for _, w := range m.Where {
		c.where = append(c.where, find(w.Column))
	}
	for _, d := range m.Dimensions {
		c.dimensions = append(c.dimensions, find(d.Column))
	}
	if m.Wide != "" {
		c.cells = m.years(header)
		if len(c.cells) == 0 {
			missing = append(missing, m.Wide+"2000 …")
		}
	}
	found := strings.Join(header, ", ")
	if len(missing) > 0 {
		return c, locale.E("err.data.columns", "missing", strings.Join(missing, ", "), "found", shorten(found, 2000))
	}
	if len(twice) > 0 {
		return c, locale.E("err.data.columns_twice", "columns", strings.Join(twice, ", "), "found", shorten(found, 2000))
	}
	return c, nil
}

// years finds the columns of the wide layout: the prefix and four digits, no more.
func (m Mapping) years(header []string) (cells []cell) {
	prefix := m.Wide
	if prefix == bareYear {
		prefix = ""
	}
	for i, name := range header {
		year, ok := strings.CutPrefix(name, prefix)
		if !ok || len(year) != 4 {
			continue
		}
		if p, ok := ParsePeriod(year); ok {
			cells = append(cells, cell{i, p})
		}
	}
	return cells
}

// shorten cuts a text for a message, at a letter's end.
func shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && s[limit]&0xC0 == 0x80 {
		limit--
	}
	return s[:limit] + "…"
}
