package trend

import "math/big"

// GrowthMethod names the method of Growth: the ratio of the observed to the
// required compound annual growth rate, the idea of Eurostat in the form that
// Open SDG took from Statistics Canada.
const GrowthMethod = "cagr-ratio/1"

// GrowthWords are the words that Growth has without a target, from the best.
var GrowthWords = []Word{OnTrack, TooSlow, MuchTooSlow, GoingBack, UnableToAssess, CannotBeComputed}

// BaseYear is the year from which growth is counted: the first value in it or
// after it is the base.
const BaseYear = 2015

// Question is what Growth is asked.
type Question struct {
	Base, Now Obs
	Target    *Obs // nil: no numeric target
	Down      bool // lower is better
}

// Reason says why there is no word about a pace, as a code for the page.
type Reason string

// The reasons.
const (
	NoReason     Reason = ""
	TooFewYears  Reason = "too_few_years"  // two values in different years are needed
	ZeroValue    Reason = "zero_value"     // base or target is zero: no rate of growth exists
	BothSigns    Reason = "both_signs"     // values on both sides of zero
	NoWayToGo    Reason = "no_way_to_go"   // the target equals the base
	TargetTooOld Reason = "target_too_old" // the target's year is not after the base year
)

// Answer is what Growth says. Rates and ratio are empty where they do not exist.
type Answer struct {
	Word     Word
	Reason   Reason
	Observed string // growth a year since the base, 0.05 is 5 %
	Required string // growth a year that the target asks for
	Ratio    string // observed to required, with the sign of the good direction
	Score    string // −5 to 5; empty without a pace
}

// The cut points, in units of the ratio and, without a target, of yearly growth
// in the good direction.
var (
	withTarget    = cuts{rat(95, 100), rat(60, 100)}
	withoutTarget = cuts{rat(15, 1000), rat(5, 1000)}
)

type cuts struct{ onTrack, tooSlow *big.Rat }

func (c cuts) word(x *big.Rat) Word {
	switch {
	case x.Cmp(c.onTrack) >= 0:
		return OnTrack
	case x.Cmp(c.tooSlow) >= 0:
		return TooSlow
	case x.Sign() >= 0:
		return MuchTooSlow
	}
	return GoingBack
}

// Growth compares the growth from base to now with the growth that would lead
// from base to target in time. A target that is met is achieved, whatever the
// rates. Open SDG puts 0.001 in place of a zero, which makes absurd growth; here
// a zero has no rate. The scaling factor near a natural limit, which the method
// also knows, is not used: its formula is not published.
func Growth(q Question) Answer {
	if q.Target != nil && met(q) {
		return Answer{Word: Achieved, Score: Print(best)}
	}
	if reason := q.obstacle(); reason == BothSigns {
		return Answer{Word: UnableToAssess, Reason: reason}
	} else if reason != NoReason {
		return Answer{Word: CannotBeComputed, Reason: reason}
	}
	observed := rate(q.Base, q.Now)
	signed := new(big.Float).Copy(observed)
	if q.Down {
		signed.Neg(signed)
	}
	if q.Base.Value.Sign() < 0 { // growth of a debt is a fall
		signed.Neg(signed)
	}
	if q.Target == nil {
		c := significant(signed)
		return Answer{Word: withoutTarget.word(c), Observed: print(observed), Score: Print(freeScore.at(c))}
	}
	required := rate(q.Base, *q.Target)
	ratio := significant(signed.Quo(signed, new(big.Float).Abs(required)))
	return Answer{
		Word: withTarget.word(ratio), Observed: print(observed), Required: print(required),
		Ratio: Print(ratio), Score: Print(targetScore.at(ratio)),
	}
}

func met(q Question) bool {
	if q.Down {
		return q.Now.Value.Cmp(q.Target.Value) <= 0
	}
	return q.Now.Value.Cmp(q.Target.Value) >= 0
}

// obstacle gives the reason for which no rate can be formed, if there is one.
func (q Question) obstacle() Reason {
	if q.Now.Year <= q.Base.Year {
		return TooFewYears
	}
	if q.Base.Value.Sign() == 0 || q.Target != nil && q.Target.Value.Sign() == 0 {
		return ZeroValue
	}
	sign := q.Base.Value.Sign()
	if q.Now.Value.Sign() == -sign || q.Target != nil && q.Target.Value.Sign() == -sign {
		return BothSigns
	}
	if q.Target == nil {
		return NoReason
	}
	if q.Target.Year <= q.Base.Year {
		return TargetTooOld
	}
	if q.Target.Value.Cmp(q.Base.Value) == 0 {
		return NoWayToGo
	}
	return NoReason
}

// rate is the compound growth a year between two values of one sign.
func rate(from, to Obs) *big.Float {
	quotient := new(big.Rat).Quo(to.Value, from.Value)
	root := Root(quotient, to.Year-from.Year)
	return new(big.Float).SetPrec(precision).Sub(root, newFloat(1))
}

// Binary is the word of an indicator that is either so or not.
func Binary(yes bool) Word {
	if yes {
		return Achieved
	}
	return NotAchieved
}

// Parity is the question of a ratio between two groups, where 1 is equality and
// both 0.8 and 1.25 are the same distance from it. Values must be above zero.
func Parity(base, now Obs, year int) (Question, bool) {
	if base.Value.Sign() <= 0 || now.Value.Sign() <= 0 {
		return Question{}, false
	}
	return Question{
		Base: Obs{base.Year, farther(base.Value)}, Now: Obs{now.Year, farther(now.Value)},
		Target: &Obs{year, rat(1, 1)}, Down: true,
	}, true
}

// farther gives a ratio or its inverse, whichever is above 1.
func farther(r *big.Rat) *big.Rat {
	if r.Cmp(rat(1, 1)) >= 0 {
		return r
	}
	return new(big.Rat).Inv(r)
}

// Ends picks the base (the first value in BaseYear or after it) and the newest
// value of a series in order of years. It says no when they are not two years.
func Ends(series []Obs) (base, now Obs, ok bool) {
	for _, o := range series {
		if o.Year < BaseYear {
			continue
		}
		if base.Value == nil {
			base = o
		}
		now = o
	}
	return base, now, base.Value != nil && now.Year > base.Year
}

func print(x *big.Float) string { return Print(significant(x)) }

func rat(a, b int64) *big.Rat { return big.NewRat(a, b) }
