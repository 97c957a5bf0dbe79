package web_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// twoYears is a forum that was held, with so many sessions and messages, and the
// cycle after it with its call.
func (h *house) twoYears(n int) (first, second int64) {
	first = h.cycle(2027, forum.Plan{TopicsUntil: "2026-12-10", RankUntil: "2026-12-15", AgendaUntil: "2026-12-20", CallUntil: "2026-12-31", From: "2027-05-03", To: "2027-05-05"})
	called := func(cycle int64) int64 {
		return h.must(keeper.Act{Kind: forum.KindCallOpened, By: "secretariat", Facts: forum.CallOpened{Cycle: cycle, Scale: 5, Weights: []int64{60, 40}, Formats: []string{"panel"}, Durations: []int64{60}},
			Words: map[string]string{"criterion.0.en": "Does it answer a gap?", "criterion.1.en": "Who is heard?"}})
	}
	call := called(first)
	var sessions []int64
	for i := range n {
		party := h.must(keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat, Facts: stakeholder.Registered{Kind: "private", Size: "small", Area: "QN"}, Words: map[string]string{"name.und": "Company " + strconv.Itoa(i)}})
		h.must(keeper.Act{Kind: stakeholder.KindGiven, By: itoa(party), Facts: stakeholder.Given{Text: "harbour-2025", Language: "en", Vision: true, Principles: true,
			Activities: []stakeholder.Activity{{State: "under-way", Start: "2025-09"}}}, Words: map[string]string{"activities.0.title.en": "Courses", "role.en": "Director"}})
		sessions = append(sessions, h.must(keeper.Act{Kind: forum.KindSessionProposed, By: itoa(party), Facts: forum.SessionProposed{Call: call, Lang: "en",
			SessionPlan: forum.SessionPlan{Format: "panel", Minutes: 60, Organisers: []int64{party}, People: []string{"speaker"}, Consent: true, Gaps: []string{"H.1:money"}, Items: []string{"H.1", "H.2"}, Serves: []string{"F1", "F6"}}},
			Words: map[string]string{"title.en": "Who pays for quay " + strconv.Itoa(i) + " of the harbour?", "problem.en": strings.Repeat("Nobody has said who pays. ", 39) + "Nobody.", "serving.en": "It reviews what was agreed.",
				"people.0.name.und": "Ada Quay " + strconv.Itoa(i), "people.0.group.und": "technical", "people.0.area.und": "QM", "people.0.gender.und": "woman"}}))
	}
	h.day("2027-01-10")
	var slots []forum.Slot
	for i, s := range sessions {
		h.must(keeper.Act{Kind: forum.KindSessionScored, By: "secretariat", Facts: forum.SessionScored{Session: s, Sheets: [][]int64{{3, 4}, {5, 2}}, Conflicts: 1},
			Words: map[string]string{"reason.0.en": "It names what is lacking.", "reason.1.fr": "Précis."}})
		h.must(keeper.Act{Kind: forum.KindSessionDecided, By: "secretariat", Facts: forum.SessionDecided{Session: s, Outcome: forum.OutcomeAccepted}, Words: map[string]string{"reason.en": "It answers a gap."}})
		slots = append(slots, forum.Slot{Session: s, Room: int64(i % 30), Starts: []string{"2027-05-03T08:00Z", "2027-05-03T10:00Z"}[i/30]})
	}
	rooms := map[string]string{}
	for i := range 30 {
		rooms["room."+strconv.Itoa(i)+".en"] = "Hall " + strconv.Itoa(i+1)
	}
	h.must(keeper.Act{Kind: forum.KindProgrammeSet, By: "secretariat", Facts: forum.ProgrammeSet{Cycle: first, Day: "2027-05-03", Zone: "Africa/Nairobi", Rooms: 30, Slots: slots}, Words: rooms})
	h.day("2027-05-10")
	for i, s := range sessions {
		if i > 0 {
			by := h.must(keeper.Act{Kind: forum.KindMessageIssued, By: "secretariat", Facts: forum.MessageIssued{Cycle: first, Lang: "en", Sessions: []int64{s}, Items: []string{"H.1"}, Addressees: []string{"states", "port-operators"}, Parties: []int64{h.org}},
				Words: map[string]string{"text.en": "Participants asked who pays for quay " + strconv.Itoa(i) + ", and wished for a list of what each has promised by the end of the next year."}})
			if i == 1 {
				h.must(keeper.Act{Kind: forum.KindMessageFollowed, By: itoa(h.org), Facts: forum.MessageFollowed{Message: by, State: forum.Done, On: "2027-05-10"}, Words: map[string]string{"note.en": "We wrote the list."}})
				h.must(keeper.Act{Kind: forum.KindOutputPublished, By: "secretariat", Facts: forum.OutputPublished{Cycle: first, Lang: "en", Kind: "message", Message: by, Serves: []string{"F6"}, Items: []string{"H.1"}}, Words: map[string]string{"title.en": "Who pays", "about.en": "What was asked."}})
			}
			lead := h.number("SELECT lead FROM forum_session WHERE id = " + itoa(s))
			h.must(keeper.Act{Kind: forum.KindSessionReported, By: itoa(lead), Facts: forum.SessionReported{Session: s, Lang: "en", Present: []forum.Present{{Group: "private", People: 12}}, Few: []string{"state"}},
				Words: map[string]string{"issues.en": "Money.", "discussion.en": strings.Repeat("Two views were heard. ", 20) + "No more.", "takeaways.en": "A fund.", "next.en": "Write it down."}})
		}
	}
	second = h.cycle(2028, forum.Plan{TopicsUntil: "2027-12-10", RankUntil: "2027-12-15", AgendaUntil: "2027-12-20", CallUntil: "2028-01-31", From: "2028-05-03", To: "2028-05-05"})
	called(second)
	h.day("2027-07-01")
	return first, second
}

