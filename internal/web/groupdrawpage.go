package web

import (
	"cmp"
	"math/big"
	"slices"
	"strconv"

	"kept/internal/forum"
	"kept/internal/forum/draw"
	"kept/internal/keeper"
)

// drawRow is a draw in the list of the group.
type drawRow struct {
	ID        int64  `json:"id"`
	Href      string `json:"href"`
	Announced string `json:"announced_on"`
	At        string `json:"randomness_at,omitempty"`
	Made      string `json:"made_on,omitempty"`
}

func drawHref(id int64) string { return "/advisory-group/draws/" + strconv.FormatInt(id, 10) }
func poolHref(id int64) string { return "/advisory-group/pool/" + strconv.FormatInt(id, 10) }

func (q *request) drawRows() ([]drawRow, error) {
	list, err := forum.Draws(q.Tx)
	if err != nil {
		return nil, err
	}
	var rows []drawRow
	for _, d := range list {
		row := drawRow{ID: d.ID, Href: drawHref(d.ID), Announced: d.AnnouncedOn, Made: d.MadeOn}
		plan, err := d.ReadPlan(q.Tx)
		switch {
		case err == nil:
			row.At = plan.Sources[0].At
		case !isNotFound(err): // a mirror without blobs still lists the draw
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// nominatedPool is a published pool: who can be drawn, by pseudonym.
type nominatedPool struct {
	groupRun
	ID        int64        `json:"id"`
	Published string       `json:"published_on"`
	Call      int64        `json:"call"`
	Received  int64        `json:"nominations_received"`
	Size      int64        `json:"people"`
	Seats     int          `json:"seats"`
	MostOfOne int          `json:"most_of_one_affiliation,omitempty"`
	Digest    string       `json:"digest"`
	Blob      string       `json:"pool_at"`
	Quotas    []quotaView  `json:"quotas"`
	Relaxed   []relaxView  `json:"relaxed,omitempty"`
	Reason    Text         `json:"relaxed_because,omitempty"`
	Columns   []Text       `json:"-"`
	Rows      []pooledView `json:"pool"`
	Draw      int64        `json:"draw,omitempty"`
}

type relaxView struct {
	Label Text  `json:"label"`
	Side  Text  `json:"side"`
	From  int64 `json:"from"`
	To    int64 `json:"to"`
}

// pooledView is one pseudonym with what a quota names.
type pooledView struct {
	Person string   `json:"pseudonym"`
	Values []string `json:"values"`
	Names  []Text   `json:"-"`
	Group  string   `json:"affiliation,omitempty"`
}

// groupPool is the page of a pool.
func (s *Site) groupPool(q *request) (View, error) {
	run, err := q.groupRun()
	if err != nil {
		return View{}, err
	}
	id, err := q.number("id")
	if err != nil {
		return View{}, err
	}
	v, err := q.nominatedPool(id)
	if err != nil {
		return View{}, err
	}
	v.groupRun = run
	t := &Table{Columns: []string{"pseudonym"}}
	if len(v.Quotas) > 0 {
		last := ""
		for _, of := range v.Quotas {
			if of.Attribute != last {
				t.Columns, last = append(t.Columns, of.Attribute), of.Attribute
			}
		}
	}
	t.Columns = append(t.Columns, "affiliation")
	for _, r := range v.Rows {
		t.Rows = append(t.Rows, append(append([]string{r.Person}, r.Values...), r.Group))
	}
	return View{Page: "grouppool", Title: message("group.pool.title", "id", strconv.FormatInt(id, 10)), Section: "menu.bodies", Crumbs: groupCrumbs(), Subjects: []string{forum.GroupSubject}, Data: v, Table: t}, nil
}

// nominatedPool reads a published pool.
func (q *request) nominatedPool(id int64) (*nominatedPool, error) {
	published, err := forum.PoolByID(q.Tx, id)
	if err != nil {
		return nil, err
	}
	pool, err := published.Read(q.Tx)
	if err != nil {
		return nil, err
	}
	e, err := keeper.ReadEntry(q.Tx, id)
	if err != nil {
		return nil, err
	}
	var facts forum.PoolPublished
	if err := e.Decode(&facts); err != nil {
		return nil, err
	}
	words, err := keeper.WordsOf(q.Tx, id)
	if err != nil {
		return nil, err
	}
	v := &nominatedPool{ID: id, Published: published.PublishedOn, Call: published.Call, Received: published.Received, Size: published.People, Seats: pool.Instance.Seats,
		MostOfOne: pool.Instance.MostOfGroup, Digest: published.Digest, Blob: "/record/blobs/" + published.Digest, Reason: wordsText(words, "reason")}
	v.quotas(q, pool)
	for _, r := range facts.Relaxed {
		v.Relaxed = append(v.Relaxed, q.relaxed(r))
	}
	if d, err := forum.DrawOfPool(q.Tx, id); err == nil {
		v.Draw = d.ID
	} else if !isNotFound(err) {
		return nil, err
	}
	return v, nil
}

func (q *request) relaxed(r forum.Relaxed) relaxView {
	label := message("group.one_affiliation")
	if r.Category != "" {
		label = phrase("group.attribute_value", "attribute", attributeName(r.Category), "value", q.valueName(r.Category, r.Value))
	}
	return relaxView{Label: label, Side: message("group.side." + r.Side), From: r.From, To: r.To}
}

// quotas counts who has what, and lists the people.
func (v *nominatedPool) quotas(q *request, pool *forum.Pool) {
	in := &pool.Instance
	for n, c := range in.Categories {
		v.Columns = append(v.Columns, attributeName(c.Name))
		for _, value := range c.Values {
			row := q.quota(c.Name, value.Name, int64(value.Min), int64(value.Max), int64(in.Seats))
			for _, p := range in.Pool {
				if p.Values[n] == value.Name {
					row.People++
				}
			}
			if value.Name == forum.Unstated {
				row.Bounds = message("group.no_quota")
			}
			v.Quotas = append(v.Quotas, row)
		}
	}
	for _, p := range in.Pool {
		row := pooledView{Person: p.ID, Values: p.Values, Group: p.Group}
		for n, value := range p.Values {
			row.Names = append(row.Names, q.valueName(in.Categories[n].Name, value))
		}
		v.Rows = append(v.Rows, row)
	}
}

// drawView is the page of a draw: what was fixed, what came, who was drawn, and how to check it.
type drawView struct {
	groupRun
	ID        int64         `json:"id"`
	Announced string        `json:"announced_at"`
	Covered   string        `json:"covered_at,omitempty"`
	Pool      int64         `json:"pool"`
	Seats     int           `json:"seats"`
	People    int           `json:"people"`
	Quotas    []quotaView   `json:"quotas"`
	Method    Text          `json:"method"`
	Panels    int           `json:"panels"`
	Tickets   string        `json:"tickets"`
	Least     string        `json:"least_chance"`
	Most      string        `json:"greatest_chance"`
	Digest    string        `json:"plan"`
	Plan      string        `json:"plan_at"`
	Lead      int64         `json:"lead_minutes"`
	Sources   []sourceRow   `json:"sources"`
	Watchers  []Link        `json:"witnesses,omitempty"`
	Said      []witnessView `json:"witnessed,omitempty"`
	Made      string        `json:"made_on,omitempty"`
	Entry     int64         `json:"outcome_entry,omitempty"`
	File      string        `json:"file_at,omitempty"`
	Number    string        `json:"ticket,omitempty"`
	Used      int           `json:"source_used,omitempty"`
	Places    []drawnPlace  `json:"places,omitempty"`
	Reserves  []string      `json:"reserves,omitempty"`
	Gone      []string      `json:"gone,omitempty"`
	Chances   []chanceView  `json:"chances"`
}

type sourceRow struct {
	Text  Text   `json:"text"`
	At    string `json:"at"`
	Fails string `json:"fails_at,omitempty"`
}

type witnessView struct {
	Party Link   `json:"party"`
	Entry int64  `json:"entry"`
	On    string `json:"on"`
	Text  Text   `json:"text"`
}

type drawnPlace struct {
	Person  string `json:"pseudonym"`
	Name    Text   `json:"name"`
	Segment Text   `json:"segment"`
	From    string `json:"from"`
	Until   string `json:"until"`
	For     string `json:"moved_up_for,omitempty"`
	Seat    int64  `json:"seat,omitempty"`
	Broken  bool   `json:"quota_missed,omitempty"`
}

type chanceView struct {
	Person  string `json:"pseudonym"`
	Tickets string `json:"tickets"`
	Share   string `json:"chance"`
	Drawn   bool   `json:"drawn,omitempty"`
	Names   Text   `json:"-"`
}

func (s *Site) groupDraw(q *request) (View, error) {
	run, err := q.groupRun()
	if err != nil {
		return View{}, err
	}
	id, err := q.number("id")
	if err != nil {
		return View{}, err
	}
	d, err := forum.DrawByID(q.Tx, id)
	if err != nil {
		return View{}, err
	}
	plan, err := d.ReadPlan(q.Tx)
	if err != nil {
		return View{}, err
	}
	e, err := keeper.ReadEntry(q.Tx, id)
	if err != nil {
		return View{}, err
	}
	v := &drawView{groupRun: run, ID: id, Announced: e.At, Pool: d.Pool, Digest: d.Plan, Plan: "/record/blobs/" + d.Plan, Lead: plan.Lead / 60}
	if v.Covered, err = keeper.SignedAt(q.Tx, id); err != nil {
		return View{}, err
	}
	v.planned(q, plan)
	if err := v.witnesses(q, plan); err != nil {
		return View{}, err
	}
	if d.Made != 0 {
		if err := v.outcome(q, d); err != nil {
			return View{}, err
		}
	}
	t := &Table{Columns: []string{"pseudonym", "tickets", "of", "chance", "drawn"}}
	for _, c := range v.Chances {
		t.Rows = append(t.Rows, []string{c.Person, c.Tickets, v.Tickets, c.Share, yesNo(c.Drawn)})
	}
	return View{Page: "groupdraw", Title: message("group.draw.title", "id", strconv.FormatInt(id, 10)), Section: "menu.bodies", Crumbs: groupCrumbs(), Subjects: []string{forum.GroupSubject, "parties"}, Data: v, Table: t}, nil
}

// planned fills in what was fixed before the randomness existed.
func (v *drawView) planned(q *request, p *draw.Plan) {
	v.Seats, v.People, v.Panels, v.Tickets = p.Instance.Seats, len(p.Instance.Pool), len(p.Portfolio.Panels), p.Portfolio.Total
	v.Method = coded("group.method.", p.Portfolio.Method)
	for n, c := range p.Instance.Categories {
		for _, value := range c.Values {
			row := q.quota(c.Name, value.Name, int64(value.Min), int64(value.Max), int64(p.Instance.Seats))
			for _, one := range p.Instance.Pool {
				if one.Values[n] == value.Name {
					row.People++
				}
			}
			if value.Name != forum.Unstated {
				v.Quotas = append(v.Quotas, row)
			}
		}
	}
	for n, one := range p.Instance.Pool {
		v.Chances = append(v.Chances, chanceView{Person: one.ID, Tickets: p.Chances[n], Share: share(p.Chances[n], v.Tickets)})
	}
	least, most := v.Chances[0], v.Chances[0]
	for _, c := range v.Chances {
		if whole(c.Tickets).Cmp(whole(least.Tickets)) < 0 {
			least = c
		}
		if whole(c.Tickets).Cmp(whole(most.Tickets)) > 0 {
			most = c
		}
	}
	v.Least, v.Most = least.Share, most.Share
	for _, s := range p.Sources {
		v.Sources = append(v.Sources, sourceRow{sourceText(s), s.At, s.Fails})
	}
}

// whole reads tickets of a plan that was checked.
func whole(tickets string) *big.Int {
	n, _ := new(big.Int).SetString(tickets, 10)
	return n
}

func (v *drawView) witnesses(q *request, p *draw.Plan) error {
	for _, w := range p.Witnesses {
		id, err := strconv.ParseInt(w, 10, 64)
		if err != nil {
			continue
		}
		link, err := q.partyLink(id)
		if err != nil {
			return err
		}
		v.Watchers = append(v.Watchers, link)
	}
	said, err := forum.Witnesses(q.Tx, v.ID)
	if err != nil {
		return err
	}
	for _, w := range said {
		link, err := q.partyLink(w.Party)
		if err != nil {
			return err
		}
		text := phrase("group.draw.saw_missing", "source", int(w.Source))
		if !w.Missing {
			text = phrase("group.draw.saw_dice", "throws", w.Throws)
		}
		v.Said = append(v.Said, witnessView{link, w.Entry, w.On, text})
	}
	return nil
}

// outcome fills in who was drawn and what became of the seats since.
func (v *drawView) outcome(q *request, d forum.GroupDraw) error {
	order, err := forum.OrderOf(q.Tx, d)
	if err != nil {
		return err
	}
	v.Made, v.Entry, v.File = d.MadeOn, d.Made, "/record/blobs/"+d.File
	v.Number, v.Used, v.Reserves, v.Gone = order.File.Outcome.Number, order.File.Randomness.Source, order.Reserves, order.Gone
	for n := range v.Chances {
		v.Chances[n].Drawn = slices.Contains(order.File.Outcome.Panel, v.Chances[n].Person)
	}
	var seated []int64
	for _, p := range order.Places {
		if p.Seat != 0 {
			seated = append(seated, p.Seat)
		}
	}
	words, err := keeper.WordsOfAll(q.Tx, seated)
	if err != nil {
		return err
	}
	for _, p := range order.Places {
		v.Places = append(v.Places, drawnPlace{Person: p.Person, Name: personName(words[p.Seat], p.Person), Segment: segmentName(p.Segment), From: p.From, Until: p.Until, For: p.For, Seat: p.Seat, Broken: len(p.Broken) > 0})
	}
	slices.SortStableFunc(v.Places, func(a, b drawnPlace) int { return cmp.Compare(english(a.Segment), english(b.Segment)) })
	return nil
}
