package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"kept/internal/db"
	"kept/internal/keeper"
)

// erasing is what erase is told.
type erasing struct {
	entry       int64
	parts       []string
	all         bool
	reason      string
	dryRun, yes bool
}

// spared are private tables out of which an erasure cuts nothing: accounts, which
// their holders export and erase whole, and documents, whose digests name them.
var spared = []string{"account_person", "account_passkey", "account_identity", "account_session", "account_ceremony", "account_link", "account_log", "evidence_file"}

func (a *app) erase() *cobra.Command {
	var e erasing
	c := &cobra.Command{Use: "erase --entry N (--part NAME… | --all) --reason CODE", Short: "Erase texts of an entry for good", Args: exactly(0, "no arguments"),
		Long: `Erases texts of an entry, or of translations that were added to it, and ends only when they are in no file of the
store any more: the texts with their salts, what was computed from them, private rows (drafts, jobs, letters) that hold
the same texts, letters in the outbox, and the bytes that deleted rows leave behind. The entry stays, with the digest.
A site that runs drops its pages within a second. A ledger beside the lock makes an older copy of the data, once it is
put back, forget them too. Reasons: ` + strings.Join(keeper.EraseReasons, ", ") + `.
Exit code 3: done, but something that only you can erase still holds a text; it is named.`,
		RunE: func(c *cobra.Command, _ []string) error {
			if e.entry < 0 || e.reason == "" || e.all == (len(e.parts) > 0) {
				return fmt.Errorf("%w: name --entry, --reason, and either --part (several times for several) or --all; see kept erase --help", errUsage)
			}
			return a.runErase(c.Context(), e)
		}}
	f := c.Flags()
	f.Int64Var(&e.entry, "entry", -1, "number of the entry")
	f.StringArrayVar(&e.parts, "part", nil, "field and language, such as title.en; may be given several times")
	f.BoolVar(&e.all, "all", false, "every text of the entry, and of what was added to it")
	f.StringVar(&e.reason, "reason", "", "code of the reason, which is published")
	f.BoolVar(&e.dryRun, "dry-run", false, "say what would go and what would remain, and do nothing")
	f.BoolVar(&e.yes, "yes", false, "erase without asking")
	return c
}

// erasePart is one text as --json prints it.
type erasePart struct {
	Entry int64  `json:"entry"`
	Part  string `json:"part"`
	Bytes int    `json:"bytes"`
}

// erased is the result as --json prints it.
type erased struct {
	Entry   int64       `json:"entry"`
	Reason  string      `json:"reason"`
	Parts   []erasePart `json:"parts"`
	Cut     []string    `json:"cut,omitempty"`  // private rows and letters that held the texts
	Left    []string    `json:"left,omitempty"` // what still holds them
	Others  []erasePart `json:"same_text_elsewhere,omitempty"`
	Entries []int64     `json:"acts,omitempty"`
	Remains []string    `json:"remains"`
	Done    bool        `json:"done"`

	Printed   []string `json:"printed_anew,omitempty"` // PDFs of reports that were deleted and made without the texts
	Unprinted []string `json:"not_printed,omitempty"`  // and those that could not be made, with the command
}

func (a *app) runErase(ctx context.Context, e erasing) error {
	i, err := a.open(ctx, a.place(a.data))
	if err != nil {
		return err
	}
	defer i.close()
	plan, err := i.keeper.PlanErasure(ctx, e.entry, e.parts, e.reason)
	if err != nil {
		return err
	}
	files, err := filesHolding(i.dir, plan.Texts())
	if err != nil {
		return err
	}
	result := newErased(plan, files)
	if e.dryRun || !e.yes {
		if !a.json || !e.dryRun {
			result.print(a.out, "would be erased")
		}
		if e.dryRun {
			return a.print(result, func(io.Writer) {})
		}
		if !a.confirm("Erase for good?") {
			return fmt.Errorf("nothing was erased")
		}
	}
	prints, err := shelfIn(i.dir).Clear() // before the words go: if we die here they are made anew
	if err != nil {
		return err
	}
	results, remains, err := i.keeper.Erase(ctx, plan)
	if err != nil {
		return err
	}
	if err := files.remove(); err != nil {
		return err
	}
	if err := i.sign(ctx); err != nil {
		return err
	}
	result = newErased(plan, files)
	result.Printed, result.Unprinted = a.printsAnew(ctx, i, prints)
	result.Done, result.Remains = true, nil
	for _, r := range results {
		result.Entries = append(result.Entries, r.Index)
	}
	for _, r := range remains {
		result.Remains = append(result.Remains, string(r))
	}
	if err := a.print(result, func(w io.Writer) { result.print(w, "erased") }); err != nil {
		return err
	}
	if len(result.Left) > 0 {
		return errFaults
	}
	return nil
}

