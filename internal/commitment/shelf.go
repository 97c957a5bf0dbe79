package commitment

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"kept/internal/db"
	"kept/internal/keeper"
)

// shelf is the picture of all commitments that this process keeps in memory, so
// that a list with any filters over very many of them costs microseconds. It is
// computed from state alone and follows it: before each use it asks which
// subjects were touched since, and reads those commitments again.
//
// One card stands for one commitment, in the order of ids. For each value of each
// fact the shelf keeps the set of places that have it; a filter is the
// intersection of a few sets. Facts that turn with the date are computed with the
// rules themselves ([Dues.State], [Paced.On]), for the day that was asked for last.
//
// A transaction that began before another reader brought the shelf up to date
// sees cards that are newer than its snapshot. A page made of them is labelled
// with the older index, so it is made anew at the next request.
type shelf struct {
	mu      sync.RWMutex
	seen    int64 // the greatest index whose touches were taken in; −1: nothing was read yet
	cards   []*card
	at      map[int64]int   // id → place
	byParty map[int64][]int // lead or partner → places
	sets    map[string]bitmap
	days    *day
	orders  map[string][]int32     // sort → places in that order; dropped when a card changes
	counts  atomic.Pointer[Counts] // of everything on the day; likewise
}

// card is what lists need of one commitment. It is never changed: a commitment
// that moved gets a new card.
type card struct {
	id, party, claimedBy         int64
	stated, verifiable           bool
	kind                         string // of the lead party
	madeOn, statedOn, start, end string
	serves, typ, review, lang    string
	newness                      string
	dues                         Dues
	reports                      int64
	reportedOn                   string // day of the newest report; "" before the first
	selfStatus, selfOn           string
	paces                        []Paced // of the judged indicators: word and turning dates
	signed                       []Paced // likewise against the targets as signed, of an amended one
	amended                      bool
	closed                       string // withdrawn or concluded; "" while it is open
	items, areas                 []string
	partners                     []int64
	money                        []stageMoney
	assessment                   string // of reviews; "" before the first
	folded                       string // title and promise, for search
}

// stageMoney is what a commitment's lines of one stage and currency add up to.
type stageMoney struct {
	stage, currency string
	amount          *big.Rat
}

// day are the sets of one date.
type day struct {
	date string
	sets map[string]bitmap
}

type shelfKey struct{}

// shelfOf is the shelf of a transaction's store, brought up to its snapshot.
func shelfOf(tx *db.Tx) (*shelf, error) {
	s := tx.Held(shelfKey{}, func() any { return &shelf{seen: -1} }).(*shelf)
	s.mu.RLock()
	seen := s.seen
	s.mu.RUnlock()
	touched, newest, err := keeper.TouchedSince(tx, seen)
	if err != nil || seen >= 0 && newest <= seen {
		return s, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen != seen { // another reader was faster; its news may be older than ours
		if s.seen >= newest {
			return s, nil
		}
		if touched, newest, err = keeper.TouchedSince(tx, s.seen); err != nil {
			return s, err
		}
	}
	return s, s.follow(tx, touched, newest)
}

// mostFollowed is how many commitments are read again one by one; more are read as a whole.
const mostFollowed = 2000

// follow reads again what was touched.
func (s *shelf) follow(tx *db.Tx, touched []string, newest int64) error {
	var ids []int64
	for _, subject := range touched {
		noun, number, _ := strings.Cut(subject, ":")
		id, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			continue
		}
		switch noun {
		case "commitment":
			ids = append(ids, id)
		case "party":
			for _, at := range s.byParty[id] {
				ids = append(ids, s.cards[at].id)
			}
		}
	}
	// An act about words says not which pages show them.
	whole := s.seen < 0 || len(ids) > mostFollowed || slices.Contains(touched, keeper.WordsSubject)
	if whole {
		s.cards, s.at, s.byParty, s.sets, s.days = nil, map[int64]int{}, map[int64][]int{}, map[string]bitmap{}, nil
		ids = nil
	}
	slices.Sort(ids)
	cards, err := readCards(tx, slices.Compact(ids), whole)
	if err != nil {
		return err
	}
	for _, c := range cards {
		s.place(c)
	}
	s.seen = newest
	return nil
}

