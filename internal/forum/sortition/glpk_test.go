package sortition

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"kept/internal/realdata"
)

// glpk solves a program with GLPK, which shares no code with ours; found is false
// where there is no solution.
func glpk(t *testing.T, text string) (value float64, found bool) {
	t.Helper()
	if _, err := exec.LookPath("glpsol"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("glpsol is not there; install the Debian package glpk-utils")
		}
		t.Skip("left out: glpsol is not there (Debian package glpk-utils)")
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.lp"), filepath.Join(dir, "out")
	if err := os.WriteFile(in, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if log, err := exec.Command("glpsol", "--lp", in, "-w", out).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, log)
	}
	answer, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(answer), "\n") {
		f := strings.Fields(line)
		if len(f) < 5 || f[0] != "s" {
			continue
		}
		last := f[len(f)-1]
		value, err := strconv.ParseFloat(last, 64)
		if err != nil {
			t.Fatal(err)
		}
		switch status := f[len(f)-2]; {
		case f[1] == "mip" && status == "o", f[1] == "bas" && status == "f":
			return value, true
		case f[1] == "mip" && status == "n", f[1] == "bas":
			return 0, false
		}
	}
	t.Fatalf("no answer: %s", answer)
	return 0, false
}

// written writes a model in the language that GLPK reads: rows and ranges of a
// model, with an objective. Whole says that counts are whole numbers.
func written(m *model, objective string, rows []string, whole bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Maximize\n obj: %s\nSubject To\n", objective)
	for i := range m.low {
		var sum []string
		for t := range m.size {
			for _, r := range m.rows[t] {
				if int(r) == i {
					sum = append(sum, fmt.Sprintf("x%d", t))
				}
			}
		}
		if sum == nil { // a row that nobody is in: it says whether zero will do
			sum = []string{"0 x0"}
		}
		fmt.Fprintf(&b, " %s >= %d\n %s <= %d\n", wrap(sum), m.low[i], wrap(sum), m.high[i])
	}
	for _, row := range rows {
		fmt.Fprintf(&b, " %s\n", row)
	}
	b.WriteString("Bounds\n")
	for t, size := range m.size {
		fmt.Fprintf(&b, " 0 <= x%d <= %d\n", t, size)
	}
	if whole {
		b.WriteString("General\n")
		for t := range m.size {
			fmt.Fprintf(&b, " x%d\n", t)
		}
	}
	b.WriteString("End\n")
	return b.String()
}

// wrap joins terms, a few a line.
func wrap(terms []string) string {
	var b strings.Builder
	for i, term := range terms {
		if i > 0 {
			b.WriteString(" + ")
			if i%10 == 0 {
				b.WriteString("\n ")
			}
		}
		b.WriteString(term)
	}
	return b.String()
}

// weighted is a sum of weights times counts.
func weighted(weights []int64) string {
	var terms []string
	for t, w := range weights {
		if w != 0 {
			terms = append(terms, fmt.Sprintf("%d x%d", w, t))
		}
	}
	if terms == nil {
		terms = []string{"0 x0"}
	}
	return wrap(terms)
}

// TestStepsAgainstGLPK has GLPK search the best panel of every step of the proofs.
func TestStepsAgainstGLPK(t *testing.T) {
	pools := peers(t, realdata.Dir(t))
	for _, name := range []string{"ex20", "fx150", "p200_20_4"} {
		p, err := Leximin(context.Background(), pools[name], Options{})
		if err != nil {
			t.Fatal(err)
		}
		m := newModel(pools[name])
		for _, step := range p.Proof.Steps {
			got, found := glpk(t, written(m, weighted(step.Weights), nil, true))
			if !found || math.Abs(got-float64(step.Bound)) > 1e-9*float64(step.Bound) {
				t.Errorf("%s level %d: got %d, GLPK %g", name, step.Level, step.Bound, got)
			}
		}
		t.Logf("%s: %d steps agree", name, len(p.Proof.Steps))
	}
}

// TestRelaxationAgainstGLPK compares the first level of the relaxation, the linear
// program that GLPK solves with the chance as a variable.
func TestRelaxationAgainstGLPK(t *testing.T) {
	pools := peers(t, realdata.Dir(t))
	for _, name := range []string{"ex20", "fx150", "p200_20_4", "p800_75_4"} {
		m := newModel(pools[name])
		s := newStairs(m, m.program())
		if err := s.next(); err != nil {
			t.Fatal(err)
		}
		var rows []string
		for i, size := range m.size {
			rows = append(rows, fmt.Sprintf("x%d - %d z >= 0", i, size))
		}
		want, found := glpk(t, written(m, "z", rows, false))
		if got := s.steps[0].chance; !found || math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: got %.12f, GLPK %.12f", name, got, want)
		}
	}
}

// TestSearchAgainstGLPK compares random questions with random weights.
func TestSearchAgainstGLPK(t *testing.T) {
	agreed, infeasible := 0, 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 99))
		in := generated(seed, 20+r.IntN(60), 4+r.IntN(8), r.IntN(2), 2, 3, 2+r.IntN(3), 2)
		m := newModel(in)
		weights := make([]int64, len(m.size))
		for i := range weights {
			weights[i] = int64(r.IntN(100))
		}
		s := newSearch(context.Background(), m, weights)
		f := s.run(m.program(), none)
		want, found := glpk(t, written(m, weighted(weights), nil, true))
		switch {
		case found != (f.best != nil):
			t.Errorf("seed %d: got a panel %v, GLPK %v", seed, f.best != nil, found)
		case found && float64(f.value) != want:
			t.Errorf("seed %d: got %d, GLPK %g", seed, f.value, want)
		case found:
			agreed++
		default:
			infeasible++
		}
	}
	t.Logf("%d agree, %d have no panel", agreed, infeasible)
	if agreed == 0 || infeasible == 0 {
		t.Error("both kinds should be there")
	}
}
