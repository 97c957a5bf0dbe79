package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"kept/internal/commitment"
	"kept/internal/commitment/reportsheet"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
	"kept/record"
)

// maxSheet is the largest sheet of reports that is read, in bytes.
const maxSheet = 20 << 20

// reporting is what import is told about a sheet of reports.
type reporting struct {
	party                     int64
	dates, decimal, conflicts string
}

func (r *reporting) flags(c *cobra.Command) {
	f := c.Flags()
	f.Int64Var(&r.party, "party", 0, "reports: number of the party whose sheet it is")
	f.StringVar(&r.dates, "dates", "", "reports: dmy or mdy, where 04/03/2026 can be read in two ways")
	f.StringVar(&r.decimal, "decimal", "", "reports: point or comma, where 1,234 can be read in two ways")
	f.StringVar(&r.conflicts, "conflicts", "", "reports: theirs or mine, where somebody reported since the sheet was made")
}

func (r reporting) check() error {
	for _, f := range []struct {
		name, value string
		known       []string
	}{{"dates", r.dates, []string{"", reportsheet.DayFirst, reportsheet.MonthFirst}}, {"decimal", r.decimal, []string{"", reportsheet.Point, reportsheet.Comma}},
		{"conflicts", r.conflicts, []string{"", reportsheet.Theirs, reportsheet.Mine}}} {
		if !slices.Contains(f.known, f.value) {
			return fmt.Errorf("%w: --%s is %s, not %q", errUsage, f.name, strings.Join(f.known[1:], " or "), f.value)
		}
	}
	if r.party <= 0 {
		return fmt.Errorf("%w: name the party with --party", errUsage)
	}
	return nil
}

