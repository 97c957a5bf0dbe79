package compact

import (
	"cmp"
	"fmt"
	"slices"

	"kept/internal/locale"
)

// Fault is something wrong with a pack: where, what, and what to do about it.
type Fault struct {
	File         string
	Line, Column int // 0 where the whole file is meant
	Name         string
	Args         []any // parameters of both messages: name, value, …
}

// Message says what is wrong, in a language.
func (f Fault) Message(lang locale.Lang) string { return lang.T("err.pack."+f.Name, f.Args...) }

// Remedy says what to do about it, in a language.
func (f Fault) Remedy(lang locale.Lang) string { return lang.T("fix.pack."+f.Name, f.Args...) }

// Place is file:line:column, as editors read it; of a document without name, its line.
func (f Fault) Place() string {
	switch {
	case f.Line == 0:
		return f.File
	case f.File == "":
		return fmt.Sprintf("line %d", f.Line)
	}
	return fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Column)
}

// Error is the English message after its place, for logs.
func (f Fault) Error() string { return f.Place() + ": " + f.Message(locale.English) }

// forReader is the fault as an error that a form can show.
func (f Fault) forReader() error {
	return locale.E("err.pack.fault", "place", f.Place(), "fault", locale.E("err.pack."+f.Name, f.Args...))
}

// maxFaults ends the list for a file that is no pack at all.
const maxFaults = 2000

// faults gathers what is wrong, so that an author mends it in one go.
type faults struct {
	list []Fault
	more int
}

func (fs *faults) add(file string, n *node, name string, args ...any) {
	if len(fs.list) >= maxFaults {
		fs.more++
		return
	}
	f := Fault{File: file, Name: name, Args: args}
	if n != nil {
		f.Line, f.Column = n.line, n.column
	}
	fs.list = append(fs.list, f)
}

// sorted lists the faults by place; the last one says how many were left out.
func (fs *faults) sorted() []Fault {
	slices.SortStableFunc(fs.list, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	if fs.more > 0 {
		fs.list = append(fs.list, Fault{Name: "more", Args: []any{"n", fs.more}})
		fs.more = 0
	}
	return fs.list
}
