// Package job keeps work that outlives a request: a mail to send, the reminders of
// a day. A job is a row beside what it belongs to, made in the same transaction:
// either both are kept or neither. Any number of processes take from the one
// table, each job is held by one of them at a time.
//
// Terms: a job's kind says who does it, its key which one it is; kind and key
// together are made once, for good. Whoever takes a job holds it under a lease and
// renews it while working. A failure puts the job back with a growing wait; after
// [maxTries] failures it is dead, and stays until the operator says what becomes of it.
//
// What holds if we die:
//
//	before the commit that made it   there is no job, and nothing that it belongs to
//	while it is done                 the lease runs out and somebody takes it again, so
//	                                 a handler must bear being run twice
//	after it was done, before that   the same
//	is noted
//
// So a job runs at least once, and its handler makes that exactly once: the sender
// of mail writes under a name that the key gives, the reminders of a day are rows
// with a unique key, written in the transaction that queues their mail.
//
//	job.Enqueue(tx, job.Job{Kind: "mail", Key: "receipt/1234", Payload: b})
package job

import (
	"context"
	_ "embed"
	"errors"
	"time"

	"kept/internal/db"
)

//go:embed schema.sql
var schema string

// Job is one piece of work.
type Job struct {
	Kind    string
	Key     string    // kind and key are made once
	At      time.Time // not before; zero: at once
	Payload []byte    // dropped when the job is done
	Try     int       // for the handler: which try this is, from 1
}

// The states of a job; one that is held is still waiting, until its lease ends.
const (
	waiting = "waiting"
	done    = "done"
	dead    = "dead"
)

// maxTries is how many failures make a job dead: with the waits between them,
// about two days.
const maxTries = 12

// kept is how long the row of a job that was done stays, so that its key is known.
const kept = 400 * 24 * time.Hour

// stampForm is how times are stored: they sort as text.
const stampForm = "2006-01-02T15:04:05.000Z"

func stamp(t time.Time) string { return t.UTC().Format(stampForm) }

// Prepare makes the table.
func Prepare(ctx context.Context, store *db.DB) error { return store.Migrate(ctx, "job", schema) }

// Enqueue makes jobs in the caller's transaction. A job whose kind and key are
// known, waiting or done long ago, is not made again.
func Enqueue(tx *db.Tx, jobs ...Job) error {
	for _, j := range jobs {
		if j.Kind == "" || j.Key == "" {
			return errors.New("job: a job needs a kind and a key")
		}
		at, payload := "", j.Payload
		if !j.At.IsZero() {
			at = stamp(j.At)
		}
		if payload == nil {
			payload = []byte{}
		}
		err := tx.Queue(`INSERT INTO job (kind, name, payload, state, next_at, holder, tries, ended_at, fault)
			VALUES (?, ?, ?, ?, ?, '', 0, '', '') ON CONFLICT (kind, name) DO NOTHING`, j.Kind, j.Key, payload, waiting, at)
		if err != nil {
			return err
		}
	}
	return nil
}

// Failed is a dead job, for the operator's desk.
type Failed struct {
	Kind, Key string
	Tries     int64
	At        string // of the last failure
	Fault     string
}

// mostFailed bounds what the desk lists.
const mostFailed = 100

// Dead lists the jobs that nobody tries any more, the oldest first.
func Dead(tx *db.Tx) (out []Failed, err error) {
	rows, err := tx.Query("SELECT kind, name, tries, ended_at, fault FROM job WHERE state = ? ORDER BY ended_at, kind, name LIMIT ?", dead, mostFailed)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var f Failed
		if err := rows.Scan(&f.Kind, &f.Key, &f.Tries, &f.At, &f.Fault); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

// Again gives a dead job its tries back.
func Again(tx *db.Tx, kind, key string) error {
	return tx.Queue("UPDATE job SET state = ?, next_at = '', tries = 0, ended_at = '' WHERE kind = ? AND name = ? AND state = ?", waiting, kind, key, dead)
}

// Drop gives a dead job up: its payload goes, its key stays known.
func Drop(tx *db.Tx, kind, key string) error {
	return tx.Queue("UPDATE job SET state = ?, payload = ? WHERE kind = ? AND name = ? AND state = ?", done, []byte{}, kind, key, dead)
}

// Forget empties the jobs of a kind that were not done and are about something,
// such as somebody who was erased. Their keys stay known.
func Forget(tx *db.Tx, kind string, about func(payload []byte) bool) error {
	rows, err := tx.Query("SELECT name, payload FROM job WHERE kind = ? AND state <> ?", kind, done)
	if err != nil {
		return err
	}
	defer rows.Close()
	var keys []string
	for rows.Next() {
		var key string
		var payload []byte
		if err := rows.Scan(&key, &payload); err != nil {
			return err
		}
		if about(payload) {
			keys = append(keys, key)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, key := range keys {
		if err := tx.Queue("UPDATE job SET state = ?, payload = ?, holder = '', fault = '' WHERE kind = ? AND name = ?", done, []byte{}, kind, key); err != nil {
			return err
		}
	}
	return nil
}

// hopeless marks an error that another try cannot mend.
type hopeless struct{ error }

func (h hopeless) Unwrap() error { return h.error }

// Hopeless is what a handler returns when another try cannot help: the job is dead at once.
func Hopeless(err error) error { return hopeless{err} }

// wait is how long a job rests after its n-th failure: half a minute, then four
// times as long each time, at most six hours.
func wait(n int) time.Duration {
	d := 30 * time.Second
	for ; n > 1 && d < 6*time.Hour; n-- {
		d *= 4
	}
	return min(d, 6*time.Hour)
}
