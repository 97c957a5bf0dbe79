package keeper_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

func TestWords(t *testing.T) {
	grows := strings.Repeat("\u0344", record.MaxPart/4) // NFC makes four bytes of two
	for _, c := range []struct {
		name  string
		words map[string]string
		want  map[string]string
		wrong []string // "place key"
	}{
		{"none", nil, nil, nil},
		{"two languages", map[string]string{"name.en": "One", "name.zh": "一"}, map[string]string{"name.en": "One", "name.zh": "一"}, nil},
		{"an empty part is left out", map[string]string{"name.en": "One", "name.fr": ""}, map[string]string{"name.en": "One"}, nil},
		{"normal form C", map[string]string{"name.fr": "Se\u0301ne\u0301gal"}, map[string]string{"name.fr": "S\u00e9n\u00e9gal"}, nil},
		{"hostile but a text", map[string]string{"name.und": "<script>\u202e=1+1\x01"}, map[string]string{"name.und": "<script>\u202e=1+1\x01"}, nil},
		{"as long as may be", map[string]string{"name.en": strings.Repeat("x", record.MaxPart)}, map[string]string{"name.en": strings.Repeat("x", record.MaxPart)}, nil},
		{"a byte too long", map[string]string{"name.en": strings.Repeat("x", record.MaxPart+1)}, nil, []string{"name.en err.words.too_long"}},
		{"too long once it is in normal form", map[string]string{"name.en": grows + "x"}, nil, []string{"name.en err.words.too_long"}},
		{"NUL", map[string]string{"name.en": "a\x00b"}, nil, []string{"name.en err.words.nul"}},
		{"not UTF-8", map[string]string{"name.en": "\xff\xfe", "name.fr": "ok"}, nil, []string{"name.en err.words.not_utf8"}},
		{"half a surrogate", map[string]string{"name.en": "\xed\xa0\x80"}, nil, []string{"name.en err.words.not_utf8"}},
		{"all that is wrong at once, in order", map[string]string{"b.en": "\x00", "a.en": "\xff"}, nil, []string{"a.en err.words.not_utf8", "b.en err.words.nul"}},
		{"a megabyte", manyParts(17, record.MaxPart), nil, []string{" err.words.all_too_long"}},
		{"a megabyte exactly", manyParts(16, record.MaxPart), manyParts(16, record.MaxPart), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := oneHouse(t)
			a := keeper.Act{Kind: "plot.opened", By: "secretariat", Facts: opened{Code: "a", Beds: 1}, Words: c.words}
			results, err := h.k.Submit(t.Context(), "", a)
			if c.wrong != nil {
				var got []string
				es, _ := locale.All(err)
				for _, e := range es {
					got = append(got, e.Place+" "+e.Key)
				}
				if !errors.Is(err, keeper.ErrInvalid) || strings.Join(got, ", ") != strings.Join(c.wrong, ", ") {
					t.Errorf("got %v (%v), want %v", got, err, c.wrong)
				}
				return
			}
			must(t, err)
			h.read(func(tx *db.Tx) error {
				got, err := keeper.WordsOf(tx, 0)
				must(t, err)
				if !maps.Equal(got, c.want) {
					t.Errorf("got %q, want %q", got, c.want)
				}
				return nil
			})
			e, err := record.ParseEntry(results[0].Entry)
			must(t, err)
			if len(e.Words) != len(c.want) {
				t.Errorf("the entry names %d parts, want %d", len(e.Words), len(c.want))
			}
			h.sound()
		})
	}
}

func manyParts(n, size int) map[string]string {
	words := make(map[string]string, n)
	for i := range n {
		words["parts."+string(rune('0'+i/10))+string(rune('0'+i%10))+".en"] = strings.Repeat("x", size)
	}
	return words
}

