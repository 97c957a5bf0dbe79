package web_test

import (
	"encoding/csv"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/db/dbtest"
	"kept/internal/locale"
)

// crawler follows every link of a site from its front page.
type crawler struct {
	t     *testing.T
	site  http.Handler
	queue []link
	seen  map[string]bool
	ids   map[string][]string // page → its anchors
	kinds map[string]string   // kind of page → the first page of it
	words map[locale.Lang]map[string]string
}

type link struct{ from, to string }

// TestWholeSite crawls both compacts in English, with the twins for programs, and
// looks at one page of each kind in the other languages.
func TestWholeSite(t *testing.T) {
	t.Run("Global Digital Compact", func(t *testing.T) {
		site, _ := newSite(t, compacts.GDC())
		crawlWhole(t, site)
	})
	t.Run("Harbour Compact", func(t *testing.T) {
		store, now := dbtest.SQLite(t), testDay
		site, k := siteAt(t, store, compacts.Harbour(), &now)
		harbourPast(t, k)
		openedReport(t, k)
		newForumPast(t, k, &now)
		crawlWhole(t, site)
	})
}

func crawlWhole(t *testing.T, site http.Handler) {
	c := &crawler{t: t, site: site, seen: map[string]bool{}, ids: map[string][]string{}, kinds: map[string]string{}}
	c.add("", "/")
	var anchors []link
	for len(c.queue) > 0 {
		next := c.queue[0]
		c.queue = c.queue[1:]
		if _, fragment, has := strings.Cut(next.to, "#"); has && fragment != "" {
			anchors = append(anchors, next)
		}
		c.visit(next)
	}
	for _, a := range anchors {
		to, fragment, _ := strings.Cut(a.to, "#")
		if !slices.Contains(c.ids[to], fragment) {
			t.Errorf("%s links to %s, where no such place is", a.from, a.to)
		}
	}
	for kind, address := range c.kinds {
		for _, lang := range locale.Langs {
			if lang != locale.English {
				c.look("/" + string(lang) + strings.TrimPrefix(address, "/en"))
			}
		}
		if kind != formOfAll { // forms have none
			c.twins(kind, address)
		}
	}
	t.Logf("%d addresses, %d kinds of page", len(c.seen), len(c.kinds))
	c.weigh()
}

// add queues an address once; links out of the site and into other languages are not followed.
func (c *crawler) add(from, address string) {
	u, err := url.Parse(html.UnescapeString(address))
	if err != nil {
		c.t.Errorf("%s: the link %q is broken: %v", from, address, err)
		return
	}
	if u.IsAbs() || u.Host != "" {
		return
	}
	base, _ := url.Parse(testBase + from)
	to := base.ResolveReference(u)
	first, _, _ := strings.Cut(strings.TrimPrefix(to.Path, "/"), "/")
	if locale.Known(first) && first != "en" {
		return
	}
	key := to.RequestURI()
	if to.Fragment != "" {
		key += "#" + to.Fragment
	}
	once := key
	if to.Path == "/en/wrong" || to.Path == "/en/cite" || to.Path == "/en/disputes/new" { // one of each kind of thing that they can be about
		once = to.Path + strings.TrimRight(to.RawQuery[:min(len(to.RawQuery), 10)], "0123456789")
		if of := to.Query().Get("of"); strings.Count(of, ":") > 1 || strings.HasPrefix(of, "page:") && to.Query().Has("with") {
			once += " a figure, or a list with filters"
		}
	}
	if !c.seen[once] {
		c.seen[once] = true
		c.queue = append(c.queue, link{from, key})
	}
}

func (c *crawler) visit(l link) {
	address, _, hasFragment := strings.Cut(l.to, "#")
	if _, known := c.ids[address]; known && hasFragment {
		return
	}
	w := get(c.site, address)
	switch {
	case w.Code == http.StatusFound:
		c.add(address, w.Header().Get("Location"))
	case w.Code != http.StatusOK:
		c.t.Errorf("%s links to %s: got status %d, want 200", l.from, address, w.Code)
	case strings.Contains(address, ".html"): // a file to take along, no page of the site
	case strings.HasPrefix(w.Header().Get("Content-Type"), "text/html"):
		body := w.Body.String()
		c.check(address, body, locale.English)
		c.ids[address] = append(c.ids[address], valuesOf(body, "id")...)
		if kind := kindOf(address); c.kinds[kind] == "" {
			c.kinds[kind] = address
		}
		for _, to := range linksOf(body) {
			c.add(address, to)
		}
	}
}

