package area

import (
	"embed"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"kept/internal/compact/fold"
	"kept/internal/locale"
)

//go:embed un.csv income.csv regions.csv sample.csv sample_regions.csv tilegrid.csv
var files embed.FS

// packs reads the embedded name packs once. A broken one is a fault of the build, so it panics.
var packs = sync.OnceValue(func() map[string]*Set {
	grid := tiles()
	un := load("un", "un.csv", "regions.csv", grid)
	un.IncomeDate = date("income.csv")
	for _, r := range read("income.csv") {
		un.byID[r["iso3"]].Income = r["income"]
	}
	return map[string]*Set{
		"un":     un,
		"sample": load("sample", "sample.csv", "sample_regions.csv", grid),
	}
})

// Known tells whether a name pack of that name is embedded.
func Known(name string) bool { return packs()[name] != nil }

// Pack is the embedded name pack of that name, nil when there is none.
func Pack(name string) *Set { return packs()[name] }

func load(id, areas, regions string, grid map[string]row) *Set {
	s := &Set{ID: id, Date: date(areas), byID: map[string]*Area{}, byISO2: map[string]*Area{},
		byM49: map[string]*Area{}, byName: map[string]*Area{}, region: map[string]*Region{},
		sorted: map[locale.Lang][]*Area{}}
	for _, r := range read(regions) {
		region := &Region{ID: r["m49"], Parent: r["parent"], names: r.names()}
		s.regions = append(s.regions, region)
		s.region[region.ID] = region
	}
	for _, r := range read(areas) {
		s.add(r, grid)
	}
	for _, lang := range locale.Langs {
		s.sorted[lang] = sortAreas(s.areas, lang)
	}
	return s
}

func (s *Set) add(r row, grid map[string]row) {
	a := &Area{ID: r["iso3"], ISO2: r["iso2"], M49: r["m49"], Region: r["region"], Sub: r["subregion"],
		Inter: r["intermediate"], Status: Status(r["status"]), LDC: r["ldc"] == "1", LLDC: r["lldc"] == "1",
		SIDS: r["sids"] == "1", names: r.names(), pinyin: r["sort_zh"]}
	if tile, ok := grid[a.ID]; ok {
		a.Col, a.Row, a.OnGrid = tile.number("col"), tile.number("row"), true
	}
	s.areas = append(s.areas, a)
	s.byID[a.ID] = a
	s.byISO2[a.ISO2] = a
	if a.M49 != "" {
		s.byM49[a.M49] = a
	}
	for _, name := range a.names {
		s.byName[fold.Text(name)] = a
	}
}

// row is one line of an embedded table, by column.
type row map[string]string

func (r row) names() map[locale.Lang]string {
	names := make(map[locale.Lang]string, len(locale.Langs))
	for _, lang := range locale.Langs {
		names[lang] = r["name_"+string(lang)]
	}
	return names
}

func (r row) number(column string) int {
	n, err := strconv.Atoi(r[column])
	if err != nil {
		panic(fmt.Sprintf("area: column %s: %v", column, err))
	}
	return n
}

func tiles() map[string]row {
	grid := make(map[string]row)
	for _, r := range read("tilegrid.csv") {
		grid[r["id"]] = r
	}
	return grid
}

// date is the day that stands at the end of a table's first comment line.
func date(name string) string {
	b, err := files.ReadFile(name)
	if err != nil {
		panic("area: " + err.Error())
	}
	first, _, _ := strings.Cut(string(b), "\n")
	_, day, found := strings.Cut(first, ", on ")
	if !found {
		panic("area: " + name + " does not open with its date")
	}
	return strings.TrimSuffix(day, ".")
}

func read(name string) []row {
	f, err := files.Open(name)
	if err != nil {
		panic("area: " + err.Error())
	}
	defer f.Close()
	in := csv.NewReader(f)
	in.Comment = '#'
	head, err := in.Read()
	if err != nil {
		panic("area: " + name + ": " + err.Error())
	}
	var rows []row
	for {
		record, err := in.Read()
		if err == io.EOF {
			return rows
		}
		if err != nil {
			panic("area: " + name + ": " + err.Error())
		}
		r := make(row, len(head))
		for i, column := range head {
			r[column] = record[i]
		}
		rows = append(rows, r)
	}
}
