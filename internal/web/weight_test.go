package web_test

import (
	"fmt"
	"maps"
	"net/http/httputil"
	"slices"
	"strings"

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
var richTables = []string{"/items", "/texts/*", "/for", "/for/*", "/calendar", "/changes", "/documents", "/mechanisms", "/bodies", "/timeline", "/areas", "/stakeholders", "/commitments", "/figures", "/map", "/stakeholders/*/forms/*", "/crosswalk", "/crosswalk/*", "/reports/*/print"}

// weight is what the heaviest page of a kind weighs on the wire, headers included.
type weight struct {
	gzip, brotli int
	address      string
	limit        int
}

// weigh asks for every page that the crawl saw, and for the first of each kind in
// each language, compressed as they go over the wire, and prints the table. The
// limits hold for brotli, which every browser of today takes; gzip, a tenth more,
// is printed beside it.
func (c *crawler) weigh() {
	heaviest := make(map[string]weight)
	add := func(kind, address string) {
		w := weight{gzip: c.onTheWire(address, "gzip"), brotli: c.onTheWire(address, "br"), address: address, limit: limitPage}
		switch {
		case strings.Contains(get(c.site, address).Body.String(), "<svg"):
			w.limit = limitChart
		case slices.Contains(richTables, kind):
			w.limit = limitTable
		}
		if w.brotli > heaviest[kind].brotli {
			heaviest[kind] = w
		}
		if w.brotli > w.limit {
			c.t.Errorf("%s weighs %d bytes, the limit is %d", address, w.brotli, w.limit)
		}
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
	for _, kind := range slices.Sorted(maps.Keys(heaviest)) {
		w := heaviest[kind]
		fmt.Fprintf(&table, "\n%-24s br %6d  gzip %6d  of %6d  %s", kind, w.brotli, w.gzip, w.limit, w.address)
	}
	c.t.Logf("heaviest page of each kind:%s", table.String())
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
