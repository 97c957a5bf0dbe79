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
	"os"
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
	in       io.Reader
	out, err io.Writer
	json     bool
	data     string
	db       string
	lock     string
	lang     string
	clock    string
}

// Main runs the command line and returns its exit code. Ctrl-C ends it cleanly; a
// second one ends it at once.
func Main(args []string, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return Run(ctx, args, os.Stdin, out, errOut)
}

// Run is Main under a context of the caller's: its end is Ctrl-C.
func Run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	a := &app{in: in, out: out, err: errOut}
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
		Args:          cobra.ArbitraryArgs,
		RunE:          helpOr,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if !locale.Known(a.lang) {
				return fmt.Errorf("%w: --lang is one of ar, zh, en, fr, ru, es, not %q", errUsage, a.lang)
			}
			return nil
		},
	}
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetHelpCommand(help())
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w: %v; see %s --help", errUsage, err, c.CommandPath())
	})
	root.CompletionOptions.HiddenDefaultCmd = true
	f := root.PersistentFlags()
	f.BoolVar(&a.json, "json", false, "print the result as JSON")
	f.StringVar(&a.data, "data", "kept-data", "the data directory: key and, without --db, the database")
	f.StringVar(&a.db, "db", "", "a PostgreSQL address (postgres://…) in place of the embedded database")
	f.StringVar(&a.lock, "lock", "", lockUsage)
	f.StringVar(&a.lang, "lang", "en", "language of messages: ar, zh, en, fr, ru, es")
	f.StringVar(&a.clock, "sample-clock", "", "a file that holds the time, such as 2026-11-21T14:02:00Z; for compacts marked as a sample only")
	root.AddCommand(a.demo(), a.init(), a.serve(), a.pack(), a.text(), a.imports(), a.exports(), a.ingest(), a.verify(), a.replay(), a.erase(), a.brief(), a.documents(), a.restore(), a.report(), a.account(), a.draw(), a.version())
	return root
}

// group is a command that only holds others.
func group(name, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: name, Short: short, Args: cobra.ArbitraryArgs, RunE: helpOr}
	c.AddCommand(commands...)
	return c
}

// helpOr explains a command that only holds others, and refuses one that it does not hold.
func helpOr(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return c.Help()
	}
	guess := ""
	c.SuggestionsMinimumDistance = 2
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		guess = fmt.Sprintf("; did you mean %q?", near[0])
	}
	return fmt.Errorf("%w: there is no command %q; see %s --help%s", errUsage, c.CommandPath()+" "+args[0], c.CommandPath(), guess)
}

func help() *cobra.Command {
	return &cobra.Command{Use: "help [COMMAND]", Short: "Explain a command", RunE: func(c *cobra.Command, args []string) error {
		about, rest, err := c.Root().Find(args)
		if err == nil && len(rest) > 0 {
			return helpOr(about, rest)
		}
		if err != nil {
			return err
		}
		return about.Help()
	}}
}

// exactly wants n arguments and says which ones otherwise.
func exactly(n int, names string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != n {
			return fmt.Errorf("%w: %s takes %s; see %s --help", errUsage, c.CommandPath(), names, c.CommandPath())
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
