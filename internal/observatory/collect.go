package observatory

import (
	"net/url"
	"strconv"
	"strings"

	"kept/internal/compact/area"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// collector gathers the observations of one source and keeps the account of
// every cell.
type collector struct {
	m      Mapping
	areas  *area.Set
	parsed Parsed
	seen   map[key]int       // → place in observations
	found  map[string]string // area code → id, "" when unknown
	clash  map[int]bool      // places of observations that are contradicted
	slices map[string]bool
}

type key struct {
	slice, area string // area: the id, or the source's code of one that is not known
	period      Period
	known       bool
}

func keyOf(o *Observation) key {
	if o.Area != "" {
		return key{o.Slice, o.Area, o.Period, true}
	}
	return key{o.Slice, o.SourceArea, o.Period, false}
}

func newCollector(m Mapping, areas *area.Set) *collector {
	return &collector{
		m: m, areas: areas, seen: make(map[key]int), found: make(map[string]string), clash: make(map[int]bool), slices: make(map[string]bool),
		parsed: Parsed{ProblemCount: make(map[string]int)},
	}
}

// problem notes a fault of a row. The first MaxProblems are kept whole, all are counted.
func (c *collector) problem(line int, column, key string, kept bool, params ...string) {
	c.parsed.ProblemCount[key]++
	if len(c.parsed.Problems) < MaxProblems {
		for i := 1; i < len(params); i += 2 {
			params[i] = shorten(params[i], 120)
		}
		c.parsed.Problems = append(c.parsed.Problems, Problem{line, shorten(column, 120), key, params, kept})
	}
}

// bad notes a cell that could not be taken.
func (c *collector) bad(line int, column, key string, params ...string) {
	c.parsed.Counts.Bad++
	c.problem(line, column, key, false, params...)
}

// area finds our id of a source's code. One source has one scheme of codes; the
// World Bank's two differ in length.
func (c *collector) area(scheme, code string) string {
	if code == c.m.World && code != "" {
		return c.areas.World().ID
	}
	id, known := c.found[code]
	if !known {
		id = c.look(scheme, code)
		c.found[strings.Clone(code)] = id
	}
	return id
}

// look asks the area pack. ISO codes are compared in capitals; a region is found
// by its M49 digits only, since other codes of regions mean other regions.
func (c *collector) look(scheme, code string) string {
	var found *area.Area
	switch scheme {
	case "iso2":
		found, _ = c.areas.ByISO2(strings.ToUpper(code))
	case "iso3":
		found, _ = c.areas.ByISO3(strings.ToUpper(code))
	case "name":
		found, _ = c.areas.ByName(code)
	case "m49":
		if found, _ = c.areas.ByM49(code); found == nil {
			if region, ok := c.areas.RegionByID(padM49(code)); ok {
				return region.ID
			}
		}
	}
	if found == nil {
		return ""
	}
	return found.ID
}

// padM49 gives a code its leading zeros back, which spreadsheets take off.
func padM49(code string) string {
	if len(code) < 3 && code != "" {
		return "000"[len(code):] + code
	}
	return code
}

// number reads the value of a cell: no value, a decimal, or a fault.
func (c *collector) number(line int, column, text string, o *Observation) bool {
	if c.m.DecimalComma {
		text = strings.Replace(text, ",", ".", 1)
	}
	d, rounded, fault := parseDecimal(text)
	if fault != "" {
		c.bad(line, column, string(fault), "text", text)
		return false
	}
	if rounded {
		c.parsed.Counts.Rounded++
	}
	o.Value, o.HasValue = d, true
	return true
}

// add takes an observation. The same key with the same value again is counted
// once and noted. With another value neither is taken: which of the two rows is
// right is not for a program to guess.
func (c *collector) add(o Observation) {
	k := keyOf(&o)
	at, again := c.seen[k]
	if !again {
		c.slices[o.Slice] = true
		c.seen[k] = len(c.parsed.Observations)
		c.parsed.Observations = append(c.parsed.Observations, o)
		return
	}
	first := c.parsed.Observations[at]
	where := []string{"area", o.SourceArea, "period", o.Period.String(), "first", strconv.Itoa(first.Line)}
	if first.HasValue == o.HasValue && first.Value == o.Value {
		c.parsed.Counts.Repeated++
		c.problem(o.Line, "", "problem.repeated", true, where...)
		return
	}
	if !c.clash[at] {
		c.clash[at] = true
		c.parsed.Counts.Conflicting++ // the first row
	}
	c.parsed.Counts.Conflicting++
	c.problem(o.Line, "", "problem.conflict", false, append(where, "one", first.text(), "other", o.text())...)
}

func (o Observation) text() string {
	if !o.HasValue {
		return "–"
	}
	return o.Value.String()
}

// Names of areas and slices are keys in the store; what is longer is no name.
const (
	longestArea  = 200
	longestSlice = 400
)

// named finds the area of an observation by its code, or by its label where it
// has no code, and says whether there is one.
func (c *collector) named(o *Observation, column, scheme, code string) bool {
	o.SourceArea = line(code)
	if o.SourceArea == "" {
		o.SourceArea = o.Label
		scheme = "own"
	}
	switch {
	case o.SourceArea == "":
		c.problem(o.Line, column, "problem.area_empty", false)
		return false
	case len(o.SourceArea) > longestArea:
		c.problem(o.Line, column, "problem.long", false, "text", o.SourceArea, "limit", strconv.Itoa(longestArea))
		return false
	case len(o.Slice) > longestSlice:
		c.problem(o.Line, "", "problem.long", false, "text", o.Slice, "limit", strconv.Itoa(longestSlice))
		return false
	}
	o.Area = c.area(scheme, o.SourceArea)
	return true
}

// line makes one clean line of a source's text: no control characters, which
// could turn a page around, and no outer blanks. Nearly all are clean already.
func line(s string) string {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			return keeper.Line(s)
		}
	}
	return s
}

// bounded refuses a source whose columns were mixed up, so that each row makes a
// slice or an area of its own.
func (c *collector) bounded() error {
	switch {
	case c.parsed.Counts.Rows > MaxRows:
		return locale.E("err.data.too_many_rows", "limit", MaxRows)
	case len(c.slices) > MaxSlices:
		return locale.E("err.data.too_many_slices", "limit", MaxSlices)
	case len(c.found) > MaxAreas:
		return locale.E("err.data.too_many_areas", "limit", MaxAreas)
	}
	return nil
}

// finish takes out what was contradicted and closes the account.
func (c *collector) finish() Parsed {
	kept := c.parsed.Observations[:0]
	for i, o := range c.parsed.Observations {
		if c.clash[i] {
			continue
		}
		kept = append(kept, o)
		if !o.HasValue {
			c.parsed.Counts.NoValue++
		}
		if _, country := c.areas.ByID(o.Area); !country {
			c.parsed.Counts.Outside++
		}
	}
	c.parsed.Observations = kept
	c.parsed.Counts.Observations = len(kept)
	return c.parsed
}

// future says whether a period begins after the date of retrieval.
func (c *collector) future(p Period) bool {
	return !c.m.Future && c.m.Until != "" && p.begins() > c.m.Until
}

// sliceOf writes the values of the other dimensions as one key.
func sliceOf(dimensions []Dimension, values func(i int) string) string {
	parts := make([]string, len(dimensions))
	for i, d := range dimensions {
		code := line(values(i))
		if ours, mapped := d.Codes[code]; mapped {
			code = ours
		}
		parts[i] = d.ID + "=" + url.QueryEscape(code)
	}
	return strings.Join(parts, ";")
}
