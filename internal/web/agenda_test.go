package web_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/db/dbtest"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/web"
)

// forumDesk is the desk of a site whose forum has a past.
func forumDesk(t *testing.T) (*desk, *forumPast) {
	t.Helper()
	now := testDay
	_, k := siteAt(t, dbtest.SQLite(t), compacts.Harbour(), &now)
	p := newForumPast(t, k, &now)
	return deskOf(t, k), p
}

func deskOf(t *testing.T, k *keeper.Keeper) *desk {
	t.Helper()
	site, err := web.New(web.Config{Keeper: k, Base: formBase, Secret: formSecret, Build: "test",
		Operator: web.Operator{Name: "Example Institute", Contact: "mailto:kept@gdc.example", Privacy: "https://gdc.example/privacy"}})
	if err != nil {
		t.Fatal(err)
	}
	d := enterDesk(t, formBase, site)
	d.k = k
	return d
}

func TestForumPages(t *testing.T) {
	d, p := forumDesk(t)
	cycle := "/en/forum/" + itoa(p.cycle)
	d.says("/en/forum", []string{"<h1>Yearly harbour forum</h1>", "own initiative", "Nothing is negotiated here", ">2026</a>", "to find and further answers", "candidates put before agendas",
		"2 items of agendas", "2 rooms of regions"}, "is not run here")
	d.says(cycle, []string{"Yearly harbour forum 2026", "old customs house", "Sessions can be proposed", "up to 2 sessions of at most 90 minutes", "within 14 days", cycle + "/agenda", cycle + "/regions"})
	d.says(cycle+"/agenda", []string{"One form for dangerous cargo", "Nine forms in 2025.", "Two groups and a region ask for it.", "Ship waste, island by island", "Taken off the agenda on", "It has a body of its own.",
		"One seat wanted fewer items.", "Seat " + itoa(p.seat), "Decided by the advisory group", "median of its places", "Room of the Isles", "no commitment registered here", "Gone Lines", "no longer counts",
		"Islands puts “H.6", "Mainland puts “One form"})
	d.says(cycle+"/regions", []string{"Room of the Isles", "Mainland room", "standing", "1 of 1"})
	d.says(cycle+"/regions/"+itoa(p.room), []string{"Nine islands took part.", "Not yet in: Français", "Small ports wait longest.", "A waste plant for the small isles", "the day has passed", "taken up", "A site was found.", "By radio"})
	d.says("/en/regions/"+itoa(p.standing), []string{"Mainland room", "standing", "H.2"})
	d.says("/ar"+strings.TrimPrefix(cycle, "/en")+"/agenda", []string{`dir="rtl"`, "جدول الأعمال"})
	d.says(cycle+"/agenda?as-of=2026-11-23", []string{"Parties and regions order the candidates", "One form for dangerous cargo"}, "What was decided")
	page(t, d.site, "/en/forum/"+itoa(p.pilots), http.StatusNotFound)
	page(t, d.site, "/en/forum/"+itoa(p.cycle+1)+"/regions/"+itoa(p.room), http.StatusNotFound)
	d.says("/en/calendar", []string{"Days of the forum", "last day for proposing sessions"})
	if ics := get(d.site, "/calendar.ics").Body.String(); !strings.Contains(ics, "UID:cycle-"+itoa(p.cycle)+"-forum.") || !strings.Contains(ics, "DTSTART;VALUE=DATE:20261208\r\nDTEND;VALUE=DATE:20261211") {
		t.Error("the calendar file has no days of the forum")
	}
	feed := get(d.site, "/forum.atom").Body.String()
	for _, want := range []string{"Agenda decided", "Follow-up of a region", "Candidates ordered by a party", "Cycle of the forum opened", "/en" + strings.TrimPrefix(cycle, "/en") + "/agenda"} {
		if !strings.Contains(feed, want) {
			t.Errorf("the feed does not say %q", want)
		}
	}
}

