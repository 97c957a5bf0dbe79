// Package locale speaks the six languages of Kept: message catalogues, plural
// forms, direction, and how numbers and dates are written.
//
// A message lives in messages/LANG/PACKAGE.json under a dotted key. It is a
// string with {names} in it, or an object of plural forms chosen by {n}:
//
//	{"parties.count": {"one": "{n} party", "other": "{n} parties"}}
//
// Invariant, kept by a test: every key stands in all six languages, with the
// same names and with the plural forms that its language needs. An error that a
// reader may see is a key with parameters ([E]), never an English sentence.
package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"sort"
	"strings"
	"sync"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Lang is one of the six languages of the United Nations, by its two letters.
type Lang string

// The six languages.
const (
	Arabic  Lang = "ar"
	Chinese Lang = "zh"
	English Lang = "en"
	French  Lang = "fr"
	Russian Lang = "ru"
	Spanish Lang = "es"
)

// Langs lists the languages in the order of the language bar.
var Langs = []Lang{Arabic, Chinese, English, French, Russian, Spanish}

// Own is each language's name in itself, as the language bar prints it.
var own = map[Lang]string{Arabic: "العربية", Chinese: "中文", English: "English",
	French: "Français", Russian: "Русский", Spanish: "Español"}

// Own returns the language's name in itself.
func (l Lang) Own() string { return own[l] }

// Dir is the direction of writing, "rtl" or "ltr".
func (l Lang) Dir() string {
	if l == Arabic {
		return "rtl"
	}
	return "ltr"
}

// Known tells whether s is one of the six languages.
func Known(s string) bool { _, ok := own[Lang(s)]; return ok }

var tags = map[Lang]language.Tag{Arabic: language.Arabic, Chinese: language.Chinese, English: language.English,
	French: language.French, Russian: language.Russian, Spanish: language.Spanish}

var matcher = language.NewMatcher([]language.Tag{language.English, language.Arabic, language.Chinese,
	language.French, language.Russian, language.Spanish})

// Match picks the language for an Accept-Language header; English when nothing fits.
func Match(header string) Lang {
	wanted, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(wanted) == 0 {
		return English
	}
	tag, _, confidence := matcher.Match(wanted...)
	base, _ := tag.Base()
	if confidence == language.No || !Known(base.String()) {
		return English
	}
	return Lang(base.String())
}

//go:embed messages
var files embed.FS

// message is one catalogue entry: plain text, or one text per plural form.
type message struct {
	text  string
	forms map[string]string
}

// catalogues are read when somebody first speaks the language: a command speaks one.
var catalogues = func() map[Lang]func() map[string]message {
	all := make(map[Lang]func() map[string]message, len(Langs))
	for _, l := range Langs {
		all[l] = sync.OnceValue(func() map[string]message { return load(l) })
	}
	return all
}()

// messages are those of a language that is known, else none.
func (l Lang) messages() map[string]message {
	if read := catalogues[l]; read != nil {
		return read()
	}
	return nil
}

// load reads the embedded catalogue of a language. A broken one is a fault of the
// build, so it panics.
func load(l Lang) map[string]message {
	all := make(map[string]message)
	folder := path.Join("messages", string(l))
	names, err := files.ReadDir(folder)
	for _, name := range names {
		if err == nil {
			err = loadFile(path.Join(folder, name.Name()), all)
		}
	}
	if err != nil {
		panic("locale: " + err.Error())
	}
	return all
}

func loadFile(name string, all map[string]message) error {
	b, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	var in map[string]any
	if err := json.Unmarshal(b, &in); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for k, v := range in {
		if _, twice := all[k]; twice {
			return fmt.Errorf("%s: %q stands in two files", name, k)
		}
		m, err := messageOf(v)
		if err != nil {
			return fmt.Errorf("%s: %q: %w", name, k, err)
		}
		all[k] = m
	}
	return nil
}

