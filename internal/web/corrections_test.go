package web_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"kept/compacts"
	"kept/internal/account"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/person"
	"kept/internal/stakeholder"
)

// says wants a page to hold words, and gives it.
func (b *browser) says(address string, words ...string) string {
	b.h.t.Helper()
	body := b.want(address, http.StatusOK)
	for _, w := range words {
		if !strings.Contains(body, w) {
			b.h.t.Errorf("%s does not say %q:\n%s", address, w, firstLines(body))
		}
	}
	return body
}

// quayHouse has Northquay with a commitment and a report, and another organisation.
func quayHouse(t *testing.T, store *db.DB) (h *house, party, made, report int64) {
	t.Helper()
	h = newHouse(t, store, compacts.Harbour())
	harbourPast(t, h.k)
	first := h.k.Size() - 4 - pastSaid
	out, err := h.k.Submit(t.Context(), "", keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat,
		Facts: stakeholder.Registered{Kind: "civil-society", Area: "QM"}, Words: map[string]string{"name.und": "Gull Watch"}})
	if err != nil {
		t.Fatal(err)
	}
	h.org = out[0].Index
	return h, first, first + 2, first + 3
}

func TestCorrection(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h, _, made, report := quayHouse(t, open())
		h.person("ora@port.example", "", account.Post{Party: h.org, As: account.AsMain})
		h.person("sol@desk.example", account.RoleSecretariat)
		h.person("sam@desk.example", account.RoleSteward)
		page := "/en/commitments/" + itoa(made)
		visitor := h.browser()
		visitor.says(page, "This is wrong", "Cite this", "/en/wrong?about=commitment%3a"+itoa(made))

		port := h.signIn("ora@port.example")
		about := "/en/wrong?about=report%3A" + itoa(report)
		asked := url.Values{"about": {"report:" + itoa(report)}, "category": {"figure"}, "text": {"The share is of another quarter."}, "url": {"javascript:x"}, "as": {itoa(h.org)}}
		if w := port.post(about, "/en/wrong", asked); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "another quarter") {
			t.Fatalf("an address that is none: got status %d, want 422 with the form filled in", w.Code)
		}
		asked.Set("url", "https://register.harbour.example/waste")
		to := port.fill(about, asked)
		visitor.says(to, "another quarter", "Gull Watch", "Not answered yet")
		visitor.says(page, "A correction was asked for on", strings.TrimPrefix(to, "/en"))
		visitor.says("/en/corrections", strings.TrimPrefix(to, "/en"))

		steward := h.signIn("sam@desk.example")
		steward.says("/en/desk", "A correction to answer")
		if w := port.get(to + "/answer"); w.Code != http.StatusForbidden {
			t.Errorf("a party at the form that answers: got status %d, want 403", w.Code)
		}
		h.now = h.now.Add(4 * 24 * time.Hour)
		steward = h.signIn("sam@desk.example")
		answer := url.Values{"outcome": {"corrected"}, "text": {"It is 51.0 and was reported anew."}, "entry": {"no number"}}
		if w := steward.post(to+"/answer", to+"/answer", answer); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("an entry that is none: got status %d, want 422", w.Code)
		}
		answer.Set("entry", itoa(report))
		steward.fill(to+"/answer", answer)
		visitor.says(to, "It is 51.0", "corrected", "after 4 days", "Answered by the data steward")
		visitor.says(page, "Corrected on")
		if w := steward.get(to + "/answer"); w.Code != http.StatusConflict {
			t.Errorf("answered twice: got status %d, want 409", w.Code)
		}
		var twin struct {
			Data struct {
				Times struct {
					Answered int    `json:"answered"`
					Median   string `json:"median_days"`
					Slowest  int    `json:"slowest_days"`
				} `json:"times"`
			} `json:"data"`
		}
		if err := json.Unmarshal(visitor.get("/corrections.json").Body.Bytes(), &twin); err != nil || twin.Data.Times.Answered != 2 || twin.Data.Times.Median != "2.5" || twin.Data.Times.Slowest != 4 {
			t.Errorf("times: got %+v, %v", twin, err)
		}
		rows, err := csv.NewReader(visitor.get("/corrections.csv?outcome=corrected").Body).ReadAll()
		if err != nil || len(rows) != 2 {
			t.Errorf("the list as CSV: got %v, %v", rows, err)
		}
		h.signIn("sol@desk.example").says("/en/desk", "Desk")
	})
}

