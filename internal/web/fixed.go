package web

import (
	"bytes"
	"html/template"
	"net/url"
	"strings"

	"kept/internal/locale"
)

// The parts of the frame that change with nothing but the language, the section of
// the menu or the address are written when the program starts, by the same templates.

// place stands where the address of the page comes. No template writes it otherwise.
const place = "/@@"

// fixedParts are these parts in one language.
type fixedParts struct {
	menu  map[string]template.HTML // by section
	along map[string][]string      // by template: what stands between the places of the address
}

// fixedData is what their templates get.
type fixedData struct {
	Lang    locale.Lang
	Base    string
	Section string
	Along   string
	Menu    any
}

// write runs the templates of the parts once.
func (f *fixedParts) write(frame *template.Template, lang locale.Lang, base string) error {
	f.menu, f.along = map[string]template.HTML{}, map[string][]string{}
	d := fixedData{Lang: lang, Base: base, Along: place, Menu: menu}
	sections := []string{""}
	for _, m := range menu {
		sections = append(sections, m.Key)
	}
	for _, d.Section = range sections {
		part, err := run(frame, "menu", d)
		if err != nil {
			return err
		}
		f.menu[d.Section] = template.HTML(part)
	}
	for _, name := range []string{"langs", "alternates"} {
		part, err := run(frame, name, d)
		if err != nil {
			return err
		}
		f.along[name] = strings.Split(part, place)
	}
	return nil
}

func run(t *template.Template, name string, data any) (string, error) {
	var b bytes.Buffer
	err := t.ExecuteTemplate(&b, name, data)
	return b.String(), err
}

// Menu is the main menu with its current section.
func (f *fixedParts) Menu(section string) template.HTML {
	if part, ok := f.menu[section]; ok {
		return part
	}
	return f.menu[""]
}

// Along is a part with the address of the page in its places.
func (f *fixedParts) Along(name string, address template.HTML) template.HTML {
	return template.HTML(strings.Join(f.along[name], string(address)))
}

// Along is the page's own address behind the language, escaped for any attribute. In
// another language a list that is ordered by its words begins anew.
func (p page) Along() template.HTML {
	at, query := url.URL{Path: p.Path}, p.Query
	if p.Ordered {
		query = withQuery("", lacking(strings.TrimPrefix(query, "?"), cursorOf))
	}
	return template.HTML(template.HTMLEscapeString(at.EscapedPath() + query))
}
