package web_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

var definition = regexp.MustCompile(`\{\{define "([^"]+)"\}\}`)

// TestTemplateNames: all pages are one set, so a name that two files define would be
// the part of one page on the other.
func TestTemplateNames(t *testing.T) {
	files, err := filepath.Glob("pages/*.html")
	if err != nil || len(files) < 50 {
		t.Fatalf("%d pages, %v", len(files), err)
	}
	where := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range definition.FindAllStringSubmatch(string(text), -1) {
			if other := where[m[1]]; other != "" && m[1] != "main" {
				t.Errorf("%s and %s both define %q", other, file, m[1])
			}
			where[m[1]] = file
		}
	}
}
