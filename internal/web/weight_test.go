package web_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"kept/internal/locale"
)

// Limits of DESIGN §7, in bytes on the wire with the style inside: a page, a page
// with a chart, and the richest tables.
const (
	limitPage  = 8 << 10
	limitChart = 13500
	limitTable = 30 << 10
)

// richTables are the lists that are there to be read whole.
var richTables = []string{"/items", "/texts/*", "/for", "/for/*", "/calendar", "/changes", "/documents", "/mechanisms", "/bodies", "/timeline", "/areas", "/stakeholders", "/commitments", "/figures"}

// weight is what a kind of page weighs at most, over the pages that were looked at.
type weight struct {
	gzip, brotli int
	address      string // the heaviest
	limit        int
}

// weigh asks for the first page of each kind in each language, and for every
// English page, compressed as they go over the wire, and prints the table.
func (c *crawler) weigh() {
	heaviest := make(map[string]weight)
	add := func(kind, address string) {
		w := weight{gzip: len(get(c.site, address, "Accept-Encoding", "gzip").Body.Bytes()),
			brotli: len(get(c.site, address, "Accept-Encoding", "br").Body.Bytes()), address: address}
		w.limit = limitPage
		switch {
		case strings.Contains(get(c.site, address).Body.String(), "<svg"):
			w.limit = limitChart
		case slices.Contains(richTables, kind):
			w.limit = limitTable
		}
		if old := heaviest[kind]; w.gzip > old.gzip {
			heaviest[kind] = w
		}
		if w.gzip > w.limit {
			c.t.Errorf("%s weighs %d bytes (gzip), the limit is %d", address, w.gzip, w.limit)
		}
	}
	for address := range c.ids {
		add(kindOf(address), address)
	}
	for kind, address := range c.kinds {
		for _, lang := range locale.Langs {
			add(kind, "/"+string(lang)+strings.TrimPrefix(address, "/en"))
		}
	}
	var table strings.Builder
	for _, kind := range slices.Sorted(maps.Keys(heaviest)) {
		w := heaviest[kind]
		fmt.Fprintf(&table, "\n%-22s gzip %6d  br %6d  of %6d  %s", kind, w.gzip, w.brotli, w.limit, w.address)
	}
	c.t.Logf("heaviest page of each kind:%s", table.String())
}
