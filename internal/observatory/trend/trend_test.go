package trend_test

import (
	"math/big"
	"strings"
	"testing"

	"kept/internal/observatory/trend"
)

func num(t testing.TB, s string) *big.Rat {
	t.Helper()
	r, ok := trend.Decimal(s)
	if !ok {
		t.Fatalf("%q is no decimal", s)
	}
	return r
}

func obs(t testing.TB, year int, value string) trend.Obs {
	return trend.Obs{Year: year, Value: num(t, value)}
}

// near says whether two decimals agree on as many digits as the reference prints.
func near(got, want string) bool {
	g, ok := new(big.Rat).SetString(got)
	if !ok {
		return got == want
	}
	_, part, _ := strings.Cut(want, ".")
	w, _ := new(big.Rat).SetString(want)
	return g.FloatString(len(part)) == w.FloatString(len(part))
}

func TestGrowthVectors(t *testing.T) {
	tests := []struct {
		name                              string
		base, now, target                 string // value@year
		down                              bool
		word                              trend.Word
		reason                            trend.Reason
		observed, required, ratio, scored string
	}{
		{"too slow upwards", "40@2015", "60@2023", "90@2030", false, trend.TooSlow, "", ".051990", ".055550", ".93590", "2.40"},
		{"much too slow downwards", "40@2015", "30@2023", "10@2030", true, trend.MuchTooSlow, "", "-.035321", "-.088278", ".40012", ""},
		{"going back downwards", "40@2015", "44@2023", "10@2030", true, trend.GoingBack, "", "", "", "-.13577", ""},
		{"target met", "40@2015", "90@2023", "90@2030", false, trend.Achieved, "", "", "", "", "5"},
		{"target met downwards", "40@2015", "9@2023", "10@2030", true, trend.Achieved, "", "", "", "", "5"},
		{"target of zero met", "3@2015", "0@2023", "0@2030", true, trend.Achieved, "", "", "", "", "5"},
		{"no target on track", "100@2015", "115@2023", "", false, trend.OnTrack, "", "0.017624", "", "", ""},
		{"no target too slow", "100@2015", "108@2023", "", false, trend.TooSlow, "", "", "", "", ""},
		{"no target level", "100@2015", "100@2023", "", false, trend.MuchTooSlow, "", "0", "", "", "-2.5"},
		{"no target falling", "100@2015", "99@2023", "", false, trend.GoingBack, "", "", "", "", ""},
		{"no target falling is good", "100@2015", "80@2023", "", true, trend.OnTrack, "", "", "", "", "5"},
		{"base of zero", "0@2015", "5@2023", "9@2030", false, trend.CannotBeComputed, trend.ZeroValue, "", "", "", ""},
		{"target of zero", "5@2015", "4@2023", "0@2030", true, trend.CannotBeComputed, trend.ZeroValue, "", "", "", ""},
		{"one year only", "5@2015", "5@2015", "9@2030", false, trend.CannotBeComputed, trend.TooFewYears, "", "", "", ""},
		{"both signs", "-5@2015", "5@2023", "9@2030", false, trend.UnableToAssess, trend.BothSigns, "", "", "", ""},
		{"target equals base", "5@2015", "4@2023", "5@2030", false, trend.CannotBeComputed, trend.NoWayToGo, "", "", "", ""},
		{"target before base", "5@2015", "4@2023", "6@2014", false, trend.CannotBeComputed, trend.TargetTooOld, "", "", "", ""},
		{"fell to nothing", "5@2015", "0@2023", "6@2030", false, trend.GoingBack, "", "-1", "", "", "-5"},
		{"a debt that grows", "-5@2015", "-6@2023", "-2@2030", false, trend.GoingBack, "", "", "", "", ""},
		{"a debt that shrinks", "-5@2015", "-4@2023", "-2@2030", false, trend.MuchTooSlow, "", "", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := trend.Question{Base: at(t, tt.base), Now: at(t, tt.now), Down: tt.down}
			if tt.target != "" {
				target := at(t, tt.target)
				q.Target = &target
			}
			got := trend.Growth(q)
			if got.Word != tt.word || got.Reason != tt.reason {
				t.Errorf("got %q (%s), want %q (%s)", got.Word, got.Reason, tt.word, tt.reason)
			}
			for what, pair := range map[string][2]string{
				"observed": {got.Observed, tt.observed}, "required": {got.Required, tt.required},
				"ratio": {got.Ratio, tt.ratio}, "score": {got.Score, tt.scored},
			} {
				if pair[1] != "" && !near(pair[0], pair[1]) {
					t.Errorf("%s: got %s, want %s", what, pair[0], pair[1])
				}
			}
		})
	}
}

