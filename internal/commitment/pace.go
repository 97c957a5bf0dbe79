package commitment

import "math/big"

// Method is the name and version of the formula in [Pace].
const Method = "pace/1"

// Words of pace. A stock of pledges is never judged.
const (
	PaceMet         = "met"
	PaceOK          = "ok" // hold: within its bound
	PaceOnTrack     = "on_track"
	PaceTooEarly    = "too_early"
	PaceNotYet      = "not_yet" // binary: not done, its date has not come
	PaceTooSlow     = "too_slow"
	PaceMuchTooSlow = "much_too_slow"
	PaceGoingBack   = "going_back"
	PaceBreached    = "breached"
	PaceMissed      = "missed"
	PaceValueOld    = "value_old"
	PaceNoBaseline  = "no_baseline"
	PaceNoData      = "no_data"
	PaceNotJudged   = "not_judged"
	PaceNone        = "none" // a commitment without indicators
)

// PaceWords ranks the words of pace from worst to best; what nobody knows stands between
// the bad and the good, so that it is not hidden by a good word beside it.
var PaceWords = []string{PaceMissed, PaceBreached, PaceGoingBack, PaceMuchTooSlow, PaceTooSlow, PaceNoData, PaceNoBaseline,
	PaceValueOld, PaceNotYet, PaceTooEarly, PaceOnTrack, PaceOK, PaceMet, PaceNotJudged, PaceNone}

// Measured is all that a pace is computed from. Dates may be partial; each
// stands for its last day.
type Measured struct {
	Direction, Measure, Bound string
	Baseline, BaselineOn      string
	Target, TargetOn          string
	Value, ValueOn            string // cumulative: the sum of the period values
	Pledges                   bool
	EveryMonths               int64 // the reporting rhythm
}

// Paced is a pace as it is fixed at the date of its value. The word that holds on
// a day is [Paced.On].
type Paced struct {
	Word          string
	Path, Time    string // p and e, decimals; empty where there is no path
	Pace          string // p/e; empty where e is 0 or there is no path
	AsOf          string // the date of the value
	ValueOldFrom  string // the first day on which the value is old
	EndsOn        string // the target's last day
	ReasonMissing string // no_baseline, no_data or pledges
}

// Pace computes pace/1 (our own, page /about/methods): p = (v−b)/(g−b) of the path
// in e = (t−t0)/(T−t0) of the time, t being the date of the value and never today.
// Everything is exact; rounding happens only in what is published.
func Pace(m Measured) Paced {
	out := Paced{EndsOn: lastDay(m.TargetOn), ValueOldFrom: never}
	v, hasValue := rat(m.Value)
	g, _ := rat(m.Target)
	if !hasValue || g == nil {
		out.Word, out.ReasonMissing = PaceNoData, PaceNoData
		return out
	}
	out.AsOf = m.ValueOn
	out.ValueOldFrom = valueOldFrom(lastDay(m.ValueOn), m.EveryMonths)
	switch {
	case m.Direction == "hold":
		out.Word = held(v, g, m.Bound)
		return out
	case m.Measure == "binary":
		out.Word = PaceNotYet
		if v.Cmp(g) >= 0 {
			out.Word = PaceMet
		}
		return out
	}
	b, hasBaseline := rat(m.Baseline)
	if !hasBaseline || lastDay(m.BaselineOn) == "" || b.Cmp(g) == 0 {
		out.Word, out.ReasonMissing = PaceNoBaseline, PaceNoBaseline
		return out
	}
	e := timeUsed(lastDay(m.BaselineOn), lastDay(m.ValueOn), out.EndsOn)
	p, pace, word := Ratio(b, v, g, e)
	out.Path, out.Time, out.Pace, out.Word = plain(p), plain(e), plain(pace), word
	if m.Pledges {
		out.Time, out.Pace, out.Word, out.ReasonMissing = "", "", PaceNotJudged, "pledges"
	}
	return out
}

// Ratio is the arithmetic of pace/1 on its own: p, p/e (nil where e is 0) and the
// word at the date of the value.
func Ratio(b, v, g, e *big.Rat) (p, pace *big.Rat, word string) {
	p = new(big.Rat).Quo(new(big.Rat).Sub(v, b), new(big.Rat).Sub(g, b))
	if e.Sign() > 0 {
		pace = new(big.Rat).Quo(p, e)
	}
	switch {
	case p.Cmp(big.NewRat(1, 1)) >= 0:
		return p, pace, PaceMet
	case e.Cmp(big.NewRat(15, 100)) < 0:
		return p, pace, PaceTooEarly
	case pace.Cmp(big.NewRat(95, 100)) >= 0:
		return p, pace, PaceOnTrack
	case pace.Cmp(big.NewRat(60, 100)) >= 0:
		return p, pace, PaceTooSlow
	case pace.Sign() >= 0:
		return p, pace, PaceMuchTooSlow
	}
	return p, pace, PaceGoingBack
}

// timeUsed is e, between 0 and 1.
func timeUsed(t0, t, end string) *big.Rat {
	span := days(t0, end)
	if span <= 0 {
		return big.NewRat(1, 1)
	}
	return big.NewRat(min(max(days(t0, t), 0), span), span)
}

// held is the word of a hold indicator: within its bound or not.
func held(v, g *big.Rat, bound string) string {
	if c := v.Cmp(g); bound == "at_most" && c > 0 || bound != "at_most" && c < 0 {
		return PaceBreached
	}
	return PaceOK
}

// valueOldFrom is the first day that is more than 1.5 rhythms after the value.
func valueOldFrom(on string, everyMonths int64) string {
	half := int(everyMonths) * 3
	until := addMonths(on, half/2)
	if half%2 == 1 {
		until = addDays(until, 15)
	}
	return addDays(until, 1)
}

// On is the word that holds on a day. What was met stays met. A target whose date
// has passed with p below 1 is missed, until a later value says otherwise.
func (p Paced) On(today string) string {
	switch p.Word {
	case PaceMet, PaceNoBaseline, PaceNoData, PaceNotJudged, PaceNone:
		return p.Word
	}
	held := p.Word == PaceOK || p.Word == PaceBreached
	switch {
	case !held && today > p.EndsOn:
		return PaceMissed
	case today >= p.ValueOldFrom:
		return PaceValueOld
	}
	return p.Word
}

// Worst is the word of several: the worst of those that the owner marked primary.
func Worst(words []string) string {
	for _, w := range PaceWords {
		if known(words, w) {
			return w
		}
	}
	return PaceNone
}
