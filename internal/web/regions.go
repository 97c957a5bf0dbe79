package web

import (
	"strconv"
	"strings"

	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// The rooms of regions: who runs each, what comes first there, its summary in its
// languages, and its list of what is to follow, which is kept after the forum.

type roomRow struct {
	ID        int64    `json:"id"`
	Href      string   `json:"href"`
	Name      Text     `json:"name"`
	RegionID  string   `json:"region"`
	Region    Text     `json:"region_in_words"`
	By        Link     `json:"run_by"`
	Left      bool     `json:"left,omitempty"` // its body takes part no longer
	Cycle     *Link    `json:"cycle,omitempty"`
	Languages []string `json:"languages"`
	Own       string   `json:"-"` // the languages by their own names
	OpenedOn  string   `json:"opened_on"`
	Open      int      `json:"follow_up_open"`
	Lines     int      `json:"follow_up"`
}

type regionsView struct {
	Run   moduleView `json:"run"`
	Cycle *cycleRow  `json:"cycle,omitempty"`
	Rows  []roomRow  `json:"rooms"`
}

// roomHref is where a room's page stands: under its cycle, or by itself.
func roomHref(r forum.Room) string {
	id := strconv.FormatInt(r.ID, 10)
	if r.Cycle != 0 {
		return cycleHref(r.Cycle) + "/regions/" + id
	}
	return "/regions/" + id
}

// roomName is what its body calls a room.
func (q *request) roomName(r forum.Room) (Text, error) {
	words, err := keeper.WordsOf(q.Tx, r.ID)
	if name := wordsText(words, "name"); name != nil || err != nil {
		return name, err
	}
	return areaName(q.Areas, r.Region), nil
}

func (q *request) roomRow(r forum.Room) (row roomRow, err error) {
	row = roomRow{ID: r.ID, Href: roomHref(r), RegionID: r.Region, Region: areaName(q.Areas, r.Region), Languages: r.Languages, OpenedOn: r.OpenedOn}
	var own []string
	for _, lang := range r.Languages {
		own = append(own, locale.Lang(lang).Own())
	}
	row.Own = strings.Join(own, " · ")
	if row.Name, err = q.roomName(r); err != nil {
		return row, err
	}
	if row.By, err = q.partyLink(r.Party); err != nil {
		return row, err
	}
	takes, err := forum.TakesPart(q.Tx, r.Party)
	if err != nil {
		return row, err
	}
	row.Left = !takes
	if r.Cycle != 0 {
		c, err := forum.CycleByID(q.Tx, r.Cycle)
		if err != nil {
			return row, err
		}
		row.Cycle = &Link{q.cycleName(c), cycleHref(c.ID)}
	}
	list, err := forum.Follows(q.Tx, r.ID)
	row.Lines = len(list)
	for _, f := range list {
		if f.State == forum.FollowOpen || f.State == forum.FollowTaken {
			row.Open++
		}
	}
	return row, err
}

// regions lists all rooms, standing ones first.
func (s *Site) regions(q *request) (View, error) {
	return q.regionsView(View{Crumbs: []Link{{q.forumName(), "/forum"}}}, nil)
}

// cycleRegions lists the rooms of a cycle, and the standing ones, which speak in it too.
func (s *Site) cycleRegions(q *request) (View, error) {
	c, err := q.cycleAsked()
	if err != nil {
		return View{}, err
	}
	return q.regionsView(View{Crumbs: q.cycleCrumbs(c)}, &c)
}

func (q *request) regionsView(page View, c *forum.Cycle) (View, error) {
	v := regionsView{Run: q.module(forum.ModuleRegions)}
	page.Page, page.Title, page.Subjects = "regions", message("regions.title"), []string{"regions", "forum", "parties"}
	if c != nil {
		row, err := q.cycleRow(*c)
		if err != nil {
			return page, err
		}
		v.Cycle = &row
		page.Title = phrase("regions.of_cycle", "cycle", q.cycleName(*c))
	}
	rooms, err := forum.Rooms(q.Tx)
	if err != nil {
		return page, err
	}
	page.Table = &Table{Columns: []string{"id", "region", "cycle", "run_by", "languages", "opened_on", "follow_up", "follow_up_open"}}
	for _, r := range rooms {
		if c != nil && r.Cycle != 0 && r.Cycle != c.ID {
			continue
		}
		row, err := q.roomRow(r)
		if err != nil {
			return page, err
		}
		v.Rows = append(v.Rows, row)
		page.Table.Rows = append(page.Table.Rows, []string{strconv.FormatInt(r.ID, 10), r.Region, strconv.FormatInt(r.Cycle, 10), strconv.FormatInt(r.Party, 10),
			strings.Join(r.Languages, " "), r.OpenedOn, strconv.Itoa(row.Lines), strconv.Itoa(row.Open)})
	}
	page.Data = v
	return page, nil
}

// priorityView is what a room puts first, for a cycle or for none.
type priorityView struct {
	Cycle *Link  `json:"cycle,omitempty"`
	On    string `json:"on"`
	Entry int64  `json:"entry"`
	Order []Link `json:"order"`
	Why   Text   `json:"why,omitempty"`
	Apart Text   `json:"beside_the_groups,omitempty"`
}

type summaryView struct {
	Cycle   *Link  `json:"cycle,omitempty"`
	On      string `json:"on"`
	Entry   int64  `json:"entry"`
	Text    Text   `json:"summary,omitempty"`
	Lacking string `json:"lacking,omitempty"` // languages of the room that it is not in
}

type followView struct {
	ID      int64            `json:"id"`
	What    Text             `json:"what"`
	Who     Text             `json:"who"`
	Item    *Link            `json:"item,omitempty"`
	Due     string           `json:"due_on,omitempty"`
	State   string           `json:"state"`
	StateIs Text             `json:"state_in_words"`
	Overdue bool             `json:"overdue,omitempty"`
	Steps   []followStepView `json:"steps"`
}

type followStepView struct {
	On      string `json:"on"`
	Entry   int64  `json:"entry"`
	StateIs Text   `json:"state_in_words"`
	Note    Text   `json:"note,omitempty"`
}

type regionView struct {
	Run moduleView `json:"run"`
	roomRow
	How        Text           `json:"how,omitempty"`
	Priorities []priorityView `json:"priorities,omitempty"`
	Summaries  []summaryView  `json:"summaries,omitempty"`
	Follows    []followView   `json:"follow_up_list,omitempty"`
}

// region is the page of one room.
func (s *Site) region(q *request) (View, error) {
	id, err := q.number("id")
	if err != nil {
		return View{}, err
	}
	r, err := forum.RoomByID(q.Tx, id)
	if err != nil {
		return View{}, err
	}
	if q.PathValue("cycle") != "" && q.arg("cycle") != strconv.FormatInt(r.Cycle, 10) {
		return View{}, errNotFound(q.URL.Path)
	}
	v := regionView{Run: q.module(forum.ModuleRegions)}
	if v.roomRow, err = q.roomRow(r); err != nil {
		return View{}, err
	}
	words, err := keeper.WordsOf(q.Tx, r.ID)
	if err != nil {
		return View{}, err
	}
	v.How = wordsText(words, "how")
	if err := v.said(q, r); err != nil {
		return View{}, err
	}
	if v.Follows, err = q.followViews(r.ID); err != nil {
		return View{}, err
	}
	table := &Table{Columns: []string{"line", "item", "due_on", "state", "overdue", "step", "step_on", "entry"}}
	for _, f := range v.Follows {
		item := ""
		if f.Item != nil {
			item = strings.TrimPrefix(f.Item.Href, "/items/")
		}
		for n, step := range f.Steps {
			table.Rows = append(table.Rows, []string{strconv.FormatInt(f.ID, 10), item, f.Due, f.State, yesNo(f.Overdue), strconv.Itoa(n + 1), step.On, strconv.FormatInt(step.Entry, 10)})
		}
	}
	page := View{Page: "region", Title: v.Name, Crumbs: []Link{{message("regions.title"), "/regions"}},
		Subjects: []string{"region:" + strconv.FormatInt(r.ID, 10), "forum", "parties"}, Data: v, Table: table}
	if r.Cycle != 0 {
		page.Crumbs = append([]Link{*v.Cycle}, Link{message("regions.title"), cycleHref(r.Cycle) + "/regions"})
		page.Subjects = append(page.Subjects, "cycle:"+strconv.FormatInt(r.Cycle, 10))
	}
	return page, nil
}

// said fills in priorities and summaries, by cycle.
func (v *regionView) said(q *request, r forum.Room) error {
	given, err := forum.PrioritiesOf(q.Tx, r.ID)
	if err != nil {
		return err
	}
	for _, p := range given {
		one, err := q.priorityView(p)
		if err != nil {
			return err
		}
		v.Priorities = append(v.Priorities, one)
	}
	summaries, err := forum.SummariesOf(q.Tx, r.ID)
	if err != nil {
		return err
	}
	for _, s := range summaries {
		words, err := keeper.WordsOf(q.Tx, s.Entry)
		if err != nil {
			return err
		}
		one := summaryView{On: s.On, Entry: s.Entry, Text: wordsText(words, "summary")}
		var lacking []string
		for _, lang := range r.Languages {
			if words["summary."+lang] == "" {
				lacking = append(lacking, locale.Lang(lang).Own())
			}
		}
		one.Lacking = strings.Join(lacking, " · ")
		if one.Cycle, err = q.otherCycle(r, s.Cycle); err != nil {
			return err
		}
		v.Summaries = append(v.Summaries, one)
	}
	return nil
}

// otherCycle is the cycle that something of a standing room is about; nil where the
// room is of one cycle, or where it is about none.
func (q *request) otherCycle(r forum.Room, cycle int64) (*Link, error) {
	if r.Cycle != 0 || cycle == 0 {
		return nil, nil
	}
	c, err := forum.CycleByID(q.Tx, cycle)
	return &Link{q.cycleName(c), cycleHref(c.ID)}, err
}

func (q *request) priorityView(p forum.Priorities) (priorityView, error) {
	v := priorityView{On: p.On, Entry: p.Entry}
	names := candidateNames{}
	var err error
	if p.Cycle != 0 {
		if _, names, _, err = q.candidates(p.Cycle); err != nil {
			return v, err
		}
		_, ranking, err := forum.RankingNow(q.Tx, p.Cycle)
		if err != nil {
			return v, err
		}
		v.Apart = apart(areaName(q.Areas, p.Room.Region), p.Order, ranking.Across, names)
	}
	for _, candidate := range p.Order {
		link := names.link(candidate)
		if item := forum.CandidateItem(candidate); item != "" {
			link = itemLink(q.Pack, item)
		}
		v.Order = append(v.Order, link)
	}
	words, err := keeper.WordsOf(q.Tx, p.Entry)
	if err != nil {
		return v, err
	}
	v.Why = wordsText(words, "why")
	v.Cycle, err = q.otherCycle(p.Room, p.Cycle)
	return v, err
}

// followViews are the lines of a room's follow-up list; words that a step leaves out
// are those of the step before.
func (q *request) followViews(room int64) ([]followView, error) {
	list, err := forum.Follows(q.Tx, room)
	var out []followView
	for _, f := range list {
		v := followView{ID: f.ID, Due: f.Due, State: f.State, StateIs: message("region.state." + f.State), Overdue: f.Overdue(q.Today)}
		if f.Item != "" {
			link := itemLink(q.Pack, f.Item)
			v.Item = &link
		}
		for _, step := range f.Steps {
			words, err := keeper.WordsOf(q.Tx, step.Entry)
			if err != nil {
				return nil, err
			}
			for name, into := range map[string]*Text{"what": &v.What, "who": &v.Who} {
				if t := wordsText(words, name); t != nil {
					*into = t
				}
			}
			v.Steps = append(v.Steps, followStepView{step.On, step.Entry, message("region.state." + step.State), wordsText(words, "note")})
		}
		out = append(out, v)
	}
	return out, err
}
