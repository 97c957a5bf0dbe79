package observatory_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"kept/internal/observatory"
)

// made is a slice of areas × years, with one value in ten missing.
func made(areas, years int, seed uint64) observatory.Slice {
	dice := rand.New(rand.NewPCG(seed, 1))
	s := observatory.Slice{Attributes: []observatory.Attributes{{Nature: observatory.Country}, {Nature: observatory.Estimated, Note: "ITU estimate."}}}
	for a := range areas {
		series := observatory.Series{Key: fmt.Sprintf("%c%c%c", 'A'+a/676, 'A'+a/26%26, 'A'+a%26)}
		value := int64(dice.IntN(5000))
		for y := range years {
			value += int64(dice.IntN(500)) - 100
			p := observatory.Point{Int: value, Scale: 2, Period: observatory.Year(2000 + y), Attr: uint16(dice.IntN(20) / 19)}
			if dice.IntN(10) == 0 {
				p = observatory.Point{Period: p.Period, Presence: observatory.NoValue}
			}
			series.Points = append(series.Points, p)
		}
		s.Series = append(s.Series, series)
	}
	return s
}

// decode opens all parts of an encoded slice.
func decode(t testing.TB, parts []observatory.Part) (s observatory.Slice) {
	t.Helper()
	for _, part := range parts {
		b, err := observatory.OpenBlock(part.Data)
		if err != nil {
			t.Fatal(err)
		}
		one, err := b.All()
		if err != nil {
			t.Fatal(err)
		}
		s = observatory.Join(s, one)
	}
	return s
}

// same compares two slices by what they say, whatever their dictionaries.
func same(a, b observatory.Slice) bool {
	return len(observatory.Revise(a, b).Changes) == 0 && a.Len() == b.Len()
}

func TestBlockRoundTrip(t *testing.T) {
	odd := observatory.Slice{
		Attributes: []observatory.Attributes{{Unit: "USD", Status: "P", Base: "2015", Note: "a, “quoted”\nnote"}},
		Series: []observatory.Series{
			{Key: "KEN", Points: []observatory.Point{
				{Int: -5, Scale: 1, Period: period(t, "2019")}, {Int: 123456789012345678, Period: period(t, "2019-06")},
				{Int: 1, Scale: 9, Period: period(t, "2019-06-15")}, {Int: 7, Period: period(t, "2019-Q4")},
			}},
			{Key: "~XKX", Label: "a place", Points: []observatory.Point{{Period: period(t, "1"+"086"), Presence: observatory.NoValue}}},
		},
	}
	tests := map[string]observatory.Slice{
		"200 × 25": made(200, 25, 1), "one": made(1, 1, 2), "many parts": made(3000, 25, 3), "odd": odd, "none": {},
	}
	for name, s := range tests {
		t.Run(name, func(t *testing.T) {
			parts := s.Encode()
			for _, p := range parts {
				if len(p.Data) > 64<<10 {
					t.Errorf("a part of %d bytes", len(p.Data))
				}
			}
			got := decode(t, parts)
			if !same(s, got) {
				t.Errorf("%+v", observatory.Revise(s, got).Changes)
			}
			if again := decode(t, got.Encode()); !reflect.DeepEqual(got, again) {
				t.Error("a second round differs")
			}
		})
	}
}

func period(t testing.TB, s string) observatory.Period {
	t.Helper()
	p, ok := observatory.ParsePeriod(s)
	if !ok {
		t.Fatalf("%q is no period", s)
	}
	return p
}

func TestLatestAndSeries(t *testing.T) {
	s := made(40, 25, 4)
	last := &s.Series[3]
	last.Points[24] = observatory.Point{Period: observatory.Year(2024), Presence: observatory.NoValue}
	last.Points[23] = observatory.Point{Period: observatory.Year(2023), Int: 4250, Scale: 2}
	b, err := observatory.OpenBlock(s.Encode()[0].Data)
	if err != nil {
		t.Fatal(err)
	}
	latest := b.Latest()
	if len(latest) != 40 {
		t.Fatalf("got %d areas, want 40", len(latest))
	}
	if got := latest[3]; got.Period.String() != "2023" || got.Value.String() != "42.5" {
		t.Errorf("a row without a value is no latest value: got %v %v", got.Period, got.Value)
	}
	one, ok, err := b.Series(last.Key)
	if err != nil || !ok || len(one.Points) != 25 {
		t.Fatalf("got %v %v %v", one, ok, err)
	}
	if i, found := one.At(observatory.Year(2023)); !found || one.Points[i].Value().String() != "42.5" {
		t.Errorf("got place %d %v", i, found)
	}
	if _, ok, _ := b.Series("ZZZ"); ok {
		t.Error("an area that is not there was found")
	}
}

func TestDeltaLeadsBack(t *testing.T) {
	older := made(50, 20, 5)
	for seed := range uint64(20) {
		newer := changed(older, seed)
		delta := observatory.Delta(newer, older)
		kept := decode(t, delta.Encode())
		if back := observatory.Undo(newer, kept); !same(back, older) {
			t.Fatalf("seed %d: the way back leads elsewhere", seed)
		}
		if n := len(observatory.Revise(older, newer).Changes); n != delta.Len() {
			t.Errorf("seed %d: %d changes, %d points in the delta", seed, n, delta.Len())
		}
	}
}

