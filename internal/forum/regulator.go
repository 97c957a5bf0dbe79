package forum

import (
	"net/mail"
	"slices"
	"strconv"
	"time"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/wording"
)

// Kinds of act about the directory of regulators.
const (
	KindRegulatorListed    = "regulator.listed"
	KindRegulatorChanged   = "regulator.changed"
	KindRegulatorConfirmed = "regulator.confirmed"
	KindRegulatorEnded     = "regulator.ended"
)

// RegulatorKinds are what an office watches over. Their words are messages: regulator.kind.online_safety.
var RegulatorKinds = []string{"digital", "telecom", "online_safety", "data_protection", "competition", "consumer", "media", "ombudsperson", "other"}

// confirmEvery is how long a confirmed contact counts as current, in months: the duty of
// an office in the directory is to confirm it once a year.
const confirmEvery = 12

// Regulator are the facts of an office in the directory. Its words are name, remit, the
// office's public contact (url, mail: of the office, never of a person), and the source
// where it was entered from one.
type Regulator struct {
	Regulator int64    `json:"regulator,omitempty"` // which is changed (regulator.changed)
	Party     int64    `json:"party,omitempty"`     // whose office it is, where the secretariat enters it
	Kind      string   `json:"kind"`
	Area      string   `json:"area,omitempty"`  // none: of several countries
	Items     []string `json:"items,omitempty"` // that its work carries out
	SourceOn  string   `json:"source_on,omitempty"`
	Lang      string   `json:"lang"`
}

// RegulatorConfirmed are the facts of a confirmation that the contact is right.
type RegulatorConfirmed struct {
	Regulator int64 `json:"regulator"`
}

// RegulatorEnded are the facts of an office that is no more. Its word is reason.
type RegulatorEnded struct {
	Regulator int64 `json:"regulator"`
	Successor int64 `json:"successor,omitempty"`
}

var (
	regulatorWords = wording.Fields{"name": {Max: 160, Line: true, Needed: true}, "remit": {Max: 1200, Needed: true}, "url": {Max: 500, Line: true, Link: true},
		"mail": {Max: 200, Line: true}, "source": {Max: 300, Line: true}, "source_url": {Max: 500, Line: true, Link: true}}
	endedWords = wording.Fields{"reason": {Max: 600, Needed: true}}
)

func regulatorKinds() []keeper.Kind {
	return []keeper.Kind{
		rules[Regulator]{validate: validateRegulator, check: checkRegulator, apply: applyRegulatorListed}.kind(KindRegulatorListed),
		rules[Regulator]{validate: validateRegulator, check: checkRegulatorChanged, apply: applyRegulatorChanged}.kind(KindRegulatorChanged),
		rules[RegulatorConfirmed]{validate: wordless[RegulatorConfirmed], check: checkRegulatorConfirmed, apply: applyRegulatorConfirmed}.kind(KindRegulatorConfirmed),
		rules[RegulatorEnded]{validate: validateRegulatorEnded, check: checkRegulatorEnded, apply: applyRegulatorEnded}.kind(KindRegulatorEnded),
		rules[Practice]{validate: validatePractice, check: checkPractice, apply: applyPractice}.kind(KindPracticeShared),
		rules[Practice]{validate: validatePractice, check: checkPractice, apply: applyPractice}.kind(KindPracticeAsked),
		rules[PracticeAnswered]{validate: validatePracticeAnswered, check: checkPracticeAnswered, apply: applyPracticeAnswered}.kind(KindPracticeAnswered),
	}
}

// wordless refuses any text: the act has none.
func wordless[F any](a keeper.Act, _ F) error {
	var es locale.Errors
	wording.Fields{}.Check(a.Words, &es)
	return es.Err()
}

