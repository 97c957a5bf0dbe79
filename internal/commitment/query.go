package commitment

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Lifecycle of a commitment. What was stated elsewhere has none of its own.
const (
	Published = "published"
	AmendedOn = "amended"
	Withdrawn = "withdrawn"
	Concluded = "concluded"
	StatedYet = "stated"  // stated elsewhere, not claimed
	ClaimedAs = "claimed" // stated elsewhere; its party made a commitment of it
)

// View is a commitment as its page shows it. Lifecycle, Reporting, Self, the paces
// and Review are five facts; nothing here merges them.
type View struct {
	ID             int64
	Facts          Made   // of a commitment made here, as it stands
	Signed         Made   // as it was signed
	Version        int64  // the entry that states how it stands
	Amendments     []Step // in their order
	Closing        Closing
	Excuse         Excuse
	Partners       []PartnerView
	StatedFacts    Stated // of one that was stated elsewhere
	Stated         bool
	ClaimedBy      int64
	Party          int64
	MadeOn, MadeBy string
	Serves         string
	Words          map[string]string
	Lifecycle      string
	Reporting      Reporting
	Self           Self
	Pace           string // the worst of the judged indicators, against the targets as they stand
	PaceSigned     string // likewise against the targets as signed; "" while none was changed
	Indicators     []IndicatorView
	Review         ReviewView
	Quality        Quality
	Milestones     []MilestoneView
	Money          []MoneyView
	Reports        []ReportView
	History        []Step
}

// Reporting is whether the reports that were promised came.
type Reporting struct {
	State   string // "" where nothing is due because it was stated elsewhere
	Due     string // the next date, or the one that has passed; "" when nothing more is due
	Reports int64
	Missed  int64 // due dates that passed without a report
}

// Why says in a sentence on what the state rests.
func (r Reporting) Why(l locale.Lang) string {
	if r.State == "" {
		return l.T("commitment.reporting.why.stated")
	}
	if r.Due == "" {
		return l.T("commitment.reporting.why.closed")
	}
	return l.T("commitment.reporting.why."+r.State, "due", l.Date(r.Due))
}

// Self is the maker's own account in the latest report.
type Self struct {
	Status, On string // "" before the first report
	Report     int64
}

// IndicatorView is an indicator with its latest value and its pace.
type IndicatorView struct {
	Indicator
	N              int
	Judged         bool // counts for the combined word
	Value, ValueOn string
	Reason         string // why no value was given, in the latest report without one
	ReasonOn       string
	Paced          Paced
	Word           string     // of pace, today
	Ended          string     // since when it is no longer measured
	Signed         *SignedEnd // where the target was changed since it was signed
}

// SignedEnd is where an indicator was to go when the commitment was signed, and the
// pace of the same value towards it.
type SignedEnd struct {
	Indicator
	Judged bool
	Paced  Paced
	Word   string
}

// Closing is how a commitment came to its end.
type Closing struct {
	On      string // "" while it is open
	Entry   int64
	Outcome string // of a concluded one
	Reason  map[string]string
}

// Excuse is why the secretariat allows a report to come later.
type Excuse struct {
	Until  string // "" for none
	Code   string
	Entry  int64
	Reason map[string]string // words of the entry
}

// Why says in a sentence what the pace towards the signed target rests on.
func (s SignedEnd) Why(l locale.Lang, v IndicatorView) string {
	v.Indicator, v.Paced, v.Word, v.Ended = s.Indicator, s.Paced, s.Word, ""
	return v.Why(l)
}

// Why says in a sentence what the pace rests on.
func (v IndicatorView) Why(l locale.Lang) string {
	switch {
	case v.Ended != "":
		return l.T("commitment.pace.why.ended", "on", l.Date(v.Ended))
	case v.Word == PaceNoData && v.Reason != "":
		return l.T("commitment.pace.why.reason", "reason", l.T("report.reason."+v.Reason), "on", l.Date(v.ReasonOn))
	case v.Paced.Path != "" && v.Paced.Time != "":
		return l.T("commitment.pace.why.path", "on", l.Date(v.ValueOn), "path", percentOf(l, v.Paced.Path), "time", percentOf(l, v.Paced.Time))
	case v.Value != "" && v.Word != PaceNoBaseline && v.Word != PaceNotJudged:
		return l.T("commitment.pace.why.value", "on", l.Date(v.ValueOn), "value", l.Number(v.Value))
	}
	return l.T("commitment.pace.why." + v.Word)
}

// Against is the pace of the same value towards another date for the same target,
// such as the deadline of the item: two deadlines are two rows, and whoever shows
// them names who set each.
func (v IndicatorView) Against(deadline string, everyMonths int64) Paced {
	m := measured(v.Indicator, everyMonths, v.Value, v.ValueOn)
	m.TargetOn = deadline
	return Pace(m)
}