// TestWrongByAVisitor follows what a person sends: private until it was read, then
// published without a name and, if she wants, without her words.
func TestWrongByAVisitor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := harbourHouse(t, open())
		h.person("mo@desk.example", account.RoleModerator)
		visitor := h.browser()
		for address, want := range map[string]int{"/en/wrong?about=item%3AH.5": 200, "/en/wrong?about=item%3AH.99": 404, "/en/wrong?about=moon%3A1": 404, "/en/wrong": 404, "/en/wrong?about=page%3A%2Fnowhere": 404} {
			if w := visitor.get(address); w.Code != want {
				t.Errorf("%s: got status %d, want %d", address, w.Code, want)
			}
		}
		fields := func(about, text string) url.Values {
			return url.Values{"about": {about}, "category": {"text"}, "text": {text}}
		}
		for _, private := range []string{"page:/areas/ZZZ", "page:/receipts", "page:/sign-in", "figure:schools-fibre/ZZZ/2026"} {
			if w := visitor.post("/en/wrong?about=page%3A%2Fareas%2FQM", "/en/wrong", fields(private, "x")); w.Code != http.StatusNotFound && w.Code != http.StatusUnprocessableEntity {
				t.Errorf("%s, which is no public page: got status %d", private, w.Code)
			}
		}
		codes := regexp.MustCompile(`/en/receipts/[A-Z2-7]{26}$`)
		var receipts []string
		for n := range 5 {
			f := fields("item:H.5", "planted words "+string(rune('a'+n)))
			if n == 4 {
				f.Set("summary", "yes")
			}
			w := visitor.post("/en/wrong?about=item%3AH.5", "/en/wrong", f)
			if w.Code != http.StatusSeeOther || !codes.MatchString(w.Header().Get("Location")) {
				t.Fatalf("what a person sends: got status %d, want to be led to a receipt\n%s", w.Code, firstLines(w.Body.String()))
			}
			receipts = append(receipts, w.Header().Get("Location"))
			visitor.says(receipts[n], "A moderator has not read it yet")
		}
		for _, address := range []string{"/en/corrections", "/en/items/H.5", "/corrections.json"} {
			if body := visitor.want(address, http.StatusOK); strings.Contains(body, "planted words") {
				t.Errorf("%s shows what nobody has read", address)
			}
		}
		if w := visitor.get("/en/desk/moderation"); w.Code == http.StatusOK {
			t.Error("a visitor sees what waits for moderators")
		}
		moderator := h.signIn("mo@desk.example")
		moderator.says("/en/desk", "Something to read before it is published")
		inputs := regexp.MustCompile(`/en(/desk/moderation/inputs/[0-9a-f]+)`).FindAllString(moderator.want("/en/desk/moderation", http.StatusOK), -1)
		if len(inputs) != 5 {
			t.Fatalf("%d wait for the moderator, want 5", len(inputs))
		}
		if w := moderator.post(inputs[0], inputs[0], url.Values{"decision": {"refuse"}}); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("refused for no reason: got status %d, want 422", w.Code)
		}
		for _, at := range inputs {
			moderator.fill(at, url.Values{"decision": {"admit"}})
		}
		h.now = h.now.Add(48 * time.Hour)
		publisher := person.Publisher{Keeper: h.k, Kinds: map[string]person.FactsOf{correction.KindAsked: person.Facts[correction.Asked](nil)}}
		if err := publisher.Publish(t.Context(), person.BatchDay(h.now)); err != nil {
			t.Fatal(err)
		}
		h.write(func(tx *db.Tx) error {
			list, err := correction.List(tx, correction.Filter{Thing: "item:H.5"})
			words := 0
			for _, c := range list {
				said, err := keeper.WordsOf(tx, c.ID)
				if err != nil {
					return err
				}
				words += len(said)
				if c.By != "person" || c.Party != 0 || c.ReceivedOn != correction.WeekOf(testDay) {
					t.Errorf("published: got %+v", c)
				}
			}
			if len(list) != 5 || words != 4 {
				t.Errorf("%d published with %d texts, want 5 with 4: one wanted a summary only", len(list), words)
			}
			return err
		})
		visitor.says("/en/items/H.5", "A correction was asked for on")
		h.appealOfAPerson(visitor, strings.TrimPrefix(receipts[0], "/en/receipts/"), strings.TrimPrefix(receipts[1], "/en/receipts/"))
	})
}

