package stakeholder

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"kept/internal/compact"
	"kept/internal/compact/fold"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Where a list looks.
const (
	Here      = ""          // parties registered here
	Elsewhere = "elsewhere" // as stated elsewhere, and claimed by nobody
)

// Filter says which parties a list shows; zero fields do not narrow it.
type Filter struct {
	Where    string // [Here] or [Elsewhere]
	Kind     string
	Basis    string // towards the text in force; [BasisNone] for parties without one
	Area     string // of its seat
	Region   string // of its seat: a region of any level, or a group of countries ("ldc")
	Group    int64  // members of this group
	GroupOn  string // on this day; empty: as of now
	Size     string // of a company
	LedBy    string // says that it is led by
	MinLevel string // verified at least this surely
	Parent   int64
	Supports []string    // an endorsement of it that holds names any of these items
	Query    string      // words of its names
	Lang     locale.Lang // order of names; English when empty
	After    string      // the cursor that the page before gave
	Limit    int         // 50 when zero, at most 1,000
}

// Page is one page of a list.
type Page struct {
	Parties []Party
	Total   int64  // of all pages
	Next    string // the cursor of the next page; empty on the last
}

// List gives a page of parties in the order of their names.
func List(tx *db.Tx, f Filter) (Page, error) {
	pack, err := compact.InForce(tx)
	if err != nil {
		return Page{}, err
	}
	if f.Lang == "" {
		f.Lang = locale.English
	}
	if f.Limit <= 0 {
		f.Limit = 50
	}
	f.Limit = min(f.Limit, 1000)
	q := where(pack, f)
	var page Page
	if err := tx.Row("SELECT COUNT(*) FROM party p WHERE "+q.text(), q.args...).Scan(&page.Total); err != nil {
		return page, err
	}
	if err := q.after(f.After); err != nil {
		return page, err
	}
	args := append([]any{string(f.Lang)}, q.args...)
	rows, err := tx.Query("SELECT "+partyColumns+`, o.sort_key FROM party p JOIN derived_party_sort o ON o.entry = p.version AND o.lang = ?
		WHERE `+q.text()+" ORDER BY o.sort_key, p.id LIMIT ?", append(args, f.Limit+1)...)
	if err != nil {
		return page, err
	}
	var keys []string
	err = each(rows, func() error {
		var key string
		p, err := scanParty(rows.Scan, &key)
		page.Parties, keys = append(page.Parties, p), append(keys, key)
		return err
	})
	if err != nil {
		return page, err
	}
	if len(page.Parties) > f.Limit {
		page.Parties = page.Parties[:f.Limit]
		page.Next = cursor(keys[f.Limit-1], page.Parties[f.Limit-1].ID)
	}
	return page, complete(tx, page.Parties)
}

// IDs are the parties that a filter finds, all of them, in no order.
func IDs(tx *db.Tx, f Filter) ([]int64, error) {
	pack, err := compact.InForce(tx)
	if err != nil {
		return nil, err
	}
	q := where(pack, f)
	rows, err := tx.Query("SELECT p.id FROM party p WHERE "+q.text(), q.args...)
	if err != nil {
		return nil, err
	}
	return integers(rows)
}

// readable tells whether the filter is text; what is none matches nothing, and
// PostgreSQL would not even take it.
func (f Filter) readable() bool {
	for _, s := range []string{f.Kind, f.Basis, f.Area, f.Region, f.GroupOn, f.Size, f.LedBy, f.MinLevel, f.Query} {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return false
		}
	}
	return true
}

// conditions are a WHERE clause with its arguments.
type conditions struct {
	parts []string
	args  []any
}

func (c *conditions) add(part string, args ...any) {
	c.parts, c.args = append(c.parts, part), append(c.args, args...)
}

func (c *conditions) text() string { return strings.Join(c.parts, " AND ") }

func where(pack *compact.Pack, f Filter) *conditions {
	c := &conditions{}
	if !f.readable() {
		c.add("1 = 0")
		return c
	}
	if f.Where == Elsewhere {
		c.add("p.stated_on <> '' AND p.claimed_by = 0")
	} else {
		c.add("p.stated_on = ''")
	}
	for _, equal := range []struct{ column, value string }{{"kind", f.Kind}, {"area", f.Area}, {"size", f.Size}} {
		if equal.value != "" {
			c.add("p."+equal.column+" = ?", equal.value)
		}
	}
	if f.Basis != "" {
		c.basis(pack, f.Basis)
	}
	if f.Region != "" {
		c.region(pack, f.Region)
	}
	if f.Group != 0 {
		c.member(f.Group, f.GroupOn)
	}
	if f.MinLevel != "" {
		c.add("p.level >= ?", f.MinLevel)
	}
	if f.Parent != 0 {
		c.add("p.parent = ?", f.Parent)
	}
	if len(f.Supports) > 0 {
		c.supports(f.Supports, f.Where == Elsewhere)
	}
	if f.LedBy != "" {
		c.add("' ' || p.led_by || ' ' LIKE ? ESCAPE '\\'", "% "+escaped.Replace(f.LedBy)+" %")
	}
	for _, token := range strings.Fields(fold.Text(f.Query)) {
		runes := []rune(token)
		c.add("EXISTS (SELECT 1 FROM derived_party_token t WHERE t.entry = p.version AND t.token LIKE ?)", string(runes[:min(len(runes), maxToken)])+"%")
	}
	return c
}