// place puts a card on the shelf, or in the place of its older self.
func (s *shelf) place(c *card) {
	at, known := s.at[c.id]
	if known {
		s.forget(at)
		s.cards[at] = c
	} else {
		at = len(s.cards)
		s.cards, s.at[c.id] = append(s.cards, c), at
	}
	for _, name := range c.facts() {
		s.sets[name] = s.sets[name].with(at)
	}
	for _, party := range c.parties() {
		if !slices.Contains(s.byParty[party], at) {
			s.byParty[party] = append(s.byParty[party], at)
		}
	}
	if s.days != nil {
		for _, name := range c.on(s.days.date) {
			s.days.sets[name] = s.days.sets[name].with(at)
		}
	}
	s.orders = nil
	s.counts.Store(nil)
}

// forget takes a card out of all sets.
func (s *shelf) forget(at int) {
	old := s.cards[at]
	for _, name := range old.facts() {
		s.sets[name].without(at)
	}
	for _, party := range old.parties() {
		s.byParty[party] = slices.DeleteFunc(s.byParty[party], func(p int) bool { return p == at })
	}
	if s.days != nil {
		for _, name := range old.on(s.days.date) {
			s.days.sets[name].without(at)
		}
	}
}

// parties are the lead and the partners.
func (c *card) parties() []int64 { return append([]int64{c.party}, c.partners...) }

// facts name the sets that a card belongs to whatever the day. A new fact that
// lists are filtered by is one line here or in [card.on].
func (c *card) facts() []string {
	names := []string{"kind:" + c.kind, "type:" + c.typ, "status:" + c.selfStatus, "serves:" + c.serves, "check:" + yesOrNo(c.verifiable), "newness:" + c.newness, "funds:" + yesOrNo(len(c.money) > 0)}
	if class := c.class(); class != "" {
		names = append(names, "counted:"+class)
		if class == CountedDelivery || class == CountedIntent {
			names = append(names, "counted:"+CountedHere)
		}
	}
	switch {
	case c.claimedBy != 0:
		names = append(names, "which:claimed")
	case c.stated:
		names = append(names, "which:"+Elsewhere)
	default:
		names = append(names, "which:"+Own)
	}
	for _, i := range c.items {
		names = append(names, "item:"+i)
	}
	for _, a := range c.areas {
		names = append(names, "area:"+a)
	}
	for _, m := range c.money {
		names = append(names, "stage:"+m.stage, "currency:"+m.currency, "money:"+m.stage+" "+m.currency)
	}
	return names
}

// on name the sets that a card belongs to on a day.
func (c *card) on(date string) []string {
	if c.stated {
		return []string{"lifecycle:" + c.lifecycle()}
	}
	names := []string{"lifecycle:" + c.lifecycle(), "reporting:" + c.dues.State(date), "pace:" + c.pace(date), "review:" + c.reviewState()}
	if signed := c.paceSigned(date); signed != "" { // neither of two paces is the pace: it is found by each
		names = append(names, "pace:"+signed)
	}
	return names
}

func (c *card) lifecycle() string {
	switch {
	case c.claimedBy != 0:
		return ClaimedAs
	case c.stated:
		return StatedYet
	case c.closed != "":
		return c.closed
	case c.amended:
		return AmendedOn
	}
	return Published
}

func (c *card) reviewState() string {
	switch {
	case c.review == "none":
		return NotAsked
	case c.assessment != "":
		return c.assessment
	}
	return NoneYet
}

// pace is the worst word of the judged indicators on a day.
func (c *card) pace(date string) string { return worstOn(c.paces, date) }

// paceSigned is the same against the targets as signed; "" where the two agree.
func (c *card) paceSigned(date string) string {
	if !c.amended {
		return ""
	}
	if signed := worstOn(c.signed, date); signed != c.pace(date) {
		return signed
	}
	return ""
}

func worstOn(paces []Paced, date string) string {
	var some [4]string
	words := some[:0]
	for _, p := range paces {
		words = append(words, p.On(date))
	}
	return Worst(words)
}

func yesOrNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// daySets are the sets of a date; those of another one make room for them.
func (s *shelf) daySets(date string) *day {
	if s.days == nil || s.days.date != date {
		s.days = &day{date, map[string]bitmap{}}
		s.counts.Store(nil)
		for at, c := range s.cards {
			for _, name := range c.on(date) {
				s.days.sets[name] = s.days.sets[name].with(at)
			}
		}
	}
	return s.days
}
