package web

import (
	"bytes"
	"html/template"
	"strings"
	"text/template/parse"

	"kept/internal/locale"
)

// Most of what a page computes are links to other pages of the site. Where a template
// says href="{{href .Href}}", html/template would filter, normalise and escape what is
// known to be a path of ours, one call after another; shortLinks lets one function
// write the attribute whole.

const beforeLink, linkFunction = ` href="`, "link"

// shortLinks turns href="{{href …}}" into {{link …}} in a list of nodes.
func shortLinks(list *parse.ListNode) {
	for i := 0; i+2 < len(list.Nodes); i++ {
		before, ok1 := list.Nodes[i].(*parse.TextNode)
		link, ok2 := list.Nodes[i+1].(*parse.ActionNode)
		after, ok3 := list.Nodes[i+2].(*parse.TextNode)
		if !ok1 || !ok2 || !ok3 || !bytes.HasSuffix(before.Text, []byte(beforeLink)) || !bytes.HasPrefix(after.Text, []byte(`"`)) {
			continue
		}
		if len(link.Pipe.Decl) > 0 || len(link.Pipe.Cmds) != 1 {
			continue
		}
		args := link.Pipe.Cmds[0].Args
		name, ok := args[0].(*parse.IdentifierNode)
		if !ok || name.Ident != "href" || len(args) != 2 {
			continue
		}
		if _, literal := args[1].(*parse.StringNode); literal { // it is written once
			continue
		}
		name.Ident = linkFunction
		before.Text = before.Text[:len(before.Text)-len(beforeLink)]
		after.Text = after.Text[1:]
	}
}

// link is the attribute that leads to an address of the site in a language.
func link(lang locale.Lang, address string) template.HTMLAttr {
	return template.HTMLAttr(beforeLink + "/" + string(lang) + inAttribute(address) + `"`)
}

// inAttribute escapes the rest of an address that begins with a path of ours: what
// stands in no address is percent-encoded, what an attribute reads otherwise is escaped.
func inAttribute(address string) string {
	for i := 0; i < len(address); i++ {
		if !plainByte(address[i]) {
			return escapeAddress(address)
		}
	}
	return address
}

func plainByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("/-._~?=#:@!$*,;%[]", c) >= 0
}

func escapeAddress(address string) string {
	const hex = "0123456789abcdef"
	var b strings.Builder
	for i := 0; i < len(address); i++ {
		switch c := address[i]; {
		case plainByte(c):
			b.WriteByte(c)
		case c == '&':
			b.WriteString("&amp;")
		case c == '+':
			b.WriteString("&#43;")
		default:
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}
