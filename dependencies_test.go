package main

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"
)

var (
	direct    = regexp.MustCompile(`(?m)^\t(\S+\.\S+) (v\S+)$`)                       // a line of go.mod that says nothing of "indirect"
	explained = regexp.MustCompile("(?m)^\\| `(\\S+)` (?:\\(npm\\) )?\\| (\\S+) \\|") // a row of docs/dependencies.md
)

// TestDependenciesByVersion compares docs/dependencies.md with what is pinned, row
// by row: a module without a reason, and a reason without a module, are both found.
func TestDependenciesByVersion(t *testing.T) {
	pinned := map[string]bool{}
	for _, name := range []string{"go.mod", "internal/e2e/go.mod", "internal/e2e/peers/go.mod"} {
		for _, m := range direct.FindAllStringSubmatch(contents(t, name), -1) {
			pinned[m[1]+" "+m[2]] = true
		}
	}
	var npm struct {
		DevDependencies map[string]string `json:"devDependencies"`
	}
	if err := json.Unmarshal([]byte(contents(t, "internal/e2e/browser/package.json")), &npm); err != nil {
		t.Fatal(err)
	}
	for module, version := range npm.DevDependencies {
		pinned[module+" "+version] = true
	}
	said := map[string]bool{}
	for _, m := range explained.FindAllStringSubmatch(contents(t, "docs/dependencies.md"), -1) {
		said[m[1]+" "+m[2]] = true
	}
	got, want := slices.Sorted(maps.Keys(said)), slices.Sorted(maps.Keys(pinned))
	if len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("docs/dependencies.md explains\n%q\nwant\n%q", got, want)
	}
}

func contents(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
