package sortition

import (
	"math"
	"math/big"
	"slices"
)

// portfolio turns an average of panels of types into panels of people with
// whole-number weights.
func (w *work) portfolio(method string, x mix) *Portfolio {
	weights := w.weigh(x)
	p := &Portfolio{Method: method, Total: new(big.Int), Proof: Proof{Types: w.m.types}}
	p.Panels, p.Weights = spread(w.m, x.panels, weights)
	common := new(big.Int)
	for _, v := range p.Weights {
		common.GCD(nil, nil, common, v)
	}
	for _, v := range p.Weights {
		v.Quo(v, common)
		p.Total.Add(p.Total, v)
	}
	p.levels()
	return p
}

// fine is the number of parts into which shares are rounded: what a chance is off
// by is less than 1e-12.
const fine = 1_000_000_000_000_000

// weigh turns shares into whole numbers, such that the seats of each type divide
// evenly among its people.
func (w *work) weigh(x mix) []*big.Int {
	parts := simple(x.share)
	if parts == nil {
		parts = rounded(x.share)
	}
	weights := make([]*big.Int, len(parts))
	seats := make([]*big.Int, len(w.m.types))
	for t := range seats {
		seats[t] = new(big.Int)
	}
	for i, part := range parts {
		weights[i] = big.NewInt(part)
		for t, c := range x.panels[i] {
			if c != 0 {
				seats[t].Add(seats[t], new(big.Int).Mul(weights[i], big.NewInt(int64(c))))
			}
		}
	}
	times := big.NewInt(1)
	for t, s := range seats {
		size := big.NewInt(int64(w.m.size[t]))
		size.Quo(size, new(big.Int).GCD(nil, nil, size, s))
		times.Mul(times, new(big.Int).Quo(size, new(big.Int).GCD(nil, nil, size, times)))
	}
	for _, v := range weights {
		v.Mul(v, times)
	}
	return weights
}

// simple finds shares that are fractions with a small common denominator; nil:
// they are not.
func simple(share []float64) []int64 {
	common := int64(1)
	for _, s := range share {
		d := denominator(float64(s * float64(common)))
		if d == 0 || common*d > 1_000_000 {
			return nil
		}
		common *= d
	}
	parts, sum := make([]int64, len(share)), int64(0)
	for i, s := range share {
		v := float64(s * float64(common))
		parts[i] = int64(math.Round(v))
		if math.Abs(v-math.Round(v)) > 1e-9*float64(common) || parts[i] <= 0 {
			return nil
		}
		sum += parts[i]
	}
	if sum != common {
		return nil
	}
	return parts
}

// denominator is that of the fraction nearest to a number, at most 10,000; 0: none
// is near.
func denominator(x float64) int64 {
	d0, d1 := int64(0), int64(1)
	rest := x - math.Floor(x)
	for range 12 {
		v := float64(x * float64(d1))
		if math.Abs(v-math.Round(v)) < 1e-9*float64(d1) {
			return d1
		}
		if rest == 0 {
			return d1
		}
		next := 1 / rest
		a := math.Floor(next)
		rest = next - a
		if a > 10_000 {
			return 0
		}
		d0, d1 = d1, int64(a)*d1+d0
		if d1 > 10_000 {
			return 0
		}
	}
	return 0
}

// rounded rounds shares to parts of fine; what is left over goes to the largest.
func rounded(share []float64) []int64 {
	parts, sum, largest := make([]int64, len(share)), int64(0), 0
	for i, s := range share {
		parts[i] = max(1, int64(math.Round(float64(s*fine))))
		sum += parts[i]
		if parts[i] > parts[largest] {
			largest = i
		}
	}
	parts[largest] += fine - sum
	return parts
}

// piece is a part of the portfolio while people are put on its panels.
type piece struct {
	weight *big.Int
	panel  int     // of types
	people []int32 // so far
	seats  int     // of the type at hand, to be filled
}

// spread puts people on panels of types, so that those of one type have equal
// chances exactly. For each type, its people come one after the other and each
// takes seats worth the same; a piece is split where somebody needs a part of it.
// Somebody must sit wherever as many seats are left as people, and can sit anywhere
// else; as no piece ever has more seats left than there are people, that goes up.
func spread(m *model, panels [][]int32, weights []*big.Int) ([]Panel, []*big.Int) {
	var pieces []*piece
	for i := range panels {
		if weights[i].Sign() > 0 {
			pieces = append(pieces, &piece{weight: weights[i], panel: i})
		}
	}
	for t, typ := range m.types {
		total := new(big.Int)
		for _, p := range pieces {
			p.seats = int(panels[p.panel][t])
			total.Add(total, new(big.Int).Mul(p.weight, big.NewInt(int64(p.seats))))
		}
		each := total.Quo(total, big.NewInt(int64(len(typ.People))))
		for i, person := range typ.People {
			pieces = sit(pieces, person, len(typ.People)-i, each)
		}
	}
	return gather(pieces)
}

// sit gives one person, of those left, seats worth each.
func sit(pieces []*piece, person int32, left int, each *big.Int) []*piece {
	need := new(big.Int).Set(each)
	for _, p := range pieces {
		if p.seats == left {
			p.take(person)
			need.Sub(need, p.weight)
		}
	}
	for i := 0; i < len(pieces) && need.Sign() > 0; i++ {
		p := pieces[i]
		if p.seats == 0 || (len(p.people) > 0 && p.people[len(p.people)-1] == person) {
			continue
		}
		if p.weight.Cmp(need) > 0 {
			rest := *p
			rest.weight = new(big.Int).Sub(p.weight, need)
			rest.people = slices.Clone(p.people)
			p.weight = new(big.Int).Set(need)
			pieces = slices.Insert(pieces, i+1, &rest)
		}
		p.take(person)
		need.Sub(need, p.weight)
	}
	return pieces
}

func (p *piece) take(person int32) {
	p.people = append(p.people, person)
	p.seats--
}

// gather sorts the panels and joins equal ones.
func gather(pieces []*piece) (panels []Panel, weights []*big.Int) {
	for _, p := range pieces {
		slices.Sort(p.people)
	}
	slices.SortStableFunc(pieces, func(a, b *piece) int { return slices.Compare(a.people, b.people) })
	for i, p := range pieces {
		if i > 0 && slices.Equal(p.people, pieces[i-1].people) {
			last := weights[len(weights)-1]
			last.Add(last, p.weight)
			continue
		}
		panels = append(panels, p.people)
		weights = append(weights, new(big.Int).Set(p.weight))
	}
	return panels, weights
}

// apart is how far chances are apart that are of two levels.
var apart = big.NewRat(1, 1_000_000_000)

// levels counts the people at each chance.
func (p *Portfolio) levels() {
	people := 0
	for _, t := range p.Proof.Types {
		people += len(t.People)
	}
	chances := p.Chances(people)
	slices.SortFunc(chances, (*big.Rat).Cmp)
	for _, c := range chances {
		if n := len(p.Levels); n > 0 && new(big.Rat).Sub(c, p.Levels[n-1].Chance).Cmp(apart) < 0 {
			p.Levels[n-1].People++
			continue
		}
		p.Levels = append(p.Levels, Level{Chance: c, People: 1})
	}
}
