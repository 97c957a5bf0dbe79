package area

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"kept/internal/locale"
	"kept/internal/realdata"
)

func TestCounts(t *testing.T) {
	un := Pack("un")
	tests := []struct {
		name      string
		got, want int
	}{
		{"areas", len(un.All()), 197},
		{"members", standing(un, Member), 193},
		{"observers", standing(un, Observer), 2},
		{"others that UNTERM lists as States", standing(un, NonMember), 2},
		{"least developed countries", len(un.Group(GroupLDC)), 44},
		{"landlocked developing countries", len(un.Group(GroupLLDC)), 32},
		{"small island developing States among ours", len(un.Group(GroupSIDS)), 39},
		{"regions", len(un.Regions()), 5},
		{"subregions of Africa", len(un.Within("002")), 2},
		{"areas of the world", len(un.In("001")), 197},
		{"areas of Africa", len(un.In("002")), 54},
		{"sample areas", len(Pack("sample").All()), 12},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: got %d, want %d", test.name, test.got, test.want)
		}
	}
	if un.Date != "2026-11-21" || Pack("sample").Date != "2026-11-21" {
		t.Errorf("dates are %q and %q", un.Date, Pack("sample").Date)
	}
	if Pack("mars") != nil || Known("mars") || !Known("sample") {
		t.Error("Pack or Known mistakes which packs there are")
	}
}

func standing(s *Set, want Status) (n int) {
	for _, a := range s.All() {
		if a.Status == want {
			n++
		}
	}
	return n
}

func TestLookUps(t *testing.T) {
	un := Pack("un")
	tests := []struct {
		name string
		find func(string) (*Area, bool)
		in   string
		want string
	}{
		{"ISO2 NA is Namibia", un.ByISO2, "NA", "NAM"},
		{"M49 with its zeros", un.ByM49, "004", "AFG"},
		{"M49 read as a number", un.ByM49, "4", "AFG"},
		{"ISO3", un.ByISO3, "CIV", "CIV"},
		{"name without accents", un.ByName, "cote d'ivoire", "CIV"},
		{"name in Arabic", un.ByName, "كينيا", "KEN"},
		{"name in Chinese", un.ByName, "肯尼亚", "KEN"},
		{"never 158", un.ByM49, "158", ""},
		{"never TWN", un.ByISO3, "TWN", ""},
		{"a territory is not among the 197", un.ByISO3, "ABW", ""},
		{"nothing", un.ByM49, "", ""},
		{"sample area", Pack("sample").ByISO2, "QM", "QM"},
		{"QO stays free", Pack("sample").ByISO2, "QO", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, ok := test.find(test.in)
			if ok != (test.want != "") || ok && a.ID != test.want {
				t.Errorf("got %v, want %q", a, test.want)
			}
		})
	}
	for id, want := range map[string]string{"KEN": "肯尼亚", "202": "撒哈拉以南非洲", "XKX": "XKX"} {
		if got := un.Name(id, locale.Chinese); got != want {
			t.Errorf("Name(%q) = %q, want %q", id, got, want)
		}
	}
}

func TestEveryAreaIsWhole(t *testing.T) {
	for _, name := range []string{"un", "sample"} {
		set := Pack(name)
		tiles := make(map[[2]int]string)
		for _, a := range set.All() {
			for _, lang := range locale.Langs {
				if a.Name(lang) == "" {
					t.Errorf("%s has no name in %s", a.ID, lang)
				}
			}
			for _, region := range []string{a.Region, a.Sub} {
				if _, ok := set.RegionByID(region); !ok {
					t.Errorf("%s lies in %q, which no table lists", a.ID, region)
				}
			}
			if a.pinyin == "" || !a.OnGrid {
				t.Errorf("%s has no pinyin or no tile", a.ID)
			}
			place := [2]int{a.Col, a.Row}
			if other, taken := tiles[place]; taken {
				t.Errorf("%s and %s share a tile", a.ID, other)
			}
			tiles[place] = a.ID
		}
		for _, r := range set.regions {
			if _, ok := set.RegionByID(r.Parent); r.Parent != "" && !ok {
				t.Errorf("region %s lies in %q, which no table lists", r.ID, r.Parent)
			}
			if len(set.In(r.ID)) == 0 {
				t.Errorf("region %s is empty", r.ID)
			}
		}
	}
}

