package stakeholder

import (
	"context"
	"errors"
	"io"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder/sheet"
)

// Options say how a file is taken.
type Options struct {
	DryRun     bool              // say what would be made, and make nothing
	Source     string            // who states this, where somebody else does; parties without it are registered here
	SourceLang string            // the language of Source; none when empty
	SourceURL  string            // for rows that have no address of their own
	On         string            // the day as of which the source says so, for rows that have none
	Text       string            // what was endorsed; the text in force when empty
	Kind       string            // of parties whose row says none
	Mapping    map[string]string // column of ours, or column.language → heading in the file
	Kinds      map[string]string // the file's word for a kind of party → ours
}

// Report is what an import did, or would do.
type Report struct {
	DryRun   bool
	Rows     int            // rows that hold anything
	Made     map[string]int // kind of act → entries
	Existing int            // rows that the registry has already; they are left as they are
	Unread   []string       // columns of the file that nothing is taken from
	Formulas int            // cells of formulas, of which the value that a spreadsheet reckoned last was taken
	Lines    []Line         // what each row gives
	Faults   []*sheet.Fault // with any of these nothing is made
}

// Line is what one row gives.
type Line struct {
	Row      int
	Name     string
	Kind     string
	Area     string
	Party    int64 // where the registry has it already
	Existing bool  // nothing is made of the row
}

// ImportParties takes a table of parties: as stated by a source, or, without one,
// into the registry. It is the whole file or nothing: with any fault nothing is
// made. Its error is one of ours; faults of the file are in the report.
func ImportParties(ctx context.Context, k *keeper.Keeper, file io.Reader, o Options) (Report, error) {
	return importFile(ctx, k, file, o, partyColumnsOfFile, (*importer).partyRow)
}

// ImportEndorsements takes a table of endorsements that a source states. Parties
// that the registry does not have are entered as stated by the same source.
//
// Parties are entered first, then what they endorsed: should the program die in
// between, the same file again goes on where it ended.
func ImportEndorsements(ctx context.Context, k *keeper.Keeper, file io.Reader, o Options) (Report, error) {
	if o.Source == "" {
		f := sheet.NewFault(0, "", locale.E("err.import.source"))
		return Report{DryRun: o.DryRun, Faults: []*sheet.Fault{f}}, nil
	}
	return importFile(ctx, k, file, o, endorsementColumnsOfFile, (*importer).endorsementRow)
}

// importer works through one file.
type importer struct {
	Options
	checking
	sheet    *sheet.Sheet
	report   Report
	seen     map[string]int // name or domain → the row that had it first
	parties  []planned
	endorsed []planned
}

// planned is an act that a row gives.
type planned struct {
	row   sheet.Row
	act   keeper.Act
	party int // of an endorsement: the place of its party among the new ones; −1 when the registry has it
}

func importFile(ctx context.Context, k *keeper.Keeper, file io.Reader, o Options, columns []sheet.Column, row func(*importer, sheet.Row) error) (Report, error) {
	m := &importer{Options: o, report: Report{DryRun: o.DryRun, Made: map[string]int{}}, seen: map[string]int{}}
	if err := m.open(file, columns); err != nil || len(m.report.Faults) > 0 {
		return m.report, err
	}
	err := k.DB().Read(ctx, func(tx *db.Tx) (err error) {
		m.tx, m.at = tx, k.Now()
		if m.pack, err = compact.InForce(tx); err != nil {
			return err
		}
		return m.rows(row)
	})
	if err != nil || len(m.report.Faults) > 0 {
		m.report.Made = map[string]int{}
		return m.report, err
	}
	for _, p := range append(m.parties, m.endorsed...) {
		m.report.Made[p.act.Kind]++
	}
	return m.report, m.keep(ctx, k)
}

