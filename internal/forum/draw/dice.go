package draw

import (
	"crypto/sha256"
	"strings"

	"kept/internal/locale"
)

// MinThrows is the fewest throws of a die that a plan may ask for: a hundred give 258
// bits, more than what is made of them.
const MinThrows = 100

// maxThrows bounds what people have to watch, and what a file may hold.
const maxThrows = 1000

// dice is SHA-256 of the throws as digits, in the order in which they fell. How many
// they are was fixed with the plan, so that nobody stops when it suits.
func (s Source) dice(r Randomness) (seed [32]byte, err error) {
	throws := CleanThrows(r.Throws)
	switch {
	case r.Round != 0 || r.Signature != "" || r.Previous != "":
		return seed, locale.E("err.draw.sort", "source", r.Source)
	case throws != r.Throws || strings.Trim(throws, "123456") != "":
		return seed, locale.E("err.draw.throws_form")
	case len(throws) != s.Throws:
		return seed, locale.E("err.draw.throws", "want", s.Throws, "got", len(throws))
	}
	return sha256.Sum256([]byte(tagDice + throws)), nil
}

// CleanThrows takes out what people write between throws: spaces, commas, line ends.
func CleanThrows(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n,;", r) {
			return -1
		}
		return r
	}, s)
}
