package commitment

import (
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
)

func applyReported(tx *db.Tx, e keeper.Entry, f Reported) error {
	made, err := stored(tx, f.Commitment)
	if err != nil {
		return err
	}
	if err := insertReport(tx, e, f); err != nil {
		return err
	}
	if err := moveDues(tx, e, f, made); err != nil {
		return err
	}
	if err := movePaces(tx, f.Commitment, made.Indicators, made.ReportEvery); err != nil {
		return err
	}
	for _, m := range f.Milestones {
		if err := tx.Queue("UPDATE commitment_milestone SET state = ?, state_on = ? WHERE commitment = ? AND n = ?", m.State, f.To, f.Commitment, m.Milestone); err != nil {
			return err
		}
	}
	for n, m := range f.Money {
		line := Money{Amount: m.Amount, Currency: m.Currency, ValueOn: m.ValueOn}
		if err := insertMoney(tx, e.Index, n, f.Commitment, m.Stage, line, false); err != nil {
			return err
		}
	}
	pack, err := compact.InForce(tx)
	if err != nil {
		return err
	}
	subjects := append(subjectsOf(pack, f.Commitment, made.Lead, made.Items, made.Areas), partnersTouched(made.Partners)...)
	return keeper.Touch(tx, e.Index, subjects...)
}

