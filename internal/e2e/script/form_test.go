package script

import (
	"bytes"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// fill puts a value into a field of the first form that has it.
func (w *world) fill(name, value string) error {
	if w.page == nil {
		return errors.New("no page is open")
	}
	forms := w.page.forms
	if w.form != nil {
		forms = []*form{w.form}
	}
	var names []string
	for _, f := range forms {
		if c := f.find(name, value); c != nil {
			w.form = f
			w.keys += effort(c, value)
			return c.set(value)
		}
		for _, c := range f.fields {
			if c.kind != "hidden" {
				names = append(names, c.name+" ("+c.label+")")
			}
		}
	}
	return fmt.Errorf("%s has no field %q; it has: %s", w.page.address, name, strings.Join(names, ", "))
}

// effort is how many keys a value takes: a text its characters and a Tab, a choice two.
func effort(c *field, value string) int {
	switch c.kind {
	case "checkbox", "radio", "select", "many", "file":
		return 2
	}
	return len([]rune(value)) + 1
}

// press sends the form with this button; the first form with a button where none is named.
func (w *world) press(button string, accepted bool) error {
	if w.page == nil {
		return errors.New("no page is open")
	}
	f := w.form
	for _, other := range w.page.forms {
		if f == nil && (button == "" && other.method == "post" || slices.Contains(other.buttons, button)) {
			f = other
		}
	}
	if f == nil || button != "" && !slices.Contains(f.buttons, button) {
		return fmt.Errorf("%s has no button %q: %s", w.page.address, button, w.page.text)
	}
	w.steps++
	w.keys++
	r, err := w.submission(f, button)
	if err != nil {
		return err
	}
	if err := w.send(r); err != nil {
		return err
	}
	switch {
	case accepted && w.page.status >= 400:
		return fmt.Errorf("refused with %d: %s", w.page.status, w.page.text)
	case !accepted && w.page.status < 400:
		return fmt.Errorf("accepted with %d: %s", w.page.status, w.page.text)
	}
	return nil
}

func (w *world) submission(f *form, button string) (*http.Request, error) {
	to, err := w.page.address.Parse(f.action)
	if err != nil {
		return nil, err
	}
	values := url.Values{}
	var files []*field
	for _, c := range f.fields {
		switch {
		case c.kind == "button":
			if v, ok := c.options[button]; ok {
				values.Set(c.name, v)
			}
		case c.kind == "file":
			files = append(files, c)
		default:
			values[c.name] = append(values[c.name], c.values...)
		}
	}
	if f.method != "post" {
		to.RawQuery = values.Encode()
		return http.NewRequest(http.MethodGet, to.String(), nil)
	}
	if !f.upload {
		r, err := http.NewRequest(http.MethodPost, to.String(), strings.NewReader(values.Encode()))
		if err == nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		return r, err
	}
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for name, list := range values {
		for _, v := range list {
			_ = m.WriteField(name, v)
		}
	}
	for _, c := range files {
		if len(c.values) == 0 {
			continue
		}
		b, err := os.ReadFile(w.file(c.values[0]))
		if err != nil {
			return nil, err
		}
		part, _ := m.CreateFormFile(c.name, filepath.Base(c.values[0]))
		_, _ = part.Write(b)
	}
	_ = m.Close()
	r, err := http.NewRequest(http.MethodPost, to.String(), &body)
	if err == nil {
		r.Header.Set("Content-Type", m.FormDataContentType())
	}
	return r, err
}
