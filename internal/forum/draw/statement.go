package draw

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/note"

	"kept/internal/locale"
	"kept/record"
)

// Kinds of the entries that a draw rests on.
const (
	KindAnnounced = "draw.announced"
	KindWitnessed = "draw.witnessed"
)

// Announcement is what of the facts of an announcing entry counts here.
type Announcement struct {
	Plan record.Digest `json:"plan_blob"` // digest of the plan, whose bytes the record publishes
}

// Testimony is what of the facts of a witness's entry counts here: that nobody had the
// round of a source when it was to be there, or what was thrown.
type Testimony struct {
	Plan    record.Digest `json:"plan"`
	Source  int           `json:"source"`            // from 1
	Missing bool          `json:"missing,omitempty"` // the round was not published
	Throws  string        `json:"throws,omitempty"`
}

// A Statement is an entry of the record that the file proves.
type Statement struct {
	Index  int64      `json:"index"`
	At     string     `json:"at"`
	By     string     `json:"by"`
	Origin string     `json:"origin"`
	Key    string     `json:"key"`
	Size   int64      `json:"size"` // of the checkpoint that covers it
	Root   string     `json:"root"`
	Seen   *Testimony `json:"seen,omitempty"`
	entry  record.Entry
	signed string
}

// statement reads a receipt and checks it: form, proof, signature, and that not a byte is outside of them.
func statement(raw json.RawMessage, keys note.Verifiers) (s Statement, err error) {
	r, err := record.ParseReceipt(raw)
	if err == nil {
		err = r.Verify(keys)
	}
	if err != nil {
		return s, locale.E("err.draw.receipt", "detail", err.Error())
	}
	own, err := record.ParseKey(r.Key)
	if err != nil {
		return s, locale.E("err.draw.receipt", "detail", err.Error())
	}
	c, err := record.ParseCheckpoint(r.Checkpoint, note.VerifierList(own))
	if err != nil {
		return s, locale.E("err.draw.receipt", "detail", err.Error())
	}
	// A signature of somebody else under the checkpoint would not be checked, and nor
	// would parts that are said to be withheld.
	n, err := note.Open(r.Checkpoint, note.VerifierList(own))
	if err != nil || len(n.UnverifiedSigs) > 0 || len(r.Words) > 0 || len(r.Withheld) > 0 || own.Name() != c.Origin {
		return s, locale.E("err.draw.receipt_bare")
	}
	e, err := record.ParseEntry(r.Entry)
	if err != nil {
		return s, locale.E("err.draw.receipt", "detail", err.Error())
	}
	return Statement{Index: r.Index, At: e.At, By: e.By, Origin: c.Origin, Key: r.Key, Size: c.Size, Root: c.Root.String(), entry: e, signed: string(r.Checkpoint)}, nil
}

// announced reads the announcement: an entry that names this plan, so long before the first source as
// the plan says, and the statements of witnesses in the same record.
func (v *Verdict) announced(keys note.Verifiers) error {
	f := v.File
	if f.Announced == nil {
		if f.Last != nil || f.Witnessed != nil {
			return locale.E("err.draw.announced_alone")
		}
		return errMissing
	}
	s, err := statement(f.Announced, keys)
	if err != nil {
		return err
	}
	var facts Announcement
	if err := json.Unmarshal(s.entry.Facts, &facts); err != nil || s.entry.Kind != KindAnnounced {
		return locale.E("err.draw.announced_kind", "entry", plain(s.Index), "kind", s.entry.Kind)
	}
	if facts.Plan != v.Digest {
		return locale.E("err.draw.announced_plan", "entry", plain(s.Index), "want", facts.Plan.String(), "got", v.Digest.String())
	}
	v.Announced = &s
	if at := f.Plan.Sources[0].At; timeOf(s.At).Add(time.Duration(f.Plan.Lead) * time.Second).After(timeOf(at)) {
		return locale.E("err.draw.announced_late", "entry", plain(s.Index), "at", s.At, "seconds", f.Plan.Lead, "source", at)
	}
	own, err := record.ParseKey(s.Key)
	if err != nil {
		return err
	}
	return v.witnessed(note.VerifierList(own))
}

