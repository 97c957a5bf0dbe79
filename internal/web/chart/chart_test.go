package chart_test

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"flag"
	"fmt"
	"html/template"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"kept/internal/web/chart"
)

var update = flag.Bool("update", false, "write the golden files anew")

// wellFormed reads the markup as XML, which HTML parsers take too.
func wellFormed(t *testing.T, markup template.HTML) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(markup)))
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("%v in %s", err, markup)
		}
	}
}

func years(from int, values ...float64) (points []chart.Point) {
	for i, v := range values {
		points = append(points, chart.Point{At: float64(from + i), Value: v, Label: fmt.Sprintf("%g (%d)", v, from+i), Text: fmt.Sprint(v)})
	}
	return points
}

func point(at, value float64, label, text string) chart.Point {
	return chart.Point{At: at, Value: value, Label: label, Text: text}
}

func tile(code, name, href string, col, row, step int) chart.Tile {
	return chart.Tile{Code: code, Name: name, Href: href, Col: col, Row: row, Step: step}
}

const hostile = `</title><script>alert("1")</script>&'`

var pictures = map[string]func() template.HTML{
	"line": chart.Line{ID: "c", Title: "People using the Internet, %", Description: "From 12 in 2015 to 29 in 2023.", Zero: true, Top: 100, Gap: 1,
		Series: []chart.Series{{Points: append(years(2015, 12, 15, 18.5), years(2020, 22, 25.2, 27, 29)...)}}}.SVG,
	"goal": chart.Line{ID: "p", Title: "Pledged, USD bn", Zero: true, Goal: &chart.Goal{Value: 100, Label: "goal 100"},
		Series: []chart.Series{{Points: []chart.Point{point(2022.45, 18.55, "18.55 in 2022.45", "18.55"), point(2022.95, 30, "30 in 2022.95", "30"), point(2023.92, 36.78, "36.78 in 2023.92", "36.78"), point(2025.17, 73, "73 in 2025.17", "73"), point(2026.2, 82, "82 in 2026.2", "82")}}}}.SVG,
	"two":       chart.Line{ID: "t", Title: "By sex", Series: []chart.Series{{Name: "women", Points: years(2000, 1, 2, 4)}, {Name: "men", Points: years(2000, 2, 3, 5)}}}.SVG,
	"below":     chart.Line{ID: "n", Title: "Below zero", Series: []chart.Series{{Points: years(2000, -1.5, -0.2, 0.3)}}}.SVG,
	"one point": chart.Line{ID: "o", Title: "One", Series: []chart.Series{{Points: years(2000, 5)}}}.SVG,
	"nothing":   chart.Line{ID: "x", Title: "None"}.SVG,
	"no number": chart.Line{ID: "y", Title: "None", Series: []chart.Series{{Points: []chart.Point{point(2000, math.NaN(), "", ""), point(math.Inf(1), 1, "", "")}}}}.SVG,
	"spark":     chart.Spark{ID: "s", Title: "Kenya, 2015 to 2018", Points: years(2015, 1, 3, 2, 5), Gap: 1}.SVG,
	"bars":      chart.Bars{ID: "b", Title: "By region", Top: 100, Rows: []chart.Bar{{Label: "Africa", Value: 37, Text: "37 %"}, {Label: "Europe", Value: 91, Text: "91 %"}, {Label: "nobody", Value: math.NaN(), Text: "no data"}}}.SVG,
	"grid":      chart.Grid{ID: "m", Title: "Map", Tiles: []chart.Tile{tile("KEN", "Kenya: 29 (2023)", "/en/areas/KEN", 2, 1, 1), tile("NIU", "Niue: no data", "#NIU", 0, 0, -1)}, Mark: "sample"}.SVG,
	"hostile": chart.Line{ID: hostile, Title: hostile, Description: hostile, Number: func(string) string { return hostile }, Goal: &chart.Goal{Value: 1, Label: hostile},
		Series: []chart.Series{{Name: hostile, Points: []chart.Point{point(2000, 1, hostile, hostile), point(2001, 2, hostile, hostile)}}}}.SVG,
	"hostile grid":   chart.Grid{ID: hostile, Title: hostile, Tiles: []chart.Tile{tile(hostile, hostile, "javascript:alert(1)", 0, 0, 9), tile(hostile, hostile, "//elsewhere.example", 1, 0, 9)}}.SVG,
	"hostile bars":   chart.Bars{ID: hostile, Title: hostile, Mark: hostile, Rows: []chart.Bar{{Label: hostile, Value: 1, Text: hostile}}}.SVG,
	"wheel":          chart.Wheel{ID: "w", Title: "Wheel", Description: "Three spokes.", Hub: chart.WheelLines("no hub"), HubHref: "/en/mechanisms/M02", Open: true, Rings: []string{"O1", "O2", "FU"}, Spokes: wheelSpokes}.SVG,
	"wheel mirrored": chart.Wheel{ID: "w", Title: "Wheel", Description: "Three spokes.", Hub: chart.WheelLines("المحور"), HubHref: "/ar/forum", Rings: []string{"O1"}, Spokes: wheelSpokes, Mirrored: true, Mark: "sample"}.SVG,
	"hostile wheel":  chart.Wheel{ID: hostile, Title: hostile, Description: hostile, Hub: []string{hostile}, HubHref: "javascript:alert(1)", Rings: []string{hostile}, Mark: hostile, Spokes: []chart.Spoke{{Label: hostile, Name: hostile, Href: "//elsewhere.example", Rings: []int{-1, 0, 7}, Group: hostile}}}.SVG,
	"empty wheel":    chart.Wheel{ID: "e", Title: "Wheel", Hub: []string{"no hub"}}.SVG,
	"legend":         func() template.HTML { return chart.Legend([7]string{"0", "17", "33", "50", "67", "83", "100 %"}) },
}

