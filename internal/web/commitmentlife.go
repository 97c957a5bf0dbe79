package web

import (
	"strconv"

	"kept/internal/commitment"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// What a commitment's page says of its life after it was made: partners, changes,
// excuses, its end, and the support around it.

type partnerView struct {
	Party Link   `json:"party"`
	Share string `json:"share,omitempty"`
	State string `json:"state"`
	Is    Text   `json:"state_in_words"`
	On    string `json:"on,omitempty"`
	Entry int64  `json:"entry,omitempty"`
}

type closingView struct {
	State   string `json:"state"`
	On      string `json:"on"`
	Entry   int64  `json:"entry"`
	Outcome Text   `json:"outcome,omitempty"`
	Reason  Text   `json:"reason,omitempty"`
}

type excuseView struct {
	Until  string `json:"until"`
	Code   string `json:"code"`
	Why    Text   `json:"why"`
	Reason Text   `json:"reason,omitempty"`
	Entry  int64  `json:"entry"`
}

// signedView is where an indicator was to go when it was signed.
type signedView struct {
	Target   string    `json:"target"`
	TargetOn string    `json:"target_on"`
	Pace     stateView `json:"pace"`
	Why      Text      `json:"why"`
}

// madeHere is the commitment that the address names, made by its party here: what
// was stated of it elsewhere has neither versions nor reviews.
func (q *request) madeHere() (commitment.View, error) {
	id, err := q.number("id")
	if err != nil {
		return commitment.View{}, err
	}
	c, err := commitment.Get(q.Tx, id, q.Today)
	if err == nil && c.Stated {
		err = errNotFound(q.URL.Path)
	}
	return c, err
}

// supportCounts lead to what is wanted and offered around something.
type supportCounts struct {
	Requested int64  `json:"requested"`
	Offered   int64  `json:"offered"`
	Href      string `json:"href"`
}

// supportAround counts the open requests and offers; nil where there is none.
func supportAround(q *request, f commitment.HelpFilter, href string) (*supportCounts, error) {
	f.Today = q.Today
	n, err := commitment.CountHelp(q.Tx, f)
	if err != nil || n.Requested+n.Offered == 0 {
		return nil, err
	}
	return &supportCounts{n.Requested, n.Offered, href}, nil
}

func (v *commitmentView) life(q *request, c commitment.View) error {
	ids := make([]int64, len(c.Partners))
	for n, p := range c.Partners {
		ids[n] = p.Party
	}
	names, err := stakeholder.NamesOf(q.Tx, ids...)
	if err != nil {
		return err
	}
	v.LeadShare = c.Facts.LeadShare
	for _, p := range c.Partners {
		v.Partners = append(v.Partners, partnerView{Link{partyName(names[p.Party]), partyHref(p.Party)}, p.Share, p.State, message("commitment.partner." + p.State), p.On, p.Answer})
	}
	if c.Closing.On != "" {
		v.Closing = &closingView{State: c.Lifecycle, On: c.Closing.On, Entry: c.Closing.Entry, Reason: wordsText(c.Closing.Reason, "reason")}
		if c.Closing.Outcome != "" {
			v.Closing.Outcome = message("commitment.outcome." + c.Closing.Outcome)
		}
	}
	if c.Excuse.Until != "" {
		v.Excuse = &excuseView{c.Excuse.Until, c.Excuse.Code, message("commitment.excuse." + c.Excuse.Code), wordsText(c.Excuse.Reason, "reason"), c.Excuse.Entry}
	}
	if c.PaceSigned != "" {
		state := newState("commitment.pace.", c.PaceSigned)
		v.PaceSigned = &state
	}
	if err := v.amendments(q, c); err != nil {
		return err
	}
	v.Support, err = supportAround(q, commitment.HelpFilter{Commitment: c.ID}, "/support?commitment="+strconv.FormatInt(c.ID, 10))
	return err
}

func (v *commitmentView) amendments(q *request, c commitment.View) error {
	if len(c.Amendments) == 0 {
		return nil
	}
	all, err := commitment.Versions(q.Tx, c)
	if err != nil {
		return err
	}
	for n := range all[1:] {
		v.Changed = append(v.Changed, newVersionRow(all, n+1))
	}
	return nil
}

// signedEnd is the end of an indicator as signed, where it was changed since.
func signedEnd(i commitment.IndicatorView) *signedView {
	if i.Signed == nil {
		return nil
	}
	return &signedView{i.Signed.Target, i.Signed.TargetOn, newState("commitment.pace.", i.Signed.Word), everyLang(func(l locale.Lang) string { return i.Signed.Why(l, i) })}
}

// lifecycleWhy dates the lifecycle: when it was made, and when it was changed or ended.
func lifecycleWhy(c commitment.View) Text {
	on := c.MadeOn
	switch {
	case c.Closing.On != "":
		on = c.Closing.On
	case len(c.Amendments) > 0:
		on = c.Amendments[len(c.Amendments)-1].On
	}
	return dayText(on)
}

// reportingWhy adds what was missed, and up to when a later report is excused.
func reportingWhy(c commitment.View) Text {
	return everyLang(func(l locale.Lang) string {
		why := []string{c.Reporting.Why(l)}
		if c.Reporting.Missed > 0 {
			why = append(why, l.T("commitment.reporting.missed", "n", c.Reporting.Missed))
		}
		if c.Excuse.Until != "" && c.Reporting.Due != "" {
			why = append(why, l.T("commitment.reporting.excused", "until", l.Date(c.Excuse.Until)))
		}
		return l.List(why)
	})
}

// asPartner says how a party takes part: its share, if one is stated, and its own word.
func asPartner(p commitment.PartnerView) Text {
	share := message("commitment.share.none")
	if p.Share != "" {
		share = everyLang(func(l locale.Lang) string { return l.T("commitment.share.of", "share", l.Number(p.Share)) })
	}
	return phrase("commitment.as_partner", "share", share, "state", message("commitment.partner."+p.State))
}

// partiesOf are the subjects of those whom a commitment's page names.
func partiesOf(c commitment.View) []string {
	subjects := []string{"party:" + strconv.FormatInt(c.Party, 10)}
	for _, p := range c.Partners {
		subjects = append(subjects, "party:"+strconv.FormatInt(p.Party, 10))
	}
	return subjects
}
