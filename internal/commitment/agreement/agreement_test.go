package agreement

import (
	"errors"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

// table makes two coders' codings of a table of counts.
func table(counts [][]int) (a, b []int) {
	for i, row := range counts {
		for j, n := range row {
			for range n {
				a, b = append(a, i), append(b, j)
			}
		}
	}
	return a, b
}

// The published figures, each with where it is printed.
func TestKappaPublished(t *testing.T) {
	// R package irr, data set anxiety, raters 2 and 3: 20 subjects on a scale of 1
	// to 6. irr leaves out a level that neither rater used.
	rater2 := []int{3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4}
	rater3 := []int{2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2}
	places := map[int]int{1: 0, 2: 1, 3: 2, 4: 3, 6: 4}
	for i := range rater2 {
		rater2[i], rater3[i] = places[rater2[i]], places[rater3[i]]
	}
	fun := [][]int{{7, 7, 2, 3}, {2, 8, 3, 7}, {1, 5, 4, 9}, {2, 8, 9, 14}}
	sas := [][]int{{0, 4, 1}, {0, 8, 0}, {0, 1, 5}}
	for _, x := range []struct {
		source string
		counts [][]int
		a, b   []int
		scale  int
		w      Weight
		want   string // as printed
	}{
		{"SAS PROC FREQ printout quoted in statsmodels' test of cohens_kappa: Simple Kappa", sas, nil, nil, 3, Unweighted, "0.4842"},
		{"the same printout: Weighted Kappa (linear)", sas, nil, nil, 3, Linear, "0.4701"},
		{"R irr: kappa2(anxiety[,2:3])", nil, rater2, rater3, 5, Unweighted, "-0.006289308"},
		{"R irr: kappa2(anxiety[,2:3], \"equal\")", nil, rater2, rater3, 5, Linear, "0.1459075"},
		{"R irr: kappa2(anxiety[,2:3], \"squared\")", nil, rater2, rater3, 5, Quadratic, "0.2520325"},
		{"R vcd: Kappa(SexualFun), table of Hout, Duncan and Sobel 1987 in Agresti 1990", fun, nil, nil, 4, Unweighted, "0.1293"},
		{"R vcd: Kappa(SexualFun), equal spacing", fun, nil, nil, 4, Linear, "0.2374"},
		{"Fleiss, Statistical Methods for Rates and Proportions, 2nd ed. 1981, table 13.1", [][]int{{75, 1, 4}, {5, 4, 1}, {0, 0, 10}}, nil, nil, 3, Unweighted, "0.68"},
	} {
		if x.counts != nil {
			x.a, x.b = table(x.counts)
		}
		got, err := Kappa(x.a, x.b, x.scale, x.w)
		if err != nil {
			t.Errorf("%s: %v", x.source, err)
			continue
		}
		_, printed, _ := strings.Cut(x.want, ".")
		if text := got.FloatString(len(printed)); text != x.want {
			t.Errorf("%s: got %s, want %s", x.source, text, x.want)
		}
	}
}

// units reads rows of coders, one letter or digit a unit, a point where it is missing.
func units(coders ...string) [][]Coding {
	out := make([][]Coding, len(coders[0]))
	for u := range out {
		for _, c := range coders {
			var coding Coding
			if c[u] != '.' {
				coding = Code(int64(c[u]))
			}
			out[u] = append(out[u], coding)
		}
	}
	return out
}

// Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), examples A to
// D: data and figures as printed there.
func TestAlphaPublished(t *testing.T) {
	binary := units("0100000010", "1110010000")
	nominal := units("aabbdcccedda", "babbbccceddd")
	missing := units("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
	for _, x := range []struct {
		name  string
		units [][]Coding
		level Level
		want  string
	}{
		{"A: binary, two observers, no missing data", binary, Nominal, "0.095"},
		{"B: nominal, two observers, no missing data", nominal, Nominal, "0.692"},
		{"C: nominal, any number of observers, missing data", missing, Nominal, "0.743"},
		{"D: ordinal", missing, Ordinal, "0.815"},
		{"D: interval", missing, Interval, "0.849"},
	} {
		got, err := Alpha(x.units, x.level)
		if err != nil {
			t.Errorf("%s: %v", x.name, err)
		} else if text := got.FloatString(3); text != x.want {
			t.Errorf("%s: got %s, want %s", x.name, text, x.want)
		}
	}
}

func TestNone(t *testing.T) {
	if _, err := Kappa([]int{1, 1, 1}, []int{1, 1, 1}, 3, Unweighted); !errors.Is(err, ErrNone) {
		t.Errorf("all alike: %v", err)
	}
	if _, err := Kappa(nil, nil, 3, Linear); !errors.Is(err, ErrNone) {
		t.Errorf("no unit: %v", err)
	}
	if _, err := Alpha(units("0000", "0000"), Ordinal); !errors.Is(err, ErrNone) {
		t.Errorf("all alike: %v", err)
	}
	if _, err := Alpha(units("01..", "..01"), Nominal); !errors.Is(err, ErrNone) {
		t.Errorf("nothing coded twice: %v", err)
	}
	for _, x := range [][2][]int{{{3}, {0}}, {{0}, {-1}}, {{0, 1}, {0}}} {
		if _, err := Kappa(x[0], x[1], 3, Unweighted); !errors.Is(err, ErrCode) {
			t.Errorf("%v: %v", x, err)
		}
	}
}

// What holds of both for any codings: who is alike has 1 and nobody more, coders can
// change places, a missing coder changes nothing, and an order can be read backwards.
func TestProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		n, scale := 2+r.IntN(12), 2+r.IntN(4)
		a, b := make([]int, n), make([]int, n)
		var both, back, renamed [][]Coding
		for u := range n {
			a[u], b[u] = r.IntN(scale), r.IntN(scale)
			both = append(both, []Coding{Code(int64(a[u])), Code(int64(b[u]))})
			back = append(back, []Coding{Code(int64(b[u])), nil, Code(int64(a[u]))})
			renamed = append(renamed, []Coding{Code(int64(7 - a[u])), Code(int64(7 - b[u]))})
		}
		for _, w := range []Weight{Unweighted, Linear, Quadratic} {
			k1, e1 := Kappa(a, b, scale, w)
			k2, e2 := Kappa(b, a, scale, w)
			if (e1 == nil) != (e2 == nil) || e1 == nil && k1.Cmp(k2) != 0 {
				t.Fatalf("κ of %v and %v depends on who is first", a, b)
			}
			if one, err := Kappa(a, a, scale, w); err == nil && one.Cmp(big.NewRat(1, 1)) != 0 {
				t.Fatalf("κ of %v with itself is %v", a, one)
			}
		}
		for _, l := range []Level{Nominal, Ordinal, Interval} {
			x, e1 := Alpha(both, l)
			y, e2 := Alpha(back, l)
			z, e3 := Alpha(renamed, l)
			if (e1 == nil) != (e2 == nil) || (e1 == nil) != (e3 == nil) || e1 == nil && (x.Cmp(y) != 0 || x.Cmp(z) != 0) {
				t.Fatalf("α of %v and %v: %v, %v, %v", a, b, x, y, z)
			}
			if e1 == nil && x.Cmp(big.NewRat(1, 1)) > 0 {
				t.Fatalf("α of %v and %v is %v", a, b, x)
			}
		}
	}
}

func TestText(t *testing.T) {
	for _, x := range []struct {
		r    *big.Rat
		want string
	}{
		{big.NewRat(0, 1), "0"}, {big.NewRat(1, 1), "1"}, {big.NewRat(-1, 1), "-1"}, {big.NewRat(2, 3), "0.666666667"}, {big.NewRat(-1, 3), "-0.333333333"},
		{big.NewRat(1, 8), "0.125"}, {big.NewRat(1, 150), "0.006666667"}, {big.NewRat(-1, 1e11), "0"}, {big.NewRat(1000, 1), "1000"}, {big.NewRat(100, 3), "33.3333333"}, {big.NewRat(999999999999, 1000000000000), "1"}, {big.NewRat(10, 1), "10"},
	} {
		if got := Text(x.r); got != x.want {
			t.Errorf("%v: got %s, want %s", x.r, got, x.want)
		}
	}
}
