package locale_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kept/internal/locale"
)

var parameter = regexp.MustCompile(`\{[a-z_]+\}`)

// needed lists the plural forms that whole numbers take in each language (CLDR).
var needed = map[locale.Lang][]string{
	locale.Arabic:  {"zero", "one", "two", "few", "many", "other"},
	locale.Chinese: {"other"},
	locale.English: {"one", "other"},
	locale.French:  {"one", "other"},
	locale.Russian: {"one", "few", "many"},
	locale.Spanish: {"one", "other"},
}

// TestEveryKeyInSixLanguages is the promise of the language bar: no fallback in
// the interface, the same parameters, the plural forms that each language needs.
func TestEveryKeyInSixLanguages(t *testing.T) {
	for _, l := range locale.Langs {
		for _, key := range locale.English.Keys() {
			if !l.Has(key) {
				t.Errorf("%s: %q is missing", l, key)
				continue
			}
			checkMessage(t, l, key)
		}
		for _, key := range l.Keys() {
			if !locale.English.Has(key) {
				t.Errorf("%s: %q is not in English: nobody uses it", l, key)
			}
		}
	}
}

func checkMessage(t *testing.T, l locale.Lang, key string) {
	english, englishForms := locale.Message(locale.English, key)
	text, forms := locale.Message(l, key)
	if (englishForms == nil) != (forms == nil) {
		t.Errorf("%s: %q has plural forms in one of the two languages only", l, key)
		return
	}
	if forms == nil {
		if got, want := parameters(text), parameters(english); !slices.Equal(got, want) {
			t.Errorf("%s: %q has parameters %v, want %v", l, key, got, want)
		}
		if strings.TrimSpace(text) == "" {
			t.Errorf("%s: %q is empty", l, key)
		}
		return
	}
	want := parameters(englishForms["other"])
	for _, form := range needed[l] {
		text, ok := forms[form]
		if !ok {
			t.Errorf("%s: %q lacks the plural form %q", l, key, form)
			continue
		}
		for _, p := range parameters(text) {
			if !slices.Contains(want, p) {
				t.Errorf("%s: %q, form %q, has the parameter %s that English lacks", l, key, form, p)
			}
		}
		for _, p := range want { // "one" may leave out the number
			if p != "{n}" && !strings.Contains(text, p) {
				t.Errorf("%s: %q, form %q, lacks %s", l, key, form, p)
			}
		}
	}
}

func parameters(text string) []string {
	found := parameter.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func TestPlurals(t *testing.T) {
	tests := []struct {
		lang locale.Lang
		n    int64
		want string
	}{
		{locale.Arabic, 0, "zero"}, {locale.Arabic, 1, "one"}, {locale.Arabic, 2, "two"}, {locale.Arabic, 5, "few"}, {locale.Arabic, 11, "many"}, {locale.Arabic, 100, "other"},
		{locale.Russian, 1, "one"}, {locale.Russian, 2, "few"}, {locale.Russian, 5, "many"}, {locale.Russian, 11, "many"}, {locale.Russian, 21, "one"},
		{locale.English, 1, "one"}, {locale.English, 0, "other"}, {locale.French, 0, "one"}, {locale.French, 2, "other"}, {locale.French, 5_300_000_000, "other"}, {locale.Russian, 30_000_021, "one"}, {locale.Chinese, 1, "other"}, {locale.Spanish, 1, "one"},
	}
	for _, test := range tests {
		if got := test.lang.PluralForm(test.n); got != test.want {
			t.Errorf("%s %d: got %s, want %s", test.lang, test.n, got, test.want)
		}
	}
}

func TestNumbersAndDates(t *testing.T) {
	numbers := []struct {
		lang     locale.Lang
		in, want string
	}{
		{locale.English, "1234567.50", "1,234,567.50"}, {locale.French, "1234567.5", "1\u202f234\u202f567,5"}, {locale.Spanish, "1234567", "1\u00a0234\u00a0567"},
		{locale.Arabic, "-1234", "\u22121,234"}, {locale.Russian, "999", "999"}, {locale.English, "not known", "not known"}, {locale.English, "", ""},
	}
	for _, test := range numbers {
		if got := test.lang.Number(test.in); got != test.want {
			t.Errorf("%s number %q: got %q, want %q", test.lang, test.in, got, test.want)
		}
	}
	dates := []struct {
		lang     locale.Lang
		in, want string
	}{
		{locale.English, "2026-11-21", "21 November 2026"}, {locale.English, "2026-11-21T14:02:00Z", "21 November 2026 14:02 UTC"}, {locale.French, "2026-05-01", "1er mai 2026"},
		{locale.Spanish, "2026-05", "mayo de 2026"}, {locale.Chinese, "2026-05-01", "2026年5月1日"}, {locale.Russian, "2026-05", "май 2026"}, {locale.Arabic, "2024-09-22", "22 أيلول/سبتمبر 2024"},
		{locale.English, "2027", "2027"}, {locale.Chinese, "2030", "2030年"}, {locale.English, "2027-13", "2027-13"}, {locale.English, "soon", "soon"},
	}
	for _, test := range dates {
		if got := test.lang.Date(test.in); got != test.want {
			t.Errorf("%s date %q: got %q, want %q", test.lang, test.in, got, test.want)
		}
	}
}

func TestMatch(t *testing.T) {
	tests := map[string]locale.Lang{"": locale.English, "zh-CN,zh;q=0.9": locale.Chinese, "de, fr;q=0.5": locale.French, "es-419": locale.Spanish,
		"ar-EG": locale.Arabic, "xx": locale.English, "ru;q=0.1, en;q=0": locale.Russian, ";;;": locale.English}
	for header, want := range tests {
		if got := locale.Match(header); got != want {
			t.Errorf("%q: got %s, want %s", header, got, want)
		}
	}
}

// TestFieldKeepsKind shows that naming a field loses nothing of the error beneath.
func TestFieldKeepsKind(t *testing.T) {
	kind := errors.New("forbidden")
	err := locale.Field("party", errors.Join(kind, locale.E("err.internal", "detail", "x")))
	var e *locale.Error
	if !errors.As(err, &e) || e.Place != "party" || !errors.Is(err, kind) {
		t.Errorf("got %v (place %q, kind kept %t)", err, e.Place, errors.Is(err, kind))
	}
}
