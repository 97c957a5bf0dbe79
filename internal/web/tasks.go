package web

import (
	"slices"
	"strings"

	"kept/internal/keeper"
)

// A task is something that needs a person, on her desk: what it is, since when,
// why it is hers, and a step that answers it. Where one button answers it, the
// desk has the button; else it leads to the form.
type task struct {
	Since  string // the date or time since when it waits
	Title  Text
	Why    Text
	Href   string        // where it can be read or filled in
	Button Text          // of the step
	Post   string        // the button sends a form there; "" when it leads to Href
	Hidden []hiddenField // that the button sends along
	Key    string        // submission key of the button's form; the desk fills it in
}

// taskSource finds what needs whoever asks. Each part of the program has its own.
type taskSource func(q *request) ([]task, error)

// needs adds a source of tasks.
func (s *Site) needs(source taskSource) { s.tasks = append(s.tasks, source) }

// mostTasks are shown at once; the oldest come first, so the others come up.
const mostTasks = 100

// tasksFor is what needs whoever asks, the oldest first.
func (s *Site) tasksFor(q *request) ([]task, error) {
	var all []task
	for _, source := range s.tasks {
		some, err := source(q)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortStableFunc(all, func(a, b task) int { return strings.Compare(a.Since, b.Since) })
	all = all[:min(len(all), mostTasks)]
	for i := range all {
		all[i].Key = keeper.NewKey()
	}
	return all, nil
}
