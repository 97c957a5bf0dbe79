package commitment

import (
	"context"
	_ "embed"
	"errors"
	"strings"
	"time"

	"kept/internal/commitment/evidence"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// The archive keeps the documents behind reports, by the digest of what may be
// published. It is no part of the record: the record holds the digest, which proves
// that a document is the one, and the document itself can be erased.

//go:embed archive.sql
var archiveSchema string

// PrepareArchive makes the archive's private table.
func PrepareArchive(ctx context.Context, store *db.DB) error {
	return store.Migrate(ctx, "evidence", archiveSchema)
}

// unusedLife is how long a document is kept that no report named: as long as a
// draft. A form that was sent with mistakes comes back, or waits for a second
// person, and its documents need not be attached again.
const unusedLife = 30 * 24 * time.Hour

// Document is a file of the archive.
type Document struct {
	Digest  string // of what is published
	Type    string
	Size    int64
	KeptOn  string // day
	Erased  string // day, "" while it is kept
	Body    []byte
	Picture []byte
	Lines   []string
}

// KeepDocument takes a document into the archive and returns its digest. Nobody can
// read it before a report names it. If we die after it the document goes after a
// month; a report that is sent again finds it or brings it again.
func KeepDocument(tx *db.Tx, now time.Time, b []byte) (string, error) {
	f, err := evidence.Read(b)
	if err != nil {
		return "", err
	}
	if err := sweep(tx, now); err != nil {
		return "", err
	}
	digest, erased := record.DigestOf(f.Published).String(), ""
	err = tx.Row("SELECT erased_at FROM evidence_file WHERE sha256 = ?", digest).Scan(&erased)
	switch {
	case err == nil && erased != "":
		return "", locale.E("err.evidence.erased", "date", erased[:10])
	case err == nil:
		_, err = tx.Exec("UPDATE evidence_file SET kept_at = ? WHERE sha256 = ?", now.UTC().Format(time.RFC3339), digest)
		return digest, err
	case !errors.Is(err, db.ErrNoRows):
		return "", err
	}
	_, err = tx.Exec(`INSERT INTO evidence_file (sha256, received, type, size, kept_at, erased_at, body, picture, beginning) VALUES (?, ?, ?, ?, ?, '', ?, ?, ?)`,
		digest, record.DigestOf(b).String(), f.Type, len(f.Published), now.UTC().Format(time.RFC3339), f.Published, append([]byte{}, f.Picture...), strings.Join(f.Lines, "\n"))
	return digest, err
}

// sweep drops what was attached and never reported.
func sweep(tx *db.Tx, now time.Time) error {
	const unused = ` FROM evidence_file WHERE erased_at = '' AND kept_at < ? AND NOT EXISTS (SELECT 1 FROM evidence e WHERE e.sha256 = evidence_file.sha256)`
	before := now.Add(-unusedLife).UTC().Format(time.RFC3339)
	var n int64
	if err := tx.Row("SELECT COUNT(*)"+unused, before).Scan(&n); err != nil || n == 0 {
		return err
	}
	settled, err := keeper.Settled(tx)
	if err == nil && settled {
		_, err = tx.Exec("DELETE"+unused, before)
	}
	return err
}

// DocumentOf reads a document without its bytes; ErrNotFound where the archive
// never had it.
func DocumentOf(tx *db.Tx, digest string) (d Document, err error) {
	var beginning string
	err = tx.Row("SELECT sha256, type, size, kept_at, erased_at, picture, beginning FROM evidence_file WHERE sha256 = ?", digest).
		Scan(&d.Digest, &d.Type, &d.Size, &d.KeptOn, &d.Erased, &d.Picture, &beginning)
	if errors.Is(err, db.ErrNoRows) {
		return d, keeper.Refuse(keeper.ErrNotFound, locale.E("err.evidence.unknown_document"))
	}
	if err != nil {
		return d, err
	}
	d.KeptOn = d.KeptOn[:10]
	if d.Erased != "" {
		d.Erased = d.Erased[:10]
	}
	if beginning != "" {
		d.Lines = strings.Split(beginning, "\n")
	}
	return d, nil
}

// BodyOf reads the bytes of a document.
func BodyOf(tx *db.Tx, digest string) (b []byte, err error) {
	err = tx.Row("SELECT body FROM evidence_file WHERE sha256 = ? AND erased_at = ''", digest).Scan(&b)
	if errors.Is(err, db.ErrNoRows) {
		err = keeper.Refuse(keeper.ErrNotFound, locale.E("err.evidence.unknown_document"))
	}
	return b, err
}

// EraseDocument takes the bytes of a document away for good, with the digest that it
// was received under. What stays is that there was one, its kind and size, and the
// day on which it was erased. It tells whether there was something to erase.
func EraseDocument(tx *db.Tx, now time.Time, digest string) (bool, error) {
	n, err := tx.Exec("UPDATE evidence_file SET body = ?, picture = ?, beginning = '', received = '', erased_at = ? WHERE sha256 = ? AND erased_at = ''",
		[]byte{}, []byte{}, now.UTC().Format(time.RFC3339), digest)
	return n > 0, err
}

// PieceView is a piece of evidence of a progress report.
type PieceView struct {
	Report, Piece, Commitment int64
	Digest, Kind, Strength    string
	On, SeenBy                string
	words                     map[string]string
}

// Text is the title of the piece, or who issued it, as [View.Text].
func (p PieceView) Text(field string, l locale.Lang) (text, in string) {
	return pick(p.words, part("evidence", int(p.Piece), field), l, "")
}

// Pieces lists the evidence of all reports on a commitment.
func Pieces(tx *db.Tx, commitment int64) ([]PieceView, error) {
	return pieces(tx, "commitment = ?", commitment)
}

// PiecesOf lists where a document with a digest stands as evidence.
func PiecesOf(tx *db.Tx, digest string) ([]PieceView, error) {
	return pieces(tx, "sha256 = ?", digest)
}

func pieces(tx *db.Tx, condition string, arg any) (list []PieceView, err error) {
	rows, err := tx.Query("SELECT report, piece, commitment, sha256, kind, strength, on_day, seen_by FROM evidence WHERE "+condition+" ORDER BY report, piece", arg)
	err = each(rows, err, func(scan func(...any) error) error {
		var p PieceView
		err := scan(&p.Report, &p.Piece, &p.Commitment, &p.Digest, &p.Kind, &p.Strength, &p.On, &p.SeenBy)
		list = append(list, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range list {
		if i > 0 && list[i].Report == list[i-1].Report {
			list[i].words = list[i-1].words
			continue
		}
		if list[i].words, err = keeper.WordsOf(tx, list[i].Report); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// URL is the address of the document elsewhere, "" for none.
func (p PieceView) URL() string { return p.words[part("evidence", int(p.Piece), "url.und")] }

// PieceAt is one piece of evidence of a report, counted from 0.
func PieceAt(tx *db.Tx, report, piece int64) (PieceView, error) {
	list, err := pieces(tx, "report = ?", report)
	if err != nil {
		return PieceView{}, err
	}
	for _, p := range list {
		if p.Piece == piece {
			return p, nil
		}
	}
	return PieceView{}, keeper.Refuse(keeper.ErrNotFound, locale.E("err.evidence.unknown_document"))
}

// UsedIn lists the reviews that relied on a piece, each with how strong it found it.
func UsedIn(tx *db.Tx, report, piece int64) (list []InReview, err error) {
	rows, err := tx.Query("SELECT review, strength FROM review_evidence WHERE report = ? AND piece = ? ORDER BY review", report, piece)
	err = each(rows, err, func(scan func(...any) error) error {
		var u InReview
		err := scan(&u.Review, &u.Strength)
		list = append(list, u)
		return err
	})
	return list, err
}

// InReview is how strong a review found a piece of evidence.
type InReview struct {
	Review   int64
	Strength string
}
