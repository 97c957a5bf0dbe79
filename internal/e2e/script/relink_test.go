package script

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"kept/internal/web/relink"
)

// FuzzRelink holds the scan of our own pages, which rewrites their links, against a
// reader of HTML written by others, on pages as templates escape what comes from outside.
func FuzzRelink(f *testing.F) {
	f.Add("words", "/en/items/P11d?a=1&b=2#c", "title")
	f.Add(`"><a href="/x">`, `"><script>`, `' href='`)
	f.Add("<!--", "&amp;lt;", "-->")
	f.Fuzz(func(t *testing.T, words, address, title string) {
		e := html.EscapeString
		for _, s := range []*string{&words, &address, &title} { // as the record keeps text, and as readers of HTML take it
			*s = strings.NewReplacer("\x00", "", "\r", "").Replace(strings.ToValidUTF8(*s, ""))
		}
		page := []byte(`<!doctype html><title>` + e(words) + `</title><style>a[href="/x"]{}</style><link rel="alternate" href="` + e(address) + `"><p data-h="` + e(title) + `">` + e(words) +
			`<a class="x" href="` + e(address) + `" title="` + e(title) + `">` + e(words) + `</a></p><form method="get" action="` + e(address) + `"></form><img alt='` + e(title) + `' src="` + e(address) + `">`)
		var found []string
		out := relink.Page(page, func(l relink.Link) (string, bool) {
			found = append(found, strings.Clone(l.Element+" "+l.Attribute+" "+l.Address))
			return "!" + l.Address, true
		})
		if theirs := links(page); !slices.Equal(found, theirs) {
			t.Errorf("found %q, want %q", found, theirs)
		}
		for i, is := range links(out) {
			place, was, _ := strings.Cut(found[i], " ")
			attribute, was, _ := strings.Cut(was, " ")
			if want := place + " " + attribute + " !" + was; is != want {
				t.Errorf("rewritten: %q, want %q", is, want)
			}
		}
	})
}

// links are the addresses of a page, by the other reader.
func links(page []byte) (found []string) {
	for z := html.NewTokenizer(bytes.NewReader(page)); z.Next() != html.ErrorToken; {
		token := z.Token()
		for _, a := range token.Attr {
			if a.Key == "href" || a.Key == "src" || a.Key == "action" {
				found = append(found, token.Data+" "+a.Key+" "+a.Val)
			}
		}
	}
	return found
}
