package cli

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"

	"kept/internal/db"
	"kept/internal/forum"
	"kept/internal/forum/draw"
	"kept/internal/forum/sortition"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
	"kept/record"
)

// The advisory group of the sample compact. Its first draw is by dice, seen by two
// parties; the second, of half the group, by a round of a public beacon that was
// named six weeks before it came. The people are invented: nobody of them is in a
// private table, and their pseudonyms are made from their places in the list.

// throws are the hundred throws of the first draw.
const throws = "4316225143665213441523661254342615536143225164352641342516336521452461356142533164255461324163524165"

// Round 32398885 of the beacon quicknet of the League of Entropy, as it was published.
const (
	beaconRound     = 32398885
	beaconTime      = "2026-09-21T14:13:39Z"
	beaconSignature = "8f6d5ddd520329a4ce9a25db41c0552a5ac04bd56577138cbb0ec2b9326af2b8012c7dc2c5bcddc439d922c93a281d24"
)

// someone is what a quota can ask of a person in the pool of the sample.
type someone struct{ segment, gender, age, kind, size, region, group string }

// value is what the pool publishes of her; a value that no quota names is unstated.
func (p someone) value(c sortition.Category) string {
	v := map[string]string{forum.SegmentAttribute: p.segment, "gender": p.gender, "age": p.age, "party_kind": p.kind, "company_size": p.size, "region": p.region}[c.Name]
	if !slices.ContainsFunc(c.Values, func(known sortition.Value) bool { return known.Name == v }) {
		return forum.Unstated
	}
	return v
}

// crowd are the people who stood in the sample: n of them, mixed by their number.
func crowd(n int) []someone {
	pick := func(n, salt int, from ...string) string { return from[(n*7+salt*3+n/4)%len(from)] }
	var out []someone
	for i := range n {
		p := someone{segment: "state", gender: pick(i, 1, "women", "men", "women", "men", ""), age: pick(i, 2, "30_to_49", "50_to_64", "under_30"), kind: "state", region: pick(i, 3, "Q1", "Q2")}
		if i%2 == 1 {
			p.segment, p.kind, p.size = "non_state", pick(i, 4, "private", "civil-society", "academia"), pick(i, 5, "small", "large", "small")
			if p.kind != "private" {
				p.size = ""
			}
		}
		if i == 3 || i == 7 {
			p.group = "A1"
		}
		out = append(out, p)
	}
	return out
}

// pseudonym is that of a place in a pool: it looks like one that was drawn by lot.
func pseudonym(pool string, n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", pool, n))
	return "N" + base32.StdEncoding.EncodeToString(sum[:])[:7]
}

// stood publishes the pool of a call.
func stood(on, short, call string, people, received int) step {
	return computed(on, short, func(h *harbour) (act keeper.Act, err error) {
		err = h.read(func(tx *db.Tx) error {
			c, err := forum.NominationsByID(tx, h.made[call])
			if err != nil {
				return err
			}
			seats, categories, most, err := forum.CategoriesOf(tx, c, nil)
			if err != nil {
				return err
			}
			pool := forum.Pool{Version: 1, Call: c.ID, Instance: sortition.Instance{Seats: seats, Categories: categories, MostOfGroup: most}}
			for n, one := range crowd(people) {
				p := sortition.Person{ID: pseudonym(short, n), Group: one.group}
				for _, category := range categories {
					p.Values = append(p.Values, one.value(category))
				}
				pool.Instance.Pool = append(pool.Instance.Pool, p)
			}
			slices.SortFunc(pool.Instance.Pool, func(a, b sortition.Person) int { return strings.Compare(a.ID, b.ID) })
			b, err := pool.Bytes()
			act = keeper.Act{Kind: forum.KindPool, By: stakeholder.Secretariat, Blobs: [][]byte{b},
				Facts: forum.PoolPublished{Call: c.ID, Pool: record.DigestOf(b).String(), People: int64(people), Received: int64(received)}}
			return err
		})
		return act, err
	})
}

// announced freezes the plan of a draw, and has it covered by a checkpoint.
func announced(on, short, pool, place string, sources []draw.Source, witnesses ...string) step {
	s := computed(on, short, func(h *harbour) (act keeper.Act, err error) {
		var who []int64
		for _, w := range witnesses {
			who = append(who, h.parties[w])
		}
		err = h.read(func(tx *db.Tx) error {
			published, err := forum.PoolByID(tx, h.made[pool])
			if err != nil {
				return err
			}
			p, err := published.Read(tx)
			if err != nil {
				return err
			}
			portfolio, err := sortition.Leximin(h.ctx, &p.Instance, sortition.Options{})
			if err != nil {
				return err
			}
			act, _, err = forum.AnnouncementOf(published, p, portfolio, 3600, sources, who)
			return err
		})
		act.Words = map[string]string{"place.en": place}
		return act, err
	})
	return signedAfter(s)
}

