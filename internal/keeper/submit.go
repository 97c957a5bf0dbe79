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
	"time"

	"kept/internal/db"
	"kept/internal/locale"
	"kept/record"
)

// groupSize is how many waiting submissions share one commit. There is no timer:
// a lone submission does not wait for company.
const groupSize = 64

// maxDrift is how far this node's clock and the store's may be apart (RECORD §3).
const maxDrift = 5 * time.Second

// Result is one accepted act.
type Result struct {
	Index int64
	Entry []byte // its canonical bytes, the Merkle leaf
}

// request is a submission on its way through the committer.
type request struct {
	key     string
	input   string
	acts    []prepared
	results []Result
	err     error
	done    chan struct{}
}

// prepared is an act after everything that needs no transaction.
type prepared struct {
	act   Act
	kind  Kind
	facts []byte
	words []word
	blobs map[string][]byte
}

type word struct {
	part, body string
	salt       record.Salt
	digest     record.Digest
}

// Submit takes acts, all or none. The key makes it happen once: the same key with
// the same acts answers with the same results, with others it is ErrConflict; an
// empty key is made up. A nil error means that the acts are durable.
func (k *Keeper) Submit(ctx context.Context, key string, acts ...Act) ([]Result, error) {
	if err := k.ReadOnly(); err != nil {
		return nil, err
	}
	r, err := k.request(key, acts)
	if err != nil {
		return nil, err
	}
	select {
	case k.queue <- r:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-k.stop:
		return nil, errStopped
	}
	// Once queued it may be kept whether or not the caller still waits; a caller
	// that gave up finds out by sending the same key again.
	select {
	case <-r.done:
		return r.results, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

var errStopped = errors.New("keeper: stopped")

// Check is a dry run: the acts go through all rules in a transaction that is
// rolled back.
func (k *Keeper) Check(ctx context.Context, acts ...Act) error {
	r, err := k.request("", acts)
	if err != nil {
		return err
	}
	err = k.o.DB.Write(ctx, func(tx *db.Tx) error {
		g, err := k.openGroup(tx)
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

// request validates the acts and computes all that no transaction is needed for.
func (k *Keeper) request(key string, acts []Act) (*request, error) {
	if key == "" {
		var b [16]byte
		_, _ = rand.Read(b[:])
		key = hex.EncodeToString(b[:])
	}
	r := &request{key: key, done: make(chan struct{})}
	sum := sha256.New()
	for _, a := range acts {
		p, err := k.prepareAct(a, sum)
		if err != nil {
			return nil, err
		}
		r.acts = append(r.acts, p)
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
	p = prepared{act: a, kind: kind, blobs: make(map[string][]byte)}
	if p.facts, err = record.Canonical(a.Facts); err != nil {
		return p, fmt.Errorf("submit %s: facts: %w", a.Kind, err)
	}
	fmt.Fprintf(sum, "%s\n%s\n%s\n", a.Kind, a.By, p.facts)
	for _, part := range slices.Sorted(maps.Keys(a.Words)) {
		w := word{part: part, body: a.Words[part]}
		_, _ = rand.Read(w.salt[:])
		w.digest = record.WordDigest(w.salt, w.body)
		p.words = append(p.words, w)
		fmt.Fprintf(sum, "%s %d %s\n", part, len(w.body), w.body)
	}
	for _, b := range a.Blobs {
		d := record.DigestOf(b).String()
		p.blobs[d] = b
		fmt.Fprintln(sum, d)
	}
	return p, nil
}

// commitLoop takes what is waiting, up to groupSize, into one transaction at a time.
func (k *Keeper) commitLoop() {
	defer k.done.Done()
	for {
		select {
		case first := <-k.queue:
			k.commitGroup(k.gather(first))
		case <-k.stop:
			for { // what was queued before the stop is still answered
				select {
				case first := <-k.queue:
					k.commitGroup(k.gather(first))
				default:
					return
				}
			}
		}
	}
}

func (k *Keeper) gather(first *request) []*request {
	group := []*request{first}
	for len(group) < groupSize {
		select {
		case r := <-k.queue:
			group = append(group, r)
		default:
			return group
		}
	}
	return group
}

// commitGroup commits a group and answers. When something fails that is not a
// rule's answer, the group was rolled back and its submissions are tried one by
// one, so that only the culprit is refused.
func (k *Keeper) commitGroup(group []*request) {
	err := k.commit(group)
	if err != nil && len(group) > 1 {
		for _, r := range group {
			k.commitGroup([]*request{r})
		}
		return
	}
	for _, r := range group {
		if err != nil {
			k.o.Log.Error("submission failed", "kinds", kindsOf(r), "error", err)
			r.results, r.err = nil, err
		}
		close(r.done)
	}
}

func kindsOf(r *request) (names []string) {
	for _, a := range r.acts {
		names = append(names, a.act.Kind)
	}
	return names
}

// commit is the write path. What holds if we die at each step:
//
//	before COMMIT   nothing of the group is kept; no answer was given
//	during COMMIT   the store keeps all of it or nothing; a caller who resends
//	                the same key gets the truth
//	after COMMIT    everything is kept; the answer may be lost, the key settles it
func (k *Keeper) commit(group []*request) error {
	touched := make(map[string]int64)
	ctx := context.WithValue(context.Background(), touchKey{}, func(s string, i int64) { touched[s] = i })
	var size int64
	err := k.o.DB.Write(ctx, func(tx *db.Tx) error {
		g, err := k.openGroup(tx)
		if err != nil {
			return err
		}
		for _, r := range group {
			r.results, r.err = nil, nil
			if err := g.admit(r); err != nil {
				return err
			}
		}
		if err := k.o.Step("before-head"); err != nil {
			return err
		}
		size = g.tree.size
		if err := g.close(); err != nil {
			return err
		}
		return k.o.Step("before-commit")
	})
	if err != nil {
		k.tree = nil // what it holds may not be in the store: load it again
		return err
	}
	k.mu.Lock()
	maps.Copy(k.touched, touched)
	k.mu.Unlock()
	k.head.Store(size)
	return k.o.Step("after-commit")
}

// group is the open transaction of one commit.
type group struct {
	k      *Keeper
	tx     *db.Tx
	tree   *tree
	from   int64
	at     time.Time
	stamp  string
	leaves int
}

// openGroup takes the head first, so that every Check sees all earlier acts
// whichever node wrote them, and fixes the time of the group.
func (k *Keeper) openGroup(tx *db.Tx) (*group, error) {
	var size int64
	var lastAt, generation string
	err := tx.Row("SELECT size, last_at, generation FROM record_head WHERE id = 1"+tx.Dialect().Lock()).Scan(&size, &lastAt, &generation)
	if err != nil {
		return nil, err
	}
	if generation != k.generation {
		err := fmt.Errorf("the state is of generation %q, this program writes %q", generation, k.generation)
		k.setReadOnly(Refuse(ErrForbidden, locale.E("err.record.other_program")))
		return nil, err
	}
	if k.tree == nil || k.tree.size != size {
		if k.tree, err = loadTree(tx, size); err != nil {
			return nil, err
		}
	}
	g := &group{k: k, tx: tx, tree: k.tree, from: size}
	k.tree = nil // given back by close; a failed group must not leave its hashes behind
	return g, g.setTime(lastAt)
}

// setTime takes max(last entry's time, clock); times in the record never go back.
func (g *group) setTime(lastAt string) error {
	now := g.k.Now()
	if g.k.o.Clock == nil && g.tx.Dialect() == db.Postgres {
		theirs, err := g.tx.Now()
		if err != nil {
			return err
		}
		t, err := time.Parse(time.RFC3339, theirs)
		if err != nil {
			return err
		}
		if d := now.Sub(t); d > maxDrift+time.Second || d < -maxDrift {
			return fmt.Errorf("this machine's clock (%s) and the database's (%s) differ by more than %s; set them right", now.Format(time.RFC3339), theirs, maxDrift)
		}
		now = t
	}
	g.at, g.stamp = now.Truncate(time.Second), now.Format("2006-01-02T15:04:05Z")
	if g.stamp < lastAt {
		t, err := time.Parse(time.RFC3339, lastAt)
		if err != nil {
			return err
		}
		g.at, g.stamp = t, lastAt
	}
	return nil
}

// admit puts one submission into the group. A rule's refusal is stored in r.err
// and leaves no trace; the error that it returns means that the group is lost.
func (g *group) admit(r *request) error {
	known, err := g.known(r)
	if known || err != nil {
		return err
	}
	if len(r.acts) == 1 {
		err = g.append(r, r.acts[0])
	} else {
		edge := g.tree.copy()
		err = g.tx.Try(func() error {
			for i, a := range r.acts {
				if err := g.append(r, a); err != nil {
					return place(err, i)
				}
			}
			return nil
		})
		if err != nil {
			g.tree = edge
		}
	}
	if refused(err) {
		r.results, r.err = nil, err
		return nil
	}
	if err != nil || len(r.acts) == 0 {
		return err
	}
	return g.tx.Queue("INSERT INTO record_submission (sent, input, first, acts) VALUES (?, ?, ?, ?)",
		r.key, r.input, r.results[0].Index, len(r.acts))
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

// refused tells a rule's answer from a fault.
func refused(err error) bool {
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

// known answers a submission whose key was kept before.
func (g *group) known(r *request) (bool, error) {
	var input string
	var first, acts int64
	err := g.tx.Row("SELECT input, first, acts FROM record_submission WHERE sent = ?", r.key).Scan(&input, &first, &acts)
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if input != r.input {
		r.err = Refuse(ErrConflict, locale.E("err.record.key_used"))
		return true, nil
	}
	for i := first; i < first+acts; i++ {
		b, err := entryBytes(g.tx, i)
		if err != nil {
			return false, err
		}
		r.results = append(r.results, Result{i, b})
	}
	return true, nil
}

// append checks one act, makes its entry and applies it.
func (g *group) append(r *request, p prepared) error {
	if p.kind.Check != nil {
		if err := p.kind.Check(g.tx, p.act, g.at); err != nil {
			return err
		}
	}
	e := Entry{g.tree.size, record.Entry{Kind: p.act.Kind, At: g.stamp, By: p.act.By, Facts: p.facts}}
	if len(p.words) > 0 {
		e.Words = make(map[string]record.Digest, len(p.words))
	}
	for _, w := range p.words {
		e.Words[w.part] = w.digest
	}
	b, err := e.Bytes()
	if err != nil {
		return fmt.Errorf("submit %s: %w", p.act.Kind, err)
	}
	if err := g.write(e, b, p); err != nil {
		return err
	}
	if err := p.kind.Apply(g.tx, e); err != nil {
		return fmt.Errorf("apply %s: %w", p.act.Kind, err)
	}
	if p.kind.Derive != nil {
		if err := p.kind.Derive(g.tx, e, p.act.Words); err != nil {
			return fmt.Errorf("derive %s: %w", p.act.Kind, err)
		}
	}
	g.tree.add(record.LeafHash(b))
	r.results = append(r.results, Result{e.Index, b})
	return g.k.o.Step("after-apply")
}

func (g *group) write(e Entry, b []byte, p prepared) error {
	if err := g.tx.Queue("INSERT INTO record_entry (idx, bytes) VALUES (?, ?)", e.Index, b); err != nil {
		return err
	}
	for _, w := range p.words {
		if err := g.tx.Queue("INSERT INTO record_word (idx, part, salt, body) VALUES (?, ?, ?, ?)", e.Index, w.part, w.salt[:], w.body); err != nil {
			return err
		}
	}
	for d, blob := range p.blobs {
		if err := g.tx.Queue("INSERT INTO record_blob (digest, bytes) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING", d, blob); err != nil {
			return err
		}
	}
	return nil
}

// close writes the tree and moves the head.
func (g *group) close() error {
	if g.tree.size > g.from {
		if err := g.tree.write(g.tx); err != nil {
			return err
		}
		if err := g.tx.Queue("UPDATE record_head SET size = ?, last_at = ? WHERE id = 1", g.tree.size, g.stamp); err != nil {
			return err
		}
	}
	g.k.tree = g.tree
	return nil
}
