package draw

import (
	"crypto/sha256"
	"encoding/binary"
	"math/big"

	"kept/record"
)

// The tags keep apart what is hashed for different ends.
const (
	tagNumber  = "kept-draw/1 number\n"
	tagReserve = "kept-draw/1 reserve\n"
	tagDice    = "kept-draw/1 dice\n"
)

// block is the nth block of the stream that plan and randomness give:
// SHA-256(tag ‖ digest of the plan ‖ randomness ‖ n as 8 bytes, highest first).
func block(plan record.Digest, seed [32]byte, n uint64) [32]byte {
	b := make([]byte, 0, len(tagNumber)+72)
	b = append(append(append(b, tagNumber...), plan[:]...), seed[:]...)
	return sha256.Sum256(binary.BigEndian.AppendUint64(b, n))
}

// number is a whole number from 0 to total-1, each as likely as the others. As many
// bits as total-1 has are taken from the front of as few blocks as hold them, the
// surplus bits at the top set to zero; a number that is too large is thrown away and
// the next blocks are taken. No remainder is formed: that would favour small numbers.
func number(plan record.Digest, seed [32]byte, total *big.Int) *big.Int {
	bits := new(big.Int).Sub(total, big.NewInt(1)).BitLen()
	size := (bits + 7) / 8
	for n := uint64(0); ; {
		var taken []byte
		for len(taken) < size {
			b := block(plan, seed, n)
			taken = append(taken, b[:]...)
			n++
		}
		taken = taken[:size]
		if spare := 8*size - bits; spare > 0 {
			taken[0] &= 0xff >> spare
		}
		if k := new(big.Int).SetBytes(taken); k.Cmp(total) < 0 {
			return k
		}
	}
}