// percentOf writes a share as whole per cent.
func percentOf(l locale.Lang, share string) string {
	r, ok := rat(share)
	if !ok {
		return share
	}
	return l.Number(r.Mul(r, hundred).FloatString(0))
}

// MilestoneView is a milestone and how its maker says it stands.
type MilestoneView struct {
	N              int
	Due            string
	State, StateOn string
	Passed         bool // its date has passed and it is still planned
}

// MoneyView is one money line; stages are never added together.
type MoneyView struct {
	Entry     int64
	N         int
	Stage     string
	Elsewhere bool // announced elsewhere before: not additional
	Money
}

// ReportView is one progress report, without its words.
type ReportView struct {
	ID        int64
	On, By    string
	From, To  string
	Status    string
	Unchanged string // "" unless it says that there is nothing new
	Reached   string
	Pieces    int64  // of evidence
	Strength  string // of the strongest
}

// Step is an entry of the record about a commitment.
type Step struct {
	Entry    int64
	On, Kind string
}

// Get is a commitment with all that is known of it, as of today.
func Get(tx *db.Tx, id int64, today string) (View, error) {
	v := View{ID: id}
	var d Dues
	var stated, verifiable, trackable int64
	var statedOn, missing, review, closed string
	err := tx.Row(`SELECT version, closed, closed_on, closed_by, outcome, excused_until, excused_code, excused_by, party, made_on, made_by, stated, stated_on, claimed_by, serves, review, verifiable, trackable, score, band, missing,
		reports, missed, last_report, self_status, self_on, due_from, due_on, overdue_from, silent_from, lapsed_from FROM commitment WHERE id = ?`, id).
		Scan(&v.Version, &closed, &v.Closing.On, &v.Closing.Entry, &v.Closing.Outcome, &v.Excuse.Until, &v.Excuse.Code, &v.Excuse.Entry, &v.Party, &v.MadeOn, &v.MadeBy, &stated, &statedOn, &v.ClaimedBy, &v.Serves, &review, &verifiable, &trackable, &v.Quality.Score,
			&v.Quality.Band, &missing, &v.Reporting.Reports, &v.Reporting.Missed, &v.Self.Report, &v.Self.Status, &v.Self.On,
			&d.From, &d.On, &d.OverdueFrom, &d.SilentFrom, &d.LapsedFrom)
	if errors.Is(err, db.ErrNoRows) {
		return v, keeper.Refuse(keeper.ErrNotFound, locale.E("err.commitment.unknown", "id", strconv.FormatInt(id, 10)))
	}
	if err != nil {
		return v, err
	}
	v.Stated, v.Quality.Verifiable, v.Quality.Trackable, v.Quality.Missing = stated == 1, verifiable == 1, trackable == 1, strings.Fields(missing)
	e, err := keeper.ReadEntry(tx, id)
	if err != nil {
		return v, err
	}
	if v.Words, err = keeper.WordsOf(tx, id); err != nil {
		return v, err
	}
	v.Lifecycle = Published
	if v.Stated {
		v.Lifecycle = StatedYet
		if v.ClaimedBy != 0 {
			v.Lifecycle = ClaimedAs
		}
		v.History = []Step{{id, v.MadeOn, e.Kind}}
		if v.Money, err = moneyOf(tx, id); err != nil {
			return v, err
		}
		err = e.Decode(&v.StatedFacts)
		return v, err
	}
	if err := e.Decode(&v.Signed); err != nil {
		return v, err
	}
	v.Facts = v.Signed
	if err := v.amended(tx, e.Kind); err != nil {
		return v, err
	}
	switch {
	case closed != "":
		v.Lifecycle = closed
	case len(v.Amendments) > 0:
		v.Lifecycle = AmendedOn
	}
	d.Reported = v.Reporting.Reports > 0
	v.Reporting.State = d.State(today)
	if d.On != never {
		v.Reporting.Due = d.On
	}
	if v.Review, err = assessmentOf(tx, id, review); err != nil {
		return v, err
	}
	err = v.details(tx, today)
	return v, err
}

