package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/db/dbtest"
)

// TestRightsOfEachRole asks for each private page as each kind of person.
func TestRightsOfEachRole(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	org := itoa(h.org)
	pages := []string{"/en/desk", "/en/desk/account", "/en/desk/people", "/en/desk/log", "/en/stakeholders/new", "/en/stakeholders/" + org + "/endorse",
		"/en/stakeholders/" + org + "/claim", "/en/desk/parties/" + org, "/en/commitments/" + itoa(h.promise) + "/report", "/desk/log/csv", "/desk/account/export"}
	const open, shut, away = http.StatusOK, http.StatusForbidden, http.StatusSeeOther
	people := []struct {
		name  string
		role  account.Role
		posts []account.Post
		want  []int
	}{
		{"nobody", "-", nil, []int{away, away, away, away, away, away, away, away, away, shut, shut}},
		{"account", "", nil, []int{open, open, shut, shut, shut, shut, shut, shut, shut, shut, open}},
		{"operator", account.RoleOperator, nil, []int{open, open, open, open, open, open, 404, open, open, open, open}},
		{"secretariat", account.RoleSecretariat, nil, []int{open, open, open, shut, open, open, 404, open, open, shut, open}},
		{"moderator", account.RoleModerator, nil, []int{open, open, shut, shut, shut, shut, shut, shut, shut, shut, open}},
		{"reviewer", account.RoleReviewer, nil, []int{open, open, shut, shut, shut, shut, shut, shut, shut, shut, open}},
		{"main of the organisation", "", []account.Post{{Party: h.org, As: account.AsMain}}, []int{open, open, shut, shut, shut, open, 404, open, shut, shut, open}},
		{"drafter of the organisation", "", []account.Post{{Party: h.org, As: account.AsDrafter}}, []int{open, open, shut, shut, shut, shut, shut, shut, shut, shut, open}},
		{"alternate of the State", "", []account.Post{{Party: h.state, As: account.AsAlternate}}, []int{open, open, shut, shut, shut, shut, shut, shut, open, shut, open}},
		{"drafter of the State", "", []account.Post{{Party: h.state, As: account.AsDrafter}}, []int{open, open, shut, shut, shut, shut, shut, shut, open, shut, open}},
	}
	for _, p := range people {
		t.Run(p.name, func(t *testing.T) {
			b := h.browser()
			if p.role != "-" {
				mail := strings.ReplaceAll(p.name, " ", ".") + "@rights.example"
				h.person(mail, p.role, p.posts...)
				b = h.signIn(mail)
			}
			for i, page := range pages {
				w := b.get(page)
				got := w.Code
				if page == "/en/stakeholders/"+org+"/claim" && got == shut && p.want[i] == 404 {
					got = 404
				}
				if got != p.want[i] {
					t.Errorf("%s: got status %d, want %d\n%s", page, got, p.want[i], firstLines(w.Body.String()))
				}
			}
		})
	}
}

// report is the least that a progress report holds.
func progress() url.Values {
	return url.Values{"from": {"2026-04-01"}, "to": {"2026-09-30"}, "self_status": {"in_progress"}, "values.0.value": {"53.1"}, "values.0.date": {"2026-09-30"}, "narrative": {"The first line runs."}}
}

// endorsement is the least that an endorsement holds.
func endorsement() url.Values {
	return url.Values{"endorses_vision": {"yes"}, "endorses_principles": {"yes"}, "no_activity_reason": {"We begin next year"}, "activities.0.state": {"planned"}, "role": {"Director"}}
}

