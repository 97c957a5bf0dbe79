package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// Whoever may nominate names a person and her address; she is asked by letter, and
// until she agrees nothing is done with it. Where the pack ties nominating to a
// basis, a party with that basis nominates.

// nominationsByNetwork is how many nominations one network can send in an hour.
const nominationsByNetwork = 20

// openCall is the call that takes nominations now.
func (q *request) openCall(tx *db.Tx) (forum.NominationCall, forum.Nominations, forum.Terms, error) {
	call, err := forum.LatestNominations(tx)
	if err == nil && !call.Takes(q.Today) {
		err = keeper.Refuse(keeper.ErrForbidden, locale.E("err.nominee.closed", "until", call.Until))
	}
	if err != nil {
		return call, forum.Nominations{}, forum.Terms{}, err
	}
	opened, err := call.Opened(tx)
	if err != nil {
		return call, opened, forum.Terms{}, err
	}
	terms, err := forum.TermsByID(tx, call.Terms)
	return call, opened, terms, err
}

// nominateForm takes a nomination.
func (s *Site) nominateForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		v := View{Title: message("group.nominate")}
		_, opened, _, err := q.openCall(q.Tx)
		if es, ok := locale.All(err); ok && !q.posted() {
			return v, &formPage{Lead: everyLang(func(l locale.Lang) string { return es[0].In(l) }), Back: "/advisory-group"}, nil
		}
		if err != nil {
			return v, nil, err
		}
		gated := q.Pack.Gated(stakeholder.RightNominate)
		switch {
		case !s.signInOpen():
			return v, &formPage{Lead: message("err.nominee.no_mail"), Back: "/advisory-group"}, nil
		case gated && q.Who == nil:
			return v, &formPage{Lead: message("group.nominate.gated"), Links: []Link{{message("signin.title"), "/sign-in?to=/advisory-group/nominations/new"}}, Back: "/advisory-group"}, nil
		}
		f := &formPage{Action: q.URL.Path, Lead: message("group.nominate.lead"), Button: message("group.nominate.button"), Back: "/advisory-group", Advice: []Text{message("group.nominate.private")}}
		if q.Who != nil {
			as := q.groupField("as", "select", gated)
			if as.Options, err = q.partyOptions(q.FormValue("as"), func(p stakeholder.Party) bool {
				return q.mayDraftFor(p.ID) == nil && stakeholder.Opens(q.Tx, p.ID, stakeholder.RightNominate) == nil
			}); err != nil {
				return v, nil, err
			}
			f.Fields = append(f.Fields, as)
		}
		f.Fields = append(f.Fields, q.groupField("name", "line", true), q.groupField("mail", "line", true), q.groupField("lang", "select", true).from(langOptions(q.FormValue("lang"))))
		f.Fields = append(f.Fields, q.profileFields(forum.Profile{}, opened, false)...)
		return v, f, nil
	}
	return s.groupOf(formHandler{open: true, make: make, submit: s.submitNomination})
}

// profileFields are the fields of a profile: those that only the person herself can
// answer with whole.
func (q *request) profileFields(p forum.Profile, opened forum.Nominations, whole bool) []formField {
	field := func(name, kind, value string, required bool) formField {
		f := q.groupField(name, kind, required)
		if !q.posted() {
			f.Value = value
		}
		return f
	}
	pick := func(name, value string, codes []string, required bool) formField {
		f := field(name, "select", value, required)
		return f.from(options(codes, f.Value, func(c string) Text { return q.valueName(name, c) }))
	}
	var segments []string
	for _, o := range opened.Seats {
		segments = append(segments, o.Segment)
	}
	area := field("area", "select", p.Area, whole)
	fields := []formField{pick("segment", p.Segment, segments, true), area.from(q.areaOptions(area.Value)), pick("gender", p.Gender, forum.QuotaGenders, false), pick("age", p.Age, forum.Ages, false),
		pick("party_kind", p.Kind, q.Pack.PartyKinds, false), pick("company_size", p.Size, stakeholder.Sizes, false), field("affiliation", "line", p.Affiliation, false),
		field("bio", "text", p.Bio, whole), field("statement", "text", p.Statement, whole), field("expertise", "text", strings.Join(p.Expertise, "\n"), false)}
	if !whole {
		return fields
	}
	fields = append(fields, field("affiliations", "text", p.Affiliations, true), field("languages", "text", strings.Join(p.Languages, "\n"), false), field("conflicts", "text", p.Conflicts, true),
		field("availability", "text", p.Availability, true), field("terms_served", "line", number0(p.Terms), false), field("reserve", "check", yes(p.Reserve), false))
	withheld := q.groupField("withheld", "many", false)
	chosen := p.Withheld
	if q.posted() {
		chosen = q.PostForm["withheld"]
	}
	for _, a := range forum.Attributes(q.Pack) {
		withheld.Options = append(withheld.Options, choice{a.Code, attributeName(a.Code), slices.Contains(chosen, a.Code)})
	}
	return append(fields, withheld)
}

