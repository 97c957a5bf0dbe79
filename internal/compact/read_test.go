package compact_test

import (
	"io/fs"
	"reflect"
	"testing"

	"kept/compacts"
	"kept/internal/compact"
)

func TestPackFromCanonicalBytesIsTheSame(t *testing.T) {
	for name, fsys := range map[string]fs.FS{"tiny": folder(tiny), "gdc": compacts.GDC(), "harbour": compacts.Harbour()} {
		t.Run(name, func(t *testing.T) {
			checked, faults := compact.Check(fsys)
			for _, f := range faults {
				t.Errorf("%v", f)
			}
			b, err := compact.Canonical(fsys)
			if err != nil {
				t.Fatal(err)
			}
			read, err := compact.FromCanonical(b)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(checked, read) {
				t.Error("the pack read from canonical bytes is not the one that was checked")
			}
			first, err := compact.Parse(read.Digest, b)
			if err != nil || !reflect.DeepEqual(first, read) {
				t.Errorf("Parse gives another pack (%v)", err)
			}
			second, err := compact.Parse(read.Digest, nil)
			if err != nil || second != first {
				t.Errorf("Parse reads a pack twice (%v)", err)
			}
		})
	}
}
