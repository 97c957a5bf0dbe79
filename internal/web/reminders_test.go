package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/job"
	"kept/internal/keeper"
	"kept/internal/mail"
	"kept/internal/reminder"
	"kept/internal/stakeholder"
	"kept/internal/web"
)

// reminded is a house whose State and organisation each have a report due in sixty days.
func reminded(t *testing.T, store *db.DB) (h *house, orgs int64) {
	h = harbourHouse(t, store)
	h.submit(keeper.Act{Kind: stakeholder.KindGiven, By: itoa(h.org), Words: map[string]string{"activities.0.title.en": "Clean quays", "role.en": "Director"},
		Facts: stakeholder.Given{Text: "harbour-2025", Language: "en", Vision: true, Principles: true, Activities: []stakeholder.Activity{{State: "planned"}}}})
	orgs = h.submit(keeper.Act{Kind: commitment.KindMade, By: itoa(h.org),
		Facts: commitment.Made{Lead: h.org, Lang: "en", Items: []string{"H.5"}, Type: "capacity", Newness: "new", Condition: "unconditional", Areas: []string{"QM"},
			ReportEvery: 6, Start: "2025-04-01", End: "2030-12-31", Review: "none"},
		Words: map[string]string{"title.en": "Clean quays", "promise.en": "We will clean the quays.", "problem.en": "They are not.", "will_do.en": "Clean.", "responsible_unit.en": "Office"}})
	h.person("port@quay.example", "", account.Post{Party: h.org, As: account.AsMain})
	h.person("deputy@quay.example", "", account.Post{Party: h.org, As: account.AsAlternate})
	h.person("ada@ministry.example", "", account.Post{Party: h.state, As: account.AsMain})
	h.now = h.now.AddDate(0, 6, -60)
	return h, orgs
}

func (h *house) submit(a keeper.Act) int64 {
	h.t.Helper()
	out, err := h.k.Submit(h.t.Context(), "", a)
	if err != nil {
		h.t.Fatalf("%s: %v", a.Kind, err)
	}
	return out[0].Index
}

// remind sends the reminders of the day and returns the letter to an address.
func (h *house) remind(address string) (m mail.Message) {
	h.t.Helper()
	if err := (reminder.Sender{Keeper: h.k, Base: houseBase}).Send(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	found := false
	h.write(func(tx *db.Tx) error {
		rows, err := tx.Query("SELECT payload FROM job WHERE kind = 'mail' ORDER BY name")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				return err
			}
			var one mail.Message
			if len(b) > 0 && json.Unmarshal(b, &one) == nil && one.To == address {
				m, found = one, true
			}
		}
		return rows.Err()
	})
	if !found {
		h.t.Fatalf("no letter to %s", address)
	}
	return m
}

// addressIn is the path of the first link of a sort in a letter.
func addressIn(t *testing.T, m mail.Message, sort string) string {
	t.Helper()
	found := regexp.MustCompile(`https://desk\.example(/en/` + sort + `/\w+)`).FindStringSubmatch(m.Body)
	if found == nil {
		t.Fatalf("no %s in:\n%s", sort, m.Body)
	}
	return found[1]
}

func (h *house) reports(c int64) (list []commitment.ReportView) {
	h.t.Helper()
	h.write(func(tx *db.Tx) error {
		v, err := commitment.Get(tx, c, h.now.Format(time.DateOnly))
		list = v.Reports
		return err
	})
	return list
}

