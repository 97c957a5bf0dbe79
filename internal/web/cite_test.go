package web_test

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/correction"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// cited is the JSON of a citation, as far as the tests read it.
type cited struct {
	Data struct {
		Of      string       `json:"of"`
		Address string       `json:"address"`
		Card    string       `json:"card"`
		AsOf    string       `json:"as_of"`
		Figure  *citedFigure `json:"figure"`
		Figures []citedFigure
		Record  struct {
			Size int64
			Root string
		}
	}
}

type citedFigure struct {
	Of, Page, Value, Code string
	Figure                map[string]string
	Words                 map[string]string `json:"in_words"`
}

func cite(t *testing.T, site http.Handler, of, with string) (c cited) {
	t.Helper()
	address := "/cite.json?of=" + url.QueryEscape(of)
	if with != "" {
		address += "&with=" + url.QueryEscape(with)
	}
	if err := json.Unmarshal([]byte(page(t, site, address, http.StatusOK)), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// citedKinds are pages of every kind that prints figures, and some that each has.
var citedKinds = map[string][]string{
	"page:/": {"HO.1.items"}, "page:/items": {"total", "H.5.commitments"}, "item:H.5": {"commitments", "parties", "reporting.current"},
	"page:/commitments": {"total", "commitments", "parties"}, "page:/stakeholders": {"total", "adopted"}, "page:/stakeholders/balance": {"parties", "kind.state.share"},
	"page:/indicators": {"schools-fibre"}, "indicator:schools-fibre": {"areas", "median"}, "page:/areas": {"total"}, "page:/areas/QM": {"parties", "commitments"},
	"page:/targets": {"HT.1"}, "page:/targets/HT.3": {"value"}, "page:/for": {"states.asked"}, "page:/for/states": {"asked"}, "page:/support": {"total"}, "page:/reviews": {"total"},
	"page:/corrections": {"asked", "disputes"}, "page:/documents": nil, "page:/bodies": {"total"}, "page:/bodies/overlaps": {"total", "bodies"}, "page:/bodies/wheel": {"spokes", "body.HB.1.related"}, "page:/gaps": {"items", "body", "report"}, "page:/gaps/H.5": {"open", "body.bodies", "money.money"}, "page:/record": {"size"},
}

// TestCiteFigures cites every figure of a page of each kind: under its own name, with
// the value that its page shows, as a sentence, a table and a card in six languages.
func TestCiteFigures(t *testing.T) {
	site, k := newSite(t, compacts.Harbour())
	harbourPast(t, k)
	made := k.Size() - 2 - pastSaid
	kinds := map[string][]string{"commitment:" + itoa(made): {"lifecycle", "reporting", "pace", "indicator.0.baseline", "indicator.0.target", "indicator.0.pace", "report." + itoa(made+1) + ".0"},
		"party:" + itoa(made-2): {"commitments"}}
	for about, names := range citedKinds {
		kinds[about] = names
	}
	for about, names := range kinds {
		whole := cite(t, site, about, "")
		seen := map[string]bool{}
		for _, f := range whole.Data.Figures {
			if _, err := correction.ParseAbout(f.Of); err != nil || seen[f.Of] {
				t.Errorf("%s: the figure %q: %v, twice: %v", about, f.Of, err, seen[f.Of])
			}
			seen[f.Of] = true
			for _, l := range locale.Langs {
				if f.Figure[string(l)] == "" {
					t.Errorf("%s has no label in %s", f.Of, l)
				}
			}
			one := cite(t, site, f.Of, "")
			if one.Data.Figure == nil || one.Data.Figure.Value != f.Value || one.Data.Figure.Code != f.Code {
				t.Errorf("%s: cited alone as %+v, on its page as %+v", f.Of, one.Data.Figure, f)
			}
		}
		for _, name := range names {
			if !seen[about+":"+name] {
				t.Errorf("%s prints no figure %q; it has %v", about, name, slices.Collect(keysOf(seen)))
			}
		}
		if len(whole.Data.Figures) > 0 {
			citedFiles(t, site, whole.Data.Figures[0].Of)
		}
	}
}

func keysOf(m map[string]bool) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// citedFiles looks at the page, the card and the tables of one figure in every language.
func citedFiles(t *testing.T, site http.Handler, of string) {
	t.Helper()
	c := cite(t, site, of, "")
	for _, l := range locale.Langs {
		query := "?of=" + url.QueryEscape(of) + "&lang=" + string(l)
		body := page(t, site, "/"+string(l)+"/cite?of="+url.QueryEscape(of), http.StatusOK)
		for _, want := range []string{c.Data.Address, `<bdi dir="ltr">` + c.Data.Address + `</bdi>`, `<bdi dir="ltr">` + c.Data.Record.Root + `</bdi>`, l.T("cite.sample"), "/cite/card.svg?of="} {
			if !strings.Contains(body, want) && !strings.Contains(body, strings.ReplaceAll(want, "+", "&#43;")) {
				t.Errorf("%s in %s: the page lacks %q", of, l, want)
			}
		}
		w := get(site, "/cite/card.svg"+query)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/svg+xml" || w.Header().Get("Content-Security-Policy") != "default-src 'none'; sandbox" ||
			w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("the card of %s: got status %d and header %v", of, w.Code, w.Header())
		}
		texts := wellFormed(t, w.Body.String())
		if !strings.Contains(texts, c.Data.Address[len("https://"):][:12]) || !strings.Contains(texts, l.T("cite.sample")) {
			t.Errorf("the card of %s in %s says: %s", of, l, texts)
		}
		if w := get(site, "/cite/table.md"+query); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "| "+l.T("cite.t.figure")+" | ") || !strings.Contains(w.Body.String(), "<"+c.Data.Address+">") {
			t.Errorf("the Markdown of %s in %s: got status %d\n%s", of, l, w.Code, w.Body)
		}
		if w := get(site, "/cite/table.tsv"+query); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), l.T("cite.under", "size", c.Data.Record.Size, "root", c.Data.Record.Root)+"\n") {
			t.Errorf("the TSV of %s in %s: got status %d\n%s", of, l, w.Code, w.Body)
		}
	}
}

