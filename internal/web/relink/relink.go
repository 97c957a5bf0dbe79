// Package relink rewrites the addresses in a finished page: pages of the record as
// it was carry their date in every link, an export leads from file to file.
//
// It reads pages that this program's own templates wrote, where html/template has
// escaped whatever came from outside: names in lower case, a "<" only where a tag
// begins. In such a page it finds exactly what a browser finds. On anything else
// it changes nothing that it is not sure of, and never fails.
//
//	relink.Page(page, func(l relink.Link) (string, bool) { return prefix + l.Address, true })
package relink

import (
	"bytes"
	"html"
	"html/template"
	"slices"
	"strings"
	"unsafe"
)

// Link is an address in a page, with the place where it stands.
type Link struct {
	Element   string // "a", "link", "form", "img"
	Attribute string // "href", "src" or "action"
	Address   string // unescaped
}

// Page gives every href, src and action to a function and puts what it answers in
// its place; where it answers false the attribute goes, and what is left of a link is
// its words. What is answered as it was stays byte for byte, and costs no memory; a
// page in which nothing changes is given back itself. Strings that the function
// gets are parts of the page: who keeps them clones them.
func Page(page []byte, to func(Link) (address string, keep bool)) []byte {
	parts := func(l Link) (Parts, bool) {
		address, keep := to(l)
		return Parts{address}, keep
	}
	if out, changed := rewrite(nil, page, parts); changed {
		return out
	}
	return page
}

// Parts are an address in up to four parts, which nobody has to put together first.
type Parts [4]string

// are tells whether the parts are an address.
func (p Parts) are(address string) bool {
	for _, part := range p {
		if !strings.HasPrefix(address, part) {
			return false
		}
		address = address[len(part):]
	}
	return address == ""
}

// Append writes behind what dst holds what [Page] gives.
func Append(dst, page []byte, to func(Link) (address Parts, keep bool)) []byte {
	if out, changed := rewrite(dst, page, to); changed {
		return out
	}
	return append(dst, page...)
}

func rewrite(out, page []byte, to func(Link) (address Parts, keep bool)) (_ []byte, changed bool) {
	kept := 0 // what is copied to out already, of page
	p := parser{b: page}
	for p.next() {
		if p.value == nil || !addressed(p.attribute) {
			continue
		}
		was := html.UnescapeString(text(p.value))
		is, keep := to(Link{text(p.element), text(p.attribute), was})
		if keep && is.are(was) {
			continue
		}
		if !changed {
			out, changed = slices.Grow(out, len(page)+len(page)/4), true
		}
		if !keep {
			begin := p.valueAt - len(p.attribute) - len(`="`)
			out = append(out, bytes.TrimRight(page[kept:begin], " \n")...)
			kept = p.valueAt + len(p.value) + len(`"`)
			continue
		}
		out = append(out, page[kept:p.valueAt]...)
		for _, part := range is {
			out = appendEscaped(out, part)
		}
		kept = p.valueAt + len(p.value)
	}
	if changed {
		out = append(out, page[kept:]...)
	}
	return out, changed
}

// appendEscaped writes a part of an address as it stands in an attribute; most parts
// hold nothing to escape.
func appendEscaped(out []byte, part string) []byte {
	for i := range len(part) {
		if c := part[i]; c == '&' || c == '"' || c == '\'' || c == '<' || c == '>' || c == 0 {
			return append(out, template.HTMLEscapeString(part)...)
		}
	}
	return append(out, part...)
}

func addressed(attribute []byte) bool {
	switch string(attribute) {
	case "href", "src", "action":
		return true
	}
	return false
}

// AppendForms writes a page behind what dst holds, with other markup in the place of
// each form.
func AppendForms(dst, page []byte, markup string) []byte {
	kept := 0
	p := parser{b: page}
	for p.tag() {
		begin := p.at - len(p.element) - len("<")
		for p.inner() { // to the end of the tag
		}
		if string(p.element) != "form" || begin < kept {
			continue
		}
		end := bytes.Index(page[begin:], []byte("</form>"))
		if end < 0 {
			break
		}
		dst = append(append(dst, page[kept:begin]...), markup...)
		kept = begin + end + len("</form>")
		p.at, p.inTag = kept, false
	}
	return append(dst, page[kept:]...)
}

// text is bytes of the page as a string without a copy; the page is not written to.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// parser walks over the attributes of a page.
type parser struct {
	b  []byte
	at int

	inTag     bool
	element   []byte
	attribute []byte
	value     []byte // nil where the attribute has none in double quotes
	valueAt   int
}

// next goes on to the next attribute of any start tag.
func (p *parser) next() bool {
	for p.inTag || p.tag() {
		if p.inner() {
			return true
		}
	}
	return false
}

// inner goes on to the next attribute of this tag, or behind the tag.
func (p *parser) inner() bool {
	for p.at < len(p.b) && (space(p.b[p.at]) || p.b[p.at] == '/') {
		p.at++
	}
	if p.at < len(p.b) && p.b[p.at] != '>' {
		return p.read()
	}
	p.at = min(p.at+1, len(p.b))
	p.inTag = false
	p.skipRaw()
	return false
}

// tag goes on behind the name of the next start tag.
func (p *parser) tag() bool {
	for {
		i := bytes.IndexByte(p.b[p.at:], '<')
		if i < 0 || p.at+i+1 >= len(p.b) {
			return false
		}
		p.at += i + 1
		switch c := p.b[p.at]; {
		case letter(c):
			from := p.at
			for p.at < len(p.b) && !space(p.b[p.at]) && p.b[p.at] != '>' && p.b[p.at] != '/' {
				p.at++
			}
			p.element, p.inTag = p.b[from:p.at], true
			return true
		case bytes.HasPrefix(p.b[p.at:], []byte("!--")):
			if !p.behind("-->") {
				return false
			}
		case c == '!' || c == '?':
			if !p.behind(">") {
				return false
			}
		} // an end tag has no attributes: the next "<" is behind it
	}
}

// read takes one attribute; a value stands in double quotes, single quotes or none.
func (p *parser) read() bool {
	from := p.at
	for p.at++; p.at < len(p.b) && !space(p.b[p.at]) && p.b[p.at] != '=' && p.b[p.at] != '>' && p.b[p.at] != '/'; {
		p.at++
	}
	p.attribute, p.value = p.b[from:p.at], nil
	if p.at+1 >= len(p.b) || p.b[p.at] != '=' {
		return true
	}
	p.at++
	switch quote := p.b[p.at]; quote {
	case '"', '\'':
		p.at++
		end := bytes.IndexByte(p.b[p.at:], quote)
		if end < 0 { // the page ends inside a value: nothing here is sure
			p.at = len(p.b)
			return true
		}
		if quote == '"' {
			p.value, p.valueAt = p.b[p.at:p.at+end], p.at
		}
		p.at += end + 1
	default:
		for p.at < len(p.b) && !space(p.b[p.at]) && p.b[p.at] != '>' {
			p.at++
		}
	}
	return true
}

// skipRaw goes behind what is no markup: style, script, and text that keeps "<".
func (p *parser) skipRaw() {
	switch string(p.element) {
	case "style", "script", "textarea", "title":
		if end := bytes.Index(p.b[p.at:], append([]byte("</"), p.element...)); end >= 0 {
			p.at += end
			return
		}
		p.at = len(p.b)
	}
}

// behind goes on behind the next occurrence of an ending.
func (p *parser) behind(ending string) bool {
	i := bytes.Index(p.b[p.at:], []byte(ending))
	if i < 0 {
		return false
	}
	p.at += i + len(ending)
	return true
}

func space(c byte) bool  { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }
func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
