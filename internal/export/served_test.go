package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"

	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/db"
	"kept/internal/export"
	"kept/internal/locale"
	"kept/internal/web/relink"
	"kept/record"
)

var idAttribute = regexp.MustCompile(`\sid="([^"]*)"`)

// openStore is a store of its own with readers enough.
func openStore(t testing.TB) *db.DB {
	t.Helper()
	store, err := db.Open(t.Context(), db.Config{Dir: t.TempDir(), Readers: 3})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// TestWholeExport writes the Global Digital Compact and looks at every page in all six
// languages as they lie in the folder, at all of it as an ordinary web server serves
// it, at the twins, and at the record.
func TestWholeExport(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "site")
	still := newStill(t, newRecord(t, openStore(t), compacts.GDC()), "", 2)
	r := write(t, still, dir)
	if len(r.Dead) > 0 {
		t.Errorf("links that lead nowhere: %v", r.Dead)
	}
	if r.Pages < 10000 {
		t.Errorf("got %d pages, want all of them", r.Pages)
	}
	checkFolder(t, dir, r)
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer server.Close()
	crawlServed(t, server)
	for place, source := range map[string]record.Source{"folder": record.DirSource(filepath.Join(dir, "record")), "server": record.HTTPSource(server.URL+"/record", nil)} {
		report, err := record.Verify(t.Context(), source, record.Options{})
		if err != nil || len(report.Faults) > 0 || report.Size != r.Size {
			t.Errorf("the record in the %s: %v, %+v; want %d entries without a fault", place, err, report, r.Size)
		}
	}
}

// checkFolder looks at every file that the manifest lists, and that it lists every file.
func checkFolder(t *testing.T, dir string, r *export.Result) {
	t.Helper()
	var m export.Manifest
	b, err := os.ReadFile(filepath.Join(dir, "export.json"))
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil {
		t.Fatal(err)
	}
	listed, pages := map[string]bool{"export.json": true}, 0
	for _, f := range m.Files {
		listed[f.Name] = true
		body, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Name)))
		if err != nil || int64(len(body)) != f.Size || record.DigestOf(body).String() != f.SHA256 {
			t.Errorf("%s is not as listed: %v, %d bytes", f.Name, err, len(body))
		}
		switch path.Ext(f.Name) {
		case ".html":
			pages++
			checkPage(t, dir, f.Name, body)
		case ".json":
			if !json.Valid(body) {
				t.Errorf("%s is no JSON", f.Name)
			}
		case ".csv":
			if rows, err := csv.NewReader(bytes.NewReader(body)).ReadAll(); err != nil || len(rows) == 0 {
				t.Errorf("%s: %d rows, %v", f.Name, len(rows), err)
			}
		}
	}
	if want := m.Pages + 2 + len(locale.Langs); pages != want { // the front door, and what is shown for nothing
		t.Errorf("%d pages in the folder, want %d", pages, want)
	}
	_ = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if rel, _ := filepath.Rel(dir, name); err != nil || !d.IsDir() && !listed[filepath.ToSlash(rel)] {
			t.Errorf("%s is not listed (%v)", rel, err)
		}
		return nil
	})
	if len(m.Files) != r.Files {
		t.Errorf("%d files listed, %d told", len(m.Files), r.Files)
	}
}

// checkPage follows every link of a page within the folder, without a server.
func checkPage(t *testing.T, dir, name string, body []byte) {
	for _, bad := range []string{"<form", "⟦", "<script", "http://localhost"} {
		if bytes.Contains(body, []byte(bad)) {
			t.Errorf("%s shows %q", name, bad)
		}
	}
	lang := strings.SplitN(name, "/", 2)[0]
	if locale.Known(lang) && !bytes.Contains(body, []byte(`<html lang="`+lang+`"`)) {
		t.Errorf("%s is in another language", name)
	}
	from := "/" + name
	if strings.HasSuffix(name, "404.html") {
		from = "/shown/anywhere"
	}
	base := &url.URL{Path: from}
	relink.Page(body, func(l relink.Link) (string, bool) {
		u, err := url.Parse(l.Address)
		if err != nil {
			t.Errorf("%s: the link %q: %v", name, l.Address, err)
			return l.Address, true
		}
		if u.Scheme != "" || u.Host != "" {
			if u.Host == "gdc.example" && u.Path != "/privacy" {
				t.Errorf("%s leads to %s, where nobody serves", name, l.Address)
			}
			return l.Address, true
		}
		to := base.ResolveReference(u)
		if u.RawQuery != "" {
			t.Errorf("%s asks a file: %s", name, l.Address)
		}
		if u.Path == "" { // on this page
			return l.Address, true
		}
		there, err := os.Stat(filepath.Join(dir, filepath.FromSlash(to.Path)))
		if err != nil || there.IsDir() {
			t.Errorf("%s leads to %s, which is no file", name, l.Address)
		}
		return l.Address, true
	})
}

// crawlServed follows the links of English pages as a browser does, with their
// anchors, and asks once for each address as it is on the live site.
func crawlServed(t *testing.T, server *httptest.Server) {
	t.Helper()
	seen, queue := map[string]bool{}, []string{"/", "/en/items/P11d"}
	anchors := map[string]map[string]bool{}
	var wanted [][3]string
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		answer, err := server.Client().Get(server.URL + at)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s: got status %d, want 200", at, answer.StatusCode)
			continue
		}
		if !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
			continue
		}
		final := answer.Request.URL
		if anchors[final.Path] == nil {
			anchors[final.Path] = map[string]bool{}
			for _, m := range idAttribute.FindAllSubmatch(body, -1) {
				anchors[final.Path][string(m[1])] = true
			}
		}
		relink.Page(body, func(l relink.Link) (string, bool) {
			u, err := url.Parse(l.Address)
			if err != nil || u.IsAbs() || u.Host != "" {
				return l.Address, true
			}
			to := final.ResolveReference(u)
			page := strings.TrimSuffix(to.Path, "index.html")
			if to.Fragment != "" && strings.HasPrefix(page, "/en/") {
				wanted = append(wanted, [3]string{at, page, to.Fragment})
			}
			lang := strings.SplitN(strings.TrimPrefix(page, "/"), "/", 2)[0]
			if (!locale.Known(lang) || lang == "en") && !seen[page] {
				seen[page] = true
				queue = append(queue, page)
			}
			return l.Address, true
		})
	}
	for _, w := range wanted {
		if !anchors[w[1]][w[2]] {
			t.Errorf("%s leads to #%s of %s, where no such place is", w[0], w[2], w[1])
		}
	}
	if len(seen) < 3000 {
		t.Errorf("only %d addresses were found", len(seen))
	}
	for _, address := range []string{"/ar", "/zh/items/P11d", "/ru/record/entries/3", "/items/P11d.json", "/commitments.csv", "/404.html"} {
		answer, err := server.Client().Get(server.URL + address)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Errorf("%s: %v, %v; want it under the address of the live site", address, answer, err)
			continue
		}
		answer.Body.Close()
	}
}
