package web

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// What a row of the map can be, in the order in which an item has them.
const (
	onBody        = "body"
	onDocument    = "document"
	onSeries      = "series"
	onCommitment  = "commitment"
	onIntent      = "intent"
	onEndorsement = "endorsement"
	onElsewhere   = "stated"
)

var mapSorts = []string{onBody, onDocument, onSeries, onCommitment, onIntent, onEndorsement, onElsewhere}

func mapSort(what string) Text { return message("map.what." + what) }

// mapRow says that somebody works on an item, with what, and who says so.
type mapRow struct {
	Item      Link       `json:"item"`
	What      string     `json:"what"`
	WhatIs    Text       `json:"what_in_words"`
	Actor     Link       `json:"actor"` // without an address where it has no page here
	Kind      string     `json:"kind,omitempty"`
	About     Link       `json:"about"`
	Detail    Text       `json:"detail,omitempty"`
	SaidBy    Text       `json:"said_by"`
	Said      string     `json:"said_by_code"` // party, secretariat or pack
	Source    sourceView `json:"source,omitzero"`
	On        string     `json:"on"`
	Entry     int64      `json:"entry"`
	Uncertain bool       `json:"uncertain,omitempty"`
	item      string
}

// mapSource gives the rows of one item of one sort: some at a time, behind a cursor.
type mapSource struct {
	name string
	rows func(item, after string, limit int) (rows []mapRow, next string, err error)
}

// sources are the sorts of row that the conditions leave, in the order of an item.
func (m *mapped) sources() []mapSource {
	what := m.c.asked.Get("what")
	var all []mapSource
	add := func(name string, rows func(string, string, int) ([]mapRow, string, error), sorts ...string) {
		if what == "" || slices.Contains(append(sorts, name), what) {
			all = append(all, mapSource{name, rows})
		}
	}
	if !m.parties {
		add(onBody, m.packRows((*mapped).bodyRows))
		add(onDocument, m.packRows((*mapped).documentRows))
		add(onSeries, m.packRows((*mapped).seriesRows))
	}
	add(onCommitment, m.commitmentRows(commitment.Own), onIntent)
	add(onEndorsement, m.endorsementRows)
	add(onElsewhere, m.commitmentRows(commitment.Elsewhere))
	return all
}

// rows is a page of the map: item by item, sort by sort, from behind the cursor
// "item~sort~cursor of that sort". A broken cursor begins anew.
func (m *mapped) rows(after string, limit int) (rows []mapRow, next string, err error) {
	sources := m.sources()
	item, rest, _ := strings.Cut(after, "~")
	sort, inside, _ := strings.Cut(rest, "~")
	first, at := slices.Index(m.items, item), slices.IndexFunc(sources, func(s mapSource) bool { return s.name == sort })
	if first < 0 || at < 0 {
		first, at, inside = 0, 0, ""
	}
	for n := first; n < len(m.items); n++ {
		for ; at < len(sources); at++ {
			for {
				if len(rows) == limit {
					return rows, m.items[n] + "~" + sources[at].name + "~" + inside, nil
				}
				some, more, err := sources[at].rows(m.items[n], inside, limit-len(rows))
				if err != nil {
					return nil, "", err
				}
				rows = append(rows, some...)
				if inside = more; more == "" {
					break
				}
			}
		}
		at = 0
	}
	return rows, "", nil
}

// total is how many rows the map has under its conditions.
func (m *mapped) total() (int64, error) {
	groups := make([][]string, len(m.items))
	for i, id := range m.items {
		groups[i] = []string{id}
	}
	registered, err := commitment.RegisteredOn(m.c.q.Tx, m.filter(), groups)
	if err != nil {
		return 0, err
	}
	has := map[string]bool{}
	for _, s := range m.sources() {
		has[s.name] = true
	}
	what, n := m.c.asked.Get("what"), int64(0)
	for i, id := range m.items {
		p, r := m.c.q.Pack, registered[i][""]
		for name, rows := range map[string]int64{onBody: int64(len(m.bodies.on(groups[i]))), onDocument: int64(len(m.documentsOn(id))), onSeries: int64(len(p.IndicatorsOf(id))), onElsewhere: r.Elsewhere} {
			if has[name] {
				n += rows
			}
		}
		if has[onCommitment] && what != onIntent {
			n += r.Commitments
		}
		if has[onCommitment] && what != onCommitment {
			n += r.Intents
		}
		if has[onEndorsement] {
			_, naming := m.namings.Of(m.support, id, 0, 0)
			n += naming
		}
	}
	return n, nil
}

