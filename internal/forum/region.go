package forum

import (
	"slices"
	"strings"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
	"kept/internal/wording"
)

// Kinds of act about the rooms of regions.
const (
	KindRegionOpened      = "region.opened"
	KindRegionPrioritised = "region.prioritised"
	KindRegionSummarised  = "region.summarised"
	KindRegionFollowed    = "region.followed"
)

// regionalKinds are the kinds of party that can run the room of a region: bodies that
// States made or belong to.
var regionalKinds = []string{"igo", stakeholder.KindGroup, stakeholder.KindUN}

// The states of a line of a follow-up list.
const (
	FollowOpen    = "open"
	FollowTaken   = "taken_up"
	FollowDone    = "done"
	FollowDropped = "dropped"
)

// FollowStates are the four.
var FollowStates = []string{FollowOpen, FollowTaken, FollowDone, FollowDropped}

// maxRoomLanguages is the number of languages that pages can show.
const maxRoomLanguages = 6

// RegionOpened are the facts of region.opened: a regional body runs a room for its
// region, for one cycle or, without a cycle, standing. Words: name.LANG, how.LANG.
type RegionOpened struct {
	Region    string   `json:"region"`
	Cycle     int64    `json:"cycle,omitempty"`
	Party     int64    `json:"party,omitempty"` // only where the secretariat writes for it
	Languages []string `json:"languages"`
}

// RegionPrioritised are the facts of region.prioritised: the gaps that matter most in
// the region, the first first; of a cycle, or of none in a standing room. A later one
// takes the place of an earlier one. Words: why.LANG.
type RegionPrioritised struct {
	Room  int64    `json:"room"`
	Cycle int64    `json:"cycle,omitempty"`
	Party int64    `json:"party,omitempty"`
	Order []string `json:"order"`
}

// RegionSummarised are the facts of region.summarised. Words: summary.LANG, in the
// languages of the room.
type RegionSummarised struct {
	Room  int64 `json:"room"`
	Cycle int64 `json:"cycle,omitempty"`
	Party int64 `json:"party,omitempty"`
}

// RegionFollowed are the facts of region.followed: a line of the follow-up list. The
// first of a line makes it; later ones name it and change it. Words: what.LANG,
// who.LANG (an organisation), note.LANG; a change leaves out what stays as it was.
type RegionFollowed struct {
	Room  int64  `json:"room"`
	Line  int64  `json:"line,omitempty"` // the entry that made the line; none: it is made here
	Party int64  `json:"party,omitempty"`
	Item  string `json:"item,omitempty"` // of the compact
	Due   string `json:"due_on,omitempty"`
	State string `json:"state"`
}

var (
	roomWords     = wording.Fields{"name": {Max: 120, Line: true, Needed: true}, "how": {Max: 2000}}
	priorityWords = wording.Fields{"why": {Max: 2000}}
	summaryWords  = wording.Fields{"summary": {Max: 6000, Needed: true}}
	followWords   = wording.Fields{"what": {Max: 600}, "who": {Max: 200, Line: true}, "note": {Max: 2000}}
)

// regionKinds are the acts about the rooms of regions.
func regionKinds() []keeper.Kind {
	return []keeper.Kind{
		rules[RegionOpened]{validate: validateRoom, check: checkRoom, apply: applyRoom}.kind(KindRegionOpened),
		rules[RegionPrioritised]{validate: validatePriorities, check: checkPriorities, apply: applyPriorities}.kind(KindRegionPrioritised),
		rules[RegionSummarised]{validate: validateSummary, check: checkSummary, apply: applySummary}.kind(KindRegionSummarised),
		rules[RegionFollowed]{validate: validateFollowed, check: checkFollowed, apply: applyFollowed}.kind(KindRegionFollowed),
	}
}

