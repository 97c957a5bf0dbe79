// Package keeper keeps the record: it takes acts by the rules that subjects hand
// it, appends them to the Merkle log, derives state from them, signs and serves
// checkpoints, and replays. It knows no subject.
//
// Terms: an [Act] is what a party submits; accepted it becomes an [Entry] with an
// index. A [Kind] is a subject's rules for one kind of act: Validate (pure),
// Check (against state), Apply (writes state). State = replay(record).
//
// Invariants:
//   - an act, its entry, its tree hashes, its words and its state are one
//     transaction; the answer comes after the commit was synced;
//   - Apply reads the transaction and the entry only, never words, so that an
//     erased text changes no state;
//   - what is computed from words is made again whenever they are added to,
//     hidden, shown again or erased, which are acts too (wordact.go);
//   - a checkpoint is signed only after it was proved consistent with the one in
//     the lock, so that this record cannot show two histories.
package keeper

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"kept/internal/db"
	"kept/record"
)

//go:embed schema.sql
var recordSchema string

// ownSchema are the state tables that keeper itself owns: which entry touched a
// subject last, and the entries of each kind.
const ownSchema = `CREATE TABLE touched (subject TEXT PRIMARY KEY, idx BIGINT NOT NULL);
CREATE INDEX touched_idx ON touched (idx);
CREATE TABLE entry_kind (kind TEXT NOT NULL, idx BIGINT NOT NULL, PRIMARY KEY (kind, idx));`

// Act is a public step as its party submits it.
type Act struct {
	Kind  string
	By    string            // entry id of an organisation, "secretariat", "instance" or "person"
	Facts any               // a struct with json tags; marshalled to canonical JSON
	Words map[string]string // part ("promise.en") → text
	Blobs [][]byte          // kept by digest; Facts name the digest

	// Salts of parts whose digests were given to somebody before the act, as in a
	// person's receipt; a part without one gets a new salt.
	Salts map[string]record.Salt
}

// Entry is an accepted act at its place in the record.
type Entry struct {
	Index int64
	record.Entry
}

// Decode fills a subject's struct from the entry's facts. Facts of an accepted
// entry fit the struct of their kind; an error means a broken store.
func (e Entry) Decode(facts any) error {
	if len(e.Facts) == 0 {
		return nil
	}
	if err := json.Unmarshal(e.Facts, facts); err != nil {
		return fmt.Errorf("entry %d: %w", e.Index, err)
	}
	return nil
}

// On is the date of the entry, YYYY-MM-DD.
func (e Entry) On() string { return e.At[:10] }

// Kind is what a subject says of one kind of act.
type Kind struct {
	Name     string
	Validate func(a Act) error
	Check    func(tx *db.Tx, a Act, at time.Time) error
	Apply    func(tx *db.Tx, e Entry) error
	Derive   func(tx *db.Tx, e Entry, words map[string]string) error

	// After lists, in order, later entries whose Derive builds on what this one's
	// wrote: it runs again whenever this one's does. nil: none.
	After func(tx *db.Tx, e Entry) ([]int64, error)

	aims bool // it is about the words of another entry, whose Derive runs again after it
}

// Subject is a package's part of the state: its tables, and the kinds that write them.
type Subject struct {
	Name    string
	Schema  string // CREATE TABLE and CREATE INDEX statements
	Version string // raised when Apply changes without its schema, so that state is rebuilt
	Kinds   []Kind
}

// Clock tells the time; a test, or a sample compact, gives a scripted one.
type Clock func() time.Time

// Options configure a Keeper.
type Options struct {
	DB       *db.DB
	Subjects []Subject
	Key      Key                        // zero for a record that nobody signs, as in most tests
	Lock     Lock                       // needed with Key
	Ledger   Ledger                     // of erasures, outside the store; nil: none
	Spared   []string                   // private tables out of which an erasure cuts nothing, because they are people's own
	Outside  func(texts []string) error // deletes copies outside the store, such as letters, when an older store is made to forget; nil: none
	Clock    Clock                      // nil: the real one, checked against the store's
	Progress func(done, total int64)    // of a replay at start
	Log      *slog.Logger
	Pasts    string                  // folder for stores of the past, see [Keeper.At]; the system's for temporary files when empty
	Step     func(step string) error // tests break a step here; nil otherwise
}

