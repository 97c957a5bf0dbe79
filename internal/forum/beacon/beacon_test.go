package beacon_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"kept/internal/fetch"
	"kept/internal/forum/beacon"
	"kept/internal/forum/draw"
)

// Round 1000 of quicknet as relays serve it (forum/draw/testdata/rounds.json says where it is published).
const round1000 = `{"round":1000,"randomness":"fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd","signature":"b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"}`

// relay answers with the same for every round.
func relay(t *testing.T, code int, body string) string {
	path := "/" + draw.Quicknet().Hash.String() + "/public/1000"
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path {
			t.Errorf("asked for %s", r.URL.Path)
		}
		w.WriteHeader(code)
		w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestFetch(t *testing.T) {
	good := relay(t, 200, round1000)
	forged := relay(t, 200, strings.Replace(round1000, "b44679", "b44678", 1))
	other := relay(t, 200, strings.Replace(round1000, `"round":1000`, `"round":1001`, 1))
	absent, broken, huge := relay(t, 425, ""), relay(t, 500, ""), relay(t, 200, strings.Repeat(" ", 20<<10))
	q := draw.Quicknet()
	for name, c := range map[string]struct {
		relays []string
		ok     bool
		absent bool
	}{
		"the first has it":                {[]string{good}, true, false},
		"one that is down, one that lies": {[]string{broken, forged, other, huge, "http://127.0.0.1:1", good + "/"}, true, false},
		"nobody has it":                   {[]string{absent, absent}, false, true},
		"one is down, one has it not":     {[]string{broken, absent}, false, true},
		"nobody was reached":              {[]string{broken, "http://127.0.0.1:1"}, false, false},
		"forged only":                     {[]string{forged, other, huge}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := beacon.Fetch(context.Background(), beacon.Own, c.relays, q, 1000)
			if (err == nil) != c.ok || errors.Is(err, beacon.ErrNotThere) != c.absent {
				t.Errorf("%+v %v", r, err)
			}
			if err == nil && (r.Round != 1000 || q.Verify(r.Round, r.Signature, "") != nil) {
				t.Errorf("%+v", r)
			}
		})
	}
	if _, err := beacon.Fetch(context.Background(), beacon.Public, []string{strings.Replace(good, "http:", "https:", 1)}, q, 1000); !errors.Is(err, fetch.ErrPrivate) {
		t.Errorf("a relay on this machine that nobody here named: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(round1000))
	f.Add([]byte(`{"round":1000,"signature":"00"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := beacon.Parse(b, draw.Quicknet(), 1000)
		if err == nil && draw.Quicknet().Verify(1000, r.Signature, r.Previous) != nil {
			t.Error("taken without a genuine signature")
		}
	})
}
