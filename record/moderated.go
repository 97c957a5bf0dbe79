package record

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// The acts about words. They are part of the format, because a reader who checks
// texts must know which of them have gone and why; the facts of each have target,
// the entry whose words file is meant, and all but the first parts.
const (
	KindWordsAdded    = "words.added"
	KindWordsErased   = "words.erased"
	KindWordsHidden   = "words.hidden"
	KindWordsRestored = "words.restored"
)

// A textPlace is one part of one entry.
type textPlace struct {
	entry int64
	part  string
}

func (p textPlace) String() string { return WordsPath(p.entry) + " part " + p.part }

// A wordAct is an act about words, as far as Verify needs it.
type wordAct struct {
	entry  int64
	kind   string
	target int64
	parts  []string
}

// wordActOf reads an act about words. One whose facts are not of their form says
// nothing about any part: the form of facts is the subject's affair.
func wordActOf(index int64, kind string, facts []byte) (wordAct, bool) {
	switch kind {
	case KindWordsErased, KindWordsHidden, KindWordsRestored:
	default:
		return wordAct{}, false
	}
	var f struct {
		Target *int64   `json:"target"`
		Parts  []string `json:"parts"`
	}
	if json.Unmarshal(facts, &f) != nil || f.Target == nil || *f.Target >= index {
		return wordAct{}, false
	}
	return wordAct{index, kind, *f.Target, f.Parts}, true
}

// fates follows the acts about words in their order: which parts are erased and
// which hidden at the end, and by which entry.
func fates(acts []wordAct) (erased, hidden map[textPlace]int64) {
	erased, hidden = map[textPlace]int64{}, map[textPlace]int64{}
	for _, a := range acts {
		for _, part := range a.parts {
			at := textPlace{a.target, part}
			switch a.kind {
			case KindWordsErased:
				if _, before := erased[at]; !before {
					erased[at] = a.entry
				}
				delete(hidden, at)
			case KindWordsHidden:
				hidden[at] = a.entry
			case KindWordsRestored:
				delete(hidden, at)
			}
		}
	}
	return erased, hidden
}

// checkFates counts the parts that are not served as what they are, and finds
// those that are served though the record erased or hid them. A hidden part may
// have been restored by an act that is not under this checkpoint yet: it is a
// fault only while the checkpoint stands.
func (in *inspection) checkFates(ctx context.Context) error {
	if in.options.TreeOnly {
		return nil
	}
	erased, hidden := fates(in.wordActs)
	in.report.erased, in.report.hidden = erased, hidden
	absent := make(map[textPlace]bool)
	for _, at := range in.absent {
		_, isErased := erased[at]
		_, isHidden := hidden[at]
		absent[at] = isErased || isHidden
		switch {
		case isErased:
			in.report.Erased++
		case isHidden:
			in.report.Hidden++
		default:
			in.report.Sealed++
			delete(absent, at)
		}
	}
	faults, err := in.stillServed(ctx, erased, absent, "erased")
	if err != nil {
		return err
	}
	in.add(faults...)
	if faults, err = in.stillServed(ctx, hidden, absent, "hid"); err != nil || len(faults) == 0 {
		return err
	}
	now, err := in.src.Get(ctx, "checkpoint")
	if err == nil && bytes.Equal(now, in.signed) {
		in.add(faults...)
	}
	return err
}

// stillServed looks again at the words files of parts that should not be there
// and were not found absent.
func (in *inspection) stillServed(ctx context.Context, gone map[textPlace]int64, absent map[textPlace]bool, did string) (faults []Fault, err error) {
	for _, at := range inPlace(gone) {
		if absent[at] || !in.worded.has(at.entry) {
			continue
		}
		b, err := in.src.Get(ctx, WordsPath(at.entry))
		if err != nil {
			if _, ok := ruleOf(err); !ok {
				return nil, err
			}
			continue
		}
		if words, err := ParseWords(b); err == nil && words[at.part].Text != "" {
			faults = append(faults, Fault{at.String(), RuleWithheld, fmt.Sprintf("entry %d %s this text, and it is still served", gone[at], did)})
		}
	}
	return faults, nil
}

func inPlace(m map[textPlace]int64) []textPlace {
	places := make([]textPlace, 0, len(m))
	for p := range m {
		places = append(places, p)
	}
	slices.SortFunc(places, func(a, b textPlace) int {
		if a.entry != b.entry {
			return int(min(max(a.entry-b.entry, -1), 1))
		}
		if a.part < b.part {
			return -1
		}
		return 1
	})
	return places
}
