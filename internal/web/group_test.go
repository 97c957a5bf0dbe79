package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"kept/compacts"
	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// council is a house whose secretariat runs the advisory group, with people of three parties.
type council struct {
	*house
	pilots int64 // an organisation that endorsed nothing, and can be a witness
	pool   string
	draw   string
}

const (
	councilDesk = "/en/desk/advisory-group"
	secretary   = "secretary@compact.example"
)

func newCouncil(t *testing.T, store *db.DB) *council {
	c := &council{house: harbourHouse(t, store)}
	c.pilots = c.submit(keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat, Facts: stakeholder.Registered{Kind: "civil-society", Area: "QM"}, Words: map[string]string{"name.und": "Pilots’ Guild"}})
	c.person(secretary, account.RoleSecretariat)
	c.person("ministry@state.example", "", account.Post{Party: c.state, As: account.AsMain})
	c.person("port@org.example", "", account.Post{Party: c.org, As: account.AsMain})
	c.person("guild@org.example", "", account.Post{Party: c.pilots, As: account.AsMain})
	return c
}

// at moves the clock to a day, at noon.
func (c *council) at(day string) {
	c.now, _ = time.Parse(time.DateOnly, day)
	c.now = c.now.Add(12 * time.Hour)
}

var nomineeLink = regexp.MustCompile(`https://desk\.example(/[a-z]+/advisory-group/nominee/\S+)`)

// own is the address of a nominee's own page, out of her newest letter.
func (c *council) own(mail string) string {
	c.t.Helper()
	for n := len(c.letters) - 1; n >= 0; n-- {
		if m := nomineeLink.FindStringSubmatch(c.letters[n].Body); c.letters[n].To == mail && m != nil {
			return m[1]
		}
	}
	c.t.Fatalf("no letter with a link to %s", mail)
	return ""
}

func termsTyped() url.Values {
	return url.Values{"from": {"2026-11-01"}, "segments.state": {"2"}, "filled.state": {"drawn"}, "segments.non_state": {"2"}, "filled.non_state": {"drawn"}, "segments.igo": {"1"}, "filled.igo": {"appointed"},
		"quotas.gender.women": {"2-3"}, "quotas.age.under_30": {"1-"}, "term_months": {"24"}, "first_term_months": {"12"}, "most_terms": {"2"}, "most_of_one_affiliation": {"1"}, "conflict": {"abstains"},
		"terms": {"The group prepares the agenda of the harbour forum."}}
}

// open publishes terms of reference and a call.
func (c *council) open() {
	c.t.Helper()
	b := c.signIn(secretary)
	wrong := termsTyped()
	wrong.Set("quotas.gender.women", "3-2")
	wrong.Set("quotas.age.under_30", "some")
	if w := b.post(councilDesk+"/terms", councilDesk+"/terms", wrong); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `value="3-2"`) || !strings.Contains(w.Body.String(), "2-5 (at least, at most)") {
		c.t.Fatalf("quotas that contradict: got %d\n%s", w.Code, firstLines(w.Body.String()))
	}
	wrong.Set("quotas.age.under_30", "1-")
	if w := b.post(councilDesk+"/terms", councilDesk+"/terms", wrong); !strings.Contains(w.Body.String(), "The minimum 3 is above the maximum 2") {
		c.t.Fatalf("quotas that contradict: got\n%s", firstLines(w.Body.String()))
	}
	b.fill(councilDesk+"/terms", termsTyped())
	b.fill(councilDesk+"/call", url.Values{"terms": {hiddenOf(b, councilDesk+"/call", "terms")}, "until": {"2026-12-20"}, "term_from": {"2027-04-01"}, "seats.state": {"2"}, "seats.non_state": {"2"}, "criteria": {"Whoever knows harbours."}})
}

// hiddenOf reads a hidden field of a form.
func hiddenOf(b *browser, address, name string) string {
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(b.want(address, http.StatusOK))
	if m == nil {
		b.h.t.Fatalf("%s has no field %s", address, name)
	}
	return m[1]
}

func nomination(party int64, name, mail, segment string) url.Values {
	return url.Values{"as": {itoa(party)}, "name": {name}, "mail": {mail}, "lang": {"en"}, "segment": {segment}, "area": {"QM"}, "expertise": {"Pilotage\nTides"}}
}

