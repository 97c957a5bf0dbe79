package commitment_test

import (
	"context"
	"strings"
	"testing"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

const pledgesCSV = `Organisation,Kind,Pledge title (en),Pledge title (fr),Pledge,Item,Amount,Currency,Source,Link,Date
Kite Telecom,,Train dock workers,Former les dockers,Kite pledges five million.,H.2,"5,000,000",USD,Port Gazette,https://gazette.harbour.example/2,2024-11-05
Gull Lines,,Clean berths,,Gull Lines will clean its berths.,H.5; H.6,,,Port Gazette,https://gazette.harbour.example/3,2024-11
Tern Foundation,foundation,Scholarships,,,,250000,EUR,Port Gazette,https://gazette.harbour.example/4,2024-12-01
Tern Foundation,foundation,Mentors,,,H.2,,,Port Gazette,https://gazette.harbour.example/4,2024-12-01
`

func TestImportPledges(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		w.now = day("2025-03-21")
		ctx := context.Background()
		before := w.keeper.Size()
		dry, err := commitment.ImportPledges(ctx, w.keeper, strings.NewReader(pledgesCSV), commitment.TableOptions{Lang: "en", DryRun: true})
		if err != nil || len(dry.Faults) > 0 || dry.Rows != 4 || dry.NewOnes != 1 || w.keeper.Size() != before {
			t.Fatalf("dry run: %v, %+v, %d entries", err, dry, w.keeper.Size()-before)
		}
		done, err := commitment.ImportPledges(ctx, w.keeper, strings.NewReader(pledgesCSV), commitment.TableOptions{Lang: "en"})
		if err != nil || len(done.Faults) > 0 || len(done.Entries) != 4 || len(done.Parties) != 1 {
			t.Fatalf("import: %v, %+v", err, done)
		}
		v := w.get(done.Entries[0], "2025-03-21")
		if title, _ := v.Text("title", locale.French); title != "Former les dockers" || v.Party != w.kite || v.Money[0].Amount != "5000000" || v.Lifecycle != "stated" {
			t.Errorf("the first row: %+v", v)
		}
		if v := w.get(done.Entries[1], "2025-03-21"); v.Party != w.stated || len(v.StatedFacts.Items) != 2 {
			t.Errorf("the second row: %+v", v)
		}
		if a, b := w.get(done.Entries[2], "2025-03-21"), w.get(done.Entries[3], "2025-03-21"); a.Party != done.Parties[0] || b.Party != a.Party || a.Serves != "none" {
			t.Errorf("two rows of a new party: %d, %d", a.Party, b.Party)
		}
		w.read(func(tx *db.Tx) error {
			p, err := stakeholder.ByID(tx, done.Parties[0])
			if name, _ := p.Names.In(locale.English); !p.Stated() || name != "Tern Foundation" {
				t.Errorf("the new party: %+v", p)
			}
			return err
		})
		before = w.keeper.Size()
		for _, dryRun := range []bool{true, false} {
			again, err := commitment.ImportPledges(ctx, w.keeper, strings.NewReader(pledgesCSV), commitment.TableOptions{Lang: "en", DryRun: dryRun})
			if err != nil || len(again.Faults) > 0 || again.Existing != 4 || len(again.Entries) > 0 || w.keeper.Size() != before {
				t.Errorf("the same table again: %v, %+v", err, again)
			}
		}
		w.replays()
	})
}

