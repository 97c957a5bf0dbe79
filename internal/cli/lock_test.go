package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLockIsChosenOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	lock := filepath.Join(t.TempDir(), "elsewhere", "my.lock")
	must(t, "init", "--data", dir, "--pack", "harbour", "--origin", originOf(t), "--lock", lock)
	first := read(t, lock)
	if !strings.HasPrefix(first, originOf(t)+"\n") {
		t.Fatalf("the lock holds %q", first)
	}
	// No command after it names the lock, whatever the environment says.
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	must(t, "import", "parties", write(t, "p.csv", "name,kind,area\nKite,civil-society,QM\n"), "--data", dir, "--keep")
	second := read(t, lock)
	if second == first {
		t.Error("the import did not sign into the lock")
	}
	must(t, "text", "load", "--text", "harbour-2025", official("en"), "--data", dir, "--yes")
	if read(t, lock) == second {
		t.Error("the text did not sign into the lock")
	}
	must(t, "verify", dir)
	must(t, "replay", "--check", "--data", dir, "--lock", lock)
	if left, _ := os.ReadDir(os.Getenv("XDG_STATE_HOME")); len(left) > 0 {
		t.Errorf("another lock was made: %v", left)
	}
	kept("replay", "--check", "--data", dir, "--lock", lock+"2").want(t, 1, lock, "lock.path", "move the file")
	kept("serve", dir, "--addr", "127.0.0.1:0", "--lock", lock+"2").want(t, 1, "lock.path")
}

// A lock inside the data directory moves with it.
func TestLockInsideMoves(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	must(t, "init", "--data", dir, "--pack", "harbour", "--origin", originOf(t), "--lock", filepath.Join(dir, "lock"))
	moved := dir + "-moved"
	if err := os.Rename(dir, moved); err != nil {
		t.Fatal(err)
	}
	must(t, "import", "parties", write(t, "p.csv", "name,kind,area\nKite,civil-society,QM\n"), "--data", moved, "--keep")
	if _, err := os.Stat(dir); err == nil {
		t.Error("a lock was made at the old place")
	}
}

// A data directory that was set back to an older copy is noticed: nothing is
// written, what was published stays readable.
func TestSetBackIsNoticed(t *testing.T) {
	dir := newRecord(t, "harbour")
	older := filepath.Join(t.TempDir(), "older")
	if err := os.CopyFS(older, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	file := write(t, "p.csv", "name,kind,area\nKite,civil-society,QM\n")
	must(t, "import", "parties", file, "--data", dir, "--keep")
	kept("import", "parties", file, "--data", older, "--keep").want(t, 1, "kept: ", "fewer entries")
	kept("init", "--data", older).want(t, 1, "fewer entries")
	kept("verify", older).want(t, 0, "no fault")
}

func TestLockThatCannotBe(t *testing.T) {
	file := write(t, "file", "x")
	kept("init", "--data", filepath.Join(t.TempDir(), "d"), "--pack", "harbour", "--origin", originOf(t), "--lock", filepath.Join(file, "lock")).want(t, 1, "--lock")
}

// The lock of a record that was removed by hand is not taken for that of a new one.
func TestLockOfAnotherRecord(t *testing.T) {
	newRecord(t, "harbour")
	second := filepath.Join(t.TempDir(), "second")
	kept("init", "--data", second, "--pack", "harbour", "--origin", originOf(t)).want(t, 1, "another record", "--lock", "remove the file")
	if _, err := os.Stat(second); err == nil {
		t.Error("a data directory was made")
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
