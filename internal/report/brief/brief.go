// Package brief is what the record holds on one item, short enough for two printed
// pages: the official words, who is asked, who does what, the figures with their
// sources, the money, the gaps, what is not known, and up to where the record was read.
//
// [Read] gathers it from one transaction and a date, so that everybody gets the same
// brief; [Brief.Doc] puts it into one language. Commitments stand in the order of
// their entries, the newest first, and nothing is ranked. The five facts about a
// commitment stay apart. What is not known is said and never left to be inferred.
package brief

import (
	"strconv"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/observatory"
	"kept/internal/stakeholder"
)

// How many of a kind stand in a brief; of the rest it says how many there are and where.
const (
	mostCommitments = 6
	mostNamed       = 8
	mostSeries      = 6
)

// Text is a wording in the languages that have it.
type Text map[locale.Lang]string

// Named is something with a page of its own.
type Named struct {
	ID    string `json:"id"`
	Title Text   `json:"title"`
	Href  string `json:"href,omitempty"` // on this site, without language
}

// Brief is the whole of it, in all languages at once.
type Brief struct {
	Item     string `json:"id"`
	Title    Text   `json:"title"`
	Compact  Text   `json:"compact"`
	Sample   bool   `json:"sample,omitempty"`
	Place    string `json:"place,omitempty"`
	Text     Named  `json:"text"`
	TextOn   string `json:"text_on"`
	TextURL  string `json:"text_url,omitempty"`
	Symbol   string `json:"symbol,omitempty"`
	Earlier  bool   `json:"earlier,omitempty"`
	Official Text   `json:"official_words,omitempty"`
	OurNote  Text   `json:"our_note,omitempty"`

	Asked      []Named `json:"asked"`
	Verb       Text    `json:"verb,omitempty"`
	Deadline   string  `json:"deadline,omitempty"`
	Event      Text    `json:"deadline_event,omitempty"`
	Bodies     []Named `json:"bodies,omitempty"`
	Mechanisms []Named `json:"mechanisms,omitempty"`

	Counts      Counts       `json:"counts"`
	Commitments []Commitment `json:"commitments,omitempty"`
	Supporters  []Named      `json:"supporters,omitempty"`
	Supporting  int          `json:"supporting"`

	Targets []Target `json:"targets,omitempty"`
	Series  []Series `json:"series,omitempty"`
	Money   []Money  `json:"money,omitempty"`
	People  string   `json:"people_to_reach,omitempty"`
	Reach   int      `json:"people_known_of,omitempty"` // commitments that say so

	Gaps    []string  `json:"gaps,omitempty"`    // codes
	Unknown []Unknown `json:"unknown,omitempty"` // what the record does not hold

	Date string `json:"date"`
	Size int64  `json:"record_size"`
	Pack string `json:"pack_sha256"`
}

// Counts are how many commitments there are on the item, by what is known of them.
type Counts struct {
	Registered int64            `json:"registered"`
	Parties    int64            `json:"parties"`
	Intents    int64            `json:"statements_of_intent,omitempty"`
	Reporting  map[string]int64 `json:"reporting,omitempty"`
	Elsewhere  int64            `json:"stated_elsewhere,omitempty"`
	Withdrawn  int64            `json:"withdrawn,omitempty"`
}

// Unknown is something that the record does not hold, and of how many things.
type Unknown struct {
	Code string `json:"code"`
	N    int64  `json:"n,omitempty"`
}

