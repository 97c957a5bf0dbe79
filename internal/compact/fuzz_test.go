package compact_test

import (
	"maps"
	"reflect"
	"testing"

	"kept/internal/compact"
	"kept/internal/locale"
)

// Whatever stands in a file of a pack: it is refused with places that lie in the
// file and messages that are whole, or taken, and then its canonical bytes give
// the same pack again.
func FuzzPack(f *testing.F) {
	for name, content := range tiny {
		f.Add(name, content)
	}
	f.Add("texts/new.yaml", "id: &a [*a, !!binary x, 1.5, ~, <<: {}]\n---\n")
	f.Add("lang/en.yaml", "language: \"en\"\nitems: {P2a: {title: \"x\ty\"}}\n")
	f.Add("data/ports.csv", "area,year,value\n\"QM,2020\n")
	f.Fuzz(func(t *testing.T, name, content string) {
		if _, known := tiny[name]; !known {
			return
		}
		files := maps.Clone(tiny)
		files[name] = content
		p, faults := compact.Check(folder(files))
		for _, fault := range faults {
			if fault.Message(locale.English) == "" || fault.Remedy(locale.English) == "" || fault.Line < 0 {
				t.Errorf("a fault without message or remedy: %#v", fault)
			}
		}
		if len(faults) > 0 {
			return
		}
		b, err := compact.Canonical(folder(files))
		if err != nil {
			t.Fatal(err)
		}
		again, err := compact.FromCanonical(b)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(p, again) {
			t.Error("the pack read from canonical bytes is another one")
		}
	})
}

// Bytes that claim to be a pack are read or refused, never more.
func FuzzFromCanonical(f *testing.F) {
	b, err := compact.Canonical(folder(tiny))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"pack.yaml":{"format":1}}`))
	f.Add([]byte(`{"data/a.csv":"a\n","lang/en.yaml":[]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := compact.FromCanonical(b); err == nil && len(p.Texts) == 0 {
			t.Error("a pack without texts was taken")
		}
	})
}
