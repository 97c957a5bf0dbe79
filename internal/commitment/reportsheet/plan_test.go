package reportsheet_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"kept/internal/commitment/reportsheet"
	"kept/internal/locale"
)

const today = "2026-04-02"

var codes = reportsheet.Codes{Reasons: []string{"not_yet_measured", "withheld"}, Statuses: []string{"not_started", "in_progress", "completed"},
	Steps: []string{"planned", "done", "late", "dropped"}, Barriers: []string{"funding", "law", "data"}}

// schools is a commitment that was reported on once; lamps is one without indicators.
var (
	schools = reportsheet.Known{ID: 12, Version: 12, Report: 40, Titles: map[string]string{"en": "Schools on fibre", "fr": "Écoles raccordées"}, Lang: "en",
		Items: []string{"H.1"}, Status: "in_progress", From: "2025-07-01",
		Indicators: []reportsheet.Indicator{
			{Names: map[string]string{"en": "Schools with fibre"}, Unit: "schools", Target: "1000", TargetOn: "2030", Value: "120", ValueOn: "2025-06-30",
				Hint: reportsheet.Hint{Value: "41.2", Period: "2024", Source: "ITU"}},
			{Names: map[string]string{"en": "=Share of pupils"}, Unit: "percent", Target: "90", TargetOn: "2030"}},
		Milestones: []reportsheet.Milestone{{Names: map[string]string{"en": "First hundred"}, Due: "2026-12-31", State: "planned"}}}
	lamps = reportsheet.Known{ID: 13, Version: 13, Titles: map[string]string{"en": "Lamps"}, Lang: "en", From: "2025-01-01"}
)

func known() map[int64]reportsheet.Known {
	return map[int64]reportsheet.Known{12: schools, 13: lamps}
}

func all(f func(reportsheet.Known) error) error {
	for _, k := range []reportsheet.Known{schools, lamps} {
		if err := f(k); err != nil {
			return err
		}
	}
	return nil
}

