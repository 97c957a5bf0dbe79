package cli_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"kept/internal/commitment"
	"kept/internal/db"
)

// What the year came to, held against docs/states.py.

// states is what the site would say of every commitment on a day.
func (y *year) states(day string) map[int64]string {
	y.Helper()
	out := map[int64]string{}
	y.read(func(tx *db.Tx) error {
		page, err := commitment.List(tx, commitment.Filter{Today: day, Limit: 1000})
		if err != nil {
			return err
		}
		for _, c := range page.List {
			out[c.ID] = c.Reporting + " " + c.Due
		}
		rows, err := tx.Query("SELECT id, reports, missed FROM commitment")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id, reports, missed int64
			if err := rows.Scan(&id, &reports, &missed); err != nil {
				return err
			}
			out[id] += fmt.Sprintf(" %d reports, %d missed", reports, missed)
		}
		return rows.Err()
	})
	return out
}

// table runs docs/states.py and reads what it prints, without the heading.
func (y *year) table(python string, args ...string) [][]string {
	y.Helper()
	c := exec.CommandContext(context.WithoutCancel(y.Context()), python, append([]string{"-B", "../../docs/states.py"}, args...)...)
	var faults bytes.Buffer
	c.Stderr = &faults
	b, err := c.Output()
	if err != nil {
		y.Fatalf("docs/states.py: %v %s", err, faults.String())
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil || len(rows) == 0 {
		y.Fatalf("docs/states.py prints no table: %v", err)
	}
	return rows[1:]
}

// compareStates holds our states against the recomputed ones.
func (y *year) compareStates(python, copied string, seen map[string]map[int64]string) {
	y.Helper()
	kinds := map[string]int{}
	for day, ours := range seen {
		theirs := y.table(python, copied, day)
		if len(theirs) != len(ours) {
			y.Errorf("%s: %d commitments, %d recomputed", day, len(ours), len(theirs))
		}
		wrong := 0
		for _, r := range theirs {
			id, _ := strconv.ParseInt(r[0], 10, 64)
			want := fmt.Sprintf("%s %s %s reports, %s missed", r[1], r[2], r[6], r[7])
			if kinds[r[1]]++; ours[id] != want {
				if wrong++; wrong <= 5 {
					y.Errorf("%s: commitment %d is %q, recomputed %q", day, id, ours[id], want)
				}
			}
		}
	}
	for _, state := range commitment.ReportingStates {
		if kinds[state] < 20 {
			y.Errorf("only %d of %v are %s: the script shows too little", kinds[state], kinds, state)
		}
	}
	y.Logf("%d days, states %v", len(seen), kinds)
}

// compareReminders holds log and outbox against what was to be sent.
func (y *year) compareReminders(python, copied string) {
	y.Helper()
	lines, letters := map[string]int{}, map[string]int{}
	offsets := map[string]int{}
	for _, r := range y.table(python, copied, yearEnds, "--reminders", yearBegins) {
		offsets[r[4]]++
		party, _ := strconv.ParseInt(r[2], 10, 64)
		for id, p := range y.people {
			if p.wanted && slices.Contains(p.parties, party) {
				lines[strings.Join([]string{r[0], id, r[1], r[3], r[4]}, " ")]++
				letters[p.mail+" "+r[0]]++
			}
		}
	}
	for _, offset := range []string{"-60", "-30", "0", "30"} {
		if offsets[offset] < 100 {
			y.Errorf("only %v reminders by offset: the script shows too little", offsets)
		}
	}
	y.read(func(tx *db.Tx) error {
		rows, err := tx.Query("SELECT sent_on, account, commitment, due_on, offset_days FROM reminder_log")
		if err != nil {
			return err
		}
		defer rows.Close()
		wrong := 0
		for rows.Next() {
			var on, id, due string
			var c, offset int64
			if err := rows.Scan(&on, &id, &c, &due, &offset); err != nil {
				return err
			}
			line := fmt.Sprintf("%s %s %d %s %d", on, id, c, due, offset)
			if lines[line]--; lines[line] != 0 {
				if wrong++; wrong <= 5 {
					y.Errorf("sent and not expected: %s", line)
				}
			}
		}
		return rows.Err()
	})
	missing := 0
	for line, n := range lines {
		if n > 0 {
			if missing++; missing <= 5 {
				y.Errorf("expected and not sent: %s", line)
			}
		}
	}
	files := y.outbox()
	for letter, n := range letters {
		if got := files[letter]; !slices.Equal(got, []int{n}) {
			y.Errorf("%s: the outbox has letters with %v reminders, want one with %d", letter, got, n)
		}
		delete(files, letter)
	}
	for letter := range files {
		y.Errorf("in the outbox and not expected: %s", letter)
	}
	y.Logf("%d reminders by offset %v, %d lines in the log, %d letters", offsets["-60"]+offsets["-30"]+offsets["0"]+offsets["30"], offsets, len(lines), len(letters))
}

// outbox counts the reminders in each letter, by recipient and day.
func (y *year) outbox() map[string][]int {
	y.Helper()
	files, err := filepath.Glob(filepath.Join(y.dir, "outbox", "*.eml"))
	if err != nil {
		y.Fatal(err)
	}
	out := map[string][]int{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			y.Fatal(err)
		}
		m, err := netmail.ReadMessage(bytes.NewReader(b))
		if err != nil {
			y.Fatal(file, err)
		}
		date, err := m.Header.Date()
		if err != nil {
			y.Fatal(file, err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
		if err != nil {
			y.Fatal(file, err)
		}
		key := strings.Trim(m.Header.Get("To"), "<>") + " " + date.Format(time.DateOnly)
		out[key] = append(out[key], strings.Count(string(text), "/report\r\n"))
	}
	return out
}
