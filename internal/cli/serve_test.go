package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kept/internal/cli"
	"kept/record"
)

// running is a command that serves until it is stopped.
type running struct {
	addr string // HOST:PORT of its first site
	end  context.CancelFunc
	done chan int
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *running) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(b)
}

func (r *running) printed() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// stop is Ctrl-C; it returns the exit code.
func (r *running) stop() int {
	r.end()
	return <-r.done
}

// start runs a command that serves, and waits until its first site answers.
func start(t testing.TB, addr string, args ...string) *running {
	t.Helper()
	ctx, end := context.WithCancel(context.Background())
	r := &running{addr: addr, end: end, done: make(chan int, 2)}
	t.Cleanup(end)
	go func() {
		code := cli.Run(ctx, append(args, "--addr", addr), nil, r, r)
		r.done <- code
		r.done <- code
	}()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		select {
		case code := <-r.done:
			t.Fatalf("kept %s ended with %d: %s", strings.Join(args, " "), code, r.printed())
		default:
		}
		if answer, err := http.Get("http://" + addr + "/healthz"); err == nil {
			answer.Body.Close()
			return r
		}
	}
	t.Fatalf("kept %s does not answer: %s", strings.Join(args, " "), r.printed())
	return nil
}

func serve(t testing.TB, dir string, flags ...string) *running {
	t.Helper()
	r := start(t, freePorts(t), append([]string{"serve", dir}, flags...)...)
	t.Cleanup(func() { r.end() })
	return r
}

// freePorts is an address with a port that is free, and so is the next one.
func freePorts(t testing.TB) string {
	t.Helper()
	for range 100 {
		first, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := first.Addr().(*net.TCPAddr).Port
		next, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port+1))
		first.Close()
		if err == nil {
			next.Close()
			return first.Addr().String()
		}
	}
	t.Fatal("no two free ports beside each other")
	return ""
}

// get fetches a path of the first site and wants a status.
func (r *running) get(t testing.TB, path string, status int) string {
	t.Helper()
	return get(t, "http://"+r.addr+path, "", status)
}

func get(t testing.TB, address, host string, status int) string {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = host
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != status {
		t.Errorf("%s for %q: %d, want %d: %v %s", address, host, answer.StatusCode, status, err, short(string(body)))
	}
	return string(body)
}

func TestServe(t *testing.T) {
	dir := newRecord(t, "gdc")
	site := serve(t, dir)
	site.get(t, "/healthz", 200)
	if page := site.get(t, "/en/", 200); !strings.Contains(page, "<html lang=\"en\"") {
		t.Error(short(page))
	}
	if out := site.printed(); !strings.Contains(out, originOf(t)+"  http://"+site.addr) || !strings.Contains(out, "forms: http://"+site.addr) {
		t.Errorf("printed %q", out)
	}
	if over, here := size(t, "http://"+site.addr+"/"), size(t, dir); over != here {
		t.Errorf("%d entries over HTTP, %d in the data directory", over, here)
	}
	// An import beside a running site uses the same lock: the site follows and signs on.
	must(t, "import", "parties", write(t, "p.csv", partiesCSV), "--data", dir, "--keep")
	if over, here := size(t, "http://"+site.addr), size(t, dir); over > here {
		t.Errorf("%d entries over HTTP, %d in the data directory", over, here)
	}
	kept("serve", dir, "--addr", site.addr).want(t, 1, "another program", "--addr")
	if code := site.stop(); code != 0 {
		t.Errorf("Ctrl-C ended with %d: %s", code, site.printed())
	}
}

func TestServeRefuses(t *testing.T) {
	dir := newRecord(t, "harbour")
	addr := freePorts(t)
	public := []string{"--operator", "Institute", "--contact", "mailto:a@b.example", "--privacy", "https://b.example/privacy"}
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"a public address without operator": {[]string{dir, "--base", "https://compact.example.org"}, 1, "--operator"},
		"without contact":                   {append([]string{dir, "--base", "https://compact.example.org"}, public[:2]...), 1, "--contact"},
		"without privacy page":              {append([]string{dir, "--base", "https://compact.example.org"}, public[:4]...), 1, "--privacy"},
		"an address without host":           {[]string{dir, "--base", "https://"}, 1, "https://host"},
		"another scheme":                    {[]string{dir, "--base", "ftp://localhost"}, 1, "https://host"},
		"two directories with one address":  {[]string{dir, dir, "--base", "http://localhost"}, 2, "2 directories"},
		"two directories of one host name":  {[]string{dir, dir, "--base", "http://localhost,http://localhost/"}, 2, "localhost"},
		"a mail server without scheme":      {[]string{dir, "--smtp", "mail.example.org"}, 2, "--smtp"},
		"a password in its address":         {[]string{dir, "--smtp", "smtp://a:b@mail.example.org"}, 2, "in a file"},
		"a password file that is not there": {[]string{dir, "--smtp", "smtp://a@mail.example.org", "--smtp-password", dir + "/none"}, 1, "--smtp-password"},
		"a sender without address":          {[]string{dir, "--mail-from", "Registry"}, 2, "--mail-from"},
		"two directories under one lock":    {[]string{dir, dir, "--lock", dir + "/l", "--base", "http://a.localhost,http://b.localhost"}, 2, "one record"},
	} {
		t.Run(name, func(t *testing.T) {
			kept(append([]string{"serve", "--addr", addr}, c.args...)...).want(t, c.code, c.want)
		})
	}
}

