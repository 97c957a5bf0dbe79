package web_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// upload sends a form with files.
func (b *browser) upload(page string, fields url.Values, files map[string][]byte) *httptest.ResponseRecorder {
	b.h.t.Helper()
	body := b.want(page, http.StatusOK)
	var out bytes.Buffer
	m := multipart.NewWriter(&out)
	fields.Set("token", formToken.FindStringSubmatch(body)[1])
	fields.Set("key", hiddenKey.FindStringSubmatch(body)[1])
	for name := range fields {
		_ = m.WriteField(name, fields.Get(name))
	}
	for name, content := range files {
		part, _ := m.CreateFormFile(name, "../../holiday photo of Ada.jpg")
		_, _ = part.Write(content)
	}
	_ = m.Close()
	return b.send(http.MethodPost, page, out.String(), func(r *http.Request) { r.Header.Set("Content-Type", m.FormDataContentType()) })
}

// sitePhoto is a JPEG with a comment that nobody should read.
func sitePhoto(t *testing.T) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 60, 40)), nil); err != nil {
		t.Fatal(err)
	}
	secret := "GPS 51.5 N 0.1 W, Ada Example"
	return append(append([]byte{0xff, 0xd8, 0xff, 0xfe, 0, byte(len(secret) + 2)}, secret...), b.Bytes()[2:]...)
}

// reviewHouse is a house whose organisation asked for a review, with two reviewers who may
// judge, one with a conflict, one with a post at the party, and the secretariat.
func reviewHouse(t *testing.T, store *db.DB) (h *house, c int64) {
	h = harbourHouse(t, store)
	e, words := commitment.Made{}, map[string]string{}
	h.write(func(tx *db.Tx) error {
		entry, err := keeper.ReadEntry(tx, h.promise)
		if err != nil {
			return err
		}
		words, err = keeper.WordsOf(tx, h.promise)
		if err != nil {
			return err
		}
		return entry.Decode(&e)
	})
	_, err := h.k.Submit(t.Context(), "", keeper.Act{Kind: stakeholder.KindGiven, By: itoa(h.org), Words: map[string]string{"activities.0.title.en": "A plant", "role.en": "Director"},
		Facts: stakeholder.Given{Text: "harbour-2025", Language: "en", Vision: true, Principles: true, Activities: []stakeholder.Activity{{State: "planned"}}}})
	if err != nil {
		t.Fatal(err)
	}
	e.Lead, e.Review, e.Items, e.Milestones = h.org, "independent", []string{"H.1"}, []commitment.Milestone{{Due: "2026-12-31"}}
	words["milestones.0.text.en"] = "The first line runs"
	out, err := h.k.Submit(t.Context(), "", keeper.Act{Kind: commitment.KindMade, By: itoa(h.org), Facts: e, Words: words})
	if err != nil {
		t.Fatal(err)
	}
	h.person("sec@desk.example", account.RoleSecretariat)
	h.person("focal@port.example", "", account.Post{Party: h.org, As: account.AsMain})
	h.person("first@peer.example", account.RoleReviewer)
	h.person("second@peer.example", account.RoleReviewer)
	h.person("torn@peer.example", account.RoleReviewer)
	h.person("tied@peer.example", account.RoleReviewer, account.Post{Party: h.org, As: account.AsDrafter})
	return h, out[0].Index
}

