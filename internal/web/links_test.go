package web

import (
	"html"
	"net/url"
	"strings"
	"testing"

	"kept/internal/locale"
)

// FuzzLink: whatever an address holds, the attribute stays one attribute, leads into
// the site, and says the address that was given.
func FuzzLink(f *testing.F) {
	for _, address := range []string{"/items/P11d", "/commitments?item=a&b=c+d", `/x" onclick="alert(1)`, "/<script>", "/ж?q=é", "/%41#f", "/a'b", "\x00"} {
		f.Add(address)
	}
	f.Fuzz(func(t *testing.T, address string) {
		got := string(link(locale.French, address))
		inside, ok := strings.CutPrefix(got, ` href="/fr`)
		inside, closed := strings.CutSuffix(inside, `"`)
		if !ok || !closed || strings.ContainsAny(inside, "\"'<> \t\n\r\x00") {
			t.Fatalf("%q: got %q, which is not one attribute", address, got)
		}
		if strings.Contains(address, "%") {
			return // encoded already, or not: it stays as it is
		}
		if back, err := url.PathUnescape(html.UnescapeString(inside)); err != nil || back != address {
			t.Errorf("%q: says %q, %v", address, back, err)
		}
	})
}