// appealOfAPerson hides what a person wrote: the code of its receipt opens the
// appeal, and no other code does.
func (h *house) appealOfAPerson(visitor *browser, code, other string) {
	h.t.Helper()
	var entry int64
	h.write(func(tx *db.Tx) error {
		row, err := person.ByCode(tx, code)
		entry = row.Entry
		return err
	})
	page := "/en/corrections/" + itoa(entry)
	visitor.says(page, "planted words a")
	moderator := h.signIn("mo@desk.example")
	to := moderator.fill("/en/desk/moderation/hide?entry="+itoa(entry), url.Values{"entry": {itoa(entry)}, "parts": {"text.en"}, "category": {"spam"}, "basis": {"policy"}, "appeal_until": {"2026-12-12"}})
	act := strings.TrimPrefix(to, "/en/record/entries/")
	if body := visitor.says(page, "advertising or repetition", "/en/appeal?act="+act); strings.Contains(body, "planted words") {
		h.t.Error("hidden words are shown")
	}
	send := func(code string) int {
		return visitor.post("/en/appeal?act="+act, "/en/appeal", url.Values{"act": {act}, "text": {"It is no repetition."}, "code": {code}}).Code
	}
	if got := send(other); got != http.StatusForbidden {
		h.t.Errorf("an appeal with another receipt: got status %d, want 403", got)
	}
	if got := send(code); got != http.StatusOK {
		h.t.Errorf("an appeal with the receipt: got status %d, want 200", got)
	}
}

func TestWrongHasALimit(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	b := h.browser()
	last := 0
	for range 31 {
		last = b.post("/en/wrong?about=item%3AH.5", "/en/wrong", url.Values{"about": {"item:H.5"}, "category": {"text"}, "text": {"x"}}).Code
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the 31st in an hour from one network: got status %d, want 429", last)
	}
}

// endPastDispute withdraws what harbourPast disputes.
func (h *house) endPastDispute() {
	h.t.Helper()
	var past correction.Dispute
	h.write(func(tx *db.Tx) error {
		list, err := correction.Disputes(tx, "")
		past = list[0]
		return err
	})
	_, err := h.k.Submit(h.t.Context(), "", keeper.Act{Kind: correction.KindClosed, By: itoa(past.Party), Facts: correction.Closed{Dispute: past.ID, Outcome: correction.Withdrawn}})
	if err != nil {
		h.t.Fatal(err)
	}
}

