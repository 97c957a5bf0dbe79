package web

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/correction"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// stateView is a state as a word with a shape; never a colour alone.
type stateView struct {
	Code  string `json:"code"`
	Word  Text   `json:"word"`
	Shape string `json:"-"` // good, warn, bad or none
}

// shapes says which shape stands before which state. Silence is not failure, so
// nothing about reporting is ever drawn as bad.
var shapes = map[string]string{
	"commitment.reporting.current": "good", "commitment.reporting.due": "warn", "commitment.reporting.overdue": "warn",
	"commitment.pace.on_track": "good", "commitment.pace.met": "good", "commitment.pace.ok": "good",
	"commitment.pace.too_slow": "warn", "commitment.pace.much_too_slow": "warn",
	"commitment.pace.going_back": "bad", "commitment.pace.breached": "bad", "commitment.pace.missed": "bad",
}

func newState(prefix, code string) stateView {
	key := prefix + code
	shape := shapes[key]
	if shape == "" {
		shape = "none"
	}
	return stateView{code, message(key), shape}
}

// commitmentRow is a commitment in a list: its facts side by side, not merged.
type commitmentRow struct {
	ID          int64      `json:"id"`
	Href        string     `json:"href"`
	Title       Text       `json:"title"`
	Party       Link       `json:"party"`
	MadeOn      string     `json:"made_on"`
	Stated      bool       `json:"stated_elsewhere,omitempty"`
	Reporting   stateView  `json:"reporting"`
	Due         string     `json:"due,omitempty"`
	Own         Text       `json:"own_account,omitempty"`
	OwnCode     string     `json:"own_account_code,omitempty"`
	Pace        stateView  `json:"pace"`
	PaceSigned  *stateView `json:"pace_as_signed,omitempty"`
	Excused     string     `json:"excused_until,omitempty"`
	Lifecycle   string     `json:"lifecycle,omitempty"`
	LifecycleIs Text       `json:"-"`                    // where it is another than published
	AsPartner   Text       `json:"as_partner,omitempty"` // on the page of a party that does not lead it
	Review      string     `json:"assessment,omitempty"`
	Items       []string   `json:"items,omitempty"`
	Ends        string     `json:"ends,omitempty"`
	Disputed    bool       `json:"disputed,omitempty"` // a dispute about it holds
}

// commitmentList is a table of commitments, on a list page or beside something.
type commitmentList struct {
	Total int64           `json:"total"`
	Rows  []commitmentRow `json:"rows"`
	More  string          `json:"-"`
}

// summaryText gathers a commitment's text in every language that has it.
func summaryText(text func(field string, l locale.Lang) (string, string), field string) Text {
	t := make(Text)
	for _, l := range locale.Langs {
		words, in := text(field, l)
		if words != "" && (in == string(l) || in == "und") {
			t[l] = words
		}
	}
	if len(t) == 0 {
		if words, in := text(field, locale.English); words != "" {
			t[locale.Lang(in)] = words
		}
	}
	return t
}

// listCommitments reads a page of commitments with the names of their parties.
func listCommitments(q *request, f commitment.Filter) (*commitmentList, string, error) {
	f.Today = q.Today
	page, err := commitment.List(q.Tx, f)
	if err != nil {
		return nil, "", err
	}
	ids := make([]int64, 0, len(page.List))
	for _, c := range page.List {
		ids = append(ids, c.Party)
	}
	names, err := stakeholder.NamesOf(q.Tx, ids...)
	if err != nil {
		return nil, "", err
	}
	disputed, err := correction.Disputed(q.Tx)
	if err != nil {
		return nil, "", err
	}
	q.shown = append(q.shown, "disputes")
	out := &commitmentList{Total: page.Total}
	for _, c := range page.List {
		row := newCommitmentRow(c, names[c.Party])
		row.Disputed = disputed["commitment:"+strconv.FormatInt(c.ID, 10)]
		out.Rows = append(out.Rows, row)
	}
	return out, page.Next, nil
}

