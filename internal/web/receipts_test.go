package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/person"
)

// TestReceipts: who has the code sees what became of what she sent, and nobody
// else does; the pages are never kept by anybody on the way.
func TestReceipts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := harbourHouse(t, open())
		call := person.Monthly("wrong", correction.KindAsked, h.now)
		var sent, refused person.Receipt
		facts := correction.Asked{About: "page:/areas/QM", Thing: "page:/areas/QM", Category: "text", Lang: "en", Received: h.now.Format("2006-01-02")}
		h.write(func(tx *db.Tx) (err error) {
			if sent, err = person.Submit(tx, h.now, call, person.Input{Facts: facts, Words: map[string]string{"text.en": "The map is old."}}); err == nil {
				refused, err = person.Submit(tx, h.now, call, person.Input{Facts: facts, Words: map[string]string{"text.en": "Buy my boats."}})
			}
			return err
		})
		b := h.browser()
		spaced := strings.ToLower(sent.Code[:4] + " " + sent.Code[4:])
		to := b.fill("/en/receipts", url.Values{"code": {spaced}})
		if to != "/en/receipts/"+sent.Code {
			t.Fatalf("the code leads to %s", to)
		}
		page := b.want(to, http.StatusOK)
		part := sent.Parts["text.en"]
		for _, want := range []string{"A moderator has not read it yet", part.Digest.String(), part.Salt.String(), "The map is old.", sent.Code} {
			if !strings.Contains(page, want) {
				t.Errorf("the receipt does not show %q", want)
			}
		}
		if cache := b.get(to).Header().Get("Cache-Control"); cache != "no-store" {
			t.Errorf("Cache-Control: %s", cache)
		}
		h.write(func(tx *db.Tx) error {
			row, err := person.ByCode(tx, refused.Code)
			if err == nil {
				err = person.Moderate(tx, row.ID, false, "spam")
			}
			if err == nil {
				row, err = person.ByCode(tx, sent.Code)
			}
			if err == nil {
				err = person.Moderate(tx, row.ID, true, "")
			}
			return err
		})
		page = b.want("/fr/receipts/"+refused.Code, http.StatusOK)
		if !strings.Contains(page, "publicité") || strings.Contains(page, "boats") {
			t.Error("what was refused is still told, or not why")
		}
		publisher := person.Publisher{Keeper: h.k, Kinds: map[string]person.FactsOf{correction.KindAsked: person.Facts[correction.Asked](nil)}}
		h.now = h.now.AddDate(0, 2, 0) // the month is over
		if err := publisher.Publish(t.Context(), person.BatchDay(h.now)); err != nil {
			t.Fatal(err)
		}
		page = b.want(to, http.StatusOK)
		at := strings.Index(page, "/en/record/entries/")
		if at < 0 || !strings.Contains(page, "It is published") {
			t.Fatal("the receipt does not lead to the entry")
		}
		entry := page[at : at+strings.IndexByte(page[at:], '"')]
		if body := b.want(entry, http.StatusOK); !strings.Contains(body, part.Digest.String()) || strings.Contains(body, sent.Code) {
			t.Error("the entry has another digest, or the code")
		}
		b.want("/en/receipts/"+strings.Repeat("A", 26), http.StatusNotFound)
		b.want("/en/receipts/x", http.StatusNotFound)
		if w := b.post("/en/receipts", "/en/receipts", url.Values{"code": {"!"}}); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("no code: %d", w.Code)
		}
	})
}
