package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Letter is a mail that the site writes to one person, in her language.
type Letter struct {
	Key     string // the same key is sent once
	To      string
	Lang    locale.Lang
	Subject string
	Body    string
}

// Post takes letters in the transaction of what they tell of; they are sent later.
type Post func(tx *db.Tx, letters ...Letter) error

// Later takes work that is done after the answer, in the transaction that made it.
// Whoever runs it hands the payload to [Site.Work].
type Later func(tx *db.Tx, kind, key string, payload []byte) error

// signInOpen tells whether people can sign in by a mailed link.
func (s *Site) signInOpen() bool { return s.c.Post != nil && s.c.Later != nil }

// write posts a letter of the catalogue, "mail.KEY.subject" and "mail.KEY.body",
// with the name of the compact and the address of the site at its foot. Wordings
// among the parameters are said in the reader's language.
func (q *request) write(tx *db.Tx, to account.Contact, key, letter string, args ...any) error {
	s := q.Site
	if s.c.Post == nil || to.Mail == "" {
		return nil
	}
	args = append(args, "compact", title(q.Pack, "compact", q.Pack.ID), "address", s.c.Base+"/"+string(to.Lang)+"/")
	body := textOf(phrase("mail."+letter+".body", args...), to.Lang) + "\n\n" + textOf(phrase("mail.foot", args...), to.Lang)
	return s.c.Post(tx, Letter{Key: key + " " + to.ID, To: to.Mail, Lang: to.Lang, Subject: keeper.Line(textOf(phrase("mail."+letter+".subject", args...), to.Lang)), Body: body})
}

// contactOf is an account as the reader of a letter.
func contactOf(w *account.Who) account.Contact {
	return account.Contact{ID: w.ID, Name: w.Name, Mail: w.Mail, Lang: w.Lang}
}

// linkHref is where a link in a letter leads. The base address is configuration.
func (s *Site) linkHref(lang locale.Lang, token string) string {
	return s.c.Base + "/" + string(lang) + "/link/" + token
}

// network is where a request comes from, as coarse as limits need it: a /24 or a
// /48. Behind a proxy on this machine it is what the proxy saw.
func network(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return ""
	}
	if a.Unmap().IsLoopback() {
		seen := r.Header.Values("X-Forwarded-For")
		if len(seen) > 0 {
			list := strings.Split(seen[len(seen)-1], ",")
			if b, err := netip.ParseAddr(strings.TrimSpace(list[len(list)-1])); err == nil {
				a = b
			}
		}
	}
	bits := 24
	if a = a.Unmap(); a.Is6() {
		bits = 48
	}
	p, err := a.WithZone("").Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}
