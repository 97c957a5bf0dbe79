package report

import (
	"slices"
	"strconv"

	"kept/internal/commitment"
	"kept/internal/forum"
	"kept/internal/stakeholder"
)

// forum is what became of the year of the forum: sessions and their reports, messages
// and their fate, the group that prepares it, and the hub around it: bodies, overlaps,
// gaps, the directory of offices. Parts that the compact does not run are left out.
func (b *builder) forum() error {
	for _, part := range []struct {
		module string // "": it is everywhere
		count  func() error
	}{
		{forum.ModuleForum, b.sessions}, {forum.ModuleForum, b.messages}, {forum.ModuleRegions, b.regionRooms}, {forum.ModuleAdvisory, b.seats},
		{"", b.hub}, {forum.ModuleRegulators, b.offices},
	} {
		if _, on := b.pack.Module(part.module); !on && part.module != "" {
			continue
		}
		if err := part.count(); err != nil {
			return err
		}
	}
	return nil
}

// hub counts bodies, the pairs of them that work on something together, and the gaps
// of the text in force. None of these says that anybody should do anything else.
func (b *builder) hub() error {
	counted := func(id, unit, query string, n int) {
		b.add(Figure{ID: id, Value: strconv.Itoa(n), Unit: unit, Method: methodCount, Query: query})
	}
	var own []int64
	stale, disputed := 0, 0
	for i := range b.bodies {
		if b.bodies[i].Own.Entry != 0 {
			own = append(own, b.bodies[i].Own.Entry)
		}
		if b.bodies[i].Stale(b.f.Date) {
			stale++
		}
		if len(b.bodies[i].Disputed) > 0 {
			disputed++
		}
	}
	counted("forum.bodies", "bodies", "/bodies", len(b.bodies))
	b.count("forum.bodies_own_words", "bodies", "", own)
	counted("forum.bodies_stale", "bodies", "/bodies?stale=yes", stale)
	counted("forum.bodies_disputed", "bodies", "", disputed)
	counted("forum.overlaps", "pairs", "/bodies/overlaps", forum.OverlapsOf(b.pack, b.bodies).Find(forum.OverlapFilter{}, 1).Of)
	on := commitment.SurveyedOnItems(b.all, forum.GapsSince(b.f.Date))
	gaps, err := forum.GapsGiven(b.tx, b.pack, b.pack.InForce, b.f.Date, on)
	if err != nil {
		return err
	}
	open := map[string]int{}
	for _, g := range gaps {
		for _, kind := range g.Open() {
			open[kind]++
		}
	}
	for _, kind := range forum.GapKinds {
		counted("forum.gap."+kind, "items", address("/gaps", "gap", kind), open[kind])
	}
	return nil
}

// offices counts the directory of regulators by how well each contact is known, and
// what offices shared and asked within the period.
func (b *builder) offices() error {
	offices, err := forum.Regulators(b.tx)
	if err != nil {
		return err
	}
	ids := map[string][]int64{}
	for _, o := range offices {
		state := o.State(b.f.Date)
		ids[state] = append(ids[state], o.ID)
	}
	for _, state := range forum.RegulatorStates {
		b.count("forum.offices."+state, "offices", address("/regulators", "state", state), ids[state])
	}
	b.count("forum.practices_shared", "acts", b.entriesOf(forum.KindPracticeShared), b.acts[forum.KindPracticeShared])
	b.count("forum.practices_asked", "acts", b.entriesOf(forum.KindPracticeAsked), b.acts[forum.KindPracticeAsked])
	b.count("forum.practices_answered", "acts", b.entriesOf(forum.KindPracticeAnswered), b.acts[forum.KindPracticeAnswered])
	return nil
}

