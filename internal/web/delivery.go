package web

import (
	"strconv"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/observatory"
	"kept/internal/stakeholder"
)

// itemDelivery is what was registered against an item and what the data say: it
// comes from the record, not from the pack.
type itemDelivery struct {
	Series      []seriesView    `json:"series,omitempty"`
	Commitments *commitmentList `json:"commitments,omitempty"`
	Elsewhere   []Link          `json:"stated_elsewhere,omitempty"`
	Supporters  []Link          `json:"supporters,omitempty"`
	Support     *supportCounts  `json:"support,omitempty"`
	Money       []moneyTotal    `json:"money,omitempty"`
	People      Text            `json:"people_to_reach,omitempty"`
	Silence     Text            `json:"silence,omitempty"`
	Silent      []Link          `json:"without_a_commitment,omitempty"`

	counts  commitment.Counts
	without int // States that are asked and have none
}

// seriesView is an indicator beside an item: its latest world value where one
// release has it, else how many areas have a value.
type seriesView struct {
	ID     string `json:"id"`
	Href   string `json:"href"`
	Title  Text   `json:"title"`
	Unit   Text   `json:"unit"`
	Source string `json:"source"`
	Value  string `json:"value,omitempty"`
	Period string `json:"period,omitempty"`
	Area   Text   `json:"area,omitempty"`
	Trace  string `json:"trace,omitempty"`
	Areas  int64  `json:"areas_with_value"`

	area string // key of the area that the value is of
}

// onItem is how many commitments on one item the page reads: all that there can
// sensibly be on one page; the list beyond is paged.
const onItem = 20

func (v *itemView) delivery(q *request, i *compact.Item) error {
	if !i.Asks() {
		return nil
	}
	counts, err := commitment.CountItem(q.Tx, q.Today, i.ID)
	if err != nil {
		return err
	}
	v.counts = counts
	list, _, err := listCommitments(q, commitment.Filter{Items: []string{i.ID}, Limit: onItem})
	if err != nil {
		return err
	}
	if list.Total > 0 {
		v.Commitments = list
		if list.Total > int64(len(list.Rows)) {
			list.More = "/commitments?item=" + i.ID
		}
	}
	stated, _, err := listCommitments(q, commitment.Filter{Items: []string{i.ID}, Which: commitment.Elsewhere, Limit: onItem})
	if err != nil {
		return err
	}
	for _, row := range stated.Rows {
		v.Elsewhere = append(v.Elsewhere, Link{row.Title, row.Href})
	}
	if err := v.series(q, i); err != nil {
		return err
	}
	if v.Support, err = supportAround(q, commitment.HelpFilter{Items: []string{i.ID}}, "/support?item="+i.ID); err != nil {
		return err
	}
	if v.Money, v.People, err = totalsOf(q, commitment.Scope{Items: []string{i.ID}}); err != nil {
		return err
	}
	if err := v.supporters(q, i); err != nil {
		return err
	}
	if err := v.silence(q, i); err != nil {
		return err
	}
	v.row(q, i, counts)
	return v.gaps(q, i)
}

// row is the row of facts under the item's note.
func (v *itemView) row(q *request, i *compact.Item, c commitment.Counts) {
	registered := message("plain.number", "n", 0)
	if c.Commitments > 0 {
		registered = message("item.fact.by", "n", c.Commitments, "parties", c.Parties)
	}
	v.Facts = append(v.Facts, factView{message("item.fact.registered"), registered, message("item.fact.voluntary")})
	if c.Commitments > 0 {
		v.Facts = append(v.Facts, factView{message("item.fact.reported"), message("plain.number", "n", c.Reporting[commitment.Current]),
			message("item.fact.rest", "notdue", c.Reporting[commitment.NotDue], "due", c.Reporting[commitment.Due], "overdue", c.Reporting[commitment.Overdue],
				"silent", c.Reporting[commitment.Silent], "lapsed", c.Reporting[commitment.Lapsed])})
	}
	for _, t := range q.Pack.TargetsOf(i.ID) {
		why := message("item.fact.no_baseline")
		if t.Baseline != "" {
			why = everyLang(func(l locale.Lang) string {
				return l.T("item.fact.baseline", "value", l.Number(t.Baseline), "date", l.Date(t.BaselineOn))
			})
		}
		v.Facts = append(v.Facts, factView{message("item.fact.target", "id", t.ID), title(q.Pack, compact.Targets, t.ID), why})
	}
	data := message("item.fact.no_series")
	if len(v.Series) > 0 {
		data = message("item.fact.series", "n", len(v.Series))
	}
	v.Facts = append(v.Facts, factView{message("item.fact.data"), data, nil})
}