// TestReviewPath goes the whole way: a report with documents, a pool, declarations,
// a conflict, codes, the draft, the party's window, publication with the reply, and
// a second review that differs.
func TestReviewPath(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h, c := reviewHouse(t, open())
		at := "/en/commitments/" + itoa(c)
		focal, sec := h.signIn("focal@port.example"), h.signIn("sec@desk.example")
		first, second, torn, tied := h.signIn("first@peer.example"), h.signIn("second@peer.example"), h.signIn("torn@peer.example"), h.signIn("tied@peer.example")

		// The report, with a photo for everybody and a table for reviewers only.
		report := url.Values{"from": {"2026-11-21"}, "to": {"2026-11-21"}, "self_status": {"in_progress"}, "values.0.value": {"50"},
			"evidence.0.title": {"The new line"}, "evidence.0.kind": {"photo_site"}, "evidence.0.strength": {"E2"},
			"evidence.1.title": {"Weighbridge table"}, "evidence.1.kind": {"dataset"}, "evidence.1.strength": {"E3"}, "evidence.1.seen_by": {"reviewers"}}
		bad := focal.upload(at+"/report", report, map[string][]byte{"evidence.0.file": sitePhoto(t), "evidence.1.file": []byte("<svg onload=alert(1)>")})
		if bad.Code != http.StatusUnprocessableEntity || !strings.Contains(bad.Body.String(), "Save the picture as PNG") {
			t.Fatalf("an SVG: status %d\n%s", bad.Code, firstLines(bad.Body.String()))
		}
		digest := between(bad.Body.String(), `id="evidence.0.sha256" name="evidence.0.sha256" value="`, `"`)
		if len(digest) != 64 {
			t.Fatal("the photo that was fine is lost with the form")
		}
		report.Set("evidence.0.sha256", digest) // as a browser sends it back; nothing is attached again
		if w := focal.upload(at+"/report", report, map[string][]byte{"evidence.1.file": []byte("day,share\n1,50\n")}); w.Code != http.StatusSeeOther {
			t.Fatalf("the report: status %d\n%s", w.Code, firstLines(w.Body.String()))
		}
		entry := itoa(h.k.Size() - 1)
		documents(t, h, digest, entry)

		// The pool and its members.
		pool := sec.fill("/en/desk/pools/new", url.Values{"name": {"Experts of the Lantern Sea"}, "basis": {"independent"}, "appointed_by": {"the harbour assembly, decision 7"},
			"rule": {"Two for each review, by lot."}, "naming": {"role_only"}})
		for mail, role := range map[string]string{"first@peer.example": "Engineer", "second@peer.example": "Statistician", "torn@peer.example": "Lawyer", "tied@peer.example": "Economist"} {
			sec.fill(pool, url.Values{"mail": {mail}, "role": {role}})
		}
		if w := sec.post(pool, pool, url.Values{"mail": {"sec@desk.example"}, "role": {"Chief"}}); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "Who runs this site") {
			t.Errorf("the secretariat as a reviewer: status %d", w.Code)
		}

		// The review: everybody of the pool is asked; who has a conflict stays out.
		opening := url.Values{"commitment": {itoa(c)}, "stage": {"periodic"}, "pool": {pool[strings.LastIndex(pool, "/")+1:]}, "reviewers": {"2"}}
		seats := sec.fill("/en/desk/reviews/open?commitment="+itoa(c), opening)
		desk := strings.TrimSuffix(seats, "/seats")
		review := desk[strings.LastIndex(desk, "/")+1:]
		page := h.browser().want("/en/reviews/"+review, http.StatusOK)
		for _, s := range []string{"This review is under way", "the harbour assembly, decision 7"} {
			if !strings.Contains(page, s) {
				t.Errorf("the open review does not say %q", s)
			}
		}
		if first.get(desk+"/code").Code != http.StatusForbidden {
			t.Error("a case opened without a declaration")
		}
		if w := tied.post(desk+"/declare", desk+"/declare", url.Values{"declared": {"none"}}); w.Code != http.StatusForbidden {
			t.Errorf("no conflict, with a post at the party: status %d", w.Code)
		}
		torn.fill(desk+"/declare", url.Values{"declared": {"conflict"}, "reason": {"Ada worked there"}})
		for _, b := range []*browser{first, second} {
			if !strings.Contains(b.want("/en/desk", http.StatusOK), desk[3:]+"/declare") {
				t.Error("the desk does not ask for a declaration")
			}
			b.fill(desk+"/declare", url.Values{"declared": {"none"}})
		}
		body := sec.want(seats, http.StatusOK)
		for mail, offered := range map[string]bool{"Engineer": true, "Statistician": true, "Lawyer": false, "Economist": false} {
			if option := optionFor(body, mail); (option != "") != offered {
				t.Errorf("a seat for the %s: offered %v, want %v", mail, option != "", offered)
			}
		}
		lawyer := h.account("torn@peer.example")
		if w := sec.post(seats, seats, url.Values{"account": {lawyer}}); w.Code != http.StatusForbidden {
			t.Errorf("a seat in spite of a conflict: status %d", w.Code)
		}
		sec.fill(seats, url.Values{"account": {optionFor(body, "Engineer")}})
		sec.fill(seats, url.Values{"account": {optionFor(body, "Statistician")}})
		if torn.get(desk+"/code").Code != http.StatusForbidden || tied.get(desk+"/draft").Code != http.StatusForbidden {
			t.Error("a case opened in spite of a conflict")
		}
		if first.get("/en/desk/evidence/"+entry+"/1").Code != http.StatusOK || torn.get("/en/desk/evidence/"+entry+"/1").Code != http.StatusForbidden {
			t.Error("a document for reviewers: who judges reads it, who does not judge does not")
		}

		// Coding alone, then one draft.
		codes := func(overall, photo string) url.Values {
			return url.Values{"overall.0": {overall}, "milestone.0": {"substantial"}, "indicator.0": {"limited"}, "evidence." + entry + ".0": {photo}, "evidence." + entry + ".1": {"E3"}}
		}
		first.fill(desk+"/code", codes("limited", "E2"))
		if w := first.post(desk+"/draft", desk+"/draft", url.Values{"completion": {"limited"}}); w.Code != http.StatusForbidden {
			t.Errorf("a draft before all have coded: status %d", w.Code)
		}
		second.fill(desk+"/code", codes("substantial", "E2"))
		if w := first.post(desk+"/draft", desk+"/code", codes("substantial", "E2")); w.Code != http.StatusConflict {
			t.Errorf("codes changed after all have coded: status %d", w.Code)
		}
		draft := url.Values{"verifiable": {"yes"}, "verifiable_reason": {"The weighbridge counts."}, "potential": {"substantial"}, "completion": {"complete"},
			"reasoning": {"Half is treated, as the table shows."}, "recommendations.0": {"Publish the table."}, "used.evidence." + entry + ".0": {"E2"}}
		send := first.fill(desk+"/draft", draft)
		if w := first.post(send, send, nil); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "rests on evidence of at least E3") {
			t.Errorf("“complete” on E2: status %d", w.Code)
		}
		draft.Set("completion", "limited")
		draft.Set("used.evidence."+entry+".1", "E3")
		first.fill(desk+"/draft", draft)
		if to := first.fill(send, nil); to != "/en/desk" {
			t.Errorf("sent, and led to %s", to)
		}
		if n := h.toldAbout("focal@port.example", "Draft review: Waste is treated"); n != 1 {
			t.Errorf("%d letters tell the party of the draft", n)
		}
		if w := first.get(desk + "/draft"); w.Code != http.StatusOK || h.browser().get("/en/reviews/"+review).Code != http.StatusOK {
			t.Errorf("status %d", w.Code)
		}
		if strings.Contains(h.browser().want("/en/reviews/"+review, http.StatusOK), "Half is treated") {
			t.Error("the draft is public")
		}

		// The window: nothing before its end, save with a reply.
		if w := sec.post(desk+"/publish", desk+"/publish", nil); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "The party can reply until") {
			t.Errorf("published in the window: status %d\n%s", w.Code, firstLines(w.Body.String()))
		}
		if first.get(desk+"/reply").Code != http.StatusForbidden {
			t.Error("a reviewer replies for the party")
		}
		if body := sec.want("/en/desk", http.StatusOK); strings.Contains(body, desk[3:]+"/publish") || strings.Contains(body, desk[3:]+"/seats") {
			t.Error("the secretariat's desk asks for something while the party has its window")
		}
		if !strings.Contains(focal.want("/en/desk", http.StatusOK), "waits for your reply") {
			t.Error("the party's desk does not say that a draft waits")
		}
		// While the party has a validating authority, its focal point alone says nothing in its name.
		authority := h.person("authority@org.example", "", account.Post{Party: h.org, As: account.AsValidator})
		for _, step := range []string{"/reply", "/waive"} {
			if w := focal.post(desk+step, desk+step, url.Values{"reply": {"Alone."}}); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "two people speak") {
				t.Errorf("%s alone: got status %d", step, w.Code)
			}
		}
		h.write(func(tx *db.Tx) error {
			return account.Relieve(tx, authority, account.Post{Party: h.org, As: account.AsValidator})
		})
		focal.fill(desk+"/reply", url.Values{"reply": {"The table follows in May."}, "responses.0": {"supported"}})
		if !strings.Contains(sec.want("/en/desk", http.StatusOK), desk[3:]+"/publish") {
			t.Error("the secretariat's desk does not say that the review can be published")
		}
		before := h.k.Size()
		sec.fill(desk+"/publish", nil)
		if h.k.Size() != before+2 {
			t.Errorf("%d entries, want the reply and the review", h.k.Size()-before)
		}
		page = h.browser().want("/en/reviews/"+review, http.StatusOK)
		for _, s := range []string{"Half is treated", "The table follows in May.", "supported", "The party replied.", "1 member of the pool declared a conflict", "Engineer", "Statistician",
			"Cohen’s κ", "0.4", "E3: third-party", "Publish the table."} {
			if !strings.Contains(page, s) {
				t.Errorf("the review does not say %q", s)
			}
		}
		for _, s := range []string{"first@peer", "Ada worked there", "Lawyer", "torn@"} {
			if strings.Contains(page, s) || recordHolds(h, s) {
				t.Errorf("public: %q", s)
			}
		}

		// A second review, after the window without a reply, that differs.
		opening.Set("second_of", review)
		opening.Del("key")
		seats = sec.fill("/en/desk/reviews/open?commitment="+itoa(c), opening)
		desk = strings.TrimSuffix(seats, "/seats")
		other := desk[strings.LastIndex(desk, "/")+1:]
		for i, b := range []*browser{first, second} {
			b.fill(desk+"/declare", url.Values{"declared": {"none"}})
			sec.fill(seats, url.Values{"account": {optionFor(sec.want(seats, http.StatusOK), []string{"Engineer", "Statistician"}[i])}})
		}
		for _, b := range []*browser{first, second} {
			b.fill(desk+"/code", codes("substantial", "E3"))
		}
		draft.Set("completion", "substantial")
		second.fill(desk+"/draft", draft)
		second.fill(desk+"/send", nil)
		h.now = h.now.AddDate(0, 0, 12)
		sec = h.signIn("sec@desk.example")
		if w := sec.post(desk+"/publish", desk+"/publish", nil); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("after 12 days: status %d", w.Code)
		}
		h.now = h.now.AddDate(0, 0, 11)
		sec, focal = h.signIn("sec@desk.example"), h.signIn("focal@port.example")
		sec.fill(desk+"/publish", nil)
		page = h.browser().want("/en/commitments/"+itoa(c)+"/reviews", http.StatusOK)
		for _, s := range []string{"reviews differ", "limited", "substantial", "both stand", "/en/reviews/" + review, "/en/reviews/" + other} {
			if !strings.Contains(page, s) {
				t.Errorf("the reviews of the commitment do not say %q", s)
			}
		}
		page = h.browser().want("/en/reviews/"+other, http.StatusOK)
		for _, s := range []string{"The party did not reply within its window.", "cannot be computed", "Two reviews of this stage differ", "/en/reviews/" + review} {
			if !strings.Contains(page, s) {
				t.Errorf("the second review does not say %q", s)
			}
		}
		focal.fill(desk+"/reply", url.Values{"reply": {"A late word."}})
		if !strings.Contains(h.browser().want("/en/reviews/"+other, http.StatusOK), "A late word.") {
			t.Error("a later reply is not shown")
		}
		listed(t, h, c)
		found, err := h.k.ReplayCheck(t.Context(), nil)
		if err != nil || len(found) > 0 {
			t.Errorf("replay: %v, %+v", err, found)
		}
	})
}