// TestSecondPerson follows a State's report from its main focal point over the
// other one back and into the record.
func TestSecondPerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := harbourHouse(t, open())
		h.person("main@state.example", "", account.Post{Party: h.state, As: account.AsMain})
		h.person("alternate@state.example", "", account.Post{Party: h.state, As: account.AsAlternate})
		h.person("drafter@state.example", "", account.Post{Party: h.state, As: account.AsDrafter})
		h.person("elsewhere@org.example", "", account.Post{Party: h.org, As: account.AsMain})
		first, second, third, stranger := h.signIn("main@state.example"), h.signIn("alternate@state.example"), h.signIn("drafter@state.example"), h.signIn("elsewhere@org.example")
		form := "/en/commitments/" + itoa(h.promise) + "/report"

		size := h.k.Size()
		at := first.fill(form, progress())
		if !strings.HasPrefix(at, "/en/desk/pending/") || h.k.Size() != size {
			t.Fatalf("one person published in a State's name: led to %s, %d entries more", at, h.k.Size()-size)
		}
		if h.toldAbout("alternate@state.example", at[len("/en"):]) != 1 {
			t.Error("the other contact was not told that something waits")
		}
		if body := second.want("/en/desk", http.StatusOK); !strings.Contains(body, at) {
			t.Errorf("it is not on the other's desk\n%s", firstLines(body))
		}
		for name, b := range map[string]*browser{"its maker": first, "the drafter": third} {
			if body := b.want("/en/desk", http.StatusOK); strings.Contains(body, "Read and decide") {
				t.Errorf("it is on the desk of %s", name)
			}
		}
		stranger.want(at, http.StatusNotFound)
		decide := func(b *browser, decision, reason string) int {
			t.Helper()
			m := formToken.FindStringSubmatch(second.want("/en/desk/parties/"+itoa(h.state)+"/hand-over", http.StatusOK))
			if b != second {
				m = formToken.FindStringSubmatch(b.want("/en/desk/account", http.StatusOK))
			}
			return b.send(http.MethodPost, at, url.Values{"token": {m[1]}, "decision": {decision}, "reason": {reason}}.Encode(), nil).Code
		}
		if code := decide(third, "approved", ""); code != http.StatusForbidden {
			t.Errorf("a drafter approves: status %d", code)
		}
		if code := decide(stranger, "approved", ""); code != http.StatusNotFound {
			t.Errorf("a stranger approves: status %d", code)
		}
		if !strings.Contains(second.want(at, http.StatusOK), "The first line runs.") {
			t.Error("what will be published is not shown")
		}
		if code := decide(second, "returned", ""); code != http.StatusUnprocessableEntity {
			t.Errorf("returned without a reason: status %d", code)
		}
		if code := decide(second, "returned", "The date is wrong"); code != http.StatusSeeOther {
			t.Errorf("returned: status %d", code)
		}
		if !strings.Contains(first.want("/en/desk", http.StatusOK), "The date is wrong") || h.toldAbout("main@state.example", "The date is wrong") != 1 {
			t.Error("its maker is not told the reason")
		}
		if code := decide(second, "approved", ""); code != http.StatusConflict {
			t.Errorf("approved after it was returned: status %d", code)
		}

		h.now = h.now.Add(time.Minute)
		at = first.fill(form, progress())
		if code := decide(second, "approved", ""); code != http.StatusSeeOther || h.k.Size() != size+1 {
			t.Fatalf("approved: status %d, %d entries", code, h.k.Size()-size)
		}
		if code := decide(second, "approved", ""); code != http.StatusConflict || h.k.Size() != size+1 {
			t.Errorf("approved twice: status %d, %d entries", code, h.k.Size()-size)
		}
		if h.toldAbout("main@state.example", "/record/entries/") != 1 {
			t.Error("its maker is not told that it was published")
		}
		if body := page(t, h.site, "/en/record/entries/"+itoa(size), http.StatusOK); strings.Contains(body, "state.example") {
			t.Error("the entry names a person")
		}

		later := progress()
		later.Set("from", "2026-10-01")
		later.Set("to", "2026-11-20")
		later.Set("values.0.date", "2026-11-20")
		at = third.fill(form, later)
		if code := decide(first, "approved", ""); code != http.StatusSeeOther || h.k.Size() != size+2 {
			t.Errorf("what a drafter sent and the main focal point approved: status %d", code)
		}
	})
}