// wellFormed reads a document as XML, refuses what a picture has no business with,
// and gives all its texts.
func wellFormed(t *testing.T, document string) string {
	t.Helper()
	var texts strings.Builder
	d := xml.NewDecoder(strings.NewReader(document))
	d.Strict = true
	for {
		token, err := d.Token()
		if err == io.EOF {
			return texts.String()
		}
		if err != nil {
			t.Fatalf("not well formed: %v\n%s", err, document)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if !slices.Contains([]string{"svg", "title", "desc", "rect", "text"}, e.Name.Local) {
				t.Errorf("a card holds the element %s", e.Name.Local)
			}
			for _, a := range e.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" || a.Name.Local == "style" {
					t.Errorf("a card holds the attribute %s", a.Name.Local)
				}
			}
		case xml.CharData:
			texts.Write(e)
			texts.WriteByte('\n')
		}
	}
}

// TestCiteList cites a list as it was filtered, and refuses what its page cannot be asked for.
func TestCiteList(t *testing.T) {
	site, k := newSite(t, compacts.GDC())
	all, states := cite(t, site, "page:/stakeholders:total", ""), cite(t, site, "page:/stakeholders:total", "kind=ngo")
	if all.Data.Figure.Value != "193" || states.Data.Figure.Value != "0" {
		t.Errorf("got %s parties and %s of a kind that nobody is", all.Data.Figure.Value, states.Data.Figure.Value)
	}
	want := testBase + "/stakeholders?kind=ngo&as-of=2026-11-21." + itoa(k.Size())
	if states.Data.Address != want {
		t.Errorf("address: got %s, want %s", states.Data.Address, want)
	}
	if list := page(t, site, "/en/stakeholders?kind=ngo", http.StatusOK); !strings.Contains(list, "?of=page%3a%2fstakeholders&amp;with=kind%3dngo") {
		t.Error("a filtered list does not lead to its own citation")
	}
	rows, err := csv.NewReader(strings.NewReader(page(t, site, "/cite.csv?of=page%3A%2Fstakeholders", http.StatusOK))).ReadAll()
	if err != nil || len(rows) < 4 || rows[1][0] != "page:/stakeholders:total" || rows[1][2] != "193" {
		t.Errorf("the CSV: got %v, %v", rows, err)
	}
	for query, status := range map[string]int{
		"of=page%3A%2Fstakeholders%3Atotal&with=nonsense%3D1": 422, "of=page%3A%2Fstakeholders%3Atotal&with=kind%3Dngo%26x%3D1": 422, "of=page%3A%2Fstakeholders%3Anobody": 404,
		"of=page%3A%2Fcite": 422, "of=page%3A%2Fdesk": 404, "of=page%3A%2F%2Fexample.org": 422, "of=entry%3A0%3Asize": 422, "of=item%3AP11d%3A": 422, "of=item%3AP11d%3A" + strings.Repeat("a", 97): 422,
	} {
		if w := get(site, "/cite/card.svg?"+query); w.Code != status {
			t.Errorf("a card of %s: got status %d, want %d", query, w.Code, status)
		}
	}
	if w := get(site, "/cite/card.svg?of=page%3A%2Fstakeholders"); w.Code != http.StatusNotFound {
		t.Errorf("a card of a whole page: got status %d, want 404", w.Code)
	}
	if w := get(site, "/cite/card.svg?of=page%3A%2Fstakeholders%3Atotal&lang=tlh"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a card in a seventh language: got status %d, want 422", w.Code)
	}
}

