package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Difference is a figure that is not the same in two computations.
type Difference struct {
	Figure string `json:"figure"` // its id; else which part of the figures
	Was    string `json:"was,omitempty"`
	Is     string `json:"is,omitempty"`
}

// Differences compares released figures with what the record gives, part by part:
// first what they rest on, then each figure, then the annex.
func Differences(was, is *Figures) (found []Difference) {
	note := func(part, a, b string) {
		if a != b {
			found = append(found, Difference{part, a, b})
		}
	}
	note("format", strconv.FormatInt(was.Format, 10), strconv.FormatInt(is.Format, 10))
	note("report", was.Report+" "+was.From+" "+was.To+" "+was.Date, is.Report+" "+is.From+" "+is.To+" "+is.Date)
	note("size", strconv.FormatInt(was.Size, 10), strconv.FormatInt(is.Size, 10))
	note("root", was.Root, is.Root)
	note("pack", was.Pack, is.Pack)
	note("methods", fmt.Sprint(was.Methods), fmt.Sprint(is.Methods))
	note("snapshots", fmt.Sprint(was.Snapshots), fmt.Sprint(is.Snapshots))
	for _, c := range was.Chapters {
		now, _ := is.Chapter(c.ID)
		note("chapter "+c.ID, c.Why, now.Why)
		note("tables of "+c.ID, fmt.Sprint(c.Tables), fmt.Sprint(now.Tables))
		for _, f := range c.Figures {
			other, ok := is.Figure(f.ID)
			if a, b := said(f, true, other), said(other, ok, f); a != b {
				found = append(found, Difference{f.ID, a, b})
			}
		}
	}
	for _, c := range is.Chapters {
		for _, f := range c.Figures {
			if _, ok := was.Figure(f.ID); !ok {
				found = append(found, Difference{Figure: f.ID, Is: said(f, true, Figure{ID: f.ID, Method: f.Method})})
			}
		}
	}
	for _, i := range was.Items {
		other, _ := is.Item(i.Item)
		note("item "+i.Item, fmt.Sprint(i), fmt.Sprint(other))
	}
	note("items", strconv.Itoa(len(was.Items)), strconv.Itoa(len(is.Items)))
	return found
}

// said is a figure as a line: its value, or why it has none, then what else of it
// the other one has not, each under the name that it has in figures.json.
func said(f Figure, there bool, other Figure) string {
	if !there {
		return ""
	}
	value := f.Value
	if value == "" {
		value = f.Why
	}
	mine, theirs := fields(f), fields(other)
	for _, name := range slices.Sorted(maps.Keys(mine)) {
		if name != "id" && name != "value" && name != "why" && !bytes.Equal(mine[name], theirs[name]) {
			value += fmt.Sprintf(" %s=%s", name, mine[name])
		}
	}
	return value
}

// fields are the fields of a figure as figures.json has them.
func fields(f Figure) (out map[string]json.RawMessage) {
	b, err := json.Marshal(f)
	if err != nil || json.Unmarshal(b, &out) != nil {
		return nil
	}
	return out
}
