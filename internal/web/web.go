// Package web serves the portal of one compact: pages, their twins for programs,
// the record's files, and the forms.
//
// A page is a function of (address, language, build, pack, seen, today). A
// handler reads one snapshot and returns a [View]: plain data with the names of
// the subjects it shows. From the same View come the page in six languages, its
// JSON and its CSV. Public pages are the same for everybody: no name, no token,
// nothing of who is signed in stands on them; forms live on addresses of their
// own that are never cached.
//
// Order on the wire:
//
//	request ─▶ front (cache, compression, headers) ─▶ route ─▶ handler ─▶ View ─▶ page | JSON | CSV
package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"kept/internal/account"
	"kept/internal/account/signin"
	"kept/internal/assessment"
	"kept/internal/commitment"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/job"
	"kept/internal/keeper"
	"kept/internal/person"
	"kept/internal/reminder"
	"kept/internal/web/press"
)

// Operator is who runs the site; it stands in the footer of every page.
type Operator struct {
	Name        string // "Example Institute, Northland"
	Contact     string // a mail address or a page
	Privacy     string // address of the privacy page; the built-in one when empty
	OfficialFor string // symbol of the decision that makes this an official site; empty: "Not a United Nations website"
}

// Config is everything a Site needs. The zero value of each optional field works.
type Config struct {
	Keeper   *keeper.Keeper
	Base     string // public address without a trailing slash; configuration, never taken from Host
	Operator Operator
	Secret   string // of the link that opens the forms from this machine, on a loopback address only; empty: no such link
	Post     Post   // takes letters; with Later, people can sign in by a mailed link; nil: no sign-in
	Later    Later  // takes work that is done after the answer
	// Provider is where people of an organisation sign in with its own accounts; nil: nowhere.
	Provider     *signin.Provider
	ProviderName string // as people know it
	// StrongStaff lets secretariat and operator act in a session that a passkey or the provider vouched for, and in no other.
	StrongStaff bool
	Build       string // version, part of each page's identity
	Files       string // folder for the files of releases; "" keeps none
	Log         *slog.Logger
	Copy        *Copy  // where the pages go into an export; nil on a site that runs
	Other       string // address of the other compact that runs beside this one; optional
}

// Site is the portal of one compact.
type Site struct {
	c         Config
	mux       *http.ServeMux
	readers   *http.ServeMux  // of public pages by their address without language, for who cites or exports them
	files     map[string]bool // patterns of mux under which files for everybody stand
	along     map[string]bool // patterns of mux under which a page can be taken along
	cache     *pageCache
	tables    chan struct{} // slots for making tables
	written   written       // rows of lists for programs
	computed  computed      // figures of reports
	archives  archives      // tables of releases under way
	pages     *press.Press
	style     template.CSS
	headerCSP []string
	script    template.JS // of the one page that needs one
	scriptCSP []string
	passkeys  *signin.Passkeys // nil where the address has no host name
	started   time.Time
	loopback  bool
	tasks     []taskSource
	serving   []servedSource // of the functions of the forum
	ofCycle   []cycleLinks
	twins     []twinRoute
	dated     map[string]bool // patterns of what can be had as it was
	thens     thens
	comparing chan struct{}
	drawn     atomic.Pointer[lastPortfolio]
	past      *pastOf // nil: this is the site of today
}

// New makes a site. It fails on a configuration that would be unsafe.
func New(c Config) (*Site, error) {
	if c.Keeper == nil {
		return nil, errors.New("web: no keeper")
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	base, err := url.Parse(c.Base)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, fmt.Errorf("the base address %q is not of the form https://host", c.Base)
	}
	s := &Site{c: c, mux: http.NewServeMux(), readers: http.NewServeMux(), files: make(map[string]bool), along: make(map[string]bool), dated: make(map[string]bool), comparing: make(chan struct{}, 1), cache: newPageCache(64 << 20), tables: tableSlots(), started: time.Now(), loopback: isLoopback(base.Hostname())}
	if !s.loopback && (c.Operator.Name == "" || c.Operator.Contact == "" || c.Operator.Privacy == "") {
		return nil, errors.New("a public address needs an operator, a contact and a privacy page: set --operator, --contact and --privacy")
	}
	if s.signInOpen() && !s.loopback && base.Scheme != "https" {
		return nil, errors.New("a public address at which people sign in needs https: set --base https://…")
	}
	css, err := static.ReadFile("static/kept.css")
	if err != nil {
		return nil, err
	}
	s.style = template.CSS(css)
	sum := sha256.Sum256(css)
	s.headerCSP = []string{"default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"}
	if err := s.prepareStrong(); err != nil {
		return nil, err
	}
	if c.StrongStaff && s.passkeys == nil && c.Provider == nil {
		return nil, errors.New("--strong-staff would shut everybody out: this address can have no passkeys (it needs https and a host name), and no provider is set with --signin-issuer")
	}
	if s.pages, err = parsePages(s); err != nil {
		return nil, err
	}
	if err := s.prepare(context.Background()); err != nil {
		return nil, err
	}
	s.routes()
	c.Keeper.Watch(keeper.WordsSubject, s.cache.clear)
	c.Keeper.Watch(keeper.WordsSubject, s.tidyPrints)
	s.tidyPrints()
	c.Keeper.Watch(keeper.WordsSubject, s.thens.forget)
	return s, nil
}

// prepare makes the private tables, and drops what nobody came back to.
func (s *Site) prepare(ctx context.Context) error {
	store := s.c.Keeper.DB()
	if err := Prepare(ctx, store); err != nil {
		return err
	}
	return store.Write(ctx, func(tx *db.Tx) error {
		if err := account.Tidy(tx, time.Now()); err != nil {
			return err
		}
		if err := tidySheets(tx, time.Now()); err != nil {
			return err
		}
		if err := tidyChapters(tx, time.Now()); err != nil {
			return err
		}
		if err := errors.Join(tidySessionDrafts(tx, time.Now()), forum.TidyNominees(tx, time.Now())); err != nil {
			return err
		}
		return tidyDrafts(tx, time.Now())
	})
}

// Prepare makes the private tables of accounts, jobs, reminders and forms.
func Prepare(ctx context.Context, store *db.DB) error {
	for _, prepare := range []func(context.Context, *db.DB) error{account.Prepare, job.Prepare, reminder.Prepare} {
		if err := prepare(ctx, store); err != nil {
			return err
		}
	}
	if err := commitment.PrepareArchive(ctx, store); err != nil {
		return err
	}
	if err := errors.Join(assessment.Prepare(ctx, store), correction.Prepare(ctx, store)); err != nil {
		return err
	}
	if err := store.Migrate(ctx, "web_sheet", sheetSchema); err != nil {
		return err
	}
	if err := store.Migrate(ctx, "web_chapter", chapterSchema); err != nil {
		return err
	}
	if err := errors.Join(forum.PrepareScoring(ctx, store), store.Migrate(ctx, "web_session_draft", sessionDraftSchema)); err != nil {
		return err
	}
	if err := errors.Join(person.Prepare(ctx, store), forum.Prepare(ctx, store)); err != nil {
		return err
	}
	return store.Migrate(ctx, "web", draftSchema, draftOwners, draftVersions)
}

// Loopback tells whether an address is one of this machine alone.
func Loopback(base string) bool {
	u, err := url.Parse(base)
	return err == nil && isLoopback(u.Hostname())
}

func isLoopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}
