package observatory_test

import (
	"fmt"
	"testing"

	"kept/internal/compact"
	"kept/internal/observatory"
	"kept/internal/observatory/trend"
)

// sliceOf parses rows in the plain mapping into the one slice that they make.
func sliceOf(t testing.TB, rows string) observatory.Slice {
	t.Helper()
	p, err := observatory.Parse(observatory.CSV, []byte("area,period,value\n"+rows), with(func(m *observatory.Mapping) { m.World = "WLD" }), areas)
	if err != nil {
		t.Fatal(err)
	}
	return only(t, p)
}

func TestFind(t *testing.T) {
	s := sliceOf(t, "KEN,2020,29\nFRA,2023,90\nTCD,2014,12\nTCD,2023,\nXKX,2023,1\nWLD,2023,67\nTUV,2022,50\n")
	i := &compact.Indicator{NaturalMin: "0", NaturalMax: "100", Direction: "up"}
	got := observatory.Find(s.Latest(0), i, areas)
	want := observatory.Finding{With: 4, HasThird: true, Low: 2, LowLDC: 1, Median: "39.5"}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got := observatory.Find(s.Latest(0), &compact.Indicator{Direction: "up"}, areas); got.HasThird || got.Low != 0 {
		t.Errorf("a range that nobody named has a low third: %+v", got)
	}
	if got := observatory.Find(nil, i, areas); got.Median != "" || got.With != 0 {
		t.Errorf("nothing found: %+v", got)
	}
	v := observatory.View{Data: s}
	if f, ok := v.World(areas, 0); !ok || f.Value.String() != "67" {
		t.Errorf("got world %+v %v", f, ok)
	}
	if _, ok := v.World(areas, observatory.Year(2022)); ok {
		t.Error("a world figure of a later year was taken for an earlier one")
	}
	if got := len(s.In(observatory.Year(2023))); got != 3 {
		t.Errorf("got %d values in 2023, want 3", got)
	}
	if got := fmt.Sprint(s.Periods()); got != "[2014 2020 2022 2023]" {
		t.Errorf("got periods %s", got)
	}
}

func TestDivides(t *testing.T) {
	women := sliceOf(t, "KEN,2019,20\nKEN,2020,24\nFRA,2020,85\nTUV,2021,5\n")
	men := sliceOf(t, "KEN,2019,30\nKEN,2020,32\nFRA,2019,80\nTUV,2021,0\n")
	got := observatory.Divides(women, men)
	if len(got) != 2 || got[0].Key != "KEN" || got[0].Period != observatory.Year(2020) || got[0].Ratio != "0.75" || got[0].Difference != "-8" {
		t.Errorf("got %+v", got)
	}
	if got[1].Ratio != "" || got[1].Difference != "5" {
		t.Errorf("a ratio to zero: got %+v", got[1])
	}
}

func TestDataGap(t *testing.T) {
	s := sliceOf(t, "KEN,2016,20\nKEN,2023,24\nKEN,2023-06,25\nFRA,2020,85\nTUV,2012,5\nTUV,2016,6\n")
	gap := trend.MeasureGap(s.Cells(areas), 2025)
	if gap.Filled != 1 || gap.Cells != 197 {
		t.Errorf("got %+v", gap)
	}
}
