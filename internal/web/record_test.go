package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"kept/compacts"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
	"kept/record"
)

// TestServedRecordVerifies checks the record over HTTP the way a stranger does.
func TestServedRecordVerifies(t *testing.T) {
	site, k := newSite(t, compacts.Harbour())
	harbourPast(t, k)
	server := httptest.NewServer(site)
	defer server.Close()
	report, err := record.Verify(t.Context(), record.HTTPSource(server.URL+"/record", server.Client()), record.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !report.OK() || report.Size != k.Size() {
		t.Errorf("got size %d and faults %v, want %d and none", report.Size, report.Faults, k.Size())
	}
}

func TestReceipt(t *testing.T) {
	site, k := newSite(t, compacts.Harbour())
	w := get(site, "/record/receipts/0")
	if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Content-Disposition"), "attachment") {
		t.Fatalf("got status %d, disposition %q", w.Code, w.Header().Get("Content-Disposition"))
	}
	receipt, err := record.ParseReceipt(w.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := record.ParseKey(strings.TrimSpace(get(site, "/record/key").Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	if err := receipt.Verify(note.VerifierList(verifier)); err != nil {
		t.Errorf("the receipt does not verify: %v", err)
	}
	if w := get(site, "/record/receipts/99999"); w.Code != http.StatusNotFound {
		t.Errorf("an entry that is not there: got status %d, want 404", w.Code)
	}
	out, err := k.Submit(t.Context(), "", keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat,
		Facts: stakeholder.Registered{Kind: "academia", Area: "QR"}, Words: map[string]string{"name.und": "Ravenmere Institute"}})
	if err != nil {
		t.Fatal(err)
	}
	entry := "/en/record/entries/" + itoa(out[0].Index)
	if body := page(t, site, entry, http.StatusOK); !strings.Contains(body, "Load this page again for the receipt") {
		t.Errorf("%s does not say that its receipt comes with the next checkpoint", entry)
	}
}

func TestRecordFiles(t *testing.T) {
	site, k := newSite(t, compacts.GDC())
	const lasting, asked = "public, max-age=31536000, immutable", "no-cache"
	var entry struct {
		Data struct{ Blobs []struct{ Href string } }
	}
	if err := json.Unmarshal(get(site, "/record/entries/0.json").Body.Bytes(), &entry); err != nil || len(entry.Data.Blobs) != 1 {
		t.Fatalf("the first entry names %d blobs, want the pack (%v)", len(entry.Data.Blobs), err)
	}
	words := ""
	for i := k.Size() - 1; i > 0 && (words == "" || get(site, words).Code != http.StatusOK); i-- {
		words = "/record/words/" + itoa(i) + ".json"
	}
	tests := []struct {
		name, path string
		status     int
		kind       string
		cache      string
	}{
		{"checkpoint", "/record/checkpoint", 200, "text/plain; charset=utf-8", asked},
		{"key", "/record/key", 200, "text/plain; charset=utf-8", asked},
		{"full tile", "/record/tile/0/000", 200, "application/octet-stream", lasting},
		{"partial tile", "/record/tile/0/001.p/1", 200, "application/octet-stream", asked},
		{"full bundle", "/record/tile/entries/000", 200, "application/octet-stream", lasting},
		{"words", words, 200, "application/json; charset=utf-8", asked},
		{"blob", entry.Data.Blobs[0].Href, 200, "application/octet-stream", lasting},
		{"tile beyond the checkpoint", "/record/tile/0/001", 404, "text/plain; charset=utf-8", "no-store"},
		{"no such tile", "/record/tile/x", 404, "text/plain; charset=utf-8", "no-store"},
		{"no such blob", "/record/blobs/00", 404, "text/plain; charset=utf-8", "no-store"},
		{"words of nothing", "/record/words/999999.json", 404, "text/plain; charset=utf-8", "no-store"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := get(site, test.path)
			if got := w.Header(); w.Code != test.status || got.Get("Content-Type") != test.kind || got.Get("Cache-Control") != test.cache {
				t.Errorf("%s: got %d %q %q, want %d %q %q", test.path, w.Code, got.Get("Content-Type"), got.Get("Cache-Control"), test.status, test.kind, test.cache)
			}
			if w.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s may be sniffed", test.path)
			}
		})
	}
}

func TestRecordPages(t *testing.T) {
	site, k := newSite(t, compacts.Harbour())
	harbourPast(t, k)
	last := k.Size() - 1 - pastSaid // the report
	tests := []struct {
		name, address string
		want          []string
	}{
		{"the record", "/en/record", []string{"kept verify https://gdc.example/record", "does not show", "/record/checkpoint", "gdc.example"}},
		{"entries", "/en/record/entries", []string{"Progress reported", "Northquay Port Authority", "the secretariat", "Content pack adopted"}},
		{"entries of a kind", "/en/record/entries?kind=commitment.made", []string{"/en/commitments", "Commitment made"}},
		{"older entries", "/en/record/entries?before=5", []string{`rel="prev"`}},
		{"an entry", "/en/record/entries/" + itoa(last), []string{"narrative.en", "The first line runs.", `"kind":"report.made"`, "/record/receipts/" + itoa(last)}},
		{"the entry of a promise leads to it", "/en/record/entries/" + itoa(last-1), []string{"/en/commitments/" + itoa(last-1)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			body := strings.ReplaceAll(page(t, site, test.address, http.StatusOK), "&#34;", `"`)
			for _, want := range test.want {
				if !strings.Contains(body, want) {
					t.Errorf("%s does not say %q", test.address, want)
				}
			}
		})
	}
}

func TestHealthAndMetrics(t *testing.T) {
	site, k := newSite(t, compacts.Harbour())
	if w := get(site, "/healthz"); w.Code != http.StatusOK || w.Body.String() != "ok\n" {
		t.Errorf("health: got %d %q, want 200 ok", w.Code, w.Body)
	}
	if body := get(site, "/metrics").Body.String(); !strings.Contains(body, "\nkept_record_entries "+itoa(k.Size())+"\n") || !strings.Contains(body, "\nkept_read_only 0\n") {
		t.Errorf("metrics do not tell the record's size and that it can be written:\n%s", body)
	}
}