func TestSorted(t *testing.T) {
	tests := []struct {
		lang  locale.Lang
		first []string
	}{
		{locale.English, []string{"AFG", "ALB", "DZA", "AND"}},
		{locale.French, []string{"AFG", "ZAF", "ALB"}},
		{locale.Spanish, []string{"AFG", "ALB", "DEU"}},
		{locale.Russian, []string{"AUS", "AUT", "AZE"}},
		{locale.Chinese, []string{"ALB", "DZA", "AFG", "ARG"}},
		{locale.Arabic, []string{"RUS", "ETH", "AZE", "ARG", "JOR"}},
	}
	for _, test := range tests {
		var got []string
		for _, a := range Pack("un").Sorted(test.lang) {
			got = append(got, a.ID)
		}
		if !slices.Equal(got[:len(test.first)], test.first) {
			t.Errorf("%s begins %v, want %v", test.lang, got[:6], test.first)
		}
	}
}

// The table as joined from public sources differs from ours in these names only,
// and on purpose: we write what M49 and UNTERM write.
var differences = map[[2]string]string{
	{"CIV", "name_en"}: "Ivory Coast",      // the United Nations writes Côte d’Ivoire in every Latin-script language
	{"CIV", "name_ru"}: "Кот-д'Ивуар",      // the same apostrophe as elsewhere
	{"NLD", "name_en"}: "Netherlands",      // M49 since 2023: Netherlands (Kingdom of the)
	{"NLD", "name_ar"}: "هولندا (مملكة _)", // M49 marks the place of the name by a dash
}

func TestAgainstPublicTable(t *testing.T) {
	table := readTable(t, filepath.Join(realdata.Dir(t), "countries.csv"))
	un := Pack("un")
	listed := 0
	for _, r := range table {
		a, ok := un.ByISO3(r["iso3"])
		if ok != (r["un_status"] != "none") {
			t.Errorf("%s: un_status %q, in our table: %v", r["iso3"], r["un_status"], ok)
		}
		if !ok {
			continue
		}
		listed++
		compareCodes(t, a, r)
		for _, lang := range locale.Langs {
			column := "name_" + string(lang)
			theirs, deliberate := differences[[2]string{a.ID, column}]
			switch {
			case deliberate && r[column] != theirs:
				t.Errorf("%s %s: the public table now says %q; is the difference still wanted?", a.ID, column, r[column])
			case !deliberate && a.Name(lang) != r[column]:
				t.Errorf("%s %s: got %q, want %q", a.ID, column, a.Name(lang), r[column])
			}
		}
	}
	if listed != 197 {
		t.Errorf("%d of our areas stand in the public table, want 197", listed)
	}
}

func compareCodes(t *testing.T, a *Area, r row) {
	t.Helper()
	status := map[string]Status{"member": Member, "observer": Observer, "non-member state in UNTERM": NonMember}
	got := []string{a.ISO2, a.M49, a.Region, a.Sub, a.Inter, string(a.Status), flag(a.LDC), flag(a.LLDC), flag(a.SIDS)}
	want := []string{r["iso2"], r["m49"], r["region_m49"], r["subregion_m49"], r["intermediate_m49"],
		string(status[r["un_status"]]), r["ldc"], r["lldc"], r["sids"]}
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", a.ID, got, want)
	}
}

func flag(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

func readTable(t *testing.T, path string) []row {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]row, 0, len(records)-1)
	for _, record := range records[1:] {
		r := make(row, len(record))
		for i, column := range records[0] {
			r[column] = record[i]
		}
		rows = append(rows, r)
	}
	return rows
}