var wheelSpokes = []chart.Spoke{{Label: "ITU", Name: "International Telecommunication Union", Href: "/en/bodies/B.17", Rings: []int{0, 2}, Group: "1"},
	{Label: "N.20", Name: "AI for Good Global Summit", Href: "/en/bodies/N.20", Rings: []int{1}}, {Label: "IGF", Name: "Internet Governance Forum", Href: "/en/bodies/N.12", Rings: []int{2}, Group: "2"}}

// TestWheelMirrored wants the first spoke right of the middle, or left of it where the
// language runs from right to left, and no label upside down.
func TestWheelMirrored(t *testing.T) {
	for mirrored, want := range map[bool][]string{false: {"50.9", "90", "191.7"}, true: {"-230.9", "-270", "-371.7"}} {
		svg := string(chart.Wheel{ID: "w", Title: "t", Rings: []string{"a"}, Spokes: wheelSpokes, Mirrored: mirrored}.SVG())
		spokes := strings.Split(svg, `<a href=`)[2:] // the first is the hub
		for n, spoke := range spokes {
			_, turned, _ := strings.Cut(spoke, `transform="rotate(`)
			angle, rest, _ := strings.Cut(turned, ")")
			degrees, _ := strconv.ParseFloat(angle, 64)
			if left := math.Cos(degrees*math.Pi/180) < -1e-9; angle != want[n] || strings.Contains(rest, `rotate(180)`) != left {
				t.Errorf("mirrored %v, spoke %d: at %s, want %s; %s", mirrored, n, angle, want[n], rest)
			}
		}
		if len(spokes) != len(want) {
			t.Errorf("%d spokes", len(spokes))
		}
	}
}

func TestPictures(t *testing.T) {
	for name, draw := range pictures {
		t.Run(name, func(t *testing.T) {
			got := draw()
			wellFormed(t, got)
			for _, bad := range []string{"<script", "javascript:", "//elsewhere", "NaN", "Inf", "style="} {
				if strings.Contains(strings.ReplaceAll(string(got), "&#34;", ""), bad) {
					t.Errorf("%q in %s", bad, got)
				}
			}
			golden := filepath.Join("testdata", strings.ReplaceAll(name, " ", "-")+".svg")
			if *update {
				if err := os.WriteFile(golden, []byte(got+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if string(got)+"\n" != string(want) {
				t.Errorf("differs from %s; see it and run with -update if it is right:\n%s", golden, got)
			}
		})
	}
}

func TestLineBreaksWhereYearsAreMissing(t *testing.T) {
	points := append(years(2000, 1, 2), years(2004, 3, 4)...)
	points = append(points, years(2010, 5)...)
	for gap, want := range map[float64]int{0: 1, 1: 2, 4: 1, 6: 1} {
		svg := string(chart.Line{ID: "c", Title: "t", Gap: gap, Series: []chart.Series{{Points: points}}}.SVG())
		path := svg[strings.LastIndex(svg, `<path d="`):]
		path = path[:strings.Index(path, "fill")]
		if got := strings.Count(path, "M"); got != want {
			t.Errorf("gap %g: got %d pieces, want %d: %s", gap, got, want, path)
		}
	}
}

func TestRamp(t *testing.T) {
	r := chart.EvenRamp(0, 100)
	for x, want := range map[float64]int{-5: 0, 0: 0, 16: 0, 17: 1, 50: 3, 99.9: 5, 100: 5, 250: 5} {
		if got := r.Step(x); got != want {
			t.Errorf("%g: got %d, want %d", x, got, want)
		}
	}
	if r.Step(math.NaN()) >= 0 {
		t.Error("no number has a step")
	}
}

// TestWorldMapIsSmall draws as many tiles as the world has and looks at the
// weight that is left of a page's 13,500 bytes.
func TestWorldMapIsSmall(t *testing.T) {
	var tiles []chart.Tile
	for i := range 197 {
		code := fmt.Sprintf("%c%c%c", 'A'+i*7%26, 'A'+i*11%26, 'A'+i%26)
		tiles = append(tiles, chart.Tile{Code: code, Name: fmt.Sprintf("Area of %s and %d: %d.%d (2023)", code, i*i, i*37%100, i%10), Href: "/en/areas/" + code, Col: i * 13 % 28, Row: i % 18, Step: i % 6})
	}
	svg := chart.Grid{ID: "m", Title: "Map", Tiles: tiles}.SVG()
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, 9)
	_, _ = w.Write([]byte(svg))
	_ = w.Close()
	if b.Len() > 6000 {
		t.Errorf("the map takes %d bytes compressed, %d plain", b.Len(), len(svg))
	}
	t.Logf("%d bytes compressed, %d plain", b.Len(), len(svg))
}
