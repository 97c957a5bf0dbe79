// Package report computes the report of a period: every figure of it from the
// record, so that anybody gets the same bytes from a copy of it.
//
// Terms: an [Outline] is a kind of report that the pack names, with the period
// it speaks of. [Compute] gives its [Figures]: chapters of figures, tables that
// lay figures out, and the annex item by item. A [Figure] is one number with all
// that leads back to where it comes from: the rule that made it, the address
// whose list was counted, the entries of the record. A release freezes the
// canonical bytes of Figures (figures.json) by their digest.
//
// Invariants: figures hold ids, numbers, codes, dates and digests, and no word
// that anybody wrote, so that an erased text changes none of them; a value that
// nobody counted is absent with the reason, never nought; the same record, pack,
// outline and date give the same bytes on either database; an id of a figure
// means one thing for good.
//
//	f, err := report.Compute(tx, pack, outline, size, "2027-12-31")
//	silent, _ := f.Figure("delivery.silent")
package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"

	"kept/record"
)

// Format is the version of what Compute writes. Another meaning of a figure that
// is already published is another format, beside the old one: what was released stays
// what it is, and is computed by the rules of its own format when it is checked.
//
//	1  the chapter on forum and hub is not counted, and bodies are those of the pack
//	2  it is counted, and bodies are what the pack and their own people say
const Format = 2

// Figures is all that a report says in numbers.
type Figures struct {
	Format    int64     `json:"format"`
	Report    string    `json:"report"` // id of the kind of report
	From      string    `json:"from"`   // first day of the period
	To        string    `json:"to"`     // its last day
	Date      string    `json:"date"`   // the day for which states hold
	Size      int64     `json:"size"`   // entries of the record that it rests on
	Root      string    `json:"root,omitempty"`
	Pack      string    `json:"pack"`                // digest
	Methods   []string  `json:"methods,omitempty"`   // every rule that a figure names, sorted
	Snapshots []string  `json:"snapshots,omitempty"` // digests of the files that values come from, sorted
	Chapters  []Chapter `json:"chapters"`
	Items     []ItemRow `json:"items,omitempty"`

	at map[string]place
}

// Chapter is one chapter of the outline.
type Chapter struct {
	ID      string   `json:"id"`            // one of compact.Chapters
	Why     string   `json:"why,omitempty"` // why it has no figures: [ModuleOff]
	Figures []Figure `json:"figures,omitempty"`
	Tables  []Table  `json:"tables,omitempty"`
}

// Why there is no value.
const (
	NoData      = "no_data"      // nobody has given one
	NoBaseline  = "no_baseline"  // the text names no baseline
	NoValue     = "no_value"     // the text names no number
	NoAnswers   = "no_answers"   // nothing was answered yet
	NoneThere   = "none"         // a share or median of nothing
	ModuleOff   = "module_off"   // the part of the program that would count it is not switched on
	SourceGone  = "source_gone"  // the bytes that it was read from are no longer kept
	Procedural  = "procedural"   // a thing to be done by a date, without a number
	NotSummable = "not_summable" // a share or rate, which contributions do not add up to
)

// Figure is one number with what leads back to where it comes from.
type Figure struct {
	ID     string `json:"id"`              // [A-Za-z0-9._-]{1,96}, for good
	Value  string `json:"value,omitempty"` // a whole number or decimal, or a code where Unit is "code"
	Unit   string `json:"unit,omitempty"`
	Why    string `json:"why,omitempty"`   // why there is no value
	Method string `json:"method"`          // "count/1"
	Round  string `json:"round,omitempty"` // "half_even/1" where the value was rounded
	Query  string `json:"query,omitempty"` // address on this site whose list or table is what was counted; holds for Date and Size

	// The entries that were counted: a short list whole, of a long one how many and
	// the digest of the canonical list ([RecordsDigest]).
	Records       []int64 `json:"records,omitempty"`
	RecordsCount  int64   `json:"records_count,omitempty"`
	RecordsDigest string  `json:"records_sha256,omitempty"`

	// Of a figure of the observatory.
	Indicator string `json:"indicator,omitempty"`
	Slice     string `json:"slice,omitempty"`
	Area      string `json:"area,omitempty"`
	Year      string `json:"year,omitempty"` // period of the value
	Release   string `json:"release,omitempty"`
	Nature    string `json:"nature,omitempty"`
	Snapshot  string `json:"snapshot,omitempty"` // digest of the file
	Entry     int64  `json:"entry,omitempty"`    // by which the file came into the record
}

// Table lays figures out. Its values stand in the figures, once.
type Table struct {
	ID      string   `json:"id"`
	Columns []string `json:"columns"` // codes
	Rows    []Row    `json:"rows"`
}

// Row is one row of a table: the key it is about and the figure of each column.
type Row struct {
	Key     string   `json:"key"`
	Figures []string `json:"figures"`
}

