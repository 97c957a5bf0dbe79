package stakeholder_test

import (
	"context"
	"maps"
	"strings"
	"testing"

	"kept/compacts"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

const endorsers = `Organisation;Type;Country;Supports;Website
Tide Watch;NGO;Maravel;P2a, P2b;tidewatch.example
"Lantern ""Charts""";Company;QN;O1;https://lantern.example/
Université des Marées;academia;Norvesse;;
Saltmarch;State;QS;;
`

var list = stakeholder.Options{Source: "List of the Harbour Office", SourceLang: "en", SourceURL: "https://example.org/list", On: "2024-10-01"}

func TestImportOfEndorsements(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		s := tide(t, store())
		ctx := context.Background()
		own := s.Submit(register("civil-society", "tide WATCH"))
		take := func(dry bool) stakeholder.Report {
			t.Helper()
			o := list
			o.DryRun = dry
			r, err := stakeholder.ImportEndorsements(ctx, s.Keeper, strings.NewReader(endorsers), o)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range r.Faults {
				t.Errorf("fault: %v", f)
			}
			return r
		}
		want := map[string]int{stakeholder.KindStated: 3, stakeholder.KindEndorsed: 4}
		size := s.Keeper.Size()
		if r := take(true); !maps.Equal(r.Made, want) || r.Rows != 4 || s.Keeper.Size() != size {
			t.Errorf("dry run: got %v of %d rows, size %d → %d", r.Made, r.Rows, size, s.Keeper.Size())
		}
		if r := take(false); !maps.Equal(r.Made, want) || r.Existing != 0 || s.Keeper.Size() != size+7 {
			t.Errorf("got %v, size %d → %d", r.Made, size, s.Keeper.Size())
		}
		if r := take(false); len(r.Made) != 0 || r.Existing != 4 || s.Keeper.Size() != size+7 {
			t.Errorf("again: got %v, %d existing", r.Made, r.Existing)
		}
		s.Read(func(tx *db.Tx) error {
			page, err := stakeholder.List(tx, stakeholder.Filter{Where: stakeholder.Elsewhere, Lang: locale.French})
			if err != nil {
				return err
			}
			var names []string
			for _, p := range page.Parties {
				name, _ := p.Names.In(locale.French)
				names = append(names, name)
			}
			if got, want := strings.Join(names, " | "), `Lantern "Charts" | Saltmarch | Université des Marées`; got != want || page.Total != 3 {
				t.Errorf("elsewhere: got %q of %d, want %q", got, page.Total, want)
			}
			history, err := stakeholder.History(tx, own)
			if err != nil || len(history) != 1 || !history[0].Stated() || history[0].StatedOn != "2024-10-01" {
				t.Errorf("stated of a party registered here: got %+v, %v", history, err)
			}
			words, err := keeper.WordsOf(tx, history[0].ID)
			if words["source.en"] != list.Source || words["url.und"] != list.SourceURL {
				t.Errorf("source: got %q", words)
			}
			return err
		})
		s.Replay()
	})
}

func TestImportOfParties(t *testing.T) {
	s := tide(t, dbtest.SQLite(t))
	file := "Nom,Art,Land,Größe,Parent\nÆgir Lines,Firma,QM,large,\nÆgir Ports,Firma,QM,small,Harbour Board\n"
	o := stakeholder.Options{Mapping: map[string]string{"name.fr": "Nom", "kind": "Art", "area": "Land", "size": "Größe"}, Kinds: map[string]string{"Firma": "private"}}
	board := s.Submit(register("civil-society", "Harbour Board"))
	r, err := stakeholder.ImportParties(context.Background(), s.Keeper, strings.NewReader(file), o)
	if err != nil || len(r.Faults) > 0 || r.Made[stakeholder.KindRegistered] != 2 {
		t.Fatalf("got %+v, %v", r, err)
	}
	s.Read(func(tx *db.Tx) error {
		found, err := stakeholder.Find(tx, "aegir ports", "QM")
		if err != nil || found == 0 {
			found, err = stakeholder.Find(tx, "Ægir Ports", "QM")
		}
		if err != nil || found == 0 {
			t.Fatalf("not found: %v", err)
		}
		p, err := stakeholder.ByID(tx, found)
		if p.Parent != board || p.Size != "small" || p.StatedOn != "" {
			t.Errorf("got %+v", p)
		}
		return err
	})
}

