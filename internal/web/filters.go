package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/correction"
	"kept/internal/stakeholder"
)

// filter is one condition above a list, and the value that the address gives it.
// The address is the filter: it can be kept, shared, subscribed to as a feed.
type filter struct {
	Name    string
	Label   Text
	Kind    string // select, suggest (a code with names to choose from), date, decimal
	Value   string
	Options []choice
	Main    bool // shown without unfolding
	Whole   bool // one of the options always holds
	said    Text // the value in words, where no option says it
}

// chip is a condition that holds, with the address that takes it away.
type chip struct {
	Label   Text   `json:"label"`
	Value   Text   `json:"value"`
	Without string `json:"-"`
}

// filters are all conditions above one list.
type filters struct {
	Main   []filter `json:"-"`
	Folded []filter `json:"-"`
	Open   bool     `json:"-"` // one of the folded ones is set
	Chips  []chip   `json:"filters,omitempty"`
	Q      string   `json:"q,omitempty"`
	Hidden []choice `json:"-"` // what the form keeps as it is
}

// newFilters sorts conditions into those in sight and those folded, and says
// which hold. The words of a search are a condition too.
func newFilters(asked url.Values, words string, all []filter, hidden ...string) filters {
	f := filters{Q: asked.Get("q")}
	if f.Q != "" {
		f.Chips = append(f.Chips, chip{message(words), same(f.Q), without(asked, "q")})
	}
	for _, one := range all {
		if one.Main {
			f.Main = append(f.Main, one)
		} else if f.Folded = append(f.Folded, one); one.Value != "" {
			f.Open = true
		}
		if one.Value != "" {
			f.Chips = append(f.Chips, chip{one.Label, one.words(), without(asked, one.Name)})
		}
	}
	for _, name := range hidden {
		if value := asked.Get(name); value != "" {
			f.Hidden = append(f.Hidden, choice{ID: name, Title: same(value)})
		}
	}
	return f
}

// words is the value as a reader knows it.
func (f filter) words() Text {
	for _, o := range f.Options {
		if o.ID == f.Value {
			return o.Title
		}
	}
	if f.said != nil {
		return f.said
	}
	if f.Kind == "date" {
		return dayText(f.Value)
	}
	return same(f.Value)
}

// without is the address of the list without one condition, from its first page.
func without(asked url.Values, name string) string {
	to := url.Values{}
	for k, v := range asked {
		if k != name && k != "after" && k != "page" {
			to[k] = v
		}
	}
	return "?" + to.Encode()
}

// cursorOf is the parameter that begins a list behind a row.
const cursorOf = "after"

// nextPage is the address of the page behind a cursor.
func nextPage(asked url.Values, cursor string) string {
	to := url.Values{}
	for k, v := range asked {
		to[k] = v
	}
	to.Set(cursorOf, cursor)
	return "?" + to.Encode()
}

// filtered keeps searches, filtered lists and deep pages out of search engines;
// the whole list is what they should find.
func filtered(asked url.Values) string {
	if len(asked) > 0 {
		return "noindex"
	}
	return ""
}

// coder makes filters of what one address asks.
type coder struct {
	q     *request
	asked url.Values
}

// codes is a filter by one of a few codes, whose words are messages.
func (c coder) codes(name string, codes []string, prefix string) filter {
	return c.options(name, options(codes, c.asked.Get(name), func(code string) Text { return message(prefix + code) }))
}

func (c coder) options(name string, all []choice) filter {
	return filter{Name: name, Label: message("filter." + name), Kind: "select", Value: c.asked.Get(name), Options: all}
}

func (c coder) plain(name, kind string) filter {
	return filter{Name: name, Label: message("filter." + name), Kind: kind, Value: c.asked.Get(name)}
}

// kinds of party that the pack knows.
func (c coder) kinds() filter {
	return c.options("kind", options(c.q.Pack.PartyKinds, c.asked.Get("kind"), partyKind))
}