func TestDisputePages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h, party, made, report := quayHouse(t, open())
		h.person("ora@port.example", "", account.Post{Party: h.org, As: account.AsMain})
		h.person("nor@quay.example", "", account.Post{Party: party, As: account.AsMain})
		h.person("out@else.example", "")
		h.endPastDispute()
		page := "/en/commitments/" + itoa(made)
		port, quay, visitor := h.signIn("ora@port.example"), h.signIn("nor@quay.example"), h.browser()
		form := "/en/disputes/new?entry=" + itoa(report)
		if w := quay.post(form, "/en/disputes/new", url.Values{"entry": {itoa(report)}, "as": {itoa(party)}, "text": {"x"}}); w.Code != http.StatusForbidden {
			t.Errorf("one's own entry: got status %d, want 403", w.Code)
		}
		to := port.fill(form, url.Values{"entry": {itoa(report)}, "as": {itoa(h.org)}, "text": {"The first line does not run <b>yet</b>."}})
		visitor.says(page, "disputed by a party", "does not run &lt;b&gt;yet&lt;/b&gt;", "No answer has been given yet")
		visitor.says("/en/commitments", "disputed")
		quay.says("/en/desk", "A dispute waits for your word")
		if w := port.get(to + "/answer"); w.Code != http.StatusForbidden {
			t.Errorf("the other side at the form of the answer: got status %d, want 403", w.Code)
		}
		quay.fill(to+"/answer", url.Values{"text": {"It has run since March."}})
		visitor.says(page, "does not run", "It has run since March.")
		visitor.says("/en/record/entries/"+itoa(report), "It has run since March.")
		var twin struct {
			Marks struct {
				Disputed bool `json:"disputed"`
				Disputes []struct {
					Text   map[string]string `json:"text"`
					Answer map[string]string `json:"answer"`
				} `json:"disputes"`
			} `json:"marks"`
		}
		err := json.Unmarshal(visitor.get("/commitments/"+itoa(made)+".json").Body.Bytes(), &twin)
		if err != nil || !twin.Marks.Disputed || len(twin.Marks.Disputes) != 2 || twin.Marks.Disputes[0].Text["en"] == "" || twin.Marks.Disputes[0].Answer["en"] == "" {
			t.Errorf("the twin: got %+v, %v", twin, err)
		}
		if w := h.signIn("out@else.example").get(to + "/close"); w.Code != http.StatusForbidden {
			t.Errorf("somebody else at the form that closes: got status %d, want 403", w.Code)
		}
		quay.fill(to+"/close", url.Values{"as": {itoa(party)}, "outcome": {"settled"}})
		visitor.says(to, "Called settled so far by one side")
		port.says("/en/desk", "A dispute waits for your word")
		port.fill(to+"/close", url.Values{"as": {itoa(h.org)}, "outcome": {"settled"}, "note": {"We saw it."}})
		visitor.says(to, "settled", "We saw it.")
		if body := visitor.want(page, http.StatusOK); strings.Contains(body, "disputed by a party") || !strings.Contains(body, "It has run since March.") {
			t.Error("a settled dispute is history on the page, and no longer a mark")
		}
	})
}