// consent is what a nominee fills in herself.
func consent(name, segment string, n int) url.Values {
	v := url.Values{"name": {name}, "segment": {segment}, "area": {"QM"}, "gender": {"women"}, "age": {"30_to_49"}, "affiliation": {fmt.Sprint("Works ", n)}, "bio": {"Twenty years at sea."}, "statement": {"Plain rules."},
		"expertise": {"Pilotage"}, "affiliations": {"The same since 2020"}, "conflicts": {"None"}, "availability": {"Two days a month"}, "reserve": {"yes"}, "consent": {"yes"}}
	if n%3 == 0 {
		v.Set("gender", "men")
	}
	if n%2 == 0 {
		v.Set("age", "under_30")
	}
	return v
}

// nominees are eight people who agreed.
func (c *council) nominees() {
	c.t.Helper()
	b := c.signIn("ministry@state.example")
	for n := range 8 {
		name, mail, segment := fmt.Sprint("Quaymaster Number ", n), fmt.Sprintf("q%d@sea.example", n), []string{"state", "non_state"}[n/4]
		b.fill("/en/advisory-group/nominations/new", nomination(c.state, name, mail, segment))
		c.browser().fill(c.own(mail), consent(name, segment, n))
	}
}

// decided finds everybody eligible.
func (c *council) decided() {
	c.t.Helper()
	b := c.signIn(secretary)
	for n := range 8 {
		b.fill(c.deskOf(b, fmt.Sprint("Quaymaster Number ", n)), url.Values{"eligible": {"yes"}})
	}
}

// deskOf is where the desk shows a nominee.
func (c *council) deskOf(b *browser, name string) string {
	c.t.Helper()
	m := regexp.MustCompile(`href="(/en/desk/advisory-group/nominees/[a-z0-9]+)"><bdi>` + name + `<`).FindStringSubmatch(b.want(councilDesk, http.StatusOK))
	if m == nil {
		c.t.Fatalf("the desk does not list %s", name)
	}
	return m[1]
}

var throwsSeen = strings.Repeat("61525344361625", 8)[:100]

