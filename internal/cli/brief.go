package cli

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/report/brief"
)

// briefing is what brief is told.
type briefing struct {
	item, as, asOf, base, out string
}

func (a *app) brief() *cobra.Command {
	var b briefing
	c := &cobra.Command{Use: "brief ITEM [DIR]", Short: "Write two pages on an item: who is asked, who does what, the figures, what is not known",
		Long: `Writes what the record holds on one item, in the language of --lang: the official words, who is asked, the
commitments with their five facts apart, the figures with footnotes, money, gaps, what is not known, and up to where the
record was read. HTML can be pasted into a word processor.`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 || len(args) > 2 {
				return fmt.Errorf("%w: %s takes the item's id, and the data directory where it is another than --data; see %[2]s --help", errUsage, c.CommandPath())
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			b.item = args[0]
			if len(args) == 2 {
				a.data = args[1]
			}
			return a.runBrief(c.Context(), b)
		}}
	f := c.Flags()
	f.StringVar(&b.as, "as", "markdown", "markdown or html")
	f.StringVar(&b.asOf, "as-of", "", "as the record stood when a day ended everywhere, 2027-03-01, or after its first entries, 2027-03-01.1234")
	f.StringVar(&b.base, "base", "", "public address of the site, for the links; without it they are written without host")
	f.StringVarP(&b.out, "out", "o", "", "write into this file, not to the terminal")
	return c
}

func (a *app) runBrief(ctx context.Context, b briefing) error {
	if b.as != "markdown" && b.as != "html" {
		return fmt.Errorf("%w: --as is markdown or html, not %q", errUsage, b.as)
	}
	i, err := a.open(ctx, a.place(a.data))
	if err != nil {
		return err
	}
	defer i.close()
	var made *brief.Brief
	err = i.asOf(ctx, b.asOf, func(tx *db.Tx, date string) error {
		pack, err := compact.InForce(tx)
		if err != nil {
			return err
		}
		made, err = brief.Read(tx, pack, b.item, date)
		return err
	})
	if err != nil {
		return err
	}
	doc := made.Doc(a.language(), strings.TrimSuffix(b.base, "/"), false)
	text := doc.Markdown()
	if b.as == "html" {
		text = doc.File()
	}
	if b.out != "" {
		return os.WriteFile(b.out, text, 0o644)
	}
	_, err = a.out.Write(text)
	return err
}

// asOf reads the store as it stood: DATE when the day ended everywhere, or DATE.SIZE
// after so many entries; as it stands today where nothing is said.
func (i *instance) asOf(ctx context.Context, when string, read func(tx *db.Tx, date string) error) error {
	if when == "" {
		return i.db.Read(ctx, func(tx *db.Tx) error { return read(tx, keeper.Today(i.keeper.Now())) })
	}
	date, after, exact := strings.Cut(when, ".")
	var size int64
	err := i.db.Read(ctx, func(tx *db.Tx) (err error) { size, err = keeper.SizeOn(tx, date); return err })
	if err != nil {
		return err
	}
	if exact {
		if size, err = strconv.ParseInt(after, 10, 64); err != nil {
			return fmt.Errorf("%w: --as-of is DATE or DATE.ENTRIES, such as 2027-03-01.1234, not %q", errUsage, when)
		}
	}
	past, err := i.keeper.At(ctx, size)
	if err != nil {
		return err
	}
	defer past.Release()
	return past.DB().Read(ctx, func(tx *db.Tx) error { return read(tx, date) })
}
