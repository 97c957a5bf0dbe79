package web

import (
	"errors"
	"strconv"
	"strings"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// A link in a letter leads here: a page that says what it does, with one button.
// Opening the page uses nothing up. A link that opens nothing says so, and how to
// get one that does.

// purposes of links besides signing in.
const (
	purposePost     = "post"     // object: PARTY POST
	purposeHandOver = "handover" // object: PARTY POST ACCOUNT-THAT-LEAVES
	purposeQuestion = "question" // object: the question
)

func (s *Site) linkForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		l, err := account.OpenLink(q.Tx, q.Now, q.arg("token"))
		if errors.Is(err, account.ErrLink) {
			return s.deadLink(q, err)
		}
		if err != nil {
			return View{}, nil, err
		}
		f := &formPage{Action: q.URL.Path}
		switch l.Purpose {
		case account.SignIn:
			f.Lead, f.Button = message("link.signin.lead"), message("link.signin.button")
			return View{Title: message("signin.title")}, f, nil
		case purposePost, purposeHandOver:
			return q.offeredPost(l, f)
		case purposeQuestion:
			return s.askedQuestion(q, l, f)
		}
		return View{}, nil, errNotFound(q.URL.Path)
	}
	return formHandler{open: true, make: make, submit: s.useLink}
}

// deadLink is the page of a link that opens nothing.
func (s *Site) deadLink(q *request, err error) (View, *formPage, error) {
	es, _ := locale.All(err)
	f := &formPage{Lead: everyLang(func(l locale.Lang) string { return es[0].In(l) })}
	if s.signInOpen() {
		f.Panels = []panel{{Title: message("link.new"), Lead: message("link.new.why"), Links: []Link{{message("signin.title"), "/sign-in"}}}}
	}
	return View{Title: message("link.dead"), Status: statusOf(err)}, f, nil
}

// useLink uses a link up and does what it is for, both or neither.
func (s *Site) useLink(q *request) (to string, err error) {
	err = s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error {
		l, err := account.OpenLink(tx, q.Now, q.arg("token"))
		if err != nil {
			return err
		}
		if l.Purpose == purposeQuestion { // a refused answer leaves the link as it is
			if to, err = s.takeAnswer(q, tx, l); err != nil {
				return err
			}
		}
		if l, err = account.UseLink(tx, q.Now, q.arg("token")); err != nil {
			return err
		}
		switch l.Purpose {
		case account.SignIn:
			if to = local(l.Object); to == "" {
				to = "/desk"
			}
			return q.signIn(tx, l.Account, false)
		case purposePost, purposeHandOver:
			to = "/desk"
			return q.takePost(tx, l)
		}
		return nil
	})
	return to, err
}

// postObject writes and reads what a link to a post opens.
func postObject(p account.Post, more ...string) string {
	return strings.Join(append([]string{strconv.FormatInt(p.Party, 10), p.As}, more...), " ")
}

func parsePost(object string) (p account.Post, more []string, err error) {
	parts := strings.Fields(object)
	if len(parts) < 2 {
		return p, nil, keeper.Refuse(account.ErrLink, locale.E("err.link.unknown"))
	}
	p.Party, err = strconv.ParseInt(parts[0], 10, 64)
	p.As = parts[1]
	return p, parts[2:], err
}

// offeredPost shows which post a link offers at which party.
func (q *request) offeredPost(l account.Link, f *formPage) (View, *formPage, error) {
	p, _, err := parsePost(l.Object)
	if err != nil {
		return View{}, nil, err
	}
	party, err := stakeholder.ByID(q.Tx, p.Party)
	if err != nil {
		return View{}, nil, err
	}
	f.Lead = phrase("link.post.lead", "party", partyName(party.Names), "post", postName(p.As))
	f.Button = message("link.post.button")
	f.Advice = []Text{message("post." + p.As + ".what")}
	return View{Title: message("link.post.title")}, f, nil
}

// takePost gives the post to whoever took it, relieves who handed it over, and
// tells both. The new holder is signed in: the link came by her own mail.
func (q *request) takePost(tx *db.Tx, l account.Link) error {
	p, more, err := parsePost(l.Object)
	if err != nil {
		return err
	}
	who, err := account.Get(tx, l.Account)
	if err != nil {
		return err
	}
	if l.Purpose == purposeHandOver && len(more) == 1 {
		if err := stillHers(tx, p, more[0]); err != nil {
			return err
		}
	}
	if err := account.Appoint(tx, q.Now, l.Account, p); err != nil {
		return err
	}
	if err := account.Note(tx, q.Now, who, "post.taken", postObject(p)); err != nil {
		return err
	}
	if l.Purpose == purposeHandOver && len(more) == 1 {
		if err := q.relieved(tx, p, more[0]); err != nil {
			return err
		}
	}
	if err := q.tellContacts(tx, p.Party, who.ID, "post", keeper.NewKey(), "post", postName(p.As)); err != nil {
		return err
	}
	return q.signIn(tx, l.Account, false)
}

// stillHers refuses a post that whoever handed it over no longer has to give: it was
// taken from her, or her account was, after the link went out.
func stillHers(tx *db.Tx, p account.Post, id string) error {
	who, err := account.Get(tx, id)
	if isNotFound(err) || err == nil && !who.Holds(p.Party, p.As) {
		return keeper.Refuse(account.ErrLink, locale.E("err.link.unknown"))
	}
	return err
}

// relieved ends the post of who handed it over.
func (q *request) relieved(tx *db.Tx, p account.Post, id string) error {
	if err := account.Relieve(tx, id, p); err != nil {
		return err
	}
	who, err := account.Get(tx, id)
	if errors.Is(err, keeper.ErrNotFound) {
		return nil // erased meanwhile
	}
	if err != nil {
		return err
	}
	if err := account.Note(tx, q.Now, who, "post.handed_over", postObject(p)); err != nil {
		return err
	}
	names, err := stakeholder.NamesOf(tx, p.Party)
	if err != nil {
		return err
	}
	return q.write(tx, contactOf(who), keeper.NewKey(), "handed_over", "party", partyName(names[p.Party]), "post", postName(p.As))
}

// postName is the name of a post.
func postName(as string) Text { return message("post." + as) }

// tellContacts writes to everybody with a post at a party but one.
func (q *request) tellContacts(tx *db.Tx, party int64, but, letter, key string, args ...any) error {
	contacts, err := account.Contacts(tx, party)
	if err != nil {
		return err
	}
	names, err := stakeholder.NamesOf(tx, party)
	if err != nil {
		return err
	}
	told := map[string]bool{but: true}
	for _, c := range contacts {
		if told[c.ID] {
			continue
		}
		told[c.ID] = true
		if err := q.write(tx, c, key, letter, append(args, "party", partyName(names[party]))...); err != nil {
			return err
		}
	}
	return nil
}
