package commitment

import (
	"strconv"
	"strings"

	"kept/internal/commitment/reportsheet"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/observatory"
)

// SheetCodes are the closed lists that the cells of a sheet take codes of.
func SheetCodes() reportsheet.Codes {
	return reportsheet.Codes{Reasons: Reasons, Statuses: Statuses, Steps: StepStates, Barriers: Barriers}
}

// sheetChunk is how many commitments are read at once for a sheet.
const sheetChunk = 500

// EachKnown gives what a sheet says of each commitment that a party leads and that
// is not closed, by number.
func EachKnown(tx *db.Tx, party int64, give func(reportsheet.Known) error) error {
	ids, err := openOf(tx, party)
	if err != nil {
		return err
	}
	k := knowing{tx: tx, areas: map[string]map[string]reportsheet.Hint{}}
	for len(ids) > 0 {
		n := min(len(ids), sheetChunk)
		some, err := k.read(ids[:n], true)
		if err != nil {
			return err
		}
		for _, id := range ids[:n] {
			if err := give(*some[id]); err != nil {
				return err
			}
		}
		ids = ids[n:]
	}
	return nil
}

// openOf are the commitments that a party leads and that can be reported on.
func openOf(tx *db.Tx, party int64) (ids []int64, err error) {
	rows, err := tx.Query("SELECT id FROM commitment WHERE party = ? AND stated = 0 AND closed = '' ORDER BY id", party)
	err = each(rows, err, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// knownAmong are those of some commitments that a party leads and that can be reported on.
func knownAmong(tx *db.Tx, party int64, asked []int64) (map[int64]reportsheet.Known, error) {
	open, err := openOf(tx, party)
	if err != nil {
		return nil, err
	}
	leads := make(map[int64]bool, len(open))
	for _, id := range open {
		leads[id] = true
	}
	var ids []int64
	for _, id := range asked {
		if leads[id] {
			ids = append(ids, id)
		}
	}
	all := make(map[int64]reportsheet.Known, len(ids))
	k := knowing{tx: tx}
	for len(ids) > 0 {
		n := min(len(ids), sheetChunk)
		some, err := k.read(ids[:n], false)
		if err != nil {
			return nil, err
		}
		for id, one := range some {
			all[id] = *one
		}
		ids = ids[n:]
	}
	return all, nil
}

// knowing reads what is known of commitments, many with one query.
type knowing struct {
	tx    *db.Tx
	areas map[string]map[string]reportsheet.Hint // area → series → the newest value
}

func (k *knowing) read(ids []int64, hints bool) (map[int64]*reportsheet.Known, error) {
	all := make(map[int64]*reportsheet.Known, len(ids))
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	in := " IN (" + marks(len(ids)) + ")"
	amended := map[int64]bool{}
	rows, err := k.tx.Query("SELECT id, version, lang, made_on, start_on, self_status, amendments FROM commitment WHERE id"+in, args...)
	err = each(rows, err, func(scan func(...any) error) error {
		c := &reportsheet.Known{}
		var made, start string
		var amendments int64
		err := scan(&c.ID, &c.Version, &c.Lang, &made, &start, &c.Status, &amendments)
		c.From = max(made, start)
		amended[c.ID] = amendments > 0
		all[c.ID] = c
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, err = k.tx.Query("SELECT commitment, MAX(id), MAX(to_on) FROM report WHERE commitment"+in+" GROUP BY commitment", args...)
	err = each(rows, err, func(scan func(...any) error) error {
		var id, report int64
		var to string
		if err := scan(&id, &report, &to); err != nil {
			return err
		}
		all[id].Report, all[id].From = report, max(all[id].From, addDays(to, 1))
		return nil
	})
	if err != nil {
		return nil, err
	}
	rows, err = k.tx.Query("SELECT commitment, item FROM commitment_item WHERE commitment"+in+" ORDER BY commitment, item", args...)
	if err := pairs(rows, err, func(id int64, item string) { all[id].Items = append(all[id].Items, item) }); err != nil {
		return nil, err
	}
	if err := k.measures(all, in, args, hints); err != nil {
		return nil, err
	}
	return all, k.words(all, ids, amended)
}

// measures reads indicators and milestones with what was said of them last.
func (k *knowing) measures(all map[int64]*reportsheet.Known, in string, args []any, hints bool) error {
	type linked struct {
		id     int64
		n      int
		series string
	}
	var series []linked
	rows, err := k.tx.Query("SELECT commitment, n, unit, target, target_on, value, value_on, series, ended_on, measure FROM commitment_indicator WHERE commitment"+in+" ORDER BY commitment, n", args...)
	err = each(rows, err, func(scan func(...any) error) error {
		var i reportsheet.Indicator
		var l linked
		var ended, measure string
		if err := scan(&l.id, &l.n, &i.Unit, &i.Target, &i.TargetOn, &i.Value, &i.ValueOn, &l.series, &ended, &measure); err != nil {
			return err
		}
		i.Ended, i.Counted = ended != "", measure == "cumulative"
		all[l.id].Indicators = append(all[l.id].Indicators, i)
		if l.series != "" && hints {
			series = append(series, l)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, l := range series {
		hint, err := k.hint(l.id, l.series)
		if err != nil {
			return err
		}
		all[l.id].Indicators[l.n].Hint = hint
	}
	rows, err = k.tx.Query("SELECT commitment, due, state FROM commitment_milestone WHERE commitment"+in+" ORDER BY commitment, n", args...)
	return each(rows, err, func(scan func(...any) error) error {
		var id int64
		var m reportsheet.Milestone
		err := scan(&id, &m.Due, &m.State)
		all[id].Milestones = append(all[id].Milestones, m)
		return err
	})
}

// words reads titles and names. Of an amended commitment they are laid over one
// another, which few are worth a query each.
func (k *knowing) words(all map[int64]*reportsheet.Known, ids []int64, amended map[int64]bool) error {
	words, err := keeper.WordsOfAll(k.tx, ids)
	if err != nil {
		return err
	}
	for id, c := range all {
		if amended[id] {
			v, err := Get(k.tx, id, c.From)
			if err != nil {
				return err
			}
			words[id] = v.Words
			for n, m := range v.Facts.Milestones {
				c.Milestones[n].Dropped = m.Dropped
			}
		}
		c.Titles = map[string]string{}
		for name, text := range words[id] {
			base, lang := splitPart(name)
			list, rest, _ := strings.Cut(base, ".")
			number, field, _ := strings.Cut(rest, ".")
			n, err := strconv.Atoi(number)
			switch {
			case base == "title":
				c.Titles[lang] = text
			case err != nil || n < 0:
			case list == "indicators" && field == "name" && n < len(c.Indicators):
				put(&c.Indicators[n].Names, lang, text)
			case list == "indicators" && field == "unit_name" && n < len(c.Indicators):
				put(&c.Indicators[n].UnitNames, lang, text)
			case list == "milestones" && field == "text" && n < len(c.Milestones):
				put(&c.Milestones[n].Names, lang, text)
			}
		}
	}
	return nil
}

func put(names *map[string]string, lang, text string) {
	if *names == nil {
		*names = map[string]string{}
	}
	(*names)[lang] = text
}

// hint is the newest value of a series for the one area that a commitment is about;
// for several areas there is no one figure.
func (k *knowing) hint(id int64, series string) (h reportsheet.Hint, err error) {
	var n int64
	var area string
	err = k.tx.Row("SELECT COUNT(*), COALESCE(MIN(area), '') FROM commitment_area WHERE commitment = ?", id).Scan(&n, &area)
	if err != nil || n != 1 {
		return h, err
	}
	known, ok := k.areas[area]
	if !ok {
		if known, err = areaHints(k.tx, area); err != nil {
			return h, err
		}
		k.areas[area] = known
	}
	return known[series], nil
}

// areaHints are the newest values for an area, of the first slice of each series.
func areaHints(tx *db.Tx, area string) (map[string]reportsheet.Hint, error) {
	pack, err := compact.InForce(tx)
	if err != nil {
		return nil, err
	}
	slices, err := observatory.AreaSheet(tx, area)
	if err != nil {
		return nil, err
	}
	hints := map[string]reportsheet.Hint{}
	for _, s := range slices {
		i, ok := pack.Indicator(s.Indicator)
		f, has := s.Figure()
		if _, twice := hints[s.Indicator]; ok && has && !twice {
			hints[s.Indicator] = reportsheet.Hint{Value: f.Value.Fixed(int(i.Decimals)), Period: f.Period.String(), Source: i.Source.Name}
		}
	}
	return hints, nil
}
