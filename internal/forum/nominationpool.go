package forum

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/forum/draw"
	"kept/internal/forum/sortition"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/wording"
	"kept/record"
)

// Relaxed is a bound that a pool could not meet, and what it was drawn under instead.
// Without a category it is the rule about affiliations.
type Relaxed struct {
	Category string `json:"category,omitempty"`
	Value    string `json:"value,omitempty"`
	Side     string `json:"side"` // min or max
	From     int64  `json:"from"`
	To       int64  `json:"to"`
}

// PoolPublished are the facts of pool.published. Its word is reason, needed where a
// bound was relaxed.
type PoolPublished struct {
	Call     int64     `json:"call"`
	Pool     string    `json:"pool_blob"`
	People   int64     `json:"people"`
	Received int64     `json:"received"` // nominations, with those taken back and those left out
	Relaxed  []Relaxed `json:"relaxed,omitempty"`
}

// Pool is the blob: who can be drawn, by pseudonym and by the attributes that quotas
// name, and the question that the draw answers. It holds nothing else of anybody:
// who withholds an attribute, or has a value that no quota names, is unstated.
type Pool struct {
	Version  int64              `json:"v"`
	Call     int64              `json:"call"`
	Instance sortition.Instance `json:"instance"`
}

var poolWords = wording.Fields{"reason": {Max: 4000}}

// pseudonymForm is what a pseudonym looks like: it says nothing of whom it stands for.
var pseudonymForm = regexp.MustCompile(`^N[A-Z2-7]{7}$`)

// newPseudonym makes one that no list has yet.
func newPseudonym(taken map[string]bool) string {
	for {
		if p := "N" + rand.Text()[:7]; !taken[p] {
			taken[p] = true
			return p
		}
	}
}

// ParsePool reads a published pool, strictly.
func ParsePool(b []byte) (*Pool, error) {
	var p Pool
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return nil, locale.Field("pool", locale.E("err.group.pool_broken"))
	}
	if canonical, err := record.CanonicalText(p); err != nil || !bytes.Equal(canonical, b) || p.Version != 1 {
		return nil, locale.Field("pool", locale.E("err.group.pool_broken"))
	}
	return &p, nil
}

// CategoriesOf are the quotas of a call's draw: the segments exactly, and of the
// terms' quotas what those who stay in the group leave open. A value that no quota
// names is unstated.
func CategoriesOf(tx *db.Tx, call NominationCall, relaxed []Relaxed) (seats int, categories []sortition.Category, mostOfOne int, err error) {
	opened, err := call.Opened(tx)
	if err != nil {
		return 0, nil, 0, err
	}
	terms, err := TermsByID(tx, call.Terms)
	if err != nil {
		return 0, nil, 0, err
	}
	staying, err := stayingValues(tx, call.TermFrom)
	if err != nil {
		return 0, nil, 0, err
	}
	seats = int(opened.Total())
	segments := sortition.Category{Name: SegmentAttribute}
	for _, s := range opened.Seats {
		segments.Values = append(segments.Values, sortition.Value{Name: s.Segment, Min: int(s.Seats), Max: int(s.Seats)})
	}
	categories = []sortition.Category{segments}
	for _, q := range terms.Quotas {
		at := slices.IndexFunc(categories, func(c sortition.Category) bool { return c.Name == q.Attribute })
		if at < 0 {
			categories = append(categories, sortition.Category{Name: q.Attribute})
			at = len(categories) - 1
		}
		have := staying[q.Attribute][q.Value]
		v := sortition.Value{Name: q.Value, Min: max(0, int(q.Min)-have), Max: seats}
		if q.Max > 0 {
			v.Max = min(seats, max(0, int(q.Max)-have))
		}
		categories[at].Values = append(categories[at].Values, v)
	}
	for n := range categories[1:] {
		categories[n+1].Values = append(categories[n+1].Values, sortition.Value{Name: Unstated, Max: seats})
	}
	mostOfOne = int(terms.MostOfOne)
	for _, r := range relaxed {
		if !relax(categories, &mostOfOne, r) {
			return 0, nil, 0, locale.Field("relaxed", locale.E("err.group.relaxed", "category", shown(r.Category), "value", shown(r.Value)))
		}
	}
	return seats, categories, mostOfOne, nil
}

