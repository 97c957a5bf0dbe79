package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"kept/internal/cli"
	"kept/internal/keeper"
	"kept/record"
)

// No test may touch the locks of whoever runs it.
func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" { // a process of its own, under the state folder of its parent
		os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr))
	}
	state, err := os.MkdirTemp("", "kept-state-")
	if err != nil {
		panic(err)
	}
	os.Setenv("XDG_STATE_HOME", state)
	code := m.Run()
	os.RemoveAll(state)
	os.Exit(code)
}

// ran is what a run of the command line printed and how it ended.
type ran struct {
	code     int
	out, err string
}

// kept runs the command line with nothing on its standard input.
func kept(args ...string) ran {
	var out, err bytes.Buffer
	code := cli.Run(context.Background(), args, strings.NewReader(""), &out, &err)
	return ran{code, out.String(), err.String()}
}

// must runs a command that has to end with 0 and returns what it printed.
func must(t testing.TB, args ...string) string {
	t.Helper()
	r := kept(args...)
	if r.code != 0 {
		t.Fatalf("kept %s: exit code %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.err)
	}
	return r.out
}

// want holds a run against its exit code and words that it must have printed anywhere.
func (r ran) want(t testing.TB, code int, words ...string) {
	t.Helper()
	if r.code != code {
		t.Errorf("exit code %d, want %d", r.code, code)
	}
	for _, w := range words {
		if !strings.Contains(r.out+r.err, w) {
			t.Errorf("%q is not in what was printed", w)
		}
	}
	if t.Failed() {
		t.Logf("printed:\n%s%s", short(r.out), short(r.err))
	}
}

func short(s string) string {
	if len(s) > 2000 {
		return s[:1000] + "\n…\n" + s[len(s)-1000:]
	}
	return s
}

// decode reads what --json printed: one JSON value and nothing else.
func decode[T any](t testing.TB, printed string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(printed), &v); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, short(printed))
	}
	return v
}

// newRecord makes a data directory under a pack, with an origin of its own.
func newRecord(t testing.TB, pack string) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data")
	must(t, "init", "--data", dir, "--pack", pack, "--origin", originOf(t))
	return dir
}

// originOf is one name for the whole of a test, and another when it runs again.
func originOf(t testing.TB) string {
	n, _ := runs.LoadOrStore(t, counted.Add(1))
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, t.Name())
	return fmt.Sprintf("test.example/%.40s-%d", name, n)
}

var (
	runs    sync.Map // test → its number
	counted atomic.Int64
)

// size is how many entries a stranger finds in a record; it verifies the record on the way.
func size(t testing.TB, target string) int64 {
	t.Helper()
	return decode[record.Report](t, must(t, "verify", target, "--json")).Size
}

// write makes a file in a temporary folder.
func write(t testing.TB, name, content string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// keyOf reads the key of a data directory.
func keyOf(t testing.TB, dir string) keeper.Key {
	t.Helper()
	key, err := keeper.ReadKey(filepath.Join(dir, "record.key"))
	if err != nil {
		t.Fatal(err)
	}
	return key
}
