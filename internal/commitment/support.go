package commitment

import (
	"errors"
	"strconv"

	"kept/internal/compact"
	"kept/internal/compact/fold"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Sides of support: what a party needs, and what it can give.
const (
	Requested = "requested"
	Offered   = "offered"
)

// The closed lists of support. Their words are messages: support.kind.money.
var (
	SupportKinds    = []string{"money", "expertise", "training", "technology", "data", "equipment", "staff", "partners", "other"}
	SupportOutcomes = []string{"met", "partly_met", "not_needed", "no_longer_possible"}
)

// Support are the facts of a request for support or of an offer: of which kind, for
// which items and where, how much, until when; beside a commitment or on its own.
// Its words are title and text. Nothing is arranged here and nothing is sent: the
// party that reads it answers with an act of its own.
type Support struct {
	Party      int64    `json:"party"`
	Lang       string   `json:"lang"`
	Kind       string   `json:"kind"`
	Commitment int64    `json:"commitment,omitempty"` // for which it is wanted, or beside which it is offered
	Answers    int64    `json:"answers,omitempty"`    // the request or offer of another party that it answers
	Items      []string `json:"items"`
	Areas      []string `json:"areas,omitempty"` // none: anywhere
	Size       string   `json:"size,omitempty"`
	Unit       string   `json:"unit,omitempty"` // of the size: a currency, or what is counted
	Until      string   `json:"until"`          // the last day on which it holds
}

// Closed are the facts of the end of a request or an offer.
type Closed struct {
	Support int64  `json:"support"`
	Outcome string `json:"outcome"`
}

// maxSupport is how far ahead a request or an offer may hold, in months.
const maxSupport = 36

var (
	supportFields = map[string]field{"title": {120, line}, "text": {2000, prose}}
	closeFields   = map[string]field{"note": {1000, prose}}
)

func validateSupport(a keeper.Act, f Support) error {
	var es locale.Errors
	if f.Party < 0 || a.By != secretariat && a.By != strconv.FormatInt(f.Party, 10) {
		es.AddField("party", locale.E("err.support.not_yours"))
	}
	es.Add(checkWords(a.Words, supportFields, nil).Err())
	have := filled(a.Words)
	for _, name := range []string{"title", "text"} {
		if !have[name] {
			es.AddField(name, locale.E("err.commitment.needed"))
		}
	}
	checkLang(f.Lang, &es)
	checkCode("kind", SupportKinds, f.Kind, &es)
	checkList("items", f.Items, maxItems, &es)
	checkList("areas", f.Areas, maxAreas, &es)
	if len(f.Items) == 0 {
		es.AddField("items", locale.E("err.support.items"))
	}
	if f.Size != "" && checkDecimal("size", f.Size, &es) && sum(f.Size).Sign() <= 0 {
		es.AddField("size", locale.E("err.commitment.amount"))
	}
	switch {
	case (f.Size == "") != (f.Unit == ""):
		es.AddField("unit", locale.E("err.support.size_unit"))
	case f.Unit != "" && !unitForm(f.Unit):
		es.AddField("unit", locale.E("err.commitment.unknown_unit", "value", keeper.Line(f.Unit)))
	}
	checkDay("until", f.Until, &es)
	if len(es) == 0 {
		es.Add(checkSize(a))
	}
	return es.Err()
}

func checkSupport(c checking, f Support) error {
	p, err := partyOf(c.tx, f.Party)
	if err != nil {
		return place("party", err)
	}
	if p.Stated() {
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("party", locale.E("err.party.stated_only", "id", strconv.FormatInt(p.ID, 10))))
	}
	var es locale.Errors
	c.mapping(f.Items, f.Areas, &es)
	if f.Unit != "" {
		c.unit("unit", f.Unit, &es)
	}
	if today := keeper.Today(c.at); f.Until < today || f.Until > addMonths(today, maxSupport) {
		es.AddField("until", locale.E("err.support.until", "from", today, "to", addMonths(today, maxSupport)))
	}
	if f.Commitment != 0 {
		if err := c.supports(f); err != nil {
			return err
		}
	}
	if f.Answers != 0 {
		if err := c.answersSupport(f); err != nil {
			return err
		}
	}
	return es.Err()
}

// supports wants a commitment to be open, and a request for it to come from who
// leads it or is named as its partner.
func (c checking) supports(f Support) error {
	h, err := c.open(f.Commitment)
	if err != nil || c.act.Kind == KindOffered || h.lead == f.Party {
		return err
	}
	state, err := partnerState(c.tx, f.Commitment, f.Party)
	if err == nil && (state == "" || state == PartnerDeclined) {
		err = keeper.Refuse(keeper.ErrForbidden, locale.Field("commitment", locale.E("err.support.not_its_own")))
	}
	return err
}

