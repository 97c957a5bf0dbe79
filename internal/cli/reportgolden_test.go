package cli_test

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"kept/internal/report"
)

var update = flag.Bool("update", false, "write the golden release of the present format anew")

// TestGoldenRelease: figures that were frozen once are the same for ever. Each
// format has a record and the figures of it, as they were when the format was new;
// every later program has to compute these bytes.
func TestGoldenRelease(t *testing.T) {
	if *update {
		golden(t, filepath.Join("testdata", "release-"+strconv.Itoa(report.Format)))
	}
	for format := 1; format <= report.Format; format++ {
		frozen := filepath.Join("testdata", "release-"+strconv.Itoa(format))
		want, err := os.ReadFile(filepath.Join(frozen, "figures.json"))
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), "data")
		restored(t, frozen, filepath.Join(frozen, "copy"), dir)
		is := draftOf(t, dir, "yearly", "2025-12-31", "--format", strconv.Itoa(format))
		if got := canonical(t, is); !bytes.Equal(got, want) {
			was, err := report.Parse(want)
			if err != nil {
				t.Fatal(err)
			}
			t.Errorf("format %d: %+v", format, report.Differences(was, is))
		}
		kept("report", "check", dir).want(t, 0, "byte for byte")
	}
}

// golden freezes the sample's record as it is made today, with the figures of 2025.
func golden(t *testing.T, to string) {
	data := filepath.Join(t.TempDir(), "demo")
	start(t, freePorts(t), "demo", "--data", data).stop()
	at := filepath.Join(data, "harbour")
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	must(t, "verify", at, "--save", filepath.Join(to, "copy"))
	for _, name := range []string{"record.key", "lock", "lock.path"} {
		copyFile(t, filepath.Join(at, name), filepath.Join(to, name))
	}
	if err := os.WriteFile(filepath.Join(to, "figures.json"), canonical(t, draftOf(t, at, "yearly", "2025-12-31")), 0o666); err != nil {
		t.Fatal(err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err == nil {
		_, err = io.Copy(out, in)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}
