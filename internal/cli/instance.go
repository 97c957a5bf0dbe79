package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/job"
	"kept/internal/keeper"
	"kept/internal/observatory"
	"kept/internal/report"
	"kept/internal/stakeholder"
)

// subjects are the packages whose acts this program keeps, in the order of the life of a compact.
func subjects() []keeper.Subject {
	return []keeper.Subject{compact.Subject(), stakeholder.Subject(), observatory.Subject(), commitment.Subject(), correction.Subject(), forum.Subject(), report.Subject()}
}

// instance is one compact's data directory, opened: one record, one origin.
type instance struct {
	dir    string
	db     *db.DB
	key    keeper.Key
	keeper *keeper.Keeper
	jobs   *job.Runner // nil: somebody else does the jobs
	end    func()      // stops the loops
	// scripted says that the record's clock is a script's.
	scripted bool
	loops    sync.WaitGroup
}

// place says where an instance lies.
type place struct {
	dir   string
	db    string
	lock  string // as asked for; see lockOf
	clock keeper.Clock
	// readers is how many may read the store at once; as many as cores when zero.
	readers int
	// scripted says that the clock came from --sample-clock, not from a script of ours.
	scripted bool
}

// place is where the flags say that the record of a data directory lies.
func (a *app) place(dir string) place {
	p := place{dir: dir, db: a.db, lock: a.lock}
	if a.clock != "" {
		p.clock, p.scripted = clockFile(a.clock), true
	}
	return p
}

// clockFile is a clock that stands in a file, for a compact that is marked as a
// sample: it shows the time that the file holds, and stands still when that is none.
func clockFile(path string) keeper.Clock {
	var mu sync.Mutex
	last := time.Now()
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		b, err := os.ReadFile(path)
		if t, wrong := time.Parse(time.RFC3339, strings.TrimSpace(string(b))); err == nil && wrong == nil {
			last = t
		}
		return last
	}
}

// mayScript refuses a scripted clock for a compact that is no sample: the times
// of a record that others rely on are the machine's.
func mayScript(p place, pack *compact.Pack) error {
	if p.scripted && !pack.Sample {
		return fmt.Errorf("%w: --sample-clock is for compacts marked as a sample; %s is none", errUsage, pack.ID)
	}
	return nil
}

// keyFile is where the signing key of a data directory lies.
func keyFile(dir string) string { return filepath.Join(dir, "record.key") }

// open opens an existing instance.
func (a *app) open(ctx context.Context, p place) (*instance, error) {
	key, err := keeper.ReadKey(keyFile(p.dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s holds no record yet; make one with: kept init --data %s --pack gdc --origin NAME", p.dir, p.dir)
	}
	if err != nil {
		return nil, err
	}
	lock, err := lockOf(p.dir, p.lock, key.Origin)
	if err != nil {
		return nil, err
	}
	store, err := db.Open(ctx, db.Config{Dir: p.dir, URL: p.db, Readers: p.readers})
	if err != nil {
		return nil, err
	}
	k, err := keeper.Open(ctx, keeper.Options{DB: store, Subjects: subjects(), Key: key, Lock: keeper.FileLock{Path: lock},
		Ledger: keeper.FileLedger{Path: lock + ledgerSuffix}, Spared: spared, Outside: func(texts []string) error { return forgetFiles(p.dir, texts) },
		Clock: p.clock, Progress: a.progress("rebuilding the state"), Pasts: filepath.Join(p.dir, "past")})
	var stranger *note.UnverifiedNoteError
	if errors.As(err, &stranger) {
		err = fmt.Errorf("the database was signed with another key than %s; a database holds one record, and its key belongs to it", keyFile(p.dir))
	}
	if err != nil {
		store.Close()
		return nil, err
	}
	i := &instance{dir: p.dir, db: store, key: key, keeper: k, end: func() {}, scripted: p.scripted}
	if err := i.checkClock(ctx, p); err != nil {
		i.close()
		return nil, err
	}
	return i, nil
}

// checkClock looks whether the compact of an open record may have a scripted
// clock; one that has no pack yet is asked about when it gets one.
func (i *instance) checkClock(ctx context.Context, p place) error {
	if !p.scripted {
		return nil
	}
	return i.db.Read(ctx, func(tx *db.Tx) error {
		pack, err := compact.InForce(tx)
		if errors.Is(err, keeper.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return mayScript(p, pack)
	})
}

// duties are what an instance does all the time that it is served.
func (i *instance) duties() []func(context.Context) {
	loops := []func(context.Context){i.keeper.SignLoop, i.keeper.FollowLoop}
	if i.jobs != nil {
		loops = append(loops, i.jobs.Run)
	}
	return loops
}

// run signs checkpoints, follows other processes and does the jobs until close.
func (i *instance) run(ctx context.Context) {
	ctx, i.end = context.WithCancel(ctx)
	for _, loop := range i.duties() {
		i.loops.Add(1)
		go func() {
			defer i.loops.Done()
			loop(ctx)
		}()
	}
}

// sign signs what a command wrote. A site that serves the same record may put its
// own checkpoint into the lock meanwhile; then there is less to sign, or nothing.
func (i *instance) sign(ctx context.Context) (err error) {
	for range 5 {
		if err = i.keeper.Sign(ctx); !errors.Is(err, keeper.ErrLockMoved) {
			return err
		}
	}
	return err
}

// close ends the loops, then the keeper, then the store: none outlives what it stands on.
func (i *instance) close() {
	i.end()
	i.loops.Wait()
	i.keeper.Close()
	i.db.Close()
}

// exists tells whether a data directory holds a record already.
func exists(dir string) bool {
	_, err := os.Stat(keyFile(dir))
	return err == nil
}
