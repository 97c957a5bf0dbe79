package report

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// MaxContribution is how many characters a contribution may have in one language.
const MaxContribution = 4000

// Contributed are the facts of report.contributed: what a party has to say in a
// chapter of an open report, under its own name. Its words are text.LANG, in one
// language or several. A later one takes the place of an earlier one; with
// Withdrawn the party takes its contribution back.
type Contributed struct {
	Report    int64  `json:"report"`
	Chapter   string `json:"chapter"`
	Party     int64  `json:"party,omitempty"` // where the secretariat enters it
	Withdrawn bool   `json:"withdrawn,omitempty"`
}

func validateContributed(a keeper.Act, f Contributed) error {
	var es locale.Errors
	switch given := actor(a.By, 0); {
	case given != 0 && f.Party != 0:
		es.AddField("party", locale.E("err.party.named_twice"))
	case given == 0 && a.By != Secretariat:
		es.AddField("by", locale.E("err.party.not_yours"))
	case actor(a.By, f.Party) <= 0:
		es.AddField("party", locale.E("err.party.which"))
	}
	if !slices.Contains(compact.Chapters, f.Chapter) {
		es.AddField("chapter", locale.E("err.period.chapter", "value", keeper.Line(strings.ToValidUTF8(f.Chapter, ""))))
	}
	if f.Withdrawn != (len(a.Words) == 0) {
		es.AddField("text", locale.E("err.period.contribution_text"))
	}
	for _, part := range slices.Sorted(maps.Keys(a.Words)) {
		name, lang, _ := strings.Cut(part, ".")
		text := a.Words[part]
		switch n := utf8.RuneCountInString(text); {
		case name != "text" || !locale.Known(lang):
			es.AddField("text", locale.E("err.party.unknown_word", "part", keeper.Line(part)))
		case n > MaxContribution:
			es.AddField("text", locale.E("err.party.word_too_long", "n", n, "max", MaxContribution))
		case keeper.Prose(text) != text:
			es.AddField("text", locale.E("err.party.unclean"))
		}
	}
	return es.Err()
}

func checkContributed(tx *db.Tx, a keeper.Act, f Contributed, at time.Time) error {
	r, err := Get(tx, f.Report)
	if err != nil {
		return placed("report", err)
	}
	pack, err := compact.InForce(tx)
	if err != nil {
		return err
	}
	if kind, ok := pack.Report(r.Kind); !ok || !slices.Contains(kind.Chapters, f.Chapter) {
		return keeper.Refuse(keeper.ErrNotFound, locale.Field("chapter", locale.E("err.period.chapter", "value", f.Chapter)))
	}
	party := actor(a.By, f.Party)
	p, err := stakeholder.ByID(tx, party)
	if err != nil {
		return placed("party", err)
	}
	if p.Stated() {
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("party", locale.E("err.party.stated_only", "id", number(party))))
	}
	if r.Release != 0 || !f.Withdrawn && keeper.Today(at) > r.Until {
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("report", locale.E("err.period.window_over", "until", r.Until)))
	}
	if !f.Withdrawn {
		return nil
	}
	var standing int64
	err = tx.Row("SELECT entry FROM period_contribution WHERE report = ? AND chapter = ? AND party = ? AND withdrawn = 0", f.Report, f.Chapter, party).Scan(&standing)
	return placed("chapter", missing(err, "err.period.no_contribution"))
}

func applyContributed(tx *db.Tx, e keeper.Entry, f Contributed) error {
	party := actor(e.By, f.Party)
	var err error
	if f.Withdrawn {
		err = tx.Queue("UPDATE period_contribution SET withdrawn = ?, withdrawn_on = ? WHERE report = ? AND chapter = ? AND party = ?",
			e.Index, e.On(), f.Report, f.Chapter, party)
	} else {
		err = tx.Queue(`INSERT INTO period_contribution (report, chapter, party, entry, given_on, withdrawn, withdrawn_on) VALUES (?, ?, ?, ?, ?, 0, '')
			ON CONFLICT (report, chapter, party) DO UPDATE SET entry = excluded.entry, given_on = excluded.given_on, withdrawn = 0, withdrawn_on = ''`,
			f.Report, f.Chapter, party, e.Index, e.On())
	}
	if err != nil {
		return err
	}
	return touch(tx, e.Index, f.Report)
}

// Contribution is what a party has to say in a chapter; its words are keeper.WordsOf its Entry.
type Contribution struct {
	Report      int64
	Chapter     string
	Party       int64
	Entry       int64
	On          string
	Withdrawn   int64 // entry by which it was taken back; 0: it stands
	WithdrawnOn string
}

// Contributions lists what parties contributed to a report, by chapter in the order
// in which they came.
func Contributions(tx *db.Tx, report int64) ([]Contribution, error) {
	rows, err := tx.Query("SELECT report, chapter, party, entry, given_on, withdrawn, withdrawn_on FROM period_contribution WHERE report = ? ORDER BY entry", report)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Contribution
	for rows.Next() {
		var c Contribution
		if err := rows.Scan(&c.Report, &c.Chapter, &c.Party, &c.Entry, &c.On, &c.Withdrawn, &c.WithdrawnOn); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}
