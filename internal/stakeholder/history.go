package stakeholder

import (
	"errors"
	"strconv"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Endorsement is an endorsement as state has it; its words are keeper.WordsOf its id.
type Endorsement struct {
	ID, Party     int64
	Text          string
	Language      string
	Digest        string
	Vision        bool
	Principles    bool
	GivenOn       string // the day of the entry
	StatedOn      string // of a stated one: the day that its source gives
	ClaimOf       int64
	ClaimedAs     int64
	EndedOn       string
	EndedBy       int64 // the entry of the withdrawal
	Revoked       bool  // ended by the secretariat's own decision
	Supports      []string
	PartyNames    Names  // filled by lists over several parties
	PartyKind     string // likewise
	PartyVerified string // likewise: its level
}

// Stated tells an endorsement that is known only as stated elsewhere.
func (e Endorsement) Stated() bool { return e.StatedOn != "" }

// Holds tells whether it is neither ended nor replaced by the party's own claim.
func (e Endorsement) Holds() bool { return e.EndedOn == "" && e.ClaimedAs == 0 }

const endorsementColumns = `e.id, e.party, e.text_id, e.language_read, e.text_digest, e.vision, e.principles, e.given_on,
	e.stated_on, e.claim_of, e.claimed_as, e.ended_on, e.ended_by, e.revoked`

func scanEndorsement(scan func(...any) error, more ...any) (Endorsement, error) {
	var e Endorsement
	var vision, principles, revoked int64
	err := scan(append([]any{&e.ID, &e.Party, &e.Text, &e.Language, &e.Digest, &vision, &principles, &e.GivenOn,
		&e.StatedOn, &e.ClaimOf, &e.ClaimedAs, &e.EndedOn, &e.EndedBy, &revoked}, more...)...)
	e.Vision, e.Principles, e.Revoked = vision == 1, principles == 1, revoked == 1
	return e, err
}

// endorsementRow is an endorsement with the items that it supports.
func endorsementRow(tx *db.Tx, id int64) (Endorsement, error) {
	e, err := scanEndorsement(tx.Row("SELECT "+endorsementColumns+" FROM endorsement e WHERE e.id = ?", id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return e, keeper.Refuse(keeper.ErrNotFound, locale.E("err.endorsement.unknown", "id", strconv.FormatInt(id, 10)))
	}
	if err != nil {
		return e, err
	}
	rows, err := tx.Query("SELECT item FROM endorsement_item WHERE endorsement = ? ORDER BY item", id)
	if err != nil {
		return e, err
	}
	e.Supports, err = texts(rows)
	return e, err
}

// History lists all endorsements of a party, ended ones too and those of stated
// parties that it claimed, the latest first.
func History(tx *db.Tx, party int64) ([]Endorsement, error) {
	return endorsements(tx, "e.party = ? OR e.party IN (SELECT id FROM party WHERE claimed_by = ? AND stated_on <> '')", party, party)
}

// Supporters lists the endorsements that hold and name an item, the latest first.
// What its objective or the whole text has by way of endorsement is not counted as support of the item.
func Supporters(tx *db.Tx, item string) ([]Endorsement, error) {
	return endorsements(tx, "e.ended_on = '' AND e.claimed_as = 0 AND EXISTS (SELECT 1 FROM endorsement_item i WHERE i.endorsement = e.id AND i.item = ?)", item)
}

func endorsements(tx *db.Tx, condition string, args ...any) ([]Endorsement, error) {
	rows, err := tx.Query("SELECT "+endorsementColumns+`, p.kind, p.level FROM endorsement e JOIN party p ON p.id = e.party
		WHERE `+condition+" ORDER BY e.id DESC", args...)
	if err != nil {
		return nil, err
	}
	var list []Endorsement
	var parties []int64
	err = each(rows, func() error {
		var kind, level string
		e, err := scanEndorsement(rows.Scan, &kind, &level)
		e.PartyKind, e.PartyVerified = kind, level
		list, parties = append(list, e), append(parties, e.Party)
		return err
	})
	if err != nil {
		return nil, err
	}
	names, err := NamesOf(tx, parties...)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].PartyNames = names[list[i].Party]
	}
	return list, nil
}

// Adopter is a State's adoption of a text.
type Adopter struct {
	ID, Party int64
	Area      string
	On        string
	Symbol    string // of the document; empty where the word was erased
}

// Adopters lists the adoptions of a text, by the area's id.
func Adopters(tx *db.Tx, text string) ([]Adopter, error) { return adopters(tx, "a.text_id = ?", text) }

// AdoptionsOf lists the texts that a party adopted, with their entries.
func AdoptionsOf(tx *db.Tx, party int64) ([]Adopter, error) {
	return adopters(tx, "a.party = ?", party)
}

func adopters(tx *db.Tx, condition string, arg any) ([]Adopter, error) {
	rows, err := tx.Query(`SELECT a.id, a.party, p.area, a.adopted_on, COALESCE(s.symbol, '') FROM adoption a JOIN party p ON p.id = a.party
		LEFT JOIN derived_adoption_symbol s ON s.entry = a.id WHERE `+condition+" ORDER BY p.area, a.id", arg)
	if err != nil {
		return nil, err
	}
	var list []Adopter
	err = each(rows, func() error {
		var a Adopter
		err := rows.Scan(&a.ID, &a.Party, &a.Area, &a.On, &a.Symbol)
		list = append(list, a)
		return err
	})
	return list, err
}

// Member is a party's time in a group.
type Member struct {
	Group, Party int64
	Joined       int64  // the entry that says so
	From, Until  string // Until is empty while it lasts
	Left         int64
}

// Members lists the members of a group on a day; with an empty day those of now.
func Members(tx *db.Tx, group int64, on string) ([]Member, error) {
	return memberships(tx, "in_group", group, on)
}

// FormerMembers lists who belonged to a group and no longer does on a day, by when they left.
func FormerMembers(tx *db.Tx, group int64, on string) ([]Member, error) {
	return readMembers(tx, "in_group = ? AND left_entry <> 0 AND until_on <= ? ORDER BY until_on DESC, id", group, on)
}

// Groups lists the groups that a party belongs to on a day; with an empty day those of now.
func Groups(tx *db.Tx, party int64, on string) ([]Member, error) {
	return memberships(tx, "member", party, on)
}

func memberships(tx *db.Tx, column string, id int64, on string) ([]Member, error) {
	if on == "" {
		return readMembers(tx, column+" = ? AND left_entry = 0 ORDER BY from_on, id", id)
	}
	return readMembers(tx, column+" = ? AND from_on <= ? AND (left_entry = 0 OR until_on > ?) ORDER BY from_on, id", id, on, on)
}

func readMembers(tx *db.Tx, condition string, args ...any) ([]Member, error) {
	rows, err := tx.Query("SELECT in_group, member, id, from_on, until_on, left_entry FROM membership WHERE "+condition, args...)
	if err != nil {
		return nil, err
	}
	var list []Member
	err = each(rows, func() error {
		var m Member
		err := rows.Scan(&m.Group, &m.Party, &m.Joined, &m.From, &m.Until, &m.Left)
		list = append(list, m)
		return err
	})
	return list, err
}
