package forum

import (
	"slices"
	"strings"
	"time"

	"kept/internal/db"
	"kept/internal/forum/draw"
	"kept/internal/locale"
)

// SeatPlace is a drawn seat as the plan's rules give it now: whose it is, until when, and
// whether she has taken it.
type SeatPlace struct {
	Person  string
	Segment string
	From    string // the first day, as far as it is known
	Until   string
	For     string // whom she moved up for; "" of those drawn first
	After   int64  // that one's seat; 0 where she never took it
	Seat    int64  // 0 until it is taken
	Broken  []draw.Bound
}

// SeatOrder is a draw with everything that happened to its seats.
type SeatOrder struct {
	Draw     GroupDraw
	Plan     *draw.Plan
	File     *draw.File
	Places   []SeatPlace // who holds the seats, in the order of the pool
	Reserves []string    // who still waits, in order
	Gone     []string    // who declined or left, in order
}

// OrderOf computes who holds the seats of a draw, and who would be next: a pure
// function of the plan, the outcome and the acts since. Nothing is ever drawn anew.
func OrderOf(tx *db.Tx, d GroupDraw) (*SeatOrder, error) {
	if d.Made == 0 {
		return nil, locale.Field("draw", locale.E("err.group.not_made", "id", number(d.ID)))
	}
	file, err := d.ReadFile(tx)
	if err != nil {
		return nil, err
	}
	o := &SeatOrder{Draw: d, Plan: file.Plan, File: file}
	seats, err := seatsWhere(tx, "WHERE draw = ? ORDER BY id", d.ID)
	if err != nil {
		return nil, err
	}
	if o.Gone, err = goneFrom(tx, d.ID, seats); err != nil {
		return nil, err
	}
	first, err := firstTerms(tx, d, file)
	if err != nil {
		return nil, err
	}
	return o, o.settle(seats, first)
}

// goneFrom lists who declined or left, in the order of the acts.
func goneFrom(tx *db.Tx, drawID int64, seats Seats) ([]string, error) {
	type left struct {
		entry  int64
		person string
	}
	var all []left
	for _, s := range seats {
		if s.LeftOn != "" {
			all = append(all, left{s.LeftBy, s.Person})
		}
	}
	rows, err := tx.Query("SELECT entry, person FROM seat_declined WHERE draw = ?", drawID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var l left
		if err := rows.Scan(&l.entry, &l.person); err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b left) int { return int(a.entry - b.entry) })
	gone := make([]string, len(all))
	for n, l := range all {
		gone[n] = l.person
	}
	return gone, rows.Err()
}

// firstTerms are the terms of those who were drawn first. When a group is filled for
// the first time every second of them, in the order of segments and pseudonyms, has
// the shorter first term: the pool fixed that order before the draw.
func firstTerms(tx *db.Tx, d GroupDraw, file *draw.File) (map[string]SeatPlace, error) {
	pool, err := PoolByID(tx, d.Pool)
	if err != nil {
		return nil, err
	}
	call, err := NominationsByID(tx, pool.Call)
	if err != nil {
		return nil, err
	}
	terms, err := TermsByID(tx, call.Terms)
	if err != nil {
		return nil, err
	}
	var earlier int64
	if err := tx.Row("SELECT count(*) FROM group_draw WHERE made > 0 AND id < ?", d.ID).Scan(&earlier); err != nil {
		return nil, err
	}
	segment := segmentsOf(file.Plan)
	drawn := slices.Clone(file.Outcome.Panel)
	slices.SortFunc(drawn, func(a, b string) int {
		if segment[a] != segment[b] {
			return slices.Index(Segments, segment[a]) - slices.Index(Segments, segment[b])
		}
		return strings.Compare(a, b)
	})
	places := make(map[string]SeatPlace, len(drawn))
	for n, person := range drawn {
		months := terms.Term
		if terms.First > 0 && earlier == 0 && n%2 == 1 {
			months = terms.First
		}
		places[person] = SeatPlace{Person: person, Segment: segment[person], From: call.TermFrom, Until: lastDay(call.TermFrom, months)}
	}
	return places, nil
}

// segmentsOf tells the segment of each person of a plan's pool.
func segmentsOf(p *draw.Plan) map[string]string {
	at := slices.IndexFunc(p.Instance.Categories, func(c draw.Category) bool { return c.Name == SegmentAttribute })
	of := make(map[string]string, len(p.Instance.Pool))
	for _, one := range p.Instance.Pool {
		if at >= 0 {
			of[one.ID] = one.Values[at]
		}
	}
	return of
}

// lastDay is the last day of a term of so many months; "" of a day that is none.
func lastDay(from string, months int64) string {
	t, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return ""
	}
	return t.AddDate(0, int(months), -1).Format(time.DateOnly)
}

// settle lets reserves move up for those who are gone, one after the other, each into
// what was left of the other's term.
func (o *SeatOrder) settle(seats Seats, places map[string]SeatPlace) error {
	moves, panel, err := o.moves()
	if err != nil {
		return err
	}
	segment := segmentsOf(o.Plan)
	for _, m := range moves {
		if m.In == "" {
			continue
		}
		was := places[m.Gone]
		p := SeatPlace{Person: m.In, Segment: segment[m.In], From: was.From, Until: was.Until, For: m.Gone, Broken: m.Broken}
		if s, ok := seats.taken(m.Gone); ok {
			p.After, p.From, p.Until = s.ID, s.LeftOn, s.Until
		}
		places[m.In] = p
	}
	for _, person := range panel {
		p := places[person]
		if s, ok := seats.taken(person); ok {
			p.Seat, p.From, p.Until = s.ID, s.From, s.Until
		}
		o.Places = append(o.Places, p)
	}
	for _, r := range o.File.Outcome.Reserves {
		if !slices.Contains(panel, r) && !slices.Contains(o.Gone, r) {
			o.Reserves = append(o.Reserves, r)
		}
	}
	return nil
}

// moves lets reserves move up as long as there are any; of whoever leaves later the
// seat stays empty until the next call.
func (o *SeatOrder) moves() (moves []draw.Move, panel []string, err error) {
	replaced := len(o.Gone)
	for {
		if moves, panel, err = o.File.Outcome.Moves(o.Plan, o.Gone[:replaced]...); err == nil || replaced == 0 {
			break
		}
		replaced--
	}
	return moves, slices.DeleteFunc(panel, func(p string) bool { return slices.Contains(o.Gone[replaced:], p) }), err
}

// taken is the seat that a person took.
func (s Seats) taken(person string) (Seat, bool) {
	at := slices.IndexFunc(s, func(seat Seat) bool { return seat.Person == person })
	if at < 0 {
		return Seat{}, false
	}
	return s[at], true
}

// PlaceOf is the seat that is a person's to take or to hold.
func (o *SeatOrder) PlaceOf(person string) (SeatPlace, bool) {
	at := slices.IndexFunc(o.Places, func(p SeatPlace) bool { return p.Person == person })
	if at < 0 {
		return SeatPlace{}, false
	}
	return o.Places[at], true
}
