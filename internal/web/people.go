package web

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// Who does what: the people of a party, looked after by its main focal point and
// the secretariat; and the roles of the compact, given by operators.

// postLife is how long the offer of a post stands.
const postLife = 14 * 24 * time.Hour

func peopleHref(party int64) string { return "/desk/parties/" + strconv.FormatInt(party, 10) }

// mayManage refuses who may not look after the people of the party in the address.
func (q *request) mayManage() error {
	id, err := q.number("id")
	if err != nil {
		return err
	}
	if q.Who.Is(account.RoleSecretariat) || q.Who.Holds(id, account.AsMain) {
		return nil
	}
	return keeper.Refuse(keeper.ErrForbidden, locale.E("err.may.manage"))
}

// postsOffered are the posts that she may offer at a party: the main focal point
// looks after the others, the secretariat after all.
func (q *request) postsOffered() []string {
	if q.Who.Is(account.RoleSecretariat) {
		return account.AllPosts
	}
	return []string{account.AsAlternate, account.AsDrafter, account.AsValidator}
}

func (s *Site) partyPeopleForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		p, err := q.partyOf(q.Tx)
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: "/" + string(q.lang()) + peopleHref(p.ID), Lead: message("people.party.lead"), Button: message("people.invite"), Back: "/desk", Fields: []formField{
			q.field("mail", "mail", true), q.field("name", "line", false),
			q.field("as", "select", true).from(options(q.postsOffered(), q.FormValue("as"), postName)),
			q.field("lang", "select", true).from(langOptions(firstOf(q.FormValue("lang"), string(q.lang()))))}}
		contacts, err := account.Contacts(q.Tx, p.ID)
		if err != nil {
			return View{}, nil, err
		}
		list := panel{Title: message("people.party.list"), Empty: message("people.party.none")}
		for _, c := range contacts {
			row := personRow(c.Name, c.Mail, postName(c.As))
			if c.ID != q.Who.ID && q.mayRelieve(c.As) {
				row.Actions = []panelAction{{message("people.relieve"), peopleHref(p.ID) + "/relieve", []hiddenField{{"account", c.ID}, {"as", c.As}}}}
			}
			list.Rows = append(list.Rows, row)
		}
		list.Links = handOverLinks(q, p.ID)
		f.Panels = []panel{list}
		return View{Title: phrase("people.party.title", "party", partyName(p.Names)), Crumbs: draftCrumbs()}, f, nil
	}
	return formHandler{may: (*request).mayManage, make: make, submit: s.invite}
}

// personRow is a person in a list; an address that mixes look-alike letters says so.
func personRow(name, mail string, notes ...Text) panelRow {
	row := panelRow{Title: same(firstOf(name, mail)), Notes: append([]Text{same(mail)}, notes...)}
	if account.Mixed(name) || account.Mixed(mail) {
		row.Notes = append(row.Notes, message("people.mixed"))
	}
	return row
}

func firstOf(some ...string) string {
	for _, s := range some {
		if s != "" {
			return s
		}
	}
	return ""
}

// heldGrant is a post, or a role, that waits for a second person.
type heldGrant struct {
	Account string       `json:"account"`
	Post    string       `json:"post,omitempty"`
	Role    account.Role `json:"role,omitempty"`
}

// needsSecond tells whether the offer of a post waits for the secretariat. Who acts
// for a State is not for one person to say, and who drafts for it is the other one of
// two; nor who stands beside a validating authority.
func (q *request) needsSecond(tx *db.Tx, p stakeholder.Party, post account.Post) (bool, error) {
	if q.Who.Is(account.RoleSecretariat) || p.Kind == stakeholder.KindState {
		return !q.Who.Is(account.RoleSecretariat), nil
	}
	contacts, err := account.Contacts(tx, p.ID)
	return post.As == account.AsValidator && slices.ContainsFunc(contacts, func(c account.Contact) bool { return c.As == account.AsValidator }), err
}

