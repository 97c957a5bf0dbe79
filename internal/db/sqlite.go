package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"modernc.org/sqlite" // the driver "sqlite", pure Go
)

// settings of every connection. synchronous=FULL syncs the WAL at each commit:
// an answer that was given outlives a power cut. A WAL checkpoint stalls who
// commits, so it comes every 4,000 pages (16 MB), where SQLite's own habit is 1,000.
var settings = []string{"journal_mode(WAL)", "synchronous(FULL)", "fullfsync(ON)", "busy_timeout(10000)",
	"foreign_keys(OFF)", "secure_delete(ON)", "temp_store(MEMORY)", "cache_size(-16000)",
	"wal_autocheckpoint(4000)", "journal_size_limit(67108864)"}

// scratched are the settings of a store that can be made again: a power cut may
// leave it broken, and then it is made again.
var scratched = []string{"journal_mode(WAL)", "synchronous(OFF)", "busy_timeout(10000)",
	"foreign_keys(OFF)", "temp_store(MEMORY)", "cache_size(-16000)", "wal_autocheckpoint(4000)", "journal_size_limit(67108864)"}

// maxStatements bounds what a connection keeps prepared: lists of parameters make
// many texts out of one.
const maxStatements = 400

// storeName is the store's file in its folder.
const storeName = "kept.db"

// sqliteEngine keeps one writing connection and several reading ones, each with
// its prepared statements. One shared pool is slower: its connections would
// take turns at the write lock and prepare every statement again.
type sqliteEngine struct {
	pool    *sql.DB
	writer  chan *sqliteConn
	readers chan *sqliteConn
	closing sync.Once
	closed  chan struct{}
	path    string
	file    os.FileInfo // what path was when we opened it
}

type sqliteConn struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

func openSQLite(ctx context.Context, c Config) (engine, error) {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, err
	}
	e := &sqliteEngine{path: filepath.Join(c.Dir, storeName), closed: make(chan struct{}),
		writer: make(chan *sqliteConn, 1), readers: make(chan *sqliteConn, c.Readers)}
	if err := createPrivate(e.path); err != nil {
		return nil, err
	}
	pragmas := settings
	if c.Scratch {
		pragmas = scratched
	}
	pool, err := sql.Open("sqlite", "file:"+(&url.URL{Path: e.path}).EscapedPath()+"?"+url.Values{"_pragma": pragmas}.Encode())
	if err != nil {
		return nil, err
	}
	e.pool = pool
	pool.SetMaxOpenConns(c.Readers + 1)
	pool.SetMaxIdleConns(c.Readers + 1)
	if err := e.connect(ctx, c.Readers); err != nil {
		e.abandon()
		return nil, fmt.Errorf("%s: %w", e.path, sqliteError(err))
	}
	if e.file, err = os.Stat(e.path); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

// createPrivate makes the file before SQLite does, because its companions (WAL,
// shared memory) take the mode of the file. An existing file is not opened: to
// close it would drop the locks that this process may hold on it already.
func createPrivate(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return os.Chmod(path, 0o600)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil // another program was quicker
	}
	if err != nil {
		return err
	}
	return f.Close()
}

func (e *sqliteEngine) connect(ctx context.Context, readers int) error {
	for i := 0; i <= readers; i++ {
		conn, err := e.pool.Conn(ctx)
		if err != nil {
			return err
		}
		c := &sqliteConn{conn, make(map[string]*sql.Stmt)}
		if i == 0 {
			e.writer <- c
			continue
		}
		if _, err := conn.ExecContext(ctx, "PRAGMA query_only = 1"); err != nil {
			_ = conn.Close()
			return err
		}
		e.readers <- c
	}
	return nil
}

// abandon ends what connect had made before it failed.
func (e *sqliteEngine) abandon() {
	defer e.pool.Close()
	for {
		select {
		case c := <-e.writer:
			_ = c.conn.Close()
		case c := <-e.readers:
			_ = c.conn.Close()
		default:
			return
		}
	}
}

func (e *sqliteEngine) dialect() Dialect { return SQLite }

// close waits a little for transactions to end. The writer goes last: the last
// connection takes the WAL into the store.
func (e *sqliteEngine) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	e.closing.Do(func() { e.end(ctx) })
	return e.pool.Close()
}

func (e *sqliteEngine) end(ctx context.Context) {
	close(e.closed)
	for range cap(e.readers) {
		endOne(ctx, e.readers)
	}
	endOne(ctx, e.writer)
}

func endOne(ctx context.Context, home chan *sqliteConn) {
	select {
	case c := <-home:
		c.forget()
		_ = c.conn.Close()
	case <-ctx.Done():
	}
}

// forget ends the prepared statements. database/sql does not do it for a
// connection of one's own, and SQLite keeps its files open until it is done.
func (c *sqliteConn) forget() {
	for text, st := range c.stmts {
		_ = st.Close()
		delete(c.stmts, text)
	}
}

