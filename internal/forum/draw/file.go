package draw

import (
	"encoding/json"

	"golang.org/x/mod/sumdb/note"

	"kept/internal/locale"
	"kept/record"
)

// MaxFile bounds a draw's file in bytes.
const MaxFile = MaxPlan + 16<<20

// A File is a whole draw: what was fixed, that it was announced, what was drawn with and who
// was drawn. It is one canonical JSON object, checked without a network.
type File struct {
	V          int               `json:"v"` // 1
	Plan       *Plan             `json:"plan"`
	Announced  json.RawMessage   `json:"announced,omitempty"` // receipt of the entry that names the plan's digest
	Last       json.RawMessage   `json:"last,omitempty"`      // receipt of the last entry under the same checkpoint, where that is another
	Randomness Randomness        `json:"randomness"`
	Witnessed  []json.RawMessage `json:"witnessed,omitempty"` // receipts of what witnesses stated
	Outcome    *Outcome          `json:"outcome"`
}

// Evidence is what the record shows of a draw. Receipts go into a file without words: the
// entries alone are looked at. Both receipts of the announcement are under the first
// checkpoint that covered it ([keeper.Keeper.FirstReceipt]).
type Evidence struct {
	Announced *record.Receipt  // nil: there is none, and the file does not show that the plan came first
	Last      *record.Receipt  // of the last entry under the same checkpoint; nil where that is the announcement
	Witnessed []record.Receipt // what witnesses stated
}

// NewFile makes the draw and puts everything together. It does not look at the evidence:
// who is given the file does, and so should who makes it, with [Check].
func NewFile(p *Plan, r Randomness, e Evidence) (*File, error) {
	o, err := Draw(p, r)
	if err != nil {
		return nil, err
	}
	f := &File{V: 1, Plan: p, Randomness: r, Outcome: o}
	if e.Announced != nil {
		if f.Announced, err = bare(*e.Announced); err != nil {
			return nil, err
		}
	}
	if e.Last != nil {
		if f.Last, err = bare(*e.Last); err != nil {
			return nil, err
		}
	}
	for _, w := range e.Witnessed {
		b, err := bare(w)
		if err != nil {
			return nil, err
		}
		f.Witnessed = append(f.Witnessed, b)
	}
	return f, nil
}

// bare is a receipt without words, and with the signature of its own record alone: what
// others signed would stand in the file unchecked.
func bare(r record.Receipt) (json.RawMessage, error) {
	r.Words, r.Withheld = nil, nil
	own, err := record.ParseKey(r.Key)
	if err != nil {
		return nil, locale.E("err.draw.receipt", "detail", err.Error())
	}
	n, err := note.Open(r.Checkpoint, note.VerifierList(own))
	if err != nil {
		return nil, locale.E("err.draw.receipt", "detail", err.Error())
	}
	r.Checkpoint = []byte(n.Text + "\n")
	for _, s := range n.Sigs {
		r.Checkpoint = append(r.Checkpoint, "— "+s.Name+" "+s.Base64+"\n"...)
	}
	return r.Marshal()
}

// Canonical is the file in its one spelling.
func (f *File) Canonical() ([]byte, error) { return record.CanonicalText(f) }

// ParseFile reads a file in its one spelling. It checks nothing else: [Check] does.
func ParseFile(b []byte) (*File, error) {
	if len(b) > MaxFile {
		return nil, locale.E("err.draw.large", "n", len(b), "max", MaxFile)
	}
	var f File
	if err := strict(b, &f); err != nil {
		return nil, err
	}
	if f.V != 1 || f.Plan == nil || f.Outcome == nil {
		return nil, locale.E("err.draw.file_version")
	}
	return &f, nil
}
