package db

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// snapshotKey is where a context carries a transaction that stays open.
type snapshotKey struct{}

// openRead is a reading transaction that outlives one Read.
type openRead struct {
	db      *DB
	session session
	kept    map[any]any // see Once
}

// mostKept bounds what a held snapshot keeps; what comes later is read each time.
const mostKept = 1000

// Once reads what depends on the store and the key alone. In a snapshot that is held
// (see [DB.Snapshot]), where it can never change, it is read one time for all who ask
// for the key; everywhere else it is simply read. Nobody changes what it gives. The key
// is of a type of the package that reads.
func Once[T any](tx *Tx, key any, read func() (T, error)) (T, error) {
	if tx.kept == nil {
		return read()
	}
	if v, ok := tx.kept[key]; ok {
		return v.(T), nil
	}
	v, err := read()
	if err == nil && len(tx.kept) < mostKept {
		tx.kept[key] = v
	}
	return v, err
}

// Snapshot gives n contexts under which every Read sees one and the same snapshot
// of the store, whatever is committed meanwhile and however long it takes, until
// end is called; it may be called again. Each context serves one goroutine at a time; what is read under
// different ones may be read at once. Each holds one of the store's Readers: where
// others read beside, there must be more of these than n.
func (d *DB) Snapshot(ctx context.Context, n int) (under []context.Context, end func(), err error) {
	sessions, err := d.engine.snapshot(ctx, n)
	if err != nil {
		return nil, nil, fmt.Errorf("snapshot: %w", err)
	}
	for _, s := range sessions {
		under = append(under, context.WithValue(ctx, snapshotKey{}, &openRead{d, s, make(map[any]any)}))
	}
	return under, sync.OnceFunc(func() { rollbackAll(sessions) }), nil
}

func rollbackAll(sessions []session) {
	for _, s := range sessions {
		s.rollback()
	}
}

// heldOpen is the transaction that a context carries for this store, nil for none.
func (d *DB) heldOpen(ctx context.Context) *openRead {
	if o, ok := ctx.Value(snapshotKey{}).(*openRead); ok && o.db == d {
		return o
	}
	return nil
}

// readWithin runs fn in a transaction that stays open.
func (d *DB) readWithin(ctx context.Context, o *openRead, fn func(*Tx) error) error {
	tx := &Tx{ctx: ctx, db: d, session: o.session, dialect: d.Dialect(), kept: o.kept}
	defer func() {
		tx.closeRows()
		o.session.pause()
	}()
	if err := fn(tx); err != nil {
		return err
	}
	if tx.failed != nil {
		return fmt.Errorf("a statement failed: %w", tx.failed)
	}
	for _, f := range tx.after {
		f()
	}
	return nil
}

// snapshot opens several readers on one state of the file: while the writer's lock
// is held nobody commits, so all that begin under it see the same.
func (e *sqliteEngine) snapshot(ctx context.Context, n int) (sessions []session, err error) {
	if n > cap(e.readers) {
		return nil, fmt.Errorf("%d readers at once need a store that was opened with as many", n)
	}
	writer, err := e.begin(ctx, true)
	if err != nil {
		return nil, err
	}
	defer writer.rollback()
	for range n {
		s, err := e.begin(ctx, false)
		if err == nil {
			s.(*sqliteSession).held = true
			sessions = append(sessions, s)
			_, err = s.exec(ctx, "SELECT 1 FROM sqlite_schema LIMIT 1", nil) // a transaction sees what its first statement sees
		}
		if err != nil {
			rollbackAll(sessions)
			return nil, err
		}
	}
	return sessions, nil
}

// snapshot lets the first transaction name its snapshot and the others take it over.
// The server would end a transaction that is idle for long; these may be.
func (e *postgresEngine) snapshot(ctx context.Context, n int) (sessions []session, err error) {
	if n > int(e.pool.Config().MaxConns)-2 {
		return nil, fmt.Errorf("%d readers at once need a store that was opened with as many", n)
	}
	name := ""
	for range n {
		s, err := e.begin(ctx, false)
		if err == nil {
			sessions = append(sessions, s)
			err = s.(*postgresSession).join(ctx, &name)
		}
		if err != nil {
			rollbackAll(sessions)
			return nil, err
		}
	}
	return sessions, nil
}

var errSnapshotName = errors.New("the server named its snapshot in a way that is not known")

// join takes part in the snapshot of that name, or gives it one.
func (s *postgresSession) join(ctx context.Context, name *string) error {
	if *name != "" {
		if _, err := s.exec(ctx, "SET TRANSACTION SNAPSHOT '"+*name+"'", nil); err != nil {
			return err
		}
	}
	if _, err := s.exec(ctx, "SET LOCAL idle_in_transaction_session_timeout = 0", nil); err != nil || *name != "" {
		return err
	}
	r, err := s.query(ctx, "SELECT pg_export_snapshot()", nil)
	if err != nil {
		return err
	}
	if r.Next() {
		err = r.Scan(name)
	}
	if closed := r.Close(); err == nil {
		err = errors.Join(closed, r.Err())
	}
	for _, c := range *name { // it stands inside a statement
		if (c < '0' || c > '9') && (c < 'A' || c > 'F') && c != '-' {
			return errSnapshotName
		}
	}
	if err == nil && *name == "" {
		err = errSnapshotName
	}
	return err
}

// pause comes between two readings of an open transaction.
func (s *postgresSession) pause() {}

// pause keeps the number of prepared statements within its bound.
func (s *sqliteSession) pause() {
	if len(s.c.stmts) > maxStatements {
		s.c.forget()
	}
}
