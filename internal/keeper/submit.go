package keeper

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"maps"
	"slices"
	"sync/atomic"

	"kept/internal/db"
	"kept/internal/locale"
	"kept/record"
)

// Result is one accepted act.
type Result struct {
	Index int64
	Entry []byte // its canonical bytes, the Merkle leaf
}

// request is a submission on its way through the committer.
type request struct {
	key      string
	input    string
	midnight string // of a batch: the time that its entries get
	acts     []prepared
	results  []Result
	err      error
	done     chan struct{}
	state    atomic.Int32
}

// prepared is an act after everything that needs no transaction: the committer
// is one, and what callers do for themselves they do side by side.
type prepared struct {
	act   Act
	kind  Kind
	entry record.Entry // At is still to come
	bytes []byte       // the entry's line, with a time that is still to come
	words []word
	blobs []blob
}

type word struct {
	part, body string
	salt       record.Salt
}

type blob struct {
	digest string
	bytes  []byte
}

// Submit takes acts, all or none. The key makes it happen once: the same key with
// the same acts answers with the same results, with others it is ErrConflict; an
// empty key is made up. A nil error means that the acts are durable.
func (k *Keeper) Submit(ctx context.Context, key string, acts ...Act) ([]Result, error) {
	if err := k.ReadOnly(); err != nil {
		return nil, err
	}
	r, err := k.request(key, acts)
	if err != nil || len(acts) == 0 {
		return nil, err
	}
	return k.wait(ctx, r)
}

// wait queues a request and waits for its answer.
func (k *Keeper) wait(ctx context.Context, r *request) ([]Result, error) {
	select {
	case <-k.ended:
		return nil, errStopped
	default:
	}
	select {
	case k.queue <- r:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-k.ended:
		return nil, errStopped
	}
	if err := k.await(ctx, r); err != nil {
		return nil, err
	}
	return r.results, r.err
}

var errStopped = errors.New("keeper: stopped")

// Check is a dry run: the acts go through all rules in a transaction that is
// rolled back.
func (k *Keeper) Check(ctx context.Context, acts ...Act) error {
	r, err := k.request("", acts)
	if err != nil {
		return err
	}
	ctx, touched := gathering(ctx)
	err = k.o.DB.Write(ctx, func(tx *db.Tx) error {
		g, err := k.openGroup(tx, nil, touched, []*request{r})
		if err != nil {
			return err
		}
		if err := g.admit(r); err != nil {
			return err
		}
		return errRollback
	})
	if errors.Is(err, errRollback) {
		return r.err
	}
	return err
}

var errRollback = errors.New("keeper: rolled back on purpose")

// NewKey makes a submission key, for a form that is about to be shown. It cannot
// be guessed, and the keys of one program follow one another, so that the store
// finds the keys of a group side by side; it tells no time.
func NewKey() string {
	return fmt.Sprintf("%s%012x%s", programKey, keysMade.Add(1), rand.Text()[:16])
}

var (
	programKey = rand.Text()[:8]
	keysMade   atomic.Uint64
)

// request validates the acts and computes all that no transaction is needed for.
func (k *Keeper) request(key string, acts []Act) (*request, error) {
	if key == "" {
		key = NewKey()
	}
	r := &request{key: key, acts: make([]prepared, len(acts)), done: make(chan struct{})}
	sum := sha256.New()
	for i, a := range acts {
		p, err := k.prepareAct(a, sum)
		if err != nil && len(acts) > 1 {
			err = place(err, i)
		}
		if err != nil {
			return nil, err
		}
		r.acts[i] = p
	}
	r.input = hex.EncodeToString(sum.Sum(nil))
	return r, nil
}

