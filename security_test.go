package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	shownBy  = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9]+)`")
	inFolder = regexp.MustCompile("(?:^|, |\\| )([a-z/]+) `(?:Test|Fuzz)")
	testFunc = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Za-z0-9]+)\(`)
)

// docs/security.md says which test shows each line: the test is there, in the
// package that the line names.
func TestSecurityDocument(t *testing.T) {
	b, err := os.ReadFile("docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	there := make(map[string]map[string]bool) // folder → its tests
	err = filepath.WalkDir("internal", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		source, err := os.ReadFile(name)
		folder := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(name)), "internal/")
		if there[folder] == nil {
			there[folder] = make(map[string]bool)
		}
		for _, m := range testFunc.FindAllStringSubmatch(string(source), -1) {
			there[folder][m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for _, line := range strings.Split(string(b), "\n") {
		cells := strings.Split(line, " | ")
		if len(cells) != 4 || !strings.HasPrefix(line, "| ") || strings.Contains(line, "| ---") || strings.HasPrefix(line, "| no.") {
			continue
		}
		lines++
		last := strings.TrimSuffix(strings.TrimSpace(cells[3]), " |")
		folder := ""
		for _, part := range strings.Split(last, ", ") {
			if m := inFolder.FindStringSubmatch(part); m != nil {
				folder = m[1]
			}
			for _, m := range shownBy.FindAllStringSubmatch(part, -1) {
				if !there[folder][m[1]] {
					t.Errorf("%s: %s has no test %s", strings.TrimPrefix(cells[0], "| "), folder, m[1])
				}
			}
		}
	}
	if lines < 50 {
		t.Errorf("only %d lines were read", lines)
	}
}
