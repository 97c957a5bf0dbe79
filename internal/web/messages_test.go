package web_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kept/internal/locale"
)

// How keys of messages stand in templates and in Go. A key that ends in a dot or
// in %s is the beginning of a family whose last word comes from data.
var (
	inTemplates = []*regexp.Regexp{regexp.MustCompile(`\bt "([^"]+)"`), regexp.MustCompile(`printf "([a-z0-9_.-]+\.)%s`)}
	inGo        = []*regexp.Regexp{
		regexp.MustCompile(`\b(?:message|phrase|coded|paragraphs)\("([^"]+)"`),
		regexp.MustCompile(`\blocale\.E\("([^"]+)"`), regexp.MustCompile(`\.T\("([^"]+)"`), regexp.MustCompile(`\.Has\("([^"]+)"`),
	}
)

// keysUsed are the keys that the pages of this package use, each with a file that uses it.
func keysUsed(t *testing.T) map[string]string {
	used := make(map[string]string)
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, "_test.go") {
			return err
		}
		patterns := map[string][]*regexp.Regexp{".html": inTemplates, ".go": inGo}[path.Ext(name)]
		if patterns == nil {
			return nil
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, p := range patterns {
			for _, m := range p.FindAllStringSubmatch(string(b), -1) {
				used[strings.TrimSuffix(m[1], "%s")] = name
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return used
}

func TestMessagesExist(t *testing.T) {
	used := keysUsed(t)
	if len(used) < 200 {
		t.Fatalf("only %d keys found: the patterns no longer fit the sources", len(used))
	}
	keys := locale.English.Keys()
	for key, file := range used {
		if locale.English.Has(key) {
			continue
		}
		if !strings.HasSuffix(key, ".") || !anyBegins(keys, key) {
			t.Errorf("%s uses %q, which has no English message", file, key)
		}
	}
}

// TestMessagesUsed keeps words that no page says out of the catalogue that translators work through.
func TestMessagesUsed(t *testing.T) {
	used := keysUsed(t)
	b, err := os.ReadFile("../locale/messages/en/web_text.json")
	if err != nil {
		t.Fatal(err)
	}
	var messages map[string]any
	if err := json.Unmarshal(b, &messages); err != nil {
		t.Fatal(err)
	}
	for key := range messages {
		if _, ok := used[key]; !ok && !family(used, key) && !strings.HasPrefix(key, "about.") {
			t.Errorf("nothing uses %q", key)
		}
	}
}

func family(used map[string]string, key string) bool {
	for prefix := range used {
		if strings.HasSuffix(prefix, ".") && strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

func anyBegins(keys []string, prefix string) bool {
	for _, k := range keys {
		if strings.HasPrefix(k, prefix) {
			return true
		}
	}
	return false
}

// TestKindsHaveNames wants words for each kind of act that a record can hold.
func TestKindsHaveNames(t *testing.T) {
	for _, s := range subjects() {
		for _, kind := range s.Kinds {
			name, _, _ := strings.Cut(kind.Name, "/")
			if !locale.English.Has("entry.kind." + name) {
				t.Errorf("the kind %s of %s has no words: add entry.kind.%s", kind.Name, s.Name, name)
			}
		}
	}
}
