package web

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/account"
	"kept/internal/compact"
	"kept/internal/compact/fold"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// actor is whom an act of this site is by: the party itself where somebody with a
// post there acts, or drafts what another one approves (in a sample compact, the holder of the secret link too), else
// the secretariat, and the party is a fact.
func (q *request) actor(party int64) (by string, fact int64) {
	if q.Who.DraftsFor(party) {
		return strconv.FormatInt(party, 10), 0
	}
	return stakeholder.Secretariat, party
}

// options makes the choices of a select from codes.
func options(codes []string, chosen string, name func(string) Text) []choice {
	out := make([]choice, len(codes))
	for i, c := range codes {
		out[i] = choice{c, name(c), c == chosen}
	}
	return out
}

func (q *request) field(name, kind string, required bool) formField {
	return formField{Name: name, Kind: kind, Label: message("field." + name), Required: required, Value: q.FormValue(name)}
}

func (f formField) help(key string) formField { f.Help = message(key); return f }

func (f formField) from(options []choice) formField { f.Options = options; return f }

// areaOptions lists the pack's areas in the reader's order.
func (q *request) areaOptions(chosen string) []choice {
	var out []choice
	for _, a := range q.Areas.Sorted(q.lang()) {
		out = append(out, choice{a.ID, areaName(q.Areas, a.ID), a.ID == chosen})
	}
	return out
}

// registerForm enters a party. States come with the adoption, so they are not offered.
func (s *Site) registerForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		var kinds []string
		for _, k := range q.Pack.PartyKinds {
			if k != stakeholder.KindState {
				kinds = append(kinds, k)
			}
		}
		f := &formPage{Action: q.URL.Path, Lead: message("form.party.lead"), Button: message("form.party.button"), Back: "/stakeholders", Fields: []formField{
			q.field("name", "line", true),
			q.input("lookalike", "check", false, "form.party.lookalike"),
			q.field("acronym", "line", false),
			q.field("kind", "select", true).from(options(kinds, q.FormValue("kind"), partyKind)),
			q.field("size", "select", false).from(options(stakeholder.Sizes, q.FormValue("size"), func(c string) Text { return message("size." + c) })).help("field.size.help"),
			q.field("area", "select", false).from(q.areaOptions(q.FormValue("area"))),
			q.field("web", "line", false).help("field.web.help"),
			q.field("purpose", "text", false),
		}}
		return View{Title: message("form.party.title"), Section: "menu.parties", Crumbs: []Link{{message("menu.parties"), "/stakeholders"}}}, f, nil
	}
	submit := func(q *request) (string, error) {
		if err := q.checkLookalike(); err != nil {
			return "", err
		}
		words := stakeholder.Clean(stakeholder.KindRegistered, map[string]string{
			"name." + string(q.lang()): q.FormValue("name"), "acronym.und": q.FormValue("acronym"), "web.und": q.FormValue("web"),
			"purpose." + string(q.lang()): q.FormValue("purpose")})
		facts := stakeholder.Registered{Kind: q.FormValue("kind"), Area: q.FormValue("area"), Size: q.FormValue("size")}
		out, err := s.submit(q, q.formKey(), keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat, Facts: facts, Words: words})
		if err != nil {
			return "", err
		}
		return partyHref(out[0].Index), nil
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: submit}
}

// checkLookalike asks whoever registers a party to confirm a name whose letters may
// pass for others.
func (q *request) checkLookalike() error {
	found := fold.Lookalikes(keeper.Line(q.PostFormValue("name")))
	if len(found) == 0 || q.PostFormValue("lookalike") != "" {
		return nil
	}
	return locale.Field("name", locale.E("err.party.lookalike", "words", strings.Join(found, ", ")))
}

