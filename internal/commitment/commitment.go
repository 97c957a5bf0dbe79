// Package commitment keeps what parties undertake against the items of a compact:
// commitments, their indicators, milestones and money, progress reports with
// evidence, and what can be computed from them.
//
// Terms: a commitment is made by its lead party (or entered for it by the
// secretariat) and is a public act; a progress report is the maker's own account.
// A commitment that was only stated elsewhere is kept apart: nothing is due on it
// and nothing about it is computed, until its party claims it.
//
// A commitment may be amended, withdrawn or concluded by its lead: what was signed
// stays, and stands beside what holds now. Partners confirm or decline by acts of
// their own. What a party needs or can give is a request for or an offer of support.
//
// Five facts are kept apart and never merged into one: lifecycle, reporting
// currency ([Dues]), self-assessed status, computed pace ([Pace], "pace/1"), and
// independent review.
//
// Invariants: state holds turning dates, never states, so that a state is a
// comparison of a date with today; pace is a function of the value and its own
// date, never of today; which texts were filled is read from the names of the
// parts, so that an erased text changes nothing.
package commitment

// Kinds of act that this package keeps.
const (
	KindMade      = "commitment.made"
	KindStated    = "commitment.stated"
	KindClaimed   = "commitment.claimed"
	KindAmended   = "commitment.amended"
	KindConfirmed = "commitment.confirmed"
	KindDeclined  = "commitment.declined"
	KindWithdrawn = "commitment.withdrawn"
	KindConcluded = "commitment.concluded"
	KindExcused   = "commitment.excused"
	KindReported  = "report.made"
	KindRequested = "support.requested"
	KindOffered   = "support.offered"
	KindClosed    = "support.closed"
)

// Made are the facts of a commitment. Its words are the parts title, promise,
// problem, will_do and so on (see the table of parts).
type Made struct {
	Lead          int64       `json:"lead"`                 // the party that undertakes it
	Claims        int64       `json:"claims,omitempty"`     // the stated entry that it takes over (commitment.claimed)
	Lang          string      `json:"lang"`                 // the language it was written in
	LeadShare     string      `json:"lead_share,omitempty"` // per cent; where shares are stated, of the lead and of each partner
	Partners      []Partner   `json:"partners,omitempty"`
	Items         []string    `json:"items"`
	Type          string      `json:"type"`
	Newness       string      `json:"newness"`
	Since         string      `json:"since,omitempty"` // of a continuing one
	Condition     string      `json:"condition"`
	Indicators    []Indicator `json:"indicators,omitempty"`
	Milestones    []Milestone `json:"milestones,omitempty"`
	Areas         []string    `json:"areas"`
	Beneficiaries []string    `json:"beneficiaries,omitempty"`
	Reach         string      `json:"beneficiaries_direct,omitempty"` // people, as a whole number
	Money         []Money     `json:"money,omitempty"`
	ReportEvery   int64       `json:"report_every_months"`
	Start         string      `json:"start"`
	End           string      `json:"end"`
	Review        string      `json:"review_basis"`
}

// Partner is a party that takes a share in a commitment.
type Partner struct {
	Party int64  `json:"party"`
	Share string `json:"share,omitempty"` // per cent
}

// Indicator is one thing that is counted to see whether the promise is kept.
type Indicator struct {
	Unit       string `json:"unit"`
	Direction  string `json:"direction"`
	Measure    string `json:"measure_kind"`
	Bound      string `json:"bound,omitempty"` // at_least or at_most, where the direction is hold
	Baseline   string `json:"baseline,omitempty"`
	BaselineOn string `json:"baseline_on,omitempty"`
	Target     string `json:"target"`
	TargetOn   string `json:"target_on"`
	Frequency  string `json:"frequency"`
	NaturalMin string `json:"natural_min,omitempty"`
	NaturalMax string `json:"natural_max,omitempty"`
	Series     string `json:"linked_series,omitempty"` // an indicator of the pack beside which it stands
	Dedup      string `json:"dedup,omitempty"`         // what is counted once across commitments
	Pledges    bool   `json:"pledges,omitempty"`       // a stock of pledges: shown, never judged
	Primary    bool   `json:"primary,omitempty"`
	Ended      bool   `json:"ended,omitempty"` // by an amendment: it keeps its number and is no longer measured
}

// Milestone is a dated step; what it is, its words say.
type Milestone struct {
	Due     string `json:"due"`
	Dropped bool   `json:"dropped,omitempty"` // by an amendment: it keeps its number
}

// Money is one money line. Stages are never added together.
type Money struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
	ValueOn  string `json:"value_on"`
	Kind     string `json:"kind"`
	Role     string `json:"role"`
	From     string `json:"from,omitempty"`
	To       string `json:"to,omitempty"`
	DAC      []DAC  `json:"dac,omitempty"`
}

// DAC is a share of a money line under a purpose code of the OECD's DAC.
type DAC struct {
	Code    string `json:"code"`
	Percent string `json:"percent"`
}

// Stated are the facts of a commitment that was stated elsewhere.
type Stated struct {
	Party    int64    `json:"party"`
	Lang     string   `json:"lang"`
	Items    []string `json:"items,omitempty"`
	Areas    []string `json:"areas,omitempty"`
	Type     string   `json:"type,omitempty"`
	Amount   string   `json:"amount,omitempty"`
	Currency string   `json:"currency,omitempty"`
	On       string   `json:"on"` // when the source says so
}

// Reported are the facts of a progress report.
type Reported struct {
	Commitment int64            `json:"commitment"`
	Lang       string           `json:"lang"`
	From       string           `json:"from"`
	To         string           `json:"to"`
	Status     string           `json:"self_status"`
	Unchanged  string           `json:"unchanged,omitempty"` // a report that holds nothing new, and says so
	Values     []Value          `json:"values,omitempty"`
	Milestones []MilestoneState `json:"milestones,omitempty"`
	Money      []Spent          `json:"money,omitempty"`
	Reached    string           `json:"people_reached,omitempty"`
	Barriers   []string         `json:"barriers,omitempty"`
	Enablers   []string         `json:"enablers,omitempty"`
	Evidence   []Evidence       `json:"evidence,omitempty"`
}

// Value is what one indicator stood at, or why nobody can say.
type Value struct {
	Indicator     int64  `json:"indicator"` // counted from 0
	Value         string `json:"value,omitempty"`
	On            string `json:"on,omitempty"`
	Reason        string `json:"reason_not_assessed,omitempty"`
	MethodChanged bool   `json:"method_changed,omitempty"`
}

// MilestoneState is how a milestone stands.
type MilestoneState struct {
	Milestone int64  `json:"milestone"` // counted from 0
	State     string `json:"state"`
}

// Spent is money at a later stage than the promise.
type Spent struct {
	Stage    string `json:"stage"`
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
	ValueOn  string `json:"value_on"`
}

// Evidence is a document behind a claim, by digest where its bytes are known.
type Evidence struct {
	Kind     string `json:"kind"`
	Digest   string `json:"sha256,omitempty"` // of the document as it is published
	On       string `json:"on,omitempty"`
	Strength string `json:"strength"`
	SeenBy   string `json:"seen_by,omitempty"` // who may read the document: "" everybody, reviewers, or party
}
