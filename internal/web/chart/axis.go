package chart

import (
	"math"
	"strconv"
)

// axis maps values to a range of units, with marks at round values.
type axis struct {
	low, high float64 // values
	from, to  float64 // units
	step      float64
}

// newAxis takes in the values between low and high, in about as many steps as wanted.
func newAxis(low, high float64, steps int) axis {
	if high <= low {
		low, high = low-0.5, high+0.5
	}
	step := nice((high - low) / float64(steps))
	return axis{low: math.Floor(low/step) * step, high: math.Ceil(high/step-1e-9) * step, step: step}
}

// nice gives the round step at or above x: 1, 2, 2.5 or 5 times a power of ten.
func nice(x float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if x <= m*power*(1+1e-9) {
			return m * power
		}
	}
	return 10 * power
}

func (a axis) at(x float64) float64 {
	return a.from + (x-a.low)/(a.high-a.low)*(a.to-a.from)
}

// marks are the round values on the axis; what rounding adds beyond its end is cut.
func (a axis) marks() (values []float64) {
	for i := 0; ; i++ {
		v := a.low + float64(i)*a.step
		if v > a.high+a.step/1000 || i > 50 {
			return values
		}
		values = append(values, v)
	}
}

// label writes a mark as a plain decimal with as many digits as the step needs.
func (a axis) label(v float64) string {
	digits := 0
	for s := a.step; digits < 9 && math.Abs(s-math.Round(s)) > 1e-9*math.Max(1, s); s *= 10 {
		digits++
	}
	if math.Abs(v) < a.step/1000 {
		v = 0
	}
	return strconv.FormatFloat(v, 'f', digits, 64)
}
