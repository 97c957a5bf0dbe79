package draw_test

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"kept/internal/forum/draw"
	"kept/internal/forum/sortition"
)

// The outcome of a published round is the same for ever: a changed rule would show here.
func TestDrawIsTheSameForEver(t *testing.T) {
	p := plan(t)
	for _, c := range []struct {
		name   string
		with   draw.Randomness
		number string
		panel  string
		waits  string
	}{
		{"round 1000", round(t, 1, firstRound), "1", "p1 p3 p4", "p7 p6 p5 p2"},
		{"round 32398885", round(t, 2, secondRound), "13", "p2 p5 p7", "p4 p6 p3 p1"},
		{"dice", draw.Randomness{Source: 3, Throws: throws}, "12", "p2 p4 p5", "p1 p3 p6 p7"},
	} {
		o, err := draw.Draw(p, c.with)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got := fmt.Sprint(o.Number, " ", o.Panel, " ", o.Reserves)
		if want := fmt.Sprint(c.number, " [", c.panel, "] [", c.waits, "]"); got != want {
			t.Errorf("%s: got %s, want %s", c.name, got, want)
		}
	}
}

func TestDrawRefusesOtherRandomness(t *testing.T) {
	p := plan(t)
	for _, c := range []struct {
		name string
		with draw.Randomness
		want string
	}{
		{"no source", draw.Randomness{Throws: throws}, "err.draw.source"},
		{"a source that is not there", draw.Randomness{Source: 4, Throws: throws}, "err.draw.source"},
		{"dice for a beacon", draw.Randomness{Source: 1, Throws: throws}, "err.draw.sort"},
		{"a beacon for dice", round(t, 3, firstRound), "err.draw.sort"},
		{"another round", round(t, 1, 1001), "err.draw.round"},
		{"the round of the second source", round(t, 1, secondRound), "err.draw.round"},
		{"no signature", draw.Randomness{Source: 1, Round: firstRound}, "err.draw.forged"},
		{"99 throws", draw.Randomness{Source: 3, Throws: throws[:99]}, "err.draw.throws"},
		{"101 throws", draw.Randomness{Source: 3, Throws: throws + "1"}, "err.draw.throws"},
		{"a seven", draw.Randomness{Source: 3, Throws: throws[:99] + "7"}, "err.draw.throws_form"},
		{"spaces between", draw.Randomness{Source: 3, Throws: throws[:50] + " " + throws[50:]}, "err.draw.throws_form"},
		{"a previous signature", draw.Randomness{Source: 1, Round: firstRound, Signature: round(t, 1, firstRound).Signature, Previous: "00"}, "err.draw.previous"},
	} {
		if _, err := draw.Draw(p, c.with); !has(err, c.want) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
	if got := draw.CleanThrows(" 1, 2;3\n4\t5\r\n6 "); got != "123456" {
		t.Errorf("cleaned: %q", got)
	}
}

// randomThrows are throws of a good die, from a seed.
func randomThrows(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('1' + r.IntN(6))
	}
	return string(b)
}