// newCommitmentRow is a row of a list, its texts filled.
func newCommitmentRow(c commitment.Summary, by stakeholder.Names) commitmentRow {
	row := commitmentRow{ID: c.ID, Href: commitmentHref(c.ID), Title: summaryText(c.Text, "title"), Party: Link{partyName(by), partyHref(c.Party)},
		MadeOn: c.MadeOn, Stated: c.Stated, Due: c.Due, Items: c.Items, Ends: c.End, OwnCode: c.SelfStatus}
	if c.Stated {
		row.MadeOn = c.StatedOn
		return row
	}
	row.Lifecycle, row.Reporting, row.Pace, row.Review = c.Lifecycle, newState("commitment.reporting.", c.Reporting), newState("commitment.pace.", c.Pace), c.Review
	if row.Excused = c.Excused; c.Due == "" {
		row.Excused = ""
	}
	if c.PaceSigned != "" {
		signed := newState("commitment.pace.", c.PaceSigned)
		row.PaceSigned = &signed
	}
	if c.Lifecycle != commitment.Published {
		row.LifecycleIs = message("commitment.lifecycle." + c.Lifecycle)
	}
	if c.SelfStatus != "" {
		row.Own = message("report.status." + c.SelfStatus)
	}
	return row
}

func commitmentHref(id int64) string { return "/commitments/" + strconv.FormatInt(id, 10) }

// commitmentsOf is what a party leads or takes part in; nil when nothing.
func commitmentsOf(q *request, party int64) (*commitmentList, error) {
	list, _, err := listCommitments(q, commitment.Filter{Party: party})
	if err != nil || list.Total == 0 {
		return nil, err
	}
	parts, err := commitment.PartOf(q.Tx, party)
	if err != nil {
		return nil, err
	}
	for n, row := range list.Rows {
		if p, ok := parts[row.ID]; ok {
			list.Rows[n].AsPartner = asPartner(p)
		}
	}
	return list, nil
}

func commitmentTable(lines []commitmentLine) *Table {
	t := &Table{Columns: []string{"id", "title_en", "party", "made_on", "stated_elsewhere", "reporting", "due", "own_account", "pace", "ends", "items", "lifecycle", "assessment", "pace_as_signed", "excused_until", "counted", "money", "reported_on", "can_be_checked"}}
	for _, l := range lines {
		t.Rows = append(t.Rows, l.cells())
	}
	return t
}

// commitmentLine is a row of the CSV of commitments: codes, and no words but English ones.
type commitmentLine struct {
	commitment.Summary
	by string
}

// commitmentLines is a part of the list for its CSV.
func commitmentLines(q *request, f commitment.Filter) ([]commitmentLine, string, error) {
	page, err := commitment.List(q.Tx, f)
	if err != nil {
		return nil, "", err
	}
	ids := make([]int64, len(page.List))
	for i, c := range page.List {
		ids[i] = c.Party
	}
	names, err := stakeholder.NamesOf(q.Tx, ids...)
	lines := make([]commitmentLine, len(page.List))
	for i, c := range page.List {
		by, _ := names[c.Party].In(locale.English)
		lines[i] = commitmentLine{c, by}
	}
	return lines, page.Next, err
}

func (l commitmentLine) cells() []string {
	title, _ := l.Text("title", locale.English)
	madeOn, excused := l.MadeOn, l.Excused
	lifecycle, review := l.Lifecycle, l.Review
	reporting, pace, signed := l.Reporting, l.Pace, l.PaceSigned
	if l.Due == "" {
		excused = ""
	}
	if l.Stated {
		madeOn, lifecycle, review, reporting, pace, signed, excused = l.StatedOn, "", "", "", "", "", ""
	}
	return []string{strconv.FormatInt(l.ID, 10), title, l.by, madeOn, yesNo(l.Stated), reporting, l.Due, l.SelfStatus, pace, l.End,
		strings.Join(l.Items, " "), lifecycle, review, signed, excused, l.Counted, yesNo(l.Funds), l.ReportedOn, yesNo(l.Verifiable)}
}