func insertReport(tx *db.Tx, e keeper.Entry, f Reported) error {
	strength := ""
	for _, piece := range f.Evidence {
		strength = max(strength, piece.Strength)
	}
	err := tx.Queue(`INSERT INTO report (id, commitment, made_on, made_by, from_on, to_on, status, unchanged, reached, pieces, strength)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, e.Index, f.Commitment, e.On(), e.By, f.From, f.To, f.Status, f.Unchanged, f.Reached, len(f.Evidence), strength)
	if err != nil {
		return err
	}
	for n, piece := range f.Evidence {
		err := tx.Queue("INSERT INTO evidence (report, piece, commitment, sha256, kind, strength, on_day, seen_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			e.Index, n, f.Commitment, piece.Digest, piece.Kind, piece.Strength, piece.On, piece.SeenBy)
		if err != nil {
			return err
		}
	}
	for _, v := range f.Values {
		err := tx.Queue("INSERT INTO report_value (report, indicator, commitment, value, value_on, reason) VALUES (?, ?, ?, ?, ?, ?)",
			e.Index, v.Indicator, f.Commitment, v.Value, v.On, v.Reason)
		if err != nil {
			return err
		}
		if v.Reason != "" {
			err := tx.Queue("UPDATE commitment_indicator SET reason = ?, reason_on = ? WHERE commitment = ? AND n = ?", v.Reason, f.To, f.Commitment, v.Indicator)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// stored is what Apply needs of a commitment, out of state: a rule reads no other entry.
func stored(tx *db.Tx, id int64) (f Made, err error) {
	err = tx.Row("SELECT party, start_on, end_on, report_every, lead_share FROM commitment WHERE id = ?", id).Scan(&f.Lead, &f.Start, &f.End, &f.ReportEvery, &f.LeadShare)
	if err != nil {
		return f, err
	}
	rows, err := tx.Query("SELECT commitment, item FROM commitment_item WHERE commitment = ? ORDER BY item", id)
	if err := pairs(rows, err, func(_ int64, item string) { f.Items = append(f.Items, item) }); err != nil {
		return f, err
	}
	rows, err = tx.Query("SELECT commitment, area FROM commitment_area WHERE commitment = ? ORDER BY area", id)
	if err := pairs(rows, err, func(_ int64, area string) { f.Areas = append(f.Areas, area) }); err != nil {
		return f, err
	}
	rows, err = tx.Query("SELECT party, share FROM commitment_partner WHERE commitment = ? ORDER BY party", id)
	if err := pairs(rows, err, func(party int64, share string) { f.Partners = append(f.Partners, Partner{party, share}) }); err != nil {
		return f, err
	}
	f.Indicators, err = targetsOf(tx, "commitment_indicator", id)
	return f, err
}

// targetsOf reads what the pace of each indicator is computed towards: as it stands
// (commitment_indicator) or as it was signed (commitment_signed).
func targetsOf(tx *db.Tx, table string, id int64) (all []Indicator, err error) {
	ended := "''"
	if table == "commitment_indicator" {
		ended = "ended_on"
	}
	rows, err := tx.Query("SELECT direction, measure, bound, baseline, baseline_on, target, target_on, pledges, "+ended+" FROM "+table+" WHERE commitment = ? ORDER BY n", id)
	err = each(rows, err, func(scan func(...any) error) error {
		var i Indicator
		var pledges int64
		var endedOn string
		err := scan(&i.Direction, &i.Measure, &i.Bound, &i.Baseline, &i.BaselineOn, &i.Target, &i.TargetOn, &pledges, &endedOn)
		i.Pledges, i.Ended = pledges == 1, endedOn != ""
		all = append(all, i)
		return err
	})
	return all, err
}

// moveDues counts the report, and moves the dues on. The own account of the
// latest period stands, whenever it came.
func moveDues(tx *db.Tx, e keeper.Entry, f Reported, made Made) error {
	schedule, d, reports, err := duesOf(tx, f.Commitment)
	if err != nil {
		return err
	}
	d = schedule.After(d, e.On(), f.Status == "completed" || f.Status == "discontinued")
	if err := saveDues(tx, f.Commitment, d); err != nil {
		return err
	}
	if err := tx.Queue("UPDATE commitment SET reports = ? WHERE id = ?", reports+1, f.Commitment); err != nil {
		return err
	}
	return tx.Queue(`UPDATE commitment SET last_report = ?, self_status = ?, self_on = ? WHERE id = ? AND self_on <= ?`, e.Index, f.Status, f.To, f.Commitment, f.To)
}

// duesOf reads the schedule and the dues of a commitment, and how many reports came.
func duesOf(tx *db.Tx, id int64) (s Schedule, d Dues, reports int64, err error) {
	var madeOn, start, end string
	var every, ended int64
	err = tx.Row(`SELECT made_on, start_on, end_on, report_every, reports, missed, ended, excused_until, due_from, due_on, overdue_from, silent_from, lapsed_from
		FROM commitment WHERE id = ?`, id).Scan(&madeOn, &start, &end, &every, &reports, &d.Missed, &ended, &d.Excused, &d.From, &d.On, &d.OverdueFrom, &d.SilentFrom, &d.LapsedFrom)
	d.Reported, d.Ended = reports > 0, ended == 1
	return NewSchedule(madeOn, start, end, every), d, reports, err
}

func saveDues(tx *db.Tx, id int64, d Dues) error {
	return tx.Queue(`UPDATE commitment SET missed = ?, ended = ?, excused_until = ?, due_from = ?, due_on = ?, overdue_from = ?, silent_from = ?, lapsed_from = ? WHERE id = ?`,
		d.Missed, bit(d.Ended), d.Excused, d.From, d.On, d.OverdueFrom, d.SilentFrom, d.LapsedFrom, id)
}

// movePaces computes the pace of each indicator, against the target as it stands
// and, once that was changed, against the one that was signed.
func movePaces(tx *db.Tx, commitment int64, stands []Indicator, every int64) error {
	signed, err := targetsOf(tx, "commitment_signed", commitment)
	if err != nil {
		return err
	}
	for n, i := range stands {
		value, on, err := valueOf(tx, commitment, n, i.Measure == "cumulative")
		if err != nil {
			return err
		}
		p := Pace(measured(i, every, value, on))
		err = tx.Queue(`UPDATE commitment_indicator SET value = ?, value_on = ?, path = ?, time_used = ?, pace = ?, word = ?, value_old_from = ?, ends_on = ?
			WHERE commitment = ? AND n = ?`, value, on, p.Path, p.Time, p.Pace, p.Word, p.ValueOldFrom, p.EndsOn, commitment, n)
		if err != nil {
			return err
		}
		if n >= len(signed) {
			continue
		}
		p = Pace(measured(signed[n], every, value, on))
		err = tx.Queue("UPDATE commitment_signed SET path = ?, time_used = ?, pace = ?, word = ?, value_old_from = ?, ends_on = ? WHERE commitment = ? AND n = ?",
			p.Path, p.Time, p.Pace, p.Word, p.ValueOldFrom, p.EndsOn, commitment, n)
		if err != nil {
			return err
		}
	}
	return nil
}

// valueOf is the value that stands of all that were reported on an indicator.
func valueOf(tx *db.Tx, commitment int64, n int, cumulative bool) (value, on string, err error) {
	rows, err := tx.Query("SELECT value, value_on FROM report_value WHERE commitment = ? AND indicator = ? AND value <> '' ORDER BY report", commitment, n)
	var values []Value
	err = each(rows, err, func(scan func(...any) error) error {
		var v Value
		err := scan(&v.Value, &v.On)
		values = append(values, v)
		return err
	})
	value, on = Latest(values, cumulative)
	return value, on, err
}

// Latest is the value that stands, of all values in the order in which they were
// reported: the one of the latest date, or, where periods are counted, the sum of
// the periods, each once with what was reported on it last.
func Latest(values []Value, cumulative bool) (value, on string) {
	last := map[string]string{} // date → value
	for _, v := range values {
		day := lastDay(v.On)
		last[day] = v.Value
		if on == "" || day >= lastDay(on) {
			value, on = v.Value, v.On
		}
	}
	if !cumulative || on == "" {
		return value, on
	}
	periods := make([]string, 0, len(last))
	for _, v := range last {
		periods = append(periods, v)
	}
	return exact(sum(periods...)), on
}