// What is shown follows from the CSV alone, by the rule that the page prints.
func TestRankingFromCSV(t *testing.T) {
	d, p := forumDesk(t)
	address := "/forum/" + itoa(p.cycle) + "/agenda"
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(get(d.site, address+".csv").Body.String(), "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 8 || !slices.Equal(rows[0][1:], []string{"given_by", "id", "group_or_region", "counts", "place", "candidate", "given_on", "entry"}) {
		t.Fatalf("table: %v, %v", rows, err)
	}
	places := map[string]map[string]map[string]int{} // group → party → candidate → place
	candidates := map[string]bool{}
	for _, r := range rows[1:] {
		r = r[1:] // the first column says that it is a sample
		if r[0] != "party" || r[3] != "true" {
			continue
		}
		if places[r[2]] == nil {
			places[r[2]] = map[string]map[string]int{}
		}
		if places[r[2]][r[1]] == nil {
			places[r[2]][r[1]] = map[string]int{}
		}
		places[r[2]][r[1]][r[5]], _ = strconv.Atoi(r[4])
		candidates[r[5]] = true
	}
	sums := map[string]int{}
	for _, parties := range places {
		for c := range candidates {
			var list []int
			for _, order := range parties {
				at := order[c]
				if at == 0 {
					at = 11
				}
				list = append(list, at)
			}
			slices.Sort(list)
			sums[c] += list[(len(list)-1)/2] + list[len(list)/2]
		}
	}
	var twin struct {
		Data struct {
			Ranking struct {
				Across []struct {
					Candidate string `json:"candidate"`
					Sum       string `json:"sum"`
					Place     int    `json:"place"`
				} `json:"across"`
				Left []struct {
					Href string `json:"href"`
				} `json:"left"`
			} `json:"ranking"`
		} `json:"data"`
	}
	if err := json.Unmarshal(get(d.site, address+".json").Body.Bytes(), &twin); err != nil {
		t.Fatal(err)
	}
	across := twin.Data.Ranking.Across
	if len(across) != len(sums) || len(across) != 3 || len(twin.Data.Ranking.Left) != 1 || twin.Data.Ranking.Left[0].Href != "/stakeholders/"+itoa(p.left) {
		t.Fatalf("ranking: %+v, from the table %v", twin.Data.Ranking, sums)
	}
	for _, c := range across {
		want := strconv.Itoa(sums[c.Candidate] / 2)
		if sums[c.Candidate]%2 == 1 {
			want += ".5"
		}
		better := 1
		for _, other := range sums {
			if other < sums[c.Candidate] {
				better++
			}
		}
		if c.Sum != want || c.Place != better {
			t.Errorf("%s: place %d with %s, from the table %d with %s", c.Candidate, c.Place, c.Sum, better, want)
		}
	}
}

// Where the forum was only proposed its pages say so, and take nothing.
func TestForumThatIsNotRun(t *testing.T) {
	_, k := newSite(t, compacts.GDC())
	d := deskOf(t, k)
	for _, address := range []string{"/en/forum", "/en/regions"} {
		d.says(address, []string{"Nothing can be entered here"}, "/forum/new\"", "/regions/new\"")
	}
	w := d.send("/en/forum/new", cycleFields())
	if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "is not run for this compact") {
		t.Errorf("a cycle where none is run: status %d\n%s", w.Code, firstLines(w.Body.String()))
	}
}

func cycleFields() url.Values {
	return url.Values{"year": {"2027"}, "topics_until": {"2027-02-01"}, "rank_until": {"2027-03-01"}, "agenda_until": {"2027-04-01"}, "call_until": {"2027-05-01"}, "from": {"2027-10-05"}, "to": {"2027-10-07"},
		"report_days": {"14"}, "most_sessions": {"2"}, "most_minutes": {"90"}, "place": {"Norvessa"}}
}

