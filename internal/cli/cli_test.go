package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/cli"
)

func TestExitCodes(t *testing.T) {
	empty := t.TempDir()
	file := write(t, "list.csv", "name,kind\nA,private\n")
	for _, c := range []struct {
		name string
		args string
		code int
		want []string
	}{
		{"nothing", "", 0, []string{"Usage:", "demo", "verify"}},
		{"help", "help", 0, []string{"Usage:"}},
		{"help of a command", "help text load", 0, []string{"--leave-out"}},
		{"help of nothing", "help frobnicate", 2, []string{"frobnicate"}},
		{"no such command", "frobnicate", 2, []string{"no command", "frobnicate"}},
		{"nearly a command", "verfy", 2, []string{`did you mean "verify"`}},
		{"no such command in a group", "pack chek", 2, []string{`did you mean "check"`}},
		{"a group alone", "ingest", 0, []string{"worldbank", "csv"}},
		{"no such flag", "ingest csv --nope", 2, []string{"--nope", "kept ingest csv --help"}},
		{"a flag without its value", "init --origin", 2, []string{"--origin"}},
		{"no such language", "version --lang xx", 2, []string{"ar, zh, en, fr, ru, es"}},
		{"version", "version", 0, []string{"kept " + cli.Version}},
		{"version of what", "version 1", 2, []string{"no arguments"}},
		{"pack check of nothing", "pack check", 2, []string{"one folder"}},
		{"pack check of an empty folder", "pack check " + empty, 1, []string{"pack.yaml", "gdc, harbour"}},
		{"pack check of no folder", "pack check " + empty + "/none", 1, []string{"pack.yaml"}},
		{"init without origin", "init --data " + empty + "/d", 2, []string{"--origin", "compact.example.org"}},
		{"init with a scheme", "init --origin https://a.example --data " + empty + "/d", 2, []string{"without scheme"}},
		{"init with a plus sign", "init --origin a+b --data " + empty + "/d", 2, []string{"without scheme"}},
		{"init with a line feed", "init --origin=a\nb --data " + empty + "/d", 2, []string{"without scheme"}},
		{"init beyond ASCII", "init --origin=bücher.example --data " + empty + "/d", 2, []string{"without scheme"}},
		{"init of no pack", "init --pack nope --origin a.example --data " + empty + "/d", 1, []string{"neither a built-in pack"}},
		{"text load without text", "text load " + file, 2, []string{"--text"}},
		{"text load of no file", "text load --text gdc-2024 " + empty + "/none.txt", 1, []string{"none.txt"}},
		{"text load without record", "text load --text gdc-2024 " + file + " --data " + empty, 1, []string{"kept init"}},
		{"import of what", "import people " + file, 2, []string{"parties, endorsements, pledges, commitments or reports", "people"}},
		{"import of no file", "import parties " + empty + "/none.csv", 1, []string{"none.csv"}},
		{"import without record", "import parties " + file + " --data " + empty, 1, []string{"kept init"}},
		{"ingest without indicator", "ingest csv " + file, 2, []string{"--indicator"}},
		{"ingest without record", "ingest csv " + file + " --indicator x --licence y --data " + empty, 1, []string{"kept init"}},
		{"ingest with half a condition", "ingest csv " + file + " --where x", 2, []string{"COLUMN=VALUE"}},
		{"verify of nothing", "verify", 2, []string{"a site, or a folder"}},
		{"verify of an empty folder", "verify " + empty, 1, []string{"neither an address, nor a data directory, nor a saved copy"}},
		{"verify of a file", "verify " + file, 1, []string{"neither an address"}},
		{"verify of a site that is not there", "verify http://127.0.0.1:1", 1, []string{"could not be read"}},
		{"verify against no checkpoint", "verify " + empty + " --checkpoint " + empty + "/none", 1, []string{"none"}},
		{"replay without check", "replay --data " + empty, 2, []string{"--check"}},
		{"replay without record", "replay --check --data " + empty, 1, []string{"kept init"}},
		{"serve without record", "serve --addr 127.0.0.1:0 " + empty, 1, []string{"kept init"}},
		{"serve on no address", "serve --addr nowhere " + empty, 2, []string{"HOST:PORT"}},
		{"demo on no address", "demo --addr nowhere", 2, []string{"HOST:PORT"}},
		{"demo on no port", "demo --addr 127.0.0.1:65535", 2, []string{"65534"}},
		{"a database that is none", "replay --check --db mysql://x --data " + empty, 1, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := strings.Split(c.args, " ")
			if c.args == "" {
				args = nil
			}
			r := kept(args...)
			r.want(t, c.code, c.want...)
			if c.code != 0 && !strings.HasPrefix(r.err, "kept: ") {
				t.Errorf("an error begins with the program's name, got %q", r.err)
			}
		})
	}
	if left, _ := os.ReadDir(empty); len(left) > 0 {
		t.Errorf("a command that failed left %v behind", left)
	}
}

