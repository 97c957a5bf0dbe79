package db

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// connectWithin and rollbackWithin keep a dead server from holding us for ever.
const (
	connectWithin  = 10 * time.Second
	rollbackWithin = 5 * time.Second
)

// postgresEngine talks pgx natively, for its batches.
type postgresEngine struct{ pool *pgxpool.Pool }

func openPostgres(ctx context.Context, c Config) (engine, error) {
	pc, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return nil, err
	}
	pc.MaxConns = int32(c.Readers) + 2
	pc.ConnConfig.ConnectTimeout = connectWithin
	// A node that stops in the middle of a transaction must not hold the head for ever.
	pc.ConnConfig.RuntimeParams["lock_timeout"] = "10000"
	pc.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = "30000"
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, err
	}
	var syncs string
	if err := pool.QueryRow(ctx, "SHOW synchronous_commit").Scan(&syncs); err != nil {
		pool.Close()
		return nil, err
	}
	if syncs == "off" {
		pool.Close()
		return nil, errors.New("PostgreSQL runs with synchronous_commit=off: an acknowledged act could be lost; set it to on")
	}
	return &postgresEngine{pool}, nil
}

func (e *postgresEngine) dialect() Dialect { return Postgres }

// close waits a little for transactions to end; the pool alone would wait for ever.
func (e *postgresEngine) close() error {
	ended := make(chan struct{})
	go func() { e.pool.Close(); close(ended) }()
	select {
	case <-ended:
		return nil
	case <-time.After(closeWithin):
		return errors.New("db: closed while a transaction was open")
	}
}

// begin takes a connection; the server hears of the transaction with its first statement.
func (e *postgresEngine) begin(ctx context.Context, write bool) (session, error) {
	conn, err := e.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	s := &postgresSession{engine: e, conn: conn}
	if write {
		s.batch.Queue("BEGIN ISOLATION LEVEL READ COMMITTED")
	} else {
		s.batch.Queue("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
	}
	return s, nil
}

// postgresSession is an open transaction. What is queued goes out with the next
// statement whose outcome is asked for, or with the COMMIT: one round trip each.
type postgresSession struct {
	engine  *postgresEngine
	conn    *pgxpool.Conn
	batch   pgx.Batch // opens with BEGIN
	sent    int       // batches that went out
	changed bool      // tables were changed
}

func (s *postgresSession) queue(ctx context.Context, sql string, args []any) error {
	if structural(sql) {
		_, err := s.exec(ctx, sql, args)
		return err
	}
	s.batch.Queue(rebind(sql), args...)
	return nil
}

func (s *postgresSession) exec(ctx context.Context, sql string, args []any) (int64, error) {
	if structural(sql) {
		s.changed = true
		if err := s.flush(ctx); err != nil {
			return 0, err
		}
		return 0, s.simple(ctx, sql)
	}
	s.batch.Queue(rebind(sql), args...)
	b, err := s.send(ctx, s.batch.Len()-1)
	if err != nil {
		return 0, err
	}
	tag, err := last(b)
	return tag.RowsAffected(), postgresError(err)
}

func (s *postgresSession) query(ctx context.Context, sql string, args []any) (rows, error) {
	s.batch.Queue(rebind(sql), args...)
	b, err := s.send(ctx, s.batch.Len()-1)
	if err != nil {
		return nil, err
	}
	r, err := b.Query()
	if err != nil {
		_ = b.Close()
		return nil, postgresError(err)
	}
	return &postgresRows{r, b}, nil
}

// flush sends what is queued.
func (s *postgresSession) flush(ctx context.Context) error {
	if s.batch.Len() == 0 {
		return nil
	}
	b, err := s.send(ctx, s.batch.Len())
	if err != nil {
		return err
	}
	return postgresError(b.Close())
}

// simple runs statements without preparing them.
func (s *postgresSession) simple(ctx context.Context, sql string) error {
	_, err := s.conn.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol)
	return postgresError(err)
}

// send sends the queue and reads past its first results. When the connection
// turns out to be dead at a transaction's first word (the server was restarted),
// it is replaced once: nothing had been kept.
func (s *postgresSession) send(ctx context.Context, past int) (pgx.BatchResults, error) {
	queued := s.batch.QueuedQueries
	s.batch = pgx.Batch{}
	s.sent++
	b, err := s.deliver(ctx, &pgx.Batch{QueuedQueries: queued}, past)
	if err == nil || s.sent > 1 || !s.conn.Conn().IsClosed() || ctx.Err() != nil {
		return b, postgresError(err)
	}
	s.conn.Release()
	s.engine.pool.Reset()
	if s.conn, err = s.engine.pool.Acquire(ctx); err != nil {
		return nil, err
	}
	var again pgx.Batch // the queries of the first remember the dead connection
	for _, q := range queued {
		again.Queue(q.SQL, q.Arguments...)
	}
	b, err = s.deliver(ctx, &again, past)
	return b, postgresError(err)
}