// endorseForm is a party's endorsement of the text in force.
func (s *Site) endorseForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		id, err := q.number("id")
		if err != nil {
			return View{}, nil, err
		}
		p, err := stakeholder.ByID(q.Tx, id)
		if err != nil {
			return View{}, nil, err
		}
		_, loaded, err := compact.LoadedText(q.Tx, q.Pack.InForce, q.lang())
		if err != nil {
			return View{}, nil, err
		}
		lead := phrase("form.endorse.lead", "text", title(q.Pack, compact.Texts, q.Pack.InForce))
		if !loaded {
			lead = message("form.endorse.lead_not_loaded")
		}
		f := &formPage{Action: q.URL.Path, Lead: lead, Button: message("form.endorse.button"), Back: partyHref(id), Fields: q.endorsementFields()}
		return View{Title: message("form.endorse.title"), Section: "menu.parties", Crumbs: []Link{{message("menu.parties"), "/stakeholders"}, {partyName(p.Names), partyHref(id)}}}, f, nil
	}
	return formHandler{may: (*request).mayActForID, make: make, submit: s.submitEndorsement}
}

func (s *Site) submitEndorsement(q *request) (string, error) {
	id, err := q.number("id")
	if err != nil {
		return "", err
	}
	by, fact := q.actor(id)
	digest, err := s.wordsRead(q)
	if err != nil {
		return "", err
	}
	facts, words := q.endorsement(digest)
	facts.Party = fact
	return s.publish(q, id, q.formKey(), back(partyHref(id)), keeper.Act{Kind: stakeholder.KindGiven, By: by, Facts: facts, Words: stakeholder.Clean(stakeholder.KindGiven, words)})
}

// endorsementFields are what an endorsement asks, whether given here or claimed.
func (q *request) endorsementFields() []formField {
	supports := q.field("supports", "many", false).help("form.endorse.supports")
	for _, i := range q.Pack.ItemsOf(q.Pack.InForce) {
		if i.Kind == compact.KindObjective {
			supports.Options = append(supports.Options, choice{i.ID, prefixed(i.ID, title(q.Pack, compact.Items, i.ID)), slices.Contains(q.Form["supports"], i.ID)})
		}
	}
	states := func(c string) Text { return message("activity." + c) }
	return []formField{
		q.field("endorses_vision", "check", true), q.field("endorses_principles", "check", true), supports,
		{Name: "activities.0.title", Kind: "line", Label: message("field.activity"), Help: message("form.endorse.activity"), Value: q.FormValue("activities.0.title")},
		{Name: "activities.0.state", Kind: "select", Label: message("field.activity_state"), Required: true, Options: options([]string{"under-way", "planned"}, q.FormValue("activities.0.state"), states)},
		{Name: "no_activity_reason", Kind: "text", Label: message("field.no_activity_reason"), Value: q.FormValue("no_activity_reason")},
		q.field("alignment", "text", false), q.field("role", "line", true).help("field.role.help"),
	}
}

// endorsement reads the sent fields of an endorsement of the text in force.
func (q *request) endorsement(digest string) (stakeholder.Given, map[string]string) {
	lang := string(q.lang())
	words := map[string]string{"alignment." + lang: q.FormValue("alignment"), "role." + lang: q.FormValue("role")}
	facts := stakeholder.Given{Text: q.Pack.InForce, Language: lang, Digest: digest, Vision: q.FormValue("endorses_vision") != "",
		Principles: q.FormValue("endorses_principles") != "", Supports: q.Form["supports"]}
	if keeper.Line(q.FormValue("activities.0.title")) != "" {
		facts.Activities = []stakeholder.Activity{{State: q.FormValue("activities.0.state")}}
		words["activities.0.title."+lang] = q.FormValue("activities.0.title")
	} else {
		words["no_activity_reason."+lang] = q.FormValue("no_activity_reason")
	}
	return facts, words
}

// wordsRead is the digest of the official words in the reader's language, "" where none are loaded.
func (s *Site) wordsRead(q *request) (digest string, err error) {
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
		l, loaded, err := compact.LoadedText(tx, q.Pack.InForce, q.lang())
		if loaded {
			digest = l.Split.String()
		}
		return err
	})
	return digest, err
}
