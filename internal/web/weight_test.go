package web_test

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"net/http/httputil"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"

	"kept/internal/locale"
)

// Limits of docs/weights.md, in bytes on the wire with the style inside: a page, a page
// with a chart, and the richest tables.
const (
	limitPage  = 8 << 10
	limitChart = 13500
	limitTable = 30 << 10
)

// formOfAll is the one form that every page leads to. Forms go over the wire as they
// are: they hold a token, and what compresses beside a secret tells of it.
const formOfAll = "/wrong"

// richTables are the lists that are there to be read whole.
var richTables = []string{"/advisory-group/pool/*", "/advisory-group/draws/*", "/items", "/texts/*", "/for", "/for/*", "/calendar", "/changes", "/documents", "/mechanisms", "/bodies", "/bodies/overlaps", "/gaps", "/timeline", "/areas", "/stakeholders", "/commitments", "/figures", "/map", "/stakeholders/*/forms/*", "/crosswalk", "/crosswalk/*", "/reports/*/print", "/forum/*/programme"}

// weight is what the heaviest page of a kind weighs on the wire, headers included.
type weight struct {
	gzip, brotli int
	address      string
	limit        int
}

// weighedOfEach is how many of the pages of a kind that seem heaviest are weighed as
// they go over the wire.
const weighedOfEach = 3

// weigh asks for every page that the crawl saw, and for the first of each kind in
// each language, and prints the heaviest of each kind compressed as they go over the
// wire. The limits hold for brotli, which every browser of today takes; gzip, a
// tenth more, is printed beside it. Thorough brotli takes tens of milliseconds, so a
// page that keeps its limit under quick brotli already, which makes more bytes, is
// weighed no further unless it is among the heaviest of its kind.
func (c *crawler) weigh() {
	rough := make(map[string][]weight)
	add := func(kind, address string) {
		body := get(c.site, address).Body.Bytes()
		w := weight{brotli: quickly(body), address: address, limit: limitPage}
		switch {
		case bytes.Contains(body, []byte("<svg")):
			w.limit = limitChart
		case slices.Contains(richTables, kind):
			w.limit = limitTable
		}
		rough[kind] = append(rough[kind], w)
	}
	for address := range c.ids {
		if kindOf(address) != formOfAll {
			add(kindOf(address), address)
		}
	}
	for kind, address := range c.kinds {
		if kind == formOfAll {
			continue
		}
		for _, lang := range locale.Langs {
			if lang != locale.English {
				add(kind, "/"+string(lang)+strings.TrimPrefix(address, "/en"))
			}
		}
	}
	var table strings.Builder
	for _, kind := range slices.Sorted(maps.Keys(rough)) {
		w := c.heaviest(rough[kind])
		fmt.Fprintf(&table, "\n%-24s br %6d  gzip %6d  of %6d  %s", kind, w.brotli, w.gzip, w.limit, w.address)
	}
	c.t.Logf("heaviest page of each kind:%s", table.String())
}

// heaviest weighs the pages of one kind that may be too heavy, and the heaviest.
func (c *crawler) heaviest(pages []weight) (heaviest weight) {
	slices.SortFunc(pages, func(a, b weight) int {
		return cmp.Or(cmp.Compare(b.brotli, a.brotli), strings.Compare(a.address, b.address))
	})
	for n, w := range pages {
		if n >= weighedOfEach && w.brotli <= w.limit {
			continue
		}
		w.gzip, w.brotli = c.onTheWire(w.address, "gzip"), c.onTheWire(w.address, "br")
		if w.brotli > w.limit {
			c.t.Errorf("%s weighs %d bytes, the limit is %d", w.address, w.brotli, w.limit)
		}
		if w.brotli > heaviest.brotli {
			heaviest = w
		}
	}
	return heaviest
}

// headRoom is more than the head of an answer takes.
const headRoom = 700

// quickly is a bound of what a page weighs: quick brotli, with room for the head.
func quickly(body []byte) int {
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, 4)
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Len() + headRoom
}

// onTheWire is the size of an answer in an encoding, its head and body.
func (c *crawler) onTheWire(address, encoding string) int {
	r := get(c.site, address, "Accept-Encoding", encoding).Result()
	b, err := httputil.DumpResponse(r, true)
	if err != nil {
		c.t.Errorf("%s: %v", address, err)
	}
	return len(b)
}
