package export_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"kept/compacts"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/export"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// read is every file below a folder.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		all[filepath.ToSlash(rel)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// sameFiles compares two exports, file by file.
func sameFiles(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s: %s differs (%d bytes, want %d)", what, name, len(got[name]), len(want[name]))
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %d files, want %d", what, len(got), len(want))
	}
}

// register adds a party to a record.
func register(t *testing.T, k *keeper.Keeper, name string) int64 {
	t.Helper()
	out, err := k.Submit(t.Context(), "", keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat,
		Facts: stakeholder.Registered{Kind: "civil-society", Area: "QM"}, Words: map[string]string{"name.und": name}})
	if err != nil {
		t.Fatal(err)
	}
	return out[0].Index
}

// TestOneMoment: what arrives while an export is written is not in it, on both
// engines; and an export is the same bytes however many make it.
func TestOneMoment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		k := newRecord(t, open(), compacts.Harbour())
		register(t, k, "Clean Quay Watch")
		before, after := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
		one := newStill(t, k, "", 1)
		write(t, one, before)
		register(t, k, "Too Late Society")
		if err := k.Sign(t.Context()); err != nil {
			t.Fatal(err)
		}
		write(t, one, after)
		want := read(t, before)
		sameFiles(t, "while the record grew", read(t, after), want)
		one.Close()
		two := newStill(t, k, "", 2)
		first, second := filepath.Join(t.TempDir(), "c"), filepath.Join(t.TempDir(), "d.zip")
		write(t, two, first)
		write(t, two, second)
		later := read(t, first)
		if !strings.Contains(strings.Join(slices.Collect(maps.Values(later)), ""), "Too Late Society") {
			t.Error("the party that was registered meanwhile is in no later export")
		}
		sameFiles(t, "made by two", unzip(t, second), later)
	})
}

func unzip(t *testing.T, name string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	all := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil || all[f.Name] != "" {
			t.Errorf("%s: %v; twice: %v", f.Name, err, all[f.Name] != "")
		}
		all[f.Name] = string(b)
	}
	return all
}