// mayRelieve tells whether she may end a post: a validating authority is ended by the
// secretariat, not by those whom it is there to check.
func (q *request) mayRelieve(as string) bool {
	return slices.Contains(q.postsOffered(), as) && (as != account.AsValidator || q.Who.Is(account.RoleSecretariat))
}

// invite offers a post, or puts the offer before the secretariat.
func (s *Site) invite(q *request) (string, error) {
	party, err := q.number("id")
	if err != nil {
		return "", err
	}
	post := account.Post{Party: party, As: q.PostFormValue("as")}
	if !slices.Contains(q.postsOffered(), post.As) {
		return "", locale.Field("as", locale.E("err.account.post", "value", post.As))
	}
	lang := locale.Lang(q.PostFormValue("lang"))
	if !locale.Known(string(lang)) {
		lang = q.lang()
	}
	return peopleHref(party), s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
		p, err := stakeholder.ByID(tx, party)
		if err != nil {
			return err
		}
		id, err := account.Add(tx, q.Now, q.PostFormValue("mail"), q.PostFormValue("name"), lang)
		if err != nil {
			return err
		}
		second, err := q.needsSecond(tx, p, post)
		if err != nil {
			return err
		}
		if second {
			return q.hold(tx, account.Pending{Kind: account.HeldPost, Party: party, Back: peopleHref(party)}, heldGrant{Account: id, Post: postObject(post)})
		}
		return q.offer(tx, id, post, partyName(p.Names))
	})
}

// hold puts a grant before a second person.
func (q *request) hold(tx *db.Tx, p account.Pending, g heldGrant) (err error) {
	if p.Payload, err = json.Marshal(g); err != nil {
		return err
	}
	p.By, p.About = q.Who.ID, g.Account
	id, err := account.Hold(tx, q.Now, q.formKey(), p)
	if err != nil {
		return err
	}
	return account.Note(tx, q.Now, q.Who, p.Kind+".held", id)
}

// offer posts the link to a post.
func (q *request) offer(tx *db.Tx, id string, post account.Post, party Text) error {
	who, err := account.Get(tx, id)
	if err != nil {
		return err
	}
	token, err := account.NewLink(tx, q.Now, account.Link{Purpose: purposePost, Account: id, Object: postObject(post), Life: postLife})
	if err != nil {
		return err
	}
	if err := account.Note(tx, q.Now, q.Who, "post.offered", postObject(post, id)); err != nil {
		return err
	}
	return q.write(tx, contactOf(who), keeper.NewKey(), "invite", "link", q.Site.linkHref(who.Lang, token), "party", party, "post", postName(post.As), "days", int(postLife/(24*time.Hour)))
}

// relieveForm ends somebody's post.
func (s *Site) relieveForm() formHandler {
	submit := func(q *request) (string, error) {
		party, err := q.number("id")
		if err != nil {
			return "", err
		}
		post := account.Post{Party: party, As: q.PostFormValue("as")}
		if !slices.Contains(q.postsOffered(), post.As) {
			return "", locale.E("err.account.post", "value", post.As)
		}
		if !q.mayRelieve(post.As) {
			return "", q.must(account.RoleSecretariat)
		}
		return peopleHref(party), s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
			if err := account.Note(tx, q.Now, q.Who, "post.ended", postObject(post, q.PostFormValue("account"))); err != nil {
				return err
			}
			return account.Relieve(tx, q.PostFormValue("account"), post)
		})
	}
	return formHandler{may: (*request).mayManage, make: s.partyPeopleForm().make, submit: submit}
}

// handOverLinks lead to the forms by which she hands over her own posts.
func handOverLinks(q *request, party int64) []Link {
	var out []Link
	for _, p := range q.Who.Posts {
		if p.Party == party {
			out = append(out, Link{phrase("people.hand_over.post", "post", postName(p.As)), peopleHref(party) + "/hand-over?as=" + p.As})
		}
	}
	return out
}

