package script

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// save keeps what an address answers. A receipt waits for its checkpoint.
func (w *world) save(rest string) error {
	address, name, ok := strings.Cut(rest, " as ")
	if !ok {
		return errors.New("save is written /ADDRESS as FILE")
	}
	for range 50 {
		if err := w.get(address); err != nil {
			return err
		}
		if w.page.status == http.StatusOK {
			return os.WriteFile(filepath.Join(w.dir, name), w.page.raw, 0o600)
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("answered %d: %s", w.page.status, w.page.text)
}

// file is a file of the script's own folder, or one that comes with the scripts.
func (w *world) file(name string) string {
	if _, err := os.Stat(filepath.Join(w.dir, name)); err == nil {
		return filepath.Join(w.dir, name)
	}
	return filepath.Join("testdata", name)
}

// command runs the program.
func (w *world) command(args string, succeeds bool) error {
	list := split(args)
	for i, a := range list {
		list[i] = strings.ReplaceAll(a, "DIR/", w.dir+"/")
	}
	if list[0] != "verify" {
		list = append(list, w.flags()...)
	} else if w.base != "" {
		list = slices.Insert(list, 1, w.base)
	}
	c := exec.Command(program, list...)
	out, err := c.CombinedOutput()
	w.printed = string(out)
	if (err == nil) != succeeds {
		return fmt.Errorf("kept %s: %v\n%s", strings.Join(list, " "), err, out)
	}
	return nil
}

// split parts a command at blanks; "several words" stay together.
func split(line string) []string {
	var list []string
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 1 {
			list = append(list, part)
		} else {
			list = append(list, strings.Fields(part)...)
		}
	}
	return list
}

func (w *world) says(text string) error {
	if !strings.Contains(w.printed, text) {
		return fmt.Errorf("it said: %s", w.printed)
	}
	return nil
}

// nowhere looks for a text in every byte of the script's folder: data directory,
// outbox, saved copies.
func (w *world) nowhere(text string) error {
	return filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && bytes.Contains(b, []byte(text)) {
			err = fmt.Errorf("%s holds it", path)
		}
		return err
	})
}
