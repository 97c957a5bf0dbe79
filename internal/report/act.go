package report

import (
	_ "embed"
	"errors"
	"strconv"
	"strings"
	"time"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// Kinds of act that this package keeps: a report is opened to correction, parties
// contribute to it, it is released, and what was wrong in it is said beside it.
const (
	KindOpened      = "report.opened"
	KindContributed = "report.contributed"
	KindReleased    = "report.released"
	KindCorrected   = "report.corrected"
)

// Secretariat is who opens, releases and corrects.
const Secretariat = "secretariat"

//go:embed schema.sql
var schema string

// Subject is what the keeper needs to keep the life of reports.
func Subject() keeper.Subject {
	return keeper.Subject{Name: "report", Schema: schema, Version: "1", Kinds: []keeper.Kind{
		keeper.Rules[Opened]{Name: KindOpened, Validate: validateOpened, Check: checkOpened, Apply: applyOpened}.Kind(),
		keeper.Rules[Contributed]{Name: KindContributed, Validate: validateContributed, Check: checkContributed, Apply: applyContributed}.Kind(),
		keeper.Rules[Released]{Name: KindReleased, Validate: validateReleased, Check: checkReleased, Apply: applyReleased}.Kind(),
		keeper.Rules[Corrected]{Name: KindCorrected, Validate: validateCorrected, Check: checkCorrected, Apply: applyCorrected}.Kind(),
		keeper.Rules[Noted]{Name: KindNoted, Validate: validateNoted, Check: checkNoted, Apply: applyNoted}.Kind(),
	}}
}

// stands are the facts that tie figures to the record: which blob, computed from
// how many entries with which root, under which pack, for which day.
type stands struct {
	Report, From, To, Date string
	Figures                string
	Size                   int64
	Root, Pack             string
}

// checkFigures wants the act's one blob to be the figures that its facts name.
func checkFigures(a keeper.Act, s stands, es *locale.Errors) {
	if len(a.Blobs) != 1 || record.DigestOf(a.Blobs[0]).String() != s.Figures {
		es.AddField("figures", locale.E("err.period.figures"))
		return
	}
	f, err := Parse(a.Blobs[0])
	if err != nil || f.Report != s.Report || f.From != s.From || f.To != s.To || f.Date != s.Date || f.Size != s.Size || f.Root != s.Root || f.Pack != s.Pack {
		es.AddField("figures", locale.E("err.period.figures"))
	}
}

// checkStands wants the record to be the one that figures were computed from: it
// has so many entries, with that root, and the pack is the one in force. A record
// that was set back since has another root, or fewer entries.
func checkStands(tx *db.Tx, s stands, pack *compact.Pack) error {
	var size int64
	if err := tx.Row("SELECT size FROM record_head WHERE id = 1").Scan(&size); err != nil {
		return err
	}
	if s.Size > size {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("size", locale.E("err.period.rolled_back", "size", s.Size, "now", size)))
	}
	root, err := keeper.RootOf(tx, s.Size)
	if err != nil {
		return err
	}
	if rootText(root) != s.Root {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("root", locale.E("err.period.root", "size", s.Size)))
	}
	if s.Pack != pack.Digest.String() {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("pack", locale.E("err.period.pack")))
	}
	return nil
}

// bySecretariat holds for what no party sends.
func bySecretariat(a keeper.Act, es *locale.Errors) {
	if a.By != Secretariat {
		es.AddField("by", locale.E("err.party.secretariat_only"))
	}
}

// checkDays wants whole days.
func checkDays(es *locale.Errors, days map[string]string) {
	for _, name := range []string{"from", "to", "date", "until"} {
		if day, given := days[name]; given && !wholeDay(day) {
			es.AddField(name, locale.E("err.report.bad_day", "value", keeper.Line(strings.ToValidUTF8(day, ""))))
		}
	}
}

// actor is the party that an act is of: its maker, or, where the secretariat
// enters what a party brings, the one that the facts name; 0 for nobody.
func actor(by string, party int64) int64 {
	if id, err := strconv.ParseInt(by, 10, 64); err == nil {
		return id
	}
	return party
}

// dayOf is the UTC day of a time, as entries bear it.
func dayOf(at time.Time) string { return at.UTC().Format(time.DateOnly) }

// missing turns "no such row" into an answer for the reader.
func missing(err error, key string, args ...any) error {
	if errors.Is(err, db.ErrNoRows) {
		return keeper.Refuse(keeper.ErrNotFound, locale.E(key, args...))
	}
	return err
}

// placed names the field that an answer is about, and keeps what kind of answer it is.
func placed(field string, err error) error {
	for _, kind := range []error{keeper.ErrNotFound, keeper.ErrForbidden, keeper.ErrConflict} {
		if errors.Is(err, kind) {
			return keeper.Refuse(kind, locale.Field(field, err))
		}
	}
	return err
}

func number(id int64) string { return strconv.FormatInt(id, 10) }
