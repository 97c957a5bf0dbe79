package web_test

import (
	"html"
	"net/http"
	"strings"
	"testing"

	"kept/compacts"
)

func TestPagesAroundTheText(t *testing.T) {
	site := gdcSite(t)
	tests := []struct {
		name, address string
		want          []string
		not           []string
	}{
		{name: "addressees", address: "/en/for", want: []string{"/en/for/social-media-platforms", "Named beside others"}},
		{name: "addressees by words in another language", address: "/en/for?q=平台", want: []string{"Social media platforms"}, not: []string{"Regional organizations"}},
		{name: "no addressee found", address: "/en/for?q=zzz", want: []string{"No addressee matches"}},
		{name: "what is asked of one", address: "/en/for/social-media-platforms",
			want: []string{"P36a", "call on", "urgently", `id="everybody"`, "asked of all stakeholders"}},
		{name: "what an earlier text would have asked carries its band", address: "/en/for/states", want: []string{"Proposal of May 2023, not agreed", "A.ms.1"}},
		{name: "calendar", address: "/en/calendar", want: []string{"General Assembly, session 81", `id="K.18"`, "/calendar.ics?lang=en", "not agreed"}},
		{name: "calendar names moments, not their codes", address: "/en/calendar", want: []string{"Submissions for the implementation map close"}, not: []string{">L.A17<"}},
		{name: "changes", address: "/en/changes", want: []string{"A.ms.1", "weak link", "No successor", "M51"}},
		{name: "changes with one outcome", address: "/en/changes?outcome=number-dropped", want: []string{"A.all.4"}, not: []string{">A.ms.1<"}},
		{name: "targets", address: "/en/targets", want: []string{"2,600,000,000 people", "the text sets no number", "never added to those in force"}},
		{name: "target without a baseline", address: "/en/targets/N.3", want: []string{"50 % more", "the text names no baseline", "cannot be computed"}},
		{name: "step", address: "/en/targets/N.FU.74", want: []string{"a step, not a number", "it has no pace"}, not: []string{"cannot be computed"}},
		{name: "target of the proposal", address: "/en/targets/T.2", want: []string{"Proposal of May 2023, not agreed", "USD 100,000,000,000", "December 2026", "IT-Online"}},
		{name: "bodies of one kind", address: "/en/bodies?kind=platform&q=call", want: []string{"Christchurch Call", "Paris Call"}, not: []string{"World Radiocommunication"}},
		{name: "second page of bodies", address: "/en/bodies?page=2", want: []string{"51 to", `rel="prev"`}},
		{name: "a page far behind the last is the last", address: "/en/bodies?page=999", want: []string{"51 to"}},
		{name: "body", address: "/en/bodies/N.17", want: []string{"since 2011", "every year", "is not certain"}},
		{name: "body with documents", address: "/en/bodies/B.08", want: []string{"/en/documents/D.23", "A/HRC/RES/17/4"}},
		{name: "documents have anchors", address: "/en/documents", want: []string{`id="D.01"`, `id="D.A07"`, "later ones exist"}},
		{name: "documents by symbol", address: "/en/documents?q=a/res/79/1", want: []string{"Pact for the Future"}, not: []string{"Windhoek"}},
		{name: "mandate of a paragraph", address: "/en/mechanisms/M13", want: []string{"paragraph 24 of A/RES/79/1", "/en/items/P24"}},
		{name: "mandate of nothing", address: "/en/mechanisms/M03", want: []string{"proposed in 2023, not in the adopted text", "not run here", "Proposal of May 2023, not agreed"}},
		{name: "figures are old", address: "/en/figures", want: []string{"Old figure: as printed on May 2023", "ITU, Facts and Figures 2022"}},
		{name: "lost digits stay lost", address: "/en/timeline", want: []string{"2023-XX/2024-XX", "a digit that is lost", `id="consultations"`, "never added"}},
		{name: "one illustration for each goal", address: "/en/initiatives", want: []string{"17 illustrations", "its numbers are lost"}},
		{name: "seven aims", address: "/en/aims", want: []string{`id="AIM.7"`, "Nobody has asserted a link", "Our Common Agenda"}},
		{name: "methods", address: "/en/about/methods", want: []string{"p = (v − b) / (g − b)", "ours", "Five facts"}},
		{name: "the operator's privacy page goes first", address: "/en/about/privacy", want: []string{"https://gdc.example/privacy"}},
		{name: "how to load the words", address: "/en/about/loading", want: []string{"kept text load --text gdc-2024"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			body := html.UnescapeString(page(t, site, test.address, http.StatusOK))
			for _, want := range test.want {
				if !strings.Contains(body, want) {
					t.Errorf("%s does not say %q", test.address, want)
				}
			}
			for _, not := range test.not {
				if strings.Contains(body, not) {
					t.Errorf("%s says %q", test.address, not)
				}
			}
		})
	}
}