func TestValidatingAuthority(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	h.person("main@org.example", "", account.Post{Party: h.org, As: account.AsMain})
	endorse := "/en/stakeholders/" + itoa(h.org) + "/endorse"
	main := h.signIn("main@org.example")
	h.person("minister@org.example", "", account.Post{Party: h.org, As: account.AsValidator})
	minister := h.signIn("minister@org.example")
	h.person("alternate@org.example", "", account.Post{Party: h.org, As: account.AsAlternate})
	alternate := h.signIn("alternate@org.example")
	h.person("secretary@compact.example", account.RoleSecretariat)
	secretary := h.signIn("secretary@compact.example")

	size := h.k.Size()
	at := main.fill(endorse, endorsement())
	if !strings.HasPrefix(at, "/en/desk/pending/") || h.k.Size() != size {
		t.Fatalf("published without the validating authority: %s", at)
	}
	alternate.want(at, http.StatusForbidden)
	secretary.want(at, http.StatusNotFound)
	if to := minister.fill(at, url.Values{"decision": {"approved"}}); to != "/en/stakeholders/"+itoa(h.org) || h.k.Size() != size+1 {
		t.Errorf("the authority approved: led to %s, %d entries", to, h.k.Size()-size)
	}
	withdraw := "/en/stakeholders/" + itoa(h.org) + "/withdraw"
	if to := minister.fill(withdraw, url.Values{"reason": {"Merged with the city"}}); h.k.Size() != size+2 {
		t.Errorf("what the authority sends itself waits: %s", to)
	}
}

func TestHandOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := harbourHouse(t, open())
		h.person("old@org.example", "", account.Post{Party: h.org, As: account.AsMain})
		h.person("other@org.example", "", account.Post{Party: h.org, As: account.AsAlternate})
		old := h.signIn("old@org.example")
		form := "/en/desk/parties/" + itoa(h.org) + "/hand-over"
		old.fill(form, url.Values{"as": {"main"}, "mail": {"new@org.example"}, "lang": {"en"}})
		old.want("/en/stakeholders/"+itoa(h.org)+"/endorse", http.StatusOK) // hers until it is taken
		if h.toldAbout("other@org.example", "hand") == 0 {
			t.Error("the other contact was not told")
		}
		link := h.linkFor("new@org.example")
		h.browser().want(link, http.StatusOK)
		successor := h.browser()
		successor.fill(link, nil)
		successor.want("/en/stakeholders/"+itoa(h.org)+"/endorse", http.StatusOK)
		old.want("/en/stakeholders/"+itoa(h.org)+"/endorse", http.StatusForbidden)
		if h.toldAbout("old@org.example", "no longer yours") != 1 {
			t.Error("who handed it over was not told")
		}
		h.browser().want(link, http.StatusGone)
		if body := old.want("/en/desk/account", http.StatusOK); !strings.Contains(body, "post handed over") {
			t.Error("the hand-over is not in her log")
		}
	})
}

