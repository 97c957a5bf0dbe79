package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// allowed lists every import edge inside the module, by the package that imports.
// It follows the life of a compact: text → who → measured → promised → said →
// forum → report. A new edge is a decision; it is made here.
var allowed = map[string][]string{
	"internal/person":                 {"record", "internal/locale", "internal/db", "internal/keeper"},
	"kept":                            {"internal/cli"},
	"compacts":                        {},
	"record":                          {},
	"internal/locale":                 {},
	"internal/db":                     {},
	"internal/keeper":                 {"record", "internal/db", "internal/locale"},
	"internal/account":                {"internal/locale", "internal/db", "internal/keeper", "internal/stakeholder", "internal/account/signin"},
	"internal/account/signin":         {"internal/locale"},
	"internal/job":                    {"internal/db"},
	"internal/mail":                   {"internal/db", "internal/job", "internal/locale"},
	"internal/reminder":               {"internal/report", "record", "internal/account", "internal/locale", "internal/db", "internal/keeper", "internal/compact", "internal/stakeholder", "internal/commitment", "internal/job", "internal/mail"},
	"internal/compact/area":           {"internal/locale", "internal/compact/fold"},
	"internal/compact/fold":           {},
	"internal/compact":                {"record", "internal/locale", "internal/db", "internal/keeper", "internal/compact/area", "internal/compact/fold", "internal/compact/align"},
	"internal/compact/align":          {},
	"internal/stakeholder/sheet":      {"internal/locale", "internal/compact/fold"},
	"internal/stakeholder":            {"record", "internal/locale", "internal/db", "internal/keeper", "internal/compact", "internal/compact/area", "internal/compact/fold", "internal/stakeholder/sheet"},
	"internal/observatory/trend":      {},
	"internal/observatory":            {"record", "internal/locale", "internal/db", "internal/keeper", "internal/compact", "internal/compact/area", "internal/observatory/trend"},
	"internal/commitment/reportsheet": {"internal/locale", "internal/compact/fold", "internal/stakeholder/sheet"},
	"internal/commitment":             {"internal/commitment/reportsheet", "record", "internal/locale", "internal/db", "internal/keeper", "internal/compact", "internal/compact/area", "internal/compact/fold", "internal/stakeholder", "internal/stakeholder/sheet", "internal/observatory", "internal/commitment/agreement", "internal/commitment/evidence", "internal/commitment/redline"},
	"internal/commitment/agreement":   {},
	"internal/assessment":             {"internal/locale", "internal/db", "internal/keeper", "internal/account", "internal/commitment"},
	"internal/commitment/redline":     {},
	"internal/commitment/evidence":    {"internal/locale"},
	"internal/wording":                {"internal/keeper", "internal/locale"},
	"internal/correction":             {"internal/wording", "internal/locale", "internal/db", "internal/keeper", "internal/compact", "internal/stakeholder", "internal/observatory", "internal/commitment"},
	"internal/forum": {
		"internal/wording",
		"internal/commitment",
		"internal/compact",
		"internal/compact/area",
		"internal/compact/fold",
		"internal/correction",
		"internal/db",
		"internal/forum/network",
		"internal/forum/draw",
		"internal/forum/sortition",
		"internal/keeper",
		"internal/locale",
		"internal/observatory",
		"internal/stakeholder",
		"record",
	},
	"internal/forum/network":    {},
	"internal/forum/sortition":  {},
	"internal/fetch":            {},
	"internal/forum/beacon":     {"internal/fetch", "internal/forum/draw", "internal/locale"},
	"internal/forum/draw":       {"record", "internal/locale", "internal/forum/sortition"},
	"internal/report/narrative": {"internal/locale"},
	"internal/report":           {"internal/report/narrative", "record", "internal/locale", "internal/db", "internal/keeper", "internal/compact", "internal/compact/area", "internal/stakeholder", "internal/observatory", "internal/observatory/trend", "internal/commitment", "internal/correction", "internal/forum"},
	"internal/report/paper":     {"internal/locale"},
	"internal/report/print":     {"record", "internal/locale"},
	"internal/report/bundle":    {"record", "internal/locale", "internal/db", "internal/keeper", "internal/compact", "internal/stakeholder/sheet", "internal/report", "internal/report/paper"},
	"internal/report/forms":     {"internal/locale", "internal/db", "internal/keeper", "internal/compact", "internal/stakeholder", "internal/observatory", "internal/commitment", "internal/report/paper"},
	"internal/report/brief":     {"internal/locale", "internal/db", "internal/keeper", "internal/compact", "internal/stakeholder", "internal/observatory", "internal/commitment", "internal/correction", "internal/forum", "internal/report/paper"},
	"internal/web/chart":        {},
	"internal/web/press":        {},
	"internal/web/relink":       {},
	"internal/export":           {"internal/keeper", "internal/locale", "internal/web", "internal/web/relink"},
	"internal/web": {
		"internal/account",
		"internal/account/signin",
		"internal/assessment",
		"internal/commitment",
		"internal/commitment/evidence",
		"internal/commitment/redline",
		"internal/commitment/reportsheet",
		"internal/compact",
		"internal/compact/area",
		"internal/compact/fold",
		"internal/correction",
		"internal/db",
		"internal/forum",
		"internal/forum/draw",
		"internal/forum/sortition",
		"internal/forum/network",
		"internal/job",
		"internal/keeper",
		"internal/locale",
		"internal/mail",
		"internal/observatory",
		"internal/observatory/trend",
		"internal/person",
		"internal/reminder",
		"internal/report",
		"internal/report/paper",
		"internal/report/brief",
		"internal/report/forms",
		"internal/report/bundle",
		"internal/report/narrative",
		"internal/report/print",
		"internal/stakeholder",
		"internal/stakeholder/sheet",
		"internal/web/chart",
		"internal/web/press",
		"internal/web/relink",
		"record",
	},
	"internal/cli": {
		"compacts",
		"internal/account",
		"internal/account/signin",
		"internal/commitment",
		"internal/commitment/reportsheet",
		"internal/compact",
		"internal/compact/area",
		"internal/correction",
		"internal/db",
		"internal/export",
		"internal/fetch",
		"internal/forum",
		"internal/forum/beacon",
		"internal/forum/draw",
		"internal/forum/sortition",
		"internal/job",
		"internal/keeper",
		"internal/locale",
		"internal/mail",
		"internal/observatory",
		"internal/person",
		"internal/reminder",
		"internal/report",
		"internal/report/narrative",
		"internal/report/brief",
		"internal/report/print",
		"internal/stakeholder",
		"internal/stakeholder/sheet",
		"internal/web",
		"internal/web/relink",
		"record",
	},
}

