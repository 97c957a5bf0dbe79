package press_test

import (
	"errors"
	"fmt"
	"html/template"
	"strings"
	"testing"

	"kept/internal/web/press"
)

type text map[string]string

type code string

func (c code) String() string { return "<" + string(c) + ">" }

type row struct {
	Name  string
	Href  string
	Count int
	Big   int64
	Title text
	Code  code
	Attr  template.HTMLAttr
	HTML  template.HTML
	URL   template.URL
	Any   any
	Next  *row
	Rows  []row
	Feeds map[string]string
	inner
}

type inner struct{ Deep string }

func (r row) Label(to string) string   { return r.Name + " for " + to }
func (r *row) Pointed() string         { return "pointed " + r.Name }
func (r row) Fails() (string, error)   { return "", errors.New("it fails") }
func (r row) Works() (text, error)     { return r.Title, nil }
func (r row) Kind(k code) template.URL { return template.URL("x:" + string(k)) }

var funcs = template.FuncMap{
	"tr":    func(t text) template.HTML { return template.HTML("<i>" + template.HTMLEscapeString(t["en"]) + "</i>") },
	"words": func(t text) string { return t["en"] },
	"t":     func(key string, args ...any) string { return key + fmt.Sprint(args...) },
	"href":  func(a string) string { return "/en" + a },
	"link": func(a string) template.HTMLAttr {
		return template.HTMLAttr(` href="` + template.HTMLEscapeString(a) + `"`)
	},
	"int":   func(n any) string { return fmt.Sprint(n, "+") },
	"add":   func(a, b int) int { return a + b },
	"style": func() template.CSS { return "a{color:red}" },
	"list":  func(words ...string) string { return strings.Join(words, ", ") },
	"one":   func() string { return "<1>" },
	"mark":  func(s string) template.HTML { return template.HTML("<b>" + s + "</b>") },
	"rows":  func() []string { return []string{"a", "<b>"} },
}

var direct = map[string]press.Direct{"tr": press.Of(funcs["tr"].(func(text) template.HTML)), "words": press.Of(funcs["words"].(func(text) string))}

var sample = row{Name: `<Ann & "Bob's">`, Href: "/a b?c=d&e=é", Count: 3, Big: -12, Title: text{"en": "A < B"}, Code: "c&d", Attr: ` data-x="1"`, HTML: "<u>&amp;</u>",
	URL: "javascript:x", Any: text{"en": "any"}, Next: &row{Name: "next", Feeds: map[string]string{}, Any: code("k")},
	Rows: []row{{Name: "one", Title: text{"en": "1"}, Count: 1}, {Name: "two"}}, Feeds: map[string]string{"b": "2", "a": "1"}, inner: inner{"deep"}}

// pressOf is a press in one language.
func pressOf(parsed func() *template.Template) *press.Press {
	return press.New(press.Config{Set: parsed(), Funcs: []template.FuncMap{funcs}, Direct: []map[string]press.Direct{direct},
		Parse: func(int) (*template.Template, error) { return parsed(), nil }})
}

// both writes a template by a press and by html/template.
func both(t testing.TB, source string, data any) (got string, want string, why error) {
	t.Helper()
	parsed := func() *template.Template { return template.Must(template.New("x").Funcs(funcs).Parse(source)) }
	p := pressOf(parsed)
	out, gotErr := p.Append([]byte("before "), 0, "x", data)
	var b strings.Builder
	wantErr := parsed().Execute(&b, data)
	if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) {
		t.Errorf("%s: got error %v, want %v", source, gotErr, wantErr)
	}
	if wantErr != nil {
		return "", "", p.Why("x")
	}
	if why = p.Why("x"); why == nil && p.Fell() > 0 {
		why = errors.New("it fell back at run time")
	}
	return string(out), "before " + b.String(), why
}

