package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// The Harbour Compact is fictional. Its record is filled by this script with a
// clock of its own, so that it has a past: promises on the way, late, silent and
// kept, changed, withdrawn and joint, and one that cannot be checked. Every step carries a submission key, so
// that a start which was cut off goes on where it stopped.

// harbour is the script under way.
type harbour struct {
	ctx     context.Context
	k       *keeper.Keeper
	now     time.Time
	parties map[string]int64 // short name in the script → entry
	made    map[string]int64
	before  func(next time.Time) // called before the clock goes on; nil: nothing
}

// openHarbour makes or completes the record with the scripted clock, then opens
// it with the real one.
func (a *app) openHarbour(ctx context.Context, p place, f founding) (*instance, error) {
	h := &harbour{ctx: ctx, now: day("2025-03-14"), parties: make(map[string]int64), made: make(map[string]int64)}
	f.clock = func() time.Time { return h.now }
	i, err := a.found(ctx, p, f)
	if err != nil {
		return nil, err
	}
	h.k = i.keeper
	err = h.run()
	if err == nil {
		err = i.sign(ctx)
	}
	i.close()
	if f.resume && errors.Is(err, keeper.ErrConflict) {
		fmt.Fprintf(a.err, "%s was filled by another version of the script; it stays as it is\n", p.dir)
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("the script of the Harbour Compact: %w", err)
	}
	return a.open(ctx, p)
}

func day(date string) time.Time {
	t, _ := time.Parse("2006-01-02T15:04", date+"T09:30")
	return t.UTC()
}

// step is one dated act of the script.
type step struct {
	on string
	do func(h *harbour, key string) error
}

func (h *harbour) run() error {
	if err := h.findStates(); err != nil {
		return err
	}
	script := slices.Concat(harbourScript(), harbourReview(), harbourReport(), harbourForum())
	slices.SortStableFunc(script, func(a, b step) int { return strings.Compare(a.on, b.on) })
	for n, s := range script {
		if h.before != nil {
			h.before(day(s.on))
		}
		h.now = day(s.on)
		if err := s.do(h, "harbour/"+strconv.Itoa(n)); err != nil {
			return fmt.Errorf("step %d, %s: %w", n, s.on, err)
		}
	}
	return nil
}

// findStates looks up the sample States, which came with the adoption.
func (h *harbour) findStates() error {
	return h.k.DB().Read(h.ctx, func(tx *db.Tx) error {
		for _, area := range []string{"QM", "QN", "QP", "QQ", "QR", "QS", "QT", "QV", "QW", "QX", "QY", "QZ"} {
			id, ok, err := stakeholder.ByArea(tx, area)
			if err != nil {
				return err
			}
			if !ok {
				return fmt.Errorf("no State for the sample area %s", area)
			}
			h.parties[area] = id
		}
		return nil
	})
}

func (h *harbour) submit(key string, a keeper.Act) (int64, error) {
	out, err := h.k.Submit(h.ctx, key, a)
	if err != nil {
		return 0, err
	}
	return out[0].Index, nil
}

// party registers an organisation under a short name of the script.
func party(on, short, kind, size, area, name, purpose string) step {
	return step{on: on, do: func(h *harbour, key string) (err error) {
		facts := stakeholder.Registered{Kind: kind, Area: area, Size: size}
		words := map[string]string{"name.und": name, "purpose.en": purpose}
		h.parties[short], err = h.submit(key, keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat, Facts: facts, Words: words})
		return err
	}}
}

// endorse is a party's endorsement of the text in force.
func endorse(on, short, activity, alignment string, supports ...string) step {
	return step{on: on, do: func(h *harbour, key string) error {
		facts := stakeholder.Given{Text: "harbour-2025", Language: "en", Vision: true, Principles: true, Supports: supports,
			Activities: []stakeholder.Activity{{State: "planned", Start: on[:7]}}}
		words := map[string]string{"activities.0.title.en": activity, "alignment.en": alignment, "role.en": "Director General"}
		id, err := h.submit(key, keeper.Act{Kind: stakeholder.KindGiven, By: h.by(short), Facts: facts, Words: words})
		h.made["endorsement "+short] = id
		return err
	}}
}

