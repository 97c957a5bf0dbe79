package job

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"kept/internal/db"
)

// Options configure a Runner; of the zero values all but DB work.
type Options struct {
	DB      *db.DB
	Clock   func() time.Time // the record's; nil: the real one
	Log     *slog.Logger
	Workers int           // jobs at once; 4
	Poll    time.Duration // how often an idle runner looks; a second
	Lease   time.Duration // how long a dead process holds a job; two minutes
	Grace   time.Duration // how long a stop waits for what is under way; ten seconds
}

// Runner takes jobs and does them.
type Runner struct {
	o        Options
	handlers map[string]func(context.Context, Job) error
	regular  []regular
	made     map[string]string // kind → key of the regular job that was made last
}

// regular is work that comes by the clock.
type regular struct {
	kind string
	key  func(now time.Time) string
}

// New prepares the table and makes a runner. Handlers are added before Run.
func New(ctx context.Context, o Options) (*Runner, error) {
	if err := Prepare(ctx, o.DB); err != nil {
		return nil, fmt.Errorf("prepare jobs: %w", err)
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	o.Workers, o.Poll = cmp.Or(o.Workers, 4), cmp.Or(o.Poll, time.Second)
	o.Lease, o.Grace = cmp.Or(o.Lease, 2*time.Minute), cmp.Or(o.Grace, 10*time.Second)
	r := &Runner{o: o, handlers: make(map[string]func(context.Context, Job) error), made: make(map[string]string)}
	r.Handle("job.tidy", r.tidy)
	r.Every("job.tidy", func(now time.Time) string { return now.UTC().Format(time.DateOnly) })
	return r, nil
}

// Handle says who does the jobs of a kind. A runner leaves kinds that it does not
// know to others.
func (r *Runner) Handle(kind string, do func(ctx context.Context, j Job) error) {
	r.handlers[kind] = do
}

// Every makes a job of the kind whenever key gives a new key, such as the date:
// once for all processes, since a key is made once. Keys that nobody saw, while no
// process ran, are left out: only the present one is made. An empty key is none.
func (r *Runner) Every(kind string, key func(now time.Time) string) {
	r.regular = append(r.regular, regular{kind, key})
}

// Run works until the context ends, then lets what is under way come to its end
// for a while; what does not is put back for others.
func (r *Runner) Run(ctx context.Context) {
	work, abandon := context.WithCancel(context.WithoutCancel(ctx))
	defer abandon()
	var all sync.WaitGroup
	free := make(chan struct{}, r.o.Workers)
	for ctx.Err() == nil {
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			continue
		}
		h, err := r.next(ctx)
		if err != nil && ctx.Err() == nil {
			r.o.Log.Error("jobs cannot be taken", "error", err)
		}
		if h == nil {
			<-free
			rest(ctx, r.o.Poll)
			continue
		}
		all.Go(func() {
			defer func() { <-free }()
			r.do(work, *h)
		})
	}
	defer time.AfterFunc(r.o.Grace, abandon).Stop()
	all.Wait()
}

func rest(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// held is a job under our lease.
type held struct {
	Job
	holder string
}

// next makes the regular jobs whose time has come and takes the job that has
// waited longest, or none.
func (r *Runner) next(ctx context.Context) (*held, error) {
	now := r.o.Clock()
	if err := r.makeRegular(ctx, now); err != nil {
		return nil, err
	}
	kinds := slices.Sorted(maps.Keys(r.handlers))
	mine := "state = '" + waiting + "' AND next_at <= ? AND kind IN (?" + strings.Repeat(", ?", len(kinds)-1) + ")"
	args := []any{stamp(now)}
	for _, k := range kinds {
		args = append(args, k)
	}
	// Looking costs no writer anything; most looks find nothing.
	var n int64
	err := r.o.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.Row("SELECT count(*) FROM (SELECT 1 FROM job WHERE "+mine+" LIMIT 1) AS found", args...).Scan(&n)
	})
	if err != nil || n == 0 {
		return nil, err
	}
	return r.claim(ctx, now, mine, args)
}

