package correction

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/wording"
)

// Endings are how a dispute can be closed: settled, when both sides say so;
// withdrawn, by who raised it; stands, likewise: nothing more is said, and both
// texts stay beside the entry.
var Endings = []string{Settled, Withdrawn, Stands}

// How disputes end.
const (
	Settled   = "settled"
	Withdrawn = "withdrawn"
	Stands    = "stands"
)

// Disputable are the kinds of entry that a party can dispute: those that claim something.
var Disputable = []string{
	"commitment.made", "commitment.stated", "commitment.claimed", "commitment.amended", "commitment.concluded", "commitment.withdrawn",
	"report.made", "review.published", "party.stated", "endorsement.stated",
}

// Raised are the facts of dispute.raised. Its word is text.
type Raised struct {
	Entry int64  `json:"entry"`
	Thing string `json:"thing"`           // whose page shows it, see [ThingOf]
	Maker int64  `json:"maker,omitempty"` // of the entry; none: the secretariat
	Party int64  `json:"party,omitempty"` // that raises it, where the secretariat writes for it
	Lang  string `json:"lang"`
}

// Replied are the facts of dispute.answered. Its word is text.
type Replied struct {
	Dispute int64  `json:"dispute"`
	Party   int64  `json:"party,omitempty"`
	Lang    string `json:"lang"`
}

// Closed are the facts of dispute.closed. Its word is note.
type Closed struct {
	Dispute int64  `json:"dispute"`
	Outcome string `json:"outcome"`
	Party   int64  `json:"party,omitempty"`
}

// MakerOf is whose an entry is, so that it is for them to answer: a party, or 0
// for the secretariat. It refuses entries that claim nothing.
func MakerOf(tx *db.Tx, entry int64) (party int64, err error) {
	e, err := keeper.ReadEntry(tx, entry)
	if isNotFound(err) {
		return 0, keeper.Refuse(keeper.ErrNotFound, locale.Field("entry", locale.E("err.correction.no_entry", "id", number(entry))))
	}
	if err != nil {
		return 0, err
	}
	kind, _, _ := strings.Cut(e.Kind, "/")
	if !slices.Contains(Disputable, kind) {
		return 0, keeper.Refuse(keeper.ErrInvalid, locale.Field("entry", locale.E("err.dispute.kind", "kind", kind)))
	}
	if id, err := strconv.ParseInt(e.By, 10, 64); err == nil {
		return id, nil
	}
	if strings.HasSuffix(kind, ".stated") || kind == "review.published" {
		return 0, nil
	}
	return EnteredFor(tx, e)
}

// EnteredFor is the party for which the secretariat made an entry: the one that its facts
// name, or the lead of the commitment that they name.
func EnteredFor(tx *db.Tx, e keeper.Entry) (int64, error) {
	f, err := namedBy(e)
	if err != nil {
		return 0, err
	}
	if f.Lead != 0 {
		return f.Lead, nil
	}
	if f.Party != 0 {
		return f.Party, nil
	}
	lead, _, err := commitment.LeadOf(tx, f.Commitment)
	return lead, err
}

func validateRaised(a keeper.Act, f Raised) error {
	var es locale.Errors
	checkActor(a.By, f.Party, &es)
	if a.By == secretariat && f.Party == 0 {
		es.AddField("party", locale.E("err.party.which"))
	}
	said(a, f.Lang, &es)
	return es.Err()
}

// said wants the words of a dispute or an answer, in a known language.
func said(a keeper.Act, lang string, es *locale.Errors) {
	if !locale.Known(lang) {
		es.AddField("lang", locale.E("err.correction.language", "value", lang))
	}
	disputeWords.Check(a.Words, es)
	if !wording.Filled(a.Words, "text") {
		es.AddField("text", locale.E("err.dispute.text_missing"))
	}
}

func checkRaised(tx *db.Tx, a keeper.Act, f Raised, _ time.Time) error {
	party := actor(a.By, f.Party)
	if err := registered(tx, party); err != nil {
		return err
	}
	maker, err := MakerOf(tx, f.Entry)
	if err != nil {
		return err
	}
	if maker == party {
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("entry", locale.E("err.dispute.own")))
	}
	if err := checkThing(tx, About{Kind: "entry", ID: number(f.Entry)}, f.Thing); err != nil {
		return err
	}
	if maker != f.Maker {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("maker", locale.E("err.dispute.maker")))
	}
	var open int64
	err = tx.Row("SELECT id FROM dispute WHERE entry = ? AND party = ? AND closed_on = ''", f.Entry, party).Scan(&open)
	if err == nil {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("entry", locale.E("err.dispute.open", "id", number(open))))
	}
	_, err = none(err)
	return err
}