// regions are those of the name pack in two levels, and the groups of countries.
func (c coder) regions() filter {
	var all []choice
	add := func(id string, name Text) { all = append(all, choice{id, name, id == c.asked.Get("region")}) }
	for _, r := range c.q.Areas.Regions() {
		add(r.ID, regionName(c.q, r.ID))
		for _, sub := range c.q.Areas.Within(r.ID) {
			add(sub.ID, regionName(c.q, sub.ID))
		}
	}
	for _, group := range []string{"ldc", "lldc", "sids"} {
		add(group, message("pack.group."+group))
	}
	return c.options("region", all)
}

// areas are suggested by name; an address may give a code of any kind, or a name.
func (c coder) areas() filter {
	f := c.options("area", c.q.areaOptions(c.asked.Get("area")))
	f.Kind, f.Value = "suggest", c.area()
	return f
}

// area is the id of the area that the address asks for, however it is written.
func (c coder) area() string {
	asked := c.asked.Get("area")
	if a, ok := c.q.Areas.ByID(strings.ToUpper(asked)); ok {
		return a.ID
	}
	if a, ok := c.q.Areas.ByISO2(strings.ToUpper(asked)); ok {
		return a.ID
	}
	if a, ok := c.q.Areas.ByName(asked); ok {
		return a.ID
	}
	return asked
}

// mostGroups is how many groups of parties a filter offers.
const mostGroups = 200

// groups of parties, whose members are dated.
func (c coder) groups() (filter, error) {
	page, err := stakeholder.List(c.q.Tx, stakeholder.Filter{Kind: stakeholder.KindGroup, Lang: c.q.lang(), Limit: mostGroups})
	var all []choice
	for _, p := range page.Parties {
		id := strconv.FormatInt(p.ID, 10)
		all = append(all, choice{id, partyName(p.Names), id == c.asked.Get("group")})
	}
	return c.options("group", all), err
}

// items are suggested by code and title, those of the text in force first.
func (c coder) items() filter {
	var all []choice
	for _, t := range c.q.Pack.Texts {
		for _, i := range c.q.Pack.ItemsOf(t.ID) {
			if i.Asks() || i.Kind == compact.KindObjective {
				all = append(all, choice{i.ID, title(c.q.Pack, compact.Items, i.ID), i.ID == c.asked.Get("item")})
			}
		}
	}
	f := c.options("item", all)
	f.Kind = "suggest"
	return f
}

// objectives of the text in force, under which its items stand.
func (c coder) objectives() filter {
	var all []choice
	for _, i := range c.q.Pack.ItemsOf(c.q.Pack.InForce) {
		if i.Kind == compact.KindObjective || i.Kind == compact.KindTheme {
			all = append(all, choice{i.ID, title(c.q.Pack, compact.Items, i.ID), i.ID == c.asked.Get("under")})
		}
	}
	all = append(all, choice{compact.FollowUp, message("group.FU"), compact.FollowUp == c.asked.Get("under")})
	return c.options("under", all)
}

// id reads a number that the address gives; 0 when it gives none.
func (c coder) id(name string) int64 {
	n, err := strconv.ParseInt(c.asked.Get(name), 10, 64)
	if err != nil && c.asked.Get(name) != "" {
		return -1 // nobody has this id
	}
	return n
}

// commitmentFilters are what the list of commitments can be asked for.
var commitmentFilters = []string{"q", "item", "under", "for", "body", "reporting", "pace", "status", "lifecycle", "review", "type", "check", "kind", "party", "group", "region", "area",
	"counted", "newness", "money", "stage", "currency", "at_least", "made_from", "made_to", "ends_from", "ends_to", "due_from", "due_to", "reported_from", "which", "disputed", "sort"}

