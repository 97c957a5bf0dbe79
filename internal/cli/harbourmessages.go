package cli

import (
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// handedOn is a message of a session to addressees and parties.
func handedOn(on, short, cycle, session, text string, items, addressees, parties []string) step {
	return step{on: on, do: func(h *harbour, key string) (err error) {
		f := forum.MessageIssued{Cycle: h.made[cycle], Lang: "en", Sessions: []int64{h.made[session]}, Items: items, Addressees: addressees}
		for _, p := range parties {
			f.Parties = append(f.Parties, h.parties[p])
		}
		h.made[short], err = h.submit(key, keeper.Act{Kind: forum.KindMessageIssued, By: stakeholder.Secretariat, Facts: f, Words: map[string]string{"text.en": text}})
		return err
	}}
}

// became is what a party says that it did with a message.
func became(on, short, by, state, note string) step {
	return step{on: on, do: func(h *harbour, key string) error {
		_, err := h.submit(key, keeper.Act{Kind: forum.KindMessageFollowed, By: h.by(by), Facts: forum.MessageFollowed{Message: h.made[short], State: state, On: on}, Words: map[string]string{"note.en": note}})
		return err
	}}
}

// heardOf is what a source says of a whole group of addressees.
func heardOf(on, short, addressee, state, note, source, url string) step {
	return step{on: on, do: func(h *harbour, key string) error {
		_, err := h.submit(key, keeper.Act{Kind: forum.KindMessageFollowed, By: stakeholder.Secretariat, Facts: forum.MessageFollowed{Message: h.made[short], Addressee: addressee, State: state, On: on},
			Words: map[string]string{"note.en": note, "source.en": source, "url.und": url}})
		return err
	}}
}

// broughtOut is something that came out of a forum: a page of this site, or a message.
func broughtOut(on, cycle, kind, title, about, page, message string, sessions, items, serves []string) step {
	return step{on: on, do: func(h *harbour, key string) error {
		f := forum.OutputPublished{Cycle: h.made[cycle], Lang: "en", Kind: kind, Items: items, Serves: serves}
		for _, s := range sessions {
			f.Sessions = append(f.Sessions, h.made[s])
		}
		words := map[string]string{"title.en": title, "about.en": about}
		if page != "" {
			words["page.und"] = page
		}
		if message != "" {
			f.Message = h.made[message]
		}
		_, err := h.submit(key, keeper.Act{Kind: forum.KindOutputPublished, By: stakeholder.Secretariat, Facts: f, Words: words})
		return err
	}}
}

// harbourMessages is what the forum of 2025 handed on, what became of it within a
// year, and what that of 2026 handed on.
func harbourMessages() []step {
	return []step{
		handedOn("2025-11-14", "table message", "forum 2025", "scales session", "Publish landed and treated waste by kind, in weight and in volume, in the table that was tried out.", []string{"H.5"}, []string{"port-operators"}, []string{"port"}),
		handedOn("2025-11-14", "night message", "forum 2025", "shifts session", "Offer courses at night where cranes run at night, and say who pays the lost wage.", []string{"H.2"}, []string{"states"}, []string{"institute"}),
		handedOn("2025-11-14", "format message", "forum 2025", "arrival session", "Agree on one format for arrival times before more systems are bought.", []string{"H.3"}, []string{"shipping-companies"}, []string{"kite"}),
		broughtOut("2025-11-28", "forum 2025", "map", "Who works on what", "Bodies, parties and commitments by item, as on the last day of the forum.", "/map", "", nil, []string{"H.5", "H.3"}, []string{"F2", "F3"}),
		broughtOut("2025-11-28", "forum 2025", "message", "Courses at night", "What the round table hands on.", "", "night message", []string{"shifts session"}, []string{"H.2"}, []string{"F6"}),
		{on: "2025-12-15", do: func(h *harbour, key string) error {
			_, err := h.submit(key, keeper.Act{Kind: forum.KindCycleClosed, By: stakeholder.Secretariat, Facts: forum.CycleClosed{Cycle: h.made["forum 2025"]}, Words: map[string]string{"note.en": "Forty-six people in three sessions; one report has not come."}})
			return err
		}},
		became("2026-01-19", "table message", "port", forum.TakenUp, "Northquay publishes the new table from April."),
		heardOf("2026-02-10", "night message", "states", forum.Noted, "Three States named it in their budget debates.", "Port Gazette, 9 February 2026", "https://gazette.harbour.example/2026/02/09"),
		became("2026-03-05", "night message", "institute", forum.TakenUp, "We look for teachers for three harbours."),
		became("2026-04-21", "table message", "port", forum.Done, "The first table is published."),
		became("2026-06-25", "night message", "institute", forum.Done, "Courses at night run in three harbours."),
		handedOn("2026-11-12", "form message", "forum 2026", "complaints session", "Publish one form for complaints about data and fees, and say which office answers it.", []string{"H.6"}, []string{"states", "port-operators"}, []string{"port"}),
		broughtOut("2026-11-13", "forum 2026", "visual", "What nobody works on yet", "The gaps of the items, counted.", "/gaps", "", nil, []string{"H.6", "H.7"}, []string{"F3", "F5"}),
	}
}
