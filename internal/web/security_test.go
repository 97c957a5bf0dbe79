package web_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"kept/compacts"
	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// request sends any request to a site the way a proxy would hand it over.
func request(site http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	return w
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	site := gdcSite(t)
	for _, address := range []string{"/", "/en/", "/ar/items/P11d", "/en/items/ZZ9", "/en/nowhere", "/xx/items", "/items/P11d.json", "/items.csv", "/commitments/none.json",
		"/calendar.ics", "/record/checkpoint", "/record/nothing", "/record/receipts/0", "/record/receipts/x", "/healthz", "/metrics", "/en/commitments/new", "/enter", "/en//items", "/en/../items",
		"/en/items/%00", "/en/items/%FF"} {
		w := get(site, address)
		h := w.Header()
		if got := h.Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("%s (%d): X-Content-Type-Options is %q, want nosniff", address, w.Code, got)
		}
		if got := h.Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'none'") || strings.Contains(got, "unsafe") {
			t.Errorf("%s (%d): Content-Security-Policy is %q", address, w.Code, got)
		}
		if got := h.Get("Set-Cookie"); got != "" {
			t.Errorf("%s (%d) sets the cookie %q", address, w.Code, got)
		}
		if w.Code >= http.StatusInternalServerError {
			t.Errorf("%s: got status %d", address, w.Code)
		}
	}
}

func TestSamePageForEverybody(t *testing.T) {
	site := gdcSite(t)
	for _, address := range []string{"/en/", "/en/items/P11d", "/en/stakeholders/1", "/en/record"} {
		plain := get(site, address)
		with := get(site, address, "Cookie", "kept=0123456789abcdef; __Host-kept=x; lang=ar", "Accept-Language", "ar")
		if plain.Body.String() != with.Body.String() {
			t.Errorf("%s differs for somebody with a cookie", address)
		}
	}
}

func TestHostileTextIsInert(t *testing.T) {
	site, k := newSite(t, compacts.Harbour())
	harbourPast(t, k)
	const script, formula = `"><script>alert(1)</script><img src=x onerror=alert(1)>`, `=HYPERLINK("https://evil.example","x")`
	names := []string{script, formula, "@SUM(1)", "+1", "-1+2", "javascript:alert(1)"}
	var ids []int64
	for _, name := range names {
		words := stakeholder.Clean(stakeholder.KindRegistered, map[string]string{"name.und": name, "purpose.en": "\u202e" + script})
		out, err := k.Submit(t.Context(), "", keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat, Facts: stakeholder.Registered{Kind: "local-authority", Area: "QM"}, Words: words})
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		ids = append(ids, out[0].Index)
	}
	for _, id := range ids {
		for _, address := range []string{"/en/stakeholders/", "/ar/stakeholders/", "/en/record/entries/"} {
			body := page(t, site, address+itoa(id), http.StatusOK)
			for _, bad := range []string{"<script", "<img", "\u202e", `href="javascript:`} {
				if strings.Contains(body, bad) {
					t.Errorf("%s%d holds %q", address, id, bad)
				}
			}
		}
	}
	for _, line := range strings.Split(page(t, site, "/stakeholders.csv", http.StatusOK), "\n") {
		for _, cell := range []string{`,"=`, ",=", ",@", ",+", ",-1+"} {
			if strings.Contains(line, cell) {
				t.Errorf("a spreadsheet would run %s", line)
			}
		}
	}
	_, err := k.Submit(t.Context(), "", keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat,
		Facts: stakeholder.Registered{Kind: "local-authority", Area: "QM"}, Words: map[string]string{"name.und": "a", "web.und": "javascript:alert(1)"}})
	if err == nil {
		t.Error("an address that is a script was taken")
	}
}

func TestRecordPathsStayInside(t *testing.T) {
	site := gdcSite(t)
	for _, path := range []string{"../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/record.key", "tile/../../record.key", "tile/8/0/000", "tile/0/-1", "tile/0/x001/00", "tile/0/000.p/0",
		"tile/0/000.p/257", "tile/entries/999", "blobs/..", "blobs/zz", "words/99999999999999999999", "words/-1", "key/x", "checkpoint/", "record.key", "%00", "tile/0/%00"} {
		w := get(site, "/record/"+path)
		if w.Code == http.StatusOK || w.Code >= http.StatusInternalServerError {
			t.Errorf("/record/%s: got status %d", path, w.Code)
		}
		if body := w.Body.String(); strings.Contains(body, "root:") || strings.Contains(body, "PRIVATE") {
			t.Errorf("/record/%s gives a file away", path)
		}
	}
}

func TestHugeQuery(t *testing.T) {
	site := gdcSite(t)
	w := get(site, "/en/items?q="+strings.Repeat("a", 1<<20))
	if w.Code != http.StatusUnprocessableEntity || w.Body.Len() > 64<<10 {
		t.Errorf("a query of 1 MB: got status %d and %d bytes", w.Code, w.Body.Len())
	}
}

// TestCacheKnowsOneSpelling wants that nonsense in the address neither comes back
// on the page nor is kept.
func TestCacheKnowsOneSpelling(t *testing.T) {
	site := gdcSite(t)
	cached := func() string {
		for _, line := range strings.Split(get(site, "/metrics").Body.String(), "\n") {
			if n, ok := strings.CutPrefix(line, "kept_pages_cached "); ok {
				return n
			}
		}
		return ""
	}
	page(t, site, "/en/items?q=finance&sdg=9", http.StatusOK)
	before := cached()
	for _, address := range []string{"/en/items?sdg=9&q=finance", "/en/items?q=finance&sdg=9&x=1", "/en/items?q=finance&sdg=9&q=other", "/en/texts?cachebuster", "/items.json?lang=en&x=1", "/calendar.ics?lang=en&lang=ar", "/en/record?x"} {
		body := page(t, site, address, http.StatusOK)
		if strings.Contains(body, "cachebuster") {
			t.Errorf("%s repeats a parameter that it does not know", address)
		}
	}
	if after := cached(); after != before {
		t.Errorf("other spellings were kept: %s pages before, %s after", before, after)
	}
	page(t, site, "/en/items?q=health", http.StatusOK)
	if after := cached(); after == before {
		t.Error("a page under its own spelling was not kept")
	}
}

