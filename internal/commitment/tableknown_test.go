package commitment_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// exported is the table of a party's commitments, as cells.
func (w *world) exported(party int64, l locale.Lang) [][]string {
	w.Helper()
	var b bytes.Buffer
	w.read(func(tx *db.Tx) error {
		_, err := commitment.WriteTable(tx, party, l, "2025-04-01", &b)
		return err
	})
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\ufeff")))
	if l == locale.French {
		r.Comma = ';'
	}
	rows, err := r.ReadAll()
	if err != nil {
		w.Fatal(err)
	}
	return rows
}

// imported takes a table; it is sent by "secretariat" or by a party.
func (w *world) imported(table [][]string, by string, edit ...func(*commitment.TableOptions)) commitment.Imported {
	w.Helper()
	var b bytes.Buffer
	c := csv.NewWriter(&b)
	if err := c.WriteAll(table); err != nil {
		w.Fatal(err)
	}
	o := commitment.TableOptions{Lang: "en"}
	for _, e := range edit {
		e(&o)
	}
	done, err := commitment.ImportCommitments(context.Background(), w.keeper, &b, by, o)
	if err != nil {
		w.Fatal(err)
	}
	return done
}

func dry(o *commitment.TableOptions) { o.DryRun = true }

// put writes a cell under a heading, which is added where the table does not have it.
func put(table [][]string, row int, heading, text string) [][]string {
	at := slices.Index(table[0], heading)
	if at < 0 {
		for n := range table {
			table[n] = append(table[n], "")
		}
		at = len(table[0]) - 1
		table[0][at] = heading
	}
	table[row][at] = text
	return table
}

// only keeps some columns of a table.
func only(table [][]string, headings ...string) (out [][]string) {
	for _, row := range table {
		var cells []string
		for i, heading := range table[0] {
			if slices.Contains(headings, heading) {
				cells = append(cells, row[i])
			}
		}
		out = append(out, cells)
	}
	return out
}

// full is a commitment with all that a table has trouble with: more rows than most,
// texts in many languages, texts that look like formulas, roles, zeros that state precision.
func (w *world) full(lang string) keeper.Act {
	return change(w.schools(), func(f *commitment.Made, words map[string]string) {
		f.Lang, f.Indicators[0].Baseline, f.Indicators[0].Dedup = lang, "0.50", "schools"
		for n := 1; n < 6; n++ {
			f.Milestones = append(f.Milestones, commitment.Milestone{Due: fmt.Sprintf("2027-0%d-01", n)})
			words[fmt.Sprintf("milestones.%d.text.%s", n, lang)] = fmt.Sprintf("Step %d", n)
		}
		f.Indicators = append(f.Indicators, commitment.Indicator{Unit: "people", Direction: "up", Measure: "stock", Target: "9000", TargetOn: "2030", Frequency: "yearly"})
		f.Money = append(f.Money, commitment.Money{Amount: "1000.00", Currency: "EUR", ValueOn: "2025", Kind: "cash", Role: "own"})
		maps.Copy(words, map[string]string{"indicators.1.name." + lang: "Pupils", "indicators.1.source." + lang: "Census", "indicators.0.name.ar": "مدارس",
			"partners.0.role.en": "Lays the cable", "risks.en": "=1+1", "risks.fr": "-2 degrés", "safeguards.en": "'+plus", "consulted.zh": "居民\n教师", "title.sw": "Shule"})
		words["title."+lang] = "Title, \"quoted\" in " + lang
	})
}

// What went out and comes back untouched changes nothing, whatever it holds.
func TestTableRoundTrip(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		a, b := w.must(w.full("en")), w.must(w.full("fr"))
		w.must(w.full("sw"))
		w.must(w.amend(a, func(f *commitment.Amended, words map[string]string) {
			f.End, words["promise.en"] = "2031-12-31", "Better."
		}))
		gone := w.must(w.schools())
		w.must(keeper.Act{Kind: commitment.KindWithdrawn, By: id(w.ministry), Facts: commitment.Ended{Commitment: gone}, Words: map[string]string{"reason.en": "No money."}})
		for _, l := range []locale.Lang{locale.English, locale.French} {
			table, before := w.exported(w.ministry, l), w.keeper.Size()
			if len(table) != 4 || len(table[0]) < 60 {
				t.Fatalf("%d rows of %d columns", len(table), len(table[0]))
			}
			for _, by := range []string{"secretariat", id(w.ministry)} {
				done := w.imported(table, by, func(o *commitment.TableOptions) { o.Lang = string(l) })
				if len(done.Faults)+len(done.Unread)+len(done.Entries) > 0 || done.Count(commitment.RowUnchanged) != 3 || w.keeper.Size() != before {
					t.Errorf("%s by %s: %v, unread %v, lines %+v", l, by, done.Faults, done.Unread, done.Lines)
				}
			}
		}
		// Through a spreadsheet that writes numbers, days and truths its own way.
		table := w.exported(w.ministry, locale.English)
		for row := 1; row < len(table); row++ {
			put(put(put(put(table, row, "indicators.0.baseline", "0.5"), row, "money.1.amount", "1000"), row, "items", "h.1"), row, "beneficiaries", "rural; learners")
			put(put(table, row, "indicators.0.primary", "TRUE"), row, "money.0.dac", "22010:20%; 22040:80")
		}
		if done := w.imported(table, "secretariat"); done.Count(commitment.RowUnchanged) != 3 || len(done.Faults) > 0 {
			t.Errorf("written otherwise: %v, %+v", done.Faults, done.Lines)
		}
		if b < a {
			t.Fatal("numbers go up")
		}
	})
}

