package commitment_test

import (
	"context"
	"strings"
	"testing"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
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
		again, err := commitment.ImportPledges(ctx, w.keeper, strings.NewReader(pledgesCSV), commitment.TableOptions{Lang: "en"})
		if err != nil || len(again.Faults) != 4 || again.Faults[0].Err.Key != "err.commitment.stated_already" {
			t.Errorf("the same table again: %v, %v", err, again.Faults)
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
		{"a workbook", "PK\x03\x04....", 0, "", "err.sheet.workbook"},
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
		done := run(file)
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
