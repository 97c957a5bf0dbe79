package forum

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact"
	"kept/internal/compact/fold"
	"kept/internal/db"
	"kept/internal/locale"
	"kept/internal/wording"
)

// each reads the rows of a query; no row is open when it returns.
func each(tx *db.Tx, visit func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := visit(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// descriptions puts what bodies say of themselves over what the pack says of them,
// and adds those that the pack does not have.
func (m *merge) descriptions(tx *db.Tx) error {
	return each(tx, func(scan func(...any) error) error {
		var d Body
		var id, functions, items, groups, languages, principles string
		err := scan(&d.Own.Entry, &id, &d.Own.Party, &d.Own.On, &d.Kind, &d.Level, &d.Cycle, &d.Since, &d.Until, &d.Mandate.Item, &d.Mandate.On, &d.Mandate.Until,
			&functions, &items, &groups, &languages, &principles)
		if err != nil {
			return err
		}
		d.Functions, d.Items, d.Groups = strings.Fields(functions), strings.Fields(items), strings.Fields(groups)
		d.Languages, d.Principles = strings.Fields(languages), strings.Fields(principles)
		b := m.body(id)
		if b == nil {
			b = m.add(id)
		}
		m.own[d.Own.Entry] = id
		b.describe(d)
		return nil
	}, `SELECT entry, body, party, said_on, kind, level, cycle, since_on, until_on, mandate_item, mandate_on, mandate_until, functions, items, groups_named, languages, principles
		FROM body_description WHERE stands = 1 ORDER BY entry`)
}

// add makes a body that the pack does not have; whoever runs it was not looked at yet.
func (m *merge) add(id string) *Body {
	entry, _ := strconv.ParseInt(id, 10, 64)
	m.at[id] = len(m.bodies)
	m.bodies = append(m.bodies, Body{ID: id, Entry: entry})
	return &m.bodies[len(m.bodies)-1]
}

// describe takes over what a description says; what it leaves out stays as the pack has it.
func (b *Body) describe(d Body) {
	b.Own, b.Principles = d.Own, d.Principles
	for _, f := range []struct {
		name string
		to   *string
		said string
	}{{"kind", &b.Kind, d.Kind}, {"level", &b.Level, d.Level}, {"cycle", &b.Cycle, d.Cycle}, {"since", &b.Since, d.Since}, {"until", &b.Until, d.Until}} {
		if f.said != "" {
			*f.to = f.said
			b.Own.Facts = append(b.Own.Facts, f.name)
		}
	}
	for _, f := range []struct {
		name string
		to   *[]string
		said []string
	}{{"functions", &b.Functions, d.Functions}, {"items", &b.Items, d.Items}, {"groups", &b.Groups, d.Groups}, {"languages", &b.Languages, d.Languages}} {
		if len(f.said) > 0 {
			*f.to = f.said
			b.Own.Facts = append(b.Own.Facts, f.name)
		}
	}
	if d.Mandate.Item != "" || d.Mandate.On != "" || d.Mandate.Until != "" {
		b.Mandate = d.Mandate
		b.Own.Facts = append(b.Own.Facts, "mandate")
	}
	b.Reading = slices.DeleteFunc(slices.Clone(b.Reading), b.Own.Says)
}

// texts adds the short texts of the descriptions that stand.
func (m *merge) texts(tx *db.Tx) error {
	return each(tx, func(scan func(...any) error) error {
		var entry int64
		var part, text string
		if err := scan(&entry, &part, &text); err != nil {
			return err
		}
		if b := m.body(m.own[entry]); b != nil {
			b.say(part, text)
		}
		return nil
	}, `SELECT t.entry, t.part, t.body FROM derived_body_text t JOIN body_description d ON d.entry = t.entry WHERE d.stands = 1 ORDER BY t.entry, t.part`)
}

// say takes over one short text. The instrument of a mandate is the same in all languages.
func (b *Body) say(part, text string) {
	if b.Words == nil {
		b.Words = map[string]string{}
	}
	b.Words[part] = text
	name, _ := wording.Split(part)
	switch name {
	case "acronym":
		b.Acronym = text
	case "host":
		b.Host = text
	case "url":
		b.URL = text
	case "contact":
		b.Contact = text
	case "mandate":
		if !b.Own.Says("mandate") {
			b.Mandate = Mandate{}
		}
		b.Mandate.Instrument = text
	}
	if !b.Own.Says(name) {
		b.Own.Facts = append(b.Own.Facts, name)
	}
}

func (m *merge) confirmations(tx *db.Tx) error {
	return each(tx, func(scan func(...any) error) error {
		var id, on, stale string
		if err := scan(&id, &on, &stale); err != nil {
			return err
		}
		if b := m.body(id); b != nil {
			b.ConfirmedOn, b.StaleFrom = on, stale
		}
		return nil
	}, "SELECT body, confirmed_on, stale_from FROM body_confirmation")
}

// runners adds who runs each body. A body that only its own people say exists is
// certain once the secretariat has looked who they are.
func (m *merge) runners(tx *db.Tx) error {
	return each(tx, func(scan func(...any) error) error {
		var id string
		var checked int64
		var r Runner
		if err := scan(&r.Entry, &id, &r.Party, &r.Since, &checked, &r.Ended); err != nil {
			return err
		}
		r.Checked = checked == 1
		if b := m.body(id); b != nil {
			b.Runners = append(b.Runners, r)
			b.Certain = b.Certain || b.Entry != 0 && r.Checked
		}
		return nil
	}, "SELECT entry, body, party, since_on, checked, ended_on FROM body_runner ORDER BY entry")
}

func (m *merge) relations(tx *db.Tx) error {
	return each(tx, func(scan func(...any) error) error {
		var r Relation
		var party int64
		if err := scan(&r.ID, &r.From, &r.Kind, &r.To, &party, &r.On); err != nil {
			return err
		}
		if r.By = secretariat; party != 0 {
			r.By = number(party)
		}
		m.relate(r)
		return nil
	}, "SELECT id, from_body, kind, to_body, party, said_on FROM relation WHERE ended_on = '' ORDER BY id")
}

// disagreements hangs each at what it is against: a relation at both of its ends, a
// fact at its body.
func (m *merge) disagreements(tx *db.Tx) error {
	return each(tx, func(scan func(...any) error) error {
		var relation int64
		var from, kind, to, about, fact string
		var d Dispute
		if err := scan(&d.Entry, &relation, &from, &kind, &to, &about, &fact, &d.Body, &d.Party, &d.On); err != nil {
			return err
		}
		if about != "" {
			if b := m.body(about); b != nil {
				b.Disputed = append(b.Disputed, Disagreement{fact, d})
			}
			return nil
		}
		for n := range m.bodies {
			for k := range m.bodies[n].Relations {
				r := &m.bodies[n].Relations[k]
				if relation != 0 && r.ID == relation || relation == 0 && r.ID == 0 && r.From == from && r.Kind == kind && r.To == to {
					r.Disputed = append(r.Disputed, d)
				}
			}
		}
		return nil
	}, "SELECT id, relation, from_body, kind, to_body, about, fact, body, party, said_on FROM disagreement WHERE ended_on = '' ORDER BY id")
}

// runs tells whether a party runs a body now.
func runs(tx *db.Tx, body string, party int64) (bool, error) {
	var n int64
	err := tx.Row("SELECT COUNT(*) FROM body_runner WHERE body = ? AND party = ? AND ended_on = ''", body, party).Scan(&n)
	return n > 0, err
}

// RunOf are the bodies that any of some parties runs now, in the order in which they began to.
func RunOf(tx *db.Tx, parties ...int64) (bodies []string, err error) {
	for _, party := range parties {
		err := each(tx, func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			if err == nil && !slices.Contains(bodies, id) {
				bodies = append(bodies, id)
			}
			return err
		}, "SELECT body FROM body_runner WHERE party = ? AND ended_on = '' ORDER BY entry", party)
		if err != nil {
			return nil, err
		}
	}
	return bodies, nil
}

// Claim is a party's word that it runs a body.
type Claim struct {
	ID     int64
	Body   string
	Party  int64
	On     string
	Answer string // "", "entrusted" or "declined"
	By     int64  // the entry that answers
	OnDay  string // of the answer
}

// Claims are those about a body, or with "" all that wait for an answer, the oldest first.
func Claims(tx *db.Tx, body string) (list []Claim, err error) {
	where, args := "answer = ''", []any(nil)
	if body != "" {
		where, args = "body = ?", []any{body}
	}
	err = each(tx, func(scan func(...any) error) error {
		var c Claim
		err := scan(&c.ID, &c.Body, &c.Party, &c.On, &c.Answer, &c.By, &c.OnDay)
		list = append(list, c)
		return err
	}, "SELECT id, body, party, claimed_on, answer, answer_entry, answered_on FROM body_claim WHERE "+where+" ORDER BY id", args...)
	return list, err
}

// BodySteps are the entries about a body, the latest first.
func BodySteps(tx *db.Tx, body string, limit int) (entries []int64, err error) {
	err = each(tx, func(scan func(...any) error) error {
		var e int64
		err := scan(&e)
		entries = append(entries, e)
		return err
	}, "SELECT entry FROM body_step WHERE body = ? ORDER BY entry DESC LIMIT ?", body, int64(limit))
	return entries, err
}

// SameMandate are the other bodies that say they rest on the same instrument.
func SameMandate(all []Body, b *Body) (others []string) {
	key := fold.Text(b.Mandate.Instrument)
	for i := range all {
		if key != "" && all[i].ID != b.ID && fold.Text(all[i].Mandate.Instrument) == key {
			others = append(others, all[i].ID)
		}
	}
	return others
}

// LookAlikes are, for each body, the others whose name can be taken for its own.
func LookAlikes(all []Body, p *compact.Pack) map[string][]string {
	under := map[string][]string{} // skeleton → the bodies that have a name like it
	for i := range all {
		for _, s := range all[i].skeletons(p) {
			if !slices.Contains(under[s], all[i].ID) {
				under[s] = append(under[s], all[i].ID)
			}
		}
	}
	alike := map[string][]string{}
	for _, ids := range under {
		for _, id := range ids {
			for _, other := range ids {
				if other != id && !slices.Contains(alike[id], other) {
					alike[id] = append(alike[id], other)
				}
			}
		}
	}
	for _, others := range alike {
		slices.Sort(others)
	}
	return alike
}

// skeletons are a body's names as a hasty reader sees them.
func (b *Body) skeletons(p *compact.Pack) []string {
	names := b.names(p)
	for n, name := range names {
		names[n] = fold.Skeleton(name)
	}
	return names
}

// names are a body's names in all languages.
func (b *Body) names(p *compact.Pack) []string {
	var names []string
	if b.Entry == 0 {
		for _, lang := range locale.Langs {
			title, _ := p.Title(compact.Bodies, b.ID, lang)
			names = append(names, title)
		}
	}
	for part, text := range b.Words {
		if strings.HasPrefix(part, "name.") {
			names = append(names, text)
		}
	}
	return names
}

// Name is a body's name in a language, and the language it is in; the pack's title
// where the pack has the body. "" of one whose name was erased.
func (b *Body) Name(p *compact.Pack, lang locale.Lang) (text string, in locale.Lang) {
	if b.Entry == 0 {
		return p.Title(compact.Bodies, b.ID, lang)
	}
	for _, l := range append([]locale.Lang{lang, "und", locale.English}, locale.Langs...) {
		if text = b.Words["name."+string(l)]; text != "" {
			return text, l
		}
	}
	return "", locale.English
}