// Keeper keeps one record.
type Keeper struct {
	o          Options
	kinds      map[string]Kind
	derived    []string // tables that are computed from words
	generation string

	queue chan *request
	baton chan struct{} // held by whoever commits
	close sync.Once
	ended chan struct{}

	tree     *tree // touched by the holder of the baton alone
	readonly atomic.Pointer[error]
	latest   atomic.Pointer[published]
	signing  sync.Mutex
	pasts    *pasts
	counter  *counter
	lastTile lastTile

	mu      sync.RWMutex
	head    int64 // entries
	whole   int64 // entries whose touches are all in touched: behind head where another node committed between
	touched map[string]int64
	watched map[string][]func()
}

// Open prepares the store: creates what is missing, rebuilds state when the
// schemas changed, and compares the record with the lock.
func Open(ctx context.Context, o Options) (*Keeper, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Step == nil {
		o.Step = func(string) error { return nil }
	}
	o.Subjects = append([]Subject{{Name: "keeper", Schema: ownSchema + wordSchema, Kinds: wordKinds()}}, o.Subjects...)
	if o.Key.Signer != nil && o.Lock == nil {
		return nil, errors.New("a record that is signed needs a lock")
	}
	k := &Keeper{o: o, kinds: make(map[string]Kind), queue: make(chan *request, 1024),
		baton: make(chan struct{}, 1), ended: make(chan struct{}), touched: make(map[string]int64), watched: make(map[string][]func())}
	sum := sha256.New()
	for _, s := range o.Subjects {
		fmt.Fprintf(sum, "%s\n%s\n%s\n", s.Name, s.Version, s.Schema)
		for _, kind := range s.Kinds {
			if _, twice := k.kinds[kind.Name]; twice {
				return nil, fmt.Errorf("kind %q is declared twice", kind.Name)
			}
			fmt.Fprintln(sum, kind.Name)
			k.kinds[kind.Name] = kind
		}
	}
	k.generation = hex.EncodeToString(sum.Sum(nil)[:8])
	k.pasts = newPasts(k)
	k.counter = newCounter()
	k.Watch(WordsSubject, k.pasts.forget)
	var err error
	if k.derived, err = derivedTables(o.Subjects); err != nil {
		return nil, err
	}
	if o.Pasts != "" {
		if err := ClearPasts(o.Pasts, false); err != nil {
			return nil, err
		}
	}
	if err := k.prepare(ctx); err != nil {
		return nil, err
	}
	if err := k.obeyLedger(ctx); err != nil {
		return nil, err
	}
	if err := k.compareWithLock(ctx); err != nil {
		return nil, err
	}
	return k, nil
}

// Now is the record's clock.
func (k *Keeper) Now() time.Time {
	if k.o.Clock != nil {
		return k.o.Clock().UTC()
	}
	return time.Now().UTC()
}

// Today is the date that deadlines and pages go by: a day holds to its end
// everywhere on Earth, so it is the UTC date twelve hours ago.
func Today(now time.Time) string { return now.UTC().Add(-12 * time.Hour).Format("2006-01-02") }

// ReadOnly says why nothing can be submitted, or nil.
func (k *Keeper) ReadOnly() error {
	if p := k.readonly.Load(); p != nil {
		return *p
	}
	return nil
}

func (k *Keeper) setReadOnly(err error) {
	k.readonly.Store(&err)
	k.o.Log.Error("the record is read-only", "reason", err)
}

// DB is the store, for reading.
func (k *Keeper) DB() *db.DB { return k.o.DB }

// The four answers that a rule gives; everything else is a fault of ours.
var (
	ErrNotFound  = errors.New("not found")
	ErrInvalid   = errors.New("invalid")
	ErrForbidden = errors.New("forbidden")
	ErrConflict  = errors.New("conflict")
)

// ErrUnavailable is the answer when the store is full or cannot be reached:
// nobody's fault who submits, and worth another try with the same key.
var ErrUnavailable = errors.New("unavailable")

// refusal is an error for the reader with the kind of answer it is.
type refusal struct{ kind, err error }

func (r refusal) Error() string   { return r.err.Error() }
func (r refusal) Unwrap() []error { return []error{r.kind, r.err} }

// Refuse gives an error for the reader its kind: ErrNotFound, ErrForbidden or ErrConflict.
func Refuse(kind, err error) error { return refusal{kind, err} }