func (e *sqliteEngine) begin(ctx context.Context, write bool) (session, error) {
	home, start := e.readers, "BEGIN"
	if write {
		if err := e.there(); err != nil {
			return nil, err
		}
		home, start = e.writer, "BEGIN IMMEDIATE"
	}
	select {
	case c := <-home:
		s := &sqliteSession{c: c, home: home, write: write}
		if _, err := s.exec(ctx, start, nil); err != nil {
			s.rollback() // whether or not it had begun
			return nil, err
		}
		return s, nil
	case <-e.closed:
		return nil, errClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// there refuses to write into a file that is no longer at its place.
func (e *sqliteEngine) there() error {
	now, err := os.Stat(e.path)
	if err != nil {
		return fmt.Errorf("%w (%v)", ErrGone, err)
	}
	if !os.SameFile(e.file, now) {
		return fmt.Errorf("%w (%s)", ErrGone, e.path)
	}
	return nil
}

// copyTo writes the store, as its last commit left it, into another folder.
func (e *sqliteEngine) copyTo(ctx context.Context, dir string) error {
	select {
	case c := <-e.writer:
		defer func() { e.writer <- c }()
		_, err := c.conn.ExecContext(ctx, "VACUUM INTO ?", filepath.Join(dir, storeName))
		return sqliteError(err)
	case <-e.closed:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// sqliteSession is an open transaction on a connection that it gives back at its end.
type sqliteSession struct {
	c     *sqliteConn
	home  chan *sqliteConn
	write bool
	held  bool // the transaction outlives who began it
}

// during is the context of one statement. A writer is not interrupted in the
// middle of one: SQLite would then roll back the whole transaction on its own. Nor is
// one in a snapshot that is held, which many need; and its statements are so many that
// the watch over each would cost a sixth of them. The transaction looks at its context
// between statements.
func (s *sqliteSession) during(ctx context.Context) context.Context {
	if s.write || s.held {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

func (s *sqliteSession) prepared(ctx context.Context, text string) (*sql.Stmt, error) {
	if st, ok := s.c.stmts[text]; ok {
		return st, nil
	}
	st, err := s.c.conn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	s.c.stmts[text] = st
	return st, nil
}

func (s *sqliteSession) exec(ctx context.Context, text string, args []any) (int64, error) {
	ctx = s.during(ctx)
	if structural(text) {
		r, err := s.c.conn.ExecContext(ctx, text, args...)
		if err != nil {
			return 0, sqliteError(err)
		}
		return r.RowsAffected()
	}
	st, err := s.prepared(ctx, text)
	if err != nil {
		return 0, sqliteError(err)
	}
	r, err := st.ExecContext(ctx, args...)
	if err != nil {
		return 0, sqliteError(err)
	}
	return r.RowsAffected()
}

func (s *sqliteSession) queue(ctx context.Context, text string, args []any) error {
	_, err := s.exec(ctx, text, args)
	return err
}

func (s *sqliteSession) query(ctx context.Context, text string, args []any) (rows, error) {
	ctx = s.during(ctx)
	st, err := s.prepared(ctx, text)
	if err != nil {
		return nil, sqliteError(err)
	}
	r, err := st.QueryContext(ctx, args...)
	if err != nil {
		return nil, sqliteError(err)
	}
	return r, nil
}

func (s *sqliteSession) savepoint(ctx context.Context) (func() error, error) {
	_, err := s.exec(ctx, "SAVEPOINT try", nil)
	return func() error {
		for _, text := range []string{"ROLLBACK TO SAVEPOINT try", "RELEASE SAVEPOINT try"} {
			if _, err := s.exec(context.WithoutCancel(ctx), text, nil); err != nil {
				return err
			}
		}
		return nil
	}, err
}

// commit returns when SQLite has synced its WAL. A failed commit leaves nothing
// behind: the transaction is rolled back before the connection is used again.
func (s *sqliteSession) commit(ctx context.Context) error {
	if _, err := s.exec(ctx, "COMMIT", nil); err != nil {
		s.rollback()
		return err
	}
	s.giveBack()
	return nil
}

func (s *sqliteSession) rollback() {
	_, _ = s.exec(context.Background(), "ROLLBACK", nil) // SQLite may have done so itself
	s.giveBack()
}

func (s *sqliteSession) giveBack() {
	if len(s.c.stmts) > maxStatements {
		s.c.forget()
	}
	s.home <- s.c
}

// Result codes of SQLite that mean a full disk: of the store, or of the shared
// memory beside it.
const (
	codeFull    = 13
	codeShmSize = 10 | 19<<8
)

func sqliteError(err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) && (e.Code()&0xff == codeFull || e.Code() == codeShmSize) {
		return fmt.Errorf("%w (%v)", ErrFull, err)
	}
	return err
}
