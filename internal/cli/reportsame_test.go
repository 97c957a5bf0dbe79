package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"kept/internal/db/dbtest"
	"kept/internal/report"
)

// TestFiguresElsewhere: the same record in another directory and in PostgreSQL gives
// the same bytes, and so it does after texts of it were erased.
func TestFiguresElsewhere(t *testing.T) {
	data := filepath.Join(t.TempDir(), "demo")
	start(t, freePorts(t), "demo", "--data", data).stop()
	for _, d := range drafts {
		t.Run(d.site+" "+d.to, func(t *testing.T) {
			at := filepath.Join(data, d.site)
			figures := draftOf(t, at, d.kind, d.to)
			here := canonical(t, figures)
			copied := filepath.Join(t.TempDir(), "copy")
			must(t, "verify", at, "--save", copied)
			places := map[string][]string{"another directory": nil}
			if address := os.Getenv("KEPT_TEST_POSTGRES"); address != "" {
				places["PostgreSQL"] = []string{"--db", dbtest.Postgres(t)}
			}
			for name, flags := range places {
				other := filepath.Join(t.TempDir(), "other")
				restored(t, at, copied, other, flags...)
				if there := canonical(t, draftOf(t, other, d.kind, d.to, flags...)); !bytes.Equal(here, there) {
					t.Errorf("%s: other figures", name)
				}
				if d.site != "harbour" {
					continue
				}
				for _, id := range []string{"promises.total", "parties.kind.private"} {
					counted, _ := figures.Figure(id)
					must(t, append([]string{"erase", "--entry", strconv.FormatInt(counted.Records[0], 10), "--all", "--reason", "request", "--yes", "--data", other}, flags...)...)
				}
				if there := canonical(t, draftOf(t, other, d.kind, d.to, flags...)); d.to == "" && !bytes.Equal(here, there) {
					t.Errorf("%s, after an erasure: other figures", name)
				}
			}
		})
	}
}

func canonical(t testing.TB, f *report.Figures) []byte {
	t.Helper()
	b, err := f.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// restored makes a record of a saved copy, under the key and the lock of the first one.
func restored(t testing.TB, from, copied, to string, flags ...string) {
	t.Helper()
	if err := os.MkdirAll(to, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"record.key", "lock", "lock.path"} {
		b, err := os.ReadFile(filepath.Join(from, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	must(t, append([]string{"restore", "--from", copied, "--data", to}, flags...)...)
}