func validateRoom(a keeper.Act, f RegionOpened) error {
	var es locale.Errors
	byParty(a, f.Party, &es)
	if f.Region == "" {
		es.AddField("region", locale.E("err.commitment.needed"))
	}
	if len(f.Languages) == 0 || len(f.Languages) > maxRoomLanguages {
		es.AddField("languages", locale.E("err.region.languages", "max", maxRoomLanguages))
	}
	for n, lang := range f.Languages {
		switch {
		case !locale.Known(lang):
			es.AddField("languages", locale.E("err.correction.language", "value", keeper.Line(strings.ToValidUTF8(lang, ""))))
		case slices.Contains(f.Languages[:n], lang):
			es.AddField("languages", locale.E("err.forum.twice", "value", lang))
		}
	}
	roomWords.Check(a.Words, &es)
	return es.Err()
}

func checkRoom(c checking, f RegionOpened) error {
	if err := c.running(ModuleRegions); err != nil {
		return err
	}
	if f.Cycle != 0 {
		if _, err := c.openCycle(f.Cycle); err != nil {
			return err
		}
	}
	party := actor(c.act.By, f.Party)
	if err := c.mayPropose(party); err != nil {
		return err
	}
	if err := c.mayRun(party, f.Region); err != nil {
		return err
	}
	var id int64
	err := c.tx.Row("SELECT id FROM region_room WHERE cycle = ? AND region = ?", f.Cycle, f.Region).Scan(&id)
	if err == nil {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("region", locale.E("err.region.open_already", "id", number(id))))
	}
	_, err = none(err)
	return err
}

// mayRun refuses a party that is no regional body, or that is of another region.
func (c checking) mayRun(party int64, region string) error {
	set := c.pack.AreaSet()
	r, ok := set.RegionByID(region)
	if !ok || r.ID == set.World().ID {
		return keeper.Refuse(keeper.ErrNotFound, locale.Field("region", locale.E("err.region.unknown", "value", keeper.Line(region))))
	}
	p, err := stakeholder.ByID(c.tx, party)
	if err != nil {
		return err
	}
	if !Regional(p) {
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("party", locale.E("err.region.not_regional")))
	}
	within, err := withinRegion(c.tx, c.pack, p, region, c.today())
	if err == nil && !within {
		err = keeper.Refuse(keeper.ErrForbidden, locale.Field("region", locale.E("err.region.not_of_it")))
	}
	return err
}

// withinRegion tells whether a party has its seat, its work or a member in a region.
func withinRegion(tx *db.Tx, pack *compact.Pack, p stakeholder.Party, region, today string) (bool, error) {
	at := append([]string{p.Area}, p.Active...)
	if p.Kind == stakeholder.KindGroup {
		members, err := stakeholder.Members(tx, p.ID, today)
		if err != nil {
			return false, err
		}
		for _, m := range members {
			member, err := stakeholder.ByID(tx, m.Party)
			if err != nil {
				return false, err
			}
			at = append(at, member.Area)
		}
	}
	for _, a := range pack.AreaSet().In(region) {
		if slices.Contains(at, a.ID) {
			return true, nil
		}
	}
	return false, nil
}

func applyRoom(tx *db.Tx, e keeper.Entry, f RegionOpened) error {
	party := actor(e.By, f.Party)
	err := tx.Queue("INSERT INTO region_room (id, cycle, region, party, languages, opened_on) VALUES (?, ?, ?, ?, ?, ?)",
		e.Index, f.Cycle, f.Region, party, strings.Join(f.Languages, " "), e.On())
	if err != nil {
		return err
	}
	return touchRoom(tx, e.Index, Room{ID: e.Index, Cycle: f.Cycle, Party: party}, f.Cycle)
}

// touchRoom notes that an act concerns a room, and its priorities for a cycle.
func touchRoom(tx *db.Tx, index int64, r Room, cycle int64) error {
	subjects := []string{"forum", "regions", subject("region", r.ID), subject("party", r.Party)}
	if cycle != 0 {
		subjects = append(subjects, subject("cycle", cycle))
	}
	return keeper.Touch(tx, index, subjects...)
}

// room is the room that an act is about, where the part is run and the act is its body's.
func (c checking) room(id, party int64) (Room, error) {
	if err := c.running(ModuleRegions); err != nil {
		return Room{}, err
	}
	r, err := RoomByID(c.tx, id)
	if err == nil && r.Party != actor(c.act.By, party) {
		err = keeper.Refuse(keeper.ErrForbidden, locale.Field("room", locale.E("err.region.not_yours")))
	}
	if err != nil {
		return r, err
	}
	return r, c.mayPropose(r.Party)
}