func newErased(p *keeper.Erasing, files held) erased {
	r := erased{Entry: p.Entry, Reason: p.Reason, Remains: []string{string(db.RemainsDisk), string(db.RemainsBackups)}}
	for _, g := range p.Parts {
		r.Parts = append(r.Parts, erasePart{g.Holder, g.Part, g.Bytes})
	}
	for _, g := range p.Others {
		r.Others = append(r.Others, erasePart{g.Holder, g.Part, g.Bytes})
	}
	for _, c := range p.Cut {
		r.Cut = append(r.Cut, fmt.Sprintf("%s.%s: %d rows", c.Table, c.Column, c.Rows))
	}
	for _, c := range p.Left {
		r.Left = append(r.Left, fmt.Sprintf("%s.%s: %d rows", c.Table, c.Column, c.Rows))
	}
	r.Cut, r.Left = append(r.Cut, files.letters...), append(r.Left, files.others...)
	return r
}

// remain says what each remaining place is, and until when.
var remain = map[string]string{
	string(db.RemainsDisk):       "blocks that the file system has freed and not used again: until they are, or for ever on a disk that is not wiped",
	string(db.RemainsBackups):    "backups and copies that somebody made: an older copy that is put back here forgets the texts when it is opened; elsewhere delete it",
	string(db.RemainsStatistics): "PostgreSQL’s samples of columns (pg_statistic): run VACUUM FULL pg_catalog.pg_statistic as owner of the database",
	string(db.RemainsWAL):        "PostgreSQL’s write-ahead log (pg_wal): until its segments were used again; let a role that may run CHECKPOINT and pg_switch_wal run this command to have them overwritten now",
	string(db.RemainsReplicas):   "PostgreSQL’s standbys, replication slots and archive of the write-ahead log: until their own retention is over",
}

func (r erased) print(w io.Writer, verb string) {
	for _, p := range r.Parts {
		fmt.Fprintf(w, "%s: entry %d, %s, %d bytes, with its salt and what was computed from it\n", verb, p.Entry, p.Part, p.Bytes)
	}
	for _, c := range r.Cut {
		fmt.Fprintf(w, "%s, the same text: %s\n", verb, c)
	}
	for _, p := range r.Others {
		fmt.Fprintf(w, "the same text stands in entry %d, %s, and stays: erase it there with another call\n", p.Entry, p.Part)
	}
	for _, l := range r.Left {
		fmt.Fprintf(w, "STILL THERE: %s; erase the account, document or file that it is in\n", l)
	}
	fmt.Fprintln(w, "what stays in the record: that the field was filled, in which language, its salted digest, and the reason; whoever kept a copy with its salt can still prove it")
	fmt.Fprintln(w, "exports of the site (kept export site), wherever they lie, are to be made anew; archives of them, and caches before them, deleted")
	for _, m := range r.Remains {
		fmt.Fprintf(w, "what may remain outside: %s\n", remain[m])
	}
	for _, p := range r.Printed {
		fmt.Fprintf(w, "PDF deleted and made anew: %s\n", p)
	}
	for _, p := range r.Unprinted {
		fmt.Fprintf(w, "PDF deleted, not made anew: %s\n", p)
	}
	for _, n := range r.Entries {
		fmt.Fprintf(w, "entry %d says so\n", n)
	}
}