// dicePlan is a plan whose only source is a die, over a question and its portfolio.
func dicePlan(t testing.TB, in *sortition.Instance, pf *sortition.Portfolio) *draw.Plan {
	t.Helper()
	p, err := draw.New(draw.Drawn{Group: "g"}, in, pf, draw.MinLead, []draw.Source{draw.Dice(100, at(t, diceFrom))}, []string{"1", "2"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Ten thousand draws keep each person's share, and each panel's, inside bounds that chance
// leaves in no more than one of a thousand cases for all of them together.
func TestTenThousandDraws(t *testing.T) {
	const n = 10_000
	p := dicePlan(t, question(), portfolio())
	r := rand.New(rand.NewPCG(5, 2026))
	persons, panels := map[string]int{}, map[string]int{}
	for range n {
		o, err := draw.Draw(p, draw.Randomness{Source: 1, Throws: randomThrows(r, 100)})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range o.Panel {
			persons[id]++
		}
		panels[strings.Join(o.Panel, " ")]++
	}
	cases := len(p.Instance.Pool) + len(p.Portfolio.Panels)
	for i, one := range p.Instance.Pool {
		within(t, one.ID, persons[one.ID], n, p.Chances[i], p.Portfolio.Total, cases)
	}
	for i, panel := range p.Portfolio.Panels {
		var ids []string
		for _, m := range panel {
			ids = append(ids, p.Instance.Pool[m].ID)
		}
		within(t, fmt.Sprint(ids), panels[strings.Join(ids, " ")], n, p.Portfolio.Tickets[i], p.Portfolio.Total, cases)
	}
	if len(panels) != len(p.Portfolio.Panels) {
		t.Errorf("%d panels were drawn of %d", len(panels), len(p.Portfolio.Panels))
	}
}

// within compares a count with the exact binomial bounds of 99.9 per cent, shared among so many
// comparisons.
func within(t *testing.T, what string, got, n int, tickets, total string, comparisons int) {
	t.Helper()
	k, _ := new(big.Rat).SetString(tickets + "/" + total)
	chance, _ := k.Float64()
	tail := 0.001 / 2 / float64(comparisons)
	low, high, sum := -1, n, 0.0
	for i := 0; i <= n; i++ {
		if sum += binomial(n, i, chance); sum > tail && low < 0 {
			low = i
		}
		if sum >= 1-tail {
			high = i
			break
		}
	}
	if got < low || got > high {
		t.Errorf("%s was drawn %d times of %d; with a chance of %s the bounds are %d to %d", what, got, n, k, low, high)
	}
}

func binomial(n, k int, p float64) float64 {
	if p == 0 || p == 1 {
		if (p == 0) == (k == 0) && (p == 1) == (k == n) {
			return 1
		}
		return 0
	}
	ln, _ := math.Lgamma(float64(n + 1))
	lk, _ := math.Lgamma(float64(k + 1))
	lr, _ := math.Lgamma(float64(n - k + 1))
	return math.Exp(ln - lk - lr + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
}

// Numbers far beyond 64 bits are drawn evenly too: each of eight parts of the range gets its share.
func TestLargeTotals(t *testing.T) {
	in := question()
	pf := portfolio()
	huge := new(big.Int).Exp(big.NewInt(7), big.NewInt(200), nil) // 562 bits: three blocks
	pf.Panels, pf.Weights, pf.Total = pf.Panels[:2], []*big.Int{huge, new(big.Int).Mul(huge, big.NewInt(3))}, new(big.Int).Mul(huge, big.NewInt(4))
	p := dicePlan(t, in, pf)
	r := rand.New(rand.NewPCG(1, 1))
	first := 0
	for range 4000 {
		o, err := draw.Draw(p, draw.Randomness{Source: 1, Throws: randomThrows(r, 100)})
		if err != nil {
			t.Fatal(err)
		}
		if k, ok := new(big.Int).SetString(o.Number, 10); !ok || k.Sign() < 0 || k.Cmp(pf.Total) >= 0 {
			t.Fatalf("number %s of %s", o.Number, pf.Total)
		}
		if slices.Equal(o.Panel, []string{"p1", "p3", "p4"}) {
			first++
		}
	}
	within(t, "the panel with three quarters", first, 4000, "3", "4", 1)
	one := portfolio()
	one.Panels, one.Weights, one.Total = one.Panels[:1], []*big.Int{big.NewInt(1)}, big.NewInt(1)
	if o, err := draw.Draw(dicePlan(t, in, one), draw.Randomness{Source: 1, Throws: throws}); err != nil || o.Number != "0" {
		t.Errorf("a portfolio of one ticket: %v %v", o, err)
	}
}

func TestReservesMoveUp(t *testing.T) {
	p := plan(t)
	o, err := draw.Draw(p, round(t, 1, firstRound))
	if err != nil {
		t.Fatal(err)
	}
	// Panel p1 (a, north), p3 (b, north, g1), p4 (b, south); waiting in this order p7 (b, south),
	// p6 (b, south, g2), p5 (b, north, g2), p2 (a, south, g1).
	for _, c := range []struct {
		name   string
		gone   []string
		next   string
		panel  string
		broken int
	}{
		{"nobody", nil, "", "p1 p3 p4", 0},
		{"a seat of segment b", []string{"p4"}, "p7", "p1 p3 p7", 0},
		{"the next in order fits", []string{"p3"}, "p7", "p1 p4 p7", 0},
		{"who moved up leaves too", []string{"p3", "p7"}, "p6", "p1 p4 p6", 0},
		{"a reserve declines beforehand", []string{"p7", "p3"}, "p6", "p1 p4 p6", 0},
		{"who holds no seat", []string{"p3", "p2"}, "", "p1 p4 p7", 0},
		{"off by two with one, by three with the other", []string{"p7", "p6", "p4"}, "p5", "p1 p3 p5", 2},
		{"nobody fits: the first who breaks fewest", []string{"p1"}, "p2", "p2 p3 p4", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			next, err := o.Next(p, c.gone...)
			moves, panel, err2 := o.Moves(p, c.gone...)
			if err != nil || err2 != nil {
				t.Fatal(err, err2)
			}
			broken := 0
			if len(moves) > 0 {
				broken = len(moves[len(moves)-1].Broken)
			}
			if next != c.next || strings.Join(panel, " ") != c.panel || broken != c.broken {
				t.Errorf("next %q, panel %q, %d quotas broken (%+v)", next, panel, broken, moves)
			}
		})
	}
	if !slices.Equal(o.Panel, []string{"p1", "p3", "p4"}) {
		t.Error("moving up changed what was drawn")
	}
	for _, gone := range [][]string{{"p9"}, {"p1", "p1"}} {
		if _, err := o.Next(p, gone...); !has(err, "err.draw.gone") {
			t.Errorf("%v: %v", gone, err)
		}
	}
	if _, err := o.Next(p, "p5", "p2", "p6", "p7", "p1"); !has(err, "err.draw.no_reserve") {
		t.Errorf("nobody is left: %v", err)
	}
}

func TestPlanRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(p *draw.Plan)
		want   string
	}{
		{"another format", func(p *draw.Plan) { p.Format = "kept-draw/2" }, "err.draw.format"},
		{"another rule", func(p *draw.Plan) { p.Rules.Tie = "age/1" }, "err.draw.rules"},
		{"no time to look at it", func(p *draw.Plan) { p.Lead = 599 }, "err.draw.lead"},
		{"no name", func(p *draw.Plan) { p.Drawn.Group = "" }, "err.draw.name"},
		{"a name that hides", func(p *draw.Plan) { p.Instance.Pool[0].ID = "p\u202e1" }, "err.draw.name"},
		{"a name on two lines", func(p *draw.Plan) { p.Instance.Pool[0].Group = "g\n1" }, "err.draw.name"},
		{"a name of 201 bytes", func(p *draw.Plan) { p.Instance.Pool[0].ID = strings.Repeat("x", 201) }, "err.draw.name"},
		{"the same person twice", func(p *draw.Plan) { p.Instance.Pool[0].ID = "p2" }, "err.draw.question.same_id"},
		{"a value without quota", func(p *draw.Plan) { p.Instance.Pool[0].Values[1] = "est" }, "err.draw.question.unknown_value"},
		{"a pool smaller than the panel", func(p *draw.Plan) { p.Instance.Pool = p.Instance.Pool[:2] }, "err.draw.question.small_pool"},
		{"quotas that contradict", func(p *draw.Plan) { p.Instance.Categories[1].Values[0].Min = 3 }, "err.draw.question.min_above_max"},
		{"a segment with other seats", func(p *draw.Plan) { p.Drawn.Segments[0].Seats = 2 }, "err.draw.segments"},
		{"segments of no category", func(p *draw.Plan) { p.Drawn.By = "colour" }, "err.draw.segments"},
		{"a category of segments without them", func(p *draw.Plan) { p.Drawn.Segments = nil }, "err.draw.segments"},
		{"chances raised", func(p *draw.Plan) { p.Chances[0] = "13" }, "err.draw.chances"},
		{"no portfolio", func(p *draw.Plan) { p.Portfolio.Panels, p.Portfolio.Tickets = nil, nil }, "err.draw.portfolio"},
		{"no method", func(p *draw.Plan) { p.Portfolio.Method = "" }, "err.draw.portfolio"},
		{"another total", func(p *draw.Plan) { p.Portfolio.Total = "21" }, "err.draw.total"},
		{"a panel without a ticket", func(p *draw.Plan) { p.Portfolio.Tickets[0] = "0" }, "err.draw.panel"},
		{"tickets in another spelling", func(p *draw.Plan) { p.Portfolio.Tickets[0] = "03" }, "err.draw.panel"},
		{"panels out of order", func(p *draw.Plan) {
			p.Portfolio.Panels[0], p.Portfolio.Panels[1] = p.Portfolio.Panels[1], p.Portfolio.Panels[0]
		}, "err.draw.panel"},
		{"a panel twice", func(p *draw.Plan) { p.Portfolio.Panels[1] = p.Portfolio.Panels[0] }, "err.draw.panel"},
		{"a member who is not in the pool", func(p *draw.Plan) { p.Portfolio.Panels[4][2] = 7 }, "err.draw.panel"},
		{"a panel that misses a quota", func(p *draw.Plan) { p.Portfolio.Panels[4] = []int32{2, 3, 4} }, "err.draw.panel_quota"},
		{"two of one affiliation", func(p *draw.Plan) { p.Portfolio.Panels[3] = []int32{1, 2, 3} }, "err.draw.panel_quota"},
		{"a panel too small", func(p *draw.Plan) { p.Portfolio.Panels[3] = []int32{1, 3} }, "err.draw.panel_size"},
		{"no source", func(p *draw.Plan) { p.Sources = nil }, "err.draw.sources"},
		{"no fall-back", func(p *draw.Plan) { p.Sources = p.Sources[:1]; p.Sources[0].Fails = "" }, "err.draw.fallback"},
		{"a round at another time", func(p *draw.Plan) { p.Sources[0].At = "2023-08-23T15:59:27Z" }, "err.draw.round_time"},
		{"failed before it is due", func(p *draw.Plan) { p.Sources[0].Fails = "2023-08-23T15:59:00Z" }, "err.draw.fails_early"},
		{"never failed", func(p *draw.Plan) { p.Sources[0].Fails = "" }, "err.draw.fails"},
		{"the fall-back known before the failure", func(p *draw.Plan) { p.Sources[0].Fails = "2026-09-21T13:30:00Z" }, "err.draw.source_early"},
		{"dice first", func(p *draw.Plan) { p.Sources[0] = p.Sources[2] }, "err.draw.dice_last"},
		{"few throws", func(p *draw.Plan) { p.Sources[2].Throws = 99 }, "err.draw.few_throws"},
		{"a time in another spelling", func(p *draw.Plan) { p.Sources[2].At = "2026-10-02T02:00:00+02:00" }, "err.draw.source_time"},
		{"a beacon under another key", func(p *draw.Plan) { p.Sources[0].Chain.PublicKey = draw.Known()[1].PublicKey }, "err.draw.chain_key"},
		{"a beacon with another genesis", func(p *draw.Plan) { p.Sources[0].Chain.Genesis++ }, "err.draw.chain_hash"},
		{"one witness", func(p *draw.Plan) { p.Witnesses = p.Witnesses[:1] }, "err.draw.witnesses"},
		{"the same witness twice", func(p *draw.Plan) { p.Witnesses[1] = p.Witnesses[0] }, "err.draw.witness"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := plan(t)
			c.change(p)
			if err := p.Check(); !has(err, c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// A beacon that somebody runs herself has a description that agrees with itself; it is refused all the same, unless the reader trusts it.
func TestUnknownBeacon(t *testing.T) {
	k := newKeeping(t)
	own := draw.Known()[1]
	own.Beacon, own.Scheme = "mine", "pedersen-bls-unchained"
	err := own.Check()
	if !has(err, "err.draw.chain_hash") {
		t.Fatalf("a renamed beacon under the old hash: %v", err)
	}
	es := fmt.Sprint(err)
	hash := es[strings.LastIndex(es, "but ")+4:][:64]
	if err := own.Hash.UnmarshalText([]byte(hash)); err != nil {
		t.Fatal(err)
	}
	if err := own.Check(); err != nil {
		t.Fatal(err)
	}
	k.plan.Sources[0] = draw.Beacon(own, at(t, "2023-08-23T15:59:24Z"), at(t, "2023-08-24T16:00:00Z"))
	announced := k.announce(announcedAt)
	file := k.file(draw.Randomness{Source: 3, Throws: throws}, draw.Evidence{Announced: &announced})
	if _, err := draw.Check(file, draw.Options{}); !has(err, "err.draw.unknown_chain") {
		t.Errorf("got %v", err)
	}
	if _, err := draw.Check(file, draw.Options{Chains: []draw.Chain{own}}); has(err, "err.draw.unknown_chain") || !has(err, "err.draw.not_failed") {
		t.Errorf("trusted: %v", err)
	}
}

func TestPlanHasOneSpelling(t *testing.T) {
	p := plan(t)
	b := canonical(t, p)
	again, err := draw.ParsePlan(b)
	if err != nil {
		t.Fatal(err)
	}
	if c := canonical(t, again); !bytes.Equal(b, c) {
		t.Errorf("read and written again:\n%s\n%s", b, c)
	}
	for name, changed := range map[string][]byte{
		"indented":     bytes.Replace(b, []byte(`{"by"`), []byte("{\n\"by\""), 1),
		"a key more":   bytes.Replace(b, []byte(`"format"`), []byte(`"extra":1,"format"`), 1),
		"a key twice":  bytes.Replace(b, []byte(`"format"`), []byte(`"format":"kept-draw/1","format"`), 1),
		"a null":       bytes.Replace(b, []byte(`"most_of_group":1`), []byte(`"most_of_group":null`), 1),
		"a fraction":   bytes.Replace(b, []byte(`"most_of_group":1`), []byte(`"most_of_group":1.0`), 1),
		"other case":   bytes.Replace(b, []byte(`"format"`), []byte(`"Format"`), 1),
		"an escape":    bytes.Replace(b, []byte("région"), []byte(`r\u00e9gion`), 1),
		"nothing":      nil,
		"not JSON":     []byte("plan"),
		"two of them":  append(bytes.Clone(b), b...),
		"a line after": append(bytes.Clone(b), '\n'),
	} {
		if bytes.Equal(changed, b) {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := draw.ParsePlan(changed); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func FuzzParseFile(f *testing.F) {
	k := newKeeping(f)
	announced := k.announce(announcedAt)
	f.Add(k.file(round(f, 1, firstRound), draw.Evidence{Announced: &announced}))
	f.Add(k.file(draw.Randomness{Source: 3, Throws: throws}, draw.Evidence{}))
	f.Add([]byte(`{"v":1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := draw.Check(b, draw.Options{})
		if err == nil && !v.OK() {
			t.Error("no error and not in order")
		}
		if file, err := draw.ParseFile(b); err == nil {
			if again := canonical(t, file); !bytes.Equal(again, b) {
				t.Errorf("read as %s", again)
			}
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	k := newKeeping(b)
	announced := k.announce(announcedAt)
	file := k.file(round(b, 1, firstRound), draw.Evidence{Announced: &announced})
	for b.Loop() {
		if _, err := draw.Check(file, draw.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