// sessions counts those proposed within the period by what became of them, those held
// within it by how their report stands, and who organised these.
func (b *builder) sessions() error {
	var proposed, held []forum.Session
	f := forum.SessionFilter{Limit: 1000}
	for more := true; more; more = f.After != "" {
		page, err := forum.Sessions(b.tx, f)
		if err != nil {
			return err
		}
		for _, s := range page.List {
			if b.within(s.ProposedOn) {
				proposed = append(proposed, s)
			}
			if b.within(s.HeldOn) && s.State(b.f.Date) == forum.StateHeld {
				held = append(held, s)
			}
		}
		f.After = page.Next
	}
	b.count("forum.sessions_proposed", "sessions", b.entriesOf(forum.KindSessionProposed), sessionIDs(proposed, nil))
	for _, state := range forum.SessionStates {
		b.count("forum.proposed."+state, "sessions", "", sessionIDs(proposed, func(s forum.Session) bool { return s.State(b.f.Date) == state }))
	}
	b.count("forum.sessions_held", "sessions", "", sessionIDs(held, nil))
	for _, state := range []string{forum.ReportGiven, forum.ReportExpected, forum.ReportLate, forum.ReportExcused} {
		b.count("forum.report."+state, "sessions", "", sessionIDs(held, func(s forum.Session) bool { return s.ReportState(b.f.Date) == state }))
	}
	b.organisers(held)
	return nil
}

func sessionIDs(list []forum.Session, fits func(forum.Session) bool) (ids []int64) {
	for _, s := range list {
		if fits == nil || fits(s) {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// organisers counts the parties that organised sessions, each once, by kind.
func (b *builder) organisers(held []forum.Session) {
	var all []int64
	for _, s := range held {
		all = append(all, s.Organisers...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	b.count("forum.organisers", "parties", "", all)
	for _, kind := range b.pack.PartyKinds {
		b.registered("forum.organisers."+kind, "", func(p stakeholder.Surveyed) bool {
			_, among := slices.BinarySearch(all, p.ID)
			return among && p.Kind == kind
		})
	}
}

// messages counts the messages and outputs of the period, and all messages that the
// forum ever issued by the furthest that anybody addressed has come with each.
func (b *builder) messages() error {
	var issued []int64
	fate := map[string][]int64{}
	f := forum.MessageFilter{Limit: 1000}
	for more := true; more; more = f.After != "" {
		page, err := forum.Messages(b.tx, f)
		if err != nil {
			return err
		}
		for _, m := range page.List {
			if b.within(m.IssuedOn) {
				issued = append(issued, m.ID)
			}
			fate[m.Furthest()] = append(fate[m.Furthest()], m.ID)
		}
		f.After = page.Next
	}
	b.count("forum.messages_issued", "messages", b.entriesOf(forum.KindMessageIssued), issued)
	for _, state := range forum.MessageStates {
		b.count("forum.fate."+state, "messages", "", fate[state])
	}
	outputs, err := forum.Outputs(b.tx, 0)
	if err != nil {
		return err
	}
	var published []int64
	for _, o := range outputs {
		if b.within(o.On) {
			published = append(published, o.ID)
		}
	}
	b.count("forum.outputs", "outputs", "", published)
	return nil
}

// regionRooms counts rooms of regions, and what they gave within the period.
func (b *builder) regionRooms() error {
	rooms, err := forum.Rooms(b.tx)
	if err != nil {
		return err
	}
	var ids []int64
	for _, r := range rooms {
		ids = append(ids, r.ID)
	}
	b.count("forum.rooms", "rooms", "/regions", ids)
	b.count("forum.rooms_prioritised", "acts", b.entriesOf(forum.KindRegionPrioritised), b.acts[forum.KindRegionPrioritised])
	b.count("forum.rooms_summarised", "acts", b.entriesOf(forum.KindRegionSummarised), b.acts[forum.KindRegionSummarised])
	return nil
}

// seats counts who sits in the group on the day of the report, and draws, seats taken
// and seats left within the period.
func (b *builder) seats() error {
	sitting, err := forum.SittingOn(b.tx, b.f.Date)
	if err != nil {
		return err
	}
	var all []int64
	of := map[string][]int64{}
	for _, s := range sitting {
		all = append(all, s.ID)
		of[s.Segment] = append(of[s.Segment], s.ID)
	}
	b.count("forum.seats", "seats", "/advisory-group", all)
	for _, segment := range forum.Segments {
		b.count("forum.seats."+segment, "seats", "/advisory-group", of[segment])
	}
	b.count("forum.draws", "acts", b.entriesOf(forum.KindDrawn), b.acts[forum.KindDrawn])
	b.count("forum.seats_taken", "acts", b.entriesOf(forum.KindTaken), b.acts[forum.KindTaken])
	b.count("forum.seats_left", "acts", b.entriesOf(forum.KindVacated), b.acts[forum.KindVacated])
	return nil
}
