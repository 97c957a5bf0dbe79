package cli_test

import (
	"context"
	"encoding/csv"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var comparedLine = regexp.MustCompile(`(?m)^(overlaps|gaps of \S+): (\d+) the same, (\d+) differ$`)

// TestOverlapsByAScript lets docs/overlaps.py compute overlaps and gaps of both
// demonstrations from their CSV files by its own rules, over the network and from a
// folder: everything has to come out as the site has it. One number that somebody
// changed is found.
func TestOverlapsByAScript(t *testing.T) {
	python := python3(t)
	first := freePorts(t)
	running := start(t, first, "demo", "--data", filepath.Join(t.TempDir(), "demo"))
	defer running.stop()
	for site, want := range map[string]struct {
		address         string
		overlaps, items int
	}{"gdc": {"http://" + first, 300, 80}, "harbour": {"http://" + nextPort(first), 5, 8}} {
		t.Run(site, func(t *testing.T) {
			printed, code := computed(t, python, want.address)
			found := comparedLine.FindAllStringSubmatch(printed, -1)
			if code != 0 || len(found) != 3 {
				t.Fatalf("exit code %d:\n%s", code, short(printed))
			}
			for at, least := range []int{want.overlaps, want.items, 1} {
				if same, _ := strconv.Atoi(found[at][2]); same < least || found[at][3] != "0" {
					t.Errorf("%s, want %d at least", found[at][0], least)
				}
			}
			folder := filesOf(t, want.address)
			if printed, code := computed(t, python, folder); code != 0 {
				t.Errorf("the folder: exit code %d:\n%s", code, short(printed))
			}
			for _, name := range []string{"gaps.csv", "bodies/overlaps.csv"} {
				changed := filesOf(t, want.address)
				changeLast(t, filepath.Join(changed, filepath.FromSlash(name)))
				if printed, code := computed(t, python, changed); code != 1 || !strings.Contains(printed, "1 differ") {
					t.Errorf("a change in %s: exit code %d:\n%s", name, code, short(printed))
				}
			}
		})
	}
}

// computed runs docs/overlaps.py and returns what it printed and how it ended.
func computed(t testing.TB, python, site string) (string, int) {
	t.Helper()
	c := exec.CommandContext(context.WithoutCancel(t.Context()), python, "-B", "../../docs/overlaps.py", site)
	out, err := c.CombinedOutput()
	if c.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), c.ProcessState.ExitCode()
}

// filesOf writes the CSV files that the script reads into a folder, as an export has them.
func filesOf(t testing.TB, address string) string {
	t.Helper()
	folder := t.TempDir()
	paths := []string{"/texts.csv", "/bodies.csv", "/bodies/overlaps.csv", "/gaps.csv", "/commitments.csv", "/indicators.csv", "/targets.csv"}
	for at := 0; at < len(paths); at++ {
		body := fetched(t, address+paths[at])
		if paths[at] == "/texts.csv" {
			rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			id := 0
			if rows[0][0] == "sample" {
				id = 1
			}
			for _, row := range rows[1:] {
				paths = append(paths, "/texts/"+row[id]+".csv")
			}
		}
		name := filepath.Join(folder, filepath.FromSlash(paths[at]))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func fetched(t testing.TB, address string) string {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v", address, answer.StatusCode, err)
	}
	return string(body)
}

// changeLast changes the last digit of a table.
func changeLast(t testing.TB, name string) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.LastIndexAny(string(b), "0123456789")
	b[at] = '0' + (b[at]-'0'+1)%10
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
