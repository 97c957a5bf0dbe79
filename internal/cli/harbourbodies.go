package cli

import (
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// bodyAct is an act of a party about a body.
func bodyAct(on, short, by, kind string, facts func(h *harbour) any, words map[string]string) step {
	return step{on: on, do: func(h *harbour, key string) (err error) {
		maker := stakeholder.Secretariat
		if by != "" {
			maker = h.by(by)
		}
		h.made[short], err = h.submit(key, keeper.Act{Kind: kind, By: maker, Facts: facts(h), Words: words})
		return err
	}}
}

// harbourBodies is what the people of some bodies say of them, one of which another
// one contradicts, and what two offices of the directory tell one another.
func harbourBodies() []step {
	of := func(body string) func(*harbour) any {
		return func(*harbour) any { return forum.OfBody{Body: body} }
	}
	claim := func(short string) func(*harbour) any {
		return func(h *harbour) any { return forum.Answer{Claim: h.made[short]} }
	}
	return []step{
		bodyAct("2025-08-25", "claim HB.5", "institute", forum.KindClaimed, of("HB.5"), map[string]string{"reason.en": "The institute has run the exchange since 2021.", "url.und": "https://institute.harbour.example/exchange"}),
		bodyAct("2025-08-27", "entrusted HB.5", "", forum.KindEntrusted, claim("claim HB.5"), map[string]string{"reason.en": "Its own papers say so."}),
		bodyAct("2025-09-03", "HB.5 described", "institute", forum.KindDescribed, func(*harbour) any {
			return forum.Described{Body: "HB.5", Lang: "en", Kind: "platform", Level: "regional", Cycle: "yearly", Since: "2021", Functions: []string{"capacity", "dialogue"}, Items: []string{"H.2"}, Groups: []string{"private", "academia", "local-authority"}, Languages: []string{"en", "es"}}
		}, map[string]string{"members.en": "Whoever trains people for harbours.", "outputs.en": "A yearly list of courses.", "inputs.en": "What cranes and gates will ask of people next year.", "url.und": "https://institute.harbour.example/exchange"}),
		bodyAct("2025-09-10", "claim HB.8", "shore", forum.KindClaimed, of("HB.8"), map[string]string{"reason.en": "The conference has hosted the day three times."}),
		bodyAct("2025-09-12", "entrusted HB.8", "", forum.KindEntrusted, claim("claim HB.8"), nil),
		bodyAct("2025-09-24", "relation", "institute", forum.KindRelated, func(*harbour) any { return forum.Related{From: "HB.5", Kind: "feeds", To: "HB.8"} }, map[string]string{"reason.en": "The list of courses is shown there."}),
		bodyAct("2025-10-15", "disputed", "shore", forum.KindDisputed, func(h *harbour) any {
			return forum.Disputed{Relation: h.made["relation"], Body: "HB.8", Lang: "en"}
		}, map[string]string{"text.en": "The list was shown once, in 2023. It is no part of our programme."}),
		bodyAct("2026-03-11", "HB.5 confirmed", "institute", forum.KindConfirmed, of("HB.5"), nil),

		office("2025-10-20", "data office", "QN", forum.Regulator{Kind: "data_protection", Area: "QN", Items: []string{"H.6"}, Lang: "en"}, "Norvessa Data Office", "Watches over data of ships, crews and cargo.", "https://data.norvessa.harbour.example/"),
		office("2025-10-22", "complaints office", "union", forum.Regulator{Kind: "ombudsperson", Items: []string{"H.6"}, Lang: "en"}, "Dockers' complaints line", "Hears complaints of those who work on the quays, and counts them.", "https://line.union.harbour.example/"),
		bodyAct("2026-01-12", "question", "QN", forum.KindPracticeAsked, func(h *harbour) any {
			return forum.Practice{Regulator: h.made["data office"], Items: []string{"H.6"}, Lang: "en"}
		}, map[string]string{"title.en": "How do you count complaints about data?", "text.en": "We count letters. Others count people. Which of the two do you publish?"}),
		bodyAct("2026-01-26", "answer", "union", forum.KindPracticeAnswered, func(h *harbour) any {
			return forum.PracticeAnswered{Practice: h.made["question"], Regulator: h.made["complaints office"], Lang: "en"}
		}, map[string]string{"text.en": "Both: people once a year, and each matter once, whoever brings it."}),
		bodyAct("2026-05-18", "practice", "union", forum.KindPracticeShared, func(h *harbour) any {
			return forum.Practice{Regulator: h.made["complaints office"], Form: "guidance", Items: []string{"H.6"}, Lang: "en"}
		}, map[string]string{"title.en": "A complaint in four lines", "text.en": "Who, what, where, and what would put it right. Longer forms were not sent back.", "result.en": "Answers came back in half the time."}),
	}
}

// office enters an office of a party in the directory of regulators.
func office(on, short, by string, f forum.Regulator, name, remit, url string) step {
	return bodyAct(on, short, by, forum.KindRegulatorListed, func(*harbour) any { return f }, map[string]string{"name.en": name, "remit.en": remit, "url.und": url})
}
