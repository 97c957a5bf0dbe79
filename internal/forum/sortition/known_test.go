package sortition

import (
	"context"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"kept/internal/realdata"
)

// numbers are chances as floating point, for comparing with published values.
func numbers(p *Portfolio, people int) []float64 {
	var all []float64
	for _, c := range p.Chances(people) {
		f, _ := c.Float64()
		all = append(all, f)
	}
	return all
}

// holds checks that chances sum to the seats exactly, and that the portfolio holds.
func holds(t *testing.T, in *Instance, p *Portfolio) {
	t.Helper()
	sum := new(big.Rat)
	for _, c := range p.Chances(len(in.Pool)) {
		sum.Add(sum, c)
	}
	if sum.Cmp(big.NewRat(int64(in.Seats), 1)) != 0 {
		t.Errorf("chances sum to %s, want %d", sum.FloatString(12), in.Seats)
	}
	if err := p.Verify(context.Background(), in); err != nil {
		t.Errorf("%s: %v", p.Method, err)
	}
}

// TestKnownInstances compares with published and hand-proved answers.
func TestKnownInstances(t *testing.T) {
	data := realdata.Dir(t)
	for name, in := range instances(t, data) {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(data, "sortition", "instances", name)
			p, err := Leximin(context.Background(), in, Options{})
			if wantInfeasible(t, dir) {
				why, ok := err.(*Infeasible)
				if !ok {
					t.Fatalf("got %v, want infeasible", err)
				}
				t.Log(why)
				// Each of the six pairs breaks one bound that no other breaks.
				if len(why.Conflict) != 6 || len(why.Relaxed) != 1 {
					t.Errorf("got %v, want a conflict of six bounds and one change", why)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			holds(t, in, p)
			showLast(t, p)
			got := numbers(p, len(in.Pool))
			compared := false
			for _, file := range []string{"expected_leximin.csv", "expected_maximin.csv"} {
				if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
					continue
				}
				compared = true
				_, rows := table(t, dir, file)
				if len(rows) != len(got) {
					t.Errorf("%s has %d people, want %d", file, len(rows), len(got))
				}
				for i, r := range rows {
					if r[0] != in.Pool[i].ID || math.Abs(got[i]-fraction(t, r[1])) > 1e-9 {
						t.Errorf("%s: got %.12f, want %s", r[0], got[i], r[1])
					}
				}
			}
			if !compared {
				t.Error("nothing to compare with")
			}
			knownLevels(t, dir, p)
			m, err := Maximin(context.Background(), in, Options{})
			if err != nil {
				t.Fatal(err)
			}
			holds(t, in, m)
			if d := slices.Min(numbers(m, len(in.Pool))) - slices.Min(got); math.Abs(d) > 1e-9 {
				t.Errorf("maximin's minimum is off by %g", d)
			}
			n, err := Nash(context.Background(), in, Options{})
			if err != nil {
				t.Fatal(err)
			}
			holds(t, in, n)
		})
	}
}

func wantInfeasible(t *testing.T, dir string) bool {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "expected_maximin.csv")); err != nil {
		return false
	}
	_, rows := table(t, dir, "expected_maximin.csv")
	return rows[0][1] == "infeasible"
}

// fraction reads 0.25 or 1/4.
func fraction(t *testing.T, s string) float64 {
	t.Helper()
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("no number: %q", s)
	}
	f, _ := r.Float64()
	return f
}

func knownLevels(t *testing.T, dir string, p *Portfolio) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "expected_levels.csv")); err != nil {
		return
	}
	_, rows := table(t, dir, "expected_levels.csv")
	if len(rows) != len(p.Levels) {
		t.Fatalf("got %d levels, want %d", len(p.Levels), len(rows))
	}
	for i, r := range rows {
		got, _ := p.Levels[i].Chance.Float64()
		people, err := strconv.Atoi(r[1])
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got-fraction(t, r[0])) > 1e-9 || p.Levels[i].People != people {
			t.Errorf("level %d: got %.12f of %d, want %s of %s", i, got, p.Levels[i].People, r[0], r[1])
		}
	}
}

// showLast prints the proof of the last pricing step.
func showLast(t *testing.T, p *Portfolio) {
	step := p.Proof.Steps[len(p.Proof.Steps)-1]
	t.Logf("level %d of %d: no feasible panel weighs more than %d; %d nodes; the chance is at most %s; weights %v; best panel %v",
		step.Level, len(p.Proof.Steps), step.Bound, step.Nodes, step.Limit.FloatString(12), step.Weights, step.Best)
}

// TestAgainstPeer compares with what another program found: LEXIMIN person by
// person, maximin by its minimum.
func TestAgainstPeer(t *testing.T) {
	data := realdata.Dir(t)
	pools := peers(t, data)
	for _, a := range answers(t, data) {
		t.Run(a.Algorithm+" "+a.Pool, func(t *testing.T) {
			in := pools[a.Pool]
			method := Leximin
			if a.Algorithm == MethodMaximin {
				method = Maximin
			}
			p, err := method(context.Background(), in, Options{})
			if err != nil {
				t.Fatal(err)
			}
			holds(t, in, p)
			showLast(t, p)
			got := numbers(p, len(in.Pool))
			var want []float64
			for i, person := range in.Pool {
				id := person.ID
				if id == strconv.Itoa(i) {
					id = "p" + id
				}
				chance, there := a.Probabilities[id]
				if !there {
					t.Fatalf("%s is not in the answer", id)
				}
				want = append(want, chance)
				if a.Algorithm == MethodLeximin && math.Abs(got[i]-chance) > 1e-3 {
					t.Errorf("%s: got %.6f, want %.6f", id, got[i], chance)
				}
			}
			if d := math.Abs(slices.Min(got) - slices.Min(want)); d > 1e-4 {
				t.Errorf("the minimum is off by %g", d)
			}
			t.Logf("%d panels, smallest chance %.9f", len(p.Panels), slices.Min(got))
		})
	}
}

// TestDraws draws 10,000 tickets: each person sits as often as her chance says,
// inside bounds that all people together leave once in a thousand such tests.
func TestDraws(t *testing.T) {
	const draws = 10_000
	in := generated(3, 120, 12, 1, 2, 3, 4)
	p, err := Leximin(context.Background(), in, Options{})
	if err != nil {
		t.Fatal(err)
	}
	holds(t, in, p)
	r := rand.New(rand.NewPCG(2026, 11))
	sat := make([]int, len(in.Pool))
	for range draws {
		for _, person := range p.Panels[p.Ticket(below(r, p.Total))] {
			sat[person]++
		}
	}
	z := math.Sqrt2 * math.Erfinv(1-0.001/float64(len(in.Pool)))
	worst := 0.0
	for i, chance := range numbers(p, len(in.Pool)) {
		off := math.Abs(float64(sat[i]) - draws*chance)
		if spread := math.Sqrt(draws * chance * (1 - chance)); spread > 0 {
			off /= spread
		}
		worst = max(worst, off)
		if off > z {
			t.Errorf("%s sat %d times of %d with chance %.6f", in.Pool[i].ID, sat[i], draws, chance)
		}
	}
	t.Logf("%d people, %d levels: the furthest is %.2f standard deviations off, allowed %.2f (99.9 %% for all together)", len(sat), len(p.Levels), worst, z)
}

// below draws a number below n.
func below(r *rand.Rand, n *big.Int) *big.Int {
	words := make([]big.Word, len(n.Bits())+1)
	for i := range words {
		words[i] = big.Word(r.Uint64())
	}
	return new(big.Int).Mod(new(big.Int).SetBits(words), n)
}