// number reads one number of the state.
func (h *house) number(query string) (n int64) {
	h.t.Helper()
	if err := h.d.Read(h.t.Context(), func(tx *db.Tx) error { return tx.Row(query).Scan(&n) }); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// TestSessionPages looks at each kind of page of the forum's second half in six
// languages, with its twins, and weighs it with as many sessions as a large forum has.
func TestSessionPages(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	h.day("2026-12-01")
	first, second := h.twoYears(60)
	at := "/en/forum/" + itoa(first)
	session, message := h.number("SELECT MAX(id) FROM forum_session"), h.number("SELECT MIN(id) FROM forum_message")
	if err := h.k.Sign(t.Context()); err != nil { // receipts are there under a checkpoint
		t.Fatal(err)
	}
	c := &crawler{t: t, site: h.site, seen: map[string]bool{}, ids: map[string][]string{}, kinds: map[string]string{}}
	for _, address := range []string{at + "/sessions", at + "/sessions?state=held&item=H.1&q=quay", at + "/sessions/" + itoa(session), at + "/programme", at + "/programme?zone=Asia%2FTokyo", at + "/messages", at + "/outputs",
		"/en/forum/" + itoa(second) + "/messages", "/en/forum/" + itoa(second) + "/sessions", "/en/messages", "/en/messages?state=done", "/en/messages/" + itoa(message), "/en/items/H.1", "/en/for/states", at} {
		w := get(h.site, address)
		if w.Code != http.StatusOK {
			t.Errorf("%s: got status %d\n%s", address, w.Code, firstLines(w.Body.String()))
			continue
		}
		c.check(address, w.Body.String(), locale.English)
		c.ids[address], c.kinds[kindOf(address)+"?"+address] = nil, address
		for _, link := range linksOf(w.Body.String()) {
			c.add(address, link)
		}
		for _, lang := range locale.Langs {
			if lang != locale.English {
				c.check("/"+string(lang)+strings.TrimPrefix(address, "/en"), get(h.site, "/"+string(lang)+strings.TrimPrefix(address, "/en")).Body.String(), lang)
			}
		}
		c.twins("", address)
	}
	for _, l := range c.queue { // every link of these pages leads somewhere
		to, _, _ := strings.Cut(l.to, "#")
		if w := get(h.site, to); w.Code >= 400 && !strings.Contains(to, "/new") && w.Code != http.StatusForbidden {
			t.Errorf("%s links to %s: got status %d", l.from, to, w.Code)
		}
	}
	c.kinds = map[string]string{}
	c.weigh()
}

// TestForumSwitchedOff shows what was proposed where the forum is not run, and takes
// no act.
func TestForumSwitchedOff(t *testing.T) {
	site, k := newSite(t, compacts.GDC())
	if page := get(site, "/en/messages").Body.String(); !strings.Contains(page, "is not run on this site") {
		t.Errorf("the page does not say that the forum is not run\n%s", firstLines(page))
	}
	_, err := k.Submit(t.Context(), "", keeper.Act{Kind: forum.KindCallOpened, By: "secretariat", Facts: forum.CallOpened{Cycle: 1, Scale: 5, Weights: []int64{100}, Formats: []string{"panel"}, Durations: []int64{60}},
		Words: map[string]string{"criterion.0.en": "?"}})
	if es, ok := locale.All(err); !ok || es[0].Key != "err.forum.off" {
		t.Errorf("an act of a forum that is not run: got %v", err)
	}
}