// drawn publishes the pool, announces a draw by dice, lets two witnesses see them, and records the outcome.
func (c *council) drawn() {
	c.t.Helper()
	c.at("2026-12-22")
	c.decided()
	b := c.signIn(secretary)
	b.says(councilDesk+"/pool", "The quotas can be met", "Chances as equal")
	c.pool = b.fill(councilDesk+"/pool", url.Values{})
	early := url.Values{"source": {"dice"}, "at": {"2026-12-22T12:20:00Z"}, "witnesses": {itoa(c.org), itoa(c.pilots)}}
	if w := b.post(councilDesk+"/draw", councilDesk+"/draw", early); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "comes too soon") {
		c.t.Fatalf("randomness that comes too soon: got %d\n%s", w.Code, firstLines(w.Body.String()))
	}
	c.draw = b.fill(councilDesk+"/draw", url.Values{"source": {"dice"}, "at": {"2027-01-05T10:00:00Z"}, "witnesses": {itoa(c.org), itoa(c.pilots)}, "place": {"Harbour office"}})
	if err := c.k.Sign(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	c.at("2027-01-05")
	b = c.signIn(secretary)
	if w := b.post(councilDesk+"/outcome", councilDesk+"/outcome", url.Values{"source_used": {"1"}, "throws": {throwsSeen}}); w.Code == http.StatusSeeOther {
		c.t.Fatal("an outcome without witnesses was taken")
	}
	for party, mail := range map[int64]string{c.org: "port@org.example", c.pilots: "guild@org.example"} {
		c.signIn(mail).fill(c.draw+"/witness", url.Values{"as": {itoa(party)}, "source_used": {"1"}, "throws": {throwsSeen}})
	}
	if err := c.k.Sign(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	b.fill(councilDesk+"/outcome", url.Values{"source_used": {"1"}, "throws": {throwsSeen}})
}

// places are the seats of the draw with who stands behind them.
func (c *council) places() (out []forum.Nominee, draw int64) {
	c.t.Helper()
	c.write(func(tx *db.Tx) error {
		draws, err := forum.Draws(tx)
		if err != nil {
			return err
		}
		draw = draws[0].ID
		order, err := forum.OrderOf(tx, draws[0])
		if err != nil {
			return err
		}
		for _, p := range order.Places {
			n, err := forum.NomineeOf(tx, draws[0].Pool, p.Person)
			if err != nil {
				n = forum.Nominee{Person: p.Person}
			}
			out = append(out, n)
		}
		return nil
	})
	return out, draw
}

func TestAdvisoryGroupWhereItIsNotRun(t *testing.T) {
	site := gdcSite(t)
	for _, lang := range locale.Langs {
		body := page(t, site, "/"+string(lang)+"/advisory-group", http.StatusOK)
		for _, words := range []string{"/mechanisms/M03", "<p class=\"band\">"} {
			if !strings.Contains(body, words) {
				t.Errorf("%s: does not say %q", lang, words)
			}
		}
		if strings.Contains(body, "nominations/new") {
			t.Errorf("%s: offers a nomination", lang)
		}
	}
	h := newHouse(t, dbtest.SQLite(t), compacts.GDC())
	h.person(secretary, account.RoleSecretariat)
	for _, address := range []string{councilDesk, councilDesk + "/terms", "/en/advisory-group/nominations/new"} {
		body := h.signIn(secretary).says(address, "is not run for this compact")
		if strings.Contains(body, `<button class="btn"`) {
			t.Errorf("%s has a button", address)
		}
		h.now = h.now.Add(time.Hour)
	}
}

func TestNominating(t *testing.T) {
	c := newCouncil(t, dbtest.SQLite(t))
	visitor := c.browser()
	visitor.says("/en/advisory-group", "has no terms of reference yet", "No call has been opened yet")
	visitor.says("/en/advisory-group/nominations/new", "No call for nominations has been opened yet")
	c.open()
	visitor.says("/en/advisory-group", "Nominations are taken until 20 December 2026", "Gender: women", "2 to 3", "by appointment", "Nominate somebody")
	visitor.says("/en/advisory-group/nominations/new", "Sign in for your organization")
	if w := c.signIn("port@org.example").post("/en/advisory-group/nominations/new", "/en/advisory-group/nominations/new", nomination(c.org, "Nobody", "no@sea.example", "state")); w.Code == http.StatusSeeOther {
		t.Error("a party without a basis nominated")
	}
	b := c.signIn("ministry@state.example")
	form := nomination(c.state, "Zephyrine Plantagenet", "zephyrine@sea.example", "state")
	form.Set("bio", strings.Repeat("sea ", 151))
	form.Set("expertise", "a\nb\nc\nd\ne\nf")
	w := b.post("/en/advisory-group/nominations/new", "/en/advisory-group/nominations/new", form)
	for _, words := range []string{"This has 151 words, and 150 are allowed", "6 fields of expertise are named, and 5 are allowed", "Zephyrine Plantagenet", "sea sea sea"} {
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), words) {
			t.Errorf("a form that is too long: got %d without %q", w.Code, words)
		}
	}
	form = nomination(c.state, "Zephyrine Plantagenet", "zephyrine@sea.example", "state")
	b.fill("/en/advisory-group/nominations/new", form)
	again := nomination(c.state, "Zephyrine Plantagenet", "ZEPHYRINE@sea.example", "state")
	if w := b.post("/en/advisory-group/nominations/new", "/en/advisory-group/nominations/new", again); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "There is a nomination with this address") {
		t.Errorf("the same address twice: got %d", w.Code)
	}
	b.fill("/en/advisory-group/nominations/new", nomination(c.state, "zephyrine plantagenet", "other@sea.example", "state"))

	own := c.own("zephyrine@sea.example")
	me := c.browser()
	me.says(own, "You were nominated", "zephyrine@sea.example", "What the pool says of you", "not stated")
	without := consent("Zephyrine Plantagenet", "state", 1)
	without.Del("consent")
	without.Del("availability")
	if w := me.post(own, own, without); !strings.Contains(w.Body.String(), "Tick that you agree") || !strings.Contains(w.Body.String(), "Twenty years at sea.") {
		t.Errorf("without consent: got %d\n%s", w.Code, firstLines(w.Body.String()))
	}
	hidden := consent("Zephyrine Plantagenet", "state", 1)
	hidden["withheld"] = []string{"gender"}
	me.fill(own, hidden)
	me.says(own, "You agreed", "not stated")
	if w := me.get(own + "/export"); !strings.Contains(w.Body.String(), "Twenty years at sea.") || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("the export: got %d %s", w.Code, w.Body.String())
	}
	desk := c.signIn(secretary)
	desk.says(councilDesk, "nominations of one name: 2", "agreed, to be looked at")
	desk.says("/en/desk", "Nominees wait for a decision")
	at := c.deskOf(desk, "Zephyrine Plantagenet")
	if w := desk.post(at, at, url.Values{"eligible": {"no"}, "reason_code": {"criteria"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("left out without a word: got %d", w.Code)
	}
	desk.fill(at, url.Values{"eligible": {"no"}, "reason_code": {"criteria"}, "note": {"Lives inland."}})
	if me.get(own).Code != http.StatusNotFound {
		t.Error("the link of an earlier letter still opens the page")
	}
	own = c.own("zephyrine@sea.example")
	me.says(own, "You are not in the pool", "Lives inland.")
	me.fill(own+"/withdraw", nil)
	me.says(own, "You took the nomination back")
	me.fill(own+"/erase", nil)
	if me.get(own).Code != http.StatusNotFound {
		t.Error("her page is there after the erasure")
	}
	for table, rows := range everyRow(t, c.d) {
		for _, row := range rows {
			if strings.Contains(row, "zephyrine@sea.example") || strings.Contains(row, "Zephyrine Plantagenet") {
				t.Errorf("she is still in %s: %s", table, row)
			}
		}
	}
	c.at("2026-12-22")
	c.browser().says("/en/advisory-group", "The call ended on")
	c.signIn("ministry@state.example").says("/en/advisory-group/nominations/new", "Nominations were taken until")
}

func TestDrawFromCallToSeat(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		c := newCouncil(t, open())
		c.open()
		c.nominees()
		c.drawn()
		visitor := c.browser()
		visitor.says(c.pool, "Who can be drawn", "nominations received: 8", "at least 1")
		visitor.says(c.draw, "kept draw check draw.json", "Smallest chance", "Reserves in their order", "Pilots’ Guild", "LEXIMIN", "A published checkpoint covered it")
		if w := visitor.get(strings.TrimPrefix(c.draw, "/en") + ".csv"); strings.Count(w.Body.String(), "\n") != 9 || !strings.Contains(w.Body.String(), "pseudonym,tickets,of,chance,drawn") {
			t.Errorf("the table of chances: got %s", w.Body.String())
		}
		people, drawID := c.places()
		if len(people) != 4 {
			t.Fatalf("%d seats, want 4", len(people))
		}
		ann, bo, cem := people[0], people[1], people[2]
		place := func(n forum.Nominee) string { return councilDesk + "/draws/" + itoa(drawID) + "/" + n.Person }
		desk := c.signIn(secretary)
		if w := desk.post(place(ann), place(ann), url.Values{"answer": {"named"}}); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("seated before she answered: got %d", w.Code)
		}
		c.browser().fill(c.own(ann.Mail)+"/answer", url.Values{"answer": {"named"}})
		c.browser().fill(c.own(bo.Mail)+"/answer", url.Values{"answer": {"unnamed"}})
		if w := desk.post(place(bo), place(bo), url.Values{"answer": {"named"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "has not agreed to her name") {
			t.Errorf("named against her word: got %d", w.Code)
		}
		desk.fill(place(ann), url.Values{"answer": {"named"}, "role": {"Pilot"}})
		desk.fill(place(bo), url.Values{"answer": {"unnamed"}})
		desk.fill(place(cem), url.Values{"answer": {"declined"}})
		after, _ := c.places()
		heir := ""
		for _, n := range after {
			if n.Person != ann.Person && n.Person != bo.Person && n.Person != people[3].Person {
				heir = n.Mail
			}
		}
		if heir == "" || heir == cem.Mail || c.toldAbout(heir, "You were drawn") == 0 {
			t.Errorf("who moved up is %q", heir)
		}
		c.at("2027-04-02")
		body := c.browser().says("/en/advisory-group", ann.Name, "Pilot", bo.Person, "Terms that end")
		for _, n := range people[1:] {
			if strings.Contains(body, n.Name) || strings.Contains(body, n.Mail) {
				t.Errorf("the page names %s, who did not agree", n.Name)
			}
		}
		desk = c.signIn(secretary)
		seat := regexp.MustCompile(`href="(/en/desk/advisory-group/seats/\d+)"><bdi>` + ann.Name).FindStringSubmatch(desk.want(councilDesk, http.StatusOK))
		if seat == nil {
			t.Fatal("the desk does not list her seat")
		}
		desk.fill(councilDesk+"/conflicts/new", url.Values{"seat": {strings.TrimPrefix(seat[1], councilDesk+"/seats/")}, "item": {"H.1"}, "text": {"She owns a dredger."}})
		if w := desk.post(seat[1], seat[1], url.Values{"on": {"2030-01-01"}, "reason": {"moved"}}); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("left after the term: got %d", w.Code)
		}
		desk.fill(seat[1], url.Values{"on": {"2027-04-02"}, "reason": {"moved"}})
		c.browser().says("/en/advisory-group", "moved to another post", "She owns a dredger.", "Earlier members")
		desk.fill(councilDesk+"/appoint", url.Values{"segment": {"igo"}, "party": {itoa(c.pilots)}, "from": {"2027-04-02"}, "last_day": {"2028-04-01"}, "member": {"Cato Weir"}})
		c.browser().says("/en/advisory-group", "Cato Weir", "appointed by")
		c.everyLanguage("/advisory-group", strings.TrimPrefix(c.pool, "/en"), strings.TrimPrefix(c.draw, "/en"))
		c.erasedMember(ann)
	})
}