func (h *harbour) by(short string) string { return strconv.FormatInt(h.parties[short], 10) }

// promise is a commitment of the script.
type promise struct {
	on, by, short string
	title, text   string
	problem, how  string
	facts         commitment.Made
	indicator     string
	source        string
	milestone     string
	more          map[string]string // further words
	partners      []string          // short names, in the order of the facts
}

func (p promise) step() step {
	return step{on: p.on, do: func(h *harbour, key string) (err error) {
		f := p.facts
		f.Lead, f.Lang = h.parties[p.by], "en"
		f.Partners = slices.Clone(f.Partners)
		for n, short := range p.partners {
			f.Partners[n].Party = h.parties[short]
		}
		words := map[string]string{"title.en": p.title, "promise.en": p.text, "problem.en": p.problem, "will_do.en": p.how, "responsible_unit.en": "Programme office"}
		if p.indicator != "" {
			words["indicators.0.name.en"], words["indicators.0.source.en"] = p.indicator, p.source
		}
		if p.milestone != "" {
			words["milestones.0.text.en"] = p.milestone
		}
		for part, text := range p.more {
			words[part] = text
		}
		h.made[p.short], err = h.submit(key, keeper.Act{Kind: commitment.KindMade, By: h.by(p.by), Facts: f, Words: words})
		return err
	}}
}

// reported is a progress report of the script: one status and one value or reason.
func reported(on, by, short, from, to, status, value, reason, narrative string) step {
	return step{on: on, do: func(h *harbour, key string) error {
		f := commitment.Reported{Commitment: h.made[short], Lang: "en", From: from, To: to, Status: status}
		if value != "" || reason != "" { // a statement of intent has no indicator
			f.Values = []commitment.Value{{Indicator: 0, Value: value, Reason: reason}}
		}
		words := map[string]string{"narrative.en": narrative}
		if value != "" {
			f.Values[0].On = to
			f.Evidence = []commitment.Evidence{{Kind: "dataset", On: to, Strength: "E2"}}
			words["evidence.0.title.en"] = "Register extract, " + to
			words["evidence.0.url.und"] = "https://register.harbour.example/" + short + "/" + to
		}
		_, err := h.submit(key, keeper.Act{Kind: commitment.KindReported, By: h.by(by), Facts: f, Words: words})
		return err
	}}
}

// amended changes a promise of the script, for a reason.
func amended(on, by, short, reason string, edit func(f *commitment.Made, words map[string]string)) step {
	return step{on: on, do: func(h *harbour, key string) error {
		v, err := h.stands(short)
		if err != nil {
			return err
		}
		f, words := v.Facts, map[string]string{"reason.en": reason}
		f.Indicators = slices.Clone(f.Indicators)
		edit(&f, words)
		_, err = h.submit(key, keeper.Act{Kind: commitment.KindAmended, By: h.by(by), Words: words,
			Facts: commitment.Amended{Commitment: v.ID, Version: v.Version, Made: f}})
		return err
	}}
}

// stands is a promise of the script as it stands.
func (h *harbour) stands(short string) (v commitment.View, err error) {
	err = h.k.DB().Read(h.ctx, func(tx *db.Tx) error {
		v, err = commitment.Get(tx, h.made[short], h.now.Format("2006-01-02"))
		return err
	})
	return v, err
}

// confirmed is a partner's own word that it takes part.
func confirmed(on, partner, short string) step {
	return step{on: on, do: func(h *harbour, key string) error {
		v, err := h.stands(short)
		if err != nil {
			return err
		}
		_, err = h.submit(key, keeper.Act{Kind: commitment.KindConfirmed, By: h.by(partner), Facts: commitment.Answered{Commitment: v.ID, Version: v.Version}})
		return err
	}}
}