// A whole cycle by its forms alone, without script.
func TestForumForms(t *testing.T) {
	d, p := forumDesk(t)
	bad := cycleFields()
	bad.Set("from", "soon")
	d.step("/en/forum/new", bad, http.StatusUnprocessableEntity, "is not a day")
	bad = cycleFields()
	bad.Set("year", "2026")
	d.step("/en/forum/new", bad, http.StatusConflict, "has a cycle already")
	d.step("/en/forum/new", cycleFields(), http.StatusSeeOther, ">2027</a>")
	cycle := itoa(d.k.Size() - 1)
	at := "/en/forum/" + cycle
	amended := cycleFields()
	amended.Set("place", "Maravel")
	d.step(at+"/amend", amended, http.StatusUnprocessableEntity, "reason")
	amended.Set("reason", "The hall is being repaired.")
	d.step(at+"/amend", amended, http.StatusSeeOther, "The hall is being repaired.")
	if body := d.ask(http.MethodGet, "/en/desk", "", nil).Body.String(); !strings.Contains(body, "fix the list of candidates") {
		t.Error("the desk does not ask for the list")
	}
	d.step(at+"/agenda/list", url.Values{}, http.StatusSeeOther, "as the record stood on")
	topic := url.Values{"party": {itoa(p.kite)}, "items": {"H.4"}, "title": {strings.Repeat("x", 61)}, "why": {"Because."}, "evidence": {"Counted."}}
	d.step(at+"/agenda/propose", topic, http.StatusUnprocessableEntity, "61")
	topic.Set("title", "Ferries at night")
	d.step(at+"/agenda/propose", topic, http.StatusSeeOther, "Ferries at night")
	proposed := forum.TopicCandidate(d.k.Size() - 1)
	room := url.Values{"party": {itoa(p.islands)}, "region": {"Q21"}, "cycle": {cycle}, "languages": {"en"}, "name": {"Amber room"}}
	d.step("/en/regions/new", room, http.StatusSeeOther, "Amber room")
	opened := itoa(d.k.Size() - 1)
	room.Set("region", "Q12")
	d.step("/en/regions/new", room, http.StatusForbidden, "no seat, work or member")
	p.day("2027-02-10")
	order := url.Values{"party": {itoa(p.kite)}, "place_1": {proposed}, "place_3": {"item:H.1"}}
	d.step(at+"/agenda/rank", order, http.StatusSeeOther, "1 order")
	twice := url.Values{"party": {itoa(p.kite)}, "place_1": {"item:H.1"}, "place_2": {"item:H.1"}}
	d.step(at+"/agenda/rank", twice, http.StatusUnprocessableEntity, "stands here twice")
	d.step("/en/regions/"+opened+"/prioritise", url.Values{"place_1": {"item:H.6"}, "why": {"Waste."}}, http.StatusSeeOther, "Amber Isles puts “H.6")
	d.step("/en/regions/"+opened+"/summarise", url.Values{"summary_en": {"We met twice."}}, http.StatusSeeOther, "We met twice.")
	d.step("/en/regions/"+opened+"/follow", url.Values{"what": {"A plant"}, "who": {"Council"}, "due_on": {"2027-09-01"}, "state": {"open"}}, http.StatusSeeOther, "A plant")
	line := itoa(d.k.Size() - 1)
	d.step("/en/regions/"+opened+"/follow", url.Values{"line": {line}, "due_on": {"2027-09-01"}, "state": {"dropped"}}, http.StatusUnprocessableEntity, "why this is dropped")
	d.step("/en/regions/"+opened+"/follow", url.Values{"line": {line}, "due_on": {"2027-09-01"}, "state": {"done"}, "note": {"It runs."}}, http.StatusSeeOther, "It runs.")
	p.day("2027-03-10")
	d.step(at+"/agenda/rank", order, http.StatusForbidden, "until 2027-03-01")
	if body := d.ask(http.MethodGet, "/en/desk", "", nil).Body.String(); !strings.Contains(body, "enter the decision on the agenda") {
		t.Error("the desk does not ask for the decision")
	}
	var n = map[string]string{} // candidate → the number of its fields
	names := regexpFind(`(?s)<h2>([^<]*)</h2>\s*<label for="decide_(\d+)"`, d.ask(http.MethodGet, at+"/agenda/decide", "", nil).Body.String())
	for _, m := range names {
		n[strings.Fields(m[1])[0]] = m[2]
	}
	decision := url.Values{"on": {"2027-03-09"}, "decide_" + n["H.6"]: {"2"}, "reason_" + n["H.6"]: {"The Isles ask."}, "decide_" + n["Ferries"]: {"1"}, "title_" + n["Ferries"]: {"Night ferries"},
		"reason_" + n["Ferries"]: {"Companies ask."}, "recused": {"77 " + proposed}}
	d.step(at+"/agenda/decide", decision, http.StatusUnprocessableEntity, "No seat 77")
	decision.Set("recused", itoa(p.seat)+" "+proposed)
	d.step(at+"/agenda/decide", decision, http.StatusUnprocessableEntity, "stands among the first")
	decision.Set("decide_"+n["H.1"], "passed")
	d.step(at+"/agenda/decide", decision, http.StatusUnprocessableEntity, "Give the reason")
	decision.Set("reason_"+n["H.1"], "Taken up last year.")
	decision.Set("recused", "nobody")
	d.step(at+"/agenda/decide", decision, http.StatusUnprocessableEntity, "is no recusal")
	decision.Del("recused")
	d.step(at+"/agenda/decide", decision, http.StatusSeeOther, "Night ferries")
	d.says(at+"/agenda", []string{"1. <bdi>Night ferries</bdi>", "Taken up last year."})
	d.step(at+"/agenda/amend", url.Values{"change": {"renamed"}, "no": {"2"}, "title": {"Waste"}, "reason": {"Shorter."}}, http.StatusSeeOther, "item 2 renamed")
	d.step(at+"/close", url.Values{}, http.StatusUnprocessableEntity, "The forum ends on")
	p.day("2027-10-20")
	d.step(at+"/close", url.Values{"note": {"Thanks to the pilots."}}, http.StatusSeeOther, "Closed")
}

