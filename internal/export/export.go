// Package export writes the public site as files: every page in six languages, its
// twins, feeds and calendars, the documents that are public, and the whole record. Any
// web server serves them, and they can be read from a folder without one.
//
// It begins at the front page and follows the links of what it writes, so it cannot
// drift from the site: what a page links to is in the export, leads to the live site,
// or is words without a link. Everything is of one snapshot of the store and one date
// (see [web.Still]); of one record, date and build an export always has the same bytes.
//
//	workers: make a page in six languages, rewrite its links, write the files
//	in turn: note the files, queue what was linked for the first time
package export

import (
	"context"
	"runtime/debug"

	"kept/internal/web"
)

// Tune lets a process that only exports collect its garbage less often: it makes much
// of it and holds little. With the limit at 140 MB the process stays below 190 MB resident.
func Tune() {
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(140 << 20)
}

// Options say what is written where.
type Options struct {
	To       string // folder, or a file ending in .tar.zst or .zip
	Compress bool   // .br and .gz beside each file that gains by it
	Origin   string // of the record
	Build    string
	Live     string                // address of the live site without a trailing slash, "" for none
	Progress func(done, all int64) // nil: nobody is told
}

// Result is what was written.
type Result struct {
	Pages   int      `json:"pages"` // HTML files
	Files   int      `json:"files"`
	Bytes   int64    `json:"bytes"`
	Changed int      `json:"changed"` // files written; of an archive all
	Gone    int      `json:"gone"`    // files of the export before that were deleted
	Size    int64    `json:"size"`    // entries of the record
	Date    string   `json:"date"`
	Dead    []string `json:"dead,omitempty"` // links of the site's own that lead nowhere, left out
}

// sink is where the files of an export go. take gets each as soon as it is made, from
// several goroutines at once; the bytes are there only until it returns. keep gets them
// one by one, always in the same order.
type sink interface {
	take(*content) error
	keep(*content) error
	finish(*Manifest) (changed, gone int, err error)
	close()
}

// Write writes the export of a site that stands still.
func Write(ctx context.Context, still *web.Still, o Options) (*Result, error) {
	var to sink
	var err error
	if isArchive(o.To) {
		to, err = openArchive(o.To, still.Today)
	} else {
		to, err = openFolder(o.To)
	}
	if err != nil {
		return nil, err
	}
	defer to.close()
	return writeTo(ctx, to, still, o)
}

func writeTo(ctx context.Context, to sink, still *web.Still, o Options) (*Result, error) {
	reader := still.Readers[0]
	ids, err := reader.Ids()
	if err != nil {
		return nil, err
	}
	record, err := reader.RecordFiles()
	if err != nil {
		return nil, err
	}
	signed, err := still.Checkpoint()
	if err != nil {
		return nil, err
	}
	e := &exporter{still: still, o: o, to: to, names: newNames(ids), queued: map[string]bool{}, written: map[string]string{},
		manifest: &Manifest{Format: format, Origin: o.Origin, Size: still.Size, LastAt: still.LastAt, Checkpoint: signed, Date: still.Today, Build: o.Build, Live: o.Live}}
	e.queue(address{"/", web.Page, ""})
	for _, file := range record {
		e.queue(address{file, web.File, ""})
	}
	if err := e.run(ctx); err != nil {
		return nil, err
	}
	r := &Result{Pages: e.manifest.Pages, Files: len(e.manifest.Files), Size: still.Size, Date: still.Today, Dead: e.dead}
	for _, f := range e.manifest.Files {
		r.Bytes += f.Size
	}
	r.Changed, r.Gone, err = to.finish(e.manifest)
	return r, err
}