// commitmentView is the page of one commitment.
type commitmentView struct {
	ID          int64               `json:"id"`
	Stated      bool                `json:"stated_elsewhere,omitempty"`
	Source      Text                `json:"source,omitempty"`
	SourceURL   string              `json:"source_url,omitempty"`
	Party       Link                `json:"party"`
	Promise     Text                `json:"promise"`
	MadeOn      string              `json:"made_on"`
	Starts      string              `json:"starts,omitempty"`
	Ends        string              `json:"ends,omitempty"`
	Items       []Link              `json:"items,omitempty"`
	Areas       []Link              `json:"areas,omitempty"`
	Earlier     bool                `json:"serves_earlier_text_only,omitempty"`
	Facts       []factView          `json:"five_facts,omitempty"`
	States      []stateView         `json:"states,omitempty"`
	Indicators  []commitmentMeasure `json:"indicators,omitempty"`
	Milestones  []milestoneView     `json:"milestones,omitempty"`
	Money       []moneyRow          `json:"money,omitempty"`
	Reports     []reportRow         `json:"reports,omitempty"`
	About       []factView          `json:"about,omitempty"`
	Substance   []substanceView     `json:"substance,omitempty"`
	Missing     []Text              `json:"missing,omitempty"`
	Quality     Text                `json:"quality,omitempty"`
	Beside      []seriesView        `json:"beside,omitempty"`
	ClaimedBy   string              `json:"claimed_by,omitempty"`
	Reviews     string              `json:"reviews,omitempty"` // where its reviews stand; "" where none was asked for
	LeadShare   string              `json:"lead_share,omitempty"`
	Partners    []partnerView       `json:"partners,omitempty"`
	Closing     *closingView        `json:"closing,omitempty"`
	Excuse      *excuseView         `json:"excuse,omitempty"`
	PaceSigned  *stateView          `json:"pace_as_signed,omitempty"`
	Changed     []versionRow        `json:"amendments,omitempty"`
	Support     *supportCounts      `json:"support,omitempty"`
	ReceiptHref string              `json:"receipt"`
}

type commitmentMeasure struct {
	Name       Text        `json:"name"`
	Unit       Text        `json:"unit"`
	Baseline   string      `json:"baseline,omitempty"`
	BaselineOn string      `json:"baseline_on,omitempty"`
	Value      string      `json:"value,omitempty"`
	ValueOn    string      `json:"value_on,omitempty"`
	Target     string      `json:"target"`
	TargetOn   string      `json:"target_on"`
	Source     Text        `json:"source,omitempty"`
	Pace       stateView   `json:"pace"`
	Why        Text        `json:"why"`
	Series     *Link       `json:"series,omitempty"`
	Ended      string      `json:"ended_on,omitempty"`
	Signed     *signedView `json:"as_signed,omitempty"` // where the target was changed since

	n int // the number that the indicator keeps
}

type milestoneView struct {
	Due   string `json:"due"`
	Text  Text   `json:"text,omitempty"`
	State Text   `json:"state"`
	On    string `json:"on,omitempty"`
}

type moneyRow struct {
	Stage    Text   `json:"stage"`
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
	On       string `json:"value_on"`
	Kind     Text   `json:"kind,omitempty"`
	Role     Text   `json:"role,omitempty"`
	Before   bool   `json:"announced_elsewhere,omitempty"`
}

type reportRow struct {
	Entry     int64           `json:"entry"`
	On        string          `json:"on"`
	From      string          `json:"from"`
	To        string          `json:"to"`
	Status    Text            `json:"status"`
	Unchanged Text            `json:"unchanged,omitempty"`
	Narrative Text            `json:"narrative,omitempty"`
	Said      []substanceView `json:"said,omitempty"`
	Values    []valueView     `json:"values,omitempty"`
	Evidence  []evidenceView  `json:"evidence,omitempty"`
}

type valueView struct {
	Indicator int64  `json:"indicator"`
	Name      Text   `json:"name,omitempty"`
	Unit      Text   `json:"unit,omitempty"`
	Value     string `json:"value,omitempty"`
	On        string `json:"on,omitempty"`
	Reason    Text   `json:"reason_not_assessed,omitempty"`
}

type evidenceView struct {
	Kind     Text   `json:"kind"`
	Title    Text   `json:"title,omitempty"`
	URL      string `json:"url,omitempty"`
	Digest   string `json:"sha256,omitempty"`
	Href     string `json:"document,omitempty"`
	SeenBy   Text   `json:"seen_by,omitempty"` // who may read it, where not everybody may
	Strength string `json:"strength"`
	Means    Text   `json:"strength_in_words"`
}

type substanceView struct {
	Label Text `json:"label"`
	Text  Text `json:"text"`
}

func (s *Site) commitment(q *request) (View, error) {
	id, err := q.number("id")
	if err != nil {
		return View{}, err
	}
	c, err := commitment.Get(q.Tx, id, q.Today)
	if err != nil {
		return View{}, err
	}
	v, err := newCommitmentView(q, c)
	if err != nil {
		return View{}, err
	}
	title := summaryText(c.Text, "title")
	if len(title) == 0 {
		title = message("commitment.untitled", "id", id)
	}
	return View{Page: "commitment", Title: title, Section: "menu.commitments", Crumbs: []Link{{message("menu.commitments"), "/commitments"}},
		Subjects: append(partiesOf(c), "commitment:"+strconv.FormatInt(id, 10), "indicators"), Data: v}, nil
}