// TestPress: what a press writes is what html/template writes, by itself.
func TestPress(t *testing.T) {
	for _, source := range []string{
		`plain {{/* nothing */}}text`, `{{.Name}}|{{.Count}}|{{.Big}}|{{.Code}}|{{.HTML}}|{{.Deep}}`,
		`<a title="{{.Name}}" href="{{.Href}}">{{tr .Title}}</a>`, `<a href="{{.URL}}">x</a><a href="{{href .Href}}?q={{.Name}}&amp;u={{.URL}}">`,
		`<title>{{.Name}} {{tr .Title}} {{.HTML}}</title><textarea>{{.HTML}}</textarea>`, `<style>{{style}}</style>`, `<a{{link .Href}} {{.Attr}}>x</a>`,
		`{{if .Count}}yes{{else}}no{{end}}{{if .Next.Count}}yes{{else if .Name}}name{{end}}{{if .Missing}}{{end}}`,
		`{{with .Next}}{{.Name}}{{.Pointed}}{{$.Name}}{{else}}none{{end}}{{with .Next.Next}}{{.Name}}{{else}}none{{end}}`,
		`{{range .Rows}}{{.Name}},{{words .Title}};{{else}}none{{end}}{{range $i, $r := .Rows}}{{if $i}} · {{end}}{{$r.Name}}{{.Pointed}}{{end}}{{range $r := .Rows}}{{$r.Count}}{{end}}`,
		`{{range $k, $v := .Feeds}}{{$k}}={{$v}} {{end}}{{.Feeds.a}}{{.Feeds.none}}{{index .Feeds "b"}}{{index .Feeds "none"}}`,
		`{{range .Next.Rows}}x{{else}}no rows{{end}}{{range .Next.Feeds}}x{{else}}no feeds{{end}}{{range rows}}{{.}}{{end}}`,
		`{{t "key" "n" .Count "who" .Name}}{{t "k" "x" (t "inner" 1) "nil" .Feeds.none}}{{printf "%s-%d" .Name .Count}}{{list "a" .Name}}`,
		`{{int .Count}}{{int .Big}}{{add 1 .Count}}{{len .Rows}}{{(index .Rows 1).Name}}`,
		`{{if and .Name .Count}}and{{end}}{{if or .Feeds.none .Name}}or{{end}}{{if not .Name}}not{{else}}is{{end}}{{and .Count .Name}}{{or .Feeds.none .Name}}`,
		`{{if eq .Name "x"}}x{{end}}{{if ne .Count 3}}n{{else}}3{{end}}{{if lt .Count 4}}lt{{end}}{{if ge .Big -12}}ge{{end}}{{if le .Count 3}}le{{end}}{{if gt .Count 3}}gt{{end}}`,
		`{{$x := .Name}}{{if .Count}}{{$x = "new"}}{{$y := 1}}{{$y}}{{end}}{{$x}}{{with $z := .Next}}{{$z.Name}}{{end}}`,
		`{{define "y"}}{{.}}-{{$}}{{$q := "<"}}{{$q}}{{end}}{{$q := .Name}}{{template "y" .Name}}{{template "y"}}{{$q}}`,
		`{{define "loop"}}{{.Name}}{{with .Next}}{{template "loop" .}}{{end}}{{end}}{{template "loop" .}}`,
		`{{.Label "me"}}{{.Label .Href}}{{words .Works}}{{.Next.Label "you"}}{{with .Any}}{{words .}}{{end}}{{words .Any}}{{.Next.Any}}`,
		`{{one}}{{mark .Name}}{{(mark "x")}}<p title="{{mark "x"}}">{{.Next.Any}}`, `<p title={{.Name}}>`, `<script>var x = {{.Name}}</script>`, `{{.Name | printf "%q"}}`,
		`{{.Fails}}`, `{{.Next.Next.Name}}`, `{{.Nothing}}`, `{{index .Rows 7}}`, `{{.Kind .Code}}`, `{{eq .Count "x"}}`, `{{range .Count}}x{{end}}`, `{{words .Name}}`, `{{break}}`,
	} {
		t.Run(source, func(t *testing.T) {
			if _, err := template.New("x").Funcs(funcs).Parse(source); err != nil {
				t.Skip(err) // one of the language that html/template refuses too
			}
			got, want, why := both(t, source, sample)
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if known := !strings.Contains(strings.Join(fallen, "\n"), source); want != "" && (why == nil) != known {
				t.Errorf("it is known: %v, want %v: %v", why == nil, known, why)
			}
			if got, want, _ := both(t, source, &sample); got != want {
				t.Errorf("of a pointer: got  %s\nwant %s", got, want)
			}
		})
	}
}

// fallen are the templates that html/template writes.
var fallen = []string{`<p title={{.Name}}>`, `<script>var x = {{.Name}}</script>`, `{{.Name | printf "%q"}}`, `{{one}}{{mark .Name}}{{(mark "x")}}<p title="{{mark "x"}}">{{.Next.Any}}`,
	`{{range .Count}}x{{end}}`}

