package keeper_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"kept/internal/db"
	"kept/internal/db/dbtest"
)

// cuttable is a record on PostgreSQL, with a function that ends the program's
// connections to it.
func cuttable(t *testing.T) (h *house, cut func()) {
	address := dbtest.Postgres(t)
	operator, err := pgx.Connect(t.Context(), address)
	must(t, err)
	t.Cleanup(func() { operator.Close(context.Background()) })
	h = newHouse(t, openAddress(t, address))
	return h, func() {
		t.Helper()
		_, err := operator.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		must(t, err)
	}
}

func openAddress(t *testing.T, address string) func() *db.DB {
	return func() *db.DB {
		t.Helper()
		d, err := db.Open(context.Background(), db.Config{URL: address})
		must(t, err)
		t.Cleanup(func() { d.Close() })
		return d
	}
}
