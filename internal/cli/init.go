package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/spf13/cobra"

	"kept/compacts"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/observatory"
	"kept/internal/stakeholder"
)

// founding is how a new record begins.
type founding struct {
	pack   string // "gdc", "harbour" or a folder
	origin string
	resume bool // go on with what the directory holds, under its own origin and pack
	clock  keeper.Clock
}

func (a *app) init() *cobra.Command {
	var f founding
	c := &cobra.Command{Use: "init", Short: "Make a new record for a compact", Args: exactly(0, "no arguments"),
		Long: `Makes a data directory with a signing key, adopts a content pack as the first act, enters the adoption by
States that the pack states, and loads the pack's own tables. The origin is the record's name for ever (a host name
and path without scheme, such as compact.example.org); it is made once and stays.`,
		RunE: func(c *cobra.Command, _ []string) error {
			i, err := a.found(c.Context(), a.place(a.data), f)
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
	if err := mayScript(p, pack); err != nil {
		return nil, err
	}
	if !exists(p.dir) {
		if !origin.MatchString(f.origin) {
			return nil, fmt.Errorf("%w: --origin names the record by host name and path, without scheme, such as compact.example.org", errUsage)
		}
		if err := lockIsFree(p.lock, f.origin); err != nil {
			return nil, err
		}
		if _, err := keeper.CreateKey(keyFile(p.dir), f.origin); err != nil {
			return nil, err
		}
	}
	if f.clock != nil {
		p.clock = f.clock
	}
	i, err := a.open(ctx, p)
	if err != nil {
		return nil, err
	}
	if err := a.begin(ctx, i, f, pack, bytes); err != nil {
		i.close()
		return nil, err
	}
	return i, nil
}

// origin is what names a record: it stands in every checkpoint, so it has no
// blank, no plus sign and no scheme.
var origin = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.:-]{0,127}(/[A-Za-z0-9._~-]{1,64}){0,8}$`)

// begin is the first part of every record: the pack, the adoptions, the pack's
// tables. A record that has begun otherwise is left as it is, and that is said.
func (a *app) begin(ctx context.Context, i *instance, f founding, pack *compact.Pack, bytes []byte) error {
	if f.origin != "" && f.origin != i.key.Origin && !f.resume {
		return fmt.Errorf("%s holds the record %s already, and an origin stays; choose another folder for %s", i.dir, i.key.Origin, f.origin)
	}
	if err := i.keeper.ReadOnly(); err != nil {
		return err
	}
	var held *compact.Pack
	err := i.db.Read(ctx, func(tx *db.Tx) (err error) { held, err = compact.InForce(tx); return err })
	switch {
	case errors.Is(err, keeper.ErrNotFound):
		act := compact.AdoptPack(pack, bytes, i.keeper.Now().Format("2006-01-02"))
		if _, err := i.keeper.Submit(ctx, "init/pack", act); err != nil {
			return fmt.Errorf("adopt the pack: %w", err)
		}
	case err != nil:
		return err
	case held.Digest != pack.Digest && f.resume:
		pack = held // made by a program that came with another version of it
	case held.Digest != pack.Digest:
		return fmt.Errorf("%s holds a record under the pack %s %s already; choose another folder for %s %s", i.dir, held.ID, held.Version, pack.ID, pack.Version)
	}
	if _, err := stakeholder.AdoptAll(ctx, i.keeper, pack); err != nil {
		return fmt.Errorf("enter the adoptions: %w", err)
	}
	if err := observatory.LoadPack(ctx, i.keeper, pack); err != nil {
		return fmt.Errorf("load the pack's tables: %w", err)
	}
	return i.sign(ctx)
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