// handOverForm hands a post of her own over to a successor, by a mailed link. It is
// hers until the successor takes it.
func (s *Site) handOverForm() formHandler {
	may := func(q *request) error {
		party, err := q.number("id")
		if err == nil && !slices.ContainsFunc(q.Who.Posts, func(p account.Post) bool { return p.Party == party }) {
			err = keeper.Refuse(keeper.ErrForbidden, locale.E("err.may.party"))
		}
		return err
	}
	make := func(q *request) (View, *formPage, error) {
		party, err := q.number("id")
		if err != nil {
			return View{}, nil, err
		}
		var hers []string
		for _, p := range q.Who.Posts {
			if p.Party == party {
				hers = append(hers, p.As)
			}
		}
		f := &formPage{Action: q.URL.Path, Lead: message("people.hand_over.lead", "days", int(postLife/(24*time.Hour))), Button: message("people.hand_over.button"), Back: peopleHref(party), Fields: []formField{
			q.field("as", "select", true).from(options(hers, q.FormValue("as"), postName)),
			q.field("mail", "mail", true), q.field("name", "line", false),
			q.field("lang", "select", true).from(langOptions(firstOf(q.FormValue("lang"), string(q.lang()))))}}
		return View{Title: message("people.hand_over"), Crumbs: draftCrumbs()}, f, nil
	}
	return formHandler{may: may, make: make, submit: s.handOver}
}

func (s *Site) handOver(q *request) (string, error) {
	party, err := q.number("id")
	if err != nil {
		return "", err
	}
	post := account.Post{Party: party, As: q.PostFormValue("as")}
	if !q.Who.Holds(party, post.As) {
		return "", locale.Field("as", locale.E("err.account.post", "value", post.As))
	}
	if strings.EqualFold(strings.TrimSpace(q.PostFormValue("mail")), q.Who.Mail) {
		return "", locale.Field("mail", locale.E("err.people.yourself"))
	}
	lang := locale.Lang(q.PostFormValue("lang"))
	if !locale.Known(string(lang)) {
		lang = q.lang()
	}
	return "/desk", s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
		names, err := stakeholder.NamesOf(tx, party)
		if err != nil {
			return err
		}
		id, err := account.Add(tx, q.Now, q.PostFormValue("mail"), q.PostFormValue("name"), lang)
		if err != nil {
			return err
		}
		who, err := account.Get(tx, id)
		if err != nil {
			return err
		}
		token, err := account.NewLink(tx, q.Now, account.Link{Purpose: purposeHandOver, Account: id, Object: postObject(post, q.Who.ID), Life: postLife})
		if err != nil {
			return err
		}
		if err := account.Note(tx, q.Now, q.Who, "post.hand_over", postObject(post, id)); err != nil {
			return err
		}
		if err := q.tellContacts(tx, party, who.ID, "hand_over", keeper.NewKey(), "post", postName(post.As)); err != nil {
			return err
		}
		return q.write(tx, contactOf(who), keeper.NewKey(), "invite", "link", s.linkHref(who.Lang, token), "party", partyName(names[party]), "post", postName(post.As), "days", int(postLife/(24*time.Hour)))
	})
}

