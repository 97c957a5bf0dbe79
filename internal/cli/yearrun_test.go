package cli_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// The processes of the year: how they are started, watched, held and killed.

// quick is a client that does not wait long.
var quick = http.Client{Timeout: time.Second}

// hold stops a process where it is, or lets it go on.
func hold(t testing.TB, p *os.Process, still bool) {
	t.Helper()
	signal := syscall.SIGCONT
	if still {
		signal = syscall.SIGSTOP
	}
	if err := p.Signal(signal); err != nil {
		t.Fatal(err)
	}
}

// serve starts the program beside the test.
func (y *year) serve(name string) {
	y.Helper()
	self, err := os.Executable()
	if err != nil {
		y.Fatal(err)
	}
	addr := freePorts(y)
	c := exec.Command(self, "serve", "--data", y.dir, "--db", y.address, "--sample-clock", y.clock, "--addr", addr)
	c.Env = append(os.Environ(), childVariable+"=1")
	var printed bytes.Buffer
	c.Stdout, c.Stderr = io.Discard, &printed
	if err := c.Start(); err != nil {
		y.Fatal(err)
	}
	y.children = append(y.children, c)
	y.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
		if y.Failed() {
			y.Logf("process %s: %s", name, short(printed.String()))
		}
	})
	y.until("process "+name+" serves", func() bool {
		answer, err := quick.Get("http://" + addr + "/healthz")
		if err != nil {
			return false
		}
		answer.Body.Close()
		return true
	})
}

// until waits for something that the other processes are about to do.
func (y *year) until(what string, ok func() bool) {
	y.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(3 * time.Millisecond) {
		if ok() {
			return
		}
	}
	y.Fatalf("never: %s (the clock stands at %s)", what, y.now.Format(time.RFC3339))
}

// morning lets the reminders of a day go out.
func (y *year) morning(day string) {
	y.Helper()
	if day == killOn {
		y.kill(day)
	} else {
		y.at(day, 13)
	}
	y.until("the reminders of "+day, func() bool {
		return y.count("SELECT count(*) FROM job WHERE kind = 'reminders' AND name = ? AND state = 'done'", day) == 1
	})
}

// kill kills the process that is sending: the other one is held still meanwhile,
// takes over when the lease has run out, and a new one joins it.
func (y *year) kill(day string) {
	y.Helper()
	y.mailed()
	first, second := y.children[0].Process, y.children[1].Process
	hold(y, second, true)
	y.at(day, 13)
	sent := func() int { return y.count("SELECT count(*) FROM reminder_log WHERE sent_on = ?", day) }
	y.until("the first reminders of "+day, func() bool { return sent() > 0 })
	if err := first.Kill(); err != nil {
		y.Fatal(err)
	}
	_, _ = first.Wait()
	before := sent()
	hold(y, second, false)
	y.set(y.now.Add(10 * time.Minute))
	y.until("the other process takes over", func() bool { return sent() > before })
	y.serve("three")
	y.Logf("killed after %d reminders of that day", before)
}

// mailed waits until every letter is in the outbox.
func (y *year) mailed() {
	y.Helper()
	y.until("the letters are written", func() bool { return y.count("SELECT count(*) FROM job WHERE kind = 'mail' AND state = 'waiting'") == 0 })
	if n := y.count("SELECT count(*) FROM job WHERE state = 'dead'"); n != 0 {
		y.Errorf("%d jobs were given up", n)
	}
}
