package cli_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kept/internal/forum/draw"
)

// TestDrawRepeatedByAScript lets docs/draw.py repeat draws by its own rules: panel, reserves and who
// moves up come out as the program has them, and what is changed is found.
func TestDrawRepeatedByAScript(t *testing.T) {
	python := python3(t)
	script := func(args ...string) (string, int) {
		c := exec.Command(python, append([]string{"../../docs/draw.py"}, args...)...)
		c.Env = append(os.Environ(), "PYTHONUTF8=1", "PYTHONDONTWRITEBYTECODE=1")
		b, _ := c.CombinedOutput()
		return string(b), c.ProcessState.ExitCode()
	}
	w := newDrawWorld(t)
	announced := w.announce(t)
	w.enter(t, "party.registered", "2023-08-23T13:00:00Z", "secretariat", `{"n":9}`)
	again := w.record.Receipt(3) // under a later checkpoint, whose last entry is another
	b, err := again.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	round := w.write(t, "round.json", []byte(round1000))
	throws := w.write(t, "throws.txt", []byte(strings.Repeat("1234566541", 10)))
	files := map[string][]string{
		"one.json":  {"--round", round, "--announced", announced},
		"two.json":  {"--round", round, "--announced", w.write(t, "later.json", b), "--last", filepath.Join(w.dir, "receipt-4.json")},
		"dice.json": {"--source", "2", "--offline", "--throws", throws},
	}
	for name, args := range files {
		out := filepath.Join(w.dir, name)
		must(t, append([]string{"draw", "round", w.plan, "-o", out}, args...)...)
		theirs, code := script(out, "--chances", "--gone", "a", "--gone", "d")
		if code != 0 {
			t.Fatalf("%s ends with %d:\n%s", name, code, theirs)
		}
		ours := must(t, "draw", "check", out, "--alone", "--chances", "--gone", "a,d")
		for _, line := range regexp.MustCompile(`(?m)^(panel: .*|reserves: .*|panel now: .*|.* leaves, .* moves up|plan [0-9a-f]{64})`).FindAllString(ours, -1) {
			if !strings.Contains(theirs, line) {
				t.Errorf("%s: the script does not print %q:\n%s", name, line, theirs)
			}
		}
		if n := strings.Count(theirs, "chance of "); n != 4 {
			t.Errorf("%s: %d chances", name, n)
		}
	}
	whole, err := os.ReadFile(filepath.Join(w.dir, "two.json"))
	if err != nil {
		t.Fatal(err)
	}
	o := decode[draw.File](t, string(whole)).Outcome
	for name, changed := range map[string][]byte{
		"another winner":    bytes.Replace(whole, []byte(`"panel":["`+o.Panel[0]), []byte(`"panel":["`+o.Reserves[0]), 1),
		"another ticket":    bytes.Replace(whole, []byte(`"tickets":["1"`), []byte(`"tickets":["2"`), 1),
		"another name":      bytes.Replace(whole, []byte(`"group":"panel"`), []byte(`"group":"other"`), 1),
		"another proof":     bytes.Replace(whole, []byte(again.Proof[0].String()), []byte("AAAA"+again.Proof[0].String()[4:]), 1),
		"another spelling":  bytes.Replace(whole, []byte(`,"`), []byte(`, "`), 1),
		"another signature": bytes.Replace(whole, []byte("b44679"), []byte("b44678"), 1),
		"another round":     bytes.Replace(whole, []byte(`"randomness":{"round":1000`), []byte(`"randomness":{"round":1001`), 1),
		"something else":    []byte("[]"),
		"nothing":           nil,
	} {
		if bytes.Equal(changed, whole) {
			t.Fatalf("%s: nothing was changed", name)
		}
		if printed, code := script(w.write(t, "changed.json", changed)); code != 1 || !strings.Contains(printed, "DIFFERS") {
			t.Errorf("%s ends with %d:\n%s", name, code, printed)
		}
	}
}