// TestArchives: both kinds hold what the folder holds, and are the same bytes each time.
func TestArchives(t *testing.T) {
	k := newRecord(t, openStore(t), compacts.Harbour())
	still := newStill(t, k, "", 2)
	dir := t.TempDir()
	write(t, still, filepath.Join(dir, "site"))
	want := read(t, filepath.Join(dir, "site"))
	for _, kind := range []string{".zip", ".tar.zst"} {
		write(t, still, filepath.Join(dir, "a"+kind))
		write(t, still, filepath.Join(dir, "b"+kind))
		a, _ := os.ReadFile(filepath.Join(dir, "a"+kind))
		if b, _ := os.ReadFile(filepath.Join(dir, "b"+kind)); len(a) == 0 || !bytes.Equal(a, b) {
			t.Errorf("two archives %s of one export differ", kind)
		}
	}
	sameFiles(t, "zip", unzip(t, filepath.Join(dir, "a.zip")), want)
	packed, err := os.Open(filepath.Join(dir, "a.tar.zst"))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	z, err := zstd.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	got := map[string]string{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(r)
		got[h.Name] = string(b)
	}
	sameFiles(t, "tar", got, want)
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestAgain: over an earlier export only what changed is written, what is gone goes,
// and nothing else is touched. An erased text is in no file any more.
func TestAgain(t *testing.T) {
	store := openStore(t)
	k := newRecord(t, store, compacts.Harbour())
	party := register(t, k, "Planted-6f1c-Society")
	dir := filepath.Join(t.TempDir(), "site")
	still := newStill(t, k, "", 2)
	first := write(t, still, dir)
	if r := write(t, still, dir); r.Changed != 0 || r.Gone != 0 || r.Files != first.Files {
		t.Errorf("the same again: %+v, want nothing written", r)
	}
	still.Close()
	if len(dbtest.Holding(t, dir, "Planted-6f1c-Society")) == 0 {
		t.Fatal("the name is nowhere in the export")
	}
	mine := filepath.Join(dir, "robots.txt")
	if err := os.WriteFile(mine, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	plan, err := k.PlanErasure(t.Context(), party, []string{"name.und"}, "request")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := k.Erase(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	still = newStill(t, k, "", 2)
	r := write(t, still, dir)
	if found := dbtest.Holding(t, dir, "Planted-6f1c-Society"); len(found) > 0 {
		t.Errorf("erased, and still in %v", found)
	}
	if r.Changed == 0 || r.Changed == r.Files || r.Gone == 0 {
		t.Errorf("after an erasure: %+v; want some files written, and the words' file gone", r)
	}
	whole := filepath.Join(t.TempDir(), "whole")
	write(t, still, whole)
	got := read(t, dir)
	if got["robots.txt"] != "mine" {
		t.Error("a file of somebody else's was touched")
	}
	delete(got, "robots.txt")
	sameFiles(t, "brought up to date", got, read(t, whole))
}

// TestInterrupted: whatever stops an export, the earlier one stands whole; and a run
// after one that died in the exchange makes everything right.
func TestInterrupted(t *testing.T) {
	k := newRecord(t, openStore(t), compacts.Harbour())
	still := newStill(t, k, "", 2)
	parent := t.TempDir()
	dir := filepath.Join(parent, "site")
	stopped := func(after int64) {
		t.Helper()
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		_, err := export.Write(ctx, still, export.Options{To: dir, Origin: "gdc.example", Build: "other", Progress: func(done, _ int64) {
			if done == after {
				stop()
			}
		}})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped: got %v", err)
		}
	}
	stopped(20)
	if left, _ := os.ReadDir(parent); len(left) > 0 {
		t.Errorf("a first export that was stopped left %v", left)
	}
	if err := os.MkdirAll(filepath.Join(parent, ".site.kept-export", "en"), 0o755); err != nil { // of a run that was killed
		t.Fatal(err)
	}
	write(t, still, dir)
	if left, _ := os.ReadDir(parent); len(left) != 1 {
		t.Errorf("beside the export: %v", left)
	}
	want := read(t, dir)
	stopped(20)
	sameFiles(t, "stopped", read(t, dir), want)
	// Killed in the exchange: the manifest is unfinished, one file of it is already another.
	unfinished := strings.Replace(want["export.json"], `"format": "kept-export/1",`, `"format": "kept-export/1", "unfinished": true,`, 1)
	page := want["en/index.html"]
	for name, body := range map[string]string{"export.json": unfinished, "en/index.html": strings.Repeat("x", len(page)), ".kept-export/en/rest.html": "x"} {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(body), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	write(t, still, dir)
	sameFiles(t, "after a run that was killed", read(t, dir), want)
}

// TestNotOurs: a folder that is no export of ours is neither written to nor emptied,
// and no manifest makes us delete what lies outside.
func TestNotOurs(t *testing.T) {
	k := newRecord(t, openStore(t), compacts.Harbour())
	still := newStill(t, k, "", 1)
	outside := filepath.Join(t.TempDir(), "outside")
	for name, files := range map[string]map[string]string{
		"somebody's":        {"letter.txt": "x"},
		"another program's": {"export.json": `{"format":"other/1","files":[{"name":"letter.txt"}]}`, "letter.txt": "x"},
		"leads out":         {"export.json": `{"format":"kept-export/1","files":[{"name":"../outside/letter.txt"}]}`, "letter.txt": "x"},
		"absolute":          {"export.json": `{"format":"kept-export/1","files":[{"name":"` + outside + `/letter.txt"}]}`, "letter.txt": "x"},
		"itself":            {"export.json": `{"format":"kept-export/1","files":[{"name":"export.json"}]}`, "letter.txt": "x"},
		"no manifest":       {"export.json": `nonsense`, "letter.txt": "x"},
		"a page of ours":    {"export.json": `{"format":"kept-export/1","unfinished":true,"files":[]}`, "letter.txt": "x", "index.html": "not listed"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for n, body := range files {
				if err := os.WriteFile(filepath.Join(dir, n), []byte(body), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := export.Write(t.Context(), still, export.Options{To: dir}); err == nil {
				t.Error("got no error")
			}
			sameFiles(t, name, read(t, dir), files)
		})
	}
	t.Run("a link out of it", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "site")
		write(t, still, dir)
		if err := errors.Join(os.RemoveAll(filepath.Join(dir, "en")), os.MkdirAll(outside, 0o755), os.WriteFile(filepath.Join(outside, "index.html"), []byte("theirs"), 0o644),
			os.Symlink(outside, filepath.Join(dir, "en"))); err != nil {
			t.Fatal(err)
		}
		if _, err := export.Write(t.Context(), still, export.Options{To: dir}); err == nil {
			t.Error("got no error for a folder that is a link out of the export")
		}
		sameFiles(t, "outside", read(t, outside), map[string]string{"index.html": "theirs"})
	})
}

// TestDiskFull: where there is no room, nothing of the new export is there, the old one
// stands, and the error says why.
func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("left out: no small disk can be mounted here (%v)", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, 0) })
	still := newStill(t, newRecord(t, openStore(t), compacts.Harbour()), "", 2)
	for _, to := range []string{"site", "site.zip", "site.tar.zst"} {
		if strings.HasPrefix(to, "site.") { // an archive is small: less room
			if err := os.WriteFile(filepath.Join(dir, "ballast"), make([]byte, 4<<20-16<<10), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := export.Write(t.Context(), still, export.Options{To: filepath.Join(dir, to)}); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%s: got %v, want that the disk is full", to, err)
		}
		_ = os.Remove(filepath.Join(dir, "ballast"))
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%s: left behind: %v", to, left)
		}
	}
}

