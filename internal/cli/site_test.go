package cli_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"kept/internal/export"
	"kept/record"
)

// TestExportSite writes a site as files, and checks the record in them as strangers do:
// in the folder, and from an ordinary web server.
func TestExportSite(t *testing.T) {
	data := newRecord(t, "harbour")
	site := filepath.Join(t.TempDir(), "public")
	public := []string{"--operator", "Example Institute", "--contact", "mailto:a@b.example", "--privacy", "https://b.example/privacy"}
	all := func(args ...string) []string {
		return append(append([]string{"export", "site", data}, args...), public...)
	}
	r := decode[export.Result](t, must(t, all("-o", site, "--json")...))
	if r.Pages < 600 || r.Changed != r.Files || r.Size == 0 || len(r.Dead) > 0 {
		t.Errorf("got %+v", r)
	}
	kept(all("-o", site)...).want(t, 0, "0 files written, 0 deleted")
	server := httptest.NewServer(http.FileServer(http.Dir(site)))
	defer server.Close()
	for _, place := range []string{site, server.URL} {
		report := decode[record.Report](t, must(t, "verify", place, "--json"))
		if report.Size != r.Size || report.Words == 0 || len(report.Faults) > 0 {
			t.Errorf("%s: %+v", place, report)
		}
	}
	bundle := site + ".tar.zst"
	must(t, all("-o", bundle, "--live", "https://c.example/")...)
	if info, err := os.Stat(bundle); err != nil || info.Size() < 100_000 {
		t.Errorf("the bundle: %v, %v", info, err)
	}
	kept(all()...).want(t, 2, "-o")
	kept(all("-o", site, "--date", "2999-01-01")...).want(t, 2, "--date")
	kept(all("-o", data)...).want(t, 1, "no export of ours")
	kept("export", "site", "-o", site, data).want(t, 1, "--operator")
	kept("export", "site", "-o", site, filepath.Join(t.TempDir(), "none")).want(t, 1, "kept init")
}
