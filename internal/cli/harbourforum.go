package cli

import (
	"maps"
	"slices"
	"strconv"

	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// The forum of the sample compact over two years: 2025 and 2026. Regional bodies open
// rooms, gaps become candidates, parties and regions rank them, the advisory group
// decides, sessions are called for, held and reported, messages are followed up. One
// organiser never reports and is kept from proposing the year after; a member leaves
// and a reserve moves up; half the group turns over.

// harbourForum is the forum's whole script. Its deadlines are days of the script: a
// record that was begun after them cannot go through it, and has no forum.
func harbourForum() []step {
	script := slices.Concat(harbourBodies(), harbourGroup(), harbourAgenda(), harbourSessions(), harbourMessages())
	for n, s := range script {
		script[n].do = func(h *harbour, key string) error {
			if begun, err := h.begunOn(); err != nil || begun > s.on {
				return err
			}
			return s.do(h, key)
		}
	}
	return script
}

// begunOn is the day of the record's first entry.
func (h *harbour) begunOn() (on string, err error) {
	err = h.read(func(tx *db.Tx) error {
		first, err := keeper.ReadEntry(tx, 0)
		on = first.On()
		return err
	})
	return on, err
}

// secretary is an act of the secretariat.
func secretary(on, short, kind string, facts any, words map[string]string) step {
	return step{on: on, do: func(h *harbour, key string) (err error) {
		h.made[short], err = h.submit(key, keeper.Act{Kind: kind, By: stakeholder.Secretariat, Facts: facts, Words: words})
		return err
	}}
}

// computed is an act that rests on the record as it stands. A start that was cut off
// and goes on takes the entry that is there: computed anew it would be another act.
func computed(on, short string, act func(h *harbour) (keeper.Act, error)) step {
	return step{on: on, do: func(h *harbour, key string) error {
		var first int64
		var there bool
		err := h.k.DB().Read(h.ctx, func(tx *db.Tx) (err error) {
			first, _, there, err = keeper.Sent(tx, key)
			return err
		})
		if err != nil || there {
			h.made[short] = first
			return err
		}
		a, err := act(h)
		if err == nil {
			h.made[short], err = h.submit(key, a)
		}
		return err
	}}
}

// read looks at the record.
func (h *harbour) read(look func(tx *db.Tx) error) error { return h.k.DB().Read(h.ctx, look) }

// cycle opens a year of the forum.
func cycle(on, short string, year int64, plan forum.Plan, place, placeFR string) step {
	plan.ReportDays, plan.MostSessions, plan.MostMinutes = forum.ReportDays, 2, 90
	return secretary(on, short, forum.KindCycleOpened, forum.CycleOpened{Year: year, Plan: plan}, map[string]string{"place.en": place, "place.fr": placeFR})
}

// listed freezes the candidates of a cycle as the gaps are on that day.
func listed(on, short string) step {
	return computed(on, "list "+short, func(h *harbour) (act keeper.Act, err error) {
		err = h.read(func(tx *db.Tx) error {
			act, _, err = forum.Listing(tx, h.made[short], keeper.Today(h.now))
			return err
		})
		return act, err
	})
}

// topic is a subject that a party puts beside the gaps.
func topic(on, short, by, cycle, title, why, evidence string, items ...string) step {
	return step{on: on, do: func(h *harbour, key string) (err error) {
		h.made[short], err = h.submit(key, keeper.Act{Kind: forum.KindAgendaProposed, By: h.by(by), Facts: forum.AgendaProposed{Cycle: h.made[cycle], Items: items},
			Words: map[string]string{"title.en": title, "why.en": why, "evidence.en": evidence}})
		return err
	}}
}

// candidates writes what a party orders: items, or the short names of topics.
func (h *harbour) candidates(order []string) []string {
	out := make([]string, len(order))
	for n, one := range order {
		if out[n] = forum.ItemCandidate(one); h.made[one] != 0 {
			out[n] = forum.TopicCandidate(h.made[one])
		}
	}
	return out
}

// ranked is a party's order of the candidates.
func ranked(on, by, cycle string, order ...string) step {
	return step{on: on, do: func(h *harbour, key string) error {
		_, err := h.submit(key, keeper.Act{Kind: forum.KindAgendaRanked, By: h.by(by), Facts: forum.AgendaRanked{Cycle: h.made[cycle], Order: h.candidates(order)}})
		return err
	}}
}

// room is a regional body's room for a cycle.
func room(on, short, by, cycle, region string, languages []string, words map[string]string) step {
	return step{on: on, do: func(h *harbour, key string) (err error) {
		h.made[short], err = h.submit(key, keeper.Act{Kind: forum.KindRegionOpened, By: h.by(by), Words: words,
			Facts: forum.RegionOpened{Region: region, Cycle: h.made[cycle], Languages: languages}})
		return err
	}}
}

// priorities are what a region puts first.
func priorities(on, by, room, why string, order ...string) step {
	return step{on: on, do: func(h *harbour, key string) error {
		_, err := h.submit(key, keeper.Act{Kind: forum.KindRegionPrioritised, By: h.by(by), Facts: forum.RegionPrioritised{Room: h.made[room], Order: h.candidates(order)},
			Words: map[string]string{"why.en": why}})
		return err
	}}
}

// summarised is what a regional consultation came to, in its own languages.
func summarised(on, by, room string, words map[string]string) step {
	return step{on: on, do: func(h *harbour, key string) error {
		_, err := h.submit(key, keeper.Act{Kind: forum.KindRegionSummarised, By: h.by(by), Facts: forum.RegionSummarised{Room: h.made[room]}, Words: words})
		return err
	}}
}

// regionLine makes a line of a region's follow-up list, or changes one that was made.
func regionLine(on, short, by, room, item, due, state string, words map[string]string) step {
	return step{on: on, do: func(h *harbour, key string) error {
		id, err := h.submit(key, keeper.Act{Kind: forum.KindRegionFollowed, By: h.by(by), Words: words,
			Facts: forum.RegionFollowed{Room: h.made[room], Line: h.made[short], Item: item, Due: due, State: state}})
		if h.made[short] == 0 {
			h.made[short] = id
		}
		return err
	}}
}

// decided is the group's decision: what it takes, with reasons, and a word on every
// other candidate that stood at the top of a ranking.
func decided(on, cycle, day string, taken []string, reasons []string, passed, dissent string, recused map[string][]string) step {
	return computed(on, "agenda "+cycle, func(h *harbour) (act keeper.Act, err error) {
		f := forum.AgendaDecided{Cycle: h.made[cycle], On: day, Taken: h.candidates(taken)}
		words := map[string]string{"dissent.en": dissent}
		if dissent == "" {
			clear(words)
		}
		for n, reason := range reasons {
			words["reason."+strconv.Itoa(n)+".en"] = reason
		}
		for _, seat := range slices.Sorted(maps.Keys(recused)) {
			for _, candidate := range h.candidates(recused[seat]) {
				f.Recused = append(f.Recused, forum.Recusal{Seat: h.made[seat], Candidate: candidate})
			}
		}
		err = h.read(func(tx *db.Tx) error {
			_, ranking, err := forum.RankingNow(tx, f.Cycle)
			if err != nil {
				return err
			}
			for _, candidate := range ranking.Top() {
				if !slices.Contains(f.Taken, candidate) {
					words["passed."+strconv.Itoa(len(f.Passed))+".en"] = passed
					f.Passed = append(f.Passed, candidate)
				}
			}
			act, err = forum.Deciding(tx, f, words)
			return err
		})
		return act, err
	})
}

// harbourAgenda is how the agenda of both years came about.
func harbourAgenda() []step {
	return []step{
		party("2025-04-16", "council", "igo", "", "QP", "Amber Isles Council", "Brings together the harbours of the islands."),
		party("2025-04-16", "shore", "igo", "", "QM", "North Shore Conference", "Brings together the harbours of the north."),
		endorse("2025-04-17", "council", "A yearly meeting of island harbours", "Its papers are published in two languages.", "H.1"),
		endorse("2025-04-17", "shore", "Shared training for pilots", "Its members report on H.2.", "H.2"),
		endorse("2025-04-18", "union", "A telephone line for those who work on the quays", "Complaints are counted and published.", "H.6"),

		cycle("2025-04-24", "forum 2025", 2025, forum.Plan{TopicsUntil: "2025-06-15", RankUntil: "2025-07-15", AgendaUntil: "2025-08-15", CallUntil: "2025-09-15", From: "2025-11-11", To: "2025-11-13"},
			"Northquay, the old customs house", "Northquay, l’ancienne douane"),
		listed("2025-05-26", "forum 2025"),
		topic("2025-06-03", "shifts", "union", "forum 2025", "Courses that fit a shift", "Those who work at night cannot attend the courses.", "Of 640 places in the first half-year 70 were taken by night shifts.", "H.2"),
		topic("2025-06-05", "scales", "port", "forum 2025", "Waste figures that ships can read", "Each port weighs in its own way.", "Five ports publish five forms of the same table.", "H.5", "H.3"),
		room("2025-06-10", "islands 2025", "council", "forum 2025", "Q2", []string{"en", "fr"}, map[string]string{"name.en": "The islands' room", "name.fr": "L’espace des îles", "how.en": "Two calls by radio and one by letter, in English and French."}),
		room("2025-06-11", "north 2025", "shore", "forum 2025", "Q11", []string{"en", "ru"}, map[string]string{"name.en": "Room of the North Shore", "name.ru": "Комната Северного берега"}),
		ranked("2025-06-24", "QM", "forum 2025", "H.1", "H.5", "scales"),
		ranked("2025-06-24", "port", "forum 2025", "scales", "H.5", "H.4"),
		ranked("2025-06-25", "kite", "forum 2025", "H.3", "scales", "H.4"),
		ranked("2025-06-26", "trust", "forum 2025", "H.1", "H.7"),
		ranked("2025-06-26", "union", "forum 2025", "shifts", "H.6", "H.2"),
		ranked("2025-06-27", "institute", "forum 2025", "shifts", "H.7", "H.3"),
		ranked("2025-06-27", "QP", "forum 2025", "H.4", "H.1"),
		priorities("2025-06-30", "council", "islands 2025", "Small harbours wait longest for a line and for a plant.", "H.1", "H.5"),
		priorities("2025-07-02", "shore", "north 2025", "Courses come first: the cranes are already changed.", "shifts", "H.2"),
		summarised("2025-07-10", "council", "islands 2025", map[string]string{"summary.en": "Nine harbours of the islands spoke. All name the line before anything else; four would share a waste plant.",
			"summary.fr": "Neuf ports des îles ont pris la parole. Tous citent la ligne avant tout le reste ; quatre partageraient une usine de déchets."}),
		summarised("2025-07-11", "shore", "north 2025", map[string]string{"summary.en": "Six harbours met at Windrose. They ask for courses at night.", "summary.ru": "Шесть портов встретились в Виндроузе. Они просят о ночных курсах."}),
		decided("2025-07-18", "forum 2025", "2025-07-17", []string{"scales", "shifts", "H.1", "H.3"},
			[]string{"Named by four groups; without one form of the table no figure on waste can be compared.", "Two groups and the North Shore ask for it.", "The first wish of the islands.", "Ships and ports have begun; what is missing is one format."},
			"Left for a year in which more is known; nothing was reported on it yet.", "Two seats wanted fewer subjects and more time for each.", map[string][]string{"seat 2": {"shifts", "H.2"}}),
		regionLine("2025-12-02", "islands plant", "council", "islands 2025", "H.5", "2026-12-31", forum.FollowOpen, map[string]string{"what.en": "A waste plant that four small harbours share", "who.en": "Amber Isles Council"}),
		regionLine("2025-12-03", "north courses", "shore", "north 2025", "H.2", "2026-06-30", forum.FollowOpen, map[string]string{"what.en": "Courses at night in three harbours", "who.en": "Ravenmere Institute of Ports"}),
		regionLine("2026-05-05", "islands plant", "council", "islands 2025", "", "", forum.FollowTaken, map[string]string{"note.en": "A site was found on Vesperine."}),
		regionLine("2026-06-22", "north courses", "shore", "north 2025", "", "", forum.FollowDone, map[string]string{"note.en": "Courses at night run in three harbours since June."}),

		cycle("2026-02-02", "forum 2026", 2026, forum.Plan{TopicsUntil: "2026-03-31", RankUntil: "2026-04-30", AgendaUntil: "2026-05-31", CallUntil: "2026-07-15", From: "2026-11-10", To: "2026-11-12"},
			"Lagoon Town, Palmarine", "Lagoon Town, Palmarine"),
		listed("2026-03-16", "forum 2026"),
		topic("2026-03-20", "grants", "trust", "forum 2026", "Small grants and who hears of them", "Small schools do not learn of grants in time.", "Of eleven grants in a year nine went to schools that had one before.", "H.1", "H.7"),
		room("2026-03-24", "islands 2026", "council", "forum 2026", "Q2", []string{"en", "fr"}, map[string]string{"name.en": "The islands' room", "name.fr": "L’espace des îles"}),
		room("2026-03-25", "north 2026", "shore", "forum 2026", "Q11", []string{"en", "ru"}, map[string]string{"name.en": "Room of the North Shore", "name.ru": "Комната Северного берега"}),
		ranked("2026-04-14", "QM", "forum 2026", "H.6", "H.4", "grants"),
		ranked("2026-04-14", "port", "forum 2026", "H.6", "H.7"),
		ranked("2026-04-15", "kite", "forum 2026", "H.6", "H.4"),
		ranked("2026-04-16", "trust", "forum 2026", "grants", "H.7"),
		ranked("2026-04-16", "union", "forum 2026", "H.6", "grants"),
		priorities("2026-04-20", "council", "islands 2026", "Grants do not reach the smallest schools.", "grants", "H.6"),
		priorities("2026-04-22", "shore", "north 2026", "Complaints have no one place.", "H.6", "H.7"),
		summarised("2026-04-27", "council", "islands 2026", map[string]string{"summary.en": "Eleven harbours spoke; grants and complaints came first.", "summary.fr": "Onze ports ont pris la parole ; les aides et les plaintes sont venues en premier."}),
		decided("2026-05-06", "forum 2026", "2026-05-05", []string{"H.6", "grants", "H.7"},
			[]string{"Three groups and both regions name it.", "The first wish of the islands, and a thing that a forum can move.", "What was tried should be told before the review of 2028."},
			"It was on the agenda of 2025; what became of it is told first.", "", nil),
	}
}
