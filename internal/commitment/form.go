package commitment

import (
	"strings"

	"kept/internal/compact"
)

// Kinds of field, for who renders a form.
const (
	Line    = "line"    // one line of text
	Text    = "text"    // several lines
	Select  = "select"  // one of the options
	Several = "several" // any of the options, by codes parted by commas
	Suggest = "suggest" // one of the options, or something else
	Date    = "date"    // a date; month and day may be left out
	Decimal = "decimal"
	Check   = "check" // yes or no
	// Attached is a file; what becomes of it, [KeepDocument] says.
	Attached = "file"
)

// Field describes one field of a form.
type Field struct {
	Name     string // as it is sent: indicators.0.name
	Label    string // message key
	Help     string // message key, or empty
	Kind     string
	Options  []Option
	Required bool
	Max      int    // characters; 0: as the kind has it
	List     string // "indicators" where the field belongs to a row
	Row      int
}

// Option is one choice. Label is a message key; where it is empty the code stands for itself.
type Option struct{ Code, Label string }

// spec is a field before it has a row number.
type spec struct {
	name     string
	kind     string
	required bool
	options  []string
	words    string // prefix of the message keys of the options
}

// Steps is the number of steps of the form for a commitment.
const Steps = 4

var steps = [Steps][]spec{
	{
		{name: "title", kind: Line, required: true}, {name: "promise", kind: Text, required: true}, {name: "items", kind: Several, required: true},
		{name: "type", kind: Select, required: true, options: Types, words: "commitment.type."},
		{name: "problem", kind: Text, required: true}, {name: "will_do", kind: Text, required: true}, {name: "how_helps", kind: Text},
		{name: "newness", kind: Select, required: true, options: Newnesses, words: "commitment.newness."},
		{name: "since", kind: Date}, {name: "restated_of", kind: Line}, {name: "areas", kind: Several, required: true},
		{name: "beneficiaries", kind: Several, options: Beneficiaries, words: "commitment.beneficiary."},
		{name: "beneficiaries_direct", kind: Decimal}, {name: "partners", kind: Text}, {name: "lead_share", kind: Decimal},
	},
	{
		{name: "indicators.name", kind: Line, required: true}, {name: "indicators.unit", kind: Suggest, required: true, words: "commitment.unit."},
		{name: "indicators.unit_name", kind: Line},
		{name: "indicators.direction", kind: Select, required: true, options: Directions, words: "commitment.direction."},
		{name: "indicators.measure_kind", kind: Select, required: true, options: Measures, words: "commitment.measure."},
		{name: "indicators.bound", kind: Select, options: Bounds, words: "commitment.bound."},
		{name: "indicators.baseline", kind: Decimal}, {name: "indicators.baseline_on", kind: Date},
		{name: "indicators.target", kind: Decimal, required: true}, {name: "indicators.target_on", kind: Date, required: true},
		{name: "indicators.source", kind: Line, required: true},
		{name: "indicators.frequency", kind: Select, required: true, options: Frequencies, words: "commitment.frequency."},
		{name: "indicators.natural_min", kind: Decimal}, {name: "indicators.natural_max", kind: Decimal},
		{name: "indicators.linked_series", kind: Suggest}, {name: "indicators.primary", kind: Check},
	},
	{
		{name: "money.amount", kind: Decimal}, {name: "money.currency", kind: Line}, {name: "money.value_on", kind: Date},
		{name: "money.kind", kind: Select, options: MoneyKinds, words: "commitment.money.kind."},
		{name: "money.role", kind: Select, options: MoneyRoles, words: "commitment.money.role."},
		{name: "money.from", kind: Date}, {name: "money.to", kind: Date}, {name: "money.dac", kind: Line},
		{name: "money.note", kind: Text}, {name: "money.announced_elsewhere", kind: Line},
		{name: "milestones.text", kind: Text}, {name: "milestones.due", kind: Date}, {name: "milestones.deliverable", kind: Text},
	},
	{
		{name: "responsible_unit", kind: Line, required: true}, {name: "validating_authority", kind: Line},
		{name: "report_every_months", kind: Select, required: true, options: []string{"1", "3", "6", "12", "24"}, words: "commitment.rhythm."},
		{name: "start", kind: Date, required: true}, {name: "end", kind: Date, required: true},
		{name: "condition_kind", kind: Select, required: true, options: Conditions, words: "commitment.condition."},
		{name: "condition", kind: Text}, {name: "risks", kind: Text}, {name: "safeguards", kind: Text}, {name: "consulted", kind: Text},
		{name: "principles_served", kind: Text},
		{name: "review_basis", kind: Select, required: true, options: Reviews, words: "commitment.review."},
	},
}