// made is the sheet as CSV, as a table that a test can change: headings, names, rows.
func made(t testing.TB, l locale.Lang) [][]string {
	t.Helper()
	var b bytes.Buffer
	if err := reportsheet.WriteCSV(&b, l, today, all); err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\ufeff")))
	if strings.Count(strings.SplitN(b.String(), "\n", 2)[0], ";") > 10 {
		r.Comma = ';'
	}
	table, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// at finds a column by its name for the program.
func at(table [][]string, column string) int { return slices.Index(table[1], column) }

// set fills cells: "3.value" is the value in the third row of the file.
func set(table [][]string, cells map[string]string) {
	for place, text := range cells {
		var row int
		var column string
		if _, err := fmt.Sscanf(strings.Replace(place, ".", " ", 1), "%d %s", &row, &column); err != nil {
			panic(err)
		}
		table[row-1][at(table, column)] = text
	}
}

func asCSV(table [][]string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.WriteAll(table)
	return b.String()
}

func plan(t testing.TB, text string, o reportsheet.Options) *reportsheet.Plan {
	t.Helper()
	f, err := reportsheet.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	o.Codes, o.Today = codes, today
	return f.Plan(known(), o)
}

// filled is the sheet with a whole report on the first commitment.
var filled = map[string]string{"3.value": "150", "3.value_on": "31 March 2026", "3.status": "in progress", "4.value": "12,5%", "5.milestone_state": "done",
	"5.narrative": "Fibre reached the coast.", "5.barriers": "funding; law and regulation", "5.evidence": "https://register.example/1 https://register.example/2"}

func TestPlan(t *testing.T) {
	table := made(t, locale.English)
	set(table, filled)
	p := plan(t, asCSV(table), reportsheet.Options{})
	if len(p.Faults) > 0 || !p.Ready() || p.Rows != 4 || p.Said != 3 || len(p.Lines) != 1 {
		t.Fatalf("got %+v", p)
	}
	r := p.Lines[0].Report
	if r.From != "2025-07-01" || r.To != today || r.Status != "in_progress" || r.Carried || r.Narrative != "Fibre reached the coast." {
		t.Errorf("report: %+v", r)
	}
	want := []reportsheet.Value{{Indicator: 0, Value: "150", On: "2026-03-31"}, {Indicator: 1, Value: "12.5", On: today}}
	if !slices.Equal(r.Values, want) || !slices.Equal(r.Milestones, []reportsheet.Step{{Milestone: 0, State: "done"}}) {
		t.Errorf("got %+v and %+v", r.Values, r.Milestones)
	}
	if !slices.Equal(r.Barriers, []string{"funding", "law"}) || len(r.Evidence) != 2 {
		t.Errorf("got %q, %q", r.Barriers, r.Evidence)
	}
}

// The sheet is in six languages; its words are read back in each.
func TestPlanInSixLanguages(t *testing.T) {
	for _, l := range locale.Langs {
		table := made(t, l)
		set(table, map[string]string{"3.value": "150", "4.reason": l.T("report.reason.withheld"), "3.status": l.T("report.status.completed"), "5.milestone_state": l.T("commitment.milestone.done"), "3.value_on": l.Date("2026-03-31")})
		p := plan(t, asCSV(table), reportsheet.Options{Lang: l})
		if !p.Ready() || p.Lines[0].Report.Status != "completed" || p.Lines[0].Report.Values[1].Reason != "withheld" || p.Lines[0].Report.Values[0].On != "2026-03-31" {
			t.Errorf("%s: %+v", l, p)
		}
		headings := append([][]string{table[0]}, table[2:]...) // somebody deleted the hidden row
		if p := plan(t, asCSV(headings), reportsheet.Options{Lang: l}); !p.Ready() {
			t.Errorf("%s: by headings alone: %+v", l, p.Faults)
		}
	}
}

func TestNothingNew(t *testing.T) {
	for name, cells := range map[string]map[string]string{
		"empty":          {},
		"as last time":   {"3.value": "120.0", "3.value_on": "2025-06-30"},
		"status as last": {"3.status": "In progress"},
		"same milestone": {"5.milestone_state": "planned"},
	} {
		table := made(t, locale.English)
		set(table, cells)
		p := plan(t, asCSV(table), reportsheet.Options{})
		if len(p.Faults) > 0 || p.Count(reportsheet.New) > 0 || p.Ready() || p.Count(reportsheet.Same) != min(len(cells), 1) {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

// A status that was left empty stays as it was; a first report needs one.
func TestStatusCarried(t *testing.T) {
	table := made(t, locale.English)
	set(table, map[string]string{"3.value": "150", "4.reason": "withheld"})
	p := plan(t, asCSV(table), reportsheet.Options{})
	if !p.Ready() || p.Lines[0].Report.Status != "in_progress" || !p.Lines[0].Report.Carried {
		t.Errorf("carried: %+v", p)
	}
	table = made(t, locale.English)
	set(table, map[string]string{"6.narrative": "Lamps were lit."})
	if p := plan(t, asCSV(table), reportsheet.Options{}); len(p.Faults) != 1 || p.Faults[0].Err.Key != "err.reportsheet.status" || p.Faults[0].Ref != "T6" {
		t.Errorf("first: %+v", p.Faults)
	}
}

// What is counted period by period is never the same again: a value is of its period.
func TestCounted(t *testing.T) {
	k := schools
	k.Indicators = []reportsheet.Indicator{schools.Indicators[0]}
	k.Indicators[0].Counted = true
	k.Milestones = nil
	var b bytes.Buffer
	if err := reportsheet.WriteCSV(&b, locale.English, today, eachOf([]reportsheet.Known{k})); err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(b.String(), today+",,,", today+",120,,", 1)
	f, err := reportsheet.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	p := f.Plan(map[int64]reportsheet.Known{12: k}, reportsheet.Options{Codes: codes, Today: today})
	if !strings.Contains(text, "schools, in the period alone") || !p.Ready() || p.Lines[0].Report.Values[0].Value != "120" {
		t.Errorf("got %+v in\n%s", p, text)
	}
}

func TestConflict(t *testing.T) {
	table := made(t, locale.English)
	set(table, filled)
	set(table, map[string]string{"3.report": "38", "4.report": "38", "5.report": "38", "3.from": "2025-01-01"}) // entry 40 came since
	text := asCSV(table)
	p := plan(t, text, reportsheet.Options{})
	if p.Count(reportsheet.Conflict) != 1 || p.Ready() || len(p.Lines[0].Report.Values) != 2 || p.Lines[0].Known.Indicators[0].Value != "120" {
		t.Errorf("undecided: %+v", p)
	}
	p = plan(t, text, reportsheet.Options{Choices: map[int64]string{12: reportsheet.Theirs}})
	if p.Count(reportsheet.Left) != 1 || p.Ready() {
		t.Errorf("theirs: %+v", p)
	}
	p = plan(t, text, reportsheet.Options{Default: reportsheet.Mine})
	if !p.Ready() || p.Lines[0].Report.From != "2025-07-01" {
		t.Errorf("mine: %+v", p)
	}
}

// Each fault names the cell, says what it holds, and has a remedy.
func TestBadSheets(t *testing.T) {
	base := map[string]string{"3.value": "150", "4.reason": "withheld"}
	for name, tt := range map[string]struct {
		cells map[string]string
		edit  func([][]string) [][]string
		ref   string
		key   string
	}{
		"no number":                  {cells: map[string]string{"3.value": "many"}, ref: "Q3", key: "err.reportsheet.value"},
		"a huge number in words":     {cells: map[string]string{"3.value": strings.Repeat("nine ", 5000)}, ref: "Q3", key: "err.reportsheet.value"},
		"per cent of schools":        {cells: map[string]string{"3.value": "15%"}, ref: "Q3", key: "err.reportsheet.percent"},
		"no date":                    {cells: map[string]string{"3.value_on": "last spring"}, ref: "R3", key: "err.reportsheet.date"},
		"a date alone":               {cells: map[string]string{"3.value": "", "3.value_on": "2026"}, ref: "Q3", key: "err.reportsheet.date_alone"},
		"value and reason":           {cells: map[string]string{"3.reason": "withheld"}, ref: "S3", key: "err.report.value_and_reason"},
		"unknown status":             {cells: map[string]string{"3.status": "brilliant"}, ref: "T3", key: "err.reportsheet.code"},
		"two statuses":               {cells: map[string]string{"3.status": "completed", "4.status": "in progress"}, ref: "T4", key: "err.reportsheet.differs"},
		"a value for a milestone":    {cells: map[string]string{"5.value": "1"}, ref: "Q5", key: "err.reportsheet.no_indicator"},
		"a state for an indicator":   {cells: map[string]string{"3.milestone_state": "done"}, ref: "U3", key: "err.reportsheet.no_milestone"},
		"half answered":              {cells: map[string]string{"4.reason": ""}, ref: "Q4", key: "err.report.value_or_reason"},
		"a period that is reported":  {cells: map[string]string{"3.to": "2025-06-01", "3.from": "2025-01-01"}, ref: "P3", key: "err.reportsheet.reported_to"},
		"a changed id":               {cells: map[string]string{"3.commitment": "13"}, ref: "F3", key: "err.reportsheet.title"},
		"an id that is no number":    {cells: map[string]string{"3.commitment": "twelve"}, ref: "A3", key: "err.reportsheet.number"},
		"no id":                      {cells: map[string]string{"3.commitment": ""}, ref: "A3", key: "err.reportsheet.no_commitment"},
		"a foreign id":               {cells: map[string]string{"3.commitment": "99", "4.commitment": "99"}, ref: "A3", key: "err.reportsheet.foreign"},
		"an indicator that is none":  {cells: map[string]string{"3.indicator": "7"}, ref: "D3", key: "err.report.indicator"},
		"a milestone that is none":   {cells: map[string]string{"5.milestone": "7", "5.milestone_state": "done"}, ref: "E5", key: "err.report.milestone"},
		"both":                       {cells: map[string]string{"3.milestone": "1"}, ref: "E3", key: "err.reportsheet.both"},
		"another indicator's number": {cells: map[string]string{"3.indicator": "2", "4.indicator": "1"}, ref: "H3", key: "err.reportsheet.name"},
		"a later version":            {cells: map[string]string{"3.version": "14"}, ref: "B3", key: "err.reportsheet.version_unknown"},
		"a later report":             {cells: map[string]string{"3.report": "41"}, ref: "C3", key: "err.reportsheet.report_unknown"},
		"a report that is no number": {cells: map[string]string{"3.report": "x"}, ref: "C3", key: "err.reportsheet.report_unknown"},
		"a formula":                  {cells: map[string]string{"3.value": "=1+1"}, key: "err.sheet.formula"},
		"the same row twice":         {edit: func(t [][]string) [][]string { return append(t, t[2]) }, ref: "A7", key: "err.reportsheet.twice"},
		"an indicator's row removed": {edit: func(t [][]string) [][]string { return slices.Delete(t, 3, 4) }, ref: "D3", key: "err.reportsheet.indicator_missing"},
		"a column removed": {edit: func(t [][]string) [][]string {
			for i := range t {
				t[i] = slices.Delete(slices.Clone(t[i]), 19, 20)
			}
			return t
		}, key: "err.sheet.no_column"},
		"a column twice": {edit: func(t [][]string) [][]string {
			for i := range t {
				t[i] = append(slices.Clone(t[i]), t[i][16])
			}
			return t
		}, key: "err.sheet.column_twice"},
		"another table": {edit: func([][]string) [][]string { return [][]string{{"name", "area"}, {"a", "b"}} }, key: "err.sheet.no_column"},
	} {
		t.Run(name, func(t *testing.T) {
			table := made(t, locale.English)
			set(table, base)
			set(table, tt.cells)
			if tt.edit != nil {
				table = tt.edit(table)
			}
			p := plan(t, asCSV(table), reportsheet.Options{})
			i := slices.IndexFunc(p.Faults, func(f reportsheet.Fault) bool { return f.Err.Key == tt.key && (tt.ref == "" || f.Ref == tt.ref) })
			if i < 0 || p.Ready() {
				t.Fatalf("got %+v, want %s at %q", p.Faults, tt.key, tt.ref)
			}
			f := p.Faults[i]
			for _, l := range locale.Langs {
				if strings.Contains(f.Message(l)+f.Remedy(l), "⟦") || f.Remedy(l) == "" && strings.HasPrefix(tt.key, "err.reportsheet.") {
					t.Errorf("%s: no message or remedy: %q %q", l, f.Message(l), f.Remedy(l))
				}
			}
			if len([]rune(f.Holds)) > 61 {
				t.Errorf("a message with a cell of %d characters", len([]rune(f.Holds)))
			}
		})
	}
}

// An amended commitment: the sheet is of an older version.
func TestOlderVersion(t *testing.T) {
	table := made(t, locale.English)
	set(table, filled)
	f, err := reportsheet.Read(strings.NewReader(asCSV(table)))
	if err != nil {
		t.Fatal(err)
	}
	amended := known()
	k := amended[12]
	k.Version = 39
	amended[12] = k
	p := f.Plan(amended, reportsheet.Options{Codes: codes, Today: today})
	if len(p.Faults) != 3 || p.Faults[0].Err.Key != "err.reportsheet.version" {
		t.Errorf("got %+v", p.Faults)
	}
}

// Columns and rows in another order, headings renamed, marks of direction and other
// separators in the cells change nothing.
func TestSheetMoved(t *testing.T) {
	want := func() reportsheet.Report {
		table := made(t, locale.English)
		set(table, filled)
		return plan(t, asCSV(table), reportsheet.Options{}).Lines[0].Report
	}()
	for name, edit := range map[string]func([][]string) string{
		"columns turned round": func(table [][]string) string {
			for _, row := range table {
				slices.Reverse(row)
			}
			return asCSV(table)
		},
		"rows turned round": func(table [][]string) string { slices.Reverse(table[2:]); return asCSV(table) },
		"headings renamed": func(table [][]string) string {
			for i := range table[0] {
				table[0][i] = fmt.Sprintf("Spalte %d", i)
			}
			return asCSV(table)
		},
		"a title above": func(table [][]string) string {
			return asCSV(append([][]string{append([]string{"Ministry of Ports"}, make([]string, len(table[0])-1)...)}, table...))
		},
		"semicolons":     func(table [][]string) string { return other(table, ';') },
		"tabs":           func(table [][]string) string { return other(table, '\t') },
		"marks of order": func(table [][]string) string { return "\ufeff" + asCSV(table) },
		"marks of direction": func(table [][]string) string {
			set(table, map[string]string{"3.value": "\u202b150\u202c", "3.commitment": "\u200f12", "3.status": "in\u2066 progress\u2069"})
			return asCSV(table)
		},
		"UTF-16": func(table [][]string) string { return utf16(other(table, '\t')) },
	} {
		t.Run(name, func(t *testing.T) {
			table := made(t, locale.English)
			set(table, filled)
			p := plan(t, edit(table), reportsheet.Options{})
			if !p.Ready() || fmt.Sprint(p.Lines[0].Report) != fmt.Sprint(want) {
				t.Errorf("got %+v\nwant %+v", p, want)
			}
		})
	}
}

func other(table [][]string, comma rune) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Comma = comma
	_ = w.WriteAll(table)
	return b.String()
}

func utf16(text string) string {
	b := []byte("\xff\xfe")
	for _, r := range text {
		b = append(b, byte(r), byte(r>>8))
	}
	return string(b)
}

// What can be read in two ways is asked about once for the file.
func TestAsked(t *testing.T) {
	table := made(t, locale.English)
	set(table, map[string]string{"3.value": "1,234", "3.value_on": "04/03/2026", "4.reason": "withheld"})
	text := asCSV(table)
	p := plan(t, text, reportsheet.Options{})
	if p.Ready() || !slices.Equal(p.Dates, []string{"04/03/2026"}) || !slices.Equal(p.Numbers, []string{"1,234"}) || len(p.Faults) > 0 {
		t.Fatalf("got %+v", p)
	}
	p = plan(t, text, reportsheet.Options{Style: reportsheet.Style{Dates: reportsheet.MonthFirst, Decimal: reportsheet.Point}})
	if v := p.Lines[0].Report.Values[0]; !p.Ready() || v.Value != "1234" || v.On != "2026-04-03" {
		t.Errorf("month first: %+v", p.Lines)
	}
}

// TestTwelveCells: a small State with three commitments reports on its year by
// filling twelve cells: of each a value, its date, a status and a line of text.
func TestTwelveCells(t *testing.T) {
	state := map[int64]reportsheet.Known{}
	for id := int64(20); id < 23; id++ {
		state[id] = reportsheet.Known{ID: id, Version: id, Titles: map[string]string{"en": fmt.Sprintf("Promise %d", id)}, Lang: "en", From: "2025-04-01",
			Indicators: []reportsheet.Indicator{{Names: map[string]string{"en": "Count"}, Unit: "sites", Target: "10", TargetOn: "2030"}}}
	}
	var b bytes.Buffer
	err := reportsheet.WriteXLSX(&b, locale.English, today, codes, func(f func(reportsheet.Known) error) error {
		for _, id := range slices.Sorted(maps.Keys(state)) {
			if err := f(state[id]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	f := open(t, b.Bytes())
	typed := 0
	for row := 3; row <= 5; row++ {
		for column, text := range map[string]string{"Q": "4", "R": "2026-03-31", "T": "in progress", "V": "Four sites were opened."} {
			if err := f.SetCellValue("Reports", fmt.Sprintf("%s%d", column, row), text); err != nil {
				t.Fatal(err)
			}
			typed++
		}
	}
	read, err := reportsheet.Read(bytes.NewReader(saved(t, f)))
	if err != nil {
		t.Fatal(err)
	}
	p := read.Plan(state, reportsheet.Options{Codes: codes, Today: today})
	if typed != 12 || !p.Ready() || p.Count(reportsheet.New) != 3 {
		t.Fatalf("%d cells: %+v", typed, p)
	}
	for _, l := range p.Lines {
		if r := l.Report; r.From != "2025-04-01" || r.To != today || r.Values[0].Value != "4" || r.Status != "in_progress" || r.Narrative == "" {
			t.Errorf("got %+v", r)
		}
	}
}

func open(t testing.TB, b []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func saved(t testing.TB, f *excelize.File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// workbook is the sheet as a workbook that a test can change.
func workbook(t testing.TB, l locale.Lang) *excelize.File {
	t.Helper()
	var b bytes.Buffer
	if err := reportsheet.WriteXLSX(&b, l, today, codes, all); err != nil {
		t.Fatal(err)
	}
	return open(t, b.Bytes())
}

// TestWorkbook: text stays text, the row of names is hidden, lists offer the words, and a second
// sheet explains; what a spreadsheet makes of dates, numbers and per cent is read.
func TestWorkbook(t *testing.T) {
	for _, l := range locale.Langs {
		f := workbook(t, l)
		tabs := f.GetSheetList()
		if len(tabs) != 3 {
			t.Fatalf("%s: sheets %q", l, tabs)
		}
		if visible, _ := f.GetRowVisible(tabs[0], 2); visible {
			t.Errorf("%s: the row of names is not hidden", l)
		}
		if formula, _ := f.GetCellFormula(tabs[0], "H4"); formula != "" {
			t.Errorf("%s: a name became the formula %q", l, formula)
		}
		if text, _ := f.GetCellValue(tabs[0], "H4"); text != "=Share of pupils" {
			t.Errorf("%s: got %q", l, text)
		}
		lists, err := f.GetDataValidations(tabs[0])
		if err != nil || len(lists) != 4 {
			t.Errorf("%s: %d lists, %v", l, len(lists), err)
		}
		if text, _ := f.GetCellValue(tabs[1], "A9"); text == "" || strings.Contains(text, "⟦") {
			t.Errorf("%s: the explanation is %q", l, text)
		}
		if text, _ := f.GetCellValue(tabs[2], "B3"); text != l.T("report.status.in_progress") {
			t.Errorf("%s: the list has %q", l, text)
		}
	}
	f := workbook(t, locale.French)
	tab := f.GetSheetList()[0]
	set := func(cell string, v any) {
		if err := f.SetCellValue(tab, cell, v); err != nil {
			t.Fatal(err)
		}
	}
	set("Q3", 1234.5)
	set("R3", 46112)
	set("Q4", 0.125)
	percent, _ := f.NewStyle(&excelize.Style{NumFmt: 9})
	if err := f.SetCellStyle(tab, "Q4", "Q4", percent); err != nil {
		t.Fatal(err)
	}
	set("T5", "EN COURS D'EXÉCUTION")
	p := plan(t, string(saved(t, f)), reportsheet.Options{Lang: locale.French})
	if !p.Ready() || p.Tab != tab {
		t.Fatalf("got %+v", p)
	}
	want := []reportsheet.Value{{Indicator: 0, Value: "1234.5", On: "2026-03-31"}, {Indicator: 1, Value: "12.5", On: today}}
	if r := p.Lines[0].Report; !slices.Equal(r.Values, want) || r.Status != "in_progress" {
		t.Errorf("got %+v", r)
	}
}

// TestBadWorkbooks: what people do to workbooks.
func TestBadWorkbooks(t *testing.T) {
	for name, tt := range map[string]struct {
		edit func(f *excelize.File, tab string) error
		key  string
	}{
		"merged cells": {func(f *excelize.File, tab string) error {
			return errorsOf(f.SetCellValue(tab, "Q3", 1), f.MergeCell(tab, "Q3", "Q4"))
		}, "err.sheet.merged"},
		"a formula without its value": {func(f *excelize.File, tab string) error { return f.SetCellFormula(tab, "Q3", "1+1") }, "err.sheet.formula_unknown"},
		"the sheet twice": {func(f *excelize.File, tab string) error {
			to, err := f.NewSheet("Copy")
			return errorsOf(err, f.CopySheet(0, to))
		}, "err.sheet.two_sheets"},
		"the sheet gone": {func(f *excelize.File, tab string) error { return f.DeleteSheet(tab) }, "err.sheet.no_column"},
		"per cent": {func(f *excelize.File, tab string) error {
			style, err := f.NewStyle(&excelize.Style{NumFmt: 10})
			return errorsOf(err, f.SetCellValue(tab, "Q3", 0.5), f.SetCellStyle(tab, "Q3", "Q3", style))
		}, "err.reportsheet.percent"},
		"a date for a value": {func(f *excelize.File, tab string) error {
			style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
			return errorsOf(err, f.SetCellValue(tab, "Q3", 46112), f.SetCellStyle(tab, "Q3", "Q3", style))
		}, "err.reportsheet.value"},
	} {
		t.Run(name, func(t *testing.T) {
			f := workbook(t, locale.English)
			if err := tt.edit(f, "Reports"); err != nil {
				t.Fatal(err)
			}
			p := plan(t, string(saved(t, f)), reportsheet.Options{})
			if !slices.ContainsFunc(p.Faults, func(f reportsheet.Fault) bool { return f.Err.Key == tt.key }) || p.Ready() {
				t.Errorf("got %+v, want %s", p.Faults, tt.key)
			}
		})
	}
	f := workbook(t, locale.English)
	if err := errorsOf(f.MoveSheet("Reports", "Lists"), f.SetCellValue("Reports", "Q3", 7), f.SetCellValue("Reports", "S4", "withheld")); err != nil {
		t.Fatal(err)
	}
	if p := plan(t, string(saved(t, f)), reportsheet.Options{}); !p.Ready() {
		t.Errorf("sheets in another order: %+v", p.Faults)
	}
}

func errorsOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Cells of CSV that a spreadsheet would run are made harmless.
func TestHarmlessCSV(t *testing.T) {
	for _, row := range made(t, locale.English) {
		for _, cell := range row {
			if strings.HasPrefix(cell, "=") {
				t.Errorf("a formula: %q", cell)
			}
		}
	}
}

// TestManyRows: more rows than a file may have are refused with the limit.
func TestManyRows(t *testing.T) {
	table := made(t, locale.English)
	row := table[5]
	for i := range 200_000 {
		own := slices.Clone(row)
		own[0] = fmt.Sprint(i + 1000)
		table = append(table, own)
	}
	p := plan(t, asCSV(table), reportsheet.Options{})
	if len(p.Faults) != 1 || p.Faults[0].Err.Key != "err.sheet.too_many_rows" {
		t.Errorf("got %d faults, %+v", len(p.Faults), p.Faults[:min(1, len(p.Faults))])
	}
}

// FuzzPlan: whatever stands in the cells, a plan that is ready answers every indicator
// of a commitment that the party leads, with numbers and dates of the record's grammar.
func FuzzPlan(f *testing.F) {
	f.Add("150", "2026-03-31", "", "in progress", "done", "12", "1")
	f.Add("1.234,5", "31 mars 2026", "withheld", "", "", "13", "")
	f.Add("١٢", "04/03/2026", "", "completed", "x", "12", "2")
	f.Fuzz(func(t *testing.T, value, on, reason, status, step, commitment, indicator string) {
		table := made(t, locale.English)
		set(table, map[string]string{"3.value": value, "3.value_on": on, "4.reason": reason, "3.status": status, "5.milestone_state": step, "3.commitment": commitment, "3.indicator": indicator})
		file, err := reportsheet.Read(strings.NewReader(asCSV(table)))
		if err != nil {
			if err != io.EOF {
				t.Fatal(err)
			}
			return
		}
		p := file.Plan(known(), reportsheet.Options{Codes: codes, Today: today, Style: reportsheet.Style{Dates: reportsheet.DayFirst, Decimal: reportsheet.Point}})
		if !p.Ready() {
			return
		}
		for _, l := range p.Lines {
			if l.Outcome == reportsheet.New && (len(l.Report.Values) != len(l.Known.Indicators) || l.Report.Status == "" || l.Report.To < l.Report.From) {
				t.Fatalf("ready with %+v", l)
			}
		}
	})
}
