package peers

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"kept/compacts"
	"kept/internal/commitment"
	"kept/internal/commitment/commitmenttest"
	"kept/internal/compact"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/observatory"
	"kept/internal/report"
	"kept/internal/stakeholder"
	"kept/internal/web"
)

// serveKept fills a record, writes its commitments for the others to load, and serves it.
func serveKept(dir string) error {
	ctx := context.Background()
	store, err := db.Open(ctx, db.Config{Dir: dir})
	if err != nil {
		return err
	}
	now := time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)
	k, err := keeper.Open(ctx, keeper.Options{DB: store, Clock: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
		Subjects: []keeper.Subject{compact.Subject(), stakeholder.Subject(), observatory.Subject(), commitment.Subject(), correction.Subject(), forum.Subject(), report.Subject()}})
	if err != nil {
		return err
	}
	canonical, err := compact.Canonical(compacts.GDC())
	if err != nil {
		return err
	}
	pack, err := compact.FromCanonical(canonical)
	if err != nil {
		return err
	}
	if _, err := k.Submit(ctx, "", compact.AdoptPack(pack, canonical, "2026-11-21")); err != nil {
		return err
	}
	if _, err := stakeholder.AdoptAll(ctx, k, pack); err != nil {
		return err
	}
	filler := commitmenttest.Filler{TB: &testing.B{}, Keeper: k, Pack: pack, Now: &now}
	filler.Fill(6000, rowCount)
	now = now.AddDate(1, 0, 0)
	if err := writeRows(store, dir, keeper.Today(now)); err != nil {
		return err
	}
	site, err := web.New(web.Config{Keeper: k, Base: "http://127.0.0.1", Build: "peers"})
	if err != nil {
		return err
	}
	return listen(site)
}

// writeRows writes all commitments with their states of the day, and the lists to ask for.
func writeRows(store *db.DB, dir, today string) error {
	var rows []row
	err := store.Read(context.Background(), func(tx *db.Tx) error {
		f := commitment.Filter{Today: today, Limit: 1000}
		for {
			page, err := commitment.List(tx, f)
			if err != nil {
				return err
			}
			for _, c := range page.List {
				title, _ := c.Text("title", "en")
				rows = append(rows, row{c.ID, title, fmt.Sprint("Party ", c.Party), "", c.Items[0], c.Areas[0], c.Type, c.SelfStatus, c.Reporting, c.Pace, c.MadeOn, c.End})
			}
			if f.After = page.Next; f.After == "" {
				return nil
			}
		}
	})
	if err != nil {
		return err
	}
	if len(rows) != rowCount {
		return fmt.Errorf("%d commitments, want %d", len(rows), rowCount)
	}
	slices.Reverse(rows)
	seen := map[filterOf]int{}
	var filters []filterOf
	for _, r := range rows {
		f := filterOf{r.Item, r.Reporting, r.Pace}
		if seen[f]++; seen[f] == perPage {
			filters = append(filters, f)
		}
	}
	for name, v := range map[string]any{"rows.json": rows, "filters.json": filters} {
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func listen(h http.Handler) error {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("listening http://%s\n", socket.Addr())
	return (&http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}).Serve(socket)
}

func loadRows(dir string) (rows []row, err error) {
	b, err := os.ReadFile(filepath.Join(dir, "rows.json"))
	if err == nil {
		err = json.Unmarshal(b, &rows)
	}
	return rows, err
}