// documentsOn are the documents issued by a body that works on an item, by date.
func (m *mapped) documentsOn(item string) []*compact.Document {
	var on []*compact.Document
	for _, d := range m.c.q.Pack.DocumentsByDate() {
		if m.bodies.documentOn(d, []string{item}) {
			on = append(on, d)
		}
	}
	return on
}

// packRows makes a source of rows that the pack has; the cursor is how many were given.
func (m *mapped) packRows(of func(m *mapped, item string) []mapRow) func(string, string, int) ([]mapRow, string, error) {
	return func(item, after string, limit int) ([]mapRow, string, error) {
		rows := of(m, item)
		from, _ := strconv.Atoi(after)
		from = min(max(from, 0), len(rows))
		to := min(from+limit, len(rows))
		for i := from; i < to; i++ {
			rows[i].item, rows[i].Item = item, itemLink(m.c.q.Pack, item)
			rows[i].WhatIs = mapSort(rows[i].What)
			if rows[i].Said != "" { // by a body's own people
				continue
			}
			rows[i].Said, rows[i].SaidBy = "pack", message("map.said.pack")
			rows[i].On, rows[i].Entry = m.on, m.adopted
		}
		if to < len(rows) {
			return rows[from:to], strconv.Itoa(to), nil
		}
		return rows[from:to], "", nil
	}
}

func (m *mapped) bodyRows(item string) []mapRow {
	p := m.c.q.Pack
	var rows []mapRow
	for _, b := range m.bodies.on([]string{item}) {
		link := Link{bodyName(p, b), bodyHref(b.ID)}
		row := mapRow{What: onBody, Actor: link, Kind: b.Kind, About: link, Detail: bodyKind(b.Kind), Source: firstSource(p, b.Source), Uncertain: !b.Certain}
		if b.Own.Says("items") {
			row.says(false)
			row.Source, row.On, row.Entry = sourceView{}, b.Own.On, b.Own.Entry
		}
		rows = append(rows, row)
	}
	return rows
}

func (m *mapped) documentRows(item string) []mapRow {
	p := m.c.q.Pack
	var rows []mapRow
	for _, d := range m.documentsOn(item) {
		b, _ := p.Body(d.Body)
		row := mapRow{What: onDocument, Actor: Link{title(p, compact.Bodies, b.ID), "/bodies/" + b.ID}, Kind: b.Kind, About: Link{title(p, compact.Documents, d.ID), addressOf(compact.Documents, d.ID)},
			Source: firstSource(p, d.Source), Uncertain: !d.Certain}
		if d.Symbol != "" || d.Date != "" {
			row.Detail = everyLang(func(l locale.Lang) string { return strings.TrimSpace(d.Symbol + " " + l.Date(d.Date)) })
		}
		rows = append(rows, row)
	}
	return rows
}

func (m *mapped) seriesRows(item string) []mapRow {
	p := m.c.q.Pack
	var rows []mapRow
	for _, i := range p.IndicatorsOf(item) {
		by := i.Source.Custodian
		if by == "" {
			by = i.Source.Name
		}
		rows = append(rows, mapRow{What: onSeries, Actor: Link{Text: same(by)}, About: Link{title(p, compact.Indicators, i.ID), "/indicators/" + i.ID},
			Detail: unitName(i.Unit), Source: sourceView{i.Source.Name, i.Source.URL}})
	}
	return rows
}

func firstSource(p *compact.Pack, id string) sourceView {
	if id == "" {
		return sourceView{}
	}
	return sourcesOf(p, []string{id})[0]
}

// commitmentRows are what parties registered here, or what was stated elsewhere.
func (m *mapped) commitmentRows(which string) func(string, string, int) ([]mapRow, string, error) {
	return func(item, after string, limit int) ([]mapRow, string, error) {
		q, f := m.c.q, m.filter()
		f.Which, f.Items, f.After, f.Limit = which, []string{item}, after, limit
		if which == commitment.Own {
			f.Counted = commitment.CountedHere
			switch m.c.asked.Get("what") {
			case onCommitment:
				f.Counted = commitment.CountedDelivery
			case onIntent:
				f.Counted = commitment.CountedIntent
			}
		}
		page, err := commitment.List(q.Tx, f)
		if err != nil {
			return nil, "", err
		}
		ids, parties := make([]int64, len(page.List)), make([]int64, len(page.List))
		for i, c := range page.List {
			ids[i], parties[i] = c.ID, c.Party
		}
		names, err := stakeholder.NamesOf(q.Tx, parties...)
		if err != nil {
			return nil, "", err
		}
		kinds, err := stakeholder.KindsOf(q.Tx, parties...)
		if err != nil {
			return nil, "", err
		}
		makers, err := commitment.Makers(q.Tx, ids...)
		if err != nil {
			return nil, "", err
		}
		rows := make([]mapRow, len(page.List))
		for i, c := range page.List {
			rows[i] = newMapCommitment(q, item, c, names[c.Party], kinds[c.Party], makers[c.ID])
			if err := rows[i].stated(q, c); err != nil {
				return nil, "", err
			}
		}
		return rows, page.Next, nil
	}
}

