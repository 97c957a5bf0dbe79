package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
)

// TestConfidentialDigestRepeated puts the public digest of somebody else's
// confidential document behind a report of one's own, for everybody to see.
func TestConfidentialDigestRepeated(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := harbourHouse(t, open())
		var digest string
		piece := func(tx *db.Tx, report, of int64, seenBy string) error {
			_, err := tx.Exec("INSERT INTO evidence (report, piece, commitment, sha256, kind, strength, on_day, seen_by) VALUES (?, 0, ?, ?, 'dataset', 'E3', '', ?)", report, of, digest, seenBy)
			return err
		}
		h.write(func(tx *db.Tx) (err error) {
			if digest, err = commitment.KeepDocument(tx, h.now, []byte("ship,cargo\nAda,salt\n")); err != nil {
				return err
			}
			if err := piece(tx, 900, h.promise, "reviewers"); err != nil {
				return err
			}
			return piece(tx, 901, h.promise+1, "")
		})
		for _, address := range []string{"/evidence/" + digest, "/en/evidence/" + digest + "/about"} {
			h.browser().want(address, http.StatusNotFound)
		}
		h.write(func(tx *db.Tx) error { return piece(tx, 902, h.promise, "") }) // its own party opens it
		h.browser().want("/evidence/"+digest, http.StatusOK)
	})
}

// TestApprovedAsRead changes what waits while the other one has its page open.
func TestApprovedAsRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := harbourHouse(t, open())
		h.person("main@state.example", "", account.Post{Party: h.state, As: account.AsMain})
		h.person("alternate@state.example", "", account.Post{Party: h.state, As: account.AsAlternate})
		maker, other := h.signIn("main@state.example"), h.signIn("alternate@state.example")
		form := "/en/commitments/" + itoa(h.promise) + "/report"
		harmless, swapped := progress(), progress()
		harmless.Set("key", "one key")
		swapped.Set("key", "one key")
		swapped.Set("narrative", "What nobody read.")
		at := maker.fill(form, harmless)
		seen := hiddenValue(t, other.want(at, http.StatusOK), "seen")
		maker.fill(at, nil) // taken back
		if again := maker.fill(form, swapped); again != at {
			t.Fatalf("the same key waits at %s, not at %s", again, at)
		}
		size := h.k.Size()
		w := other.post(at, at, url.Values{"decision": {"approved"}, "seen": {seen}})
		if w.Code != http.StatusConflict || h.k.Size() != size || !strings.Contains(w.Body.String(), "What nobody read.") {
			t.Fatalf("got status %d and %d entries more; want the new text to read\n%s", w.Code, h.k.Size()-size, firstLines(w.Body.String()))
		}
		other.fill(at, url.Values{"decision": {"approved"}, "seen": {hiddenValue(t, w.Body.String(), "seen")}})
		if h.k.Size() != size+1 {
			t.Errorf("%d entries more, want 1", h.k.Size()-size)
		}
	})
}

// TestKeyOfAnotherParty sends a State's report under the key of something that was
// returned at an organisation, where a confederate decides.
func TestKeyOfAnotherParty(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	h.person("both@state.example", "", account.Post{Party: h.state, As: account.AsMain}, account.Post{Party: h.org, As: account.AsMain})
	h.person("friend@org.example", "", account.Post{Party: h.org, As: account.AsValidator})
	both, friend := h.signIn("both@state.example"), h.signIn("friend@org.example")
	own, state := endorsement(), progress()
	own.Set("key", "one key")
	state.Set("key", "one key")
	at := both.fill("/en/stakeholders/"+itoa(h.org)+"/endorse", own)
	friend.fill(at, url.Values{"decision": {"returned"}, "reason": {"As agreed"}})
	size := h.k.Size()
	to := both.fill("/en/commitments/"+itoa(h.promise)+"/report", state)
	friend.want(to, http.StatusNotFound)
	if w := friend.post("/en/desk/account", to, url.Values{"decision": {"approved"}}); w.Code != http.StatusNotFound || h.k.Size() != size {
		t.Errorf("somebody of an organisation approves for a State: status %d, %d entries more", w.Code, h.k.Size()-size)
	}
}

