package job_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/job"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// clock is a clock that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time           { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func (c *clock) forward(by time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(by) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// runner makes a quick one, with short real waits and the test's clock.
func runner(t *testing.T, store *db.DB, c *clock) *job.Runner { return runnerOf(t, store, c, 4) }

func runnerOf(t *testing.T, store *db.DB, c *clock, workers int) *job.Runner {
	t.Helper()
	r, err := job.New(t.Context(), job.Options{DB: store, Clock: c.Now, Log: slog.New(slog.DiscardHandler), Workers: workers,
		Poll: 2 * time.Millisecond, Lease: time.Minute, Grace: 50 * time.Millisecond})
	must(t, err)
	return r
}

// start runs it; the returned function stops it and waits for its end.
func start(t *testing.T, r *job.Runner) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { r.Run(ctx); close(ended) }()
	stop = func() { cancel(); <-ended }
	t.Cleanup(stop)
	return stop
}

func enqueue(t *testing.T, store *db.DB, jobs ...job.Job) {
	t.Helper()
	must(t, store.Write(t.Context(), func(tx *db.Tx) error { return job.Enqueue(tx, jobs...) }))
}

// state is how a job stands in the table.
func state(t *testing.T, store *db.DB, key string) (state, next string, tries int64) {
	t.Helper()
	must(t, store.Read(t.Context(), func(tx *db.Tx) error {
		err := tx.Row("SELECT state, next_at, tries FROM job WHERE kind = 'sow' AND name = ?", key).Scan(&state, &next, &tries)
		if errors.Is(err, db.ErrNoRows) {
			state, err = "none", nil
		}
		return err
	}))
	return state, next, tries
}

// until waits for something that a running runner is about to do.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 5000 {
		if ok() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("never: %s", what)
}

// tally counts how often each key was done.
type tally struct {
	mu   sync.Mutex
	seen map[string]int
}

func (c *tally) add(key string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen == nil {
		c.seen = map[string]int{}
	}
	c.seen[key]++
	return c.seen[key]
}

func (c *tally) of(key string) int { c.mu.Lock(); defer c.mu.Unlock(); return c.seen[key] }

func TestEachOnceOverSeveralRunners(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		store, c, count := open(), &clock{now: noon}, &tally{}
		runners := make([]*job.Runner, 3)
		for i := range runners {
			runners[i] = runner(t, store, c)
			runners[i].Handle("sow", func(_ context.Context, j job.Job) error { count.add(string(j.Payload)); return nil })
		}
		var jobs []job.Job
		for i := range 150 {
			jobs = append(jobs, job.Job{Kind: "sow", Key: fmt.Sprint(i), Payload: []byte(fmt.Sprint("seed ", i))})
		}
		jobs = append(jobs, job.Job{Kind: "sow", Key: "later", Payload: []byte("later"), At: noon.Add(time.Hour)}, job.Job{Kind: "reap", Key: "1"})
		enqueue(t, store, jobs...)
		enqueue(t, store, jobs...) // known: not made again
		for _, r := range runners {
			start(t, r)
		}
		until(t, "all done", func() bool {
			var n int64
			must(t, store.Read(t.Context(), func(tx *db.Tx) error {
				return tx.Row("SELECT count(*) FROM job WHERE kind = 'sow' AND state = 'done'").Scan(&n)
			}))
			return n == 150
		})
		for i := range 150 {
			if n := count.of(fmt.Sprint("seed ", i)); n != 1 {
				t.Errorf("job %d was done %d times", i, n)
			}
		}
		if count.of("later") != 0 {
			t.Error("a job was done before its time")
		}
		c.forward(time.Hour)
		until(t, "the later one", func() bool { s, _, _ := state(t, store, "later"); return s == "done" })
		enqueue(t, store, jobs...) // done: its key stays known
		var left, payload int64
		must(t, store.Read(t.Context(), func(tx *db.Tx) error {
			return tx.Row("SELECT count(*), (SELECT count(*) FROM job WHERE state = 'done' AND length(payload) > 0) FROM job WHERE state = 'waiting' AND kind <> 'job.tidy'").Scan(&left, &payload)
		}))
		if left != 1 { // "reap", which nobody here handles
			t.Errorf("%d jobs wait, want the one of a kind that nobody handles", left)
		}
		if payload != 0 {
			t.Errorf("%d jobs that were done still hold their payload", payload)
		}
	})
}

func TestMadeWithItsTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		store := open()
		must(t, job.Prepare(t.Context(), store))
		stop := errors.New("stop")
		err := store.Write(t.Context(), func(tx *db.Tx) error {
			if err := job.Enqueue(tx, job.Job{Kind: "sow", Key: "1"}); err != nil {
				return err
			}
			return stop
		})
		if s, _, _ := state(t, store, "1"); !errors.Is(err, stop) || s != "none" {
			t.Errorf("a job of a transaction that was rolled back is %s (%v)", s, err)
		}
		if err := store.Write(t.Context(), func(tx *db.Tx) error { return job.Enqueue(tx, job.Job{Kind: "sow"}) }); err == nil {
			t.Error("a job without a key was taken")
		}
	})
}

func TestGrowingWaitsThenDead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		store, c, count := open(), &clock{now: noon}, &tally{}
		broken := true
		var mu sync.Mutex
		r := runner(t, store, c)
		r.Handle("sow", func(_ context.Context, j job.Job) error {
			mu.Lock()
			defer mu.Unlock()
			count.add(j.Key)
			switch {
			case !broken:
				return nil
			case j.Key == "panics":
				panic("stone")
			case j.Key == "hopeless":
				return job.Hopeless(errors.New("no such field"))
			}
			return errors.New("rain")
		})
		enqueue(t, store, job.Job{Kind: "sow", Key: "fails"}, job.Job{Kind: "sow", Key: "panics"}, job.Job{Kind: "sow", Key: "hopeless"})
		start(t, r)
		until(t, "hopeless is dead at once", func() bool { s, _, _ := state(t, store, "hopeless"); return s == "dead" })
		var waits []time.Duration
		for try := 1; try < 12; try++ {
			until(t, "a failed try", func() bool {
				_, next, n := state(t, store, "fails")
				_, other, m := state(t, store, "panics")
				at, _ := time.Parse(time.RFC3339, next)
				if int(n) != try || int(m) != try || next != other || !at.After(c.Now()) || at.Equal(c.Now().Add(time.Minute)) { // a minute is the lease
					return false
				}
				waits = append(waits, at.Sub(c.Now()))
				return true
			})
			c.forward(waits[len(waits)-1])
		}
		want := []time.Duration{30 * time.Second, 2 * time.Minute, 8 * time.Minute, 32 * time.Minute, 128 * time.Minute}
		if !slices.Equal(waits[:5], want) || waits[10] != 6*time.Hour {
			t.Errorf("waits %v", waits)
		}
		until(t, "both are dead", func() bool {
			s, _, _ := state(t, store, "fails")
			p, _, _ := state(t, store, "panics")
			return s == "dead" && p == "dead"
		})
		var failed []job.Failed
		must(t, store.Read(t.Context(), func(tx *db.Tx) (err error) { failed, err = job.Dead(tx); return err }))
		if len(failed) != 3 || failed[0].Key != "hopeless" || failed[0].Fault != "no such field" || failed[1].Key != "fails" || failed[1].Tries != 12 || failed[1].Fault != "rain" {
			t.Errorf("on the desk: %+v", failed)
		}
		mu.Lock()
		broken = false
		mu.Unlock()
		must(t, store.Write(t.Context(), func(tx *db.Tx) error {
			return errors.Join(job.Again(tx, "sow", "fails"), job.Drop(tx, "sow", "hopeless"))
		}))
		until(t, "done at last", func() bool { s, _, _ := state(t, store, "fails"); return s == "done" })
		must(t, store.Read(t.Context(), func(tx *db.Tx) (err error) { failed, err = job.Dead(tx); return err }))
		if len(failed) != 1 || failed[0].Key != "panics" || count.of("hopeless") != 1 {
			t.Errorf("afterwards: %+v, hopeless tried %d times", failed, count.of("hopeless"))
		}
	})
}

// TestLease has a runner that hangs: its lease ends, another takes over, and what
// the first says later does not count.
func TestLease(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		store, c := open(), &clock{now: noon}
		begun, free, second := make(chan bool, 1), make(chan bool), make(chan bool)
		first := runnerOf(t, store, c, 1) // so that it does not take over from itself
		first.Handle("sow", func(ctx context.Context, _ job.Job) error { begun <- true; <-free; return errors.New("too late") })
		enqueue(t, store, job.Job{Kind: "sow", Key: "1"})
		start(t, first)
		<-begun
		other := runner(t, store, c)
		other.Handle("sow", func(_ context.Context, j job.Job) error {
			if j.Try != 2 {
				t.Errorf("try %d, want 2", j.Try)
			}
			<-second
			return nil
		})
		start(t, other)
		time.Sleep(20 * time.Millisecond)
		if _, _, tries := state(t, store, "1"); tries != 1 {
			t.Error("taken while the lease holds")
		}
		c.forward(time.Minute)
		until(t, "taken over", func() bool { _, _, tries := state(t, store, "1"); return tries == 2 })
		free <- true
		time.Sleep(20 * time.Millisecond)
		if s, next, _ := state(t, store, "1"); s != "waiting" || next != "2026-11-22T12:02:00.000Z" {
			t.Errorf("the first, which lost its lease, moved the job: %s %s", s, next)
		}
		second <- true
		until(t, "done", func() bool { s, _, _ := state(t, store, "1"); return s == "done" })
	})
}