func regexpFind(pattern, text string) [][]string {
	return regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1)
}

// A secretariat of two changes the days of a cycle: nothing changes until the second
// has approved it, then everybody who takes part is told, with the reason.
func TestCycleIsAmendedByTwo(t *testing.T) {
	h := forumHouse(t, dbtest.SQLite(t))
	h.day("2026-12-01")
	plan := forum.Plan{TopicsUntil: "2026-12-10", RankUntil: "2026-12-15", AgendaUntil: "2026-12-20", CallUntil: "2027-01-31", From: "2027-05-03", To: "2027-05-05"}
	cycle := h.cycle(2027, plan)
	at := "/en/forum/" + itoa(cycle)
	main := h.signIn("main@org.example")
	secretariat := office{h.signIn("one@office.example"), h.signIn("two@office.example")}
	main.want(at+"/amend", http.StatusForbidden)
	main.want("/en/forum/new", http.StatusForbidden)
	main.fill(at+"/agenda/propose", url.Values{"party": {itoa(h.org)}, "items": {"H.4"}, "title": {"One form"}, "why": {"Nine forms."}, "evidence": {"Counted in 2025."}})
	if page := main.want(at+"/agenda", http.StatusOK); !strings.Contains(page, "have not been listed yet") {
		t.Errorf("before the list is made\n%s", firstLines(page))
	}
	secretariat.fill(at+"/agenda/list", url.Values{})
	if page := main.want(at+"/agenda", http.StatusOK); !strings.Contains(page, "One form") || !strings.Contains(page, "as the record stood on") {
		t.Errorf("after the list was made\n%s", firstLines(page))
	}
	moved := url.Values{"topics_until": {plan.TopicsUntil}, "rank_until": {plan.RankUntil}, "agenda_until": {plan.AgendaUntil}, "call_until": {plan.CallUntil}, "from": {"2027-06-07"}, "to": {"2027-06-09"},
		"report_days": {"14"}, "most_sessions": {"2"}, "most_minutes": {"90"}, "place": {"Norvessa"}, "reason": {"The hall is being repaired."}}
	held := secretariat.writes.fill(at+"/amend", moved)
	if page := main.want(at, http.StatusOK); !strings.Contains(page, "3 May 2027") {
		t.Error("the days moved before the second person approved")
	}
	if n := h.toldAbout("main@org.example", "hall is being repaired"); n != 0 {
		t.Errorf("told %d times before it was approved", n)
	}
	seen := hiddenValue(t, secretariat.approves.want(held, http.StatusOK), "seen")
	secretariat.approves.fill(held, url.Values{"decision": {"approved"}, "seen": {seen}})
	if page := main.want(at, http.StatusOK); !strings.Contains(page, "7 June 2027") || !strings.Contains(page, "The hall is being repaired.") {
		t.Errorf("after the second person approved\n%s", firstLines(page))
	}
	if n := h.toldAbout("main@org.example", "hall is being repaired"); n != 1 {
		t.Errorf("told %d times, want 1", n)
	}
	h.day("2026-12-12")
	main = h.signIn("main@org.example")
	if desk := main.want("/en/desk", http.StatusOK); !strings.Contains(desk, "order the candidates") {
		t.Error("the desk does not ask for an order")
	}
	main.fill(at+"/agenda/rank", url.Values{"party": {itoa(h.org)}, "place_1": {"item:H.1"}})
	if desk := main.want("/en/desk", http.StatusOK); strings.Contains(desk, "order the candidates") {
		t.Error("the desk asks for an order that was given")
	}
}
