package db

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// privateSchema notes which steps of which package's private tables were made.
const privateSchema = `CREATE TABLE IF NOT EXISTS private_schema (owner TEXT NOT NULL, step BIGINT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (owner, step))`

// Migrate makes the private tables of a package: accounts, drafts, jobs. They are
// no state, cannot be replayed, and so are never dropped: each step is a schema
// (see [Dialect.Schema]) that is run once, in order, in one transaction with its
// note. If we die before the commit nothing was made. Processes that start
// together wait for each other. A step that ran is never edited; another is added
// after it.
func (d *DB) Migrate(ctx context.Context, owner string, steps ...string) error {
	err := d.Write(ctx, func(tx *Tx) error {
		if err := alone(tx); err != nil {
			return err
		}
		for _, s := range Statements(tx.Dialect().Schema(privateSchema)) {
			if _, err := tx.Exec(s); err != nil {
				return err
			}
		}
		for i, step := range steps {
			if err := tx.step(owner, i, step); err != nil {
				return fmt.Errorf("step %d: %w", i+1, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("private tables of %s: %w", owner, err)
	}
	return nil
}

// migrating is the number of the advisory lock under which PostgreSQL makes
// private tables: two processes that create one table at once would both fail.
const migrating = 720103

func alone(tx *Tx) error {
	if tx.Dialect() == SQLite {
		return nil // one writer at a time as it is
	}
	var n int64
	return tx.Row("SELECT count(*) FROM pg_advisory_xact_lock(?)", int64(migrating)).Scan(&n)
}

// errEdited is a step that reads differently from when it ran.
var errEdited = errors.New("it ran in another wording; a step that ran is never edited")

func (t *Tx) step(owner string, i int, schema string) error {
	sum := sha256.Sum256([]byte(schema))
	digest, was := hex.EncodeToString(sum[:]), ""
	err := t.Row("SELECT digest FROM private_schema WHERE owner = ? AND step = ?", owner, i).Scan(&was)
	switch {
	case err == nil && was == digest:
		return nil
	case err == nil:
		return errEdited
	case !errors.Is(err, ErrNoRows):
		return err
	}
	for _, s := range Statements(t.Dialect().Schema(schema)) {
		if _, err := t.Exec(s); err != nil {
			return err
		}
	}
	_, err = t.Exec("INSERT INTO private_schema (owner, step, digest) VALUES (?, ?, ?)", owner, i, digest)
	return err
}
