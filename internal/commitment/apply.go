package commitment

import (
	"strconv"
	"strings"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
)

// What a commitment serves: an item of the text in force, only items of earlier
// texts, or none that anybody named.
const (
	ServesInForce = "in_force"
	ServesEarlier = "earlier"
	ServesNone    = "none"
)

func serves(pack *compact.Pack, items []string) string {
	for _, id := range items {
		if pack.ItemInForce(id) {
			return ServesInForce
		}
	}
	if len(items) == 0 {
		return ServesNone
	}
	return ServesEarlier
}

func applyMade(tx *db.Tx, e keeper.Entry, f Made) error {
	pack, err := compact.InForce(tx)
	if err != nil {
		return err
	}
	have := filled(e.Words)
	q := Judge(f, have)
	d := NewSchedule(e.On(), f.Start, f.End, f.ReportEvery).First()
	row := head{party: f.Lead, by: e.By, lang: f.Lang, claims: f.Claims, serves: serves(pack, f.Items), kind: f.Type, newness: f.Newness,
		condition: f.Condition, review: f.Review, start: f.Start, end: f.End, every: f.ReportEvery, quality: q, dues: d, leadShare: f.LeadShare, reach: f.Reach}
	if err := insertHead(tx, e, row); err != nil {
		return err
	}
	for _, p := range f.Partners {
		if err := insertPartner(tx, e.Index, p, PartnerNamed, "", 0); err != nil {
			return err
		}
	}
	if err := insertMapping(tx, e.Index, f.Items, f.Areas); err != nil {
		return err
	}
	if err := insertIndicators(tx, e.Index, f); err != nil {
		return err
	}
	for n, m := range f.Milestones {
		if err := insertMilestone(tx, e.Index, n, m); err != nil {
			return err
		}
	}
	if err := insertPledges(tx, e.Index, e.Index, f.Money, have); err != nil {
		return err
	}
	if err := saveParts(tx, e.Index, partNames(e.Words)); err != nil {
		return err
	}
	subjects := append(subjectsOf(pack, e.Index, f.Lead, f.Items, f.Areas), partnersTouched(f.Partners)...)
	if f.Claims > 0 {
		if err := tx.Queue("UPDATE commitment SET claimed_by = ? WHERE id = ?", e.Index, f.Claims); err != nil {
			return err
		}
		subjects = append(subjects, subject("commitment", f.Claims))
	}
	return keeper.Touch(tx, e.Index, subjects...)
}

func applyStated(tx *db.Tx, e keeper.Entry, f Stated) error {
	pack, err := compact.InForce(tx)
	if err != nil {
		return err
	}
	row := head{party: f.Party, by: e.By, lang: f.Lang, statedOn: f.On, serves: serves(pack, f.Items), kind: f.Type,
		dues: Dues{From: never, On: never, OverdueFrom: never, SilentFrom: never, LapsedFrom: never}}
	if err := insertHead(tx, e, row); err != nil {
		return err
	}
	if err := insertMapping(tx, e.Index, f.Items, f.Areas); err != nil {
		return err
	}
	if f.Amount != "" {
		m := Money{Amount: f.Amount, Currency: f.Currency, ValueOn: f.On}
		if err := insertMoney(tx, e.Index, 0, e.Index, pledged, m, true); err != nil {
			return err
		}
	}
	return keeper.Touch(tx, e.Index, subjectsOf(pack, e.Index, f.Party, f.Items, f.Areas)...)
}

// head is the row of a commitment, made or stated.
type head struct {
	party                                  int64
	by, lang, statedOn                     string
	claims                                 int64
	serves, kind                           string
	newness, condition, review, start, end string
	every                                  int64
	quality                                Quality
	dues                                   Dues
	leadShare, reach                       string
}

func insertHead(tx *db.Tx, e keeper.Entry, h head) error {
	q, d := h.quality, h.dues
	return tx.Queue(`INSERT INTO commitment (id, party, made_on, made_by, lang, stated, stated_on, claims, claimed_by, serves,
		type, newness, condition_kind, review, start_on, end_on, report_every, verifiable, trackable, score, band, missing,
		reports, missed, last_report, self_status, self_on, due_from, due_on, overdue_from, silent_from, lapsed_from,
		lead_share, reach, version, amendments, ended, closed, closed_on, closed_by, outcome, excused_until, excused_code, excused_by, review_from)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, '', '', ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, '', '', 0, '', '', '', 0, ?)`,
		e.Index, h.party, e.On(), h.by, h.lang, bit(h.statedOn != ""), h.statedOn, h.claims, h.serves,
		h.kind, h.newness, h.condition, h.review, h.start, h.end, h.every, bit(q.Verifiable), bit(q.Trackable), q.Score, q.Band, strings.Join(q.Missing, " "),
		d.From, d.On, d.OverdueFrom, d.SilentFrom, d.LapsedFrom, h.leadShare, h.reach, e.Index, endReviewFrom(h.review, h.end))
}

