package db

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Analyze has the engine count the rows and values of tables, so that its planner
// knows what it deals with: each table in a transaction of its own, beside readers
// and writers. SQLite plans by its indexes alone and needs no count.
func (d *DB) Analyze(ctx context.Context, tables ...string) error {
	if err := d.engine.analyze(ctx, tables); err != nil {
		return fmt.Errorf("count tables: %w", err)
	}
	return nil
}

func (e *sqliteEngine) analyze(context.Context, []string) error { return nil }

func (e *postgresEngine) analyze(ctx context.Context, tables []string) error {
	conn, err := e.pool.Acquire(ctx)
	if err != nil {
		return postgresError(err)
	}
	defer conn.Release()
	for _, table := range tables {
		if _, err := conn.Exec(ctx, "ANALYZE "+pgx.Identifier{table}.Sanitize(), pgx.QueryExecModeSimpleProtocol); err != nil {
			return postgresError(err)
		}
	}
	return nil
}
