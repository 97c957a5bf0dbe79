package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Tx is a transaction, valid inside the function that got it.
type Tx struct {
	ctx     context.Context
	db      *DB
	write   bool
	session session
	dialect Dialect
	after   []func()
	open    *Rows       // the result that is being read
	kept    map[any]any // in a snapshot that is held: see Once
	failed  error       // of the first statement that failed: nothing can be kept any more
}

// Context is the context that the transaction runs under.
func (t *Tx) Context() context.Context { return t.ctx }

// Dialect is the engine in use.
func (t *Tx) Dialect() Dialect { return t.dialect }

// Held is what a package keeps in memory about this store as long as it is open,
// made at the first call for its key. A transaction that writes gets one of its
// own: what it sees may never be committed.
func (t *Tx) Held(key any, make func() any) any {
	if t.write {
		return make()
	}
	if v, ok := t.db.held.Load(key); ok {
		return v
	}
	v, _ := t.db.held.LoadOrStore(key, make())
	return v
}

// AfterCommit runs f once the transaction is durable, and never otherwise.
func (t *Tx) AfterCommit(f func()) { t.after = append(t.after, f) }

var errOpenRows = errors.New("db: close the rows before the next statement")

// ready says whether another statement can run.
func (t *Tx) ready() error {
	switch {
	case t.failed != nil:
		return t.failed
	case t.open != nil:
		return t.fail(errOpenRows)
	}
	return t.fail(t.ctx.Err())
}

// fail notes the first error. PostgreSQL refuses everything after it until the
// rollback, and SQLite has on some errors (disk full, interrupted) rolled back on
// its own, after which each statement would be a transaction of its own.
func (t *Tx) fail(err error) error {
	if t.failed == nil {
		t.failed = err
	}
	return err
}

// Exec runs a statement and tells how many rows it touched.
func (t *Tx) Exec(sql string, args ...any) (int64, error) {
	if err := t.ready(); err != nil {
		return 0, err
	}
	n, err := t.session.exec(t.ctx, sql, args)
	return n, t.fail(err)
}

// Queue runs a write whose outcome nobody waits for. PostgreSQL gets the queue
// as one batch with the next read or the commit (round trips are the cost
// there); an error then fails that read or commit.
func (t *Tx) Queue(sql string, args ...any) error {
	if t.failed != nil {
		return t.failed
	}
	return t.fail(t.session.queue(t.ctx, sql, args))
}

// rowsAtOnce are the numbers of rows that one insert writes: few, so that few
// texts are prepared.
var rowsAtOnce = []int{32, 16, 8, 7, 6, 5, 4, 3, 2, 1}

// QueueRows queues the insertion of rows, several a statement. The values of all
// rows follow one another; insert goes up to VALUES, and after it what follows
// the rows: "ON CONFLICT …" or nothing. No two rows may have one key.
func (t *Tx) QueueRows(insert string, columns int, after string, values []any) error {
	row := "(?" + strings.Repeat(", ?", columns-1) + ")"
	for _, n := range rowsAtOnce {
		for ; len(values) >= n*columns; values = values[n*columns:] {
			text := insert + " " + row + strings.Repeat(", "+row, n-1) + " " + after
			if err := t.Queue(text, values[:n*columns]...); err != nil {
				return err
			}
		}
	}
	return nil
}

// Query runs a select. The Rows are to be closed.
func (t *Tx) Query(sql string, args ...any) (*Rows, error) {
	if err := t.ready(); err != nil {
		return nil, err
	}
	r, err := t.session.query(t.ctx, sql, args)
	if err != nil {
		return nil, t.fail(err)
	}
	t.open = &Rows{rows: r, tx: t}
	return t.open, nil
}

// Row runs a select of at most one row.
func (t *Tx) Row(sql string, args ...any) Row {
	r, err := t.Query(sql, args...)
	return Row{r, err}
}

// Try runs fn under a savepoint: when fn fails, what it wrote is undone and the
// transaction goes on. Where even the undoing fails, the transaction is lost and
// the error says so.
func (t *Tx) Try(fn func() error) error {
	if err := t.ready(); err != nil {
		return err
	}
	undo, err := t.session.savepoint(t.ctx)
	if err != nil {
		return t.fail(err)
	}
	mark := len(t.after)
	if err = fn(); err == nil {
		// What was queued is sent now, so that its failure is fn's and not a later one's.
		if _, err = t.Exec("RELEASE SAVEPOINT try"); err == nil {
			return nil
		}
	}
	t.closeRows()
	t.after = t.after[:mark]
	fault := undo()
	switch {
	case fault == nil:
		t.failed = nil
		return err
	case t.failed != nil:
		t.failed = fmt.Errorf("%w; and it could not be undone: %w", t.failed, fault)
	default:
		t.failed = fmt.Errorf("undo: %w", fault)
	}
	return t.failed
}

func (t *Tx) closeRows() {
	if t.open != nil {
		t.open.Close()
	}
}

// rows is the part of a result that both drivers share.
type rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close() error
}

// Rows walks a result.
type Rows struct {
	rows
	tx *Tx
}

// Next steps to the next row; after the last one the result is closed.
func (r *Rows) Next() bool {
	if r.tx.open != r {
		return false
	}
	if r.rows.Next() {
		return true
	}
	r.Close()
	return false
}

// Close ends the walk; safe to call twice.
func (r *Rows) Close() {
	if r.tx.open != r {
		return
	}
	r.tx.open = nil
	err := r.rows.Close()
	if fault := r.rows.Err(); fault != nil {
		err = fault
	}
	_ = r.tx.fail(err)
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
