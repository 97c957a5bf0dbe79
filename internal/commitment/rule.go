package commitment

import (
	_ "embed"
	"errors"
	"strconv"
	"time"

	"kept/internal/compact"
	"kept/internal/compact/fold"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

//go:embed schema.sql
var schema string

//go:embed review.sql
var reviewSchema string

// Subject is what the keeper needs to keep commitments.
func Subject() keeper.Subject {
	made := rules[Made]{validate: validateMade, check: checkMade, apply: applyMade, derive: deriveTitle[Made]}
	support := rules[Support]{validateSupport, checkSupport, applySupport, deriveSupport}
	return keeper.Subject{Name: "commitment", Schema: schema + reviewSchema, Version: "4", Kinds: []keeper.Kind{
		made.kind(KindMade),
		made.kind(KindClaimed),
		rules[Stated]{validateStated, checkStated, applyStated, deriveTitle[Stated]}.kind(KindStated),
		rules[Amended]{validateAmended, checkAmended, applyAmended, deriveAmended}.kind(KindAmended),
		rules[Answered]{validateAnswered, checkAnswered, applyAnswered, nil}.kind(KindConfirmed),
		rules[Answered]{validateAnswered, checkAnswered, applyAnswered, nil}.kind(KindDeclined),
		rules[Ended]{validateEnded, checkEnded, applyEnded, nil}.kind(KindWithdrawn),
		rules[Ended]{validateEnded, checkEnded, applyEnded, nil}.kind(KindConcluded),
		rules[Excused]{validateExcused, checkExcused, applyExcused, nil}.kind(KindExcused),
		rules[Reported]{validateReported, checkReported, applyReported, nil}.kind(KindReported),
		rules[Pool]{validatePool, checkPool, applyPool, nil}.kind(KindPool),
		rules[ReviewOpened]{validateOpened, checkOpened, applyOpened, nil}.kind(KindReviewOpened),
		rules[ReviewPublished]{validatePublished, checkPublished, applyPublished, nil}.kind(KindReviewPublished),
		rules[ReviewReplied]{validateReplied, checkReplied, applyReplied, nil}.kind(KindReviewReplied),
		support.kind(KindRequested),
		support.kind(KindOffered),
		rules[Closed]{validateClosed, checkClosed, applyClosed, nil}.kind(KindClosed),
	}}
}

// checking is what a Check works with.
type checking struct {
	tx   *db.Tx
	act  keeper.Act
	at   time.Time
	pack *compact.Pack
}

// rules are what this package says of one kind of act, on its own type of facts.
type rules[F any] struct {
	validate func(a keeper.Act, f F) error
	check    func(c checking, f F) error
	apply    func(tx *db.Tx, e keeper.Entry, f F) error
	derive   func(tx *db.Tx, e keeper.Entry, f F, words map[string]string) error
}

func (r rules[F]) kind(name string) keeper.Kind {
	k := keeper.Rules[F]{
		Name: name, Validate: r.validate, Apply: r.apply, Derive: r.derive,
		Check: func(tx *db.Tx, a keeper.Act, f F, at time.Time) error {
			pack, err := compact.InForce(tx)
			if err != nil {
				return err
			}
			return r.check(checking{tx, a, at, pack}, f)
		},
	}.Kind()
	switch name {
	case KindMade, KindClaimed, KindStated, KindAmended:
		k.After = amendedLater
	}
	return k
}

// amendedLater lists the amendments after an entry of a commitment: they put their
// title and promise in place of those before.
func amendedLater(tx *db.Tx, e keeper.Entry) ([]int64, error) {
	id := e.Index
	if e.Kind == KindAmended {
		var f Amended
		if err := e.Decode(&f); err != nil {
			return nil, err
		}
		id = f.Commitment
	}
	rows, err := tx.Query("SELECT entry FROM commitment_step WHERE commitment = ? AND kind = ? AND entry > ? ORDER BY entry", id, KindAmended, e.Index)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var later []int64
	for rows.Next() {
		var i int64
		if err := rows.Scan(&i); err != nil {
			return nil, err
		}
		later = append(later, i)
	}
	return later, rows.Err()
}

// notLater refuses a day, month or year that has begun nowhere on Earth yet.
func (c checking) notLater(name, date string, es *locale.Errors) {
	if date != "" && (date + "-01-01")[:10] > newest(c.at) {
		es.AddField(name, locale.E("err.commitment.future", "date", date))
	}
}

// over refuses a month or year that still goes on: a value of it counts for its last day.
func (c checking) over(name, date string, es *locale.Errors) {
	if lastDay(date) > newest(c.at) {
		es.AddField(name, locale.E("err.report.not_over", "date", date))
	}
}

// mapping checks items and areas against the pack in force.
func (c checking) mapping(items, areas []string, es *locale.Errors) {
	for _, id := range items {
		if i, ok := c.pack.Item(id); !ok {
			es.AddField("items", locale.E("err.commitment.unknown_item", "value", id))
		} else if !i.Asks() && i.Kind != compact.KindObjective {
			es.AddField("items", locale.E("err.commitment.item_asks_nothing", "value", id))
		}
	}
	set := c.pack.AreaSet()
	for _, id := range areas {
		_, area := set.ByID(id)
		if _, region := set.RegionByID(id); !area && !region {
			es.AddField("areas", locale.E("err.commitment.unknown_area", "value", id))
		}
	}
}

// unit checks a unit against the list, the currencies and what the pack uses.
func (c checking) unit(name, unit string, es *locale.Errors) {
	if known(UnitsOf(c.pack), unit) || Currency(unit) {
		return
	}
	es.AddField(name, locale.E("err.commitment.unknown_unit", "value", unit))
}

// UnitsOf lists the units that a commitment under a pack can count in, besides currencies.
func UnitsOf(pack *compact.Pack) []string {
	units := append([]string(nil), Units...)
	add := func(unit string) {
		if unit != "" && unitForm(unit) && !Currency(unit) && !known(units, unit) {
			units = append(units, unit)
		}
	}
	for _, t := range pack.Targets {
		add(t.Unit)
	}
	for _, i := range pack.Indicators {
		add(i.Unit)
	}
	return units
}

func checkMade(c checking, f Made) error {
	if err := stakeholder.Opens(c.tx, f.Lead, stakeholder.RightCommit); err != nil {
		return place("lead", err)
	}
	var es locale.Errors
	for n, p := range f.Partners {
		if _, err := partyOf(c.tx, p.Party); err != nil {
			if _, ok := locale.All(err); !ok {
				return err
			}
			es.AddField(part("partners", n, "party"), err)
		}
	}
	c.made(f, &es)
	if f.Claims > 0 {
		if err := c.claim(f); err != nil {
			return err
		}
	}
	return es.Err()
}

// made checks a commitment against the pack in force and the day.
func (c checking) made(f Made, es *locale.Errors) {
	c.mapping(f.Items, f.Areas, es)
	for n, i := range f.Indicators {
		c.unit(part("indicators", n, "unit"), i.Unit, es)
		c.notLater(part("indicators", n, "baseline_on"), i.BaselineOn, es)
		if _, ok := c.pack.Indicator(i.Series); i.Series != "" && !ok {
			es.AddField(part("indicators", n, "linked_series"), locale.E("err.commitment.unknown_series", "value", i.Series))
		}
	}
	for n, m := range f.Money {
		c.notLater(part("money", n, "value_on"), m.ValueOn, es)
	}
	c.notLater("since", f.Since, es)
	if f.End < keeper.Today(c.at) {
		es.AddField("end", locale.E("err.commitment.ended"))
	}
}

// claim wants the stated entry to be there, not yet claimed, and of this party:
// stated of it, or of an entry of the registry that it made its own.
func (c checking) claim(f Made) error {
	var party, stated, claimed int64
	err := c.tx.Row("SELECT party, stated, claimed_by FROM commitment WHERE id = ?", f.Claims).Scan(&party, &stated, &claimed)
	switch {
	case errors.Is(err, db.ErrNoRows) || err == nil && stated == 0:
		return keeper.Refuse(keeper.ErrNotFound, locale.Field("claims", locale.E("err.commitment.no_stated", "id", strconv.FormatInt(f.Claims, 10))))
	case err != nil:
		return err
	case claimed != 0:
		return keeper.Refuse(keeper.ErrConflict, locale.Field("claims", locale.E("err.commitment.claimed", "id", strconv.FormatInt(claimed, 10))))
	case party == f.Lead:
		return nil
	}
	p, err := partyOf(c.tx, party)
	if err != nil {
		return err
	}
	if p.ClaimedBy != f.Lead {
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("claims", locale.E("err.commitment.not_stated_of_you")))
	}
	return nil
}