// Changed cells become an amendment, new rows a commitment, all in one submission and once.
func TestTableAmends(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		c, rest := w.must(w.full("en")), w.must(w.schools())
		table := w.exported(w.ministry, locale.English)
		for heading, text := range map[string]string{"reason": "The delta was flooded.", "indicators.0.target": "800", "milestones.5.text": "Last step", "title": "800 schools", "title.fr": "800 écoles",
			"risks": "", "risks.fr": "", "promise.fr": "800 écoles, promis."} {
			put(table, 1, heading, text)
		}
		fresh := append([]string(nil), table[2]...)
		table = append(table, fresh)
		put(put(put(put(table, 3, "commitment", ""), 3, "version", ""), 3, "title", "Another"), 3, "promise", "Another promise.")
		key := func(o *commitment.TableOptions) { o.Key = "import/1" }
		before := w.keeper.Size()
		want := []commitment.TableLine{
			{Row: 2, Outcome: "amended", Commitment: c, Fields: []string{"title", "title.fr", "title.sw", "promise.fr", "indicators.0.target", "milestones.5.text", "risks", "risks.fr"}},
			{Row: 3, Outcome: "unchanged", Commitment: rest}, {Row: 4, Outcome: "new"}}
		same := func(a, b commitment.TableLine) bool {
			slices.Sort(a.Fields)
			fields := slices.Sorted(slices.Values(b.Fields))
			return a.Row == b.Row && a.Outcome == b.Outcome && a.Commitment == b.Commitment && slices.Equal(a.Fields, fields)
		}
		if done := w.imported(table, "secretariat", dry, key); len(done.Faults) > 0 || !slices.EqualFunc(done.Lines, want, same) || w.keeper.Size() != before {
			t.Fatalf("dry run: %v\ngot  %+v\nwant %+v", done.Faults, done.Lines, want)
		}
		done := w.imported(table, "secretariat", key)
		if len(done.Faults) > 0 || len(done.Entries) != 2 || w.keeper.Size() != before+2 {
			t.Fatalf("kept: %v, %+v", done.Faults, done)
		}
		v := w.get(c, "2025-04-01")
		if v.Facts.Indicators[0].Target != "800" || v.Facts.Indicators[0].Baseline != "0.50" || v.Facts.Indicators[0].Dedup != "schools" || v.Version != done.Entries[0] || len(v.Facts.Milestones) != 6 {
			t.Errorf("the facts: %+v", v.Facts)
		}
		for name, text := range map[string]string{"title.en": "800 schools", "title.fr": "800 écoles", "title.sw": "", "risks.en": "", "risks.fr": "", "promise.fr": "800 écoles, promis.",
			"promise.en": "The Ministry will connect 1,000 rural schools with open-access fibre by the end of 2030.", "partners.0.role.en": "Lays the cable", "indicators.0.name.ar": "مدارس",
			"milestones.5.text.en": "Last step", "safeguards.en": "'+plus", "consulted.zh": "居民\n教师"} {
			if v.Words[name] != text {
				t.Errorf("%s: got %q, want %q", name, v.Words[name], text)
			}
		}
		if again := w.imported(table, "secretariat", key); again.Again != 2 || again.Rows != 3 || len(again.Entries)+len(again.Faults) > 0 || w.keeper.Size() != before+2 {
			t.Errorf("the same file again: %+v", again)
		}
		w.replays()
	})
}

