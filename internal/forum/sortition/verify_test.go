package sortition

import (
	"context"
	"encoding/json"
	"math/big"
	"slices"
	"testing"
)

// copied takes a portfolio through JSON, as a reader gets it.
func copied(t *testing.T, p *Portfolio) *Portfolio {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	c := new(Portfolio)
	if err := json.Unmarshal(text, c); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestVerifyRefuses changes one thing of a portfolio at a time.
func TestVerifyRefuses(t *testing.T) {
	in := generated(8, 60, 10, 1, 2, 3, 4)
	ctx := context.Background()
	p, err := Leximin(ctx, in, Options{})
	if err != nil {
		t.Fatal(err)
	}
	n, err := Nash(ctx, in, Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := Maximin(ctx, in, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, whole := range []*Portfolio{p, n, m} {
		if err := copied(t, whole).Verify(ctx, in); err != nil {
			t.Fatal(err)
		}
	}
	last := len(p.Proof.Steps) - 1
	tests := []struct {
		name  string
		from  *Portfolio
		spoil func(p *Portfolio)
		want  error
	}{
		{"a panel that is not feasible", p, func(p *Portfolio) { p.Panels[0] = p.Panels[0][1:] }, ErrPanel},
		{"a panel with a person twice", p, func(p *Portfolio) { p.Panels[0][1] = p.Panels[0][0] }, ErrPanel},
		{"a person who is not in the pool", p, func(p *Portfolio) { p.Panels[0][9] = 60 }, ErrPanel},
		{"another total", p, func(p *Portfolio) { p.Total.Add(p.Total, big.NewInt(1)) }, ErrTotal},
		{"a weight less", p, func(p *Portfolio) { p.Weights = p.Weights[1:] }, ErrTotal},
		{"no weight", p, func(p *Portfolio) { p.Weights[0] = new(big.Int) }, ErrTotal},
		{"weight moved between panels", p, func(p *Portfolio) {
			p.Weights[0].Add(p.Weights[0], big.NewInt(1))
			p.Weights[1].Sub(p.Weights[1], big.NewInt(1))
		}, ErrUnequal},
		{"types of another pool", p, func(p *Portfolio) { p.Proof.Types = slices.Clone(p.Proof.Types[1:]) }, ErrTotal},
		{"people moved between types", p, func(p *Portfolio) { p.Proof.Types[0].People[0]++ }, ErrTypes},
		{"a bound too low", p, func(p *Portfolio) { p.Proof.Steps[0].Bound-- }, ErrProof},
		{"a bound too high", p, func(p *Portfolio) { p.Proof.Steps[0].Bound++ }, ErrProof},
		{"a weight below zero", p, func(p *Portfolio) { p.Proof.Steps[0].Weights[0] = -1 }, ErrProof},
		{"another limit", p, func(p *Portfolio) { p.Proof.Steps[0].Limit = big.NewRat(1, 2) }, ErrProof},
		{"a type settled twice", p, func(p *Portfolio) { p.Proof.Steps[last].Settled = p.Proof.Steps[0].Settled }, ErrProof},
		{"a level without proof", p, func(p *Portfolio) { p.Proof.Steps = p.Proof.Steps[:last] }, ErrNotOptimal},
		{"maximin called LEXIMIN", m, func(p *Portfolio) { p.Method = MethodLeximin }, ErrNotOptimal},
		{"LEXIMIN called Nash", p, func(p *Portfolio) { p.Method = MethodNash }, ErrProof},
		{"Nash with a bound too low", n, func(p *Portfolio) { p.Proof.Steps[0].Bound /= 2 }, ErrProof},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := copied(t, tt.from)
			tt.spoil(c)
			if got := c.Verify(ctx, in); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// TestForced: quotas that leave no choice. North has one person and needs one, so
// that she sits for certain; of one affiliation one sits, so that its two others
// never can.
func TestForced(t *testing.T) {
	in := &Instance{
		Seats: 3, MostOfGroup: 1,
		Categories: []Category{{"region", []Value{{"north", 1, 1}, {"south", 0, 2}}}},
		Pool: []Person{
			{"a", []string{"north"}, "river"},
			{"b", []string{"south"}, "river"},
			{"c", []string{"south"}, "river"},
			{"d", []string{"south"}, ""},
			{"e", []string{"south"}, "lake"},
			{"f", []string{"south"}, "lake"},
			{"g", []string{"south"}, "hill"},
		},
	}
	for _, method := range []func(context.Context, *Instance, Options) (*Portfolio, error){Leximin, Maximin, Nash} {
		p, err := method(context.Background(), in, Options{})
		if err != nil {
			t.Fatal(err)
		}
		holds(t, in, p)
		got := p.Chances(len(in.Pool))
		if got[0].RatString() != "1" || got[1].Sign() != 0 || got[2].Sign() != 0 {
			t.Errorf("%s: got %v, want 1, 0 and 0 for the first three", p.Method, got)
		}
		if p.Method == MethodLeximin {
			for i, want := range []string{"1", "0", "0", "1/2", "1/2", "1/2", "1/2"} {
				if i > 2 && got[i].RatString() != want {
					t.Errorf("%s: got %s, want %s", in.Pool[i].ID, got[i].RatString(), want)
				}
			}
		}
	}
}

// TestStopped: a context that has ended ends the work.
func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Leximin(ctx, generated(9, 300, 40, 1, 2, 3, 4, 5, 6, 3, 4), Options{}); err != context.Canceled {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}
