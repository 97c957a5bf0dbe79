package record

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Verify checks a whole record: the checkpoint's signatures, every hash tile of
// every level and every entry bundle against the root, the form of each entry,
// each public text and each published blob against its digest, and that the
// record continues each checkpoint and receipt that is given.
//
// What is wrong with the record is in the report, place by place. An error
// means that it could not be read to the end.
func Verify(ctx context.Context, src Source, o Options) (*Report, error) {
	in := &inspection{src: src, options: o, report: &Report{}}
	err := in.run(ctx)
	return in.report, err
}

// An inspection is one run of Verify. Steps fill it one after another.
type inspection struct {
	src       Source
	options   Options
	report    *Report
	verifiers note.Verifiers

	leaves leaves         // of all level-0 tiles
	blobs  []blobName     // published digests, each once, as they came
	named  map[Digest]int // digest → its place in blobs
	worded bitset         // entries that have words, or that cannot be read

	signed   []byte      // the checkpoint as it was read
	wordActs []wordAct   // in their order
	absent   []textPlace // parts that an entry has and nobody serves
}

func (in *inspection) run(ctx context.Context) error {
	ok, err := in.open(ctx)
	if err != nil || !ok {
		return err
	}
	for _, step := range []func(context.Context) error{
		in.checkLeaves, in.checkTree, in.checkFates, in.checkBlobs, in.checkStrays, in.checkKept,
	} {
		if err := step(ctx); err != nil || in.report.Stopped {
			return err
		}
	}
	return nil
}

// open reads the key and the checkpoint. When they do not hold there is nothing
// to measure the rest by, and it returns false.
func (in *inspection) open(ctx context.Context) (bool, error) {
	keys, ok, err := in.keys(ctx)
	if err != nil || !ok {
		return false, err
	}
	var list []note.Verifier
	for _, key := range keys {
		v, err := ParseKey(key)
		if err != nil {
			return false, fmt.Errorf("key %q: %w", key, err)
		}
		list = append(list, v)
	}
	in.verifiers = note.VerifierList(list...)
	signed, err := in.src.Get(ctx, "checkpoint")
	if err != nil {
		return false, in.unread("checkpoint", err)
	}
	in.signed = signed
	c, sigs, err := openCheckpoint(signed, in.verifiers)
	switch {
	case err != nil:
		in.report.fault("checkpoint", RuleSignature, err.Error())
		return false, nil
	case c.Origin != list[0].Name():
		in.report.fault("checkpoint", RuleSignature, fmt.Sprintf("the origin is %q, the key is for %q", c.Origin, list[0].Name()))
		return false, nil
	case len(sigs) != len(list):
		in.report.fault("checkpoint", RuleSignature, fmt.Sprintf("signed by %d of the %d keys asked for", len(sigs), len(list)))
		return false, nil
	}
	in.report.under(c)
	return true, nil
}

// keys returns the keys that must have signed. The record serves its own; a
// reader who brings one is told when the record names another.
func (in *inspection) keys(ctx context.Context) ([]string, bool, error) {
	b, err := in.src.Get(ctx, "key")
	if err != nil {
		return nil, false, in.unread("key", err)
	}
	served, ended := strings.CutSuffix(string(b), "\n")
	keys := in.options.Keys
	if len(keys) == 0 {
		keys = []string{served}
		if _, err := ParseKey(served); err != nil {
			in.report.fault("key", RuleSignature, err.Error())
			return nil, false, nil
		}
	}
	in.report.Key = keys[0]
	if !ended || served != keys[0] {
		in.report.fault("key", RuleSignature, "the record names another key, or spells it otherwise: "+served)
	}
	return keys, true, nil
}

// unread tells a file that is absent or too large, which is the record's fault,
// from a source that fails, which ends the run.
func (in *inspection) unread(path string, err error) error {
	rule, ok := ruleOf(err)
	if !ok {
		return fmt.Errorf("%s: %w", path, err)
	}
	in.report.fault(path, rule, err.Error())
	return nil
}

func ruleOf(err error) (rule string, ok bool) {
	var large *tooLargeError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return RuleMissing, true
	case errors.As(err, &large):
		return RuleForm, true
	}
	return "", false
}
