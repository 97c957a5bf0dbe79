package network_test

import (
	"maps"
	"math"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"kept/internal/forum/network"
)

// above is a small text: P11a and P11b in the list of P11, which with P12 is under O1.
func above(part string) []network.Over {
	o1 := network.Over{Part: "O1", Weight: network.Objective}
	switch part {
	case "P11a", "P11b":
		return []network.Over{{Part: "P11", Weight: network.Paragraph}, o1}
	case "P11", "P12":
		return []network.Over{o1}
	}
	return nil
}

func TestTags(t *testing.T) {
	for _, test := range []struct {
		named []string
		want  map[string]int64
	}{
		{nil, map[string]int64{}},
		{[]string{"P11a"}, map[string]int64{"P11a": 4, "P11": 2, "O1": 1}},
		{[]string{"P12", "O1"}, map[string]int64{"P12": 4, "O1": 4}},
		{[]string{"P11", "P11b"}, map[string]int64{"P11": 4, "P11b": 4, "O1": 1}},
	} {
		if got := network.Tags(test.named, above); !maps.Equal(got, test.want) {
			t.Errorf("%v: %v, want %v", test.named, got, test.want)
		}
	}
}

// TestPairsByHand has overlaps that can be checked on paper.
func TestPairsByHand(t *testing.T) {
	for _, test := range []struct {
		name         string
		a, b         []string
		f, g         uint64
		tags, items  network.Share
		decimal      string
		sharedWeight int64
	}{
		{"the same", []string{"P11a"}, []string{"P11a"}, 3, 3, network.Share{Is: 14, Of: 14}, network.Share{Is: 7, Of: 7}, "1.000", 7},
		{"two letters of one paragraph", []string{"P11a"}, []string{"P11b"}, 1, 1, network.Share{Is: 3, Of: 11}, network.Share{Is: 3, Of: 11}, "0.273", 3},
		{"an item and its objective", []string{"P11a"}, []string{"O1"}, 1, 1, network.Share{Is: 1, Of: 10}, network.Share{Is: 1, Of: 10}, "0.100", 1},
		{"one function of two in common", []string{"P12"}, []string{"P12"}, 3, 1, network.Share{Is: 5, Of: 10}, network.Share{Is: 5, Of: 5}, "0.500", 5},
		{"no function in common", []string{"P12"}, []string{"P12"}, 2, 1, network.Share{Is: 0, Of: 10}, network.Share{Is: 5, Of: 5}, "0.000", 5},
		{"functions of one unknown", []string{"P12"}, []string{"P12"}, 0, 1, network.Share{}, network.Share{Is: 5, Of: 5}, "", 5},
	} {
		t.Run(test.name, func(t *testing.T) {
			found := 0
			network.Pairs([]network.Member{{Tags: network.Tags(test.a, above), Functions: test.f}, {Tags: network.Tags(test.b, above), Functions: test.g}}, func(p *network.Pair) {
				found++
				if p.A != 0 || p.B != 1 || p.Tags != test.tags || p.Items != test.items || p.Shared != test.sharedWeight || p.Functions != test.f&test.g {
					t.Errorf("%+v", p)
				}
				if got := p.Tags.Decimal(3); got != test.decimal {
					t.Errorf("%s, want %s", got, test.decimal)
				}
			})
			if found != 1 {
				t.Errorf("%d pairs", found)
			}
		})
	}
	network.Pairs([]network.Member{{Tags: map[string]int64{"P1": 4}}, {Tags: map[string]int64{"P2": 4}}}, func(p *network.Pair) { t.Errorf("nothing in common: %+v", p) })
}

// random are members with some of a few tags.
func random(r *rand.Rand, n int) []network.Member {
	members := make([]network.Member, n)
	for i := range members {
		members[i] = network.Member{Tags: map[string]int64{}, Functions: r.Uint64N(16)}
		for range r.IntN(6) {
			members[i].Tags["P"+strconv.Itoa(r.IntN(12))] = []int64{1, 2, 4}[r.IntN(3)]
		}
	}
	return members
}

// jaccard is the index by its definition, tag by tag.
func jaccard(a, b network.Member, functions bool) *big.Rat {
	low, high := new(big.Rat), new(big.Rat)
	tags := map[string]bool{}
	for part := range a.Tags {
		tags[part] = true
	}
	for part := range b.Tags {
		tags[part] = true
	}
	rounds := 1
	if functions {
		rounds = 64
	}
	for part := range tags {
		for f := range rounds {
			x, y := a.Tags[part], b.Tags[part]
			if functions && a.Functions>>f&1 == 0 {
				x = 0
			}
			if functions && b.Functions>>f&1 == 0 {
				y = 0
			}
			low.Add(low, big.NewRat(min(x, y), 1))
			high.Add(high, big.NewRat(max(x, y), 1))
		}
	}
	if high.Sign() == 0 {
		return nil
	}
	return low.Quo(low, high)
}

func TestPairsByDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 3))
	for range 50 {
		members := random(r, 20)
		found := map[[2]int]bool{}
		all, some := network.NewHighest(0), network.NewHighest(7)
		network.Pairs(members, func(p *network.Pair) {
			found[[2]int{p.A, p.B}] = true
			all.Put(p)
			some.Put(p)
			a, b := members[p.A], members[p.B]
			if want := jaccard(a, b, false); big.NewRat(p.Items.Is, p.Items.Of).Cmp(want) != 0 {
				t.Errorf("items of %v and %v: %+v, want %s", a, b, p.Items, want)
			}
			if a.Functions == 0 || b.Functions == 0 {
				if p.Tags.Known() {
					t.Errorf("known without functions: %+v", p)
				}
				return
			}
			want := jaccard(a, b, true)
			if big.NewRat(p.Tags.Is, p.Tags.Of).Cmp(want) != 0 || p.Tags.Decimal(9) != want.FloatString(9) {
				t.Errorf("tags of %v and %v: %+v %s, want %s", a, b, p.Tags, p.Tags.Decimal(9), want.FloatString(9))
			}
		})
		for a := range members {
			for b := a + 1; b < len(members); b++ {
				j := jaccard(members[a], members[b], false)
				if want := j != nil && j.Sign() > 0; found[[2]int{a, b}] != want {
					t.Errorf("%d and %d found: %v", a, b, !want)
				}
			}
		}
		if all.Of != len(found) || some.Of != len(found) || !slices.Equal(some.List(), all.List()[:min(7, all.Of)]) {
			t.Errorf("the first seven: %v of %v", some.List(), all.List())
		}
	}
}

func TestMeasures(t *testing.T) {
	for _, test := range []struct {
		name       string
		g          network.Graph
		want       []network.Measure
		components []int
	}{
		{"nobody", network.Graph{}, nil, nil},
		{"alone", network.Graph{Members: 1, Ties: [][2]int{{0, 0}}}, []network.Measure{{}}, nil},
		{"a path of three", network.Graph{Members: 3, Ties: [][2]int{{0, 1}, {1, 0}, {1, 2}}},
			[]network.Measure{{Degree: 1, Component: 1}, {Degree: 2, Component: 1, Betweenness: 1}, {Degree: 1, Component: 1}}, []int{3}},
		{"a star, a pair and one alone", network.Graph{Members: 7, Ties: [][2]int{{0, 5}, {1, 2}, {1, 3}, {1, 4}}},
			[]network.Measure{{Degree: 1, Component: 2}, {Degree: 3, Component: 1, Betweenness: 0.2}, {Degree: 1, Component: 1}, {Degree: 1, Component: 1},
				{Degree: 1, Component: 1}, {Degree: 1, Component: 2}, {}}, []int{4, 2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, components := test.g.Measures()
			if !slices.Equal(got, test.want) || !slices.Equal(components, test.components) {
				t.Errorf("%+v %v", got, components)
			}
		})
	}
}

// TestBetweennessByDefinition counts shortest ways over each member, pair by pair.
func TestBetweennessByDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 9))
	for range 30 {
		n := 3 + r.IntN(7)
		g := network.Graph{Members: n}
		tied := make([]uint64, n)
		for range r.IntN(2 * n) {
			a, b := r.IntN(n), r.IntN(n)
			if a != b {
				g.Ties = append(g.Ties, [2]int{a, b})
				tied[a], tied[b] = tied[a]|1<<b, tied[b]|1<<a
			}
		}
		got, _ := g.Measures()
		for member, want := range between(tied) {
			if math.Abs(got[member].Betweenness-want) > 1e-6 || got[member].Degree != bits.OnesCount64(tied[member]) {
				t.Errorf("%v: member %d has %+v, want %f", g.Ties, member, got[member], want)
			}
		}
	}
}

// between is betweenness by its definition: of every two others the share of the
// shortest ways that lead over a member.
func between(tied []uint64) []float64 {
	n := len(tied)
	far, ways := make([][]int, n), make([][]float64, n)
	for from := range n {
		far[from], ways[from] = slices.Repeat([]int{-1}, n), make([]float64, n)
		far[from][from], ways[from][from] = 0, 1
		for next := []int{from}; len(next) > 0; next = next[1:] {
			for to := range n {
				if tied[next[0]]>>to&1 == 0 {
					continue
				}
				if far[from][to] < 0 {
					far[from][to] = far[from][next[0]] + 1
					next = append(next, to)
				}
				if far[from][to] == far[from][next[0]]+1 {
					ways[from][to] += ways[from][next[0]]
				}
			}
		}
	}
	out := make([]float64, n)
	for v := range n {
		for s := range n {
			for to := s + 1; to < n; to++ {
				if s != v && to != v && far[s][to] > 0 && far[s][v] >= 0 && far[v][to] >= 0 && far[s][v]+far[v][to] == far[s][to] {
					out[v] += ways[s][v] * ways[v][to] / ways[s][to]
				}
			}
		}
		out[v] /= float64(n-1) * float64(n-2) / 2
	}
	return out
}

func BenchmarkPairs(b *testing.B) {
	r := rand.New(rand.NewPCG(1000, 500))
	members := make([]network.Member, 1000)
	for i := range members {
		var named []string
		for range 1 + r.IntN(8) {
			named = append(named, "P"+strconv.Itoa(r.IntN(500)))
		}
		members[i] = network.Member{Functions: 1 + r.Uint64N(255), Tags: network.Tags(named, func(part string) []network.Over {
			n, _ := strconv.Atoi(part[1:])
			return []network.Over{{Part: "B" + strconv.Itoa(n/8), Weight: network.Paragraph}, {Part: "O" + strconv.Itoa(n/80), Weight: network.Objective}}
		})}
	}
	for b.Loop() {
		h := network.NewHighest(50)
		network.Pairs(members, h.Put)
		if len(h.List()) != 50 {
			b.Fatal("too few")
		}
	}
}