// claim takes one job in one statement; rows that another process is just taking
// are passed over. If we die after it, the lease ends and others take the job.
func (r *Runner) claim(ctx context.Context, now time.Time, mine string, args []any) (*held, error) {
	h := held{holder: rand.Text()}
	err := r.o.DB.Write(ctx, func(tx *db.Tx) error {
		skip := ""
		if tx.Dialect() == db.Postgres {
			skip = " FOR UPDATE SKIP LOCKED"
		}
		claim := "UPDATE job SET holder = ?, next_at = ?, tries = tries + 1 WHERE (kind, name) IN (SELECT kind, name FROM job WHERE " +
			mine + " ORDER BY next_at, kind, name LIMIT 1" + skip + ") RETURNING kind, name, payload, tries"
		args := append([]any{h.holder, stamp(now.Add(r.o.Lease))}, args...)
		return tx.Row(claim, args...).Scan(&h.Kind, &h.Key, &h.Payload, &h.Try)
	})
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &h, nil
}

func (r *Runner) makeRegular(ctx context.Context, now time.Time) error {
	for _, every := range r.regular {
		key := every.key(now)
		if key == "" || r.made[every.kind] == key {
			continue
		}
		err := r.o.DB.Write(ctx, func(tx *db.Tx) error { return Enqueue(tx, Job{Kind: every.kind, Key: key}) })
		if err != nil {
			return err
		}
		r.made[every.kind] = key
	}
	return nil
}

// do runs the handler under the lease and notes how it went.
func (r *Runner) do(ctx context.Context, h held) {
	working, lost := context.WithCancel(ctx)
	ended := make(chan struct{})
	var renewing sync.WaitGroup
	renewing.Go(func() { r.renew(working, lost, h, ended) })
	err := r.call(working, h.Job)
	close(ended)
	renewing.Wait()
	stopped := err != nil && ctx.Err() != nil
	lost()
	if err := r.settle(h, err, stopped); err != nil {
		r.o.Log.Error("the end of a job was not noted; it will run again", "kind", h.Kind, "error", err)
	}
}

// call keeps a handler that panics from taking the program down.
func (r *Runner) call(ctx context.Context, j Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the handler panicked: %v\n%s", p, debug.Stack())
		}
	}()
	return r.handlers[j.Kind](ctx, j)
}

// renew moves the lease on while the handler works; a lease that is lost, because
// the store could not be reached for too long, stops the handler.
func (r *Runner) renew(ctx context.Context, lost context.CancelFunc, h held, ended <-chan struct{}) {
	tick := time.NewTicker(r.o.Lease / 4)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		n, err := r.update(ctx, h, "next_at = ?", stamp(r.o.Clock().Add(r.o.Lease)))
		if err == nil && n == 0 {
			lost()
			return
		}
	}
}

// settleWithin is how long the end of a job waits for the store.
const settleWithin = 10 * time.Second

// settle notes the end of a job, if it is still ours.
func (r *Runner) settle(h held, fault error, stopped bool) error {
	ctx, cancel := context.WithTimeout(context.Background(), settleWithin)
	defer cancel()
	now := r.o.Clock()
	var err error
	switch {
	case fault == nil:
		_, err = r.update(ctx, h, "state = ?, payload = ?, holder = '', ended_at = ?, fault = ''", done, []byte{}, stamp(now))
	case stopped: // our stop is no failure of the job
		_, err = r.update(ctx, h, "holder = '', next_at = ?, tries = tries - 1", stamp(now))
	case h.Try >= maxTries || errors.As(fault, &hopeless{}):
		r.o.Log.Error("a job is given up; see the operator's desk", "kind", h.Kind, "tries", h.Try, "error", fault)
		_, err = r.update(ctx, h, "state = ?, holder = '', ended_at = ?, fault = ?", dead, stamp(now), fault.Error())
	default:
		r.o.Log.Warn("a job failed and will be tried again", "kind", h.Kind, "try", h.Try, "error", fault)
		_, err = r.update(ctx, h, "holder = '', next_at = ?, fault = ?", stamp(now.Add(wait(h.Try))), fault.Error())
	}
	return err
}

// update changes a job that is ours; 0 rows mean that it is no longer.
func (r *Runner) update(ctx context.Context, h held, set string, args ...any) (n int64, err error) {
	err = r.o.DB.Write(ctx, func(tx *db.Tx) error {
		n, err = tx.Exec("UPDATE job SET "+set+" WHERE kind = ? AND name = ? AND holder = ? AND state = '"+waiting+"'", append(args, h.Kind, h.Key, h.holder)...)
		return err
	})
	return n, err
}

// tidy drops the rows of jobs that were done long ago.
func (r *Runner) tidy(ctx context.Context, _ Job) error {
	return r.o.DB.Write(ctx, func(tx *db.Tx) error {
		return tx.Queue("DELETE FROM job WHERE state = ? AND ended_at < ?", done, stamp(r.o.Clock().Add(-kept)))
	})
}