// amended reads what happened after it was made, and lays the amendments over what
// was signed.
func (v *View) amended(tx *db.Tx, kind string) error {
	steps, err := stepsOf(tx, v.ID)
	if err != nil {
		return err
	}
	v.History = append([]Step{{v.ID, v.MadeOn, kind}}, steps...)
	for _, s := range steps {
		if s.Kind != KindAmended {
			continue
		}
		v.Amendments = append(v.Amendments, s)
		f, err := versionFacts(tx, s.Entry)
		if err != nil {
			return err
		}
		v.Facts = f.Made
		if err := overlay(tx, v.Words, s.Entry, f.Dropped); err != nil {
			return err
		}
	}
	if v.Closing.On != "" {
		if v.Closing.Reason, err = keeper.WordsOf(tx, v.Closing.Entry); err != nil {
			return err
		}
	}
	if v.Excuse.Until != "" {
		if v.Excuse.Reason, err = keeper.WordsOf(tx, v.Excuse.Entry); err != nil {
			return err
		}
	}
	v.Partners, err = partnersOf(tx, v.ID)
	return err
}

// overlay lays the words of an amendment over those that stood.
func overlay(tx *db.Tx, words map[string]string, entry int64, dropped []string) error {
	e, err := keeper.ReadEntry(tx, entry)
	if err != nil {
		return err
	}
	brought, err := keeper.WordsOf(tx, entry)
	if err != nil {
		return err
	}
	gone := have(partNames(e.Words))
	for _, name := range dropped {
		gone[name] = true
	}
	for name := range words {
		if base, _ := splitPart(name); gone[base] {
			delete(words, name)
		}
	}
	for name, text := range brought {
		if base, _ := splitPart(name); base != "reason" {
			words[name] = text
		}
	}
	return nil
}

func stepsOf(tx *db.Tx, id int64) ([]Step, error) {
	rows, err := tx.Query("SELECT entry, made_on, kind FROM commitment_step WHERE commitment = ? ORDER BY entry", id)
	var list []Step
	err = each(rows, err, func(scan func(...any) error) error {
		var s Step
		err := scan(&s.Entry, &s.On, &s.Kind)
		list = append(list, s)
		return err
	})
	return list, err
}

// details reads what hangs on a commitment made here.
func (v *View) details(tx *db.Tx, today string) (err error) {
	if v.Indicators, err = indicatorsOf(tx, v.ID, v.Facts, today); err != nil {
		return err
	}
	v.Pace = combined(v.Indicators)
	if len(v.Amendments) > 0 {
		if err := v.signedEnds(tx, today); err != nil {
			return err
		}
	}
	if v.Milestones, err = milestonesOf(tx, v.ID, today); err != nil {
		return err
	}
	if v.Money, err = moneyOf(tx, v.ID); err != nil {
		return err
	}
	if v.Reports, err = reportsOf(tx, v.ID); err != nil {
		return err
	}
	for _, r := range v.Reports {
		v.History = append(v.History, Step{r.ID, r.On, KindReported})
	}
	reviews, err := reviewSteps(tx, v.ID)
	v.History = append(v.History, reviews...)
	slices.SortFunc(v.History, func(a, b Step) int { return cmp.Compare(a.Entry, b.Entry) })
	return err
}

// signedEnds sets beside each indicator where it was to go when it was signed.
func (v *View) signedEnds(tx *db.Tx, today string) error {
	rows, err := tx.Query("SELECT n, judged, path, time_used, pace, word, value_old_from, ends_on FROM commitment_signed WHERE commitment = ? ORDER BY n", v.ID)
	var words []string
	changed := false
	err = each(rows, err, func(scan func(...any) error) error {
		var s SignedEnd
		var n int
		var judged int64
		p := &s.Paced
		if err := scan(&n, &judged, &p.Path, &p.Time, &p.Pace, &p.Word, &p.ValueOldFrom, &p.EndsOn); err != nil {
			return err
		}
		if n >= len(v.Signed.Indicators) || n >= len(v.Indicators) {
			return nil
		}
		s.Indicator, s.Judged, s.Word = v.Signed.Indicators[n], judged == 1, p.On(today)
		if p.AsOf = v.Indicators[n].ValueOn; s.Judged {
			words = append(words, s.Word)
		}
		if now := v.Indicators[n]; now.Ended != "" || !sameEnd(s.Indicator, now.Indicator) {
			v.Indicators[n].Signed, changed = &s, true
		}
		return nil
	})
	if changed || len(v.Indicators) > len(v.Signed.Indicators) {
		v.PaceSigned = Worst(words)
	}
	return err
}

// sameEnd tells whether two versions of an indicator have the same path to the same end.
func sameEnd(a, b Indicator) bool {
	return a.Target == b.Target && a.TargetOn == b.TargetOn && a.Baseline == b.Baseline && a.BaselineOn == b.BaselineOn && a.Bound == b.Bound && a.Primary == b.Primary
}

// combined is the worst word of the judged indicators.
func combined(all []IndicatorView) string {
	var words []string
	for _, i := range all {
		if i.Judged {
			words = append(words, i.Word)
		}
	}
	return Worst(words)
}