func newMapCommitment(q *request, item string, c commitment.Summary, by stakeholder.Names, kind, maker string) mapRow {
	row := mapRow{item: item, Item: itemLink(q.Pack, item), What: onCommitment, Actor: Link{partyName(by), partyHref(c.Party)}, Kind: kind,
		About: Link{summaryText(c.Text, "title"), commitmentHref(c.ID)}, On: c.MadeOn, Entry: c.ID}
	if len(row.About.Text) == 0 {
		row.About.Text = message("commitment.untitled", "id", c.ID)
	}
	switch {
	case c.Stated:
		row.What, row.On = onElsewhere, c.StatedOn
	case !c.Verifiable:
		row.What = onIntent
	}
	if !c.Stated && c.Lifecycle != commitment.Published {
		row.Detail = message("commitment.lifecycle." + c.Lifecycle)
	}
	row.WhatIs = mapSort(row.What)
	row.says(maker == stakeholder.Secretariat || c.Stated)
	return row
}

// says tells who said it: the party by its own act, or the secretariat.
func (r *mapRow) says(secretariat bool) {
	if r.Said = "party"; secretariat {
		r.Said = "secretariat"
	}
	r.SaidBy = message("map.said." + r.Said)
}

// stated adds the source of what was stated elsewhere.
func (r *mapRow) stated(q *request, c commitment.Summary) error {
	if !c.Stated {
		return nil
	}
	return r.sourced(q, c.ID)
}

func (r *mapRow) sourced(q *request, entry int64) error {
	words, err := keeper.WordsOf(q.Tx, entry)
	name, _ := wordsText(words, "source").In(locale.English)
	r.Source = sourceView{name, words["url.und"]}
	return err
}

// endorsementRows are the endorsements that name an item of their own choice.
func (m *mapped) endorsementRows(item, after string, limit int) ([]mapRow, string, error) {
	q := m.c.q
	before, _ := strconv.ParseInt(after, 10, 64)
	list, _ := m.namings.Of(m.support, item, before, limit+1)
	next := ""
	if len(list) > limit {
		list = list[:limit]
		next = strconv.FormatInt(list[limit-1].Endorsement, 10)
	}
	parties := make([]int64, len(list))
	for i, n := range list {
		parties[i] = n.Party
	}
	names, err := stakeholder.NamesOf(q.Tx, parties...)
	if err != nil {
		return nil, "", err
	}
	rows := make([]mapRow, len(list))
	for i, n := range list {
		party := Link{partyName(names[n.Party]), partyHref(n.Party)}
		rows[i] = mapRow{item: item, Item: itemLink(q.Pack, item), What: onEndorsement, WhatIs: mapSort(onEndorsement), Actor: party, Kind: n.Kind,
			About: Link{message("map.endorsement"), party.Href}, On: n.On, Entry: n.Endorsement}
		if err := rows[i].endorsed(q, n); err != nil {
			return nil, "", err
		}
	}
	return rows, next, nil
}

// endorsed adds how many activities the endorsement names, and who says so.
func (r *mapRow) endorsed(q *request, n stakeholder.Naming) error {
	r.says(n.Stated)
	if n.Stated {
		return r.sourced(q, n.Endorsement)
	}
	activities, err := stakeholder.Activities(q.Tx, n.Endorsement)
	if len(activities) > 0 {
		r.Detail = message("map.activities", "n", len(activities))
	}
	return err
}

// mapTable is the CSV twin: one line for each item, actor and what.
func mapTable(rows []mapRow) *Table {
	t := &Table{Columns: []string{"item", "what", "kind", "actor_en", "actor_page", "about_en", "about_page", "said_by", "source", "source_url", "on", "entry", "certain"}}
	for _, r := range rows {
		t.Rows = append(t.Rows, []string{r.item, r.What, r.Kind, english(r.Actor.Text), r.Actor.Href, english(r.About.Text), r.About.Href, r.Said,
			r.Source.Name, r.Source.Href, r.On, strconv.FormatInt(r.Entry, 10), yesNo(!r.Uncertain)})
	}
	return t
}
