package keeper

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"kept/internal/db"
)

// chunk is how many entries a replay takes into one transaction.
const chunk = 1000

var tableName = regexp.MustCompile(`(?i)CREATE TABLE (\w+)`)

// tables lists the state tables of the subjects, in the order of their schemas.
func (k *Keeper) tables() []string {
	var names []string
	for _, s := range k.o.Subjects {
		for _, m := range tableName.FindAllStringSubmatch(s.Schema, -1) {
			names = append(names, m[1])
		}
	}
	return names
}

// prepare creates the record's tables and brings the state to this program's
// generation. Dead in the middle of a rebuild: the head's generation is that of
// the rebuild, so the next start begins it anew; entries are never touched by it.
func (k *Keeper) prepare(ctx context.Context) error {
	var size int64
	var generation string
	rebuilding := rebuildingMark + rand.Text()
	err := k.o.DB.Write(ctx, func(tx *db.Tx) error {
		if err := createRecord(tx); err != nil {
			return err
		}
		if _, err := tx.Exec("INSERT INTO record_head (id, size, last_at, generation) VALUES (1, 0, '', '') ON CONFLICT (id) DO NOTHING"); err != nil {
			return err
		}
		err := tx.Row("SELECT size, generation FROM record_head WHERE id = 1"+tx.Dialect().Lock()).Scan(&size, &generation)
		if err != nil || generation == k.generation {
			return err
		}
		return k.resetState(tx, rebuilding)
	})
	if err != nil {
		return fmt.Errorf("prepare the store: %w", err)
	}
	if generation != k.generation {
		if err := k.rebuild(ctx, size, rebuilding); err != nil {
			return fmt.Errorf("rebuild the state: %w", err)
		}
	}
	return k.o.DB.Read(ctx, func(tx *db.Tx) error {
		touched, err := readTouched(tx, 0)
		if err == nil {
			k.saw(0, size, touched)
		}
		return err
	})
}

func createRecord(tx *db.Tx) error {
	for _, s := range db.Statements(tx.Dialect().Schema(recordSchema)) {
		if _, err := tx.Exec(s); err != nil {
			return err
		}
	}
	return nil
}

// resetState drops all state tables, those of earlier programs too, and creates ours.
func (k *Keeper) resetState(tx *db.Tx, rebuilding string) error {
	old, err := stateTables(tx)
	if err != nil {
		return err
	}
	for _, name := range old {
		if _, err := tx.Exec("DROP TABLE IF EXISTS " + name); err != nil {
			return err
		}
	}
	if _, err := tx.Exec("DELETE FROM record_state"); err != nil {
		return err
	}
	if err := k.createState(tx); err != nil {
		return err
	}
	for _, name := range k.tables() {
		if _, err := tx.Exec("INSERT INTO record_state (name) VALUES (?)", name); err != nil {
			return err
		}
	}
	_, err = tx.Exec("UPDATE record_head SET generation = ? WHERE id = 1", rebuilding)
	return err
}

func (k *Keeper) createState(tx *db.Tx) error {
	for _, s := range k.o.Subjects {
		for _, statement := range db.Statements(tx.Dialect().Schema(s.Schema)) {
			if _, err := tx.Exec(statement); err != nil {
				return fmt.Errorf("%s: %w", s.Name, err)
			}
		}
	}
	return nil
}