func (v *itemView) series(q *request, i *compact.Item) error {
	for _, ind := range q.Pack.IndicatorsOf(i.ID) {
		one, err := newSeries(q, ind)
		if err != nil {
			return err
		}
		v.Series = append(v.Series, one)
	}
	return nil
}

// newSeries reads an indicator's latest world value, of the same release as its areas.
func newSeries(q *request, i *compact.Indicator) (seriesView, error) {
	s := seriesView{ID: i.ID, Href: "/indicators/" + i.ID, Title: title(q.Pack, compact.Indicators, i.ID), Unit: unitName(i.Unit), Source: i.Source.Name}
	view, err := observatory.ReadView(q.Tx, i.ID, "", observatory.Newest)
	if isNotFound(err) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	s.Areas = int64(len(observatory.Countries(view.Data.Latest(0), q.Areas)))
	if f, ok := view.World(q.Areas, 0); ok {
		s.area = f.Key
		s.Value, s.Period, s.Area = f.Value.String(), f.Period.String(), everyLang(q.Areas.World().Name)
		s.Trace = s.Href + "/trace/" + f.Key + "/" + s.Period
	}
	return s, nil
}

func (v *itemView) supporters(q *request, i *compact.Item) error {
	list, err := stakeholder.Supporters(q.Tx, i.ID)
	if err != nil {
		return err
	}
	for n, e := range list {
		if n == onItem {
			break
		}
		v.Supporters = append(v.Supporters, Link{partyName(e.PartyNames), partyHref(e.Party)})
	}
	return nil
}

// silence counts the States that an item asks and that registered nothing on it,
// in words that say what it does not mean. Names stand there only where the pack
// allows it.
func (v *itemView) silence(q *request, i *compact.Item) error {
	if v.Earlier || !i.Asked("states") {
		return nil
	}
	registered, err := commitment.LeadsOn(q.Tx, i.ID)
	if err != nil {
		return err
	}
	states := stakeholder.Filter{Kind: stakeholder.KindState, Limit: 1000, GroupOn: q.Today}
	all, err := stakeholder.IDs(q.Tx, states)
	if err != nil {
		return err
	}
	without := 0
	for _, id := range all {
		if !registered[id] {
			without++
		}
	}
	v.without = without
	v.Silence = message("item.silence", "n", without, "of", len(all))
	if q.Pack.SilentAddressees != "list" {
		return nil
	}
	states.Lang = q.lang() // of the names' order
	list, err := stakeholder.List(q.Tx, states)
	for _, p := range list.Parties {
		if !registered[p.ID] {
			v.Silent = append(v.Silent, Link{partyName(p.Names), partyHref(p.ID)})
		}
	}
	return err
}

// gaps are the six of an item: each is a fact about this registry, no judgement.
// Their trail has a page of its own.
func (v *itemView) gaps(q *request, i *compact.Item) error {
	gaps, err := forum.GapsOf(q.Tx, q.Pack, i, q.Today)
	for _, kind := range gaps.Open() {
		v.Gaps = append(v.Gaps, message("gap."+kind))
	}
	return err
}

// countCommitments fills the number of commitments of each item in the groups.
func (s *Site) countCommitments(q *request, groups []itemGroup) error {
	tally, err := commitment.Count(q.Tx, q.Pack, q.Today)
	if err != nil {
		return err
	}
	for g := range groups {
		for i := range groups[g].Items {
			groups[g].Items[i].Commitments = tally.ByItem[groups[g].Items[i].ID].Commitments
		}
	}
	return nil
}

// homeDelivery adds what the record holds.
func (s *Site) homeDelivery(q *request, v *homeView) error {
	tally, err := commitment.Count(q.Tx, q.Pack, q.Today)
	if err != nil {
		return err
	}
	for n, o := range v.Objectives {
		v.Objectives[n].Reported = tally.ByObjective[o.ID].Reporting[commitment.Current]
		for _, i := range q.Pack.Asking(q.Pack.InForce) {
			if i.Under == o.ID && tally.ByItem[i.ID].Commitments > 0 {
				v.Objectives[n].WithCommitment++
			}
		}
	}
	return v.latest(q)
}

