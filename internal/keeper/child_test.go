package keeper_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kept/internal/db"
	"kept/internal/keeper"
)

// Some of these tests kill the program, or watch it from outside. The program is
// this test binary, run again as a child that opens a record and submits to it.
// It writes a line to its standard output after each answer.
const (
	childRole  = "KEPT_TEST_CHILD" // what to do: "load" or "one by one"
	childDir   = "KEPT_TEST_DIR"   // key and lock; the store too, without an address
	childStore = "KEPT_TEST_STORE" // address of a PostgreSQL database
	childRound = "KEPT_TEST_ROUND" // part of the keys, so that each round has its own
)

func TestMain(m *testing.M) {
	if role := os.Getenv(childRole); role != "" {
		if err := beChild(role); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// openShared opens the record that parent and child share.
func openShared(ctx context.Context, dir, address string) (*db.DB, *keeper.Keeper, error) {
	key, err := keeper.ReadKey(filepath.Join(dir, "record.key"))
	if err != nil {
		return nil, nil, err
	}
	d, err := db.Open(ctx, db.Config{Dir: dir, URL: address})
	if err != nil {
		return nil, nil, err
	}
	k, err := keeper.Open(ctx, keeper.Options{DB: d, Subjects: []keeper.Subject{garden{}.subject()}, Key: key,
		Lock: keeper.FileLock{Path: filepath.Join(dir, "lock")}, Log: slog.New(slog.DiscardHandler)})
	return d, k, err
}

func beChild(role string) error {
	ctx := context.Background()
	_, k, err := openShared(ctx, os.Getenv(childDir), os.Getenv(childStore))
	if err != nil {
		return err
	}
	if _, err := k.Submit(ctx, "the plot", plot("a")); err != nil {
		return err
	}
	fmt.Println("ready")
	if role == "one by one" {
		for i := range int64(5) {
			r, err := k.Submit(ctx, "", sow(0, i))
			if err != nil {
				return err
			}
			fmt.Printf("answered %d\n", r[0].Index)
		}
		return nil
	}
	go func() {
		for {
			_ = k.Sign(ctx)
			time.Sleep(5 * time.Millisecond)
		}
	}()
	load(ctx, k, os.Getenv(childRound))
	return nil
}

// load submits from 16 places until it is killed: now one act, now three.
func load(ctx context.Context, k *keeper.Keeper, round string) {
	var mu sync.Mutex
	var all sync.WaitGroup
	for p := range 16 {
		all.Go(func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("%s.%d.%d", round, p, i)
				r, err := k.Submit(ctx, key, loadOf(i)...)
				mu.Lock()
				if err != nil {
					fmt.Fprintln(os.Stderr, key, err)
				} else {
					fmt.Printf("%s %d %d\n", key, r[0].Index, len(r))
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
}

// loadOf are the acts that a place submits at its turn.
func loadOf(i int) []keeper.Act {
	a := keeper.Act{Kind: "plot.sown", By: "secretariat", Facts: sown{Plot: 0, Seeds: 1},
		Words: map[string]string{"note.en": fmt.Sprint("turn ", i)}}
	if i%4 == 3 {
		return []keeper.Act{a, withBlob(a, "seeds"), a}
	}
	return []keeper.Act{a}
}

// startChild runs the child, wrapped by a command if one is given.
func startChild(t *testing.T, role, dir, address, round string, wrap ...string) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	args := append(wrap, self)
	c := exec.Command(args[0], args[1:]...)
	c.Env = append(os.Environ(), childRole+"="+role, childDir+"="+dir, childStore+"="+address, childRound+"="+round)
	var faults strings.Builder
	c.Stderr = &faults
	out, err := c.StdoutPipe()
	must(t, err)
	must(t, c.Start())
	t.Cleanup(func() {
		_ = c.Process.Kill()
		if faults.Len() > 0 {
			t.Errorf("the child says: %s", faults.String())
		}
	})
	lines := bufio.NewReader(out)
	if line, err := lines.ReadString('\n'); line != "ready\n" {
		rest, _ := io.ReadAll(lines)
		t.Fatalf("the child did not begin: %q, %v %s %s", line, err, rest, faults.String())
	}
	return c, lines
}