// roomCycle is the cycle that an act in a room is about; a room of one cycle names it itself.
func (c checking) roomCycle(r Room, cycle int64) (int64, error) {
	switch {
	case r.Cycle != 0 && cycle != 0 && cycle != r.Cycle:
		return 0, keeper.Refuse(keeper.ErrConflict, locale.Field("cycle", locale.E("err.region.cycle", "id", number(r.Cycle))))
	case r.Cycle != 0:
		cycle = r.Cycle
	}
	if cycle == 0 {
		return 0, nil
	}
	_, err := c.openCycle(cycle)
	return cycle, err
}

func validatePriorities(a keeper.Act, f RegionPrioritised) error {
	var es locale.Errors
	byParty(a, f.Party, &es)
	if len(f.Order) == 0 {
		es.AddField("order", locale.E("err.agenda.no_order"))
	}
	eachOnce("order", f.Order, MaxRanked, &es)
	priorityWords.Check(a.Words, &es)
	return es.Err()
}

// checkPriorities: for a cycle, candidates of it and until its day; without one,
// items of the text in force that have an open gap.
func checkPriorities(c checking, f RegionPrioritised) error {
	r, err := c.room(f.Room, f.Party)
	if err != nil {
		return err
	}
	cycle, err := c.roomCycle(r, f.Cycle)
	if err != nil {
		return err
	}
	if cycle != 0 {
		if err := c.ranking(cycle); err != nil {
			return err
		}
		return ofCycle(c.tx, cycle, "order", f.Order)
	}
	_, now, err := CandidatesNow(c.tx, c.pack, 0, c.today())
	if err != nil {
		return err
	}
	for _, candidate := range f.Order {
		if !slices.ContainsFunc(now.Gaps, func(g GapCandidate) bool { return g.Candidate == candidate }) {
			return keeper.Refuse(keeper.ErrNotFound, locale.Field("order", locale.E("err.region.no_gap", "value", candidate)))
		}
	}
	return nil
}

func applyPriorities(tx *db.Tx, e keeper.Entry, f RegionPrioritised) error {
	r, err := appliedRoom(tx, f.Room)
	if err != nil {
		return err
	}
	cycle := max(r.Cycle, f.Cycle)
	err = tx.Queue(`INSERT INTO region_priority (room, cycle, entry, given_on, ordered) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (room, cycle) DO UPDATE SET entry = excluded.entry, given_on = excluded.given_on, ordered = excluded.ordered`,
		f.Room, cycle, e.Index, e.On(), strings.Join(f.Order, " "))
	if err != nil {
		return err
	}
	return touchRoom(tx, e.Index, r, cycle)
}

func validateSummary(a keeper.Act, f RegionSummarised) error {
	var es locale.Errors
	byParty(a, f.Party, &es)
	summaryWords.Check(a.Words, &es)
	return es.Err()
}

func checkSummary(c checking, f RegionSummarised) error {
	r, err := c.room(f.Room, f.Party)
	if err != nil {
		return err
	}
	if _, err := c.roomCycle(r, f.Cycle); err != nil {
		return err
	}
	for part := range c.act.Words {
		if _, lang := wording.Split(part); !slices.Contains(r.Languages, lang) {
			return locale.Field("summary", locale.E("err.region.other_language", "lang", lang, "known", strings.Join(r.Languages, ", ")))
		}
	}
	return nil
}

func applySummary(tx *db.Tx, e keeper.Entry, f RegionSummarised) error {
	r, err := appliedRoom(tx, f.Room)
	if err != nil {
		return err
	}
	cycle := max(r.Cycle, f.Cycle)
	err = tx.Queue(`INSERT INTO region_summary (room, cycle, entry, given_on) VALUES (?, ?, ?, ?)
		ON CONFLICT (room, cycle) DO UPDATE SET entry = excluded.entry, given_on = excluded.given_on`, f.Room, cycle, e.Index, e.On())
	if err != nil {
		return err
	}
	return touchRoom(tx, e.Index, r, cycle)
}