// TestDraftOfAFormerPost takes the post of whoever began a draft.
func TestDraftOfAFormerPost(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := harbourHouse(t, open())
		post := account.Post{Party: h.state, As: account.AsMain}
		id := h.person("gone@state.example", "", post)
		h.person("stays@state.example", "", account.Post{Party: h.state, As: account.AsAlternate})
		gone, stays := h.signIn("gone@state.example"), h.signIn("stays@state.example")
		at := begun(t, gone, h.state)
		h.write(func(tx *db.Tx) error { return account.Relieve(tx, id, post) })
		gone.want(at+"/1", http.StatusNotFound)
		gone.want(at+"/check", http.StatusNotFound)
		if strings.Contains(gone.want("/en/desk", http.StatusOK), at) {
			t.Error("the draft is on the desk of who no longer drafts for the party")
		}
		stays.want(at+"/1", http.StatusOK)
	})
}

// TestHandOverAfterRelief uses the link of a hand-over after the post was taken away.
func TestHandOverAfterRelief(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := harbourHouse(t, open())
		post := account.Post{Party: h.org, As: account.AsMain}
		id := h.person("old@org.example", "", post)
		h.signIn("old@org.example").fill("/en/desk/parties/"+itoa(h.org)+"/hand-over", url.Values{"as": {"main"}, "mail": {"alias@org.example"}, "lang": {"en"}})
		link := h.linkFor("alias@org.example")
		h.write(func(tx *db.Tx) error { return account.Relieve(tx, id, post) })
		alias := h.browser()
		if w := alias.post(link, link, nil); w.Code == http.StatusSeeOther {
			t.Errorf("the link still works: led to %s", w.Header().Get("Location"))
		}
		h.write(func(tx *db.Tx) error {
			who, err := account.Find(tx, "alias@org.example")
			if err == nil && len(who.Posts) > 0 {
				t.Errorf("the successor got %v", who.Posts)
			}
			return err
		})
	})
}

// TestDrafterSpeaksForTheParty looks whose entry it is that a drafter prepared.
func TestDrafterSpeaksForTheParty(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	h.person("main@state.example", "", account.Post{Party: h.state, As: account.AsMain})
	h.person("drafter@state.example", "", account.Post{Party: h.state, As: account.AsDrafter})
	size := h.k.Size()
	at := h.signIn("drafter@state.example").fill("/en/commitments/"+itoa(h.promise)+"/report", progress())
	h.signIn("main@state.example").fill(at, url.Values{"decision": {"approved"}})
	h.write(func(tx *db.Tx) error {
		e, err := keeper.ReadEntry(tx, size)
		if err == nil && e.By != itoa(h.state) {
			t.Errorf("the entry is by %q, want the party %d: the secretariat had no part in it", e.By, h.state)
		}
		return err
	})
}

// TestPostsThatCheck tries to make one's own drafter at a State, and to end or
// outvote the validating authority that one is checked by.
func TestPostsThatCheck(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	h.person("main@state.example", "", account.Post{Party: h.state, As: account.AsMain})
	h.person("main@org.example", "", account.Post{Party: h.org, As: account.AsMain})
	minister := h.person("minister@org.example", "", account.Post{Party: h.org, As: account.AsValidator})
	h.person("secretary@compact.example", account.RoleSecretariat)
	state, main, secretary := h.signIn("main@state.example"), h.signIn("main@org.example"), h.signIn("secretary@compact.example")
	before := len(h.letters)
	state.fill("/en/desk/parties/"+itoa(h.state), url.Values{"mail": {"alias@state.example"}, "as": {"drafter"}, "lang": {"en"}})
	people := "/en/desk/parties/" + itoa(h.org)
	main.fill(people, url.Values{"mail": {"alias@org.example"}, "as": {"validator"}, "lang": {"en"}})
	if len(h.letters) != before {
		t.Error("a post was offered that the secretariat has to agree to")
	}
	relieve := url.Values{"account": {minister}, "as": {"validator"}}
	if w := main.post(people, people+"/relieve", relieve); w.Code != http.StatusForbidden {
		t.Errorf("the main focal point ends the validating authority: status %d", w.Code)
	}
	if to := main.fill("/en/stakeholders/"+itoa(h.org)+"/endorse", endorsement()); !strings.HasPrefix(to, "/en/desk/pending/") {
		t.Errorf("published without the authority: %s", to)
	}
	if w := secretary.post(people, people+"/relieve", relieve); w.Code != http.StatusSeeOther {
		t.Errorf("the secretariat ends it: status %d", w.Code)
	}
}