func TestOneStepAnswer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h, quays := reminded(t, open())
		link := addressIn(t, h.remind("port@quay.example"), "answer")
		scanner := h.browser()
		for range 3 {
			page := scanner.want(link, http.StatusOK)
			if !strings.Contains(page, "Clean quays") || !strings.Contains(page, "Northquay Port Authority") || !strings.Contains(page, "port@quay.example") {
				t.Fatalf("the page does not say what it does:\n%s", firstLines(page))
			}
		}
		if n := len(h.reports(quays)); n != 0 {
			t.Fatalf("opening the link made %d reports", n)
		}
		other := h.signIn("ada@ministry.example")
		if page := other.want(link, http.StatusGone); !strings.Contains(page, "sent to somebody else") {
			t.Errorf("who is somebody else sees:\n%s", firstLines(page))
		}
		if w := other.post("/en/desk/account", link, url.Values{"unchanged": {"no_change"}}); w.Code == http.StatusSeeOther || len(h.reports(quays)) != 0 {
			t.Errorf("somebody else could use it: %d", w.Code)
		}
		b := h.browser()
		if to := b.fill(link, url.Values{"unchanged": {"no_change"}}); to != "/en/commitments/"+itoa(quays) {
			t.Errorf("led to %s", to)
		}
		got := h.reports(quays)
		if len(got) != 1 || got[0].Unchanged != "no_change" || got[0].Status != "in_preparation" || got[0].By != itoa(h.org) || got[0].To != h.now.Format(time.DateOnly) {
			t.Fatalf("reports: %+v", got)
		}
		if page := b.want("/en/commitments/"+itoa(quays), http.StatusOK); !strings.Contains(page, "in preparation") || !strings.Contains(page, "no change") || strings.Contains(page, "port@quay.example") {
			t.Error("the page of the commitment does not show the report as what it is")
		}
		if page := b.want("/commitments/"+itoa(quays)+".json", http.StatusOK); !strings.Contains(page, `"unchanged"`) {
			t.Error("nor does its twin")
		}
		if n := h.toldAbout("deputy@quay.example", "/record/entries/"); n != 1 {
			t.Errorf("the other contact was told %d times", n)
		}
		if page := b.want(link, http.StatusGone); !strings.Contains(page, "used already") || !strings.Contains(page, "/commitments/"+itoa(quays)) {
			t.Errorf("used, it shows:\n%s", firstLines(page))
		}
		deputy := addressIn(t, h.remind("deputy@quay.example"), "answer")
		if page := b.want(deputy, http.StatusGone); !strings.Contains(page, "no longer awaited") {
			t.Errorf("answered by a colleague, it shows:\n%s", firstLines(page))
		}
	})
}

func TestOneStepAnswerOfAState(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h, _ := reminded(t, open())
		link := addressIn(t, h.remind("ada@ministry.example"), "answer")
		b := h.browser()
		w := b.post(link, link, url.Values{"unchanged": {"nothing_to_report"}})
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "second person") {
			t.Errorf("got %d\n%s", w.Code, firstLines(w.Body.String()))
		}
		if n := len(h.reports(h.promise)); n != 0 {
			t.Errorf("%d reports in a State's name by a link alone", n)
		}
		h.person("eve@ministry.example", "", account.Post{Party: h.state, As: account.AsAlternate})
		second := h.signIn("eve@ministry.example")
		desk := second.want("/en/desk", http.StatusOK)
		m := regexp.MustCompile(`/en(/desk/pending/[\w-]+)`).FindStringSubmatch(desk)
		if m == nil {
			t.Fatalf("nothing waits on the colleague's desk:\n%s", firstLines(desk))
		}
		second.fill("/en"+m[1], url.Values{"decision": {account.Approved}})
		if got := h.reports(h.promise); len(got) != 1 || got[0].Unchanged != "nothing_to_report" || got[0].Status != "not_started" {
			t.Errorf("approved: %+v", got)
		}
	})
}

func TestDeadAnswers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h, quays := reminded(t, open())
		m := h.remind("port@quay.example")
		link := addressIn(t, m, "answer")
		b := h.browser()
		h.write(func(tx *db.Tx) error {
			who, err := account.Find(tx, "port@quay.example")
			if err != nil {
				return err
			}
			return account.Relieve(tx, who.ID, account.Post{Party: h.org, As: account.AsMain})
		})
		if page := b.want(link, http.StatusGone); !strings.Contains(page, "no longer sends reports") {
			t.Errorf("who left sees:\n%s", firstLines(page))
		}
		h.now = h.now.AddDate(2, 0, 0)
		if page := b.want(link, http.StatusGone); !strings.Contains(page, "expired") {
			t.Errorf("after two years:\n%s", firstLines(page))
		}
		b.want("/en/answer/NOSUCH", http.StatusGone)
		if stop := addressIn(t, m, "reminders/stop"); len(h.reports(quays)) != 0 {
			t.Error("a report was made")
		} else {
			b.want("/en/answer/"+stop[strings.LastIndexByte(stop, '/')+1:], http.StatusNotFound)
		}
	})
}