func validateRegulator(a keeper.Act, f Regulator) error {
	var es locale.Errors
	checkActor(a.By, f.Party, &es)
	regulatorWords.Check(a.Words, &es)
	if !slices.Contains(RegulatorKinds, f.Kind) {
		es.AddField("kind", locale.E("err.regulator.kind", "value", keeper.Line(f.Kind)))
	}
	if !locale.Known(f.Lang) {
		es.AddField("lang", locale.E("err.correction.language", "value", keeper.Line(f.Lang)))
	}
	if !wording.Filled(a.Words, "url") && !wording.Filled(a.Words, "mail") {
		es.AddField("url", locale.E("err.regulator.contact"))
	}
	if text := a.Words["mail.und"]; text != "" && !mailAddress(text) {
		es.AddField("mail", locale.E("err.regulator.mail"))
	}
	checkSource(a, f, &es)
	if (a.Kind == KindRegulatorChanged) != (f.Regulator > 0) {
		es.AddField("regulator", locale.E("err.regulator.which"))
	}
	return es.Err()
}

// mailAddress tells a bare address of mail, without a name before it.
func mailAddress(text string) bool {
	a, err := mail.ParseAddress(text)
	return err == nil && a.Address == text
}

// checkSource wants a source with its day where nobody's own office says it.
func checkSource(a keeper.Act, f Regulator, es *locale.Errors) {
	if actor(a.By, f.Party) != 0 {
		return
	}
	if !wording.Filled(a.Words, "source") {
		es.AddField("source", locale.E("err.regulator.source"))
	}
	if _, err := time.Parse(time.DateOnly, f.SourceOn); err != nil {
		es.AddField("source_on", locale.E("err.correction.day", "value", keeper.Line(f.SourceOn)))
	}
}

func checkRegulator(c checking, f Regulator) error {
	if err := c.running("regulators"); err != nil {
		return err
	}
	if party := actor(c.act.By, f.Party); party != 0 {
		if _, err := registered(c.tx, party); err != nil {
			return err
		}
	}
	var es locale.Errors
	c.checkItems("items", f.Items, &es)
	if _, known := c.pack.AreaSet().ByID(f.Area); f.Area != "" && !known {
		es.AddField("area", locale.E("err.regulator.area", "value", keeper.Line(f.Area)))
	}
	if f.SourceOn > keeper.Today(c.at) {
		es.AddField("source_on", locale.E("err.regulator.future"))
	}
	return es.Err()
}

// checkRegulatorChanged lets an office change its own entry and the secretariat any. It may
// hand an entry to a party; a party cannot take one.
func checkRegulatorChanged(c checking, f Regulator) error {
	if _, err := c.openRegulator(f.Regulator); err != nil {
		return err
	}
	return checkRegulator(c, f)
}

// openRegulator is an office that is still there and that the maker of the act may speak for.
func (c checking) openRegulator(id int64) (RegulatorRow, error) {
	r, err := RegulatorByID(c.tx, id)
	switch {
	case err != nil:
		return r, placed("regulator", err)
	case r.EndedOn != "":
		return r, keeper.Refuse(keeper.ErrConflict, locale.Field("regulator", locale.E("err.regulator.ended", "on", r.EndedOn)))
	case c.act.By != secretariat && c.act.By != number(r.Party):
		return r, keeper.Refuse(keeper.ErrForbidden, locale.Field("regulator", locale.E("err.regulator.not_yours")))
	}
	return r, nil
}

func checkRegulatorConfirmed(c checking, f RegulatorConfirmed) error {
	if err := c.running("regulators"); err != nil {
		return err
	}
	r, err := c.openRegulator(f.Regulator)
	if err == nil && c.act.By == secretariat && r.Party == 0 {
		err = keeper.Refuse(keeper.ErrForbidden, locale.Field("regulator", locale.E("err.regulator.own_word")))
	}
	return err
}

func validateRegulatorEnded(a keeper.Act, f RegulatorEnded) error {
	var es locale.Errors
	endedWords.Check(a.Words, &es)
	if f.Successor != 0 && f.Successor == f.Regulator {
		es.AddField("successor", locale.E("err.regulator.successor"))
	}
	return es.Err()
}

func checkRegulatorEnded(c checking, f RegulatorEnded) error {
	if _, err := c.openRegulator(f.Regulator); err != nil || f.Successor == 0 {
		return err
	}
	next, err := RegulatorByID(c.tx, f.Successor)
	if err != nil {
		return placed("successor", err)
	}
	if next.EndedOn != "" {
		return locale.Field("successor", locale.E("err.regulator.ended", "on", next.EndedOn))
	}
	return nil
}