func at(t testing.TB, s string) trend.Obs {
	t.Helper()
	value, year, _ := strings.Cut(s, "@")
	n := 0
	for _, c := range year {
		n = n*10 + int(c-'0')
	}
	return obs(t, n, value)
}

func TestScores(t *testing.T) {
	for ratio, want := range map[string]string{
		"-0.7": "-5", "-0.6": "-5", "0": "-2.5", "0.3": "-1.25", "0.6": "0", "0.95": "2.5", "1.3": "5", "2": "5",
	} {
		if got := trend.Print(trend.Score(num(t, ratio))); got != want {
			t.Errorf("ratio %s: got %s, want %s", ratio, got, want)
		}
	}
	for growth, want := range map[string]string{
		"-0.03": "-5", "-0.02": "-5", "0": "-2.5", "0.005": "0", "0.015": "2.5", "0.02": "5", "0.1": "5",
	} {
		if got := trend.Print(trend.FreeScore(num(t, growth))); got != want {
			t.Errorf("growth %s: got %s, want %s", growth, got, want)
		}
	}
}

func TestGroup(t *testing.T) {
	member := func(w trend.Word, s string) trend.Member { return trend.Member{Word: w, Score: num(t, s)} }
	tests := []struct {
		name    string
		members []trend.Member
		word    trend.Word
		score   string
	}{
		{"all achieved", []trend.Member{member(trend.Achieved, "5"), member(trend.Achieved, "5")}, trend.Achieved, "5"},
		{"one short of achieved", []trend.Member{member(trend.Achieved, "5"), member(trend.OnTrack, "4")}, trend.OnTrack, "4.5"},
		{"on the upper cut", []trend.Member{member(trend.OnTrack, "5"), member(trend.TooSlow, "0")}, trend.OnTrack, "2.5"},
		{"just under it", []trend.Member{member(trend.OnTrack, "4.9"), member(trend.TooSlow, "0")}, trend.TooSlow, "2.45"},
		{"below", []trend.Member{member(trend.GoingBack, "-5"), member(trend.GoingBack, "-1")}, trend.GoingBack, "-3"},
		{"a member without a pace is left out", []trend.Member{member(trend.TooSlow, "1"), {Word: trend.CannotBeComputed}}, trend.TooSlow, "1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			word, score, ok := trend.Group(tt.members)
			if !ok || word != tt.word || trend.Print(score) != tt.score {
				t.Errorf("got %s %v %v, want %s %s", word, score, ok, tt.word, tt.score)
			}
		})
	}
	if _, _, ok := trend.Group([]trend.Member{{Word: trend.CannotBeComputed}}); ok {
		t.Error("a group without a score has a word")
	}
}

func TestParity(t *testing.T) {
	q, ok := trend.Parity(obs(t, 2015, "0.8"), obs(t, 2023, "1.1"), 2030)
	if !ok || q.Base.Value.Cmp(num(t, "1.25")) != 0 || q.Now.Value.Cmp(num(t, "1.1")) != 0 {
		t.Fatalf("got %v %v", q, ok)
	}
	if got := trend.Growth(q).Word; got != trend.OnTrack {
		t.Errorf("got %s, want on_track: from 1.25 to 1.1 in half the time to 1", got)
	}
	if _, ok := trend.Parity(obs(t, 2015, "0"), obs(t, 2023, "1"), 2030); ok {
		t.Error("a ratio of zero has an inverse")
	}
	if trend.Binary(true) != trend.Achieved || trend.Binary(false) != trend.NotAchieved {
		t.Error("binary words")
	}
}

func TestEnds(t *testing.T) {
	series := []trend.Obs{obs(t, 2010, "1"), obs(t, 2016, "2"), obs(t, 2018, "3"), obs(t, 2023, "4")}
	base, now, ok := trend.Ends(series)
	if !ok || base.Year != 2016 || now.Year != 2023 {
		t.Errorf("got %d to %d %v, want 2016 to 2023", base.Year, now.Year, ok)
	}
	if _, _, ok := trend.Ends(series[:2]); ok {
		t.Error("one year since 2015 is no series")
	}
}

func TestCurrentStatus(t *testing.T) {
	got, ok := trend.CurrentStatus(num(t, "40"), num(t, "60"), num(t, "90"))
	if !ok || trend.Print(got) != "4" {
		t.Errorf("got %v %v, want 4", got, ok)
	}
	if back, _ := trend.CurrentStatus(num(t, "40"), num(t, "35"), num(t, "90")); trend.Print(back) != "-1" {
		t.Errorf("regress: got %v, want -1", back)
	}
	if _, ok := trend.CurrentStatus(num(t, "4"), num(t, "6"), num(t, "4")); ok {
		t.Error("target equal to base has an index")
	}
}

