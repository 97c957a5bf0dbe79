package web

import (
	"strings"

	"kept/internal/correction"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// citeView is what a citation needs: where the thing stands for ever, which entry
// made it, and the size and root of the record under which it was read.
type citeView struct {
	About      Link            `json:"about"`
	Address    string          `json:"address"`
	Entry      int64           `json:"entry,omitempty"`
	Compact    Text            `json:"compact"`
	Operator   string          `json:"operator,omitempty"`
	On         string          `json:"read_on"`
	Checkpoint *checkpointView `json:"checkpoint,omitempty"`
	Covered    bool            `json:"covered"` // the checkpoint is of a record that holds the entry
	Receipt    string          `json:"receipt,omitempty"`
}

// cite is the page that says how to cite another one. It changes with every
// checkpoint, so it is never kept in the cache.
func (s *Site) cite(q *request) (View, error) {
	about, err := correction.ParseAbout(q.query("of").Get("of"))
	if err != nil {
		return View{}, keeper.Refuse(keeper.ErrInvalid, err)
	}
	if err := s.there(q, about); err != nil {
		return View{}, err
	}
	v := citeView{Compact: title(q.Pack, "compact", q.Pack.ID), Operator: s.c.Operator.Name, On: q.Now.UTC().Format("2006-01-02")}
	if v.About, err = q.aboutLink(about); err != nil {
		return View{}, err
	}
	v.Address = s.c.Base + v.About.Href
	switch about.Kind {
	case "commitment", "report", "party", "entry":
		v.Entry = about.Number()
		v.Receipt = "/record/receipts/" + about.ID
	}
	if v.Checkpoint, _, err = s.checkpoint(q.Context()); err != nil {
		return View{}, err
	}
	v.Covered = v.Checkpoint != nil && v.Entry < v.Checkpoint.Size
	return View{Page: "cite", Title: message("cite.title"), Crumbs: []Link{v.About}, Data: v, Live: true, Robots: "noindex"}, nil
}

// Text is the citation in one line; it is called by the template.
func (v citeView) Text(lang locale.Lang) string {
	parts := []string{textOf(v.About.Text, lang), textOf(v.Compact, lang), v.Operator, v.Address}
	if v.Entry != 0 {
		parts = append(parts, lang.T("party.entry", "id", v.Entry))
	}
	if v.Covered {
		parts = append(parts, lang.T("cite.under", "size", v.Checkpoint.Size, "root", v.Checkpoint.Root))
	}
	parts = append(parts, lang.T("cite.read", "date", lang.Date(v.On)))
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, strings.TrimSuffix(p, "."))
		}
	}
	return strings.Join(said, ". ") + "."
}
