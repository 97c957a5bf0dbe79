package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kept/internal/export"
	"kept/internal/keeper"
	"kept/internal/web"
)

// siteExport is what export site is told.
type siteExport struct {
	to       string
	live     string
	date     string
	compress bool
	operator web.Operator
}

func (a *app) exportSite() *cobra.Command {
	var s siteExport
	c := &cobra.Command{Use: "site -o FOLDER|FILE.tar.zst|FILE.zip [DIR]", Short: "Write the whole public site as files for any web server, or to be read without one", Args: cobra.MaximumNArgs(1),
		Long: `Writes every public page in six languages, their twins for programs, public documents and the whole record as files,
all of one moment. Any web server serves them; they can be read from a folder without one too. A folder that holds an
earlier export is brought up to date: only what changed is written, and what is gone is deleted, nothing else.
Searches, filters and forms need the program: they lead to the live site with --live, and are left out without.
A site with a public name needs --operator, --contact and --privacy, as "kept serve" does. See docs/static-export.md.`,
		RunE: func(c *cobra.Command, dirs []string) error {
			if s.to == "" {
				return fmt.Errorf("%w: say where to with -o", errUsage)
			}
			if len(dirs) == 1 {
				a.data = dirs[0]
			}
			return a.writeSite(c.Context(), s)
		}}
	f := c.Flags()
	f.StringVarP(&s.to, "output", "o", "", "a folder, or a file ending in .tar.zst or .zip")
	f.StringVar(&s.live, "live", "", "address of the live site, such as https://compact.example.org; searches, filters and forms lead there")
	f.StringVar(&s.date, "date", "", "the day that states are computed for, such as 2026-11-21; today when empty")
	f.BoolVar(&s.compress, "compress", false, "write .br and .gz beside each page, for servers that send these")
	operatorFlags(c, &s.operator)
	return c
}

// endOf is the last moment of a day anywhere on Earth, which the clock of an export
// shows: so pages of one day are the same whenever they are made.
func endOf(date string, now time.Time) (time.Time, error) {
	today := keeper.Today(now)
	if date == "" {
		date = today
	}
	day, err := time.Parse(time.DateOnly, date)
	if err != nil || date > today {
		return time.Time{}, fmt.Errorf("%w: --date is a day up to %s, such as 2026-11-21", errUsage, today)
	}
	return day.Add(36*time.Hour - time.Second), nil
}

// tries is how often a snapshot is taken anew because an act arrived between it and
// its checkpoint.
const tries = 100

func (a *app) writeSite(ctx context.Context, s siteExport) error {
	p := a.place(a.data)
	now := time.Now()
	if p.clock != nil {
		now = p.clock()
	}
	end, err := endOf(s.date, now)
	if err != nil {
		return err
	}
	export.Tune()
	workers := runtime.GOMAXPROCS(0)
	p.readers = workers + 1
	i, err := a.open(ctx, p)
	if err != nil {
		return err
	}
	defer i.close()
	if err := i.keeper.ReadOnly(); err != nil {
		return err
	}
	still, err := a.still(ctx, i, s, end, workers)
	if err != nil {
		return err
	}
	defer still.Close()
	r, err := export.Write(ctx, still, export.Options{To: s.to, Compress: s.compress, Origin: i.key.Origin, Build: Version, Live: strings.TrimSuffix(s.live, "/"), Progress: a.progress("writing pages")})
	if err != nil {
		return err
	}
	err = a.print(r, func(w io.Writer) {
		fmt.Fprintf(w, "%s: %d pages, %d files, %d bytes; the record had %d entries, states are of %s\n%d files written, %d deleted\n", s.to, r.Pages, r.Files, r.Bytes, r.Size, r.Date, r.Changed, r.Gone)
		for _, to := range r.Dead {
			fmt.Fprintf(w, "left out, because it leads nowhere: %s\n", to)
		}
	})
	if err == nil && len(r.Dead) > 0 {
		return errFaults
	}
	return err
}

// still opens the site at a moment that a checkpoint covers to its last entry.
func (a *app) still(ctx context.Context, i *instance, s siteExport, end time.Time, workers int) (*web.Still, error) {
	base := strings.TrimSuffix(s.live, "/")
	if base == "" { // its name is all that the site has for an address
		name, _, _ := strings.Cut(i.key.Origin, "/")
		base = "https://" + name
	}
	c := web.Config{Base: base, Operator: s.operator, Build: Version, Copy: &web.Copy{Live: strings.TrimSuffix(s.live, "/")}}
	for range tries {
		if err := i.sign(ctx); err != nil {
			return nil, err
		}
		if err := i.keeper.Refresh(ctx); err != nil {
			return nil, err
		}
		var err error
		if c.Keeper, err = i.keeper.Still(i.keeper.Size(), end); errors.Is(err, keeper.ErrMoved) {
			continue
		}
		if err != nil {
			return nil, err
		}
		still, err := web.NewStill(ctx, c, workers)
		if err != nil {
			return nil, err
		}
		if _, err = still.Checkpoint(); err == nil {
			return still, nil
		}
		still.Close()
	}
	return nil, errors.New("acts arrive faster than they can be signed; try again in a quieter moment")
}
