package commitment

import (
	"errors"
	"slices"
	"strconv"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// States of a partner. The lead names it; only its own act says more.
const (
	PartnerNamed     = "named"
	PartnerConfirmed = "confirmed"
	PartnerDeclined  = "declined"
)

// Answered are the facts of a partner's confirmation or of its refusal; a reason
// for the latter is words.
type Answered struct {
	Commitment int64 `json:"commitment"`
	Version    int64 `json:"version"`         // the entry whose promise and shares it answers
	Party      int64 `json:"party,omitempty"` // where the secretariat enters it for the partner
}

var answerFields = map[string]field{"reason": {2000, prose}}

// party is the partner that answers.
func (f Answered) party(by string) int64 {
	if by == secretariat {
		return f.Party
	}
	id, _ := strconv.ParseInt(by, 10, 64)
	return id
}

func validateAnswered(a keeper.Act, f Answered) error {
	var es locale.Errors
	if _, err := strconv.ParseInt(a.By, 10, 64); (err == nil) == (f.Party > 0) || err != nil && a.By != secretariat {
		es.AddField("party", locale.E("err.commitment.answer_by"))
	}
	es.Add(checkWords(a.Words, answerFields, nil).Err())
	return es.Err()
}

func checkAnswered(c checking, f Answered) error {
	h, err := c.open(f.Commitment)
	if err != nil {
		return err
	}
	if h.version != f.Version {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("version", locale.E("err.commitment.answer_version", "version", strconv.FormatInt(h.version, 10))))
	}
	state, err := partnerState(c.tx, f.Commitment, f.party(c.act.By))
	switch {
	case err != nil:
		return err
	case state == "":
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("party", locale.E("err.commitment.no_partner")))
	case c.act.Kind == KindConfirmed && state == PartnerConfirmed, c.act.Kind == KindDeclined && state == PartnerDeclined:
		return keeper.Refuse(keeper.ErrConflict, locale.Field("party", locale.E("err.commitment.answered_"+state)))
	}
	return nil
}

// partnerState is how a party stands to a commitment that names it; "" when it names it not.
func partnerState(tx *db.Tx, commitment, party int64) (state string, err error) {
	err = tx.Row("SELECT state FROM commitment_partner WHERE commitment = ? AND party = ?", commitment, party).Scan(&state)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	return state, err
}

func applyAnswered(tx *db.Tx, e keeper.Entry, f Answered) error {
	state := PartnerConfirmed
	if e.Kind == KindDeclined {
		state = PartnerDeclined
	}
	err := tx.Queue("UPDATE commitment_partner SET state = ?, state_on = ?, answer = ? WHERE commitment = ? AND party = ?", state, e.On(), e.Index, f.Commitment, f.party(e.By))
	if err != nil {
		return err
	}
	return happened(tx, e, f.Commitment)
}

func insertPartner(tx *db.Tx, commitment int64, p Partner, state, on string, answer int64) error {
	return tx.Queue("INSERT INTO commitment_partner (commitment, party, share, state, state_on, answer) VALUES (?, ?, ?, ?, ?, ?)",
		commitment, p.Party, p.Share, state, on, answer)
}

// checkPartners wants each partner once, and shares either of nobody or of the lead
// and every partner, making up the whole.
func checkPartners(f Made, es *locale.Errors) {
	if len(f.Partners) > maxPartners {
		es.AddField("partners", locale.E("err.commitment.too_many", "n", len(f.Partners), "max", maxPartners))
	}
	seen := map[int64]bool{f.Lead: true}
	shares := []string{f.LeadShare}
	for n, p := range f.Partners {
		if seen[p.Party] {
			es.AddField(part("partners", n, "party"), locale.E("err.commitment.twice", "value", strconv.FormatInt(p.Party, 10)))
		}
		seen[p.Party] = true
		checkShare(part("partners", n, "share"), p.Share, es)
		shares = append(shares, p.Share)
	}
	checkShare("lead_share", f.LeadShare, es)
	stated := len(shares) - count(shares, "")
	switch total := sum(shares...); {
	case stated == 0:
	case len(f.Partners) == 0:
		es.AddField("lead_share", locale.E("err.commitment.share_alone"))
	case f.LeadShare == "":
		es.AddField("lead_share", locale.E("err.commitment.shares_lead", "sum", exact(total)))
	case stated < len(shares):
		es.AddField("partners", locale.E("err.commitment.shares_some"))
	case total.Cmp(hundred) != 0:
		es.AddField("partners", locale.E("err.commitment.shares_sum", "sum", exact(total)))
	}
}