// A table with few columns changes nothing in the others.
func TestTableOfFewColumns(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	c := w.must(w.full("en"))
	table := put(only(w.exported(w.ministry, locale.English), "party", "commitment", "end", "title.fr", "reason"), 1, "end", "2031-12-31")
	put(put(table, 1, "reason", "Late."), 1, "title.fr", "Écoles")
	before := w.get(c, "2025-04-01")
	if done := w.imported(table, id(w.ministry)); len(done.Faults) > 0 || len(done.Entries) != 1 {
		t.Fatalf("%+v", done)
	}
	after := w.get(c, "2025-04-01")
	before.Words["title.fr"], before.Facts.End = "Écoles", "2031-12-31"
	if !maps.Equal(before.Words, after.Words) || fmt.Sprint(before.Facts) != fmt.Sprint(after.Facts) {
		t.Errorf("got %+v\n%v\nwant %+v\n%v", after.Facts, after.Words, before.Facts, before.Words)
	}
}

// Somebody amended since the table went out: told cell by cell with both values, and nothing is written.
func TestTableConflicts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		c, other := w.must(w.schools()), w.must(w.schools())
		table := w.exported(w.ministry, locale.English)
		for row := range 2 {
			put(put(table, row+1, "indicators.0.target", "800"), row+1, "reason", "Flood.")
		}
		now := w.must(w.amend(c, func(f *commitment.Amended, _ map[string]string) { f.Indicators[0].Target = "900" }))
		before := w.keeper.Size()
		done := w.imported(table, "secretariat")
		if len(done.Faults) != 1 || w.keeper.Size() != before || done.Lines[0].Outcome != "conflict" || done.Lines[1].Outcome != "amended" || done.Lines[1].Commitment != other {
			t.Fatalf("%v, %+v", done.Faults, done.Lines)
		}
		f := done.Faults[0]
		if f.Row != 2 || f.Column != "indicators.0.target" || f.Err.Key != "err.commitment.row_conflict" || !strings.Contains(f.Message(locale.English), "“900”") ||
			!strings.Contains(f.Message(locale.English), "“800”") || !strings.Contains(f.Remedy(locale.French), id(now)) {
			t.Errorf("the conflict: %+v, %s", f, f.Message(locale.English))
		}
		// An old version that says what stands is no conflict, and a row without a version amends what stands.
		put(table, 1, "indicators.0.target", "900")
		if done := w.imported(table, "secretariat", dry); len(done.Faults) > 0 || done.Lines[0].Outcome != "unchanged" {
			t.Errorf("the same: %v, %+v", done.Faults, done.Lines)
		}
		put(put(table, 1, "indicators.0.target", "700"), 1, "version", "")
		if done := w.imported(table, "secretariat"); len(done.Faults) > 0 || len(done.Entries) != 2 || w.get(c, "2025-04-01").Facts.Indicators[0].Target != "700" {
			t.Errorf("without a version: %v, %+v", done.Faults, done.Lines)
		}
	})
}

