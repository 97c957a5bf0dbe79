package keeper_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"kept/internal/db/dbtest"
	"kept/internal/keeper"
)

// TestSyncBeforeAnswer watches the system calls of the program: between the last
// write to SQLite's log and each answer lies a sync of that log.
func TestSyncBeforeAnswer(t *testing.T) {
	dir := t.TempDir()
	trace := filepath.Join(dir, "trace")
	probe := exec.Command("strace", "-o", trace, "true")
	if out, err := probe.CombinedOutput(); err != nil {
		leaveOut(t, fmt.Sprintf("strace cannot run (%v %s); on Debian: apt-get install strace, and allow ptrace", err, out))
	}
	_, err := keeper.CreateKey(filepath.Join(dir, "record.key"), origin)
	must(t, err)
	c, lines := startChild(t, "one by one", dir, "", "", "strace", "-f", "-y", "-o", trace, "-e", "trace=write,pwrite64,fsync,fdatasync")
	answers, err := io.ReadAll(lines)
	must(t, err)
	must(t, c.Wait())
	if n := strings.Count(string(answers), "answered"); n != 5 {
		t.Fatalf("the child answered %q", answers)
	}
	calls, err := os.ReadFile(trace)
	must(t, err)
	written, synced, checked := 0, true, 0
	for _, call := range systemCalls(string(calls)) {
		switch call {
		case "write":
			written, synced = written+1, false
		case "sync":
			synced = true
		case "answer":
			if written == 0 || !synced {
				t.Errorf("answer %d: %d writes to the log, then synced: %t", checked, written, synced)
			}
			written, checked = 0, checked+1
		}
	}
	if checked != 5 {
		t.Errorf("%d answers in the trace, want 5", checked)
	}
}

// leaveOut skips a test where a tool is missing; where CI is set that is a failure.
func leaveOut(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip("left out: ", why)
}

var (
	logWrite  = regexp.MustCompile(`(?:pwrite64|write)\(\d+<[^>]*kept\.db-wal>`)
	logSync   = regexp.MustCompile(`(\d+) +(?:fsync|fdatasync)\(\d+<[^>]*kept\.db-wal>(.*)`)
	resumed   = regexp.MustCompile(`(\d+) +<\.\.\. (?:fsync|fdatasync) resumed>.*= 0`)
	oneAnswer = regexp.MustCompile(`write\(1<.*"answered `)
)

// systemCalls reads strace's lines as "write" and "sync" of the log and "answer".
// A write counts when it begins, a sync when it has ended well.
func systemCalls(trace string) (calls []string) {
	pending := make(map[string]bool) // threads inside a sync of the log
	for _, line := range strings.Split(trace, "\n") {
		switch {
		case logWrite.MatchString(line):
			calls = append(calls, "write")
		case oneAnswer.MatchString(line):
			calls = append(calls, "answer")
		default:
			if m := logSync.FindStringSubmatch(line); m != nil {
				if strings.Contains(m[2], "unfinished") {
					pending[m[1]] = true
				} else if strings.HasSuffix(strings.TrimSpace(m[2]), "= 0") {
					calls = append(calls, "sync")
				}
			}
			if m := resumed.FindStringSubmatch(line); m != nil && pending[m[1]] {
				delete(pending, m[1])
				calls = append(calls, "sync")
			}
		}
	}
	return calls
}

// TestReadingTraces makes sure that the watcher would see a sync that is missing.
func TestReadingTraces(t *testing.T) {
	for _, c := range []struct{ name, trace, want string }{
		{"in order", `12 pwrite64(5</d/kept.db-wal>, "x", 1, 0) = 1
12 fsync(5</d/kept.db-wal>) = 0
12 write(1<pipe:[1]>, "answered 1\n", 11) = 11`, "write sync answer"},
		{"no sync", `12 pwrite64(5</d/kept.db-wal>, "x", 1, 0) = 1
12 write(1<pipe:[1]>, "answered 1\n", 11) = 11`, "write answer"},
		{"a sync of another file", `12 pwrite64(5</d/kept.db-wal>, "x", 1, 0) = 1
12 fsync(5</d/lock>) = 0
12 write(1<pipe:[1]>, "answered 1\n", 11) = 11`, "write answer"},
		{"a sync that failed", `12 fdatasync(5</d/kept.db-wal>) = -1 EIO (Input/output error)`, ""},
		{"a sync that ends later", `12 fsync(5</d/kept.db-wal> <unfinished ...>
13 write(1<pipe:[1]>, "answered 1\n", 11) = 11
13 <... write resumed>) = 11
12 <... fsync resumed>) = 0`, "answer sync"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(systemCalls(c.trace), " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestFlushBeforeAnswer asks PostgreSQL, right after each answer, how far its log
// is on disk: the commit of the act lies before that.
func TestFlushBeforeAnswer(t *testing.T) {
	address := dbtest.Postgres(t)
	ctx := t.Context()
	c, err := pgx.Connect(ctx, address)
	must(t, err)
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, "CREATE EXTENSION pg_walinspect"); err != nil {
		leaveOut(t, fmt.Sprintf("PostgreSQL's pg_walinspect is missing (%v); on Debian it comes with the server, from version 15", err))
	}
	h := newHouse(t, openAddress(t, address))
	h.submit(plot("a"))
	for range 20 {
		var from, flushed string
		must(t, c.QueryRow(ctx, "SELECT pg_current_wal_insert_lsn()::text").Scan(&from))
		r := h.submit(sow(0, 1))
		must(t, c.QueryRow(ctx, "SELECT pg_current_wal_flush_lsn()::text").Scan(&flushed))
		var commits int
		err := c.QueryRow(ctx, `SELECT count(*) FROM pg_get_wal_records_info_till_end_of_wal($1::pg_lsn) w
			WHERE w.resource_manager = 'Transaction' AND w.record_type = 'COMMIT' AND w.end_lsn <= $2::pg_lsn
			AND w.xid = (SELECT xmin FROM record_entry WHERE idx = $3)`, from, flushed, r[0].Index).Scan(&commits)
		must(t, err)
		if commits != 1 {
			t.Errorf("the commit of entry %d was not on disk (%s) when it was answered", r[0].Index, flushed)
		}
	}
}
