package mail_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mime/quotedprintable"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/job"
	. "kept/internal/mail"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

var from = Sender{From: "Harbour Compact <registry@harbour.example>", Host: "harbour.example"}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func letter(key string) Message {
	return Message{Key: key, To: "focal@ministry.example", Lang: "en", Subject: "A report is due", Body: "Dear reader,\n.\nit is due.\n", At: noon,
		Unsubscribe: "https://harbour.example/reminders/stop?t=abc"}
}

// parse reads a letter as a mail program does.
func parse(t *testing.T, raw string) (h mail.Header, subject, body string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	must(t, err)
	subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	must(t, err)
	if e := m.Header.Get("Content-Transfer-Encoding"); e != "quoted-printable" {
		t.Fatalf("encoding %q", e)
	}
	b, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	must(t, err)
	return m.Header, subject, strings.ReplaceAll(string(b), "\r\n", "\n")
}

func TestOverTheWire(t *testing.T) {
	for _, c := range []struct {
		name     string
		server   *smtpServer
		implicit bool
		address  string
	}{
		{"starttls and a password", &smtpServer{startTLS: true, password: "pass word"}, false, "smtp://registry@localhost:%d"},
		{"tls from the start", &smtpServer{password: "pass word"}, true, "smtps://registry@localhost:%d"},
		{"a relay on this machine", &smtpServer{}, false, "smtp://127.0.0.1:%d?tls=none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := c.server.listen(t, c.implicit)
			s, err := NewSMTP(fmt.Sprintf(c.address, server.port), c.server.password, from)
			must(t, err)
			must(t, s.Carry(t.Context(), letter("reminder/1")))
			must(t, s.Carry(t.Context(), letter("reminder/1")))
			got := server.letters()
			if len(got) != 2 {
				t.Fatalf("%d letters arrived", len(got))
			}
			if secure := c.server.password != ""; got[0].encrypted != secure || (got[0].user == "registry") != secure {
				t.Errorf("encrypted %t, user %q", got[0].encrypted, got[0].user)
			}
			if got[0].to != "focal@ministry.example" || !strings.Contains(got[0].from, "<registry@harbour.example>") {
				t.Errorf("envelope from %s to %s", got[0].from, got[0].to)
			}
			h, subject, body := parse(t, got[0].data)
			if subject != "A report is due" || body != "Dear reader,\n.\nit is due.\n" {
				t.Errorf("subject %q, body %q", subject, body)
			}
			for name, want := range map[string]string{
				"From": `"Harbour Compact" <registry@harbour.example>`, "To": "<focal@ministry.example>", "Date": "Sun, 22 Nov 2026 12:00:00 +0000",
				"Content-Type": "text/plain; charset=UTF-8", "Content-Language": "en", "Auto-Submitted": "auto-generated",
				"List-Unsubscribe": "<https://harbour.example/reminders/stop?t=abc>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
			} {
				if h.Get(name) != want {
					t.Errorf("%s: %q, want %q", name, h.Get(name), want)
				}
			}
			again, _, _ := parse(t, got[1].data)
			if id := h.Get("Message-Id"); !strings.HasSuffix(id, "@harbour.example>") || id != again.Get("Message-Id") {
				t.Errorf("Message-ID %q, then %q", id, again.Get("Message-Id"))
			}
		})
	}
}

