package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kept/internal/db"
	"kept/internal/mail"
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