// relax moves a bound; false where it does not stand where the change says, or where
// it would be made tighter.
func relax(categories []sortition.Category, mostOfOne *int, r Relaxed) bool {
	if r.Category == "" {
		if int64(*mostOfOne) != r.From || r.To <= r.From || r.Side != string(sortition.Most) {
			return false
		}
		*mostOfOne = int(r.To)
		return true
	}
	for _, c := range categories {
		for n := range c.Values {
			if v := &c.Values[n]; c.Name == r.Category && v.Name == r.Value {
				switch {
				case r.Side == string(sortition.Least) && int64(v.Min) == r.From && r.To >= 0 && r.To < r.From:
					v.Min = int(r.To)
					return true
				case r.Side == string(sortition.Most) && int64(v.Max) == r.From && r.To > r.From:
					v.Max = int(r.To)
					return true
				}
			}
		}
	}
	return false
}

// Eased is a question with some bounds changed; those that do not stand where the
// change says stay as they are.
func Eased(in sortition.Instance, relaxed []Relaxed) sortition.Instance {
	in.Categories = slices.Clone(in.Categories)
	for n := range in.Categories {
		in.Categories[n].Values = slices.Clone(in.Categories[n].Values)
	}
	for _, r := range relaxed {
		relax(in.Categories, &in.MostOfGroup, r)
	}
	return in
}

// RelaxedBy writes the least change of bounds as facts.
func RelaxedBy(e *sortition.Infeasible) (out []Relaxed) {
	for _, c := range e.Relaxed {
		out = append(out, Relaxed{Category: c.Category, Value: c.Value, Side: string(c.Side), From: int64(c.At), To: int64(c.To)})
	}
	return out
}

// stayingValues counts the attributes of those who were drawn and still sit on a day.
func stayingValues(tx *db.Tx, day string) (map[string]map[string]int, error) {
	seats, err := SittingOn(tx, day)
	if err != nil {
		return nil, err
	}
	counts := map[string]map[string]int{}
	for _, s := range seats {
		if s.Draw == 0 {
			continue
		}
		pool, err := poolOfDraw(tx, s.Draw)
		if err != nil {
			return nil, err
		}
		for _, p := range pool.Instance.Pool {
			if p.ID != s.Person {
				continue
			}
			for n, c := range pool.Instance.Categories {
				if counts[c.Name] == nil {
					counts[c.Name] = map[string]int{}
				}
				counts[c.Name][p.Values[n]]++
			}
		}
	}
	return counts, nil
}

// NewPool makes the pool of a call from the nominees who are eligible: each gets a
// pseudonym, and of each stands there what a quota names. Nobody's affiliation is
// told: people of one that several come from have the same letter and number.
func NewPool(tx *db.Tx, pack *compact.Pack, call NominationCall, relaxed []Relaxed) (*Pool, map[string]string, error) {
	list, err := Nominees(tx, call.ID)
	if err != nil {
		return nil, nil, err
	}
	seats, categories, mostOfOne, err := CategoriesOf(tx, call, relaxed)
	if err != nil {
		return nil, nil, err
	}
	pool := &Pool{Version: 1, Call: call.ID, Instance: sortition.Instance{Seats: seats, Categories: categories, MostOfGroup: mostOfOne, Pool: []sortition.Person{}}}
	of, taken, groups := map[string]string{}, map[string]bool{}, affiliationsOf(list)
	for _, n := range list {
		if n.State != Eligible {
			continue
		}
		p := sortition.Person{ID: newPseudonym(taken), Group: groups[n.ID]}
		for _, c := range categories {
			p.Values = append(p.Values, published(c, n.Profile.value(pack, c.Name)))
		}
		of[p.ID] = n.ID
		pool.Instance.Pool = append(pool.Instance.Pool, p)
	}
	slices.SortFunc(pool.Instance.Pool, func(a, b sortition.Person) int { return strings.Compare(a.ID, b.ID) })
	return pool, of, nil
}

