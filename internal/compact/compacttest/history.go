package compacttest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/record"
)

// History are the accepted entries that a subject keeps in testdata/history, as
// they were written: one of each kind and version at least. Lines are added and
// never changed. They stand from index first on, or after the index that a line begins
// with; lines that begin with # are about them. Several files follow one another in
// the order of their names.
func History(t testing.TB, first int64) []keeper.Entry {
	t.Helper()
	files, err := filepath.Glob("testdata/history/entries.*")
	if err != nil || len(files) == 0 {
		t.Fatalf("testdata/history/entries.*: got %v, %v, want a file", files, err)
	}
	var all []byte
	for _, name := range files {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(append(all, bytes.TrimSpace(file)...), '\n')
	}
	var list []keeper.Entry
	for n, line := range bytes.Split(bytes.TrimSpace(all), []byte("\n")) {
		if line[0] == '#' {
			continue
		}
		index := first + int64(len(list))
		if at, rest, given := bytes.Cut(line, []byte(" {")); given && line[0] != '{' {
			if index, err = strconv.ParseInt(string(at), 10, 64); err != nil {
				t.Fatalf("line %d: %v", n+1, err)
			}
			line = append([]byte("{"), rest...)
		}
		e, err := record.ParseEntry(line)
		if err != nil {
			t.Fatalf("line %d: %v", n+1, err)
		}
		list = append(list, keeper.Entry{Index: index, Entry: e})
	}
	return list
}

// Apply applies a history as a replay does.
func Apply(tx *db.Tx, subject keeper.Subject, history []keeper.Entry) error {
	rules := make(map[string]keeper.Kind)
	for _, k := range subject.Kinds {
		rules[k.Name] = k
	}
	for _, e := range history {
		if err := rules[e.Kind].Apply(tx, e); err != nil {
			return fmt.Errorf("entry %d, %s: %w", e.Index, e.Kind, err)
		}
	}
	return nil
}

// Lacking names the kinds of a subject of which its history has no entry.
func Lacking(subject keeper.Subject, history []keeper.Entry) (names []string) {
	have := make(map[string]bool)
	for _, e := range history {
		have[e.Kind] = true
	}
	for _, k := range subject.Kinds {
		if !have[k.Name] {
			names = append(names, k.Name)
		}
	}
	return names
}
