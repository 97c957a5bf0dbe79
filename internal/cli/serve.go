package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"kept/internal/web"
)

// serving is what serve is told.
type serving struct {
	addr     string
	base     string
	lock     string
	operator web.Operator
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
	f.StringVar(&s.lock, "lock", "", "file that holds the last signed checkpoint; in the user's state folder when empty")
	f.StringVar(&s.operator.Name, "operator", "", "who runs the site")
	f.StringVar(&s.operator.Contact, "contact", "", "address of the contact page, or mailto:…")
	f.StringVar(&s.operator.Privacy, "privacy", "", "address of the operator's privacy page")
	f.StringVar(&s.operator.OfficialFor, "official-for", "", "symbol of the decision that makes this an official site")
	return c
}

func (a *app) serveAll(ctx context.Context, dirs []string, s serving) error {
	bases := splitList(s.base)
	if len(bases) == 0 {
		bases = []string{"http://" + s.addr}
	}
	if len(bases) != len(dirs) {
		return fmt.Errorf("%w: %d directories need as many addresses in --base, got %d", errUsage, len(dirs), len(bases))
	}
	hosts := make(hostSwitch)
	for n, dir := range dirs {
		p := a.place()
		p.dir, p.lock = dir, s.lock
		i, err := a.open(ctx, p)
		if err != nil {
			return err
		}
		defer i.close()
		site, err := web.New(web.Config{Keeper: i.keeper, Base: bases[n], Operator: s.operator, Build: Version, Secret: newSecret()})
		if err != nil {
			return err
		}
		u, err := url.Parse(bases[n])
		if err != nil {
			return err
		}
		hosts[u.Host] = site
		i.run(ctx)
		fmt.Fprintf(a.out, "%s  %s\n", i.key.Origin, bases[n])
		if link := site.FormsLink(); link != "" {
			fmt.Fprintf(a.out, "  forms: %s\n", link)
		}
	}
	var h http.Handler = hosts
	if len(hosts) == 1 {
		for _, site := range hosts {
			h = site
		}
	}
	return listen(ctx, []listener{{s.addr, h}})
}

// hostSwitch picks the site by the host name of the request; another name is answered 421.
type hostSwitch map[string]http.Handler

func (h hostSwitch) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if site, ok := h[r.Host]; ok {
		site.ServeHTTP(w, r)
		return
	}
	http.Error(w, "this server does not serve "+r.Host, http.StatusMisdirectedRequest)
}

type listener struct {
	addr    string
	handler http.Handler
}

// listen serves until the context ends, then lets requests under way finish.
func listen(ctx context.Context, ls []listener) error {
	var all sync.WaitGroup
	failed := make(chan error, len(ls))
	for _, l := range ls {
		socket, err := net.Listen("tcp", l.addr)
		if err != nil {
			return fmt.Errorf("%w; is another program on this port? choose one with --addr", err)
		}
		server := &http.Server{Handler: l.handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 5 * time.Minute,
			WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
			ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug)}
		all.Add(2)
		go func() {
			defer all.Done()
			if err := server.Serve(socket); !errors.Is(err, http.ErrServerClosed) {
				failed <- err
			}
		}()
		go func() {
			defer all.Done()
			<-ctx.Done()
			end, stop := context.WithTimeout(context.Background(), 10*time.Second)
			defer stop()
			_ = server.Shutdown(end)
		}()
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		all.Wait()
		return nil
	}
}