// open reads the header; what is wrong with it is a fault in the report.
func (m *importer) open(file io.Reader, columns []sheet.Column) error {
	s, err := sheet.Open(file, sheet.Limits{})
	if err == nil {
		m.sheet, err = s, s.Bind(columns, m.Mapping)
	}
	var fault *sheet.Fault
	if errors.As(err, &fault) {
		m.report.Faults = append(m.report.Faults, fault)
		return nil
	}
	if all, ok := locale.All(err); ok {
		for _, e := range all {
			m.report.Faults = append(m.report.Faults, sheet.NewFault(0, "", e))
		}
		return nil
	}
	if err == nil {
		m.report.Unread = s.Unread()
	}
	return err
}

func (m *importer) rows(take func(*importer, sheet.Row) error) error {
	defer func() {
		m.report.Faults, m.report.Formulas = sheet.Most(m.report.Faults), m.sheet.Formulas()
	}()
	for len(m.report.Faults) <= sheet.MaxFaults {
		row, err := m.sheet.Next()
		if err == io.EOF {
			break
		}
		m.report.Rows++
		var fault *sheet.Fault
		if errors.As(err, &fault) {
			m.report.Faults = append(m.report.Faults, fault)
			continue
		}
		if err != nil {
			return err
		}
		if err := take(m, row); err != nil {
			return err
		}
	}
	if m.report.Rows == 0 && len(m.report.Faults) == 0 {
		m.report.Faults = append(m.report.Faults, sheet.NewFault(0, "", locale.E("err.import.no_rows")))
	}
	return nil
}

// faults puts what is wrong with a row into the report; another error is given back.
func (m *importer) faults(row sheet.Row, err error) error {
	all, ok := locale.All(err)
	if !ok {
		return err
	}
	for _, e := range all {
		m.report.Faults = append(m.report.Faults, row.Fault(e.Place, e))
	}
	return nil
}

// first notes that a row speaks of something; it is a fault when an earlier row did.
func (m *importer) first(row sheet.Row, column, key string) bool {
	at, twice := m.seen[key]
	if twice {
		m.report.Faults = append(m.report.Faults, row.Fault(column, locale.E("err.import.row_twice", "row", at)))
		return false
	}
	m.seen[key] = row.Number
	return true
}

// keep submits what was planned; a dry run lets it pass the rules in a transaction
// that is rolled back. Each row was checked already, so what can still be refused
// here is what somebody else changed meanwhile. Two that import the same file at
// once send the same acts under the same key, and both get the same entries.
func (m *importer) keep(ctx context.Context, k *keeper.Keeper) error {
	if m.DryRun {
		return m.rehearse(ctx, k)
	}
	made, err := submitOnce(ctx, k, "import", actsOf(m.parties))
	if err != nil {
		return m.refused(m.parties, err)
	}
	for i, p := range m.endorsed {
		if p.party >= 0 {
			f := p.act.Facts.(Endorsed)
			f.Party = made[p.party].Index
			m.endorsed[i].act.Facts = f
		}
	}
	_, err = submitOnce(ctx, k, "import", actsOf(m.endorsed))
	return m.refused(m.endorsed, err)
}

// rehearse checks what can be checked without making anything: all parties, and
// the endorsements of those that the registry has.
func (m *importer) rehearse(ctx context.Context, k *keeper.Keeper) error {
	var known []planned
	for _, p := range m.endorsed {
		if p.party < 0 {
			known = append(known, p)
		}
	}
	for _, list := range [][]planned{m.parties, known} {
		if len(list) == 0 {
			continue
		}
		if err := k.Check(ctx, actsOf(list)...); err != nil {
			return m.refused(list, err)
		}
	}
	return nil
}

func actsOf(list []planned) []keeper.Act {
	acts := make([]keeper.Act, len(list))
	for i, p := range list {
		acts[i] = p.act
	}
	return acts
}

// refused puts a rule's answer to one act under the row that it came from.
func (m *importer) refused(list []planned, err error) error {
	if err == nil {
		return nil
	}
	n := 0
	var at *keeper.At
	if errors.As(err, &at) {
		n = at.Act
	}
	if err := m.faults(list[n].row, err); err != nil {
		return err
	}
	m.report.Made = map[string]int{}
	return nil
}
