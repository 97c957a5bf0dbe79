package script

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// waitForMail waits for a mail that no line has looked at.
func (w *world) waitForMail(rest string) error {
	to, text, ok := strings.Cut(rest, ": ")
	if !ok {
		return errors.New("mail is written: mail to NAME@HOST: TEXT")
	}
	for range 300 {
		found, err := w.mailWith(to, text)
		if err != nil || found {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("no such mail after 30 seconds; the outbox holds:\n%s", w.outbox())
}

// noMail looks whether there is a mail that no line has looked at.
func (w *world) noMail(rest string) error {
	to, text, _ := strings.Cut(rest, ": ")
	time.Sleep(2 * time.Second) // the program looks for work every second
	found, err := w.mailWith(to, text)
	if found {
		return fmt.Errorf("there is: %s", w.letter)
	}
	return err
}

func (w *world) mailWith(to, text string) (bool, error) {
	files, _ := filepath.Glob(filepath.Join(w.dir, "data", "outbox", "*.eml"))
	for _, f := range files {
		if w.read[f] {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			return false, err
		}
		address, letter, err := decode(b)
		if err != nil {
			return false, fmt.Errorf("%s: %w", f, err)
		}
		if address == to && strings.Contains(letter, text) {
			w.read[f] = true
			w.letter = letter
			return true, nil
		}
	}
	return false, nil
}

func (w *world) outbox() string {
	var b strings.Builder
	files, _ := filepath.Glob(filepath.Join(w.dir, "data", "outbox", "*.eml"))
	for _, f := range files {
		text, _ := os.ReadFile(f)
		to, letter, _ := decode(text)
		fmt.Fprintf(&b, "-- %s (looked at: %v) to %s\n%s\n", filepath.Base(f), w.read[f], to, letter)
	}
	return b.String()
}

// decode is the address and the text of a mail, its subject first.
func decode(b []byte) (to, letter string, err error) {
	m, err := mail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		return "", "", err
	}
	list, err := m.Header.AddressList("To")
	if err != nil {
		return "", "", err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return "", "", err
	}
	body := m.Body
	switch strings.ToLower(m.Header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		body = quotedprintable.NewReader(m.Body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, m.Body)
	}
	text, err := io.ReadAll(body)
	return list[0].Address, subject + "\n" + string(text), err
}

var addressInMail = regexp.MustCompile(`https?://\S+`)

// openMail opens the first address in the mail, on this server.
func (w *world) openMail() error {
	found := addressInMail.FindString(w.letter)
	if found == "" {
		return fmt.Errorf("no address in the mail: %s", w.letter)
	}
	w.steps++
	w.keys++
	u, err := url.Parse(found)
	if err != nil {
		return err
	}
	return w.get(w.base + u.RequestURI())
}
