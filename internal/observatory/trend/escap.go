package trend

import "math/big"

// The two indices of the United Nations regional commissions, in the form that
// ESCAP describes.
const (
	StatusMethod      = "escap-current-status/1"
	AnticipatedMethod = "escap-anticipated-progress/1"
)

// CurrentStatus is the progress made since the base as a share of the progress
// that the target asks for, on a scale of 0 to 10; going back is below zero. It
// says no when target and base are equal.
func CurrentStatus(base, now, target *big.Rat) (*big.Rat, bool) {
	way := new(big.Rat).Sub(target, base)
	if way.Sign() == 0 {
		return nil, false
	}
	done := new(big.Rat).Sub(now, base)
	return Round(done.Mul(done.Quo(done, way), rat(10, 1))), true
}

// Advice is ESCAP's own word beside its index; it is shown only beside that name.
type Advice string

// ESCAP's words.
const (
	Maintain   Advice = "maintain"
	Accelerate Advice = "accelerate"
	Reverse    Advice = "reverse"
)

// halfLife is the number of years after which a value counts half. The weights
// are ours; ESCAP's text leaves them open.
const halfLife = 4

// Projection is a straight line through a series, read off in a target year.
type Projection struct {
	Slope     string // change a year
	Projected string // value in the target year
	Gap       string // distance from the target, % of the way from base to target
	Advice    Advice
	N         int  // values that the line goes through
	Far       bool // the target year lies farther ahead than twice the span observed
}

// Anticipated projects a series to the target's year by linear regression in
// which a value counts half as much every four years back, and measures what is
// still missing there. It says no with values in fewer than two years, or when
// target and base are equal.
func Anticipated(series []Obs, base *big.Rat, target Obs, down bool) (Projection, bool) {
	way := new(big.Rat).Sub(target.Value, base)
	fit, ok := regress(series)
	if !ok || way.Sign() == 0 {
		return Projection{}, false
	}
	projected := fit.at(target.Year)
	missing := new(big.Rat).Sub(target.Value, projected)
	if down {
		missing.Neg(missing)
	}
	gap := rat(0, 1)
	if missing.Sign() > 0 {
		gap = Round(missing.Mul(missing.Quo(missing, way.Abs(way)), rat(100, 1)))
	}
	span := fit.last - fit.first
	return Projection{
		Slope: Print(fit.slope), Projected: Print(projected), Gap: Print(gap), Advice: advise(gap),
		N: len(series), Far: target.Year-fit.last > 2*span,
	}, true
}

func advise(gap *big.Rat) Advice {
	switch {
	case gap.Cmp(rat(10, 1)) <= 0:
		return Maintain
	case gap.Cmp(rat(100, 1)) <= 0:
		return Accelerate
	}
	return Reverse
}

type fitted struct {
	slope, middle, level *big.Rat // value = level + slope·(year − middle)
	first, last          int
}

func (f fitted) at(year int) *big.Rat {
	x := new(big.Rat).Sub(rat(int64(year), 1), f.middle)
	return x.Add(x.Mul(x, f.slope), f.level)
}

// regress takes the weights as rationals, so that the sums are exact and the
// order of the values does not matter.
func regress(series []Obs) (fitted, bool) {
	if len(series) == 0 {
		return fitted{}, false
	}
	f := fitted{first: series[0].Year, last: series[0].Year}
	for _, o := range series {
		f.first, f.last = min(f.first, o.Year), max(f.last, o.Year)
	}
	if f.first == f.last {
		return fitted{}, false
	}
	sum, sumX, sumY := new(big.Rat), new(big.Rat), new(big.Rat)
	for _, o := range series {
		w := weight(f.last - o.Year)
		sum.Add(sum, w)
		sumX.Add(sumX, product(w, rat(int64(o.Year), 1)))
		sumY.Add(sumY, product(w, o.Value))
	}
	f.middle, f.level = sumX.Quo(sumX, sum), sumY.Quo(sumY, sum)
	above, below := new(big.Rat), new(big.Rat)
	for _, o := range series {
		x := new(big.Rat).Sub(rat(int64(o.Year), 1), f.middle)
		wx := product(weight(f.last-o.Year), x)
		above.Add(above, product(wx, new(big.Rat).Sub(o.Value, f.level)))
		below.Add(below, product(wx, x))
	}
	f.slope = above.Quo(above, below)
	return f, true
}

// weight is one half to the power of age ÷ 4, to nine significant digits.
func weight(age int) *big.Rat {
	half := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), uint(age)))
	return significant(Root(half, halfLife))
}

func product(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
