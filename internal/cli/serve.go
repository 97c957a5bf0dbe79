package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"kept/internal/job"
	"kept/internal/web"
)

// serving is what serve is told.
type serving struct {
	addr     string
	base     string
	operator web.Operator
	letters  letters
	provider provider
	strong   bool
}

func (a *app) serve() *cobra.Command {
	var s serving
	c := &cobra.Command{Use: "serve [DIR…]", Short: "Serve one or more records",
		Long: `Serves the record in each data directory (the one of --data when none is named). With several directories the
host name picks: each needs its own --base, given once per directory and in their order, separated by commas.
A public address needs --operator, --contact and --privacy.`,
		RunE: func(c *cobra.Command, dirs []string) error {
			if len(dirs) == 0 {
				dirs = []string{a.data}
			}
			return a.serveAll(c.Context(), dirs, s)
		}}
	f := c.Flags()
	f.StringVar(&s.addr, "addr", "127.0.0.1:8080", "address to listen on, HOST:PORT")
	f.StringVar(&s.base, "base", "", "public address, such as https://compact.example.org; http://ADDR when empty")
	operatorFlags(c, &s.operator)
	f.BoolVar(&s.strong, "strong-staff", false, "secretariat and operator act only when signed in with a passkey or at the provider")
	s.letters.flags(c)
	s.provider.flags(c)
	return c
}

// operatorFlags say who runs the site, as the foot of every page does.
func operatorFlags(c *cobra.Command, o *web.Operator) {
	f := c.Flags()
	f.StringVar(&o.Name, "operator", "", "who runs the site")
	f.StringVar(&o.Contact, "contact", "", "address of the contact page, or mailto:…")
	f.StringVar(&o.Privacy, "privacy", "", "address of the operator's privacy page")
	f.StringVar(&o.OfficialFor, "official-for", "", "symbol of the decision that makes this an official site")
}

func (a *app) serveAll(ctx context.Context, dirs []string, s serving) error {
	bases := splitList(s.base)
	if len(bases) == 0 {
		bases = []string{"http://" + s.addr}
	}
	if len(bases) != len(dirs) {
		return fmt.Errorf("%w: %d directories need as many addresses in --base, got %d", errUsage, len(dirs), len(bases))
	}
	if len(dirs) > 1 && (a.db != "" || a.lock != "") {
		return fmt.Errorf("%w: --db and --lock belong to one record; serve one directory with them", errUsage)
	}
	socket, err := bind(s.addr)
	if err != nil {
		return err
	}
	defer socket.Close()
	hosts := make(hostSwitch)
	for n, dir := range dirs {
		i, err := a.open(ctx, a.place(dir))
		if err != nil {
			return err
		}
		defer i.close()
		site, err := a.site(ctx, i, bases[n], s)
		if err != nil {
			return err
		}
		if err := hosts.add(bases[n], site); err != nil {
			return err
		}
		if err := i.employ(ctx, bases[n], s.letters, a.err); err != nil {
			return err
		}
		for _, kind := range web.WorkKinds() {
			i.jobs.Handle(kind, func(ctx context.Context, j job.Job) error { return site.Work(ctx, j.Kind, j.Payload) })
		}
		i.run(ctx)
	}
	var h http.Handler = hosts
	if len(hosts) == 1 {
		for _, site := range hosts {
			h = site
		}
	}
	return listen(ctx, []listener{{socket, h}})
}

// site makes the portal of an open record and says where it is.
func (a *app) site(ctx context.Context, i *instance, base string, s serving) (*web.Site, error) {
	c := web.Config{Keeper: i.keeper, Base: strings.TrimSuffix(base, "/"), Operator: s.operator, Build: Version, Files: filesIn(i.dir), Secret: newSecret(), StrongStaff: s.strong}
	if s.letters.server != "" || web.Loopback(base) { // letters of a public site that lie in a folder reach nobody
		c.Post, c.Later = i.post, later
	}
	if err := s.provider.open(ctx, base, &c); err != nil {
		return nil, err
	}
	site, err := web.New(c)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(a.out, "%s  %s\n", i.key.Origin, base)
	if link := site.FormsLink(); link != "" {
		fmt.Fprintf(a.out, "  forms: %s\n", link)
	}
	if err := i.keeper.ReadOnly(); err != nil {
		fmt.Fprintf(a.err, "%s is read-only: %v\n", i.dir, err)
	}
	return site, nil
}

// hostSwitch picks the site by the host name of the request; another name is answered 421.
type hostSwitch map[string]http.Handler

func (h hostSwitch) add(base string, site http.Handler) error {
	u, err := url.Parse(base)
	if err != nil {
		return err
	}
	host := strings.ToLower(u.Host)
	if _, twice := h[host]; twice {
		return fmt.Errorf("%w: two directories have the host name %s in --base", errUsage, host)
	}
	h[host] = site
	return nil
}

func (h hostSwitch) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if site, ok := h[strings.ToLower(r.Host)]; ok {
		site.ServeHTTP(w, r)
		return
	}
	http.Error(w, "this server does not serve "+r.Host, http.StatusMisdirectedRequest)
}

// listener is an open port and what answers on it.
type listener struct {
	socket  net.Listener
	handler http.Handler
}

// bind opens a port before anything else is done, so that a wrong one is told at once.
func bind(addr string) (net.Listener, error) {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return nil, fmt.Errorf("%w: --addr is HOST:PORT, such as 127.0.0.1:8080, not %q", errUsage, addr)
	}
	socket, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%w; is another program on this port? choose one with --addr", err)
	}
	return socket, nil
}

// listen serves until the context ends, then lets requests under way finish.
func listen(ctx context.Context, ls []listener) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var all sync.WaitGroup
	failed := make(chan error, len(ls))
	for _, l := range ls {
		server := &http.Server{Handler: l.handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 5 * time.Minute,
			WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
			ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug)}
		all.Add(2)
		go func() {
			defer all.Done()
			if err := server.Serve(l.socket); !errors.Is(err, http.ErrServerClosed) {
				failed <- err
			}
		}()
		go func() {
			defer all.Done()
			<-ctx.Done()
			end, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			defer stop()
			_ = server.Shutdown(end)
		}()
	}
	var err error
	select {
	case err = <-failed:
		stop()
	case <-ctx.Done():
	}
	all.Wait()
	return err
}
