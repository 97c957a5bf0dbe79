// Package db opens Kept's store, SQLite in one file or PostgreSQL, behind one
// small surface: transactions, a dialect for the few places where the engines
// differ, and a queue of writes.
//
// Rules that callers can rely on:
//   - [DB.Write] is one transaction on the primary: all of it or nothing. On
//     SQLite there is one writer at a time (BEGIN IMMEDIATE); on PostgreSQL it
//     is READ COMMITTED, so whoever needs order takes a row lock first.
//   - [DB.Read] sees one snapshot and cannot write.
//   - Commit returns after the log was synced to disk (SQLite synchronous=FULL;
//     PostgreSQL is refused with synchronous_commit=off).
//   - SQL is written once, with '?' for parameters, in the subset that both
//     engines share. Types in schemas: BIGINT, TEXT, BLOB.
package db

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
)

// Dialect names the engine.
type Dialect int

// The two engines.
const (
	SQLite Dialect = iota
	Postgres
)

// String is the engine's name.
func (d Dialect) String() string {
	if d == Postgres {
		return "PostgreSQL"
	}
	return "SQLite"
}

// Config says where the store is. URL wins over Dir.
type Config struct {
	Dir     string // folder that holds kept.db
	URL     string // postgres://…
	Readers int    // reading connections; the number of cores when zero
}

// ErrNoRows is what a Row without a row scans to.
var ErrNoRows = errors.New("db: no row")

// ErrFull is returned when the disk or the quota is full; nothing was kept of the transaction.
var ErrFull = errors.New("db: the disk is full")

// engine is what SQLite and PostgreSQL each provide.
type engine interface {
	dialect() Dialect
	begin(ctx context.Context, write bool) (session, error)
	close() error
}

// session is one open transaction.
type session interface {
	exec(ctx context.Context, sql string, args []any) (int64, error)
	queue(ctx context.Context, sql string, args []any) error
	query(ctx context.Context, sql string, args []any) (rows, error)
	commit(ctx context.Context) error
	rollback()
}

// rows is the part of a result that both drivers share.
type rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
}

// DB is an open store.
type DB struct{ engine engine }

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
	return &DB{e}, nil
}

// Dialect is the engine in use.
func (d *DB) Dialect() Dialect { return d.engine.dialect() }

// Close waits for no one: callers end their transactions first.
func (d *DB) Close() error { return d.engine.close() }

// Write runs fn in one transaction and commits it when fn returns nil. If the
// process dies before Commit answers, a restart finds all of it or nothing.
func (d *DB) Write(ctx context.Context, fn func(*Tx) error) error { return d.run(ctx, true, fn) }

// Read runs fn on one snapshot.
func (d *DB) Read(ctx context.Context, fn func(*Tx) error) error { return d.run(ctx, false, fn) }

func (d *DB) run(ctx context.Context, write bool, fn func(*Tx) error) (err error) {
	s, err := d.engine.begin(ctx, write)
	if err != nil {
		return err
	}
	tx := &Tx{ctx: ctx, session: s, dialect: d.Dialect()}
	ended := false
	defer func() {
		if !ended {
			s.rollback() // fn failed or panicked
		}
	}()
	if err := fn(tx); err != nil {
		return err
	}
	ended = true
	if err := s.commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	for _, f := range tx.after {
		f()
	}
	return nil
}

// Tx is a transaction, valid inside the function that got it.
type Tx struct {
	ctx     context.Context
	session session
	dialect Dialect
	after   []func()
}

// Context is the context that the transaction runs under.
func (t *Tx) Context() context.Context { return t.ctx }

// Dialect is the engine in use.
func (t *Tx) Dialect() Dialect { return t.dialect }

// AfterCommit runs f once the transaction is durable, and never otherwise.
func (t *Tx) AfterCommit(f func()) { t.after = append(t.after, f) }

// Exec runs a statement and tells how many rows it touched.
func (t *Tx) Exec(sql string, args ...any) (int64, error) {
	return t.session.exec(t.ctx, sql, args)
}

// Queue runs a write whose outcome nobody waits for. PostgreSQL gets the queue
// as one batch before the next read or the commit (round trips are the cost
// there); an error then fails that read or commit.
func (t *Tx) Queue(sql string, args ...any) error { return t.session.queue(t.ctx, sql, args) }

// Query runs a select. The Rows are to be closed.
func (t *Tx) Query(sql string, args ...any) (*Rows, error) {
	r, err := t.session.query(t.ctx, sql, args)
	if err != nil {
		return nil, err
	}
	return &Rows{r}, nil
}

// Row runs a select of at most one row.
func (t *Tx) Row(sql string, args ...any) Row {
	r, err := t.Query(sql, args...)
	return Row{r, err}
}

// Try runs fn under a savepoint: when fn fails, what it wrote is undone and the
// transaction goes on.
func (t *Tx) Try(fn func() error) error {
	mark := len(t.after)
	if _, err := t.Exec("SAVEPOINT try"); err != nil {
		return err
	}
	if err := fn(); err != nil {
		t.after = t.after[:mark]
		if _, undo := t.Exec("ROLLBACK TO SAVEPOINT try"); undo != nil {
			return errors.Join(err, undo)
		}
		_, undo := t.Exec("RELEASE SAVEPOINT try")
		if undo != nil {
			return errors.Join(err, undo)
		}
		return err
	}
	_, err := t.Exec("RELEASE SAVEPOINT try")
	return err
}

// Rows walks a result.
type Rows struct{ rows }

// Close ends the walk; safe to call twice.
func (r *Rows) Close() {
	switch c := r.rows.(type) {
	case interface{ Close() error }:
		_ = c.Close()
	case interface{ Close() }:
		c.Close()
	}
}

// Row is the answer to a select of at most one row.
type Row struct {
	rows *Rows
	err  error
}

// Scan fills dest, or returns [ErrNoRows].
func (r Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	return r.rows.Err()
}

// Schema fits a schema to the dialect: BLOB is BYTEA on PostgreSQL.
func (d Dialect) Schema(sql string) string {
	if d == Postgres {
		return strings.ReplaceAll(sql, " BLOB", " BYTEA")
	}
	return sql
}

// Statements parts a schema at its semicolons, without comments. Schemas hold no
// semicolon inside a literal.
func Statements(schema string) []string {
	var lines []string
	for _, line := range strings.Split(schema, "\n") {
		before, _, _ := strings.Cut(line, "--")
		lines = append(lines, before)
	}
	var out []string
	for _, s := range strings.Split(strings.Join(lines, "\n"), ";") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// Lock is the clause that holds a row until the transaction ends; SQLite's
// single writer needs none.
func (d Dialect) Lock() string {
	if d == Postgres {
		return " FOR UPDATE"
	}
	return ""
}

// Now is the store's own clock in UTC, to the second; SQLite runs in our process and has ours.
func (t *Tx) Now() (string, error) {
	text := "SELECT strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"
	if t.dialect == Postgres {
		text = `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
	}
	var now string
	err := t.Row(text).Scan(&now)
	return now, err
}

// Values reads the current row whatever its columns are: int64, string, []byte or nil.
func (r *Rows) Values() ([]any, error) {
	if v, ok := r.rows.(interface{ Values() ([]any, error) }); ok {
		return v.Values()
	}
	names, err := r.rows.(interface{ Columns() ([]string, error) }).Columns()
	if err != nil {
		return nil, err
	}
	values, into := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	return values, r.rows.Scan(into...)
}
