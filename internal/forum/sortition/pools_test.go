package sortition

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// table reads a CSV file without its heading; columns finds those that a heading names.
func table(t testing.TB, parts ...string) (heading []string, rows [][]string) {
	t.Helper()
	f, err := os.Open(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[0], all[1:]
}

// readPool reads an instance: quotas from one file of a folder, people from another.
// A person without an id has her row's number.
func readPool(t testing.TB, dir, quotas, people string, seats int) *Instance {
	t.Helper()
	in := &Instance{Seats: seats}
	_, rows := table(t, dir, quotas)
	for _, r := range rows {
		if n := len(in.Categories); n == 0 || in.Categories[n-1].Name != r[0] {
			in.Categories = append(in.Categories, Category{Name: r[0]})
		}
		v := Value{Name: r[1], Min: number(t, r[2]), Max: number(t, r[3])}
		c := &in.Categories[len(in.Categories)-1]
		c.Values = append(c.Values, v)
	}
	heading, rows := table(t, dir, people)
	id := slices.IndexFunc(heading, func(h string) bool { return h == "id" || h == "nationbuilder_id" })
	for i, r := range rows {
		p := Person{ID: strconv.Itoa(i)}
		if id >= 0 {
			p.ID = r[id]
		}
		for _, c := range in.Categories {
			p.Values = append(p.Values, r[slices.Index(heading, c.Name)])
		}
		in.Pool = append(in.Pool, p)
	}
	return in
}

func number(t testing.TB, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// instances are the folders with published or hand-proved answers; a folder's name
// ends with the seats.
func instances(t testing.TB, data string) map[string]*Instance {
	t.Helper()
	all := map[string]*Instance{}
	dir := filepath.Join(data, "sortition", "instances")
	folders, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		name := f.Name()
		if _, err := os.Stat(filepath.Join(dir, name, "respondents.csv")); err != nil {
			continue // shares of a population, no pool
		}
		seats := number(t, name[strings.LastIndex(name, "_")+1:])
		all[name] = readPool(t, filepath.Join(dir, name), "categories.csv", "respondents.csv", seats)
	}
	return all
}

// peers are the pools that another program computed: its name for each, and ours.
func peers(t testing.TB, data string) map[string]*Instance {
	t.Helper()
	known := instances(t, data)
	all := map[string]*Instance{"ex20": known["example_small_20"], "fx150": known["sf_fixture_22"]}
	for name, seats := range map[string]int{"p200_20_4": 20, "p250_30_7": 30, "p800_75_4": 75, "p1700_110_7": 110} {
		all[name] = readPool(t, filepath.Join(data, "sortition-reference", "pools", name), "features.csv", "people.csv", seats)
	}
	return all
}

// answer is what the other program found.
type answer struct {
	Algorithm     string             `json:"alg"`
	Pool          string             `json:"pool"`
	Seconds       float64            `json:"seconds"`
	Probabilities map[string]float64 `json:"probabilities"`
}

func answers(t testing.TB, data string) []answer {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(data, "sortition-reference", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no answers to compare with: %v", err)
	}
	var all []answer
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var a answer
		if err := json.Unmarshal(text, &a); err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
	return all
}

// generated makes a pool whose people offer themselves with another likelihood for
// each value than the population's, so that some are rare; quotas are the
// population's shares of the seats, give or take room.
func generated(seed uint64, people, seats, room int, values ...int) *Instance {
	r := rand.New(rand.NewPCG(seed, seed))
	in := &Instance{Seats: seats}
	offer := make([][]float64, len(values))
	for c, n := range values {
		cat := Category{Name: fmt.Sprint("category ", c)}
		share, sum := make([]float64, n), 0.0
		for v := range share {
			share[v] = 0.3 + r.Float64()
			sum += share[v]
		}
		left, total := seats, 0.0
		for v := range share {
			at := int(share[v] / sum * float64(seats))
			if v == n-1 {
				at = left
			}
			left -= at
			cat.Values = append(cat.Values, Value{Name: fmt.Sprint("value ", v), Min: max(0, at-room), Max: min(seats, at+room)})
			total += share[v] * (0.4 + 1.2*r.Float64())
			offer[c] = append(offer[c], total)
		}
		in.Categories = append(in.Categories, cat)
	}
	for i := range people {
		p := Person{ID: fmt.Sprint("p", i)}
		for c := range values {
			at := r.Float64() * offer[c][len(offer[c])-1]
			v := slices.IndexFunc(offer[c], func(end float64) bool { return at < end })
			p.Values = append(p.Values, in.Categories[c].Values[v].Name)
		}
		in.Pool = append(in.Pool, p)
	}
	return in
}
