// Package peers sets Kept's list of commitments beside PocketBase's list API and
// beside a bare Go handler with the same rows in the same engine. It is a module
// of its own, so that nothing of a peer reaches the program.
package peers

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// rowCount and perPage are the list that is measured.
const (
	rowCount = 100000
	perPage  = 30
	rounds   = 3
)

// row is a commitment as every side holds it; states are those of the day.
type row struct {
	ID                                                                        int64
	Title, Party, Kind, Item, Area, Type, Status, Reporting, Pace, Made, Ends string
}

// filterOf is one condition: three facts at once.
type filterOf struct{ Item, Reporting, Pace string }

// server starts one side and prints its address; each runs in a process of its
// own with one core for Go.
var servers = map[string]func(dir string) error{"kept": serveKept, "bare": serveBare, "pocketbase": servePocketBase}

func TestMain(m *testing.M) {
	if side := os.Getenv("PEERS_SIDE"); side != "" {
		if err := servers[side](os.Getenv("PEERS_DIR")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// TestList asks all three for the same lists, wants the same totals, and compares
// requests per second: medians of rounds in which the sides take turns. Ours is
// never served from the cache of pages.
//
// The peers have an index on each column that lists can be filtered by, since
// nobody knows which three will be asked for together. In the second run they have
// an index made for these very lists, which nobody could have for all; there the
// distance to PocketBase is told, and no goal.
func TestList(t *testing.T) {
	t.Run("an index on each column", func(t *testing.T) { compare(t, "each") })
	t.Run("an index made for these lists", func(t *testing.T) { compare(t, "made") })
}

func compare(t *testing.T, index string) {
	if _, err := exec.LookPath("wrk"); err != nil {
		t.Skip("left out: wrk is not installed (Debian package wrk)")
	}
	t.Setenv("PEERS_INDEX", index)
	dir := t.TempDir()
	addresses := map[string]string{"kept": start(t, "kept", dir)} // writes the rows that the others load
	filters := readFilters(t, dir)
	for _, side := range []string{"bare", "pocketbase"} {
		addresses[side] = start(t, side, dir)
	}
	matched := 0
	for _, f := range filters {
		want := total(t, addresses["bare"]+f.bare())
		matched += want
		for side, path := range map[string]string{"kept": f.kept(), "pocketbase": f.pocketbase()} {
			if got := total(t, addresses[side]+path); got != want {
				t.Errorf("%+v: %s finds %d, the bare handler %d", f, side, got, want)
			}
		}
	}
	t.Logf("%d lists, %d commitments match on average", len(filters), matched/len(filters))
	rates := map[string][]float64{}
	for range rounds {
		for _, side := range []string{"pocketbase", "kept", "bare"} {
			rates[side] = append(rates[side], load(t, dir, side, addresses[side], filters))
		}
	}
	median := map[string]float64{}
	for side, all := range rates {
		slices.Sort(all)
		median[side] = all[len(all)/2]
		t.Logf("%-10s %9.0f requests/s (rounds %.0f)", side, median[side], all)
	}
	t.Logf("kept ÷ PocketBase = %.1f (goal 5); kept ÷ bare Go with the same engine = %.2f (goal 0.6)", median["kept"]/median["pocketbase"], median["kept"]/median["bare"])
	if index == "each" && median["kept"] < 5*median["pocketbase"] || median["kept"] < 0.6*median["bare"] {
		t.Error("a goal is missed")
	}
}

// The address of one list on each side: filter, newest first, 30 a page, with the total.
func (f filterOf) kept() string {
	return "/commitments.json?reporting=" + f.Reporting + "&pace=" + f.Pace + "&item=" + f.Item + "&limit=30&lang=en" // not in the order that the cache knows
}

func (f filterOf) bare() string {
	return "/list?item=" + f.Item + "&reporting=" + f.Reporting + "&pace=" + f.Pace
}

func (f filterOf) pocketbase() string {
	return "/api/collections/commitments/records?perPage=30&sort=-n&filter=" +
		strings.ReplaceAll(fmt.Sprintf("(item='%s'&&reporting='%s'&&pace='%s')", f.Item, f.Reporting, f.Pace), "&", "%26")
}

func (f filterOf) path(side string) string {
	return map[string]func() string{"kept": f.kept, "bare": f.bare, "pocketbase": f.pocketbase}[side]()
}

func start(t *testing.T, side, dir string) string {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "PEERS_SIDE="+side, "PEERS_DIR="+dir, "GOMAXPROCS=1")
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if address, ok := strings.CutPrefix(lines.Text(), "listening "); ok {
			for range 100 { // PocketBase says so before it listens
				if r, err := http.Get(address); err == nil {
					r.Body.Close()
					return address
				}
				time.Sleep(50 * time.Millisecond)
			}
		}
	}
	t.Fatalf("%s did not start", side)
	return ""
}

func readFilters(t *testing.T, dir string) (filters []filterOf) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "filters.json"))
	if err == nil {
		err = json.Unmarshal(b, &filters)
	}
	if err != nil || len(filters) == 0 {
		t.Fatalf("%d filters: %v", len(filters), err)
	}
	return filters
}

// total is what an answer says of how many there are, whatever it calls it.
func total(t *testing.T, address string) int {
	t.Helper()
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var b bytes.Buffer
	_, _ = b.ReadFrom(r.Body)
	m := regexp.MustCompile(`"total(?:Items)?":(\d+)`).FindSubmatch(b.Bytes())
	if r.StatusCode != http.StatusOK || m == nil {
		t.Fatalf("%s: %s %.200s", address, r.Status, b.String())
	}
	n, _ := strconv.Atoi(string(m[1]))
	return n
}

var requestsPerSecond = regexp.MustCompile(`Requests/sec:\s+([0-9.]+)`)

// load runs wrk over all lists in turn.
func load(t *testing.T, dir, side, address string, filters []filterOf) float64 {
	t.Helper()
	var script strings.Builder
	script.WriteString("local paths = {\n")
	for _, f := range filters {
		fmt.Fprintf(&script, "%q,\n", f.path(side))
	}
	script.WriteString("}\nlocal n = 0\nrequest = function() n = n % #paths + 1; return wrk.format(\"GET\", paths[n]) end\n")
	script.WriteString("done = function(s) if s.errors.status > 0 then print(\"FAILED \" .. s.errors.status) end end\n")
	file := filepath.Join(dir, side+".lua")
	if err := os.WriteFile(file, []byte(script.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("wrk", "-t1", "-c16", "-d4s", "-s", file, address).CombinedOutput()
	m := requestsPerSecond.FindSubmatch(out)
	if err != nil || m == nil || bytes.Contains(out, []byte("FAILED")) {
		t.Fatalf("%s: %v: %s", side, err, out)
	}
	rate, _ := strconv.ParseFloat(string(m[1]), 64)
	time.Sleep(200 * time.Millisecond)
	return rate
}