// rowFields are the fields that make a row of a list.
var rowFields = map[string][]string{
	"indicators": {"name", "unit_name", "baseline", "baseline_on", "target", "target_on", "source"},
	"money":      {"amount", "note", "announced_elsewhere", "dac"},
	"milestones": {"text", "due", "deliverable"},
	"evidence":   {"title", "url", "sha256", "issuer"},
}

// smartStep is the step in which an item of quality can be mended.
var smartStep = map[string]int{"S1": 1, "S2": 1, "S3": 1, "S4": 1, "S5": 1, "R1": 1, "R2": 1, "M1": 2, "M2": 2, "M3": 2, "M4": 2, "M5": 2, "M6": 2,
	"A1": 3, "A2": 3, "T3": 3, "A3": 4, "A4": 4, "T1": 4, "T2": 4}

// describe makes the fields of a step, with rows for each list: those that are
// filled and one more, as long as there is room.
func describe(specs []spec, a Answers, pack *compact.Pack, words map[string]field, room map[string]int) []Field {
	var out []Field
	for i := 0; i < len(specs); {
		list, _, inRow := strings.Cut(specs[i].name, ".")
		if !inRow {
			out = append(out, specs[i].field("", 0, pack, words))
			i++
			continue
		}
		end := i
		for end < len(specs) && strings.HasPrefix(specs[end].name, list+".") {
			end++
		}
		for _, row := range shown(a.rows(list, rowFields[list]...), room[list], spare[list]) {
			for _, s := range specs[i:end] {
				out = append(out, s.field(list, row, pack, words))
			}
		}
		i = end
	}
	return out
}

// spare is how many further empty rows a list shows: several documents are
// attached in one go.
var spare = map[string]int{"evidence": 1}

// shown are the filled rows and an empty one behind them, or some more.
func shown(rows []int, room, more int) []int {
	for range more + 1 {
		next := 0
		if len(rows) > 0 {
			next = rows[len(rows)-1] + 1
		}
		if len(rows) < room {
			rows = append(rows, next)
		}
	}
	return rows
}

func (s spec) field(list string, row int, pack *compact.Pack, words map[string]field) Field {
	f := Field{Name: s.name, Label: "commitment.field." + s.name, Kind: s.kind, Required: s.required, List: list, Row: row}
	if help := "commitment.help." + s.name; helpful(help) {
		f.Help = help
	}
	key := s.name
	if list != "" {
		name := strings.TrimPrefix(s.name, list+".")
		f.Name, key = part(list, row, name), list+".#."+name
	}
	f.Max = words[key].max
	options := s.options
	switch s.name {
	case "indicators.unit":
		options = UnitsOf(pack)
	case "indicators.linked_series":
		for _, i := range pack.Indicators {
			options = append(options, i.ID)
		}
	case "items":
		for _, i := range pack.Asking(pack.Settings.InForce) {
			options = append(options, i.ID)
		}
	}
	for _, code := range options {
		o := Option{Code: code}
		if s.words != "" && helpful(s.words+code) {
			o.Label = s.words + code
		}
		f.Options = append(f.Options, o)
	}
	return f
}
