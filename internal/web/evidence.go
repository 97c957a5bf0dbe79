package web

import (
	"net/http"
	"strconv"
	"strings"

	"kept/internal/account"
	"kept/internal/assessment"
	"kept/internal/commitment"
	"kept/internal/commitment/evidence"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// Documents behind reports are served on a path of their own, as files to keep and
// never as pages: attachment, exact type, a policy under which nothing in them can
// run. A page shows of them only what was made anew: a small picture, or the
// beginning of a text, escaped.

// evidenceFiles are the addresses of documents.
func (s *Site) evidenceFiles() {
	s.file("GET /evidence/{digest}", s.evidenceFile)
	s.file("GET /evidence/{digest}/picture", s.evidencePicture)
	for _, lang := range locale.Langs {
		s.mux.HandleFunc("GET /"+string(lang)+"/desk/evidence/{report}/{piece}", s.confidentialFile)
	}
}

// openPieces are the places where a document stands as evidence for everybody.
func openPieces(tx *db.Tx, digest string) ([]commitment.PieceView, error) {
	if _, err := record.ParseDigest(digest); err != nil {
		return nil, errNotFound(digest)
	}
	all, err := commitment.PiecesOf(tx, digest)
	if err != nil {
		return nil, err
	}
	var open []commitment.PieceView
	for _, p := range all {
		if p.SeenBy == "" && !heldElsewhere(all[0], p) {
			open = append(open, p)
		}
	}
	if len(open) == 0 {
		return nil, errNotFound(digest)
	}
	return open, nil
}

// heldElsewhere tells whether a document came first, confidentially, behind a report on
// another commitment. Its digest is public; whoever repeats it opens nothing by that.
func heldElsewhere(first, p commitment.PieceView) bool {
	return first.SeenBy != "" && first.Commitment != p.Commitment
}

// evidenceFile serves a public document.
func (s *Site) evidenceFile(w http.ResponseWriter, r *http.Request) {
	digest := r.PathValue("digest")
	var d commitment.Document
	err := s.c.Keeper.DB().Read(r.Context(), func(tx *db.Tx) (err error) {
		if _, err = openPieces(tx, digest); err == nil {
			d, err = wholeDocument(tx, digest)
		}
		return err
	})
	if err != nil {
		s.failFile(w, r, err)
		return
	}
	sendDocument(w, r, d, "no-cache") // it can be erased: asked for again each time
}

func wholeDocument(tx *db.Tx, digest string) (d commitment.Document, err error) {
	if d, err = commitment.DocumentOf(tx, digest); err == nil {
		d.Body, err = commitment.BodyOf(tx, digest)
	}
	return d, err
}

// sendDocument writes a document as a file to keep.
func sendDocument(w http.ResponseWriter, r *http.Request, d commitment.Document, caching string) {
	h := w.Header()
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", caching)
	h.Set("Etag", `"`+d.Digest+`"`)
	if strings.Contains(r.Header.Get("If-None-Match"), d.Digest) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	kind := d.Type
	if strings.HasPrefix(kind, "text/") {
		kind += "; charset=utf-8"
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="evidence-`+d.Digest[:12]+"."+evidence.Types[d.Type]+`"`)
	h.Set("Content-Length", strconv.Itoa(len(d.Body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(d.Body)
	}
}

// evidencePicture serves the small picture that a page shows: drawn by this
// program, whatever was sent.
func (s *Site) evidencePicture(w http.ResponseWriter, r *http.Request) {
	digest := r.PathValue("digest")
	var d commitment.Document
	err := s.c.Keeper.DB().Read(r.Context(), func(tx *db.Tx) (err error) {
		if _, err = openPieces(tx, digest); err == nil {
			d, err = commitment.DocumentOf(tx, digest)
		}
		return err
	})
	if err == nil && len(d.Picture) == 0 {
		err = errNotFound(digest)
	}
	if err != nil {
		s.failFile(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Type", "image/jpeg")
	h.Set("Content-Length", strconv.Itoa(len(d.Picture)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(d.Picture)
	}
}

// confidentialFile serves a document that not everybody may read, to who may: the
// secretariat, the party, and reviewers who judge the commitment.
func (s *Site) confidentialFile(w http.ResponseWriter, r *http.Request) {
	var d commitment.Document
	err := s.c.Keeper.DB().Read(r.Context(), func(tx *db.Tx) error {
		q, err := s.request(r, tx, languageOf(r))
		if err == nil {
			err = s.meet(q)
		}
		if err != nil {
			return err
		}
		p, err := pieceAsked(q)
		if err != nil {
			return err
		}
		if err := q.mayReadPiece(p); err != nil {
			return err
		}
		all, err := commitment.PiecesOf(tx, p.Digest)
		if err == nil && len(all) > 0 && heldElsewhere(all[0], p) {
			err = q.mayReadPiece(all[0])
		}
		if err != nil {
			return err
		}
		d, err = wholeDocument(tx, p.Digest)
		return err
	})
	if err != nil {
		s.failFile(w, r, err)
		return
	}
	sendDocument(w, r, d, "no-store")
}

// pieceAsked is the piece that the address names, by report and number.
func pieceAsked(q *request) (commitment.PieceView, error) {
	report, err := q.number("report")
	if err != nil {
		return commitment.PieceView{}, err
	}
	piece, err := q.number("piece")
	if err != nil {
		return commitment.PieceView{}, err
	}
	return commitment.PieceAt(q.Tx, report, piece)
}

// mayReadPiece refuses who may not read the document of a piece. That there is
// such a document is public, so the answer need not hide it.
func (q *request) mayReadPiece(p commitment.PieceView) error {
	if q.Who == nil {
		return keeper.Refuse(keeper.ErrForbidden, locale.E("err.form.closed"))
	}
	if p.SeenBy == "" || q.Who.Is(account.RoleSecretariat) {
		return nil
	}
	of, _, err := commitment.LeadOf(q.Tx, p.Commitment)
	if err != nil {
		return err
	}
	if q.Who.DraftsFor(of) {
		return nil
	}
	judges, err := assessment.Judges(q.Tx, q.Who.ID, p.Commitment)
	if err == nil && !(judges && p.SeenBy == "reviewers") {
		err = keeper.Refuse(keeper.ErrForbidden, locale.E("err.evidence.confidential"))
	}
	return err
}

// documentView is the page of a document.
type documentView struct {
	Digest    string      `json:"sha256"`
	Type      string      `json:"type,omitempty"`
	TypeName  Text        `json:"type_in_words,omitempty"`
	Size      int64       `json:"size,omitempty"`
	KeptOn    string      `json:"kept_on,omitempty"`
	ErasedOn  string      `json:"erased_on,omitempty"`
	Href      string      `json:"file,omitempty"`
	Picture   string      `json:"picture,omitempty"`
	Lines     []string    `json:"-"`
	Treatment Text        `json:"treatment,omitempty"`
	Pieces    []pieceView `json:"pieces"`
}

// pieceView is a place where a document stands as evidence.
type pieceView struct {
	Title      Text         `json:"title"`
	Kind       Text         `json:"kind"`
	Issuer     Text         `json:"issuer,omitempty"`
	On         string       `json:"on,omitempty"`
	Strength   Text         `json:"strength"`
	Commitment Link         `json:"commitment"`
	Entry      int64        `json:"report"`
	Used       []reviewUsed `json:"used_in_reviews,omitempty"`
}

// reviewUsed is how strong a review found a piece.
type reviewUsed struct {
	Review   int64 `json:"review"`
	Strength Text  `json:"strength"`
}

// document is the page of one document: what it is, where it stands, what a page
// can show of it. It is not cached, since the document can be erased by no act.
func (s *Site) document(q *request) (View, error) {
	digest := q.arg("digest")
	pieces, err := openPieces(q.Tx, digest)
	if err != nil {
		return View{}, err
	}
	v := &documentView{Digest: digest}
	var d commitment.Document
	err = q.privately(func(tx *db.Tx) (err error) {
		d, err = commitment.DocumentOf(tx, digest)
		return err
	})
	switch {
	case err == nil:
		v.of(d)
	case statusOf(err) != http.StatusNotFound:
		return View{}, err
	}
	for _, p := range pieces {
		row, err := q.piece(p)
		if err != nil {
			return View{}, err
		}
		v.Pieces = append(v.Pieces, row)
	}
	title := v.Pieces[0].Title
	if len(title) == 0 {
		title = message("evidence.untitled")
	}
	return View{Page: "evidence", Title: title, Section: "menu.commitments", Data: v, Live: true, Robots: "noindex",
		Crumbs: []Link{{message("menu.commitments"), "/commitments"}, v.Pieces[0].Commitment}}, nil
}

// of fills in what the archive holds.
func (v *documentView) of(d commitment.Document) {
	name := evidence.Types[d.Type]
	v.Type, v.TypeName, v.Size, v.KeptOn, v.ErasedOn = d.Type, message("evidence.type."+name), d.Size, d.KeptOn, d.Erased
	if d.Erased != "" {
		return
	}
	v.Href, v.Lines = "/evidence/"+d.Digest, d.Lines
	if len(d.Picture) > 0 {
		v.Picture = v.Href + "/picture"
	}
	switch name {
	case "jpg", "png":
		v.Treatment = message("evidence.treatment.picture")
	case "pdf":
		v.Treatment = message("evidence.treatment.pdf")
	case "csv", "txt":
		v.Treatment = message("evidence.treatment.text")
	default:
		v.Treatment = message("evidence.treatment.office")
	}
}

func (q *request) piece(p commitment.PieceView) (pieceView, error) {
	of, err := commitment.Get(q.Tx, p.Commitment, q.Today)
	if err != nil {
		return pieceView{}, err
	}
	row := pieceView{Title: summaryText(p.Text, "title"), Kind: message("report.evidence.kind." + p.Kind), Issuer: summaryText(p.Text, "issuer"), On: p.On,
		Strength: message("report.evidence.strength." + p.Strength), Commitment: Link{summaryText(of.Text, "title"), commitmentHref(p.Commitment)}, Entry: p.Report}
	used, err := commitment.UsedIn(q.Tx, p.Report, p.Piece)
	for _, u := range used {
		row.Used = append(row.Used, reviewUsed{u.Review, message("report.evidence.strength." + u.Strength)})
	}
	return row, err
}