// checkShare wants a share above 0: whoever has none is no partner with a share.
func checkShare(name, share string, es *locale.Errors) {
	checkPercent(name, share, es)
	if r, ok := rat(share); ok && r.Sign() == 0 {
		es.AddField(name, locale.E("err.commitment.percent", "value", share))
	}
}

func count(list []string, text string) (n int) {
	for _, s := range list {
		if s == text {
			n++
		}
	}
	return n
}

// movePartners takes over the partners of an amendment. Those that answered are
// asked again where what the commitment binds them to was changed.
func movePartners(tx *db.Tx, id int64, f Made, again bool) error {
	before, err := partnersOf(tx, id)
	if err != nil {
		return err
	}
	if err := tx.Queue("DELETE FROM commitment_partner WHERE commitment = ?", id); err != nil {
		return err
	}
	for _, p := range f.Partners {
		now := PartnerView{State: PartnerNamed}
		if n := slices.IndexFunc(before, func(b PartnerView) bool { return b.Party == p.Party }); n >= 0 && !again {
			now = before[n]
		}
		if err := insertPartner(tx, id, p, now.State, now.On, now.Answer); err != nil {
			return err
		}
	}
	return nil
}

// PartnerView is a partner of a commitment and what it said itself.
type PartnerView struct {
	Partner
	State  string // [PartnerNamed], [PartnerConfirmed] or [PartnerDeclined]
	On     string // of its answer
	Answer int64  // the entry of its answer; 0 before
}

func partnersOf(tx *db.Tx, id int64) ([]PartnerView, error) {
	rows, err := tx.Query("SELECT party, share, state, state_on, answer FROM commitment_partner WHERE commitment = ? ORDER BY party", id)
	var list []PartnerView
	err = each(rows, err, func(scan func(...any) error) error {
		var p PartnerView
		err := scan(&p.Party, &p.Share, &p.State, &p.On, &p.Answer)
		list = append(list, p)
		return err
	})
	return list, err
}

// PartOf is how a party takes part in commitments that others lead, by commitment.
func PartOf(tx *db.Tx, party int64) (map[int64]PartnerView, error) {
	rows, err := tx.Query("SELECT commitment, share, state, state_on, answer FROM commitment_partner WHERE party = ?", party)
	parts := map[int64]PartnerView{}
	err = each(rows, err, func(scan func(...any) error) error {
		var id int64
		p := PartnerView{Partner: Partner{Party: party}}
		err := scan(&id, &p.Share, &p.State, &p.On, &p.Answer)
		parts[id] = p
		return err
	})
	return parts, err
}

// Waiting is a commitment that waits for a partner's own word, and since when: since
// the version that it is asked about.
type Waiting struct {
	Commitment, Party int64
	Since             string
}

// Unanswered lists the open commitments that name some parties as partners without
// an answer of theirs, the oldest first.
func Unanswered(tx *db.Tx, most int, parties ...int64) ([]Waiting, error) {
	if len(parties) == 0 {
		return nil, nil
	}
	args := []any{KindAmended, PartnerNamed}
	for _, p := range parties {
		args = append(args, p)
	}
	rows, err := tx.Query(`SELECT c.id, p.party, COALESCE(s.made_on, c.made_on) FROM commitment_partner p JOIN commitment c ON c.id = p.commitment
		LEFT JOIN commitment_step s ON s.entry = c.version AND s.kind = ? WHERE p.state = ? AND c.closed = '' AND p.party IN (`+marks(len(parties))+`) ORDER BY 3, 1, 2 LIMIT ?`,
		append(args, most)...)
	var list []Waiting
	err = each(rows, err, func(scan func(...any) error) error {
		var w Waiting
		err := scan(&w.Commitment, &w.Party, &w.Since)
		list = append(list, w)
		return err
	})
	return list, err
}

// happened notes an act about a commitment, and the pages that it concerns.
func happened(tx *db.Tx, e keeper.Entry, id int64) error {
	err := tx.Queue("INSERT INTO commitment_step (entry, commitment, made_on, made_by, kind) VALUES (?, ?, ?, ?, ?)", e.Index, id, e.On(), e.By, e.Kind)
	if err != nil {
		return err
	}
	f, err := stored(tx, id)
	if err != nil {
		return err
	}
	pack, err := compact.InForce(tx)
	if err != nil {
		return err
	}
	return keeper.Touch(tx, e.Index, append(subjectsOf(pack, id, f.Lead, f.Items, f.Areas), partnersTouched(f.Partners)...)...)
}