func TestOtherScripts(t *testing.T) {
	server := (&smtpServer{}).listen(t, false)
	s, err := NewSMTP(fmt.Sprintf("smtp://127.0.0.1:%d?tls=none", server.port), "", from)
	must(t, err)
	for lang, text := range map[string]string{"ar": "موعد تقديم التقرير المرحلي عن التزامكم بشأن المدارس الريفية المتصلة بالألياف البصرية",
		"zh": "关于贵方承诺的进展报告即将到期，请在期限之前提交，或者说明没有变化", "ru": "Срок представления доклада о ходе выполнения обязательства"} {
		m := letter(lang)
		m.Lang, m.Subject, m.Body = "ar", text, text+"\n\n"+strings.Repeat(text, 20)+"\n"
		must(t, s.Carry(t.Context(), m))
		all := server.letters()
		raw := all[len(all)-1].data
		if _, subject, body := parse(t, raw); subject != text || body != m.Body {
			t.Errorf("%s: subject %q", lang, subject)
		}
		for _, line := range strings.Split(raw, "\r\n") {
			if len(line) > 998 || strings.ContainsFunc(line, func(r rune) bool { return r > 126 }) {
				t.Errorf("%s: a line that not every server passes on: %q", lang, line)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	server := (&smtpServer{startTLS: true, password: "pass word",
		refuse: map[string]string{"gone@ministry.example": "550 5.1.1 no gone@ministry.example here", "busy@ministry.example": "451 4.7.1 later"}}).listen(t, false)
	s, err := NewSMTP(fmt.Sprintf("smtp://registry@localhost:%d", server.port), "pass word", from)
	must(t, err)
	wrong, err := NewSMTP(fmt.Sprintf("smtp://registry@localhost:%d", server.port), "hunter2", from)
	must(t, err)
	store := dbtest.SQLite(t)
	outcome := func(c Carrier, to string) (state, fault string) {
		t.Helper()
		r, err := job.New(t.Context(), job.Options{DB: store, Poll: time.Millisecond, Clock: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler)})
		must(t, err)
		Handle(r, c)
		m := letter("to " + to + fmt.Sprintf("%p", c))
		m.To = to
		must(t, store.Write(t.Context(), func(tx *db.Tx) error { return Queue(tx, m) }))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan bool)
		go func() { r.Run(ctx); ended <- true }()
		for range 5000 {
			must(t, store.Read(t.Context(), func(tx *db.Tx) error {
				return tx.Row("SELECT state, fault FROM job WHERE name = ?", m.Key).Scan(&state, &fault)
			}))
			if fault != "" || state == "done" {
				break
			}
			time.Sleep(time.Millisecond)
		}
		stop()
		<-ended
		return state, fault
	}
	for _, c := range []struct {
		name, to, state string
		carrier         Carrier
	}{
		{"nobody lives there", "gone@ministry.example", "dead", s},
		{"later", "busy@ministry.example", "waiting", s},
		{"a wrong password", "focal@ministry.example", "waiting", wrong},
	} {
		state, fault := outcome(c.carrier, c.to)
		if state != c.state || fault == "" {
			t.Errorf("%s: %s (%s), want %s", c.name, state, fault, c.state)
		}
		for _, secret := range []string{c.to, "hunter2", "pass word"} {
			if strings.Contains(fault, secret) {
				t.Errorf("%s: the fault tells %q: %s", c.name, secret, fault)
			}
		}
	}
	if n := len(server.letters()); n != 0 {
		t.Errorf("%d letters went out", n)
	}
	server.dropQuit = true
	if state, fault := outcome(s, "focal@ministry.example"); state != "done" || len(server.letters()) != 1 {
		t.Errorf("a connection that broke after the letter was taken: %s, %s, %d letters", state, fault, len(server.letters()))
	}
}

func TestNoPlainPassword(t *testing.T) {
	server := (&smtpServer{password: "pass word"}).listen(t, false) // offers no TLS
	s, err := NewSMTP(fmt.Sprintf("smtp://registry@localhost:%d", server.port), "pass word", from)
	must(t, err)
	if err := s.Carry(t.Context(), letter("1")); err == nil || len(server.letters()) != 0 {
		t.Errorf("a server without TLS got the letter: %v", err)
	}
	for address, password := range map[string]string{
		"smtp://registry:secret@localhost": "", "smtp://registry@localhost": "", "smtp://registry@localhost?tls=none": "x",
		"smtp://mail.example.org?tls=none": "", "http://localhost": "", "mail.example.org": "", "smtps://localhost?tls=none": "",
	} {
		if _, err := NewSMTP(address, password, from); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s was taken: %v", address, err)
		}
	}
}

func TestQueue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		store := open()
		must(t, job.Prepare(t.Context(), store))
		queue := func(m Message) error {
			return store.Write(t.Context(), func(tx *db.Tx) error { return Queue(tx, m) })
		}
		for name, change := range map[string]func(*Message){
			"a second header in the address":  func(m *Message) { m.To = "focal@ministry.example\r\nBcc: all@example.org" },
			"two addresses":                   func(m *Message) { m.To = "a@example.org, b@example.org" },
			"a name in the address":           func(m *Message) { m.To = "Focal <a@example.org>" },
			"no address":                      func(m *Message) { m.To = "" },
			"no key":                          func(m *Message) { m.Key = "" },
			"no language":                     func(m *Message) { m.Lang = "" },
			"a header in the unsubscribe":     func(m *Message) { m.Unsubscribe = "https://harbour.example/a>\r\nX: y" },
			"an unsubscribe of another sort":  func(m *Message) { m.Unsubscribe = "javascript:alert(1)" },
			"an unsubscribe with other signs": func(m *Message) { m.Unsubscribe = "https://harbour.example/é" },
		} {
			m := letter("refused")
			change(&m)
			if err := queue(m); err == nil {
				t.Errorf("%s: taken", name)
			}
		}
		m := letter("reminder/1/2026-11-22")
		m.Subject = "Due:\r\nBcc: all@example.org\u202e\u2028x"
		must(t, queue(m))
		must(t, queue(m))
		must(t, queue(letter("reminder/2/2026-11-22")))
		var console bytes.Buffer
		out := Outbox{Sender: from, Dir: filepath.Join(t.TempDir(), "outbox"), Console: &console}
		r, err := job.New(t.Context(), job.Options{DB: store, Poll: time.Millisecond, Workers: 1})
		must(t, err)
		Handle(r, out)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan bool)
		go func() { r.Run(ctx); ended <- true }()
		for range 5000 {
			if files, _ := filepath.Glob(out.Dir + "/*.eml"); len(files) == 2 {
				break
			}
			time.Sleep(time.Millisecond)
		}
		stop()
		<-ended
		must(t, out.Carry(t.Context(), m)) // again, as after a crash
		files, err := os.ReadDir(out.Dir)
		must(t, err)
		if len(files) != 2 || !strings.HasPrefix(files[0].Name(), "reminder-1-2026-11-22-") {
			t.Fatalf("the folder holds %v", files)
		}
		b, err := os.ReadFile(filepath.Join(out.Dir, files[0].Name()))
		must(t, err)
		h, subject, _ := parse(t, string(b))
		if h.Get("Bcc") != "" || subject != "Due:  Bcc: all@example.org x" {
			t.Errorf("Bcc %q, subject %q", h.Get("Bcc"), subject)
		}
		if c := console.String(); strings.Count(c, "\n") != 3 || strings.Contains(c, "focal@") {
			t.Errorf("on the console: %s", c)
		}
	})
}