// changed is a newer vintage: values moved, points and whole areas gone and new.
func changed(s observatory.Slice, seed uint64) observatory.Slice {
	dice := rand.New(rand.NewPCG(seed, 2))
	newer := observatory.Slice{Attributes: append([]observatory.Attributes{{Status: "R"}}, s.Attributes...)}
	for _, series := range s.Series {
		if dice.IntN(10) == 0 {
			continue
		}
		next := observatory.Series{Key: series.Key}
		for _, p := range series.Points {
			p.Attr++
			switch dice.IntN(12) {
			case 0:
				continue
			case 1:
				p.Int, p.Presence = p.Int+1, observatory.HasValue
			case 2:
				p.Attr = 0
			}
			next.Points = append(next.Points, p)
		}
		next.Points = append(next.Points, observatory.Point{Int: 1, Period: observatory.Year(2040)})
		newer.Series = append(newer.Series, next)
	}
	newer.Series = append(newer.Series, observatory.Series{Key: "ZZZ", Points: []observatory.Point{{Int: 4, Period: observatory.Year(2001)}}})
	return newer
}

func TestReviseNamesTheWay(t *testing.T) {
	point := func(attr uint16, n int64) observatory.Slice {
		return observatory.Slice{
			Attributes: []observatory.Attributes{{}, {Nature: "C"}, {Status: "P"}, {Unit: "PT"}, {Base: "2010"}, {Note: "n"}},
			Series:     []observatory.Series{{Key: "KEN", Points: []observatory.Point{{Int: n, Period: observatory.Year(2020), Attr: attr}}}},
		}
	}
	without := point(0, 0)
	without.Series[0].Points[0].Presence = observatory.NoValue
	tests := []struct {
		name         string
		older, newer observatory.Slice
		want         string
	}{
		{"nothing", point(0, 5), point(0, 5), "[]"},
		{"value", point(0, 5), point(0, 6), "[value]"},
		{"nature", point(0, 5), point(1, 5), "[nature]"},
		{"status", point(0, 5), point(2, 5), "[status]"},
		{"unit and value", point(0, 5), point(3, 6), "[value unit]"},
		{"base period", point(0, 5), point(4, 5), "[base_period]"},
		{"note", point(5, 5), point(0, 5), "[note]"},
		{"withdrawn value", point(0, 5), without, "[presence]"},
		{"removed", point(0, 5), observatory.Slice{}, "[removed]"},
		{"added", observatory.Slice{}, point(0, 5), "[added]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := observatory.Revise(tt.older, tt.newer)
			got := []string{}
			for _, c := range r.Changes {
				got = append(got, c.What.Words()...)
			}
			if fmt.Sprint(got) != tt.want {
				t.Errorf("got %v, want %s", got, tt.want)
			}
			if len(r.Changes) > 0 && fmt.Sprint(r.Areas) != "[KEN]" {
				t.Errorf("got areas %v", r.Areas)
			}
		})
	}
}

func TestFindLine(t *testing.T) {
	lines := observatory.Lines{
		{Key: "AAA", Lines: []int{2, 3, 4, 9, 8}},
		{Key: "BBB", Lines: []int{100}},
		{Key: "CCC", Lines: []int{5, 6, 7}},
	}
	data := lines.Encode()
	for _, area := range lines {
		for i, want := range area.Lines {
			if got, ok := observatory.FindLine(data, area.Key, i); !ok || got != want {
				t.Errorf("%s %d: got %d %v, want %d", area.Key, i, got, ok, want)
			}
		}
		if _, ok := observatory.FindLine(data, area.Key, len(area.Lines)); ok {
			t.Errorf("%s has a line too many", area.Key)
		}
	}
	if _, ok := observatory.FindLine(data, "DDD", 0); ok {
		t.Error("an area that is not there has a line")
	}
}

func FuzzOpenBlock(f *testing.F) {
	f.Add(made(3, 5, 1).Encode()[0].Data)
	f.Add(made(40, 3, 2).Encode()[0].Data)
	f.Add([]byte{1, 10, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := observatory.OpenBlock(data)
		if err != nil {
			return
		}
		b.Latest()
		s, err := b.All()
		if err != nil || len(s.Series) == 0 {
			return
		}
		observatory.Revise(s, observatory.Slice{})
		for i := 1; i < len(s.Series); i++ {
			if s.Series[i-1].Key >= s.Series[i].Key {
				return // not written by us
			}
		}
		if parts := s.Encode(); !same(s, decode(t, parts)) {
			t.Error("what was read cannot be written again")
		}
	})
}

func FuzzFindLine(f *testing.F) {
	f.Add(observatory.Lines{{Key: "AAA", Lines: []int{2, 3, 9}}}.Encode(), "AAA", 1)
	f.Fuzz(func(t *testing.T, data []byte, key string, i int) { observatory.FindLine(data, key, i) })
}

// BenchmarkSliceAll reads one indicator of 200 areas and 25 years from its block.
func BenchmarkSliceAll(b *testing.B) {
	parts := made(200, 25, 1).Encode()
	if len(parts) != 1 {
		b.Fatalf("%d parts", len(parts))
	}
	sum := int64(0)
	for b.Loop() {
		block, err := observatory.OpenBlock(parts[0].Data)
		if err != nil {
			b.Fatal(err)
		}
		s, err := block.All()
		if err != nil {
			b.Fatal(err)
		}
		for _, series := range s.Series {
			for _, p := range series.Points {
				sum += p.Int
			}
		}
	}
	b.ReportMetric(float64(len(parts[0].Data))/5000, "bytes/obs")
}