func TestReadingWords(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.submit(plot("a"))
		must(t, h.db.Write(t.Context(), func(tx *db.Tx) error { // as an erasure does
			_, err := tx.Exec("DELETE FROM record_word WHERE idx = 0 AND part = 'name.fr'")
			if err == nil {
				_, err = tx.Exec("DELETE FROM derived_plot WHERE entry = 0 AND part = 'name.fr'")
			}
			return err
		}))
		h.read(func(tx *db.Tx) error {
			if text, ok, err := keeper.Word(tx, 0, "name.en"); text != "Plot a" || !ok || err != nil {
				t.Errorf("a part: %q, %t, %v", text, ok, err)
			}
			for _, part := range []string{"name.fr", "name.zh"} {
				if text, ok, err := keeper.Word(tx, 0, part); text != "" || ok || err != nil {
					t.Errorf("an erased or unknown part %s: %q, %t, %v", part, text, ok, err)
				}
			}
			if words, err := keeper.WordsOf(tx, 7); len(words) != 0 || err != nil {
				t.Errorf("words of nothing: %v, %v", words, err)
			}
			if _, err := keeper.ReadEntry(tx, 7); !errors.Is(err, keeper.ErrNotFound) {
				t.Errorf("an entry that is not there: %v", err)
			}
			return nil
		})
		h.sound() // with a part erased
	})
}

func TestLine(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "Ministry of Water", "Ministry of Water"},
		{"blanks", "  Ministry \t of\n\nWater\r\n", "Ministry of Water"},
		{"other blanks", "\u3000水\u00a0务\u2003部", "水 务 部"},
		{"bidi override", "evil\u202egnp.exe", "evilgnp.exe"},
		{"embeddings and isolates", "\u202aa\u202bb\u202cc\u202dd\u2066e\u2067f\u2068g\u2069", "abcdefg"},
		{"marks of honest texts stay", "علم\u200f!\u200e \u061cنص", "علم\u200f!\u200e \u061cنص"},
		{"joiners stay", "نامه\u200cای 👩\u200d🌾", "نامه\u200cای 👩\u200d🌾"},
		{"controls", "a\x00b\x07c\x1b[31md\u009fe", "abc[31mde"},
		{"other line ends", "a\u0085b\u2028c\u2029d\ve\ff", "a b c d e f"},
		{"not UTF-8, to be refused", " caf\xe9 ", " caf\xe9 "},
		{"a byte order mark", "\ufeffname", "name"},
		{"nothing but blanks", " \t\u3000", ""},
		{"formula stays a text", "=1+1", "=1+1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := keeper.Line(c.in); got != c.want {
				t.Errorf("Line(%q) = %q, want %q", c.in, got, c.want)
			}
			if again := keeper.Line(c.want); again != c.want {
				t.Errorf("cleaning twice changes it to %q", again)
			}
		})
	}
}

func TestProse(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "One.\n\nTwo.", "One.\n\nTwo."},
		{"line ends", "One.\r\nTwo.\rThree.\n", "One.\nTwo.\nThree."},
		{"inner blanks stay", "a  b\tc", "a  b\tc"},
		{"outer blanks go", "\n\n  a\n ", "a"},
		{"controls", "a\x00b\x08\u009fc", "abc"},
		{"other line ends", "a\u0085b\u2028c\u2029d\ve\ff", "a\nb\nc\nd\ne\nf"},
		{"not UTF-8, to be refused", " caf\xe9 ", " caf\xe9 "},
		{"bidi override", "a\u202eb\u2066c\u2069", "abc"},
		{"marks stay", "a\u200fb", "a\u200fb"},
		{"a byte order mark", "\ufefftext", "text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := keeper.Prose(c.in); got != c.want {
				t.Errorf("Prose(%q) = %q, want %q", c.in, got, c.want)
			}
			if again := keeper.Prose(c.want); again != c.want {
				t.Errorf("cleaning twice changes it to %q", again)
			}
		})
	}
}

func FuzzLine(f *testing.F) {
	for _, s := range []string{"", " a \u202e b ", "\xff", "\ufeff\u2028", "e\u0301 \u00a0\u3000x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		line, prose := keeper.Line(s), keeper.Prose(s)
		if keeper.Line(line) != line || keeper.Prose(prose) != prose {
			t.Errorf("cleaning %q twice changes it", s)
		}
		if !utf8.ValidString(s) {
			if line != s || prose != s {
				t.Errorf("%q is not UTF-8 and was changed", s)
			}
			return
		}
		for _, r := range line + strings.NewReplacer("\n", "", "\t", "").Replace(prose) {
			if unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
				t.Errorf("%q keeps %U", s, r)
			}
		}
	})
}