// ItemRow is a row of the annex: what was done on an item of the text in force, by
// whom, with which source. Each list holds ids, ascending.
type ItemRow struct {
	Item        string   `json:"item"`
	Commitments []int64  `json:"commitments,omitempty"` // made here, neither withdrawn nor statements of intent
	Intents     []int64  `json:"intents,omitempty"`     // statements of intent
	Elsewhere   []int64  `json:"elsewhere,omitempty"`   // stated elsewhere and not claimed
	Withdrawn   []int64  `json:"withdrawn,omitempty"`
	Reports     []int64  `json:"reports,omitempty"`   // on these commitments, within the period
	Parties     []int64  `json:"parties,omitempty"`   // leads and confirmed partners of these commitments
	Endorsers   []int64  `json:"endorsers,omitempty"` // parties whose endorsement names the item
	Bodies      []string `json:"bodies,omitempty"`
	Series      []string `json:"series,omitempty"` // indicators beside the item that have values
	Targets     []string `json:"targets,omitempty"`
	Sources     []string `json:"sources,omitempty"` // of the pack: where what it says of the item comes from
}

// place is where a figure stands.
type place struct{ chapter, figure int }

// Figure finds a figure by its id.
func (f *Figures) Figure(id string) (Figure, bool) {
	if f.at == nil {
		f.at = map[string]place{}
		for c := range f.Chapters {
			for n := range f.Chapters[c].Figures {
				f.at[f.Chapters[c].Figures[n].ID] = place{c, n}
			}
		}
	}
	at, ok := f.at[id]
	if !ok {
		return Figure{}, false
	}
	return f.Chapters[at.chapter].Figures[at.figure], true
}

// Chapter finds a chapter by its id.
func (f *Figures) Chapter(id string) (Chapter, bool) {
	for _, c := range f.Chapters {
		if c.ID == id {
			return c, true
		}
	}
	return Chapter{}, false
}

// Item finds the row of an item in the annex.
func (f *Figures) Item(id string) (ItemRow, bool) {
	for _, i := range f.Items {
		if i.Item == id {
			return i, true
		}
	}
	return ItemRow{}, false
}

// Canonical is figures.json: the record's canonical JSON.
func (f *Figures) Canonical() ([]byte, error) {
	b, err := record.Canonical(f)
	if err != nil {
		return nil, fmt.Errorf("figures of %s: %w", f.Report, err)
	}
	return b, nil
}

// Parse reads figures.json. Bytes that are not canonical are refused, and so is a key
// that no figure has or a value that is neither number nor code: figures lie in a
// blob, which nobody can erase, and are no place for words.
func Parse(b []byte) (*Figures, error) {
	if err := record.CheckCanonical(b); err != nil {
		return nil, err
	}
	in := json.NewDecoder(bytes.NewReader(b))
	in.DisallowUnknownFields()
	var f Figures
	if err := in.Decode(&f); err != nil {
		return nil, err
	}
	if f.Format < 1 || f.Format > Format {
		return nil, fmt.Errorf("figures of format %d, which this program does not know", f.Format)
	}
	return &f, f.plain()
}

var ruleName = regexp.MustCompile(`^[a-z_-]{1,40}/[0-9]{1,3}$`)

// plain refuses what is no id, number or code where one has to stand.
func (f *Figures) plain() error {
	seen := map[string]bool{}
	for _, c := range f.Chapters {
		for _, one := range c.Figures {
			switch {
			case !figureForm.MatchString(one.ID) || seen[one.ID]:
				return fmt.Errorf("%q is no id of a figure, or stands twice", one.ID)
			case one.Value != "" && !valueForm(one.Value), one.Why != "" && !codeForm.MatchString(one.Why):
				return fmt.Errorf("%s has a value that is neither number nor code", one.ID)
			case !ruleName.MatchString(one.Method), one.Round != "" && !ruleName.MatchString(one.Round):
				return fmt.Errorf("%s names no rule", one.ID)
			case len(one.Unit) > maxUnit || len(one.Query) > maxQuery:
				return fmt.Errorf("%s has a unit or an address that is too long", one.ID)
			}
			seen[one.ID] = true
		}
	}
	return nil
}

// Longest texts of a figure that are no ids: the unit of a pack's indicator, and an
// address with its conditions.
const (
	maxUnit  = 60
	maxQuery = 500
)

// mostRecords is how many entries stand whole behind a figure.
const mostRecords = 50

// RecordsDigest is the digest of a list of entries: of the canonical bytes of
// {"records":[…]}, ascending, each once.
func RecordsDigest(ids []int64) (record.Digest, error) {
	b, err := record.Canonical(struct {
		Records []int64 `json:"records,omitempty"`
	}{ids})
	return record.DigestOf(b), err
}

// counted puts the entries behind a figure; they are in order, each once.
func (f *Figure) counted(ids []int64) error {
	if len(ids) <= mostRecords {
		f.Records = ids
		return nil
	}
	digest, err := RecordsDigest(ids)
	f.Records, f.RecordsCount, f.RecordsDigest = nil, int64(len(ids)), digest.String()
	return err
}
