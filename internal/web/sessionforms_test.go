package web_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// must submits an act that no form of this test makes.
func (h *house) must(a keeper.Act) int64 {
	h.t.Helper()
	out, err := h.k.Submit(h.t.Context(), "", a)
	if err != nil {
		h.t.Fatalf("%s: %v", a.Kind, err)
	}
	return out[0].Index
}

func (h *house) day(day string) {
	h.now, _ = time.Parse(time.DateOnly, day)
	h.now = h.now.Add(14 * time.Hour)
}

func (h *house) cycle(year int64, p forum.Plan) int64 {
	p.ReportDays, p.MostSessions, p.MostMinutes = 14, 3, 90
	return h.must(keeper.Act{Kind: forum.KindCycleOpened, By: "secretariat", Facts: forum.CycleOpened{Year: year, Plan: p}, Words: map[string]string{"place.en": "Old customs house"}})
}

// forumHouse has an organisation that may propose, its focal point, two people of the
// secretariat, and reviewers.
func forumHouse(t *testing.T, store *db.DB) *house {
	h := harbourHouse(t, store)
	h.must(keeper.Act{Kind: stakeholder.KindGiven, By: itoa(h.org), Facts: stakeholder.Given{Text: "harbour-2025", Language: "en", Vision: true, Principles: true,
		Activities: []stakeholder.Activity{{State: "under-way", Start: "2025-09"}}}, Words: map[string]string{"activities.0.title.en": "Courses", "role.en": "Director"}})
	h.person("main@org.example", "", account.Post{Party: h.org, As: account.AsMain})
	h.person("one@office.example", account.RoleSecretariat)
	h.person("two@office.example", account.RoleSecretariat)
	for _, who := range []string{"ada", "ben"} {
		h.person(who+"@readers.example", account.RoleReviewer)
	}
	h.person("cy@readers.example", account.RoleReviewer, account.Post{Party: h.org, As: account.AsDrafter})
	return h
}

// office are two people of the secretariat: one writes, the other approves.
type office struct{ writes, approves *browser }

func (o office) fill(address string, fields url.Values) {
	o.writes.h.t.Helper()
	at := o.writes.fill(address, fields)
	seen := hiddenValue(o.writes.h.t, o.approves.want(at, http.StatusOK), "seen")
	o.approves.fill(at, url.Values{"decision": {"approved"}, "seen": {seen}})
}

func proposal(org int64) url.Values {
	return url.Values{"title": {"Who pays for the quay?"}, "problem": {"Nobody has said who pays."}, "format": {"panel"}, "minutes": {"60"}, "partners": {"Northquay Port Authority"},
		"items": {"H.1"}, "gaps": {"H.1:money"}, "serves": {"F1", "F5"}, "serving": {"It reviews what was agreed."}, "consent": {"yes"},
		"people.0.name": {"Ada Quay"}, "people.0.role": {"speaker"}, "people.0.group": {"civil-society"}, "people.0.area": {"qm"}, "people.0.gender": {"woman"}}
}