// witnessed reads the statements of witnesses; those that are not about this plan are refused, since
// nothing in a file may be there unchecked.
func (v *Verdict) witnessed(keys note.Verifiers) error {
	for n, raw := range v.File.Witnessed {
		s, err := statement(raw, keys)
		if err != nil {
			return locale.Field("witnessed "+strconv.Itoa(n+1), err)
		}
		var seen Testimony
		if err := json.Unmarshal(s.entry.Facts, &seen); err != nil || s.entry.Kind != KindWitnessed || seen.Plan != v.Digest || s.Index <= v.Announced.Index {
			return locale.E("err.draw.witnessed_kind", "entry", plain(s.Index))
		}
		if !slices.Contains(v.File.Plan.Witnesses, s.By) {
			return locale.E("err.draw.witnessed_by", "entry", plain(s.Index), "by", s.By)
		}
		if !v.counts(seen) {
			return locale.E("err.draw.witnessed_idle", "entry", plain(s.Index))
		}
		s.Seen = &seen
		v.Witnessed = append(v.Witnessed, s)
	}
	return nil
}

// counts tells whether a statement bears on the source that was used: that an
// earlier one failed, or what was thrown.
func (v *Verdict) counts(t Testimony) bool {
	used := v.File.Randomness
	return t.Missing && t.Throws == "" && t.Source >= 1 && t.Source < used.Source ||
		!t.Missing && t.Throws != "" && t.Source == used.Source && used.Throws != ""
}

// covered checks that the announcement's checkpoint was of a record that had not yet come to the time of the
// first source: its last entry is earlier.
func (v *Verdict) covered() error {
	if v.Announced == nil {
		return errMissing
	}
	a, f := v.Announced, v.File
	last := *a
	if a.Index != a.Size-1 {
		if f.Last == nil {
			return locale.E("err.draw.last", "entry", plain(a.Size-1))
		}
		own, err := record.ParseKey(a.Key)
		if err != nil {
			return err
		}
		if last, err = statement(f.Last, note.VerifierList(own)); err != nil {
			return err
		}
		if last.signed != a.signed || last.Index != a.Size-1 {
			return locale.E("err.draw.last", "entry", plain(a.Size-1))
		}
	} else if f.Last != nil {
		return locale.E("err.draw.last", "entry", plain(a.Size-1))
	}
	if at := f.Plan.Sources[0].At; last.At >= at {
		return locale.E("err.draw.covered_late", "size", a.Size, "last", last.At, "source", at)
	}
	return nil
}

// source checks whose turn it was: of each source before the one that was used two
// witnesses have stated, after it was to be there and before the next one's time, that its round was
// not published.
func (v *Verdict) source() error {
	r := v.File.Randomness
	if r.Source < 1 || r.Source > len(v.File.Plan.Sources) {
		return locale.E("err.draw.source", "got", r.Source, "n", len(v.File.Plan.Sources))
	}
	if r.Source > 1 && v.Announced == nil {
		return errMissing
	}
	for n := 1; n < r.Source; n++ {
		from, to := v.File.Plan.Sources[n-1].Fails, v.File.Plan.Sources[n].At
		err := v.two(func(s Statement) bool { return s.Seen.Missing && s.Seen.Source == n },
			func(s Statement) bool { return s.At >= from && s.At < to })
		if err != nil {
			return locale.E("err.draw.not_failed", "source", n, "from", from, "to", to)
		}
	}
	return nil
}

// seen checks, of a die, that two witnesses saw these throws, not before the time that was named, and
// that no two saw others. One alone who saw otherwise does not stop the draw; her statement stays in the file.
func (v *Verdict) seen() error {
	r := v.File.Randomness
	if r.Throws == "" {
		return nil
	}
	if v.Announced == nil {
		return errMissing
	}
	from, others := v.File.Plan.Sources[r.Source-1].At, map[string]bool{}
	for _, s := range v.Witnessed {
		if s.Seen.Missing || s.Seen.Throws == r.Throws {
			continue
		}
		if others[s.Seen.Throws] {
			return locale.E("err.draw.witnessed_wrong", "entry", plain(s.Index))
		}
		others[s.Seen.Throws] = true
	}
	return v.two(func(s Statement) bool { return s.Seen.Throws == r.Throws }, func(s Statement) bool { return s.At >= from })
}

// two wants statements of two different witnesses, and none of the same sort that does not hold.
func (v *Verdict) two(of, holds func(Statement) bool) error {
	by := map[string]bool{}
	for _, s := range v.Witnessed {
		if !of(s) {
			continue
		}
		if !holds(s) {
			return locale.E("err.draw.witnessed_wrong", "entry", plain(s.Index))
		}
		if by[s.By] {
			return locale.E("err.draw.witness_twice", "by", s.By)
		}
		by[s.By] = true
	}
	if len(by) < 2 {
		return locale.E("err.draw.two_witnesses", "got", len(by))
	}
	return nil
}