// Text is a text of a commitment in a language, else in the language it was
// written in, else in any; in names the language.
func (v View) Text(field string, l locale.Lang) (text, in string) {
	lang := v.Facts.Lang
	if v.Stated {
		lang = v.StatedFacts.Lang
	}
	return pick(v.Words, field, l, lang)
}

// pick chooses a text: the reader's language, the original, English, then any.
func pick(words map[string]string, field string, l locale.Lang, original string) (text, in string) {
	for _, lang := range []string{string(l), original, "en", "und"} {
		if t := words[field+"."+lang]; t != "" {
			return t, lang
		}
	}
	for name, t := range words {
		if base, lang := splitPart(name); base == field && (in == "" || lang < in) {
			text, in = t, lang
		}
	}
	return text, in
}

func indicatorsOf(tx *db.Tx, id int64, f Made, today string) ([]IndicatorView, error) {
	rows, err := tx.Query(`SELECT n, judged, value, value_on, reason, reason_on, path, time_used, pace, word, value_old_from, ends_on, ended_on
		FROM commitment_indicator WHERE commitment = ? ORDER BY n`, id)
	var list []IndicatorView
	err = each(rows, err, func(scan func(...any) error) error {
		var v IndicatorView
		var judged int64
		p := &v.Paced
		err := scan(&v.N, &judged, &v.Value, &v.ValueOn, &v.Reason, &v.ReasonOn, &p.Path, &p.Time, &p.Pace, &p.Word, &p.ValueOldFrom, &p.EndsOn, &v.Ended)
		if err != nil {
			return err
		}
		if v.N < len(f.Indicators) {
			v.Indicator = f.Indicators[v.N]
		}
		v.Judged, p.AsOf, v.Word = judged == 1, v.ValueOn, p.On(today)
		list = append(list, v)
		return nil
	})
	return list, err
}

func milestonesOf(tx *db.Tx, id int64, today string) ([]MilestoneView, error) {
	rows, err := tx.Query("SELECT n, due, state, state_on FROM commitment_milestone WHERE commitment = ? ORDER BY due, n", id)
	var list []MilestoneView
	err = each(rows, err, func(scan func(...any) error) error {
		var m MilestoneView
		err := scan(&m.N, &m.Due, &m.State, &m.StateOn)
		m.Passed = m.State == "planned" && today > m.Due
		list = append(list, m)
		return err
	})
	return list, err
}

func moneyOf(tx *db.Tx, id int64) ([]MoneyView, error) {
	rows, err := tx.Query(`SELECT entry, n, stage, amount, currency, value_on, kind, role, elsewhere
		FROM commitment_money WHERE commitment = ? ORDER BY entry, n`, id)
	var list []MoneyView
	err = each(rows, err, func(scan func(...any) error) error {
		var m MoneyView
		var elsewhere int64
		err := scan(&m.Entry, &m.N, &m.Stage, &m.Amount, &m.Currency, &m.ValueOn, &m.Kind, &m.Role, &elsewhere)
		m.Elsewhere = elsewhere == 1
		list = append(list, m)
		return err
	})
	return list, err
}

func reportsOf(tx *db.Tx, id int64) ([]ReportView, error) {
	rows, err := tx.Query(`SELECT id, made_on, made_by, from_on, to_on, status, unchanged, reached, pieces, strength
		FROM report WHERE commitment = ? ORDER BY id`, id)
	var list []ReportView
	err = each(rows, err, func(scan func(...any) error) error {
		var r ReportView
		err := scan(&r.ID, &r.On, &r.By, &r.From, &r.To, &r.Status, &r.Unchanged, &r.Reached, &r.Pieces, &r.Strength)
		list = append(list, r)
		return err
	})
	return list, err
}

// GetReport is the whole of one progress report.
func GetReport(tx *db.Tx, id int64) (f Reported, words map[string]string, err error) {
	var commitment int64
	err = tx.Row("SELECT commitment FROM report WHERE id = ?", id).Scan(&commitment)
	if errors.Is(err, db.ErrNoRows) {
		return f, nil, keeper.Refuse(keeper.ErrNotFound, locale.E("err.report.unknown", "id", strconv.FormatInt(id, 10)))
	}
	if err != nil {
		return f, nil, err
	}
	e, err := keeper.ReadEntry(tx, id)
	if err != nil {
		return f, nil, err
	}
	if words, err = keeper.WordsOf(tx, id); err != nil {
		return f, nil, err
	}
	err = e.Decode(&f)
	return f, words, err
}

// each walks a result and closes it.
func each(rows *db.Rows, err error, row func(scan func(...any) error) error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
