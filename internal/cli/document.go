package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/record"
)

// documents works on the archive of documents behind reports.
func (a *app) documents() *cobra.Command {
	var yes bool
	erase := &cobra.Command{Use: "erase DIGEST", Short: "Erase a document of the archive for good", Args: exactly(1, "the SHA-256 of a document"),
		Long: `Erases a document that stands behind a progress report: its bytes, the picture or text that a page shows of it, and the
digest of the file as it was received. It ends only when they are in no file of the store any more. The record keeps the
digest of what was published, and the document's page says on which day it was erased; the same document is not taken again.`,
		RunE: func(c *cobra.Command, args []string) error { return a.eraseDocument(c.Context(), args[0], yes) }}
	erase.Flags().BoolVar(&yes, "yes", false, "erase without asking")
	return group("document", "Erase documents of the archive", erase)
}

// eraseDocument deletes the row's bytes, then makes what the deletion left behind
// unreadable. If we die between the two, the same command again does the second.
func (a *app) eraseDocument(ctx context.Context, digest string, yes bool) error {
	if _, err := record.ParseDigest(digest); err != nil {
		return fmt.Errorf("%w: %q is no SHA-256 of 64 lower-case hexadecimal digits", errUsage, digest)
	}
	i, err := a.open(ctx, a.place(a.data))
	if err != nil {
		return err
	}
	defer i.close()
	if err := commitment.PrepareArchive(ctx, i.db); err != nil {
		return err
	}
	var d commitment.Document
	err = i.db.Read(ctx, func(tx *db.Tx) (err error) { d, err = commitment.DocumentOf(tx, digest); return err })
	if err != nil {
		return err
	}
	if d.Erased == "" && !yes && !a.confirm(fmt.Sprintf("Erase %s of %d bytes, kept since %s, for good?", d.Type, d.Size, d.KeptOn)) {
		return fmt.Errorf("nothing was erased")
	}
	var done bool
	err = i.db.Write(ctx, func(tx *db.Tx) (err error) {
		done, err = commitment.EraseDocument(tx, i.keeper.Now(), digest)
		return err
	})
	if err != nil {
		return err
	}
	remains, err := i.db.Scrub(ctx, "evidence_file")
	if err != nil {
		return err
	}
	return a.print(struct {
		Digest  string       `json:"sha256"`
		Erased  bool         `json:"erased"` // false: it was erased before
		Remains []db.Remains `json:"remains"`
	}{digest, done, remains}, func(w io.Writer) {
		fmt.Fprintf(w, "erased: %s, %d bytes\n", digest, d.Size)
		for _, r := range remains {
			fmt.Fprintf(w, "what may remain outside: %s\n", remain[string(r)])
		}
	})
}
