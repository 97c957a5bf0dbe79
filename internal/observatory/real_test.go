package observatory_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kept/internal/compact/area"
	"kept/internal/observatory"
	"kept/internal/realdata"
)

func open(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(realdata.Dir(t), "indicators", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var areas = area.Pack("un")

// parse reads a file that must parse.
func parse(t testing.TB, name string, m observatory.Mapping) observatory.Parsed {
	t.Helper()
	p, err := observatory.Parse(observatory.CSV, open(t, name), m, areas)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	c := p.Counts
	if c.Cells != c.Observations+c.Blank+c.LeftOut+c.Repeated+c.Conflicting+c.Bad {
		t.Errorf("%s: the account does not close: %+v", name, c)
	}
	return p
}

func gapminder(column string) observatory.Mapping {
	return observatory.Mapping{Area: "geo", AreaCode: "iso3", Period: "time", Value: column}
}

var (
	ituPeople = observatory.Mapping{
		Area: "entityIso", AreaCode: "iso3", AreaLabel: "entityName", Period: "dataYear", Value: "dataValue",
		Unit: "seriesUnits", Note: "dataSource",
	}
	owid2023 = observatory.Mapping{Area: "Code", AreaCode: "iso3", AreaLabel: "Entity", Period: "Year", Value: "percent_i_users"}
	owid2025 = observatory.Mapping{
		Delimiter: ";", Area: "Code", AreaCode: "iso3", AreaLabel: "Entity", Period: "Year",
		Value: "Individuals using the Internet (% of population)",
	}
	unsdWide = observatory.Mapping{
		Delimiter: "\t", Area: "geoAreaCode", AreaCode: "m49", AreaLabel: "geoAreaName", Wide: "value_", Nature: "nature",
		Unit: "unitsCode", Units: map[string]string{"PT": "PERCENT"},
	}
	unsd2020 = observatory.Mapping{
		Area: "geo_area", AreaCode: "m49", Period: "year", Value: "it_use_ii99", Nature: "nature",
		Natures: map[string]string{"notspec": "unknown"}, Unit: "units",
	}
)

func TestRealCounts(t *testing.T) {
	tests := []struct {
		name, file   string
		mapping      observatory.Mapping
		observations int
	}{
		{"gapminder internet users", "gapminder-wdi/internet_users.csv", gapminder("internet_users"), 6024},
		{"gapminder mobile", "gapminder-wdi/cell_phones_per_100_people.csv", gapminder("cell_phones_per_100_people"), 10350},
		{"ITU individuals", "itu-datahub-csv/individuals-using-the-internet.csv", ituPeople, 4906},
		{"OWID 2023", "owid/share-of-individuals-using-the-internet_2023-04.csv", owid2023, 6533},
		{"OWID 2025, semicolons", "owid/share-of-individuals-using-the-internet_2025-11.csv", owid2025, 7151},
		{"UNSD 2019 Q1, wide", "unsd-vintages/2019.Q1.G.03/17.8.1_IT_USE_ii99.tsv", unsdWide, 3749},
		{"UNSD 2020", "unsd-sdg-2020/it_use_ii99--by--geo_area--nature--units--year.csv", unsd2020, 4436},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := parse(t, tt.file, tt.mapping)
			if got.Counts.Observations != tt.observations {
				t.Errorf("got %d observations, want %d; %+v %v", got.Counts.Observations, tt.observations, got.Counts, got.ProblemCount)
			}
			t.Logf("%+v %v", got.Counts, got.ProblemCount)
			for i, p := range got.Problems {
				if i < 3 {
					t.Logf("%+v", p)
				}
			}
		})
	}
}

// only gives the one slice of a file.
func only(t testing.TB, p observatory.Parsed) observatory.Slice {
	t.Helper()
	names, all, _ := observatory.Slices(p.Observations)
	if len(names) != 1 {
		t.Fatalf("got slices %q, want one", names)
	}
	return all[names[0]]
}

func decimal(t testing.TB, s string) observatory.Decimal {
	t.Helper()
	d, _, ok := observatory.ParseDecimal(s)
	if !ok {
		t.Fatalf("%q is no number", s)
	}
	return d
}

