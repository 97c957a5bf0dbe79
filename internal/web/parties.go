package web

import (
	"slices"
	"strconv"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// partyName is a party's name as each language has it.
func partyName(n stakeholder.Names) Text {
	t := make(Text)
	for _, l := range locale.Langs {
		name, in := n.In(l)
		if in == string(l) || in == "und" {
			t[l] = name
		}
	}
	if len(t) == 0 {
		name, in := n.In(locale.English)
		if locale.Known(in) {
			t[locale.Lang(in)] = name
		} else {
			t = same(name)
		}
	}
	return t
}

// partyKind is a kind of party for readers.
func partyKind(kind string) Text {
	t := make(Text)
	for _, l := range locale.Langs {
		t[l] = stakeholder.KindName(l, kind)
	}
	return t
}

func partyHref(id int64) string { return "/stakeholders/" + strconv.FormatInt(id, 10) }

// partyRow is a party in a list.
type partyRow struct {
	ID     int64  `json:"id"`
	Href   string `json:"href"`
	Name   Text   `json:"name"`
	Kind   string `json:"kind"`
	KindIs Text   `json:"kind_name"`
	Area   string `json:"area,omitempty"`
	AreaIs Text   `json:"area_name,omitempty"`
	Basis  string `json:"basis"`
	Since  string `json:"since,omitempty"`
	Level  string `json:"level"`
	Stated string `json:"stated_elsewhere_on,omitempty"`
}

type partiesView struct {
	filters
	Total     int64          `json:"total"`
	Adopted   int64          `json:"adopted"`
	Endorsed  int64          `json:"endorsed"`
	Elsewhere int64          `json:"stated_elsewhere"`
	Where     string         `json:"where,omitempty"`
	Parties   []partyRow     `json:"parties"`
	Balance   *dimensionView `json:"-"`
	pages
}

// pages are the addresses of the neighbouring pages of a list.
type pages struct {
	Prev string `json:"-"`
	Next string `json:"next,omitempty"`
}

// partyFilters are what the list of parties can be asked for.
var partyFilters = []string{"q", "kind", "basis", "region", "area", "group", "size", "level", "led_by", "where", "item", "under", "for", "body"}

// partyFilter reads the address.
func (c coder) partyFilter() (stakeholder.Filter, error) {
	at := c.asked.Get
	supports, err := c.scope()
	return stakeholder.Filter{Where: at("where"), Kind: at("kind"), Basis: at("basis"), Region: at("region"), Area: c.area(), Group: c.id("group"), GroupOn: c.q.Today,
		Size: at("size"), LedBy: at("led_by"), MinLevel: at("level"), Supports: supports, Query: at("q"), Lang: c.q.lang()}, err
}

// partyFields draws what partyFilter reads.
func (c coder) partyFields() ([]filter, error) {
	groups, err := c.groups()
	areas := c.areas()
	areas.Label = message("filter.seat")
	all := []filter{c.kinds(), c.codes("basis", []string{"adopted", "endorsed", "group", "partner", "none"}, "basis."), c.regions(), areas}
	for i := range all[:3] {
		all[i].Main = true
	}
	if len(groups.Options) > 0 {
		groups.Label = message("filter.member_of")
		all = append(all, groups)
	}
	all = append(all, c.codes("size", stakeholder.Sizes, "size."), c.codes("level", stakeholder.Levels, "level."), c.codes("led_by", stakeholder.Leaders, "balance.led_by."))
	for _, f := range c.scopeFields(scopeNames...) {
		f.Label = message("filter.supports")
		all = append(all, f)
	}
	return all, err
}

func (s *Site) parties(q *request) (View, error) {
	asked := q.query(slices.Concat(partyFilters, []string{"after"})...)
	c := coder{q, asked}
	f, err := c.partyFilter()
	if err != nil {
		return View{}, err
	}
	v := View{Feeds: q.follow("/stakeholders", asked), Page: "parties", Title: message("menu.parties"), Section: "menu.parties", Subjects: []string{"parties"}, Robots: filtered(asked), Ordered: true}
	if q.whole() {
		v.Table = streamCSV(partyTable, func(after string) ([]partyRow, string, error) {
			f.After, f.Limit = after, 1000
			list, err := stakeholder.List(q.Tx, f)
			return partyRowsOf(q, list.Parties), list.Next, err
		})
		return v, nil
	}
	f.After = asked.Get("after")
	list, err := stakeholder.List(q.Tx, f)
	if err != nil {
		return View{}, err
	}
	counts, err := stakeholder.Count(q.Tx)
	if err != nil {
		return View{}, err
	}
	data := partiesView{Total: list.Total, Adopted: counts.ByBasis[stakeholder.BasisAdopted], Endorsed: counts.ByBasis[stakeholder.BasisEndorsed],
		Elsewhere: counts.Elsewhere, Where: asked.Get("where"), Parties: partyRowsOf(q, list.Parties)}
	if list.Next != "" {
		data.Next = nextPage(asked, list.Next)
	}
	fields, err := db.Once(q.Tx, once("party fields "+string(q.lang())+" "+asking(asked, "after", "").Encode()), c.partyFields)
	if err != nil {
		return View{}, err
	}
	data.filters = newFilters(asked, "parties.name", fields, "where")
	if !q.forProgram() {
		data.Balance, err = db.Once(q.Tx, once("parties beside "+asking(asked, "after", "").Encode()), func() (*dimensionView, error) {
			b, err := stakeholder.BalanceOf(q.Tx, f)
			return balanceFold(q, b, "", asked), err
		})
	}
	v.Data, v.Table = data, &Table{}
	return v, err
}

func partyRowsOf(q *request, list []stakeholder.Party) []partyRow {
	rows := make([]partyRow, 0, len(list))
	for _, p := range list {
		rows = append(rows, newPartyRow(q, p))
	}
	return rows
}

func partyTable(rows []partyRow) *Table {
	t := &Table{Columns: []string{"id", "name_en", "kind", "area", "basis", "since", "level", "stated_elsewhere_on"}}
	for _, r := range rows {
		t.Rows = append(t.Rows, []string{strconv.FormatInt(r.ID, 10), english(r.Name), r.Kind, r.Area, r.Basis, r.Since, r.Level, r.Stated})
	}
	return t
}

func regionName(q *request, id string) Text {
	t := make(Text)
	r, ok := q.Areas.RegionByID(id)
	if !ok {
		return same(id)
	}
	for _, l := range locale.Langs {
		t[l] = r.Name(l)
	}
	return t
}

func newPartyRow(q *request, p stakeholder.Party) partyRow {
	row := partyRow{ID: p.ID, Href: partyHref(p.ID), Name: partyName(p.Names), Kind: p.Kind, KindIs: partyKind(p.Kind),
		Area: p.Area, Basis: p.Basis, Since: p.Since, Level: p.Level, Stated: p.StatedOn}
	if row.Basis == "" {
		row.Basis = stakeholder.BasisNone
	}
	if p.Area != "" {
		row.AreaIs = areaName(q.Areas, p.Area)
	}
	return row
}

// partyView is the page of one party.
type partyView struct {
	partyRow
	Acronym      string            `json:"acronym,omitempty"`
	Web          string            `json:"web,omitempty"`
	Purpose      Text              `json:"purpose,omitempty"`
	Others       []string          `json:"other_names,omitempty"`
	Active       []Link            `json:"active_in,omitempty"`
	Size         string            `json:"size,omitempty"`
	RegisteredOn string            `json:"registered_on"`
	LevelIs      Text              `json:"level_meaning"`
	SourceName   Text              `json:"source,omitempty"`
	SourceURL    string            `json:"source_url,omitempty"`
	Adoptions    []adoptionView    `json:"adoptions,omitempty"`
	Endorsements []endorsementView `json:"endorsements,omitempty"`
	Members      []memberView      `json:"members,omitempty"`
	Groups       []memberView      `json:"groups,omitempty"`
	Commitments  *commitmentList   `json:"commitments,omitempty"`
	partyDeeds
	partyPast
	ClaimedBy   *Link  `json:"claimed_by,omitempty"`
	InReports   []Link `json:"in_reports,omitempty"` // what the latest reports of a period say of it
	Runs        []Link `json:"runs,omitempty"`       // bodies
	CanEndorse  bool   `json:"-"`
	CanWithdraw bool   `json:"-"`
	CanClaim    bool   `json:"-"`
	IsGroup     bool   `json:"-"`
}

type adoptionView struct {
	Entry  int64  `json:"entry"`
	Text   Link   `json:"text"`
	On     string `json:"on"`
	Symbol string `json:"symbol,omitempty"`
}

type endorsementView struct {
	Entry     int64          `json:"entry"`
	Text      Link           `json:"text"`
	On        string         `json:"on"`
	Stated    bool           `json:"stated_elsewhere,omitempty"`
	Ended     string         `json:"ended_on,omitempty"`
	Revoked   bool           `json:"revoked,omitempty"`
	Reason    Text           `json:"reason,omitempty"` // of the withdrawal
	Supports  []Link         `json:"supports,omitempty"`
	Doing     []activityView `json:"activities,omitempty"`
	Alignment Text           `json:"alignment,omitempty"`
	Digest    string         `json:"text_digest,omitempty"`
	Language  string         `json:"language_read,omitempty"`
	Source    Text           `json:"source,omitempty"`
	SourceURL string         `json:"source_url,omitempty"`
}

type memberView struct {
	Party Link   `json:"party"`
	From  string `json:"from"`
	Until string `json:"until,omitempty"`
}

// number reads an id from the address.
func (r *request) number(name string) (int64, error) {
	n, err := strconv.ParseInt(r.arg(name), 10, 64)
	if err != nil || n < 0 {
		return 0, errNotFound(r.arg(name))
	}
	return n, nil
}

func (s *Site) party(q *request) (View, error) {
	id, err := q.number("id")
	if err != nil {
		return View{}, err
	}
	p, err := stakeholder.ByID(q.Tx, id)
	if err != nil {
		return View{}, err
	}
	words, err := keeper.WordsOf(q.Tx, p.Version)
	if err != nil {
		return View{}, err
	}
	v := partyView{partyRow: newPartyRow(q, p), Acronym: p.Names.Acronym(), Web: words["web.und"], Purpose: wordsText(words, "purpose"),
		Others: p.Names.Others(), Size: p.Size, RegisteredOn: p.RegisteredOn, LevelIs: message("level." + p.Level),
		SourceName: wordsText(words, "source"), SourceURL: words["url.und"]}
	for _, a := range p.Active {
		v.Active = append(v.Active, Link{areaName(q.Areas, a), "/areas/" + a})
	}
	if p.ClaimedBy != 0 {
		names, err := stakeholder.NamesOf(q.Tx, p.ClaimedBy)
		if err != nil {
			return View{}, err
		}
		v.ClaimedBy = &Link{partyName(names[p.ClaimedBy]), partyHref(p.ClaimedBy)}
	}
	if err := v.standing(q, p); err != nil {
		return View{}, err
	}
	if err := v.partyPast.fill(q, p); err != nil {
		return View{}, err
	}
	if v.Commitments, err = commitmentsOf(q, id); err != nil {
		return View{}, err
	}
	if err := v.deeds(q, p); err != nil {
		return View{}, err
	}
	if v.InReports, err = rowsOf(q, id); err != nil {
		return View{}, err
	}
	if v.Runs, err = q.bodiesRunBy(id); err != nil {
		return View{}, err
	}
	return View{Page: "party", Title: v.Name, Section: "menu.parties", Crumbs: []Link{{message("menu.parties"), "/stakeholders"}},
		Subjects: []string{"party:" + strconv.FormatInt(id, 10), "commitments", "support", "reports", "bodies"}, Data: v, Feeds: feedOfParty(q, id)}, nil
}

// bodiesRunBy are the bodies that a party runs now.
func (q *request) bodiesRunBy(party int64) ([]Link, error) {
	ids, err := forum.RunOf(q.Tx, party)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	set, err := q.bodySet()
	if err != nil {
		return nil, err
	}
	return set.links(ids), nil
}

// wordsText gathers the languages in which a part was filled; und counts for all.
func wordsText(words map[string]string, name string) Text {
	if w := words[name+".und"]; w != "" {
		return same(w)
	}
	t := make(Text)
	for _, l := range locale.Langs {
		if w := words[name+"."+string(l)]; w != "" {
			t[l] = w
		}
	}
	if len(t) == 0 {
		return nil
	}
	return t
}

// standing fills adoptions, endorsements and memberships.
func (v *partyView) standing(q *request, p stakeholder.Party) error {
	adoptions, err := stakeholder.AdoptionsOf(q.Tx, p.ID)
	if err != nil {
		return err
	}
	for _, a := range adoptions {
		v.Adoptions = append(v.Adoptions, adoptionView{a.ID, textLink(q.Pack, q.Pack.Adoption.Text), a.On, a.Symbol})
	}
	history, err := stakeholder.History(q.Tx, p.ID)
	if err != nil {
		return err
	}
	open, unclaimed := false, false
	for _, e := range history {
		one, err := newEndorsement(q, e)
		if err != nil {
			return err
		}
		v.Endorsements = append(v.Endorsements, one)
		open = open || e.Holds() && !e.Stated()
		unclaimed = unclaimed || e.Holds() && e.Stated() && e.Text == q.Pack.InForce
	}
	v.CanWithdraw, v.IsGroup = open, p.Kind == stakeholder.KindGroup && !p.Stated()
	v.CanClaim = unclaimed && !open && !p.Stated() || p.Stated() && p.ClaimedBy == 0
	v.CanEndorse = !open && !p.Stated() && slices.Contains(q.Pack.Bases(p.Kind), stakeholder.BasisEndorsed)
	return v.memberships(q, p)
}

func textLink(p *compact.Pack, id string) Link {
	return Link{title(p, compact.Texts, id), "/texts/" + id}
}

func newEndorsement(q *request, e stakeholder.Endorsement) (endorsementView, error) {
	words, err := keeper.WordsOf(q.Tx, e.ID)
	if err != nil {
		return endorsementView{}, err
	}
	v := endorsementView{Entry: e.ID, Text: textLink(q.Pack, e.Text), On: e.GivenOn, Ended: e.EndedOn, Revoked: e.Revoked, Digest: e.Digest,
		Language: e.Language, Alignment: wordsText(words, "alignment"), Source: wordsText(words, "source"), SourceURL: words["url.und"]}
	if e.StatedOn != "" {
		v.Stated, v.On = true, e.StatedOn
	}
	if e.EndedBy != 0 {
		end, err := keeper.WordsOf(q.Tx, e.EndedBy)
		if err != nil {
			return v, err
		}
		v.Reason = wordsText(end, "reason")
	}
	for _, item := range e.Supports {
		v.Supports = append(v.Supports, itemLink(q.Pack, item))
	}
	v.Doing, err = activitiesOf(q, e.ID, words)
	return v, err
}

func (v *partyView) memberships(q *request, p stakeholder.Party) error {
	members, err := stakeholder.Members(q.Tx, p.ID, q.Today)
	if err != nil {
		return err
	}
	groups, err := stakeholder.Groups(q.Tx, p.ID, q.Today)
	if err != nil {
		return err
	}
	var ids []int64
	for _, m := range append(members, groups...) {
		ids = append(ids, m.Party, m.Group)
	}
	names, err := stakeholder.NamesOf(q.Tx, ids...)
	if err != nil {
		return err
	}
	for _, m := range members {
		v.Members = append(v.Members, memberView{Link{partyName(names[m.Party]), partyHref(m.Party)}, m.From, m.Until})
	}
	for _, m := range groups {
		v.Groups = append(v.Groups, memberView{Link{partyName(names[m.Group]), partyHref(m.Group)}, m.From, m.Until})
	}
	return nil
}