func TestServePicksByHostName(t *testing.T) {
	one, two := newRecord(t, "gdc"), filepath.Join(t.TempDir(), "two")
	must(t, "init", "--data", two, "--pack", "harbour", "--origin", originOf(t)+"-two")
	site := start(t, freePorts(t), "serve", one, two, "--base", "http://gdc.localhost,http://harbour.localhost/")
	for host, origin := range map[string]string{"gdc.localhost": originOf(t), "HARBOUR.localhost": originOf(t) + "-two"} {
		if key := get(t, "http://"+site.addr+"/record/key", host, 200); !strings.HasPrefix(key, origin+"+") {
			t.Errorf("%s serves %s", host, key)
		}
		get(t, "http://"+site.addr+"/en/", host, 200)
	}
	get(t, "http://"+site.addr+"/en/", "elsewhere.example", http.StatusMisdirectedRequest)
	get(t, "http://"+site.addr+"/en/", "", http.StatusMisdirectedRequest)
	site.stop()
}

func TestDemo(t *testing.T) {
	data := filepath.Join(t.TempDir(), "kept-data")
	addr := freePorts(t)
	host, port, _ := net.SplitHostPort(addr)
	n, _ := strconv.Atoi(port)
	next := net.JoinHostPort(host, strconv.Itoa(n+1))

	demo := start(t, addr, "demo", "--data", data)
	if out := demo.printed(); !strings.Contains(out, "http://"+addr+"/") || !strings.Contains(out, "http://"+next+"/") {
		t.Errorf("printed %q", out)
	}
	for path, want := range map[string]string{"/healthz": "", "/en/": "Global Digital Compact", "/zh/": `lang="zh`, "/items/P11d.json": "P11d", "/ar/items/P11d": `dir="rtl"`} {
		if body := demo.get(t, path, 200); !strings.Contains(body, want) {
			t.Errorf("%s does not hold %q: %s", path, want, short(body))
		}
	}
	if page := get(t, "http://"+next+"/en/", "", 200); !strings.Contains(page, "Harbour") {
		t.Errorf("the second site: %s", short(page))
	}
	kept("demo", "--addr", addr, "--data", filepath.Join(t.TempDir(), "other")).want(t, 1, "another program")
	type site struct{ dir, address, copied string }
	sites := []site{{"gdc", "http://" + addr, ""}, {"harbour", "http://" + next, ""}}
	before := map[string]record.Report{}
	for i, s := range sites {
		sites[i].copied = filepath.Join(t.TempDir(), "copy")
		before[s.dir] = decode[record.Report](t, must(t, "verify", s.address, "--json", "--save", sites[i].copied))
	}
	// Other commands find the demonstration's own lock, while it runs and after.
	must(t, "import", "parties", write(t, "p.csv", partiesCSV), "--keep", "--data", filepath.Join(data, "gdc"))
	if code := demo.stop(); code != 0 {
		t.Errorf("Ctrl-C ended with %d: %s", code, demo.printed())
	}
	for _, s := range sites {
		kept("replay", "--check", "--data", filepath.Join(data, s.dir)).want(t, 0)
	}

	again := start(t, addr, "demo", "--data", data)
	for _, s := range sites {
		now := decode[record.Report](t, must(t, "verify", s.address, "--json", "--checkpoint", filepath.Join(s.copied, "checkpoint")))
		grown := int64(0)
		if s.dir == "gdc" {
			grown = 2 // the import
		}
		if now.Origin != before[s.dir].Origin || now.Size != before[s.dir].Size+grown || now.Consistent != 1 {
			t.Errorf("%s after the restart: %+v, before: %+v", s.dir, now, before[s.dir])
		}
	}
	again.stop()
	if strings.Contains(again.printed(), "read-only") {
		t.Error(again.printed())
	}
}

// A demonstration that was cut off while it was made is completed by the next start.
func TestDemoGoesOn(t *testing.T) {
	data := filepath.Join(t.TempDir(), "kept-data")
	for _, name := range []string{"gdc", "harbour"} {
		dir := filepath.Join(data, name)
		must(t, "init", "--data", dir, "--pack", "harbour", "--origin", fmt.Sprintf("%s-%s", originOf(t), name))
	}
	// The first directory holds another pack than the demonstration's: it is left as it is.
	demo := start(t, freePorts(t), "demo", "--data", data)
	if key := demo.get(t, "/record/key", 200); !strings.HasPrefix(key, originOf(t)+"-gdc+") {
		t.Errorf("serves %s", key)
	}
	demo.stop()
	whole := size(t, filepath.Join(data, "harbour"))
	if whole < 40 {
		t.Errorf("%d entries: the script did not go on", whole)
	}
	demo = start(t, freePorts(t), "demo", "--data", data)
	demo.stop()
	if again := size(t, filepath.Join(data, "harbour")); again != whole {
		t.Errorf("the second start wrote %d entries", again-whole)
	}
}
