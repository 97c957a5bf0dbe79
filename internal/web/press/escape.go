package press

import (
	"fmt"
	"html/template"
	"reflect"
	"strconv"
	"strings"
)

// content is what a string is, where html/template makes a difference.
type content uint8

const (
	plain     content = iota
	markup            // template.HTML
	attribute         // template.HTMLAttr
	address           // template.URL
	css
	script // template.JS
	other  // of another type that html/template knows
)

var stringType = reflect.TypeFor[string]()

var contentOf = map[reflect.Type]content{stringType: plain, reflect.TypeFor[template.HTML](): markup, reflect.TypeFor[template.HTMLAttr](): attribute,
	reflect.TypeFor[template.URL](): address, reflect.TypeFor[template.CSS](): css, reflect.TypeFor[template.JS](): script,
	reflect.TypeFor[template.JSStr](): other, reflect.TypeFor[template.Srcset](): other}

// value is the string as a value of its type.
func (c content) value(s string) reflect.Value {
	switch c {
	case plain:
		return reflect.ValueOf(s)
	case markup:
		return reflect.ValueOf(template.HTML(s))
	case attribute:
		return reflect.ValueOf(template.HTMLAttr(s))
	case css:
		return reflect.ValueOf(template.CSS(s))
	}
	dontKnow("a value of content %d", c)
	return reflect.Value{}
}

var (
	stringerType = reflect.TypeFor[fmt.Stringer]()
	errorType    = reflect.TypeFor[error]()
)

// stringify is what html/template makes of a value before it escapes it.
func stringify(v reflect.Value) (string, content) {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() {
		return "", plain
	}
	t := v.Type()
	switch v.Kind() {
	case reflect.String:
		if kind, known := contentOf[t]; known {
			return v.String(), kind
		}
	case reflect.Pointer:
		dontKnow("to print a %s", t)
	}
	if t.Implements(stringerType) || t.Implements(errorType) {
		return fmt.Sprint(v.Interface()), plain
	}
	switch v.Kind() {
	case reflect.String:
		return v.String(), plain
	case reflect.Int, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10), plain
	}
	return fmt.Sprint(v.Interface()), plain
}

// escaper writes a string as it must stand at its place.
type escaper func(dst []byte, s string, kind content) []byte

// escapers are those of html/template, by what it puts behind a value.
var escapers = map[string]escaper{
	"htmlescaper":                         inText,
	"attrescaper":                         inAttribute,
	"rcdataescaper":                       inTitle,
	"urlfilter urlnormalizer attrescaper": inAddress,
	"urlnormalizer attrescaper":           inPath,
	"urlescaper attrescaper":              inQuery,
	"htmlnamefilter":                      only(attribute),
	"cssvaluefilter":                      only(css),
	"jsvalescaper":                        only(script),
}

func inText(dst []byte, s string, kind content) []byte {
	if kind == markup {
		return append(dst, s...)
	}
	return escapeHTML(dst, s, true)
}

// inAttribute is a value in quotes. Of markup only its text stands there.
func inAttribute(dst []byte, s string, kind content) []byte {
	if kind == markup && strings.Contains(s, "<") {
		dontKnow("markup in an attribute")
	}
	return escapeHTML(dst, s, kind != markup)
}

func inTitle(dst []byte, s string, kind content) []byte {
	return escapeHTML(dst, s, kind != markup)
}

// inAddress is a whole address; one that would run a script goes.
func inAddress(dst []byte, s string, kind content) []byte {
	if kind != address && !safe(s) {
		s = "#ZgotmplZ"
	}
	return escapeHTML(dst, urlBytes(s, true), true)
}

func inPath(dst []byte, s string, _ content) []byte { return escapeHTML(dst, urlBytes(s, true), true) }

func inQuery(dst []byte, s string, kind content) []byte {
	return escapeHTML(dst, urlBytes(s, kind == address), true)
}

// only takes what is of a kind already, and nothing else.
func only(want content) escaper {
	return func(dst []byte, s string, kind content) []byte {
		if kind != want {
			dontKnow("a string of content %d for %d", kind, want)
		}
		return append(dst, s...)
	}
}

// replacements are what stands for a character in text and in attributes.
var replacements = [...]string{0: "\uFFFD", '"': "&#34;", '&': "&amp;", '\'': "&#39;", '+': "&#43;", '<': "&lt;", '>': "&gt;"}

// escapeHTML escapes; amp tells whether "&" is escaped too, which it is not in markup.
func escapeHTML(dst []byte, s string, amp bool) []byte {
	done := 0
	for i := range len(s) {
		c := s[i]
		if int(c) >= len(replacements) || replacements[c] == "" || c == '&' && !amp {
			continue
		}
		dst = append(append(dst, s[done:i]...), replacements[c]...)
		done = i + 1
	}
	return append(dst, s[done:]...)
}

// safe tells whether an address is relative or of a scheme that runs nothing.
func safe(s string) bool {
	scheme, _, found := strings.Cut(s, ":")
	return !found || strings.Contains(scheme, "/") ||
		strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "mailto")
}

// urlBytes escapes a part of an address; with norm, what may stand in an address stays.
func urlBytes(s string, norm bool) string {
	var b []byte
	done := 0
	for i := range len(s) {
		if stays(s, i, norm) {
			continue
		}
		b = append(append(b, s[done:i]...), '%', hexDigits[s[i]>>4], hexDigits[s[i]&15])
		done = i + 1
	}
	if done == 0 {
		return s
	}
	return string(append(b, s[done:]...))
}

const hexDigits = "0123456789abcdef"

func stays(s string, i int, norm bool) bool {
	switch c := s[i]; {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == '~':
		return true
	case c == '%':
		return norm && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2])
	}
	return norm && strings.IndexByte("!#$&*+,/:;=?@[]", s[i]) >= 0
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
