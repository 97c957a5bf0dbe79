package compact

// Mechanism is machinery that a text calls for: a forum, a fund, a report.
type Mechanism struct {
	ID        string   `pack:"id,required,id=mechanism"`
	Group     string   `pack:"group,required,one=machinery|thematic"`
	Items     []string `pack:"items,ref=item"`     // of the earlier text that calls for it
	Successor []string `pack:"successor,ref=item"` // in the text in force
	Status    string   `pack:"status,required,one=not-adopted|adopted|adopted-in-other-form|exists-elsewhere"`
	Mandate   string   `pack:"mandate,required,ref=item,also=proposal"` // the paragraph that it runs under
	Evidence  []string `pack:"evidence,ref=source"`
	Weak      bool     `pack:"weak"`
	Certain   bool     `pack:"certain,default=true"`
	RunBy     []string `pack:"run_by,ref=body"`                                                                        // who runs it, or what stands in its place, by the text in force or a source
	Module    string   `pack:"module,one=bodies|regional-consultations|forum|advisory-group|regulators|report|portal"` // of this program that runs it
}

// Proposal stands in Mandate where the text in force gives none.
const Proposal = "proposal"

// Target is a value to reach, or a thing to have done, by a date.
type Target struct {
	ID          string   `pack:"id,required,id=target"`
	Text        string   `pack:"text,required,ref=text"`
	Items       []string `pack:"items,required,ref=item"`
	Kind        string   `pack:"kind,required,one=quantity|by|every|share"`
	Value       string   `pack:"value,decimal"` // empty when the text names none
	Unit        string   `pack:"unit"`
	By          string   `pack:"by,date"`
	ByEvent     string   `pack:"by_event"`
	EveryMonths int64    `pack:"every_months"`
	Baseline    string   `pack:"baseline,decimal"` // empty when the text names none
	BaselineOn  string   `pack:"baseline_on,date"`
	SetBy       string   `pack:"set_by,required,ref=source"`
	Status      string   `pack:"status,required,one=in-force|earlier"`
	Certain     bool     `pack:"certain,default=true"`
}

// Figure is a number that a text prints as context; it is as old as the text.
type Figure struct {
	ID         string   `pack:"id,required,id=figure"`
	AsPrinted  bool     `pack:"as_printed"`
	SourceNote string   `pack:"source_note"`
	Source     string   `pack:"source,ref=source"`
	Values     []Value  `pack:"values"`
	Items      []string `pack:"items,ref=item"`
	Certain    bool     `pack:"certain,default=true"`
}

// Value is one number of a figure.
type Value struct {
	Value  string `pack:"value,required,decimal"`
	Bound  string `pack:"bound,one=more-than|less-than|about"`
	Unit   string `pack:"unit,required"`
	Period string `pack:"period"`
}

// Document is a document that a text lists or rests on.
type Document struct {
	ID      string `pack:"id,required,id=document"`
	Body    string `pack:"body,ref=body"`
	Symbol  string `pack:"symbol"`
	Date    string `pack:"date,date"`
	URL     string `pack:"url,url"`
	Later   bool   `pack:"later"` // later ones of the same kind exist
	Source  string `pack:"source,ref=source"`
	Certain bool   `pack:"certain,default=true"`
}

// Moment is a dated step in the life of the compact.
type Moment struct {
	ID       string   `pack:"id,required,id=timeline"`
	When     string   `pack:"when,date"`
	Until    string   `pack:"until,date"`
	WhenText string   `pack:"when_text"` // as printed, X for a digit that is lost
	Document string   `pack:"document,ref=document"`
	Items    []string `pack:"items,ref=item"`
	Source   string   `pack:"source,ref=source"`
	Also     []string `pack:"also,ref=source"`
	Certain  bool     `pack:"certain,default=true"`
}

// Initiative is an illustration that a text gives for a Sustainable Development Goal.
type Initiative struct {
	ID      string `pack:"id,required,id=initiative"`
	SDG     Goals  `pack:"sdg,required"`
	Source  string `pack:"source,ref=source"`
	Certain bool   `pack:"certain,default=true"`
}

// Aim is something that an earlier document asked of the compact.
type Aim struct {
	ID       string   `pack:"id,required,id=aim"`
	Document string   `pack:"document,ref=document"`
	Items    []string `pack:"items,ref=item"`
	Source   string   `pack:"source,ref=source"`
	Certain  bool     `pack:"certain,default=true"`
}

