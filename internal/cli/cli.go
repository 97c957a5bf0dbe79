// Package cli is the command line: it reads flags, wires the packages together
// and runs them. It is the only package that imports web.
//
// Exit codes: 0 done; 1 the command could not do its work; 2 it was called
// wrongly; 3 it found faults in what it was to check.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"kept/internal/locale"
)

// Version is the program's version; a release build sets it.
var Version = "0.1.0-dev"

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitFaults = 3
)

// errFaults ends a check that ran well and found faults; they are printed already.
var errFaults = errors.New("faults were found")

// errUsage marks a wrong call.
var errUsage = errors.New("wrong call")

// app is one run of the command line.
type app struct {
	out, err io.Writer
	json     bool
	data     string
	db       string
	lang     string
}

// Main runs the command line and returns its exit code. Ctrl-C ends it cleanly.
func Main(args []string, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	a := &app{out: out, err: errOut}
	root := a.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errFaults):
		return exitFaults
	case errors.Is(err, errUsage):
		fmt.Fprintln(errOut, "kept:", err)
		return exitUsage
	}
	a.complain(err)
	return exitFailed
}

// complain prints an error: what a reader can mend in her language, the rest in English.
func (a *app) complain(err error) {
	if es, ok := locale.All(err); ok {
		for _, e := range es {
			if e.Place != "" {
				fmt.Fprintf(a.err, "kept: %s: %s\n", e.Place, e.In(a.language()))
				continue
			}
			fmt.Fprintln(a.err, "kept:", e.In(a.language()))
		}
		return
	}
	fmt.Fprintln(a.err, "kept:", err)
}

func (a *app) language() locale.Lang {
	if locale.Known(a.lang) {
		return locale.Lang(a.lang)
	}
	return locale.English
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "kept",
		Short: "Runs a compact in public: who endorsed it, what they promised, what the data says, whether it was kept",
		Long: `Kept runs a multi-stakeholder compact in public. Every promise has a receipt; every number has a trace.

Start with "kept demo": it serves the Global Digital Compact and a fictional one on this machine.
Exit codes: 0 done, 1 failed, 2 called wrongly, 3 faults found by a check.`,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("%w: there is no command %q; see kept help", errUsage, args[0])
			}
			return c.Help()
		},
	}
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w: %v; see kept %s --help", errUsage, err, c.Name())
	})
	root.CompletionOptions.HiddenDefaultCmd = true
	f := root.PersistentFlags()
	f.BoolVar(&a.json, "json", false, "print the result as JSON")
	f.StringVar(&a.data, "data", "kept-data", "the data directory: record, key and, without --db, the database")
	f.StringVar(&a.db, "db", "", "a PostgreSQL address (postgres://…) in place of the embedded database")
	f.StringVar(&a.lang, "lang", "en", "language of messages: ar, zh, en, fr, ru, es")
	root.AddCommand(a.demo(), a.init(), a.serve(), a.pack(), a.text(), a.imports(), a.ingest(), a.verify(), a.replay(), a.version())
	return root
}

// exactly wants n arguments and says which ones otherwise.
func exactly(n int, names string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != n {
			return fmt.Errorf("%w: kept %s takes %s; see kept %s --help", errUsage, c.CommandPath()[len("kept "):], names, c.CommandPath()[len("kept "):])
		}
		return nil
	}
}

// print writes a result: as JSON with --json, else by its own text.
func (a *app) print(v any, text func(w io.Writer)) error {
	if a.json {
		e := json.NewEncoder(a.out)
		e.SetIndent("", "  ")
		return e.Encode(v)
	}
	text(a.out)
	return nil
}

// progress prints how far long work is, on the error stream, at most every percent.
func (a *app) progress(what string) func(done, total int64) {
	last := int64(-1)
	return func(done, total int64) {
		if total < 5000 || a.json {
			return
		}
		if percent := done * 100 / total; percent != last {
			last = percent
			fmt.Fprintf(a.err, "\r%s: %d of %d (%d %%)", what, done, total, percent)
			if done == total {
				fmt.Fprintln(a.err)
			}
		}
	}
}

func (a *app) version() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Print the program's version", Args: exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			return a.print(map[string]string{"version": Version}, func(w io.Writer) { fmt.Fprintln(w, "kept", Version) })
		}}
}