func (s *postgresSession) deliver(ctx context.Context, batch *pgx.Batch, past int) (pgx.BatchResults, error) {
	b := s.conn.SendBatch(ctx, batch)
	for range past {
		if _, err := b.Exec(); err != nil {
			_ = b.Close()
			return nil, err
		}
	}
	return b, nil
}

// savepoint is queued like any write; as long as it was not sent, undoing is
// taking it and what follows off the queue.
func (s *postgresSession) savepoint(context.Context) (func() error, error) {
	mark, sent := s.batch.Len(), s.sent
	s.batch.Queue("SAVEPOINT try")
	return func() error {
		if s.sent == sent {
			s.batch.QueuedQueries = s.batch.QueuedQueries[:mark]
			return nil
		}
		s.batch = pgx.Batch{}
		return s.simple(context.Background(), "ROLLBACK TO SAVEPOINT try; RELEASE SAVEPOINT try")
	}, nil
}

func (s *postgresSession) commit(ctx context.Context) error {
	if s.sent == 0 && s.batch.Len() == 1 { // BEGIN alone: nothing was asked for
		s.release()
		return nil
	}
	s.batch.Queue("COMMIT")
	tag, err := s.finish(ctx)
	if err != nil {
		if s.conn.Conn().IsClosed() {
			err = fmt.Errorf("%w (%v)", ErrUnsure, err)
		}
		s.rollback()
		return postgresError(err)
	}
	s.release()
	if tag.String() != "COMMIT" {
		return errors.New("db: PostgreSQL answered the commit with " + tag.String())
	}
	if s.changed {
		s.engine.pool.Reset() // other connections hold plans for the old tables
	}
	return nil
}

// finish sends the last batch. It is never sent twice: once the COMMIT is out,
// a lost connection leaves open whether it was heard.
func (s *postgresSession) finish(ctx context.Context) (tag pgconn.CommandTag, err error) {
	s.sent++
	b, err := s.deliver(ctx, &s.batch, s.batch.Len()-1)
	if err != nil {
		return tag, err
	}
	return last(b)
}

// last reads the last result of a batch and ends the batch.
func last(b pgx.BatchResults) (pgconn.CommandTag, error) {
	tag, err := b.Exec()
	if closed := b.Close(); err == nil {
		err = closed
	}
	return tag, err
}

func (s *postgresSession) rollback() {
	if s.sent > 0 && s.conn != nil && !s.conn.Conn().IsClosed() {
		ctx, cancel := context.WithTimeout(context.Background(), rollbackWithin)
		defer cancel()
		_ = s.simple(ctx, "ROLLBACK")
	}
	s.release()
}

func (s *postgresSession) release() {
	if s.conn != nil {
		s.conn.Release()
	}
}

// postgresRows is the last result of a batch.
type postgresRows struct {
	pgx.Rows
	batch pgx.BatchResults
}

// Close ends the result and its batch.
func (r *postgresRows) Close() error {
	r.Rows.Close()
	return r.batch.Close()
}

func postgresError(err error) error {
	var pe *pgconn.PgError
	if errors.As(err, &pe) && pe.Code == "53100" {
		return fmt.Errorf("%w (%v)", ErrFull, err)
	}
	return err
}

// rebound remembers SQL with '?' → SQL with $1, $2 …, up to maxRebound texts.
var (
	rebound  sync.Map
	rebounds atomic.Int64
)

const maxRebound = 4000

// rebind turns '?' into $1, $2 …. Statements hold no '?' inside a literal.
func rebind(sql string) string {
	if done, ok := rebound.Load(sql); ok {
		return done.(string)
	}
	var b strings.Builder
	n := 0
	for _, part := range strings.SplitAfter(sql, "?") {
		if before, found := strings.CutSuffix(part, "?"); found {
			n++
			b.WriteString(before + "$" + strconv.Itoa(n))
		} else {
			b.WriteString(part)
		}
	}
	if rebounds.Add(1) > maxRebound {
		rebound.Clear()
		rebounds.Store(1)
	}
	rebound.Store(sql, b.String())
	return b.String()
}