// Fact is a fact about how the compact was consulted on.
type Fact struct {
	ID        string   `pack:"id,required,id=fact"`
	Value     string   `pack:"value,decimal"`
	Bound     string   `pack:"bound,one=more-than|less-than|about"`
	Unit      string   `pack:"unit"`
	From      string   `pack:"from,date"`
	To        string   `pack:"to,date"`
	Documents []string `pack:"documents,ref=document"`
	Timeline  []string `pack:"timeline,ref=timeline"`
	Source    string   `pack:"source,ref=source"`
	Certain   bool     `pack:"certain,default=true"`
}

// CalendarEntry is a date that the compact sets or that matters to it.
type CalendarEntry struct {
	ID      string   `pack:"id,required,id=calendar"`
	On      string   `pack:"on,required,date"`
	Until   string   `pack:"until,date"`
	Event   string   `pack:"event"` // a code, or the id of a body or moment whose title it has
	Items   []string `pack:"items,ref=item"`
	Targets []string `pack:"targets,ref=target"`
	Bodies  []string `pack:"bodies,ref=body"`
	Source  string   `pack:"source,ref=source"`
	Also    []string `pack:"also,ref=source"`
	Certain bool     `pack:"certain,default=true"`
}

// Source is where a fact of the pack comes from.
type Source struct {
	ID   string `pack:"id,required,id=source"`
	URL  string `pack:"url,url"`
	Kind string `pack:"kind,code"`
}

// Indicator is something measured that the pack sets beside its items.
type Indicator struct {
	ID         string            `pack:"id,required,id=indicator"`
	Items      []string          `pack:"items,ref=item"`
	Targets    []string          `pack:"targets,ref=target"`
	Unit       string            `pack:"unit,required"`
	Decimals   int64             `pack:"decimals"`
	Direction  string            `pack:"direction,required,one=up|down|none"` // which way is good
	NaturalMin string            `pack:"natural_min,decimal"`
	NaturalMax string            `pack:"natural_max,decimal"`
	Nature     string            `pack:"nature,code"` // where the table names none: country, estimated, modelled …
	Source     IndicatorSource   `pack:"source,required"`
	File       string            `pack:"file"` // a table under data/; empty when the values are fetched
	Mapping    map[string]string `pack:"mapping"`
	Where      map[string]string `pack:"where"` // column → value, for a table with several series
}

// IndicatorSource is who publishes the values, and under which terms.
type IndicatorSource struct {
	Name      string `pack:"name,required"`
	URL       string `pack:"url,url"`
	Licence   string `pack:"licence,required"`
	Custodian string `pack:"custodian"`
	Release   string `pack:"release"`
}

// Chapters of a report, in their order (§1.15 of our reference of fields): what
// an outline is made of. "items" is the annex item by item.
var Chapters = []string{"scope", "numbers", "parties", "promises", "delivery", "targets", "data", "money", "rights", "forum",
	"consultations", "regions", "notes", "operator", "items"}

// ReportKind is a kind of report that the compact asks for, or that was proposed.
type ReportKind struct {
	ID          string   `pack:"id,required,id=report"`
	Mandate     string   `pack:"mandate,required,ref=item,also=proposal"` // the item of the text in force that it runs under
	Items       []string `pack:"items,ref=item"`                          // further items that it serves
	Mechanism   string   `pack:"mechanism,ref=mechanism"`                 // that called for it, where it was only proposed
	Cadence     string   `pack:"cadence,required,one=once|every"`
	EveryMonths int64    `pack:"every_months"`       // with "every": how long each period is
	From        string   `pack:"from,required,date"` // first day of the period, or of the first of them
	Due         string   `pack:"due,date"`           // when it is due: on a day,
	DueEvent    string   `pack:"due_event"`          // at an event or session,
	DueMonths   int64    `pack:"due_months"`         // or so many months after each period
	Chapters    []string `pack:"chapters,required,one=scope|numbers|parties|promises|delivery|targets|data|money|rights|forum|consultations|regions|notes|operator|items"`
	WindowDays  int64    `pack:"window_days"` // for which parties check their own rows; see [ReportKind.Window]
	Sources     []string `pack:"sources,ref=source"`
	Certain     bool     `pack:"certain,default=true"`
}

// DefaultWindow is for how many days parties check their rows before a release.
const DefaultWindow = 21

// Window is for how many days parties check their own rows before a release.
func (r *ReportKind) Window() int64 {
	if r.WindowDays > 0 {
		return r.WindowDays
	}
	return DefaultWindow
}

// Proposed tells that no text in force asks for it.
func (r *ReportKind) Proposed() bool { return r.Mandate == Proposal }
