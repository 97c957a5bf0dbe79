package commitment

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"kept/internal/db"
	"kept/internal/locale"
)

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
	Excused        string // the day up to which the secretariat excused it; "" for none
	SelfStatus     string
	SelfOn         string
	Pace           string // against the targets as they stand
	PaceSigned     string // against the targets as signed; "" where the two agree
	Lifecycle      string
	Review         string
	State          any // another one whenever anything here but the states of the day changed
	Reports        int64
	ReportedOn     string // day of the newest report; "" before the first
	Counted        string // one of [Counted], never [CountedHere]; "" for what was stated elsewhere
	Funds          bool   // names money that is behind it
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

// where is a condition under construction.
type where struct {
	text []string
	args []any
}

func (w *where) add(text string, args ...any) {
	w.text, w.args = append(w.text, text), append(w.args, args...)
}

func (w *where) sql() string { return strings.Join(w.text, " AND ") }

// List is a page of the commitments that a filter lets through, with titles and promises.
func List(tx *db.Tx, f Filter) (Page, error) {
	page, err := Find(tx, f)
	if err != nil {
		return page, err
	}
	return page, Fill(tx, page.List)
}

// Summaries are some commitments made here, by their ids, as a list shows them.
func Summaries(tx *db.Tx, today string, ids ...int64) (map[int64]Summary, error) {
	of := make(map[int64]Summary, len(ids))
	for len(ids) > 0 {
		n := min(len(ids), 1000)
		page, err := List(tx, Filter{Among: ids[:n], Today: today, Limit: n})
		if err != nil {
			return nil, err
		}
		for _, s := range page.List {
			of[s.ID] = s
		}
		ids = ids[n:]
	}
	return of, nil
}

// Find is [List] without texts, for who keeps these: no statement for each row.
func Find(tx *db.Tx, f Filter) (Page, error) {
	if f.Limit <= 0 || f.Limit > 1000 {
		f.Limit = 50
	}
	var page Page
	err := search(tx, f, func(s *shelf, found bitmap) {
		page.Total = found.count()
		var last *card
		more := false
		s.walk(f, found, func(c *card) bool {
			if more = len(page.List) == f.Limit; more {
				return false
			}
			page.List, last = append(page.List, c.summary(f.Today)), c
			return true
		})
		if more {
			page.Next = last.key(f.Sort) + "~" + strconv.FormatInt(last.id, 10)
		}
	})
	return page, err
}

// search hands over the shelf and the places that a filter lets through; both are
// good until the function returns.
func search(tx *db.Tx, f Filter, use func(*shelf, bitmap)) error {
	if err := f.Validate(); err != nil {
		return err
	}
	areas, members, err := f.prepare(tx)
	if err != nil {
		return err
	}
	s, err := shelfOf(tx)
	if err != nil {
		return err
	}
	s.mu.RLock()
	if s.days != nil && s.days.date == f.Today && (s.orders[f.Sort] != nil || f.byID()) {
		defer s.mu.RUnlock()
	} else { // the day has turned, or the order was lost: make them, alone
		s.mu.RUnlock()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.daySets(f.Today)
		s.order(f)
	}
	into := scratch.Get().(*bitmap)
	defer scratch.Put(into)
	*into = s.found(s.selection(f, areas, members), *into)
	use(s, *into)
	return nil
}

func (f Filter) byID() bool { return f.Sort != Ending && f.Sort != DueIn }

// key is what a card is ordered by, beside its id.
func (c *card) key(sort string) string {
	switch sort {
	case Ending:
		return c.end
	case DueIn:
		return c.dues.On
	}
	return ""
}

// order keeps all places in the order that a filter asks for.
func (s *shelf) order(f Filter) {
	if f.byID() || s.orders[f.Sort] != nil {
		return
	}
	places := make([]int32, len(s.cards))
	for i := range places {
		places[i] = int32(i)
	}
	slices.SortStableFunc(places, func(a, b int32) int { return strings.Compare(s.cards[a].key(f.Sort), s.cards[b].key(f.Sort)) })
	if s.orders == nil {
		s.orders = map[string][]int32{}
	}
	s.orders[f.Sort] = places
}

// walk visits what was found in the order of the filter, from behind the last one
// of the page before; a broken cursor begins anew.
func (s *shelf) walk(f Filter, found bitmap, visit func(*card) bool) {
	key, text, _ := strings.Cut(f.After, "~")
	id, err := strconv.ParseInt(text, 10, 64)
	behind := f.After != "" && err == nil
	if f.byID() {
		below := len(s.cards)
		if behind {
			below = s.placeBelow(id)
		}
		found.down(below, func(at int) bool { return visit(s.cards[at]) })
		return
	}
	places := s.orders[f.Sort]
	if behind {
		from, same := slices.BinarySearchFunc(places, id, func(at int32, id int64) int {
			return cmp.Or(strings.Compare(s.cards[at].key(f.Sort), key), cmp.Compare(s.cards[at].id, id))
		})
		if same {
			from++
		}
		places = places[from:]
	}
	for _, at := range places {
		if found.has(int(at)) && !visit(s.cards[at]) {
			return
		}
	}
}

// placeBelow is the first place whose id is not below one.
func (s *shelf) placeBelow(id int64) int {
	at, _ := slices.BinarySearchFunc(s.cards, id, func(c *card, id int64) int { return cmp.Compare(c.id, id) })
	return at
}

// summary is what a list shows of a card on a day.
func (c *card) summary(today string) Summary {
	s := Summary{ID: c.id, Party: c.party, MadeOn: c.madeOn, Stated: c.stated, StatedOn: c.statedOn, Serves: c.serves, Type: c.typ, Start: c.start, End: c.end,
		Verifiable: c.verifiable, SelfStatus: c.selfStatus, SelfOn: c.selfOn, Reports: c.reports, ReportedOn: c.reportedOn, Counted: c.class(), Funds: len(c.money) > 0, Items: c.items, Areas: c.areas, lang: c.lang,
		Lifecycle: c.lifecycle(), State: c}
	if !c.stated {
		s.Reporting, s.Pace, s.Review = c.dues.State(today), c.pace(today), c.reviewState()
		s.PaceSigned, s.Excused = c.paceSigned(today), c.dues.Excused
	}
	if s.Due = c.dues.On; s.Due == never {
		s.Due = ""
	}
	return s
}

// Fill adds titles and promises to summaries.
func Fill(tx *db.Tx, list []Summary) error {
	if len(list) == 0 {
		return nil
	}
	at := make(map[int64]*Summary, len(list))
	ids := make([]any, len(list))
	for i := range list {
		list[i].words = map[string]string{}
		at[list[i].ID], ids[i] = &list[i], list[i].ID
	}
	rows, err := tx.Query("SELECT commitment, part, body FROM derived_commitment_text WHERE commitment IN ("+marks(len(ids))+")", ids...)
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
