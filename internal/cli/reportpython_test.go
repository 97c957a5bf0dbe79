package cli_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

var followedLine = regexp.MustCompile(`(?m)^(\d+) the same, (\d+) differ$`)

// TestFiguresFollowedByAScript lets docs/figures.py compute figures from a saved copy
// by its own rules: twenty and more have to come out as the program has them. One
// that somebody changed is found.
func TestFiguresFollowedByAScript(t *testing.T) {
	python := python3(t)
	data := filepath.Join(t.TempDir(), "demo")
	start(t, freePorts(t), "demo", "--data", data).stop()
	for _, d := range drafts {
		t.Run(d.site+" "+d.to, func(t *testing.T) {
			at := filepath.Join(data, d.site)
			copied := filepath.Join(t.TempDir(), "copy")
			must(t, "verify", at, "--save", copied)
			b := canonical(t, draftOf(t, at, d.kind, d.to))
			printed, code := followed(t, python, copied, b)
			m := followedLine.FindStringSubmatch(printed)
			if code != 0 || m == nil {
				t.Fatalf("exit code %d:\n%s", code, short(printed))
			}
			if same, _ := strconv.Atoi(m[1]); same < 20 || m[2] != "0" {
				t.Errorf("%s the same, %s differ:\n%s", m[1], m[2], short(printed))
			}
			if printed, code := followed(t, python, copied, lessParties(b)); code != 1 {
				t.Errorf("changed figures end with %d:\n%s", code, short(printed))
			}
		})
	}
}

// python3 is where Python is, or the end of the test: docs/*.py need it.
func python3(t testing.TB) string {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal("python3 is not there, and the scripts in docs need it")
	}
	if err != nil {
		t.Skip("left out: the scripts in docs need python3 (Debian package python3)")
	}
	return python
}

// lessParties changes the count of parties.
func lessParties(figures []byte) []byte {
	return regexp.MustCompile(`("id":"parties.total"[^}]*"value":")\d+`).ReplaceAll(figures, []byte("${1}1"))
}

// followed runs docs/figures.py and returns what it printed and how it ended.
func followed(t testing.TB, python, copied string, figures []byte) (string, int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "figures.json")
	if err := os.WriteFile(file, figures, 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(context.WithoutCancel(t.Context()), python, "-B", "../../docs/figures.py", copied, file)
	out, err := c.CombinedOutput()
	if c.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), c.ProcessState.ExitCode()
}