// shownLatest and readLatest bound "just happened": entries of one import would
// fill it, so one kind on one day is one line.
const (
	shownLatest = 8
	readLatest  = 400
)

func (v *homeView) latest(q *request) error {
	size, err := recordSize(q.Tx)
	if err != nil {
		return err
	}
	counted := make(map[string]int)
	for i := size - 1; i >= 0 && i >= size-readLatest; i-- {
		e, err := keeper.ReadEntry(q.Tx, i)
		if err != nil {
			return err
		}
		key := e.On() + e.Kind
		if n, ok := counted[key]; ok {
			if n >= 0 {
				v.Latest[n].N++
			}
			continue
		}
		if len(v.Latest) == shownLatest {
			break
		}
		counted[key] = len(v.Latest)
		one := latestView{On: e.On(), What: kindName(e.Kind), kind: kindOnly(e.Kind), Href: "/record/entries/" + strconv.FormatInt(i, 10), N: 1}
		if err := one.name(q.Tx, e); err != nil {
			return err
		}
		v.Latest = append(v.Latest, one)
	}
	for i := range v.Latest {
		v.Latest[i].gather()
	}
	return nil
}

// gather words several entries of one kind on one day as one sentence, which leads to all of them.
func (l *latestView) gather() {
	if l.N == 1 {
		return
	}
	l.About, l.Href = nil, "/record/entries?kind="+l.kind
	if locale.English.Has("happened." + l.kind) {
		l.What = message("happened."+l.kind, "n", l.N)
	} else {
		l.What = phrase("happened.several", "what", l.What, "n", l.N)
	}
	switch l.kind {
	case stakeholder.KindAdoption:
		l.Href = "/stakeholders?basis=" + stakeholder.BasisAdopted
	case stakeholder.KindRegistered:
		l.Href = "/stakeholders"
	case commitment.KindMade:
		l.Href = "/commitments"
	}
}

// name adds what a single entry is about, and leads to its own page.
func (l *latestView) name(tx *db.Tx, e keeper.Entry) error {
	words, err := keeper.WordsOf(tx, e.Index)
	if err != nil {
		return err
	}
	l.About = wordsText(words, "title")
	if l.About == nil {
		l.About = wordsText(words, "name")
	}
	switch e.Kind {
	case commitment.KindMade, commitment.KindClaimed, commitment.KindStated:
		l.Href = commitmentHref(e.Index)
	case stakeholder.KindRegistered, stakeholder.KindStated:
		l.Href = partyHref(e.Index)
	case commitment.KindRequested, commitment.KindOffered:
		l.Href = supportHref(e.Index)
	case commitment.KindReported, commitment.KindAmended, commitment.KindConfirmed, commitment.KindDeclined, commitment.KindWithdrawn, commitment.KindConcluded, commitment.KindExcused:
		return l.ofCommitment(tx, e)
	case stakeholder.KindGiven, stakeholder.KindWithdrawn:
		return l.ofParty(tx, e)
	}
	return nil
}

// ofCommitment names the commitment that an act is about.
func (l *latestView) ofCommitment(tx *db.Tx, e keeper.Entry) error {
	var f struct {
		Commitment int64 `json:"commitment"`
	}
	if err := e.Decode(&f); err != nil {
		return err
	}
	words, err := keeper.WordsOf(tx, f.Commitment)
	l.About, l.Href = wordsText(words, "title"), commitmentHref(f.Commitment)
	return err
}

// ofParty names the party that endorsed, or that withdrew.
func (l *latestView) ofParty(tx *db.Tx, e keeper.Entry) error {
	var f struct {
		Party int64 `json:"party"`
	}
	if err := e.Decode(&f); err != nil {
		return err
	}
	if by, err := strconv.ParseInt(e.By, 10, 64); err == nil {
		f.Party = by
	}
	names, err := stakeholder.NamesOf(tx, f.Party)
	l.About, l.Href = partyName(names[f.Party]), partyHref(f.Party)
	return err
}
