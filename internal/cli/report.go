package cli

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report"
)

// report is what concerns the report of a period.
func (a *app) report() *cobra.Command {
	return group("report", "Compute the report of a period, open it to correction, release it, and check what was released",
		a.reportDraft(), a.reportOpen(), a.reportRelease(), a.reportErratum(), a.reportCheck(), a.reportPrint(), a.reportBundle())
}

func (a *app) reportDraft() *cobra.Command {
	var kind, to string
	var format int64
	c := &cobra.Command{Use: "draft DIR", Short: "Compute the figures of a report into a folder", Args: exactly(1, "the folder to write to"),
		Long: `Computes all figures of a report from the record as it stood when the last day of its period had ended, and writes
figures.json and figures.csv into DIR. Nothing is published. Without --to it is the last period that has ended; with it, the
period that holds the day, up to there. What has no value is listed with the reason.`,
		RunE: func(c *cobra.Command, args []string) error {
			return a.draftReport(c.Context(), kind, to, args[0], format)
		}}
	c.Flags().StringVar(&kind, "report", "", "kind of report, as the pack names it; may be left out where the pack has one that is made here")
	c.Flags().StringVar(&to, "to", "", "last day of the period, such as 2026-12-31")
	c.Flags().Int64Var(&format, "format", report.Format, "format of the figures; an earlier one gives them by the rules of its time")
	return c
}

// drafted is what draft prints as JSON.
type drafted struct {
	Report  string    `json:"report"`
	From    string    `json:"from"`
	To      string    `json:"to"`
	Whole   bool      `json:"whole"` // the period has its full length
	Size    int64     `json:"size"`
	Figures int       `json:"figures"`
	Missing []missing `json:"missing"`
	Dir     string    `json:"dir"`
}

// missing is a figure without a value.
type missing struct {
	Figure string `json:"figure"`
	Why    string `json:"why"`
}

func (a *app) draftReport(ctx context.Context, kind, to, dir string, format int64) error {
	if format < 1 || format > report.Format {
		return fmt.Errorf("%w: formats go from 1 to %d, not %d", errUsage, report.Format, format)
	}
	i, err := a.open(ctx, a.place(a.data))
	if err != nil {
		return err
	}
	defer i.close()
	var pack *compact.Pack
	var outline report.Outline
	var size int64
	var f *report.Figures
	err = i.db.Read(ctx, func(tx *db.Tx) error {
		if pack, err = compact.InForce(tx); err != nil {
			return err
		}
		if kind, err = oneReport(pack, kind); err != nil {
			return err
		}
		if outline, err = report.OutlineOf(pack, kind, to, keeper.Today(i.keeper.Now())); err != nil {
			return err
		}
		outline.Format = format
		if size, err = keeper.SizeOn(tx, outline.To); err != nil {
			return err
		}
		if size == i.keeper.Size() { // the record as it is: nothing has to be put together
			f, err = report.Compute(tx, pack, outline, size, outline.To)
		}
		return err
	})
	if err != nil {
		return err
	}
	if f == nil {
		if f, err = computeAt(ctx, i.keeper, outline, kind, size, outline.To); err != nil {
			return err
		}
	}
	if err := a.writeFigures(dir, pack, f); err != nil {
		return err
	}
	return a.tellDraft(dir, outline, f)
}

// oneReport is the kind of report that was asked for, or the only one made here.
func oneReport(p *compact.Pack, kind string) (string, error) {
	if kind != "" {
		return kind, nil
	}
	var on []string
	for _, r := range p.Reports {
		if p.ReportOn(r) {
			on = append(on, r.ID)
		}
	}
	if len(on) != 1 {
		return "", fmt.Errorf("%w: say with --report which of these: %v", errUsage, on)
	}
	return on[0], nil
}

// computeAt computes a report from the record as it was with its first entries, under
// the pack that was in force then. Where that pack did not have the report yet, its
// chapters are those that the outline brings.
func computeAt(ctx context.Context, k *keeper.Keeper, o report.Outline, kind string, size int64, date string) (f *report.Figures, err error) {
	past, err := k.FactsAt(ctx, size)
	if err != nil {
		return nil, err
	}
	defer past.Release()
	err = past.DB().Read(ctx, func(tx *db.Tx) error {
		pack, err := compact.InForce(tx)
		if err != nil {
			return err
		}
		if then, ok := pack.Report(kind); ok {
			o.Kind = then
		} else if o.Kind == nil {
			return keeper.Refuse(keeper.ErrNotFound, locale.E("err.report.no_kind", "id", kind))
		}
		f, err = report.Compute(tx, pack, o, size, date)
		return err
	})
	return f, err
}

// writeFigures writes figures.json, and the same as a table for people.
func (a *app) writeFigures(dir string, pack *compact.Pack, f *report.Figures) error {
	b, err := f.Canonical()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "figures.json"), b, 0o666); err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(dir, "figures.csv"))
	if err != nil {
		return err
	}
	out := csv.NewWriter(file)
	_ = out.Write([]string{"chapter", "figure", "label", "value", "unit", "why", "method", "round", "year", "query", "records"})
	for _, c := range f.Chapters {
		for _, one := range c.Figures {
			_ = out.Write([]string{c.ID, one.ID, report.Label(pack, one.ID, a.language()), one.Value, one.Unit, one.Why, one.Method, one.Round, one.Year, one.Query,
				strconv.FormatInt(max(one.RecordsCount, int64(len(one.Records))), 10)})
		}
	}
	out.Flush()
	return errors.Join(out.Error(), file.Close())
}

func (a *app) tellDraft(dir string, o report.Outline, f *report.Figures) error {
	d := drafted{Report: f.Report, From: f.From, To: f.To, Whole: o.Whole(), Size: f.Size, Missing: []missing{}, Dir: dir}
	var off []string
	for _, c := range f.Chapters {
		if c.Why != "" {
			off = append(off, c.ID)
			d.Missing = append(d.Missing, missing{c.ID, c.Why})
		}
		d.Figures += len(c.Figures)
		for _, one := range c.Figures {
			if one.Value == "" {
				d.Missing = append(d.Missing, missing{one.ID, one.Why})
			}
		}
	}
	return a.print(d, func(w io.Writer) {
		fmt.Fprintf(w, "%s, %s to %s: %d figures from %d entries, in %s\n", f.Report, f.From, f.To, d.Figures, f.Size, dir)
		if !d.Whole {
			fmt.Fprintf(w, "the period is cut off there; whole, it has %d months\n", o.Kind.EveryMonths)
		}
		if len(off) > 0 {
			fmt.Fprintf(w, "chapters whose part of the program is not switched on: %v\n", off)
		}
		for _, m := range d.Missing[len(off):] {
			fmt.Fprintf(w, "no value: %s (%s)\n", m.Figure, m.Why)
		}
	})
}
