package trend

import (
	"math/big"
	"math/bits"
)

// precision is the number of bits of every software float in this package. It
// is part of each method: another precision could round a result differently.
const precision = 256

// The bisection narrows a root to about eight digits, close enough for each
// Newton step to double the digits that are right. Five steps settle all 256
// bits for any root up to the thousandth.
const (
	bisections  = 30
	newtonSteps = 5
)

// Root gives the k-th root of a number that is zero or more. The steps and
// their order are fixed, so that two machines agree to the last bit.
func Root(a *big.Rat, k int) *big.Float {
	x := float(a)
	if x.Sign() == 0 || k == 1 {
		return x
	}
	return newton(bisect(x, k), x, k)
}

// bisect brackets the k-th root of a between two powers of two, at most a factor
// of four apart, and halves the bracket. The answer is never below the root.
func bisect(a *big.Float, k int) *big.Float {
	e := a.MantExp(nil) // 2^(e−1) ≤ a < 2^e
	low := newFloat(1).SetMantExp(newFloat(1), floorDiv(e-1, k))
	high := newFloat(1).SetMantExp(newFloat(1), floorDiv(e-1, k)+2)
	for range bisections {
		middle := new(big.Float).SetPrec(precision).Add(low, high)
		middle.Quo(middle, newFloat(2))
		if power(middle, k).Cmp(a) >= 0 {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

// newton improves x by x − (x^k − a) / (k·x^(k−1)), falling towards the root.
func newton(x, a *big.Float, k int) *big.Float {
	times := newFloat(int64(k))
	for range newtonSteps {
		lower := power(x, k-1)
		change := new(big.Float).SetPrec(precision).Mul(lower, x)
		change.Sub(change, a)
		change.Quo(change, lower.Mul(lower, times))
		x = new(big.Float).SetPrec(precision).Sub(x, change)
	}
	return x
}

// power multiplies x by itself k times by squaring, from the highest bit down.
func power(x *big.Float, k int) *big.Float {
	result := newFloat(1)
	for bit := bits.Len(uint(k)) - 1; bit >= 0; bit-- {
		result.Mul(result, result)
		if k>>bit&1 == 1 {
			result.Mul(result, x)
		}
	}
	return result
}

func floorDiv(a, b int) int {
	if a < 0 {
		return -((-a + b - 1) / b)
	}
	return a / b
}

func newFloat(n int64) *big.Float {
	return new(big.Float).SetPrec(precision).SetInt64(n)
}

func float(r *big.Rat) *big.Float {
	return new(big.Float).SetPrec(precision).SetRat(r)
}