// published is a value as the pool shows it: one that no quota names is unstated.
func published(c sortition.Category, value string) string {
	if slices.ContainsFunc(c.Values, func(v sortition.Value) bool { return v.Name == value }) {
		return value
	}
	return Unstated
}

// Bytes are the canonical bytes of a pool.
func (p *Pool) Bytes() ([]byte, error) { return record.CanonicalText(p) }

// Alone is how many people of the pool share their published row with fewer than
// so many others: who knows that one of them was nominated may know her.
func (p *Pool) Alone(fewerThan int) (n int) {
	rows := map[string]int{}
	for _, person := range p.Instance.Pool {
		rows[strings.Join(person.Values, "|")]++
	}
	for _, share := range rows {
		if share < fewerThan {
			n += share
		}
	}
	return n
}

func validatePool(a keeper.Act, f PoolPublished) error {
	var es locale.Errors
	bySecretariat(a, &es)
	if len(a.Blobs) != 1 || record.DigestOf(a.Blobs[0]).String() != f.Pool {
		es.AddField("pool", locale.E("err.group.pool_broken"))
	}
	between("received", f.Received, f.People, 1_000_000, &es)
	poolWords.Check(a.Words, &es)
	if len(f.Relaxed) > 0 && !wording.Filled(a.Words, "reason") {
		es.AddField("reason", locale.E("err.group.relaxed_why"))
	}
	return es.Err()
}

// checkPool wants the pool of the latest call, after its last day, under the quotas
// that terms and sitting members give.
func checkPool(c checking, f PoolPublished) error {
	if err := c.running(ModuleAdvisory); err != nil {
		return err
	}
	call, err := openableCall(c.tx, f.Call)
	if err != nil {
		return err
	}
	if call.Takes(keeper.Today(c.at)) {
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("call", locale.E("err.group.still_open", "until", call.Until)))
	}
	pool, err := ParsePool(c.act.Blobs[0])
	if err != nil {
		return err
	}
	seats, categories, mostOfOne, err := CategoriesOf(c.tx, call, f.Relaxed)
	if err != nil {
		return err
	}
	var es locale.Errors
	in := &pool.Instance
	if pool.Call != call.ID || in.Seats != seats || in.MostOfGroup != mostOfOne || !sameCategories(in.Categories, categories) {
		es.AddField("pool", locale.E("err.group.other_quotas"))
	}
	if int64(len(in.Pool)) != f.People {
		es.AddField("people", locale.E("err.group.people", "n", f.People, "pool", len(in.Pool)))
	}
	for n, p := range in.Pool {
		if !pseudonymForm.MatchString(p.ID) || n > 0 && in.Pool[n-1].ID >= p.ID {
			es.AddField("pool", locale.E("err.group.pseudonym"))
			break
		}
	}
	es.Add(draw.Faults(in.Check()))
	return es.Err()
}

func sameCategories(a, b []sortition.Category) bool {
	return slices.EqualFunc(a, b, func(x, y sortition.Category) bool { return x.Name == y.Name && slices.Equal(x.Values, y.Values) })
}

func applyPool(tx *db.Tx, e keeper.Entry, f PoolPublished) error {
	err := tx.Queue("INSERT INTO nomination_pool (id, call, digest, people, received, published_on) VALUES (?, ?, ?, ?, ?, ?)", e.Index, f.Call, f.Pool, f.People, f.Received, e.On())
	if err != nil {
		return err
	}
	if err := tx.Queue("UPDATE nomination_call SET pool = ? WHERE id = ?", e.Index, f.Call); err != nil {
		return err
	}
	return keeper.Touch(tx, e.Index, GroupSubject)
}

// Row is one attribute as the pool shows it.
type Row struct{ Attribute, Value string }

// PublishedRow is what the pool of a call says of somebody with a profile: what she
// is shown before she agrees.
func PublishedRow(tx *db.Tx, pack *compact.Pack, call NominationCall, p Profile) ([]Row, error) {
	_, categories, _, err := CategoriesOf(tx, call, nil)
	var rows []Row
	for _, c := range categories {
		rows = append(rows, Row{c.Name, published(c, p.value(pack, c.Name))})
	}
	return rows, err
}