// escaped keeps the signs of a pattern from being signs.
var escaped = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

// basis narrows to a basis: by a standing that the record holds, or by what the party is.
func (c *conditions) basis(pack *compact.Pack, basis string) {
	const standing = "EXISTS (SELECT 1 FROM standing s WHERE s.party = p.id AND s.text_id = ?"
	switch basis {
	case BasisGroup, BasisPartner:
		kind := KindGroup
		if basis == BasisPartner {
			kind = KindUN
		}
		if !slices.Contains(pack.Bases(kind), basis) {
			kind = ""
		}
		c.add("p.kind = ?", kind)
		c.add("NOT "+standing+")", pack.InForce)
	case BasisNone:
		c.add("NOT "+standing+")", pack.InForce)
		for kind, basis := range map[string]string{KindGroup: BasisGroup, KindUN: BasisPartner} {
			if slices.Contains(pack.Bases(kind), basis) {
				c.add("p.kind <> ?", kind)
			}
		}
	default:
		c.add(standing+" AND s.basis = ?)", pack.InForce, basis)
	}
}

// supports narrows to parties with an endorsement that holds and names one of the
// items: their own, or for a list of what is stated elsewhere a stated one.
func (c *conditions) supports(items []string, stated bool) {
	given := "="
	if stated {
		given = "<>"
	}
	args := make([]any, len(items))
	for i, item := range items {
		args[i] = item
	}
	c.add("EXISTS (SELECT 1 FROM endorsement e JOIN endorsement_item i ON i.endorsement = e.id WHERE e.party = p.id AND e.ended_on = '' AND e.claimed_as = 0 AND e.stated_on "+
		given+" '' AND i.item IN ("+marks(len(args))+"))", args...)
}

// region narrows to the areas of a region or of a group of countries.
func (c *conditions) region(pack *compact.Pack, region string) {
	areas := pack.AreaSet().In(region)
	if len(areas) == 0 {
		areas = pack.AreaSet().Group(region)
	}
	if len(areas) == 0 {
		c.add("1 = 0")
		return
	}
	ids := make([]any, len(areas))
	for i, a := range areas {
		ids[i] = a.ID
	}
	c.add("p.area IN ("+marks(len(ids))+")", ids...)
}

// member narrows to the members of a group on a day.
func (c *conditions) member(group int64, on string) {
	member := "EXISTS (SELECT 1 FROM membership m WHERE m.member = p.id AND m.in_group = ?"
	if on == "" {
		c.add(member+" AND m.left_entry = 0)", group)
		return
	}
	c.add(member+" AND m.from_on <= ? AND (m.left_entry = 0 OR m.until_on > ?))", group, on, on)
}

// after narrows to what comes behind a cursor.
func (c *conditions) after(at string) error {
	if at == "" {
		return nil
	}
	b, err := base64.RawURLEncoding.DecodeString(at)
	id, key, ok := strings.Cut(string(b), " ")
	n, notNumber := strconv.ParseInt(id, 10, 64)
	if err != nil || !ok || notNumber != nil || !utf8.ValidString(key) || strings.ContainsRune(key, 0) {
		return keeper.Refuse(keeper.ErrInvalid, locale.Field("after", locale.E("err.party.bad_cursor")))
	}
	c.add("(o.sort_key > ? OR o.sort_key = ? AND p.id > ?)", key, key, n)
	return nil
}

func cursor(key string, id int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(id, 10) + " " + key))
}

// complete fills names and bases.
func complete(tx *db.Tx, list []Party) error {
	pack, err := compact.InForce(tx)
	if err != nil {
		return err
	}
	ids := make([]int64, len(list))
	for i, p := range list {
		ids[i] = p.ID
	}
	names, err := NamesOf(tx, ids...)
	if err != nil {
		return err
	}
	bases, err := standings(tx, pack.InForce, ids)
	if err != nil {
		return err
	}
	for i := range list {
		p := &list[i]
		p.Names = names[p.ID]
		if s, ok := bases[p.ID]; ok {
			p.Basis, p.Since = s.basis, s.since
		} else {
			p.Basis = orNone(byKind(pack, *p))
		}
	}
	return nil
}

type held struct{ basis, since string }

func standings(tx *db.Tx, text string, ids []int64) (map[int64]held, error) {
	all := make(map[int64]held, len(ids))
	for _, some := range chunks(ids) {
		rows, err := tx.Query("SELECT party, basis, since FROM standing WHERE text_id = ? AND party IN ("+marks(len(some))+")", append([]any{text}, some...)...)
		if err != nil {
			return nil, err
		}
		err = each(rows, func() error {
			var id int64
			var s held
			err := rows.Scan(&id, &s.basis, &s.since)
			all[id] = s
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}
