package cli

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"kept/compacts"
	"kept/internal/compact"
	"kept/internal/keeper"
	"kept/internal/observatory"
	"kept/internal/stakeholder"
)

// founding is how a new record begins.
type founding struct {
	pack   string // "gdc", "harbour" or a folder
	origin string
	clock  keeper.Clock
}

func (a *app) init() *cobra.Command {
	var f founding
	c := &cobra.Command{Use: "init", Short: "Make a new record for a compact", Args: exactly(0, "no arguments"),
		Long: `Makes a data directory with a signing key, adopts a content pack as the first act, enters the adoption by
States that the pack states, and loads the pack's own tables. The origin is the record's name for ever (a host name
and path without scheme, such as compact.example.org); it is made once and stays.`,
		RunE: func(c *cobra.Command, _ []string) error {
			i, err := a.found(c.Context(), a.place(), f)
			if err != nil {
				return err
			}
			defer i.close()
			result := map[string]any{"data": a.data, "origin": i.key.Origin, "entries": i.keeper.Size(), "key": i.key.Public}
			return a.print(result, func(w io.Writer) {
				fmt.Fprintf(w, "made %s: origin %s, %d entries\nverifier key: %s\nnext: kept serve %s\n", a.data, i.key.Origin, i.keeper.Size(), i.key.Public, a.data)
			})
		}}
	c.Flags().StringVar(&f.pack, "pack", "gdc", "the content pack: gdc, harbour, or a folder")
	c.Flags().StringVar(&f.origin, "origin", "", "the record's name, such as compact.example.org (needed)")
	return c
}

// found makes a record. Dead in the middle: the next run of the same command
// finds the key and goes on, since each step carries a submission key of its own.
func (a *app) found(ctx context.Context, p place, f founding) (*instance, error) {
	pack, bytes, err := a.loadPack(f.pack)
	if err != nil {
		return nil, err
	}
	if !exists(p.dir) {
		if f.origin == "" || strings.ContainsAny(f.origin, " +\n") || strings.Contains(f.origin, "://") {
			return nil, fmt.Errorf("%w: --origin names the record, without scheme or blanks, such as compact.example.org", errUsage)
		}
		if _, err := keeper.CreateKey(keyFile(p.dir), f.origin); err != nil {
			return nil, err
		}
	}
	p.clock = f.clock
	i, err := a.open(ctx, p)
	if err != nil {
		return nil, err
	}
	if err := begin(ctx, i.keeper, pack, bytes); err != nil {
		i.close()
		return nil, err
	}
	return i, i.keeper.Sign(ctx)
}

// begin is the first part of every record: the pack, the adoptions, the pack's tables.
func begin(ctx context.Context, k *keeper.Keeper, pack *compact.Pack, bytes []byte) error {
	if _, err := k.Submit(ctx, "init/pack", compact.AdoptPack(pack, bytes, k.Now().Format("2006-01-02"))); err != nil {
		return fmt.Errorf("adopt the pack: %w", err)
	}
	if _, err := stakeholder.AdoptAll(ctx, k, pack); err != nil {
		return fmt.Errorf("enter the adoptions: %w", err)
	}
	if err := observatory.LoadPack(ctx, k, pack); err != nil {
		return fmt.Errorf("load the pack's tables: %w", err)
	}
	return nil
}

// loadPack reads a built-in pack by name or one from a folder, and refuses one with faults.
func (a *app) loadPack(name string) (*compact.Pack, []byte, error) {
	folder, err := packFolder(name)
	if err != nil {
		return nil, nil, err
	}
	pack, faults := compact.Check(folder)
	if len(faults) > 0 {
		for _, f := range faults {
			fmt.Fprintf(a.err, "%s: %s %s\n", f.Place(), f.Message(a.language()), f.Remedy(a.language()))
		}
		return nil, nil, errFaults
	}
	bytes, err := compact.Canonical(folder)
	return pack, bytes, err
}

// builtin are the packs inside the program, by the name that --pack takes.
var builtin = map[string]func() fs.FS{"gdc": compacts.GDC, "harbour": compacts.Harbour}

func packFolder(name string) (fs.FS, error) {
	if folder, ok := builtin[name]; ok {
		return folder(), nil
	}
	if _, err := os.Stat(filepath.Join(name, "pack.yaml")); err != nil {
		return nil, fmt.Errorf("%q is neither a built-in pack (gdc, harbour) nor a folder with a pack.yaml", name)
	}
	return os.DirFS(name), nil
}
