package observatory

import (
	"math/big"
	"strings"
)

// Decimal is a value as text states it: Int ÷ 10^Scale, without trailing zeros
// after the point, so that equal values are equal structs. It holds at most
// eighteen digits, nine of them after the point.
type Decimal struct {
	Int   int64
	Scale uint8
}

const (
	maxDigits   = 18
	maxDecimals = 9
)

// numberFault names what is wrong with a number, as a message key.
type numberFault string

const (
	notANumber numberFault = "problem.number"
	tooLong    numberFault = "problem.number_long"
)

// ParseDecimal reads a number: digits with at most one point, a sign, an
// exponent. The rule for digits that do not fit: more than nine after the point,
// or more than eighteen in all, are rounded half to even ("0.31414000000000003"
// is 0.31414), and rounded says so. More than eighteen before the point is a
// fault. Thousands separators, percent signs and bounds ("<0.1") are faults: what
// they mean is for a person to say.
func ParseDecimal(text string) (d Decimal, rounded bool, ok bool) {
	d, rounded, fault := parseDecimal(text)
	return d, rounded, fault == ""
}

func parseDecimal(text string) (Decimal, bool, numberFault) {
	mantissa, exponent, fault := splitExponent(text)
	if fault != "" {
		return Decimal{}, false, fault
	}
	negative := strings.HasPrefix(mantissa, "-")
	if negative || strings.HasPrefix(mantissa, "+") {
		mantissa = mantissa[1:]
	}
	whole, part, _ := strings.Cut(mantissa, ".")
	digits := whole + part
	if digits == "" || strings.Trim(digits, "0123456789") != "" || len(text) > 80 {
		return Decimal{}, false, notANumber
	}
	return fit(strings.TrimLeft(digits, "0"), len(part)-exponent, negative)
}

func splitExponent(text string) (mantissa string, exponent int, fault numberFault) {
	i := strings.IndexAny(text, "eE")
	if i < 0 {
		return text, 0, ""
	}
	power := text[i+1:]
	negative := strings.HasPrefix(power, "-")
	if negative || strings.HasPrefix(power, "+") {
		power = power[1:]
	}
	if power == "" || len(power) > 3 {
		return "", 0, notANumber
	}
	for _, c := range []byte(power) {
		if c < '0' || c > '9' {
			return "", 0, notANumber
		}
		exponent = exponent*10 + int(c-'0')
	}
	if negative {
		exponent = -exponent
	}
	return text[:i], exponent, ""
}

// fit makes a Decimal of digits with the last `scale` of them after the point.
func fit(digits string, scale int, negative bool) (Decimal, bool, numberFault) {
	for scale > 0 && strings.HasSuffix(digits, "0") {
		digits, scale = digits[:len(digits)-1], scale-1
	}
	if digits == "" {
		return Decimal{}, false, ""
	}
	if scale < 0 {
		if len(digits)-scale > maxDigits {
			return Decimal{}, false, tooLong
		}
		digits, scale = digits+strings.Repeat("0", -scale), 0
	}
	cut := max(scale-maxDecimals, min(len(digits)-maxDigits, scale))
	if len(digits)-scale > maxDigits {
		return Decimal{}, false, tooLong
	}
	if cut <= 0 {
		return signed(value(digits), scale, negative), false, ""
	}
	d := signed(roundOff(digits, cut), scale-cut, negative)
	if d.Scale == 0 && (d.Int >= pow10(maxDigits) || d.Int <= -pow10(maxDigits)) {
		return Decimal{}, false, tooLong
	}
	return d, true, ""
}

// roundOff drops the last digits, half to even.
func roundOff(digits string, cut int) int64 {
	if cut > len(digits) {
		return 0
	}
	kept, dropped := value(digits[:len(digits)-cut]), digits[len(digits)-cut:]
	half := "5" + strings.Repeat("0", cut-1)
	if dropped > half || dropped == half && kept%2 == 1 {
		kept++
	}
	return kept
}

func value(digits string) (n int64) {
	for _, c := range []byte(digits) {
		n = n*10 + int64(c-'0')
	}
	return n
}

func signed(n int64, scale int, negative bool) Decimal {
	for scale > 0 && n%10 == 0 {
		n, scale = n/10, scale-1
	}
	if negative {
		n = -n
	}
	return Decimal{n, uint8(scale)}
}

// String writes the decimal as the record does.
func (d Decimal) String() string {
	return string(d.append(nil))
}

func (d Decimal) append(b []byte) []byte {
	n := uint64(d.Int)
	if d.Int < 0 {
		b, n = append(b, '-'), -n
	}
	var digits [24]byte
	i := len(digits)
	for k := 0; n > 0 || k <= int(d.Scale); k++ {
		if k == int(d.Scale) && k > 0 {
			i--
			digits[i] = '.'
		}
		i--
		digits[i] = byte('0' + n%10)
		n /= 10
	}
	return append(b, digits[i:]...)
}

// Fixed writes the decimal with a number of digits after the point, half to
// even, as a page shows it.
func (d Decimal) Fixed(decimals int) string {
	r := d
	if int(d.Scale) > decimals {
		digits := strings.TrimPrefix(Decimal{Int: d.Int}.String(), "-")
		r = Decimal{roundOff(strings.Repeat("0", maxDecimals)+digits, int(d.Scale)-decimals), uint8(decimals)}
		if d.Int < 0 {
			r.Int = -r.Int
		}
		return r.String()
	}
	for int(r.Scale) < decimals {
		if r.Int > 1<<62/10 || r.Int < -1<<62/10 {
			return d.String() // as many digits as there are
		}
		r.Int, r.Scale = r.Int*10, r.Scale+1
	}
	return r.String()
}

// Rat is the exact number.
func (d Decimal) Rat() *big.Rat {
	return big.NewRat(d.Int, pow10(int(d.Scale)))
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// Apart says whether two values differ by more than a third.
func Apart(a, b, by Decimal) bool {
	difference := new(big.Rat).Sub(a.Rat(), b.Rat())
	return difference.Abs(difference).Cmp(by.Rat()) > 0
}

// rescale gives the integer of d at a scale that is no smaller than its own; ok
// is false when it does not fit.
func (d Decimal) rescale(scale uint8) (int64, bool) {
	n := d.Int
	for s := d.Scale; s < scale; s++ {
		if n > 1<<62/10 || n < -1<<62/10 {
			return 0, false
		}
		n *= 10
	}
	return n, true
}

// normal takes the trailing zeros off again.
func normal(n int64, scale uint8) Decimal {
	for scale > 0 && n%10 == 0 {
		n, scale = n/10, scale-1
	}
	return Decimal{n, scale}
}
