package web_test

import (
	"encoding/json"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kept/internal/locale"
)

var betweenTags = regexp.MustCompile(`>([^<]+)<`)

// interfaceWords are the plain English messages of the interface that another
// language says otherwise: none of them may stand on a page in that language.
func interfaceWords(t testing.TB, lang locale.Lang) map[string]string {
	t.Helper()
	english, theirs := catalogue(t, locale.English), catalogue(t, lang)
	words := make(map[string]string)
	for key, text := range english {
		if strings.Contains(text, " ") && !strings.Contains(text, "{") && theirs[key] != text {
			words[text] = key
		}
	}
	if len(words) < 500 {
		t.Fatalf("only %d messages to look for in %s: the catalogues lie elsewhere", len(words), lang)
	}
	return words
}

// catalogue reads the messages without forms of a language.
func catalogue(t testing.TB, lang locale.Lang) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "locale", "messages", string(lang), "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]string)
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var messages map[string]any
		if err := json.Unmarshal(b, &messages); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		for key, m := range messages {
			if text, ok := m.(string); ok {
				all[key] = text
			}
		}
	}
	return all
}

// parity looks for English words of the interface on a page in another language.
// Titles and notes of a compact and what parties wrote may be English there, marked
// as such; the interface never.
func (c *crawler) parity(address, body string, lang locale.Lang) {
	if c.words == nil {
		c.words = make(map[locale.Lang]map[string]string)
	}
	if c.words[lang] == nil {
		c.words[lang] = interfaceWords(c.t, lang)
	}
	for _, m := range betweenTags.FindAllStringSubmatch(body, -1) {
		text := strings.TrimSpace(html.UnescapeString(m[1]))
		if key, english := c.words[lang][text]; english {
			c.t.Errorf("%s says %q in English: the message is %s", address, text, key)
		}
	}
}
