package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"kept/internal/db"
	"kept/internal/person"
	"kept/record"
)

func (a *app) restore() *cobra.Command {
	var from string
	c := &cobra.Command{Use: "restore --from ADDRESS|DIR", Short: "Bring back entries that this data directory lost", Args: exactly(0, "no arguments"),
		Long: `After an older copy of the data was put back, the record is shorter than what was signed, and read-only. This brings
the missing entries back, with their words and blobs, from a site that serves the same record, from a saved copy
(kept verify --save) or from another data directory. The source is verified first, whole: under this record's key, as a
continuation of the checkpoint in the lock, and together with the entries that are here. Then state is applied. Stop every
program that serves the data directory before. What is nowhere public does not come back: hidden texts, drafts,
accounts, input of persons that waits, and the keys of forms that were sent meanwhile.`,
		RunE: func(c *cobra.Command, _ []string) error {
			if from == "" {
				return fmt.Errorf("%w: say where from with --from; see kept restore --help", errUsage)
			}
			return a.runRestore(c.Context(), from)
		}}
	c.Flags().StringVar(&from, "from", "", "address of a site, a saved copy or a data directory")
	return c
}

func (a *app) runRestore(ctx context.Context, from string) error {
	i, err := a.open(ctx, a.place(a.data))
	if err != nil {
		return err
	}
	defer i.close()
	copied, report, err := a.verified(ctx, i, from)
	if copied != "" {
		defer os.RemoveAll(filepath.Dir(copied))
	}
	if err != nil {
		return err
	}
	if len(report.Faults) > 0 {
		if err := a.print(report, func(w io.Writer) { printReport(w, report) }); err != nil {
			return err
		}
		fmt.Fprintln(a.err, "kept: nothing was written")
		return errFaults
	}
	restored, err := i.keeper.Restore(ctx, record.DirSource(copied))
	if err != nil {
		return err
	}
	var found, again int
	if err := person.Prepare(ctx, i.db); err != nil {
		return err
	}
	err = i.db.Write(ctx, func(tx *db.Tx) (err error) {
		found, again, err = person.Recognise(tx, restored.From, restored.To)
		return err
	})
	if err != nil {
		return err
	}
	if err := i.sign(ctx); err != nil {
		return err
	}
	result := map[string]any{"from": restored.From, "to": restored.To, "words": restored.Words, "blobs": restored.Blobs,
		"persons_published": found, "persons_to_moderate": again, "read_only": i.keeper.ReadOnly() != nil}
	return a.print(result, func(w io.Writer) {
		fmt.Fprintf(w, "restored entries %d to %d, %d words, %d blobs; every table of state was applied\n", restored.From, restored.To-1, restored.Words, restored.Blobs)
		if found+again > 0 {
			fmt.Fprintf(w, "input of persons: %d found in the record, %d put back before a moderator\n", found, again)
		}
		if err := i.keeper.ReadOnly(); err != nil {
			fmt.Fprintf(w, "still read-only: %v\n", err)
		}
	})
}

// verified copies the source into a temporary folder, which verifies it.
func (a *app) verified(ctx context.Context, i *instance, from string) (copied string, report *record.Report, err error) {
	here, err := filepath.Abs(i.dir)
	if err != nil {
		return "", nil, err
	}
	if there, err := filepath.Abs(from); err == nil && there == here {
		return "", nil, fmt.Errorf("%w: --from is the data directory itself", errUsage)
	}
	o := record.Options{Keys: []string{i.key.Public}, Progress: a.progress("checking the copy")}
	held, err := i.keeper.Held(ctx)
	if err != nil {
		return "", nil, err
	}
	if held != nil {
		o.Checkpoints = [][]byte{held}
	}
	source, end, err := a.source(ctx, from)
	if err != nil {
		return "", nil, err
	}
	defer end()
	folder, err := os.MkdirTemp("", "kept-restore-")
	if err != nil {
		return "", nil, err
	}
	copied = filepath.Join(folder, "copy")
	report, err = record.Download(ctx, source, copied, o)
	if err != nil {
		err = fmt.Errorf("the copy could not be read: %w", err)
	}
	return copied, report, err
}
