package forum

import (
	"strings"

	"kept/internal/compact/fold"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/wording"
)

// Apply of the acts about bodies. Everything here is one transaction with its
// entry: if we die in it, neither is kept.

// step notes that an entry is about bodies, for their histories and their pages.
func step(tx *db.Tx, e keeper.Entry, bodies ...string) error {
	subjects := []string{"bodies"}
	for n, body := range bodies {
		if body == "" || n > 0 && body == bodies[0] {
			continue
		}
		if err := tx.Queue("INSERT INTO body_step (body, entry) VALUES (?, ?) ON CONFLICT (body, entry) DO NOTHING", body, e.Index); err != nil {
			return err
		}
		subjects = append(subjects, "body:"+body)
	}
	return keeper.Touch(tx, e.Index, subjects...)
}

func applyDescribed(tx *db.Tx, e keeper.Entry, f Described) error {
	body, party := f.Body, actor(e.By, f.Party)
	if body == "" {
		body = number(e.Index)
		if err := claim(tx, e, body, party); err != nil {
			return err
		}
		if err := run(tx, e, body, party, 0); err != nil {
			return err
		}
	}
	if err := tx.Queue("UPDATE body_description SET stands = 0 WHERE body = ?", body); err != nil {
		return err
	}
	err := tx.Queue(`INSERT INTO body_description (entry, body, party, said_on, stands, kind, level, cycle, since_on, until_on, mandate_item, mandate_on, mandate_until,
		functions, items, groups_named, languages, principles) VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Index, body, party, e.On(), f.Kind, f.Level, f.Cycle, f.Since, f.Until, f.MandateItem, f.MandateOn, f.MandateUntil,
		strings.Join(f.Functions, " "), strings.Join(f.Items, " "), strings.Join(f.Groups, " "), strings.Join(f.Languages, " "), strings.Join(f.Principles, " "))
	if err != nil {
		return err
	}
	return confirmed(tx, e, body, party)
}

// confirmed moves the day of a body's last confirmation: to describe is to confirm.
func confirmed(tx *db.Tx, e keeper.Entry, body string, party int64) error {
	err := tx.Queue(`INSERT INTO body_confirmation (body, entry, party, confirmed_on, stale_from) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (body) DO UPDATE SET entry = excluded.entry, party = excluded.party, confirmed_on = excluded.confirmed_on, stale_from = excluded.stale_from`,
		body, e.Index, party, e.On(), staleFrom(e.On()))
	if err != nil {
		return err
	}
	return step(tx, e, body)
}

func applyConfirmed(tx *db.Tx, e keeper.Entry, f OfBody) error {
	return confirmed(tx, e, f.Body, actor(e.By, f.Party))
}

func claim(tx *db.Tx, e keeper.Entry, body string, party int64) error {
	return tx.Queue("INSERT INTO body_claim (id, body, party, claimed_on, answer, answer_entry, answered_on) VALUES (?, ?, ?, ?, '', 0, '')", e.Index, body, party, e.On())
}

func run(tx *db.Tx, e keeper.Entry, body string, party, checked int64) error {
	return tx.Queue("INSERT INTO body_runner (entry, body, party, since_on, checked, ended_on, ended_by) VALUES (?, ?, ?, ?, ?, '', 0)", e.Index, body, party, e.On(), checked)
}

func applyClaimed(tx *db.Tx, e keeper.Entry, f OfBody) error {
	if err := claim(tx, e, f.Body, actor(e.By, f.Party)); err != nil {
		return err
	}
	return step(tx, e, f.Body)
}

// answered closes a claim and tells whose it is; "" of one that is not there.
func answered(tx *db.Tx, e keeper.Entry, f Answer, answer string) (body string, party int64, err error) {
	missing, err := none(tx.Row("SELECT body, party FROM body_claim WHERE id = ?", f.Claim).Scan(&body, &party))
	if missing || err != nil {
		return "", 0, err
	}
	err = tx.Queue("UPDATE body_claim SET answer = ?, answer_entry = ?, answered_on = ? WHERE id = ?", answer, e.Index, e.On(), f.Claim)
	return body, party, err
}

// applyEntrusted gives a body to the party that claimed it. One that its own people
// brought is theirs since then; from now on the secretariat has looked.
func applyEntrusted(tx *db.Tx, e keeper.Entry, f Answer) error {
	body, party, err := answered(tx, e, f, "entrusted")
	if err != nil || body == "" {
		return err
	}
	if body == number(f.Claim) {
		err = tx.Queue("UPDATE body_runner SET checked = 1 WHERE entry = ?", f.Claim)
	} else {
		err = run(tx, e, body, party, 1)
	}
	if err != nil {
		return err
	}
	return step(tx, e, body)
}

func applyDeclined(tx *db.Tx, e keeper.Entry, f Answer) error {
	body, party, err := answered(tx, e, f, "declined")
	if err != nil || body == "" {
		return err
	}
	if body == number(f.Claim) {
		if err := release(tx, e, body, party); err != nil {
			return err
		}
	}
	return step(tx, e, body)
}

func release(tx *db.Tx, e keeper.Entry, body string, party int64) error {
	return tx.Queue("UPDATE body_runner SET ended_on = ?, ended_by = ? WHERE body = ? AND party = ? AND ended_on = ''", e.On(), e.Index, body, party)
}

func applyReleased(tx *db.Tx, e keeper.Entry, f OfBody) error {
	if err := release(tx, e, f.Body, actor(e.By, f.Party)); err != nil {
		return err
	}
	return step(tx, e, f.Body)
}

func applyRelated(tx *db.Tx, e keeper.Entry, f Related) error {
	err := tx.Queue("INSERT INTO relation (id, from_body, kind, to_body, party, said_on, ended_on, ended_by) VALUES (?, ?, ?, ?, ?, ?, '', 0)",
		e.Index, f.From, f.Kind, f.To, actor(e.By, f.Party), e.On())
	if err != nil {
		return err
	}
	return step(tx, e, f.From, f.To)
}

func applyRelationEnded(tx *db.Tx, e keeper.Entry, f RelationEnded) error {
	from, to, err := endsOf(tx, f.Relation)
	if err != nil {
		return err
	}
	if err := tx.Queue("UPDATE relation SET ended_on = ?, ended_by = ? WHERE id = ?", e.On(), e.Index, f.Relation); err != nil {
		return err
	}
	return step(tx, e, from, to)
}

func endsOf(tx *db.Tx, relation int64) (from, to string, err error) {
	_, err = none(tx.Row("SELECT from_body, to_body FROM relation WHERE id = ?", relation).Scan(&from, &to))
	return from, to, err
}

// disagree keeps one body's words against something.
func disagree(tx *db.Tx, e keeper.Entry, d disagreement) error {
	return tx.Queue(`INSERT INTO disagreement (id, relation, from_body, kind, to_body, about, fact, body, party, said_on, ended_on, ended_by)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0)`, e.Index, d.relation, d.from, d.kind, d.to, d.about, d.fact, d.body, d.party, e.On())
}

// disagreement is a row of that table, as an act makes it.
type disagreement struct {
	relation       int64
	from, kind, to string
	about, fact    string
	body           string
	party          int64
}

func applyDisputed(tx *db.Tx, e keeper.Entry, f Disputed) error {
	from, to := f.From, f.To
	if f.Relation != 0 {
		var err error
		if from, to, err = endsOf(tx, f.Relation); err != nil {
			return err
		}
	}
	err := disagree(tx, e, disagreement{relation: f.Relation, from: f.From, kind: f.Kind, to: f.To, body: f.Body, party: actor(e.By, f.Party)})
	if err != nil {
		return err
	}
	return step(tx, e, from, to)
}

func applyBodyDisputed(tx *db.Tx, e keeper.Entry, f BodyDisputed) error {
	if err := disagree(tx, e, disagreement{about: f.About, fact: f.Fact, body: f.Body, party: actor(e.By, f.Party)}); err != nil {
		return err
	}
	return step(tx, e, f.About, f.Body)
}

func applySettled(tx *db.Tx, e keeper.Entry, f Settled) error {
	var relation int64
	var from, to, about, body string
	missing, err := none(tx.Row("SELECT relation, from_body, to_body, about, body FROM disagreement WHERE id = ?", f.Disagreement).Scan(&relation, &from, &to, &about, &body))
	if missing || err != nil {
		return err
	}
	if relation != 0 {
		if from, to, err = endsOf(tx, relation); err != nil {
			return err
		}
	}
	if err := tx.Queue("UPDATE disagreement SET ended_on = ?, ended_by = ? WHERE id = ?", e.On(), e.Index, f.Disagreement); err != nil {
		return err
	}
	if about != "" {
		return step(tx, e, about, body)
	}
	return step(tx, e, from, to)
}

// deriveDescribed keeps the short texts of a description, for lists and for finding.
func deriveDescribed(tx *db.Tx, e keeper.Entry, _ Described, words map[string]string) error {
	for part, text := range words {
		name, _ := wording.Split(part)
		if f, ok := bodyFields[KindDescribed][name]; !ok || !f.Line {
			continue
		}
		if err := tx.Queue("INSERT INTO derived_body_text (entry, part, body, folded) VALUES (?, ?, ?, ?)", e.Index, part, text, fold.Text(text)); err != nil {
			return err
		}
	}
	return nil
}
