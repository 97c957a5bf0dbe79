package commitment

import (
	"errors"
	"strconv"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// ReviewView is what is known of the independent assessment of a commitment.
type ReviewView struct {
	Basis  string   // none, peer or independent, as chosen when the commitment was made
	State  string   // one of [Assessments]
	Codes  []string // the completion that each review gave, where two differ: the first, then the second
	Review int64    // the latest review, 0 for none
	Stage  string   // its stage
	On     string   // when it was published
}

// ReviewRow is a review without its words.
type ReviewRow struct {
	ID, Commitment, Version int64
	Stage                   string
	Pool, Wanted, SecondOf  int64
	Lang, OpenedOn          string
	Entry                   int64 // of the publication, 0 before it
	PublishedOn             string
	Verifiable, Potential   string
	Completion, Results     string
	Strength                string // of the strongest evidence used
	Reviewers, Conflicts    int64
	Recommended             int64
	DraftOn, ReplyUntil     string
	Answer                  string
	Replies                 int64
}

// reviewColumns are the columns of a ReviewRow, in order.
const reviewColumns = `r.id, r.commitment, r.version, r.stage, r.pool, r.wanted, r.second_of, r.lang, r.opened_on, r.published, r.published_on,
	r.verifiable, r.potential, r.completion, r.results, r.strength, r.reviewers, r.conflicts, r.recommended, r.draft_on, r.reply_until, r.answer, r.replies`

func (r *ReviewRow) scan(scan func(...any) error) error {
	return scan(&r.ID, &r.Commitment, &r.Version, &r.Stage, &r.Pool, &r.Wanted, &r.SecondOf, &r.Lang, &r.OpenedOn, &r.Entry, &r.PublishedOn,
		&r.Verifiable, &r.Potential, &r.Completion, &r.Results, &r.Strength, &r.Reviewers, &r.Conflicts, &r.Recommended,
		&r.DraftOn, &r.ReplyUntil, &r.Answer, &r.Replies)
}

func reviewRow(tx *db.Tx, id int64) (r ReviewRow, err error) {
	err = r.scan(tx.Row("SELECT "+reviewColumns+" FROM review r WHERE r.id = ?", id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		err = keeper.Refuse(keeper.ErrNotFound, locale.E("err.review.unknown", "id", strconv.FormatInt(id, 10)))
	}
	return r, err
}

// PoolView is a pool of reviewers.
type PoolView struct {
	ID int64
	Pool
	On    string
	Words map[string]string
}

// PoolByID is one pool with its words.
func PoolByID(tx *db.Tx, id int64) (p PoolView, err error) {
	err = tx.Row("SELECT id, basis, appointer, naming, lang, named_on FROM review_pool WHERE id = ?", id).
		Scan(&p.ID, &p.Basis, &p.Appointer, &p.Naming, &p.Lang, &p.On)
	if errors.Is(err, db.ErrNoRows) {
		return p, keeper.Refuse(keeper.ErrNotFound, locale.E("err.review.no_pool", "id", strconv.FormatInt(id, 10)))
	}
	if err == nil {
		p.Words, err = keeper.WordsOf(tx, id)
	}
	return p, err
}

// Text is a text of the pool, as [View.Text].
func (p PoolView) Text(field string, l locale.Lang) (text, in string) {
	return pick(p.Words, field, l, p.Lang)
}

// Pools lists all pools, the newest first.
func Pools(tx *db.Tx) ([]PoolView, error) {
	rows, err := tx.Query("SELECT id FROM review_pool ORDER BY id DESC")
	ids, err := numbers(rows, err)
	if err != nil {
		return nil, err
	}
	out := make([]PoolView, len(ids))
	for i, id := range ids {
		if out[i], err = PoolByID(tx, id); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func numbers(rows *db.Rows, err error) (out []int64, _ error) {
	err = each(rows, err, func(scan func(...any) error) error {
		var n int64
		err := scan(&n)
		out = append(out, n)
		return err
	})
	return out, err
}

// assessmentOf is the fifth fact about a commitment.
func assessmentOf(tx *db.Tx, id int64, basis string) (v ReviewView, err error) {
	v = ReviewView{Basis: basis, State: NoneYet}
	if basis == "none" {
		v.State = NotAsked
		return v, nil
	}
	err = tx.Row("SELECT code, on_day, review FROM commitment_assessment WHERE commitment = ?", id).Scan(&v.State, &v.On, &v.Review)
	if errors.Is(err, db.ErrNoRows) {
		return v, nil
	}
	if err != nil {
		return v, err
	}
	last, err := reviewRow(tx, v.Review)
	if err != nil {
		return v, err
	}
	v.Stage = last.Stage
	if v.State == Differing {
		first, err := reviewRow(tx, last.SecondOf)
		v.Codes = []string{first.Completion, last.Completion}
		return v, err
	}
	return v, nil
}

// ReviewFilter says which reviews a list holds; an empty field leaves it open.
type ReviewFilter struct {
	Commitment int64
	Party      int64  // whose commitment is reviewed
	State      string // "open" or "published"
	Stage      string
	Completion string
	Basis      string // of the pool
	Before     int64  // reviews opened before this one; 0: from the newest
	Limit      int
}

// ListReviews lists reviews, the newest first; next is the cursor of the next page, 0 after the last.
func ListReviews(tx *db.Tx, f ReviewFilter) (list []ReviewRow, next, total int64, err error) {
	w := &where{}
	w.add("1 = 1")
	if f.Commitment != 0 {
		w.add("r.commitment = ?", f.Commitment)
	}
	if f.Party != 0 {
		w.add("EXISTS (SELECT 1 FROM commitment c WHERE c.id = r.commitment AND c.party = ?)", f.Party)
	}
	for _, c := range []struct{ column, value string }{{"r.stage", f.Stage}, {"r.completion", f.Completion}, {"p.basis", f.Basis}} {
		if c.value != "" {
			w.add(c.column+" = ?", c.value)
		}
	}
	if f.State != "" {
		w.add("(r.published <> 0) = (? = 1)", bit(f.State == "published"))
	}
	from := " FROM review r JOIN review_pool p ON p.id = r.pool WHERE "
	if err = tx.Row("SELECT COUNT(*)"+from+w.sql(), w.args...).Scan(&total); err != nil {
		return nil, 0, 0, err
	}
	if f.Before > 0 {
		w.add("r.id < ?", f.Before)
	}
	if f.Limit <= 0 || f.Limit > 1000 {
		f.Limit = 50
	}
	rows, err := tx.Query("SELECT "+reviewColumns+from+w.sql()+" ORDER BY r.id DESC LIMIT ?", append(w.args, f.Limit+1)...)
	err = each(rows, err, func(scan func(...any) error) error {
		var r ReviewRow
		err := r.scan(scan)
		list = append(list, r)
		return err
	})
	if len(list) > f.Limit {
		list = list[:f.Limit]
		next = list[f.Limit-1].ID
	}
	return list, next, total, err
}

// ReplyView is one reply of the party.
type ReplyView struct {
	ID     int64
	On, By string
	Facts  ReviewReplied
	Words  map[string]string
}

// Text is a text of the reply, as [View.Text].
func (r ReplyView) Text(field string, l locale.Lang) (text, in string) {
	return pick(r.Words, field, l, r.Facts.Lang)
}

// Review is a review as its page shows it.
type Review struct {
	ReviewRow
	Terms   map[string]string // words of the opening
	Facts   ReviewPublished   // once it is published
	Words   map[string]string
	Pooled  PoolView
	Replied []ReplyView
	Second  *ReviewRow // the second review of this one
	First   *ReviewRow // the review that this one is second to
}

// Text is a text of the published review, as [View.Text].
func (r Review) Text(field string, l locale.Lang) (text, in string) {
	return pick(r.Words, field, l, r.Facts.Lang)
}

// Differs tells whether the two published reviews of one stage do not say the same.
func (r Review) Differs() bool {
	other := r.Second
	if other == nil {
		other = r.First
	}
	return other != nil && other.Entry != 0 && r.Entry != 0 && (other.Completion != r.Completion || other.Results != r.Results || other.Verifiable != r.Verifiable)
}

// GetReview is the whole of one review.
func GetReview(tx *db.Tx, id int64) (r Review, err error) {
	if r.ReviewRow, err = reviewRow(tx, id); err != nil {
		return r, err
	}
	if r.Terms, err = keeper.WordsOf(tx, id); err != nil {
		return r, err
	}
	if r.Pooled, err = PoolByID(tx, r.Pool); err != nil {
		return r, err
	}
	if r.Entry != 0 {
		e, err := keeper.ReadEntry(tx, r.Entry)
		if err != nil {
			return r, err
		}
		if err := e.Decode(&r.Facts); err != nil {
			return r, err
		}
		if r.Words, err = keeper.WordsOf(tx, r.Entry); err != nil {
			return r, err
		}
	}
	if r.Replied, err = repliesOf(tx, id); err != nil {
		return r, err
	}
	return r, r.beside(tx)
}

// beside finds the first or second review of the same stage.
func (r *Review) beside(tx *db.Tx) error {
	if r.SecondOf != 0 {
		first, err := reviewRow(tx, r.SecondOf)
		r.First = &first
		return err
	}
	rows, err := tx.Query("SELECT id FROM review WHERE second_of = ?", r.ID)
	ids, err := numbers(rows, err)
	if err != nil || len(ids) == 0 {
		return err
	}
	second, err := reviewRow(tx, ids[0])
	r.Second = &second
	return err
}

func repliesOf(tx *db.Tx, review int64) ([]ReplyView, error) {
	rows, err := tx.Query("SELECT id FROM review_reply WHERE review = ? ORDER BY id", review)
	ids, err := numbers(rows, err)
	if err != nil {
		return nil, err
	}
	out := make([]ReplyView, len(ids))
	for i, id := range ids {
		e, err := keeper.ReadEntry(tx, id)
		if err != nil {
			return nil, err
		}
		out[i] = ReplyView{ID: id, On: e.On(), By: e.By}
		if err := e.Decode(&out[i].Facts); err != nil {
			return nil, err
		}
		if out[i].Words, err = keeper.WordsOf(tx, id); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// reviewSteps are the entries of the record about the reviews of a commitment.
func reviewSteps(tx *db.Tx, commitment int64) (steps []Step, err error) {
	rows, err := tx.Query(`SELECT id, opened_on, '`+KindReviewOpened+`' FROM review WHERE commitment = ? UNION ALL
		SELECT published, published_on, '`+KindReviewPublished+`' FROM review WHERE commitment = ? AND published <> 0 UNION ALL
		SELECT y.id, y.made_on, '`+KindReviewReplied+`' FROM review_reply y JOIN review r ON r.id = y.review WHERE r.commitment = ? ORDER BY 1`,
		commitment, commitment, commitment)
	err = each(rows, err, func(scan func(...any) error) error {
		var s Step
		err := scan(&s.Entry, &s.On, &s.Kind)
		steps = append(steps, s)
		return err
	})
	return steps, err
}
