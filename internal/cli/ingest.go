package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/fetch"
	"kept/internal/locale"
	"kept/internal/observatory"
)

// ingesting is what ingest is told.
type ingesting struct {
	indicator string // of the pack
	url       string
	publisher string
	licence   string
	released  string
	retrieved string
	keep      bool
	problems  int
	mapping   observatory.Mapping
	na        []string
	where     []string
	pages     []string // saved answers in place of the network
}

func (a *app) ingest() *cobra.Command {
	return group("ingest", "Take figures of a source as a snapshot", a.ingestCSV(), a.ingestWorldBank())
}

// sourceFlags are those that every snapshot needs: an indicator and where the bytes are from.
func (g *ingesting) sourceFlags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&g.indicator, "indicator", "", "id of the indicator that the figures belong to (needed)")
	f.StringVar(&g.url, "source-url", "", "where the bytes come from")
	f.StringVar(&g.publisher, "publisher", "", "who publishes them")
	f.StringVar(&g.licence, "licence", "", "licence, such as \"CC BY 4.0\" (needed)")
	f.StringVar(&g.released, "released", "", "the source's own date of release, YYYY-MM-DD")
	f.StringVar(&g.retrieved, "retrieved", time.Now().UTC().Format("2006-01-02"), "day on which the bytes were fetched, YYYY-MM-DD")
	f.BoolVar(&g.keep, "keep", false, "keep the snapshot; without it nothing is written and the result is shown")
	f.IntVar(&g.problems, "show", 20, "how many problems to print")
}

func (a *app) ingestCSV() *cobra.Command {
	var g ingesting
	c := &cobra.Command{Use: "csv FILE", Short: "Take a CSV file with an explicit mapping", Args: exactly(1, "one file"),
		Long: `Reads a long or wide CSV file. The mapping is explicit: which column holds the area, the period, the value. Each row that
cannot be read is printed with its line and kept as a problem of the snapshot. Nothing is written without --keep.
Example: kept ingest csv internet.csv --indicator internet-users --area geo --area-code iso3 --period time
         --value internet_users --licence "CC BY 4.0" --source-url https://example.org/internet.csv --keep`,
		RunE: func(c *cobra.Command, args []string) error {
			b, err := readBounded(args[0], observatory.MaxBytes)
			if err != nil {
				return err
			}
			g.mapping.NA = g.na
			for _, w := range g.where {
				column, value, ok := strings.Cut(w, "=")
				if !ok {
					return fmt.Errorf("%w: --where takes COLUMN=VALUE, got %q", errUsage, w)
				}
				g.mapping.Where = append(g.mapping.Where, observatory.Condition{Column: column, Value: value})
			}
			return a.take(c.Context(), g, observatory.CSV, b, filepath.Base(args[0]))
		}}
	g.sourceFlags(c)
	f := c.Flags()
	f.StringVar(&g.mapping.Delimiter, "delimiter", "", "\",\" when empty; \";\" or a tab")
	f.BoolVar(&g.mapping.DecimalComma, "decimal-comma", false, "values are written 3,14")
	f.StringVar(&g.mapping.Area, "area", "", "column of the area's code")
	f.StringVar(&g.mapping.AreaCode, "area-code", "iso3", "what the code is: iso2, iso3, m49, name, own")
	f.StringVar(&g.mapping.AreaLabel, "area-label", "", "column of the source's name of the area")
	f.StringVar(&g.mapping.World, "world", "", "the source's code for the whole world")
	f.StringVar(&g.mapping.Period, "period", "", "column of the period")
	f.StringVar(&g.mapping.Value, "value", "", "column of the value")
	f.StringVar(&g.mapping.Wide, "wide", "", "wide layout: beginning of the columns that end in a year; \"#\" for bare years")
	f.StringVar(&g.mapping.Nature, "nature", "", "column of the nature")
	f.StringVar(&g.mapping.FixedNature, "fixed-nature", "", "nature of every value: C, CA, E, M, G")
	f.StringVar(&g.mapping.Status, "status", "", "column of the status")
	f.StringVar(&g.mapping.Note, "note", "", "column of the note")
	f.StringVar(&g.mapping.Unit, "unit", "", "column of the unit")
	f.StringVar(&g.mapping.Base, "base", "", "column of the base period")
	f.StringArrayVar(&g.na, "na", nil, "marker of no value, in the value column only; may be repeated")
	f.StringArrayVar(&g.where, "where", nil, "take only rows where COLUMN=VALUE; may be repeated")
	f.BoolVar(&g.mapping.Future, "projections", false, "periods after the day of retrieval are no fault")
	return c
}

func (a *app) ingestWorldBank() *cobra.Command {
	var g ingesting
	c := &cobra.Command{Use: "worldbank SERIES", Short: "Load a whole series of the World Bank", Args: exactly(1, "one series, such as IT.NET.USER.ZS"),
		Long: `Fetches every page of a series from the World Bank's API, version 2, and takes it as one snapshot. Without a network,
give saved answers with --page, in order. Countries and the Bank's own aggregates are kept apart.`,
		RunE: func(c *cobra.Command, args []string) error {
			g.mapping.Series = args[0]
			if g.licence == "" {
				g.licence = "CC BY 4.0"
			}
			if g.publisher == "" {
				g.publisher = "World Bank"
			}
			if err := g.complete(); err != nil {
				return err // before anything is fetched
			}
			b, err := a.worldBankPages(c.Context(), args[0], &g)
			if err != nil {
				return err
			}
			return a.take(c.Context(), g, observatory.WorldBank, b, args[0]+".json")
		}}
	g.sourceFlags(c)
	c.Flags().StringArrayVar(&g.pages, "page", nil, "a saved answer; may be repeated, in order")
	return c
}

