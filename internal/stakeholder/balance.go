package stakeholder

import (
	"math/big"
	"slices"
	"sync"

	"kept/internal/compact"
	"kept/internal/compact/area"
	"kept/internal/db"
)

// BalanceMethod is the name and version of what [BalanceOf] computes.
const BalanceMethod = "balance/1"

// Balance says who takes part beside who there is: for each region, kind and so
// on, how many parties, how many corporate families (parties under one parent are
// one), and the ratio of their share to the share in a benchmark that is named.
// Parties are organisations and States; people are counted elsewhere. What a party
// does not say is a row of its own and never nought.
type Balance struct {
	Parties     int64       `json:"parties"`
	Families    int64       `json:"families"`
	Represented int64       `json:"represented,omitempty"` // organisations that associations say they speak for, beyond those that are parties
	Dimensions  []Dimension `json:"dimensions,omitempty"`
}

// Dimension is one way to part the parties.
type Dimension struct {
	Name      string `json:"name"`                // region, group, income, kind, size, led_by
	Benchmark string `json:"benchmark,omitempty"` // what the shares are set beside; empty where nothing is named
	Overlaps  bool   `json:"overlaps,omitempty"`  // a party can be in several rows
	Cells     []Cell `json:"cells,omitempty"`
}

// Cell is one row.
type Cell struct {
	Code     string `json:"code"`
	Parties  int64  `json:"parties"`
	Families int64  `json:"families"`
	Share    string `json:"share,omitempty"`           // of the parties that say where they belong
	There    int64  `json:"benchmark,omitempty"`       // in the benchmark
	Expected string `json:"benchmark_share,omitempty"` // of it
	Ratio    string `json:"ratio,omitempty"`
	Word     string `json:"word,omitempty"` // under, near or over
}

// MemberStates is the benchmark of regions and groups: the member States of the
// pack's set of areas.
const MemberStates = "member_states"

// NotGiven is the row of parties that do not say.
const NotGiven = "not_given"

// Ratio sets a share beside the share in a benchmark, with its word: under below
// 0.8, over above 1.25, near between. A benchmark without anybody gives none.
func Ratio(share, benchmark *big.Rat) (ratio *big.Rat, word string) {
	if benchmark.Sign() <= 0 {
		return nil, ""
	}
	ratio = new(big.Rat).Quo(share, benchmark)
	switch {
	case ratio.Cmp(big.NewRat(8, 10)) < 0:
		return ratio, "under"
	case ratio.Cmp(big.NewRat(125, 100)) > 0:
		return ratio, "over"
	}
	return ratio, "near"
}

// counted is what one party adds.
type counted struct {
	id, family       int64
	kind, area, size string
	ledBy            []string
}

// BalanceOf is the balance of the parties that a filter lets through.
func BalanceOf(tx *db.Tx, f Filter) (Balance, error) {
	pack, err := compact.InForce(tx)
	if err != nil {
		return Balance{}, err
	}
	all, err := countedOf(tx, pack, f)
	if err != nil {
		return Balance{}, err
	}
	return balance(tx, pack, all)
}

// BalanceAmong is the balance of those of some parties, each counted once.
func BalanceAmong(tx *db.Tx, ids []int64) (Balance, error) {
	pack, err := compact.InForce(tx)
	if err != nil {
		return Balance{}, err
	}
	all, err := among(tx, ids)
	if err != nil {
		return Balance{}, err
	}
	return balance(tx, pack, all)
}

func balance(tx *db.Tx, pack *compact.Pack, all []counted) (b Balance, err error) {
	set := pack.AreaSet()
	b.Parties, b.Families = int64(len(all)), families(all)
	var regions []string
	for _, r := range set.Regions() {
		regions = append(regions, r.ID)
	}
	b.add("region", regions, all, set, func(a *area.Area) []string { return []string{a.Region} })
	b.add("group", area.Groups(), all, set, func(a *area.Area) []string {
		return slices.DeleteFunc(area.Groups(), func(g string) bool { return !a.InGroup(g) })
	})
	if set.IncomeDate != "" {
		b.add("income", append(slices.Clone(area.Incomes), "unclassified"), all, set, func(a *area.Area) []string {
			if a.Income == "" {
				return []string{"unclassified"}
			}
			return []string{a.Income}
		})
	}
	b.facts("kind", pack.PartyKinds, false, all, func(c counted) []string { return []string{c.kind} })
	companies := slices.DeleteFunc(slices.Clone(all), func(c counted) bool { return c.kind != KindPrivate })
	b.facts("size", Sizes, false, companies, func(c counted) []string { return []string{c.size} })
	b.facts("led_by", Leaders, true, all, func(c counted) []string { return c.ledBy })
	b.Represented, err = representedBeyond(tx, all)
	return b, err
}

