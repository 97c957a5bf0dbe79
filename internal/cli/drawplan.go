package cli

import (
	"context"
	"fmt"
	"io"
	"math/big"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kept/internal/forum/draw"
	"kept/internal/forum/sortition"
	"kept/internal/locale"
)

// drawPlanning is what draw plan is told.
type drawPlanning struct {
	seats, most, throws                              int
	lead                                             int64
	group, by, method, beacon, at, fails, later, out string
	laterFails, dice                                 string
	columns                                          draw.Columns
	witnesses                                        []string
	chances                                          bool
}

func (a *app) drawPlan() *cobra.Command {
	var d drawPlanning
	c := &cobra.Command{Use: "plan CATEGORIES RESPONDENTS", Short: "Compute a fair selection from two tables and freeze it as the plan of a draw", Args: exactly(2, "the table of categories and the table of respondents"),
		Long: `Takes quotas (CSV: category,feature,min,max or feature,value,min,max) and the pool (CSV: one row a person, a column for each category) and
computes the panels and their tickets. Without --out it only shows the result: each level of chances, or which quotas contradict one
another and the least change that helps. With --out it writes the plan, which names its randomness beforehand: --at, the time of a
round of the beacon, and what takes its place when that round is not published, --later or --dice. Announce the plan's digest before that time.
Columns that are neither a category nor named by a flag do not come into the plan; the identifiers do: let them be pseudonyms.`,
		RunE: func(c *cobra.Command, args []string) error { return a.runDrawPlan(c.Context(), args, d) }}
	f := c.Flags()
	f.IntVar(&d.seats, "seats", 0, "how many are drawn")
	f.StringVar(&d.group, "group", "panel", "name of what is drawn")
	f.StringVar(&d.by, "segments", "", "the category whose values are the parts of the group, each with its seats as minimum and as maximum")
	f.StringVar(&d.columns.ID, "id", "", "the column of pseudonyms; without it id, pseudonym or nationbuilder_id, else the row's number from 0")
	f.StringVar(&d.columns.Group, "affiliation", "", "the column of affiliations")
	f.IntVar(&d.most, "most", 0, "at most so many of one affiliation")
	f.StringVar(&d.method, "method", "leximin", "leximin, maximin or nash")
	f.BoolVar(&d.chances, "chances", false, "print the chance of each person")
	f.StringVar(&d.beacon, "beacon", "quicknet", "quicknet, default, or a file that describes a chain of drand")
	f.StringVar(&d.at, "at", "", "the first round of the beacon at or after this time decides, such as 2026-12-01T12:00:00Z")
	f.StringVar(&d.fails, "fails", "", "that round has failed when it is not published by this time; without it a day later")
	f.StringVar(&d.later, "later", "", "fall-back: the first round at or after this time")
	f.StringVar(&d.laterFails, "later-fails", "", "that round has failed by this time; needed before --dice")
	f.StringVar(&d.dice, "dice", "", "fall-back: a die is thrown in public, not before this time")
	f.IntVar(&d.throws, "throws", draw.MinThrows, "how many throws of the die count")
	f.StringArrayVar(&d.witnesses, "witness", nil, "a party who may state what it saw, by the number of its entry or a name; two or more")
	f.Int64Var(&d.lead, "lead", 3600, "seconds between the announcement and the first source, at least")
	f.StringVarP(&d.out, "out", "o", "", "write the plan into this new file")
	return c
}

// methods are how a portfolio is computed, by their names on the command line.
var methods = map[string]func(context.Context, *sortition.Instance, sortition.Options) (*sortition.Portfolio, error){
	"leximin": sortition.Leximin, "maximin": sortition.Maximin, "nash": sortition.Nash,
}

func (a *app) runDrawPlan(ctx context.Context, names []string, d drawPlanning) error {
	compute, known := methods[d.method]
	if !known {
		return fmt.Errorf("%w: --method is leximin, maximin or nash, not %q", errUsage, d.method)
	}
	sources, err := a.sources(d)
	if err != nil {
		return err
	}
	if d.out != "" && len(sources) == 0 {
		return fmt.Errorf("%w: a plan names its randomness: --at with --later or --dice", errUsage)
	}
	tables, err := readTables(names, d)
	if err != nil {
		return err
	}
	pf, err := compute(ctx, tables.Question, sortition.Options{Log: func(s string) {
		if !a.json {
			fmt.Fprintln(a.err, s)
		}
	}})
	if err != nil {
		return tables.Faults(err)
	}
	shown := planned{Seats: d.seats, Pool: len(tables.Question.Pool), Ignored: tables.Ignored, Method: pf.Method, Panels: len(pf.Panels), Tickets: pf.Total.String(), Levels: levelsOf(pf)}
	if d.chances {
		for i, chance := range pf.Chances(len(tables.Question.Pool)) {
			shown.Chances = append(shown.Chances, drawChance{tables.Question.Pool[i].ID, chance.RatString(), percent(chance)})
		}
	}
	if d.out != "" {
		if shown.Plan, err = writePlan(tables.Question, pf, sources, d); err != nil {
			return err
		}
		shown.File = d.out
	}
	return a.print(shown, shown.print)
}

