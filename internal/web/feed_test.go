package web_test

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kept/compacts"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// atom is a feed as a reader of RFC 4287 takes it.
type atom struct {
	XMLName xml.Name
	Lang    string     `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	Title   []string   `xml:"title"`
	Updated []string   `xml:"updated"`
	Author  []string   `xml:"author>name"`
	Links   []atomLink `xml:"link"`
	Entries []struct {
		ID      []string   `xml:"id"`
		Title   []string   `xml:"title"`
		Updated []string   `xml:"updated"`
		Author  []string   `xml:"author>name"`
		Links   []atomLink `xml:"link"`
		Summary string     `xml:"summary"`
	} `xml:"entry"`
	IDs []string `xml:"id"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

func (a atom) link(rel string) string {
	for _, l := range a.Links {
		if l.Rel == rel {
			return l.Href
		}
	}
	return ""
}

// feedAt reads a feed and holds it to the rules of RFC 4287: one id, title and
// date each, ids that are addresses and stand once, an author everywhere, links
// that lead somewhere.
func feedAt(t *testing.T, site http.Handler, address string) atom {
	t.Helper()
	w := get(site, address)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/atom+xml; charset=utf-8" {
		t.Fatalf("%s: %d %s", address, w.Code, w.Header().Get("Content-Type"))
	}
	var a atom
	if err := xml.Unmarshal(w.Body.Bytes(), &a); err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	if a.XMLName.Space != "http://www.w3.org/2005/Atom" || a.XMLName.Local != "feed" || len(a.IDs) != 1 || len(a.Title) != 1 || len(a.Updated) != 1 || len(a.Author) != 1 || a.Author[0] == "" || a.Title[0] == "" {
		t.Errorf("%s: not a whole feed: %+v", address, a)
	}
	if self := a.link("self"); self != testBase+address {
		t.Errorf("%s names itself %s", address, self)
	}
	if page := a.link("alternate"); get(site, strings.TrimPrefix(page, testBase)).Code != http.StatusOK {
		t.Errorf("%s is the feed of %s, which is not there", address, page)
	}
	seen, last := map[string]bool{}, "9999"
	for _, e := range a.Entries {
		if len(e.ID) != 1 || len(e.Title) != 1 || len(e.Updated) != 1 || len(e.Author) != 1 || e.Author[0] == "" || e.Title[0] == "" || e.Summary == "" {
			t.Fatalf("%s: not a whole entry: %+v", address, e)
		}
		if u, err := url.Parse(e.ID[0]); err != nil || !u.IsAbs() || seen[e.ID[0]] {
			t.Errorf("%s: the id %s is no address, or stands twice", address, e.ID[0])
		}
		seen[e.ID[0]] = true
		if _, err := time.Parse(time.RFC3339, e.Updated[0]); err != nil || e.Updated[0] > last {
			t.Errorf("%s: the date %s is none, or out of order", address, e.Updated[0])
		}
		last = e.Updated[0]
		for _, l := range e.Links {
			if code := get(site, strings.TrimPrefix(l.Href, testBase)).Code; code != http.StatusOK {
				t.Errorf("%s: an entry links to %s: %d", address, l.Href, code)
			}
		}
	}
	return a
}

func TestFeeds(t *testing.T) {
	site, k := newSite(t, compacts.Harbour())
	harbourPast(t, k)
	for _, list := range []string{"/commitments", "/stakeholders", "/record/entries"} {
		a := feedAt(t, site, list+".atom")
		if len(a.Entries) == 0 {
			t.Errorf("%s.atom is empty", list)
		}
		for _, lang := range locale.Langs {
			of := feedAt(t, site, list+".atom?lang="+string(lang))
			if of.Lang != string(lang) || len(of.Entries) != len(a.Entries) || of.Entries[0].ID[0] != a.Entries[0].ID[0] {
				t.Errorf("%s in %s: %s with %d entries", list, lang, of.Lang, len(of.Entries))
			}
		}
		html := page(t, site, "/fr"+list, http.StatusOK)
		if !strings.Contains(html, `<link rel="alternate" type="application/atom&#43;xml" href="`+list+`.atom?lang=fr">`) && !strings.Contains(html, `<link rel="alternate" type="application/atom+xml" href="`+list+`.atom?lang=fr">`) {
			t.Errorf("/fr%s does not name its feed", list)
		}
	}
	if w := get(site, "/commitments.atom?lang=xx"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("an unknown language: %d, want 422", w.Code)
	}
}

// A feed is its list: a filter holds in both, an act about what matches is its
// newest entry, and what matches no more is gone.
func TestFeedFollowsItsFilter(t *testing.T) {
	site, k := newSite(t, compacts.Harbour())
	harbourPast(t, k)
	const academia = "/stakeholders.atom?kind=academia"
	before := feedAt(t, site, academia)
	etag := get(site, academia).Header().Get("ETag")
	if code := get(site, academia, "If-None-Match", etag).Code; code != http.StatusNotModified {
		t.Errorf("unchanged: %d, want 304", code)
	}
	out, err := k.Submit(t.Context(), "", keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat,
		Facts: stakeholder.Registered{Kind: "academia", Area: "QN"}, Words: map[string]string{"name.en": "School <of> Tides & \"Winds\""}})
	if err != nil {
		t.Fatal(err)
	}
	after := feedAt(t, site, academia)
	if len(after.Entries) != len(before.Entries)+1 || !strings.HasSuffix(after.Entries[0].ID[0], "/record/entries/"+itoa(out[0].Index)) || !strings.Contains(after.Entries[0].Title[0], `School <of> Tides & "Winds"`) {
		t.Errorf("%d entries before, %d after, the newest %+v", len(before.Entries), len(after.Entries), after.Entries[0])
	}
	if code := get(site, academia, "If-None-Match", etag).Code; code != http.StatusOK {
		t.Errorf("changed: %d, want 200", code)
	}
	if none := feedAt(t, site, "/stakeholders.atom?area=QX&kind=academia"); len(none.Entries) != 0 || none.Updated[0] == "" {
		t.Errorf("nothing matches, and there are %d entries", len(none.Entries))
	}
}

// A long feed comes in pages (RFC 5005) that hold each act once.
func TestFeedInPages(t *testing.T) {
	site, k := newSite(t, compacts.GDC())
	seen := map[string]bool{}
	pages := 0
	for address := "/record/entries.atom"; address != ""; pages++ {
		a := feedAt(t, site, address)
		if len(a.Entries) > 50 || a.link("first") != testBase+"/record/entries.atom" {
			t.Fatalf("%s: %d entries, first page %s", address, len(a.Entries), a.link("first"))
		}
		for _, e := range a.Entries {
			if seen[e.ID[0]] {
				t.Errorf("%s stands on two pages", e.ID[0])
			}
			seen[e.ID[0]] = true
		}
		address = strings.TrimPrefix(a.link("next"), testBase)
	}
	if int64(len(seen)) != k.Size() || pages < 4 {
		t.Errorf("%d entries on %d pages, the record has %d", len(seen), pages, k.Size())
	}
}