// between is what stands between two texts, "" where it does not.
func between(s, before, after string) string {
	_, s, ok := strings.Cut(s, before)
	if !ok {
		return ""
	}
	s, _, _ = strings.Cut(s, after)
	return s
}

// optionFor is the value of the option whose name holds a text.
func optionFor(body, text string) string {
	for _, o := range strings.Split(body, "<option ")[1:] {
		name, _, _ := strings.Cut(o, "</option>")
		if strings.Contains(name, text) {
			return between(name, `value="`, `"`)
		}
	}
	return ""
}

func (h *house) account(mail string) (id string) {
	h.write(func(tx *db.Tx) error {
		w, err := account.Find(tx, mail)
		if err == nil {
			id = w.ID
		}
		return err
	})
	return id
}

// recordHolds tells whether any entry or text of the record holds something.
func recordHolds(h *house, what string) bool {
	var n, m int64
	h.write(func(tx *db.Tx) error {
		if err := tx.Row("SELECT COUNT(*) FROM record_word WHERE body LIKE ?", "%"+what+"%").Scan(&n); err != nil {
			return err
		}
		for i := range h.k.Size() {
			e, err := keeper.ReadEntry(tx, i)
			if err != nil {
				return err
			}
			if strings.Contains(string(e.Facts), what) {
				m++
			}
		}
		return nil
	})
	return n+m > 0
}

