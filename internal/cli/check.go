package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kept/internal/compact"
	"kept/internal/keeper"
	"kept/record"
)

func (a *app) pack() *cobra.Command {
	return group("pack", "Work with content packs", &cobra.Command{Use: "check DIR", Short: "Check a content pack: every fault with its file, line and remedy", Args: exactly(1, "one folder, or the name of a built-in pack"),
		RunE: func(_ *cobra.Command, args []string) error { return a.checkPack(args[0]) }})
}

// packFault is a fault as --json prints it.
type packFault struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
	Remedy  string `json:"remedy"`
}

func (a *app) checkPack(name string) error {
	folder, err := packFolder(name)
	if err != nil {
		return err
	}
	pack, faults := compact.Check(folder)
	list := make([]packFault, len(faults))
	for i, f := range faults {
		list[i] = packFault{f.File, f.Line, f.Column, f.Message(a.language()), f.Remedy(a.language())}
	}
	err = a.print(map[string]any{"faults": list}, func(w io.Writer) {
		for _, f := range list {
			fmt.Fprintf(w, "%s:%d:%d: %s\n    %s\n", f.File, f.Line, f.Column, f.Message, f.Remedy)
		}
		if len(list) > 0 {
			fmt.Fprintf(w, "%d faults\n", len(list))
			return
		}
		fmt.Fprintf(w, "%s %s: no fault; %d texts, %d items, %d mechanisms, %d bodies, %d documents, digest %s\n",
			pack.ID, pack.Version, len(pack.Texts), countItems(pack), len(pack.Mechanisms), len(pack.Bodies), len(pack.Documents), pack.Digest)
	})
	if err == nil && len(list) > 0 {
		return errFaults
	}
	return err
}

func countItems(p *compact.Pack) (n int) {
	for _, t := range p.Texts {
		n += len(t.Items)
	}
	return n
}

func (a *app) verify() *cobra.Command {
	var checkpoints, receipts []string
	var save string
	c := &cobra.Command{Use: "verify ADDRESS|DIR", Short: "Check a record the way a stranger does", Args: exactly(1, "the address of a site, or a folder"),
		Long: `Checks the record of a site (its public address), a saved copy (a folder made with --save) or a data directory:
tiles, canonical form of every entry, words, blobs, packs, the signature, and that nothing changed since each
checkpoint or receipt given. A checkpoint is saved with: kept verify ADDRESS --save DIR, or from ADDRESS/record/checkpoint.
A folder that holds a copy already is brought up to date: the record must continue it, and what the record has erased
or hidden since goes from the copy too.`,
		RunE: func(c *cobra.Command, args []string) error {
			o := record.Options{Progress: a.progress("checking entries")}
			var err error
			if o.Checkpoints, err = readFiles(checkpoints); err != nil {
				return err
			}
			if o.Receipts, err = readFiles(receipts); err != nil {
				return err
			}
			return a.runVerify(c.Context(), args[0], save, o)
		}}
	c.Flags().StringArrayVar(&checkpoints, "checkpoint", nil, "a checkpoint saved earlier; may be given several times")
	c.Flags().StringArrayVar(&receipts, "receipt", nil, "a receipt; may be given several times")
	c.Flags().StringVar(&save, "save", "", "keep a copy of all that was read in this folder, or bring the one in it up to date")
	return c
}

func readFiles(names []string) (all [][]byte, err error) {
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return all, nil
}

func (a *app) runVerify(ctx context.Context, target, save string, o record.Options) error {
	source, end, err := a.source(ctx, target)
	if err != nil {
		return err
	}
	defer end()
	check := func() (*record.Report, error) { return record.Verify(ctx, source, o) }
	if save != "" {
		check = func() (*record.Report, error) { return record.Download(ctx, source, save, o) }
	}
	report, err := check()
	if err != nil {
		return fmt.Errorf("the record could not be read: %w", err)
	}
	err = a.print(report, func(w io.Writer) { printReport(w, report) })
	if err == nil && len(report.Faults) > 0 {
		return errFaults
	}
	return err
}