// Each row that cannot amend says so in its cell, with what to do; nothing is kept.
func TestTableRefusals(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	c := w.must(w.schools())
	end := func(kind, outcome string) string {
		a := w.must(w.schools())
		w.must(keeper.Act{Kind: kind, By: id(w.ministry), Facts: commitment.Ended{Commitment: a, Outcome: outcome}, Words: map[string]string{"reason.en": "x"}})
		return id(a)
	}
	withdrawn, concluded := end(commitment.KindWithdrawn, ""), end(commitment.KindConcluded, "achieved")
	kites := w.must(change(w.schools(), func(f *commitment.Made, _ map[string]string) { f.Lead, f.LeadShare, f.Partners = w.kite, "", nil }, func(a *keeper.Act) { a.By = id(w.kite) }))
	told, err := commitment.ImportPledges(context.Background(), w.keeper, strings.NewReader("party,title,source,url,date\n"+id(w.ministry)+",Quays,Gazette,https://g.example/,2024\n"), commitment.TableOptions{Lang: "en"})
	if err != nil || len(told.Entries) != 1 {
		t.Fatal(err, told.Faults)
	}
	for _, x := range []struct {
		name        string
		edit        map[string]string
		by          string
		column, key string
	}{
		{"no number", map[string]string{"commitment": "the first"}, "secretariat", "commitment", "row_number"},
		{"unknown", map[string]string{"commitment": "99999"}, "secretariat", "commitment", "row_unknown"},
		{"another kind of entry", map[string]string{"commitment": id(w.kite)}, "secretariat", "commitment", "row_unknown"},
		{"of another party", map[string]string{"commitment": id(kites)}, "secretariat", "commitment", "row_other_party"},
		{"another party's name on it", map[string]string{"party": "Kite Telecom"}, "secretariat", "commitment", "row_other_party"},
		{"sent by another party", nil, id(w.kite), "commitment", "row_other_party"},
		{"stated only", map[string]string{"commitment": id(told.Entries[0])}, "secretariat", "commitment", "row_stated"},
		{"withdrawn", map[string]string{"commitment": withdrawn}, "secretariat", "commitment", "row_withdrawn"},
		{"concluded", map[string]string{"commitment": concluded}, "secretariat", "commitment", "row_concluded"},
		{"no version", map[string]string{"version": "latest"}, "secretariat", "version", "row_version"},
		{"a version of another", map[string]string{"version": withdrawn}, "secretariat", "version", "row_version"},
		{"no reason", map[string]string{"end": "2031-12-31"}, "secretariat", "reason", "reason_amend"},
		{"not a number", map[string]string{"indicators.0.target": "many", "reason": "x"}, "secretariat", "indicators.0.target", "bad_decimal"},
		{"an indicator taken out", map[string]string{"indicators.0.target": "", "reason": "x"}, "secretariat", "indicators.0.target", "needed"},
		{"no title any more", map[string]string{"title": "", "reason": "x"}, "secretariat", "title", "needed"},
		{"one text twice", map[string]string{"title.en": "Another", "reason": "x"}, "secretariat", "title.en", "row_two_texts"},
		{"an unknown partner", map[string]string{"partners": "99999:40", "reason": "x"}, "secretariat", "partners", ""},
		{"a number lost", map[string]string{"commitment": ""}, "secretariat", "commitment", "row_no_number"},
	} {
		t.Run(x.name, func(t *testing.T) {
			table, before := w.exported(w.ministry, locale.English), w.keeper.Size()
			for heading, text := range x.edit {
				put(table, 1, heading, text)
			}
			done := w.imported(table, x.by)
			if len(done.Faults) != 1 || w.keeper.Size() != before || done.Lines[0].Outcome != "fault" {
				t.Fatalf("got %v, %+v, %d entries", done.Faults, done.Lines, w.keeper.Size()-before)
			}
			f := done.Faults[0]
			if f.Row != 2 || f.Column != x.column || x.key != "" && f.Err.Key != "err.commitment."+x.key || strings.HasPrefix(x.key, "row_") && f.Remedy(locale.Arabic) == "" {
				t.Errorf("got %+v in %q", f, f.Column)
			}
		})
	}
	table := w.exported(w.ministry, locale.English)
	if done := w.imported(append(table, table[1]), "secretariat"); len(done.Faults) != 1 || done.Faults[0].Row != 3 || done.Faults[0].Err.Key != "err.commitment.row_twice" {
		t.Errorf("one commitment in two rows: %v", done.Faults)
	}
	if w.get(c, "2025-04-01").Lifecycle != commitment.Published {
		t.Error("a refused table amended")
	}
}

// A workbook is taken as a CSV file is: its numbers and truths are typed.
func TestTableFromAWorkbook(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	c := w.must(w.full("en"))
	book := excelize.NewFile()
	defer book.Close()
	for y, row := range put(put(w.exported(w.ministry, locale.English), 1, "reason", "Flood."), 1, "indicators.1.target", "8500") {
		for x, cell := range row {
			at, _ := excelize.CoordinatesToCellName(x+1, y+1)
			var v any = cell
			if n, err := strconv.ParseFloat(cell, 64); err == nil {
				v = n
			} else if cell == "yes" {
				v = true
			}
			if err := book.SetCellValue("Sheet1", at, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	b, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	done, err := commitment.ImportCommitments(context.Background(), w.keeper, b, "secretariat", commitment.TableOptions{Lang: "en"})
	if err != nil || len(done.Faults) > 0 || len(done.Entries) != 1 || !slices.Equal(done.Lines[0].Fields, []string{"indicators.1.target"}) {
		t.Fatalf("%v, %v, %+v", err, done.Faults, done.Lines)
	}
	if got := w.get(c, "2025-04-01").Facts.Indicators[1].Target; got != "8500" {
		t.Errorf("got %s", got)
	}
}

// An amendment by the form keeps the roles of partners, for which it does not ask.
func TestAmendmentKeepsRoles(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	v := w.get(w.must(w.full("en")), "2025-04-01")
	d := commitment.NewAmendment(v)
	d.Fields["end"], d.Fields["reason"] = "2031-12-31", "Late."
	a, es := d.Amendment(v, w.pack, w.now, id(w.ministry))
	if f := a.Facts.(commitment.Amended); len(es) > 0 || len(f.Dropped) > 0 {
		t.Errorf("dropped %v, %v", f.Dropped, es)
	}
	d.Fields["partners"] = id(w.loose) + ":40"
	a, _ = d.Amendment(v, w.pack, w.now, id(w.ministry))
	if f := a.Facts.(commitment.Amended); !slices.Equal(f.Dropped, []string{"partners.0.role"}) {
		t.Errorf("another partner in its place: dropped %v", f.Dropped)
	}
}
