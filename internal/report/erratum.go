package report

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report/narrative"
)

// MaxReason is how many characters the reason of an erratum may have.
const MaxReason = 2000

// Corrected are the facts of report.corrected: an erratum. It names a figure with
// its value as released and as it should be, or a chapter, whose new text is words.
// Words: reason.LANG, and of a chapter text.LANG. The release stays as it is; the
// erratum is shown beside it.
type Corrected struct {
	Release int64  `json:"release"`
	Figure  string `json:"figure,omitempty"`
	Chapter string `json:"chapter,omitempty"`
	Old     string `json:"old,omitempty"` // none where the release could not compute it
	New     string `json:"new,omitempty"`
}

var (
	figureForm  = regexp.MustCompile(`^[A-Za-z0-9._-]{1,96}$`)
	decimalForm = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?$`)
	codeForm    = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)
)

// valueForm tells what the value of a figure can be: a decimal, or a code.
func valueForm(s string) bool {
	return decimalForm.MatchString(s) && s != "-0" || codeForm.MatchString(s)
}

func validateCorrected(a keeper.Act, f Corrected) error {
	var es locale.Errors
	bySecretariat(a, &es)
	if (f.Figure == "") == (f.Chapter == "") {
		es.AddField("figure", locale.E("err.period.one_of_two"))
	}
	if f.Figure != "" && !figureForm.MatchString(f.Figure) {
		es.AddField("figure", locale.E("err.period.no_figure", "id", keeper.Line(strings.ToValidUTF8(f.Figure, ""))))
	}
	if f.Chapter != "" && !slices.Contains(compact.Chapters, f.Chapter) {
		es.AddField("chapter", locale.E("err.period.chapter", "value", keeper.Line(strings.ToValidUTF8(f.Chapter, ""))))
	}
	switch {
	case f.Figure == "" && (f.Old != "" || f.New != ""):
		es.AddField("new", locale.E("err.period.one_of_two"))
	case f.Figure != "" && !valueForm(f.New):
		es.AddField("new", locale.E("err.period.new_value"))
	case f.Figure != "" && (f.Old == f.New || f.Old != "" && !valueForm(f.Old)):
		es.AddField("new", locale.E("err.period.same_value"))
	}
	checkErratumWords(a.Words, f.Chapter != "", &es)
	return es.Err()
}

func checkErratumWords(words map[string]string, chapter bool, es *locale.Errors) {
	have := map[string]bool{}
	for _, part := range slices.Sorted(maps.Keys(words)) {
		name, lang, _ := strings.Cut(part, ".")
		text := words[part]
		have[name] = true
		switch n := utf8.RuneCountInString(text); {
		case !locale.Known(lang) || name != "reason" && (name != "text" || !chapter):
			es.AddField(name, locale.E("err.party.unknown_word", "part", keeper.Line(part)))
		case name == "reason" && n > MaxReason:
			es.AddField(name, locale.E("err.party.word_too_long", "n", n, "max", MaxReason))
		case keeper.Prose(text) != text:
			es.AddField(name, locale.E("err.party.unclean"))
		case name == "text":
			for _, fault := range narrative.Parse(text).Faults {
				es.AddField(name, fault.Err)
			}
		}
	}
	if !have["reason"] {
		es.AddField("reason", locale.E("err.period.reason"))
	}
	if chapter && !have["text"] {
		es.AddField("text", locale.E("err.period.new_text"))
	}
}

func checkCorrected(tx *db.Tx, a keeper.Act, f Corrected, _ time.Time) error {
	r, err := OfRelease(tx, f.Release)
	if err != nil {
		return placed("release", err)
	}
	frozen, err := Frozen(tx, r.ReleaseFigures)
	if err != nil {
		return err
	}
	if f.Chapter != "" {
		if _, ok := frozen.Chapter(f.Chapter); !ok {
			return keeper.Refuse(keeper.ErrNotFound, locale.Field("chapter", locale.E("err.period.chapter", "value", f.Chapter)))
		}
		words := map[string]string{}
		for part, text := range a.Words {
			if lang, ok := strings.CutPrefix(part, "text."); ok {
				words[f.Chapter+"."+lang] = text
			}
		}
		pack, err := compact.InForce(tx)
		if err != nil {
			return err
		}
		return references(tx, pack, frozen, words)
	}
	standing, err := r.standing(tx, frozen, f.Figure)
	if err == nil && standing != f.Old {
		err = keeper.Refuse(keeper.ErrConflict, locale.Field("old", locale.E("err.period.old_value", "value", standing)))
	}
	return err
}

// Standing is the value of a released figure with the errata so far.
func (r Report) Standing(tx *db.Tx, figure string) (string, error) {
	frozen, err := Frozen(tx, r.ReleaseFigures)
	if err != nil {
		return "", err
	}
	return r.standing(tx, frozen, figure)
}

func (r Report) standing(tx *db.Tx, frozen *Figures, figure string) (string, error) {
	f, ok := frozen.Figure(figure)
	if !ok {
		return "", keeper.Refuse(keeper.ErrNotFound, locale.Field("figure", locale.E("err.period.no_figure", "id", figure)))
	}
	list, err := Errata(tx, r.ID)
	for _, e := range list {
		if e.Figure == figure {
			f.Value = e.New
		}
	}
	return f.Value, err
}

func applyCorrected(tx *db.Tx, e keeper.Entry, f Corrected) error {
	r, err := OfRelease(tx, f.Release)
	if isNotFound(err) {
		return nil // no rule lets this pass; Apply stays total all the same
	}
	if err != nil {
		return err
	}
	err = tx.Queue("INSERT INTO period_erratum (id, report, release, figure, chapter, old_value, new_value, made_on) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		e.Index, r.ID, f.Release, f.Figure, f.Chapter, f.Old, f.New, e.On())
	if err != nil {
		return err
	}
	return touch(tx, e.Index, r.ID)
}

// Erratum is what was put right beside a release; its words are keeper.WordsOf its ID.
type Erratum struct {
	ID      int64
	Report  int64
	Release int64
	Figure  string
	Chapter string
	Old     string
	New     string
	On      string
}

// Errata lists the errata of a report, the first first; 0 stands for all reports.
func Errata(tx *db.Tx, report int64) ([]Erratum, error) {
	where, args := "", []any(nil)
	if report != 0 {
		where, args = " WHERE report = ?", []any{report}
	}
	rows, err := tx.Query("SELECT id, report, release, figure, chapter, old_value, new_value, made_on FROM period_erratum"+where+" ORDER BY id", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Erratum
	for rows.Next() {
		var e Erratum
		if err := rows.Scan(&e.ID, &e.Report, &e.Release, &e.Figure, &e.Chapter, &e.Old, &e.New, &e.On); err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, rows.Err()
}