// TestHiding hides words, and lets another moderator decide the appeal of who wrote them.
func TestHiding(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h, party, made, report := quayHouse(t, open())
		h.person("mo@desk.example", account.RoleModerator)
		h.person("mi@desk.example", account.RoleModerator)
		h.person("nor@quay.example", "", account.Post{Party: party, As: account.AsMain})
		h.person("ora@port.example", "", account.Post{Party: h.org, As: account.AsMain})
		page := "/en/commitments/" + itoa(made)
		mo, visitor := h.signIn("mo@desk.example"), h.browser()
		hide := "/en/desk/moderation/hide?entry=" + itoa(report)
		if w := h.signIn("ora@port.example").get(hide); w.Code != http.StatusForbidden {
			t.Errorf("a party at the moderators' form: got status %d, want 403", w.Code)
		}
		visitor.says(page, "The first line runs.")
		fields := url.Values{"entry": {itoa(report)}, "parts": {"narrative.en"}, "category": {"private_data"}, "basis": {"policy"}, "appeal_until": {"2026-12-12"}, "reason": {"It named a worker."}}
		to := mo.fill(hide, fields)
		act := strings.TrimPrefix(to, "/en/record/entries/")
		body := visitor.says(page, "this text was hidden on", "private data", "/en/appeal?act="+act)
		if strings.Contains(body, "The first line runs.") {
			t.Error("the page still shows the hidden words")
		}
		appeal := "/en/appeal?act=" + act
		if w := visitor.post(appeal, "/en/appeal", url.Values{"act": {act}, "text": {"Nobody is named."}, "code": {"AAAA"}}); w.Code != http.StatusForbidden {
			t.Errorf("an appeal by nobody: got status %d, want 403", w.Code)
		}
		if w := h.signIn("ora@port.example").post(appeal, "/en/appeal", url.Values{"act": {act}, "text": {"x"}}); w.Code != http.StatusForbidden {
			t.Errorf("an appeal by another party: got status %d, want 403", w.Code)
		}
		if w := h.signIn("nor@quay.example").post(appeal, "/en/appeal", url.Values{"act": {act}, "text": {"Nobody is named."}}); w.Code != http.StatusOK {
			t.Fatalf("an appeal: got status %d\n%s", w.Code, firstLines(w.Body.String()))
		}
		at := regexp.MustCompile(`/en/desk/moderation/appeals/[a-z0-9]+`).FindString(mo.want("/en/desk/moderation", http.StatusOK))
		if w := mo.get(at); w.Code != http.StatusForbidden {
			t.Errorf("the first moderator at the appeal: got status %d, want 403", w.Code)
		}
		h.now = h.now.Add(3 * 24 * time.Hour)
		mi := h.signIn("mi@desk.example")
		mi.says("/en/desk", "Appeal against entry "+act)
		mi.says(at, "<bdi>The first line runs.</bdi>", "<bdi>Nobody is named.</bdi>")
		mi.fill(at, url.Values{"verdict": {"restored"}, "reason": {"So it is."}})
		if body := visitor.says(page, "The first line runs."); strings.Contains(body, "this text was hidden") {
			t.Error("the notice stays although the words are back")
		}
		visitor.says("/en/about/moderation", "Decisions that hid words", "Shown again after an appeal")
		h.write(func(tx *db.Tx) error {
			m, err := correction.CountModerated(tx, "2999-12-31")
			if m.Hidden != 1 || m.Restored != 1 || m.Median != "3" {
				t.Errorf("counts: got %+v", m)
			}
			return err
		})
	})
}

func TestCite(t *testing.T) {
	site, k := newSite(t, compacts.Harbour())
	harbourPast(t, k)
	made := k.Size() - 2 - pastSaid
	body := page(t, site, "/en/cite?of=commitment%3A"+itoa(made), http.StatusOK)
	for _, want := range []string{testBase + "/commitments/" + itoa(made), "entry " + itoa(made), "80 per cent of ship waste treated", "root ", "/record/receipts/" + itoa(made)} {
		if !strings.Contains(body, want) {
			t.Errorf("the citation lacks %q:\n%s", want, firstLines(body))
		}
	}
	for address, status := range map[string]int{"/en/cite": 422, "/en/cite?of=item%3AZ.9": 404, "/en/cite?of=page%3A%2Fareas%2FQM": 200, "/en/cite?of=%3Cscript%3E": 422} {
		if w := get(site, address); w.Code != status {
			t.Errorf("%s: got status %d, want %d", address, w.Code, status)
		}
	}
}

// TestLookalikeName asks once more for a name whose letters may pass for others.
func TestLookalikeName(t *testing.T) {
	d := newDesk(t, formBase)
	fields := func(name string) url.Values { return url.Values{"name": {name}, "kind": {"technical"}} }
	d.step("/en/stakeholders/new", fields("Fоg Horn"), http.StatusUnprocessableEntity, "look alike")
	confirmed := fields("Fоg Horn")
	confirmed.Set("lookalike", "yes")
	d.step("/en/stakeholders/new", confirmed, http.StatusSeeOther, "Horn")
	d.step("/en/stakeholders/new", fields("\u202eNroH goF"), http.StatusSeeOther, "NroH goF")
}
