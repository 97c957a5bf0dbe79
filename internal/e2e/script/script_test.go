// Package script plays whole years of a compact, written so that somebody who
// does not program can read them: testdata/*.txt. Each script runs the built
// program as its own process, on SQLite and on PostgreSQL, and uses it as people
// do: pages, forms, mail, commands.
//
// The lines of a script:
//
//	# text                      a remark
//	a record of PACK            makes a new record and serves it ("harbour" or "gdc")
//	on 2026-11-21               the day of a sample compact's clock; mail of that day goes out
//	as NAME@HOST                goes on in this person's browser; signs in by mailed link at first
//	as NAME@HOST by the mail    the same; signs in by the link in the mail that was just seen
//	as nobody                   goes on as a visitor
//	open /ADDRESS               opens a page (without language: the English one)
//	refused /ADDRESS            opens a page, which must be refused
//	  FIELD: TEXT               fills in a field of the page's form, by its label or name
//	press BUTTON                sends the form; it must be accepted
//	try BUTTON                  sends the form; it must be refused
//	follow LINK                 follows a link by its words
//	see TEXT · not see TEXT     what the page shows, or not
//	soon not see TEXT           the same, within five seconds: another process did it
//	at /ADDRESS                 where we are
//	keep NAME                   remembers the number in the address of the page as {NAME}
//	data /ADDRESS PATH == VALUE what the twin of a page says: == != has
//	file FILE                   begins a file of the script's own; its lines follow, set off by "| "
//	cell FILE ROW, COLUMN = TEXT  fills a cell of a table: the row that holds a text, the column of a heading
//	save /ADDRESS as FILE       keeps what an address answers in a file
//	mail to NAME@HOST: TEXT     waits for a mail that holds the text
//	open the mail               opens the first address in that mail
//	nowhere TEXT                no file of the script's folder holds the text
//	kept COMMAND                runs the program; it must succeed
//	kept fails COMMAND          runs the program; it must fail
//	says TEXT                   what the command printed
//	count from here             begins to count steps and keystrokes
//	at most N steps and M keys  what was counted since
package script

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// program is the built program, made once for all scripts.
var program string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "kept-script-")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(dir, "kept")
	build := exec.Command("go", "build", "-o", program, "kept")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		for _, engine := range []string{"sqlite", "postgres"} {
			t.Run(name+"/"+engine, func(t *testing.T) {
				t.Parallel()
				play(t, file, newWorld(t, engine))
			})
		}
	}
}

// play runs a script line by line and stops at the first line that does not hold.
func play(t *testing.T, file string, w *world) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for n, line := range strings.Split(string(text), "\n") {
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := w.line(w.put(line)); err != nil {
			t.Fatalf("%s:%d: %s\n%v", file, n+1, line, err)
		}
	}
}

// put replaces {NAME} by what was kept under the name.
func (w *world) put(line string) string {
	for name, value := range w.kept {
		line = strings.ReplaceAll(line, "{"+name+"}", value)
	}
	return line
}

var counting = regexp.MustCompile(`^at most (\d+) steps and (\d+) keys$`)

// line does one line of a script.
func (w *world) line(line string) error {
	if field, isField := strings.CutPrefix(line, "  "); isField {
		name, value, ok := strings.Cut(strings.TrimSpace(field), ": ")
		if !ok {
			return fmt.Errorf("a field is written NAME: VALUE")
		}
		return w.fill(name, strings.TrimSpace(value))
	}
	line = strings.TrimSpace(line)
	if m := counting.FindStringSubmatch(line); m != nil {
		return w.counted(m[1], m[2])
	}
	for _, v := range verbs {
		rest, ok := strings.CutPrefix(line, v.word)
		if ok && (rest == "" || strings.HasPrefix(rest, " ")) {
			return v.do(w, strings.TrimSpace(rest))
		}
	}
	return fmt.Errorf("no such line in a script")
}

// verbs are tried in their order: the longer one first where two begin alike.
var verbs = []struct {
	word string
	do   func(w *world, rest string) error
}{
	{"a record of", (*world).begin},
	{"on", (*world).day},
	{"as", (*world).as},
	{"open the mail", func(w *world, _ string) error { return w.openMail() }},
	{"open", (*world).open},
	{"refused", (*world).refused},
	{"press", func(w *world, button string) error { return w.press(button, true) }},
	{"try", func(w *world, button string) error { return w.press(button, false) }},
	{"follow", (*world).follow},
	{"see", func(w *world, text string) error { return w.shows(text, true) }},
	{"soon not see", (*world).soonGone},
	{"not see", func(w *world, text string) error { return w.shows(text, false) }},
	{"at", (*world).at},
	{"keep", (*world).keep},
	{"data", (*world).data},
	{"save", (*world).save},
	{"file", (*world).begins},
	{"|", (*world).fileLine},
	{"cell", (*world).cell},
	{"mail to", (*world).waitForMail},
	{"no mail to", (*world).noMail},
	{"kept fails", func(w *world, args string) error { return w.command(args, false) }},
	{"kept", func(w *world, args string) error { return w.command(args, true) }},
	{"says", (*world).says},
	{"nowhere", (*world).nowhere},
	{"count from here", func(w *world, _ string) error { w.steps, w.keys = 0, 0; return nil }},
}

// counted compares what was done since "count from here" with what it may be.
func (w *world) counted(steps, keys string) error {
	mostSteps, _ := strconv.Atoi(steps)
	mostKeys, _ := strconv.Atoi(keys)
	w.t.Logf("%d steps, %d keys, %d cells", w.steps, w.keys, w.cells)
	if w.steps > mostSteps || w.keys > mostKeys {
		return fmt.Errorf("%d steps and %d keys were needed", w.steps, w.keys)
	}
	return nil
}
