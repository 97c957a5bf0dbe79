package wording_test

import (
	"strings"
	"testing"

	"kept/internal/locale"
	"kept/internal/wording"
)

var fields = wording.Fields{"title": {Max: 10, Line: true, Needed: true}, "text": {Max: 20}, "room": {Max: 5, Line: true, Many: true}, "url": {Max: 40, Line: true, Link: true}}

func TestCheck(t *testing.T) {
	for _, c := range []struct{ name, part, text, want string }{
		{"as it may be", "text.fr", "Un.\nDeux.", ""},
		{"one of several", "room.2.en", "East", ""},
		{"an address", "url.und", "https://a.example/b", ""},
		{"no such field", "note.en", "x", "err.party.unknown_word"},
		{"no such language", "text.xx", "x", "err.party.unknown_word"},
		{"without a language", "text", "x", "err.party.unknown_word"},
		{"one of several of a field that stands once", "text.1.en", "x", "err.party.unknown_word"},
		{"too long", "text.en", strings.Repeat("é", 21), "err.party.word_too_long"},
		{"on two lines", "room.0.en", "a\nb", "err.party.unclean"},
		{"a control character", "text.en", "a\u202eb", "err.party.unclean"},
		{"an address in a language", "url.en", "https://a.example", "err.party.no_language"},
		{"no address", "url.und", "javascript:alert(1)", "err.party.bad_address"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var es locale.Errors
			fields.Check(map[string]string{"title.en": "Title", c.part: c.text}, &es)
			got := ""
			for _, e := range es {
				got += e.Key
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestNeeded(t *testing.T) {
	var es locale.Errors
	fields.Check(map[string]string{"text.en": "x"}, &es)
	if len(es) != 1 || es[0].Key != "err.commitment.needed" || es[0].Place != "title" {
		t.Errorf("got %+v", es)
	}
	many := map[string]string{}
	for n := range 97 {
		many["room."+string(rune('a'+n))+".en"] = "x"
	}
	es = nil
	if fields.Check(many, &es); len(es) != 1 || es[0].Key != "err.party.too_many_words" {
		t.Errorf("of 97 parts: %+v", es)
	}
}

func TestClean(t *testing.T) {
	got := fields.Clean(map[string]string{"title.en": " A\u202e  title\n", "text.en": "\x00", "text.fr": "Un.\r\nDeux."})
	if len(got) != 2 || got["title.en"] != "A title" || got["text.fr"] != "Un.\nDeux." {
		t.Errorf("got %q", got)
	}
	if !wording.Filled(got, "text") || wording.Filled(got, "room") {
		t.Error("what is filled is not told")
	}
}

// FuzzCheck: whatever stays after cleaning has no fault but its length, its part or
// an address that is none.
func FuzzCheck(f *testing.F) {
	f.Add("text.en", "a\u202e\x00 b")
	f.Add("room.1.zh", "\n\n")
	f.Add("", ".")
	f.Fuzz(func(t *testing.T, part, text string) {
		var es locale.Errors
		fields.Check(fields.Clean(map[string]string{part: text, "title.en": "x"}), &es)
		for _, e := range es {
			if e.Key == "err.party.unclean" || e.Key == "err.commitment.needed" {
				t.Errorf("%q %q: %s", part, text, e.Key)
			}
		}
	})
}
