package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
	"strings"

	"github.com/spf13/cobra"

	"kept/internal/commitment"
	"kept/internal/locale"
	"kept/internal/stakeholder"
	"kept/internal/stakeholder/sheet"
)

// importing is what import is told.
type importing struct {
	keep      bool
	source    string
	sourceURL string
	on        string
	text      string
	kind      string
	mapping   map[string]string
	kinds     map[string]string
	reports   reporting
}

func (a *app) imports() *cobra.Command {
	var im importing
	c := &cobra.Command{Use: "import parties|endorsements|pledges|commitments|reports FILE", Short: "Take a list from a CSV or XLSX file",
		Long: `Reads a CSV or XLSX file of parties, endorsements, pledges or commitments. Without --keep nothing is written: every row is
checked against the registry, and each fault is printed with its row, its column and its remedy. A list that
somebody else published goes in "as stated elsewhere": name it with --source, --source-url and --on. Its parties
can then claim their entries. A row of commitments with a number in the column "commitment" amends that commitment, with the
reason in the column "reason"; kept export commitments writes such a table. Columns are found by their headings; others are named with --map OURS=THEIRS.
Reports are the sheet of one party, as kept export reports writes it, filled in: name the party with --party.`,
		Args: exactly(2, "what to import (parties, endorsements, pledges, commitments or reports) and one file"),
		RunE: func(c *cobra.Command, args []string) error { return a.runImport(c.Context(), args[0], args[1], im) }}
	f := c.Flags()
	f.BoolVar(&im.keep, "keep", false, "write it; without it the result is shown and nothing is kept")
	f.StringVar(&im.source, "source", "", "who states this, where somebody else does")
	f.StringVar(&im.sourceURL, "source-url", "", "where it is stated, for rows without an address of their own")
	f.StringVar(&im.on, "on", "", "day as of which the source says so, YYYY-MM-DD")
	f.StringVar(&im.text, "text", "", "the text that was endorsed; the one in force when empty")
	f.StringVar(&im.kind, "kind", "", "kind of the parties whose row says none")
	f.StringToStringVar(&im.mapping, "map", nil, "our column=their heading; may be repeated")
	f.StringToStringVar(&im.kinds, "kinds", nil, "their word for a kind of party=ours; may be repeated")
	im.reports.flags(c)
	return c
}

// imported is what all imports say in the end.
type imported struct {
	DryRun   bool             `json:"dry_run"`
	Rows     int              `json:"rows"`
	Made     map[string]int   `json:"made"`
	Existing int              `json:"existing"`
	Same     int              `json:"unchanged,omitempty"`
	Unread   []string         `json:"columns_not_read,omitempty"`
	Formulas int              `json:"formulas,omitempty"`
	Faults   []importFault    `json:"faults,omitempty"`
	Lines    []map[string]any `json:"lines,omitempty"`
}

type importFault struct {
	Row     int    `json:"row"`
	Column  string `json:"column,omitempty"`
	Message string `json:"message"`
	Remedy  string `json:"remedy,omitempty"`
}

// String is the fault with its place, as far as it has one, and its remedy.
func (f importFault) String() string {
	s := f.Message
	switch {
	case f.Row > 0 && f.Column != "":
		s = fmt.Sprintf("row %d, %s: %s", f.Row, f.Column, s)
	case f.Row > 0:
		s = fmt.Sprintf("row %d: %s", f.Row, s)
	}
	if f.Remedy != "" {
		s += "\n    " + f.Remedy
	}
	return s
}

