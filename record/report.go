package record

import "runtime"

// Options are what [Verify] may be told; the zero value checks everything, as
// the record stands, under the key that the record itself names.
type Options struct {
	// Keys are verifier keys that the reader trusts, the origin's first. Each
	// must have signed. Without any, the key that the record serves is taken.
	Keys []string
	// Checkpoints are signed checkpoints that somebody kept: the record must
	// be a continuation of each.
	Checkpoints [][]byte
	// Receipts are receipts that somebody kept; each is checked, and the
	// record must be a continuation of its checkpoint.
	Receipts [][]byte
	// TreeOnly leaves out what is beside the tree: form of entries, words, blobs.
	TreeOnly bool
	// Workers read and check at once; 0 is sixteen, or one for each core if
	// there are more: reading over a network is mostly waiting.
	Workers int
	// MaxFaults ends the run when so many are found; 0 is 1000.
	MaxFaults int
	// Progress is told the number of entries checked, from one goroutine.
	Progress func(done, total int64)
}

func (o Options) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return max(16, runtime.GOMAXPROCS(0))
}

func (o Options) maxFaults() int {
	if o.MaxFaults > 0 {
		return o.MaxFaults
	}
	return 1000
}

// The rules that a fault can break.
const (
	RuleMissing     = "missing"     // a file that must be there is not
	RuleForm        = "form"        // bytes that break the grammar
	RuleHash        = "hash"        // a hash or an entry that the tree does not have
	RuleDigest      = "digest"      // a text or blob that its digest does not match
	RuleSurplus     = "surplus"     // a part or file that no entry speaks of
	RuleSignature   = "signature"   // a checkpoint or key that does not verify
	RuleConsistency = "consistency" // not a continuation of what was kept
	RuleWithheld    = "withheld"    // a text that is served though the record erased or hid it
)

// A Fault is a place in the record and what is wrong there.
type Fault struct {
	Place  string `json:"place"` // "tile/0/000 hash 7", "entry 12", "words/12.json part promise.en", "checkpoint"
	Rule   string `json:"rule"`
	Detail string `json:"detail"`
}

func (f Fault) String() string { return f.Place + ": " + f.Rule + ": " + f.Detail }

// A Report says what was checked and what is wrong.
type Report struct {
	Origin     string           `json:"origin"`
	Key        string           `json:"key"` // the origin's verifier key that was used
	Size       int64            `json:"size"`
	Root       string           `json:"root"`
	Kinds      map[string]int64 `json:"kinds,omitempty"`
	Words      int64            `json:"words"`      // public parts that match their digests
	Erased     int64            `json:"erased"`     // parts that are not there and that an entry erased
	Hidden     int64            `json:"hidden"`     // parts that are not there and that an entry hid
	Sealed     int64            `json:"sealed"`     // parts that are not there, and no entry says why: sealed, or lost
	Blobs      int64            `json:"blobs"`      // blobs that match their names
	Consistent int              `json:"consistent"` // kept checkpoints and receipts that this record continues
	Faults     []Fault          `json:"faults,omitempty"`
	Stopped    bool             `json:"stopped,omitempty"` // too many faults to go on

	// Of a copy that was brought up to date: parts that it had and has no longer,
	// because the record erased or hid them; and parts that it keeps although the
	// source no longer serves them, because no entry took them away.
	Dropped []string `json:"dropped,omitempty"`
	Kept    []string `json:"kept,omitempty"`

	Checkpoint Checkpoint `json:"-"`

	erased, hidden map[textPlace]int64
}

// OK says that nothing is wrong.
func (r *Report) OK() bool { return len(r.Faults) == 0 }

func (r *Report) fault(place, rule, detail string) {
	r.Faults = append(r.Faults, Fault{place, rule, detail})
}

func (r *Report) under(c Checkpoint) {
	r.Checkpoint, r.Origin, r.Size, r.Root = c, c.Origin, c.Size, c.Root.String()
}
