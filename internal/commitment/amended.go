package commitment

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// Amended are the facts of an amendment: the commitment's facts as they stand with
// it, whole, and which texts were taken out. Its words hold the texts that were
// changed, and the reason. A field that is given anew in some languages is no longer
// there in the others: they said something else.
type Amended struct {
	Commitment int64    `json:"commitment"`
	Version    int64    `json:"version"`           // the entry that it amends: the one that stood
	Dropped    []string `json:"dropped,omitempty"` // fields of words, without language
	Made
}

// amendFields are the fields of a commitment, and why they are changed.
var amendFields = func() map[string]field {
	all := maps.Clone(madeFields)
	all["reason"] = field{4000, prose}
	return all
}()

// validateAmended is what holds whatever stands: the rest is checked against it.
func validateAmended(a keeper.Act, f Amended) error {
	var es locale.Errors
	checkBy(a.By, f.Lead, &es)
	es.Add(checkWords(a.Words, amendFields, listsOf(f.Made)).Err())
	have := filled(a.Words)
	if !have["reason"] {
		es.AddField("reason", locale.E("err.commitment.reason_amend"))
	}
	if f.Claims != 0 {
		es.AddField("claims", locale.E("err.commitment.claims_which"))
	}
	seen := map[string]bool{}
	for _, name := range f.Dropped {
		if _, known := madeFields[pattern(name, droppable)]; !known || have[name] || seen[name] {
			es.AddField("dropped", locale.E("err.commitment.unknown_part", "part", keeper.Line(name)))
		}
		seen[name] = true
	}
	if len(es) == 0 {
		es.Add(checkSize(a))
	}
	return es.Err()
}

// droppable are the most rows that a list ever had: a text may go with its row.
var droppable = map[string]int{"indicators": maxIndicators, "milestones": maxMilestones, "money": maxMoney, "partners": maxPartners}

func checkAmended(c checking, f Amended) error {
	h, err := c.open(f.Commitment)
	if err != nil {
		return err
	}
	if err := c.byLead(h); err != nil {
		return err
	}
	if f.Version != h.version {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("version", locale.E("err.commitment.amended_since", "version", strconv.FormatInt(h.version, 10))))
	}
	before, err := standing(c.tx, f.Commitment)
	if err != nil {
		return err
	}
	parts, err := partsOf(c.tx, f.Commitment)
	if err != nil {
		return err
	}
	var es locale.Errors
	if f.Lead != h.lead {
		es.AddField("lead", locale.E("err.commitment.lead_stays"))
	}
	after := afterAmendment(parts, slices.Collect(maps.Keys(c.act.Words)), f.Dropped)
	checkFacts(f.Made, have(after), &es)
	keepsRows(before, f.Made, &es)
	for n, p := range f.Partners {
		if _, err := partyOf(c.tx, p.Party); err != nil {
			if _, ok := locale.All(err); !ok {
				return err
			}
			es.AddField(part("partners", n, "party"), err)
		}
	}
	c.made(f.Made, &es)
	if len(es) == 0 && len(c.act.Words) <= 1 && len(f.Dropped) == 0 && same(before, f.Made) {
		es.Add(locale.E("err.commitment.amends_nothing"))
	}
	return es.Err()
}

