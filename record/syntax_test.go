package record_test

import (
	"strings"
	"testing"

	"kept/record"
)

func TestSyntax(t *testing.T) {
	long := strings.Repeat("a", 200)
	tests := []struct {
		name      string
		check     func(string) error
		good, bad []string
	}{
		{"decimal", record.CheckDecimal,
			[]string{"0", "7", "10", "-1", "0.0", "-0.5", "1.50", "0.000000001", "999999999999999999.999999999"},
			[]string{"", "-", "+1", "-0", "-0.00", "00", "01", "1.", ".5", "1.0000000001", "1000000000000000000", "1e3", "1,5", " 1", "1 ", "٣", "--1", "1.2.3"}},
		{"kind", record.CheckKind,
			[]string{"commitment.made", "commitment.made/2", "a.b", "words.erased/999", "a1.b_2", "forum.session.opened"},
			[]string{"", "made", ".made", "made.", "a..b", "Commitment.made", "a.b/", "a.b/0", "a.b/1", "a.b/02", "a.b/1000", "a.b/x", "a.b/2/3", "a.1b", "a-b.c", long + ".b"}},
		{"part", record.CheckPart,
			[]string{"promise.fr", "title.zh", "signatory_name.und", "indicators.0.name.en", "answers.A.mo.1.ar", "note.zh-Hans", "note.en-x-a"},
			[]string{"", "promise", ".en", "promise.", "promise..en", "Promise.en", "promise.e", "promise.engl", "promise.EN", "promise.en-", "a b.en", "a/b.en", "promise.9", long + ".en"}},
		{"time", record.CheckTime,
			[]string{"2026-11-21T14:02:00Z", "2024-02-29T23:59:59Z", "2000-02-29T00:00:00Z"},
			[]string{"", "2026-11-21", "2026-11-21T14:02:00", "2026-11-21T14:02:00+00:00", "2026-11-21t14:02:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-1-01T000:00:00Z"}},
		{"by", record.CheckBy,
			[]string{"0", "12", "9007199254740991", "secretariat", "instance", "person"},
			[]string{"", "-1", "01", "9007199254740992", "99999999999999999", "Person", "someone", "1.0", "hub~12"}},
	}
	for _, tt := range tests {
		for _, s := range tt.good {
			if err := tt.check(s); err != nil {
				t.Errorf("%s %q: %v", tt.name, s, err)
			}
		}
		for _, s := range tt.bad {
			if tt.check(s) == nil {
				t.Errorf("%s %q is taken", tt.name, s)
			}
		}
	}
}

func TestTilePath(t *testing.T) {
	tests := []struct {
		level int
		index int64
		width int
		want  string
	}{
		{0, 0, 256, "tile/0/000"},
		{0, 1234067, 256, "tile/0/x001/x234/067"}, // the example of C2SP tlog-tiles
		{1, 1000, 5, "tile/1/x001/000.p/5"},
		{63, 999, 255, "tile/63/999.p/255"},
		{record.EntriesLevel, 273, 1, "tile/entries/273.p/1"},
		{record.EntriesLevel, 1 << 52, 256, "tile/entries/x004/x503/x599/x627/x370/496"},
	}
	for _, tt := range tests {
		if got := record.TilePath(tt.level, tt.index, tt.width); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
		level, index, width, err := record.ParseTilePath(tt.want)
		if err != nil || level != tt.level || index != tt.index || width != tt.width {
			t.Errorf("%s: %d %d %d %v", tt.want, level, index, width, err)
		}
	}
	for _, bad := range []string{
		"", "tile", "tile/0", "tile/0/0", "tile/0/0000", "tile/00/000", "tile/-1/000", "tile/64/000", "tile/data/000",
		"tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/x000/001",
		"tile/0/001/001", "tile/0/x001", "tile/8/0/000", "/tile/0/000", "tile/0/+12", "tile/0/x001/x002/x003/x004/x005/x006/007",
	} {
		if _, _, _, err := record.ParseTilePath(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestDigest(t *testing.T) {
	text := "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" // FIPS 180-2, "abc"
	d, err := record.ParseDigest(text)
	if err != nil || d != record.DigestOf([]byte("abc")) || d.String() != text {
		t.Errorf("%v %v", d, err)
	}
	for _, bad := range []string{"", text[:63], text + "0", strings.ToUpper(text), "g" + text[1:]} {
		if _, err := record.ParseDigest(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
