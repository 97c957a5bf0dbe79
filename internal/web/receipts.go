package web

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"kept/internal/locale"
	"kept/internal/person"
)

// A person's receipt is found by its code alone, by whoever has it. Its pages are
// like forms: never cached, and about nobody who signed in.

// receiptsForm asks for a code.
func (s *Site) receiptsForm() formHandler {
	return formHandler{open: true, make: func(q *request) (View, *formPage, error) {
		f := &formPage{Action: q.URL.Path, Button: message("person.find"), Lead: message("person.find_lead"), Fields: []formField{
			{Name: "code", Kind: "line", Label: message("person.code"), Required: true, Value: q.FormValue("code")}}}
		return View{Title: message("person.title")}, f, nil
	}, submit: func(q *request) (string, error) {
		code := strings.ToUpper(strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '2' && r <= '7' {
				return r
			}
			return -1
		}, q.PostFormValue("code")))
		if code == "" {
			return "", locale.Field("code", locale.E("err.person.no_receipt"))
		}
		return "/receipts/" + code, nil
	}}
}

// receiptForm shows what became of what was sent.
func (s *Site) receiptForm() formHandler {
	return formHandler{open: true, make: func(q *request) (View, *formPage, error) {
		row, err := person.ByCode(q.Tx, q.arg("code"))
		if err != nil {
			return View{}, nil, err
		}
		state := message("person.state." + row.State)
		f := &formPage{Lead: message("person.lead"), Summary: []factView{
			{message("person.code"), same(q.arg("code")), nil}, {message("person.day"), dayText(row.Day), nil}, {message("person.state"), state, refusedFor(row)}}}
		if len(row.Parts) > 0 && !row.Summary {
			f.Panels = append(f.Panels, panel{Title: message("person.digests"), Lead: message("person.digests_what"), Rows: receiptRows(row)})
		}
		if row.State == person.Published {
			entry := strconv.FormatInt(row.Entry, 10)
			f.Links = []Link{{message("person.entry"), "/record/entries/" + entry}}
		}
		return View{Title: message("person.title")}, f, nil
	}, submit: func(q *request) (string, error) { return "/receipts/" + q.arg("code"), nil }}
}

func refusedFor(row person.Row) Text {
	if row.State != person.Refused {
		return nil
	}
	return message("person.refused." + row.Reason)
}

// receiptRows are the salted digests that the entry will hold.
func receiptRows(row person.Row) (rows []panelRow) {
	for _, part := range slices.Sorted(maps.Keys(row.Parts)) {
		p := row.Parts[part]
		rows = append(rows, panelRow{Title: same(part), Notes: []Text{same(p.Text),
			prefixedBy("person.digest", p.Digest.String()), prefixedBy("person.salt", p.Salt.String())}})
	}
	return rows
}

// prefixedBy is a word and a code after it.
func prefixedBy(key, code string) Text {
	t := message(key)
	for l := range t {
		t[l] += " " + code
	}
	return t
}
