package report

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/report/narrative"
)

// KindNoted is the act by which the secretariat publishes a policy note on a release.
const KindNoted = "report.noted"

// What a note may hold, so that it has two pages.
const (
	MaxNoteTitle   = 120 // characters
	MaxFinding     = 200 // words, as [Words] counts them
	MaxMeaning     = 450
	MaxNoteFigures = 8
)

// Noted are the facts of report.noted: a policy note, two pages that say what was
// found, with which figures of a release, and what it means. Its words are title,
// finding and meaning, each in every language that the note has; finding and meaning
// are Markdown with the references of chapters. A note does not change; a later one
// may take its place, and both stay readable.
type Noted struct {
	Release  int64    `json:"release"`
	Figures  []string `json:"figures"`            // of the release, in the order in which the note shows them
	Replaces int64    `json:"replaces,omitempty"` // an earlier note on the same report
}

// noteParts are the fields of a note; each is there in every language that one of them has.
var noteParts = []string{"title", "finding", "meaning"}

func validateNoted(a keeper.Act, f Noted) error {
	var es locale.Errors
	bySecretariat(a, &es)
	if len(f.Figures) == 0 || len(f.Figures) > MaxNoteFigures {
		es.AddField("figures", locale.E("err.note.figures", "max", MaxNoteFigures))
	}
	for n, id := range f.Figures {
		if !figureForm.MatchString(id) || slices.Contains(f.Figures[:n], id) {
			es.AddField("figures", locale.E("err.note.figure", "id", keeper.Line(strings.ToValidUTF8(id, ""))))
		}
	}
	langs := map[string]bool{}
	for _, part := range slices.Sorted(maps.Keys(a.Words)) {
		name, lang, _ := strings.Cut(part, ".")
		if !slices.Contains(noteParts, name) || !locale.Known(lang) {
			es.AddField(part, locale.E("err.party.unknown_word", "part", keeper.Line(part)))
			continue
		}
		langs[lang] = true
		checkNotePart(part, name, a.Words[part], &es)
	}
	if len(langs) == 0 {
		es.AddField("title", locale.E("err.note.words"))
	}
	for _, lang := range slices.Sorted(maps.Keys(langs)) {
		for _, name := range noteParts {
			if strings.TrimSpace(a.Words[name+"."+lang]) == "" {
				es.AddField(name+"."+lang, locale.E("err.note.words"))
			}
		}
	}
	return es.Err()
}

// checkNotePart wants one text of a note to be clean, short enough, and free of what no chapter may hold.
func checkNotePart(part, name, text string, es *locale.Errors) {
	most := map[string]int{"finding": MaxFinding, "meaning": MaxMeaning}[name]
	switch {
	case name == "title" && keeper.Line(text) != text, keeper.Prose(text) != text:
		es.AddField(part, locale.E("err.party.unclean"))
	case name == "title":
		if n := utf8.RuneCountInString(text); n > MaxNoteTitle {
			es.AddField(part, locale.E("err.party.word_too_long", "n", n, "max", MaxNoteTitle))
		}
	case Words(text) > most:
		es.AddField(part, locale.E("err.note.long", "n", Words(text), "max", most))
	default:
		for _, fault := range narrative.Parse(text).Faults {
			es.AddField(part, fault.Err)
		}
	}
}

// Words counts the words of a text. Chinese is written without blanks between them:
// there two characters are a word, about as many as there are on a page.
func Words(text string) int {
	words, signs, inside := 0, 0, false
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Han, r):
			signs, inside = signs+1, false
		case unicode.IsSpace(r):
			inside = false
		case !inside:
			words, inside = words+1, true
		}
	}
	return words + (signs+1)/2
}

// checkNoted wants the figures to be the release's, and everything that the texts
// refer to to be there; what is not is told with its line.
func checkNoted(tx *db.Tx, a keeper.Act, f Noted, _ time.Time) error {
	r, err := OfRelease(tx, f.Release)
	if err != nil {
		return placed("release", err)
	}
	frozen, err := Frozen(tx, r.ReleaseFigures)
	if err != nil {
		return err
	}
	var es locale.Errors
	for _, id := range f.Figures {
		if _, ok := frozen.Figure(id); !ok {
			es.AddField("figures", locale.E("err.period.no_figure", "id", id))
		}
	}
	if err := es.Err(); err != nil {
		return keeper.Refuse(keeper.ErrNotFound, err)
	}
	if err := mayReplace(tx, r, f.Replaces); err != nil {
		return err
	}
	pack, err := compact.InForce(tx)
	if err != nil {
		return err
	}
	texts := maps.Clone(a.Words)
	maps.DeleteFunc(texts, func(part, _ string) bool { return strings.HasPrefix(part, "title.") })
	return references(tx, pack, frozen, texts)
}

// mayReplace refuses to take the place of a note on another report, or of one whose place was taken.
func mayReplace(tx *db.Tx, r Report, earlier int64) error {
	if earlier == 0 {
		return nil
	}
	n, err := NoteByID(tx, earlier)
	if err != nil {
		return placed("replaces", err)
	}
	if n.Report != r.ID || n.ReplacedBy != 0 {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("replaces", locale.E("err.note.replaced", "id", number(earlier))))
	}
	return nil
}

func applyNoted(tx *db.Tx, e keeper.Entry, f Noted) error {
	r, err := OfRelease(tx, f.Release)
	if isNotFound(err) {
		return nil // no rule lets this pass; Apply stays total all the same
	}
	if err != nil {
		return err
	}
	err = tx.Queue("INSERT INTO period_note (id, report, release, figures, made_on, replaces, replaced_by) VALUES (?, ?, ?, ?, ?, ?, 0)",
		e.Index, r.ID, f.Release, strings.Join(f.Figures, " "), e.On(), f.Replaces)
	if err == nil && f.Replaces != 0 {
		err = tx.Queue("UPDATE period_note SET replaced_by = ? WHERE id = ?", e.Index, f.Replaces)
	}
	if err != nil {
		return err
	}
	return touch(tx, e.Index, r.ID)
}

// Note is a policy note; its words are keeper.WordsOf its ID.
type Note struct {
	ID         int64
	Report     int64
	Release    int64
	Figures    []string
	On         string
	Replaces   int64
	ReplacedBy int64 // 0: it stands
}

const noteColumns = "id, report, release, figures, made_on, replaces, replaced_by"

func scanNote(scan func(...any) error) (n Note, err error) {
	var figures string
	err = scan(&n.ID, &n.Report, &n.Release, &figures, &n.On, &n.Replaces, &n.ReplacedBy)
	n.Figures = strings.Fields(figures)
	return n, err
}

// NoteByID is one note.
func NoteByID(tx *db.Tx, id int64) (Note, error) {
	n, err := scanNote(tx.Row("SELECT "+noteColumns+" FROM period_note WHERE id = ?", id).Scan)
	return n, missing(err, "err.note.unknown", "id", number(id))
}

// Notes lists the notes on a report in the order in which they came.
func Notes(tx *db.Tx, report int64) ([]Note, error) {
	rows, err := tx.Query("SELECT "+noteColumns+" FROM period_note WHERE report = ? ORDER BY id", report)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Note
	for rows.Next() {
		n, err := scanNote(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, rows.Err()
}