func (a *app) runImport(ctx context.Context, what, name string, im importing) error {
	if what == "reports" {
		return a.importReports(ctx, name, im)
	}
	if !slices.Contains([]string{"parties", "endorsements", "pledges", "commitments"}, what) {
		return fmt.Errorf("%w: kept import takes parties, endorsements, pledges, commitments or reports, not %q", errUsage, what)
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	i, err := a.open(ctx, a.place(a.data))
	if err != nil {
		return err
	}
	defer i.close()
	if err := i.keeper.ReadOnly(); im.keep && err != nil {
		return err // no row is at fault
	}
	var result imported
	if what == "parties" || what == "endorsements" {
		result, err = a.importParties(ctx, i, what, file, im)
	} else {
		result, err = a.importCommitments(ctx, i, what, file, im)
	}
	if err != nil {
		return err
	}
	if result.DryRun = !im.keep; im.keep {
		if err := i.sign(ctx); err != nil {
			return err
		}
	}
	if err := a.print(result, func(w io.Writer) { printImported(w, result) }); err != nil {
		return err
	}
	if len(result.Faults) > 0 {
		return errFaults
	}
	return nil
}

func (a *app) importParties(ctx context.Context, i *instance, what string, file io.Reader, im importing) (imported, error) {
	o := stakeholder.Options{DryRun: !im.keep, Source: im.source, SourceLang: sourceLang(a.lang, im.source), SourceURL: im.sourceURL, On: im.on, Text: im.text, Kind: im.kind, Mapping: im.mapping, Kinds: im.kinds}
	run := stakeholder.ImportParties
	if what == "endorsements" {
		run = stakeholder.ImportEndorsements
	}
	r, err := run(ctx, i.keeper, file, o)
	out := imported{Rows: r.Rows, Made: r.Made, Existing: r.Existing, Unread: r.Unread, Formulas: r.Formulas, Faults: a.faultsOf(r.Faults)}
	for _, l := range r.Lines {
		out.Lines = append(out.Lines, map[string]any{"row": l.Row, "name": l.Name, "existing": l.Existing})
	}
	return out, err
}

func sourceLang(lang, source string) string {
	if source == "" {
		return ""
	}
	return lang
}

func (a *app) importCommitments(ctx context.Context, i *instance, what string, file *os.File, im importing) (imported, error) {
	o := commitment.TableOptions{DryRun: !im.keep, Mapping: im.mapping, PartyKind: im.kind, Source: im.source, URL: im.sourceURL, On: im.on, Lang: a.lang}
	var r commitment.Imported
	var err error
	if what == "pledges" {
		r, err = commitment.ImportPledges(ctx, i.keeper, file, o)
	} else {
		if o.Key, err = fileKey(file); err != nil {
			return imported{}, err
		}
		r, err = commitment.ImportCommitments(ctx, i.keeper, file, stakeholder.Secretariat, o)
	}
	out := imported{Rows: r.Rows, Made: map[string]int{"parties": r.NewOnes, "commitments": madeOf(r)}, Existing: r.Existing, Unread: r.Unread, Formulas: r.Formulas, Faults: a.faultsOf(r.Faults)}
	if what == "commitments" {
		rowsOf(&out, r)
	}
	if r.Rows > 0 && r.Existing == r.Rows {
		out.Made = map[string]int{}
	}
	return out, err
}

// rowsOf tells what becomes of each row of a table of commitments.
func rowsOf(out *imported, r commitment.Imported) {
	out.Same = r.Count(commitment.RowUnchanged)
	if len(r.Faults) == 0 {
		out.Made["commitments"] = r.Count(commitment.RowNew)
		if n := r.Count(commitment.RowAmended); n > 0 {
			out.Made["amendments"] = n
		}
	}
	if r.Again > 0 { // the same file again
		out.Existing = r.Rows
	}
	if out.Same+out.Existing == r.Rows {
		out.Made = map[string]int{}
	}
	for _, l := range r.Lines {
		line := map[string]any{"row": l.Row, "outcome": l.Outcome}
		if l.Commitment != 0 {
			line["commitment"] = l.Commitment
		}
		if len(l.Fields) > 0 {
			line["fields"] = l.Fields
		}
		out.Lines = append(out.Lines, line)
	}
}

// printLine says what becomes of a row, where it says it: "row 3: amended 17 (title, end)".
func printLine(w io.Writer, line map[string]any) {
	outcome, ok := line["outcome"]
	if !ok {
		return
	}
	fmt.Fprintf(w, "row %d: %s", line["row"], outcome)
	if id, ok := line["commitment"]; ok {
		fmt.Fprintf(w, " %d", id)
	}
	if fields, ok := line["fields"].([]string); ok {
		fmt.Fprintf(w, " (%s)", strings.Join(fields, ", "))
	}
	fmt.Fprintln(w)
}

// fileKey is a submission key of the file's bytes, so that a table of commitments
// that is sent twice is kept once.
func fileKey(file *os.File) (string, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", err
	}
	_, err := file.Seek(0, io.SeekStart)
	return "import/commitments/" + hex.EncodeToString(sum.Sum(nil)), err
}

func (a *app) faultsOf(faults []*sheet.Fault) []importFault {
	out := make([]importFault, len(faults))
	for i, f := range faults {
		out[i] = importFault{f.Row, f.Column, f.Message(locale.Lang(a.language())), f.Remedy(locale.Lang(a.language()))}
	}
	return out
}

func printImported(w io.Writer, r imported) {
	for _, l := range r.Lines {
		printLine(w, l)
	}
	for _, f := range r.Faults {
		fmt.Fprintln(w, f)
	}
	if len(r.Unread) > 0 {
		fmt.Fprintf(w, "columns that nothing is taken from: %s\n", strings.Join(r.Unread, ", "))
	}
	if r.Formulas > 0 {
		fmt.Fprintf(w, "cells with formulas: %d; of each, the value that the spreadsheet reckoned last was taken\n", r.Formulas)
	}
	kinds := make([]string, 0, len(r.Made))
	for k, n := range r.Made {
		kinds = append(kinds, fmt.Sprintf("%s %d", k, n))
	}
	sort.Strings(kinds)
	making := strings.Join(kinds, ", ")
	if making == "" {
		making = "nothing"
	}
	if r.Same > 0 {
		fmt.Fprintf(w, "unchanged, left as they are: %d\n", r.Same)
	}
	switch {
	case len(r.Faults) > 0:
		fmt.Fprintf(w, "%d rows, %d faults; nothing was kept\n", r.Rows, len(r.Faults))
	case r.DryRun:
		fmt.Fprintf(w, "%d rows; would make %s; %d are there already. Nothing was kept: add --keep\n", r.Rows, making, r.Existing)
	default:
		fmt.Fprintf(w, "%d rows; made %s; %d were there already\n", r.Rows, making, r.Existing)
	}
}

// madeOf counts what a table made, or in a dry run would make: one for each new row.
func madeOf(r commitment.Imported) int {
	if len(r.Entries) > 0 || len(r.Faults) > 0 {
		return len(r.Entries)
	}
	return r.Rows - r.Existing
}
