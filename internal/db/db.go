// Package db opens Kept's store, SQLite in one file or PostgreSQL, behind one
// small surface: transactions, a dialect for the few places where the engines
// differ, and a queue of writes.
//
// Rules that callers can rely on:
//   - [DB.Write] is one transaction on the primary: all of it or nothing. On
//     SQLite there is one writer at a time (BEGIN IMMEDIATE); on PostgreSQL it
//     is READ COMMITTED, so whoever needs order takes a row lock first.
//   - [DB.Read] sees one snapshot and cannot write.
//   - A transaction in which a statement failed keeps nothing, whatever its
//     function returns; [Tx.Try] is how to go on after a failure.
//   - Commit returns after the log was synced to disk (SQLite synchronous=FULL;
//     PostgreSQL is refused with synchronous_commit=off).
//   - SQL is written once, with '?' for parameters, in the subset that both
//     engines share. Types in schemas: BIGINT, TEXT, BLOB.
//   - Rows are closed before the next statement: PostgreSQL has one result at a
//     time, so SQLite is held to it too.
package db

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"
)

// Config says where the store is. URL wins over Dir.
type Config struct {
	Dir     string // folder that holds kept.db
	URL     string // postgres://…
	Readers int    // reading connections; the number of cores when zero
	Scratch bool   // a store in Dir that can be made again: nothing waits for the disk
}

// ErrNoRows is what a Row without a row scans to.
var ErrNoRows = errors.New("db: no row")

// ErrFull is returned when the disk or the quota is full; nothing was kept of the transaction.
var ErrFull = errors.New("db: the disk is full")

// ErrUnsure is returned when the connection was lost while a commit was under
// way: all of it was kept or nothing, and only a look at the store tells which.
var ErrUnsure = errors.New("db: the connection was lost while committing")

// ErrGone is returned when the file of an open SQLite store was removed or
// replaced. SQLite would go on writing into a file that nobody can open again.
var ErrGone = errors.New("db: the store's file was removed or replaced while it was open")

var errClosed = errors.New("db: the store is closed")

// closeWithin is how long Close waits for transactions that are still open.
const closeWithin = 5 * time.Second

// engine is what SQLite and PostgreSQL each provide.
type engine interface {
	dialect() Dialect
	begin(ctx context.Context, write bool) (session, error)
	snapshot(ctx context.Context, n int) ([]session, error)
	scrub(ctx context.Context, tables []string) ([]Remains, error)
	analyze(ctx context.Context, tables []string) error
	close() error
}

// session is one open transaction.
type session interface {
	exec(ctx context.Context, sql string, args []any) (int64, error)
	queue(ctx context.Context, sql string, args []any) error
	query(ctx context.Context, sql string, args []any) (rows, error)
	savepoint(ctx context.Context) (undo func() error, err error)
	commit(ctx context.Context) error
	rollback()
	pause()
}

// DB is an open store.
type DB struct {
	engine engine
	held   sync.Map // see [Tx.Held]
}

// Open opens or creates the store.
func Open(ctx context.Context, c Config) (*DB, error) {
	if c.Readers <= 0 {
		c.Readers = max(2, runtime.NumCPU())
	}
	var e engine
	var err error
	if c.URL != "" {
		e, err = openPostgres(ctx, c)
	} else {
		e, err = openSQLite(ctx, c)
	}
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	return &DB{engine: e}, nil
}

// Dialect is the engine in use.
func (d *DB) Dialect() Dialect { return d.engine.dialect() }

// Close waits a few seconds for open transactions; no new one begins.
func (d *DB) Close() error { return d.engine.close() }

// Write runs fn in one transaction and commits it when fn returns nil. If the
// process dies before Commit answers, a restart finds all of it or nothing.
// A context that ends stops fn at its next statement; it does not stop a commit.
func (d *DB) Write(ctx context.Context, fn func(*Tx) error) error { return d.run(ctx, true, fn) }

// Read runs fn on one snapshot: a new one, or the one that the context carries (see [DB.Snapshot]).
func (d *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	if o := d.heldOpen(ctx); o != nil && ctx.Err() == nil {
		return d.readWithin(ctx, o, fn)
	}
	return d.run(ctx, false, fn)
}

func (d *DB) run(ctx context.Context, write bool, fn func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s, err := d.engine.begin(ctx, write)
	if err != nil {
		return err
	}
	tx := &Tx{ctx: ctx, db: d, write: write, session: s, dialect: d.Dialect()}
	ended := false
	defer func() {
		if !ended {
			tx.closeRows()
			s.rollback() // fn failed or panicked
		}
	}()
	if err := fn(tx); err != nil {
		return err
	}
	tx.closeRows() // a connection goes back without a result half read
	if tx.failed != nil {
		return fmt.Errorf("a statement failed before the commit: %w", tx.failed)
	}
	ended = true
	if err := s.commit(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	for _, f := range tx.after {
		f()
	}
	return nil
}

// CopyTo writes the store as it stands into the empty folder dir, where Open finds
// it. Only SQLite can: a copy of a PostgreSQL cluster is its operator's.
func (d *DB) CopyTo(ctx context.Context, dir string) error {
	e, ok := d.engine.(*sqliteEngine)
	if !ok {
		return errors.New("db: only a store in a file can be copied")
	}
	return e.copyTo(ctx, dir)
}
