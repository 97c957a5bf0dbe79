package web

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// amendPartyForm is where a party changes what the registry says of it. It comes filled
// in with what stands, and names the version that was read: if somebody changes the
// data meanwhile, it comes back with what she typed and says so.
func (s *Site) amendPartyForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		p, err := q.partyOf(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		words, err := stakeholder.StandingWords(q.Tx, p)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("form.partydata.lead"), Button: message("form.partydata.button"), Back: partyHref(p.ID),
			Hidden: []hiddenField{{"version", q.typedOr("version", strconv.FormatInt(p.Version, 10))}}, Fields: q.amendFields(p, words)}
		if p.Parent != 0 {
			names, err := stakeholder.NamesOf(q.Tx, p.Parent)
			if err != nil {
				return View{}, nil, err
			}
			name, _ := names[p.Parent].In(q.lang())
			f.Advice = []Text{message("form.partydata.parent", "name", name, "id", strconv.FormatInt(p.Parent, 10))}
		}
		return View{Title: message("form.partydata.title"), Section: "menu.parties", Crumbs: partyCrumbs(p)}, f, nil
	}
	return formHandler{may: (*request).mayDraftForID, make: make, submit: s.submitAmendment}
}

// mayDraftForID is mayDraftFor for the party that the address names.
func (q *request) mayDraftForID() error {
	id, err := q.number("id")
	if err != nil {
		return err
	}
	return q.mayDraftFor(id)
}

// typedOr is what was sent, or, before anything was, what stands.
func (q *request) typedOr(name, standing string) string {
	if len(q.PostForm["version"]) > 0 {
		return q.PostFormValue(name)
	}
	return standing
}

// chosenOr likewise for fields of several values.
func (q *request) chosenOr(name string, standing []string) []string {
	if len(q.PostForm["version"]) > 0 {
		return q.PostForm[name]
	}
	return standing
}

// textPart is the part of a text that the form shows: the reader's language, or the
// one in which the text stands.
func textPart(words map[string]string, name string, lang locale.Lang) string {
	for _, l := range []string{string(lang), "und", "en"} {
		if words[name+"."+l] != "" {
			return name + "." + l
		}
	}
	parts := []string{}
	for part := range words {
		if strings.HasPrefix(part, name+".") {
			parts = append(parts, part)
		}
	}
	if len(parts) > 0 {
		return slices.Min(parts)
	}
	return name + "." + string(lang)
}

