package export_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/locale"
)

var nextLink = regexp.MustCompile(`<a rel="next" href="([^"]+)"`)

// TestAlone: the list of parties is in the order of names, another in each language, so
// each part of it is made in the language whose list leads there and in no other; from
// there another language leads to the beginning of its own list.
func TestAlone(t *testing.T) {
	to := filepath.Join(t.TempDir(), "site")
	write(t, newStill(t, newRecord(t, openStore(t), compacts.GDC()), "", 2), to)
	for _, lang := range locale.Langs {
		list := filepath.Join(to, string(lang), "stakeholders")
		var chain []string
		for at := filepath.Join(list, "index.html"); ; {
			page, err := os.ReadFile(at)
			if err != nil {
				t.Fatal(err)
			}
			for _, other := range locale.Langs {
				first, err := filepath.Rel(filepath.Dir(at), to)
				if err != nil {
					t.Fatal(err)
				}
				if link := `<a href="` + filepath.ToSlash(first) + "/" + string(other) + `/stakeholders/index.html" lang="` + string(other) + `"`; !strings.Contains(string(page), link) {
					t.Errorf("%s has no %s", at, link)
				}
			}
			next := nextLink.FindSubmatch(page)
			if next == nil {
				break
			}
			at = filepath.Join(filepath.Dir(at), filepath.FromSlash(string(next[1])))
			chain = append(chain, filepath.Dir(at))
		}
		made, err := filepath.Glob(filepath.Join(list, "~*"))
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(chain)
		if len(chain) < 3 || !slices.Equal(chain, made) {
			t.Errorf("%s: the list leads to %q, made are %q", lang, chain, made)
		}
	}
}
