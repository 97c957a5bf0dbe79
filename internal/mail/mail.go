// Package mail sends letters: to a folder of files while nothing else is
// configured, by SMTP when it is.
//
// A letter is queued in the transaction of what it tells of ([Queue]); a job sends
// it ([Handle]). Its key names it: queued twice it is one letter; sent twice, because
// we died between the sending and the note of it, it has the same Message-ID, and
// in the folder the same file, which overwrites itself.
//
// Letters are plain text, written by this program in the reader's language.
// Nothing that a person typed can become a header: addresses are parsed, and
// whatever stands on one line is made one line.
package mail

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"time"
	"unicode"

	"kept/internal/db"
	"kept/internal/job"
	"kept/internal/locale"
)

// Message is a letter to one person.
type Message struct {
	Key         string      `json:"key"` // what it is about and for whom; no secret
	To          string      `json:"to"`
	Lang        locale.Lang `json:"lang"`
	Subject     string      `json:"subject"`
	Body        string      `json:"body"`
	Unsubscribe string      `json:"unsubscribe,omitempty"` // address that ends letters of this sort, by POST (RFC 8058)
	At          time.Time   `json:"at"`                    // its date
}

// kind is the job that sends a letter.
const kind = "mail"

// Queue puts a letter on its way, in the caller's transaction: it is sent if what
// it tells of is kept. A key that is known is not queued again.
func Queue(tx *db.Tx, m Message) error {
	if err := m.check(); err != nil {
		return fmt.Errorf("mail %s: %w", m.Key, err)
	}
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return job.Enqueue(tx, job.Job{Kind: kind, Key: m.Key, Payload: b})
}

func (m Message) check() error {
	a, err := mail.ParseAddress(m.To)
	switch {
	case m.Key == "" || m.Subject == "" || m.Body == "" || m.At.IsZero():
		return errors.New("a letter needs a key, a subject, a text and a date")
	case !locale.Known(string(m.Lang)):
		return errors.New("a letter needs a language")
	case err != nil || a.Address != m.To || oneLine(m.To) != m.To:
		return errors.New("the address cannot be written to")
	}
	if m.Unsubscribe == "" {
		return nil
	}
	u, err := url.Parse(m.Unsubscribe)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.ContainsFunc(m.Unsubscribe, func(r rune) bool { return r <= ' ' || r > '~' || r == '<' || r == '>' }) {
		return errors.New("the address for unsubscribing is none")
	}
	return nil
}

// oneLine makes a line of a text: what ends a line or turns its direction becomes
// a blank or nothing.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			return ' '
		case r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// id is the part of the Message-ID before the @, and of the file's name.
func (m Message) id() string {
	sum := sha256.Sum256([]byte(m.Key))
	return hex.EncodeToString(sum[:16])
}

// Carrier takes a letter away: [Outbox] or [SMTP]. It may get the same letter twice.
type Carrier interface {
	Carry(ctx context.Context, m Message) error
}

// Forget drops the letters to an address that were not sent.
func Forget(tx *db.Tx, address string) error {
	return job.Forget(tx, kind, func(payload []byte) bool {
		var m Message
		return json.Unmarshal(payload, &m) == nil && m.To == address
	})
}

// Handle makes a runner send the letters that are queued.
func Handle(r *job.Runner, c Carrier) {
	r.Handle(kind, func(ctx context.Context, j job.Job) error {
		var m Message
		if err := json.Unmarshal(j.Payload, &m); err != nil {
			return job.Hopeless(err)
		}
		return c.Carry(ctx, m)
	})
}
