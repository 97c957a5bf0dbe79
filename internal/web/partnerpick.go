package web

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/commitment"
	"kept/internal/compact/fold"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// The partners of a commitment are typed by name or by number. A name that one
// party goes by becomes its number; where several may be meant, the form comes back
// with them to choose from, and a name that nobody goes by says how to look.

// partnersField is the field that they are typed into.
const partnersField = "partners"

// mostCandidates are offered for one name; who means another types more of it.
const mostCandidates = 10

// typedName is a name that was typed, with the parties that it may mean.
type typedName struct {
	at         int // its place among the partners
	of         commitment.TypedPartner
	candidates []stakeholder.Party
}

// pick is the field that asks which party is meant.
func (t typedName) pick() string { return "partners.pick." + strconv.Itoa(t.at) }

// readPartners finds out whom a list of partners names: what is certain becomes a
// number, and the rest is given beside it. A choice that was made counts for the
// name that it was asked about.
func (q *request) readPartners(text string) (string, []typedName, error) {
	list := commitment.TypedPartners(text)
	var open []typedName
	for i := range list {
		if list[i].Party != 0 {
			continue
		}
		found, sure, err := q.partiesCalled(list[i].Name)
		if err != nil {
			return "", nil, err
		}
		t := typedName{i, list[i], found}
		chosen := q.PostFormValue(t.pick())
		switch {
		case sure:
			list[i].Party = found[0].ID
		case q.PostFormValue(t.pick()+".of") == list[i].Name && slices.ContainsFunc(found, func(p stakeholder.Party) bool { return strconv.FormatInt(p.ID, 10) == chosen }):
			list[i].Party, _ = strconv.ParseInt(chosen, 10, 64)
		default:
			open = append(open, t)
		}
	}
	kept := make([]string, len(list))
	for i, p := range list {
		kept[i] = p.String()
	}
	return strings.Join(kept, "; "), open, nil
}

// partiesCalled are the parties that a name may mean; sure tells that exactly one
// goes by it, in any language, or by its acronym.
func (q *request) partiesCalled(name string) (found []stakeholder.Party, sure bool, err error) {
	if fold.Text(name) == "" {
		return nil, false, nil
	}
	page, err := stakeholder.List(q.Tx, stakeholder.Filter{Query: name, Lang: q.lang(), GroupOn: q.Today, Limit: 200})
	if err != nil {
		return nil, false, err
	}
	var exact []stakeholder.Party
	for _, p := range page.Parties {
		if goesBy(p.Names, fold.Text(name)) {
			exact = append(exact, p)
		}
	}
	if len(exact) == 1 {
		return exact, true, nil
	}
	if len(exact) > 1 {
		return exact[:min(len(exact), mostCandidates)], false, nil
	}
	return page.Parties[:min(len(page.Parties), mostCandidates)], false, nil
}

// goesBy tells whether a party is called exactly this, when case and signs are let go.
func goesBy(n stakeholder.Names, folded string) bool {
	names := append(n.Others(), n.Acronym())
	for _, l := range locale.Langs {
		name, _ := n.In(l)
		names = append(names, name)
	}
	return slices.ContainsFunc(names, func(name string) bool { return fold.Text(name) == folded })
}

// unknownPartners says of each open name what to do, under the field.
func unknownPartners(open []typedName) error {
	var es locale.Errors
	for _, t := range open {
		key := "err.partner.which"
		if len(t.candidates) == 0 {
			key = "err.partner.unknown"
		}
		es.AddField(partnersField, locale.E(key, "name", t.of.Name))
	}
	return es.Err()
}

// pickers adds, behind the field of partners, a choice for each open name.
func (f *formPage) pickers(q *request, open []typedName) {
	at := slices.IndexFunc(f.Fields, func(field formField) bool { return field.Name == partnersField })
	if at < 0 {
		return
	}
	var fields []formField
	for _, t := range open {
		if len(t.candidates) == 0 {
			continue
		}
		field := formField{Name: t.pick(), Kind: "select", Label: phrase("partner.which", "name", same(t.of.Name))}
		for _, p := range t.candidates {
			row := newPartyRow(q, p)
			what := []Text{row.Name, row.KindIs}
			if row.AreaIs != nil {
				what = append(what, row.AreaIs)
			}
			id := strconv.FormatInt(p.ID, 10)
			what = append(what, message("partner.number", "id", id))
			field.Options = append(field.Options, choice{id, everyLang(func(l locale.Lang) string {
				words := make([]string, len(what))
				for i, w := range what {
					words[i] = textOf(w, l)
				}
				return l.List(words)
			}), false})
		}
		fields = append(fields, field)
		f.Hidden = append(f.Hidden, hiddenField{t.pick() + ".of", t.of.Name})
	}
	f.Fields = slices.Insert(f.Fields, at+1, fields...)
}

// namedPartners writes partners as a reader knows them: each with its name, its
// number behind it, and its share, on a line of its own.
func (q *request) namedPartners(text string) (string, error) {
	list := commitment.TypedPartners(text)
	var ids []int64
	for _, p := range list {
		ids = append(ids, p.Party)
	}
	names, err := stakeholder.NamesOf(q.Tx, ids...)
	if err != nil {
		return "", err
	}
	lines := make([]string, len(list))
	for i, p := range list {
		lines[i] = p.Name
		if p.Party != 0 {
			lines[i] = strconv.FormatInt(p.Party, 10)
			if n, ok := names[p.Party]; ok {
				name, _ := n.In(q.lang())
				lines[i] = plainName.Replace(name) + " (" + lines[i] + ")"
			}
		}
		if p.Share != "" {
			lines[i] += ": " + p.Share
		}
	}
	return strings.Join(lines, "\n"), nil
}

// plainName takes out of a name what parts partners.
var plainName = strings.NewReplacer(";", ",", "；", "，", "؛", "،", "\n", " ")
