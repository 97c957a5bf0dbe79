package keeper_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/record"
)

// TestKill kills the program with SIGKILL in the middle of its work, again and
// again, and looks each time at what is there: every act that was answered, no
// act in part, a record that verifies, a state that a replay gives.
func TestKill(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		for range 5 { // a new store now and then keeps the rounds short
			killRounds(t, 10, "")
		}
	})
	t.Run("postgres", func(t *testing.T) { killRounds(t, 10, dbtest.Postgres(t)) })
}

// answer is a line of the child: a key, and what was answered to it.
type answer struct {
	key         string
	first, acts int64
}

func killRounds(t *testing.T, rounds int, address string) {
	t.Helper()
	dir := t.TempDir()
	_, err := keeper.CreateKey(filepath.Join(dir, "record.key"), origin)
	must(t, err)
	var all []answer
	for round := range rounds {
		c, lines := startChild(t, "load", dir, address, fmt.Sprint(round))
		answers := readAnswers(t, lines, 10+rand.IntN(90), func() { must(t, c.Process.Kill()) })
		_ = c.Wait()
		all = append(all, answers...)
		inspect(t, dir, address, all, round)
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
}

// readAnswers reads so many answers, kills, and reads what was still in the pipe.
// A last line without its end was never given.
func readAnswers(t *testing.T, lines *bufio.Reader, n int, kill func()) (answers []answer) {
	t.Helper()
	for {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return answers
		}
		must(t, err)
		var a answer
		if _, err := fmt.Sscan(line, &a.key, &a.first, &a.acts); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if answers = append(answers, a); len(answers) == n {
			kill()
		}
	}
}

// inspect opens what the killed program left and closes it again.
func inspect(t *testing.T, dir, address string, answers []answer, round int) {
	t.Helper()
	d, k, err := openShared(t.Context(), dir, address)
	must(t, err)
	defer d.Close()
	defer k.Close()
	if err := k.ReadOnly(); err != nil {
		t.Fatalf("the record came back read-only: %v", err)
	}
	must(t, d.Read(t.Context(), func(tx *db.Tx) error {
		for _, a := range answers {
			var first, acts int64
			err := tx.Row("SELECT first, acts FROM record_submission WHERE sent = ?", a.key).Scan(&first, &acts)
			if err != nil || first != a.first || acts != a.acts {
				t.Errorf("%+v was answered and is not kept: %d, %d, %v", a, first, acts, err)
			}
			if _, err := keeper.ReadEntry(tx, a.first+a.acts-1); err != nil {
				t.Errorf("%+v was answered: %v", a, err)
			}
		}
		return wholeActs(t, tx)
	}))
	settle(t, k, fmt.Sprint(round))
	must(t, k.Sign(t.Context()))
	report, err := record.Verify(t.Context(), k, record.Options{})
	if err != nil || !report.OK() || report.Size != k.Size() {
		t.Errorf("the record after the kill: %+v, %v", report, err)
	}
	differences, err := k.ReplayCheck(t.Context(), nil)
	if err != nil || differences != nil {
		t.Errorf("the state after the kill: %+v, %v", differences, err)
	}
}

// wholeActs counts that each act is there with all that belongs to it.
func wholeActs(t *testing.T, tx *db.Tx) error {
	t.Helper()
	var size, entries, submitted, words, sowings, seeds int64
	err := tx.Row(`SELECT (SELECT size FROM record_head), (SELECT count(*) FROM record_entry),
		(SELECT CAST(SUM(acts) AS BIGINT) FROM record_submission), (SELECT count(*) FROM record_word),
		(SELECT count(*) FROM sowing), (SELECT seeds FROM plot WHERE id = 0)`).
		Scan(&size, &entries, &submitted, &words, &sowings, &seeds)
	if size != entries || size != submitted || size != sowings+1 || size != words-1 || size != seeds+1 {
		t.Errorf("acts in part: size %d, entries %d, submitted %d, words %d, sowings %d, seeds %d", size, entries, submitted, words, sowings, seeds)
	}
	return err
}

// settle sends the keys of the round again, those whose answer was lost and some
// that were never sent: each is kept once.
func settle(t *testing.T, k *keeper.Keeper, round string) {
	t.Helper()
	var all sync.WaitGroup
	for p := range 16 {
		all.Go(func() {
			for i := range 8 {
				key := fmt.Sprintf("%s.%d.%d", round, p, i)
				first, err := k.Submit(context.Background(), key, loadOf(i)...)
				if err != nil {
					t.Errorf("key %s: %v", key, err)
				}
				again, err := k.Submit(context.Background(), key, loadOf(i)...)
				if err != nil || !equal(first, again) {
					t.Errorf("key %s has two answers: %v, %v, %v", key, first, again, err)
				}
			}
		})
	}
	all.Wait()
}
