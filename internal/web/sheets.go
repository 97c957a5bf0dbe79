package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"

	"kept/internal/commitment"
	"kept/internal/commitment/reportsheet"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
	"kept/record"
)

// Reporting by spreadsheet: a party's sheet is taken out, filled in and sent back. What
// came back is a private row, like a draft, until its page has shown row by row what
// will happen and one button keeps it.

// maxSheet is the largest sheet that is taken, in bytes.
const maxSheet = 20 << 20

// sheetForms registers the addresses of the sheet and of the light form.
func (s *Site) sheetForms() {
	s.form("/desk/sheet", s.sheetForm())
	s.form("/desk/sheet/{id}", s.sheetPlanForm())
	s.form("/desk/light", s.lightForm())
	for _, lang := range locale.Langs {
		for ext, write := range sheetWriters {
			s.mux.HandleFunc("GET /"+string(lang)+"/desk/sheet."+ext, func(w http.ResponseWriter, r *http.Request) { s.sheetFile(w, r, lang, ext, write) })
		}
	}
	for ext := range sheetWriters {
		s.mux.HandleFunc("GET /desk/sheet."+ext, s.redirectToLanguage)
	}
}

// sheetWriters write the sheet, by the extension of its file.
var sheetWriters = map[string]func(io.Writer, locale.Lang, string, reportsheet.Each) error{
	"csv": reportsheet.WriteCSV,
	"xlsx": func(w io.Writer, l locale.Lang, today string, each reportsheet.Each) error {
		return reportsheet.WriteXLSX(w, l, today, commitment.SheetCodes(), each)
	},
}

var sheetTypes = map[string]string{"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

// partyAsked is the party that the address names.
//
// Who holds a post at one party only need not name it.
func (q *request) partyAsked() (int64, error) {
	if own := q.Who.Parties(); q.FormValue("party") == "" && len(own) == 1 {
		return own[0], nil
	}
	id, err := strconv.ParseInt(q.FormValue("party"), 10, 64)
	if err != nil || id <= 0 {
		return 0, locale.Field("party", locale.E("err.sheetform.party"))
	}
	return id, nil
}

// sheetFile sends a party's sheet to whoever may draft for it.
func (s *Site) sheetFile(w http.ResponseWriter, r *http.Request, lang locale.Lang, ext string, write func(io.Writer, locale.Lang, string, reportsheet.Each) error) {
	var b bytes.Buffer
	var party int64
	var q *request
	err := s.c.Keeper.DB().Read(r.Context(), func(tx *db.Tx) (err error) {
		if q, err = s.enterForm(r, tx, lang, formHandler{may: (*request).mayDraftForAsked}); err != nil {
			return err
		}
		if party, err = q.partyAsked(); err != nil {
			return err
		}
		return write(&b, lang, q.Now.UTC().Format("2006-01-02"), func(give func(reportsheet.Known) error) error {
			return commitment.EachKnown(tx, party, give)
		})
	})
	if err == nil {
		err = s.noteVisit(q)
	}
	if err != nil {
		s.fail(w, r, lang, err)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", sheetTypes[ext])
	h.Set("Content-Disposition", `attachment; filename="reports-`+strconv.FormatInt(party, 10)+"."+ext+`"`)
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	_, _ = w.Write(b.Bytes())
}

// mayDraftForAsked lets whoever may draft for the party that the address names.
func (q *request) mayDraftForAsked() error {
	party, err := q.partyAsked()
	if err != nil {
		return err
	}
	if _, err := stakeholder.ByID(q.Tx, party); err != nil {
		return err
	}
	return q.mayDraftFor(party)
}

// sheetForm gives the sheet out and takes it back.
func (s *Site) sheetForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		f := &formPage{Action: q.URL.Path, Lead: message("sheetform.lead"), Button: message("sheetform.button"), Back: "/desk", Upload: true}
		party := q.field("party", "select", true)
		party.Label = message("sheetform.party")
		var err error
		if party.Options, err = q.partyOptions(q.FormValue("party"), func(p stakeholder.Party) bool { return q.mayDraftFor(p.ID) == nil }); err != nil {
			return View{}, nil, err
		}
		chosen := q.FormValue("party")
		if len(party.Options) == 1 {
			chosen = party.Options[0].ID
		}
		if chosen != "" {
			f.Links = []Link{{message("sheetform.xlsx"), "/desk/sheet.xlsx?party=" + chosen}, {message("sheetform.csv"), "/desk/sheet.csv?party=" + chosen},
				{message("light.title"), "/desk/light?party=" + chosen}}
		}
		f.Fields = []formField{party, {Name: "file", Kind: "file", Label: message("sheetform.file"), Required: true, Help: message("sheetform.file.help")}}
		return View{Title: message("sheetform.title"), Section: "menu.commitments", Crumbs: draftCrumbs()}, f, nil
	}
	return formHandler{page: "sheet", most: maxSheet + maxForm, make: make, submit: s.takeSheet}
}

// takeSheet keeps the file for its page. What is no table at all is said at once.
func (s *Site) takeSheet(q *request) (string, error) {
	party, err := q.partyAsked()
	if err == nil {
		err = q.mayDraftFor(party)
	}
	if err != nil {
		return "", err
	}
	file, head, err := q.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) {
		return "", locale.Field("file", locale.E("err.sheetform.file"))
	}
	if err != nil {
		return "", err
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, maxSheet+1))
	if err != nil {
		return "", err
	}
	if len(b) > maxSheet {
		return "", keeper.Refuse(errTooLarge, locale.Field("file", locale.E("err.form.too_large", "max", maxSheet)))
	}
	sent := sentSheet{ID: keeper.NewKey(), Owner: q.Who.ID, Party: party, Lang: string(q.lang()), Name: keeper.Line(head.Filename), Digest: record.DigestOf(b), body: b}
	return "/desk/sheet/" + sent.ID, s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) error { return keepSheet(tx, q.Now, sent) })
}