// TestRenewed has a handler that takes longer than a lease.
func TestRenewed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		store, c, count := open(), &clock{now: noon}, &tally{}
		for range 2 {
			r, err := job.New(t.Context(), job.Options{DB: store, Clock: c.Now, Poll: time.Millisecond, Lease: 40 * time.Millisecond})
			must(t, err)
			r.Handle("sow", func(ctx context.Context, j job.Job) error {
				count.add(j.Key)
				for range 10 {
					_, before, _ := state(t, store, "1")
					c.forward(30 * time.Millisecond)
					until(t, "renewed", func() bool { _, next, _ := state(t, store, "1"); return next > before })
				}
				return ctx.Err()
			})
			start(t, r)
		}
		enqueue(t, store, job.Job{Kind: "sow", Key: "1"})
		until(t, "done", func() bool { s, _, _ := state(t, store, "1"); return s == "done" })
		if count.of("1") != 1 {
			t.Errorf("done %d times", count.of("1"))
		}
	})
}

func TestStop(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		store, c := open(), &clock{now: noon}
		begun := make(chan string, 2)
		r := runner(t, store, c)
		r.Handle("sow", func(ctx context.Context, j job.Job) error {
			begun <- j.Key
			if j.Key == "short" {
				time.Sleep(10 * time.Millisecond)
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		})
		enqueue(t, store, job.Job{Kind: "sow", Key: "short"}, job.Job{Kind: "sow", Key: "long"})
		stop := start(t, r)
		<-begun
		<-begun
		stop()
		if s, _, _ := state(t, store, "short"); s != "done" {
			t.Errorf("what could end is %s", s)
		}
		if s, next, tries := state(t, store, "long"); s != "waiting" || tries != 0 || next != "2026-11-22T12:00:00.000Z" {
			t.Errorf("what was stopped is %s, %d tries, from %s; want it back at once and no try counted", s, tries, next)
		}
	})
}

func TestEvery(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		store, c, count := open(), &clock{now: noon}, &tally{}
		for range 2 {
			r := runner(t, store, c)
			r.Handle("sow", func(_ context.Context, j job.Job) error { count.add(j.Key); return nil })
			r.Every("sow", func(now time.Time) string {
				if now.Weekday() == time.Wednesday {
					return "" // the day of rest
				}
				return now.Format(time.DateOnly)
			})
			start(t, r)
		}
		days := []string{"2026-11-22", "2026-11-23", "2026-11-24", "", "2026-11-26"}
		for n, day := range days {
			if day != "" {
				until(t, day, func() bool { s, _, _ := state(t, store, day); return s == "done" })
			}
			if n < len(days)-1 {
				c.forward(24 * time.Hour)
			}
		}
		c.forward(3 * 24 * time.Hour) // nobody saw the two days between
		until(t, "2026-11-29", func() bool { s, _, _ := state(t, store, "2026-11-29"); return s == "done" })
		for _, day := range []string{"2026-11-22", "2026-11-23", "2026-11-24", "2026-11-26", "2026-11-29"} {
			if count.of(day) != 1 {
				t.Errorf("%s was done %d times", day, count.of(day))
			}
		}
		for _, day := range []string{"2026-11-25", "2026-11-27", "2026-11-28"} {
			if count.of(day) != 0 {
				t.Errorf("%s was done, want it left out", day)
			}
		}
	})
}

func TestTidy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		store, c := open(), &clock{now: noon}
		r := runner(t, store, c)
		r.Handle("sow", func(context.Context, job.Job) error { return nil })
		enqueue(t, store, job.Job{Kind: "sow", Key: "old"})
		start(t, r)
		until(t, "done", func() bool { s, _, _ := state(t, store, "old"); return s == "done" })
		c.forward(399 * 24 * time.Hour)
		time.Sleep(20 * time.Millisecond)
		if s, _, _ := state(t, store, "old"); s != "done" {
			t.Errorf("the key is forgotten too early: %s", s)
		}
		c.forward(2 * 24 * time.Hour)
		until(t, "forgotten", func() bool { s, _, _ := state(t, store, "old"); return s == "none" })
	})
}
