package web

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"kept/internal/locale"
	"kept/internal/web/press"
)

//go:embed pages
var pageFiles embed.FS

//go:embed static
var static embed.FS

// page is what every template gets: the View, and the frame around it.
type page struct {
	View
	Lang     locale.Lang
	Path     string // address without language, as the language bar and the twins use it
	Query    string // "?…" or empty
	Compact  Text
	Sample   bool
	PackDate string
	AreaDate string
	Operator Operator
	Base     string
	Marks    *marksView
	Forms    bool        // forms are open on this address
	Code     template.JS // the site's one script, where the View asks for it
	Other    string
	AsOf     *moment       // of a page of the past
	Now      string        // and its address today
	Copy     *Copy         // of an export
	Main     template.HTML // the page's own part, between head and foot
}

// Twin is the address of the page's JSON or CSV. The CSV is that of the whole list,
// on whichever page of it the reader is.
func (p page) Twin(ext string) string {
	path, query := p.Path, strings.TrimPrefix(p.Query, "?")
	if path == "/" {
		path = "/index"
	}
	if ext == "csv" {
		for _, name := range turned {
			query = lacking(query, name)
		}
	}
	return withQuery(path+"."+ext, query)
}

// menu is the main menu: address and message key.
var menu = []struct{ Href, Key string }{
	{"/texts", "menu.texts"}, {"/items", "menu.items"}, {"/commitments", "menu.commitments"},
	{"/stakeholders", "menu.parties"}, {"/indicators", "menu.data"}, {"/bodies", "menu.bodies"},
	{"/calendar", "menu.calendar"}, {"/search", "menu.search"}, {"/record", "menu.record"},
}

// parsePages parses every page once for all languages.
func parsePages(s *Site) (*press.Press, error) {
	frame, err := template.New("frame").Funcs(s.functions(locale.English, &fixedParts{})).ParseFS(pageFiles, "pages/frame.html", "pages/parts.html")
	if err != nil {
		return nil, err
	}
	c := press.Config{Set: frame}
	for _, lang := range locale.Langs {
		fixed := &fixedParts{}
		funcs := s.functions(lang, fixed)
		if err := fixed.write(template.Must(frame.Clone()).Funcs(funcs), lang, s.c.Base); err != nil {
			return nil, err
		}
		c.Funcs = append(c.Funcs, funcs)
		c.Direct = append(c.Direct, map[string]press.Direct{
			"tr":   press.Of(funcs["tr"].(func(Text) template.HTML)),
			"text": press.Of(funcs["text"].(func(Text) string))})
	}
	if err := parseMains(frame); err != nil {
		return nil, err
	}
	c.Words = writeConstants(frame, c.Funcs...)
	c.Parse = func(language int) (*template.Template, error) {
		set, err := template.New("frame").Funcs(c.Funcs[language]).ParseFS(pageFiles, "pages/frame.html", "pages/parts.html")
		if err == nil {
			err = parseMains(set)
		}
		if err == nil {
			writeConstants(set, c.Funcs[language])
		}
		return set, err
	}
	return press.New(c), nil
}

// parseMains adds the pages to a set: what they share is held once, and each page's
// own part has the page's name.
func parseMains(set *template.Template) error {
	names, err := fs.Glob(pageFiles, "pages/*.html")
	if err != nil {
		return err
	}
	for _, file := range names {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if name == "frame" || name == "parts" {
			continue
		}
		text, err := pageFiles.ReadFile(file)
		if err != nil {
			return err
		}
		if _, err := set.New(path.Base(file)).Parse(strings.Replace(string(text), `{{define "main"}}`, `{{define "`+mainOf+name+`"}}`, 1)); err != nil {
			return err
		}
	}
	return nil
}

// mainOf begins the name of a page's own part.
const mainOf = "main:"

// functions are what templates may call, in one language.
func (s *Site) functions(lang locale.Lang, fixed *fixedParts) template.FuncMap {
	return template.FuncMap{
		"menu":    fixed.Menu,
		"along":   fixed.Along,
		"t":       lang.T,
		"tr":      func(t Text) template.HTML { return marked(t, lang) },
		"text":    func(t Text) string { text, _ := t.In(lang); return text },
		"num":     lang.Number,
		"percent": func(share string) string { return percent(lang, share) },
		"int":     func(n any) string { return lang.T("plain.number", "n", n) },
		"date":    lang.Date,
		"href":    func(address string) string { return "/" + string(lang) + address },
		"link":    func(address string) template.HTMLAttr { return link(lang, address) },
		"list":    func(words ...string) string { return lang.List(words) },
		"lang":    func() string { return string(lang) },
		"langs":   func() []locale.Lang { return locale.Langs },
		"style":   func() template.CSS { return s.style },
		"comma":   func() string { return lang.List([]string{"", ""}) },
		"add":     func(a, b int) int { return a + b },
		"under":   func(key string, rows any) captioned { return captioned{key, rows} },
		"error":   func(e *locale.Error) string { return e.In(lang) },
	}
}

