package sortition

import (
	"context"
	"fmt"
	"testing"

	"kept/internal/realdata"
)

// seconds are those that another program took for the same, on one core with a free
// solver (sortition-algorithms 0.10.1, HiGHS 1.15.1); zero: it has no figure.
var seconds = []struct {
	pool   string
	method string
	peer   float64
}{
	{"ex20", MethodLeximin, 8.3},
	{"fx150", MethodLeximin, 8.8},
	{"fx150", MethodMaximin, 2.7},
	{"p200_20_4", MethodLeximin, 12.1},
	{"p250_30_7", MethodLeximin, 123},
	{"p800_75_4", MethodMaximin, 77.4},
	{"p800_75_4", MethodLeximin, 0},
	{"p1700_110_7", MethodLeximin, 0},
}

// BenchmarkSortition times pools that another program was timed on.
func BenchmarkSortition(b *testing.B) {
	pools := peers(b, realdata.Dir(b))
	for _, s := range seconds {
		b.Run(s.method+"/"+s.pool, func(b *testing.B) {
			times(b, pools[s.pool], s.method, s.peer)
		})
	}
}

// BenchmarkGenerated times pools that we make: 200 of 2,000 in two categories, and
// other draws of 110 of 1,700 in seven.
func BenchmarkGenerated(b *testing.B) {
	b.Run("2000_200_2", func(b *testing.B) { times(b, generated(1, 2000, 200, 10, 2, 2), MethodLeximin, 0) })
	b.Run("2000_200_2_wide", func(b *testing.B) { times(b, generated(1, 2000, 200, 2, 8, 12), MethodLeximin, 0) })
	for seed := range uint64(3) {
		b.Run(fmt.Sprint("1700_110_7_", seed), func(b *testing.B) {
			times(b, generated(seed, 1700, 110, 1, 2, 4, 6, 3, 5, 2, 4), MethodLeximin, 0)
		})
	}
}

// times runs a method, and tells how many times faster than the other program it is.
func times(b *testing.B, in *Instance, method string, peer float64) {
	run := Leximin
	if method == MethodMaximin {
		run = Maximin
	}
	var p *Portfolio
	for b.Loop() {
		var err error
		if p, err = run(context.Background(), in, Options{}); err != nil {
			b.Fatal(err)
		}
	}
	lowest, _ := p.Levels[0].Chance.Float64()
	b.ReportMetric(lowest, "lowest")
	b.ReportMetric(float64(len(p.Panels)), "panels")
	if peer > 0 {
		b.ReportMetric(peer/(b.Elapsed().Seconds()/float64(b.N)), "times-faster")
	}
}
