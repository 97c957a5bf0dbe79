package report

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/compact/area"
	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// Rules that are named behind figures; those of other packages have names of their own.
const (
	methodCount  = "count/1"  // how many entries the list has
	methodSum    = "sum/1"    // the exact sum of a decimal of each
	methodMedian = "median/1" // the middle one; of two, their mean
	methodRange  = "range/1"  // contributions to a target: low counts only what is certainly distinct
	methodValue  = "value/1"  // a value as its source gave it
	methodThird  = "third/1"  // in the lowest third of the natural range
	methodGap    = "gap/1"    // with too few or too old values
	methodDivide = "divide/1" // between the medians of two groups in one period
	methodDays   = "days/1"   // from the day of receipt to the day of the answer
)

// How a value was rounded.
const (
	roundShare  = "half_away/4" // four digits after the point, half away from zero
	roundRatio  = "half_away/3"
	roundShort  = "half_away/9" // at most nine digits after the point
	roundSignif = "signif/9"    // nine significant digits (package trend)
)

// Compute gives all figures of a report from a transaction, live or of a store of
// the past, in which the record has size entries: the states of a day, and what
// happened within the outline's period. It looks at what is there in a few ordered
// passes; nothing that the process keeps in memory, no word and no float has a
// part in it.
func Compute(tx *db.Tx, p *compact.Pack, outline Outline, size int64, date string) (*Figures, error) {
	return ComputeWhole(tx, p, outline, size, date, nil)
}

// ComputeWhole is [Compute], and hands over the entries behind every figure whose
// list is too long to stand in the figures: in order, each once.
func ComputeWhole(tx *db.Tx, p *compact.Pack, outline Outline, size int64, date string, behind func(figure string, entries []int64)) (*Figures, error) {
	b := &builder{behind: behind, tx: tx, pack: p, areas: p.AreaSet(), outline: outline, methods: map[string]bool{}, snapshots: map[string]bool{}, ids: map[string]bool{}}
	b.f = &Figures{Format: cmp.Or(outline.Format, Format), Report: outline.Kind.ID, From: outline.From, To: outline.To, Date: date, Size: size, Pack: p.Digest.String()}
	if err := b.read(); err != nil {
		return nil, fmt.Errorf("read for the report %s: %w", outline.Kind.ID, err)
	}
	for _, id := range compact.Chapters {
		if !slices.Contains(outline.Kind.Chapters, id) {
			continue
		}
		b.f.Chapters = append(b.f.Chapters, Chapter{ID: id})
		b.chapter = &b.f.Chapters[len(b.f.Chapters)-1]
		if err := b.fill(id); err != nil {
			return nil, fmt.Errorf("chapter %s: %w", id, err)
		}
	}
	b.f.Methods = slices.Sorted(maps.Keys(b.methods))
	b.f.Snapshots = slices.Sorted(maps.Keys(b.snapshots))
	return b.f, b.err
}

// builder is a report under way.
type builder struct {
	tx      *db.Tx
	pack    *compact.Pack
	areas   *area.Set
	outline Outline
	f       *Figures
	chapter *Chapter
	err     error

	all     []*commitment.Surveyed
	parties []stakeholder.Surveyed
	bodies  []forum.Body
	first   int64              // entries of the period begin here
	end     int64              // and end before
	acts    map[string][]int64 // kind → entries of the period

	methods, snapshots, ids map[string]bool
	behind                  func(figure string, entries []int64) // takes long lists; nil: nobody wants them
}

// read gathers what several chapters look at.
func (b *builder) read() error {
	var head int64
	if err := b.tx.Row("SELECT size FROM record_head WHERE id = 1").Scan(&head); err != nil {
		return err
	}
	if head != b.f.Size {
		return fmt.Errorf("the store has %d entries, and the report rests on %d", head, b.f.Size)
	}
	root, err := keeper.RootOf(b.tx, b.f.Size)
	if err != nil {
		return err
	}
	b.f.Root = fmt.Sprintf("%x", root[:])
	if b.first, b.end, err = keeper.Within(b.tx, b.outline.From, b.outline.To); err != nil {
		return err
	}
	if b.acts, err = keeper.ByKind(b.tx, b.first, b.end); err != nil {
		return err
	}
	if err := stakeholder.Survey(b.tx, b.pack, func(p stakeholder.Surveyed) { b.parties = append(b.parties, p) }); err != nil {
		return err
	}
	if b.f.Format > 1 {
		b.bodies, err = forum.Bodies(b.tx, b.pack)
	} else {
		b.bodies = forum.BodiesOfPack(b.pack)
	}
	if err != nil {
		return err
	}
	return commitment.Survey(b.tx, b.f.Date, func(c *commitment.Surveyed) { b.all = append(b.all, c) })
}

