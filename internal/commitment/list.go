package commitment

import (
	"strconv"
	"strings"

	"kept/internal/compact/fold"
	"kept/internal/db"
	"kept/internal/locale"
)

// Which commitments a list holds: those made here, or those stated elsewhere and
// not yet claimed. The two are never mixed.
const (
	Own       = ""
	Elsewhere = "stated"
)

// Orders of a list.
const (
	Newest = "new"
	Ending = "ends"
	DueIn  = "due"
)

// Filter says which commitments a list holds; an empty field leaves it open.
type Filter struct {
	Items     []string // serving any of these
	Party     int64    // as lead or partner
	Area      string
	Type      string
	Reporting string // a state of [ReportingStates]
	Status    string // self-assessed
	Pace      string
	Serves    string // in_force, earlier or none
	Check     string // "yes": can be checked; "no": statements of intent
	Which     string // [Own] or [Elsewhere]
	Query     string // in title and promise
	Sort      string // [Newest], [Ending] or [DueIn]
	After     string // the cursor of the page before
	Limit     int
	Today     string
}

// Summary is a commitment as a list shows it.
type Summary struct {
	ID, Party      int64
	MadeOn         string
	Stated         bool
	StatedOn       string
	Serves, Type   string
	Start, End     string
	Verifiable     bool
	Reporting, Due string // empty for what was stated elsewhere
	SelfStatus     string
	SelfOn         string
	Pace           string
	Reports        int64
	Items, Areas   []string
	lang           string
	words          map[string]string
}

// Text is the title or the promise in a language; in names the language it is in.
func (s Summary) Text(field string, l locale.Lang) (text, in string) {
	return pick(s.words, field, l, s.lang)
}

// Page is a part of a list, with the cursor of the next one and the number of all.
type Page struct {
	List  []Summary
	Next  string
	Total int64
}

// rankSQL is [Worst] in SQL over the judged indicators: the rank in paceOrder.
var rankSQL = func() string {
	var b strings.Builder
	b.WriteString("COALESCE((SELECT MIN(CASE " + paceWordSQL)
	for rank, word := range paceOrder {
		b.WriteString(" WHEN '" + word + "' THEN " + strconv.Itoa(rank))
	}
	b.WriteString(" END) FROM commitment_indicator i WHERE i.commitment = c.id AND i.judged = 1), " + strconv.Itoa(len(paceOrder)-1) + ")")
	return b.String()
}()

// where is a condition under construction.
type where struct {
	text []string
	args []any
}

func (w *where) add(text string, args ...any) {
	w.text, w.args = append(w.text, text), append(w.args, args...)
}

func (w *where) sql() string { return strings.Join(w.text, " AND ") }

func (f Filter) where() *where {
	w := &where{}
	w.add("c.claimed_by = 0 AND c.stated = ?", bit(f.Which == Elsewhere))
	if len(f.Items) > 0 {
		w.add("EXISTS (SELECT 1 FROM commitment_item x WHERE x.commitment = c.id AND x.item IN ("+marks(len(f.Items))+"))", anys(f.Items)...)
	}
	if f.Party != 0 {
		w.add("(c.party = ? OR EXISTS (SELECT 1 FROM commitment_partner p WHERE p.commitment = c.id AND p.party = ?))", f.Party, f.Party)
	}
	if f.Area != "" {
		w.add("EXISTS (SELECT 1 FROM commitment_area a WHERE a.commitment = c.id AND a.area = ?)", f.Area)
	}
	for _, c := range []struct{ column, value string }{{"c.type", f.Type}, {"c.self_status", f.Status}, {"c.serves", f.Serves}} {
		if c.value != "" {
			w.add(c.column+" = ?", c.value)
		}
	}
	if f.Check != "" {
		w.add("c.verifiable = ?", bit(f.Check == "yes"))
	}
	if f.Reporting != "" {
		w.add("c.stated = 0 AND "+stateSQL+" = ?", f.Today, f.Today, f.Today, f.Today, f.Reporting)
	}
	if f.Pace != "" {
		rank := len(paceOrder)
		for n, word := range paceOrder {
			if word == f.Pace {
				rank = n
			}
		}
		w.add(rankSQL+" = ?", f.Today, f.Today, rank)
	}
	if q := fold.Text(f.Query); q != "" {
		w.add(`EXISTS (SELECT 1 FROM derived_commitment_text t WHERE t.entry = c.id AND t.folded LIKE ? ESCAPE '\')`, "%"+escapeLike(q)+"%")
	}
	return w
}

