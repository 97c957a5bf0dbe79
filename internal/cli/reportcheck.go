package cli

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/report"
	"kept/record"
)

func (a *app) reportCheck() *cobra.Command {
	return &cobra.Command{Use: "check DIR [RELEASE]", Short: "Compute released figures anew from the record and compare every byte", Args: cobra.RangeArgs(1, 2),
		Long: `Takes the data directory DIR, puts the state together from the entries that each release rests on, computes its figures
anew and compares them with figures.json as it was released, byte by byte. With RELEASE, the number of the entry that
released it, only that one. Where they differ, it names each figure with both values and ends with exit code 3.`,
		RunE: func(c *cobra.Command, args []string) error {
			only := int64(0)
			if len(args) == 2 {
				n, err := strconv.ParseInt(args[1], 10, 64)
				if err != nil || n <= 0 {
					return fmt.Errorf("%w: RELEASE is the number of an entry, not %q", errUsage, args[1])
				}
				only = n
			}
			return a.checkReports(c.Context(), args[0], only)
		}}
}

// checked is one release as check prints it.
type checked struct {
	Release     int64               `json:"release"`
	Report      string              `json:"report"`
	From        string              `json:"from"`
	To          string              `json:"to"`
	Size        int64               `json:"size"`
	Figures     string              `json:"figures_sha256"`
	Same        bool                `json:"same"`
	Differences []report.Difference `json:"differences,omitempty"`
}

func (a *app) checkReports(ctx context.Context, dir string, only int64) error {
	i, err := a.open(ctx, a.place(dir))
	if err != nil {
		return err
	}
	defer i.close()
	releases, err := releasesOf(ctx, i, only)
	if err != nil {
		return err
	}
	list := make([]checked, 0, len(releases))
	differ := false
	for _, r := range releases {
		c, err := checkRelease(ctx, i, r)
		if err != nil {
			return fmt.Errorf("release %d: %w", r.Release, err)
		}
		list, differ = append(list, c), differ || !c.Same
	}
	err = a.print(map[string]any{"releases": list}, func(w io.Writer) {
		for _, c := range list {
			c.print(w)
		}
		if len(list) == 0 {
			fmt.Fprintln(w, "no report was released")
		}
	})
	if err == nil && differ {
		return errFaults
	}
	return err
}

func (c checked) print(w io.Writer) {
	if c.Same {
		fmt.Fprintf(w, "release %d, %s %s to %s: the record gives the same figures, byte for byte\n", c.Release, c.Report, c.From, c.To)
		return
	}
	fmt.Fprintf(w, "release %d, %s %s to %s: the record gives other figures\n", c.Release, c.Report, c.From, c.To)
	for _, d := range c.Differences {
		fmt.Fprintf(w, "  %s\n    released: %s\n    computed: %s\n", d.Figure, d.Was, d.Is)
	}
}

// releasesOf are the releases of the record, the first one first; or one of them.
func releasesOf(ctx context.Context, i *instance, only int64) (list []report.Report, err error) {
	err = i.db.Read(ctx, func(tx *db.Tx) error {
		if only > 0 {
			r, err := report.OfRelease(tx, only)
			list = []report.Report{r}
			return err
		}
		all, err := report.List(tx, "")
		for n := len(all) - 1; n >= 0; n-- {
			if all[n].Release != 0 {
				list = append(list, all[n])
			}
		}
		return err
	})
	return list, err
}

// checkRelease computes one release anew.
func checkRelease(ctx context.Context, i *instance, r report.Report) (c checked, err error) {
	c = checked{Release: r.Release, Report: r.Kind, From: r.From, To: r.To, Size: r.ReleaseSize, Figures: r.ReleaseFigures}
	var was *report.Figures
	err = i.db.Read(ctx, func(tx *db.Tx) error {
		was, err = report.Frozen(tx, r.ReleaseFigures)
		return err
	})
	if err != nil {
		return c, err
	}
	is, err := recompute(ctx, i.keeper, r, was.Format)
	if err != nil {
		return c, err
	}
	b, err := is.Canonical()
	if err != nil {
		return c, err
	}
	if c.Same = record.DigestOf(b).String() == r.ReleaseFigures; !c.Same {
		c.Differences = report.Differences(was, is)
	}
	return c, nil
}

// recompute gives the figures of a release from the entries that it rests on, in the
// format in which it was released.
func recompute(ctx context.Context, k *keeper.Keeper, r report.Report, format int64) (*report.Figures, error) {
	return computeAt(ctx, k, report.Outline{From: r.From, To: r.To, Format: format}, r.Kind, r.ReleaseSize, r.Date)
}
