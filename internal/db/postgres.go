package db

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// postgresEngine talks pgx natively, for its batches.
type postgresEngine struct{ pool *pgxpool.Pool }

func openPostgres(ctx context.Context, c Config) (engine, error) {
	pc, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return nil, err
	}
	pc.MaxConns = int32(c.Readers) + 2
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

func (e *postgresEngine) close() error { e.pool.Close(); return nil }

func (e *postgresEngine) begin(ctx context.Context, write bool) (session, error) {
	o := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	if write {
		o = pgx.TxOptions{IsoLevel: pgx.ReadCommitted}
	}
	tx, err := e.pool.BeginTx(ctx, o)
	if err != nil {
		return nil, postgresError(err)
	}
	return &postgresSession{tx: tx}, nil
}

type postgresSession struct {
	tx    pgx.Tx
	batch pgx.Batch
}

func (s *postgresSession) queue(_ context.Context, sql string, args []any) error {
	s.batch.Queue(rebind(sql), args...)
	return nil
}

// flush sends what is queued; every read and the commit call it first.
func (s *postgresSession) flush(ctx context.Context) error {
	if s.batch.Len() == 0 {
		return nil
	}
	b := s.batch
	s.batch = pgx.Batch{}
	return postgresError(s.tx.SendBatch(ctx, &b).Close())
}

func (s *postgresSession) exec(ctx context.Context, sql string, args []any) (int64, error) {
	if err := s.flush(ctx); err != nil {
		return 0, err
	}
	tag, err := s.tx.Exec(ctx, rebind(sql), args...)
	return tag.RowsAffected(), postgresError(err)
}

func (s *postgresSession) query(ctx context.Context, sql string, args []any) (rows, error) {
	if err := s.flush(ctx); err != nil {
		return nil, err
	}
	r, err := s.tx.Query(ctx, rebind(sql), args...)
	return r, postgresError(err)
}

func (s *postgresSession) commit(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	if err := s.flush(ctx); err != nil {
		s.rollback()
		return err
	}
	return postgresError(s.tx.Commit(ctx))
}

func (s *postgresSession) rollback() { _ = s.tx.Rollback(context.Background()) }

func postgresError(err error) error {
	var pe *pgconn.PgError
	if errors.As(err, &pe) && pe.Code == "53100" {
		return fmt.Errorf("%w (%v)", ErrFull, err)
	}
	return err
}

var rebound sync.Map // SQL with '?' → SQL with $1, $2 …

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
	rebound.Store(sql, b.String())
	return b.String()
}
