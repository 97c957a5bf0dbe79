package relink_test

import (
	"bytes"
	"html/template"
	"strings"
	"testing"

	"kept/internal/web/relink"
)

// marked puts a mark before every address, so that a test sees which were found.
func marked(l relink.Link) (string, bool) { return "!" + l.Address, true }

func same(l relink.Link) (string, bool) { return l.Address, true }

func TestPage(t *testing.T) {
	for _, c := range []struct{ name, page, want string }{
		{"links of every kind", `<a href="/en/items">x</a><img src="/p"><form method="get" action="/en/search">`, `<a href="!/en/items">x</a><img src="!/p"><form method="get" action="!/en/search">`},
		{"an address is unescaped and escaped again", `<a href="?a=1&amp;b=2">`, `<a href="!?a=1&amp;b=2">`},
		{"an empty address", `<a href="">`, `<a href="!">`},
		{"words that look like a link", `<p>&lt;a href=&#34;/x&#34;&gt; href="/y"</p>`, `<p>&lt;a href=&#34;/x&#34;&gt; href="/y"</p>`},
		{"a link inside another value", `<a title='href="/x"' data-h="a href=/y>b" href="/z">`, `<a title='href="/x"' data-h="a href=/y>b" href="!/z">`},
		{"names that end alike", `<a data-href="/x" xhref="/y" hreflang="en" href="/z">`, `<a data-href="/x" xhref="/y" hreflang="en" href="!/z">`},
		{"style and script stay", `<style>a[href="/x"]{}<b href="/x"></style><script>"<a href=\"/x\">"</script><a href="/z">`, `<style>a[href="/x"]{}<b href="/x"></style><script>"<a href=\"/x\">"</script><a href="!/z">`},
		{"a comment and a doctype", `<!doctype html><!-- <a href="/x"> --><a href="/z">`, `<!doctype html><!-- <a href="/x"> --><a href="!/z">`},
		{"tags that close themselves", `<br/><link rel="icon" href="data:,"/><a href="/z">`, `<br/><link rel="icon" href="!data:,"/><a href="!/z">`},
		{"attributes without a value", `<input required disabled=x><a hidden href="/z">`, `<input required disabled=x><a hidden href="!/z">`},
		{"a page that ends in a value", `<a href="/x"><a href="/y`, `<a href="!/x"><a href="/y`},
		{"a page that ends in a tag", `<a href="/x"><a href=`, `<a href="!/x"><a href=`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := string(relink.Page([]byte(c.page), marked)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestPlace: the function is told where an address stands.
func TestPlace(t *testing.T) {
	var got []string
	relink.Page([]byte(`<link rel="x" href="/a"><form class="f" action="/b?c&amp;d">`), func(l relink.Link) (string, bool) {
		got = append(got, strings.Clone(l.Element+" "+l.Attribute+" "+l.Address))
		return l.Address, true
	})
	if want := "link href /a, form action /b?c&d"; strings.Join(got, ", ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestTakenOut: an address that leads nowhere goes, its words stay.
func TestTakenOut(t *testing.T) {
	page := `<p><a rel="nofollow" href="/en/search">Search</a> <a href="/en/items" hreflang="en">Items</a>`
	got := relink.Page([]byte(page), func(l relink.Link) (string, bool) { return l.Address, l.Address != "/en/search" })
	if want := `<p><a rel="nofollow">Search</a> <a href="/en/items" hreflang="en">Items</a>`; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestParts: an address in parts is written as the whole of it.
func TestParts(t *testing.T) {
	page := `<p><a href="/en/a&amp;b#c">x</a> <a href="/d">y</a></p>`
	for _, c := range []struct {
		parts relink.Parts
		want  string
	}{
		{relink.Parts{"../", "en/", "a&b", "#c"}, `-<p><a href="../en/a&amp;b#c">x</a> <a href="/d">y</a></p>`},
		{relink.Parts{"/en", "/a&b", "", "#c"}, "-" + page},
		{relink.Parts{"/en", "/a&b"}, `-<p><a href="/en/a&amp;b">x</a> <a href="/d">y</a></p>`},
	} {
		got := relink.Append([]byte("-"), []byte(page), func(l relink.Link) (relink.Parts, bool) {
			if l.Address == "/d" {
				return relink.Parts{l.Address}, true
			}
			return c.parts, true
		})
		if string(got) != c.want {
			t.Errorf("%q: got %s, want %s", c.parts, got, c.want)
		}
	}
}

func TestForms(t *testing.T) {
	for _, c := range []struct{ page, want string }{
		{`<p>a</p><form method="get" action="/x"><input name="a"></form><p>b</p><form></form>`, `<p>a</p><i>-</i><p>b</p><i>-</i>`},
		{`<p title="<form>">&lt;form&gt;</p><style>form{}</style><p>b</p>`, `<p title="<form>">&lt;form&gt;</p><style>form{}</style><p>b</p>`},
		{`<form action="/x">never closed`, `<form action="/x">never closed`},
		{`<formula>x</formula>`, `<formula>x</formula>`},
	} {
		if got := string(relink.AppendForms([]byte("x"), []byte(c.page), "<i>-</i>")[1:]); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

// TestUntouched: links that stay cost nothing, and the page is given back itself.
func TestUntouched(t *testing.T) {
	page := []byte(strings.Repeat(`<p>Words <a href="/en/items/P11d">P11d</a></p>`, 200))
	if n := testing.AllocsPerRun(10, func() { page = relink.Page(page, same) }); n != 0 {
		t.Errorf("got %v allocations for a page that stays, want 0", n)
	}
}

// FuzzPage builds pages as templates do: whatever comes from outside is escaped. The
// addresses, and nothing else, must change.
func FuzzPage(f *testing.F) {
	f.Add("words", "/en/items/P11d?a=1&b=2#c", "title")
	f.Add(`"><a href="/x">`, `"><script>`, `' href='`)
	f.Add("\x00<!--", "", "-->")
	f.Fuzz(func(t *testing.T, words, address, title string) {
		e := template.HTMLEscapeString
		write := func(address string) string {
			return `<!doctype html><title>` + e(words) + `</title><style>a{}</style><link rel="alternate" href="` + e(address) + `"><p data-h="` + e(title) + `">` + e(words) +
				`<a class="x" href="` + e(address) + `" title="` + e(title) + `">` + e(words) + `</a></p><img alt='` + e(title) + `' src="` + e(address) + `">`
		}
		address = strings.ReplaceAll(address, "\x00", "\uFFFD") // as the escaper writes it
		if got, want := string(relink.Page([]byte(write(address)), marked)), write("!"+address); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		raw := []byte(words + title + address) // no page at all: nothing breaks, and nothing changes by itself
		if got := relink.Page(bytes.Clone(raw), same); !bytes.Equal(got, raw) {
			t.Errorf("got %q, want %q", got, raw)
		}
	})
}
