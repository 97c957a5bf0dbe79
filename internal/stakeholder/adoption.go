package stakeholder

import (
	"errors"
	"slices"
	"strconv"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// KindAdoption is the act that records a State's adoption of a text.
const KindAdoption = "adoption.recorded"

// Adoption are the facts of adoption.recorded. Words: symbol.und, the document
// by which the text was adopted. A State gives no form; the secretariat records once.
type Adoption struct {
	Party int64  `json:"party"`
	Text  string `json:"text"`
	On    string `json:"on"`
}

func adoptionRecorded() keeper.Kind {
	return rules[Adoption]{
		name:   KindAdoption,
		fields: wordsOf[KindAdoption],
		validate: func(a keeper.Act, f Adoption, errs *locale.Errors) {
			bySecretariat(a, errs)
			checkDate("on", f.On, errs)
			if f.Text == "" {
				errs.AddField("text", locale.E("err.party.text_missing"))
			}
			if a.Words["symbol.und"] == "" {
				errs.AddField("symbol", locale.E("err.party.symbol_missing"))
			}
		},
		check: checkAdoption,
		apply: func(tx *db.Tx, e keeper.Entry, f Adoption) error {
			if err := tx.Queue("INSERT INTO adoption (id, party, text_id, adopted_on) VALUES (?, ?, ?, ?)", e.Index, f.Party, f.Text, f.On); err != nil {
				return err
			}
			if err := stand(tx, f.Party, f.Text, BasisAdopted, f.On, e.Index); err != nil {
				return err
			}
			p, err := applied(tx, f.Party)
			if err != nil {
				return err
			}
			return touch(tx, e.Index, f.Party, p.Area, "text:"+f.Text)
		},
		derive: func(tx *db.Tx, e keeper.Entry, _ Adoption, words map[string]string) error {
			symbol := words["symbol.und"]
			if symbol == "" {
				return nil
			}
			return tx.Queue("INSERT INTO derived_adoption_symbol (entry, part, symbol) VALUES (?, 'symbol.und', ?)", e.Index, symbol)
		},
	}.kind()
}

func checkAdoption(c checking, f Adoption) error {
	if err := c.notLater("on", f.On); err != nil {
		return err
	}
	if _, ok := c.pack.Text(f.Text); !ok {
		return locale.Field("text", locale.E("err.party.unknown_text", "value", f.Text))
	}
	p, err := registered(c.tx, f.Party)
	if err != nil {
		return placed("party", err)
	}
	if !slices.Contains(c.pack.Bases(p.Kind), BasisAdopted) {
		return locale.Field("party", locale.E("err.party.cannot_adopt", "kind", kindWord(p.Kind)))
	}
	var id int64
	err = c.tx.Row("SELECT id FROM adoption WHERE party = ? AND text_id = ?", f.Party, f.Text).Scan(&id)
	if errors.Is(err, db.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return keeper.Refuse(keeper.ErrConflict, locale.Field("party", locale.E("err.party.adopted_already", "id", strconv.FormatInt(id, 10))))
}

// stand notes how a party now stands to a text.
func stand(tx *db.Tx, party int64, text, basis, since string, entry int64) error {
	return tx.Queue(`INSERT INTO standing (party, text_id, basis, since, entry) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (party, text_id) DO UPDATE SET basis = excluded.basis, since = excluded.since, entry = excluded.entry`,
		party, text, basis, since, entry)
}
