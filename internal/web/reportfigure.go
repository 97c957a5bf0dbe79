package web

import (
	"strconv"
	"strings"

	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report"
)

// figureRow is a figure of a report with what leads back to where it comes from.
type figureRow struct {
	ID        string `json:"figure"`
	Label     Text   `json:"label"`
	Href      string `json:"href"`
	Value     string `json:"value,omitempty"`
	Word      Text   `json:"word,omitempty"` // of a code
	Unit      string `json:"unit,omitempty"`
	Why       string `json:"why,omitempty"`
	WhyIs     Text   `json:"why_is,omitempty"`
	Method    string `json:"method"`
	Round     string `json:"round,omitempty"`
	Year      string `json:"year,omitempty"`
	Count     int64  `json:"records"`
	Corrected string `json:"corrected_to,omitempty"`
}

// Sign is what stands after a number.
func (f figureRow) Sign() string {
	if f.Unit == "percent" {
		return "%"
	}
	if len(f.Unit) == 3 && strings.ToUpper(f.Unit) == f.Unit {
		return f.Unit
	}
	return ""
}

func (p *reported) figureHref(id string) string { return periodHref(p.ID) + "/figures/" + id }

func figureLabel(q *request, id string) Text {
	return everyLang(func(l locale.Lang) string { return report.Label(q.Pack, id, l) })
}

func whyNot(why string) Text {
	return everyLang(func(l locale.Lang) string { return report.WhyNot(why, l) })
}

// corrected is what errata say that a figure is; "" where none does.
func (p *reported) corrected(figure string) (value string) {
	for _, e := range p.Errata {
		if e.Figure == figure {
			value = e.New
		}
	}
	return value
}

// recordsOf is how many entries are behind a figure.
func recordsOf(f report.Figure) int64 {
	if f.RecordsCount > 0 {
		return f.RecordsCount
	}
	return int64(len(f.Records))
}

func (p *reported) figureRow(q *request, f report.Figure) figureRow {
	row := figureRow{ID: f.ID, Label: figureLabel(q, f.ID), Href: p.figureHref(f.ID), Value: f.Value, Unit: f.Unit, Why: f.Why, Method: f.Method, Round: f.Round, Year: f.Year,
		Count: recordsOf(f), Corrected: p.corrected(f.ID)}
	row.Word = valueWord(f)
	if f.Why != "" {
		row.WhyIs = whyNot(f.Why)
	}
	return row
}

// tracedRecord is an entry behind a figure.
type tracedRecord struct {
	ID   int64  `json:"id"`
	Href string `json:"href"`
	Kind Text   `json:"kind"`
	On   string `json:"on"`
}

type periodFigureView struct {
	periodHead
	figureRow
	listPage
	Query    string         `json:"query,omitempty"`
	Then     string         `json:"query_then,omitempty"` // the list as it stood at the release
	Listed   string         `json:"records_sha256,omitempty"`
	Rows     []tracedRecord `json:"entries,omitempty"`
	Source   Link           `json:"source,omitzero"`
	Released string         `json:"source_released,omitempty"`
	Nature   Text           `json:"nature,omitempty"`
	Snapshot string         `json:"snapshot,omitempty"`
	Entry    int64          `json:"entry,omitempty"`
	Put      []erratumView  `json:"errata,omitempty"`

	publisher, nature string // of a figure of the observatory, for who cites it
}

// periodFigure is one figure: the rule that made it, what was counted, the entries behind it.
func (s *Site) periodFigure(q *request) (View, error) {
	p, err := s.reported(q)
	if err != nil {
		return View{}, err
	}
	f, ok := p.Figures.Figure(q.arg("figure"))
	if !ok {
		return View{}, errNotFound(q.URL.Path)
	}
	asked := q.query("page")
	v := periodFigureView{periodHead: p.head(q), figureRow: p.figureRow(q, f), Query: f.Query, Listed: f.RecordsDigest, Released: f.Release, Snapshot: f.Snapshot, Entry: f.Entry}
	v.Then = p.queryThen(f.Query)
	if f.Nature != "" {
		v.Nature = coded("nature.", f.Nature)
	}
	if f.Indicator != "" {
		v.Source = Link{figureLabel(q, f.ID), "/indicators/" + f.Indicator}
		if i, ok := q.Pack.Indicator(f.Indicator); ok {
			v.publisher, v.nature = i.Source.Name, f.Nature
		}
	}
	if v.Rows, err = tracedRecords(q, f.Records); err != nil {
		return View{}, err
	}
	table := &Table{Columns: []string{"entry", "kind", "on"}}
	for _, r := range v.Rows {
		table.Rows = append(table.Rows, []string{strconv.FormatInt(r.ID, 10), english(r.Kind), r.On})
	}
	v.Rows, v.listPage = paged(q, v.Rows, asked)
	if v.Put, err = p.errata(q, func(e report.Erratum) bool { return e.Figure == f.ID }); err != nil {
		return View{}, err
	}
	out := p.view(q, "periodfigure", v.Label, v, table)
	out.Robots = filtered(asked)
	return out, nil
}

// queryThen is the address of what was counted: of the report's day, with the
// record as it stood at the release.
func (p *reported) queryThen(query string) string {
	if query == "" || p.Release == 0 {
		return ""
	}
	sign := "?"
	if strings.Contains(query, "?") {
		sign = "&"
	}
	return query + sign + "as-of=" + p.Date + "." + strconv.FormatInt(p.ReleaseSize, 10)
}

// tracedRecords names entries by their kind and day.
func tracedRecords(q *request, ids []int64) (out []tracedRecord, err error) {
	for _, id := range ids {
		e, err := keeper.ReadEntry(q.Tx, id)
		if err != nil {
			return nil, err
		}
		row := tracedRecord{ID: id, Href: "/record/entries/" + strconv.FormatInt(id, 10), Kind: kindName(e.Kind), On: e.On()}
		if made := madeBy(e); made != "" {
			row.Href = made
		}
		out = append(out, row)
	}
	return out, nil
}

// valueWord is the word of a value that is a code; nil of a number.
func valueWord(f report.Figure) Text {
	if f.Value == "" || f.Unit != "code" {
		return nil
	}
	return coded("balance.word.", f.Value)
}
