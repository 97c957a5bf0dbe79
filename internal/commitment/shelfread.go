package commitment

import (
	"strings"

	"kept/internal/db"
	"kept/internal/stakeholder"
)

// readCards reads the cards of some commitments, or of all, in the order of their
// ids: a statement for each table, however many they are.
func readCards(tx *db.Tx, ids []int64, whole bool) ([]*card, error) {
	var cards []*card
	for whole || len(ids) > 0 {
		n := min(len(ids), 500)
		in, args := "> 0", []any(nil)
		if !whole {
			in = "IN (" + marks(n) + ")"
			for _, id := range ids[:n] {
				args = append(args, id)
			}
		}
		some, at, err := readSome(tx, in, args)
		if err == nil {
			err = hangWords(tx, at, in, args)
		}
		if err != nil {
			return nil, err
		}
		cards, ids = append(cards, some...), ids[n:]
		if whole {
			break
		}
	}
	return cards, nameKinds(tx, cards)
}

// readSome reads the cards whose id fits a condition, by place and by id; without
// their words.
func readSome(tx *db.Tx, in string, args []any) (cards []*card, at map[int64]*card, err error) {
	words := interned{}
	at = map[int64]*card{}
	rows, err := tx.Query(`SELECT id, party, claimed_by, stated, verifiable, made_on, stated_on, start_on, end_on, serves, type, review, lang,
		due_from, due_on, overdue_from, silent_from, lapsed_from, reports, self_status, self_on, amendments, closed, excused_until, newness FROM commitment WHERE id `+in+" ORDER BY id", args...)
	err = each(rows, err, func(scan func(...any) error) error {
		c := &card{}
		var stated, verifiable, amendments int64
		err := scan(&c.id, &c.party, &c.claimedBy, &stated, &verifiable, &c.madeOn, &c.statedOn, &c.start, &c.end, &c.serves, &c.typ, &c.review, &c.lang,
			&c.dues.From, &c.dues.On, &c.dues.OverdueFrom, &c.dues.SilentFrom, &c.dues.LapsedFrom, &c.reports, &c.selfStatus, &c.selfOn, &amendments, &c.closed, &c.dues.Excused, &c.newness)
		c.amended = amendments > 0
		c.stated, c.verifiable, c.dues.Reported = stated == 1, verifiable == 1, c.reports > 0
		words.all(&c.madeOn, &c.statedOn, &c.start, &c.end, &c.serves, &c.typ, &c.review, &c.lang, &c.dues.From, &c.dues.On,
			&c.dues.OverdueFrom, &c.dues.SilentFrom, &c.dues.LapsedFrom, &c.selfStatus, &c.selfOn, &c.closed, &c.dues.Excused, &c.newness)
		cards, at[c.id] = append(cards, c), c
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return cards, at, hang(tx, at, words, in, args)
}

// hang adds what other tables say of the cards.
func hang(tx *db.Tx, at map[int64]*card, words interned, in string, args []any) error {
	rows, err := tx.Query("SELECT commitment, item FROM commitment_item WHERE commitment "+in+" ORDER BY commitment, item", args...)
	err = pairs(rows, err, func(id int64, item string) { at[id].items = append(at[id].items, words.one(item)) })
	if err != nil {
		return err
	}
	rows, err = tx.Query("SELECT commitment, area FROM commitment_area WHERE commitment "+in+" ORDER BY commitment, area", args...)
	err = pairs(rows, err, func(id int64, area string) { at[id].areas = append(at[id].areas, words.one(area)) })
	if err != nil {
		return err
	}
	rows, err = tx.Query("SELECT commitment, party FROM commitment_partner WHERE commitment "+in+" ORDER BY commitment, party", args...)
	err = each(rows, err, func(scan func(...any) error) error {
		var id, party int64
		err := scan(&id, &party)
		at[id].partners = append(at[id].partners, party)
		return err
	})
	if err != nil {
		return err
	}
	for table, paces := range map[string]func(*card) *[]Paced{"commitment_indicator": func(c *card) *[]Paced { return &c.paces }, "commitment_signed": func(c *card) *[]Paced { return &c.signed }} {
		rows, err = tx.Query("SELECT commitment, word, value_old_from, ends_on FROM "+table+" WHERE judged = 1 AND commitment "+in+" ORDER BY commitment, n", args...)
		err = each(rows, err, func(scan func(...any) error) error {
			var id int64
			var p Paced
			err := scan(&id, &p.Word, &p.ValueOldFrom, &p.EndsOn)
			words.all(&p.Word, &p.ValueOldFrom, &p.EndsOn)
			all := paces(at[id])
			*all = append(*all, p)
			return err
		})
		if err != nil {
			return err
		}
	}
	rows, err = tx.Query("SELECT commitment, stage, currency, amount FROM commitment_money WHERE role <> 'sought' AND commitment "+in+" ORDER BY commitment, stage, currency", args...)
	err = each(rows, err, func(scan func(...any) error) error {
		var id int64
		var m stageMoney
		var amount string
		err := scan(&id, &m.stage, &m.currency, &amount)
		at[id].addMoney(m, amount)
		return err
	})
	if err != nil {
		return err
	}
	rows, err = tx.Query("SELECT commitment, MAX(made_on) FROM report WHERE commitment "+in+" GROUP BY commitment ORDER BY commitment", args...)
	if err = pairs(rows, err, func(id int64, on string) { at[id].reportedOn = words.one(on) }); err != nil {
		return err
	}
	rows, err = tx.Query("SELECT commitment, code FROM commitment_assessment WHERE commitment "+in+" ORDER BY commitment", args...)
	return pairs(rows, err, func(id int64, code string) { at[id].assessment = words.one(code) })
}

// hangWords adds the words that are searched.
func hangWords(tx *db.Tx, at map[int64]*card, in string, args []any) error {
	rows, err := tx.Query("SELECT commitment, folded FROM derived_commitment_text WHERE commitment "+in+" ORDER BY commitment, entry, part", args...)
	return pairs(rows, err, func(id int64, folded string) {
		if c := at[id]; c != nil {
			c.folded += folded + "\n"
		}
	})
}

// addMoney adds a line; lines come in the order of stage and currency.
func (c *card) addMoney(m stageMoney, amount string) {
	if n := len(c.money); n > 0 && c.money[n-1].stage == m.stage && c.money[n-1].currency == m.currency {
		c.money[n-1].amount.Add(c.money[n-1].amount, sum(amount))
		return
	}
	m.amount = sum(amount)
	c.money = append(c.money, m)
}

// nameKinds says what kind of party leads each.
func nameKinds(tx *db.Tx, cards []*card) error {
	var parties []int64
	seen := map[int64]bool{}
	for _, c := range cards {
		if !seen[c.party] {
			seen[c.party] = true
			parties = append(parties, c.party)
		}
	}
	kinds, err := stakeholder.KindsOf(tx, parties...)
	for _, c := range cards {
		c.kind = kinds[c.party]
	}
	return err
}

// interned keeps one copy of each code and date: very many cards share few.
type interned map[string]string

func (i interned) one(s string) string {
	if known, ok := i[s]; ok {
		return known
	}
	s = strings.Clone(s)
	i[s] = s
	return s
}

func (i interned) all(codes ...*string) {
	for _, code := range codes {
		*code = i.one(*code)
	}
}