func TestHelpOfEachCommand(t *testing.T) {
	for _, c := range []string{"demo", "init", "serve", "pack", "pack check", "text", "text load", "import", "ingest", "ingest csv",
		"ingest worldbank", "verify", "replay", "brief", "report print", "report bundle", "draw", "draw plan", "draw round", "draw check", "version"} {
		args := strings.Split(c, " ")
		if long := must(t, append(args, "--help")...); !strings.Contains(long, "kept "+c) || !strings.Contains(long, "--lock") {
			t.Errorf("kept %s --help: %s", c, long)
		}
		if again := must(t, append([]string{"help"}, args...)...); !strings.Contains(again, "kept "+c) {
			t.Errorf("kept help %s: %s", c, again)
		}
	}
}

func TestVersionAsJSON(t *testing.T) {
	if v := decode[map[string]string](t, must(t, "version", "--json")); v["version"] != cli.Version {
		t.Errorf("got %v", v)
	}
}

// Main itself reads the real standard input and listens for Ctrl-C; it answers like Run.
func TestMainAnswersLikeRun(t *testing.T) {
	var out, errOut bytes.Buffer
	if code := cli.Main([]string{"version"}, &out, &errOut); code != 0 || out.String() != kept("version").out {
		t.Errorf("%d %q %q", code, out.String(), errOut.String())
	}
}

type faults struct {
	Faults []struct {
		File            string
		Line, Column    int
		Message, Remedy string
	}
}

func TestPackCheck(t *testing.T) {
	for _, pack := range []string{"gdc", "harbour"} {
		kept("pack", "check", pack).want(t, 0, pack+" ", "no fault", "digest ")
		if f := decode[faults](t, must(t, "pack", "check", pack, "--json")); len(f.Faults) != 0 || f.Faults == nil {
			t.Errorf("%s: %+v", pack, f)
		}
	}
}

// Every planted fault is printed with file, line and remedy, not only the first.
func TestPackCheckNamesEveryFault(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, compacts.Harbour()); err != nil {
		t.Fatal(err)
	}
	must(t, "pack", "check", dir)
	plant := func(file, old, changed string) (line int) {
		t.Helper()
		path := filepath.Join(dir, file)
		b, err := os.ReadFile(path)
		before, _, found := strings.Cut(string(b), old)
		if err != nil || !found {
			t.Fatal(file, err, found)
		}
		if err := os.WriteFile(path, []byte(strings.Replace(string(b), old, changed, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		return strings.Count(before, "\n") + 1
	}
	planted := map[string]int{
		"pack.yaml":               plant("pack.yaml", "id:", "colour: \"red\"\nid:"),
		"texts/harbour-2025.yaml": plant("texts/harbour-2025.yaml", `sdg: [`, `sdg: [99, `),
		"targets.yaml":            plant("targets.yaml", `id: "`, `id: "a b `),
		"lang/fr.yaml":            plant("lang/fr.yaml", "H.1", "H.99"),
	}
	r := kept("pack", "check", dir)
	r.want(t, 3, "faults")
	f := decode[faults](t, kept("pack", "check", dir, "--json").out)
	for file, line := range planted {
		found := false
		for _, fault := range f.Faults {
			found = found || fault.File == file && fault.Line == line && fault.Message != "" && fault.Remedy != ""
		}
		if !found {
			t.Errorf("the fault in %s line %d is not told: %+v", file, line, f.Faults)
		}
	}
	if strings.Contains(r.out, "⟦") {
		t.Errorf("a message is missing: %s", r.out)
	}
	kept("init", "--pack", dir, "--origin", originOf(t), "--data", filepath.Join(dir, "record")).want(t, 3, "pack.yaml")
	if _, err := os.Stat(filepath.Join(dir, "record")); err == nil {
		t.Error("a pack with faults made a data directory")
	}
}