func newCommitmentView(q *request, c commitment.View) (*commitmentView, error) {
	names, err := stakeholder.NamesOf(q.Tx, c.Party)
	if err != nil {
		return nil, err
	}
	v := &commitmentView{ID: c.ID, Stated: c.Stated, Party: Link{partyName(names[c.Party]), partyHref(c.Party)}, Promise: summaryText(c.Text, "promise"),
		MadeOn: c.MadeOn, Starts: c.Facts.Start, Ends: c.Facts.End, Earlier: c.Serves == "earlier", ReceiptHref: "/record/receipts/" + strconv.FormatInt(c.ID, 10)}
	items, areas := c.Facts.Items, c.Facts.Areas
	if c.Stated {
		items, areas = c.StatedFacts.Items, c.StatedFacts.Areas
		v.MadeOn, v.Source, v.SourceURL = c.StatedFacts.On, wordsText(c.Words, "source"), c.Words["url.und"]
		if c.ClaimedBy != 0 {
			v.ClaimedBy = commitmentHref(c.ClaimedBy)
		}
	}
	for _, i := range items {
		v.Items = append(v.Items, itemLink(q.Pack, i))
	}
	for _, a := range areas {
		v.Areas = append(v.Areas, Link{areaName(q.Areas, a), "/areas/" + a})
	}
	for _, m := range c.Money {
		row := moneyRow{Stage: message("commitment.money.stage." + m.Stage), Amount: m.Amount, Currency: m.Currency, On: m.ValueOn, Before: m.Elsewhere}
		if m.Kind != "" {
			row.Kind = message("commitment.money.kind." + m.Kind)
		}
		if m.Role != "" {
			row.Role = message("commitment.money.role." + m.Role)
		}
		v.Money = append(v.Money, row)
	}
	if c.Stated {
		return v, nil
	}
	v.facts(c)
	v.measures(q, c)
	if err := v.life(q, c); err != nil {
		return nil, err
	}
	return v, v.reports(q, c)
}

// everyLang makes a Text of a function of the language.
func everyLang(f func(locale.Lang) string) Text {
	t := make(Text, len(locale.Langs))
	for _, l := range locale.Langs {
		t[l] = f(l)
	}
	return t
}

// facts are the five, side by side, each with its reason.
func (v *commitmentView) facts(c commitment.View) {
	reporting, pace := newState("commitment.reporting.", c.Reporting.State), newState("commitment.pace.", c.Pace)
	own, ownWhy := message("commitment.no_report_yet"), Text(nil)
	if c.Self.Status != "" {
		own = message("report.status." + c.Self.Status)
		ownWhy = dayText(c.Self.On)
	}
	paceWhy := message("commitment.pace.why.none")
	for _, i := range c.Indicators {
		if i.Judged && i.Word == c.Pace {
			paceWhy = everyLang(i.Why)
			break
		}
	}
	if c.PaceSigned != "" { // neither of the two is the pace
		paceWhy = phrase("commitment.pace.both", "why", paceWhy, "signed", message("commitment.pace."+c.PaceSigned))
	}
	v.Facts = []factView{
		{message("fact.lifecycle"), message("commitment.lifecycle." + c.Lifecycle), lifecycleWhy(c)},
		{message("fact.reporting"), reporting.Word, reportingWhy(c)},
		{message("fact.own"), own, ownWhy},
		{message("fact.pace"), pace.Word, paceWhy},
		{message("fact.review"), message("commitment.review.state." + c.Review.State), everyLang(c.Review.Why)},
	}
	if c.Review.State != commitment.NotAsked {
		v.Reviews = commitmentHref(c.ID) + "/reviews"
	}
	v.States = []stateView{{Code: c.Lifecycle}, reporting, {Code: c.Self.Status}, pace, {Code: c.Review.State}}
	v.Quality = message("commitment.smart.score", "n", c.Quality.Score, "max", len(commitment.Smart))
	check := "commitment.check.no"
	if c.Quality.Verifiable {
		check = "commitment.check.yes"
	}
	v.About = []factView{
		{message("filter.check"), message(check), nil},
		{message("commitment.field.newness"), message("commitment.newness." + c.Facts.Newness), nil},
		{message("commitment.field.condition_kind"), message("commitment.condition." + c.Facts.Condition), nil},
		{message("commitment.field.type"), message("commitment.type." + c.Facts.Type), nil},
		{message("commitment.field.report_every_months"), message("commitment.rhythm." + strconv.FormatInt(c.Facts.ReportEvery, 10)), nil},
	}
	for _, m := range c.Quality.Missing {
		v.Missing = append(v.Missing, message("commitment.smart."+m))
	}
	for _, field := range []string{"problem", "will_do", "how_helps", "condition", "safeguards", "risks", "consulted", "responsible_unit"} {
		if t := summaryText(c.Text, field); len(t) > 0 {
			v.Substance = append(v.Substance, substanceView{saidLabel(field), t})
		}
	}
}

