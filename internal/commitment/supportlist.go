package commitment

import (
	"strconv"
	"strings"

	"kept/internal/compact/fold"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Help is a request for support or an offer of it, as lists and pages show it.
type Help struct {
	ID, Party  int64
	MadeOn     string
	Side, Kind string
	Commitment int64 // 0 for none
	Answers    int64 // 0 for none
	Size, Unit string
	Until      string // the last day on which it holds
	ClosedOn   string // "" while nobody closed it
	ClosedBy   int64
	Outcome    string
	Items      []string
	Areas      []string // none: anywhere
	lang       string
	words      map[string]string
}

// Open tells whether it holds on a day: nobody closed it, and its last day has not passed.
func (h Help) Open(today string) bool { return h.ClosedOn == "" && today <= h.Until }

// State is open, closed, or over when its last day has passed.
func (h Help) State(today string) string {
	switch {
	case h.ClosedOn != "":
		return "closed"
	case today > h.Until:
		return "over"
	}
	return "open"
}

// Text is the title or the text in a language; in names the language it is in.
func (h Help) Text(field string, l locale.Lang) (text, in string) {
	return pick(h.words, field, l, h.lang)
}

// HelpFilter says which requests and offers a list holds; an empty field leaves it open.
type HelpFilter struct {
	Side       string
	Kind       string
	State      string // open, over or closed
	Items      []string
	Area       string
	Party      int64
	Commitment int64
	Answers    int64
	Query      string // in title and text
	After      string // the id of the last one of the page before
	Limit      int
	Today      string
}

// HelpPage is a part of a list, newest first.
type HelpPage struct {
	List  []Help
	Next  string
	Total int64
}

const helpColumns = "s.id, s.party, s.made_on, s.side, s.lang, s.kind, s.commitment, s.answers, s.size, s.unit, s.until_on, s.closed_on, s.closed_by, s.outcome"

func scanHelp(scan func(...any) error) (h Help, err error) {
	h.words = map[string]string{}
	err = scan(&h.ID, &h.Party, &h.MadeOn, &h.Side, &h.lang, &h.Kind, &h.Commitment, &h.Answers, &h.Size, &h.Unit, &h.Until, &h.ClosedOn, &h.ClosedBy, &h.Outcome)
	return h, err
}

// helpStateSQL is [Help.State] in SQL; it takes today once.
const helpStateSQL = "CASE WHEN s.closed_on <> '' THEN 'closed' WHEN ? > s.until_on THEN 'over' ELSE 'open' END"

func (f HelpFilter) where() *where {
	w := &where{}
	w.add("1 = 1")
	for _, c := range []struct{ column, value string }{{"s.side", f.Side}, {"s.kind", f.Kind}} {
		if c.value != "" {
			w.add(c.column+" = ?", c.value)
		}
	}
	for _, c := range []struct {
		column string
		value  int64
	}{{"s.party", f.Party}, {"s.commitment", f.Commitment}, {"s.answers", f.Answers}} {
		if c.value != 0 {
			w.add(c.column+" = ?", c.value)
		}
	}
	if f.State != "" {
		w.add(helpStateSQL+" = ?", f.Today, f.State)
	}
	if len(f.Items) > 0 {
		w.add("EXISTS (SELECT 1 FROM support_item x WHERE x.support = s.id AND x.item IN ("+marks(len(f.Items))+"))", anys(f.Items)...)
	}
	if f.Area != "" {
		w.add("EXISTS (SELECT 1 FROM support_area a WHERE a.support = s.id AND a.area = ?)", f.Area)
	}
	if q := fold.Text(f.Query); q != "" {
		w.add(`EXISTS (SELECT 1 FROM derived_support_text t WHERE t.entry = s.id AND t.folded LIKE ? ESCAPE '\')`, "%"+escapeLike(q)+"%")
	}
	return w
}

// ListHelp is a page of the requests and offers that a filter lets through.
func ListHelp(tx *db.Tx, f HelpFilter) (HelpPage, error) {
	if f.Limit <= 0 || f.Limit > 1000 {
		f.Limit = 50
	}
	w := f.where()
	var page HelpPage
	if err := tx.Row("SELECT COUNT(*) FROM support s WHERE "+w.sql(), w.args...).Scan(&page.Total); err != nil {
		return page, err
	}
	if id, err := strconv.ParseInt(f.After, 10, 64); err == nil {
		w.add("s.id < ?", id)
	}
	rows, err := tx.Query("SELECT "+helpColumns+" FROM support s WHERE "+w.sql()+" ORDER BY s.id DESC LIMIT ?", append(w.args, f.Limit+1)...)
	err = each(rows, err, func(scan func(...any) error) error {
		h, err := scanHelp(scan)
		if len(page.List) == f.Limit {
			page.Next = strconv.FormatInt(page.List[f.Limit-1].ID, 10)
			return err
		}
		page.List = append(page.List, h)
		return err
	})
	if err != nil {
		return page, err
	}
	return page, fillHelp(tx, page.List)
}

// fillHelp adds items, areas and words, with one query each.
func fillHelp(tx *db.Tx, list []Help) error {
	if len(list) == 0 {
		return nil
	}
	at := make(map[int64]*Help, len(list))
	ids := make([]any, len(list))
	for i := range list {
		at[list[i].ID], ids[i] = &list[i], list[i].ID
	}
	in := " IN (" + marks(len(ids)) + ")"
	rows, err := tx.Query("SELECT support, item FROM support_item WHERE support"+in+" ORDER BY support, item", ids...)
	err = pairs(rows, err, func(id int64, item string) { at[id].Items = append(at[id].Items, item) })
	if err != nil {
		return err
	}
	rows, err = tx.Query("SELECT support, area FROM support_area WHERE support"+in+" ORDER BY support, area", ids...)
	err = pairs(rows, err, func(id int64, area string) { at[id].Areas = append(at[id].Areas, area) })
	if err != nil {
		return err
	}
	rows, err = tx.Query("SELECT entry, part, body FROM derived_support_text WHERE entry"+in, ids...)
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

// GetHelp is one request or offer.
func GetHelp(tx *db.Tx, id int64) (Help, error) { return supportRow(tx, id) }

// ClosingWords are the words of the act that closed it.
func ClosingWords(tx *db.Tx, h Help) (map[string]string, error) {
	return keeper.WordsOf(tx, h.ClosedBy)
}

// HelpCounts are how many requests and offers are open, for pages that lead to them.
type HelpCounts struct{ Requested, Offered int64 }

// CountHelp counts what a filter lets through and is open.
func CountHelp(tx *db.Tx, f HelpFilter) (c HelpCounts, err error) {
	f.State = "open"
	w := f.where()
	rows, err := tx.Query("SELECT s.side, COUNT(*) FROM support s WHERE "+w.sql()+" GROUP BY s.side", w.args...)
	err = each(rows, err, func(scan func(...any) error) error {
		var side string
		var n int64
		err := scan(&side, &n)
		if side == Requested {
			c.Requested = n
		} else {
			c.Offered = n
		}
		return err
	})
	return c, err
}

// HelpOn counts for each group of items the requests and offers that are open and
// name one of its items; the filter narrows as on the list.
func HelpOn(tx *db.Tx, f HelpFilter, groups [][]string) ([]HelpCounts, error) {
	f.State = "open"
	w := f.where()
	rows, err := tx.Query("SELECT s.id, s.side, i.item FROM support s JOIN support_item i ON i.support = s.id WHERE "+w.sql()+" ORDER BY s.id, i.item", w.args...)
	within := groupsOf(groups)
	counts, last := make([]HelpCounts, len(groups)), make([]int64, len(groups))
	err = each(rows, err, func(scan func(...any) error) error {
		var id int64
		var side, item string
		err := scan(&id, &side, &item)
		for _, g := range within[item] {
			if last[g] == id {
				continue
			}
			if last[g] = id; side == Requested {
				counts[g].Requested++
			} else {
				counts[g].Offered++
			}
		}
		return err
	})
	return counts, err
}

// groupsOf tells of each item which groups it belongs to.
func groupsOf(groups [][]string) map[string][]int {
	within := make(map[string][]int)
	for g, items := range groups {
		for _, item := range items {
			within[item] = append(within[item], g)
		}
	}
	return within
}

// escapeLike makes a text stand for itself in a pattern of LIKE.
func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}
