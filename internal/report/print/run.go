package print

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"kept/internal/locale"
)

// arguments are what Chromium is told. Its network ends nowhere: every name resolves
// to nothing, and every connection goes to a proxy that is not there.
func arguments(profile, source, target string) []string {
	args := []string{"--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-extensions", "--disable-sync",
		"--disable-background-networking", "--disable-component-update", "--disable-breakpad", "--disable-dev-shm-usage", "--mute-audio",
		"--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:1", "--proxy-bypass-list=<-loopback>", "--user-data-dir=" + profile,
		"--no-pdf-header-footer", "--generate-pdf-document-outline", "--export-tagged-pdf", "--print-to-pdf=" + target}
	if !Sandboxed() {
		args = append(args, "--no-sandbox")
	}
	return append(args, "file://"+source)
}

// Sandboxed tells whether Chromium runs inside its own sandbox. It refuses to do so
// for root; who prints as root is told so, and does better as another user.
func Sandboxed() bool { return os.Geteuid() != 0 }

// run starts Chromium and waits for it, for as long and as much memory as it may take.
// Dead on the way: the group may live on until its own end, on a folder that is ours alone.
func run(ctx context.Context, o Options, dir, source, target string) error {
	ctx, stop := context.WithTimeout(ctx, cmp.Or(o.Timeout, DefaultTimeout))
	defer stop()
	said := &tail{}
	c := exec.Command(o.Chromium, arguments(filepath.Join(dir, "profile"), source, target)...)
	c.Dir, c.Env, c.Stdout, c.Stderr = dir, environment(dir), io.Discard, said
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.WaitDelay = 5 * time.Second // a grandchild may hold the pipe
	if err := c.Start(); err != nil {
		return fmt.Errorf("%w: %w", ErrMissing, locale.E("err.print.missing", "tried", o.Chromium))
	}
	kill := func() { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	defer kill() // helpers that outlive it
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	var large atomic.Bool
	watching, enough := context.WithCancel(ctx)
	defer enough()
	go watch(watching, c.Process.Pid, cmp.Or(o.Memory, DefaultMemory), func() { large.Store(true); kill() })
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
		kill()
		<-ended
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return locale.E("err.print.slow", "seconds", int64(cmp.Or(o.Timeout, DefaultTimeout)/time.Second))
		}
		return ctx.Err()
	}
	switch {
	case large.Load():
		return locale.E("err.print.memory", "max", cmp.Or(o.Memory, DefaultMemory)>>20)
	case err != nil:
		return locale.E("err.print.failed", "detail", cmp.Or(said.last(), err.Error()))
	}
	return nil
}

// environment keeps Chromium's files in the folder of this print, and fonts where they are.
func environment(dir string) []string {
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "LANG=C.UTF-8", "DBUS_SESSION_BUS_ADDRESS=disabled:",
		"XDG_CONFIG_HOME=" + dir, "XDG_CACHE_HOME=" + filepath.Join(dir, "cache"), "XDG_RUNTIME_DIR=" + dir}
	if home, err := os.UserHomeDir(); err == nil {
		env = append(env, "XDG_DATA_HOME="+cmp.Or(os.Getenv("XDG_DATA_HOME"), filepath.Join(home, ".local", "share")))
	}
	for _, name := range []string{"FONTCONFIG_PATH", "FONTCONFIG_FILE", "LD_LIBRARY_PATH"} {
		if v := os.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// watch calls over when the processes of a group hold more memory than they may.
// Where the system has no /proc there is nothing to read, and the deadline alone holds.
func watch(ctx context.Context, group int, most int64, over func()) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if held(group) > most {
				over()
				return
			}
		}
	}
}

// held is what the processes of a group hold in memory. Pages that they share count
// for each of them, so it is more than they take, never less.
func held(group int) (bytes int64) {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		_, after, ok := strings.Cut(string(b), ") ")
		fields := strings.Fields(after) // state, parent, group, …; the 22nd is pages held
		if !ok || len(fields) < 22 || fields[2] != strconv.Itoa(group) {
			continue
		}
		pages, _ := strconv.ParseInt(fields[21], 10, 64)
		bytes += pages * int64(os.Getpagesize())
	}
	return bytes
}

// tail keeps the end of what a program says.
type tail struct{ b []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.b = append(t.b, p...)
	if len(t.b) > 8<<10 {
		t.b = append([]byte(nil), t.b[len(t.b)-4<<10:]...)
	}
	return len(p), nil
}

// last is the last line that is about the print: Chromium complains of the desktop's
// message bus on every server.
func (t *tail) last() string {
	lines := bytes.Split(bytes.TrimSpace(t.b), []byte("\n"))
	for n := len(lines) - 1; n >= 0; n-- {
		if line := strings.TrimSpace(string(lines[n])); line != "" && !strings.Contains(line, "dbus") {
			return line
		}
	}
	return ""
}
