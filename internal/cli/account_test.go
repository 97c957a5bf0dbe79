package cli_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var (
	linkPath    = regexp.MustCompile(`/en/link/[A-Z2-7]+`)
	hiddenToken = regexp.MustCompile(`name="token" value="([^"]+)"`)
)

// run runs a command and returns its exit code and what it printed.
func run(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	r := kept(args...)
	return r.code, r.out, r.err
}

// visitor is a browser that keeps its cookies.
type visitor struct {
	t    *testing.T
	c    http.Client
	base string
}

func newVisitor(t *testing.T, base string) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t, http.Client{Jar: jar}, base}
}

func (v *visitor) get(path string) (int, string) {
	v.t.Helper()
	r, err := v.c.Get(v.base + path)
	if err != nil {
		v.t.Fatal(err)
	}
	defer r.Body.Close()
	b, _ := io.ReadAll(r.Body)
	return r.StatusCode, string(b)
}

// fill sends the form at an address and returns the page that it leads to.
func (v *visitor) fill(path string, fields url.Values) (int, string) {
	v.t.Helper()
	_, body := v.get(path)
	m := hiddenToken.FindStringSubmatch(body)
	if m == nil {
		v.t.Fatalf("%s holds no form\n%s", path, body)
	}
	fields.Set("token", m[1])
	r, err := v.c.PostForm(v.base+path, fields)
	if err != nil {
		v.t.Fatal(err)
	}
	defer r.Body.Close()
	b, _ := io.ReadAll(r.Body)
	return r.StatusCode, string(b)
}

// TestAccounts makes the first operator at the command line, signs her in by the
// letter in the outbox of a running site, and once more by a link from the console.
func TestAccounts(t *testing.T) {
	dir := newRecord(t, "harbour")
	if code, out, _ := run(t, "account", "add", "Olga@Example.org", "--name", "Olga", "--role", "operator", "--data", dir); code != 0 || !strings.Contains(out, "Olga@example.org may sign in as operator") {
		t.Fatalf("account add: %d %s", code, out)
	}
	if code, _, errs := run(t, "account", "add", "x@example.org", "--role", "king", "--data", dir); code != 2 || !strings.Contains(errs, "king") {
		t.Errorf("a role that does not exist: %d %s", code, errs)
	}
	if code, _, errs := run(t, "account", "add", "no address", "--data", dir); code != 1 || !strings.Contains(errs, "mail") {
		t.Errorf("no address: %d %s", code, errs)
	}
	if _, out, _ := run(t, "account", "add", "оlga@example.org", "--name", "Оlga", "--data", dir); !strings.Contains(out, "look twice") {
		t.Errorf("a Cyrillic letter among Latin ones is not flagged: %s", out)
	}
	site := serve(t, dir)
	base := "http://" + site.addr
	v := newVisitor(t, base)
	if code, _ := v.fill("/en/sign-in", url.Values{"mail": {"olga@example.org"}}); code != http.StatusOK {
		t.Fatalf("asking for a link: %d", code)
	}
	var letter []byte
	for range 1000 {
		if found, _ := filepath.Glob(filepath.Join(dir, "outbox", "*.eml")); len(found) > 0 {
			letter, _ = os.ReadFile(found[0])
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	link := linkPath.FindString(strings.ReplaceAll(string(letter), "=\r\n", ""))
	if link == "" {
		t.Fatalf("no link in the letter\n%s", letter)
	}
	if code, body := v.fill(link, url.Values{}); code != http.StatusOK || !strings.Contains(body, "/en/desk/people") {
		t.Fatalf("the button: %d\n%s", code, body)
	}
	site.stop()

	code, out, _ := run(t, "account", "list", "--json", "--data", dir)
	var list []struct {
		Mail  string
		Roles []string
	}
	if err := json.Unmarshal([]byte(out), &list); code != 0 || err != nil || len(list) != 2 || list[0].Mail != "Olga@example.org" || list[0].Roles[0] != "operator" {
		t.Errorf("account list: %d %v %s", code, err, out)
	}
	site = serve(t, dir)
	_, out, _ = run(t, "account", "link", "olga@example.org", "--base", "http://"+site.addr, "--data", dir)
	v = newVisitor(t, "http://"+site.addr)
	if code, _ := v.fill(linkPath.FindString(out), url.Values{}); code != http.StatusOK {
		t.Errorf("the link of the console: %d", code)
	}
	if code, _, _ := run(t, "account", "revoke", "olga@example.org", "--data", dir); code != 0 {
		t.Errorf("account revoke: %d", code)
	}
	if _, body := v.get("/en/desk/people"); strings.Contains(body, "Olga@example.org") {
		t.Error("a revoked account is still signed in")
	}
	if code, _, errs := run(t, "account", "link", "olga@example.org", "--data", dir); code != 1 || !strings.Contains(errs, "no such account") {
		t.Errorf("a link for a revoked account: %d %s", code, errs)
	}
	if code, _, _ := run(t, "account", "erase", "olga@example.org", "--data", dir); code != 0 {
		t.Errorf("account erase: %d", code)
	}
	if _, out, _ := run(t, "account", "list", "--data", dir); strings.Contains(out, "Olga") {
		t.Errorf("she is still listed: %s", out)
	}
}
