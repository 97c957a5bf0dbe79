package cli

import (
	"slices"
	"strconv"

	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// called opens the call for sessions of a cycle.
func called(on, short, cycle string) step {
	return step{on: on, do: func(h *harbour, key string) (err error) {
		h.made[short], err = h.submit(key, keeper.Act{Kind: forum.KindCallOpened, By: stakeholder.Secretariat,
			Facts: forum.CallOpened{Cycle: h.made[cycle], Scale: 5, Weights: []int64{40, 30, 30}, Formats: []string{"workshop", "panel", "round-table", "town-hall"}, Durations: []int64{60, 90}},
			Words: map[string]string{"criterion.0.en": "Does it answer a gap of the agenda?", "criterion.0.fr": "Répond-elle à une lacune du programme ?", "criterion.1.en": "Who is heard, and who is missing?",
				"criterion.2.en": "Will something be different afterwards?"}})
		return err
	}}
}

// sitting is a session as its organisers propose it.
type sitting struct {
	on, short, call       string
	by                    []string // the first one leads
	title, problem, serve string
	format                string
	minutes               int64
	agenda                []int64
	gaps, items, serves   []string
	people                [][4]string // name, group, area, gender; the first moderates
}

func (s sitting) step() step {
	return step{on: s.on, do: func(h *harbour, key string) (err error) {
		plan := forum.SessionPlan{Format: s.format, Minutes: s.minutes, Consent: true, Agenda: s.agenda, Gaps: s.gaps, Items: s.items, Serves: s.serves}
		for _, by := range s.by {
			plan.Organisers = append(plan.Organisers, h.parties[by])
		}
		words := map[string]string{"title.en": s.title, "problem.en": s.problem, "serving.en": s.serve}
		for n, p := range s.people {
			plan.People = append(plan.People, []string{"moderator", "speaker"}[min(n, 1)])
			at := "people." + strconv.Itoa(n) + "."
			for i, field := range []string{"name", "group", "area", "gender"} {
				if p[i] != "" {
					words[at+field+".und"] = p[i]
				}
			}
		}
		h.made[s.short], err = h.submit(key, keeper.Act{Kind: forum.KindSessionProposed, By: h.by(s.by[0]), Facts: forum.SessionProposed{Call: h.made[s.call], Lang: "en", SessionPlan: plan}, Words: words})
		return err
	}}
}

// judged are two scorers' sheets for a session.
func judged(on, short string, conflicts int64, first, second []int64, why, whyToo string) step {
	return step{on: on, do: func(h *harbour, key string) error {
		sheets, reasons := [][]int64{first, second}, []string{why, whyToo}
		forum.SortSheets(sheets, reasons)
		_, err := h.submit(key, keeper.Act{Kind: forum.KindSessionScored, By: stakeholder.Secretariat, Facts: forum.SessionScored{Session: h.made[short], Sheets: sheets, Conflicts: conflicts},
			Words: map[string]string{"reason.0.en": reasons[0], "reason.1.en": reasons[1]}})
		return err
	}}
}

func settled(on, short, outcome, reason string) step {
	return step{on: on, do: func(h *harbour, key string) error {
		_, err := h.submit(key, keeper.Act{Kind: forum.KindSessionDecided, By: stakeholder.Secretariat, Facts: forum.SessionDecided{Session: h.made[short], Outcome: outcome}, Words: map[string]string{"reason.en": reason}})
		return err
	}}
}

// programmed sets a day; each slot is a session, a room and an hour in UTC.
func programmed(on, cycle, day string, rooms []string, slots ...[3]string) step {
	return step{on: on, do: func(h *harbour, key string) error {
		f := forum.ProgrammeSet{Cycle: h.made[cycle], Day: day, Zone: "Etc/GMT+2", Rooms: int64(len(rooms))}
		words := map[string]string{}
		for n, room := range rooms {
			words["room."+strconv.Itoa(n)+".en"] = room
		}
		for _, s := range slots {
			f.Slots = append(f.Slots, forum.Slot{Session: h.made[s[0]], Room: int64(slices.Index(rooms, s[1])), Starts: day + "T" + s[2] + "Z"})
		}
		_, err := h.submit(key, keeper.Act{Kind: forum.KindProgrammeSet, By: stakeholder.Secretariat, Facts: f, Words: words})
		return err
	}}
}

// told is the report of a session.
func told(on, short, by string, present []forum.Present, few []string, issues, discussion, takeaways, next string) step {
	return step{on: on, do: func(h *harbour, key string) error {
		_, err := h.submit(key, keeper.Act{Kind: forum.KindSessionReported, By: h.by(by), Facts: forum.SessionReported{Session: h.made[short], Lang: "en", Present: present, Few: few},
			Words: map[string]string{"issues.en": issues, "discussion.en": discussion, "takeaways.en": takeaways, "next.en": next}})
		return err
	}}
}

// harbourSessions is what was proposed, held and reported in both years.
func harbourSessions() []step {
	return []step{
		called("2025-07-21", "call 2025", "forum 2025"),
		sitting{on: "2025-08-12", short: "scales session", call: "call 2025", by: []string{"port", "institute"}, title: "One table for what ships leave behind",
			problem: "Each port weighs the waste of ships in its own way and publishes its own table. A ship that calls at five ports meets five forms, and nobody can add them up.", serve: "It compares five tables and tries out one.",
			format: "workshop", minutes: 90, agenda: []int64{1}, gaps: []string{"H.5:body"}, items: []string{"H.5", "H.3"}, serves: []string{"F2", "F4"},
			people: [][4]string{{"Ilse Brandt", "local-authority", "QM", "woman"}, {"Odo Marsh", "academia", "QR", "man"}, {"Pia Lanz", "private", "QN", "woman"}}}.step(),
		sitting{on: "2025-08-14", short: "shifts session", call: "call 2025", by: []string{"union", "shore"}, title: "Courses that fit a shift",
			problem: "Those who work at night are taught last. Courses are by day, in one place, and cost a wage.", serve: "It hears those who could not attend.",
			format: "round-table", minutes: 60, agenda: []int64{2}, items: []string{"H.2"}, serves: []string{"F1", "F5"},
			people: [][4]string{{"Tomas Reed", "civil-society", "QW", "man"}, {"Ana Voss", "academia", "QR", "woman"}}}.step(),
		sitting{on: "2025-08-20", short: "arrival session", call: "call 2025", by: []string{"kite"}, title: "Arrival times that every port reads",
			problem: "Ships send arrival times in seven formats. Ports type them in by hand.", serve: "It shows what sixty ships learned.",
			format: "panel", minutes: 60, agenda: []int64{4}, gaps: []string{"H.3:money"}, items: []string{"H.3"}, serves: []string{"F3"},
			people: [][4]string{{"Lea Storm", "private", "QN", "woman"}}}.step(),
		sitting{on: "2025-09-01", short: "lines session", call: "call 2025", by: []string{"trust"}, title: "A line to the smallest islands",
			problem: "The smallest islands have no line and few votes.", serve: "It asks who pays.",
			format: "panel", minutes: 60, agenda: []int64{3}, items: []string{"H.1"}, serves: []string{"F6"},
			people: [][4]string{{"Nils Oakes", "foundation", "QP", "man"}, {"Max Bell", "foundation", "QP", "man"}}}.step(),
		judged("2025-09-18", "scales session", 0, []int64{5, 4, 4}, []int64{4, 4, 5}, "It answers the gap and brings the tables along.", "A table that is tried out is worth two that are talked about."),
		judged("2025-09-18", "shifts session", 0, []int64{5, 5, 3}, []int64{4, 5, 4}, "Those concerned speak for themselves.", "Few sessions hear the night shift."),
		judged("2025-09-18", "arrival session", 1, []int64{4, 2, 4}, []int64{3, 3, 4}, "Sixty ships are evidence; only one firm speaks.", "Useful, with one voice too few."),
		judged("2025-09-18", "lines session", 0, []int64{3, 1, 2}, []int64{3, 2, 2}, "Nobody from the smallest islands is among the speakers.", "The question is right and the answer is not prepared."),
		settled("2025-09-22", "scales session", forum.OutcomeAccepted, "It answers the first item of the agenda."),
		settled("2025-09-22", "shifts session", forum.OutcomeAccepted, "It answers the second item of the agenda."),
		settled("2025-09-22", "arrival session", forum.OutcomeAccepted, "Accepted; the organiser is asked to invite a port."),
		settled("2025-09-22", "lines session", forum.OutcomeRefused, "No speaker comes from the islands that it is about. The room of the islands takes the question up."),
		programmed("2025-10-06", "forum 2025", "2025-11-11", []string{"Great hall", "Pilots' room"}, [3]string{"scales session", "Great hall", "12:00"}, [3]string{"shifts session", "Pilots' room", "12:00"}, [3]string{"arrival session", "Great hall", "14:00"}),
		told("2025-11-20", "scales session", "port", []forum.Present{{Group: "local-authority", People: 9}, {Group: "private", People: 14}}, []string{"academia"},
			"Scales, units and what counts as treated.", "Ports would publish weight by kind; lines would rather publish volume. Two tables were filled in from the same week.", "One table with both columns was tried and holds.", "Three ports publish it from spring; others look at it in a year."),
		told("2025-11-24", "shifts session", "union", []forum.Present{{Group: "civil-society", People: 11}, {Group: "state", People: 6}}, []string{"academia", "private"},
			"Hours, wages, places.", "Those who work at night told what a course costs them. States asked who pays the lost wage.", "Courses at night in three harbours can be had with the teachers that there are.", "The institute looks for teachers; the union counts who comes."),

		called("2026-05-11", "call 2026", "forum 2026"),
		sitting{on: "2026-06-02", short: "complaints session", call: "call 2026", by: []string{"union", "port"}, title: "One door for complaints",
			problem: "Whoever has a complaint about data or fees meets four offices, none of which can decide.", serve: "It lays four ways side by side.",
			format: "town-hall", minutes: 90, agenda: []int64{1}, items: []string{"H.6"}, serves: []string{"F1", "F4"},
			people: [][4]string{{"Tomas Reed", "civil-society", "QW", "man"}, {"Ilse Brandt", "local-authority", "QM", "woman"}}}.step(),
		sitting{on: "2026-06-09", short: "grants session", call: "call 2026", by: []string{"trust", "council"}, title: "Small grants: who hears of them?",
			problem: "Grants go to schools that had one before. The smallest hear of them when the day has passed.", serve: "Three schools that never had a grant speak.",
			format: "round-table", minutes: 60, agenda: []int64{2}, gaps: []string{"H.1:money"}, items: []string{"H.1"}, serves: []string{"F5", "F6"},
			people: [][4]string{{"Nils Oakes", "foundation", "QP", "man"}, {"Mere Tui", "igo", "QV", "woman"}, {"Ro Kelp", "academia", "QX", ""}}}.step(),
		judged("2026-07-20", "complaints session", 0, []int64{5, 4, 4}, []int64{5, 5, 3}, "It answers the first item with what there is.", "Four offices in one room is new."),
		judged("2026-07-20", "grants session", 1, []int64{4, 5, 4}, []int64{4, 4, 4}, "Those whom it is about speak.", "A fair answer to last year's refusal."),
		settled("2026-07-24", "complaints session", forum.OutcomeAccepted, "It answers the first item of the agenda."),
		settled("2026-07-24", "grants session", forum.OutcomeAccepted, "It answers the second item, with speakers from the islands."),
		programmed("2026-09-28", "forum 2026", "2026-11-10", []string{"Lagoon hall", "Net loft"}, [3]string{"complaints session", "Lagoon hall", "12:00"}, [3]string{"grants session", "Net loft", "14:00"}),
		told("2026-11-17", "complaints session", "union", []forum.Present{{Group: "civil-society", People: 17}, {Group: "local-authority", People: 8}, {Group: "state", People: 5}}, []string{"private"},
			"Four doors and no handle.", "Each office told what it may decide. Nobody may decide on fees and data together.", "A common form can be had at once; a common office needs a law.", "The offices publish the form by March."),
	}
}