func TestWrongNoun(t *testing.T) {
	site := gdcSite(t)
	tests := []struct{ name, address, want string }{
		{"mechanism under items", "/en/items/M01", "/en/mechanisms/M01"},
		{"item under targets", "/en/targets/P11d", "/en/items/P11d"},
		{"target under bodies", "/ar/bodies/N.1", "/ar/targets/N.1"},
		{"document under mechanisms", "/en/mechanisms/D.01", "/en/documents/D.01"},
		{"figure under items", "/en/items/Q.1", "/en/figures#Q.1"},
		{"addressee under texts", "/en/texts/states", "/en/for/states"},
		{"unknown id", "/en/items/ZZ9", "ZZ9"},
		{"unknown page about the site", "/en/about/nothing", "nothing"},
		{"unknown entry", "/en/record/entries/99999999", "99999999"},
		{"entry that is no number", "/en/record/entries/-1", "-1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if body := page(t, site, test.address, http.StatusNotFound); !strings.Contains(body, test.want) {
				t.Errorf("%s does not lead to %s:\n%s", test.address, test.want, firstLines(body))
			}
		})
	}
	if body := page(t, site, "/items/M01.json", http.StatusNotFound); !strings.Contains(body, `"/mechanisms/M01"`) {
		t.Errorf("the twin of a wrong noun does not lead to the right one: %s", body)
	}
}

// TestPackWithoutContext wants a designed page where a pack has nothing to show.
func TestPackWithoutContext(t *testing.T) {
	site, _ := newSite(t, compacts.Harbour())
	for _, address := range []string{"/en/initiatives", "/en/aims", "/en/figures", "/en/timeline", "/en/calendar", "/en/changes"} {
		if body := page(t, site, address, http.StatusOK); !strings.Contains(body, "fictional") {
			t.Errorf("%s does not say that the compact is fictional", address)
		}
	}
}

func TestHostileQueries(t *testing.T) {
	site := gdcSite(t)
	hostile := []string{"%3Cscript%3Ealert(1)%3C/script%3E", "%22%3E%3Cimg%20src=x%3E", "%E2%80%AEabc", "%00", "%FF%FE", strings.Repeat("a", 5000), "%3Dcmd()", "..%2F..%2F"}
	for _, address := range []string{"/en/search?q=", "/en/for?q=", "/en/bodies?kind=", "/en/bodies?page=", "/en/changes?outcome=", "/en/documents?body=", "/en/record/entries?before=", "/en/record/entries?kind="} {
		for _, q := range hostile {
			w := get(site, address+q)
			if w.Code != http.StatusOK {
				t.Errorf("%s%.40s: got status %d, want 200", address, q, w.Code)
			}
			if body := w.Body.String(); strings.Contains(body, "<script") || strings.Contains(body, "<img") {
				t.Errorf("%s%.40s lets markup through", address, q)
			}
		}
	}
}
