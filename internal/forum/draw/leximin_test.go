package draw_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"kept/internal/forum/draw"
	"kept/internal/forum/sortition"
	"kept/internal/realdata"
)

// Ten thousand seeded draws from the published pool of 150 for 22 seats, by the plan that LEXIMIN gives: each
// person is drawn as often as the plan announces, inside bounds of 99.9 per cent.
func TestTenThousandDrawsOfAPublishedPool(t *testing.T) {
	t.Parallel()
	const n = 10_000
	dir := filepath.Join(realdata.Dir(t), "sortition", "instances", "sf_fixture_22")
	open := func(name string) *os.File {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	tables, err := draw.ReadTables(open("categories.csv"), open("respondents.csv"), [2]string{"categories.csv", "respondents.csv"}, 22, draw.Columns{})
	if err != nil {
		t.Fatal(err)
	}
	pf, err := sortition.Leximin(context.Background(), tables.Question, sortition.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := dicePlan(t, tables.Question, pf)
	if steps, err := p.Prove(context.Background()); err != nil || steps == 0 {
		t.Errorf("%d steps: %v", steps, err)
	}
	p.Portfolio.Proof = "" // half of each plan's bytes, and the draws are as fair without
	r := rand.New(rand.NewPCG(22, 150))
	counts := map[string]int{}
	for range n {
		o, err := draw.Draw(p, draw.Randomness{Source: 1, Throws: randomThrows(r, 100)})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range o.Panel {
			counts[id]++
		}
	}
	for i, one := range p.Instance.Pool {
		within(t, one.ID, counts[one.ID], n, p.Chances[i], p.Portfolio.Total, len(p.Instance.Pool))
	}
}
