package commitment

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"kept/internal/compact"
	"kept/internal/compact/fold"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
	"kept/internal/stakeholder/sheet"
)

// TableOptions say how a table is read.
type TableOptions struct {
	Mapping   map[string]string // known column → heading in the file
	DryRun    bool              // check everything, keep nothing
	Lang      string            // of words under a heading that names no language; "und" when empty
	PartyKind string            // of parties that nobody knows yet, where the row does not say
	Source    string            // who published the table, where the row does not say
	URL       string
	On        string // the day as of which it holds, where the row does not say
	Key       string // submission key
	Limits    sheet.Limits
}

// Imported is what became of a table. With any fault nothing was kept.
type Imported struct {
	Rows     int
	Existing int     // rows that are in the record already; they are left as they are
	Parties  []int64 // parties that became known by it, as stated elsewhere
	Entries  []int64 // one for each other row
	NewOnes  int     // parties that are or would be made known
	Faults   []*sheet.Fault
	Unread   []string    // headings that nothing was bound to
	Again    int64       // entries that the same file made before: it is not taken again
	Lines    []TableLine // of a table of commitments: what becomes of each row
	Formulas int         // cells of formulas, of which the value that a spreadsheet reckoned last was taken
}

// pledgeColumns are the columns of a table of what was stated elsewhere.
var pledgeColumns = []sheet.Column{
	{Name: "party", Aliases: []string{"name", "organisation", "organization", "entity", "company", "pledger", "party id"}, Required: true},
	{Name: "party_kind", Aliases: []string{"kind", "entity type", "stakeholder group"}},
	{Name: "party_area", Aliases: []string{"seat", "country", "headquarters"}},
	{Name: "title", Aliases: []string{"pledge title"}, Words: true},
	{Name: "promise", Aliases: []string{"pledge", "commitment", "description"}, Words: true},
	{Name: "items", Aliases: []string{"item"}}, {Name: "areas", Aliases: []string{"area", "target countries"}}, {Name: "type", Aliases: []string{"pledge type"}},
	{Name: "amount", Aliases: []string{"value"}}, {Name: "currency"},
	{Name: "source", Words: true}, {Name: "url", Aliases: []string{"link", "source url"}}, {Name: "date", Aliases: []string{"on", "stated on", "published"}},
}

// ImportPledges takes a table of what parties promised elsewhere: one
// commitment.stated for each row, by the secretariat. A party that nobody knows
// becomes one stated elsewhere. The whole table is kept or nothing of it: all rows
// are checked first; then the new parties are entered, then all pledges at once.
// Should the program stop between the two, the parties are there and the table can
// be sent again. Of a table that was taken before and has grown, only the new rows
// are kept.
func ImportPledges(ctx context.Context, k *keeper.Keeper, in io.Reader, o TableOptions) (Imported, error) {
	t, err := openTable(in, pledgeColumns, o)
	if err != nil || len(t.done.Faults) > 0 {
		return t.result(err)
	}
	var rows []*pledge
	err = k.DB().Read(ctx, func(tx *db.Tx) (err error) {
		rows, err = t.pledges(tx, k.Now())
		return err
	})
	if err != nil {
		return t.result(err)
	}
	newOnes := unknownParties(rows)
	t.done.NewOnes = len(newOnes)
	if err := t.checkParties(ctx, k, newOnes); err != nil || len(t.done.Faults) > 0 || o.DryRun {
		return t.result(err)
	}
	if err := t.enterParties(ctx, k, newOnes, rows); err != nil {
		return t.result(err)
	}
	acts := make([]keeper.Act, len(rows))
	for i, p := range rows {
		acts[i], t.nums[i] = p.act(), p.row.Number
	}
	err = t.submit(ctx, k, acts)
	return t.result(err)
}