func TestImportRefusesTheWholeFile(t *testing.T) {
	tests := []struct {
		name, file string
		change     func(*stakeholder.Options)
		row        int
		column     string
		key        string
	}{
		{"no source", "name,kind\nA,media\n", func(o *stakeholder.Options) { o.Source = "" }, 0, "", "err.import.source"},
		{"no address of the source", "name,kind\nA,media\n", func(o *stakeholder.Options) { o.SourceURL = "" }, 2, "url", "err.party.source_url_missing"},
		{"address of the source is a script", "name,kind,url\nA,media,javascript:alert(1)\n", nil, 2, "url", "err.party.bad_address"},
		{"no date", "name,kind\nA,media\n", func(o *stakeholder.Options) { o.On = "" }, 2, "on", "err.party.date_missing"},
		{"date in the future", "name,kind,date\nA,media,2030-01-01\n", nil, 2, "date", "err.party.future"},
		{"no such day", "name,kind,date\nA,media,2025-02-30\n", nil, 2, "date", "err.party.bad_date"},
		{"no name column", "kind\nmedia\n", nil, 0, "", "err.sheet.no_column"},
		{"no name", "name,kind\n,media\n", nil, 2, "name", "err.party.name_missing"},
		{"unknown kind", "name,Type\nA,wizard\n", nil, 2, "Type", "err.party.not_one_of"},
		{"no kind", "name\nA\n", nil, 2, "kind", "err.party.kind_missing"},
		{"unknown area", "name,kind,Country\nA,media,Atlantis\n", nil, 2, "Country", "err.party.unknown_area"},
		{"unknown item", "name,kind,supports\nA,media,P2a;P9z\n", nil, 2, "supports", "err.endorsement.unknown_item"},
		{"item of another text", "name,kind,supports\nA,media,D.1\n", nil, 2, "supports", "err.endorsement.unknown_item"},
		{"unknown text", "name,kind\nA,media\n", func(o *stakeholder.Options) { o.Text = "other" }, 2, "text", "err.party.unknown_text"},
		{"row twice", "name,kind,area\nA b,media,QM\nB,media,QM\n\"a  B\",media,QM\n", nil, 4, "name", "err.import.row_twice"},
		{"known party twice", "name,kind,area\nTide Watch,media,QM\nTIDE WATCH,media,\n", nil, 3, "name", "err.import.row_twice"},
		{"same domain twice", "name,kind,web\nA,media,a.example\nB,media,http://www.a.example/\n", nil, 3, "web", "err.import.row_twice"},
		{"formula", "name,kind\n\"=HYPERLINK(\"\"http://e.example\"\")\",media\n", nil, 2, "name", "err.sheet.formula"},
		{"unknown parent", "name,kind,parent\nA,media,Nobody\n", nil, 2, "parent", "err.import.parent"},
		{"long name", "name,kind\n" + strings.Repeat("x", 301) + ",media\n", nil, 2, "name", "err.party.word_too_long"},
		{"name of 10 MB", "name,kind\n" + strings.Repeat("x", 10<<20) + ",media\n", nil, 2, "A", "err.sheet.field_too_long"},
		{"truncated", "name,kind\nA,media\n\"B,me", nil, 3, "A", "err.sheet.quote_open"},
		{"Latin-1", "name,kind\nCaf\xe9,media\n", nil, 2, "A", "err.sheet.not_utf8"},
		{"header only", "name,kind\n", nil, 0, "", "err.import.no_rows"},
	}
	s := tide(t, dbtest.SQLite(t))
	s.Submit(register("media", "Tide Watch"))
	size := s.Keeper.Size()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := list
			if tt.change != nil {
				tt.change(&o)
			}
			r, err := stakeholder.ImportEndorsements(context.Background(), s.Keeper, strings.NewReader(tt.file), o)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Faults) == 0 {
				t.Fatalf("no fault: %+v", r)
			}
			if f := r.Faults[0]; f.Row != tt.row || f.Column != tt.column || f.Err.Key != tt.key {
				t.Errorf("got row %d, column %q, %s (%v); want row %d, column %q, %s", f.Row, f.Column, f.Err.Key, f, tt.row, tt.column, tt.key)
			}
			if strings.Contains(r.Faults[0].Error(), "⟦") || strings.Contains(r.Faults[0].Error(), "{") {
				t.Errorf("message: %s", r.Faults[0].Error())
			}
			if len(r.Made) != 0 || s.Keeper.Size() != size {
				t.Errorf("something was made: %v, size %d → %d", r.Made, size, s.Keeper.Size())
			}
		})
	}
}