func stateTables(tx *db.Tx) ([]string, error) {
	rows, err := tx.Query("SELECT name FROM record_state ORDER BY name")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// rebuild replays every entry into empty state tables. Its name stands in the head
// while it runs: nobody appends meanwhile, and when another program begins a
// rebuild of its own, this one stops before it mixes its rows with those.
func (k *Keeper) rebuild(ctx context.Context, size int64, name string) error {
	for from := int64(0); from < size; from += chunk {
		to := min(from+chunk, size)
		ctx, touched := gathering(ctx)
		err := k.o.DB.Write(ctx, func(tx *db.Tx) error {
			if err := stillOurs(tx, name); err != nil {
				return err
			}
			entries, err := readEntries(tx, from, to)
			if err != nil {
				return err
			}
			if err := k.replay(tx, reader{tx}, entries); err != nil {
				return err
			}
			return touched.write(tx)
		})
		if err != nil {
			return err
		}
		k.grown(to)
		if k.o.Progress != nil {
			k.o.Progress(to, size)
		}
	}
	return k.o.DB.Write(ctx, func(tx *db.Tx) error {
		if err := stillOurs(tx, name); err != nil {
			return err
		}
		_, err := tx.Exec("UPDATE record_head SET generation = ? WHERE id = 1", k.generation)
		return err
	})
}

func stillOurs(tx *db.Tx, name string) error {
	var now string
	err := tx.Row("SELECT generation FROM record_head WHERE id = 1" + tx.Dialect().Lock()).Scan(&now)
	if err == nil && now != name {
		return errors.New("another program has begun to rebuild the state; start this one again when it is done")
	}
	return err
}

// replay runs Apply, and Derive over the words that remain; never Validate or Check.
func (k *Keeper) replay(tx *db.Tx, from reader, entries []Entry) error {
	for _, e := range entries {
		if err := k.applyAgain(tx, e); err != nil {
			return err
		}
		kind := k.kinds[e.Kind]
		if kind.aims {
			if err := k.rederive(tx, from, e); err != nil {
				return fmt.Errorf("entry %d, %s: %w", e.Index, e.Kind, err)
			}
		}
		if kind.Derive == nil {
			continue
		}
		w, err := WordsOf(from.tx, e.Index)
		if err != nil {
			return err
		}
		if err := kind.Derive(tx, e, w); err != nil {
			return fmt.Errorf("entry %d, %s: %w", e.Index, e.Kind, err)
		}
	}
	return nil
}

// applyAgain makes the state that one entry gives, without what is computed from words.
func (k *Keeper) applyAgain(tx *db.Tx, e Entry) error {
	kind, ok := k.kinds[e.Kind]
	if !ok {
		return fmt.Errorf("entry %d: this program does not know the kind %q; run a newer one", e.Index, e.Kind)
	}
	if err := kind.Apply(tx, e); err != nil {
		return fmt.Errorf("entry %d, %s: %w", e.Index, e.Kind, err)
	}
	return noteKind(tx, e)
}

// readEntries reads entries [from, to); one that is missing is an error.
func readEntries(tx *db.Tx, from, to int64) ([]Entry, error) {
	rows, err := tx.Query("SELECT idx, bytes FROM record_entry WHERE idx >= ? AND idx < ? ORDER BY idx", from, to)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out, err := scanEntries(rows)
	if err != nil {
		return nil, err
	}
	for i, e := range out {
		if e.Index != from+int64(i) {
			return nil, fmt.Errorf("entry %d is missing from the store", from+int64(i))
		}
	}
	if int64(len(out)) != to-from {
		return nil, fmt.Errorf("entry %d is missing from the store", from+int64(len(out)))
	}
	return out, nil
}

// Difference is a table whose rows are not what a replay gives.
type Difference struct {
	Table            string
	Stored, Replayed int    // rows
	Row              string // the first that only one side has
}

// ReplayCheck replays the whole record into a scratch SQLite store and compares
// the state table by table, exactly; derived tables with a rebuild from the
// words that remain. It writes nothing to the record's own store.
func (k *Keeper) ReplayCheck(ctx context.Context, progress func(done, total int64)) ([]Difference, error) {
	dir, err := os.MkdirTemp("", "kept-replay-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	scratch, err := db.Open(ctx, db.Config{Dir: dir})
	if err != nil {
		return nil, err
	}
	defer scratch.Close()
	var found []Difference
	err = k.o.DB.Read(ctx, func(tx *db.Tx) error {
		if err := k.replayInto(ctx, scratch, tx, progress); err != nil {
			return err
		}
		return scratch.Read(ctx, func(other *db.Tx) error {
			for _, table := range k.tables() {
				d, err := compareTable(table, tx, other)
				if err != nil {
					return err
				}
				if d != nil {
					found = append(found, *d)
				}
			}
			return nil
		})
	})
	return found, err
}

func (k *Keeper) replayInto(ctx context.Context, scratch *db.DB, from *db.Tx, progress func(done, total int64)) error {
	var size int64
	if err := from.Row("SELECT size FROM record_head WHERE id = 1").Scan(&size); err != nil {
		return err
	}
	err := scratch.Write(ctx, func(tx *db.Tx) error {
		if err := createRecord(tx); err != nil {
			return err
		}
		if err := copyBlobs(tx, from); err != nil {
			return err
		}
		return k.createState(tx)
	})
	if err != nil {
		return err
	}
	for i := int64(0); i < size; i += chunk {
		entries, err := readEntries(from, i, min(i+chunk, size))
		if err != nil {
			return err
		}
		ctx, touched := gathering(ctx)
		err = scratch.Write(ctx, func(tx *db.Tx) error {
			if err := k.replay(tx, reader{from}, entries); err != nil {
				return err
			}
			return touched.write(tx)
		})
		if err != nil {
			return err
		}
		if progress != nil {
			progress(min(i+chunk, size), size)
		}
	}
	return nil
}

func copyBlobs(to, from *db.Tx) error {
	rows, err := from.Query("SELECT digest, bytes FROM record_blob")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var digest string
		var b []byte
		if err := rows.Scan(&digest, &b); err != nil {
			return err
		}
		if _, err := to.Exec("INSERT INTO record_blob (digest, bytes) VALUES (?, ?)", digest, b); err != nil {
			return err
		}
	}
	return rows.Err()
}

func compareTable(table string, stored, replayed *db.Tx) (*Difference, error) {
	a, err := dump(stored, table)
	if err != nil {
		return nil, err
	}
	b, err := dump(replayed, table)
	if err != nil {
		return nil, err
	}
	if slices.Equal(a, b) {
		return nil, nil
	}
	d := &Difference{Table: table, Stored: len(a), Replayed: len(b)}
	for i := 0; i < max(len(a), len(b)); i++ {
		switch {
		case i >= len(a):
			d.Row = "only replayed: " + b[i]
		case i >= len(b) || a[i] < b[i]:
			d.Row = "only stored: " + a[i]
		case a[i] > b[i]:
			d.Row = "only replayed: " + b[i]
		default:
			continue
		}
		break
	}
	return d, nil
}

// dump is a table as sorted lines, the same on both engines.
func dump(tx *db.Tx, table string) ([]string, error) {
	if !tableName.MatchString("CREATE TABLE " + table) {
		return nil, errors.New("not a table name: " + table)
	}
	rows, err := tx.Query("SELECT * FROM " + table) // every column is compared, whichever there are
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return nil, err
		}
		cells := make([]string, len(values))
		for i, v := range values {
			switch v := v.(type) {
			case nil:
				cells[i] = "∅"
			case []byte:
				cells[i] = fmt.Sprintf("%x", v)
			default:
				cells[i] = fmt.Sprintf("%q", fmt.Sprint(v))
			}
		}
		lines = append(lines, strings.Join(cells, " "))
	}
	slices.Sort(lines)
	return lines, rows.Err()
}