// TestSessionJourney goes from the call to what became of a message, by forms alone.
func TestSessionJourney(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := forumHouse(t, open())
		h.day("2026-12-01")
		first := h.cycle(2027, forum.Plan{TopicsUntil: "2026-12-10", RankUntil: "2026-12-15", AgendaUntil: "2026-12-20", CallUntil: "2027-01-31", From: "2027-05-03", To: "2027-05-05"})
		at := "/en/forum/" + itoa(first)
		var main, ada, ben *browser
		var secretariat office
		on := func(day string) { // sessions of people do not last from one day to another here
			h.day(day)
			main, ada, ben = h.signIn("main@org.example"), h.signIn("ada@readers.example"), h.signIn("ben@readers.example")
			secretariat = office{h.signIn("one@office.example"), h.signIn("two@office.example")}
		}
		on("2026-12-01")

		main.want(at+"/sessions/new", http.StatusNotFound) // before the call
		secretariat.fill(at+"/sessions/call", url.Values{"formats": {"panel", "workshop"}, "durations": {"60, 90"}, "scale": {"5"}, "criterion.0": {"Does it answer a gap?"}, "weight.0": {"60"},
			"criterion.1": {"Who is heard?"}, "weight.1": {"40"}})
		if page := main.want(at+"/sessions/new", http.StatusOK); !strings.Contains(page, "Does it answer a gap?") || !strings.Contains(page, "Weight 60 of 100") {
			t.Errorf("the criteria are not on the form\n%s", firstLines(page))
		}

		draft := main.fill(at+"/sessions/new", url.Values{"party": {itoa(h.org)}})
		long := proposal(h.org)
		long.Set("title", strings.Repeat("水", 61))
		w := main.post(draft, draft, long)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "61 characters") {
			t.Errorf("a title of 61 characters: got status %d\n%s", w.Code, firstLines(w.Body.String()))
		}
		if !strings.Contains(main.want(draft, http.StatusOK), strings.Repeat("水", 61)) || !strings.Contains(main.want("/en/desk", http.StatusOK), draft) {
			t.Error("what was typed is lost, or not on the desk")
		}
		check := main.fill(draft, proposal(h.org))
		page := main.want(check, http.StatusOK)
		for _, want := range []string{"Who organises and who speaks", "organisers: 0; people: 1", "By gender, where stated: woman", "Northquay Port Authority"} {
			if !strings.Contains(page, want) {
				t.Errorf("before sending, the page lacks %q\n%s", want, firstLines(page))
			}
		}
		session := main.fill(check, nil)
		if !strings.HasPrefix(session, at+"/sessions/") {
			t.Fatalf("published, and led to %s", session)
		}
		main.want(draft, http.StatusNotFound)

		again := main.fill(main.fill(session+"/amend", nil), with(proposal(h.org), "title", "Who pays?"))
		main.fill(again, nil)
		if !strings.Contains(main.want(session, http.StatusOK), "Who pays?") {
			t.Error("the amendment does not stand")
		}

		on("2027-02-05")
		ask := func(mail string) string {
			w := secretariat.writes.post(session+"/scorers", session+"/scorers", url.Values{"mail": {mail}})
			if w.Code == http.StatusSeeOther {
				return ""
			}
			return w.Body.String()
		}
		for mail, says := range map[string]string{"cy@readers.example": "conflict of interest", "two@office.example": "do not score", "nobody@nowhere.example": `id="mail-err"`} {
			if body := ask(mail); body == "" || !strings.Contains(body, says) {
				t.Errorf("%s was asked: %s", mail, firstLines(body))
			}
		}
		for _, mail := range []string{"ada@readers.example", "ben@readers.example"} {
			if body := ask(mail); body != "" {
				t.Fatalf("%s: %s", mail, firstLines(body))
			}
		}
		sheet := func(one, two string) url.Values {
			return url.Values{"score.0": {one}, "score.1": {two}, "reason": {"Because."}}
		}
		if w := ada.post(session+"/score", session+"/score", sheet("6", "1")); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("a score outside the scale: got status %d", w.Code)
		}
		ada.fill(session+"/score", sheet("5", "2"))
		if w := ada.post(session+"/score", session+"/score", sheet("1", "1")); w.Code != http.StatusConflict {
			t.Errorf("scored twice: got status %d", w.Code)
		}
		if body := ben.want(session+"/score", http.StatusOK); strings.Contains(body, "Because.") || strings.Contains(main.want(session, http.StatusOK), "Because.") {
			t.Error("a sheet is seen before all are in")
		}
		ben.fill(session+"/score", sheet("3", "4"))
		if body := main.want(session, http.StatusOK); !strings.Contains(body, "72") { // (60·5+40·2 + 60·3+40·4) / (2·5)
			t.Errorf("the scores are not published\n%s", firstLines(body))
		}
		secretariat.fill(session+"/decide", url.Values{"outcome": {"accepted"}, "reason": {"It answers a gap."}})

		id := session[strings.LastIndexByte(session, '/')+1:]
		slots := url.Values{"day": {"2027-05-03"}, "zone": {"Asia/Tokyo"}, "rooms": {"Great hall\nHarbour room"}, "slots": {"09:30 1 " + id}}
		if w := secretariat.writes.post(at+"/programme/set", at+"/programme/set", with(slots, "slots", "09:30 1 "+id+"\n10:00 1 "+id)); w.Code == http.StatusSeeOther {
			t.Error("a session stands twice on one day")
		}
		secretariat.fill(at+"/programme/set", slots)
		page = main.want(at+"/programme?zone=America%2FNew_York", http.StatusOK)
		for _, want := range []string{"09:30", "20:30–21:30", "Great hall", "Asia/Tokyo"} {
			if !strings.Contains(page, want) {
				t.Errorf("the programme lacks %q\n%s", want, firstLines(page))
			}
		}
		file := main.get("/forum/" + itoa(first) + "/programme.ics").Body.String()
		if !strings.Contains(file, "DTSTART:20270503T003000Z\r\n") || !strings.Contains(file, "DTEND:20270503T013000Z\r\n") {
			t.Errorf("the calendar file: got\n%s", file)
		}
		if body := main.want(at+"/programme?zone=Moon%2FTycho", http.StatusOK); !strings.Contains(body, `aria-invalid="true"`) {
			t.Error("an unknown zone is not pointed out")
		}

		on("2027-05-04")
		report := url.Values{"party": {itoa(h.org)}, "issues": {"Money."}, "discussion": {"Two views."}, "takeaways": {"A fund."}, "next": {"Write it down."}, "present.private": {"12"}, "present.state": {"3"}}
		main.fill(session+"/report", report)
		if body := main.want(session, http.StatusOK); !strings.Contains(body, "fewer than 5") || !strings.Contains(body, "A fund.") {
			t.Errorf("the report is not shown\n%s", firstLines(body))
		}
		message := main.fill(at+"/messages/new", url.Values{"party": {itoa(h.org)}, "sessions": {id}, "text": {"Participants asked who pays."}, "items": {"H.1"}, "addressees": {"states"}, "partners": {itoa(h.org)}})
		main.fill(message+"/follow", url.Values{"whom": {itoa(h.org)}, "state": {"taken_up"}, "on": {"2027-05-04"}, "note": {"We opened a budget line."}})
		secretariat.fill(message+"/follow", url.Values{"whom": {"states"}, "state": {"noted"}, "on": {"2027-05-04"}, "note": {"Named in a communiqué."}, "source": {"Port Gazette"}, "url": {"https://gazette.harbour.example/3"}})
		if body := main.want("/en/items/H.1", http.StatusOK); !strings.Contains(body, "Participants asked who pays.") || !strings.Contains(body, "Who pays?") {
			t.Error("the item's page shows neither session nor message")
		}
		if body := main.want("/en/for/states", http.StatusOK); !strings.Contains(body, "Participants asked who pays.") {
			t.Error("the addressee's page does not show the message")
		}
		if feed := main.get("/messages.atom?item=H.1").Body.String(); strings.Count(feed, "<entry>") != 3 {
			t.Errorf("the feed: got %d entries, want 3\n%s", strings.Count(feed, "<entry>"), feed)
		}
		if w := secretariat.writes.post(at+"/outputs/new", at+"/outputs/new", url.Values{"kind": {"map"}, "title": {"Nowhere"}, "page": {"/no/such/page"}, "serves": {"F3"}}); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("an output that is no page: got status %d", w.Code)
		}
		secretariat.fill(at+"/outputs/new", url.Values{"kind": {"map"}, "title": {"Where quays end"}, "page": {"/map"}, "serves": {"F3"}, "sessions": {id}})
		if body := main.want(at+"/outputs", http.StatusOK); !strings.Contains(body, `href="/en/map"`) || !strings.Contains(body, "Nothing here was negotiated") {
			t.Errorf("the output is not shown\n%s", firstLines(body))
		}

		next := h.cycle(2028, forum.Plan{TopicsUntil: "2027-12-10", RankUntil: "2027-12-15", AgendaUntil: "2027-12-20", CallUntil: "2028-01-31", From: "2028-05-03", To: "2028-05-05"})
		body := main.want("/en/forum/"+itoa(next)+"/messages", http.StatusOK)
		if !strings.Contains(body, "What became of the messages of 2027") || !strings.Contains(body, "Participants asked who pays.") || !strings.Contains(body, "taken up") {
			t.Errorf("next year's page does not say what became of the messages\n%s", firstLines(body))
		}
		var twin struct {
			Data struct {
				Before struct {
					Fates []struct {
						State string
						N     int
					}
				} `json:"year_before"`
			}
		}
		if err := json.Unmarshal(main.get("/forum/"+itoa(next)+"/messages.json").Body.Bytes(), &twin); err != nil || len(twin.Data.Before.Fates) != 4 || twin.Data.Before.Fates[2].N != 1 {
			t.Errorf("the twin: got %+v, %v", twin, err)
		}
	})
}