// TestLive: what needs the program leads to the live site.
func TestLive(t *testing.T) {
	still := newStill(t, newRecord(t, openStore(t), compacts.Harbour()), "https://gdc.example", 1)
	dir := filepath.Join(t.TempDir(), "site")
	if _, err := export.Write(t.Context(), still, export.Options{To: dir, Live: "https://gdc.example"}); err != nil {
		t.Fatal(err)
	}
	items := read(t, dir)["fr/items/index.html"]
	for _, want := range []string{`action="https://gdc.example/fr/items"`, `href="https://gdc.example/fr/wrong?about=`, `href="../../fr/items/H.5/index.html"`, `form-action https://gdc.example;`,
		`hreflang="zh" href="https://gdc.example/zh/items"`} {
		if !strings.Contains(items, want) {
			t.Errorf("fr/items/index.html has no %s", want)
		}
	}
}

// TestCompress: packed forms lie beside, and are what they stand for.
func TestCompress(t *testing.T) {
	still := newStill(t, newRecord(t, openStore(t), compacts.Harbour()), "", 2)
	dir := filepath.Join(t.TempDir(), "site")
	r, err := export.Write(t.Context(), still, export.Options{To: dir, Compress: true})
	if err != nil {
		t.Fatal(err)
	}
	files, packed := read(t, dir), 0
	for name, body := range files {
		plain, isBrotli := strings.CutSuffix(name, ".br")
		if !isBrotli {
			continue
		}
		packed++
		if unpacked := unbrotli(t, body); unpacked != files[plain] || unpacked != ungzip(t, files[plain+".gz"]) {
			t.Errorf("%s is not what it stands for", name)
		}
	}
	if packed < r.Pages {
		t.Errorf("%d packed files for %d pages", packed, r.Pages)
	}
}

func unbrotli(t *testing.T, packed string) string {
	b, err := io.ReadAll(brotli.NewReader(strings.NewReader(packed)))
	if err != nil {
		t.Error(err)
	}
	return string(b)
}

func ungzip(t *testing.T, packed string) string {
	r, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		t.Error(err)
		return ""
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Error(err)
	}
	return string(b)
}