// commitmentFilter reads the address.
func (c coder) commitmentFilter() (commitment.Filter, error) {
	at := c.asked.Get
	f := commitment.Filter{Which: at("which"), Lifecycle: at("lifecycle"), Reporting: at("reporting"), Status: at("status"), Pace: at("pace"), Review: at("review"),
		Party: c.id("party"), Kind: at("kind"), Group: c.id("group"), GroupOn: c.q.Today, Area: c.area(), Region: at("region"), Type: at("type"), Check: at("check"), Counted: at("counted"), Newness: at("newness"),
		Money: at("money"), Reported: at("reported_from"), Stage: at("stage"), Currency: strings.ToUpper(at("currency")), AtLeast: at("at_least"), MadeFrom: at("made_from"), MadeTo: at("made_to"),
		EndsFrom: at("ends_from"), EndsTo: at("ends_to"), DueFrom: at("due_from"), DueTo: at("due_to"), Query: at("q"), Sort: at("sort"), Today: c.q.Today}
	var err error
	if f.Items, err = c.scope(); err != nil || at("disputed") != "yes" {
		return f, err
	}
	disputed, err := c.q.disputedCommitments()
	f.Among = append([]int64{}, disputed...)
	return f, err
}

// disputedCommitments are those with a dispute that holds.
func (q *request) disputedCommitments() (ids []int64, err error) {
	disputed, err := correction.Disputed(q.Tx)
	for thing := range disputed {
		if strings.HasPrefix(thing, "commitment:") {
			ids = append(ids, numberIn(thing))
		}
	}
	slices.Sort(ids)
	q.shown = append(q.shown, "disputes")
	return ids, err
}

// commitmentFields draws what commitmentFilter reads.
func (c coder) commitmentFields() ([]filter, error) {
	groups, err := c.groups()
	if err != nil {
		return nil, err
	}
	currencies, err := commitment.Currencies(c.q.Tx, c.q.Today)
	if err != nil {
		return nil, err
	}
	currency := c.options("currency", options(currencies, strings.ToUpper(c.asked.Get("currency")), same))
	currency.Value = strings.ToUpper(currency.Value)
	all := []filter{c.items(), c.codes("reporting", commitment.ReportingStates, "commitment.reporting."), c.codes("pace", paceWords, "commitment.pace."),
		c.codes("status", commitment.Statuses, "report.status."), c.codes("lifecycle", commitment.Lifecycles, "commitment.lifecycle."),
		c.codes("review", commitment.Assessments, "commitment.review.state."), c.codes("type", commitment.Types, "commitment.type."),
		c.codes("check", []string{"yes", "no"}, "commitment.check."), c.codes("counted", commitment.Counted, "commitment.counted."),
		c.codes("newness", commitment.Newnesses, "commitment.newness."), c.objectives(), c.codes("disputed", []string{"yes"}, "filter.disputed."), c.kinds(), c.regions(), c.areas()}
	if len(groups.Options) > 0 {
		all = append(all, groups)
	}
	if len(currencies) > 0 {
		all = append(all, c.codes("money", []string{"yes", "no"}, "filter.money."), c.codes("stage", commitment.Stages, "commitment.money.stage."), currency, c.plain("at_least", "decimal"))
	}
	for _, name := range []string{"made_from", "made_to", "ends_from", "ends_to", "due_from", "due_to", "reported_from"} {
		all = append(all, c.plain(name, "date"))
	}
	all = append(all, c.codes("sort", []string{commitment.Ending, commitment.DueIn}, "filter.sort."))
	for i := range all {
		all[i].Main = slices.Contains([]string{"item", "reporting", "pace"}, all[i].Name)
	}
	return c.party(append(all, c.scopeFields("for", "body")...))
}

// party adds the condition that comes with a link from a party's page; it has no field.
func (c coder) party(all []filter) ([]filter, error) {
	id := c.id("party")
	if id <= 0 {
		return all, nil
	}
	names, err := stakeholder.NamesOf(c.q.Tx, id)
	f := c.plain("party", "hidden")
	if n, ok := names[id]; ok {
		f.said = partyName(n)
	}
	return append(all, f), err
}