func TestConditionalAndHead(t *testing.T) {
	site := gdcSite(t)
	first := get(site, "/en/items")
	tag := first.Header().Get("Etag")
	for _, match := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
		w := get(site, "/en/items", "If-None-Match", match)
		if w.Code != http.StatusNotModified || w.Body.Len() != 0 {
			t.Errorf("If-None-Match %s: got status %d and %d bytes, want 304 and none", match, w.Code, w.Body.Len())
		}
	}
	if w := get(site, "/en/items", "If-None-Match", `"other"`); w.Code != http.StatusOK {
		t.Errorf("another tag: got status %d, want 200", w.Code)
	}
	for _, address := range []string{"/en/items", "/items.csv", "/record/checkpoint", "/en/items/ZZ9"} {
		r := httptest.NewRequest(http.MethodHead, testBase+address, nil)
		if got, want := request(site, r).Code, get(site, address).Code; got != want {
			t.Errorf("HEAD %s: got status %d, GET gives %d", address, got, want)
		}
	}
	head := request(site, httptest.NewRequest(http.MethodHead, testBase+"/en/items", nil))
	if head.Body.Len() != 0 || head.Header().Get("Content-Length") != first.Header().Get("Content-Length") {
		t.Errorf("HEAD: got %d bytes and length %s, want 0 and %s", head.Body.Len(), head.Header().Get("Content-Length"), first.Header().Get("Content-Length"))
	}
}

func TestEncodings(t *testing.T) {
	site := gdcSite(t)
	want := get(site, "/en/items").Body.Bytes()
	for accept, encoding := range map[string]string{"": "", "identity": "", "gzip": "gzip", "br": "br", "gzip, br": "br", "br;q=0, gzip": "gzip", "br; q=0.000, gzip;q=0": "",
		"gzip;q=0.5, br;q=0.1": "br", "zstd": "", "gzip;q=0": "", "deflate, gzip;q=1.0, *;q=0.5": "gzip", "brother": "", ",,;": ""} {
		w := get(site, "/en/items", "Accept-Encoding", accept)
		if got := w.Header().Get("Content-Encoding"); got != encoding {
			t.Errorf("Accept-Encoding %q: got %q, want %q", accept, got, encoding)
			continue
		}
		var r io.Reader = w.Body
		switch encoding {
		case "gzip":
			z, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			r = z
		case "br":
			r = brotli.NewReader(w.Body)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("Accept-Encoding %q: the page comes out changed (%v)", accept, err)
		}
		if w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("Accept-Encoding %q: Vary is %q", accept, w.Header().Get("Vary"))
		}
	}
}

func TestMethodsAndLanguages(t *testing.T) {
	site := gdcSite(t)
	for _, test := range []struct {
		method, address string
		want            int
	}{
		{http.MethodPost, "/en/items", http.StatusMethodNotAllowed},
		{http.MethodDelete, "/en/items/P11d", http.StatusMethodNotAllowed},
		{http.MethodPut, "/items.json", http.StatusMethodNotAllowed},
		{"PROPFIND", "/", http.StatusMethodNotAllowed},
		{http.MethodPost, "/record/checkpoint", http.StatusMethodNotAllowed},
		{http.MethodPost, "/en/nowhere", http.StatusNotFound},
		{http.MethodGet, "/xx/items", http.StatusNotFound},
		{http.MethodGet, "/EN/items", http.StatusNotFound},
		{http.MethodGet, "/en-GB/items", http.StatusNotFound},
		{http.MethodGet, "/items.json?lang=xx", http.StatusUnprocessableEntity},
	} {
		w := request(site, httptest.NewRequest(test.method, testBase+test.address, nil))
		if w.Code != test.want {
			t.Errorf("%s %s: got status %d, want %d", test.method, test.address, w.Code, test.want)
		}
		if test.want == http.StatusMethodNotAllowed && w.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("%s %s: Allow is %q", test.method, test.address, w.Header().Get("Allow"))
		}
	}
}

// TestOtherNoun asks for entries under a noun that is not theirs.
func TestOtherNoun(t *testing.T) {
	site, k := newSite(t, compacts.Harbour())
	harbourPast(t, k)
	made := int64(0)
	if err := k.DB().Read(t.Context(), func(tx *db.Tx) error {
		list, err := commitment.List(tx, commitment.Filter{Today: "2026-11-21"})
		made = list.List[0].ID
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		"/en/commitments/1":                     `href="/en/stakeholders/1"`,
		"/en/stakeholders/" + itoa(made):        `href="/en/commitments/` + itoa(made) + `"`,
		"/en/commitments/0":                     `href="/en/record/entries/0"`,
		"/en/commitments/" + itoa(1<<40):        "Nothing",
		"/en/stakeholders/18446744073709551616": "18446744073709551616",
	} {
		if body := page(t, site, address, http.StatusNotFound); !strings.Contains(body, want) {
			t.Errorf("%s does not say %s:\n%s", address, want, firstLines(body))
		}
	}
}