func TestRealRevisionOfOWID(t *testing.T) {
	coded := func(p observatory.Parsed) observatory.Slice {
		kept := p.Observations[:0]
		for _, o := range p.Observations {
			if o.SourceArea != o.Label { // the row has a code
				kept = append(kept, o)
			}
		}
		p.Observations = kept
		return only(t, p)
	}
	older := coded(parse(t, "owid/share-of-individuals-using-the-internet_2023-04.csv", owid2023))
	newer := coded(parse(t, "owid/share-of-individuals-using-the-internet_2025-11.csv", owid2025))
	r := observatory.Revise(older, newer)
	got := [5]int{older.Len(), newer.Len(), r.Count(observatory.Added), r.Count(observatory.Removed), r.Beyond(decimal(t, "0.005"))}
	if want := [5]int{6099, 6717, 646, 28, 294}; got != want {
		t.Errorf("got %v, want %v: before, after, added, removed, changed by more than 0.005", got, want)
	}
}

// recoded are the names that the third release gave to codes of the first two.
var recoded = map[string]string{
	"_T": "ANYS", "IS_256KT2M": "256KT2MBPS", "IS_2MT10M": "2MT10MBPS", "IS_GE10M": "10MBPS",
	"ISCED11_1": "PRIMAR", "ISCED11_2": "LOWSEC", "ISCED11_3": "UPPSEC",
}

func TestRealReleasesWithoutRevision(t *testing.T) {
	tests := []struct {
		file, dimension string
		want            int
	}{
		{"17.8.1_IT_USE_ii99", "", 3749}, {"17.6.2_IT_NET_BBP", "typeOfSpeedCode", 6036}, {"4.a.1_SE_ACC_INTN", "educationLevelCode", 1026},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			m := unsdWide
			if tt.dimension != "" {
				m.Dimensions = []observatory.Dimension{{ID: "by", Column: tt.dimension, Codes: recoded}}
			}
			var before observatory.Parsed
			for _, release := range []string{"2019.Q1.G.03", "2019.Q2.G.01", "2019.Q3.G.01"} {
				now := parse(t, "unsd-vintages/"+release+"/"+tt.file+".tsv", m)
				if now.Counts.Observations != tt.want {
					t.Errorf("%s: got %d values, want %d: %+v %v", release, now.Counts.Observations, tt.want, now.Counts, now.ProblemCount)
				}
				if before.Observations != nil {
					if n := revisions(before, now); n != 0 {
						t.Errorf("%s: got %d revisions, want none", release, n)
					}
				}
				before = now
			}
		})
	}
}

func revisions(a, b observatory.Parsed) (n int) {
	namesA, older, _ := observatory.Slices(a.Observations)
	namesB, newer, _ := observatory.Slices(b.Observations)
	for _, name := range append(namesA, namesB...) {
		n += len(observatory.Revise(older[name], newer[name]).Changes)
	}
	return n
}