// forTests may be imported by tests only.
var forTests = []string{"internal/commitment/commitmenttest", "internal/db/dbtest", "internal/compact/compacttest", "internal/realdata", "record/recordtest", "internal/account/signin/signintest"}

// outside lists which third-party modules pure packages may import; a package
// that is not listed may import what docs/dependencies.md explains.
var outside = map[string][]string{
	"record":                        {"golang.org/x/mod"},
	"internal/observatory/trend":    {},
	"internal/web/chart":            {},
	"internal/web/press":            {},
	"internal/web/relink":           {},
	"internal/commitment/agreement": {},
	"internal/commitment/redline":   {},
	"internal/forum/sortition":      {},
	"internal/fetch":                {},
	"internal/forum/draw":           {"github.com/cloudflare/circl", "golang.org/x/mod"},
	"internal/forum/network":        {"gonum.org/v1/gonum"},
	"internal/report/narrative":     {"github.com/yuin/goldmark"},
}

func TestImports(t *testing.T) {
	edges := importsOf(t, func(name string) bool { return !strings.HasSuffix(name, "_test.go") })
	for pkg, imports := range edges {
		if slices.Contains(forTests, pkg) {
			continue
		}
		want, known := allowed[pkg]
		if !known {
			t.Errorf("package %s is not in the table of allowed imports; add it with its edges", pkg)
			continue
		}
		for _, imported := range imports {
			inside, ours := strings.CutPrefix(imported, "kept/")
			switch {
			case ours && !slices.Contains(want, inside):
				t.Errorf("%s imports %s: the edge is not allowed", pkg, inside)
			case !ours && strings.Contains(strings.Split(imported, "/")[0], "."):
				if list, limited := outside[pkg]; limited && !slices.ContainsFunc(list, func(m string) bool { return strings.HasPrefix(imported, m) }) {
					t.Errorf("%s imports %s: it may import the standard library and %v only", pkg, imported, list)
				}
			}
		}
	}
	for pkg, list := range allowed {
		for _, edge := range list {
			if _, there := edges[edge]; !there && len(edges[pkg]) > 0 {
				t.Errorf("%s may import %s, which does not exist: take the edge out", pkg, edge)
			}
		}
	}
}

// TestBannedNames keeps packages named for a subject.
func TestBannedNames(t *testing.T) {
	for pkg := range importsOf(t, func(string) bool { return true }) {
		if slices.Contains([]string{"util", "common", "models", "helpers", "services", "types"}, path.Base(pkg)) {
			t.Errorf("package %s is named for nothing", pkg)
		}
	}
}

// importsOf maps each package folder to what its wanted files import.
func importsOf(t *testing.T, wanted func(name string) bool) map[string][]string {
	t.Helper()
	edges := make(map[string][]string)
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "e2e" || d.Name() == "testdata" || d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && name != ".") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || !wanted(name) {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(filepath.Dir(name))
		if pkg == "." {
			pkg = "kept"
		}
		edges[pkg] = append(edges[pkg], "")[:len(edges[pkg])]
		for _, i := range file.Imports {
			imported, _ := strconv.Unquote(i.Path.Value)
			if !slices.Contains(edges[pkg], imported) {
				edges[pkg] = append(edges[pkg], imported)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return edges
}
