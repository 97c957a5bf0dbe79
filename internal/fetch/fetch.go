// Package fetch reads addresses that somebody named: one client for the whole program,
// which looks at where an address leads before it speaks.
//
// Whoever may name an address could make the program ask its own machine or network, which
// answers to it and not to the world. So the numeric address is checked after the name was
// resolved and right before the connection is made, for each redirect again: loopback,
// private, link-local, multicast and unspecified ones are refused. Time and size are bounded.
//
//	b, err := fetch.Get(ctx, "https://api.drand.sh/…/public/1000", fetch.Options{MaxBytes: 16 << 10})
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// Options bound a request.
type Options struct {
	MaxBytes  int64         // of the answer, unpacked; more is an error
	Timeout   time.Duration // for all of it; 0: half a minute
	Private   bool          // the operator named the address on this machine herself: own networks are allowed
	Redirects int           // how many are followed; 0: none
}

// What can be wrong besides the network.
var (
	ErrPrivate = errors.New("the address leads into a private network")
	ErrScheme  = errors.New("an address begins with https://")
	ErrLarge   = errors.New("the answer is too large")
)

// Status is an answer other than 200.
type Status struct {
	Code int
	Text string
}

func (s *Status) Error() string { return "answered " + s.Text }

// Get reads an address.
func Get(ctx context.Context, address string, o Options) ([]byte, error) {
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	ctx, stop := context.WithTimeout(ctx, o.Timeout)
	defer stop()
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	if err := o.checkScheme(u); err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	client := o.client()
	defer client.CloseIdleConnections()
	answer, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, &Status{answer.StatusCode, answer.Status}
	}
	b, err := io.ReadAll(io.LimitReader(answer.Body, o.MaxBytes+1))
	if err == nil && int64(len(b)) > o.MaxBytes {
		return nil, ErrLarge
	}
	return b, err
}

// client is the one place where a connection is made. A proxy of the environment is used for
// what the operator named herself only: it would be asked in our place, and the check of the address
// would look at the proxy.
func (o Options) client() *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: o.control}
	transport := &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second, MaxResponseHeaderBytes: 64 << 10}
	if o.Private {
		transport.Proxy = http.ProxyFromEnvironment
	}
	return &http.Client{
		Transport: transport,
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > o.Redirects {
				return http.ErrUseLastResponse
			}
			return o.checkScheme(r.URL)
		},
	}
}

// checkScheme allows plain http only where the operator named the address herself.
func (o Options) checkScheme(u *url.URL) error {
	if u.Scheme == "https" || u.Scheme == "http" && o.Private {
		return nil
	}
	return ErrScheme
}

// control sees the numeric address that a name has come to, right before the connection.
func (o Options) control(_, address string, _ syscall.RawConn) error {
	if o.Private {
		return nil
	}
	host, err := netip.ParseAddrPort(address)
	if err != nil || !Public(host.Addr()) {
		return fmt.Errorf("%w: %s", ErrPrivate, address)
	}
	return nil
}

// Networks that are neither the world's nor caught by their kind.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),       // this network (RFC 1122)
	netip.MustParsePrefix("100.64.0.0/10"),   // shared address space (RFC 6598)
	netip.MustParsePrefix("192.0.0.0/24"),    // protocol assignments (RFC 6890)
	netip.MustParsePrefix("192.0.2.0/24"),    // documentation (RFC 5737)
	netip.MustParsePrefix("198.18.0.0/15"),   // benchmarks (RFC 2544)
	netip.MustParsePrefix("198.51.100.0/24"), // documentation
	netip.MustParsePrefix("203.0.113.0/24"),  // documentation
	netip.MustParsePrefix("240.0.0.0/4"),     // reserved, and broadcast
	netip.MustParsePrefix("64:ff9b::/96"),    // IPv4 behind a translator (RFC 6052)
	netip.MustParsePrefix("64:ff9b:1::/48"),  // the same, local (RFC 8215)
	netip.MustParsePrefix("2001::/32"),       // Teredo: IPv4 inside
	netip.MustParsePrefix("2002::/16"),       // 6to4: IPv4 inside
	netip.MustParsePrefix("2001:db8::/32"),   // documentation
}

// Public tells whether an address belongs to the world: not this machine, not a private or local
// network (metadata services are link-local), not a multicast group.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsLoopback() {
		return false
	}
	for _, p := range special {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