// saidLabel heads a part of what a party wrote: where the form speaks to the
// party, the page speaks of it.
func saidLabel(field string) Text {
	if locale.English.Has("commitment.said." + field) {
		return message("commitment.said." + field)
	}
	return message("commitment.field." + field)
}

func (v *commitmentView) measures(q *request, c commitment.View) {
	for _, i := range c.Indicators {
		at := "indicators." + strconv.Itoa(i.N) + "."
		unit := same(i.Unit)
		if locale.English.Has("commitment.unit." + i.Unit) {
			unit = message("commitment.unit." + i.Unit)
		}
		m := commitmentMeasure{Name: summaryText(c.Text, at+"name"), Unit: unit, Baseline: i.Baseline, BaselineOn: i.BaselineOn, Value: i.Value, ValueOn: i.ValueOn,
			Target: i.Target, TargetOn: i.TargetOn, Source: summaryText(c.Text, at+"source"), Pace: newState("commitment.pace.", i.Word), Why: everyLang(i.Why), Ended: i.Ended, Signed: signedEnd(i), n: i.N}
		if i.Series != "" {
			m.Series = &Link{title(q.Pack, compact.Indicators, i.Series), "/indicators/" + i.Series}
		}
		v.Indicators = append(v.Indicators, m)
	}
	for _, m := range c.Milestones {
		v.Milestones = append(v.Milestones, milestoneView{m.Due, summaryText(c.Text, "milestones."+strconv.Itoa(m.N)+".text"), message("commitment.milestone." + m.State), m.StateOn})
	}
}

func (v *commitmentView) reports(q *request, c commitment.View) error {
	for _, r := range slices.Backward(c.Reports) {
		f, words, err := commitment.GetReport(q.Tx, r.ID)
		if err != nil {
			return err
		}
		row := reportRow{Entry: r.ID, On: r.On, From: r.From, To: r.To, Status: message("report.status." + r.Status), Narrative: wordsText(words, "narrative")}
		if r.Unchanged != "" {
			row.Unchanged = message("report.unchanged." + r.Unchanged)
		}
		for _, field := range []string{"enablers", "barriers", "lessons", "next_steps"} {
			if t := wordsText(words, field); t != nil {
				row.Said = append(row.Said, substanceView{saidLabel(field), t})
			}
		}
		for _, value := range f.Values {
			one := valueView{Indicator: value.Indicator, Value: value.Value, On: value.On}
			if n := value.Indicator; n >= 0 && n < int64(len(v.Indicators)) {
				one.Name, one.Unit = v.Indicators[n].Name, v.Indicators[n].Unit
			}
			if value.Reason != "" {
				one.Reason = message("report.reason." + value.Reason)
			}
			row.Values = append(row.Values, one)
		}
		for n, e := range f.Evidence {
			at := "evidence." + strconv.Itoa(n) + "."
			piece := evidenceView{message("report.evidence.kind." + e.Kind), wordsText(words, at+"title"), words[at+"url.und"], e.Digest, "", nil, e.Strength, coded("report.evidence.strength.", e.Strength)}
			switch {
			case e.SeenBy != "":
				piece.SeenBy = message("report.evidence.seen_by." + e.SeenBy)
			case e.Digest != "":
				piece.Href = documentHref(e.Digest)
			}
			row.Evidence = append(row.Evidence, piece)
		}
		v.Reports = append(v.Reports, row)
	}
	return nil
}

// paceWords are the words of pace that a list can be filtered by.
var paceWords = []string{commitment.PaceMet, commitment.PaceOnTrack, commitment.PaceTooSlow, commitment.PaceMuchTooSlow, commitment.PaceGoingBack,
	commitment.PaceTooEarly, commitment.PaceMissed, commitment.PaceNoData, commitment.PaceNoBaseline, commitment.PaceValueOld}
