package script

import (
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// document is a page that was read, with the form that is being filled in.
type document struct {
	address *url.URL
	status  int
	root    *html.Node
	forms   []*form
	text    string // of the main part, blanks as one
	raw     []byte
}

// form is one form of a page.
type form struct {
	action, method string
	upload         bool
	fields         []*field
	buttons        []string // what stands on them
}

// field is one control of a form.
type field struct {
	name, label, kind string
	group             string            // the legend above a group of boxes
	values            []string          // what would be sent
	options           map[string]string // words → value
}

func read(address *url.URL, status int, body []byte) (*document, error) {
	root, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		return nil, err
	}
	d := &document{address: address, status: status, root: root, raw: body}
	main := first(root, "main")
	if main == nil {
		main = root
	}
	d.text = words(main)
	walk(root, func(n *html.Node) {
		if n.Data == "form" {
			d.forms = append(d.forms, readForm(n))
		}
	})
	return d, nil
}

func readForm(n *html.Node) *form {
	f := &form{action: attr(n, "action"), method: strings.ToLower(attr(n, "method")), upload: attr(n, "enctype") == "multipart/form-data"}
	labels := map[string]string{}
	walk(n, func(c *html.Node) {
		if c.Data == "label" {
			labels[attr(c, "for")] = words(c)
		}
	})
	legends := map[*html.Node]string{}
	walk(n, func(set *html.Node) {
		if set.Data == "fieldset" {
			if l := first(set, "legend"); l != nil {
				walk(set, func(c *html.Node) { legends[c] = strings.TrimSuffix(words(l), " may stay empty") })
			}
		}
	})
	walk(n, func(c *html.Node) {
		switch c.Data {
		case "input", "textarea", "select":
			f.add(c, labels[attr(c, "id")], legends[c])
		case "button":
			f.buttons = append(f.buttons, words(c))
			if name := attr(c, "name"); name != "" {
				f.fields = append(f.fields, &field{name: name, label: words(c), kind: "button", options: map[string]string{words(c): attr(c, "value")}})
			}
		}
	})
	return f
}

func (f *form) add(n *html.Node, label, group string) {
	c := &field{name: attr(n, "name"), label: strings.TrimSuffix(label, " may stay empty"), kind: n.Data, group: group, options: map[string]string{}}
	value := attr(n, "value")
	switch {
	case n.Data == "textarea":
		c.values = []string{raw(n)}
	case n.Data == "select":
		if has(n, "multiple") {
			c.kind = "many"
		}
		first := true
		walk(n, func(o *html.Node) {
			if o.Data != "option" {
				return
			}
			c.options[words(o)] = attr(o, "value")
			if has(o, "selected") || first && c.kind == "select" {
				c.values = []string{attr(o, "value")}
			}
			first = false
		})
	case attr(n, "type") == "checkbox" || attr(n, "type") == "radio":
		c.kind = attr(n, "type")
		c.options[label] = value
		if has(n, "checked") {
			c.values = []string{value}
		}
	case attr(n, "type") == "file":
		c.kind = "file"
	case attr(n, "type") == "hidden":
		c.kind = "hidden"
		c.values = []string{value}
	default:
		c.values = []string{value}
	}
	f.fields = append(f.fields, c)
}

// set puts a value into a field: by the words of an option, or as it is.
func (c *field) set(value string) error {
	switch c.kind {
	case "checkbox", "radio":
		if value == "yes" || value == c.label || value == c.options[c.label] {
			for _, v := range c.options {
				c.values = []string{v}
			}
			return nil
		}
		c.values = nil
		return nil
	case "select", "many":
		for label, code := range c.options {
			if code == value || strings.EqualFold(label, value) {
				if c.kind == "many" {
					c.values = append(c.values, code)
				} else {
					c.values = []string{code}
				}
				return nil
			}
		}
		return fmt.Errorf("%q is none of the choices of %s: %v", value, c.name, c.options)
	}
	c.values = []string{value}
	return nil
}

// find is the field of a form by its name or label; a box of a group by the group's name and its own label.
func (f *form) find(name, value string) *field {
	for _, c := range f.fields {
		if c.kind == "checkbox" && (c.name == name || c.group == name && name != "") && (c.options[c.label] == value || c.label == value) {
			return c
		}
	}
	for _, c := range f.fields {
		if c.kind != "hidden" && c.kind != "button" && (c.name == name || c.label == name) {
			return c
		}
	}
	return nil
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func walk(n *html.Node, see func(*html.Node)) {
	if n.Type == html.ElementNode {
		see(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, see)
	}
}

func first(n *html.Node, tag string) (found *html.Node) {
	walk(n, func(c *html.Node) {
		if found == nil && c.Data == tag {
			found = c
		}
	})
	return found
}

func raw(n *html.Node) string {
	var b strings.Builder
	var in func(*html.Node)
	in = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			in(c)
			if n.Type == html.ElementNode && c.Type == html.ElementNode && c.Data != "bdi" && c.Data != "b" && c.Data != "a" && c.Data != "ins" && c.Data != "del" {
				b.WriteString(" ")
			}
		}
	}
	in(n)
	return b.String()
}

// words is the text of a part of a page, with single blanks.
func words(n *html.Node) string { return strings.Join(strings.Fields(raw(n)), " ") }

// walkLinks calls see with the words and address of each link under a node.
func walkLinks(n *html.Node, see func(text, href string)) {
	walk(n, func(c *html.Node) {
		if c.Data == "a" && has(c, "href") {
			see(words(c), attr(c, "href"))
		}
	})
}