// ended withdraws a promise of the script, or concludes it with an outcome.
func ended(on, by, short, outcome, reason string) step {
	return step{on: on, do: func(h *harbour, key string) error {
		kind := commitment.KindWithdrawn
		if outcome != "" {
			kind = commitment.KindConcluded
		}
		_, err := h.submit(key, keeper.Act{Kind: kind, By: h.by(by), Facts: commitment.Ended{Commitment: h.made[short], Outcome: outcome}, Words: map[string]string{"reason.en": reason}})
		return err
	}}
}

// support is a request for support or an offer of it.
func support(on, kind, by, short, title, text string, f commitment.Support) step {
	return step{on: on, do: func(h *harbour, key string) error {
		f.Party, f.Lang = h.parties[by], "en"
		if short != "" {
			f.Commitment = h.made[short]
		}
		_, err := h.submit(key, keeper.Act{Kind: kind, By: h.by(by), Facts: f, Words: map[string]string{"title.en": title, "text.en": text}})
		return err
	}}
}

// counted is an indicator of a promise with its baseline and target.
func counted(unit, baseline, baselineOn, target, targetOn, series string) []commitment.Indicator {
	return []commitment.Indicator{{Unit: unit, Direction: "up", Measure: "stock", Baseline: baseline, BaselineOn: baselineOn, Target: target,
		TargetOn: targetOn, Frequency: "half_yearly", Series: series, Primary: true}}
}