func (q *request) amendFields(p stakeholder.Party, words map[string]string) []formField {
	line := func(name, kind, standing string, required bool) formField {
		f := q.field(name, kind, required)
		f.Value = q.typedOr(name, standing)
		return f
	}
	var fields []formField
	if p.Kind != stakeholder.KindState {
		fields = append(fields, line("name", "line", words[textPart(words, "name", q.lang())], true), line("acronym", "line", words["acronym.und"], false))
		if q.Who.Is(account.RoleSecretariat) {
			kind := line("kind", "select", p.Kind, true)
			fields = append(fields, kind.from(options(q.Pack.PartyKinds, kind.Value, partyKind)))
		}
		size, area := line("size", "select", p.Size, p.Kind == stakeholder.KindPrivate), line("area", "select", p.Area, false)
		fields = append(fields, size.from(options(stakeholder.Sizes, size.Value, func(c string) Text { return message("size." + c) })), area.from(q.areaOptions(area.Value)),
			line("parent", "decimal", number(p.Parent), false).help("field.parent.help"))
	}
	active := q.field("active", "", false)
	standing := q.chosenOr("active", p.Active)
	for _, a := range q.Areas.Sorted(q.lang()) {
		active.Options = append(active.Options, choice{a.ID, areaName(q.Areas, a.ID), slices.Contains(standing, a.ID)})
	}
	active.Kind = severalOf(active.Options)
	led := q.field("led_by", "many", false).help("field.led_by.help")
	ledBy := q.chosenOr("led_by", p.LedBy)
	for _, code := range stakeholder.Leaders {
		led.Options = append(led.Options, choice{code, message("balance.led_by." + code), slices.Contains(ledBy, code)})
	}
	return append(fields, active, line("languages", "line", strings.Join(p.Languages, " "), false).help("field.languages.help"),
		line("web", "line", words["web.und"], false).help("field.web.help"), line("purpose", "text", words[textPart(words, "purpose", q.lang())], false), led,
		line("reason", "text", "", false).help("field.amend_reason.help"))
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func (s *Site) submitAmendment(q *request) (string, error) {
	var p stakeholder.Party
	var words map[string]string
	err := s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) {
		if p, err = q.partyOf(tx); err == nil {
			words, err = stakeholder.StandingWords(tx, p)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	facts, err := q.amendment(p)
	if err != nil {
		return "", err
	}
	words["web.und"] = q.PostFormValue("web")
	words[textPart(words, "purpose", q.lang())] = q.PostFormValue("purpose")
	words["reason."+string(q.lang())] = q.PostFormValue("reason")
	if p.Kind != stakeholder.KindState {
		words[textPart(words, "name", q.lang())] = q.PostFormValue("name")
		words["acronym.und"] = q.PostFormValue("acronym")
	}
	by, _ := q.actor(p.ID)
	if facts.Kind != p.Kind {
		by = stakeholder.Secretariat
	}
	act := keeper.Act{Kind: stakeholder.KindAmended, By: by, Facts: facts, Words: stakeholder.Clean(stakeholder.KindAmended, words)}
	return s.publish(q, p.ID, q.formKey(), back(partyHref(p.ID)), act)
}

// amendment reads the facts that were sent.
func (q *request) amendment(p stakeholder.Party) (f stakeholder.Amended, err error) {
	f = stakeholder.Amended{Party: p.ID, Registered: stakeholder.Standing(p)}
	if f.Version, err = strconv.ParseInt(q.PostFormValue("version"), 10, 64); err != nil {
		return f, locale.Field("version", locale.E("err.form.broken"))
	}
	f.Active, f.LedBy, f.Languages = q.PostForm["active"], q.PostForm["led_by"], strings.Fields(strings.ToLower(q.PostFormValue("languages")))
	if p.Kind == stakeholder.KindState {
		return f, nil
	}
	f.Size, f.Area, f.Parent = q.PostFormValue("size"), q.PostFormValue("area"), 0
	if kind := q.PostFormValue("kind"); kind != "" && q.Who.Is(account.RoleSecretariat) {
		f.Kind = kind
	}
	if parent := keeper.Line(q.PostFormValue("parent")); parent != "" {
		if f.Parent, err = strconv.ParseInt(parent, 10, 64); err != nil || f.Parent <= 0 {
			return f, locale.Field("parent", locale.E("err.party.unknown", "id", parent))
		}
	}
	return f, nil
}

// representForm is where an association says whom it speaks for, or ends saying so.
func (s *Site) representForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		p, err := q.partyOf(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		open, err := openRepresentation(q.Tx, p.ID)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path, Lead: message("form.represent.lead"), Button: message("form.represent.button"), Back: partyHref(p.ID), Fields: []formField{
			q.field("members", "line", false).help("field.members.help"), q.field("member_number", "decimal", false).help("field.member_number.help"),
			q.field("source", "line", false), q.field("source_url", "line", false).help("field.web.help"), q.field("on", "date", true)}}
		if open != 0 {
			f.Lead, f.Button, f.Fields = message("form.represent.end"), message("form.represent.end_button"), []formField{q.field("on", "date", true)}
		}
		return View{Title: message("form.represent.title"), Section: "menu.parties", Crumbs: partyCrumbs(p)}, f, nil
	}
	return formHandler{may: (*request).mayDraftForID, make: make, submit: s.submitRepresentation}
}

// openRepresentation is the declaration of an association that holds; 0 when none does.
func openRepresentation(tx *db.Tx, association int64) (int64, error) {
	list, err := stakeholder.Representations(tx, association)
	for _, r := range list {
		if r.Association == association && r.EndedOn == "" {
			return r.ID, nil
		}
	}
	return 0, err
}

func (s *Site) submitRepresentation(q *request) (string, error) {
	id, err := q.number("id")
	if err != nil {
		return "", err
	}
	var open int64
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) (err error) { open, err = openRepresentation(tx, id); return err })
	if err != nil {
		return "", err
	}
	by, _ := q.actor(id)
	on := keeper.Line(q.PostFormValue("on"))
	act := keeper.Act{Kind: stakeholder.KindEnded, By: by, Facts: stakeholder.Ended{Representation: open, On: on}}
	if open == 0 {
		facts := stakeholder.Declared{Association: id, On: on}
		for _, field := range strings.Fields(strings.ReplaceAll(q.PostFormValue("members"), ",", " ")) {
			n, err := strconv.ParseInt(strings.TrimPrefix(field, "#"), 10, 64)
			if err != nil {
				return "", locale.Field("members", locale.E("err.party.unknown", "id", field))
			}
			facts.Members = append(facts.Members, n)
		}
		if number := keeper.Line(q.PostFormValue("member_number")); number != "" {
			if facts.Number, err = strconv.ParseInt(number, 10, 64); err != nil {
				return "", locale.Field("member_number", locale.E("err.representation.number", "n", len(facts.Members)))
			}
		}
		act = keeper.Act{Kind: stakeholder.KindDeclared, By: by, Facts: facts, Words: stakeholder.Clean(stakeholder.KindDeclared,
			map[string]string{"source." + string(q.lang()): q.PostFormValue("source"), "url.und": q.PostFormValue("source_url")})}
	}
	return s.publish(q, id, q.formKey(), back(partyHref(id)), act)
}