func applyRaised(tx *db.Tx, e keeper.Entry, f Raised) error {
	party := actor(e.By, f.Party)
	err := tx.Queue(`INSERT INTO dispute (id, entry, thing, party, maker, raised_on, answered_on, answer, settled_raiser, settled_maker, closed_on, closed_by, outcome)
		VALUES (?, ?, ?, ?, ?, ?, '', 0, '', '', '', 0, '')`, e.Index, f.Entry, f.Thing, party, f.Maker, e.On())
	if err != nil {
		return err
	}
	return touchDispute(tx, e.Index, Dispute{ID: e.Index, Thing: f.Thing, Party: party, Maker: f.Maker})
}

// touchDispute notes which pages an act about a dispute concerns.
func touchDispute(tx *db.Tx, index int64, d Dispute) error {
	return keeper.Touch(tx, index, "corrections", "dispute:"+number(d.ID), d.Thing, "disputes", "party:"+number(d.Party), "party:"+number(d.Maker))
}

func validateReplied(a keeper.Act, f Replied) error {
	var es locale.Errors
	checkActor(a.By, f.Party, &es)
	said(a, f.Lang, &es)
	return es.Err()
}

func checkReplied(tx *db.Tx, a keeper.Act, f Replied, _ time.Time) error {
	d, err := openDispute(tx, f.Dispute)
	switch {
	case err != nil:
		return err
	case d.AnsweredOn != "":
		return keeper.Refuse(keeper.ErrConflict, locale.E("err.dispute.answered", "on", d.AnsweredOn))
	case actor(a.By, f.Party) != d.Maker:
		return keeper.Refuse(keeper.ErrForbidden, locale.E("err.dispute.not_maker"))
	}
	return nil
}

func openDispute(tx *db.Tx, id int64) (Dispute, error) {
	d, err := GetDispute(tx, id)
	if err != nil {
		return d, placed("dispute", err)
	}
	if d.ClosedOn != "" {
		return d, keeper.Refuse(keeper.ErrConflict, locale.E("err.dispute.closed", "on", d.ClosedOn))
	}
	return d, nil
}

func applyReplied(tx *db.Tx, e keeper.Entry, f Replied) error {
	if err := tx.Queue("UPDATE dispute SET answered_on = ?, answer = ? WHERE id = ?", e.On(), e.Index, f.Dispute); err != nil {
		return err
	}
	return touchGiven(tx, e.Index, f.Dispute)
}

// touchGiven notes the pages of a dispute that is there.
func touchGiven(tx *db.Tx, index, dispute int64) error {
	d, err := GetDispute(tx, dispute)
	if isNotFound(err) {
		return nil // no rule lets this pass; Apply stays total all the same
	}
	if err != nil {
		return err
	}
	return touchDispute(tx, index, d)
}

func validateClosed(a keeper.Act, f Closed) error {
	var es locale.Errors
	checkActor(a.By, f.Party, &es)
	oneOf("outcome", f.Outcome, Endings, &es)
	closedWords.Check(a.Words, &es)
	return es.Err()
}

func checkClosed(tx *db.Tx, a keeper.Act, f Closed, _ time.Time) error {
	d, err := openDispute(tx, f.Dispute)
	if err != nil {
		return err
	}
	by := actor(a.By, f.Party)
	switch {
	case by != d.Party && by != d.Maker:
		return keeper.Refuse(keeper.ErrForbidden, locale.E("err.dispute.not_side"))
	case by != d.Party && f.Outcome != Settled:
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("outcome", locale.E("err.dispute.raiser_only")))
	case f.Outcome == Settled && d.settledBy(by) != "":
		return keeper.Refuse(keeper.ErrConflict, locale.E("err.dispute.settled_said", "on", d.settledBy(by)))
	}
	return nil
}

// settledBy is the day on which a side called the dispute settled.
func (d Dispute) settledBy(party int64) string {
	if party == d.Party {
		return d.SettledRaiser
	}
	return d.SettledMaker
}