func TestAnticipated(t *testing.T) {
	series := []trend.Obs{obs(t, 2015, "40"), obs(t, 2017, "44"), obs(t, 2019, "50"), obs(t, 2021, "57"), obs(t, 2023, "62")}
	got, ok := trend.Anticipated(series, num(t, "40"), obs(t, 2030, "90"), false)
	if !ok || !near(got.Slope, "2.88747") || !near(got.Projected, "82.340") || !near(got.Gap, "15.32") || got.Advice != trend.Accelerate {
		t.Errorf("got %+v", got)
	}
	if got.N != 5 || got.Far {
		t.Errorf("got n %d far %v, want 5 and not far", got.N, got.Far)
	}
	far, _ := trend.Anticipated(series[:2], num(t, "40"), obs(t, 2030, "90"), false)
	if !far.Far {
		t.Error("13 years ahead of a span of two is not marked as far")
	}
	there, _ := trend.Anticipated(series, num(t, "40"), obs(t, 2030, "80"), false)
	if there.Gap != "0" || there.Advice != trend.Maintain {
		t.Errorf("beyond the target: got %+v", there)
	}
	away, _ := trend.Anticipated(series, num(t, "40"), obs(t, 2030, "10"), true)
	if away.Advice != trend.Reverse {
		t.Errorf("moving away: got %+v", away)
	}
	if _, ok := trend.Anticipated(series[:1], num(t, "40"), obs(t, 2030, "90"), false); ok {
		t.Error("one value has a slope")
	}
}

func TestBetween(t *testing.T) {
	tests := []struct{ first, second, ratio, difference string }{
		{"45", "50", "0.9", "-5"},
		{"1", "3", "0.333333333", "-2"},
		{"2", "0", "", "2"},
	}
	for _, tt := range tests {
		got := trend.Between(num(t, tt.first), num(t, tt.second))
		if got.Ratio != tt.ratio || got.Difference != tt.difference {
			t.Errorf("%s and %s: got %+v", tt.first, tt.second, got)
		}
	}
}

func TestMeasureGap(t *testing.T) {
	cells := []trend.Cell{
		{2010, 2016, 2023}, // filled
		{2016, 2023, 2024}, // filled
		{2014, 2023},       // one value since 2015
		{2016, 2017},       // old
		{2023, 2023},       // one year twice
		nil,                // no value at all
	}
	got := trend.MeasureGap(cells, 2026)
	if got.Filled != 2 || got.Cells != 6 || got.Share != "0.666666667" {
		t.Errorf("got %+v", got)
	}
	if none := trend.MeasureGap(nil, 2026); none.Share != "" {
		t.Errorf("no cells: got %+v", none)
	}
}

// TestRoot multiplies roots back: the product must be the number again.
func TestRoot(t *testing.T) {
	for _, a := range []string{"0.000000001", "0.3", "1", "1.0000001", "2", "1000", "123456789012345678"} {
		for _, k := range []int{1, 2, 3, 7, 15, 100, 999} {
			product := big.NewFloat(1).SetPrec(512)
			root := trend.Root(num(t, a), k)
			for range k {
				product.Mul(product, root)
			}
			want := new(big.Float).SetPrec(512).SetRat(num(t, a))
			off := new(big.Float).Sub(product, want)
			off.Quo(off, want)
			if off.Sign() != 0 && off.MantExp(nil) > -220 {
				t.Errorf("root %d of %s is off by %s", k, a, off.Text('e', 3))
			}
		}
	}
	if trend.Root(new(big.Rat), 5).Sign() != 0 {
		t.Error("root of zero")
	}
}

func TestDecimalAndPrint(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "-0.0": "0", "12.50": "12.5", "0.1234567894": "0.123456789", "1234567895": "1234567900", "-0.0000000001": "0",
	} {
		if got := trend.Print(num(t, in)); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
	for _, bad := range []string{"", "-", "1.", ".5", "1e5", "1/3", "+1", " 1", "0x1", "1_0"} {
		if _, ok := trend.Decimal(bad); ok {
			t.Errorf("%q was read as a decimal", bad)
		}
	}
}

func BenchmarkGrowth(b *testing.B) {
	q := trend.Question{Base: obs(b, 2015, "40"), Now: obs(b, 2023, "60"), Target: &trend.Obs{Year: 2030, Value: num(b, "90")}}
	for b.Loop() {
		trend.Growth(q)
	}
}
