package commitment

import (
	"errors"
	"strconv"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

func refuse(kind error, place, key string, args ...any) error {
	return keeper.Refuse(kind, locale.Field(place, locale.E(key, args...)))
}

func checkPool(c checking, f Pool) error {
	if f.Appointer == 0 {
		return nil
	}
	_, err := partyOf(c.tx, f.Appointer)
	return place("appointer", err)
}

func applyPool(tx *db.Tx, e keeper.Entry, f Pool) error {
	err := tx.Queue("INSERT INTO review_pool (id, basis, appointer, naming, lang, named_on) VALUES (?, ?, ?, ?, ?, ?)",
		e.Index, f.Basis, f.Appointer, f.Naming, f.Lang, e.On())
	if err != nil {
		return err
	}
	return keeper.Touch(tx, e.Index, "reviews")
}

// checkOpened lets a review begin where one was asked for, by a pool of the kind
// that was asked for; an end review only some months after the end.
func checkOpened(c checking, f ReviewOpened) error {
	var party, stated int64
	var basis, end string
	err := c.tx.Row("SELECT c.party, c.stated, c.review, "+endedSQL+" FROM commitment c WHERE c.id = ?", f.Commitment).Scan(&party, &stated, &basis, &end)
	switch {
	case errors.Is(err, db.ErrNoRows):
		return refuse(keeper.ErrNotFound, "commitment", "err.commitment.unknown", "id", strconv.FormatInt(f.Commitment, 10))
	case err != nil:
		return err
	case stated != 0 || basis == "none":
		return refuse(keeper.ErrForbidden, "commitment", "err.review.not_asked")
	}
	if from := addMonths(end, EndReviewMonths); f.Stage == "end" && keeper.Today(c.at) < from {
		return refuse(keeper.ErrForbidden, "stage", "err.review.end_early", "months", EndReviewMonths, "date", from)
	}
	if err := checkVersion(c.tx, f); err != nil {
		return err
	}
	pool, err := PoolByID(c.tx, f.Pool)
	if err != nil {
		return place("pool", err)
	}
	if pool.Basis != basis {
		return refuse(keeper.ErrForbidden, "pool", "err.review.pool_basis", "asked", locale.E("commitment.review."+basis))
	}
	if f.SecondOf != 0 {
		return checkSecond(c.tx, f)
	}
	var open int64
	err = c.tx.Row("SELECT COALESCE(MIN(id), 0) FROM review WHERE commitment = ? AND stage = ? AND published = 0", f.Commitment, f.Stage).Scan(&open)
	if err == nil && open != 0 {
		return refuse(keeper.ErrConflict, "stage", "err.review.open_already", "id", strconv.FormatInt(open, 10))
	}
	return err
}

// checkVersion wants the version to be the commitment as made or an amendment of it.
func checkVersion(tx *db.Tx, f ReviewOpened) error {
	wrong := refuse(keeper.ErrInvalid, "version", "err.review.version", "id", strconv.FormatInt(f.Version, 10))
	if f.Version == f.Commitment {
		return nil
	}
	e, err := keeper.ReadEntry(tx, f.Version)
	if errors.Is(err, keeper.ErrNotFound) {
		return wrong
	}
	var of struct {
		Commitment int64 `json:"commitment"`
	}
	if err != nil || e.Kind != KindAmended || e.Decode(&of) != nil || of.Commitment != f.Commitment {
		return errors.Join(wrong, err)
	}
	return nil
}

// checkSecond wants a published first review of the same stage that has no second yet.
func checkSecond(tx *db.Tx, f ReviewOpened) error {
	first, err := reviewRow(tx, f.SecondOf)
	if err != nil {
		return place("second_of", err)
	}
	var second int64
	if err := tx.Row("SELECT COUNT(*) FROM review WHERE second_of = ?", f.SecondOf).Scan(&second); err != nil {
		return err
	}
	if first.Commitment != f.Commitment || first.Stage != f.Stage || first.Entry == 0 || first.SecondOf != 0 || second != 0 {
		return refuse(keeper.ErrConflict, "second_of", "err.review.second", "id", strconv.FormatInt(f.SecondOf, 10))
	}
	return nil
}

func applyOpened(tx *db.Tx, e keeper.Entry, f ReviewOpened) error {
	err := tx.Queue(`INSERT INTO review (id, commitment, version, stage, pool, wanted, second_of, lang, opened_on, published, published_on,
		verifiable, potential, completion, results, strength, reviewers, conflicts, recommended, draft_on, reply_until, answer, replies)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', '', '', '', '', '', 0, 0, 0, '', '', '', 0)`,
		e.Index, f.Commitment, f.Version, f.Stage, f.Pool, f.Reviewers, f.SecondOf, f.Lang, e.On())
	if err != nil {
		return err
	}
	err = tx.Queue("INSERT INTO commitment_assessment (commitment, code, on_day, review) VALUES (?, ?, ?, ?) ON CONFLICT (commitment) DO NOTHING",
		f.Commitment, UnderWay, e.On(), e.Index)
	if err != nil {
		return err
	}
	if err := moveEndReview(tx, f.Commitment); err != nil {
		return err
	}
	return touchReview(tx, e.Index, e.Index, f.Commitment)
}

// checkPublished holds a review to its pool's rule of names, to evidence that
// exists, and to the party's window.
func checkPublished(c checking, f ReviewPublished) error {
	r, err := reviewRow(c.tx, f.Review)
	if err != nil {
		return place("review", err)
	}
	if r.Entry != 0 {
		return refuse(keeper.ErrConflict, "review", "err.review.published", "id", strconv.FormatInt(r.Entry, 10))
	}
	pool, err := PoolByID(c.tx, r.Pool)
	if err != nil {
		return err
	}
	var es locale.Errors
	have := filled(c.act.Words)
	for n := range int(f.Reviewers) {
		name := part("reviewers", n, "name")
		if have[name] != (pool.Naming == "named") {
			es.AddField(name, locale.E("err.review.naming_"+pool.Naming))
		}
	}
	if f.Results == "" && r.Stage == "end" {
		es.AddField("results", locale.E("err.commitment.needed"))
	}
	if err := c.things(r.Commitment, f, &es); err != nil {
		return err
	}
	if f.DraftOn < r.OpenedOn {
		es.AddField("draft_on", locale.E("err.review.draft_early", "date", r.OpenedOn))
	}
	c.notLater("draft_on", f.DraftOn, &es)
	switch {
	case f.Answer == "no_reply" && keeper.Today(c.at) <= f.ReplyUntil:
		es.AddField("reply_until", locale.E("err.review.window_open", "date", f.ReplyUntil))
	case (f.Answer == "replied") != (r.Replies > 0):
		es.AddField("answer", locale.E("err.review.reply_with"))
	}
	return es.Err()
}

// things checks that what was used and coded is there.
func (c checking) things(commitment int64, f ReviewPublished, es *locale.Errors) error {
	pieces := map[int64]int64{}
	rows, err := c.tx.Query("SELECT id, pieces FROM report WHERE commitment = ?", commitment)
	err = each(rows, err, func(scan func(...any) error) error {
		var id, n int64
		err := scan(&id, &n)
		pieces[id] = n
		return err
	})
	if err != nil {
		return err
	}
	counts := map[string]int64{OfOverall: 1}
	for of, table := range map[string]string{OfMilestone: "commitment_milestone", OfIndicator: "commitment_indicator"} {
		var n int64
		if err := c.tx.Row("SELECT COUNT(*) FROM "+table+" WHERE commitment = ?", commitment).Scan(&n); err != nil {
			return err
		}
		counts[of] = n
	}
	for _, u := range f.Evidence {
		if u.Piece >= pieces[u.Report] {
			es.AddField("evidence", locale.E("err.review.piece", "report", strconv.FormatInt(u.Report, 10), "n", u.Piece+1))
		}
	}
	for _, x := range f.Codings {
		if most := counts[x.Of]; x.Of != OfEvidence && x.N >= most || x.Of == OfEvidence && x.N >= pieces[x.Report] {
			es.AddField("codings", locale.E("err.review.coding", "what", x.what()))
		}
	}
	return nil
}

func applyPublished(tx *db.Tx, e keeper.Entry, f ReviewPublished) error {
	r, err := reviewRow(tx, f.Review)
	if err != nil {
		return err
	}
	strongest := ""
	for _, u := range f.Evidence {
		strongest = max(strongest, u.Strength)
		err := tx.Queue("INSERT INTO review_evidence (review, report, piece, strength) VALUES (?, ?, ?, ?)", f.Review, u.Report, u.Piece, u.Strength)
		if err != nil {
			return err
		}
	}
	err = tx.Queue(`UPDATE review SET published = ?, published_on = ?, verifiable = ?, potential = ?, completion = ?, results = ?, strength = ?,
		reviewers = ?, conflicts = ?, recommended = ?, draft_on = ?, reply_until = ?, answer = ? WHERE id = ?`,
		e.Index, e.On(), f.Verifiable, f.Potential, f.Completion, f.Results, strongest, f.Reviewers, f.Conflicts, f.Recommended,
		f.DraftOn, f.ReplyUntil, f.Answer, f.Review)
	if err != nil {
		return err
	}
	code := f.Completion
	if r.SecondOf != 0 {
		first, err := reviewRow(tx, r.SecondOf)
		if err != nil {
			return err
		}
		if first.Completion != code {
			code = Differing
		}
	}
	err = tx.Queue("UPDATE commitment_assessment SET code = ?, on_day = ?, review = ? WHERE commitment = ?", code, e.On(), f.Review, r.Commitment)
	if err != nil {
		return err
	}
	return touchReview(tx, e.Index, f.Review, r.Commitment)
}

// checkReplied lets the lead party, and nobody else, reply.
func checkReplied(c checking, f ReviewReplied) error {
	r, err := reviewRow(c.tx, f.Review)
	if err != nil {
		return place("review", err)
	}
	var lead int64
	if err := c.tx.Row("SELECT party FROM commitment WHERE id = ?", r.Commitment).Scan(&lead); err != nil {
		return err
	}
	if c.act.By != secretariat && c.act.By != strconv.FormatInt(lead, 10) {
		return refuse(keeper.ErrForbidden, "review", "err.review.not_yours")
	}
	var es locale.Errors
	for n, x := range f.Responses {
		if r.Entry != 0 && x.Recommendation >= r.Recommended {
			es.AddField(part("responses", n, "code"), locale.E("err.review.recommendation", "n", x.Recommendation+1))
		}
	}
	return es.Err()
}

func applyReplied(tx *db.Tx, e keeper.Entry, f ReviewReplied) error {
	r, err := reviewRow(tx, f.Review)
	if err != nil {
		return err
	}
	if err := tx.Queue("INSERT INTO review_reply (id, review, made_on, made_by) VALUES (?, ?, ?, ?)", e.Index, f.Review, e.On(), e.By); err != nil {
		return err
	}
	if err := tx.Queue("UPDATE review SET replies = ? WHERE id = ?", r.Replies+1, f.Review); err != nil {
		return err
	}
	return touchReview(tx, e.Index, f.Review, r.Commitment)
}

// touchReview notes the pages that an act about a review concerns.
func touchReview(tx *db.Tx, index, review, commitment int64) error {
	made, err := stored(tx, commitment)
	if err != nil {
		return err
	}
	pack, err := compact.InForce(tx)
	if err != nil {
		return err
	}
	return keeper.Touch(tx, index, append(subjectsOf(pack, commitment, made.Lead, made.Items, made.Areas), "reviews", subject("review", review))...)
}
