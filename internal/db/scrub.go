package db

import (
	"context"
	"fmt"
	"time"
)

// Remains is a place where bytes of deleted rows may still lie after [DB.Scrub],
// because this program may not, or cannot, overwrite it.
type Remains string

// What can remain. Disk and Backups always do.
const (
	RemainsDisk       Remains = "disk"       // blocks that the file system has freed and not yet used again
	RemainsBackups    Remains = "backups"    // copies of the store that somebody made
	RemainsStatistics Remains = "statistics" // PostgreSQL's samples of columns: only the owner of the database may rewrite them
	RemainsWAL        Remains = "wal"        // PostgreSQL's write-ahead log: until its segments were used again
	RemainsReplicas   Remains = "replicas"   // PostgreSQL's log as standbys and archives hold it
)

// Scrub makes deleted rows unreadable in the store's own files. Deleting a row
// leaves its bytes behind: in SQLite in pages that were moved about and in the
// write-ahead log; in PostgreSQL in dead tuples, indexes, column statistics and
// the log. It rewrites the tables that are named, SQLite the whole file, empties
// or overwrites the log, and tells what remains all the same. Call it after the
// deletion was committed; it is safe to stop and to run again.
func (d *DB) Scrub(ctx context.Context, tables ...string) ([]Remains, error) {
	remains, err := d.engine.scrub(ctx, tables)
	if err != nil {
		return nil, fmt.Errorf("scrub the store: %w", err)
	}
	return append([]Remains{RemainsDisk, RemainsBackups}, remains...), nil
}

// scrubWithin is how long a scrub waits for others who read or write.
const scrubWithin = time.Minute

// largeStore is from how many bytes on a store is rebuilt by way of a file and no
// longer in memory.
const largeStore = 256 << 20

// scrub rebuilds the file and empties the write-ahead log. secure_delete alone
// leaves copies of rows that moved between pages before they were deleted.
func (e *sqliteEngine) scrub(ctx context.Context, _ []string) ([]Remains, error) {
	if err := e.there(); err != nil {
		return nil, err
	}
	var c *sqliteConn
	select {
	case c = <-e.writer:
	case <-e.closed:
		return nil, errClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { e.writer <- c }()
	c.forget()
	var pages, size int64
	if err := c.conn.QueryRowContext(ctx, "SELECT page_count, page_size FROM pragma_page_count, pragma_page_size").Scan(&pages, &size); err != nil {
		return nil, sqliteError(err)
	}
	if pages*size > largeStore {
		if _, err := c.conn.ExecContext(ctx, "PRAGMA temp_store = FILE"); err != nil {
			return nil, sqliteError(err)
		}
		defer c.conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA temp_store = MEMORY")
	}
	if _, err := c.conn.ExecContext(ctx, "VACUUM"); err != nil {
		return nil, sqliteError(err)
	}
	return nil, emptyLog(ctx, c)
}

// emptyLog takes the write-ahead log into the file and truncates it, which waits
// until nobody reads from it.
func emptyLog(ctx context.Context, c *sqliteConn) error {
	for end := time.Now().Add(scrubWithin); ; {
		var busy, frames, moved int64
		if err := c.conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved); err != nil {
			return sqliteError(err)
		}
		if busy == 0 {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("another program has been reading the store for longer than %s; end it and try again", scrubWithin)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}
