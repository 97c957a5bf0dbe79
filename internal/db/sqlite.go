package db

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite", pure Go
)

// sqliteEngine keeps one writing connection and several reading ones, each with
// its prepared statements. One shared pool is slower: its connections would
// take turns at the write lock and prepare every statement again.
type sqliteEngine struct {
	pool    *sql.DB
	writer  chan *sqliteConn
	readers chan *sqliteConn
}

type sqliteConn struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

func openSQLite(ctx context.Context, c Config) (engine, error) {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, err
	}
	v := url.Values{}
	for _, p := range []string{"journal_mode(WAL)", "synchronous(FULL)", "busy_timeout(10000)",
		"foreign_keys(OFF)", "secure_delete(ON)", "temp_store(MEMORY)", "cache_size(-16000)"} {
		v.Add("_pragma", p)
	}
	file := filepath.Join(c.Dir, "kept.db")
	pool, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?"+v.Encode())
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(c.Readers + 1)
	pool.SetMaxIdleConns(c.Readers + 1)
	e := &sqliteEngine{pool: pool, writer: make(chan *sqliteConn, 1), readers: make(chan *sqliteConn, c.Readers)}
	for i := 0; i <= c.Readers; i++ {
		conn, err := pool.Conn(ctx)
		if err != nil {
			pool.Close()
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		sc := &sqliteConn{conn, make(map[string]*sql.Stmt)}
		if i == 0 {
			e.writer <- sc
			continue
		}
		if _, err := conn.ExecContext(ctx, "PRAGMA query_only = 1"); err != nil {
			pool.Close()
			return nil, err
		}
		e.readers <- sc
	}
	return e, os.Chmod(file, 0o600)
}

func (e *sqliteEngine) dialect() Dialect { return SQLite }

func (e *sqliteEngine) close() error { return e.pool.Close() }

func (e *sqliteEngine) begin(ctx context.Context, write bool) (session, error) {
	home, start := e.readers, "BEGIN"
	if write {
		home, start = e.writer, "BEGIN IMMEDIATE"
	}
	select {
	case c := <-home:
		s := &sqliteSession{c: c, home: home}
		if _, err := s.exec(ctx, start, nil); err != nil {
			home <- c
			return nil, err
		}
		return s, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// sqliteSession is an open transaction on a connection that it gives back at its end.
type sqliteSession struct {
	c    *sqliteConn
	home chan *sqliteConn
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

// structural statements change tables; they are run as they come, so that no
// prepared statement outlives its table.
func structural(text string) bool {
	for _, word := range []string{"CREATE", "DROP", "ALTER", "PRAGMA"} {
		if strings.HasPrefix(text, word) {
			return true
		}
	}
	return false
}

func (s *sqliteSession) queue(ctx context.Context, text string, args []any) error {
	_, err := s.exec(ctx, text, args)
	return err
}

func (s *sqliteSession) query(ctx context.Context, text string, args []any) (rows, error) {
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

// commit returns when SQLite has synced its WAL. A failed commit leaves nothing
// behind: the transaction is rolled back before the connection is used again.
func (s *sqliteSession) commit(ctx context.Context) error {
	_, err := s.exec(context.WithoutCancel(ctx), "COMMIT", nil)
	if err != nil {
		s.rollback()
		return err
	}
	s.home <- s.c
	return nil
}

func (s *sqliteSession) rollback() {
	_, _ = s.exec(context.Background(), "ROLLBACK", nil)
	s.home <- s.c
}

func sqliteError(err error) error {
	if text := err.Error(); strings.Contains(text, "disk is full") || strings.Contains(text, "no space left") {
		return fmt.Errorf("%w (%v)", ErrFull, err)
	}
	return err
}
