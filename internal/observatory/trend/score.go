package trend

import "math/big"

var (
	best  = rat(5, 1)
	worst = rat(-5, 1)
)

// line is a function of straight pieces through its corners, level outside them.
type line []struct{ x, y *big.Rat }

var (
	targetScore = line{
		{rat(-60, 100), worst}, {rat(60, 100), rat(0, 1)}, {rat(130, 100), best},
	}
	freeScore = line{
		{rat(-20, 1000), worst}, {rat(0, 1), rat(-25, 10)}, {rat(5, 1000), rat(0, 1)},
		{rat(15, 1000), rat(25, 10)}, {rat(20, 1000), best},
	}
)

func (l line) at(x *big.Rat) *big.Rat {
	if x.Cmp(l[0].x) <= 0 {
		return l[0].y
	}
	for i := 1; i < len(l); i++ {
		if x.Cmp(l[i].x) <= 0 {
			return between(l[i-1].x, l[i-1].y, l[i].x, l[i].y, x)
		}
	}
	return l[len(l)-1].y
}

func between(x0, y0, x1, y1, x *big.Rat) *big.Rat {
	share := new(big.Rat).Sub(x, x0)
	share.Quo(share, new(big.Rat).Sub(x1, x0))
	share.Mul(share, new(big.Rat).Sub(y1, y0))
	return share.Add(share, y0)
}

// Score places a ratio of observed to required growth between −5 and 5.
func Score(ratio *big.Rat) *big.Rat { return targetScore.at(ratio) }

// FreeScore places a yearly growth without a target between −5 and 5.
func FreeScore(growth *big.Rat) *big.Rat { return freeScore.at(growth) }

// Member is one indicator's part in a group.
type Member struct {
	Word  Word
	Score *big.Rat // nil where the word is no pace: left out of the mean
}

// Group gives the mean score of indicators under one heading and its word. A
// group is achieved only if every member is. Nested groups are averaged first
// and put in as members. It says no when no member has a score.
func Group(members []Member) (Word, *big.Rat, bool) {
	sum, n, achieved := new(big.Rat), int64(0), 0
	for _, m := range members {
		if m.Word == Achieved {
			achieved++
		}
		if m.Score != nil {
			sum.Add(sum, m.Score)
			n++
		}
	}
	if n == 0 {
		return "", nil, false
	}
	mean := Round(sum.Quo(sum, rat(n, 1)))
	if achieved == len(members) {
		return Achieved, mean, true
	}
	return band(mean), mean, true
}

func band(score *big.Rat) Word {
	switch {
	case score.Cmp(rat(25, 10)) >= 0:
		return OnTrack
	case score.Sign() >= 0:
		return TooSlow
	case score.Cmp(rat(-25, 10)) >= 0:
		return MuchTooSlow
	}
	return GoingBack
}
