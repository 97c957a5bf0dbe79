package cli

import (
	"context"
	"fmt"
	"io"
	"math/big"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"kept/internal/forum/draw"
	"kept/internal/locale"
	"kept/record"
)

func (a *app) draw() *cobra.Command {
	return group("draw", "Draw a panel by lot under quotas, so that anybody can repeat it", a.drawPlan(), a.drawRound(), a.drawCheck())
}

// drawChecking is what draw check is told.
type drawChecking struct {
	keys, chains, gone    []string
	chances, alone, proof bool
}

func (a *app) drawCheck() *cobra.Command {
	var d drawChecking
	c := &cobra.Command{Use: "check FILE", Short: "Repeat a draw from its file, without a network, and compare every byte", Args: exactly(1, "the file of a draw"),
		Long: `Takes the file of a draw and repeats it: that quotas, panels, tickets and chances of the plan agree; that the plan was
announced in the record, and under a signed checkpoint, before its randomness existed; that the round of the beacon is genuine, or two
witnesses saw the dice; that number, panel and reserves follow. It ends with exit code 3 when anything differs or is not shown.`,
		RunE: func(c *cobra.Command, args []string) error { return a.runDrawCheck(c.Context(), args[0], d) }}
	f := c.Flags()
	f.BoolVar(&d.chances, "chances", false, "print the chance of each person")
	f.StringSliceVar(&d.gone, "gone", nil, "who left, in this order: prints who moves up; may be given several times")
	f.StringArrayVar(&d.keys, "key", nil, "a verifier key that you trust, from the record's /record/key; without one the file's own key is taken and printed")
	f.StringArrayVar(&d.chains, "beacon", nil, "a file that describes a beacon which you trust, besides those of the League of Entropy")
	f.BoolVar(&d.proof, "proof", false, "make the searches of the plan's proof again: nobody's chance could be better; this can take as long as computing it")
	f.BoolVar(&d.alone, "alone", false, "the draw was made without a record: what only a record shows may be missing")
	return c
}

// drawStep is a step of a check as --json prints it.
type drawStep struct {
	Name    string `json:"name"`
	State   string `json:"state"`
	Message string `json:"message,omitempty"`
}

// drawn is a checked draw as --json prints it.
type drawn struct {
	OK        bool             `json:"ok"`
	Steps     []drawStep       `json:"steps"`
	Plan      string           `json:"plan,omitempty"`
	Announced *draw.Statement  `json:"announced,omitempty"`
	Witnessed []draw.Statement `json:"witnessed,omitempty"`
	Outcome   *draw.Outcome    `json:"outcome,omitempty"`
	Chances   []drawChance     `json:"chances,omitempty"`
	Moves     []draw.Move      `json:"moves,omitempty"`
	Panel     []string         `json:"panel_now,omitempty"`
}

// drawChance is the chance of a person, exactly and to four digits of a per cent.
type drawChance struct {
	ID      string `json:"id"`
	Chance  string `json:"chance"`
	Percent string `json:"percent"`
}

