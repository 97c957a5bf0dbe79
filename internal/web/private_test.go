package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/person"
)

var linked = regexp.MustCompile(`href="(/[^"#]*)`)

// TestNothingPrivateOnPages plants what persons sent and must stay private, and
// seeks it on every page, twin, feed and file that links lead to. What may be
// public is found there.
func TestNothingPrivateOnPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := harbourHouse(t, open())
		call := person.Monthly("wrong", correction.KindAsked, h.now)
		facts := correction.Asked{About: "page:/areas/QM", Thing: "page:/areas/QM", Category: "text", Lang: "en", Received: h.now.Format("2006-01-02")}
		public, private := []string{"Planted and published."}, []string{}
		h.write(func(tx *db.Tx) error {
			for _, in := range []struct {
				text    string
				admit   bool
				summary bool
			}{{"Planted and published.", true, false}, {"Planted for the desk.", true, true}, {"Planted and waiting.", false, false}} {
				r, err := person.Submit(tx, h.now, call, person.Input{Facts: facts, Words: map[string]string{"text.en": in.text},
					Cell: person.Cell{Group: "planted-group", Region: "planted-region"}, Summary: in.summary})
				if err != nil {
					return err
				}
				row, err := person.ByCode(tx, r.Code)
				if err == nil && in.admit {
					err = person.Moderate(tx, row.ID, true, "")
				}
				if err != nil {
					return err
				}
				if private = append(private, r.Code, row.ID); !in.admit || in.summary {
					private = append(private, in.text)
				}
			}
			return nil
		})
		private = append(private, "planted-group", "planted-region")
		publisher := person.Publisher{Keeper: h.k, Kinds: map[string]person.FactsOf{correction.KindAsked: person.Facts[correction.Asked](nil)}}
		h.now = h.now.AddDate(0, 2, 0)
		if err := publisher.Publish(t.Context(), person.BatchDay(h.now)); err != nil {
			t.Fatal(err)
		}
		if err := h.k.Sign(t.Context()); err != nil {
			t.Fatal(err)
		}
		b, found := h.browser(), map[string]bool{}
		queue, seen := []string{"/en/", "/en/corrections", "/corrections.json", "/corrections.csv", "/en/areas/QM", "/areas/QM.json", "/metrics", "/en/record/entries"}, map[string]bool{}
		for i := range h.k.Size() {
			queue = append(queue, "/record/words/"+itoa(i)+".json", "/record/receipts/"+itoa(i), "/record/entries/"+itoa(i)+".json")
		}
		for len(queue) > 0 && len(seen) < 900 {
			address := strings.ReplaceAll(queue[0], "&amp;", "&")
			queue = queue[1:]
			if seen[address] || !strings.HasPrefix(address, "/en/") && regexp.MustCompile(`^/(ar|es|fr|ru|zh)/`).MatchString(address) {
				continue
			}
			seen[address] = true
			w := b.get(address)
			body := w.Body.String()
			for _, secret := range private {
				if strings.Contains(body, secret) {
					t.Errorf("%s tells %q", address, secret)
				}
			}
			for _, text := range public {
				found[text] = found[text] || strings.Contains(body, text) && w.Code == http.StatusOK
			}
			if strings.Contains(w.Header().Get("Content-Type"), "html") {
				for _, m := range linked.FindAllStringSubmatch(body, -1) {
					queue = append(queue, m[1])
				}
			}
		}
		for _, text := range public {
			if !found[text] {
				t.Errorf("%q is nowhere: this test shows nothing", text)
			}
		}
		if len(seen) < 100 {
			t.Errorf("only %d addresses were looked at", len(seen))
		}
	})
}
