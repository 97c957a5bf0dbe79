package stakeholder

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// KindReviewed is the act of a review of participation by the secretariat.
const KindReviewed = "participation.reviewed"

// ReviewEvery is after how many months a review of participation is due again.
const ReviewEvery = 12

// Reviewed are the facts of participation.reviewed: the counts as they stood, by
// the digest of a blob of [Figures]. What the secretariat makes of them are words,
// findings.LANG.
type Reviewed struct {
	Figures string `json:"figures_blob"`
	Size    int64  `json:"size"` // entries of the record that the counts rest on
}

// Figures are the frozen counts of a review: codes and numbers, no words.
type Figures struct {
	Method  string  `json:"method"`
	Size    int64   `json:"size"`
	Pack    string  `json:"pack"` // digest
	Balance Balance `json:"balance"`
}

// FiguresNow computes the counts as they stand, in canonical bytes.
func FiguresNow(tx *db.Tx, packDigest string) ([]byte, Figures, error) {
	f := Figures{Method: BalanceMethod, Pack: packDigest}
	if err := tx.Row("SELECT size FROM record_head WHERE id = 1").Scan(&f.Size); err != nil {
		return nil, f, err
	}
	var err error
	if f.Balance, err = BalanceOf(tx, Filter{}); err != nil {
		return nil, f, err
	}
	b, err := record.Canonical(f)
	return b, f, err
}

func participationReviewed() keeper.Kind {
	return rules[Reviewed]{
		name:   KindReviewed,
		fields: wordsOf[KindReviewed],
		validate: func(a keeper.Act, f Reviewed, errs *locale.Errors) {
			bySecretariat(a, errs)
			if !filled(a.Words, "findings") {
				errs.AddField("findings", locale.E("err.participation.findings"))
			}
			if len(a.Blobs) != 1 || record.DigestOf(a.Blobs[0]).String() != f.Figures {
				errs.AddField("figures", locale.E("err.participation.figures"))
			}
		},
		check: checkReviewed,
		apply: func(tx *db.Tx, e keeper.Entry, f Reviewed) error {
			err := tx.Queue("INSERT INTO participation_review (id, reviewed_on, figures, size) VALUES (?, ?, ?, ?)", e.Index, e.On(), f.Figures, f.Size)
			if err != nil {
				return err
			}
			return keeper.Touch(tx, e.Index, "parties", "participation")
		},
	}.kind()
}

// checkReviewed computes the counts anew: nobody reviews figures of her own. The
// record may have grown since they were computed; the counts may not have moved.
func checkReviewed(c checking, f Reviewed) error {
	var given Figures
	if err := json.Unmarshal(c.act.Blobs[0], &given); err != nil {
		return locale.Field("figures", locale.E("err.participation.figures"))
	}
	_, now, err := FiguresNow(c.tx, c.pack.Digest.String())
	if err != nil {
		return err
	}
	if f.Size != given.Size || given.Size > now.Size {
		return locale.Field("figures", locale.E("err.participation.figures"))
	}
	now.Size = given.Size
	want, err := record.Canonical(now)
	if err != nil {
		return err
	}
	if !bytes.Equal(want, c.act.Blobs[0]) {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("figures", locale.E("err.participation.moved")))
	}
	return nil
}

// ParticipationReview is a review that was published; its words are keeper.WordsOf its id.
type ParticipationReview struct {
	ID      int64
	On      string
	Size    int64
	Digest  string
	Figures Figures
}

// ParticipationReviews lists the reviews, the latest first.
func ParticipationReviews(tx *db.Tx) ([]ParticipationReview, error) {
	rows, err := tx.Query("SELECT id, reviewed_on, figures, size FROM participation_review ORDER BY id DESC")
	if err != nil {
		return nil, err
	}
	var list []ParticipationReview
	err = each(rows, func() error {
		var r ParticipationReview
		err := rows.Scan(&r.ID, &r.On, &r.Digest, &r.Size)
		list = append(list, r)
		return err
	})
	for i := range list {
		if err == nil {
			err = list[i].read(tx)
		}
	}
	return list, err
}

func (r *ParticipationReview) read(tx *db.Tx) error {
	digest, err := record.ParseDigest(r.Digest)
	if err != nil {
		return err
	}
	b, err := keeper.Blob(tx, digest)
	if errors.Is(err, keeper.ErrNotFound) {
		return nil // a mirror without blobs still lists the review
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(b, &r.Figures)
}

// ReviewDueOn is the day on which the next review of participation is due: twelve
// months after the last one, or after the first entry of the registry where there
// is none; "" where nobody is registered.
func ReviewDueOn(tx *db.Tx) (string, error) {
	var last, begun string
	err := tx.Row("SELECT (SELECT COALESCE(MAX(reviewed_on), '') FROM participation_review), (SELECT COALESCE(MIN(registered_on), '') FROM party)").Scan(&last, &begun)
	if err != nil || last == "" && begun == "" {
		return "", err
	}
	if last == "" {
		last = begun
	}
	day, err := time.Parse("2006-01-02", last)
	return day.AddDate(0, ReviewEvery, 0).Format("2006-01-02"), err
}

// ReviewOf is the act of a review with the figures that [FiguresNow] gave.
func ReviewOf(figures []byte, size int64, words map[string]string) keeper.Act {
	return keeper.Act{Kind: KindReviewed, By: Secretariat, Facts: Reviewed{Figures: record.DigestOf(figures).String(), Size: size}, Words: words, Blobs: [][]byte{figures}}
}