func insertMapping(tx *db.Tx, id int64, items, areas []string) error {
	for _, item := range items {
		if err := tx.Queue("INSERT INTO commitment_item (commitment, item) VALUES (?, ?) ON CONFLICT (commitment, item) DO NOTHING", id, item); err != nil {
			return err
		}
	}
	for _, area := range areas {
		if err := tx.Queue("INSERT INTO commitment_area (commitment, area) VALUES (?, ?) ON CONFLICT (commitment, area) DO NOTHING", id, area); err != nil {
			return err
		}
	}
	return nil
}

func insertIndicators(tx *db.Tx, id int64, f Made) error {
	for n := range f.Indicators {
		if err := insertIndicator(tx, id, n, f); err != nil {
			return err
		}
	}
	return nil
}

func insertIndicator(tx *db.Tx, id int64, n int, f Made) error {
	i := f.Indicators[n]
	p := Pace(measured(i, f.ReportEvery, "", ""))
	return tx.Queue(`INSERT INTO commitment_indicator (commitment, n, unit, direction, measure, bound, baseline, baseline_on, target, target_on,
		dedup, series, pledges, judged, value, value_on, reason, reason_on, path, time_used, pace, word, value_old_from, ends_on, ended_on)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', '', '', '', '', '', ?, ?, ?, '')`,
		id, n, i.Unit, i.Direction, i.Measure, i.Bound, i.Baseline, i.BaselineOn, i.Target, i.TargetOn,
		i.Dedup, i.Series, bit(i.Pledges), bit(judged(f.Indicators, n)), p.Word, p.ValueOldFrom, p.EndsOn)
}

func insertMilestone(tx *db.Tx, id int64, n int, m Milestone) error {
	return tx.Queue("INSERT INTO commitment_milestone (commitment, n, due, state, state_on) VALUES (?, ?, ?, 'planned', '')", id, n, m.Due)
}

// judged tells whether an indicator counts for the combined word: those that the
// owner marked primary, or all where none is marked; never one that was ended.
func judged(all []Indicator, n int) bool {
	if all[n].Ended {
		return false
	}
	for _, i := range all {
		if i.Primary && !i.Ended {
			return all[n].Primary
		}
	}
	return true
}

// measured is what the pace of an indicator is computed from.
func measured(i Indicator, every int64, value, on string) Measured {
	return Measured{Direction: i.Direction, Measure: i.Measure, Bound: i.Bound, Baseline: i.Baseline, BaselineOn: i.BaselineOn,
		Target: i.Target, TargetOn: i.TargetOn, Value: value, ValueOn: on, Pledges: i.Pledges, EveryMonths: every}
}

// insertPledges notes the money lines of a commitment under the entry that states them.
func insertPledges(tx *db.Tx, entry, id int64, lines []Money, have Parts) error {
	for n, m := range lines {
		if err := insertMoney(tx, entry, n, id, pledged, m, have[part("money", n, "announced_elsewhere")]); err != nil {
			return err
		}
	}
	return nil
}

func insertMoney(tx *db.Tx, entry int64, n int, commitment int64, stage string, m Money, elsewhere bool) error {
	return tx.Queue(`INSERT INTO commitment_money (entry, n, commitment, stage, amount, currency, value_on, kind, role, elsewhere)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, entry, n, commitment, stage, m.Amount, m.Currency, m.ValueOn, m.Kind, m.Role, bit(elsewhere))
}

// subjectsOf are the pages that an act about a commitment concerns.
func subjectsOf(pack *compact.Pack, id, party int64, items, areas []string) []string {
	s := []string{"home", "commitments", subject("commitment", id), subject("party", party)}
	seen := map[string]bool{}
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			s = append(s, name)
		}
	}
	for _, item := range items {
		add("item:" + item)
		if i, ok := pack.Item(item); ok {
			for _, above := range []string{i.Under, i.Block} {
				if above != "" {
					add("item:" + above)
				}
			}
		}
		for _, t := range pack.TargetsOf(item) {
			add("target:" + t.ID)
		}
	}
	for _, area := range areas {
		add("area:" + area)
	}
	return s
}

func partnersTouched(partners []Partner) (s []string) {
	for _, p := range partners {
		s = append(s, subject("party", p.Party))
	}
	return s
}

func subject(kind string, id int64) string { return kind + ":" + strconv.FormatInt(id, 10) }

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