// fill computes one chapter. What the program has no part for yet says so.
func (b *builder) fill(chapter string) error {
	switch chapter {
	case "scope":
		return b.scope()
	case "numbers":
		return b.numbers()
	case "parties":
		return b.participation()
	case "promises":
		return b.promises()
	case "delivery":
		return b.delivery()
	case "targets":
		return b.targets()
	case "data":
		return b.data()
	case "money":
		return b.money()
	case "forum":
		if b.f.Format > 1 {
			return b.forum()
		}
	case "regions":
		return b.regions()
	case "operator":
		return b.operator()
	case "items":
		return b.items()
	case "notes": // written by people, and cited by them
		return nil
	}
	b.chapter.Why = ModuleOff
	return nil
}

// add puts a figure into the chapter. An id that stands already, or that no
// address could hold, is a fault of this package and ends the report.
func (b *builder) add(f Figure) string {
	if b.err == nil && (b.ids[f.ID] || !figureForm.MatchString(f.ID)) {
		b.err = fmt.Errorf("%q cannot be the id of a figure, or is one already", f.ID)
	}
	if b.err == nil && f.Value != "" && !valueForm(f.Value) {
		b.err = fmt.Errorf("%s: the record has no room for %q", f.ID, f.Value)
	}
	b.ids[f.ID], b.methods[f.Method] = true, true
	b.chapter.Figures = append(b.chapter.Figures, f)
	return f.ID
}

// count adds how many entries there are. What is counted here, nobody counted
// elsewhere, so that nought is nought.
func (b *builder) count(id, unit, query string, entries []int64) string {
	entries = slices.Compact(slices.Sorted(slices.Values(entries)))
	f := Figure{ID: id, Value: strconv.Itoa(len(entries)), Unit: unit, Method: methodCount, Query: query}
	b.counted(&f, entries)
	return b.add(f)
}

// counted puts the entries behind a figure, and hands a long list over.
func (b *builder) counted(f *Figure, entries []int64) {
	entries = slices.Compact(slices.Sorted(slices.Values(entries)))
	if err := f.counted(entries); err != nil && b.err == nil {
		b.err = err
	}
	if f.RecordsCount > 0 && b.behind != nil {
		b.behind(f.ID, entries)
	}
}

// commitments adds how many commitments fit, with the list that shows them.
func (b *builder) commitments(id, query string, fits func(*commitment.Surveyed) bool) string {
	var ids []int64
	for _, c := range b.all {
		if fits(c) {
			ids = append(ids, c.ID)
		}
	}
	return b.count(id, "commitments", query, ids)
}

// registered adds how many parties fit.
func (b *builder) registered(id, query string, fits func(stakeholder.Surveyed) bool) string {
	var ids []int64
	for _, p := range b.parties {
		if fits(p) {
			ids = append(ids, p.ID)
		}
	}
	return b.count(id, "parties", query, ids)
}

// table adds a table whose rows are made of figures of the chapter.
func (b *builder) table(id string, columns []string, rows []Row) {
	if len(rows) > 0 {
		b.chapter.Tables = append(b.chapter.Tables, Table{ID: id, Columns: columns, Rows: rows})
	}
}

// address is a path of this site with conditions, in one order.
func address(path string, conditions ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(conditions); i += 2 {
		if conditions[i+1] != "" {
			q.Set(conditions[i], conditions[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// list is the address of a list of commitments.
func list(conditions ...string) string { return address("/commitments", conditions...) }

// ascii is a code that may stand in the record; "" for a text that may not.
func ascii(s string) string {
	if len(s) > maxUnit {
		return ""
	}
	for _, c := range []byte(s) {
		if c < 0x20 || c > 0x7e {
			return ""
		}
	}
	return s
}