// worldBankPages reads all pages one after the other into one file: the API's
// answers are JSON values, and a file of several is still the bytes as they came.
func (a *app) worldBankPages(ctx context.Context, series string, g *ingesting) ([]byte, error) {
	var all []byte
	if len(g.pages) > 0 {
		for _, name := range g.pages {
			b, err := readBounded(name, observatory.MaxBytes)
			if err != nil {
				return nil, err
			}
			all = append(append(all, b...), '\n')
		}
		return all, nil
	}
	base := "https://api.worldbank.org/v2/country/all/indicator/" + url.PathEscape(series) + "?format=json&per_page=10000"
	if g.url == "" {
		g.url = base
	}
	for page, pages := 1, 1; page <= pages; page++ {
		b, err := fetch.Get(ctx, base+"&page="+strconv.Itoa(page), fetch.Options{MaxBytes: observatory.MaxBytes, Timeout: 2 * time.Minute, Private: true})
		if err != nil {
			return nil, fmt.Errorf("page %d of %s: %w; without a network, give saved answers with --page FILE", page, series, err)
		}
		if pages, err = pageCount(b); err != nil {
			return nil, err
		}
		all = append(append(all, b...), '\n')
		if len(all) > observatory.MaxBytes {
			return nil, fmt.Errorf("the answer is larger than %d bytes", observatory.MaxBytes)
		}
		a.progress("fetching pages")(int64(page)*10000, int64(pages)*10000)
	}
	return all, nil
}

// pageCount reads how many pages the answer says there are; an answer without
// that is left to the parser, which names what is wrong with it.
func pageCount(b []byte) (int, error) {
	var answer []json.RawMessage
	var head struct {
		Pages json.Number `json:"pages"`
	}
	if json.Unmarshal(b, &answer) != nil || len(answer) == 0 || json.Unmarshal(answer[0], &head) != nil {
		return 1, nil
	}
	n, err := strconv.Atoi(head.Pages.String())
	if err != nil || n < 1 {
		return 1, nil
	}
	if n > 1000 {
		return 0, fmt.Errorf("the answer says it has %d pages; that is not believable", n)
	}
	return n, nil
}

// complete tells whether what every snapshot needs was given.
func (g *ingesting) complete() error {
	if g.indicator == "" || g.licence == "" {
		return fmt.Errorf("%w: name the indicator with --indicator and the licence with --licence", errUsage)
	}
	return nil
}

// take parses, shows what was found, and keeps it with --keep.
func (a *app) take(ctx context.Context, g ingesting, format string, bytes []byte, file string) error {
	if err := g.complete(); err != nil {
		return err
	}
	i, err := a.open(ctx, a.place(a.data))
	if err != nil {
		return err
	}
	defer i.close()
	var pack *compact.Pack
	if err := i.db.Read(ctx, func(tx *db.Tx) error { pack, err = compact.InForce(tx); return err }); err != nil {
		return err
	}
	if _, ok := pack.Indicator(g.indicator); !ok {
		return fmt.Errorf("%w: the pack declares no indicator %q; it has %s", errUsage, g.indicator, indicatorIDs(pack))
	}
	g.mapping.Until = g.retrieved
	parsed, err := observatory.Parse(format, bytes, g.mapping, pack.AreaSet())
	if err != nil {
		return err
	}
	snapshot := observatory.SnapshotTaken{Indicator: g.indicator, Format: format, Areas: pack.Areas, Retrieved: g.retrieved, Released: g.released, Licence: g.licence, Sample: pack.Sample}
	words := map[string]string{"url.und": g.url, "publisher.und": g.publisher, "file.und": file}
	act, err := observatory.Take(snapshot, g.mapping, bytes, words)
	if err != nil {
		return err
	}
	if !g.keep {
		if err := i.keeper.Check(ctx, act); err != nil {
			return err
		}
		return a.printParsed(parsed, g, "dry run: nothing was kept; add --keep to keep it")
	}
	out, err := i.keeper.Submit(ctx, "", act)
	if err != nil {
		return err
	}
	if err := i.sign(ctx); err != nil {
		return err
	}
	return a.printParsed(parsed, g, fmt.Sprintf("kept as entry %d", out[0].Index))
}

func indicatorIDs(p *compact.Pack) string {
	ids := make([]string, len(p.Indicators))
	for i, ind := range p.Indicators {
		ids[i] = ind.ID
	}
	sort.Strings(ids)
	return strings.Join(ids, ", ")
}

func (a *app) printParsed(p observatory.Parsed, g ingesting, end string) error {
	result := map[string]any{"counts": p.Counts, "problems": p.Problems, "problem_count": p.ProblemCount, "result": end}
	return a.print(result, func(w io.Writer) {
		c := p.Counts
		fmt.Fprintf(w, "%d rows: %d observations, %d of them without a value, %d for aggregates or areas not in the name pack\n", c.Rows, c.Observations, c.NoValue, c.Outside)
		fmt.Fprintf(w, "%d rows left out by conditions, %d repeated, %d conflicting, %d could not be read\n", c.LeftOut, c.Repeated, c.Conflicting, c.Bad)
		for n, problem := range p.Problems {
			if n == g.problems {
				fmt.Fprintf(w, "… and more; --show N prints more of them\n")
				break
			}
			fmt.Fprintf(w, "line %d %s: %s\n", problem.Line, problem.Column, problem.In(locale.Lang(a.language())))
		}
		fmt.Fprintln(w, end)
	})
}