// Each fault has its row and the heading of its column; nothing is kept.
func TestBadPledges(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	head := "party,kind,title,item,amount,currency,source,url,date\n"
	good := "Kite Telecom,,Good,H.1,1,USD,Gazette,https://g.example/,2024\n"
	for _, c := range []struct {
		name, file  string
		row         int
		column, key string
	}{
		{"empty", "", 0, "", "err.sheet.empty"},
		{"a broken workbook", "PK\x03\x04....", 0, "", "err.sheet.workbook_broken"},
		{"no party column", "title\nx\n", 0, "", "err.sheet.no_column"},
		{"unknown item", head + good + "Kite Telecom,,A,X.1,,,Gazette,https://g.example/,2024\n", 3, "item", "err.commitment.unknown_item"},
		{"unknown party of no kind", head + good + "Nobody,,A,H.1,,,Gazette,https://g.example/,2024\n", 3, "party", "err.commitment.row_party"},
		{"unknown kind of party", head + "Nobody,robot,A,H.1,,,Gazette,https://g.example/,2024\n", 2, "kind", "err.party.not_one_of"},
		{"a number of no party", head + "#999,,A,H.1,,,Gazette,https://g.example/,2024\n", 2, "party", "err.party.unknown"},
		{"nothing promised", head + "Kite Telecom,,,H.1,,,Gazette,https://g.example/,2024\n", 2, "promise", "err.commitment.needed"},
		{"no source", head + "Kite Telecom,,A,H.1,,,,https://g.example/,2024\n", 2, "source", "err.commitment.source"},
		{"no address", head + "Kite Telecom,,A,H.1,,,Gazette,ftp://g.example/,2024\n", 2, "url", "err.commitment.link"},
		{"amount", head + "Kite Telecom,,A,H.1,lots,USD,Gazette,https://g.example/,2024\n", 2, "amount", "err.commitment.bad_decimal"},
		{"currency", head + "Kite Telecom,,A,H.1,5,XXX,Gazette,https://g.example/,2024\n", 2, "currency", "err.commitment.currency"},
		{"a day to come", head + "Kite Telecom,,A,H.1,,,Gazette,https://g.example/,2044\n", 2, "date", "err.commitment.future"},
		{"a row twice", head + good + good, 3, "", "err.commitment.row_twice"},
		{"a formula", head + "Kite Telecom,,=1+1,H.1,,,Gazette,https://g.example/,2024\n", 2, "title", "err.sheet.formula"},
		{"cut off", head + "Kite Telecom,,A\n", 2, "", "err.sheet.fields"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := w.keeper.Size()
			done, err := commitment.ImportPledges(context.Background(), w.keeper, strings.NewReader(c.file), commitment.TableOptions{Lang: "en"})
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, f := range done.Faults {
				found = found || f.Row == c.row && f.Column == c.column && f.Err.Key == c.key
			}
			if !found || w.keeper.Size() != before {
				t.Errorf("got %v (%d entries), want row %d, column %q, %s", done.Faults, w.keeper.Size()-before, c.row, c.column, c.key)
			}
		})
	}
}

// What a table says again is left as it is; what is new in it is kept.
func TestPledgesAgain(t *testing.T) {
	const head = "party,kind,title,title (fr),promise,source,url,date\n"
	const kept = "Gull Lines,,Clean berths,,Two berths.,Port Gazette,https://g.example/1,2024-11\nGull Lines,,Clean berths,,Four berths.,Port Gazette,https://g.example/1,2024-11\n" +
		"Gull Lines,,,,A promise without a title.,Port Gazette,https://g.example/1,2024-11\n"
	for _, c := range []struct {
		name, rows    string
		existing, add int
	}{
		{"the same", kept, 3, 0},
		{"case and accents", "GULL  lines,,CLEAN Bérths!,,two berths,Port Gazette,https://g.example/1,2024-11\n", 1, 0},
		{"reworded", "Gull Lines,,Clean berths,,Eight berths.,Port Gazette,https://g.example/1,2024-11\n", 1, 0},
		{"another title is added", "Gull Lines,,Clean berths,Postes propres,Two berths.,Port Gazette,https://g.example/1,2024-11\n", 1, 0},
		{"another publisher, the same address", "Gull Lines,,Clean berths,,Two berths.,The Gazette,https://g.example/1,2024-11\n", 1, 0},
		{"the same publisher, another address", "Gull Lines,,Clean berths,,Two berths.,PORT gazette,https://g.example/2,2024-11\n", 1, 0},
		{"published elsewhere", "Gull Lines,,Clean berths,,Two berths.,Harbour News,https://n.example/,2024-11\n", 0, 1},
		{"another day", "Gull Lines,,Clean berths,,Two berths.,Port Gazette,https://g.example/1,2024-12\n", 0, 1},
		{"another party", "Kite Telecom,,Clean berths,,Two berths.,Port Gazette,https://g.example/1,2024-11\n", 0, 1},
		{"grown at its head by a third of the same title", "Gull Lines,,Clean berths,,Six berths.,Port Gazette,https://g.example/1,2024-11\n" + kept, 3, 1},
		{"grown by a new party", kept + "Tern,foundation,Clean berths,,Two berths.,Port Gazette,https://g.example/1,2024-11\n", 3, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, dbtest.SQLite(t))
			run := func(rows string) commitment.Imported {
				t.Helper()
				done, err := commitment.ImportPledges(context.Background(), w.keeper, strings.NewReader(head+rows), commitment.TableOptions{Lang: "en"})
				if err != nil || len(done.Faults) > 0 {
					t.Fatal(err, done.Faults)
				}
				return done
			}
			run(kept)
			before := w.keeper.Size()
			if got := run(c.rows); got.Existing != c.existing || w.keeper.Size() != before+int64(c.add) {
				t.Errorf("got %d existing, %d entries; want %d, %d", got.Existing, w.keeper.Size()-before, c.existing, c.add)
			}
		})
	}
}