// applyRegulatorListed enters an office. What it says itself counts as confirmed that day.
func applyRegulatorListed(tx *db.Tx, e keeper.Entry, f Regulator) error {
	confirmed := ""
	if _, err := strconv.ParseInt(e.By, 10, 64); err == nil {
		confirmed = e.On()
	}
	err := tx.Queue(`INSERT INTO regulator (id, version, party, kind, area, source_on, listed_on, confirmed_on, stale_from, ended_on, ended_by, successor)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0, 0)`,
		e.Index, e.Index, actor(e.By, f.Party), f.Kind, f.Area, f.SourceOn, e.On(), confirmed, commitment.AddMonths(e.On(), confirmEvery))
	if err != nil {
		return err
	}
	return regulatorItems(tx, e, e.Index, f)
}

func regulatorItems(tx *db.Tx, e keeper.Entry, id int64, f Regulator) error {
	for _, item := range f.Items {
		if err := tx.Queue("INSERT INTO regulator_item (regulator, item) VALUES (?, ?) ON CONFLICT (regulator, item) DO NOTHING", id, item); err != nil {
			return err
		}
	}
	subjects := []string{"regulators", subject("regulator", id), subject("party", actor(e.By, f.Party))}
	for _, item := range f.Items {
		subjects = append(subjects, "item:"+item)
	}
	return keeper.Touch(tx, e.Index, subjects...)
}

// applyRegulatorChanged states an office whole; its words are those of this entry. An
// office that was entered from a source and has a party now keeps its source.
func applyRegulatorChanged(tx *db.Tx, e keeper.Entry, f Regulator) error {
	party := actor(e.By, f.Party)
	err := tx.Queue("UPDATE regulator SET version = ?, kind = ?, area = ?, party = CASE WHEN CAST(? AS BIGINT) = 0 THEN party ELSE ? END, source_on = ? WHERE id = ?",
		e.Index, f.Kind, f.Area, party, party, f.SourceOn, f.Regulator)
	if err != nil {
		return err
	}
	if e.By != secretariat {
		if err := confirm(tx, e, f.Regulator); err != nil {
			return err
		}
	}
	if err := tx.Queue("DELETE FROM regulator_item WHERE regulator = ?", f.Regulator); err != nil {
		return err
	}
	return regulatorItems(tx, e, f.Regulator, f)
}

func confirm(tx *db.Tx, e keeper.Entry, id int64) error {
	return tx.Queue("UPDATE regulator SET confirmed_on = ?, stale_from = ? WHERE id = ?", e.On(), commitment.AddMonths(e.On(), confirmEvery), id)
}

func applyRegulatorConfirmed(tx *db.Tx, e keeper.Entry, f RegulatorConfirmed) error {
	if err := confirm(tx, e, f.Regulator); err != nil {
		return err
	}
	return keeper.Touch(tx, e.Index, "regulators", subject("regulator", f.Regulator))
}

func applyRegulatorEnded(tx *db.Tx, e keeper.Entry, f RegulatorEnded) error {
	if err := tx.Queue("UPDATE regulator SET ended_on = ?, ended_by = ?, successor = ? WHERE id = ?", e.On(), e.Index, f.Successor, f.Regulator); err != nil {
		return err
	}
	subjects := []string{"regulators", subject("regulator", f.Regulator)}
	if f.Successor != 0 {
		subjects = append(subjects, subject("regulator", f.Successor))
	}
	return keeper.Touch(tx, e.Index, subjects...)
}

// RegulatorByID is one office.
func RegulatorByID(tx *db.Tx, id int64) (RegulatorRow, error) {
	list, err := regulators(tx, "WHERE r.id = ?", id)
	if err != nil {
		return RegulatorRow{}, err
	}
	if len(list) == 0 {
		return RegulatorRow{}, keeper.Refuse(keeper.ErrNotFound, locale.E("err.regulator.unknown", "id", number(id)))
	}
	return list[0], nil
}