func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// List is a page of the commitments that a filter lets through.
func List(tx *db.Tx, f Filter) (Page, error) {
	if f.Limit <= 0 || f.Limit > 1000 {
		f.Limit = 50
	}
	w := f.where()
	var page Page
	if err := tx.Row("SELECT COUNT(*) FROM commitment c WHERE "+w.sql(), w.args...).Scan(&page.Total); err != nil {
		return page, err
	}
	key, order := f.order()
	f.from(w, key)
	args := append([]any{f.Today, f.Today, f.Today, f.Today, f.Today, f.Today}, w.args...)
	rows, err := tx.Query(`SELECT c.id, c.party, c.made_on, c.stated, c.stated_on, c.serves, c.type, c.start_on, c.end_on, c.verifiable, c.lang,
		c.due_on, c.self_status, c.self_on, c.reports, `+key+`, `+stateSQL+`, `+rankSQL+`
		FROM commitment c WHERE `+w.sql()+" ORDER BY "+order+" LIMIT ?", append(args, f.Limit+1)...)
	var last string
	err = each(rows, err, func(scan func(...any) error) error {
		s, k, err := scanSummary(scan)
		if len(page.List) == f.Limit {
			page.Next = last
			return err
		}
		last = k + "~" + strconv.FormatInt(s.ID, 10)
		page.List = append(page.List, s)
		return err
	})
	if err != nil {
		return page, err
	}
	return page, fill(tx, page.List)
}

func (f Filter) order() (key, order string) {
	switch f.Sort {
	case Ending:
		return "c.end_on", "c.end_on, c.id"
	case DueIn:
		return "c.due_on", "c.due_on, c.id"
	}
	return "''", "c.id DESC"
}

// from goes on behind the last one of the page before; a broken cursor begins anew.
func (f Filter) from(w *where, key string) {
	at, text, _ := strings.Cut(f.After, "~")
	id, err := strconv.ParseInt(text, 10, 64)
	switch {
	case f.After == "" || err != nil:
	case key == "''":
		w.add("c.id < ?", id)
	default:
		w.add("("+key+" > ? OR "+key+" = ? AND c.id > ?)", at, at, id)
	}
}

func scanSummary(scan func(...any) error) (s Summary, key string, err error) {
	var stated, verifiable, rank int64
	var state string
	err = scan(&s.ID, &s.Party, &s.MadeOn, &stated, &s.StatedOn, &s.Serves, &s.Type, &s.Start, &s.End, &verifiable, &s.lang,
		&s.Due, &s.SelfStatus, &s.SelfOn, &s.Reports, &key, &state, &rank)
	s.Stated, s.Verifiable = stated == 1, verifiable == 1
	if !s.Stated {
		s.Reporting = state
		if int(rank) < len(paceOrder) {
			s.Pace = paceOrder[rank]
		}
	}
	if s.Due == never {
		s.Due = ""
	}
	return s, key, err
}

// fill adds items, areas and titles to a page, with one query each.
func fill(tx *db.Tx, list []Summary) error {
	if len(list) == 0 {
		return nil
	}
	at := make(map[int64]*Summary, len(list))
	ids := make([]any, len(list))
	for i := range list {
		list[i].words = map[string]string{}
		at[list[i].ID], ids[i] = &list[i], list[i].ID
	}
	in := " IN (" + marks(len(ids)) + ")"
	rows, err := tx.Query("SELECT commitment, item FROM commitment_item WHERE commitment"+in+" ORDER BY commitment, item", ids...)
	err = pairs(rows, err, func(id int64, item string) { at[id].Items = append(at[id].Items, item) })
	if err != nil {
		return err
	}
	rows, err = tx.Query("SELECT commitment, area FROM commitment_area WHERE commitment"+in+" ORDER BY commitment, area", ids...)
	err = pairs(rows, err, func(id int64, area string) { at[id].Areas = append(at[id].Areas, area) })
	if err != nil {
		return err
	}
	rows, err = tx.Query("SELECT entry, part, body FROM derived_commitment_text WHERE entry"+in, ids...)
	return each(rows, err, func(scan func(...any) error) error {
		var id int64
		var name, body string
		err := scan(&id, &name, &body)
		if err == nil {
			at[id].words[name] = body
		}
		return err
	})
}

func pairs(rows *db.Rows, err error, add func(int64, string)) error {
	return each(rows, err, func(scan func(...any) error) error {
		var id int64
		var text string
		err := scan(&id, &text)
		if err == nil {
			add(id, text)
		}
		return err
	})
}

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

func anys(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}
