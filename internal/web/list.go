package web

import (
	"io"
	"net/url"
	"strconv"
	"strings"

	"kept/internal/compact"
	"kept/internal/compact/fold"
	"kept/internal/locale"
)

// once names what stands beside every page of a list alike (see [db.Once]).
type once string

// perPage is how many rows a page of a long list shows.
const perPage = 50

// mostRows is how many rows of a list from the record are read at once, for a sum or a calendar.
const mostRows = 10000

// wholeList reads page after page of a list, from its beginning, up to mostRows.
func wholeList[T any](read func(after string) (rows []T, next string, err error)) ([]T, error) {
	var all []T
	after := ""
	for {
		rows, next, err := read(after)
		if err != nil {
			return nil, err
		}
		if all = append(all, rows...); next == "" || len(all) >= mostRows {
			return all[:min(len(all), mostRows)], nil
		}
		after = next
	}
}

// streamCSV is the table of a list that is read page after page, from its beginning
// to its end, while it is written: nobody holds it whole. table makes rows of a page.
func streamCSV[T any](table func([]T) *Table, read func(after string) (rows []T, next string, err error)) *Table {
	t := table(nil)
	after, ended := "", false
	t.More = func() ([][]string, error) {
		if ended {
			return nil, io.EOF
		}
		rows, next, err := read(after)
		after, ended = next, next == ""
		return table(rows).Rows, err
	}
	return t
}

// listPage says which part of a list stands on the page; its addresses are
// relative, so that they keep the language.
type listPage struct {
	Total int    `json:"total"`
	From  int    `json:"-"` // first row shown, counted from 1
	To    int    `json:"-"`
	Prev  string `json:"-"`
	Next  string `json:"-"`
}

// paged cuts the page that the reader asks for out of a list. Programs get the whole list.
func paged[T any](q *request, list []T, asked url.Values) ([]T, listPage) {
	return pagedBy(q, list, asked, perPage)
}

// pagedBy is paged with so many rows to a page.
func pagedBy[T any](q *request, list []T, asked url.Values, perPage int) ([]T, listPage) {
	page := listPage{Total: len(list), From: 1, To: len(list)}
	if len(list) <= perPage || q.forProgram() {
		return list, page
	}
	last := (len(list) - 1) / perPage
	n, _ := strconv.Atoi(asked.Get("page"))
	n = min(max(n-1, 0), last)
	page.From, page.To = n*perPage+1, min((n+1)*perPage, len(list))
	if n > 0 {
		page.Prev = pageAddress(asked, n)
	}
	if n < last {
		page.Next = pageAddress(asked, n+2)
	}
	return list[page.From-1 : page.To], page
}

func pageAddress(asked url.Values, n int) string {
	to := url.Values{}
	for k, v := range asked {
		to[k] = v
	}
	to.Set("page", strconv.Itoa(n))
	return "?" + to.Encode()
}

// holds tells whether folded words stand in any of the wordings; no words stand everywhere.
func holds(words string, texts ...Text) bool {
	if words == "" {
		return true
	}
	for _, t := range texts {
		for _, text := range t {
			if strings.Contains(fold.Text(text), words) {
				return true
			}
		}
	}
	return false
}

// partRow is a part of the pack in a list: its code, where its page stands, its title.
type partRow struct {
	ID    string `json:"id"`
	Href  string `json:"href"`
	Title Text   `json:"title"`
}

// partRows are the parts of these ids, whatever they are.
func partRows(p *compact.Pack, ids []string) []partRow {
	var rows []partRow
	for _, id := range ids {
		if section, ok := p.Section(id); ok {
			rows = append(rows, partRow{id, addressOf(section, id), title(p, section, id)})
		}
	}
	return rows
}

// inForceFirst parts items into those of the text in force and those of earlier texts.
func inForceFirst(p *compact.Pack, ids []string) (inForce, earlier []partRow) {
	var now, before []string
	for _, id := range ids {
		if p.ItemInForce(id) {
			now = append(now, id)
		} else {
			before = append(before, id)
		}
	}
	return partRows(p, now), partRows(p, before)
}

// coded is the word of a code that packs may extend: the message, else the code itself.
func coded(prefix, code string) Text {
	if locale.English.Has(prefix + code) {
		return message(prefix + code)
	}
	return same(code)
}

// phrase makes a Text of a catalogue key whose parameters may be wordings themselves.
func phrase(key string, args ...any) Text {
	t := make(Text, len(locale.Langs))
	for _, l := range locale.Langs {
		in := make([]any, len(args))
		for i, a := range args {
			if wording, ok := a.(Text); ok {
				a, _ = wording.In(l)
			}
			in[i] = a
		}
		t[l] = l.T(key, in...)
	}
	return t
}

// quantity writes a number of the pack with its unit, and how exact it is:
// "more than 1,000,000,000 people".
func quantity(value, bound, unit string) Text {
	t := make(Text, len(locale.Langs))
	n, _ := strconv.ParseInt(value, 10, 64)
	for _, l := range locale.Langs {
		number := l.Number(value)
		if locale.English.Has("quantity." + unit) {
			t[l] = l.T("quantity."+unit, "n", n, "value", number)
		} else {
			t[l] = strings.TrimSpace(number + " " + unit)
		}
		if bound != "" {
			t[l] = l.T("quantity.bound."+bound, "quantity", t[l])
		}
	}
	return t
}

// earlierOn is the date of the earlier text that a proposal stands in; "" when the pack has none.
func earlierOn(p *compact.Pack) string {
	for _, t := range p.Texts {
		if t.ID != p.InForce {
			return t.On
		}
	}
	return ""
}

// dayText is a date as each language writes it.
func dayText(date string) Text {
	return everyLang(func(l locale.Lang) string { return l.Date(date) })
}
