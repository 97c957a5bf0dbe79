package script

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"regexp"
	"strings"
	"time"
)

// as goes on in the browser of a person, who signs in by mailed link at first.
func (w *world) as(who string) error {
	who, byMail := strings.CutSuffix(who, " by the mail")
	w.who, w.page, w.form = who, nil, nil
	if w.browsers[who] != nil {
		return w.goOn(who)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	w.browsers[who] = &http.Client{Jar: jar, Timeout: time.Minute}
	switch {
	case byMail:
		if err := w.openMail(); err != nil {
			return err
		}
		return w.press("", true)
	case who == "nobody":
		return nil
	}
	return w.signIn(who)
}

// goOn signs in again where the sign-in has ended meanwhile.
func (w *world) goOn(who string) error {
	if who == "nobody" {
		return nil
	}
	if err := w.get("/desk"); err != nil {
		return err
	}
	if strings.HasSuffix(w.page.address.Path, "/sign-in") {
		return w.signIn(who)
	}
	return nil
}

func (w *world) signIn(who string) error {
	if err := w.get("/sign-in"); err != nil {
		return err
	}
	if err := w.fill("mail", who); err != nil {
		return err
	}
	if err := w.press("", true); err != nil {
		return err
	}
	if err := w.waitForMail(who + ": /link/"); err != nil {
		return err
	}
	if err := w.openMail(); err != nil {
		return err
	}
	return w.press("", true)
}

// get opens an address; without a language it is the English page.
func (w *world) get(address string) error {
	u := address
	if strings.HasPrefix(address, "/") {
		u = w.base + address
		if !inLanguage.MatchString(address) && !forPrograms.MatchString(address) {
			u = w.base + "/en" + address
		}
	}
	r, err := http.NewRequest(http.MethodGet, u, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept-Language", "en")
	return w.send(r)
}

// open opens a page that must be there for whoever asks.
func (w *world) open(address string) error {
	w.steps++
	if err := w.get(address); err != nil {
		return err
	}
	if w.page.status >= 400 {
		return fmt.Errorf("refused with %d: %s", w.page.status, w.page.text)
	}
	return nil
}

// refused opens a page that is not for whoever asks.
func (w *world) refused(address string) error {
	if err := w.get(address); err != nil {
		return err
	}
	if w.page.status < 400 {
		return fmt.Errorf("answered with %d: %s", w.page.status, w.page.text)
	}
	return nil
}

var (
	inLanguage  = regexp.MustCompile(`^/(en|fr|es|ru|zh|ar)(/|$)`)
	forPrograms = regexp.MustCompile(`^/(record/(checkpoint|receipts|words|blobs|tile)|evidence/|api)|\.(json|csv|xlsx|atom)(\?|$)`)
)

func (w *world) send(r *http.Request) error {
	client := w.browsers[w.who]
	if client == nil {
		if err := w.as("nobody"); err != nil {
			return err
		}
		client = w.browsers[w.who]
	}
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if w.page, err = read(answer.Request.URL, answer.StatusCode, body); err != nil {
		return err
	}
	w.form = nil
	if answer.StatusCode >= 500 {
		return fmt.Errorf("%s answered %d: %s", r.URL, answer.StatusCode, w.page.text)
	}
	return nil
}

// follow takes the first link with these words.
func (w *world) follow(text string) error {
	if w.page == nil {
		return errors.New("no page is open")
	}
	var href string
	var all []string
	look := func(within string) {
		if w.page.root == nil || href != "" {
			return
		}
		start := first(w.page.root, within)
		if start == nil {
			return
		}
		walkLinks(start, func(words, to string) {
			all = append(all, words)
			if href == "" && words == text {
				href = to
			}
		})
	}
	look("main")
	look("body")
	if href == "" {
		return fmt.Errorf("%s has no link %q; it has %q", w.page.address, text, all)
	}
	to, err := w.page.address.Parse(href)
	if err != nil {
		return err
	}
	w.steps++
	w.keys++
	return w.get(to.String())
}

// shows looks for a text on the page.
func (w *world) shows(text string, wanted bool) error {
	if w.page == nil {
		return errors.New("no page is open")
	}
	if strings.Contains(w.page.text, text) != wanted {
		return fmt.Errorf("%s (%d) shows: %s", w.page.address, w.page.status, w.page.text)
	}
	return nil
}

// soonGone reads the page again until a text is gone from it.
func (w *world) soonGone(text string) (err error) {
	for range 50 {
		if err = w.shows(text, false); err == nil || w.page == nil {
			return err
		}
		time.Sleep(100 * time.Millisecond)
		if err := w.get(w.page.address.String()); err != nil {
			return err
		}
	}
	return err
}

// at compares the address, whatever its language.
func (w *world) at(address string) error {
	got := inLanguage.ReplaceAllString(w.page.address.RequestURI(), "/")
	if got != address {
		return fmt.Errorf("we are at %s", got)
	}
	return nil
}