// pledges are the rows that the record does not have yet.
func (t *table) pledges(tx *db.Tx, at time.Time) (rows []*pledge, err error) {
	pack, err := compact.InForce(tx)
	if err != nil {
		return nil, err
	}
	c, kept := checking{tx: tx, pack: pack, at: at}, keptPledges{}
	seen := map[string]int{}
	err = t.each(func(row sheet.Row) error {
		p, err := t.pledge(c, kept, row)
		if err != nil {
			return err
		}
		if first, twice := seen[p.same]; twice {
			t.fault(row.Fault("", locale.E("err.commitment.row_twice", "row", first)))
		}
		seen[p.same] = row.Number
		rows = append(rows, p)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, p := range rows {
		if err := kept.find(tx, p, false); err != nil {
			return nil, err
		}
	}
	rows = slices.DeleteFunc(rows, func(p *pledge) bool { return p.existing })
	t.done.Existing = t.done.Rows - len(rows)
	return rows, nil
}

// pledge is a row of a table on its way to an act.
type pledge struct {
	row      sheet.Row
	facts    Stated
	words    map[string]string
	party    *keeper.Act // to be entered first, where nobody knows the party
	name     string      // of that party, folded; of a State its area
	same     string      // what makes two rows the same
	existing bool        // an entry of the record says it already
}

func (p *pledge) act() keeper.Act {
	return keeper.Act{Kind: KindStated, By: secretariat, Facts: p.facts, Words: p.words}
}

func (t *table) pledge(c checking, kept keptPledges, row sheet.Row) (*pledge, error) {
	p := &pledge{row: row, words: map[string]string{}}
	for _, column := range []string{"title", "promise", "source"} {
		t.words(p.words, row, column)
	}
	if !filled(p.words)["source"] && t.o.Source != "" {
		p.words["source."+t.lang()] = keeper.Line(t.o.Source)
	}
	if url := or(row.Get("url"), t.o.URL); url != "" {
		p.words["url.und"] = keeper.Line(url)
	}
	r := reader{Answers: Answers{"amount": row.Get("amount")}, lang: t.lang()}
	p.facts = Stated{Lang: original(p.words, t.lang()), Items: typedList(row.Get("items")), Areas: typedList(strings.ToUpper(row.Get("areas"))),
		Type: row.Get("type"), Amount: r.number("amount"), Currency: strings.ToUpper(row.Get("currency")), On: asciiDigits(or(row.Get("date"), t.o.On))}
	found := r.errs
	if err := t.whose(c, p); err != nil {
		if _, ok := locale.All(err); !ok {
			return p, err
		}
		found.AddField("party", err)
	}
	p.same = p.key(t.lang())
	if err := kept.find(c.tx, p, true); err != nil || p.existing {
		return p, err
	}
	var more locale.Errors
	more.Add(validateStated(p.act(), p.facts))
	if p.party == nil && len(found) == 0 {
		c.act = p.act()
		more.Add(checkStated(c, p.facts))
	} else {
		c.mapping(p.facts.Items, p.facts.Areas, &more)
		c.notLater("on", p.facts.On, &more)
	}
	for _, e := range mendable(found, more, "", nil) {
		t.fault(row.Fault(columnOf(e.Place), e))
	}
	return p, nil
}

// key is the same for two rows that say the same of the same party.
func (p *pledge) key(lang string) string {
	title, _ := pick(p.words, "title", "en", lang)
	promise, _ := pick(p.words, "promise", "en", lang)
	who := or(p.name, fold.Text(p.row.Get("party")))
	if p.facts.Party != 0 {
		who = "#" + strconv.FormatInt(p.facts.Party, 10)
	}
	return strings.Join([]string{who, fold.Text(title), fold.Text(promise), p.facts.Amount, p.facts.On}, "\n")
}

// columnOf is the column for the place of an error in a stated commitment.
func columnOf(place string) string {
	if place == "on" {
		return "date"
	}
	for _, words := range []string{"title", "promise", "source", "url"} {
		if strings.HasPrefix(place, words+".") {
			return words
		}
	}
	return place
}

// whose finds the party of a row by number or name, or prepares to enter it.
func (t *table) whose(c checking, p *pledge) error {
	name := p.row.Get("party")
	id, as, err := partyNamed(c, stakeholder.Sought{Name: name, Kind: p.row.Get("party_kind"), Area: p.row.Get("party_area"), Default: t.o.PartyKind})
	if err != nil {
		return err
	}
	if p.facts.Party = id; id != 0 {
		return nil
	}
	words := map[string]string{"name.und": name, "url.und": p.words["url.und"]}
	p.name = fold.Text(name)
	switch {
	case as.Kind == "":
		return locale.E("err.commitment.row_party", "value", keeper.Line(name))
	case as.Kind == stakeholder.KindState && as.Area == "":
		return locale.E("err.party.unknown_area", "value", keeper.Line(name))
	case as.Kind == stakeholder.KindState:
		delete(words, "name.und")
		p.name = "state " + as.Area
	}
	for name, text := range p.words {
		if strings.HasPrefix(name, "source.") {
			words[name] = text
		}
	}
	p.party = &keeper.Act{Kind: stakeholder.KindStated, By: secretariat, Words: stakeholder.Clean(stakeholder.KindStated, words),
		Facts: stakeholder.Stated{Registered: as, On: firstDay(p.facts.On)}}
	return nil
}

// partyNamed is the party of a number or a name; 0 when nobody knows the name, and
// then what it is to be entered as.
func partyNamed(c checking, s stakeholder.Sought) (int64, stakeholder.Registered, error) {
	if s.Name == "" {
		return 0, stakeholder.Registered{}, locale.E("err.commitment.needed")
	}
	if id, err := strconv.ParseInt(strings.TrimPrefix(s.Name, "#"), 10, 64); err == nil && id >= 0 {
		_, err := partyOf(c.tx, id)
		return id, stakeholder.Registered{}, err
	}
	return s.Find(c.tx, c.pack)
}

// unknownParties are the first rows of each party that nobody knows.
func unknownParties(rows []*pledge) (first []*pledge) {
	seen := map[string]bool{}
	for _, p := range rows {
		if p.party != nil && !seen[p.name] {
			seen[p.name] = true
			first = append(first, p)
		}
	}
	return first
}

// checkParties tries the new parties, so that their faults come with the others.
func (t *table) checkParties(ctx context.Context, k *keeper.Keeper, first []*pledge) error {
	for _, p := range first {
		err := k.Check(ctx, *p.party)
		es, ok := locale.All(err)
		if err != nil && !ok {
			return err
		}
		for _, e := range es {
			column := map[string]string{"kind": "party_kind", "area": "party_area", "on": "date", "source": "source", "url": "url"}[e.Place]
			t.fault(p.row.Fault(or(column, "party"), e))
		}
	}
	return nil
}

func (t *table) enterParties(ctx context.Context, k *keeper.Keeper, first, rows []*pledge) error {
	if len(first) == 0 {
		return nil
	}
	acts := make([]keeper.Act, len(first))
	for i, p := range first {
		acts[i] = *p.party
	}
	results, err := k.Submit(ctx, "", acts...)
	if err != nil {
		return err
	}
	ids := map[string]int64{}
	for i, r := range results {
		ids[first[i].name] = r.Index
		t.done.Parties = append(t.done.Parties, r.Index)
	}
	for _, p := range rows {
		if p.party != nil {
			p.facts.Party = ids[p.name]
		}
	}
	return nil
}
