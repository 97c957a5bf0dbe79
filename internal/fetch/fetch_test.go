package fetch_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"kept/internal/fetch"
)

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"104.18.0.1": true, "2606:4700::1": true, "8.8.8.8": true,
		"127.0.0.1": false, "127.9.9.9": false, "::1": false, "0.0.0.0": false, "::": false, "0.1.2.3": false,
		"10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false, "fd00::1": false,
		"169.254.169.254": false, "fe80::1": false, "100.64.0.1": false, "198.18.0.1": false, "192.0.2.1": false,
		"224.0.0.1": false, "ff02::1": false, "255.255.255.255": false, "240.0.0.1": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:8.8.8.8": true,
		"64:ff9b::7f00:1": false, "2002:7f00:1::": false, "2001:0:1::": false, "2001:db8::1": false,
	} {
		if got := fetch.Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: public %t, want %t", address, got, want)
		}
	}
}

func TestGet(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/small", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("twelve bytes")) })
	mux.HandleFunc("/gone", http.NotFound)
	mux.Handle("/away", http.RedirectHandler("/small", http.StatusFound))
	mux.Handle("/file", http.RedirectHandler("file:///etc/passwd", http.StatusFound))
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	server := httptest.NewServer(mux)
	defer server.Close()
	get := func(path string, o fetch.Options) (string, error) {
		b, err := fetch.Get(context.Background(), server.URL+path, o)
		return string(b), err
	}
	if b, err := get("/small", fetch.Options{MaxBytes: 12, Private: true}); err != nil || b != "twelve bytes" {
		t.Errorf("%q %v", b, err)
	}
	if _, err := get("/small", fetch.Options{MaxBytes: 11, Private: true}); !errors.Is(err, fetch.ErrLarge) {
		t.Errorf("a byte too many: %v", err)
	}
	var status *fetch.Status
	if _, err := get("/gone", fetch.Options{MaxBytes: 99, Private: true}); !errors.As(err, &status) || status.Code != 404 {
		t.Errorf("not there: %v", err)
	}
	if _, err := get("/away", fetch.Options{MaxBytes: 99, Private: true}); !errors.As(err, &status) || status.Code != 302 {
		t.Errorf("a redirect that is not followed: %v", err)
	}
	if b, err := get("/away", fetch.Options{MaxBytes: 99, Private: true, Redirects: 1}); err != nil || b != "twelve bytes" {
		t.Errorf("a redirect that is followed: %q %v", b, err)
	}
	if _, err := get("/file", fetch.Options{MaxBytes: 99, Private: true, Redirects: 1}); !errors.Is(err, fetch.ErrScheme) {
		t.Errorf("a redirect to a file: %v", err)
	}
	if _, err := get("/slow", fetch.Options{MaxBytes: 99, Private: true, Timeout: 50 * time.Millisecond}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("an answer that does not come: %v", err)
	}
	if _, err := get("/small", fetch.Options{MaxBytes: 99}); !errors.Is(err, fetch.ErrScheme) {
		t.Errorf("plain http: %v", err)
	}
	secure := httptest.NewTLSServer(mux)
	defer secure.Close()
	for _, address := range []string{secure.URL, strings.Replace(secure.URL, "127.0.0.1", "localhost", 1), "https://[::1]:9/", "https://169.254.169.254/latest"} {
		if _, err := fetch.Get(context.Background(), address, fetch.Options{MaxBytes: 99}); !errors.Is(err, fetch.ErrPrivate) {
			t.Errorf("%s: %v", address, err)
		}
	}
}