// source opens what is to be checked: an address, a saved copy or a data directory.
func (a *app) source(ctx context.Context, target string) (record.Source, func(), error) {
	if strings.HasPrefix(target, "http://") || strings.HasPrefix(target, "https://") {
		base := strings.TrimSuffix(target, "/")
		if !strings.HasSuffix(base, "/record") {
			base += "/record"
		}
		return record.HTTPSource(base, &http.Client{Timeout: 5 * time.Minute}), func() {}, nil
	}
	if exists(target) {
		i, err := a.open(ctx, a.place(target))
		if err != nil {
			return nil, nil, err
		}
		return i.keeper, i.close, nil
	}
	if _, err := os.Stat(filepath.Join(target, "record", "checkpoint")); err == nil { // an export of the site
		return record.DirSource(filepath.Join(target, "record")), func() {}, nil
	}
	if _, err := os.Stat(filepath.Join(target, "checkpoint")); err != nil {
		return nil, nil, fmt.Errorf("%s is neither an address, nor a data directory, nor a saved copy (it holds no file named checkpoint)", target)
	}
	return record.DirSource(target), func() {}, nil
}

func printReport(w io.Writer, r *record.Report) {
	fmt.Fprintf(w, "origin %s\n%d entries, root %s\n%d words, %d parts erased, %d hidden, %d not published, %d blobs\n", r.Origin, r.Size, r.Root, r.Words, r.Erased, r.Hidden, r.Sealed, r.Blobs)
	for _, part := range r.Dropped {
		fmt.Fprintf(w, "gone from the copy, because the record erased or hid it: %s\n", part)
	}
	for _, part := range r.Kept {
		fmt.Fprintf(w, "stays in the copy: no longer served, and no entry says why: %s\n", part)
	}
	for _, f := range r.Faults {
		fmt.Fprintf(w, "FAULT %s: %s: %s\n", f.Place, f.Rule, f.Detail)
	}
	if r.Consistent > 0 {
		fmt.Fprintf(w, "it continues what was kept earlier (checkpoints and receipts given: %d): nothing in them was changed, moved or dropped\n", r.Consistent)
	}
	if len(r.Faults) == 0 {
		fmt.Fprintln(w, "no fault: every entry is in its form and under the signed checkpoint")
		return
	}
	fmt.Fprintf(w, "%d faults\n", len(r.Faults))
}

func (a *app) replay() *cobra.Command {
	var check bool
	c := &cobra.Command{Use: "replay --check", Short: "Replay the record and compare it with the stored state", Args: exactly(0, "no arguments"),
		Long: `Replays every entry into a scratch database and compares each state table with the stored one, row by row.
Nothing is written to the record.`,
		RunE: func(c *cobra.Command, _ []string) error {
			if !check {
				return fmt.Errorf("%w: kept replay only checks for now: kept replay --check", errUsage)
			}
			i, err := a.open(c.Context(), a.place(a.data))
			if err != nil {
				return err
			}
			defer i.close()
			found, err := i.keeper.ReplayCheck(c.Context(), a.progress("replaying"))
			if err != nil {
				return err
			}
			return a.replayed(i.keeper, found)
		}}
	c.Flags().BoolVar(&check, "check", false, "compare the replayed state with the stored one")
	return c
}

// difference is a [keeper.Difference] as --json prints it.
type difference struct {
	Table    string `json:"table"`
	Stored   int    `json:"stored"`
	Replayed int    `json:"replayed"`
	Row      string `json:"row"`
}

func (a *app) replayed(k *keeper.Keeper, found []keeper.Difference) error {
	list := make([]difference, len(found))
	for n, d := range found {
		list[n] = difference(d)
	}
	err := a.print(map[string]any{"entries": k.Size(), "differences": list}, func(w io.Writer) {
		for _, d := range found {
			fmt.Fprintf(w, "%s: %d rows stored, %d replayed; %s\n", d.Table, d.Stored, d.Replayed, d.Row)
		}
		if len(found) == 0 {
			fmt.Fprintf(w, "%d entries replayed: every state table is as stored\n", k.Size())
		}
	})
	if err == nil && len(found) > 0 {
		return errFaults
	}
	return err
}
