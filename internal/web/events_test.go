package web_test

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"kept/internal/account"
	"kept/internal/db"
)

// The log says that something was refused, and where; it holds no secret of a
// link, no answer of a key, no address of a person.
func TestLogOfRefusals(t *testing.T) {
	s := newStrongSite(t)
	id := s.person("ada@example.org")
	var token string
	err := s.store.Write(t.Context(), func(tx *db.Tx) (err error) {
		token, err = account.SignInLink(tx, time.Now(), id, "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	v := s.browser().open("/en/link/" + token).want(200).send().want(200)
	s.browser().open("/en/link/"+token).want(http.StatusGone, "used")
	v.open("/en/desk/people").want(403)
	s.browser().open("/en/sign-in/passkey").send("token", "forged").want(403)
	log := s.log.String()
	for _, want := range []string{`status=410 method=GET path=/en/link/* network=`, `status=403 method=GET path=/en/desk/people`, `status=403 method=POST path=/en/sign-in/passkey network=`} {
		if !strings.Contains(log, want) {
			t.Errorf("the log has no line with %s:\n%s", want, log)
		}
	}
	for _, secret := range []string{token, "ada@example.org", id, "forged"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q:\n%s", secret, log)
		}
	}
	if line := regexp.MustCompile(`(?m)^.*desk/people.*$`).FindString(log); strings.Contains(line, "network") {
		t.Errorf("a line says more than it needs: %s", line)
	}
}

// A fault of ours, even a panic in the middle of a transaction, is one page with a
// number that the log has too; what was begun is undone, and the next request is answered.
func TestLastResort(t *testing.T) {
	s := newStrongSite(t)
	for name, fault := range map[string]func() error{
		"a panic":  func() error { panic("a fault of ours: secret detail") },
		"an error": func() error { return errors.New("a fault of ours: secret detail") },
	} {
		s.later = fault
		v := s.browser().open("/en/sign-in").want(200).send("mail", "ada@example.org")
		if v.status != 500 || strings.Contains(v.body, "secret detail") {
			t.Fatalf("%s: got status %d: %s", name, v.status, firstLines(v.body))
		}
		number := regexp.MustCompile(`\b[0-9a-f]{12}\b`).FindString(v.body)
		if number == "" || !strings.Contains(s.log.String(), "number="+number) || !strings.Contains(s.log.String(), "secret detail") {
			t.Errorf("%s: the page has the number %q, the log says: %s", name, number, s.log.String())
		}
		s.later = func() error { return nil }
		s.browser().open("/en/sign-in").send("mail", "ada@example.org").want(200, "Look into your mail")
	}
}