// peopleForm lists the accounts and gives roles. A role is given by an operator
// whose sign-in is strong, else by two operators.
func (s *Site) peopleForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		f := &formPage{Action: "/" + string(q.lang()) + "/desk/people", Lead: message("people.lead"), Back: "/desk"}
		if q.Who.Is(account.RoleOperator) {
			f.Button = message("people.grant")
			f.Fields = []formField{q.field("mail", "mail", true), q.field("name", "line", false),
				q.field("grant", "select", true).from(options(roleNames(), q.FormValue("grant"), func(r string) Text { return message("role." + r) }))}
			if !q.Who.Strong {
				f.Advice = []Text{message("people.second")}
			}
		}
		accounts, err := account.List(q.Tx, q.FormValue("after"), peopleShown)
		if err != nil {
			return View{}, nil, err
		}
		var ids []int64
		for _, a := range accounts {
			ids = append(ids, a.Parties()...)
		}
		names, err := stakeholder.NamesOf(q.Tx, ids...)
		if err != nil {
			return View{}, nil, err
		}
		list := panel{Title: message("people.list"), Empty: message("people.none")}
		for _, a := range accounts {
			list.Rows = append(list.Rows, accountRow(q, a, names))
		}
		if len(accounts) == peopleShown {
			list.Links = []Link{{message("desk.next"), "/desk/people?after=" + url.QueryEscape(accounts[len(accounts)-1].Mail)}}
		}
		f.Panels = []panel{list}
		return View{Title: message("people.title"), Crumbs: draftCrumbs()}, f, nil
	}
	return formHandler{may: mustBe(account.RoleSecretariat), make: make, submit: s.grantRole}
}

const peopleShown = 100

func roleNames() []string {
	var out []string
	for _, r := range account.Roles {
		out = append(out, string(r))
	}
	return out
}

func accountRow(q *request, a account.Account, names map[int64]stakeholder.Names) panelRow {
	row := personRow(a.Name, a.Mail)
	if a.Revoked != "" {
		row.Notes = append(row.Notes, message("people.revoked"))
	}
	for _, p := range a.Posts {
		row.Notes = append(row.Notes, phrase("people.post", "post", postName(p.As), "party", partyName(names[p.Party])))
	}
	for _, r := range a.Roles {
		row.Notes = append(row.Notes, message("role."+string(r)))
		if q.Who.Is(account.RoleOperator) && a.ID != q.Who.ID {
			row.Actions = append(row.Actions, panelAction{phrase("people.ungrant", "role", message("role."+string(r))), "/desk/people/ungrant", []hiddenField{{"account", a.ID}, {"role", string(r)}}})
		}
	}
	return row
}

func (s *Site) grantRole(q *request) (string, error) {
	if err := q.must(account.RoleOperator); err != nil {
		return "", err
	}
	role := account.Role(q.PostFormValue("grant"))
	if !slices.Contains(account.Roles, role) {
		return "", locale.Field("grant", locale.E("err.account.role", "value", string(role)))
	}
	return "/desk/people", s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
		id, err := account.Add(tx, q.Now, q.PostFormValue("mail"), q.PostFormValue("name"), q.lang())
		if err != nil {
			return err
		}
		if !q.Who.Strong {
			return q.hold(tx, account.Pending{Kind: account.HeldRole, Party: account.NoParty, Back: "/desk/people"}, heldGrant{Account: id, Role: role})
		}
		return q.grant(tx, q.Who, id, role)
	})
}

// grant gives a role and tells who got it.
func (q *request) grant(tx *db.Tx, by *account.Who, id string, role account.Role) error {
	who, err := account.Get(tx, id)
	if err != nil {
		return err
	}
	if err := account.Grant(tx, q.Now, id, role); err != nil {
		return err
	}
	if err := account.Note(tx, q.Now, by, "role.granted", id+" "+string(role)); err != nil {
		return err
	}
	return q.write(tx, contactOf(who), keeper.NewKey(), "role", "role", message("role."+string(role)))
}

// ungrantForm takes a role away.
func (s *Site) ungrantForm() formHandler {
	submit := func(q *request) (string, error) {
		id, role := q.PostFormValue("account"), account.Role(q.PostFormValue("role"))
		if id == q.Who.ID {
			return "", locale.E("err.people.yourself")
		}
		return "/desk/people", s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
			if err := account.Note(tx, q.Now, q.Who, "role.taken", id+" "+string(role)); err != nil {
				return err
			}
			return account.Ungrant(tx, id, role)
		})
	}
	return formHandler{may: mustBe(account.RoleOperator), make: s.peopleForm().make, submit: submit}
}
