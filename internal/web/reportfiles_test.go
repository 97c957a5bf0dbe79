package web_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report"
	"kept/internal/report/print"
	"kept/internal/web"
	"kept/record"
)

// released opens and releases the report of 2025, with a narrative in three languages.
func (h *house) released() (id, release int64) {
	h.t.Helper()
	id = h.openPeriod(nil)
	return id, h.releasePeriod(id, map[string]string{"parties.en": "We count {parties.total} parties; {commitment:" + itoa(h.promise) + "} is one promise.",
		"parties.ar": "نعد {parties.total} من الأطراف.", "parties.zh": "共有 {parties.total} 个参与方。"})
}

func TestPolicyNotes(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	id := h.openPeriod(nil)
	at := "/en/reports/" + itoa(id)
	h.person("desk@desk.example", account.RoleSecretariat)
	b := h.signIn("desk@desk.example")
	if w := b.get(at + "/notes/new"); w.Code != http.StatusForbidden {
		t.Errorf("a note on a draft: got %d", w.Code)
	}
	h.releasePeriod(id, nil)
	b = h.signIn("desk@desk.example")
	good := url.Values{"title": {"Who takes part"}, "finding": {"We count {parties.total} parties. **None** is ranked."}, "figures": {"{parties.total}, promises.total"}, "meaning": {"More could be asked under {item:H.5}."}}
	with := func(name, value string) url.Values {
		v := url.Values{}
		for _, k := range []string{"title", "finding", "figures", "meaning"} {
			v.Set(k, good.Get(k))
		}
		v.Set(name, value)
		return v
	}
	for name, c := range map[string]struct {
		fields url.Values
		says   string
	}{
		"a typed number":              {with("finding", "There are 12 parties."), "typed by hand"},
		"an unknown figure":           {with("figures", "parties.of_mars"), "The release has no figure parties.of_mars."},
		"an unknown reference":        {with("meaning", "One.\n\n{parties.of_mars}"), "Line 3"},
		"a script":                    {with("meaning", "<script>alert(1)</script>"), "HTML is not taken"},
		"a third page":                {with("finding", strings.Repeat("word ", report.MaxFinding+1)), "Shorten it"},
		"nothing found":               {with("finding", ""), "Write this one."},
		"a note that is not there":    {with("replaces", "99999"), "There is no policy note 99999."},
		"numbers, and a wrong figure": {with("figures", ""), "Choose them."},
	} {
		w := b.post(at+"/notes/new", at+"/notes/new", c.fields)
		if w.Code < 400 || !strings.Contains(w.Body.String(), c.says) || !strings.Contains(w.Body.String(), `value="Who takes part"`) {
			t.Errorf("%s: got %d, and not %q with what was typed", name, w.Code, c.says)
		}
	}
	first := b.fill(at+"/notes/new", good)
	typed := with("finding", "There are 12 parties.")
	typed.Set("typed", "yes")
	typed.Set("replaces", first[strings.LastIndex(first, "/")+1:])
	second := b.fill(at+"/notes/new", typed)
	h.see(at+"/notes", "Who takes part")
	h.see(first, "Who takes part", "A later note took the place", "<strong>None</strong>", `/figures/parties.total"`, "H.5", "Sources")
	h.see(second, "There are 12 parties.", "It takes the place of an earlier note")
	if body := h.see(at, "Who takes part"); strings.Contains(body, `href="`+first+`"`) || !strings.Contains(body, `href="`+second+`"`) {
		t.Error("the report lists another note than the one that stands")
	}
	for _, l := range locale.Langs {
		h.see("/"+string(l)+strings.TrimPrefix(second, "/en"), l.T("note.meaning"))
	}
	bare := strings.TrimPrefix(first, "/en")
	h.see(bare+".csv", "parties.total")
	h.see(bare+".json", `"finding":{"en":`)
	page(t, h.site, at+"/notes/"+itoa(id), http.StatusNotFound)
	page(t, h.site, at+"/notes/x", http.StatusNotFound)
	n := lastEntry(h)
	h.erase(n, "title.en", "finding.en", "meaning.en")
	if body := h.see(second, "Note "+itoa(n)); strings.Contains(body, "There are 12 parties.") {
		t.Error("an erased text is still there")
	}
}

func lastEntry(h *house) int64 { return h.k.Size() - 1 }

