package web_test

import (
	"bytes"
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/web"
	"kept/internal/web/relink"
)

// newStill opens a record for an export, as the live site of tests shows it.
func newStill(t testing.TB, k *keeper.Keeper, copied *web.Copy, readers int) *web.Still {
	t.Helper()
	still, err := web.NewStill(t.Context(), web.Config{Keeper: k, Base: testBase, Build: "test", Copy: copied,
		Operator: web.Operator{Name: "Example Institute, Northland", Contact: "mailto:kept@gdc.example", Privacy: "https://gdc.example/privacy"}}, readers)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(still.Close)
	return still
}

// bareLinks are the addresses in a page without their language and fragment.
func bareLinks(body []byte) (found []string) {
	relink.Page(body, func(l relink.Link) (string, bool) {
		to, _, _ := strings.Cut(l.Address, "#")
		if first, _, _ := strings.Cut(strings.TrimPrefix(to, "/"), "/"); locale.Known(first) {
			to = to[len("/")+len(first):]
		}
		if strings.HasPrefix(to, "/") {
			found = append(found, strings.Clone(to))
		}
		return l.Address, true
	})
	return found
}

// everyPage visits each page that links lead to, once.
func everyPage(t testing.TB, still *web.Still, visit func(address string, p web.Pages)) {
	seen, queue := map[string]bool{"/": true}, []string{"/"}
	for len(queue) > 0 {
		address := queue[0]
		queue = queue[1:]
		p, err := still.Readers[0].Pages(address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		visit(address, p)
		for _, body := range p.HTML {
			for _, to := range bareLinks(body) {
				if !seen[to] && still.Kind(to) == web.Page {
					seen[to] = true
					queue = append(queue, to)
				}
			}
		}
	}
}

// TestStill: what an export is given is, byte for byte, what the live site answers,
// in every language; also where it is made for all of them at once.
func TestStill(t *testing.T) {
	site, k := newSite(t, compacts.Harbour())
	harbourPast(t, k)
	still := newStill(t, k, nil, 1)
	pages, twins := 0, 0
	everyPage(t, still, func(address string, p web.Pages) {
		for i, lang := range locale.Langs {
			pages++
			if live := get(site, "/"+string(lang)+address); live.Code != http.StatusOK || !bytes.Equal(live.Body.Bytes(), p.HTML[i]) {
				t.Errorf("/%s%s differs from the live site, which answers %d", lang, address, live.Code)
			}
		}
		for _, twin := range p.Twins {
			twins++
			if live := get(site, twin.Address); live.Code != http.StatusOK || !bytes.Equal(live.Body.Bytes(), twin.Body) {
				t.Errorf("%s differs from the live site, which answers %d", twin.Address, live.Code)
			}
			if kind := still.Kind(twin.Address); kind != web.Twin {
				t.Errorf("%s is no twin to the export, but %d", twin.Address, kind)
			}
		}
		if len(p.Twins) == 1 && get(site, address+".csv").Code == http.StatusOK {
			t.Errorf("%s.csv was not made along", address)
		}
	})
	if pages < 6*100 || twins < 200 {
		t.Errorf("only %d pages and %d twins were found", pages, twins)
	}
}

// TestPressed: every page of both compacts, in every language, is byte for byte what
// html/template makes of it, and hardly any needs it.
func TestPressed(t *testing.T) {
	for name, pack := range map[string]fs.FS{"harbour": compacts.Harbour(), "gdc": compacts.GDC()} {
		t.Run(name, func(t *testing.T) {
			_, k := newSite(t, pack)
			if name == "harbour" {
				harbourPast(t, k)
			}
			still, slow := newStill(t, k, &web.Copy{}, 1), newStill(t, k, &web.Copy{}, 1)
			slow.Slow()
			pages := 0
			everyPage(t, still, func(address string, p web.Pages) {
				want, err := slow.Readers[0].Pages(address)
				if err != nil {
					t.Fatal(err)
				}
				for i, lang := range locale.Langs {
					pages++
					if !bytes.Equal(p.HTML[i], want.HTML[i]) {
						t.Errorf("/%s%s is not what html/template makes of it", lang, address)
					}
				}
			})
			if fell := still.Fell(); pages < 600 || fell > int64(pages/20) {
				t.Errorf("of %d pages html/template had to write %d", pages, fell)
			}
		})
	}
}

func BenchmarkStill(b *testing.B) {
	_, k := newSite(b, compacts.GDC())
	still := newStill(b, k, nil, 1)
	n := 0
	for b.Loop() {
		n = 0
		everyPage(b, still, func(string, web.Pages) { n += 6 })
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "us/page")
	b.ReportMetric(float64(n), "pages")
}