// signedAfter lets the record be signed after a step, as a running program does within
// two seconds: a checkpoint of that day covers what the step entered.
func signedAfter(s step) step {
	return step{on: s.on, do: func(h *harbour, key string) error {
		if err := s.do(h, key); err != nil {
			return err
		}
		return h.k.Sign(h.ctx)
	}}
}

// saw is a witness's word on the throws.
func saw(on, by, drawing string) step {
	return signedAfter(step{on: on, do: func(h *harbour, key string) error {
		var f forum.Witnessed
		err := h.read(func(tx *db.Tx) error {
			d, err := forum.DrawByID(tx, h.made[drawing])
			if err != nil {
				return err
			}
			f.Plan, err = record.ParseDigest(d.Plan)
			return err
		})
		if err != nil {
			return err
		}
		f.Source, f.Throws = 1, throws
		_, err = h.submit(key, keeper.Act{Kind: forum.KindWitnessed, By: h.by(by), Facts: f})
		return err
	}})
}

// drew records the outcome of a draw.
func drew(on, drawing string, r draw.Randomness) step {
	return computed(on, "outcome "+drawing, func(h *harbour) (keeper.Act, error) {
		return forum.OutcomeOf(h.ctx, h.k, h.made[drawing], r)
	})
}

// order is who holds the seats of a draw now, and who waits.
func (h *harbour) order(drawing string) (o *forum.SeatOrder, err error) {
	err = h.read(func(tx *db.Tx) error {
		d, err := forum.DrawByID(tx, h.made[drawing])
		if err == nil {
			o, err = forum.OrderOf(tx, d)
		}
		return err
	})
	return o, err
}

// seated lets whoever is next in a draw take her seat, with her name where she agreed.
func seated(on, short, drawing, name, role string) step {
	return computed(on, short, func(h *harbour) (keeper.Act, error) {
		o, err := h.order(drawing)
		if err != nil {
			return keeper.Act{}, err
		}
		at := slices.IndexFunc(o.Places, func(p forum.SeatPlace) bool { return p.Seat == 0 })
		if at < 0 {
			return keeper.Act{}, fmt.Errorf("%s: no seat is left in %s", short, drawing)
		}
		words := map[string]string{"name.und": name, "role.en": role}
		if name == "" {
			words = nil
		}
		return keeper.Act{Kind: forum.KindTaken, By: stakeholder.Secretariat, Facts: o.Places[at].Taken(o.Draw.ID), Words: words}, nil
	})
}

// refused is somebody who was drawn and will not sit.
func refused(on, drawing string) step {
	return computed(on, "declined "+drawing, func(h *harbour) (keeper.Act, error) {
		o, err := h.order(drawing)
		if err != nil {
			return keeper.Act{}, err
		}
		at := slices.IndexFunc(o.Places, func(p forum.SeatPlace) bool { return p.Seat == 0 })
		return keeper.Act{Kind: forum.KindSeatDeclined, By: stakeholder.Secretariat, Facts: forum.Declined{Draw: o.Draw.ID, Person: o.Places[at].Person}}, nil
	})
}

// appointed fills a seat that is not drawn.
func appointed(on, short, by, from, until, name, role string) step {
	return step{on: on, do: func(h *harbour, key string) (err error) {
		h.made[short], err = h.submit(key, keeper.Act{Kind: forum.KindTaken, By: stakeholder.Secretariat, Facts: forum.Taken{Segment: "igo", Party: h.parties[by], From: from, Until: until},
			Words: map[string]string{"name.und": name, "role.en": role}})
		return err
	}}
}

// opened calls for nominations for the drawn seats that are free when the term begins.
func opened(on, short, until, from string) step {
	return computed(on, short, func(h *harbour) (keeper.Act, error) {
		f := forum.Nominations{Terms: h.made["group terms"], Until: until, TermFrom: from}
		err := h.read(func(tx *db.Tx) error {
			terms, err := forum.TermsInForce(tx)
			if err != nil {
				return err
			}
			sitting, err := forum.SittingOn(tx, from)
			for _, s := range terms.Segments {
				free := s.Seats
				for _, seat := range sitting {
					if seat.Segment == s.Segment {
						free--
					}
				}
				if s.Filled == forum.Drawn && free > 0 {
					f.Seats = append(f.Seats, forum.Open{Segment: s.Segment, Seats: free})
				}
			}
			return err
		})
		return keeper.Act{Kind: forum.KindNominations, By: stakeholder.Secretariat, Facts: f, Words: map[string]string{
			"criteria.en": "Whoever knows a harbour from inside: as an official, a pilot, a docker, a trader, a teacher. No office of a party may be held.",
			"criteria.fr": "Quiconque connaît un port de l’intérieur : comme agent public, pilote, docker, commerçant, enseignant. Aucune fonction dans un parti.",
			"how.en":      "By the form of this site, by yourself or by others. Travel is paid."}}, err
	})
}

