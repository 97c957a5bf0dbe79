package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// maxSegments bounds how much log is written to have old segments overwritten: 64
// of 16 MB is what PostgreSQL keeps at most by default.
const maxSegments = 80

// scrubLogTries is how often the log is written over before it is told as remaining:
// whoever else writes to the server meanwhile moves its segments on under our hands.
const scrubLogTries = 10

// scrub rewrites tables with their indexes, drops the samples that the planner took
// of their texts, and has the segments of the log that hold the texts overwritten.
// A plain VACUUM leaves the bytes of dead tuples in their pages, and VACUUM FULL
// copies those that a transaction which is still open might see, so tables are
// rewritten from their live rows alone ([renew]) and the samples once nobody can
// see the old ones any more. What the role may not do is told as remaining.
func (e *postgresEngine) scrub(ctx context.Context, tables []string) (remains []Remains, err error) {
	conn, err := e.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Release()
	run := func(sql string) error {
		_, err := conn.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol)
		return postgresError(err)
	}
	if err := run(fmt.Sprintf("SET lock_timeout = %d", scrubWithin.Milliseconds())); err != nil {
		return nil, err
	}
	defer run("SET lock_timeout = 10000")
	for _, table := range tables {
		if err := renew(ctx, conn, run, table); err != nil {
			return nil, err
		}
		if err := run("VACUUM (FULL, ANALYZE) " + table); err != nil {
			return nil, err
		}
	}
	e.pool.Reset()
	gone, err := nobodySees(ctx, conn)
	if err == nil {
		err = run("VACUUM FULL pg_catalog.pg_statistic")
	}
	switch {
	case denied(err) || err == nil && !gone:
		remains = append(remains, RemainsStatistics)
	case err != nil:
		return nil, err
	}
	var left []Remains
	for range scrubLogTries {
		if left, err = scrubLog(ctx, conn, run); err != nil || !slices.Contains(left, RemainsWAL) {
			break
		}
	}
	return append(remains, left...), err
}

// renew has a table written anew from its live rows, and drops what the planner
// knows of its texts. Both come with setting a column to the type that it has: one
// computed by an expression has the whole table rewritten, and a rewrite takes what
// its own snapshot sees and nothing dead. ANALYZE alone would leave the samples
// where no rows are left.
func renew(ctx context.Context, conn *pgxpool.Conn, run func(string) error, table string) error {
	rows, err := conn.Query(ctx, `SELECT column_name, data_type FROM information_schema.columns
		WHERE table_schema = current_schema() AND table_name = $1 AND data_type IN ('text', 'bytea') ORDER BY column_name`, table)
	if err != nil {
		return err
	}
	defer rows.Close()
	var changes []string
	for rows.Next() {
		var column, kind string
		if err := rows.Scan(&column, &kind); err != nil {
			return err
		}
		name := pgx.Identifier{column}.Sanitize()
		changes = append(changes, "ALTER COLUMN "+name+" TYPE "+kind+" USING "+name+" || ''::"+kind)
	}
	if err := rows.Err(); err != nil || len(changes) == 0 {
		return err
	}
	rows.Close()
	return run("ALTER TABLE " + table + " " + strings.Join(changes, ", "))
}

// nobodySees waits until no transaction of this database can see rows that were
// dead before; false when one stays open for too long.
func nobodySees(ctx context.Context, conn *pgxpool.Conn) (bool, error) {
	var now string
	if err := conn.QueryRow(ctx, "SELECT pg_current_xact_id()::xid::text").Scan(&now); err != nil {
		return false, postgresError(err)
	}
	for end := time.Now().Add(scrubWithin); time.Now().Before(end); {
		var older int64
		err := conn.QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
			AND (backend_xmin IS NOT NULL AND age(backend_xmin) > age($1::text::xid) OR backend_xid IS NOT NULL AND age(backend_xid) > age($1::text::xid))`, now).Scan(&older)
		if err != nil || older == 0 {
			return err == nil, postgresError(err)
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	return false, nil
}

// scrubLog ends the segment of the log that is being written, lets the server drop
// or set aside those before it, and then ends one after another until all that were
// set aside have been written over: a segment that is ended is filled with zeros.
func scrubLog(ctx context.Context, conn *pgxpool.Conn, run func(string) error) ([]Remains, error) {
	var replicas int64
	err := conn.QueryRow(ctx, `SELECT (SELECT count(*) FROM pg_stat_replication) + (SELECT count(*) FROM pg_replication_slots)
		+ CASE WHEN current_setting('archive_mode') <> 'off' THEN 1 ELSE 0 END`).Scan(&replicas)
	if err != nil {
		return nil, postgresError(err)
	}
	var remains []Remains
	if replicas > 0 {
		remains = append(remains, RemainsReplicas)
	}
	for _, step := range []string{"CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT"} {
		if err := run(step); denied(err) {
			return append(remains, RemainsWAL), nil
		} else if err != nil {
			return nil, err
		}
	}
	older, last, err := segments(ctx, conn)
	if denied(err) || older {
		return append(remains, RemainsWAL), nil
	}
	for range maxSegments {
		if err != nil {
			return nil, err
		}
		var now string
		if err = conn.QueryRow(ctx, "SELECT pg_walfile_name(pg_current_wal_insert_lsn())").Scan(&now); err == nil && now > last {
			return remains, run("CHECKPOINT")
		}
		if err == nil { // a transaction, so that there is something to end
			err = run("SELECT txid_current()")
		}
		if err == nil {
			err = run("SELECT pg_switch_wal()")
		}
	}
	return append(remains, RemainsWAL), err
}

// segments tells whether segments are kept that are older than the one which is
// written, and the name of the last that was set aside.
func segments(ctx context.Context, conn *pgxpool.Conn) (older bool, last string, err error) {
	err = conn.QueryRow(ctx, `SELECT COALESCE(bool_or(name < pg_walfile_name(pg_current_wal_insert_lsn())), FALSE), COALESCE(MAX(name), '')
		FROM pg_ls_waldir() WHERE length(name) = 24`).Scan(&older, &last)
	return older, last, postgresError(err)
}

// denied tells that the role may not do something.
func denied(err error) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && pe.Code == "42501"
}
