package export

import (
	"io/fs"
	"net/url"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"kept/internal/web"
)

func TestNames(t *testing.T) {
	n := newNames([]string{"H.1", "P11D", "P11d", "other"})
	long := strings.Repeat("a", 300)
	for _, c := range []struct{ address, want string }{
		{"/", "index.html"},
		{"/items/P11d", "items/P11d~" + digest("P11d") + "/index.html"},
		{"/items/P11D", "items/P11D/index.html"},
		{"/stakeholders?page=2", "stakeholders/~page-2/index.html"},
		{"/stakeholders?after=a%2Fb", "stakeholders/~" + digest("after=a%2Fb") + "/index.html"},
		{"/items/P11d.json", "items/P11d~" + digest("P11d") + ".json"},
		{"/items/P11D.json", "items/P11D.json"},
		{"/commitments.csv?after=x", "commitments~after-x.csv"},
		{"/items/..", "items/~2e~2e/index.html"},
		{"/items/%2e%2e%2f%2e%2e%2fetc", "items/~2e~2e/~2e~2e/etc/index.html"},
		{"/items/con.x", "items/~con.x/index.html"},
		{"/items/a%00b", "items/a~00b/index.html"},
		{"/items/a:b*c", "items/a~3ab~2ac/index.html"},
		{"/items/~page-2", "items/~7epage-2/index.html"},
		{"/items/Ж", "items/~d0~96/index.html"},
		{"/items/" + long, "items/" + long[:longestPart-17] + "~" + digest(long) + "/index.html"},
	} {
		kind := web.Page
		if ending := path.Ext(c.want); ending == ".json" || ending == ".csv" {
			kind = web.Twin
		}
		if got := n.of(c.address, kind); got != c.want {
			t.Errorf("%s: got %s, want %s", c.address, got, c.want)
		}
	}
}

// FuzzNames: no address leads out of the folder, is too long for a file system, or
// shares its file with another.
func FuzzNames(f *testing.F) {
	f.Add("items/P11d", "items/p11d")
	f.Add("../../etc/passwd", "/..\\..\\x")
	f.Add("a~2fb", "a/b")
	f.Add("nul", "NUL.txt")
	f.Fuzz(func(t *testing.T, a, b string) {
		n := newNames(nil)
		of := func(path string) string { return n.page(&url.URL{Path: "/" + strings.Trim(path, "/")}) }
		x, y := of(a), of(b)
		if !fs.ValidPath(x) || !filepath.IsLocal(x) {
			t.Errorf("%q: %q leads out", a, x)
		}
		for _, part := range strings.Split(x, "/") {
			if len(part) > 200 || part == "" || strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".") {
				t.Errorf("%q: %q is no name everywhere", a, part)
			}
		}
		if x == y && strings.Trim(a, "/") != strings.Trim(b, "/") {
			t.Errorf("%q and %q are both %q", a, b, x)
		}
	})
}
