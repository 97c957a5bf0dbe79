package web_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/db/dbtest"
)

// BenchmarkBodiesAtSize asks for the pages of overlaps, of gaps and of the wheel of a
// compact of 500 items and 1,000 bodies, by addresses that are never kept, and reports
// the median time of each. The goal is 50 ms for the first two.
func BenchmarkBodiesAtSize(b *testing.B) {
	dbtest.Bench(b, func(b *testing.B, store *db.DB) {
		site, _ := siteOn(b, store, manyBodies(1000, 500))
		for _, p := range []struct{ name, address string }{{"overlaps", "/en/bodies/overlaps?again=%d"}, {"overlaps-of-an-objective", "/en/bodies/overlaps?under=O3&function=standards&again=%d"},
			{"gaps", "/en/gaps?again=%d"}, {"gaps-without-a-body", "/en/gaps?gap=body&under=O2&again=%d"}, {"gaps-of-an-item", "/en/gaps/P11a?again=%d"}, {"wheel", "/en/bodies/wheel?again=%d"}} {
			b.Run(p.name, func(b *testing.B) {
				var took []time.Duration
				for b.Loop() {
					begin := time.Now()
					if w := get(site, fmt.Sprintf(p.address, len(took))); w.Code != http.StatusOK {
						b.Fatalf("%s: %d %s", p.address, w.Code, firstLines(w.Body.String()))
					}
					took = append(took, time.Since(begin))
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
			})
		}
	})
}

// manyBodies is a compact with so many items in lists of ten under ten objectives, and
// so many bodies, each on up to eight items with up to four functions.
func manyBodies(bodies, items int) fs.FS {
	r := rand.New(rand.NewPCG(1000, 500))
	var text, words, bodyList, bodyWords strings.Builder
	para := 0
	for o := range 10 {
		para++
		fmt.Fprintf(&text, "  - {id: \"O%d\", kind: \"objective\", para: \"%d\", sources: [\"S\"]}\n", o+1, para)
		fmt.Fprintf(&words, "  O%d: {title: \"Objective %d\", note: \"An objective.\"}\n", o+1, o+1)
	}
	var ids []string
	for n := 0; n < items; n++ {
		if n%10 == 0 {
			para++
			fmt.Fprintf(&text, "  - {id: \"P%d\", kind: \"paragraph\", para: \"%d\", under: \"O%d\", sources: [\"S\"]}\n", para, para, n*10/items+1)
			fmt.Fprintf(&words, "  P%d: {title: \"Paragraph %d\", note: \"It opens a list.\"}\n", para, para)
		}
		letter := string(rune('a' + n%10))
		id := fmt.Sprintf("P%d%s", para, letter)
		ids = append(ids, id)
		fmt.Fprintf(&text, "  - {id: %q, kind: \"item\", para: \"%d\", letter: %q, under: \"O%d\", block: \"P%d\", addressees: [\"villages\"], verb: \"commit\", sources: [\"S\"]}\n", id, para, letter, n*10/items+1, para)
		fmt.Fprintf(&words, "  %s: {title: \"Do the thing that is numbered %d\", note: \"It is done.\"}\n", id, n)
	}
	for n := range bodies {
		works := make([]string, 0, 8)
		for _, at := range r.Perm(len(ids))[:1+r.IntN(8)] {
			works = append(works, fmt.Sprintf("%q", ids[at]))
		}
		does := make([]string, 0, 4)
		for _, at := range r.Perm(len(compact.Functions))[:r.IntN(5)] {
			does = append(does, fmt.Sprintf("%q", compact.Functions[at]))
		}
		functions, relations := "", ""
		if len(does) > 0 {
			functions = "functions: [" + strings.Join(does, ", ") + "], "
		}
		if n > 0 {
			relations = fmt.Sprintf("relations: [{kind: \"hosted_by\", to: \"B%d\", source: \"S\"}], ", r.IntN(n))
		}
		fmt.Fprintf(&bodyList, "  - {id: \"B%d\", kind: %q, text: \"many\", items: [%s], %s%ssource: \"S\"}\n", n, compact.BodyKinds[r.IntN(len(compact.BodyKinds))], strings.Join(works, ", "), functions, relations)
		fmt.Fprintf(&bodyWords, "  B%d: {title: \"The body that has the number %d among many\"}\n", n, n)
	}
	file := func(lines ...string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(strings.Join(lines, "\n") + "\n")}
	}
	return fstest.MapFS{
		"pack.yaml": file("format: 1", "id: \"many\"", "version: \"2026-11-21\"", "sample: true", "areas: \"sample\"", "languages: [\"en\"]", "notes_complete: [\"en\"]", "in_force: \"many\"",
			"rights:", "  - {basis: \"adopted\", kinds: [\"state\"], opens: [\"commit\"]}", "gate: [\"commit\"]", "silent_addressees: \"count\"", "report_every_months: 12",
			"addressees: [\"villages\"]", "verbs: [\"commit\"]", "party_kinds: [\"state\"]"),
		"texts/many.yaml": file("id: \"many\"", "symbol: \"M/1\"", "status: \"adopted\"", "on: \"2026-05-01\"", fmt.Sprintf("paragraphs: %d", para), "items:", strings.TrimSuffix(text.String(), "\n")),
		"bodies.yaml":     file("bodies:", strings.TrimSuffix(bodyList.String(), "\n")),
		"sources.yaml":    file("sources:", "  - {id: \"S\", url: \"https://many.example\", kind: \"sample\"}"),
		"lang/en.yaml": file("language: \"en\"", "compact:", "  many: {title: \"Compact of many (fictional)\", note: \"Many bodies.\"}", "texts:", "  many: {title: \"Many\", note: \"Adopted.\"}",
			"items:", strings.TrimSuffix(words.String(), "\n"), "bodies:", strings.TrimSuffix(bodyWords.String(), "\n"), "sources:", "  S: {title: \"Somebody\"}",
			"addressees:", "  villages: {title: \"Villages\"}", "verbs:", "  commit: {title: \"commit\"}"),
	}
}
