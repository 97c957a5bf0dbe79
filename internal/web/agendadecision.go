package web

import (
	"strconv"

	"kept/internal/forum"
	"kept/internal/keeper"
)

// agendaItemView is an item of an agenda with its reason.
type agendaItemView struct {
	No          int       `json:"no"`
	Title       Text      `json:"title"`
	Own         bool      `json:"-"` // it has a title of its own, not its candidate's
	Candidate   string    `json:"candidate"`
	About       Link      `json:"about"`
	Items       []partRow `json:"items,omitempty"`
	Reason      Text      `json:"reason,omitempty"`
	TakenOn     string    `json:"taken_on"`
	WithdrawnOn string    `json:"withdrawn_on,omitempty"`
	Withdrawal  Text      `json:"withdrawal,omitempty"` // why
}

type passedView struct {
	Candidate string `json:"candidate"`
	About     Link   `json:"about"`
	Reason    Text   `json:"reason,omitempty"`
}

type recusedView struct {
	Seat  int64 `json:"seat"`
	About *Link `json:"about,omitempty"`
}

type amendmentView struct {
	Entry  int64  `json:"entry"`
	On     string `json:"on"`
	What   Text   `json:"what"`
	Reason Text   `json:"reason,omitempty"`
}

type decisionView struct {
	Entry      int64            `json:"entry"`
	On         string           `json:"decided_on"`
	EnteredOn  string           `json:"entered_on"`
	By         Text             `json:"by"`
	Ranking    string           `json:"ranking_blob"` // digest of the ranking that was before those who decided
	Items      []agendaItemView `json:"items"`
	Passed     []passedView     `json:"passed_over,omitempty"`
	Recused    []recusedView    `json:"recused,omitempty"`
	Dissent    Text             `json:"dissent,omitempty"`
	Amendments []amendmentView  `json:"amendments,omitempty"`
}

// decisionView is how the agenda of a cycle was decided; nil while it is not.
func (q *request) decisionView(c forum.Cycle, names candidateNames) (*decisionView, error) {
	d, err := forum.DecisionOf(q.Tx, c.ID)
	if err != nil || d.Entry == 0 {
		return nil, err
	}
	words, err := keeper.WordsOf(q.Tx, d.Entry)
	if err != nil {
		return nil, err
	}
	v := &decisionView{Entry: d.Entry, On: d.On, EnteredOn: d.EnteredOn, By: message("agenda.by_secretariat"), Ranking: d.Digest, Dissent: wordsText(words, "dissent")}
	sitting, err := forum.SittingOn(q.Tx, d.On)
	if err != nil {
		return nil, err
	}
	if q.module(forum.ModuleAdvisory).On && len(sitting) > 0 {
		v.By = message("agenda.by_group")
	}
	if v.Items, err = q.agendaItems(c.ID, names); err != nil {
		return nil, err
	}
	for _, p := range d.Passed {
		v.Passed = append(v.Passed, passedView{p.Candidate, names.link(p.Candidate), wordsText(words, "passed."+strconv.Itoa(p.Part))})
	}
	for _, r := range d.Recused {
		row := recusedView{Seat: r.Seat}
		if r.Candidate != "" {
			link := names.link(r.Candidate)
			row.About = &link
		}
		v.Recused = append(v.Recused, row)
	}
	v.Amendments, err = q.amendments(c.ID)
	return v, err
}

// link leads to a candidate under its name.
func (n candidateNames) link(candidate string) Link {
	return Link{n.name(candidate), n[candidate].Href}
}

// agendaItems are the items of an agenda with the words that stand for each.
func (q *request) agendaItems(cycle int64, names candidateNames) ([]agendaItemView, error) {
	agenda, err := forum.Agenda(q.Tx, cycle)
	var out []agendaItemView
	for _, i := range agenda {
		v := agendaItemView{No: i.No, Candidate: i.Candidate, About: names.link(i.Candidate), Items: partRows(q.Pack, i.Items), TakenOn: i.TakenOn, WithdrawnOn: i.WithdrawnOn}
		words, err := keeper.WordsOf(q.Tx, i.Entry)
		if err != nil {
			return nil, err
		}
		v.Title, v.Reason = wordsText(words, i.Word("title")), wordsText(words, i.Word("reason"))
		if i.Renamed != 0 {
			if words, err = keeper.WordsOf(q.Tx, i.Renamed); err != nil {
				return nil, err
			}
			if t := wordsText(words, "title"); t != nil {
				v.Title = t
			}
		}
		if v.Own = v.Title != nil; !v.Own {
			v.Title = names.name(i.Candidate)
		}
		if i.Withdrawn != 0 {
			if words, err = keeper.WordsOf(q.Tx, i.Withdrawn); err != nil {
				return nil, err
			}
			v.Withdrawal = wordsText(words, "reason")
		}
		out = append(out, v)
	}
	return out, err
}

func (q *request) amendments(cycle int64) ([]amendmentView, error) {
	list, err := forum.AmendmentsOf(q.Tx, cycle)
	var out []amendmentView
	for _, a := range list {
		words, err := keeper.WordsOf(q.Tx, a.Entry)
		if err != nil {
			return nil, err
		}
		out = append(out, amendmentView{a.Entry, a.On, message("agenda.amended."+a.Change, "no", a.No), wordsText(words, "reason")})
	}
	return out, err
}
