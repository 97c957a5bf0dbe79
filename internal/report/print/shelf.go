package print

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"kept/internal/locale"
	"kept/record"
)

// Shelf keeps PDFs of releases in a folder, by the digest of their bytes. A PDF holds
// words, and words can be erased or hidden: so each is kept with the last entry that
// it rests on, and is good only while no later one touched the words of the record or
// the report. An erasure clears the shelf.
type Shelf struct{ Dir string }

// Print is a PDF on the shelf.
type Print struct {
	Release int64       `json:"release"`
	Lang    locale.Lang `json:"lang"`
	Digest  string      `json:"sha256"`
	Size    int64       `json:"size"`
	Seen    int64       `json:"seen"` // last entry that touched what it shows when it was made
	MadeOn  string      `json:"made_on"`
}

func (s Shelf) pdf(p Print) string { return filepath.Join(s.Dir, p.Digest+".pdf") }

func (s Shelf) card(release int64, lang locale.Lang) string {
	return filepath.Join(s.Dir, strconv.FormatInt(release, 10)+"."+string(lang)+".json")
}

// Put keeps a PDF in place of an earlier one of the release and language. If we die
// after the bytes were written and before their card was, nothing leads to them, and
// the next Put or Clear takes them away.
func (s Shelf) Put(p Print, pdf []byte) (Print, error) {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return p, err
	}
	p.Digest, p.Size = record.DigestOf(pdf).String(), int64(len(pdf))
	card, err := json.Marshal(p)
	if err != nil {
		return p, err
	}
	if err := s.write(s.pdf(p), pdf); err != nil {
		return p, err
	}
	if err := s.write(s.card(p.Release, p.Lang), card); err != nil {
		return p, err
	}
	return p, s.sweep()
}

// write replaces a file whole, or leaves it as it was.
func (s Shelf) write(name string, b []byte) error {
	f, err := os.CreateTemp(s.Dir, "new-")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// List is what is kept, by release and language.
func (s Shelf) List() (list []Print, err error) {
	cards, err := filepath.Glob(filepath.Join(s.Dir, "*.json"))
	if err != nil {
		return nil, err
	}
	for _, name := range cards {
		b, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // cleared meanwhile
		}
		if err != nil {
			return nil, err
		}
		var p Print
		if err := json.Unmarshal(b, &p); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b Print) int {
		if a.Release != b.Release {
			return int(a.Release - b.Release)
		}
		return slices.Index(locale.Langs, a.Lang) - slices.Index(locale.Langs, b.Lang)
	})
	return list, nil
}

// Of is the PDF of a release in a language.
func (s Shelf) Of(release int64, lang locale.Lang) (Print, bool) {
	list, err := s.List()
	if err != nil {
		return Print{}, false
	}
	for _, p := range list {
		if p.Release == release && p.Lang == lang {
			return p, true
		}
	}
	return Print{}, false
}

// Open opens the bytes of a PDF.
func (s Shelf) Open(p Print) (*os.File, error) { return os.Open(s.pdf(p)) }

// Drop deletes one PDF. If we die between its card and its bytes, nothing leads to them
// any more, and the next Put, Drop or Clear takes them away.
func (s Shelf) Drop(p Print) error {
	if err := remove(s.card(p.Release, p.Lang)); err != nil {
		return err
	}
	return s.sweep()
}

// Clear deletes every PDF and tells which there were. If we die on the way, what is
// left is deleted by the next Clear: cards go last.
func (s Shelf) Clear() ([]Print, error) {
	list, err := s.List()
	if err != nil {
		list = nil // a card that cannot be read goes with the rest
	}
	for _, p := range list {
		if err := remove(s.pdf(p)); err != nil {
			return list, err
		}
	}
	return list, errors.Join(s.removeAll("*.pdf"), s.removeAll("new-*"), s.removeAll("*.json"))
}

func (s Shelf) removeAll(pattern string) error {
	names, err := filepath.Glob(filepath.Join(s.Dir, pattern))
	for _, name := range names {
		err = errors.Join(err, remove(name))
	}
	return err
}

func remove(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// sweep takes away bytes to which no card leads.
func (s Shelf) sweep() error {
	list, err := s.List()
	if err != nil {
		return err
	}
	names, err := filepath.Glob(filepath.Join(s.Dir, "*.pdf"))
	for _, name := range names {
		if !slices.ContainsFunc(list, func(p Print) bool { return s.pdf(p) == name }) {
			err = errors.Join(err, remove(name))
		}
	}
	return err
}
