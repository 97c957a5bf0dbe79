package export

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path"
	"strings"

	"kept/internal/web"
)

// Addresses keep their shape: /en/items/P11d is en/items/P11d/index.html, which every
// web server answers for that address, and which a page in a folder can link to.
// What an address may hold and a file name may not is written "~" and two digits, so
// that no link needs an escape, no name leaves the folder, and none is special
// anywhere. A part that is too long is cut and ends in a digest.

// index is the file that stands for a folder.
const index = "index.html"

// longestPart is what every file system takes, with room for an ending.
const longestPart = 180

// names gives addresses their files.
type names struct {
	apart map[string]string // parts that some file system takes for another part → what they are called
}

// newNames looks for ids that differ in capitals only: on some systems two such files
// are one. The first in order keeps its name.
func newNames(ids []string) *names {
	n := &names{apart: map[string]string{}}
	first := map[string]string{}
	for _, id := range ids { // sorted
		folded := strings.ToLower(id)
		if other, taken := first[folded]; taken && other != id {
			n.apart[id] = partName(id) + "~" + digest(id)
			continue
		}
		first[folded] = id
	}
	return n
}

// of is the file of a page (below its language) or of a twin.
func (n *names) of(address string, kind web.Kind) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if kind == web.Twin {
		return n.file(u, "")
	}
	return n.page(u)
}

// page is the file of a page, below its language.
func (n *names) page(u *url.URL) string {
	name := n.parts(u.Path)
	if u.RawQuery != "" {
		name = path.Join(name, asked(u.RawQuery))
	}
	return path.Join(name, index)
}

// file is the file of an address without language; ending is put to names that have none.
func (n *names) file(u *url.URL, ending string) string {
	name := n.parts(u.Path)
	if u.RawQuery != "" {
		ext := path.Ext(name)
		name = strings.TrimSuffix(name, ext) + asked(u.RawQuery) + ext
	}
	return name + ending
}

// asked is what stands for the query of a list: "page=2" is "~page-2".
func asked(query string) string {
	short := strings.NewReplacer("=", "-", "&", "-").Replace(query)
	if len(short) <= 40 && short == partName(short) {
		return "~" + short
	}
	return "~" + digest(query)
}

func (n *names) parts(address string) string {
	parts := strings.Split(strings.Trim(address, "/"), "/")
	for i, p := range parts {
		ending := path.Ext(p)
		if ending != ".json" && ending != ".csv" {
			ending = ""
		}
		if other, ok := n.apart[strings.TrimSuffix(p, ending)]; ok {
			parts[i] = other + ending
		} else {
			parts[i] = partName(p)
		}
	}
	return strings.Join(parts, "/")
}

// partName is one part of a path as every file system takes it.
func partName(part string) string {
	var b strings.Builder
	for i := 0; i < len(part); i++ {
		if c := part[i]; plain(c) && !(c == '.' && (i == 0 || i == len(part)-1)) {
			b.WriteByte(c)
		} else {
			b.WriteString("~" + hex.EncodeToString([]byte{c}))
		}
	}
	name := b.String()
	if before, _, _ := strings.Cut(strings.ToLower(name), "."); devices[before] {
		name = "~" + name
	}
	if len(name) > longestPart {
		name = name[:longestPart-17] + "~" + digest(part)
	}
	return name
}

func plain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.'
}

// devices are names that Windows keeps for itself, with any ending.
var devices = map[string]bool{"con": true, "prn": true, "aux": true, "nul": true,
	"com1": true, "com2": true, "com3": true, "com4": true, "com5": true, "com6": true, "com7": true, "com8": true, "com9": true,
	"lpt1": true, "lpt2": true, "lpt3": true, "lpt4": true, "lpt5": true, "lpt6": true, "lpt7": true, "lpt8": true, "lpt9": true}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}