// with is a copy of a form with one field changed.
func with(fields url.Values, name, value string) url.Values {
	fields = maps.Clone(fields)
	fields.Set(name, value)
	return fields
}

// TestBlockedOrganiser is told before she begins, and by whom the way is opened again.
func TestBlockedOrganiser(t *testing.T) {
	h := forumHouse(t, dbtest.SQLite(t))
	h.day("2026-12-01")
	first := h.cycle(2027, forum.Plan{TopicsUntil: "2026-12-10", RankUntil: "2026-12-15", AgendaUntil: "2026-12-20", CallUntil: "2026-12-31", From: "2027-05-03", To: "2027-05-05"})
	call := func(cycle int64) int64 {
		return h.must(keeper.Act{Kind: forum.KindCallOpened, By: "secretariat", Facts: forum.CallOpened{Cycle: cycle, Scale: 5, Weights: []int64{100}, Formats: []string{"panel"}, Durations: []int64{60}},
			Words: map[string]string{"criterion.0.en": "Does it answer a gap?"}})
	}
	session := h.must(keeper.Act{Kind: forum.KindSessionProposed, By: itoa(h.org), Facts: forum.SessionProposed{Call: call(first), Lang: "en",
		SessionPlan: forum.SessionPlan{Format: "panel", Minutes: 60, Organisers: []int64{h.org}, Items: []string{"H.1"}, Serves: []string{"F1"}}},
		Words: map[string]string{"title.en": "Who pays?", "problem.en": "Nobody.", "serving.en": "So."}})
	h.day("2027-02-01")
	h.must(keeper.Act{Kind: forum.KindSessionScored, By: "secretariat", Facts: forum.SessionScored{Session: session, Sheets: [][]int64{{3}, {4}}}, Words: map[string]string{"reason.0.en": "a", "reason.1.en": "b"}})
	h.must(keeper.Act{Kind: forum.KindSessionDecided, By: "secretariat", Facts: forum.SessionDecided{Session: session, Outcome: forum.OutcomeAccepted}, Words: map[string]string{"reason.en": "a"}})
	h.must(keeper.Act{Kind: forum.KindProgrammeSet, By: "secretariat", Facts: forum.ProgrammeSet{Cycle: first, Day: "2027-05-03", Zone: "UTC", Rooms: 1, Slots: []forum.Slot{{Session: session, Starts: "2027-05-03T09:00Z"}}},
		Words: map[string]string{"room.0.en": "Hall"}})
	h.day("2027-05-10")
	main := h.signIn("main@org.example")
	if desk := main.want("/en/desk", http.StatusOK); !strings.Contains(desk, "Its report is due 17 May 2027") {
		t.Errorf("the desk does not ask for the report\n%s", firstLines(desk))
	}
	h.day("2027-06-10")
	main = h.signIn("main@org.example")
	second := h.cycle(2028, forum.Plan{TopicsUntil: "2027-12-10", RankUntil: "2027-12-15", AgendaUntil: "2027-12-20", CallUntil: "2028-01-31", From: "2028-05-03", To: "2028-05-05"})
	call(second)
	form := "/en/forum/" + itoa(second) + "/sessions/new"
	page := main.want(form, http.StatusOK)
	if !strings.Contains(page, "owe a report") || !strings.Contains(page, "/sessions/"+itoa(session)+"/report") {
		t.Errorf("the form does not say what is owed\n%s", firstLines(page))
	}
	if w := main.post(form, form, url.Values{"party": {itoa(h.org)}}); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "ask the secretariat for an exception") {
		t.Errorf("a blocked organiser began: status %d\n%s", w.Code, firstLines(w.Body.String()))
	}
	secretariat := office{h.signIn("one@office.example"), h.signIn("two@office.example")}
	secretariat.fill("/en/forum/"+itoa(first)+"/sessions/"+itoa(session)+"/excuse", url.Values{"reason": {"A storm closed the port."}})
	main.fill(form, url.Values{"party": {itoa(h.org)}})
}

