package export

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"

	"kept/internal/locale"
	"kept/internal/web"
	"kept/internal/web/relink"
)

// target is where an address of the site leads in the export.
type target struct {
	kind  web.Kind
	name  string // of the file; of a page, below its language
	apart bool   // a page that is made in each language apart
	made  string // and the folders of those in which it was met
}

// linker rewrites the links of pages, so that they lead from file to file, from a
// folder as from a server. Each worker has one of its own: what it met once it knows.
type linker struct {
	still  *web.Still
	reader *web.Reader
	names  *names
	base   string // address that the pages print for the site
	live   string // address of the live site, "" for none
	known  map[string]target
	room   []byte    // for a page whose forms are taken out
	found  []address // met for the first time, in their order
	dead   []string  // that lead nowhere
	fault  error
}

// address is a page or file that something links to.
type address struct {
	to   string // without language and fragment
	kind web.Kind
	lang locale.Lang // of a page that is made in one language only; else ""
}

// upFrom leads from a file to the root of the export.
func upFrom(file string) string { return strings.Repeat("../", strings.Count(file, "/")) }

// page writes a page at an address behind what dst holds, with its links rewritten; up
// leads from it to the root.
func (l *linker) page(dst, body []byte, lang locale.Lang, at, up string) []byte {
	out := relink.Append(dst, body, func(link relink.Link) (relink.Parts, bool) {
		if link.Attribute == "action" { // a form asks the program
			return relink.Parts{l.live, link.Address}, l.live != ""
		}
		return l.link(link.Address, lang, at, up)
	})
	page := out[len(dst):]
	if l.live != "" || !bytes.Contains(page, []byte("<form")) {
		return out
	}
	l.room = append(l.room[:0], page...)
	return relink.AppendForms(out[:len(dst)], l.room, `<p class="note">`+lang.T("copy.form")+`</p>`)
}

// link is where an address on a page leads; false where it can lead nowhere.
func (l *linker) link(to string, lang locale.Lang, at, up string) (relink.Parts, bool) {
	whole, named := to, false
	if l.live == "" && len(to) > len(l.base) && to[len(l.base)] == '/' && to[:len(l.base)] == l.base {
		to, named = to[len(l.base):], true // the page names itself by an address that nobody serves
	}
	switch {
	case to == "" || to[0] == '#':
		return relink.Parts{to}, true
	case to[0] == '/' && !strings.HasPrefix(to, "//"):
	case to[0] == '/' || scheme.MatchString(to):
		return relink.Parts{to}, true // out of the site, or data
	default:
		to = beside("/"+string(lang)+at, to)
	}
	if !named {
		whole = to
	}
	fragment := ""
	if i := strings.IndexByte(to, '#'); i >= 0 {
		to, fragment = to[:i], to[i:]
	}
	to = strings.TrimSuffix(to, "?") // the first page of a list
	in := ""
	if len(to) > 2 && (len(to) == 3 || to[3] == '/' || to[3] == '?') && locale.Known(to[1:3]) {
		in = inside[to[1:3]]
		if to = to[3:]; to == "" || to[0] == '?' {
			to = "/" + to
		}
	}
	t, ok := l.known[to]
	if !ok {
		t = l.meet(strings.Clone(to))
	}
	switch t.kind {
	case web.Page:
		l.alone(to, t, in)
		fallthrough
	case web.Twin, web.File:
		return relink.Parts{up, in, t.name, fragment}, true
	case web.Nowhere:
		if named { // a page of the operator's own under the name of the site
			return relink.Parts{whole}, true
		}
		l.dead = append(l.dead, strings.Clone(whole))
	}
	return relink.Parts{l.live, whole}, l.live != ""
}

// alone notes a page that is made in each language apart, once for each in which it is met.
func (l *linker) alone(to string, t target, in string) {
	if !t.apart || in == "" || strings.Contains(t.made, in) {
		return
	}
	to = strings.Clone(to)
	t.made += in
	l.known[to] = t
	l.found = append(l.found, address{to, t.kind, locale.Lang(strings.TrimSuffix(in, "/"))})
}

// inside is the folder of each language.
var inside = func() map[string]string {
	all := map[string]string{}
	for _, lang := range locale.Langs {
		all[string(lang)] = string(lang) + "/"
	}
	return all
}()

var scheme = regexp.MustCompile(`^[a-z][a-z0-9+.-]*:`)

// beside is where a relative link on a page leads.
func beside(page, to string) string {
	base, err := url.Parse(page)
	if err != nil {
		return to
	}
	u, err := base.Parse(to)
	if err != nil {
		return to
	}
	return u.String()
}

// meet finds out about an address that is new to this worker.
func (l *linker) meet(to string) target {
	t := target{kind: l.still.Kind(to)}
	u, err := url.Parse(to)
	if err != nil {
		t.kind = web.Nowhere
	}
	switch t.kind {
	case web.Page:
		t.name, t.apart = l.names.page(u), l.still.Apart(to)
	case web.Twin:
		t.name = l.names.file(u, "")
	case web.File:
		ending, err := l.ending(u.Path)
		if err != nil && l.fault == nil {
			l.fault = err
		}
		t.name = l.names.file(u, ending)
	}
	if t.name != "" && !t.apart {
		l.found = append(l.found, address{to, t.kind, ""})
	}
	l.known[to] = t
	return t
}

// ending is what a file's name needs behind its address, so that a folder tells its
// kind as a server does with a header.
func (l *linker) ending(path string) (string, error) {
	if digest, ok := strings.CutPrefix(path, "/evidence/"); ok {
		if strings.HasSuffix(digest, "/picture") {
			return ".jpg", nil
		}
		kind, err := l.reader.DocumentType(digest)
		return "/document." + kind, err
	}
	if strings.HasPrefix(path, "/record/receipts/") && !strings.HasSuffix(path, ".json") {
		return ".json", nil
	}
	return "", nil
}
