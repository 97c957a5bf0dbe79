package cli

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/locale"
)

// maxText bounds an official document; the compact's own is about 60 KB.
const maxText = 4 << 20

// loading is what text load is told.
type loading struct {
	text, lang  string
	yes         bool
	join, leave []string
	file        string
}

func (a *app) text() *cobra.Command {
	var l loading
	load := &cobra.Command{Use: "load --text ID --lang LANG FILE", Short: "Load the official document of a text", Args: exactly(1, "one file"),
		Long: `Reads the official document as plain text (UTF-8), finds its paragraphs and letters, and refuses what does not match
the pack's structure, with line and reason. What was found is shown before it is kept, by one act: the file and its
split into parts, both by digest. A line that belongs nowhere is settled with --join LINE or --leave-out LINE.
From the PDF: pdftotext -layout FILE.pdf FILE.txt`,
		RunE: func(c *cobra.Command, args []string) error { l.file = args[0]; return a.loadText(c, l) }}
	f := load.Flags()
	f.StringVar(&l.text, "text", "", "the text's id in the pack, such as gdc-2024 (needed)")
	f.StringVar(&l.lang, "in", "", "language of the document: ar, zh, en, fr, ru, es (that of --lang when empty)")
	f.BoolVar(&l.yes, "yes", false, "keep it without asking")
	f.StringSliceVar(&l.join, "join", nil, "a stray line that belongs to the words before it; may be repeated")
	f.StringSliceVar(&l.leave, "leave-out", nil, "a stray line that belongs to nothing; may be repeated")
	return group("text", "Work with the official words of a text", load)
}

func (a *app) loadText(c *cobra.Command, l loading) error {
	if l.lang == "" {
		l.lang = a.lang
	}
	if l.text == "" || !locale.Known(l.lang) {
		return fmt.Errorf("%w: name the text with --text and its language with --lang", errUsage)
	}
	plain, err := readBounded(l.file, maxText)
	if err != nil {
		return err
	}
	choices, err := choicesOf(l)
	if err != nil {
		return err
	}
	i, err := a.open(c.Context(), a.place(a.data))
	if err != nil {
		return err
	}
	defer i.close()
	var pack *compact.Pack
	if err := i.db.Read(c.Context(), func(tx *db.Tx) error { pack, err = compact.InForce(tx); return err }); err != nil {
		return err
	}
	t, ok := pack.Text(l.text)
	if !ok {
		return fmt.Errorf("%w: the pack has no text %q; it has %s", errUsage, l.text, textIDs(pack))
	}
	found, faults := compact.Split(t, locale.Lang(l.lang), plain, choices)
	if len(faults) > 0 {
		return a.printTextFaults(l.file, faults)
	}
	a.showSplit(found)
	if !l.yes && !a.confirm(fmt.Sprintf("Keep these %d parts?", len(found.Parts))) {
		return a.print(map[string]any{"parts": len(found.Parts), "kept": false}, func(w io.Writer) { fmt.Fprintln(w, "nothing was kept") })
	}
	act, err := compact.LoadText(found, plain)
	if err != nil {
		return err
	}
	out, err := i.keeper.Submit(c.Context(), "", act)
	if err != nil {
		return err
	}
	if err := i.sign(c.Context()); err != nil {
		return err
	}
	return a.print(map[string]any{"entry": out[0].Index, "parts": len(found.Parts), "kept": true}, func(w io.Writer) {
		fmt.Fprintf(w, "kept as entry %d: %d parts of %s in %s\n", out[0].Index, len(found.Parts), l.text, l.lang)
	})
}

func textIDs(p *compact.Pack) string {
	ids := make([]string, len(p.Texts))
	for i, t := range p.Texts {
		ids[i] = t.ID
	}
	return strings.Join(ids, ", ")
}

func choicesOf(l loading) (c compact.Choices, err error) {
	if c.Join, err = lines(l.join); err != nil {
		return c, err
	}
	c.LeaveOut, err = lines(l.leave)
	return c, err
}

func lines(given []string) (out []int, err error) {
	for _, g := range given {
		n, err := strconv.Atoi(g)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%w: %q is not the number of a line", errUsage, g)
		}
		out = append(out, n)
	}
	return out, nil
}

// readBounded reads a whole file that may have at most max bytes.
func readBounded(name string, max int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, max+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > max {
		return nil, fmt.Errorf("%s is larger than %d bytes; is it the right file?", name, max)
	}
	return b, nil
}

func (a *app) printTextFaults(file string, faults []compact.Fault) error {
	list := make([]packFault, len(faults))
	for i, f := range faults {
		list[i] = packFault{file, f.Line, f.Column, f.Message(a.language()), f.Remedy(a.language())}
	}
	err := a.print(map[string]any{"faults": list}, func(w io.Writer) {
		for _, f := range list {
			fmt.Fprintf(w, "%s:%d: %s\n    %s\n", f.File, f.Line, f.Message, f.Remedy)
		}
		fmt.Fprintf(w, "%d faults; nothing was kept\n", len(list))
	})
	if err != nil {
		return err
	}
	return errFaults
}

func (a *app) showSplit(r compact.Result) {
	if a.json {
		return
	}
	for _, p := range r.Parts {
		fmt.Fprintf(a.out, "%-8s line %-5d %s\n", p.ID, p.Line, beginning(p.Words))
	}
	for _, s := range r.Slips {
		fmt.Fprintf(a.out, "note: %s, line %d, has a misplaced comma before a year; it is kept as printed\n", s.ID, s.Line)
	}
	fmt.Fprintf(a.out, "%d lines are headings, page furniture or notes\n", len(r.Asides))
}

// beginning is the first words of a part.
func beginning(s string) string {
	if r := []rune(strings.ReplaceAll(s, "\n", " ")); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// confirm asks on the terminal, beside the result; anything but y or yes is no.
func (a *app) confirm(question string) bool {
	fmt.Fprint(a.err, question+" [y/N] ")
	answer, _ := bufio.NewReader(io.LimitReader(a.in, 64)).ReadString('\n')
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes"
}