// joined renames the areas that the area pack does not know by the country table,
// as the reference count was taken with all of them.
func joined(t testing.TB, s observatory.Slice, column string) observatory.Slice {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(realdata.Dir(t), "countries.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at, iso3 := slices.Index(rows[0], column), slices.Index(rows[0], "iso3")
	byCode := make(map[string]string)
	for _, row := range rows[1:] {
		byCode["~"+strings.TrimLeft(row[at], "0")] = row[iso3]
	}
	for i := range s.Series {
		if id, ok := byCode[s.Series[i].Key]; ok {
			s.Series[i].Key = id
		}
	}
	slices.SortFunc(s.Series, func(a, b observatory.Series) int { return strings.Compare(a.Key, b.Key) })
	return s
}

func TestRealSourcesDisagree(t *testing.T) {
	one := joined(t, only(t, parse(t, "gapminder-wdi/internet_users.csv", gapminder("internet_users"))), "gapminder_geo")
	two := joined(t, only(t, parse(t, "unsd-sdg-2020/it_use_ii99--by--geo_area--nature--units--year.csv", unsd2020)), "m49")
	pairs := observatory.Pairs(one, two)
	got := [4]int{len(pairs)}
	for i, by := range []string{"0.05", "1", "5"} {
		got[i+1] = len(observatory.Beyond(pairs, decimal(t, by)))
	}
	if want := [4]int{3625, 313, 277, 143}; got != want {
		t.Errorf("got %v, want %v: country-years in both, apart by more than 0.05, 1 and 5", got, want)
	}
	if !slices.Contains(pairs, observatory.Pair{Key: "IRQ", Period: observatory.Year(2015), One: decimal(t, "15.2"), Two: decimal(t, "58.0")}) &&
		!slices.Contains(pairs, observatory.Pair{Key: "IRQ", Period: observatory.Year(2015), One: decimal(t, "58.0"), Two: decimal(t, "15.2")}) {
		t.Error("the worst pair, Iraq 2015, is missing")
	}
}

func TestRealTwoSeriesUnderOneName(t *testing.T) {
	m := ituPeople
	m.Note = ""
	all := parse(t, "itu-datahub-csv/active-mobile-broadband-subscriptions.csv", m)
	if all.Counts.Conflicting == 0 {
		t.Errorf("two series in one were taken for one: %+v", all.Counts)
	}
	count, rate := m, m
	count.Where = []observatory.Condition{{Column: "seriesCode", Value: "i271mw"}}
	rate.Where = []observatory.Condition{{Column: "seriesCode", Value: "i911mw"}}
	a := parse(t, "itu-datahub-csv/active-mobile-broadband-subscriptions.csv", count)
	b := parse(t, "itu-datahub-csv/active-mobile-broadband-subscriptions.csv", rate)
	if a.Counts.Observations+b.Counts.Observations != 5954 || a.Counts.Conflicting+b.Counts.Conflicting != 0 {
		t.Errorf("got %+v and %+v, want 5,954 without a conflict", a.Counts, b.Counts)
	}
	both := m
	both.Dimensions = []observatory.Dimension{{ID: "series", Column: "seriesCode"}}
	names, _, _ := observatory.Slices(parse(t, "itu-datahub-csv/active-mobile-broadband-subscriptions.csv", both).Observations)
	if !slices.Equal(names, []string{"series=i271mw", "series=i911mw"}) {
		t.Errorf("got slices %q", names)
	}
}

func TestRealWorldBank(t *testing.T) {
	p, err := observatory.Parse(observatory.WorldBank, open(t, "worldbank-api/NY.GDP.MKTP.CD__all.json"), observatory.Mapping{Series: "NY.GDP.MKTP.CD"}, areas)
	if err != nil {
		t.Fatal(err)
	}
	if p.Counts.Rows != 17290 || p.Counts.Observations != 17290 || len(p.Problems) != 0 {
		t.Errorf("got %+v %v, want 17,290 without a problem", p.Counts, p.ProblemCount)
	}
	if p.Counts.NoValue == 0 || p.Updated != "2025-07-01" {
		t.Errorf("got %d without a value, updated %q", p.Counts.NoValue, p.Updated)
	}
}

func TestRealFloatNoise(t *testing.T) {
	m := observatory.Mapping{Area: "country-code", AreaCode: "iso3", Value: "e-gov-index", Period: "year"}
	// The file has no column of the year; the mapping says so, and what there is.
	_, err := observatory.Parse(observatory.CSV, open(t, "undesa-egdi/egdi-2014.csv"), m, areas)
	if err == nil || !strings.Contains(err.Error(), "e-gov-rank") {
		t.Errorf("got %v, want an error that lists the columns", err)
	}
}

// TestRealBytes measures the blocks of real series: at most four bytes an
// observation, lines and notes not counted.
func TestRealBytes(t *testing.T) {
	tests := []struct {
		name    string
		mapping observatory.Mapping
	}{
		{"gapminder-wdi/internet_users.csv", gapminder("internet_users")},
		{"owid/share-of-individuals-using-the-internet_2025-11.csv", owid2025},
		{"gapminder-wdi/cell_phones_per_100_people.csv", gapminder("cell_phones_per_100_people")},
		{"gapminder-wdi/hdi_human_development_index.csv", gapminder("hdi_human_development_index")},
		{"itu-datahub-csv/individuals-using-the-internet.csv", observatory.Mapping{Area: "entityIso", AreaCode: "iso3", Period: "dataYear", Value: "dataValue"}},
		{"unsd-vintages/2019.Q3.G.01/17.8.1_IT_USE_ii99.tsv", unsdWide},
	}
	for _, tt := range tests {
		names, all, lines := observatory.Slices(parse(t, tt.name, tt.mapping).Observations)
		size, n, extra := 0, 0, 0
		for _, name := range names {
			n += all[name].Len()
			extra += len(lines[name].Encode())
			for _, part := range all[name].Encode() {
				size += len(part.Data)
			}
		}
		if float64(size) > 4*float64(n) {
			t.Errorf("%s: %d bytes for %d observations", tt.name, size, n)
		}
		t.Logf("%s: %d observations, %d bytes, %.2f each; lines %.2f each", tt.name, n, size, float64(size)/float64(n), float64(extra)/float64(n))
	}
}
