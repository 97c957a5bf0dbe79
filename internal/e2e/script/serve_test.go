package script

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// database makes an empty database on the server for tests.
func database(t *testing.T) string {
	server := os.Getenv("KEPT_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("KEPT_TEST_POSTGRES is not set")
		}
		t.Skip("left out: KEPT_TEST_POSTGRES is not set (make test starts a server)")
	}
	name := fmt.Sprintf("kept_script_%d_%d", os.Getpid(), time.Now().UnixNano())
	do := func(sql string) {
		c, err := pgx.Connect(context.Background(), server)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close(context.Background())
		if _, err := c.Exec(context.Background(), sql); err != nil {
			t.Fatal(err)
		}
	}
	do("CREATE DATABASE " + name)
	t.Cleanup(func() { do("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// flags say where this record is.
func (w *world) flags() []string {
	f := []string{"--data", filepath.Join(w.dir, "data"), "--lock", filepath.Join(w.dir, "lock", "checkpoint")}
	if w.db != "" {
		f = append(f, "--db", w.db)
	}
	if w.pack == "harbour" {
		f = append(f, "--sample-clock", filepath.Join(w.dir, "clock"))
	}
	return f
}

// begin makes a record and serves it until the script ends.
func (w *world) begin(pack string) error {
	if pack != "harbour" && pack != "gdc" {
		return fmt.Errorf("a record of harbour or of gdc")
	}
	w.pack = pack
	if err := w.day("2026-11-21"); err != nil {
		return err
	}
	if err := w.command("init --origin "+pack+".example --pack "+pack, true); err != nil {
		return err
	}
	return w.serve()
}

func (w *world) serve() error {
	port, err := freePort()
	if err != nil {
		return err
	}
	w.base = "http://127.0.0.1:" + port
	args := append([]string{"serve", "--addr", "127.0.0.1:" + port}, w.flags()...)
	c := exec.Command(program, args...)
	var log bytes.Buffer
	c.Stdout, c.Stderr = &log, &log
	if err := c.Start(); err != nil {
		return err
	}
	w.t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		_ = c.Wait()
		if w.t.Failed() {
			w.t.Logf("the program said:\n%s", log.String())
		}
	})
	for range 200 {
		if r, err := http.Get(w.base + "/en/"); err == nil {
			r.Body.Close()
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return errors.New("the program does not answer")
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// day sets the clock of a sample compact: noon in the west of the Pacific, when the
// day has begun everywhere.
func (w *world) day(on string) error {
	stamp, err := time.Parse("2006-01-02 15:04", on)
	if err != nil {
		if stamp, err = time.Parse("2006-01-02", on); err != nil {
			return err
		}
		stamp = stamp.Add(14 * time.Hour)
	}
	path := filepath.Join(w.dir, "clock")
	if err := os.WriteFile(path+".new", []byte(stamp.Format(time.RFC3339)), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path) // the program never reads half a time
}
