package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/stakeholder"
)

func (a *app) exportTable() *cobra.Command {
	var party int64
	var file string
	c := &cobra.Command{Use: "commitments", Short: "Write the open commitments of a party as a table to edit and import", Args: cobra.NoArgs,
		Long: `Writes one row for each commitment that a party leads and that is neither withdrawn nor concluded, with its number and its
version. kept import commitments takes the table back: what was changed becomes an amendment, with the reason from the
column "reason"; a row that was left as it is does nothing; a row without a number makes a commitment.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.writeTable(c.Context(), party, file) }}
	c.Flags().Int64Var(&party, "party", 0, "number of the party")
	c.Flags().StringVar(&file, "csv", "", "write a CSV file there; without it to standard output")
	return c
}

func (a *app) writeTable(ctx context.Context, party int64, name string) error {
	if party <= 0 {
		return fmt.Errorf("%w: name the party with --party", errUsage)
	}
	i, err := a.open(ctx, a.place(a.data))
	if err != nil {
		return err
	}
	defer i.close()
	var table bytes.Buffer // whole before anything is written
	n := 0
	err = i.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := stakeholder.ByID(tx, party); err != nil {
			return err
		}
		n, err = commitment.WriteTable(tx, party, a.language(), i.keeper.Now().UTC().Format("2006-01-02"), &table)
		return err
	})
	if err != nil {
		return err
	}
	if name == "" {
		_, err := io.Copy(a.out, &table)
		return err
	}
	if err := os.WriteFile(name, table.Bytes(), 0o666); err != nil {
		return err
	}
	return a.print(map[string]any{"file": name, "commitments": n}, func(w io.Writer) { fmt.Fprintf(w, "%s: commitments %d\n", name, n) })
}