// documents checks how the report's two documents are served.
func documents(t *testing.T, h *house, digest, entry string) {
	t.Helper()
	anyone := h.browser()
	w := anyone.get("/evidence/" + digest)
	head := w.Header()
	if w.Code != http.StatusOK || head.Get("Content-Type") != "image/jpeg" || head.Get("X-Content-Type-Options") != "nosniff" ||
		head.Get("Content-Security-Policy") != "sandbox; default-src 'none'" || head.Get("Content-Disposition") != `attachment; filename="evidence-`+digest[:12]+`.jpg"` {
		t.Errorf("the photo: %d %v", w.Code, head)
	}
	for _, address := range []string{"/evidence/" + digest, "/evidence/" + digest + "/picture", "/en/evidence/" + digest + "/about"} {
		body := anyone.want(address, http.StatusOK)
		if strings.Contains(body, "GPS") || strings.Contains(body, "Ada Example") || strings.Contains(body, "holiday") {
			t.Errorf("%s tells where or by whom the photo was taken", address)
		}
	}
	then := "/en/evidence/" + digest + "/about?as-of=" + keeper.Today(h.k.Now())
	if page := anyone.want(then, http.StatusOK); !strings.Contains(page, "The new line") || !strings.Contains(page, "/evidence/"+digest+`/picture"`) {
		t.Error("the page of the photo as of today is another one")
	}
	page := anyone.want("/en/evidence/"+digest+"/about", http.StatusOK)
	for _, s := range []string{`<img src="/evidence/` + digest + `/picture"`, "The new line", "E2: own document", "were taken out of this picture"} {
		if !strings.Contains(page, s) {
			t.Errorf("the page of the photo does not say %q", s)
		}
	}
	if w := anyone.get("/evidence/" + digest + "/picture"); w.Header().Get("Content-Type") != "image/jpeg" {
		t.Errorf("the picture is %s", w.Header().Get("Content-Type"))
	}
	var table string
	h.write(func(tx *db.Tx) error {
		return tx.Row("SELECT sha256 FROM evidence WHERE seen_by = 'reviewers'").Scan(&table)
	})
	for _, address := range []string{"/evidence/" + table, "/en/evidence/" + table + "/about", "/evidence/" + strings.Repeat("0", 64), "/evidence/..%2f..%2fetc%2fpasswd", "/evidence/x"} {
		if w := anyone.get(address); w.Code != http.StatusNotFound {
			t.Errorf("%s: got status %d, want 404", address, w.Code)
		}
	}
	if w := anyone.get("/en/desk/evidence/" + entry + "/1"); w.Code != http.StatusForbidden {
		t.Errorf("a document for reviewers, for anybody: status %d", w.Code)
	}
}

