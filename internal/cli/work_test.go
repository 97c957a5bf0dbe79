package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/mail"
	sender "kept/internal/person"
)

// TestOutbox has a letter queued beside a running site: the site puts it into the
// data directory's outbox and says so.
func TestOutbox(t *testing.T) {
	dir := newRecord(t, "harbour")
	site := serve(t, dir)
	store, err := db.Open(t.Context(), db.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	err = store.Write(t.Context(), func(tx *db.Tx) error {
		return mail.Queue(tx, mail.Message{Key: "greeting", To: "focal@ministry.example", Lang: "en", Subject: "Good day", Body: "Good day.\n", At: time.Now()})
	})
	if err != nil {
		t.Fatal(err)
	}
	var letter string
	for range 1000 {
		if found, _ := filepath.Glob(filepath.Join(dir, "outbox", "greeting-*.eml")); len(found) == 1 {
			letter = found[0]
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	site.stop()
	b, err := os.ReadFile(letter)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Subject: Good day\r\n", "From: <kept@localhost>\r\n", "To: <focal@ministry.example>\r\n", "@localhost>\r\n", "\r\n\r\nGood day.\r\n"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("no %q in the letter:\n%s", want, b)
		}
	}
	if !strings.Contains(site.printed(), "mail: "+letter) {
		t.Errorf("the console says nothing of it: %s", site.printed())
	}
}

// TestPersonsArePublished: a site that runs publishes what persons sent on an
// earlier day, as a batch, under the midnight of its day.
func TestPersonsArePublished(t *testing.T) {
	dir := newRecord(t, "harbour")
	before := size(t, dir)
	store, err := db.Open(t.Context(), db.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := sender.Prepare(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	earlier := time.Now().UTC().AddDate(0, 0, -2)
	day := earlier.Format(time.DateOnly)
	err = store.Write(t.Context(), func(tx *db.Tx) error {
		for range sender.Enough {
			r, err := sender.Submit(tx, earlier, sender.Call{ID: "wrong", Kind: correction.KindAsked}, sender.Input{
				Facts: correction.Asked{About: "page:/areas/QM", Thing: "page:/areas/QM", Category: "text", Lang: "en", Received: day}, Words: map[string]string{"text.en": "The map is old."}})
			if err != nil {
				return err
			}
			row, err := sender.ByCode(tx, r.Code)
			if err == nil {
				err = sender.Moderate(tx, row.ID, true, "")
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	site := serve(t, dir)
	page := ""
	for range 1000 {
		if page = site.get(t, "/record/entries.json?kind=correction.asked", 200); strings.Count(page, `"by":"person"`)+strings.Count(page, `"by": "person"`) == sender.Enough {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	site.stop()
	if want := fmt.Sprintf(`"size":%d,`, before+sender.Enough); !strings.Contains(page, want) || !strings.Contains(page, "T00:00:00Z") {
		t.Errorf("want %s in the list: %s", want, short(page))
	}
	kept("replay", "--check", "--data", dir).want(t, 0, "every state table is as stored")
}
