package stakeholder

import (
	"errors"
	"strconv"
	"strings"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Party is a party as the registry has it.
type Party struct {
	ID           int64
	Kind, Area   string
	Active       []string // areas where it works; filled by [ByID]
	Size         string
	StartUp      bool
	Parent       int64
	Languages    []string
	LedBy        []string // who leads it, where it says so
	Version      int64    // the entry whose words stand: keeper.WordsOf it
	RegisteredOn string
	Level        string // V0 to V4
	LevelBasis   string
	LevelOn      string
	StatedOn     string // of a stated party: the day that its source gives
	ClaimedBy    int64  // of a stated party: the party that says this is it
	Basis, Since string // how it stands to the text in force; filled by [ByID] and [List]
	Names        Names
}

// Stated tells a party that is known only as stated elsewhere.
func (p Party) Stated() bool { return p.StatedOn != "" }

// Names are the names of one party: part ("name.fr", "acronym.und") → text. A
// State's come from its area.
type Names struct {
	kind, area string
	id         int64
	parts      map[string]string
}

// In is the name in a language, and the language it is in ("und" where it names
// none). A name that was erased leaves the party's number.
func (n Names) In(lang locale.Lang) (name, in string) {
	if a, ok := findArea(n.area); ok && n.kind == KindState {
		return a.Name(lang), string(lang)
	}
	if name, in = nameIn(n.parts, lang); name == "" {
		return "#" + strconv.FormatInt(n.id, 10), "und"
	}
	return name, in
}

// Acronym is the short name; often empty.
func (n Names) Acronym() string { return n.parts["acronym.und"] }

// Others lists other names that the party goes by.
func (n Names) Others() []string {
	var others []string
	for _, part := range sortedParts(n.parts) {
		if strings.HasPrefix(part, "other_names.") {
			others = append(others, n.parts[part])
		}
	}
	return others
}

const partyColumns = `p.id, p.kind, p.area, p.size, p.start_up, p.parent, p.languages, p.led_by, p.version, p.registered_on,
	p.level, p.level_basis, p.level_on, p.stated_on, p.claimed_by`

// scanParty fills a party from partyColumns and more columns after them.
func scanParty(scan func(...any) error, more ...any) (Party, error) {
	var p Party
	var startUp int64
	var languages, ledBy string
	err := scan(append([]any{&p.ID, &p.Kind, &p.Area, &p.Size, &startUp, &p.Parent, &languages, &ledBy, &p.Version, &p.RegisteredOn,
		&p.Level, &p.LevelBasis, &p.LevelOn, &p.StatedOn, &p.ClaimedBy}, more...)...)
	p.StartUp, p.Languages, p.LedBy = startUp == 1, strings.Fields(languages), strings.Fields(ledBy)
	p.Names = Names{kind: p.Kind, area: p.Area, id: p.ID, parts: map[string]string{}}
	return p, err
}

// partyRow is a party without names.
func partyRow(tx *db.Tx, id int64) (Party, error) {
	p, err := scanParty(tx.Row("SELECT "+partyColumns+" FROM party p WHERE p.id = ?", id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return p, keeper.Refuse(keeper.ErrNotFound, locale.E("err.party.unknown", "id", strconv.FormatInt(id, 10)))
	}
	return p, err
}

// ByID is a party with its names, areas and basis. Its other words are
// keeper.WordsOf its Version.
func ByID(tx *db.Tx, id int64) (Party, error) {
	p, err := partyRow(tx, id)
	if err != nil {
		return p, err
	}
	rows, err := tx.Query("SELECT area FROM party_active WHERE party = ? ORDER BY area", id)
	if err != nil {
		return p, err
	}
	if p.Active, err = texts(rows); err != nil {
		return p, err
	}
	list := []Party{p}
	if err := complete(tx, list); err != nil {
		return p, err
	}
	return list[0], nil
}

// ByArea is the State of an area; ok is false where none is registered.
func ByArea(tx *db.Tx, areaID string) (id int64, ok bool, err error) {
	id, err = first(tx, "SELECT p.id FROM party p WHERE p.kind = ? AND p.area = ? AND p.stated_on = '' ORDER BY p.id", KindState, areaID)
	return id, id != 0, err
}

// Find is the party that goes by a name of its own (and sits in the area, where
// one is given); registered ones come before stated ones. 0 when there is none.
// States have no name of their own: see [Sought] and [ByArea].
func Find(tx *db.Tx, name, areaID string) (int64, error) {
	return findParty(tx, Registered{Area: areaID}, map[string]string{"name.und": name}, true, 0)
}

// NamesOf are the names of some parties, for pages that mention them.
func NamesOf(tx *db.Tx, ids ...int64) (map[int64]Names, error) {
	names := make(map[int64]Names, len(ids))
	for _, some := range chunks(ids) {
		rows, err := tx.Query("SELECT id, kind, area FROM party WHERE id IN ("+marks(len(some))+")", some...)
		if err != nil {
			return nil, err
		}
		err = each(rows, func() error {
			n := Names{parts: map[string]string{}}
			err := rows.Scan(&n.id, &n.kind, &n.area)
			names[n.id] = n
			return err
		})
		if err != nil {
			return nil, err
		}
		rows, err = tx.Query("SELECT p.id, n.part, n.body FROM party p JOIN derived_party_name n ON n.entry = p.version WHERE p.id IN ("+marks(len(some))+")", some...)
		if err != nil {
			return nil, err
		}
		err = each(rows, func() error {
			var id int64
			var part, body string
			err := rows.Scan(&id, &part, &body)
			if n, ok := names[id]; ok {
				n.parts[part] = body
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return names, nil
}

// KindsOf are the kinds of some parties, for who counts or filters by them.
func KindsOf(tx *db.Tx, ids ...int64) (map[int64]string, error) {
	kinds := make(map[int64]string, len(ids))
	for _, some := range chunks(ids) {
		rows, err := tx.Query("SELECT id, kind FROM party WHERE id IN ("+marks(len(some))+")", some...)
		if err != nil {
			return nil, err
		}
		err = each(rows, func() error {
			var id int64
			var kind string
			err := rows.Scan(&id, &kind)
			kinds[id] = kind
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return kinds, nil
}

// Claimed lists the stated parties that a party says it is.
func Claimed(tx *db.Tx, party int64) ([]int64, error) {
	rows, err := tx.Query("SELECT id FROM party WHERE claimed_by = ? AND stated_on <> '' ORDER BY id", party)
	if err != nil {
		return nil, err
	}
	return integers(rows)
}

// each walks a result and closes it.
func each(rows *db.Rows, row func() error) error {
	defer rows.Close()
	for rows.Next() {
		if err := row(); err != nil {
			return err
		}
	}
	return rows.Err()
}

func integers(rows *db.Rows) (list []int64, err error) {
	err = each(rows, func() error {
		var n int64
		err := rows.Scan(&n)
		list = append(list, n)
		return err
	})
	return list, err
}

func texts(rows *db.Rows) (list []string, err error) {
	err = each(rows, func() error {
		var s string
		err := rows.Scan(&s)
		list = append(list, s)
		return err
	})
	return list, err
}

// marks are the parameters of an IN list.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// chunks parts ids into lists that both engines take as parameters.
func chunks(ids []int64) [][]any {
	var all [][]any
	for len(ids) > 0 {
		n := min(len(ids), 500)
		some := make([]any, n)
		for i, id := range ids[:n] {
			some[i] = id
		}
		all, ids = append(all, some), ids[n:]
	}
	return all
}