// listed checks the lists and their twins.
func listed(t *testing.T, h *house, c int64) {
	t.Helper()
	anyone := h.browser()
	for address, want := range map[string]string{
		"/en/reviews":                              "2 reviews",
		"/en/reviews?completion=limited":           "1 review",
		"/en/reviews?progress=open":                "No review is shown here",
		"/reviews.csv":                             "limited",
		"/reviews.json":                            `"second_of"`,
		"/en/commitments?review=differing":         "/en/commitments/" + itoa(c),
		"/commitments.json?review=differing":       `"assessment":"differing"`,
		"/commitments/" + itoa(c) + ".json":        "differing",
		"/en/commitments/" + itoa(c):               "reviews differ",
		"/fr/reviews":                              "2 examens",
		"/ar/reviews":                              "استعراضان",
		"/en/commitments/" + itoa(h.promise):       "no review was asked for",
		"/commitments/" + itoa(c) + "/reviews.csv": "substantial",
	} {
		if body := anyone.want(address, http.StatusOK); !strings.Contains(body, want) {
			t.Errorf("%s does not say %q", address, want)
		}
	}
	if w := anyone.get("/en/reviews/" + itoa(c)); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "/en/commitments/"+itoa(c)) {
		t.Errorf("a commitment under /reviews: status %d, with a link to the right page", w.Code)
	}
}
