package draw

import (
	"bytes"

	"golang.org/x/mod/sumdb/note"

	"kept/internal/locale"
	"kept/record"
)

// What became of one step of a check.
const (
	Passed  = "passed"
	Failed  = "failed"
	Missing = "missing" // the file holds nothing to check it by
)

// The steps of a check, in their order. draw.step.NAME says each in words.
const (
	StepForm      = "form"      // one canonical object of this format
	StepPlan      = "plan"      // quotas, panels, tickets, chances and sources agree
	StepAnnounced = "announced" // an entry of the record names the plan's digest, in time
	StepCovered   = "covered"   // a checkpoint covered it before the time of the first source
	StepSource    = "source"    // the source is the one whose turn it was
	StepRandom    = "random"    // the round's signature is genuine, or witnesses saw these throws
	StepOutcome   = "outcome"   // number, panel and reserves follow from it
	StepProof     = "proof"     // the portfolio is the best of its method; only where it was asked for
)

// A Step of a check and what became of it.
type Step struct {
	Name  string `json:"name"`
	State string `json:"state"`
	Err   error  `json:"-"`
}

// Options are what whoever checks knows from elsewhere.
type Options struct {
	Chains []Chain  // beacons she trusts besides [Known]
	Keys   []string // verifier keys of the records she trusts; none: the file's own key is taken and named
}

// A Verdict is what a check found.
type Verdict struct {
	Steps     []Step
	File      *File
	Digest    record.Digest // of the plan
	Announced *Statement    // the entry that announced it; nil where there is none
	Witnessed []Statement
}

// OK tells whether every step passed.
func (v *Verdict) OK() bool {
	for _, s := range v.Steps {
		if s.State != Passed {
			return false
		}
	}
	return len(v.Steps) > 0
}

// step notes what became of a step and tells whether the next may build on it.
func (v *Verdict) step(name string, err error) bool {
	s := Step{Name: name, State: Passed, Err: err}
	switch {
	case err == errMissing:
		s.State, s.Err = Missing, locale.E("err.draw.missing."+name)
	case err != nil:
		s.State = Failed
	}
	v.Steps = append(v.Steps, s)
	return err == nil
}

// Proved adds what [Plan.Prove] found.
func (v *Verdict) Proved(err error) { v.step(StepProof, err) }

// errMissing is the end of a step for which the file holds nothing.
var errMissing = locale.E("err.draw.missing.announced")

// Check repeats a draw from its file alone. The error gathers all that is wrong, for
// readers; the verdict tells step by step what was looked at, as far as it went.
func Check(file []byte, o Options) (*Verdict, error) {
	v := &Verdict{}
	f, err := ParseFile(file)
	if v.step(StepForm, err) {
		v.File = f
		v.check(o)
	}
	var es locale.Errors
	for _, s := range v.Steps {
		es.AddField(s.Name, s.Err)
	}
	return v, es.Err()
}

func (v *Verdict) check(o Options) {
	p := v.File.Plan
	if !v.step(StepPlan, v.plan(o)) {
		return
	}
	keys, err := verifiers(o.Keys)
	v.step(StepAnnounced, first(err, func() error { return v.announced(keys) }))
	v.step(StepCovered, v.covered())
	v.step(StepSource, v.source())
	seed, err := p.seed(v.File.Randomness)
	if !v.step(StepRandom, first(err, func() error { return v.seen() })) && err != nil {
		return
	}
	v.step(StepOutcome, v.outcome(seed))
}

// first is the error that there is, else that of the function.
func first(err error, next func() error) error {
	if err != nil {
		return err
	}
	return next()
}

// plan checks the plan and that its beacons are ones that the reader trusts: whoever runs
// a network of her own could know its rounds beforehand.
func (v *Verdict) plan(o Options) (err error) {
	p := v.File.Plan
	if err = p.Check(); err != nil {
		return err
	}
	if v.Digest, err = p.Digest(); err != nil {
		return err
	}
	for _, s := range p.Sources {
		if s.Chain != nil && !s.Chain.trusted(append(Known(), o.Chains...)) {
			return locale.E("err.draw.unknown_chain", "hash", s.Chain.Hash.String())
		}
	}
	return nil
}

// verifiers are the keys that the reader trusts, nil for none.
func verifiers(keys []string) (note.Verifiers, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	var list []note.Verifier
	for _, k := range keys {
		one, err := record.ParseKey(k)
		if err != nil {
			return nil, locale.E("err.draw.key", "key", k)
		}
		list = append(list, one)
	}
	return note.VerifierList(list...), nil
}

// outcome repeats the draw and compares every byte.
func (v *Verdict) outcome(seed [32]byte) error {
	again, err := v.File.Plan.outcome(seed)
	if err != nil {
		return err
	}
	got, err := record.CanonicalText(v.File.Outcome)
	if err != nil {
		return err
	}
	want, err := record.CanonicalText(again)
	if err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return locale.E("err.draw.outcome", "byte", plain(firstDifference(got, want)), "number", short(again.Number))
	}
	return nil
}