// look asks for one page in another language, and for every link on it.
func (c *crawler) look(address string) {
	w := get(c.site, address)
	if w.Code != http.StatusOK {
		c.t.Errorf("%s: got status %d, want 200", address, w.Code)
		return
	}
	lang := address[1:3]
	c.check(address, w.Body.String(), locale.Lang(lang))
	base, _ := url.Parse(testBase + address)
	for _, link := range linksOf(w.Body.String()) {
		u, err := url.Parse(html.UnescapeString(link))
		if err != nil || u.IsAbs() || u.Host != "" {
			continue // broken and foreign ones are the English crawl's to judge
		}
		to := base.ResolveReference(u)
		first, _, _ := strings.Cut(strings.TrimPrefix(to.Path, "/"), "/")
		if key := to.RequestURI(); first == lang && !c.seen[key] {
			c.seen[key] = true
			if w := get(c.site, key); w.Code != http.StatusOK {
				c.t.Errorf("%s links to %s: got status %d, want 200", address, key, w.Code)
			}
		}
	}
}

// linksOf are the addresses in a page, escaped as they stand.
func linksOf(page string) []string { return valuesOf(page, "href", "action", "src") }

// valuesOf are the values of attributes of these names, in the order of the page.
func valuesOf(page string, names ...string) (values []string) {
	for {
		name, behind, more := strings.Cut(page, `="`)
		if !more {
			return values
		}
		value, rest, _ := strings.Cut(behind, `"`)
		if at := strings.LastIndexAny(name, " \n<>\""); slices.Contains(names, name[at+1:]) {
			values = append(values, value)
		}
		page = rest
	}
}

// check looks for what no page may show.
func (c *crawler) check(address, body string, lang locale.Lang) {
	for _, bad := range []string{"⟦", "map[", "%!", "<no value>", "ZgotmplZ", "<script", " style=\""} {
		if at := strings.Index(body, bad); at >= 0 {
			c.t.Errorf("%s shows %q: …%s…", address, bad, body[max(0, at-60):min(len(body), at+80)])
		}
	}
	if lang != locale.English {
		c.parity(address, body, lang)
	}
	if want := `<html lang="` + string(lang) + `" dir="` + lang.Dir() + `">`; !strings.Contains(body, want) {
		c.t.Errorf("%s does not say %s", address, want)
	}
	if n := strings.Count(body, "<h1"); n != 1 {
		c.t.Errorf("%s has %d headings of the first level, want 1", address, n)
	}
	all := valuesOf(body, "id")
	seen := make(map[string]bool, len(all))
	for _, id := range all {
		if seen[id] {
			c.t.Errorf("%s has the id %q twice", address, id)
		}
		seen[id] = true
	}
}

// twins asks for the JSON of a page, whole and narrowed, and for its CSV where it has one.
func (c *crawler) twins(kind, address string) {
	bare, query, _ := strings.Cut(strings.TrimPrefix(address, "/en"), "?")
	if bare = strings.TrimSuffix(bare, "/"); bare == "" {
		bare = "/index"
	}
	if query != "" {
		query = "?" + query
	}
	w := get(c.site, bare+".json"+query)
	if w.Code != http.StatusOK || !json.Valid(w.Body.Bytes()) {
		c.t.Errorf("%s.json: got status %d, valid %v", bare, w.Code, json.Valid(w.Body.Bytes()))
	}
	w = get(c.site, bare+".csv"+query)
	if w.Code == http.StatusNotFound { // a page without a table
		return
	}
	rows, err := csv.NewReader(w.Body).ReadAll()
	if w.Code != http.StatusOK || err != nil || len(rows) == 0 {
		c.t.Errorf("%s.csv: got status %d, %d rows, error %v", bare, w.Code, len(rows), err)
	}
}

// kindOf is an address with its ids taken out: /en/items/P1 is /items/*.
func kindOf(address string) string {
	bare, _, _ := strings.Cut(strings.TrimPrefix(address, "/en"), "?")
	parts := strings.Split(strings.Trim(bare, "/"), "/")
	id := 1 // where the first id stands; after it only the word of a sub-page stays
	switch parts[0] {
	case "about":
		id = len(parts)
	case "record":
		id = 2
	}
	for i := range parts {
		if i >= id && i != id+1 {
			parts[i] = "*"
		}
	}
	return "/" + strings.Join(parts, "/")
}