// harbourGroup is the advisory group from its terms of reference to its first turnover.
func harbourGroup() []step {
	dice, _ := time.Parse(time.RFC3339, "2025-06-12T12:00:00Z")
	round, _ := time.Parse(time.RFC3339, beaconTime)
	return []step{
		secretary("2025-04-22", "group terms", forum.KindConstituted, forum.Constituted{From: "2025-07-01",
			Segments: []forum.Segment{{Segment: "state", Seats: 3, Filled: forum.Drawn}, {Segment: "non_state", Seats: 3, Filled: forum.Drawn}, {Segment: "igo", Seats: 2, Filled: forum.Appointed}},
			Quotas:   []forum.Quota{{Attribute: "gender", Value: "women", Min: 2, Max: 4}, {Attribute: "age", Value: "under_30", Min: 1}, {Attribute: "company_size", Value: "small", Min: 1}, {Attribute: "region", Value: "Q2", Min: 2}},
			Term:     24, First: 15, MostTerms: 2, MostOfOne: 1, Conflict: "abstains"},
			map[string]string{"terms.en": "The group prepares the agenda of the forum from the gaps and from what parties and regions rank. It decides with reasons, and says who disagreed. It negotiates nothing.",
				"terms.fr": "Le groupe prépare le programme du forum à partir des lacunes et de ce que les parties et les régions classent. Il décide en donnant ses raisons et dit qui n’était pas d’accord. Il ne négocie rien."}),
		opened("2025-04-23", "call for seats 2025", "2025-05-25", "2025-07-01"),
		stood("2025-05-28", "pool 2025", "call for seats 2025", 24, 29),
		announced("2025-05-29", "draw 2025", "pool 2025", "The old customs house at Northquay, doors open", []draw.Source{draw.Dice(len(throws), dice)}, "union", "institute", "council"),
		saw("2025-06-13", "union", "draw 2025"),
		saw("2025-06-13", "institute", "draw 2025"),
		drew("2025-06-14", "draw 2025", draw.Randomness{Source: 1, Throws: throws}),
		refused("2025-06-16", "draw 2025"),
		seated("2025-06-17", "seat 1", "draw 2025", "Marin Holt", "Ship broker"),
		seated("2025-06-17", "seat 2", "draw 2025", "Sade Quill", "Teaches at a State school for cranes"),
		seated("2025-06-18", "seat 3", "draw 2025", "", ""),
		seated("2025-06-18", "seat 4", "draw 2025", "Yara Flint", "Customs officer"),
		seated("2025-06-19", "seat 5", "draw 2025", "Bo Lindqvist", "Ship chandler"),
		seated("2025-06-20", "seat 6", "draw 2025", "Inés Caro", "Pilot in public service"),
		appointed("2025-06-23", "seat 7", "council", "2025-07-01", "2027-06-30", "Mere Tui", "For the island harbours"),
		appointed("2025-06-23", "seat 8", "shore", "2025-07-01", "2027-06-30", "Arne Falk", "For the northern harbours"),
		{on: "2025-07-14", do: func(h *harbour, key string) error {
			_, err := h.submit(key, keeper.Act{Kind: forum.KindConflict, By: stakeholder.Secretariat, Facts: forum.ConflictDeclared{Seat: h.made["seat 2"], Item: "H.2"}, Words: map[string]string{"text.en": "Teaches in the courses that are spoken of."}})
			return err
		}},
		{on: "2026-01-20", do: func(h *harbour, key string) error {
			_, err := h.submit(key, keeper.Act{Kind: forum.KindVacated, By: stakeholder.Secretariat, Facts: forum.Vacated{Seat: h.made["seat 1"], On: "2026-02-01", Reason: "moved"}, Words: map[string]string{"note.en": "Took an office in a ministry."}})
			return err
		}},
		seated("2026-01-27", "seat 9", "draw 2025", "Ruth Amsel", "Teacher of navigation"),
		opened("2026-06-15", "call for seats 2026", "2026-07-31", "2026-10-01"),
		stood("2026-08-04", "pool 2026", "call for seats 2026", 30, 33),
		announced("2026-08-10", "draw 2026", "pool 2026", "If the beacon fails: the old customs house at Northquay, doors open",
			[]draw.Source{draw.Beacon(draw.Quicknet(), round, round.Add(6*time.Hour)), draw.Dice(100, round.Add(48*time.Hour))}, "union", "institute", "council"),
		drew("2026-09-22", "draw 2026", draw.Randomness{Source: 1, Round: beaconRound, Signature: beaconSignature}),
		seated("2026-09-24", "seat 10", "draw 2026", "Olu Brandt", "Boat builder"),
		seated("2026-09-24", "seat 11", "draw 2026", "", ""),
		seated("2026-09-25", "seat 12", "draw 2026", "Kei Marlow", "Inspector of harbours"),
	}
}