func checkStated(c checking, f Stated) error {
	if _, err := partyOf(c.tx, f.Party); err != nil {
		return place("party", err)
	}
	var es locale.Errors
	c.mapping(f.Items, f.Areas, &es)
	c.notLater("on", f.On, &es)
	return es.Err()
}

func checkReported(c checking, f Reported) error {
	var party, stated int64
	var closed, closedOn string
	err := c.tx.Row("SELECT party, stated, closed, closed_on FROM commitment WHERE id = ?", f.Commitment).Scan(&party, &stated, &closed, &closedOn)
	switch {
	case errors.Is(err, db.ErrNoRows):
		return keeper.Refuse(keeper.ErrNotFound, locale.Field("commitment", locale.E("err.report.no_commitment", "id", strconv.FormatInt(f.Commitment, 10))))
	case err != nil:
		return err
	case stated != 0:
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("commitment", locale.E("err.report.stated")))
	case closed != "":
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("commitment", locale.E("err.commitment.closed."+closed, "on", closedOn)))
	case c.act.By != secretariat && c.act.By != strconv.FormatInt(party, 10):
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("commitment", locale.E("err.report.not_yours")))
	}
	var twice int64
	err = c.tx.Row("SELECT COALESCE(MIN(id), 0) FROM report WHERE commitment = ? AND from_on <= ? AND to_on >= ?", f.Commitment, f.To, f.From).Scan(&twice)
	if err != nil {
		return err
	}
	if twice != 0 {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("to", locale.E("err.report.period_twice", "id", strconv.FormatInt(twice, 10))))
	}
	made, err := standing(c.tx, f.Commitment)
	if err != nil {
		return err
	}
	return c.answers(f, made).Err()
}