// readTables reads and checks the question.
func readTables(names []string, d drawPlanning) (*draw.Tables, error) {
	categories, err := os.Open(names[0])
	if err != nil {
		return nil, err
	}
	defer categories.Close()
	respondents, err := os.Open(names[1])
	if err != nil {
		return nil, err
	}
	defer respondents.Close()
	tables, err := draw.ReadTables(categories, respondents, [2]string(names), d.seats, d.columns)
	if err != nil {
		return nil, err
	}
	tables.Question.MostOfGroup = d.most
	return tables, tables.Check()
}

// sources are the sources of randomness that the flags name, in their order.
func (a *app) sources(d drawPlanning) (list []draw.Source, err error) {
	if d.at == "" && d.dice == "" {
		return nil, nil
	}
	chain, err := beaconNamed(d.beacon)
	if err != nil {
		return nil, err
	}
	times := map[string]time.Time{}
	for flag, text := range map[string]string{"at": d.at, "fails": d.fails, "later": d.later, "later-fails": d.laterFails, "dice": d.dice} {
		if text == "" {
			continue
		}
		if times[flag], err = time.Parse(time.RFC3339, text); err != nil {
			return nil, fmt.Errorf("%w: --%s is a time such as 2026-12-01T12:00:00Z, not %q", errUsage, flag, text)
		}
	}
	if d.at != "" {
		fails := times["fails"]
		if fails.IsZero() {
			fails = times["at"].Add(24 * time.Hour)
		}
		list = append(list, draw.Beacon(chain, times["at"], fails))
	}
	if d.later != "" {
		list = append(list, draw.Beacon(chain, times["later"], times["later-fails"]))
	}
	if d.dice != "" {
		list = append(list, draw.Dice(d.throws, times["dice"]))
	}
	if last := &list[len(list)-1]; last.Chain != nil { // nothing comes after it
		last.Fails = ""
	}
	if first := timeOf(list[0].At); first.Before(a.now().Add(time.Duration(d.lead) * time.Second)) {
		return nil, locale.Field("--at", locale.E("err.draw.past", "at", list[0].At, "seconds", d.lead))
	}
	return list, nil
}

// timeOf reads a time that the program wrote.
func timeOf(s string) time.Time {
	t, _ := time.Parse(time.RFC3339, s)
	return t
}

// now is the clock, or the one of a sample.
func (a *app) now() time.Time {
	if a.clock != "" {
		return clockFile(a.clock)()
	}
	return time.Now()
}

// beaconNamed is a known chain, or one that a file describes.
func beaconNamed(name string) (draw.Chain, error) {
	for _, c := range draw.Known() {
		if c.Beacon == name {
			return c, nil
		}
	}
	return readChain(name)
}

// writePlan freezes the plan and returns its digest.
func writePlan(in *sortition.Instance, pf *sortition.Portfolio, sources []draw.Source, d drawPlanning) (string, error) {
	what := draw.Drawn{Group: d.group, By: d.by}
	for _, c := range in.Categories {
		for _, v := range c.Values {
			if c.Name == d.by && v.Max > 0 {
				what.Segments = append(what.Segments, draw.Segment{Name: v.Name, Seats: v.Max})
			}
		}
	}
	p, err := draw.New(what, in, pf, d.lead, sources, d.witnesses)
	if err != nil {
		return "", err
	}
	b, err := p.Canonical()
	if err != nil {
		return "", err
	}
	digest, err := p.Digest()
	if err != nil {
		return "", err
	}
	return digest.String(), writeNew(d.out, b)
}

// planned is a plan as it is printed.
type planned struct {
	Seats   int          `json:"seats"`
	Pool    int          `json:"pool"`
	Ignored []string     `json:"left_out,omitempty"`
	Method  string       `json:"method"`
	Panels  int          `json:"panels"`
	Tickets string       `json:"tickets"`
	Levels  []drawLevel  `json:"levels"`
	Chances []drawChance `json:"chances,omitempty"`
	Plan    string       `json:"plan,omitempty"`
	File    string       `json:"file,omitempty"`
}

// drawLevel says how many people have which chance.
type drawLevel struct {
	Chance  string `json:"chance"`
	Percent string `json:"percent"`
	People  int    `json:"people"`
}

// levelsOf counts people by their chance, the lowest first.
func levelsOf(pf *sortition.Portfolio) (list []drawLevel) {
	levels := slices.Clone(pf.Levels)
	slices.SortFunc(levels, func(a, b sortition.Level) int { return a.Chance.Cmp(b.Chance) })
	for _, l := range levels {
		list = append(list, drawLevel{new(big.Rat).Set(l.Chance).RatString(), percent(l.Chance), l.People})
	}
	return list
}

func (p planned) print(w io.Writer) {
	fmt.Fprintf(w, "%d seats, a pool of %d: %d panels by %s, %s tickets\n", p.Seats, p.Pool, p.Panels, p.Method, p.Tickets)
	if len(p.Ignored) > 0 {
		fmt.Fprintf(w, "columns that do not come into the plan: %s\n", strings.Join(p.Ignored, ", "))
	}
	for _, l := range p.Levels {
		fmt.Fprintf(w, "%d people: chance %s = %s %%\n", l.People, l.Chance, l.Percent)
	}
	for _, c := range p.Chances {
		fmt.Fprintf(w, "chance of %s: %s = %s %%\n", c.ID, c.Chance, c.Percent)
	}
	if p.File == "" {
		fmt.Fprintln(w, "nothing was written: --out FILE writes the plan")
		return
	}
	fmt.Fprintf(w, "%s: plan %s (SHA-256); announce this digest before the time of its first source\n", p.File, p.Plan)
}
