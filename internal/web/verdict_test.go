package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"kept/internal/account"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/locale"
)

// appealed hides the narrative of a report and appeals against it; two moderators
// who did not hide it are signed in, and at is where they decide.
func appealed(t *testing.T, store *db.DB) (h *house, page, at string, one, two *browser) {
	h, party, made, report := quayHouse(t, store)
	for _, who := range []string{"mo", "mi", "ma"} {
		h.person(who+"@desk.example", account.RoleModerator)
	}
	h.person("nor@quay.example", "", account.Post{Party: party, As: account.AsMain})
	mo := h.signIn("mo@desk.example")
	to := mo.fill("/en/desk/moderation/hide?entry="+itoa(report), url.Values{"entry": {itoa(report)}, "parts": {"narrative.en"}, "category": {"private_data"}, "basis": {"policy"}, "appeal_until": {"2026-12-12"}})
	act := strings.TrimPrefix(to, "/en/record/entries/")
	if w := h.signIn("nor@quay.example").post("/en/appeal?act="+act, "/en/appeal", url.Values{"act": {act}, "text": {"Nobody is named."}}); w.Code != http.StatusOK {
		t.Fatalf("an appeal: got status %d", w.Code)
	}
	at = regexp.MustCompile(`/en/desk/moderation/appeals/[a-z0-9]+`).FindString(mo.want("/en/desk/moderation", http.StatusOK))
	h.now = h.now.Add(24 * time.Hour)
	return h, "/en/commitments/" + itoa(made), at, h.signIn("mi@desk.example"), h.signIn("ma@desk.example")
}

// TestVerdicts lets two moderators decide one appeal differently at the same time:
// one is told that it is decided, and the words are where the verdict puts them.
func TestVerdicts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h, page, at, one, two := appealed(t, open())
		codes := map[*browser]int{}
		var mu sync.Mutex
		var wg sync.WaitGroup
		forms := map[*browser]string{}
		for b, verdict := range map[*browser]string{one: "restored", two: "stands"} { // both have the form before anybody decides
			forms[b] = url.Values{"token": {formToken.FindStringSubmatch(b.want(at, http.StatusOK))[1]}, "verdict": {verdict}, "reason": {"Because of " + verdict + "."}}.Encode()
		}
		for b, form := range forms {
			wg.Go(func() {
				w := b.send(http.MethodPost, at, form, nil)
				mu.Lock()
				defer mu.Unlock()
				codes[b] = w.Code
			})
		}
		wg.Wait()
		restored := codes[one] == http.StatusSeeOther
		if restored == (codes[two] == http.StatusSeeOther) {
			t.Fatalf("got status %d and %d, want one verdict", codes[one], codes[two])
		}
		if shown := strings.Contains(h.browser().want(page, http.StatusOK), "The first line runs."); shown != restored {
			t.Errorf("the words are shown: %v; the verdict brings them back: %v", shown, restored)
		}
	})
}

// TestInterruptedVerdict dies between the verdict and the act that carries it out:
// the desk keeps it as a task, and any moderator finishes it, once.
func TestInterruptedVerdict(t *testing.T) {
	h, page, at, one, two := appealed(t, dbtest.SQLite(t))
	h.write(func(tx *db.Tx) error {
		return correction.DecideAppeal(tx, h.now, at[strings.LastIndex(at, "/")+1:], correction.AppealRestored, "Так и есть.", locale.Russian, "somebody")
	})
	if w := one.post(at, at, url.Values{"verdict": {"stands"}, "reason": {"No."}}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "was decided on") {
		t.Errorf("deciding what is decided: got status %d\n%s", w.Code, firstLines(w.Body.String()))
	}
	for _, b := range []*browser{one, two} {
		b.says("/en/desk", "they are still hidden")
		b.says("/en/desk/moderation", "they are still hidden", strings.TrimPrefix(at, "/en"))
	}
	if body := h.browser().want(page, http.StatusOK); strings.Contains(body, "The first line runs.") {
		t.Fatal("the words are back before anybody finished it")
	}
	size := h.k.Size()
	one.fill(at, url.Values{"finish": {"yes"}})
	if body := h.browser().says(page, "The first line runs."); strings.Contains(body, "was hidden on") {
		t.Error("the notice stays although the words are back")
	}
	if w := two.get(at); w.Code != http.StatusConflict {
		t.Errorf("what is finished: got status %d, want 409", w.Code)
	}
	if got := h.k.Size() - size; got != 1 {
		t.Errorf("finishing made %d acts, want 1", got)
	}
	two.says("/en/record/entries/"+itoa(size), "Так и есть.")
}

// TestHideAsksForTheEntry: a number that is none is asked for again, at its field.
func TestHideAsksForTheEntry(t *testing.T) {
	h, _, _, _ := quayHouse(t, dbtest.SQLite(t))
	h.person("mo@desk.example", account.RoleModerator)
	mo := h.signIn("mo@desk.example")
	for entry, status := range map[string]int{"": http.StatusUnprocessableEntity, "abc": http.StatusUnprocessableEntity, "-1": http.StatusUnprocessableEntity, "99999": http.StatusUnprocessableEntity, "0": http.StatusSeeOther} {
		w := mo.post("/en/desk/moderation/hide", "/en/desk/moderation/hide", url.Values{"entry": {entry}})
		if w.Code != status || status != http.StatusSeeOther && !strings.Contains(w.Body.String(), `id="entry-err"`) {
			t.Errorf("entry %q: status %d: %s", entry, w.Code, firstLines(w.Body.String()))
		}
	}
}
