package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"kept/internal/job"
)

// sendWithin is how long one letter may take.
const sendWithin = 60 * time.Second

// SMTP hands letters to a mail server.
type SMTP struct {
	Sender
	host     string
	user     string
	password string
	options  []gomail.Option
}

// NewSMTP reads the server's address: smtp://USER@HOST:PORT with STARTTLS (587
// unless given), smtps://USER@HOST:PORT with TLS from the start (465). Without TLS
// (smtp://HOST:25?tls=none) no password is sent, and the server has to be this
// machine. The password is no part of the address: addresses stand in lists of
// processes and in logs.
func NewSMTP(address, password string, from Sender) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Path != "" && u.Path != "/" {
		return nil, errors.New("the mail server is given as smtp://USER@HOST:PORT or smtps://USER@HOST:PORT")
	}
	if _, given := u.User.Password(); given {
		return nil, errors.New("the mail server's password does not belong into its address; give it in a file or in the environment")
	}
	s := &SMTP{Sender: from, host: u.Hostname(), user: u.User.Username(), password: password,
		options: []gomail.Option{gomail.WithTimeout(sendWithin), gomail.WithHELO(from.Host)}}
	if err := s.secure(u); err != nil {
		return nil, err
	}
	if port := u.Port(); port != "" {
		n, err := strconv.Atoi(port)
		if err != nil {
			return nil, fmt.Errorf("the mail server's port %q is no number", port)
		}
		s.options = append(s.options, gomail.WithPort(n))
	}
	if s.user != "" {
		if password == "" {
			return nil, errors.New("the mail server has a user and no password; give it in a file or in the environment")
		}
		s.options = append(s.options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.user), gomail.WithPassword(password))
	}
	_, err = gomail.NewClient(s.host, s.options...)
	return s, err
}

// secure chooses how the connection is protected.
func (s *SMTP) secure(u *url.URL) error {
	tls := u.Query().Get("tls")
	switch {
	case u.Scheme == "smtps" && tls == "":
		s.options = append(s.options, gomail.WithSSLPort(false))
	case u.Scheme == "smtp" && tls == "":
		s.options = append(s.options, gomail.WithTLSPortPolicy(gomail.TLSMandatory))
	case u.Scheme == "smtp" && tls == "none" && s.user == "" && loopback(s.host):
		s.options = append(s.options, gomail.WithTLSPortPolicy(gomail.NoTLS))
	case tls == "none":
		return errors.New("without TLS a mail server has to be on this machine, and gets no password")
	default:
		return errors.New("the mail server is given as smtp://USER@HOST:PORT or smtps://USER@HOST:PORT")
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Carry sends a letter. If we die after the server took it and before that is
// noted, it is sent again under the same Message-ID.
func (s *SMTP) Carry(ctx context.Context, m Message) error {
	l, err := s.letter(m)
	if err != nil {
		return err
	}
	c, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return err
	}
	err = c.DialAndSendWithContext(ctx, l)
	if err == nil || l.IsDelivered() { // what went wrong after the server took it is no matter
		return nil
	}
	told := s.told(err, m)
	var refused *gomail.SendError
	if errors.As(err, &refused) && refused.Reason == gomail.ErrSMTPRcptTo && refused.ErrorCode() >= 500 {
		return job.Hopeless(told) // nobody lives at this address
	}
	return told
}

// told is what the log and the operator's desk may have of an error: neither the
// recipient's address nor a password.
func (s *SMTP) told(err error, m Message) error {
	text := strings.ReplaceAll(err.Error(), m.To, "the recipient")
	if s.password != "" {
		text = strings.ReplaceAll(text, s.password, "…")
	}
	return fmt.Errorf("the mail server %s: %s", s.host, text)
}
