package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/mod/sumdb/note"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/observatory"
	"kept/internal/stakeholder"
)

// subjects are the packages whose acts this program keeps, in the order of the life of a compact.
func subjects() []keeper.Subject {
	return []keeper.Subject{compact.Subject(), stakeholder.Subject(), observatory.Subject(), commitment.Subject()}
}

// instance is one compact's data directory, opened: one record, one origin.
type instance struct {
	dir    string
	db     *db.DB
	key    keeper.Key
	keeper *keeper.Keeper
	end    func() // stops the loops
	loops  sync.WaitGroup
}

// place says where an instance lies.
type place struct {
	dir   string
	db    string
	lock  string // as asked for; see lockOf
	clock keeper.Clock
}

// place is where the flags say that the record of a data directory lies.
func (a *app) place(dir string) place { return place{dir: dir, db: a.db, lock: a.lock} }

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
	store, err := db.Open(ctx, db.Config{Dir: p.dir, URL: p.db})
	if err != nil {
		return nil, err
	}
	k, err := keeper.Open(ctx, keeper.Options{DB: store, Subjects: subjects(), Key: key, Lock: keeper.FileLock{Path: lock},
		Clock: p.clock, Progress: a.progress("rebuilding the state")})
	var stranger *note.UnverifiedNoteError
	if errors.As(err, &stranger) {
		err = fmt.Errorf("the database was signed with another key than %s; a database holds one record, and its key belongs to it", keyFile(p.dir))
	}
	if err != nil {
		store.Close()
		return nil, err
	}
	return &instance{dir: p.dir, db: store, key: key, keeper: k, end: func() {}}, nil
}

// run signs checkpoints and follows other processes until close.
func (i *instance) run(ctx context.Context) {
	ctx, i.end = context.WithCancel(ctx)
	for _, loop := range []func(context.Context){i.keeper.SignLoop, i.keeper.FollowLoop} {
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