// TestCiteHostile cites a party whose name is made to break what shows it.
func TestCiteHostile(t *testing.T) {
	site, k := newSite(t, compacts.Harbour())
	name := `]]></text><script>alert(1)</script>&amp;"' | =1+1 ` + strings.Repeat("Unbreakable", 20)
	out, err := k.Submit(t.Context(), "", keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat,
		Facts: stakeholder.Registered{Kind: "civil-society", Area: "QM"}, Words: map[string]string{"name.und": name}})
	if err != nil {
		t.Fatal(err)
	}
	query := "?of=party%3A" + itoa(out[0].Index) + "%3Acommitments&lang="
	for _, l := range []string{"en", "ar", "zh"} {
		texts := wellFormed(t, page(t, site, "/cite/card.svg"+query+l, http.StatusOK))
		if !strings.Contains(texts, "…") || !strings.Contains(texts, "<script>") {
			t.Errorf("the card in %s neither cuts the name nor shows it as text: %s", l, texts)
		}
		if body := page(t, site, "/cite/table.md"+query+l, http.StatusOK); strings.Contains(body, "<script>") || strings.Count(body, "\n") < 8 {
			t.Errorf("the Markdown: %s", body)
		}
	}
}

// TestWrongFigure asks for a correction of one figure on a page.
func TestWrongFigure(t *testing.T) {
	site, k := newSite(t, compacts.Harbour())
	harbourPast(t, k)
	page(t, site, "/en/cite?of=item%3AH.5%3Acommitments", http.StatusOK)
	d := newDesk(t, formBase)
	d.step("/en/wrong?about=item%3AH.5%3Acommitments", url.Values{"about": {"item:H.5:commitments"}, "category": {"figure"}, "text": {"It is not this many."}, "as": {"secretariat"}}, http.StatusSeeOther, "figure commitments")
	if w := get(site, "/cite.json?of=item%3AH.5%3Anothing"); w.Code != http.StatusNotFound {
		t.Errorf("a figure that the item has not: got status %d, want 404", w.Code)
	}
}

// TestCiteAsOf opens a citation again after the record has grown: page, card and
// citation say what they said.
func TestCiteAsOf(t *testing.T) {
	site, k := newSite(t, compacts.Harbour())
	harbourPast(t, k)
	before := cite(t, site, "page:/stakeholders:total", "kind=local-authority")
	card := page(t, site, "/cite/card.svg?of=page%3A%2Fstakeholders%3Atotal&with=kind%3Dlocal-authority&lang=en", http.StatusOK)
	for range 3 {
		if _, err := k.Submit(t.Context(), "", keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat,
			Facts: stakeholder.Registered{Kind: "local-authority", Area: "QM"}, Words: map[string]string{"name.und": "Another " + itoa(k.Size())}}); err != nil {
			t.Fatal(err)
		}
	}
	if now := cite(t, site, "page:/stakeholders:total", "kind=local-authority"); now.Data.Figure.Value == before.Data.Figure.Value || now.Data.Record.Root == before.Data.Record.Root {
		t.Errorf("after three more the citation is still %+v", now.Data)
	}
	var then cited
	again := page(t, site, "/cite.json?of=page%3A%2Fstakeholders%3Atotal&with=kind%3Dlocal-authority&as-of="+before.Data.AsOf, http.StatusOK)
	if err := json.Unmarshal([]byte(again), &then); err != nil || then.Data.Figure.Value != before.Data.Figure.Value || then.Data.Record != before.Data.Record || then.Data.Address != before.Data.Address {
		t.Errorf("as of then: got %+v, want %+v, %v", then.Data, before.Data, err)
	}
	if got := page(t, site, strings.TrimPrefix(before.Data.Card, testBase)+"&lang=en", http.StatusOK); got != card {
		t.Errorf("the card as of then:\n%s\nwant\n%s", got, card)
	}
	html := page(t, site, "/en"+strings.TrimPrefix(before.Data.Address, testBase), http.StatusOK)
	if _, count, _ := strings.Cut(html, "Northquay"); strings.Contains(html, "Another ") || count == "" {
		t.Errorf("the page as of then:\n%s", firstLines(html))
	}
	if body := page(t, site, "/en/cite?of=page%3A%2Fstakeholders%3Atotal&as-of="+before.Data.AsOf, http.StatusOK); !strings.Contains(body, `src="/cite/card.svg?of=page%3A%2Fstakeholders%3Atotal&amp;as-of=`+before.Data.AsOf) {
		t.Errorf("the card beside the citation of then is today's:\n%s", firstLines(body))
	}
}