// What was stated of a party before it claimed its entry is not entered again for it afterwards.
func TestPledgesOfAPartyThatClaimedItsEntry(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		file := "party,title,source,url,date\nGull Lines,Clean berths,Port Gazette,https://g.example/1,2024-11\n"
		for n := range 2 {
			done, err := commitment.ImportPledges(context.Background(), w.keeper, strings.NewReader(file), commitment.TableOptions{Lang: "en"})
			if err != nil || len(done.Faults) > 0 || done.Existing != n {
				t.Fatalf("%v, %+v", err, done)
			}
			if n == 0 {
				gull := w.party(stakeholder.Registered{Kind: "private", Size: "small", Area: "QN"}, "Gull Lines")
				w.must(keeper.Act{Kind: stakeholder.KindClaim, By: id(gull), Facts: stakeholder.Claim{Of: w.stated}})
			}
		}
	})
}

// A State goes by the names and codes of its area, unless the row says another kind.
func TestPledgesOfStates(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		jet := w.party(stakeholder.Registered{Kind: "academia", Area: "QN"}, "QP")
		for n, c := range []struct {
			name, party, kind, area, def string
			want                         int64 // 0: a party is made known
		}{
			{"English", "Maravel", "", "", "", w.ministry},
			{"case", "MARAVEL", "", "", "", w.ministry},
			{"Chinese", "马拉韦尔", "", "", "", w.ministry},
			{"Arabic with marks", "مَارافيل", "", "", "", w.ministry},
			{"Russian", "Маравель", "", "", "", w.ministry},
			{"code", "QM", "", "", "", w.ministry},
			{"its own area", "Maravel", "", "Maravel", "", w.ministry},
			{"kind by its word", "Maravel", "Government", "", "", w.ministry},
			{"kind in Chinese", "qm", "国家", "", "", w.ministry},
			{"a name that the area explains", "Government of Maravel", "state", "QM", "", w.ministry},
			{"a list of companies with a State in it", "Maravel", "", "", "private", w.ministry},
			{"a party that goes by a code", "QP", "", "", "", jet},
			{"a company named like a State", "Maravel", "private", "", "", 0},
			{"the company again", "Maravel", "Company", "", "", -1},
			{"a code in a list of companies", "QM", "", "", "private", 0},
			{"a company with its seat elsewhere", "Maravel", "", "QN", "private", -1},
			{"a State that nobody registered", "Norvessa", "", "", "private", 0},
			{"that State in French", "Norvesse", "state", "", "", -1},
		} {
			file := "party,kind,seat,title,source,url,date\n" + c.party + "," + c.kind + "," + c.area + ",Title " + id(int64(n)) + ",Gazette,https://g.example/,2024\n"
			done, err := commitment.ImportPledges(context.Background(), w.keeper, strings.NewReader(file), commitment.TableOptions{Lang: "en", PartyKind: c.def})
			if err != nil || len(done.Faults) > 0 {
				t.Errorf("%s: %v, %v", c.name, err, done.Faults)
				continue
			}
			got := w.get(done.Entries[0], "2025-03-21").Party
			if c.want > 0 && got != c.want || (len(done.Parties) > 0) != (c.want == 0) || c.want < 0 && got == w.ministry {
				t.Errorf("%s: got party %d, %d made known; want %d", c.name, got, len(done.Parties), c.want)
			}
		}
		both := "party,kind,title,source,url,date\nPalmarine,state,A,Gazette,https://g.example/,2024\nПальмарина,,B,Gazette,https://g.example/,2024\n"
		if done, err := commitment.ImportPledges(context.Background(), w.keeper, strings.NewReader(both), commitment.TableOptions{Lang: "en"}); err != nil || len(done.Faults) > 0 || len(done.Parties) != 1 {
			t.Errorf("one State under two names: %v, %+v", err, done)
		}
		w.replays()
	})
}

