package web

import (
	"strconv"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/compact/area"
	"kept/internal/observatory"
	"kept/internal/observatory/trend"
	"kept/internal/stakeholder"
)

// areasView lists the countries and areas by region.
type areasView struct {
	Q      string      `json:"q,omitempty"`
	Total  int         `json:"total"`
	Groups []areaGroup `json:"groups"`
	Date   string      `json:"names_as_of"`
}

type areaGroup struct {
	ID    string    `json:"id"`
	Title Text      `json:"title"`
	Areas []areaRow `json:"areas"`
}

type areaRow struct {
	ID     string   `json:"id"`
	Name   Text     `json:"name"`
	Groups []string `json:"groups,omitempty"`
}

func (s *Site) areas(q *request) (View, error) {
	v := areasView{Date: q.Areas.Date}
	table := &Table{Columns: []string{"id", "iso2", "m49", "name_en", "region", "ldc", "lldc", "sids", "status"}}
	for _, region := range q.Areas.Regions() {
		g := areaGroup{ID: region.ID, Title: everyLang(region.Name)}
		for _, a := range q.Areas.In(region.ID) {
			row := areaRow{ID: a.ID, Name: everyLang(a.Name)}
			for _, group := range area.Groups() {
				if a.InGroup(group) {
					row.Groups = append(row.Groups, group)
				}
			}
			g.Areas = append(g.Areas, row)
			v.Total++
			table.Rows = append(table.Rows, []string{a.ID, a.ISO2, a.M49, english(row.Name), a.Region, yesNo(a.LDC), yesNo(a.LLDC), yesNo(a.SIDS), string(a.Status)})
		}
		v.Groups = append(v.Groups, g)
	}
	return View{Page: "areas", Title: message("menu.areas"), Section: "menu.data", Data: v, Table: table}, nil
}

// areaView is the country sheet: one page to print on A4.
type areaView struct {
	ID          string          `json:"id"`
	Name        Text            `json:"name"`
	Region      Text            `json:"region"`
	ISO2        string          `json:"iso2,omitempty"`
	M49         string          `json:"m49,omitempty"`
	Groups      []Text          `json:"groups,omitempty"`
	Adopted     []adoptionView  `json:"adopted,omitempty"`
	State       string          `json:"state,omitempty"`
	Figures     []sheetRow      `json:"figures"`
	Parties     []partyRow      `json:"parties,omitempty"`
	PartyTotal  int64           `json:"parties_total"`
	Commitments *commitmentList `json:"commitments,omitempty"`
	Money       []moneyTotal    `json:"money,omitempty"`
	People      Text            `json:"people_to_reach,omitempty"`
}

// sheetRow is one indicator of an area: latest value, the value of the base
// year, the trend, each with its trace.
type sheetRow struct {
	Indicator Link      `json:"indicator"`
	Unit      Text      `json:"unit"`
	Slice     string    `json:"slice,omitempty"`
	Value     string    `json:"value"`
	Period    string    `json:"period"`
	Nature    string    `json:"nature,omitempty"`
	Trace     string    `json:"trace"`
	First     string    `json:"first,omitempty"`
	FirstOn   string    `json:"first_period,omitempty"`
	Trend     stateView `json:"trend"`
	N         int       `json:"n"`
	Short     string    `json:"-"` // the values as the sheet prints them; the trace has every digit
	FirstIs   string    `json:"-"`
	source    string
}

func (s *Site) area(q *request) (View, error) {
	a, ok := q.Areas.ByID(q.arg("id"))
	if !ok {
		return View{}, errNotFound(q.arg("id"))
	}
	v := areaView{ID: a.ID, Name: everyLang(a.Name), Region: regionName(q, a.Region), ISO2: a.ISO2, M49: a.M49}
	for _, group := range area.Groups() {
		if a.InGroup(group) {
			v.Groups = append(v.Groups, message("area."+group))
		}
	}
	if err := v.measure(q); err != nil {
		return View{}, err
	}
	if err := v.parties(q); err != nil {
		return View{}, err
	}
	list, _, err := listCommitments(q, commitment.Filter{Area: a.ID, Limit: 20})
	if err != nil {
		return View{}, err
	}
	if list.Total > 0 {
		v.Commitments = list
		if list.Total > int64(len(list.Rows)) {
			v.Commitments.More = "/commitments?area=" + a.ID
		}
	}
	if v.Money, v.People, err = totalsOf(q, commitment.Scope{Area: a.ID}); err != nil {
		return View{}, err
	}
	table := &Table{Columns: []string{"indicator", "slice", "value", "period", "nature", "first_value", "first_period", "trend"}}
	for _, r := range v.Figures {
		table.Rows = append(table.Rows, []string{r.Indicator.Href[len("/indicators/"):], r.Slice, r.Value, r.Period, r.Nature, r.First, r.FirstOn, r.Trend.Code})
	}
	return View{Page: "area", Title: v.Name, Section: "menu.data", Crumbs: []Link{{message("menu.areas"), "/areas"}},
		Subjects: []string{"area:" + a.ID, "commitments", "parties"}, Data: v, Table: table}, nil
}

func (v *areaView) measure(q *request) error {
	sheet, err := observatory.AreaSheet(q.Tx, v.ID)
	if err != nil {
		return err
	}
	for _, one := range sheet {
		i, ok := q.Pack.Indicator(one.Indicator)
		f, has := one.Figure()
		if !ok || !has {
			continue
		}
		row := sheetRow{Indicator: Link{title(q.Pack, compact.Indicators, i.ID), "/indicators/" + i.ID}, Unit: unitName(i.Unit), Slice: one.Slice,
			Value: f.Value.String(), Period: f.Period.String(), Nature: string(f.Nature), Trace: traceHref(i.ID, v.ID, f.Period.String(), one.Slice), source: i.Source.Name}
		row.Short = f.Value.Fixed(int(i.Decimals))
		years := one.Series.Years()
		row.N = len(years)
		if base, now, ok := trend.Ends(years); ok && base.Year != now.Year {
			row.First, row.FirstOn, row.FirstIs = trend.Print(base.Value), strconv.Itoa(base.Year), base.Value.FloatString(int(i.Decimals))
		}
		if i.Direction != "none" {
			row.Trend = trendState(one.Series.Growth(nil, i.Direction == "down"))
		}
		v.Figures = append(v.Figures, row)
	}
	return nil
}

// trendState is a word about growth since 2015. No target was asked of a single
// area, so the word has no colour: its shape says that nothing is judged.
func trendState(a trend.Answer) stateView {
	return stateView{string(a.Word), message("trend." + string(a.Word)), "none"}
}

// parties lists who has its seat here, and how the State stands to the text.
func (v *areaView) parties(q *request) error {
	page, err := stakeholder.List(q.Tx, stakeholder.Filter{Area: v.ID, Limit: 20, GroupOn: q.Today})
	if err != nil {
		return err
	}
	v.PartyTotal = page.Total
	for _, p := range page.Parties {
		v.Parties = append(v.Parties, newPartyRow(q, p))
	}
	id, ok, err := stakeholder.ByArea(q.Tx, v.ID)
	if err != nil || !ok {
		return err
	}
	v.State = partyHref(id)
	adoptions, err := stakeholder.AdoptionsOf(q.Tx, id)
	for _, a := range adoptions {
		v.Adopted = append(v.Adopted, adoptionView{a.ID, textLink(q.Pack, q.Pack.Adoption.Text), a.On, a.Symbol})
	}
	return err
}
