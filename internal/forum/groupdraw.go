package forum

import (
	"bytes"
	"errors"
	"strconv"
	"time"

	"kept/internal/db"
	"kept/internal/forum/draw"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/wording"
	"kept/record"
)

// Announced are the facts of draw.announced: the plan, frozen by its digest before
// the randomness that it names exists. Its words are place (where dice would be
// thrown) and note.
type Announced struct {
	Pool int64         `json:"pool"`
	Plan record.Digest `json:"plan_blob"`
}

// Witnessed are the facts of draw.witnessed, in a party's own name: that a round was
// not published when it was to be there, or what was thrown.
type Witnessed struct {
	Plan    record.Digest `json:"plan"`
	Source  int64         `json:"source"` // of the plan, from 1
	Missing bool          `json:"missing,omitempty"`
	Throws  string        `json:"throws,omitempty"`
}

// Made are the facts of draw.made: the file that repeats the draw anywhere.
type Made struct {
	Draw int64         `json:"draw"`
	File record.Digest `json:"file_blob"`
}

var announceWords = wording.Fields{"place": {Max: 500, Line: true}, "note": {Max: 4000}}

func drawKinds() []keeper.Kind {
	return []keeper.Kind{
		rules[Announced]{validate: validateAnnounced, check: checkAnnounced, apply: applyAnnounced}.kind(KindAnnounced),
		rules[Witnessed]{validate: validateWitnessed, check: checkWitnessed, apply: applyWitnessed}.kind(KindWitnessed),
		rules[Made]{validate: validateMade, check: checkMade, apply: applyMade}.kind(KindDrawn),
	}
}

func blobIs(a keeper.Act, digest record.Digest, place string, es *locale.Errors) {
	if len(a.Blobs) != 1 || record.DigestOf(a.Blobs[0]) != digest {
		es.AddField(place, locale.E("err.group.blob"))
	}
}

func validateAnnounced(a keeper.Act, f Announced) error {
	var es locale.Errors
	bySecretariat(a, &es)
	blobIs(a, f.Plan, "plan", &es)
	announceWords.Check(a.Words, &es)
	return es.Err()
}

// checkAnnounced wants one plan for a pool and no second, about this very pool, with
// witnesses who are parties, and early enough that people can take the receipt of
// the announcement before anybody knows the randomness.
func checkAnnounced(c checking, f Announced) error {
	if err := c.running(ModuleAdvisory); err != nil {
		return err
	}
	published, err := PoolByID(c.tx, f.Pool)
	if err != nil {
		return placed("pool", err)
	}
	call, err := LatestNominations(c.tx)
	if err != nil {
		return err
	}
	if call.Pool != f.Pool {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("pool", locale.E("err.group.older_call", "id", number(call.ID))))
	}
	switch before, err := DrawOfPool(c.tx, f.Pool); {
	case err == nil:
		return keeper.Refuse(keeper.ErrConflict, locale.Field("pool", locale.E("err.group.drawn_twice", "id", number(before.ID))))
	case !isNotFound(err):
		return err
	}
	plan, err := draw.ParsePlan(c.act.Blobs[0])
	if err != nil {
		return placed("plan", err)
	}
	pool, err := published.Read(c.tx)
	if err != nil {
		return err
	}
	var es locale.Errors
	if same, err := sameQuestion(plan, pool); err != nil || !same || plan.Drawn.Group != number(f.Pool) || plan.Drawn.By != SegmentAttribute {
		es.AddField("plan", locale.E("err.group.other_pool"))
	}
	first, err := time.Parse(time.RFC3339, plan.Sources[0].At)
	if err != nil || first.Before(c.at.Add(time.Duration(plan.Lead)*time.Second)) {
		es.AddField("at", locale.E("err.group.too_soon", "at", plan.Sources[0].At, "minutes", (plan.Lead+59)/60))
	}
	if first.UTC().Format(time.DateOnly) > call.TermFrom {
		es.AddField("at", locale.E("err.group.after_term", "from", call.TermFrom))
	}
	for _, s := range plan.Sources {
		if s.Chain != nil && !knownChain(*s.Chain) {
			es.AddField("plan", locale.E("err.draw.unknown_chain", "hash", s.Chain.Hash.String()))
		}
	}
	for _, w := range plan.Witnesses {
		id, err := strconv.ParseInt(w, 10, 64)
		if err == nil {
			_, err = registered(c.tx, id)
		}
		if err != nil {
			es.AddField("witnesses", locale.E("err.group.witness", "id", shown(w)))
		}
	}
	return es.Err()
}

