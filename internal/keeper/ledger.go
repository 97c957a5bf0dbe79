package keeper

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"kept/record"
)

// Erasure is one part that was erased: where it stood, and nothing of it.
type Erasure struct {
	Entry int64
	Part  string
}

// Ledger remembers outside the store what was erased, so that an older copy of the
// store that is put back obeys before it is served.
type Ledger interface {
	// Load returns all erasures that were ever added.
	Load(ctx context.Context) ([]Erasure, error)
	// Add adds erasures. A nil error means that they are durable.
	Add(ctx context.Context, erased ...Erasure) error
}

// FileLedger is a ledger in one file, a line each: "12 promise.en". It lies beside
// the lock, outside the data directory.
type FileLedger struct{ Path string }

// Load reads the file; none is an empty ledger.
func (l FileLedger) Load(context.Context) ([]Erasure, error) {
	b, err := os.ReadFile(l.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Erasure
	for s := bufio.NewScanner(bytes.NewReader(b)); s.Scan(); {
		number, part, _ := strings.Cut(s.Text(), " ")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || n < 0 || record.CheckPart(part) != nil {
			return nil, fmt.Errorf("%s: %q is not a line of a ledger of erasures", l.Path, s.Text())
		}
		out = append(out, Erasure{n, part})
	}
	return out, nil
}

// Add rewrites the file whole, under a lock that all processes of this machine
// respect. Dead before the rename: the old file stands, and the next start, which
// compares the ledger with the record, adds what is missing.
func (l FileLedger) Add(ctx context.Context, erased ...Erasure) error {
	return guarded(l.Path, func() error {
		all, err := l.Load(ctx)
		if err != nil {
			return err
		}
		for _, e := range erased {
			if !slices.Contains(all, e) {
				all = append(all, e)
			}
		}
		var b bytes.Buffer
		for _, e := range all {
			fmt.Fprintf(&b, "%d %s\n", e.Entry, e.Part)
		}
		return writeDurably(l.Path, b.Bytes())
	})
}
