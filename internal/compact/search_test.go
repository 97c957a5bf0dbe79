package compact_test

import (
	"strings"
	"testing"

	"kept/internal/compact"
	"kept/internal/locale"
)

func TestSearch(t *testing.T) {
	p := gdc(t)
	tests := []struct {
		name  string
		lang  locale.Lang
		query string
		first string // "section id" of the best hit, "" for none
	}{
		{"an id", locale.English, "P11d", "items P11d"},
		{"an id in small letters", locale.French, " p11D ", "items P11d"},
		{"an id of the proposal", locale.English, "A.mo.1", "items A.mo.1"},
		{"a whole title", locale.English, "gender equality", "items PR.d"},
		{"words in any order", locale.English, "hospitals schools", "items P11d"},
		{"the beginning of a word", locale.English, "hospit school", "items P11d"},
		{"a body", locale.English, "internet governance forum", "bodies N.12"},
		{"an addressee", locale.English, "Social Media Platforms", "addressees social-media-platforms"},
		{"Chinese without blanks", locale.Chinese, "学校", "items P11d"},
		{"nothing", locale.English, "quetzalcoatl", ""},
		{"nothing asked", locale.English, " …! ", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			hits := compact.Search(p, test.lang, test.query)
			got := ""
			if len(hits) > 0 {
				got = hits[0].Section + " " + hits[0].ID
			}
			if got != test.first {
				t.Errorf("got %q, want %q; hits %.300v", got, test.first, hits)
			}
		})
	}
}

// Readers of Arabic write without vowel marks and with a plain alif.
func TestSearchFoldsArabic(t *testing.T) {
	p := gdc(t)
	title, in := p.Title(compact.Items, "P11d", locale.Arabic)
	if in != locale.Arabic {
		t.Fatalf("P11d has no Arabic title: %q", title)
	}
	word := strings.Fields(title)[0]
	marked := strings.ReplaceAll(word, "ا", "اَ")
	for _, query := range []string{word, marked, "ـ" + word} {
		found := false
		for _, hit := range compact.Search(p, locale.Arabic, query) {
			found = found || hit.ID == "P11d"
		}
		if !found {
			t.Errorf("%q does not find P11d (%s)", query, title)
		}
	}
}

// What is in force comes before what was proposed, at least among equals.
func TestSearchPutsTheTextInForceFirst(t *testing.T) {
	rights := compact.Search(gdc(t), locale.English, "human rights")
	if len(rights) < 5 {
		t.Fatalf("%d hits, want several: %v", len(rights), rights)
	}
	for k, hit := range rights[:3] {
		if !hit.InForce {
			t.Errorf("hit %d is %v", k, hit)
		}
	}
}
