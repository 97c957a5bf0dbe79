package observatory

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"kept/internal/compact/area"
	"kept/internal/locale"
)

// worldBankWorld is the Bank's code of the whole world.
const worldBankWorld = "WLD"

// ParseWorldBank reads the answers of the World Bank's API, version 2, to one
// question: every page, in order, together or one by one. Numbers are taken from
// the JSON text and never pass through a float. The Bank answers errors with
// status 200 and a message; that is an error here. So is a page that is missing,
// or a number of rows other than the total that the answer itself states: half
// an answer would look like a thousand withdrawn values.
func ParseWorldBank(m Mapping, areas *area.Set, pages ...[]byte) (Parsed, error) {
	if m.World == "" {
		m.World = worldBankWorld
	}
	a := &worldBankAnswer{collector: newCollector(m, areas)}
	for _, page := range pages {
		if err := a.read(page); err != nil {
			return Parsed{}, err
		}
	}
	if a.pages == 0 {
		return Parsed{}, locale.E("err.data.empty")
	}
	if a.pages != a.wantPages || a.parsed.Counts.Rows != a.wantRows {
		return Parsed{}, locale.E("err.data.paging", "pages", a.pages, "want_pages", a.wantPages,
			"rows", a.parsed.Counts.Rows, "want_rows", a.wantRows)
	}
	return a.finish(), nil
}

type worldBankAnswer struct {
	*collector
	pages, wantPages, wantRows int
}

// worldBankHead is the first element of a page. The numbers come bare or in quotes.
type worldBankHead struct {
	Page    json.Number `json:"page"`
	Pages   json.Number `json:"pages"`
	Total   json.Number `json:"total"`
	Updated string      `json:"lastupdated"`
	Message []struct {
		ID    string `json:"id"`
		Key   string `json:"key"`
		Value string `json:"value"`
	} `json:"message"`
}

type worldBankRow struct {
	Indicator struct {
		ID string `json:"id"`
	} `json:"indicator"`
	Country struct {
		ID    string `json:"id"`
		Value string `json:"value"`
	} `json:"country"`
	ISO3     string          `json:"countryiso3code"`
	Date     string          `json:"date"`
	Value    json.RawMessage `json:"value"`
	Unit     string          `json:"unit"`
	Status   string          `json:"obs_status"`
	Footnote string          `json:"footnote"`
}

// read takes all answers in a text, one after another.
func (a *worldBankAnswer) read(text []byte) error {
	if markup := bytes.TrimSpace(text); len(markup) > 0 && markup[0] == '<' {
		return locale.E("err.data.markup")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	return worldBankPages(decoder, a.head, func() error {
		var row worldBankRow
		if err := decoder.Decode(&row); err != nil {
			return err
		}
		a.parsed.Counts.Rows++
		a.parsed.Counts.Cells++
		a.row(row, a.parsed.Counts.Rows)
		return a.bounded()
	})
}

// worldBankPages walks over answers of the shape [head, [row, …]] or [head, null].
// row is called where a row begins and decodes it.
func worldBankPages(decoder *json.Decoder, head func(worldBankHead) error, row func() error) error {
	for {
		start, err := decoder.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil || start != json.Delim('[') {
			return broken(decoder, err)
		}
		if err := worldBankPage(decoder, head, row); err != nil {
			return broken(decoder, err)
		}
	}
}

func worldBankPage(decoder *json.Decoder, head func(worldBankHead) error, row func() error) error {
	var h worldBankHead
	if err := decoder.Decode(&h); err != nil {
		return err
	}
	if err := head(h); err != nil {
		return err
	}
	list, err := decoder.Token()
	if err != nil || list != nil && list != json.Delim('[') {
		return broken(decoder, err)
	}
	for list != nil && decoder.More() {
		if err := row(); err != nil {
			return err
		}
	}
	for ends := 0; ends < 2; ends++ {
		if list == nil && ends == 0 {
			continue // null has no end
		}
		if end, err := decoder.Token(); err != nil || end != json.Delim(']') {
			return broken(decoder, err)
		}
	}
	return nil
}

// broken says where an answer stops being one. An error for readers stays as it is.
func broken(decoder *json.Decoder, err error) error {
	if _, ours := locale.All(err); ours {
		return err
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return locale.E("err.data.json_truncated", "offset", decoder.InputOffset())
	}
	return locale.E("err.data.worldbank_shape", "offset", decoder.InputOffset())
}

// head checks a page against the pages before it.
func (a *worldBankAnswer) head(h worldBankHead) error {
	if len(h.Message) > 0 {
		m := h.Message[0]
		return locale.E("err.data.worldbank_message", "id", shorten(m.ID, 20), "message", shorten(m.Key+": "+m.Value, 300))
	}
	page, pages, total := whole(h.Page), whole(h.Pages), whole(h.Total)
	a.pages++
	if a.pages == 1 {
		a.wantPages, a.wantRows, a.parsed.Updated = pages, total, h.Updated
	}
	if page != a.pages || pages != a.wantPages || total != a.wantRows || h.Updated != a.parsed.Updated {
		return locale.E("err.data.paging_mixed", "page", page, "place", a.pages)
	}
	return nil
}

func whole(n json.Number) int {
	i, err := n.Int64()
	if err != nil || i < 0 || i > MaxRows {
		return -1
	}
	return int(i)
}

// row takes one row. A null is kept as an observation without a value: the Bank
// knows the area and the year, and has nothing to say of them.
func (a *worldBankAnswer) row(row worldBankRow, at int) {
	if a.m.Series != "" && row.Indicator.ID != a.m.Series {
		a.bad(at, "indicator", "problem.series", "got", row.Indicator.ID, "want", a.m.Series)
		return
	}
	period, ok := ParsePeriod(row.Date)
	if !ok {
		a.bad(at, "date", "problem.period", "text", row.Date)
		return
	}
	o := Observation{Line: at, Period: period, Label: line(row.Country.Value), Attributes: Attributes{
		Nature: natures[strings.ToUpper(a.m.FixedNature)], Status: line(row.Status), Unit: line(row.Unit), Note: line(row.Footnote),
	}}
	scheme, code := "iso3", row.ISO3
	if code == "" {
		scheme, code = "iso2", row.Country.ID
	}
	if code == "" {
		a.bad(at, "countryiso3code", "problem.area_empty")
		return
	}
	if !a.named(&o, "countryiso3code", scheme, code) {
		a.parsed.Counts.Bad++
		return
	}
	text := string(row.Value)
	if text == "null" || text == "" {
		a.add(o)
		return
	}
	if a.future(period) {
		a.bad(at, "date", "problem.future", "text", row.Date, "until", a.m.Until)
		return
	}
	if a.number(at, "value", strings.Trim(text, `"`), &o) {
		a.add(o)
	}
}
