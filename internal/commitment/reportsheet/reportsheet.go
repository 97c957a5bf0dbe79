// Package reportsheet is the sheet that a party fills in to report on all its
// commitments at once: one row for each indicator and milestone, with what was
// reported last and empty cells for what is new.
//
// Out: [WriteCSV] and [WriteXLSX] write the sheet from what is known of the
// commitments ([Known]), in the reader's language, with a second header row of
// names for the program. In: [Read] takes what was filled in, however the columns
// were moved, and [Filled.Plan] says row by row what would become of it: a new
// report, nothing new, a conflict with a report that came since the sheet was made,
// or what is wrong in which cell.
//
// Everything here takes and returns values; the caller reads the state and keeps
// the reports. Invariants: a row is bound to its commitment by numbers, and by the
// title beside them, so that a column sorted alone is found; a cell that can be read
// in two ways is asked about, never guessed; all rows of a commitment make one report.
package reportsheet

// Known is a commitment as it stands, as far as a sheet speaks of it.
type Known struct {
	ID         int64
	Version    int64             // the entry that last set what it says
	Report     int64             // the entry of the newest report; 0: none yet
	Titles     map[string]string // by language
	Lang       string            // in which it was written
	Items      []string
	Status     string // by the latest report
	From       string // the first day that the next report can begin on
	Indicators []Indicator
	Milestones []Milestone
}

// Indicator is what is counted, and what was said of it last.
type Indicator struct {
	Names            map[string]string
	Unit             string // its code
	UnitNames        map[string]string
	Ended            bool // by an amendment: no longer asked for
	Counted          bool // period by period: Value is the sum so far, and a new value is of its period alone
	Target, TargetOn string
	Value, ValueOn   string
	Hint             Hint
}

// Hint is what a source says of the series beside the indicator.
type Hint struct{ Value, Period, Source string }

// Milestone is a dated step and how it stands.
type Milestone struct {
	Names      map[string]string
	Due, State string
	Dropped    bool // by an amendment: no longer asked for
}

// Codes are the closed lists that cells take codes of.
type Codes struct{ Reasons, Statuses, Steps, Barriers []string }

// Report is what the rows of one commitment say.
type Report struct {
	From, To   string
	Status     string
	Carried    bool // the status was left empty: as last time
	Values     []Value
	Milestones []Step
	Narrative  string
	Barriers   []string
	Evidence   []string // addresses
}

// Value is what an indicator stood at, or why nobody can say.
type Value struct {
	Indicator         int
	Value, On, Reason string
}

// Step is how a milestone stands.
type Step struct {
	Milestone int
	State     string
}

// Names of the columns, as the second header row has them.
const (
	colCommitment = "commitment"
	colVersion    = "version"
	colReport     = "report"
	colIndicator  = "indicator"
	colMilestone  = "milestone"
	colTitle      = "title"
	colItems      = "items"
	colName       = "name"
	colUnit       = "unit"
	colTarget     = "target"
	colTargetOn   = "target_on"
	colLast       = "last_value"
	colLastOn     = "last_on"
	colHint       = "known"
	colFrom       = "from"
	colTo         = "to"
	colValue      = "value"
	colValueOn    = "value_on"
	colReason     = "reason"
	colStatus     = "status"
	colStep       = "milestone_state"
	colNarrative  = "narrative"
	colBarriers   = "barriers"
	colEvidence   = "evidence"
)

// columns are all columns in the order in which a sheet is written.
var columns = []string{colCommitment, colVersion, colReport, colIndicator, colMilestone, colTitle, colItems, colName, colUnit, colTarget, colTargetOn,
	colLast, colLastOn, colHint, colFrom, colTo, colValue, colValueOn, colReason, colStatus, colStep, colNarrative, colBarriers, colEvidence}

// toFill are the columns that are left empty for the party.
var toFill = []string{colValue, colValueOn, colReason, colStatus, colStep, colNarrative, colBarriers, colEvidence}

// needed are the columns without which nothing can be told apart.
var needed = map[string]bool{colCommitment: true, colVersion: true, colReport: true, colIndicator: true, colMilestone: true, colValue: true, colStatus: true}

// prefixes of the message keys of codes, by their column.
var prefixes = map[string]string{colReason: "report.reason.", colStatus: "report.status.", colStep: "commitment.milestone.", colBarriers: "report.barrier."}

func (c Codes) of(column string) []string {
	switch column {
	case colReason:
		return c.Reasons
	case colStatus:
		return c.Statuses
	case colStep:
		return c.Steps
	}
	return c.Barriers
}
