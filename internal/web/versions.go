package web

import (
	"strconv"
	"strings"

	"kept/internal/commitment"
	"kept/internal/commitment/redline"
	"kept/internal/locale"
)

// The page of a commitment's changes sets two of its versions beside each other:
// as signed and as it stands, unless the reader chooses others. What went is struck
// out and what came is underlined, both with a mark that is read aloud.

type versionsView struct {
	Commitment Link         `json:"commitment"`
	Versions   []versionRow `json:"versions"`
	From       versionRow   `json:"from"`
	To         versionRow   `json:"to"`
	Facts      []factChange `json:"facts,omitempty"`
	Texts      []textChange `json:"texts,omitempty"`
}

type versionRow struct {
	Entry  int64  `json:"entry"`
	On     string `json:"on"`
	What   Text   `json:"what"`
	Reason Text   `json:"reason,omitempty"`
	Step   string `json:"-"` // query that sets it beside the one before
}

type factChange struct {
	Field  string `json:"field"`
	Label  Text   `json:"label"`
	Row    int    `json:"row,omitempty"`
	Before Text   `json:"before,omitempty"`
	After  Text   `json:"after,omitempty"`
}

type textChange struct {
	Field string         `json:"field"`
	Label Text           `json:"label"`
	Row   int            `json:"row,omitempty"`
	Lang  string         `json:"lang"`
	Dir   string         `json:"-"`
	Spans []redline.Span `json:"spans"`
}

func (s *Site) commitmentChanges(q *request) (View, error) {
	c, err := q.madeHere()
	if err != nil {
		return View{}, err
	}
	all, err := commitment.Versions(q.Tx, c)
	if err != nil {
		return View{}, err
	}
	asked := q.query("from", "to")
	from, to := chosenVersion(asked.Get("from"), all, 0), chosenVersion(asked.Get("to"), all, len(all)-1)
	v := versionsView{Commitment: Link{titleOf(c), commitmentHref(c.ID)}, From: newVersionRow(all, from), To: newVersionRow(all, to)}
	for n := range all {
		v.Versions = append(v.Versions, newVersionRow(all, n))
	}
	facts, texts := commitment.Differences(all[from], all[to])
	for _, f := range facts {
		label, codes, row := commitment.FieldWords(f.Field)
		v.Facts = append(v.Facts, factChange{f.Field, message(label), row, codedList(codes, f.Before), codedList(codes, f.After)})
	}
	for _, t := range texts {
		label, _, row := commitment.FieldWords(t.Field)
		v.Texts = append(v.Texts, textChange{t.Field, message(label), row, t.Lang, locale.Lang(t.Lang).Dir(), t.Spans})
	}
	return View{Page: "versions", Title: phrase("versions.page", "title", v.Commitment.Text), Section: "menu.commitments", Crumbs: commitmentCrumbs(c),
		Subjects: []string{"commitment:" + strconv.FormatInt(c.ID, 10)}, Data: v, Robots: filtered(asked)}, nil
}

// chosenVersion is the place of the version that an entry states, else another one.
func chosenVersion(entry string, all []commitment.Version, other int) int {
	for n, v := range all {
		if strconv.FormatInt(v.Entry, 10) == entry {
			return n
		}
	}
	return other
}

func newVersionRow(all []commitment.Version, n int) versionRow {
	v := all[n]
	row := versionRow{Entry: v.Entry, On: v.On, What: message("versions.signed")}
	if n > 0 {
		row.What, row.Reason = message("versions.amended", "n", n), wordsText(v.Reason, "reason")
		row.Step = "?from=" + strconv.FormatInt(all[n-1].Entry, 10) + "&to=" + strconv.FormatInt(v.Entry, 10)
	}
	return row
}

// codedList words what a field holds: the names of codes, parted by commas, or the
// text itself; nil for nothing.
func codedList(prefix, text string) Text {
	if text == "" {
		return nil
	}
	if prefix == "" {
		return same(text)
	}
	return everyLang(func(l locale.Lang) string {
		var words []string
		for _, code := range strings.Split(text, ", ") {
			if l.Has(prefix + code) {
				code = l.T(prefix + code)
			}
			words = append(words, code)
		}
		return l.List(words)
	})
}
