package redline_test

import (
	"strings"
	"testing"
	"time"

	"kept/internal/commitment/redline"
)

func written(spans []redline.Span) string {
	var b strings.Builder
	for _, s := range spans {
		switch s.Op {
		case redline.Gone:
			b.WriteString("[-" + s.Text + "-]")
		case redline.Came:
			b.WriteString("{+" + s.Text + "+}")
		default:
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func TestCompare(t *testing.T) {
	for _, c := range []struct{ name, before, after, want string }{
		{"nothing", "", "", ""},
		{"the same", "Lay fibre.", "Lay fibre.", "Lay fibre."},
		{"all came", "", "Lay fibre.", "{+Lay fibre.+}"},
		{"all went", "Lay fibre.", "", "[-Lay fibre.-]"},
		{"a word", "We connect 1000 schools.", "We connect 800 schools.", "We connect [-1000-]{+800+} schools."},
		{"neighbouring words", "by the end of 2030", "by the middle in 2031", "by the [-end of 2030-]{+middle in 2031+}"},
		{"a word came", "rural schools", "rural and island schools", "rural {+and island +}schools"},
		{"signs apart", "schools, ports", "schools; ports", "schools[-,-]{+;+} ports"},
		{"Chinese by characters", "到二零三零年底接入一千所学校", "到二零三一年底接入八百所学校", "到二零三[-零-]{+一+}年底接入[-一千-]{+八百+}所学校"},
		{"Arabic by words", "نربط ألف مدرسة", "نربط ثمانمئة مدرسة", "نربط [-ألف-]{+ثمانمئة+} مدرسة"},
		{"words with marks", "cafe\u0301 au lait", "cafe\u0301 noir", "cafe\u0301 [-au lait-]{+noir+}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := written(redline.Compare(c.before, c.after)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// Texts that have nothing in common cost no more than the bound allows.
func TestBounded(t *testing.T) {
	a, b := strings.Repeat("甲乙", 8000), strings.Repeat("丙丁", 8000)
	begun := time.Now()
	spans := redline.Compare("前"+a+"后", "前"+b+"后")
	if len(spans) != 4 || spans[1].Text != a || spans[2].Text != b {
		t.Errorf("%d spans", len(spans))
	}
	t.Logf("%d characters on each side: %s", 16000, time.Since(begun))
}

// Whatever the texts, both can be read out of the spans, and no span is empty or
// stands beside one of its own kind.
func FuzzCompare(f *testing.F) {
	f.Add("We connect 1000 schools.", "We connect 800 schools by 2031.")
	f.Add("一千所学校", "八百所乡村学校")
	f.Add("", "\xff a")
	f.Add("a b c d e f", "f e d c b a")
	f.Fuzz(func(t *testing.T, before, after string) {
		var old, now strings.Builder
		last := ""
		for _, s := range redline.Compare(before, after) {
			if s.Op != redline.Came {
				old.WriteString(s.Text)
			}
			if s.Op != redline.Gone {
				now.WriteString(s.Text)
			}
			if s.Text == "" || s.Op == last {
				t.Errorf("a span %+v after one that %s", s, last)
			}
			last = s.Op
		}
		if old.String() != before || now.String() != after {
			t.Errorf("got %q and %q, want %q and %q", old.String(), now.String(), before, after)
		}
	})
}