func knownChain(c draw.Chain) bool {
	for _, k := range draw.Known() {
		if k == c {
			return true
		}
	}
	return false
}

// sameQuestion tells whether a plan draws out of a pool, byte for byte.
func sameQuestion(plan *draw.Plan, pool *Pool) (bool, error) {
	a, err := record.CanonicalText(plan.Instance.Question())
	if err != nil {
		return false, err
	}
	b, err := record.CanonicalText(pool.Instance)
	return bytes.Equal(a, b), err
}

func applyAnnounced(tx *db.Tx, e keeper.Entry, f Announced) error {
	err := tx.Queue("INSERT INTO group_draw (id, pool, plan, announced_on, made, made_on, file) VALUES (?, ?, ?, ?, 0, '', '')", e.Index, f.Pool, f.Plan.String(), e.On())
	if err != nil {
		return err
	}
	return keeper.Touch(tx, e.Index, GroupSubject)
}

func validateWitnessed(a keeper.Act, f Witnessed) error {
	var es locale.Errors
	if _, err := strconv.ParseInt(a.By, 10, 64); err != nil {
		es.AddField("by", locale.E("err.group.witness_party"))
	}
	if f.Missing == (f.Throws != "") {
		es.AddField("throws", locale.E("err.group.witnessed_what"))
	}
	wording.Fields{}.Check(a.Words, &es)
	return es.Err()
}

// checkWitnessed wants a witness whom the plan names, once for each source, while
// the draw is not made.
func checkWitnessed(c checking, f Witnessed) error {
	if err := c.running(ModuleAdvisory); err != nil {
		return err
	}
	d, err := drawOfPlan(c.tx, f.Plan)
	if err != nil {
		return placed("plan", err)
	}
	if d.Made != 0 {
		return keeper.Refuse(keeper.ErrConflict, locale.E("err.group.made", "id", number(d.Made)))
	}
	plan, err := d.ReadPlan(c.tx)
	if err != nil {
		return err
	}
	var es locale.Errors
	named := false
	for _, w := range plan.Witnesses {
		named = named || w == c.act.By
	}
	if !named {
		es.AddField("by", locale.E("err.group.not_witness"))
	}
	if f.Source < 1 || f.Source > int64(len(plan.Sources)) {
		es.AddField("source", locale.E("err.draw.source", "got", f.Source, "n", len(plan.Sources)))
		return es.Err()
	}
	source := plan.Sources[f.Source-1]
	now := c.at.UTC().Format(time.RFC3339)
	switch {
	case f.Missing && (source.Chain == nil || source.Fails == ""):
		es.AddField("source", locale.E("err.group.cannot_fail", "source", f.Source))
	case f.Missing && now < source.Fails:
		es.AddField("source", locale.E("err.group.not_failed_yet", "at", source.Fails))
	case f.Missing && now >= plan.Sources[f.Source].At:
		es.AddField("source", locale.E("err.group.failed_late", "at", plan.Sources[f.Source].At))
	case !f.Missing && source.Chain != nil:
		es.AddField("throws", locale.E("err.draw.sort", "source", f.Source))
	case !f.Missing && now < source.At:
		es.AddField("throws", locale.E("err.group.thrown_early", "at", source.At))
	}
	if !f.Missing && (draw.CleanThrows(f.Throws) != f.Throws || len(f.Throws) != source.Throws) {
		es.AddField("throws", locale.E("err.draw.throws", "want", source.Throws, "got", len(f.Throws)))
	}
	var before int64
	err = c.tx.Row("SELECT count(*) FROM draw_witness WHERE draw = ? AND party = ? AND source = ?", d.ID, actor(c.act.By, 0), f.Source).Scan(&before)
	if err == nil && before > 0 {
		es.AddField("by", locale.E("err.group.witnessed_twice"))
	}
	return errors.Join(err, es.Err())
}

