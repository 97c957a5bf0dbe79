package commitment

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

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
	Rows    int
	Parties []int64 // parties that became known by it, as stated elsewhere
	Entries []int64 // one for each row
	NewOnes int     // parties that are or would be made known
	Faults  []*sheet.Fault
	Unread  []string // headings that nothing was bound to
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
// be sent again.
func ImportPledges(ctx context.Context, k *keeper.Keeper, in io.Reader, o TableOptions) (Imported, error) {
	t, err := openTable(in, pledgeColumns, o)
	if err != nil || len(t.done.Faults) > 0 {
		return t.done, err
	}
	var rows []*pledge
	err = k.DB().Read(ctx, func(tx *db.Tx) error {
		pack, err := compact.InForce(tx)
		if err != nil {
			return err
		}
		c := checking{tx: tx, pack: pack, at: k.Now()}
		seen := map[string]int{}
		return t.each(func(row sheet.Row) error {
			p, err := t.pledge(c, row)
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
	})
	if err != nil {
		return t.done, err
	}
	newOnes := unknownParties(rows)
	t.done.NewOnes = len(newOnes)
	if err := t.checkParties(ctx, k, newOnes); err != nil || len(t.done.Faults) > 0 || o.DryRun {
		return t.done, err
	}
	if err := t.enterParties(ctx, k, newOnes, rows); err != nil {
		return t.done, err
	}
	acts := make([]keeper.Act, len(rows))
	for i, p := range rows {
		acts[i] = p.act()
	}
	err = t.submit(ctx, k, acts)
	return t.done, err
}

// pledge is a row of a table on its way to an act.
type pledge struct {
	row   sheet.Row
	facts Stated
	words map[string]string
	party *keeper.Act // to be entered first, where nobody knows the party
	name  string      // of that party, folded
	same  string      // what makes two rows the same
}

func (p *pledge) act() keeper.Act {
	return keeper.Act{Kind: KindStated, By: secretariat, Facts: p.facts, Words: p.words}
}

func (t *table) pledge(c checking, row sheet.Row) (*pledge, error) {
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
	title, _ := pick(p.words, "title", "en", t.lang())
	promise, _ := pick(p.words, "promise", "en", t.lang())
	p.same = strings.Join([]string{fold.Text(row.Get("party")), fold.Text(title), fold.Text(promise), p.facts.Amount, p.facts.On}, "\n")
	found := r.errs
	if err := t.whose(c.tx, p); err != nil {
		if _, ok := locale.All(err); !ok {
			return p, err
		}
		found.AddField("party", err)
	}
	var more locale.Errors
	more.Add(validateStated(p.act(), p.facts))
	if p.party == nil && len(found) == 0 {
		c.act = p.act()
		if err := checkStated(c, p.facts); err != nil {
			more.Add(err)
		} else if err := t.statedAlready(c.tx, p, title, promise); err != nil {
			more.Add(err)
		}
	} else {
		c.mapping(p.facts.Items, p.facts.Areas, &more)
		c.notLater("on", p.facts.On, &more)
	}
	for _, e := range mendable(found, more, "", nil) {
		t.fault(row.Fault(columnOf(e.Place), e))
	}
	return p, nil
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
func (t *table) whose(tx *db.Tx, p *pledge) error {
	id, err := partyNamed(tx, p.row.Get("party"), p.row.Get("party_area"))
	if err != nil {
		return err
	}
	if p.facts.Party = id; id != 0 {
		return nil
	}
	kind := or(p.row.Get("party_kind"), t.o.PartyKind)
	if kind == "" {
		return locale.E("err.commitment.row_party", "value", keeper.Line(p.row.Get("party")))
	}
	words := map[string]string{"name.und": p.row.Get("party"), "url.und": p.words["url.und"]}
	for name, text := range p.words {
		if strings.HasPrefix(name, "source.") {
			words[name] = text
		}
	}
	a := keeper.Act{Kind: stakeholder.KindStated, By: secretariat, Words: stakeholder.Clean(stakeholder.KindStated, words),
		Facts: stakeholder.Stated{Registered: stakeholder.Registered{Kind: kind, Area: strings.ToUpper(p.row.Get("party_area"))}, On: firstDay(p.facts.On)}}
	p.party, p.name = &a, fold.Text(p.row.Get("party"))
	return nil
}

// partyNamed is the party of a number or a name; 0 when nobody knows the name.
func partyNamed(tx *db.Tx, name, areaID string) (int64, error) {
	if name == "" {
		return 0, locale.E("err.commitment.needed")
	}
	if id, err := strconv.ParseInt(strings.TrimPrefix(name, "#"), 10, 64); err == nil && id >= 0 {
		_, err := partyOf(tx, id)
		return id, err
	}
	return stakeholder.Find(tx, name, strings.ToUpper(areaID))
}

// statedAlready refuses a row that an earlier table brought.
func (t *table) statedAlready(tx *db.Tx, p *pledge, title, promise string) error {
	text := or(title, promise)
	var id int64
	err := tx.Row(`SELECT COALESCE(MIN(c.id), 0) FROM commitment c JOIN derived_commitment_text d ON d.entry = c.id
		WHERE c.party = ? AND c.stated = 1 AND c.stated_on = ? AND d.folded = ?`, p.facts.Party, p.facts.On, fold.Text(text)).Scan(&id)
	if err != nil || id == 0 {
		return err
	}
	return locale.E("err.commitment.stated_already", "id", strconv.FormatInt(id, 10))
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

// table is an open table with what was found so far.
type table struct {
	*sheet.Sheet
	o    TableOptions
	done Imported
	nums []int // row number of each act
}

// openTable binds the columns. Faults of the file are among t.done.
func openTable(in io.Reader, columns []sheet.Column, o TableOptions) (*table, error) {
	t := &table{o: o}
	s, err := sheet.Open(in, o.Limits)
	var f *sheet.Fault
	if errors.As(err, &f) {
		t.fault(f)
		return t, nil
	}
	if err != nil {
		return t, err
	}
	t.Sheet = s
	err = s.Bind(columns, o.Mapping)
	es, ok := locale.All(err)
	if err != nil && !ok {
		return t, err
	}
	for _, e := range es {
		t.fault(sheet.NewFault(0, "", e))
	}
	t.done.Unread = s.Unread()
	return t, nil
}

func (t *table) fault(f *sheet.Fault) { t.done.Faults = append(t.done.Faults, f) }

// each walks the rows; faults of rows are collected.
func (t *table) each(row func(sheet.Row) error) error {
	for {
		r, err := t.Next()
		if err == io.EOF {
			return nil
		}
		var f *sheet.Fault
		if errors.As(err, &f) {
			t.fault(f)
			continue
		}
		if err != nil {
			return err
		}
		t.done.Rows++
		t.nums = append(t.nums, r.Number)
		if err := row(r); err != nil {
			return err
		}
	}
}

func (t *table) lang() string { return or(t.o.Lang, sheet.Und) }

// words takes a column of words in all its languages, cleaned.
func (t *table) words(into map[string]string, row sheet.Row, column string) {
	for lang, text := range row.Words(column) {
		if lang == sheet.Und {
			lang = t.lang()
		}
		if text = madeOrStated(column).clean(text); text != "" {
			into[column+"."+lang] = text
		}
	}
}

func madeOrStated(column string) field {
	if f, ok := statedFields[column]; ok {
		return f
	}
	return madeFields[column]
}

// original is the language in which words are, the preferred one first.
func original(words map[string]string, preferred string) string {
	langs := []string{}
	for _, name := range slices.Sorted(maps.Keys(words)) {
		if base, lang := splitPart(name); base == "title" || base == "promise" {
			langs = append(langs, lang)
		}
	}
	if len(langs) == 0 || slices.Contains(langs, preferred) {
		return preferred
	}
	return langs[0]
}

// submit keeps all acts or none; a refusal names the row.
func (t *table) submit(ctx context.Context, k *keeper.Keeper, acts []keeper.Act) error {
	if len(acts) == 0 {
		return nil
	}
	results, err := k.Submit(ctx, t.o.Key, acts...)
	if es, ok := locale.All(err); ok {
		n := 0
		if at := (*keeper.At)(nil); errors.As(err, &at) {
			n = t.nums[at.Act]
		}
		for _, e := range es {
			t.fault(sheet.NewFault(n, e.Place, e))
		}
		return nil
	}
	for _, r := range results {
		t.done.Entries = append(t.done.Entries, r.Index)
	}
	return err
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