func TestEndOfReminders(t *testing.T) {
	h, _ := reminded(t, dbtest.SQLite(t))
	wants := func(address string) (yes bool) {
		h.write(func(tx *db.Tx) error {
			who, err := account.Find(tx, address)
			if err == nil {
				yes, err = account.WantsReminders(tx, who.ID)
			}
			return err
		})
		return yes
	}
	m := h.remind("port@quay.example")
	link := addressIn(t, m, "reminders/stop")
	if bare := "https://desk.example" + strings.TrimPrefix(link, "/en"); m.Unsubscribe != bare {
		t.Errorf("for mail programs %s, for readers %s", m.Unsubscribe, link)
	}
	b := h.browser()
	b.want(link, http.StatusOK)
	if !wants("port@quay.example") {
		t.Fatal("opening the page ended the reminders")
	}
	if w := b.post(link, link, nil); w.Code != http.StatusOK || wants("port@quay.example") {
		t.Errorf("the button: %d, still wants %t", w.Code, wants("port@quay.example"))
	}
	if page := b.want(link, http.StatusOK); !strings.Contains(page, "/desk/account") || strings.Contains(page, "<form method=\"post\"") {
		t.Errorf("opened again:\n%s", firstLines(page))
	}

	m = h.remind("deputy@quay.example")
	once := strings.TrimPrefix(m.Unsubscribe, houseBase)
	post := func(body string) int { return h.browser().send(http.MethodPost, once, body, nil).Code }
	if code := post("List-Unsubscribe=No"); code != http.StatusUnprocessableEntity && code != http.StatusBadRequest || !wants("deputy@quay.example") {
		t.Errorf("another body: %d", code)
	}
	for range 2 { // mail programs may send it twice
		if code := post("List-Unsubscribe=One-Click"); code != http.StatusNoContent || wants("deputy@quay.example") {
			t.Errorf("one click: %d, still wants %t", code, wants("deputy@quay.example"))
		}
	}
	if code := h.browser().send(http.MethodPost, "/reminders/stop/NOSUCH", "List-Unsubscribe=One-Click", nil).Code; code != http.StatusGone {
		t.Errorf("an unknown one: %d", code)
	}
	// The account page takes it back.
	signed := h.signIn("deputy@quay.example")
	signed.fill("/en/desk/account", url.Values{"name": {""}, "lang": {"en"}, "reminders": {"yes"}})
	if !wants("deputy@quay.example") {
		t.Error("it cannot be undone")
	}
}