func applyWitnessed(tx *db.Tx, e keeper.Entry, f Witnessed) error {
	d, err := drawOfPlan(tx, f.Plan)
	if isNotFound(err) {
		return nil // no rule lets this pass; Apply stays total all the same
	}
	if err != nil {
		return err
	}
	missing := 0
	if f.Missing {
		missing = 1
	}
	err = tx.Queue("INSERT INTO draw_witness (draw, party, source, entry, missing, throws, on_day) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (draw, party, source) DO NOTHING",
		d.ID, actor(e.By, 0), f.Source, e.Index, missing, f.Throws, e.On())
	if err != nil {
		return err
	}
	return keeper.Touch(tx, e.Index, GroupSubject)
}

func validateMade(a keeper.Act, f Made) error {
	var es locale.Errors
	bySecretariat(a, &es)
	blobIs(a, f.File, "file", &es)
	wording.Fields{}.Check(a.Words, &es)
	return es.Err()
}

// checkMade repeats the draw: every step of the file's own check must pass, and its
// receipts must be of this record. So randomness that is late, forged or of another
// round is refused, and so is a plan that no published checkpoint covered in time.
func checkMade(c checking, f Made) error {
	if err := c.running(ModuleAdvisory); err != nil {
		return err
	}
	d, err := DrawByID(c.tx, f.Draw)
	if err != nil {
		return placed("draw", err)
	}
	if d.Made != 0 {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("draw", locale.E("err.group.made", "id", number(d.Made))))
	}
	verdict, err := draw.Check(c.act.Blobs[0], draw.Options{})
	if err != nil {
		return err
	}
	if verdict.Digest.String() != d.Plan || verdict.Announced.Index != d.ID {
		return locale.Field("file", locale.E("err.group.other_draw", "id", number(d.ID)))
	}
	root, err := keeper.RootOf(c.tx, verdict.Announced.Size)
	if err != nil || root.String() != verdict.Announced.Root {
		return locale.Field("file", locale.E("err.group.other_record"))
	}
	plan := verdict.File.Plan
	switch signed, err := keeper.SignedAt(c.tx, d.ID); {
	case err != nil:
		return err
	case signed == "" || signed >= plan.Sources[0].At:
		return locale.Field("file", locale.E("err.group.uncovered", "at", plan.Sources[0].At))
	}
	if at := plan.Sources[verdict.File.Randomness.Source-1].At; c.at.UTC().Format(time.RFC3339) < at {
		return locale.Field("file", locale.E("err.group.before_round", "at", at))
	}
	return decides(c.tx, d.ID, verdict.File.Randomness)
}

// decides tells whether the record leaves the draw to this source. The file alone cannot
// show what it leaves out: once two witnesses have stated in time that a round failed, it counts no
// more, even if it came late, or somebody could choose between two results that she
// knows; and of dice that two witnesses saw in another way nothing is drawn.
func decides(tx *db.Tx, drawID int64, r draw.Randomness) error {
	list, err := Witnesses(tx, drawID)
	if err != nil {
		return err
	}
	failed, others := 0, map[string]int{}
	for _, w := range list {
		switch {
		case w.Source != int64(r.Source):
		case w.Missing:
			failed++
		case w.Throws != r.Throws:
			if others[w.Throws]++; others[w.Throws] > 1 {
				return locale.Field("file", locale.E("err.draw.witnessed_wrong", "entry", number(w.Entry)))
			}
		}
	}
	if failed > 1 {
		return locale.Field("file", locale.E("err.draw.failed", "source", r.Source))
	}
	return nil
}

func applyMade(tx *db.Tx, e keeper.Entry, f Made) error {
	err := tx.Queue("UPDATE group_draw SET made = ?, made_on = ?, file = ? WHERE id = ?", e.Index, e.On(), f.File.String(), f.Draw)
	if err != nil {
		return err
	}
	return keeper.Touch(tx, e.Index, GroupSubject)
}
