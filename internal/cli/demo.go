package cli

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"kept/internal/web"
)

func (a *app) demo() *cobra.Command {
	var addr string
	c := &cobra.Command{Use: "demo", Short: "Serve the Global Digital Compact and a fictional compact on this machine", Args: exactly(0, "no arguments"),
		Long: `Serves two sites from fresh or existing directories under --data: the Global Digital Compact with real facts only
on --addr, and the Harbour Compact, fictional and filled by a script, on the next port.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.runDemo(c.Context(), addr) }}
	c.Flags().StringVar(&addr, "addr", "127.0.0.1:8080", "address of the first site, HOST:PORT; the second takes the next port")
	return c
}

// demoSite is one of the two.
type demoSite struct {
	pack string
	addr string
	dir  string
}

func (a *app) runDemo(ctx context.Context, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("%w: --addr is HOST:PORT, such as 127.0.0.1:8080", errUsage)
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65534 {
		return fmt.Errorf("%w: the port of --addr is a number from 1 to 65534", errUsage)
	}
	sites := []demoSite{
		{"gdc", net.JoinHostPort(host, port), filepath.Join(a.data, "gdc")},
		{"harbour", net.JoinHostPort(host, strconv.Itoa(n+1)), filepath.Join(a.data, "harbour")},
	}
	var listeners []listener
	for _, s := range sites { // before anything is made: a port that is taken is told at once
		socket, err := bind(s.addr)
		if err != nil {
			return err
		}
		defer socket.Close()
		listeners = append(listeners, listener{socket: socket})
	}
	for at, s := range sites {
		i, err := a.openDemo(ctx, s)
		if err != nil {
			return err
		}
		defer i.close()
		site, err := web.New(web.Config{Keeper: i.keeper, Base: "http://" + s.addr, Build: Version, Files: filesIn(s.dir), Secret: newSecret(), Other: "http://" + sites[1-at].addr + "/"})
		if err != nil {
			return err
		}
		if err := i.employ(ctx, "http://"+s.addr, letters{}, a.err); err != nil {
			return err
		}
		i.run(ctx)
		listeners[at].handler = site
		fmt.Fprintf(a.out, "%-8s http://%s/\n         forms: %s\n", s.pack, s.addr, site.FormsLink())
	}
	fmt.Fprintln(a.out, "Ctrl-C ends it. Check a record: kept verify http://"+sites[0].addr)
	return listen(ctx, listeners)
}

// openDemo makes a demonstration record, or goes on with the one that is there. The
// origin holds a random part: two demonstrations on one machine are two records.
func (a *app) openDemo(ctx context.Context, s demoSite) (*instance, error) {
	p := place{dir: s.dir}
	f := founding{pack: s.pack, origin: "localhost/" + s.pack + "-" + newSecret()[:8], resume: exists(s.dir)}
	if !f.resume {
		p.lock = filepath.Join(s.dir, "lock")
		fmt.Fprintf(a.err, "making the record of %s in %s …\n", s.pack, s.dir)
	}
	if s.pack == "harbour" {
		return a.openHarbour(ctx, p, f)
	}
	i, err := a.found(ctx, p, f)
	if err != nil {
		return nil, err
	}
	if err := i.openDemoReport(ctx); err != nil {
		i.close()
		return nil, err
	}
	return i, nil
}

// newSecret is 128 bits, for links that open something.
func newSecret() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

func splitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}
