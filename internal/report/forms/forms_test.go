package forms

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"kept/internal/locale"
)

// What the files say can be filled, in six languages, and each form says from where
// it is known.
func TestAll(t *testing.T) {
	for _, f := range All() {
		for what, text := range map[string]Text{"title": f.Title, "note": f.Note} {
			for _, l := range locale.Langs {
				if text[l] == "" {
					t.Errorf("%s has no %s in %s", f.ID, what, l)
				}
			}
		}
		for _, s := range f.Sources {
			if u, err := url.Parse(s.URL); err != nil || u.Scheme != "https" || s.Title == "" || s.Date == "" || len(s.Read) != len("2026-11-22") {
				t.Errorf("%s: the source %+v is not whole", f.ID, s)
			}
		}
		certain := 0
		for _, field := range f.Fields {
			for _, l := range locale.Langs {
				if l != locale.English && field.Names[l] == "" {
					t.Errorf("%s: %s has no translation in %s", f.ID, field.ID, l)
				}
			}
			if field.Certain {
				certain++
			}
		}
		if certain == 0 || !strings.Contains(f.Title["en"], "style") && f.Sheets == ByCommitment {
			t.Errorf("%s claims nothing that its sources show, or to be the form itself", f.ID)
		}
	}
	for code, key := range Labels {
		if !locale.English.Has(key) {
			t.Errorf("our field %s has no label %s", code, key)
		}
	}
	if got := []int{len(For("state")), len(For("private"))}; !slices.Equal(got, []int{3, 2}) {
		t.Errorf("forms for a State and a company: got %v", got)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, b := range map[string]string{
		"no list": `{}`, "unknown key": `[{"id":"a","colour":1}]`, "no sources": `[{"id":"a","sheets":"goal","fields":[{"id":"x","name":"X","certain":true}]}]`,
		"a field that we lack": `[{"id":"a","sheets":"goal","sources":[{"title":"s"}],"fields":[{"id":"x","name":"X","from":["colour"],"certain":true}]}]`,
		"a field twice":        `[{"id":"a","sheets":"goal","sources":[{"title":"s"}],"fields":[{"id":"x","name":"X","certain":true},{"id":"x","name":"Y","certain":true}]}]`,
	} {
		if forms, err := parse([]byte(b)); err == nil {
			t.Errorf("%s: got %d forms", name, len(forms))
		}
	}
}

func TestFill(t *testing.T) {
	a := answers{"type": {{"capacity", Text{"en": "capacity building", "fr": "renforcement"}}}, "promise": {{Text: Text{"fr": "Nous formons."}}},
		"lessons": {{Text: Text{"en": "Start early."}}}, "next_steps": {{Text: Text{"en": "Start early."}}}}
	for _, tt := range []struct {
		name   string
		field  Field
		want   []string
		from   []string
		empty  []string
		advice string
	}{
		{"a term of theirs", Field{From: []string{"type"}, Terms: map[string]string{"capacity": "Programmatic"}}, []string{"Programmatic"}, []string{"type"}, nil, ""},
		{"no term of theirs", Field{From: []string{"type"}, Terms: map[string]string{"advocacy": "Advocacy"}}, []string{"capacity building"}, []string{"type"}, nil, ""},
		{"two of ours, one empty", Field{From: []string{"promise", "will_do"}}, []string{"Nous formons."}, []string{"promise"}, []string{"will_do"}, ""},
		{"said twice, stands once", Field{From: []string{"lessons", "next_steps"}}, []string{"Start early."}, []string{"lessons", "next_steps"}, nil, ""},
		{"empty", Field{From: []string{"money"}}, nil, nil, []string{"money"}, AdviceMissing},
		{"nobody's to fill in", Field{From: []string{"goals", "action_lines"}}, nil, nil, []string{"goals", "action_lines"}, AdviceUnknown},
		{"theirs alone", Field{Choices: []string{"Access"}}, nil, nil, nil, AdviceTheirs},
		{"too short", Field{From: []string{"promise"}, MinWords: 3}, []string{"Nous formons."}, []string{"promise"}, nil, AdviceShort},
		{"too long", Field{From: []string{"promise"}, MaxWords: 1}, []string{"Nous formons."}, []string{"promise"}, nil, AdviceLong},
		{"within", Field{From: []string{"promise"}, MinWords: 2, MaxWords: 2}, []string{"Nous formons."}, []string{"promise"}, nil, ""},
	} {
		c := fill(&tt.field, a)
		var got []string
		for _, one := range c.Answers {
			text, _ := one.Text.In(locale.English)
			got = append(got, text)
		}
		if !slices.Equal(got, tt.want) || !slices.Equal(c.From, tt.from) || !slices.Equal(c.Empty, tt.empty) || c.Advice != tt.advice {
			t.Errorf("%s: got %q from %q, empty %q, %q", tt.name, got, c.From, c.Empty, c.Advice)
		}
	}
}

// What others wrote is no markup in a page, no heading in Markdown, and keeps its language.
func TestDocIsSafe(t *testing.T) {
	form := All()[0]
	hostile := Text{"en": "<script>alert(1)</script> | # x"}
	f := &Filled{Form: &form, Name: hostile, Total: 1, Date: "2026-11-21"}
	f.Sheets = []Sheet{f.sheet(Head{7, hostile}, "", answers{"title": {{Text: hostile}}, "promise": {{Text: Text{"sw": "Tutafanya"}}}})}
	for _, onSite := range []bool{true, false} {
		html := string(f.Doc(locale.Arabic, "https://compact.example", onSite).HTML())
		if strings.Contains(html, "<script>") || !strings.Contains(html, `lang="sw"`) {
			t.Errorf("the page holds markup of others, or loses a language: %.200s", html)
		}
	}
	text := string(f.Doc(locale.English, "https://compact.example", false).Markdown())
	if strings.Contains(text, "<script>") || strings.Contains(text, "fill in") || !strings.Contains(text, "https://compact.example/en/commitments/7") {
		t.Errorf("Markdown: %.300s", text)
	}
	if rows := f.Rows(locale.English); len(rows) != 1 || len(rows[0]) != len(f.Columns()) {
		t.Errorf("the table has %d lines, %d cells under %d columns", len(rows), len(rows[0]), len(f.Columns()))
	}
}

func TestAddress(t *testing.T) {
	for text, want := range map[string]bool{"https://a.example/b?c=d": true, "http://a.example": true, "javascript:x": false, "https://a> <script>": false, "https://a](x)": false, "see https://a.example": false} {
		if address(text) != want {
			t.Errorf("%q: got %v", text, !want)
		}
	}
}

func TestText(t *testing.T) {
	for want, text := range map[string]Text{"b fr": {"fr": "b", "en": "a"}, "a en": {"en": "a", "ru": "c"}, "k sw": {"sw": "k", "xx": "l"}, " fr": {}} {
		got, in := maps.Clone(text).In(locale.French)
		if got+" "+string(in) != want {
			t.Errorf("got %q in %s, want %s", got, in, want)
		}
	}
}