// Read gathers the brief of an item as the store has it, for a date that deadlines go by.
func Read(tx *db.Tx, p *compact.Pack, id, today string) (*Brief, error) {
	i, ok := p.Item(id)
	if !ok || !i.Asks() {
		return nil, keeper.Refuse(keeper.ErrNotFound, locale.E("err.brief.no_item", "id", id))
	}
	text, _ := p.Text(i.TextID)
	b := &Brief{Item: id, Title: titles(p, compact.Items, id), Compact: titles(p, compact.Compacts, p.ID), Sample: p.Sample, Place: place(i),
		Text: Named{text.ID, titles(p, compact.Texts, text.ID), "/texts/" + text.ID}, TextOn: text.On, TextURL: text.URL, Symbol: text.Symbol,
		Earlier: i.TextID != p.InForce, OurNote: notes(p, compact.Items, id), Deadline: i.Deadline, Date: today, Pack: p.Digest.String()}
	b.asked(p, i)
	if err := tx.Row("SELECT size FROM record_head WHERE id = 1").Scan(&b.Size); err != nil {
		return nil, err
	}
	for _, step := range []func(*db.Tx, *compact.Pack, *compact.Item) error{b.bodies, b.official, b.commitments, b.supporters, b.series, b.money, b.missing} {
		if err := step(tx, p, i); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// place is where the item stands in its text: "11 (d)".
func place(i *compact.Item) string {
	if i.Letter == "" {
		return i.Para
	}
	return i.Para + " (" + i.Letter + ")"
}

// asked fills what the pack says: who is asked what by when, and who works on it.
func (b *Brief) asked(p *compact.Pack, i *compact.Item) {
	for _, a := range i.Addressees {
		b.Asked = append(b.Asked, Named{a, titles(p, compact.Addressees, a), "/for/" + a})
	}
	if i.Verb != "" {
		b.Verb = titles(p, compact.Verbs, i.Verb)
	}
	if i.DeadlineEvent != "" {
		b.Event = Text{}
		for _, l := range locale.Langs {
			if name, in := p.EventName(i.DeadlineEvent, l); in == l {
				b.Event[l] = name
			}
		}
	}
	for _, m := range p.MechanismsOf(i.ID) {
		b.Mechanisms = append(b.Mechanisms, Named{m.ID, titles(p, compact.Mechanisms, m.ID), "/mechanisms/" + m.ID})
	}
	for _, t := range p.TargetsOf(i.ID) {
		b.Targets = append(b.Targets, Target{Named{t.ID, titles(p, compact.Targets, t.ID), "/targets/" + t.ID}, t.Baseline, t.BaselineOn, t.Value != ""})
	}
}

// bodies are those that the pack or their own people say work on the item.
func (b *Brief) bodies(tx *db.Tx, p *compact.Pack, i *compact.Item) error {
	all, err := forum.Bodies(tx, p)
	for n := range all {
		if all[n].WorksOn(i.ID) {
			b.Bodies = append(b.Bodies, Named{all[n].ID, bodyName(p, &all[n]), "/bodies/" + all[n].ID})
		}
	}
	return err
}

// bodyName is what a body is called in each language that has a name for it.
func bodyName(p *compact.Pack, body *forum.Body) Text {
	return worded(func(l locale.Lang) (string, locale.Lang) {
		text, in := body.Name(p, l)
		switch {
		case text == "": // it was erased
			return l.T("body.nameless", "id", body.ID), l
		case in == "und": // a name for all languages
			return text, l
		}
		return text, in
	})
}

// official takes the official words in every language in which they were loaded.
func (b *Brief) official(tx *db.Tx, _ *compact.Pack, i *compact.Item) error {
	loaded, err := compact.LoadedLanguages(tx, i.TextID)
	if err != nil {
		return err
	}
	for _, l := range loaded {
		words, ok, err := compact.OfficialWords(tx, i.TextID, i.ID, l)
		if err != nil {
			return err
		}
		if ok {
			if b.Official == nil {
				b.Official = Text{}
			}
			b.Official[l] = words
		}
	}
	return nil
}

// Commitment is one with its five facts, as codes.
type Commitment struct {
	ID         int64  `json:"id"`
	Title      Text   `json:"title,omitempty"` // nil where it was erased or is hidden
	Party      Named  `json:"party"`
	Lifecycle  string `json:"lifecycle"`
	Reporting  string `json:"reporting"`
	Due        string `json:"due,omitempty"`
	Own        string `json:"own_account,omitempty"`
	OwnOn      string `json:"own_account_on,omitempty"`
	Pace       string `json:"pace"`
	PaceSigned string `json:"pace_as_signed,omitempty"`
	Review     string `json:"assessment"`
	Disputed   bool   `json:"disputed,omitempty"`
}

func (b *Brief) commitments(tx *db.Tx, _ *compact.Pack, i *compact.Item) error {
	c, err := commitment.CountItem(tx, b.Date, i.ID)
	if err != nil {
		return err
	}
	b.Counts = Counts{c.Commitments, c.Parties, c.Intents, c.Reporting, c.Elsewhere, c.Withdrawn}
	page, err := commitment.List(tx, commitment.Filter{Items: []string{i.ID}, Limit: mostCommitments, Today: b.Date})
	if err != nil {
		return err
	}
	var parties []int64
	for _, s := range page.List {
		parties = append(parties, s.Party)
	}
	names, err := stakeholder.NamesOf(tx, parties...)
	if err != nil {
		return err
	}
	disputed, err := correction.Disputed(tx)
	if err != nil {
		return err
	}
	for _, s := range page.List {
		b.Commitments = append(b.Commitments, Commitment{s.ID, said(s.Text, "title"), party(s.Party, names[s.Party]), s.Lifecycle, s.Reporting, s.Due,
			s.SelfStatus, s.SelfOn, s.Pace, s.PaceSigned, s.Review, disputed["commitment:"+strconv.FormatInt(s.ID, 10)]})
	}
	return nil
}

func (b *Brief) supporters(tx *db.Tx, _ *compact.Pack, i *compact.Item) error {
	list, err := stakeholder.Supporters(tx, i.ID)
	if err != nil {
		return err
	}
	b.Supporting = len(list)
	for _, e := range list[:min(len(list), mostNamed)] {
		b.Supporters = append(b.Supporters, party(e.Party, e.PartyNames))
	}
	return nil
}

// Target is what the text wants reached, with where it starts from.
type Target struct {
	Named
	Baseline   string `json:"baseline,omitempty"`
	BaselineOn string `json:"baseline_on,omitempty"`
	Measured   bool   `json:"measured"` // it names a value
}

// Series is an indicator tied to the item, with its newest figure for the world
// where one release has it, and where that figure comes from.
type Series struct {
	Named
	Unit      string `json:"unit"`
	Value     string `json:"value,omitempty"`
	Period    string `json:"period,omitempty"`
	Area      Text   `json:"area,omitempty"`
	Nature    string `json:"nature,omitempty"`
	Areas     int64  `json:"areas_with_value"`
	Source    string `json:"source"`
	Licence   string `json:"licence"`
	Released  string `json:"released,omitempty"`
	Retrieved string `json:"retrieved,omitempty"`
	Entry     int64  `json:"entry,omitempty"` // the snapshot
	Bytes     string `json:"sha256,omitempty"`
	Trace     string `json:"trace,omitempty"`
}

func (b *Brief) series(tx *db.Tx, p *compact.Pack, i *compact.Item) error {
	for _, ind := range p.IndicatorsOf(i.ID) {
		s := Series{Named: Named{ind.ID, titles(p, compact.Indicators, ind.ID), "/indicators/" + ind.ID}, Unit: ind.Unit, Source: ind.Source.Name, Licence: ind.Source.Licence}
		if err := s.read(tx, p); err != nil {
			return err
		}
		b.Series = append(b.Series, s)
	}
	return nil
}

func (s *Series) read(tx *db.Tx, p *compact.Pack) error {
	view, err := observatory.ReadView(tx, s.ID, "", observatory.Newest)
	if notFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	snapshot, err := observatory.ReadSnapshot(tx, view.Vintage.Snapshot)
	if err != nil {
		return err
	}
	areas := p.AreaSet()
	s.Released, s.Retrieved, s.Entry, s.Bytes = view.Vintage.Released, view.Vintage.Retrieved, view.Vintage.Snapshot, snapshot.Bytes.String()
	s.Areas = int64(len(observatory.Countries(view.Data.Latest(0), areas)))
	if f, ok := view.World(areas, 0); ok {
		s.Value, s.Period, s.Nature = f.Value.String(), f.Period.String(), string(f.Nature)
		s.Area, s.Trace = inEvery(areas.World().Name), s.Href+"/trace/"+f.Key+"/"+s.Period
	}
	return nil
}

// Money is what the money lines of one stage, currency and kind add up to. Stages
// and currencies are never added to one another, and a joint commitment counts once.
type Money struct {
	Stage    string `json:"stage"`
	Currency string `json:"currency"`
	Amount   string `json:"amount"`
	InKind   bool   `json:"in_kind,omitempty"`
	Stated   bool   `json:"stated_elsewhere,omitempty"`
	Before   string `json:"of_it_announced_elsewhere,omitempty"`
}

func (b *Brief) money(tx *db.Tx, _ *compact.Pack, i *compact.Item) error {
	t, err := commitment.TotalsOf(tx, commitment.Scope{Items: []string{i.ID}})
	if err != nil {
		return err
	}
	for _, m := range t.Money {
		one := Money{m.Stage, m.Currency, m.Amount, m.InKind, m.Stated, ""}
		if m.Known != "0" && !m.Stated {
			one.Before = m.Known
		}
		b.Money = append(b.Money, one)
	}
	if b.Reach = t.Reaching; b.Reach > 0 {
		b.People = t.People
	}
	return nil
}
