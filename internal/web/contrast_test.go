package web_test

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// leastContrast is WCAG 2.2 AA for text; leastShape is for shapes and borders of controls.
const (
	leastContrast = 4.5
	leastShape    = 3
)

// textPairs are the tokens that text of the site stands in, and what it stands on.
var textPairs = []struct{ text, on string }{
	{"ink", "paper"}, {"ink", "wash"}, {"soft", "paper"}, {"soft", "wash"},
	{"link", "paper"}, {"link", "wash"}, {"paper", "link"},
	{"good", "paper"}, {"warn", "paper"}, {"bad", "paper"}, {"mute", "paper"},
	{"t0", "b0"}, {"t0", "b1"}, {"t0", "b2"}, {"t1", "b3"}, {"t1", "b4"}, {"t1", "b5"},
}

func TestContrast(t *testing.T) {
	css, err := os.ReadFile("static/kept.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark := tokens(t, string(css))
	for _, mode := range []struct {
		name   string
		tokens map[string]string
	}{{"light", light}, {"dark", dark}} {
		for _, p := range textPairs {
			t.Run(fmt.Sprintf("%s/%s on %s", mode.name, p.text, p.on), func(t *testing.T) {
				if got := contrast(mode.tokens[p.text], mode.tokens[p.on]); got < leastContrast {
					t.Errorf("%s on %s: got %.2f, want at least %.1f", mode.tokens[p.text], mode.tokens[p.on], got, leastContrast)
				}
			})
		}
		if got := contrast(mode.tokens["mute"], mode.tokens["paper"]); got < leastShape {
			t.Errorf("%s: the border of a control has %.2f, want at least %d", mode.name, got, leastShape)
		}
	}
	// A colour that no token names would escape the pairs above.
	_, rest, _ := strings.Cut(string(css), "*{box-sizing")
	if stray := regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(`).FindString(rest); stray != "" {
		t.Errorf("the colour %s stands in a rule: make it a token", stray)
	}
}

// tokens reads the custom properties of the light and of the dark mode; dark keeps
// what it does not set anew.
func tokens(t *testing.T, css string) (light, dark map[string]string) {
	t.Helper()
	token := regexp.MustCompile(`--([a-z0-9]+):(#[0-9a-fA-F]{3,6})`)
	read := func(block string, into map[string]string) {
		for _, m := range token.FindAllStringSubmatch(block, -1) {
			into[m[1]] = m[2]
		}
	}
	before, after, found := strings.Cut(css, "@media(prefers-color-scheme:dark)")
	if !found {
		t.Fatal("the stylesheet has no dark mode")
	}
	light, dark = map[string]string{}, map[string]string{}
	read(before, light)
	read(before, dark)
	block, _, _ := strings.Cut(after, "}}")
	read(block, dark)
	return light, dark
}

// contrast is the ratio of WCAG between two colours.
func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func luminance(hex string) float64 {
	hex = strings.TrimPrefix(hex, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		return math.NaN()
	}
	channel := func(shift uint) float64 {
		c := float64(n>>shift&255) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}