// messageOf takes a string, or an object of strings.
func messageOf(v any) (m message, err error) {
	switch v := v.(type) {
	case string:
		return message{text: v}, nil
	case map[string]any:
		m.forms = make(map[string]string, len(v))
		for form, text := range v {
			if m.forms[form], _ = text.(string); m.forms[form] == "" {
				return m, fmt.Errorf("the form %q is no text", form)
			}
		}
		return m, nil
	}
	return m, fmt.Errorf("%v is neither a text nor plural forms", v)
}

// Keys lists the keys of a language, sorted.
func (l Lang) Keys() []string {
	keys := make([]string, 0, len(l.messages()))
	for k := range l.messages() {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Has tells whether the language's own catalogue holds the key.
func (l Lang) Has(key string) bool { _, ok := l.messages()[key]; return ok }

// Of picks from a wording in several languages the words in this one, else in English,
// else in another of the six that has any; and tells which they are in.
func (l Lang) Of(wording map[Lang]string) (string, Lang) {
	for _, lang := range [...]Lang{l, English, French, Spanish, Chinese, Arabic, Russian} {
		if s := wording[lang]; s != "" {
			return s, lang
		}
	}
	return "", l
}

// T returns the message in this language with its parameters set. Arguments
// come as name, value, name, value…; integers are written the language's way;
// "n" also selects the plural form. A key that the language lacks falls back to
// English, and one that nobody has is shown between ⟦ ⟧ so that it is seen.
func (l Lang) T(key string, args ...any) string {
	m, ok := l.messages()[key]
	if !ok {
		l = English
		if m, ok = English.messages()[key]; !ok {
			return "⟦" + key + "⟧"
		}
	}
	text := m.text
	if m.forms != nil {
		text = l.form(m.forms, args)
	}
	return l.fill(text, args)
}

// form picks the plural form for the argument n.
func (l Lang) form(forms map[string]string, args []any) string {
	value, _ := named(args, "n")
	n, _ := asInt(value)
	if text, ok := forms[l.PluralForm(n)]; ok {
		return text
	}
	return forms["other"]
}

// PluralForm names the CLDR plural form of a whole number: zero, one, two, few, many or other.
func (l Lang) PluralForm(n int64) string {
	if n < 0 {
		n = -n
	}
	if n >= 10_000_000 { // the rules look at the last digits and at whether a number is small
		n = n%10_000_000 + 10_000_000
	}
	return pluralNames[plural.Cardinal.MatchPlural(tags[l], int(n), 0, 0, 0, 0)]
}

var pluralNames = map[plural.Form]string{plural.Zero: "zero", plural.One: "one", plural.Two: "two",
	plural.Few: "few", plural.Many: "many", plural.Other: "other"}

// fill sets the {names} of a text; a name without a value stays visible. What a value
// brings is not looked through again.
func (l Lang) fill(text string, args []any) string {
	if len(args) == 0 || !strings.Contains(text, "{") {
		return text
	}
	var out strings.Builder
	out.Grow(2 * len(text))
	for {
		before, rest, found := strings.Cut(text, "{")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		name, behind, closed := strings.Cut(rest, "}")
		if value, known := named(args, name); closed && known {
			out.WriteString(l.show(value))
			text = behind
			continue
		}
		out.WriteByte('{')
		text = rest
	}
}

// named is the value of an argument by its name.
func named(args []any, name string) (value any, known bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1], true
		}
	}
	return nil, false
}

// show writes one parameter: integers the language's way, errors translated, the rest as it is.
func (l Lang) show(v any) string {
	if n, ok := asInt(v); ok {
		return l.Int(n)
	}
	switch v := v.(type) {
	case string:
		return v
	case *Error:
		return v.In(l)
	case fmt.Stringer:
		return v.String()
	default:
		return fmt.Sprint(v)
	}
}

func asInt(v any) (int64, bool) {
	switch v := v.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case int32:
		return int64(v), true
	case uint64:
		return int64(v), true
	}
	return 0, false
}