// TestSessionPeopleErased erases a speaker, and she is in no list or count any more.
func TestSessionPeopleErased(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := forumHouse(t, open())
		h.day("2026-12-01")
		first := h.cycle(2027, forum.Plan{TopicsUntil: "2026-12-10", RankUntil: "2026-12-15", AgendaUntil: "2026-12-20", CallUntil: "2026-12-31", From: "2027-05-03", To: "2027-05-05"})
		call := h.must(keeper.Act{Kind: forum.KindCallOpened, By: "secretariat", Facts: forum.CallOpened{Cycle: first, Scale: 5, Weights: []int64{100}, Formats: []string{"panel"}, Durations: []int64{60}},
			Words: map[string]string{"criterion.0.en": "Does it answer a gap?"}})
		words := map[string]string{"title.en": "Who pays?", "problem.en": "Nobody.", "serving.en": "So.", "people.0.name.und": "Zebedee <b>Quay</b>", "people.0.group.und": "technical", "people.0.area.und": "QM"}
		session := h.must(keeper.Act{Kind: forum.KindSessionProposed, By: itoa(h.org), Words: words, Facts: forum.SessionProposed{Call: call, Lang: "en",
			SessionPlan: forum.SessionPlan{Format: "panel", Minutes: 60, Organisers: []int64{h.org}, People: []string{"speaker"}, Consent: true, Items: []string{"H.1"}, Serves: []string{"F1"}}}})
		address := "/en/forum/" + itoa(first) + "/sessions/" + itoa(session)
		if page := h.browser().want(address, http.StatusOK); !strings.Contains(page, "Zebedee &lt;b&gt;Quay&lt;/b&gt;") {
			t.Errorf("the speaker is not shown as text\n%s", firstLines(page))
		}
		h.must(keeper.Act{Kind: "words.erased", By: "secretariat", Facts: keeper.WordsErased{Target: session, Parts: []string{"people.0.area.und", "people.0.group.und", "people.0.name.und"}, Reason: "request"}})
		page := h.browser().want(address, http.StatusOK)
		if strings.Contains(page, "Zebedee") || !strings.Contains(page, "1 further person was named here") {
			t.Errorf("after she was erased\n%s", firstLines(page))
		}
		if err := h.d.Read(t.Context(), func(tx *db.Tx) error {
			people, err := forum.PeopleOf(tx, session)
			if len(people) != 0 {
				t.Errorf("people: got %+v", people)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// TestSessionByProgram proposes a session with a token: the same three forms.
func TestSessionByProgram(t *testing.T) {
	h := forumHouse(t, dbtest.SQLite(t))
	h.day("2026-12-01")
	first := h.cycle(2027, forum.Plan{TopicsUntil: "2026-12-10", RankUntil: "2026-12-15", AgendaUntil: "2026-12-20", CallUntil: "2026-12-31", From: "2027-05-03", To: "2027-05-05"})
	h.must(keeper.Act{Kind: forum.KindCallOpened, By: "secretariat", Facts: forum.CallOpened{Cycle: first, Scale: 5, Weights: []int64{100}, Formats: []string{"panel"}, Durations: []int64{60}},
		Words: map[string]string{"criterion.0.en": "Does it answer a gap?"}})
	token := h.signIn("main@org.example").token("party")
	send := func(address, body string, status int) (made struct {
		Href    string
		Entries []int64
	}) {
		t.Helper()
		w := h.call("POST", "/api"+address, token, body, nil)
		if err := json.Unmarshal(w.Body.Bytes(), &made); w.Code != status || err != nil {
			t.Fatalf("POST %s: got status %d, %v\n%s", address, w.Code, err, w.Body.String())
		}
		return made
	}
	draft := send("/forum/"+itoa(first)+"/sessions/new", `{"party": `+itoa(h.org)+`}`, http.StatusCreated).Href
	fields := `"title": "Who pays?", "problem": "Nobody.", "format": "panel", "minutes": 60, "partners": "` + itoa(h.org) + `", "items": ["H.1", "H.2"], "serves": ["F1"], "serving": "So."`
	send(draft, `{`+fields+`, "people.3.name": "Ada Quay"}`, http.StatusUnprocessableEntity) // no group, nobody's consent
	check := send(draft, `{`+fields+`}`, http.StatusCreated).Href
	if made := send(check, `{}`, http.StatusCreated); len(made.Entries) != 1 || made.Href != "/forum/"+itoa(first)+"/sessions/"+itoa(made.Entries[0]) {
		t.Errorf("got %+v", made)
	}
	if shown := h.call("GET", "/api/forum/"+itoa(first)+"/sessions/new", token, "", nil).Body.String(); !strings.Contains(shown, `"name":"party"`) {
		t.Errorf("the form's fields: %s", shown)
	}
}