// yes is the value of a box that is ticked.
func yes(ticked bool) string {
	if ticked {
		return "yes"
	}
	return ""
}

// profile reads the fields of a profile.
func (q *request) profile(es *locale.Errors) forum.Profile {
	lines := func(name string) []string {
		return strings.Split(strings.ReplaceAll(q.PostFormValue(name), "\r", ""), "\n")
	}
	value := q.PostFormValue
	p := forum.Profile{Segment: value("segment"), Area: value("area"), Gender: value("gender"), Age: value("age"), Kind: value("party_kind"), Size: value("company_size"), Affiliation: value("affiliation"),
		Affiliations: value("affiliations"), Languages: lines("languages"), Expertise: lines("expertise"), Bio: value("bio"), Statement: value("statement"), Conflicts: value("conflicts"),
		Availability: value("availability"), Terms: q.groupNumber("terms_served", es), Reserve: value("reserve") != ""}
	for _, a := range forum.Attributes(q.Pack) {
		if slices.Contains(q.PostForm["withheld"], a.Code) {
			p.Withheld = append(p.Withheld, a.Code)
		}
	}
	p.Clean()
	return p
}

func (s *Site) submitNomination(q *request) (string, error) {
	var es locale.Errors
	n := forum.Nominee{Name: keeper.Line(q.PostFormValue("name")), Lang: q.PostFormValue("lang"), Profile: q.profile(&es)}
	address, err := account.Address(q.PostFormValue("mail"))
	es.AddField("mail", err)
	if !locale.Known(n.Lang) {
		es.AddField("lang", locale.E("err.web.unknown_language", "lang", keeper.Line(n.Lang)))
	}
	n.Mail = address
	if q.Who != nil && !q.Who.Demo {
		n.Account = q.Who.ID
	}
	if q.PostFormValue("as") != "" || q.Pack.Gated(stakeholder.RightNominate) {
		if q.Who == nil {
			return "", keeper.Refuse(keeper.ErrForbidden, locale.E("group.nominate.gated"))
		}
		if n.Party, err = q.chosenParty("as"); err != nil {
			es.Add(err)
		} else if err := q.mayDraftFor(n.Party); err != nil {
			return "", err
		}
	}
	if reason := s.c.Keeper.ReadOnly(); reason != nil {
		return "", reason
	}
	err = s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
		call, opened, terms, err := q.openCall(tx)
		if err != nil {
			return err
		}
		if n.Party != 0 {
			if err := stakeholder.Opens(tx, n.Party, stakeholder.RightNominate); err != nil {
				return locale.Field("as", err)
			}
		}
		es.Add(n.Check(q.Pack, opened, terms, false))
		if err := es.Err(); err != nil {
			return err
		}
		if ok, err := account.Try(tx, q.Now, "nominate "+network(q.Request), nominationsByNetwork); err != nil || !ok {
			return errors.Join(err, tooMany(ok))
		}
		n.Call = call.ID
		id, token, err := forum.Nominate(tx, q.Now, n)
		if err != nil {
			return err
		}
		n.ID = id
		by, err := q.nominatorOf(tx, n)
		if err != nil {
			return err
		}
		return q.tellNominee(tx, n, "nominated", token, "by", by, "until", dayText(call.Until))
	})
	return "/advisory-group/nominations/sent", err
}

// nominatorOf says who nominated.
func (q *request) nominatorOf(tx *db.Tx, n forum.Nominee) (Text, error) {
	if n.Party == 0 {
		return message("group.nominate.somebody"), nil
	}
	names, err := stakeholder.NamesOf(tx, n.Party)
	return partyName(names[n.Party]), err
}

// tellNominee writes to a nominee, with the link to her own page.
func (q *request) tellNominee(tx *db.Tx, n forum.Nominee, letter, token string, args ...any) error {
	href := q.Site.c.Base + "/" + n.Lang + "/advisory-group/nominee/" + token
	return q.write(tx, account.Contact{ID: n.ID, Name: n.Name, Mail: n.Mail, Lang: locale.Lang(n.Lang)}, letter+" "+strconv.FormatInt(n.Call, 10)+" "+keeper.NewKey(), "group_"+letter,
		append(args, "name", n.Name, "link", href)...)
}

// nominatedForm says that the letter is on its way.
func (s *Site) nominatedForm() formHandler {
	return s.groupOf(formHandler{open: true, make: func(q *request) (View, *formPage, error) {
		return View{Title: message("group.nominate.sent")}, &formPage{Lead: message("group.nominate.sent_lead"), Back: "/advisory-group", Links: []Link{{message("group.title"), "/advisory-group"}}}, nil
	}, submit: func(*request) (string, error) { return "/advisory-group", nil }})
}
