// Package observatory keeps what the data says beside what was promised.
//
// A source publishes a file. The file's bytes are kept as a snapshot, by an act
// in the record that names their digest, licence and dates. Parsing them is
// pure: it gives observations, and a problem with its line number for each row
// that could not be taken; nothing is dropped silently. Where an indicator's
// values differ from those before, a new vintage stands beside the old one, and
// a figure on a page can be traced to the very line it came from.
//
//	source ─▶ snapshot.taken ─▶ ParseCSV, ParseWorldBank ─▶ vintage ─▶ blocks ─▶ view ─▶ page
//
// Terms: an indicator is what is measured; a slice is one indicator along one
// value of each other dimension (sex, speed), over all areas and periods; an
// observation is one value in it, of one area and period. A block holds a slice,
// or a range of its areas, in a few bytes an observation.
//
// Invariants: a missing value is not zero; a value is a decimal as the source
// wrote it and never passes through a binary float; an area that the area pack
// does not know stays under its source's label and is never merged with another;
// Apply reads the entry, the blobs it names and the transaction, nothing else.
package observatory

import "kept/internal/locale"

// Nature says where an observation comes from, in the codes of the SDG database.
type Nature string

// The natures that Kept tells apart.
const (
	Unknown   Nature = ""
	Country   Nature = "C"  // produced and disseminated by the country
	Adjusted  Nature = "CA" // the country's, adjusted by the agency
	Estimated Nature = "E"
	Modelled  Nature = "M"
	Global    Nature = "G" // from global monitoring
)

// Observation is one value of one area in one period.
type Observation struct {
	Slice      string // "sex=F"; empty when the indicator has no other dimension
	Area       string // id in the area pack; empty when the pack does not know the area
	SourceArea string // the source's code for it, or its label where it has no code
	Label      string // the source's name of the area, if the file has one
	Period     Period
	HasValue   bool // false: the source has the row, without a value
	Value      Decimal
	Attributes
	Line int // line of the source file, or place of the row in a JSON answer; from 1
}

// Attributes qualify a value. A change in any of them is a revision.
type Attributes struct {
	Nature Nature
	Status string // SDMX OBS_STATUS as the source writes it
	Unit   string
	Base   string // base period
	Note   string
}

// Key is the name that an area has inside a slice: its id, or "~" and the
// source's code, so that unknown areas sort after known ones and never meet them.
func (o Observation) Key() string {
	if o.Area != "" {
		return o.Area
	}
	return unknownMark + o.SourceArea
}

const unknownMark = "~"

// Problem is something wrong with one row of a source.
type Problem struct {
	Line   int      `json:"line"`
	Column string   `json:"column,omitempty"`
	Key    string   `json:"key"`              // message key
	Params []string `json:"params,omitempty"` // name, value, name, value …
	Kept   bool     `json:"kept,omitempty"`   // the observation was taken all the same
}

// In is the problem as a sentence in a language.
func (p Problem) In(l locale.Lang) string {
	args := make([]any, len(p.Params))
	for i, s := range p.Params {
		args[i] = s
	}
	return l.T(p.Key, args...)
}

// Counts account for every cell of a source that could have been a value:
// Cells = Observations + Blank + LeftOut + Repeated + Conflicting + Bad.
type Counts struct {
	Rows         int `json:"rows"`         // rows after the header, or rows of the answer
	Cells        int `json:"cells"`        // one a row; in the wide layout one a row and period
	Observations int `json:"observations"` // taken, with or without a value
	NoValue      int `json:"no_value"`     // of them without a value
	Outside      int `json:"outside"`      // of them for aggregates, and for areas that the area pack does not know
	Rounded      int `json:"rounded"`      // of them written with more digits than are kept
	Blank        int `json:"blank"`        // cells of the wide layout without a value: the layout makes them, not the source
	LeftOut      int `json:"left_out"`     // by the mapping's conditions
	Repeated     int `json:"repeated"`     // the same key and value again
	Conflicting  int `json:"conflicting"`  // one key with different values: none of them is taken
	Bad          int `json:"bad"`          // could not be read
}

// Parsed is what a source's bytes say under a mapping.
type Parsed struct {
	Observations []Observation // in the order of the source
	Counts       Counts
	Problems     []Problem      // the first MaxProblems
	ProblemCount map[string]int // by message key, all of them
	Columns      []string       // header as found, for CSV
	Updated      string         // the source's own date of its last update, where the bytes say it
}

// Limits on what is read. They are part of the format's name ("csv/1"): a file
// that parses today parses for ever.
const (
	MaxProblems = 1000
	MaxRows     = 1_000_000
	MaxColumns  = 2_000
	MaxSlices   = 1_000
	MaxAreas    = 10_000
	MaxRow      = 1 << 20 // bytes of one row
	MaxBytes    = 64 << 20
)