func TestDueOnTheDesk(t *testing.T) {
	h, quays := reminded(t, dbtest.SQLite(t))
	h.remind("port@quay.example")
	b := h.signIn("port@quay.example")
	desk := b.want("/en/desk", http.StatusOK)
	step := "/en/commitments/" + itoa(quays) + "/unchanged"
	if !strings.Contains(desk, `action="`+step+`"`) || strings.Contains(desk, "Waste is treated") {
		t.Fatalf("the desk of the port:\n%s", firstLines(desk))
	}
	if to := b.post("/en/desk", step, url.Values{"unchanged": {"no_change"}}).Header().Get("Location"); to != "/en/commitments/"+itoa(quays) {
		t.Errorf("led to %q", to)
	}
	if n := len(h.reports(quays)); n != 1 {
		t.Errorf("%d reports", n)
	}
	if desk := b.want("/en/desk", http.StatusOK); strings.Contains(desk, step) {
		t.Error("answered, it still stands on the desk")
	}
	if w := b.post(step, step, url.Values{"unchanged": {"no_change"}}); w.Code == http.StatusSeeOther || len(h.reports(quays)) != 1 {
		t.Errorf("a second one on the same day: %d", w.Code)
	}
	stranger := h.signIn("ada@ministry.example")
	if w := stranger.post("/en/desk/account", step, url.Values{"unchanged": {"no_change"}}); w.Code != http.StatusForbidden {
		t.Errorf("of another party: %d", w.Code)
	}

	// The log: the party sees its own lines, the secretariat all.
	if page := b.want("/en/desk/reminders", http.StatusOK); !strings.Contains(page, "deputy@quay.example") || strings.Contains(page, "ada@ministry.example") {
		t.Errorf("the party's log:\n%s", firstLines(page))
	}
	h.person("sec@harbour.example", account.RoleSecretariat)
	if page := h.signIn("sec@harbour.example").want("/en/desk/reminders", http.StatusOK); !strings.Contains(page, "deputy@quay.example") || !strings.Contains(page, "ada@ministry.example") ||
		!strings.Contains(page, "Everybody can be reached.") {
		t.Errorf("the secretariat's log:\n%s", firstLines(page))
	}
	h.write(func(tx *db.Tx) error {
		who, err := account.Find(tx, "ada@ministry.example")
		if err != nil {
			return err
		}
		return account.SetReminders(tx, who.ID, false)
	})
	if page := h.signIn("sec@harbour.example").want("/en/desk/reminders", http.StatusOK); strings.Contains(page, "Everybody can be reached.") {
		t.Error("the State's report has nobody to be reminded of it, and the secretariat is not told")
	}
	h.person("nobody@harbour.example", account.RoleReviewer)
	h.signIn("nobody@harbour.example").want("/en/desk/reminders", http.StatusForbidden)
}

func TestFailedJobsOnTheDesk(t *testing.T) {
	h, _ := reminded(t, dbtest.SQLite(t))
	h.remind("port@quay.example")
	h.write(func(tx *db.Tx) error {
		return tx.Queue("UPDATE job SET state = 'dead', tries = 12, ended_at = '2026-11-22T12:00:00.000Z', fault = 'the mail server says no' WHERE kind = 'mail'")
	})
	failed := func() (keys []string) {
		h.write(func(tx *db.Tx) error {
			list, err := job.Dead(tx)
			for _, f := range list {
				keys = append(keys, f.Key)
			}
			return err
		})
		return keys
	}
	h.person("op@harbour.example", account.RoleOperator)
	h.person("sec@harbour.example", account.RoleSecretariat)
	if page := h.signIn("sec@harbour.example").want("/en/desk", http.StatusOK); strings.Contains(page, "/desk/jobs") {
		t.Error("the secretariat is shown what is the operator's")
	}
	b := h.signIn("op@harbour.example")
	if page := b.want("/en/desk", http.StatusOK); !strings.Contains(page, "/desk/jobs") || !strings.Contains(page, "the mail server says no") {
		t.Errorf("the operator's desk:\n%s", firstLines(page))
	}
	before := failed()
	if len(before) != 3 {
		t.Fatalf("%d dead jobs", len(before))
	}
	b.fill("/en/desk/jobs", url.Values{"kind": {"mail"}, "name": {before[0]}, "do": {"again"}})
	b.fill("/en/desk/jobs", url.Values{"kind": {"mail"}, "name": {before[1]}, "do": {"drop"}})
	if after := failed(); !slices.Equal(after, before[2:]) {
		t.Errorf("left: %v", after)
	}
	// Who is erased is in no letter that was not sent, and in no line of the log.
	h.write(func(tx *db.Tx) error {
		for _, address := range []string{"port@quay.example", "deputy@quay.example", "ada@ministry.example"} {
			who, err := account.Find(tx, address)
			if err != nil {
				return err
			}
			if err := web.Forget(tx, who.ID); err != nil {
				return err
			}
		}
		return nil
	})
	h.write(func(tx *db.Tx) error {
		var letters, lines int
		err := tx.Row("SELECT (SELECT count(*) FROM job WHERE kind = 'mail' AND length(payload) > 0), (SELECT count(*) FROM reminder_log)").Scan(&letters, &lines)
		if letters != 0 || lines != 0 {
			t.Errorf("%d letters and %d lines remain of who was erased", letters, lines)
		}
		return err
	})
}