// everyLanguage looks at pages as the crawl does, and at their weight.
func (c *council) everyLanguage(pages ...string) {
	c.t.Helper()
	look := &crawler{t: c.t, site: c.site}
	for _, address := range pages {
		for _, lang := range locale.Langs {
			w := get(c.site, "/"+string(lang)+address)
			if w.Code != http.StatusOK {
				c.t.Errorf("%s %s: got status %d", lang, address, w.Code)
			}
			look.check("/"+string(lang)+address, w.Body.String(), lang)
			if n := quickly(w.Body.Bytes()); n > limitTable {
				c.t.Errorf("%s %s: %d bytes", lang, address, n)
			}
		}
		for _, ext := range []string{".json", ".csv"} {
			body := get(c.site, address+ext).Body.String()
			if strings.Contains(body, "@sea.example") || strings.Contains(body, "Twenty years") {
				c.t.Errorf("%s%s holds what is private", address, ext)
			}
		}
	}
}

// erasedMember erases whoever sat with her name: her row at once, her name in the
// record once an operator has done what the desk asks for.
func (c *council) erasedMember(n forum.Nominee) {
	c.t.Helper()
	c.browser().fill(c.own(n.Mail)+"/erase", nil)
	c.signIn(secretary).says(councilDesk, "Names to erase", "kept erase --entry")
	var entry int64
	c.write(func(tx *db.Tx) error {
		asked, err := forum.ErasuresAsked(tx)
		for e := range asked {
			entry = e
		}
		return err
	})
	plan, err := c.k.PlanErasure(c.t.Context(), entry, nil, "request")
	if err == nil {
		_, _, err = c.k.Erase(c.t.Context(), plan)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	for table, rows := range everyRow(c.t, c.d) {
		for _, row := range rows {
			if strings.Contains(row, n.Mail) || strings.Contains(row, n.Name) {
				c.t.Errorf("she is still in %s: %.200s", table, row)
			}
		}
	}
	if body := c.browser().says("/en/advisory-group", n.Person); strings.Contains(body, n.Name) {
		c.t.Error("the page still names her")
	}
}

// Nobody under thirty came forward: the dry run says which quota cannot hold, and the
// pool is published with the least change alone, and with its reason.
func TestPoolWithTheLeastChange(t *testing.T) {
	c := newCouncil(t, dbtest.SQLite(t))
	c.open()
	b := c.signIn("ministry@state.example")
	for n := range 8 {
		name, mail, segment := fmt.Sprint("Quaymaster Number ", n), fmt.Sprintf("q%d@sea.example", n), []string{"state", "non_state"}[n/4]
		b.fill("/en/advisory-group/nominations/new", nomination(c.state, name, mail, segment))
		form := consent(name, segment, n)
		form.Set("age", "65_and_over")
		c.browser().fill(c.own(mail), form)
	}
	c.at("2026-12-22")
	c.decided()
	b = c.signIn(secretary)
	b.says(councilDesk+"/pool", "These quotas cannot hold together", "Age: under 30", "The least change", "1 → 0")
	if w := b.post(councilDesk+"/pool", councilDesk+"/pool", url.Values{}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "cannot be met out of this pool") {
		t.Errorf("published though the quotas cannot be met: got %d", w.Code)
	}
	if w := b.post(councilDesk+"/pool", councilDesk+"/pool", url.Values{"relax": {"yes"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Say why a quota was changed") {
		t.Errorf("changed without a word: got %d", w.Code)
	}
	pool := b.fill(councilDesk+"/pool", url.Values{"relax": {"yes"}, "reason": {"Nobody under 30 was nominated."}})
	c.browser().says(pool, "Quotas that were changed for this pool", "Nobody under 30 was nominated.", "1 → 0")
}