// A report ends after as many faults as a reader can use, and says that there are more.
func TestFaultsAreCapped(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for _, rows := range []int{200, 201, 1000} {
		bad := strings.Repeat("Nobody,A\n", rows)
		pledges, err := commitment.ImportPledges(context.Background(), w.keeper, strings.NewReader("party,item\n"+strings.Repeat("=1+1,A\n", rows)), commitment.TableOptions{})
		if err != nil {
			t.Fatal(err)
		}
		made, err := commitment.ImportCommitments(context.Background(), w.keeper, strings.NewReader("lead,title\n"+bad), "secretariat", commitment.TableOptions{})
		if err != nil {
			t.Fatal(err)
		}
		checkCapped(t, "pledges", pledges, rows > 200)
		checkCapped(t, "commitments", made, rows > 200)
	}
}

func checkCapped(t *testing.T, what string, got commitment.Imported, more bool) {
	t.Helper()
	want := 200
	if more {
		want = 201
	}
	if len(got.Faults) != want {
		t.Fatalf("%s: got %d faults, want %d", what, len(got.Faults), want)
	}
	if last := got.Faults[want-1]; (last.Err.Key == "err.sheet.more_faults") != more {
		t.Errorf("%s: the last is %v", what, last)
	}
}

const madeCSV = `lead;title (en);title (fr);promise (en);items;type;problem (en);will_do (en);newness;areas;indicator;unit;direction;measure;baseline;baseline date;target;target date;measured by;frequency;responsible_unit;start;end;condition_kind
%;Schools;Écoles;We connect 100 schools.;H.1;infrastructure;Offline.;Lay fibre.;new;QM;Schools with fibre;schools;up;stock;0;2025;100;2030;Register;yearly;Networks;2025-04-01;2030-12-31;unconditional
%;Workers;;We train 10 workers.;H.2;capacity;Untrained.;Train.;new;QM;Workers;people;up;cumulative;0;2025;10;2030;Register;yearly;Academy;2025-04-01;2030-12-31;unconditional
`

func TestImportCommitments(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		file := strings.ReplaceAll(madeCSV, "%", id(w.ministry))
		run := func(file string) commitment.Imported {
			t.Helper()
			done, err := commitment.ImportCommitments(context.Background(), w.keeper, strings.NewReader(file), id(w.ministry), commitment.TableOptions{Lang: "en"})
			if err != nil {
				t.Fatal(err)
			}
			return done
		}
		before := w.keeper.Size()
		bad := run(strings.Replace(file, ";10;2030;", ";0;2030;", 1))
		if len(bad.Faults) != 1 || bad.Faults[0].Row != 3 || bad.Faults[0].Column != "target" || w.keeper.Size() != before {
			t.Errorf("target equal to baseline: %v", bad.Faults)
		}
		foreign := run(strings.Replace(file, id(w.ministry)+";Workers", "Kite Telecom;Workers", 1))
		if len(foreign.Faults) != 1 || foreign.Faults[0].Row != 3 || foreign.Faults[0].Column != "lead" || w.keeper.Size() != before {
			t.Errorf("another party's row: %v", foreign.Faults)
		}
		done := run(strings.Replace(file, id(w.ministry)+";Workers", "马拉韦尔;Workers", 1))
		if len(done.Faults) > 0 || len(done.Entries) != 2 {
			t.Fatalf("import: %+v", done)
		}
		v := w.get(done.Entries[0], "2025-04-01")
		if title, _ := v.Text("title", locale.French); title != "Écoles" || v.Facts.ReportEvery != 6 || v.Facts.Review != "peer" || !v.Quality.Verifiable {
			t.Errorf("the first row: %+v", v)
		}
		w.replays()
	})
}
