package mail

import (
	"fmt"
	"net/mail"

	gomail "github.com/wneessen/go-mail"
)

// Sender is who letters are from, and the host that vouches for their ids.
type Sender struct {
	From string // "kept@compact.example.org" or "Name <address>"
	Host string // of the site
}

// Check refuses a sender that cannot be written from.
func (s Sender) Check() error {
	if _, err := mail.ParseAddress(s.From); err != nil || oneLine(s.From) != s.From {
		return fmt.Errorf("%q is no mail address", s.From)
	}
	return nil
}

// letter sets a message as it goes over the wire.
func (s Sender) letter(m Message) (*gomail.Msg, error) {
	from, err := mail.ParseAddress(s.From)
	if err != nil {
		return nil, fmt.Errorf("the sender %q is no mail address", s.From)
	}
	l := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP), gomail.WithNoDefaultUserAgent())
	l.FromMailAddress(from)
	l.ToMailAddress(&mail.Address{Address: m.To})
	l.Subject(oneLine(m.Subject))
	l.SetDateWithValue(m.At.UTC())
	l.SetMessageIDWithValue(m.id() + "@" + s.Host)
	l.SetGenHeader("Content-Language", string(m.Lang))
	l.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no answer by another program
	if m.Unsubscribe != "" {
		l.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+m.Unsubscribe+">")
		l.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	}
	l.SetBodyString(gomail.TypeTextPlain, m.Body)
	return l, nil
}