// applyClosed notes what one side said; a dispute is settled once both did.
func applyClosed(tx *db.Tx, e keeper.Entry, f Closed) error {
	d, err := GetDispute(tx, f.Dispute)
	if isNotFound(err) {
		return nil // no rule lets this pass; Apply stays total all the same
	}
	if err != nil {
		return err
	}
	both := true
	if f.Outcome == Settled {
		if actor(e.By, f.Party) == d.Party {
			d.SettledRaiser = e.On()
		} else {
			d.SettledMaker = e.On()
		}
		both = d.SettledRaiser != "" && d.SettledMaker != ""
	}
	if both {
		d.ClosedOn, d.ClosedBy, d.Outcome = e.On(), e.Index, f.Outcome
	}
	err = tx.Queue("UPDATE dispute SET settled_raiser = ?, settled_maker = ?, closed_on = ?, closed_by = ?, outcome = ? WHERE id = ?",
		d.SettledRaiser, d.SettledMaker, d.ClosedOn, d.ClosedBy, d.Outcome, d.ID)
	if err != nil {
		return err
	}
	return touchDispute(tx, e.Index, d)
}

// Dispute is a dispute as state has it; the words are keeper.WordsOf its ID and its Answer.
type Dispute struct {
	ID, Entry     int64
	Thing         string
	Party, Maker  int64 // Maker 0: the secretariat
	RaisedOn      string
	AnsweredOn    string
	Answer        int64
	SettledRaiser string // the day on which who raised it called it settled
	SettledMaker  string
	ClosedOn      string
	ClosedBy      int64
	Outcome       string
}

// Holds tells whether the entry is disputed still: the dispute is open, or was
// closed with both texts standing.
func (d Dispute) Holds() bool { return d.ClosedOn == "" || d.Outcome == Stands }

const disputeColumns = "id, entry, thing, party, maker, raised_on, answered_on, answer, settled_raiser, settled_maker, closed_on, closed_by, outcome"

func scanDispute(scan func(...any) error) (d Dispute, err error) {
	err = scan(&d.ID, &d.Entry, &d.Thing, &d.Party, &d.Maker, &d.RaisedOn, &d.AnsweredOn, &d.Answer, &d.SettledRaiser, &d.SettledMaker, &d.ClosedOn, &d.ClosedBy, &d.Outcome)
	return d, err
}

// GetDispute is one dispute.
func GetDispute(tx *db.Tx, id int64) (Dispute, error) {
	d, err := scanDispute(tx.Row("SELECT "+disputeColumns+" FROM dispute WHERE id = ?", id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return d, keeper.Refuse(keeper.ErrNotFound, locale.E("err.dispute.unknown", "id", number(id)))
	}
	return d, err
}

// Disputes lists disputes, the latest first: of one thing, or all with an empty one.
func Disputes(tx *db.Tx, thing string) ([]Dispute, error) {
	if thing != "" {
		return disputes(tx, "WHERE thing = ? ORDER BY id DESC", thing)
	}
	return disputes(tx, "ORDER BY id DESC")
}

// OpenDisputes lists those that are not closed, the oldest first.
func OpenDisputes(tx *db.Tx) ([]Dispute, error) {
	return disputes(tx, "WHERE closed_on = '' ORDER BY id")
}

// HoldingDisputes lists the disputes that hold, ascending: open ones, and those that
// were closed with both texts standing.
func HoldingDisputes(tx *db.Tx) (ids []int64, err error) {
	list, err := disputes(tx, "WHERE closed_on = '' OR outcome = ? ORDER BY id", Stands)
	for _, d := range list {
		ids = append(ids, d.ID)
	}
	return ids, err
}

func disputes(tx *db.Tx, which string, args ...any) ([]Dispute, error) {
	rows, err := tx.Query("SELECT "+disputeColumns+" FROM dispute "+which, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Dispute
	for rows.Next() {
		d, err := scanDispute(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, rows.Err()
}

// Disputed are the things with a dispute that holds, so that lists can mark them.
func Disputed(tx *db.Tx) (map[string]bool, error) {
	rows, err := tx.Query("SELECT DISTINCT thing FROM dispute WHERE closed_on = '' OR outcome = ?", Stands)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]bool{}
	for rows.Next() {
		var thing string
		if err := rows.Scan(&thing); err != nil {
			return nil, err
		}
		out[thing] = true
	}
	return out, rows.Err()
}