// erase erases parts of an entry for good.
func (h *house) erase(entry int64, parts ...string) {
	h.t.Helper()
	plan, err := h.k.PlanErasure(h.t.Context(), entry, parts, "request")
	if err == nil {
		_, _, err = h.k.Erase(h.t.Context(), plan)
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// digestIn is the digest that an answer names in its header.
func digestIn(t *testing.T, h http.Header) string {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(strings.TrimPrefix(h.Get("Repr-Digest"), "sha-256=:"), ":"))
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(raw)
}

func TestReleaseFiles(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	id, release := h.released()
	at := "/reports/" + itoa(id) + "/releases/" + itoa(release) + "/"
	for file, kind := range map[string]string{"figures.json": "application/json; charset=utf-8", "tables.zip": "application/zip"} {
		w := get(h.site, at+file)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != kind {
			t.Fatalf("%s: got %d, %s", file, w.Code, w.Header().Get("Content-Type"))
		}
		digest := record.DigestOf(w.Body.Bytes()).String()
		if digestIn(t, w.Header()) != digest || w.Header().Get("ETag") != `"`+digest+`"` {
			t.Errorf("%s names another digest than its bytes have: %v", file, w.Header())
		}
		if again := get(h.site, at+file, "If-None-Match", `"`+digest+`"`); again.Code != http.StatusNotModified {
			t.Errorf("%s asked again with its digest: got %d", file, again.Code)
		}
		h.see("/en/reports/"+itoa(id), digest)
	}
	b := get(h.site, at+"tables.zip").Body.Bytes()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(z.File) < 12 {
		t.Errorf("the archive: %v, %d files", err, len(z.File))
	}
	for _, wrong := range []string{"/reports/" + itoa(id) + "/releases/" + itoa(id) + "/figures.json", "/reports/1/releases/" + itoa(release) + "/figures.json", at + "report.en.pdf", at + "report.xx.pdf", at + "other", "/reports/" + itoa(id) + "/releases/x/figures.json"} {
		if w := get(h.site, wrong); w.Code != http.StatusNotFound {
			t.Errorf("%s: got %d", wrong, w.Code)
		}
	}
}

// TestKeptPrints: a PDF is served while it holds the words that stand, and no longer.
func TestKeptPrints(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	id, release := h.released()
	address := "/reports/" + itoa(id) + "/releases/" + itoa(release) + "/report.ar.pdf"
	put := func() {
		t.Helper()
		_, err := print.Shelf{Dir: filepath.Join(h.files, "prints")}.Put(print.Print{Release: release, Lang: locale.Arabic, Seen: h.k.Size() - 1, MadeOn: "2026-12-20"}, []byte("%PDF-1.7 stands"))
		if err != nil {
			t.Fatal(err)
		}
	}
	served := func(want int) {
		t.Helper()
		if w := get(h.site, address); w.Code != want {
			t.Errorf("got %d, want %d", w.Code, want)
		}
	}
	put()
	w := get(h.site, address)
	if w.Code != http.StatusOK || w.Body.String() != "%PDF-1.7 stands" || digestIn(t, w.Header()) != record.DigestOf([]byte("%PDF-1.7 stands")).String() || w.Header().Get("Cache-Control") != "no-cache" {
		t.Fatalf("got %d %q, %v", w.Code, w.Body, w.Header())
	}
	h.see("/en/reports/"+itoa(id), address)
	h.submit(keeper.Act{Kind: report.KindNoted, By: report.Secretariat, Facts: report.Noted{Release: release, Figures: []string{"parties.total"}},
		Words: map[string]string{"title.en": "T", "finding.en": "F", "meaning.en": "M"}})
	served(http.StatusNotFound) // the report has a note that the PDF does not show
	put()
	served(http.StatusOK)
	h.erase(h.promise, "title.en")
	served(http.StatusNotFound)
	for range 100 {
		if left, _ := filepath.Glob(filepath.Join(h.files, "prints", "*")); len(left) == 0 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if left, _ := filepath.Glob(filepath.Join(h.files, "prints", "*")); len(left) > 0 {
		t.Errorf("after the erasure these are still there: %v", left)
	}
	if body := h.see("/en/reports/" + itoa(id)); strings.Contains(body, address) {
		t.Error("the report still leads to a PDF with an erased text")
	}
}

// A whole report on one page, and on paper in three scripts.
func TestPrintView(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	id, release := h.released()
	var r report.Report
	h.write(func(tx *db.Tx) (err error) { r, err = report.Get(tx, id); return err })
	for _, l := range locale.Langs {
		body := h.see(web.PrintAddress(r, l), "Waste is treated", `id="annex"`, "kept report check DIR "+itoa(release), l.T("print.check"))
		if strings.Contains(body, "<script") {
			t.Error("the print view runs something")
		}
	}
	page(t, h.site, "/reports/"+itoa(id)+"/print.json", http.StatusOK)
	for l, want := range map[locale.Lang]string{locale.English: "We count", locale.Arabic: "نعد", locale.Chinese: "个参与方"} {
		pdf := printed(t, h.site, web.PrintAddress(r, l), l)
		for _, tag := range []string{"/StructTreeRoot", "/MarkInfo", "/Lang (" + string(l) + ")", "/Outlines"} {
			if !bytes.Contains(pdf, []byte(tag)) {
				t.Errorf("%s: the PDF has no %s", l, tag)
			}
		}
		if n := len(sheetOfPaper.FindAll(pdf, -1)); n < 3 {
			t.Errorf("%s: %d sheets", l, n)
		}
		if text := copied(t, pdf); !strings.Contains(strings.ReplaceAll(text, " ", ""), strings.ReplaceAll(want, " ", "")) {
			t.Errorf("%s: %q cannot be copied from the PDF", l, want)
		}
	}
}
