package web_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// lead is the first commitment of the record and the party that leads it.
func (d *desk) lead() (of, party int64) {
	d.t.Helper()
	err := d.k.DB().Read(context.Background(), func(tx *db.Tx) error {
		return tx.Row("SELECT id, party FROM commitment WHERE stated = 0 ORDER BY id LIMIT 1").Scan(&of, &party)
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return of, party
}

func (d *desk) view(of int64) (v commitment.View) {
	d.t.Helper()
	err := d.k.DB().Read(context.Background(), func(tx *db.Tx) (err error) {
		v, err = commitment.Get(tx, of, "2026-11-21")
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return v
}

// upload sends a file in a form.
func (d *desk) upload(address, name string, file []byte, fields map[string]string) *httptest.ResponseRecorder {
	d.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	_ = m.WriteField("token", d.token())
	for field, text := range fields {
		_ = m.WriteField(field, text)
	}
	if name != "" {
		part, _ := m.CreateFormFile("file", name)
		_, _ = part.Write(file)
	}
	_ = m.Close()
	return d.ask(http.MethodPost, address, b.String(), func(r *http.Request) { r.Header.Set("Content-Type", m.FormDataContentType()) })
}

// sheet takes a party's sheet as CSV and fills in cells of its first row.
func (d *desk) sheet(party int64, cells map[string]string) []byte {
	d.t.Helper()
	w := d.ask(http.MethodGet, "/en/desk/sheet.csv?party="+itoa(party), "", nil)
	table, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff"))).ReadAll()
	if err != nil || w.Code != http.StatusOK {
		d.t.Fatalf("the sheet: %d, %v", w.Code, err)
	}
	for column, text := range cells {
		table[2][slices.Index(table[1], column)] = text
	}
	var b bytes.Buffer
	_ = csv.NewWriter(&b).WriteAll(table)
	return b.Bytes()
}

// TestSheetRoundTrip: out as XLSX, filled in, in again, looked at, kept by one button, known again.
func TestSheetRoundTrip(t *testing.T) {
	d := newDesk(t, formBase)
	of, party := d.lead()
	at := "/en/desk/sheet?party=" + itoa(party)
	if w := d.ask(http.MethodGet, at, "", nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "/en/desk/sheet.xlsx?party="+itoa(party)) {
		t.Fatalf("the form: %d\n%s", w.Code, firstLines(w.Body.String()))
	}
	w := d.ask(http.MethodGet, "/fr/desk/sheet.xlsx?party="+itoa(party), "", nil)
	if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-store" || !strings.Contains(w.Header().Get("Content-Disposition"), "attachment") {
		t.Fatalf("the workbook: %d, %v", w.Code, w.Header())
	}
	f, err := excelize.OpenReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for cell, v := range map[string]any{"Q3": 61.5, "V3": "The second line runs."} {
		if err := f.SetCellValue("Rapports", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	before := d.k.Size()
	sent := d.upload("/en/desk/sheet", "north.xlsx", b.Bytes(), map[string]string{"party": itoa(party)})
	to := sent.Header().Get("Location")
	if sent.Code != http.StatusSeeOther || !strings.HasPrefix(to, "/en/desk/sheet/") || d.k.Size() != before {
		t.Fatalf("sent: %d to %q, %d entries\n%s", sent.Code, to, d.k.Size()-before, firstLines(sent.Body.String()))
	}
	for _, l := range locale.Langs {
		shown := d.ask(http.MethodGet, "/"+string(l)+strings.TrimPrefix(to, "/en"), "", nil).Body.String()
		if !strings.Contains(shown, `value="keep"`) || !strings.Contains(shown, l.Number("61.5")) || !strings.Contains(shown, "The second line runs.") || !strings.Contains(shown, l.Number("53.1")) || strings.Contains(shown, "⟦") {
			t.Errorf("%s: what will happen:\n%s", l, shown)
		}
	}
	for range 2 {
		kept := d.send(to, url.Values{"do": {"keep"}})
		if kept.Code != http.StatusSeeOther || d.k.Size() != before+1 {
			t.Fatalf("kept: %d, %d entries\n%s", kept.Code, d.k.Size()-before, firstLines(kept.Body.String()))
		}
	}
	if v := d.view(of); v.Indicators[0].Value != "61.5" || v.Self.Status != "in_progress" || len(v.Reports) != 2 {
		t.Errorf("the commitment: %+v", v.Indicators[0])
	}
	again := d.upload("/en/desk/sheet", "north.xlsx", b.Bytes(), map[string]string{"party": itoa(party)})
	if shown := d.ask(http.MethodGet, again.Header().Get("Location"), "", nil).Body.String(); !strings.Contains(shown, "This sheet was kept") || strings.Contains(shown, `value="keep"`) {
		t.Errorf("the same file again:\n%s", firstLines(shown))
	}
}

// TestSheetFaults: what is wrong stands in a table by its cell, in the reader's
// language, and nothing can be kept.
func TestSheetFaults(t *testing.T) {
	d := newDesk(t, formBase)
	_, party := d.lead()
	before := d.k.Size()
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"a cell":              {d.sheet(party, map[string]string{"value": "<b>many</b>"}), "Q3"},
		"no table":            {[]byte("name,area\nx,y\n"), "The column"},
		"an old workbook":     {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"), "old or binary form"},
		"a broken workbook":   {[]byte("PK\x03\x04rest"), "damaged"},
		"another thing":       {[]byte("%PDF-1.7"), "not text"},
		"an empty file":       {nil, "empty"},
		"two ways to read it": {d.sheet(party, map[string]string{"value": "61.5", "value_on": "04/03/2026"}), "Day first"},
	} {
		to := d.upload("/en/desk/sheet", "x", c.file, map[string]string{"party": itoa(party)}).Header().Get("Location")
		shown := d.ask(http.MethodGet, to, "", nil).Body.String()
		if !strings.Contains(shown, c.want) || strings.Contains(shown, `value="keep"`) || strings.Contains(shown, "<b>many") || strings.Contains(shown, "⟦") {
			t.Errorf("%s: no %q in\n%s", name, c.want, firstLines(shown))
		}
		if w := d.send(to, url.Values{"do": {"keep"}}); w.Code == http.StatusSeeOther {
			t.Errorf("%s: kept", name)
		}
	}
	for name, w := range map[string]*httptest.ResponseRecorder{
		"no file":          d.upload("/en/desk/sheet", "", nil, map[string]string{"party": itoa(party)}),
		"no party":         d.upload("/en/desk/sheet", "x.csv", []byte("x"), nil),
		"too large a file": d.upload("/en/desk/sheet", "x.csv", make([]byte, 21<<20), map[string]string{"party": itoa(party)}),
	} {
		if w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: got status %d", name, w.Code)
		}
	}
	if d.k.Size() != before {
		t.Errorf("%d entries were written", d.k.Size()-before)
	}
	if w := d.ask(http.MethodGet, "/en/desk/sheet/nothing", "", nil); w.Code != http.StatusNotFound {
		t.Errorf("a sheet that is not there: %d", w.Code)
	}
	if w := get(d.site, "/en/desk/sheet.csv?party="+itoa(party)); w.Code != http.StatusForbidden {
		t.Errorf("the sheet for a stranger: %d", w.Code)
	}
}

// report lets the party report by another way.
func (d *desk) report(of, party int64, from, to, value string) {
	d.t.Helper()
	_, err := d.k.Submit(context.Background(), "", keeper.Act{Kind: commitment.KindReported, By: itoa(party),
		Facts: commitment.Reported{Commitment: of, Lang: "en", From: from, To: to, Status: "delayed", Values: []commitment.Value{{Indicator: 0, Value: value, On: to}}}})
	if err != nil {
		d.t.Fatal(err)
	}
}

// TestSheetConflict: both values are shown; the choice is made on the page.
func TestSheetConflict(t *testing.T) {
	d := newDesk(t, formBase)
	of, party := d.lead()
	file := d.sheet(party, map[string]string{"value": "61.5", "status": "in progress"})
	d.report(of, party, "2026-10-01", "2026-11-19", "57")
	before := d.k.Size()
	to := d.upload("/en/desk/sheet", "north.csv", file, map[string]string{"party": itoa(party)}).Header().Get("Location")
	shown := d.ask(http.MethodGet, to, "", nil).Body.String()
	if !strings.Contains(shown, "61.5") || !strings.Contains(shown, ">57") || !strings.Contains(shown, `name="choice.`+itoa(of)) || strings.Contains(shown, `value="keep"`) {
		t.Fatalf("the conflict:\n%s", shown)
	}
	if w := d.send(to, url.Values{"choice." + itoa(of): {"theirs"}}); w.Code != http.StatusSeeOther {
		t.Errorf("theirs: %d", w.Code)
	}
	if shown := d.ask(http.MethodGet, to, "", nil).Body.String(); strings.Contains(shown, `value="keep"`) {
		t.Error("nothing is left to keep, and the button stands there")
	}
	d.send(to, url.Values{"choice." + itoa(of): {"mine"}})
	if w := d.send(to, url.Values{"do": {"keep"}}); w.Code != http.StatusSeeOther || d.k.Size() != before+1 {
		t.Fatalf("mine: %d, %d entries\n%s", w.Code, d.k.Size()-before, firstLines(w.Body.String()))
	}
	if v := d.view(of); v.Indicators[0].Value != "61.5" || v.Reports[2].From != "2026-11-21" {
		t.Errorf("after: %+v", v.Reports)
	}
}

var lightField = regexp.MustCompile(`<(?:input|select)[^>]* name="(c\d+\.[^"]*)"(?:[^>]* value="([^"]*)")?`)

// lightFields are the fields of the light form as it is shown.
func (d *desk) lightFields(party int64) url.Values {
	d.t.Helper()
	shown := d.ask(http.MethodGet, "/en/desk/light?party="+itoa(party), "", nil).Body.String()
	fields := url.Values{"party": {itoa(party)}}
	for _, m := range lightField.FindAllStringSubmatch(shown, -1) {
		if strings.HasSuffix(m[1], ".same") {
			continue
		}
		fields.Set(m[1], m[2])
		if strings.HasSuffix(m[1], ".status") && !strings.Contains(m[1], "was") {
			fields.Set(m[1], "in_progress")
		}
	}
	return fields
}

// TestLightForm: the form comes filled in; one number and one button make a report.
func TestLightForm(t *testing.T) {
	d := newDesk(t, formBase)
	of, party := d.lead()
	name := func(field string) string { return "c" + itoa(of) + "." + field }
	fields := d.lightFields(party)
	if fields.Get(name("value.0")) != "53.1" || fields.Get(name("on.0")) != "2026-11-21" {
		t.Fatalf("the form: %v", fields)
	}
	before := d.k.Size()
	if w := d.send("/en/desk/light", fields); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Nothing was changed") {
		t.Errorf("nothing changed: %d\n%s", w.Code, firstLines(w.Body.String()))
	}
	fields.Set(name("value.0"), "plenty")
	if w := d.send("/en/desk/light", fields); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `value="plenty"`) {
		t.Errorf("no number: %d\n%s", w.Code, firstLines(w.Body.String()))
	}
	d.report(of, party, "2026-10-01", "2026-11-19", "57")
	fields.Set(name("value.0"), "61.5")
	w := d.send("/en/desk/light", fields)
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Somebody reported") || !strings.Contains(w.Body.String(), "Last time: 57") || !strings.Contains(w.Body.String(), `value="61.5"`) {
		t.Fatalf("a report that came meanwhile: %d\n%s", w.Code, w.Body.String())
	}
	fields = d.lightFields(party)
	fields.Set(name("value.0"), "61.5")
	fields.Set(name("text"), "The second line runs.")
	if w := d.send("/en/desk/light", fields); w.Code != http.StatusSeeOther || d.k.Size() != before+2 {
		t.Fatalf("sent: %d, %d entries\n%s", w.Code, d.k.Size()-before, firstLines(w.Body.String()))
	}
	if v := d.view(of); v.Indicators[0].Value != "61.5" || len(v.Reports) != 3 {
		t.Errorf("the commitment: %+v", v.Indicators[0])
	}
}

// Nothing changed, and that is the report: one tick and one button.
func TestLightFormNoChange(t *testing.T) {
	d := newDesk(t, formBase)
	of, party := d.lead()
	fields := d.lightFields(party)
	fields.Set("c"+itoa(of)+".same", "yes")
	if w := d.send("/en/desk/light", fields); w.Code != http.StatusSeeOther {
		t.Fatalf("sent: %d\n%s", w.Code, firstLines(w.Body.String()))
	}
	if v := d.view(of); len(v.Reports) != 2 || v.Reports[1].Unchanged != "no_change" || v.Indicators[0].Value != "53.1" {
		t.Errorf("the commitment: %+v", v.Reports)
	}
	if w := d.send("/en/desk/light", url.Values{"party": {itoa(party)}}); w.Code != http.StatusSeeOther || !strings.Contains(w.Header().Get("Location"), "party="+itoa(party)) {
		t.Errorf("a party alone: %d to %q", w.Code, w.Header().Get("Location"))
	}
}