func TestInvitations(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	h.person("main@org.example", "", account.Post{Party: h.org, As: account.AsMain})
	h.person("main@state.example", "", account.Post{Party: h.state, As: account.AsMain})
	h.person("secretary@compact.example", account.RoleSecretariat)
	main, state, secretary := h.signIn("main@org.example"), h.signIn("main@state.example"), h.signIn("secretary@compact.example")
	org, people := "/en/desk/parties/"+itoa(h.org), "/en/desk/parties/"+itoa(h.state)

	main.fill(org, url.Values{"mail": {"a@org.example"}, "as": {"alternate"}, "lang": {"en"}})
	b := h.browser()
	b.fill(h.linkFor("a@org.example"), nil)
	b.want("/en/stakeholders/"+itoa(h.org)+"/endorse", http.StatusOK)
	if w := main.post(org, org, url.Values{"mail": {"b@org.example"}, "as": {"main"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a main focal point makes another: status %d", w.Code)
	}
	if w := main.post(org, people, url.Values{"mail": {"b@org.example"}, "as": {"drafter"}}); w.Code != http.StatusForbidden {
		t.Errorf("for another party: status %d", w.Code)
	}
	for part := range strings.SplitSeq(main.want(org, http.StatusOK), `name="account" value="`) {
		if id, _, ok := strings.Cut(part, `"`); ok && len(id) == 20 {
			main.post(org, org+"/relieve", url.Values{"account": {id}, "as": {"alternate"}})
		}
	}
	b.want("/en/stakeholders/"+itoa(h.org)+"/endorse", http.StatusForbidden)

	before := len(h.letters)
	state.fill(people, url.Values{"mail": {"puppet@state.example"}, "as": {"alternate"}, "lang": {"en"}})
	if len(h.letters) != before {
		t.Error("one person of a State makes her own second person")
	}
	desk := secretary.want("/en/desk", http.StatusOK)
	i := strings.Index(desk, "/en/desk/pending/")
	if i < 0 {
		t.Fatalf("the secretariat is not asked\n%s", firstLines(desk))
	}
	at, _, _ := strings.Cut(desk[i:], `"`)
	if !strings.Contains(secretary.want(at, http.StatusOK), "puppet@state.example") {
		t.Error("the page does not say who it is about")
	}
	secretary.fill(at, url.Values{"decision": {"approved"}})
	b = h.browser()
	b.fill(h.linkFor("puppet@state.example"), nil)
	b.want("/en/commitments/"+itoa(h.promise)+"/report", http.StatusOK)
}

func TestRolesNeedTwo(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	h.person("one@compact.example", account.RoleOperator)
	h.person("two@compact.example", account.RoleOperator)
	h.person("secretary@compact.example", account.RoleSecretariat)
	one, two, secretary := h.signIn("one@compact.example"), h.signIn("two@compact.example"), h.signIn("secretary@compact.example")
	has := func() (yes bool) {
		h.write(func(tx *db.Tx) error {
			who, err := account.Find(tx, "new@compact.example")
			yes = err == nil && who.Is(account.RoleModerator)
			return err
		})
		return yes
	}
	if w := secretary.post("/en/desk/account", "/en/desk/people", url.Values{"mail": {"new@compact.example"}, "grant": {"moderator"}}); w.Code != http.StatusForbidden {
		t.Errorf("the secretariat gives a role: status %d", w.Code)
	}
	one.fill("/en/desk/people", url.Values{"mail": {"new@compact.example"}, "grant": {"moderator"}})
	if has() {
		t.Fatal("one operator who signed in by mail gave a role")
	}
	desk := two.want("/en/desk", http.StatusOK)
	i := strings.Index(desk, "/en/desk/pending/")
	if i < 0 {
		t.Fatalf("the second operator is not asked\n%s", firstLines(desk))
	}
	at, _, _ := strings.Cut(desk[i:], `"`)
	if strings.Contains(secretary.want("/en/desk", http.StatusOK), at) || strings.Contains(one.want(at, http.StatusOK), `name="decision"`) {
		t.Error("somebody else than a second operator is asked")
	}
	two.fill(at, url.Values{"decision": {"approved"}})
	if !has() {
		t.Error("two operators did not give the role")
	}
	if h.toldAbout("new@compact.example", "moderator") != 1 {
		t.Error("who got the role was not told")
	}

	strong := h.browser() // the same operator, with a passkey
	h.write(func(tx *db.Tx) error {
		who, err := account.Find(tx, "one@compact.example")
		if err != nil {
			return err
		}
		token, err := account.StartSession(tx, h.now, who.ID, true, "")
		strong.cookies["s"] = &http.Cookie{Name: "__Host-kept-session", Value: token}
		return err
	})
	strong.fill("/en/desk/people", url.Values{"mail": {"steward@compact.example"}, "grant": {"steward"}})
	h.write(func(tx *db.Tx) error {
		who, err := account.Find(tx, "steward@compact.example")
		if err == nil && !who.Is(account.RoleSteward) {
			t.Error("a strong sign-in did not give the role at once")
		}
		return err
	})
}