// TestLanguages: one press writes in each language what html/template writes with that
// language's functions and words; so does html/template where a press gives up.
func TestLanguages(t *testing.T) {
	words := [][]string{{"Menu", "Speise &amp; Karte"}, {"en", "de"}}
	greet := []template.FuncMap{}
	for _, hello := range []string{"Hello", "Hallo <"} {
		greet = append(greet, template.FuncMap{"hello": func(name string) string { return hello + " " + name }, "count": func(n int) []string { return []string{hello}[:n] },
			"say": func(s string, of ...any) string { return hello + s + fmt.Sprint(of...) }, "mark": func(s string) template.HTML { return template.HTML("<b>" + template.HTMLEscapeString(hello) + "</b>") },
			"one": func() string { return hello }, "tr": func(t text) template.HTML { return template.HTML(template.HTMLEscapeString(hello + t["en"])) }})
	}
	source := func(menu, lang string) string {
		return `<a href="/` + lang + `/x?{{.Name}}" title="` + menu + `">` + menu + `/` + menu + `</a>{{hello .Name}}{{range count 1}}{{.}}{{end}}{{say "!" .Count}}{{mark .Name}}{{one}}{{tr .Title}}` +
			`{{define "falls"}}` + menu + `{{hello .Name | printf "%q"}}{{end}}`
	}
	parse := func(language int) (*template.Template, error) {
		return template.New("x").Funcs(greet[language]).Parse(source(words[0][language], words[1][language]))
	}
	direct := []map[string]press.Direct{}
	for _, g := range greet {
		direct = append(direct, map[string]press.Direct{"tr": press.Of(g["tr"].(func(text) template.HTML))})
	}
	p := press.New(press.Config{Set: template.Must(template.New("x").Funcs(greet[0]).Parse(source(press.Mark(0), press.Mark(1)))), Words: words, Funcs: greet, Direct: direct, Parse: parse})
	for _, name := range []string{"x", "falls"} {
		for language := range greet {
			var want strings.Builder
			if err := template.Must(parse(language)).ExecuteTemplate(&want, name, sample); err != nil {
				t.Fatal(err)
			}
			if got, err := p.Append(nil, language, name, sample); err != nil || string(got) != want.String() {
				t.Errorf("%s in %d: %v\ngot  %s\nwant %s", name, language, err, got, want.String())
			}
		}
	}
	if fell := p.Fell(); fell != 2 || p.Why("x") != nil {
		t.Errorf("html/template wrote %d pages, want the 2 that a press does not know: %v", fell, p.Why("x"))
	}
}

// TestUnknownMark: a mark without words is no page of a press.
func TestUnknownMark(t *testing.T) {
	p := pressOf(func() *template.Template { return template.Must(template.New("x").Parse("a" + press.Mark(7) + "b")) })
	if p.Why("x") == nil {
		t.Error("a mark that stands for nothing was written")
	}
}

// FuzzEscape: a string of any kind stands everywhere as html/template escapes it.
func FuzzEscape(f *testing.F) {
	for _, s := range []string{"", "<a href='x'>&amp;+\x00", "javascript:alert(1)", "HTTPS://x/%zz%41 é\xff", "/a?b=c&d#e;f,(g)'\"!*", "mailto:a@b", "a:b/c", "\u2028\ufdd0\n\t `=", "%", "%4", "&#34;<"} {
		f.Add(s)
	}
	p := pressOf(func() *template.Template { return template.Must(template.New("x").Funcs(funcs).Parse(everywhere)) })
	set := template.Must(template.New("x").Funcs(funcs).Parse(everywhere))
	f.Fuzz(func(t *testing.T, s string) {
		data := map[string]any{"S": s, "H": template.HTML(s), "U": template.URL(s), "C": code(s), "N": template.HTML(strings.ReplaceAll(s, "<", "&lt;"))}
		got, err := p.Append(nil, 0, "x", data)
		if err != nil || p.Fell() > 0 || p.Why("x") != nil {
			t.Fatal(err, p.Why("x"), "a page fell")
		}
		var want strings.Builder
		if err := set.Execute(&want, data); err != nil {
			t.Fatal(err)
		}
		if string(got) != want.String() {
			t.Errorf("got  %s\nwant %s", got, want.String())
		}
	})
}

const everywhere = `<title>{{.S}}{{.H}}{{.C}}</title><p>{{.S}}|{{.H}}|{{.U}}|{{.C}}</p><a title="{{.S}}|{{.N}}|{{.U}}|{{.C}}" href="{{.S}}">1</a><a href="{{.H}}">2</a>
<a href="{{.U}}">3</a><a href="{{.C}}">4</a><a href="/x/{{.S}}{{.U}}{{.C}}">5</a><a href="/x?y={{.S}}&amp;z={{.U}}{{.H}}#{{.S}}">6</a><img src="{{.S}}" alt='{{.S}}'>`