// answersSupport wants an offer to answer a request that is open, and the other way round.
func (c checking) answersSupport(f Support) error {
	s, err := supportRow(c.tx, f.Answers)
	switch {
	case err != nil:
		return place("answers", err)
	case !s.Open(keeper.Today(c.at)):
		return keeper.Refuse(keeper.ErrConflict, locale.Field("answers", locale.E("err.support.over")))
	case s.Side == sideOf(c.act.Kind) || s.Party == f.Party:
		return locale.Field("answers", locale.E("err.support.answers_other"))
	}
	return nil
}

func sideOf(kind string) string {
	if kind == KindRequested {
		return Requested
	}
	return Offered
}

func applySupport(tx *db.Tx, e keeper.Entry, f Support) error {
	err := tx.Queue(`INSERT INTO support (id, party, made_on, made_by, side, lang, kind, commitment, answers, size, unit, until_on, closed_on, closed_by, outcome)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0, '')`,
		e.Index, f.Party, e.On(), e.By, sideOf(e.Kind), f.Lang, f.Kind, f.Commitment, f.Answers, f.Size, f.Unit, f.Until)
	if err != nil {
		return err
	}
	for _, item := range f.Items {
		if err := tx.Queue("INSERT INTO support_item (support, item) VALUES (?, ?) ON CONFLICT (support, item) DO NOTHING", e.Index, item); err != nil {
			return err
		}
	}
	for _, area := range f.Areas {
		if err := tx.Queue("INSERT INTO support_area (support, area) VALUES (?, ?) ON CONFLICT (support, area) DO NOTHING", e.Index, area); err != nil {
			return err
		}
	}
	return touchSupport(tx, e.Index, Help{ID: e.Index, Party: f.Party, Commitment: f.Commitment, Items: f.Items, Areas: f.Areas})
}

// touchSupport notes the pages that a request or an offer concerns.
func touchSupport(tx *db.Tx, index int64, h Help) error {
	pack, err := compact.InForce(tx)
	if err != nil {
		return err
	}
	subjects := []string{"support", subject("support", h.ID), subject("party", h.Party)}
	if h.Commitment != 0 {
		subjects = append(subjects, subject("commitment", h.Commitment))
	}
	for _, item := range h.Items {
		subjects = append(subjects, "item:"+item)
		if i, ok := pack.Item(item); ok && i.Under != "" {
			subjects = append(subjects, "item:"+i.Under)
		}
	}
	for _, area := range h.Areas {
		subjects = append(subjects, "area:"+area)
	}
	return keeper.Touch(tx, index, subjects...)
}

func deriveSupport(tx *db.Tx, e keeper.Entry, _ Support, words map[string]string) error {
	for name, text := range words {
		err := tx.Queue("INSERT INTO derived_support_text (entry, part, body, folded) VALUES (?, ?, ?, ?)", e.Index, name, text, fold.Text(text))
		if err != nil {
			return err
		}
	}
	return nil
}

func validateClosed(a keeper.Act, f Closed) error {
	var es locale.Errors
	es.Add(checkWords(a.Words, closeFields, nil).Err())
	checkCode("outcome", SupportOutcomes, f.Outcome, &es)
	return es.Err()
}

func checkClosed(c checking, f Closed) error {
	s, err := supportRow(c.tx, f.Support)
	switch {
	case err != nil:
		return place("support", err)
	case c.act.By != secretariat && c.act.By != strconv.FormatInt(s.Party, 10):
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("support", locale.E("err.support.not_yours")))
	case s.ClosedOn != "":
		return keeper.Refuse(keeper.ErrConflict, locale.Field("support", locale.E("err.support.closed", "on", s.ClosedOn)))
	}
	return nil
}

func applyClosed(tx *db.Tx, e keeper.Entry, f Closed) error {
	err := tx.Queue("UPDATE support SET closed_on = ?, closed_by = ?, outcome = ? WHERE id = ?", e.On(), e.Index, f.Outcome, f.Support)
	if err != nil {
		return err
	}
	h, err := supportRow(tx, f.Support)
	if err != nil {
		return err
	}
	return touchSupport(tx, e.Index, h)
}

// supportRow is a request or an offer with items and areas.
func supportRow(tx *db.Tx, id int64) (Help, error) {
	h, err := scanHelp(tx.Row("SELECT "+helpColumns+" FROM support s WHERE s.id = ?", id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return h, keeper.Refuse(keeper.ErrNotFound, locale.E("err.support.unknown", "id", strconv.FormatInt(id, 10)))
	}
	if err != nil {
		return h, err
	}
	list := []Help{h}
	err = fillHelp(tx, list)
	return list[0], err
}