// same tells whether two versions state the same facts, whoever they claim from.
func same(a, b Made) bool {
	a.Claims, b.Claims = 0, 0
	x, errX := record.Canonical(a)
	y, errY := record.Canonical(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// keepsRows wants indicators and milestones to keep their numbers, since reports
// point to them: they can be added, ended or dropped, not taken out; and what an
// indicator counts stays what it was.
func keepsRows(before, after Made, es *locale.Errors) {
	if len(after.Indicators) < len(before.Indicators) {
		es.AddField("indicators", locale.E("err.commitment.indicator_gone", "n", len(before.Indicators)))
	}
	for n, old := range before.Indicators[:min(len(before.Indicators), len(after.Indicators))] {
		now := after.Indicators[n]
		if old.Unit != now.Unit || old.Direction != now.Direction || old.Measure != now.Measure || old.Pledges != now.Pledges {
			es.AddField(part("indicators", n, "unit"), locale.E("err.commitment.indicator_other"))
		}
		if old.Ended && !now.Ended {
			es.AddField(part("indicators", n, "ended"), locale.E("err.commitment.ended_stays"))
		}
	}
	for n := len(before.Indicators); n < len(after.Indicators); n++ {
		if after.Indicators[n].Ended {
			es.AddField(part("indicators", n, "ended"), locale.E("err.commitment.ended_at_start"))
		}
	}
	if len(after.Milestones) < len(before.Milestones) {
		es.AddField("milestones", locale.E("err.commitment.milestone_gone", "n", len(before.Milestones)))
	}
	for n, old := range before.Milestones[:min(len(before.Milestones), len(after.Milestones))] {
		if old.Dropped && !after.Milestones[n].Dropped {
			es.AddField(part("milestones", n, "dropped"), locale.E("err.commitment.ended_stays"))
		}
	}
	for n := len(before.Milestones); n < len(after.Milestones); n++ {
		if after.Milestones[n].Dropped {
			es.AddField(part("milestones", n, "dropped"), locale.E("err.commitment.ended_at_start"))
		}
	}
}

// standing are the facts of a commitment as it stands.
func standing(tx *db.Tx, id int64) (Made, error) {
	var version int64
	if err := tx.Row("SELECT version FROM commitment WHERE id = ?", id).Scan(&version); err != nil {
		return Made{}, err
	}
	f, err := versionFacts(tx, version)
	return f.Made, err
}

// versionFacts are the facts that an entry states: of a commitment made, or of an amendment.
func versionFacts(tx *db.Tx, version int64) (Amended, error) {
	e, err := keeper.ReadEntry(tx, version)
	if err != nil {
		return Amended{}, err
	}
	var f Amended
	err = e.Decode(&f)
	return f, err
}

// partNames lists the parts of an entry.
func partNames[T any](words map[string]T) []string { return slices.Sorted(maps.Keys(words)) }

// afterAmendment are the names of the parts that are filled once an amendment brought
// some and dropped some.
func afterAmendment(before, brought, dropped []string) (after []string) {
	gone := map[string]bool{}
	for _, name := range dropped {
		gone[name] = true
	}
	for _, name := range brought {
		base, _ := splitPart(name)
		if gone[base] = true; base != "reason" {
			after = append(after, name)
		}
	}
	for _, name := range before {
		if base, _ := splitPart(name); !gone[base] {
			after = append(after, name)
		}
	}
	slices.Sort(after)
	return after
}

// have are parts without their languages.
func have(names []string) Parts {
	out := make(Parts, len(names))
	for _, name := range names {
		base, _ := splitPart(name)
		out[base] = true
	}
	return out
}

func partsOf(tx *db.Tx, id int64) ([]string, error) {
	var parts string
	err := tx.Row("SELECT parts FROM commitment_words WHERE commitment = ?", id).Scan(&parts)
	return strings.Fields(parts), err
}

func saveParts(tx *db.Tx, id int64, names []string) error {
	return tx.Queue("INSERT INTO commitment_words (commitment, parts) VALUES (?, ?) ON CONFLICT (commitment) DO UPDATE SET parts = excluded.parts",
		id, strings.Join(names, " "))
}

func applyAmended(tx *db.Tx, e keeper.Entry, f Amended) error {
	id := f.Commitment
	before, err := stored(tx, id)
	if err != nil {
		return err
	}
	pack, err := compact.InForce(tx)
	if err != nil {
		return err
	}
	parts, err := partsOf(tx, id)
	if err != nil {
		return err
	}
	after := afterAmendment(parts, partNames(e.Words), f.Dropped)
	if err := saveParts(tx, id, after); err != nil {
		return err
	}
	again := bindsOtherwise(before, f.Made) || have(partNames(e.Words))["promise"]
	if err := movePartners(tx, id, f.Made, again); err != nil {
		return err
	}
	if err := moveMapping(tx, id, f.Made); err != nil {
		return err
	}
	if err := moveRows(tx, e, f, len(before.Indicators)); err != nil {
		return err
	}
	if err := movePledges(tx, e.Index, id, f.Money, have(after)); err != nil {
		return err
	}
	if err := moveHead(tx, e, f, pack, Judge(f.Made, have(after))); err != nil {
		return err
	}
	// The pages of items, areas and partners that it no longer names change too.
	subjects := append(subjectsOf(pack, id, f.Lead, before.Items, before.Areas), partnersTouched(before.Partners)...)
	if err := keeper.Touch(tx, e.Index, subjects...); err != nil {
		return err
	}
	return happened(tx, e, id)
}

// bindsOtherwise tells whether what partners answer for was changed: shares,
// targets with their dates, or the end. The promise's words are told from the parts.
func bindsOtherwise(before, after Made) bool {
	if before.LeadShare != after.LeadShare || before.End != after.End || len(before.Indicators) != len(after.Indicators) || len(before.Partners) != len(after.Partners) {
		return true
	}
	for n, i := range before.Indicators {
		if now := after.Indicators[n]; i.Target != now.Target || i.TargetOn != now.TargetOn || i.Ended != now.Ended {
			return true
		}
	}
	share := map[int64]string{}
	for _, p := range before.Partners {
		share[p.Party] = p.Share
	}
	return slices.ContainsFunc(after.Partners, func(p Partner) bool { s, named := share[p.Party]; return !named || s != p.Share })
}

func moveMapping(tx *db.Tx, id int64, f Made) error {
	for _, table := range []string{"commitment_item", "commitment_area"} {
		if err := tx.Queue("DELETE FROM "+table+" WHERE commitment = ?", id); err != nil {
			return err
		}
	}
	return insertMapping(tx, id, f.Items, f.Areas)
}

// movePledges replaces what was pledged; money at later stages is what happened, and stays.
func movePledges(tx *db.Tx, entry, id int64, lines []Money, have Parts) error {
	if err := tx.Queue("DELETE FROM commitment_money WHERE commitment = ? AND stage = ?", id, pledged); err != nil {
		return err
	}
	return insertPledges(tx, entry, id, lines, have)
}

// moveRows takes over indicators and milestones under the numbers that they have.
func moveRows(tx *db.Tx, e keeper.Entry, f Amended, known int) error {
	id := f.Commitment
	// The first amendment lays the targets aside as they were signed; later ones find them there.
	err := tx.Queue(`INSERT INTO commitment_signed (commitment, n, direction, measure, bound, baseline, baseline_on, target, target_on, pledges, judged,
		path, time_used, pace, word, value_old_from, ends_on)
		SELECT commitment, n, direction, measure, bound, baseline, baseline_on, target, target_on, pledges, judged,
		path, time_used, pace, word, value_old_from, ends_on FROM commitment_indicator
		WHERE commitment = ? AND EXISTS (SELECT 1 FROM commitment c WHERE c.id = ? AND c.amendments = 0)`, id, id)
	if err != nil {
		return err
	}
	for n, i := range f.Indicators {
		if n >= known {
			err = insertIndicator(tx, id, n, f.Made)
		} else {
			err = tx.Queue(`UPDATE commitment_indicator SET bound = ?, baseline = ?, baseline_on = ?, target = ?, target_on = ?, dedup = ?, series = ?, judged = ?
				WHERE commitment = ? AND n = ?`, i.Bound, i.Baseline, i.BaselineOn, i.Target, i.TargetOn, i.Dedup, i.Series, bit(judged(f.Indicators, n)), id, n)
		}
		if err == nil && i.Ended {
			err = tx.Queue("UPDATE commitment_indicator SET ended_on = ? WHERE commitment = ? AND n = ? AND ended_on = ''", e.On(), id, n)
		}
		if err != nil {
			return err
		}
	}
	return moveMilestones(tx, e, f)
}

func moveMilestones(tx *db.Tx, e keeper.Entry, f Amended) error {
	for n, m := range f.Milestones {
		err := tx.Queue(`INSERT INTO commitment_milestone (commitment, n, due, state, state_on) VALUES (?, ?, ?, 'planned', '')
			ON CONFLICT (commitment, n) DO UPDATE SET due = excluded.due`, f.Commitment, n, m.Due)
		if err == nil && m.Dropped {
			err = tx.Queue("UPDATE commitment_milestone SET state = 'dropped', state_on = ? WHERE commitment = ? AND n = ? AND state <> 'dropped'", e.On(), f.Commitment, n)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// moveHead takes over the rest, with quality, paces and dues computed anew.
func moveHead(tx *db.Tx, e keeper.Entry, f Amended, pack *compact.Pack, q Quality) error {
	err := tx.Queue(`UPDATE commitment SET lang = ?, serves = ?, type = ?, newness = ?, condition_kind = ?, review = ?, start_on = ?, end_on = ?, report_every = ?,
		verifiable = ?, trackable = ?, score = ?, band = ?, missing = ?, lead_share = ?, reach = ?, version = ?, amendments = amendments + 1 WHERE id = ?`,
		f.Lang, serves(pack, f.Items), f.Type, f.Newness, f.Condition, f.Review, f.Start, f.End, f.ReportEvery,
		bit(q.Verifiable), bit(q.Trackable), q.Score, q.Band, strings.Join(q.Missing, " "), f.LeadShare, f.Reach, e.Index, f.Commitment)
	if err != nil {
		return err
	}
	if err := movePaces(tx, f.Commitment, f.Indicators, f.ReportEvery); err != nil {
		return err
	}
	var last string
	if err := tx.Row("SELECT COALESCE(MAX(made_on), '') FROM report WHERE commitment = ?", f.Commitment).Scan(&last); err != nil {
		return err
	}
	schedule, d, _, err := duesOf(tx, f.Commitment)
	if err != nil {
		return err
	}
	if err := saveDues(tx, f.Commitment, schedule.Amended(d, last, e.On())); err != nil {
		return err
	}
	return moveEndReview(tx, f.Commitment)
}

// deriveAmended puts a changed title or promise in place of the one before it. What
// goes is told from the parts of the entry, so that a text that was erased since
// does not bring the older one back.
func deriveAmended(tx *db.Tx, e keeper.Entry, f Amended, words map[string]string) error {
	for base := range have(partNames(e.Words)) {
		if base != "title" && base != "promise" {
			continue
		}
		err := tx.Queue("DELETE FROM derived_commitment_text WHERE commitment = ? AND part LIKE ?", f.Commitment, base+".%")
		if err != nil {
			return err
		}
	}
	return insertTexts(tx, e.Index, f.Commitment, words)
}