// An endorsement by a State finds it by any name of its area, where the row says
// no kind or the right one; nobody is entered twice.
func TestImportFindsStates(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		s := open(t, store(), compacts.GDC())
		kenya := s.Submit(keeper.Act{Kind: stakeholder.KindRegistered, By: "secretariat", Facts: stakeholder.Registered{Kind: "state", Area: "KEN"}})
		for _, tt := range []struct {
			name, row, kind string
			state           bool
		}{
			{"English", "Kenya,,", "", true},
			{"French in a list of companies", "kénya,,", "private", true},
			{"Spanish", "Kenya,state,", "", true},
			{"Russian", "Кения,,", "", true},
			{"Arabic", "كينيا,,", "", true},
			{"Chinese", "肯尼亚,,", "", true},
			{"code", "KEN,,", "", true},
			{"code of a State", "ken,State,", "", true},
			{"code in a list of States", "KEN,,", "state", true},
			{"with its area", "Kenya,,Kenya", "", true},
			{"a company by that name", "Kenya,Company,", "", false},
			{"a code in a list of companies", "KEN,,", "private", false},
			{"seated elsewhere", "Kenya,,FRA", "private", false},
		} {
			o := list
			o.Kind, o.DryRun = tt.kind, true
			r, err := stakeholder.ImportEndorsements(context.Background(), s.Keeper, strings.NewReader("name,kind,area\n"+tt.row+"\n"), o)
			if err != nil || len(r.Faults) > 0 || len(r.Lines) != 1 {
				t.Errorf("%s: %v, %+v", tt.name, err, r)
				continue
			}
			if got := r.Lines[0].Party == kenya; got != tt.state || r.Made[stakeholder.KindStated] > 0 == tt.state {
				t.Errorf("%s: got party %d, made %v; want the State: %v", tt.name, r.Lines[0].Party, r.Made, tt.state)
			}
		}
	})
}

func TestImportCapsItsFaults(t *testing.T) {
	s := tide(t, dbtest.SQLite(t))
	for rows, want := range map[int]int{200: 200, 201: 201, 900: 201} {
		r, err := stakeholder.ImportParties(context.Background(), s.Keeper, strings.NewReader("name,kind\n"+strings.Repeat("A,wizard\n", rows)), stakeholder.Options{})
		if err != nil || len(r.Faults) != want {
			t.Fatalf("%d rows: got %d faults, %v; want %d", rows, len(r.Faults), err, want)
		}
		if last := r.Faults[want-1]; (last.Err.Key == "err.sheet.more_faults") != (want > 200) {
			t.Errorf("%d rows: the last is %v", rows, last)
		}
	}
}

// Hostile characters in names go; the rest of the row is taken.
func TestImportCleansNames(t *testing.T) {
	s := tide(t, dbtest.SQLite(t))
	file := "name,kind\n\"\u202eevil\u202c\x00 name\nover  lines\",media\n<script>alert(1)</script>,media\n"
	r, err := stakeholder.ImportParties(context.Background(), s.Keeper, strings.NewReader(file), stakeholder.Options{})
	if err != nil || len(r.Faults) > 0 {
		t.Fatalf("got %v, %v", r.Faults, err)
	}
	if got, want := r.Lines[0].Name, "evil name over lines"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := r.Lines[1].Name, "<script>alert(1)</script>"; got != want {
		t.Errorf("markup is text and stays: got %q, want %q", got, want)
	}
}

func TestImportTakesFiveThousandRowsAtMost(t *testing.T) {
	s := tide(t, dbtest.SQLite(t))
	var file strings.Builder
	file.WriteString("name,kind\n")
	for n := range 5001 {
		file.WriteString("Boat " + id(int64(n)) + ",media\n")
	}
	r, err := stakeholder.ImportParties(context.Background(), s.Keeper, strings.NewReader(file.String()), stakeholder.Options{DryRun: true})
	if err != nil || len(r.Faults) != 1 || r.Faults[0].Err.Key != "err.sheet.too_many_rows" || r.Faults[0].Row != 5002 {
		t.Fatalf("got %v, %v", r.Faults, err)
	}
	if !strings.Contains(r.Faults[0].Error(), "5,000") {
		t.Errorf("the limit is not named: %s", r.Faults[0].Error())
	}
}
