package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A scripted clock is for samples: their record may have a past of its own, the
// record of a real compact never.
func TestSampleClock(t *testing.T) {
	dir := t.TempDir()
	clock := filepath.Join(dir, "clock")
	if err := os.WriteFile(clock, []byte("2031-05-06T07:08:09Z\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "harbour")
	must(t, "init", "--pack", "harbour", "--origin", "harbour.example", "--data", data, "--sample-clock", clock, "--lock", filepath.Join(dir, "lock"))
	bundle, err := os.ReadFile(firstBundle(t, data, dir))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(bundle), `"at":"2031-05-06T07:08:09Z"`) {
		t.Errorf("the first entry has another time than the script: %.80s", bundle)
	}

	kept("init", "--pack", "gdc", "--origin", "gdc.example", "--data", filepath.Join(dir, "gdc"), "--sample-clock", clock).want(t, 2, "marked as a sample")
	if _, err := os.Stat(filepath.Join(dir, "gdc")); err == nil {
		t.Error("a refused init left a data directory behind")
	}
}

// firstBundle is the first bundle of entries in a copy of a record.
func firstBundle(t *testing.T, data, dir string) string {
	t.Helper()
	copied := filepath.Join(dir, "copy")
	must(t, "verify", data, "--save", copied)
	files, err := filepath.Glob(filepath.Join(copied, "tile", "entries", "000*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("the copy has no bundle of entries: %v", err)
	}
	if strings.HasSuffix(files[0], ".p") {
		files, _ = filepath.Glob(filepath.Join(files[0], "*"))
	}
	return files[0]
}
