package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"kept/internal/forum/beacon"
	"kept/internal/forum/draw"
	"kept/internal/locale"
	"kept/record"
)

// drawing is what draw round is told.
type drawing struct {
	source                              int
	round, throws, announced, last, out string
	witnessed, relays                   []string
	offline                             bool
}

func (a *app) drawRound() *cobra.Command {
	var d drawing
	c := &cobra.Command{Use: "round PLAN", Short: "Make the draw of a plan with its randomness, and the file that proves it", Args: exactly(1, "the file of a plan"),
		Long: `Takes a plan and the randomness that it names, makes the draw and writes one file that anybody can check with: kept draw check FILE.
The round of the beacon is fetched and its signature checked; on a machine without a network give it with --round, as a relay serves it
(RELAY/CHAIN/public/ROUND). Throws of a die are given with --throws: digits 1 to 6. A later source than the first counts only when the ones before it
failed: where one of them can be fetched, this command refuses. The receipts of the record go into the file with --announced, --last and --witnessed.`,
		RunE: func(c *cobra.Command, args []string) error { return a.runDrawRound(c.Context(), args[0], d) }}
	f := c.Flags()
	f.IntVar(&d.source, "source", 1, "which of the plan's sources decides, from 1")
	f.StringVar(&d.round, "round", "", "a file with the round as a relay serves it; - for standard input")
	f.StringVar(&d.throws, "throws", "", "a file with the throws of the die; - for standard input")
	f.StringArrayVar(&d.relays, "relay", nil, "an address that serves the beacon, in place of the public ones; may be given several times")
	f.BoolVar(&d.offline, "offline", false, "do not ask whether an earlier source has its round after all")
	f.StringVar(&d.announced, "announced", "", "the receipt of the entry that announced the plan, under the first checkpoint that covered it")
	f.StringVar(&d.last, "last", "", "the receipt of the last entry under the same checkpoint, where that is another entry")
	f.StringArrayVar(&d.witnessed, "witnessed", nil, "the receipt of a witness's statement; may be given several times")
	f.StringVarP(&d.out, "out", "o", "", "write the draw into this new file")
	return c
}

func (a *app) runDrawRound(ctx context.Context, name string, d drawing) error {
	if d.out == "" {
		return fmt.Errorf("%w: name the file to write with --out", errUsage)
	}
	b, err := readBounded(name, draw.MaxPlan)
	if err != nil {
		return err
	}
	p, err := draw.ParsePlan(b)
	if err != nil {
		return err
	}
	if d.source < 1 || d.source > len(p.Sources) {
		return locale.Field("--source", locale.E("err.draw.source", "got", d.source, "n", len(p.Sources)))
	}
	if err := a.askEarlier(ctx, p, d); err != nil {
		return err
	}
	r, err := a.randomness(ctx, p, d)
	if err != nil {
		return err
	}
	e, err := evidence(d)
	if err != nil {
		return err
	}
	f, err := draw.NewFile(p, r, e)
	if err != nil {
		return err
	}
	return a.keepDraw(f, d.out)
}

// keepDraw checks what was made as a stranger would, and writes it unless something does not hold. What is only
// not shown, because there is no record, is told.
func (a *app) keepDraw(f *draw.File, name string) error {
	b, err := f.Canonical()
	if err != nil {
		return err
	}
	chains := draw.Options{}
	for _, s := range f.Plan.Sources {
		if s.Chain != nil {
			chains.Chains = append(chains.Chains, *s.Chain) // who checks decides whom she trusts
		}
	}
	v, _ := draw.Check(b, chains) // what is wrong is in the steps
	out := a.drawnOf(v, true)
	if out.OK {
		if err := writeNew(name, b); err != nil {
			return err
		}
	}
	err = a.print(out, func(w io.Writer) {
		a.printDrawn(w, v, out)
		if out.OK {
			fmt.Fprintf(w, "%s: %d bytes; anybody checks it with: kept draw check %[1]s\n", name, len(b))
		}
	})
	if err == nil && !out.OK {
		return errFaults
	}
	return err
}

// askEarlier refuses a later source while an earlier one has its round: which source decides is never a choice.
func (a *app) askEarlier(ctx context.Context, p *draw.Plan, d drawing) error {
	for n := 1; n < d.source && !d.offline; n++ {
		s := p.Sources[n-1]
		_, err := d.fetch(ctx, s)
		switch {
		case err == nil:
			return locale.Field("--source", locale.E("err.draw.not_yet", "source", n, "round", fmt.Sprint(s.Round)))
		case !errors.Is(err, beacon.ErrNotThere):
			fmt.Fprintf(a.err, "kept: whether source %d has its round could not be asked: %v\n", n, err)
		}
	}
	return nil
}

// fetch brings the round of a source.
func (d drawing) fetch(ctx context.Context, s draw.Source) (draw.Randomness, error) {
	if len(d.relays) > 0 {
		return beacon.Fetch(ctx, beacon.Own, d.relays, *s.Chain, s.Round)
	}
	return beacon.Fetch(ctx, beacon.Public, beacon.Relays, *s.Chain, s.Round)
}

// randomness is what the chosen source gave: fetched, or out of a file.
func (a *app) randomness(ctx context.Context, p *draw.Plan, d drawing) (r draw.Randomness, err error) {
	s := p.Sources[d.source-1]
	switch {
	case s.Chain == nil:
		if d.throws == "" {
			return r, fmt.Errorf("%w: source %d is a die: give its throws with --throws", errUsage, d.source)
		}
		b, err := a.readOrIn(d.throws)
		return draw.Randomness{Source: d.source, Throws: draw.CleanThrows(string(b))}, err
	case d.throws != "":
		return r, locale.Field("--throws", locale.E("err.draw.sort", "source", d.source))
	case d.round != "":
		b, err := a.readOrIn(d.round)
		if err != nil {
			return r, err
		}
		r, err = beacon.Parse(b, *s.Chain, s.Round)
		r.Source = d.source
		return r, locale.Field("--round", err)
	}
	r, err = d.fetch(ctx, s)
	r.Source = d.source
	if errors.Is(err, beacon.ErrNotThere) {
		return r, fmt.Errorf("round %d is due at %s: %w; wait for it, or name witnesses' statements that it failed", s.Round, s.At, err)
	}
	return r, err
}

// readOrIn reads a small file, or standard input for "-".
func (a *app) readOrIn(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(a.in, 64<<10))
	}
	return readBounded(name, 64<<10)
}

// evidence reads the receipts.
func evidence(d drawing) (e draw.Evidence, err error) {
	one := func(name string) (*record.Receipt, error) {
		if name == "" {
			return nil, nil
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		r, err := record.ParseReceipt(b)
		if err != nil {
			return nil, locale.Field(name, locale.E("err.draw.receipt", "detail", err.Error()))
		}
		return &r, nil
	}
	if e.Announced, err = one(d.announced); err != nil {
		return e, err
	}
	if e.Last, err = one(d.last); err != nil {
		return e, err
	}
	for _, name := range d.witnessed {
		r, err := one(name)
		if err != nil {
			return e, err
		}
		e.Witnessed = append(e.Witnessed, *r)
	}
	return e, nil
}
