package peers

import (
	"fmt"
	"net"
	"path/filepath"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// servePocketBase serves the same rows from a collection that anybody may list,
// indexed likewise, and without its log of requests.
func servePocketBase(dir string) error {
	app := pocketbase.NewWithConfig(pocketbase.Config{DefaultDataDir: filepath.Join(dir, "pb"), HideStartBanner: true})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	if err := app.RunAllMigrations(); err != nil {
		return err
	}
	app.Settings().Logs.MaxDays = 0
	if err := app.Save(app.Settings()); err != nil {
		return err
	}
	c := core.NewBaseCollection("commitments")
	c.ListRule = types.Pointer("")
	c.Fields.Add(&core.NumberField{Name: "n", OnlyInt: true})
	for _, name := range []string{"title", "party", "kind", "item", "area", "type", "status", "reporting", "pace", "made", "ends"} {
		c.Fields.Add(&core.TextField{Name: name})
	}
	c.AddIndex("by_n", true, "n", "")
	for _, columns := range indexes() {
		c.AddIndex("by_"+columns[:4], false, columns, "")
	}
	if err := app.Save(c); err != nil {
		return err
	}
	if err := fillPocketBase(app, dir); err != nil {
		return err
	}
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := socket.Addr().String()
	socket.Close() // PocketBase opens it itself
	fmt.Printf("listening http://%s\n", address)
	return apis.Serve(app, apis.ServeConfig{HttpAddr: address, ShowStartBanner: false})
}

func fillPocketBase(app core.App, dir string) error {
	rows, err := loadRows(dir)
	if err != nil {
		return err
	}
	return app.RunInTransaction(func(tx core.App) error {
		for i, r := range rows {
			_, err := tx.DB().Insert("commitments", dbx.Params{"id": fmt.Sprintf("r%014d", i), "n": r.ID, "title": r.Title, "party": r.Party, "kind": r.Kind, "item": r.Item, "area": r.Area,
				"type": r.Type, "status": r.Status, "reporting": r.Reporting, "pace": r.Pace, "made": r.Made, "ends": r.Ends}).Execute()
			if err != nil {
				return err
			}
		}
		_, err := tx.DB().NewQuery("ANALYZE").Execute()
		return err
	})
}