// harbourScript is the past of the Harbour Compact, in the order of its dates.
func harbourScript() []step {
	return []step{
		party("2025-03-17", "port", "local-authority", "", "QM", "Northquay Port Authority", "Runs the port of Northquay in Maravel."),
		party("2025-03-18", "kite", "private", "large", "QN", "Kite Lines", "Carries containers between the harbours of the Lantern Sea."),
		party("2025-03-20", "trust", "foundation", "", "QP", "Lagoon Schools Trust", "Helps schools of port towns to go online."),
		party("2025-03-21", "institute", "academia", "", "QR", "Ravenmere Institute of Ports", "Studies harbours and trains those who work in them."),
		party("2025-03-24", "union", "civil-society", "", "QW", "Dockers' Mutual of Windrose", "Speaks for those who work on the quays."),
		endorse("2025-03-26", "port", "Waste reception open day and night", "Waste figures are published every half-year.", "HO.2", "H.5"),
		endorse("2025-03-27", "kite", "Arrival times in the open format", "All ships send arrival times in the open format by 2027.", "H.3"),
		promise{on: "2025-03-28", by: "QM", short: "schools", title: "1,000 rural schools on open fibre",
			text:    "Maravel will connect 1,000 rural schools of its port towns with open-access fibre by the end of 2030.",
			problem: "Rural schools of the port towns share slow radio links.", how: "The State lays fibre along its roads and opens it to all carriers.",
			facts: commitment.Made{Items: []string{"H.1"}, Type: "infrastructure", Newness: "new", Condition: "conditional", Areas: []string{"QM"}, Beneficiaries: []string{"learners", "rural"},
				Indicators: counted("schools", "0", "2025-03-01", "1000", "2030-12-31", "schools-fibre"), Milestones: []commitment.Milestone{{Due: "2026-06-30"}},
				Money:       []commitment.Money{{Amount: "12000000", Currency: "USD", ValueOn: "2025-03-28", Kind: "cash", Role: "own"}},
				ReportEvery: 6, Start: "2025-04-01", End: "2030-12-31", Review: "independent"},
			indicator: "Schools with fibre", source: "Register of the telecommunications regulator, every half-year", milestone: "The trunk line to the northern harbours is open",
			more: map[string]string{"title.ar": "1000 مدرسة ريفية على ألياف مفتوحة", "title.zh": "一千所乡村学校接入开放光纤", "condition.en": "Two thirds of the route cross land of other owners; their consent is needed.",
				"risks.en": "Floods in the delta can delay the works.", "how_helps.en": "Schools get the same connection as the port."}}.step(),
		promise{on: "2025-04-01", by: "port", short: "waste", title: "80 per cent of ship waste treated at Northquay",
			text:    "Northquay Port Authority will treat 80 per cent of the waste that ships land at Northquay by the end of 2030.",
			problem: "More than half of the waste goes to an open tip.", how: "A treatment plant with two lines opens beside the eastern quay.",
			facts: commitment.Made{Items: []string{"H.5"}, Type: "infrastructure", Newness: "scaled_up", Condition: "unconditional", Areas: []string{"QM"}, Beneficiaries: []string{"everyone"},
				Indicators: counted("percent", "44", "2025-03-01", "80", "2030-12-31", "waste-treated"), Milestones: []commitment.Milestone{{Due: "2026-03-31"}},
				Money:       []commitment.Money{{Amount: "4500000", Currency: "EUR", ValueOn: "2025-04-01", Kind: "loan", Role: "mobilised"}},
				ReportEvery: 6, Start: "2025-04-01", End: "2030-12-31", Review: "independent"},
			indicator: "Share of landed ship waste that is treated", source: "Weighbridge records, published every half-year", milestone: "First line of the plant runs"}.step(),
		endorse("2025-04-02", "trust", "Fibre for island schools", "Grants go to islands first.", "HO.1", "H.1"),
		endorse("2025-04-04", "institute", "Courses for dock workers", "Courses are free for those who work on the quays.", "H.2"),
		promise{on: "2025-04-08", by: "institute", short: "training", title: "5,000 dock workers trained",
			text:    "The Ravenmere Institute will train 5,000 dock workers of six harbours in digital skills by the end of 2028.",
			problem: "Cranes and gates are run by screens that few have been taught to use.", how: "Courses of four weeks in six harbours, free for those who work on the quays.",
			facts: commitment.Made{Items: []string{"H.2"}, Type: "capacity", Newness: "new", Condition: "unconditional", Areas: []string{"QR", "QM", "QN", "QS", "QW", "QX"}, Beneficiaries: []string{"workers"},
				Indicators:  counted("people", "0", "2025-04-01", "5000", "2028-12-31", ""),
				ReportEvery: 6, Start: "2025-04-15", End: "2028-12-31", Review: "none"},
			indicator: "Dock workers who finished a course", source: "Course registers, checked by the union", milestone: ""}.step(),
		promise{on: "2025-04-15", by: "kite", short: "arrival", title: "Arrival times of all ships in the open format",
			text:    "Kite Lines will send the arrival times of all its 60 ships in the open format to every port by June 2027.",
			problem: "Ports learn of arrivals by telephone.", how: "Each ship's system is changed at its yearly stay in dock.",
			facts: commitment.Made{Items: []string{"H.3"}, Type: "data_standards", Newness: "new", Condition: "unconditional", Areas: []string{"QN"}, Beneficiaries: []string{"workers"},
				Indicators:  counted("count", "4", "2025-04-01", "60", "2027-06-30", ""),
				ReportEvery: 3, Start: "2025-04-15", End: "2027-06-30", Review: "none"},
			indicator: "Ships that send arrival times in the open format", source: "Kite Lines' fleet list", milestone: ""}.step(),
		promise{on: "2025-05-06", by: "trust", short: "islands", title: "A better Internet for island schools",
			text:    "Lagoon Schools Trust will help island schools to a better Internet.",
			problem: "Island schools are last in line.", how: "The Trust talks to carriers and gives small grants.",
			facts: commitment.Made{Items: []string{"H.1"}, Type: "advocacy", Newness: "continuing", Since: "2021", Condition: "unconditional", Areas: []string{"QP", "QV"}, Beneficiaries: []string{"learners"},
				ReportEvery: 12, Start: "2025-05-06", End: "2029-12-31", Review: "none"}}.step(),
		promise{on: "2025-05-20", by: "QT", short: "signs", title: "Harbour signs in five languages",
			text:    "Tarnholm will put up signs in five languages in its eight harbours by the end of June 2027.",
			problem: "Crews of many nations cannot read the signs on the quays.", how: "The harbour offices replace the signs quay by quay.",
			facts: commitment.Made{Items: []string{"H.2"}, Type: "programme_service", Newness: "new", Condition: "unconditional", Areas: []string{"QT"}, Beneficiaries: []string{"workers"}, Reach: "3000",
				Indicators:  counted("count", "0", "2025-05-01", "8", "2027-06-30", ""),
				ReportEvery: 6, Start: "2025-05-20", End: "2027-06-30", Review: "none"},
			indicator: "Harbours with signs in five languages", source: "Inspection by the harbour offices", milestone: ""}.step(),
		promise{on: "2025-06-03", by: "QP", short: "papers", title: "One form for all port papers",
			text:    "Palmarine will take one digital form in place of nine paper forms in all its 14 harbours by the end of 2027.",
			problem: "A call of a ship needs nine paper forms.", how: "The customs law is changed and one portal opens.",
			facts: commitment.Made{Items: []string{"H.4"}, Type: "policy_regulatory", Newness: "new", Condition: "unconditional", Areas: []string{"QP"}, Beneficiaries: []string{"small_businesses"},
				Indicators:  counted("count", "0", "2025-06-01", "14", "2027-12-31", ""),
				ReportEvery: 6, Start: "2025-06-03", End: "2027-12-31", Review: "none"},
			indicator: "Harbours that take the digital form", source: "Customs gazette", milestone: ""}.step(),
		reported("2025-07-18", "kite", "arrival", "2025-04-15", "2025-07-15", "in_progress", "7", "", "Seven ships send arrival times; two more are in dock."),
		promise{on: "2025-08-05", by: "QS", short: "radio", title: "Free radio on every quay",
			text:    "Saltmarch will open a free wireless network on all its 22 quays by the end of 2027.",
			problem: "Crews pay for each minute ashore.", how: "One network for all quays, paid from harbour dues.",
			facts: commitment.Made{Items: []string{"H.1"}, Type: "infrastructure", Newness: "new", Condition: "unconditional", Areas: []string{"QS"}, Beneficiaries: []string{"workers"},
				Indicators: counted("count", "0", "2025-08-01", "22", "2027-12-31", ""), Money: []commitment.Money{{Amount: "900000", Currency: "USD", ValueOn: "2025-08-05", Kind: "cash", Role: "own"}},
				ReportEvery: 12, Start: "2025-08-05", End: "2027-12-31", Review: "none"},
			indicator: "Quays with the network", source: "Harbour dues office", milestone: ""}.step(),
		promise{on: "2025-09-02", by: "QN", short: "tides", title: "Tides and berths of five harbours in one feed",
			text:    "Norvessa, Northquay and the Ravenmere Institute will publish tides and berths of five harbours in one open feed by the end of 2027.",
			problem: "Each harbour keeps its own tables.", how: "The institute writes the software, Northquay runs it, Norvessa pays and opens its gauges.",
			facts: commitment.Made{Items: []string{"H.3"}, Type: "data_standards", Newness: "new", Condition: "unconditional", Areas: []string{"QN", "QM"}, Beneficiaries: []string{"everyone"},
				LeadShare: "50", Partners: []commitment.Partner{{Party: 0, Share: "30"}, {Party: 1, Share: "20"}},
				Indicators: counted("count", "0", "2025-09-01", "5", "2027-12-31", ""), Money: []commitment.Money{{Amount: "600000", Currency: "USD", ValueOn: "2025-09-02", Kind: "cash", Role: "own"}},
				ReportEvery: 12, Start: "2025-09-02", End: "2027-12-31", Review: "none"},
			partners:  []string{"port", "institute"},
			indicator: "Harbours in the feed", source: "The feed itself", milestone: ""}.step(),
		confirmed("2025-09-16", "port", "tides"),
		reported("2025-10-09", "QM", "schools", "2025-04-01", "2025-09-30", "in_progress", "60", "", "Sixty schools are connected; the consent of land owners takes longer than planned."),
		reported("2025-10-14", "port", "waste", "2025-04-01", "2025-09-30", "in_progress", "47.5", "", "The first line of the plant is being built."),
		reported("2025-10-20", "institute", "training", "2025-04-15", "2025-10-14", "in_progress", "640", "", "Courses run in four of six harbours."),
		reported("2025-11-25", "QT", "signs", "2025-05-20", "2025-11-20", "in_progress", "5", "", "Five harbours are done."),
		reported("2025-12-10", "QP", "papers", "2025-06-03", "2025-12-02", "in_preparation", "", "not_started", "The customs law is before parliament."),
		reported("2026-04-08", "QM", "schools", "2025-10-01", "2026-03-31", "in_progress", "150", "", "One hundred and fifty schools are connected; the regulator's register is attached."),
		reported("2026-04-10", "port", "waste", "2025-10-01", "2026-03-31", "in_progress", "53.1", "", "The first line runs since February."),
		reported("2026-04-22", "institute", "training", "2025-10-15", "2026-04-14", "in_progress", "1510", "", "All six harbours take part."),
		reported("2026-05-12", "trust", "islands", "2025-05-06", "2026-05-05", "in_progress", "", "", "Talks with two carriers; eleven small grants."),
		ended("2026-05-20", "QS", "radio", "", "The dues of the harbours were cut by half; the network cannot be paid from them."),
		reported("2026-07-06", "QT", "signs", "2025-11-21", "2026-06-30", "completed", "8", "", "The signs stand in all eight harbours."),
		ended("2026-07-10", "QT", "signs", "achieved", "The signs stand; the harbour offices keep them up from now on."),
		amended("2026-08-18", "QM", "schools", "The flood of July destroyed forty kilometres of the trunk line in the delta.", func(f *commitment.Made, words map[string]string) {
			f.Indicators[0].Target = "800"
			words["title.en"], words["title.ar"], words["title.zh"] = "800 rural schools on open fibre", "800 مدرسة ريفية على ألياف مفتوحة", "八百所乡村学校接入开放光纤"
			words["promise.en"] = "Maravel will connect 800 rural schools of its port towns with open-access fibre by the end of 2030."
		}),
		support("2026-09-01", commitment.KindRequested, "QM", "schools", "Four million for the trunk line in the delta",
			"The flood destroyed forty kilometres of the line. Grants or soft loans would let the works go on in spring.",
			commitment.Support{Kind: "money", Items: []string{"H.1"}, Areas: []string{"QM"}, Size: "4000000", Unit: "USD", Until: "2028-08-31"}),
		support("2026-09-15", commitment.KindOffered, "trust", "", "Grants for school connections after floods",
			"The Trust gives grants of up to half a million to one State a year.",
			commitment.Support{Kind: "money", Items: []string{"H.1"}, Size: "500000", Unit: "USD", Until: "2028-12-31"}),
		{on: "2026-10-05", do: func(h *harbour, key string) error {
			_, err := h.submit(key, keeper.Act{Kind: commitment.KindExcused, By: stakeholder.Secretariat, Facts: commitment.Excused{Commitment: h.made["waste"], Until: "2027-01-31", Reason: "technical"},
				Words: map[string]string{"reason.en": "The weighbridge was struck by lightning; the new one is calibrated in December."}})
			return err
		}},
		reported("2026-10-07", "QM", "schools", "2026-04-01", "2026-09-30", "in_progress", "214", "", "Two hundred and fourteen schools; the delta was flooded in July."),
		reported("2026-10-21", "institute", "training", "2026-04-15", "2026-10-14", "in_progress", "2380", "", "Ahead of the plan."),
		{on: "2026-10-30", do: func(h *harbour, key string) error {
			_, err := h.submit(key, keeper.Act{Kind: stakeholder.KindWithdrawn, By: h.by("kite"), Facts: stakeholder.Withdrawn{Endorsement: h.made["endorsement kite"]},
				Words: map[string]string{"reason.en": "The company changes owners and reviews its public undertakings."}})
			return err
		}},
	}
}
