package keeper_test

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// garden is the subject of these tests: plots are opened, then sown. Its rules
// have every shape that a subject's rules have: a pure one, one that reads state,
// an Apply that writes two tables, and a table derived from words.
type garden struct {
	Version string
	Columns string                                // more columns of the table plot
	Rows    func(tx *db.Tx, e keeper.Entry) error // runs in Apply of plot.sown
	Rule    func(tx *db.Tx, a keeper.Act) error   // runs in Check of plot.sown
	Derive  func(tx *db.Tx, e keeper.Entry) error // runs in Derive of plot.opened
}

type opened struct {
	Code string `json:"code"`
	Beds int64  `json:"beds"`
	Area string `json:"area,omitempty"`
}

type sown struct {
	Plot  int64  `json:"plot"`
	Seeds int64  `json:"seeds"`
	Price string `json:"price,omitempty"`
}

const gardenSchema = `
CREATE TABLE plot (id BIGINT PRIMARY KEY, code TEXT NOT NULL, beds BIGINT NOT NULL, seeds BIGINT NOT NULL%s); -- one row a plot
CREATE UNIQUE INDEX plot_code ON plot (code);
CREATE TABLE sowing (id BIGINT PRIMARY KEY, plot BIGINT NOT NULL, seeds BIGINT NOT NULL, price TEXT, at TEXT NOT NULL, mark BLOB);
CREATE TABLE derived_plot (entry BIGINT NOT NULL, part TEXT NOT NULL, letters BIGINT NOT NULL, PRIMARY KEY (entry, part));
`

var errBeds = locale.E("err.words.nul") // any message stands for "a plot has a bed"

func (g garden) subject() keeper.Subject {
	return keeper.Subject{Name: "garden", Version: g.Version, Schema: fmt.Sprintf(gardenSchema, g.Columns), Kinds: []keeper.Kind{
		{Name: "plot.opened", Validate: g.validateOpened, Check: g.checkOpened, Apply: g.applyOpened, Derive: g.deriveOpened},
		{Name: "plot.sown", Check: g.checkSown, Apply: g.applySown},
	}}
}

func (garden) validateOpened(a keeper.Act) error {
	if a.Facts.(opened).Beds == 0 {
		return locale.Field("beds", errBeds)
	}
	return nil
}

func (garden) checkOpened(tx *db.Tx, a keeper.Act, _ time.Time) error {
	var id int64
	err := tx.Row("SELECT id FROM plot WHERE code = ?", a.Facts.(opened).Code).Scan(&id)
	if errors.Is(err, db.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return keeper.Refuse(keeper.ErrConflict, locale.E("err.record.key_used"))
}

func (garden) applyOpened(tx *db.Tx, e keeper.Entry) error {
	var f opened
	if err := e.Decode(&f); err != nil {
		return err
	}
	if err := tx.Queue("INSERT INTO plot (id, code, beds, seeds) VALUES (?, ?, ?, 0)", e.Index, f.Code, f.Beds); err != nil {
		return err
	}
	return keeper.Touch(tx, e.Index, "plots", "plot:"+strconv.FormatInt(e.Index, 10))
}

func (g garden) deriveOpened(tx *db.Tx, e keeper.Entry, words map[string]string) error {
	for part, text := range words {
		if err := tx.Queue("INSERT INTO derived_plot (entry, part, letters) VALUES (?, ?, ?)", e.Index, part, len(text)); err != nil {
			return err
		}
	}
	if g.Derive != nil {
		return g.Derive(tx, e)
	}
	return nil
}

func (g garden) checkSown(tx *db.Tx, a keeper.Act, _ time.Time) error {
	var beds int64
	err := tx.Row("SELECT beds FROM plot WHERE id = ?", a.Facts.(sown).Plot).Scan(&beds)
	if errors.Is(err, db.ErrNoRows) {
		return keeper.Refuse(keeper.ErrNotFound, locale.Field("plot", errBeds))
	}
	if err == nil && g.Rule != nil {
		return g.Rule(tx, a)
	}
	return err
}

func (g garden) applySown(tx *db.Tx, e keeper.Entry) error {
	var f sown
	if err := e.Decode(&f); err != nil {
		return err
	}
	if err := tx.Queue("INSERT INTO sowing (id, plot, seeds, price, at) VALUES (?, ?, ?, ?, ?)", e.Index, f.Plot, f.Seeds, f.Price, e.At); err != nil {
		return err
	}
	if err := tx.Queue("UPDATE plot SET seeds = seeds + ? WHERE id = ?", f.Seeds, f.Plot); err != nil {
		return err
	}
	if g.Rows != nil {
		if err := g.Rows(tx, e); err != nil {
			return err
		}
	}
	plot := strconv.FormatInt(f.Plot, 10)
	return keeper.Touch(tx, e.Index, "sowings", "plot:"+plot, "sowing:"+strconv.FormatInt(e.Index, 10))
}