func (a *app) runDrawCheck(ctx context.Context, name string, d drawChecking) error {
	b, err := readBounded(name, draw.MaxFile)
	if err != nil {
		return err
	}
	o := draw.Options{Keys: d.keys}
	for _, file := range d.chains {
		c, err := readChain(file)
		if err != nil {
			return err
		}
		o.Chains = append(o.Chains, c)
	}
	v, _ := draw.Check(b, o) // what is wrong is in the steps
	if d.proof && v.Digest != (record.Digest{}) {
		_, err := v.File.Plan.Prove(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		v.Proved(err)
	}
	out := a.drawnOf(v, d.alone)
	if out.OK {
		if out.Moves, out.Panel, err = v.File.Outcome.Moves(v.File.Plan, d.gone...); err != nil {
			return err
		}
		if d.chances {
			out.Chances = chancesOf(v.File.Plan)
		}
	}
	err = a.print(out, func(w io.Writer) { a.printDrawn(w, v, out) })
	if err == nil && !out.OK {
		return errFaults
	}
	return err
}

// readChain reads the description of a beacon.
func readChain(name string) (draw.Chain, error) {
	b, err := readBounded(name, 64<<10)
	if err != nil {
		return draw.Chain{}, err
	}
	c, err := draw.ParseChain(b)
	var es locale.Errors
	if all, ok := locale.All(err); ok {
		for _, one := range all {
			es.AddField(name, one)
		}
		err = es
	}
	return c, err
}

// drawnOf puts a verdict into what is printed.
func (a *app) drawnOf(v *draw.Verdict, alone bool) drawn {
	out := drawn{OK: len(v.Steps) > 0, Announced: v.Announced, Witnessed: v.Witnessed}
	for _, s := range v.Steps {
		step := drawStep{Name: s.Name, State: s.State}
		if es, ok := locale.All(s.Err); ok {
			var lines []string
			for _, e := range es {
				lines = append(lines, strings.TrimPrefix(e.Place+": ", ": ")+e.In(a.language()))
			}
			step.Message = strings.Join(lines, "\n")
		} else if s.Err != nil {
			step.Message = s.Err.Error()
		}
		out.Steps = append(out.Steps, step)
		out.OK = out.OK && (s.State == draw.Passed || s.State == draw.Missing && alone)
	}
	if v.File != nil {
		out.Plan, out.Outcome = v.Digest.String(), v.File.Outcome
	}
	return out
}

func (a *app) printDrawn(w io.Writer, v *draw.Verdict, out drawn) {
	lang := a.language()
	if v.File != nil {
		printPlan(w, v.File.Plan, out.Plan)
		printSource(w, v.File)
	}
	if s := v.Announced; s != nil {
		fmt.Fprintf(w, "announced by entry %d of %s at %s, under the checkpoint of %d entries, root %s\n", s.Index, s.Origin, s.At, s.Size, s.Root)
		fmt.Fprintf(w, "key %s\n", s.Key)
	}
	for _, s := range v.Witnessed {
		fmt.Fprintf(w, "witnessed by %s: entry %d at %s%s\n", s.By, s.Index, s.At, otherwise(s, v.File))
	}
	for _, s := range out.Steps {
		fmt.Fprintf(w, "%s: %s\n", lang.T("draw.step."+s.Name), lang.T("draw.state."+s.State))
		if s.Message != "" {
			fmt.Fprintln(w, "    "+strings.ReplaceAll(s.Message, "\n", "\n    "))
		}
	}
	if !out.OK {
		return
	}
	printOutcome(w, v.File)
	for _, c := range out.Chances {
		fmt.Fprintf(w, "chance of %s: %s = %s %%\n", c.ID, c.Chance, c.Percent)
	}
	for _, m := range out.Moves {
		printMove(w, m)
	}
	if len(out.Moves) > 0 {
		fmt.Fprintf(w, "panel now: %s\n", strings.Join(out.Panel, " "))
	}
}

func printPlan(w io.Writer, p *draw.Plan, digest string) {
	var parts []string
	for _, s := range p.Drawn.Segments {
		parts = append(parts, fmt.Sprintf("%s %d", s.Name, s.Seats))
	}
	fmt.Fprintf(w, "plan %s (SHA-256), %s: %s\n", digest, p.Format, p.Drawn.Group)
	fmt.Fprintf(w, "%d seats%s, a pool of %d, %d panels by %s, %s tickets\n", p.Instance.Seats,
		strings.TrimSuffix(" ("+strings.Join(parts, ", ")+")", " ()"), len(p.Instance.Pool), len(p.Portfolio.Panels), p.Portfolio.Method, p.Portfolio.Total)
}

func printSource(w io.Writer, f *draw.File) {
	n := f.Randomness.Source
	if n < 1 || n > len(f.Plan.Sources) {
		return
	}
	if s := f.Plan.Sources[n-1]; s.Chain != nil {
		fmt.Fprintf(w, "source %d of %d: round %d of %s, due at %s\n", n, len(f.Plan.Sources), s.Round, s.Chain.Beacon, s.At)
		return
	}
	fmt.Fprintf(w, "source %d of %d: %d throws of a die\n", n, len(f.Plan.Sources), len(f.Randomness.Throws))
}

// otherwise marks a witness who saw other throws than those that were drawn with.
func otherwise(s draw.Statement, f *draw.File) string {
	if s.Seen.Missing || s.Seen.Throws == f.Randomness.Throws {
		return ""
	}
	return ", who saw other throws: " + s.Seen.Throws
}

func printOutcome(w io.Writer, f *draw.File) {
	fmt.Fprintf(w, "drawn: ticket %s of 0 to %s\npanel: %s\n", f.Outcome.Number, lastTicket(f.Plan), strings.Join(f.Outcome.Panel, " "))
	if len(f.Outcome.Reserves) > 0 {
		fmt.Fprintf(w, "reserves: %s\n", strings.Join(f.Outcome.Reserves, " "))
	}
}

// lastTicket is the highest number that can be drawn.
func lastTicket(p *draw.Plan) string {
	n, _ := new(big.Int).SetString(p.Portfolio.Total, 10)
	return n.Sub(n, big.NewInt(1)).String()
}

func printMove(w io.Writer, m draw.Move) {
	if m.In == "" {
		fmt.Fprintf(w, "%s held no seat and moves up no more\n", m.Gone)
		return
	}
	fmt.Fprintf(w, "%s leaves, %s moves up\n", m.Gone, m.In)
	for _, b := range m.Broken {
		fmt.Fprintf(w, "    no reserve keeps every quota; with this one: %s has %d, quota %d to %d\n", strings.TrimPrefix(b.Category+": "+b.Value, ": "), b.Has, b.Min, b.Max)
	}
}

// chancesOf lists the chance of each person.
func chancesOf(p *draw.Plan) (list []drawChance) {
	for i, one := range p.Instance.Pool {
		r, _ := new(big.Rat).SetString(p.Chances[i] + "/" + p.Portfolio.Total)
		list = append(list, drawChance{one.ID, r.RatString(), percent(r)})
	}
	return list
}

// percent is a chance in per cent, to four digits.
func percent(r *big.Rat) string { return new(big.Rat).Mul(r, big.NewRat(100, 1)).FloatString(4) }

// writeNew writes a result that must not take the place of another one.
func writeNew(name string, b []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.Write(b); err != nil {
		f.Close()
		os.Remove(name)
		return err
	}
	return f.Close()
}