// captioned are rows of a table under the message that heads it.
type captioned struct {
	Key  string
	Rows any
}

// marked writes a wording; one that is not in the page's language says which it is in.
func marked(t Text, lang locale.Lang) template.HTML {
	text, in := t.In(lang)
	escaped := template.HTMLEscapeString(text)
	if in == lang {
		return template.HTML(escaped)
	}
	return template.HTML(fmt.Sprintf(`<span lang="%s" dir="%s">%s</span> <span class="tag">%s</span>`, in, in.Dir(), escaped, template.HTMLEscapeString(in.Own())))
}

// proofs are the buffers in which pages are put together.
var proofs = sync.Pool{New: func() any { return new(proof) }}

type proof struct{ main, whole []byte }

// html makes the whole page before it writes any of it behind what to holds, so that a
// fault leaves no half page.
func (s *Site) html(to []byte, p page) ([]byte, error) {
	language, d := slices.Index(locale.Langs, p.Lang), proofs.Get().(*proof)
	defer proofs.Put(d)
	var err error
	if d.main, err = s.pages.Append(d.main[:0], language, mainOf+p.Page, &p); err != nil {
		return nil, fmt.Errorf("page %s: %w", p.Page, err)
	}
	p.Main = template.HTML(unsafe.String(unsafe.SliceData(d.main), len(d.main))) // nobody writes into it as long as p is there
	if d.whole, err = s.pages.Append(d.whole[:0], language, "frame", &p); err != nil {
		return nil, fmt.Errorf("page %s: %w", p.Page, err)
	}
	if s.past != nil {
		return append(to, s.dateLinks(squeeze(nil, d.whole))...), nil
	}
	return squeeze(to, d.whole), nil
}

// squeeze writes a page behind what out holds, without the indentation and the empty
// lines that templates leave; pages hold no <pre>.
func squeeze(out, b []byte) []byte {
	out = slices.Grow(out, len(b))
	for len(b) > 0 {
		line := b
		if end := bytes.IndexByte(b, '\n'); end >= 0 {
			line, b = b[:end], b[end+1:]
		} else {
			b = nil
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			out = append(append(out, line...), '\n')
		}
	}
	return out
}

// twin is the envelope of a page's JSON.
type twin struct {
	Page    string     `json:"page"`
	Compact string     `json:"compact"`
	Sample  bool       `json:"sample,omitempty"`
	Title   Text       `json:"title"`
	Date    string     `json:"date"`            // that states on the page were computed for
	AsOf    *moment    `json:"as_of,omitempty"` // of a page of the past
	Seen    int64      `json:"seen"`            // last entry of the record that the page rests on, −1 for none
	Marks   *marksView `json:"marks,omitempty"`
	Data    any        `json:"data"`
}

// jsonOf writes the twin; lang narrows every wording to one language. Rows that
// are written already go as they are to the end of the data.
func jsonOf(t twin, lang string, rows [][]byte) ([]byte, error) {
	data, err := json.Marshal(t.Data)
	t.Data = nil
	head, fault := json.Marshal(t)
	if err = errors.Join(err, fault); err != nil {
		return nil, err
	}
	if lang != "" {
		data, err = narrowed(data, locale.Lang(lang))
		head, fault = narrowed(head, locale.Lang(lang))
		if err = errors.Join(err, fault); err != nil {
			return nil, err
		}
	}
	before, after, _ := bytes.Cut(head, []byte(`"data":null`))
	size := len(head) + len(data) + 16
	for _, row := range rows {
		size += len(row) + 1
	}
	out := append(append(make([]byte, 0, size), before...), `"data":`...)
	if rows != nil {
		out = append(append(out, bytes.TrimSuffix(data, []byte("}"))...), `,"rows":[`...)
		for i, row := range rows {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(out, row...)
		}
		data = []byte("]}")
	}
	return append(append(append(out, data...), after...), '\n'), nil
}

// narrowed narrows JSON to one language.
func narrowed(b []byte, lang locale.Lang) ([]byte, error) {
	var any any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&any); err != nil {
		return nil, err
	}
	return json.Marshal(narrow(any, lang))
}

// narrow replaces each {language: wording} object by the one wording asked for.
func narrow(v any, lang locale.Lang) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = narrow(v[i], lang)
		}
	case map[string]any:
		t := make(Text, len(v))
		for k, w := range v {
			if text, ok := w.(string); ok && locale.Known(k) {
				t[locale.Lang(k)] = text
			}
		}
		if len(v) > 0 && len(t) == len(v) {
			text, in := t.In(lang)
			return map[string]any{string(in): text}
		}
		for k := range v {
			v[k] = narrow(v[k], lang)
		}
	}
	return v
}
