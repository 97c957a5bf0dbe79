package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/web"
)

// exporter is one run.
type exporter struct {
	still    *web.Still
	o        Options
	to       sink
	names    *names
	jobs     []address // what is to be made, in the order in which it was met
	twins    []address // of pages; most of them are made with their page
	queued   map[string]bool
	written  map[string]string // file, in small letters → the address that it is of
	manifest *Manifest
	dead     []string
}

// queue notes an address the first time that it is met.
func (e *exporter) queue(a address) {
	if e.queued[string(a.lang)+a.to] {
		return
	}
	e.queued[string(a.lang)+a.to] = true
	if a.kind == web.Twin {
		e.twins = append(e.twins, a)
		return
	}
	e.jobs = append(e.jobs, a)
}

// job is an address with its place in the order.
type job struct {
	turn int
	address
}

// made is what a worker made of a job.
type made struct {
	job
	files []*content
	pages int
	found []address
	dead  []string
	err   error
}

// ahead is how many jobs may be made before it is the turn of the first of them.
const ahead = 64

// run makes what is queued, with a worker for each reader, until nothing new is met.
// However the workers finish, files and links are noted in the order of the queue. A
// worker tells only what it meets for the first time itself; since each gets its jobs
// in order, the first time of all is among them, and the order always the same.
func (e *exporter) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	work, done := make(chan job), make(chan made)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer stop()
	for i, r := range e.still.Readers {
		w := newWorker(e, r)
		if i == 0 {
			if err := e.note(w.frontDoor()); err != nil {
				return err
			}
		}
		workers.Go(func() { w.run(ctx, work, done) })
	}
	waiting := map[int]made{}
	for next, turn := 0, 0; e.more(turn); {
		var send chan job
		var following job
		if next < len(e.jobs) && next < turn+ahead {
			send, following = work, job{next, e.jobs[next]}
		}
		select {
		case send <- following:
			next++
		case m := <-done:
			waiting[m.turn] = m
			for m, ready := waiting[turn]; ready; m, ready = waiting[turn] {
				delete(waiting, turn)
				turn++
				if err := e.note(m); err != nil {
					return err
				}
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// more tells whether a job is left. Twins that no page brought along come last.
func (e *exporter) more(turn int) bool {
	if turn < len(e.jobs) {
		return true
	}
	for _, t := range e.twins {
		if e.written[strings.ToLower(e.names.of(t.to, web.Twin))] == "" {
			e.jobs = append(e.jobs, t)
		}
	}
	e.twins = nil
	return turn < len(e.jobs)
}

// note takes in what a worker made, at its turn.
func (e *exporter) note(m made) error {
	if errors.Is(m.err, keeper.ErrNotFound) {
		m.err = nil
		e.dead = append(e.dead, m.to)
	}
	if m.err != nil {
		return m.err
	}
	for _, c := range m.files {
		folded := strings.ToLower(c.Name)
		if other := e.written[folded]; other != "" {
			return fmt.Errorf("%s and %s would both be the file %s", other, m.to, c.Name)
		}
		e.written[folded] = m.to
		if err := e.to.keep(c); err != nil {
			return err
		}
		c.close()
		e.manifest.Files = append(e.manifest.Files, c.File)
	}
	e.manifest.Pages += m.pages
	e.dead = append(e.dead, m.dead...)
	for _, a := range m.found {
		e.queue(a)
	}
	if e.o.Progress != nil {
		e.o.Progress(int64(m.turn+1), int64(len(e.jobs)))
	}
	return nil
}

// worker makes files, one job at a time.
type worker struct {
	e      *exporter
	reader *web.Reader
	links  *linker
	pages  [][]byte // room for the pages of a job
}

func newWorker(e *exporter, r *web.Reader) *worker {
	return &worker{e, r, &linker{still: e.still, reader: r, names: e.names, base: e.still.Base(), live: e.o.Live, known: map[string]target{}}, make([][]byte, len(locale.Langs))}
}

func (w *worker) run(ctx context.Context, work <-chan job, done chan<- made) {
	for {
		select {
		case j := <-work:
			m := w.make(j)
			select {
			case done <- m:
			case <-ctx.Done():
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

func (w *worker) make(j job) made {
	m := made{job: j}
	if j.kind == web.Page {
		m.err = w.page(&m)
	} else {
		m.err = w.file(&m)
	}
	return w.handOver(m)
}

// handOver adds what the links of the pages told, and lets the sink take the files.
func (w *worker) handOver(m made) made {
	m.found, m.dead = w.links.found, w.links.dead
	m.err = errors.Join(m.err, w.links.fault)
	w.links.found, w.links.dead, w.links.fault = nil, nil, nil
	if m.err == nil && w.e.o.Compress {
		m.files = append(m.files, compressed(m.files)...)
	}
	for _, c := range m.files {
		if m.err == nil {
			m.err = w.e.to.take(c)
		}
	}
	return m
}

// page makes an address in six languages, or in its one, with the twins that come along.
func (w *worker) page(m *made) error {
	in := locale.Langs
	if m.lang != "" {
		in = []locale.Lang{m.lang}
	}
	p, err := w.reader.Pages(m.to, in...)
	if err != nil {
		return err
	}
	name := w.e.names.of(m.to, web.Page)
	for i, lang := range in {
		file := string(lang) + "/" + name
		w.pages[i] = w.links.page(w.pages[i][:0], p.HTML[i], lang, m.to, upFrom(file))
		m.files = append(m.files, bytesOf(file, w.pages[i]))
	}
	m.pages = len(p.HTML)
	for _, t := range p.Twins {
		m.files = append(m.files, bytesOf(w.e.names.of(t.Address, web.Twin), t.Body))
	}
	return nil
}

// file makes an address without language.
func (w *worker) file(m *made) error {
	t := w.links.meet(m.to)
	c, err := written(t.name, func(to io.Writer) error { return w.reader.File(m.to, to) })
	if err == nil {
		m.files = append(m.files, c)
	}
	return err
}

// frontDoor is what stands at addresses that nothing links to: the choice of a
// language at the root, and the pages for what is not there. A server shows these
// under any address, so their links begin at its root.
func (w *worker) frontDoor() made {
	m := made{job: job{-1, address{"/", web.Page, ""}}}
	door, err := w.reader.FrontDoor()
	if m.err = err; err != nil {
		return m
	}
	m.files = append(m.files, bytesOf(index, w.links.page(nil, door, locale.English, "/", "")), bytesOf("404.html", w.links.page(nil, door, locale.English, "/", "/")))
	for _, lang := range locale.Langs {
		body, err := w.reader.NotFound(lang)
		if err != nil {
			m.err = err
			return m
		}
		m.files = append(m.files, bytesOf(string(lang)+"/404.html", w.links.page(nil, body, lang, "/404.html", "/")))
	}
	return w.handOver(m)
}