// answers checks a report against the commitment as it was made: every indicator
// answered, values that can be, no date that has not come.
func (c checking) answers(f Reported, made Made) (es locale.Errors) {
	answered := make(map[int64]bool, len(f.Values))
	for _, v := range f.Values {
		answered[v.Indicator] = true
		if v.Indicator >= int64(len(made.Indicators)) {
			es.AddField("values", locale.E("err.report.indicator", "n", v.Indicator+1))
			continue
		}
		i, name := made.Indicators[v.Indicator], part("values", int(v.Indicator), "value")
		if i.Ended {
			es.AddField(name, locale.E("err.report.indicator_ended", "n", v.Indicator+1))
		}
		if r, ok := rat(v.Value); ok {
			es.AddField(name, natural(r, i))
			if i.Measure == "binary" && v.Value != "0" && v.Value != "1" {
				es.AddField(name, locale.E("err.report.binary"))
			}
		}
		c.over(part("values", int(v.Indicator), "on"), v.On, &es)
	}
	for n, i := range made.Indicators {
		if !answered[int64(n)] && !i.Ended && f.Unchanged == "" {
			es.AddField(part("values", n, "value"), locale.E("err.report.value_or_reason"))
		}
	}
	for _, m := range f.Milestones {
		if m.Milestone >= int64(len(made.Milestones)) || made.Milestones[m.Milestone].Dropped {
			es.AddField("milestones", locale.E("err.report.milestone", "n", m.Milestone+1))
		}
	}
	for n, m := range f.Money {
		c.notLater(part("money", n, "value_on"), m.ValueOn, &es)
	}
	for n, e := range f.Evidence {
		c.notLater(part("evidence", n, "on"), e.On, &es)
	}
	c.over("to", f.To, &es)
	return es
}

// deriveTitle keeps title and promise of a new commitment for lists and search.
func deriveTitle[F any](tx *db.Tx, e keeper.Entry, _ F, words map[string]string) error {
	return insertTexts(tx, e.Index, e.Index, words)
}

// insertTexts keeps title and promise as an entry has them, for the commitment that they are of.
func insertTexts(tx *db.Tx, entry, commitment int64, words map[string]string) error {
	for name, text := range words {
		if base, _ := splitPart(name); base != "title" && base != "promise" {
			continue
		}
		err := tx.Queue("INSERT INTO derived_commitment_text (entry, part, commitment, body, folded) VALUES (?, ?, ?, ?, ?)",
			entry, name, commitment, text, fold.Text(text))
		if err != nil {
			return err
		}
	}
	return nil
}
