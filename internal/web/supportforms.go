package web

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// supportForm asks for support or offers it: on its own, for a commitment, or as the
// answer to what another party asked or offered.
func (s *Site) supportForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		if err := q.prefillSupport(); err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("form.support.lead"), Button: message("form.support.button"), Back: "/support",
			Hidden: []hiddenField{{"commitment", q.FormValue("commitment")}, {"answers", q.FormValue("answers")}}}
		party := q.field("party", "select", true)
		party.Label = message("field.support_party")
		var err error
		party.Options, err = q.partyOptions(q.FormValue("party"), func(p stakeholder.Party) bool { return !p.Stated() && q.mayActFor(p.ID) == nil })
		if err != nil {
			return View{}, nil, err
		}
		sides := []string{commitment.Requested, commitment.Offered}
		items, areas := q.field("items", "several", true), q.field("areas", "several", false).help("form.support.areas")
		items.Label, areas.Label = message("commitment.field.items"), message("commitment.field.areas")
		for _, i := range q.Pack.Asking(q.Pack.Settings.InForce) {
			items.Options = append(items.Options, choice{i.ID, prefixed(i.ID, title(q.Pack, compact.Items, i.ID)), slices.Contains(q.chosen("items"), i.ID)})
		}
		for _, a := range q.Areas.Sorted(q.lang()) {
			areas.Options = append(areas.Options, choice{a.ID, everyLang(a.Name), slices.Contains(q.chosen("areas"), a.ID)})
		}
		items.Kind, areas.Kind = severalOf(items.Options), severalOf(areas.Options)
		size := q.field("size", "decimal", false)
		size.Label = message("field.support_size")
		unit := q.field("unit", "suggest", false).help("form.support.unit")
		for _, u := range commitment.UnitsOf(q.Pack) {
			unit.Options = append(unit.Options, choice{u, unitName(u), false})
		}
		f.Fields = []formField{party,
			q.field("side", "select", true).from(options(sides, q.FormValue("side"), func(c string) Text { return message("support.side." + c) })),
			q.field("kind", "select", true).from(options(commitment.SupportKinds, q.FormValue("kind"), func(c string) Text { return message("support.kind." + c) })),
			q.field("title", "line", true), q.field("text", "text", true).help("form.support.text"), items, areas, size, unit,
			q.field("until", "date", true).help("form.support.until")}
		f.Fields[2].Label = message("field.support_kind")
		return View{Title: message("form.support.title"), Section: "menu.commitments", Crumbs: []Link{{message("support.title"), "/support"}}}, f, nil
	}
	return formHandler{make: make, submit: s.submitSupport}
}

// chosen are the codes of a field of which several can be chosen.
func (q *request) chosen(name string) []string {
	return strings.FieldsFunc(strings.Join(q.Form[name], ","), func(r rune) bool { return r == ',' || r == ' ' })
}

// prefillSupport takes over what the reader came from: another party's request or
// offer, which hers answers, or a commitment.
func (q *request) prefillSupport() error {
	if q.FormValue("token") != "" { // sent already: what she typed stands
		return nil
	}
	if id, err := strconv.ParseInt(q.FormValue("answers"), 10, 64); err == nil {
		h, err := commitment.GetHelp(q.Tx, id)
		if err != nil {
			return err
		}
		side := commitment.Offered
		if h.Side == commitment.Offered {
			side = commitment.Requested
		}
		for name, value := range map[string]string{"side": side, "kind": h.Kind, "items": strings.Join(h.Items, ","), "areas": strings.Join(h.Areas, ","), "size": h.Size, "unit": h.Unit, "until": h.Until} {
			q.Form.Set(name, value)
		}
	}
	if id, err := strconv.ParseInt(q.FormValue("commitment"), 10, 64); err == nil {
		c, err := commitment.Get(q.Tx, id, q.Today)
		if err != nil {
			return err
		}
		q.Form.Set("items", strings.Join(c.Facts.Items, ","))
		q.Form.Set("areas", strings.Join(c.Facts.Areas, ","))
		if q.FormValue("party") == "" {
			q.Form.Set("party", strconv.FormatInt(c.Party, 10))
		}
	}
	return nil
}

func (s *Site) submitSupport(q *request) (string, error) {
	party, err := strconv.ParseInt(q.PostFormValue("party"), 10, 64)
	if err != nil {
		return "", locale.Field("party", locale.E("err.form.support_party"))
	}
	kind := commitment.KindRequested
	if q.PostFormValue("side") == commitment.Offered {
		kind = commitment.KindOffered
	}
	f := commitment.Support{Party: party, Lang: string(q.lang()), Kind: q.PostFormValue("kind"), Items: q.chosen("items"), Areas: q.chosen("areas"),
		Unit: keeper.Line(q.PostFormValue("unit")), Until: keeper.Line(q.PostFormValue("until"))}
	if f.Size, err = commitment.TypedNumber(string(q.lang()), keeper.Line(q.PostFormValue("size"))); err != nil {
		return "", locale.Field("size", err)
	}
	f.Commitment, _ = strconv.ParseInt(q.PostFormValue("commitment"), 10, 64) // none where the form names none
	f.Answers, _ = strconv.ParseInt(q.PostFormValue("answers"), 10, 64)
	words := map[string]string{}
	if title := keeper.Line(q.PostFormValue("title")); title != "" {
		words["title."+f.Lang] = title
	}
	if text := keeper.Prose(q.PostFormValue("text")); text != "" {
		words["text."+f.Lang] = text
	}
	by, _ := q.actor(party)
	made := func(out []keeper.Result) string { return supportHref(out[0].Index) }
	return s.publish(q, party, q.formKey(), made, keeper.Act{Kind: kind, By: by, Facts: f, Words: words})
}

// closeSupportForm ends a request or an offer.
func (s *Site) closeSupportForm() formHandler {
	open := func(q *request, tx *db.Tx) (commitment.Help, error) {
		id, err := q.number("id")
		if err != nil {
			return commitment.Help{}, err
		}
		h, err := commitment.GetHelp(tx, id)
		if err == nil {
			err = q.mayActFor(h.Party)
		}
		return h, err
	}
	make := func(q *request) (View, *formPage, error) {
		h, err := open(q, q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("form.support_close.lead"), Button: message("form.support_close.button"), Back: supportHref(h.ID), Fields: []formField{
			q.field("outcome", "select", true).from(options(commitment.SupportOutcomes, q.FormValue("outcome"), func(c string) Text { return message("support.outcome." + c) })),
			q.field("note", "text", false)}}
		return View{Title: message("form.support_close.title"), Section: "menu.commitments", Crumbs: []Link{{message("support.title"), "/support"}, {summaryText(h.Text, "title"), supportHref(h.ID)}}}, f, nil
	}
	submit := func(q *request) (string, error) {
		var h commitment.Help
		err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
			h, err = open(q, tx)
			return err
		})
		if err != nil {
			return "", err
		}
		by, _ := q.actor(h.Party)
		return s.publish(q, h.Party, q.formKey(), back(supportHref(h.ID)),
			keeper.Act{Kind: commitment.KindClosed, By: by, Facts: commitment.Closed{Support: h.ID, Outcome: q.PostFormValue("outcome")}, Words: q.inWords("note")})
	}
	return formHandler{make: make, submit: submit}
}