func (a *app) exports() *cobra.Command {
	var party int64
	var xlsx, csv string
	c := &cobra.Command{Use: "reports", Short: "Write the sheet that a party fills in to report on its commitments", Args: cobra.NoArgs,
		Long: `Writes one row for each indicator and milestone of what a party undertook, with what was reported last and empty
cells for what is new, in the language of --lang. kept import reports takes it back.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.exportReports(c.Context(), party, xlsx, csv) }}
	c.Flags().Int64Var(&party, "party", 0, "number of the party")
	c.Flags().StringVar(&xlsx, "xlsx", "", "write a workbook there")
	c.Flags().StringVar(&csv, "csv", "", "write a CSV file there")
	return group("export", "Write files: for others to fill in, or the whole site", c, a.exportTable(), a.exportSite())
}

func (a *app) exportReports(ctx context.Context, party int64, xlsx, csv string) error {
	if party <= 0 || xlsx == "" && csv == "" {
		return fmt.Errorf("%w: name the party with --party and the file with --xlsx or --csv", errUsage)
	}
	i, err := a.open(ctx, a.place(a.data))
	if err != nil {
		return err
	}
	defer i.close()
	today := i.keeper.Now().UTC().Format("2006-01-02")
	for name, write := range map[string]func(io.Writer, reportsheet.Each) error{
		xlsx: func(w io.Writer, each reportsheet.Each) error {
			return reportsheet.WriteXLSX(w, a.language(), today, commitment.SheetCodes(), each)
		},
		csv: func(w io.Writer, each reportsheet.Each) error {
			return reportsheet.WriteCSV(w, a.language(), today, each)
		},
	} {
		if name == "" {
			continue
		}
		if err := a.exportSheet(ctx, i, party, name, write); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) exportSheet(ctx context.Context, i *instance, party int64, name string, write func(io.Writer, reportsheet.Each) error) error {
	out, err := os.Create(name)
	if err != nil {
		return err
	}
	n := 0
	err = i.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := stakeholder.ByID(tx, party); err != nil {
			return err
		}
		return write(out, func(give func(reportsheet.Known) error) error {
			return commitment.EachKnown(tx, party, func(k reportsheet.Known) error { n++; return give(k) })
		})
	})
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = os.Remove(name)
		return err
	}
	return a.print(map[string]any{"file": name, "commitments": n}, func(w io.Writer) { fmt.Fprintf(w, "%s: commitments %d\n", name, n) })
}

// importedReports is what became of a sheet.
type importedReports struct {
	DryRun    bool          `json:"dry_run"`
	Sheet     string        `json:"sheet,omitempty"`
	Rows      int           `json:"rows"`
	New       int           `json:"reports"`
	Same      int           `json:"unchanged"`
	Left      int           `json:"left"`
	Again     int           `json:"kept_before,omitempty"`
	Conflicts []string      `json:"conflicts,omitempty"`
	Unsure    []string      `json:"unsure,omitempty"`
	Formulas  int           `json:"formulas,omitempty"`
	Faults    []importFault `json:"faults,omitempty"`
	Entries   []int64       `json:"entries,omitempty"`
}

func (a *app) importReports(ctx context.Context, name string, im importing) error {
	if err := im.reports.check(); err != nil {
		return err
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, maxSheet+1))
	if err != nil {
		return err
	}
	if len(b) > maxSheet {
		return fmt.Errorf("%s is larger than %d MB", name, maxSheet>>20)
	}
	i, err := a.open(ctx, a.place(a.data))
	if err != nil {
		return err
	}
	defer i.close()
	if err := i.keeper.ReadOnly(); im.keep && err != nil {
		return err
	}
	filled, err := reportsheet.Read(bytes.NewReader(b))
	if err != nil {
		return err
	}
	sheet := commitment.SheetFile{Party: im.reports.party, By: stakeholder.Secretariat, Lang: a.language(), Digest: record.DigestOf(b), Filled: filled,
		Style: reportsheet.Style{Dates: im.reports.dates, Decimal: im.reports.decimal}, Default: im.reports.conflicts}
	result, acts, err := a.planReports(ctx, i, sheet)
	if err != nil {
		return err
	}
	if result.DryRun = !im.keep; im.keep && len(acts) > 0 {
		kept, err := i.keeper.Submit(ctx, sheet.Key(), acts...)
		if err != nil {
			return err
		}
		for _, k := range kept {
			result.Entries = append(result.Entries, k.Index)
		}
		if err := i.sign(ctx); err != nil {
			return err
		}
	}
	if err := a.print(result, func(w io.Writer) { printReports(w, result) }); err != nil {
		return err
	}
	if len(result.Faults)+len(result.Conflicts)+len(result.Unsure) > 0 {
		return errFaults
	}
	return nil
}

// planReports says what would become of a sheet, or how many reports it made before.
func (a *app) planReports(ctx context.Context, i *instance, sheet commitment.SheetFile) (r importedReports, acts []keeper.Act, err error) {
	var plan *reportsheet.Plan
	err = i.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := stakeholder.ByID(tx, sheet.Party); err != nil {
			return err
		}
		_, n, again, err := keeper.Sent(tx, sheet.Key())
		if err != nil || again {
			r.Again = int(n)
			return err
		}
		plan, acts, err = commitment.PlanReports(tx, i.keeper.Now(), sheet)
		return err
	})
	if err != nil || plan == nil {
		return r, nil, err
	}
	r = importedReports{Sheet: plan.Tab, Rows: plan.Rows, New: plan.Count(reportsheet.New), Same: plan.Count(reportsheet.Same), Left: plan.Count(reportsheet.Left),
		Unsure: append(plan.Dates, plan.Numbers...), Formulas: plan.Formulas}
	for _, l := range plan.Lines {
		if l.Outcome == reportsheet.Conflict {
			r.Conflicts = append(r.Conflicts, conflictLine(l))
		}
	}
	for _, f := range plan.Faults {
		column := f.Ref
		if f.Column != "" && f.Ref == "" {
			column = f.Column
		}
		fault := importFault{f.Row, column, f.Message(a.language()), f.Remedy(a.language())}
		if f.Holds != "" {
			fault.Column += fmt.Sprintf(" (%q)", f.Holds)
		}
		r.Faults = append(r.Faults, fault)
	}
	return r, acts, nil
}

// conflictLine shows both values of a conflict.
func conflictLine(l reportsheet.Line) string {
	var b strings.Builder
	fmt.Fprintf(&b, "commitment %d: entry %d reported since the sheet was made", l.Known.ID, l.Known.Report)
	for _, v := range l.Report.Values {
		if v.Value != "" {
			i := l.Known.Indicators[v.Indicator]
			fmt.Fprintf(&b, "; indicator %d: there %s (%s), in the sheet %s (%s)", v.Indicator+1, i.Value, i.ValueOn, v.Value, v.On)
		}
	}
	return b.String()
}

func printReports(w io.Writer, r importedReports) {
	for _, f := range r.Faults {
		fmt.Fprintln(w, f)
	}
	for _, c := range r.Conflicts {
		fmt.Fprintf(w, "%s\n    Say with --conflicts which one stays: theirs, or mine after it.\n", c)
	}
	if len(r.Unsure) > 0 {
		fmt.Fprintf(w, "can be read in two ways: %s\n    Say with --dates dmy|mdy and --decimal point|comma how this file is written.\n", strings.Join(r.Unsure[:min(len(r.Unsure), 5)], ", "))
	}
	if r.Formulas > 0 {
		fmt.Fprintf(w, "cells with formulas: %d; of each, the value that the spreadsheet reckoned last was taken\n", r.Formulas)
	}
	switch {
	case r.Again > 0:
		fmt.Fprintf(w, "this file was kept before: reports %d\n", r.Again)
	case len(r.Faults)+len(r.Conflicts)+len(r.Unsure) > 0:
		fmt.Fprintf(w, "%d rows, %d faults, %d conflicts; nothing was kept\n", r.Rows, len(r.Faults), len(r.Conflicts))
	case r.DryRun:
		fmt.Fprintf(w, "%d rows; would make reports %d; unchanged %d. Nothing was kept: add --keep\n", r.Rows, r.New, r.Same+r.Left)
	default:
		fmt.Fprintf(w, "%d rows; made reports %d; unchanged %d\n", r.Rows, len(r.Entries), r.Same+r.Left)
	}
}
