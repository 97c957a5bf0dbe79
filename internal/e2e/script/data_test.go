package script

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

var number = regexp.MustCompile(`\d+`)

// keep remembers the last number in the path of the page.
func (w *world) keep(name string) error {
	found := number.FindAllString(w.page.address.Path, -1)
	if len(found) == 0 {
		return fmt.Errorf("no number in %s", w.page.address)
	}
	w.kept[name] = found[len(found)-1]
	return nil
}

var comparison = regexp.MustCompile(`^(\S+) (\S+) (==|!=|has) (.*)$`)

// data compares a value of a page's JSON twin: a path of keys and numbers parted by points.
func (w *world) data(rest string) error {
	m := comparison.FindStringSubmatch(rest)
	if m == nil {
		return errors.New("data is written /ADDRESS PATH == VALUE")
	}
	r, err := http.Get(w.base + m[1])
	if err != nil {
		return err
	}
	defer r.Body.Close()
	var v any
	if err := json.NewDecoder(r.Body).Decode(&v); err != nil {
		return fmt.Errorf("%s: %d %w", m[1], r.StatusCode, err)
	}
	got := at(v, strings.Split(m[2], "."))
	switch ok := got == m[4]; {
	case m[3] == "==" && !ok, m[3] == "!=" && ok, m[3] == "has" && !strings.Contains(got, m[4]):
		return fmt.Errorf("it is %s", got)
	}
	return nil
}

func at(v any, path []string) string {
	for _, key := range path {
		switch in := v.(type) {
		case map[string]any:
			v = in[key]
		case []any:
			n, err := strconv.Atoi(key)
			if err != nil || n >= len(in) {
				return "nothing at " + key
			}
			v = in[n]
		default:
			return "nothing at " + key
		}
	}
	if s, ok := v.(string); ok {
		return s
	}
	b, _ := json.Marshal(v)
	return string(b)
}