// add is a dimension of the area of seat, beside the member States.
func (b *Balance) add(name string, codes []string, all []counted, set *area.Set, of func(*area.Area) []string) {
	there, members := map[string]int64{}, int64(0)
	for _, a := range set.All() {
		if a.Status != area.Member && a.Status != area.Sample {
			continue
		}
		members++
		for _, code := range of(a) {
			there[code]++
		}
	}
	d := parted(name, codes, name == "group", all, func(c counted) []string {
		a, ok := set.ByID(c.area)
		if !ok {
			return []string{NotGiven}
		}
		return of(a)
	})
	d.Benchmark = MemberStates
	saying := int64(0)
	for _, c := range all {
		if _, ok := set.ByID(c.area); ok {
			saying++
		}
	}
	for i := range d.Cells {
		c := &d.Cells[i]
		if c.Code == NotGiven || c.Share == "" {
			continue
		}
		c.There, c.Expected = there[c.Code], big.NewRat(there[c.Code], members).FloatString(4)
		if ratio, word := Ratio(big.NewRat(c.Parties, saying), big.NewRat(c.There, members)); ratio != nil {
			c.Ratio, c.Word = ratio.FloatString(3), word
		}
	}
	b.Dimensions = append(b.Dimensions, d)
}

// facts is a dimension of what the parties are, which nothing is set beside.
func (b *Balance) facts(name string, codes []string, overlaps bool, all []counted, of func(counted) []string) {
	if len(all) > 0 {
		b.Dimensions = append(b.Dimensions, parted(name, codes, overlaps, all, func(c counted) []string {
			if given := of(c); len(given) > 0 && given[0] != "" {
				return given
			}
			return []string{NotGiven}
		}))
	}
}

// parted counts the parties of each code; those that do not say come last. Shares
// are of those that say.
func parted(name string, codes []string, overlaps bool, all []counted, of func(counted) []string) Dimension {
	d := Dimension{Name: name, Overlaps: overlaps}
	in := map[string][]counted{}
	saying := int64(0)
	for _, c := range all {
		given := of(c)
		for _, code := range given {
			in[code] = append(in[code], c)
		}
		if !slices.Contains(given, NotGiven) {
			saying++
		}
	}
	for _, code := range append(slices.Clone(codes), NotGiven) {
		if code == NotGiven && len(in[code]) == 0 {
			continue
		}
		cell := Cell{Code: code, Parties: int64(len(in[code])), Families: families(in[code])}
		if code != NotGiven && saying > 0 {
			cell.Share = big.NewRat(cell.Parties, saying).FloatString(4)
		}
		d.Cells = append(d.Cells, cell)
	}
	return d
}

// families counts corporate families.
func families(all []counted) int64 {
	seen := map[int64]bool{}
	for _, c := range all {
		seen[c.family] = true
	}
	return int64(len(seen))
}

// countedOf is what is counted of the parties that a filter lets through.
func countedOf(tx *db.Tx, pack *compact.Pack, f Filter) ([]counted, error) {
	q := where(pack, f)
	rows, err := tx.Query("SELECT p.id FROM party p WHERE "+q.text(), q.args...)
	if err != nil {
		return nil, err
	}
	ids, err := integers(rows)
	if err != nil {
		return nil, err
	}
	return among(tx, ids)
}

// among picks some parties out of the register.
func among(tx *db.Tx, ids []int64) ([]counted, error) {
	all, err := registerOf(tx)
	wanted := make(map[int64]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	some := make([]counted, 0, len(ids))
	for _, c := range all {
		if wanted[c.id] {
			some = append(some, c)
		}
	}
	return some, err
}

// register is what is counted of every party, kept in memory until an act about
// any party comes.
type register struct {
	mu   sync.Mutex
	seen int64
	all  []counted
}

type registerKey struct{}

func registerOf(tx *db.Tx) ([]counted, error) {
	r := tx.Held(registerKey{}, func() any { return &register{seen: -1} }).(*register)
	seen, err := partiesTouched(tx)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all != nil && r.seen == seen {
		return r.all, nil
	}
	all, err := readRegister(tx)
	if err == nil {
		r.seen, r.all = seen, all
	}
	return all, err
}

// partiesTouched is the last entry that touched any party; −1 for none.
func partiesTouched(tx *db.Tx) (seen int64, err error) {
	err = tx.Row("SELECT COALESCE(MAX(idx), -1) FROM touched WHERE subject = 'parties'").Scan(&seen)
	return seen, err
}

func readRegister(tx *db.Tx) ([]counted, error) {
	parents, err := parents(tx)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query("SELECT " + partyColumns + " FROM party p ORDER BY p.id")
	if err != nil {
		return nil, err
	}
	all := []counted{}
	err = each(rows, func() error {
		p, err := scanParty(rows.Scan)
		all = append(all, counted{p.ID, head(parents, p.ID), p.Kind, p.Area, p.Size, p.LedBy})
		return err
	})
	return all, err
}

// parents are the parties that belong to another one.
func parents(tx *db.Tx) (map[int64]int64, error) {
	rows, err := tx.Query("SELECT id, parent FROM party WHERE parent <> 0")
	if err != nil {
		return nil, err
	}
	of := map[int64]int64{}
	err = each(rows, func() error {
		var id, parent int64
		err := rows.Scan(&id, &parent)
		of[id] = parent
		return err
	})
	return of, err
}

// head is the top of a party's corporate family.
func head(parents map[int64]int64, id int64) int64 {
	for range len(parents) {
		parent, ok := parents[id]
		if !ok {
			break
		}
		id = parent
	}
	return id
}