func (k *Keeper) prepareAct(a Act, sum hash.Hash) (p prepared, err error) {
	kind, ok := k.kinds[a.Kind]
	if !ok {
		return p, fmt.Errorf("submit: no rules for acts of kind %q", a.Kind)
	}
	if a.Words, err = normalWords(a.Words); err != nil {
		return p, Refuse(ErrInvalid, err)
	}
	if kind.Validate != nil {
		if err := kind.Validate(a); err != nil {
			return p, Refuse(ErrInvalid, err)
		}
	}
	p = prepared{act: a, kind: kind, entry: record.Entry{Kind: a.Kind, At: someTime, By: a.By}}
	if p.entry.Facts, err = record.Canonical(a.Facts); err != nil {
		return p, k.malformed(a, err)
	}
	fmt.Fprintf(sum, "%s\n%s\n%s\n", a.Kind, a.By, p.entry.Facts)
	p.salt(sum)
	for _, b := range a.Blobs {
		d := record.DigestOf(b).String()
		p.blobs = append(p.blobs, blob{d, b})
		fmt.Fprintln(sum, d)
	}
	if p.bytes, err = p.entry.Bytes(); len(p.bytes) > record.MaxEntry {
		return p, Refuse(ErrInvalid, locale.E("err.record.entry_too_long", "n", len(p.bytes), "max", record.MaxEntry))
	}
	if err != nil {
		return p, k.malformed(a, err)
	}
	return p, nil
}

// malformed answers an act that breaks the record's grammar, such as text beyond
// ASCII where a code belongs. The subject's Validate should have found better
// words, so the log has it too.
func (k *Keeper) malformed(a Act, err error) error {
	k.o.Log.Error("an act breaks the grammar of the record", "kind", a.Kind, "error", err)
	return Refuse(ErrInvalid, fmt.Errorf("%w (%s: %w)", locale.E("err.record.malformed"), a.Kind, err))
}

// salt gives each text its salt, and the entry their digests.
func (p *prepared) salt(sum hash.Hash) {
	if len(p.act.Words) == 0 {
		return
	}
	p.entry.Words = make(map[string]record.Digest, len(p.act.Words))
	for _, part := range slices.Sorted(maps.Keys(p.act.Words)) {
		w := word{part: part, body: p.act.Words[part]}
		given := false
		if w.salt, given = p.act.Salts[part]; !given {
			w.salt = record.NewSalt()
		}
		p.words = append(p.words, w)
		p.entry.Words[part] = record.WordDigest(w.salt, w.body)
		if given { // the same text has the same digest each time it is sent, and it says nothing of the text
			fmt.Fprintf(sum, "%s %s\n", part, p.entry.Words[part])
			continue
		}
		fmt.Fprintf(sum, "%s %d %s\n", part, len(w.body), w.body)
	}
}

// someTime holds the place of an entry's time until its group is committed: a
// time has one length and stands first in the line.
const (
	someTime  = "2000-01-01T00:00:00Z"
	timeStart = len(`{"at":"`)
)

// at gives the act its time.
func (p *prepared) at(stamp string) {
	p.entry.At = stamp
	copy(p.bytes[timeStart:], stamp)
}

// At tells which act of a submission was refused, counted from 0.
type At struct {
	Act int
	Err error
}

func (a *At) Error() string { return fmt.Sprintf("act %d: %v", a.Act+1, a.Err) }
func (a *At) Unwrap() error { return a.Err }

func place(err error, i int) error {
	if refused(err) {
		return &At{i, err}
	}
	return err
}

// fault is an Apply or Derive that failed, which they never should. Whatever it
// wraps, it is no rule's answer.
type fault struct {
	what string
	err  error
}

func (f *fault) Error() string { return f.what + ": " + f.err.Error() }
func (f *fault) Unwrap() error { return f.err }

// refused tells a rule's answer from a fault.
func refused(err error) bool {
	var f *fault
	if errors.As(err, &f) {
		return false
	}
	if _, ok := locale.All(err); ok {
		return true
	}
	for _, kind := range []error{ErrNotFound, ErrInvalid, ErrForbidden, ErrConflict} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}
