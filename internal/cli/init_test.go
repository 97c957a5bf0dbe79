package cli_test

import (
	"os"
	"path/filepath"
	"testing"
)

func TestInitTwice(t *testing.T) {
	dir := newRecord(t, "gdc")
	first := size(t, dir)
	kept("init", "--data", dir, "--pack", "gdc", "--origin", originOf(t)).want(t, 0, originOf(t))
	kept("init", "--data", dir, "--json").want(t, 0, `"entries"`) // an origin is needed once
	if again := size(t, dir); again != first || first < 2*193 {
		t.Errorf("%d entries after the second init, %d after the first", again, first)
	}
	kept("init", "--data", dir, "--origin", "another.example").want(t, 1, originOf(t), "another.example", "another folder")
	kept("init", "--data", dir, "--pack", "harbour").want(t, 1, "gdc", "harbour", "another folder")
	if again := size(t, dir); again != first {
		t.Errorf("a refused init wrote %d entries", again-first)
	}
}

// A program that dies after the key was made, or in the middle of the adoptions, goes on.
func TestInitGoesOn(t *testing.T) {
	whole := newRecord(t, "harbour")
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(filepath.Join(whole, "record.key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "record.key"), key, 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, "init", "--data", dir, "--pack", "harbour", "--lock", filepath.Join(dir, "lock"))
	if got, want := size(t, dir), size(t, whole); got != want {
		t.Errorf("%d entries, want %d", got, want)
	}
}

// A record that nothing was written into has no checkpoint, and verify says so.
func TestCommandsOnARecordThatDidNotBegin(t *testing.T) {
	whole := newRecord(t, "harbour")
	dir := t.TempDir()
	key, _ := os.ReadFile(filepath.Join(whole, "record.key"))
	if err := os.WriteFile(filepath.Join(dir, "record.key"), key, 0o600); err != nil {
		t.Fatal(err)
	}
	kept("verify", dir, "--lock", filepath.Join(dir, "lock")).want(t, 3, "checkpoint: missing")
	kept("replay", "--check", "--data", dir).want(t, 0, "0 entries")
}

func TestDamagedKeyFile(t *testing.T) {
	dir := newRecord(t, "harbour")
	path := filepath.Join(dir, "record.key")
	key, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string]string{"empty": "", "one line": string(key[:20]), "noise": "\x00\x01\n\x02\x03\n"} {
		if err := os.WriteFile(path, []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		r := kept("replay", "--check", "--data", dir)
		r.want(t, 1, "record.key")
		if r.out != "" {
			t.Errorf("%s: printed %q", name, r.out)
		}
	}
}
