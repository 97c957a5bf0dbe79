package chart_test

import (
	"encoding/xml"
	"io"
	"strconv"
	"strings"
	"testing"

	"kept/internal/web/chart"
)

// TestCard draws cards with texts of every kind and wants each line to lie within
// the card: as high as its texts ask for, no longer than a line.
func TestCard(t *testing.T) {
	long := strings.Repeat("Перечень обязательств и договорённостей ", 12)
	for name, c := range map[string]chart.Card{
		"plain":   {Lang: "en", Title: "A figure", Above: "Harbour Compact", Value: "45.2 %", What: "Ships with treated waste", Small: []string{"2024"}, Address: "https://kept.example/items/H.5?as-of=2026-11-21.35"},
		"Arabic":  {Lang: "ar", RTL: true, Title: "رقم", Above: "الميثاق", Value: "45.2 %", What: "نسبة السفن التي تعالج نفاياتها في الميناء", Mark: "عينة", Address: "https://kept.example/x"},
		"Chinese": {Lang: "zh", Title: "数字", Above: "港口契约", Value: "1,234", What: strings.Repeat("处理废物的船舶所占的比例，", 20), Mark: "示例", Address: "https://kept.example/x"},
		"long":    {Lang: "ru", Title: long, Above: long, Value: "1 234 567 890 123 456 789,123456789 миллиардов долларов", What: long, Small: []string{long, long}, Address: "https://kept.example/" + strings.Repeat("a", 400)},
		"hostile": {Lang: "en", Title: "</svg>\x00\u202e", Above: "<script>alert(1)</script>", Value: "]]>", What: "a\u202eb\x07c\ufffe" + strings.Repeat("W", 900), Small: []string{`" onload="x`, "'"}, Address: "javascript:x"},
		"empty":   {Lang: "en"},
	} {
		t.Run(name, func(t *testing.T) {
			svg := c.SVG()
			if strings.ContainsAny(svg, "\u202e\x00\x07\ufffe") {
				t.Error("it holds signs that XML has no place for, or that turn the order of letters")
			}
			var at struct{ x, y, size, height float64 }
			d := xml.NewDecoder(strings.NewReader(svg))
			for {
				token, err := d.Token()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatalf("not well formed: %v\n%s", err, svg)
				}
				switch e := token.(type) {
				case xml.StartElement:
					at.x, at.y, at.size = number(e, "x"), number(e, "y"), number(e, "font-size")
					if e.Name.Local == "svg" {
						at.height = number(e, "height")
					}
				case xml.CharData:
					if at.size > 0 && len(e) > 0 {
						if w := chart.Width(string(e), at.size); w > 640-2*32+1 || at.y > at.height {
							t.Errorf("the line %q is %.0f wide at %.0f of %.0f", e, w, at.y, at.height)
						}
					}
				case xml.EndElement:
					at.size = 0
				}
			}
			if name == "long" && !strings.Contains(svg, "…") {
				t.Error("what is too long is not cut with an ellipsis")
			}
		})
	}
}

// number reads an attribute, 0 where there is none.
func number(e xml.StartElement, name string) (x float64) {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			x, _ = strconv.ParseFloat(a.Value, 64)
		}
	}
	return x
}
