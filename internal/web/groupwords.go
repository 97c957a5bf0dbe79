package web

import (
	"math/big"
	"strconv"

	"kept/internal/compact"
	"kept/internal/forum"
	"kept/internal/forum/draw"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// groupRun is what the advisory group runs under, as each of its pages says.
type groupRun struct {
	On        bool   `json:"run_here"`
	Mandate   Text   `json:"mandate"`
	Mechanism Link   `json:"mechanism"`
	Note      Text   `json:"our_note,omitempty"`
	EarlierOn string `json:"proposed_on,omitempty"`
}

// groupRun finds the mechanism of the pack that an advisory group is; a compact
// whose texts never called for one has none of these pages.
func (q *request) groupRun() (groupRun, error) {
	m, on := q.Pack.Module(forum.ModuleAdvisory)
	if m == nil {
		return groupRun{}, errNotFound(q.URL.Path)
	}
	return groupRun{On: on, Mandate: mandateLine(q.Pack, m), Mechanism: Link{title(q.Pack, compact.Mechanisms, m.ID), "/mechanisms/" + m.ID},
		Note: note(q.Pack, compact.Mechanisms, m.ID), EarlierOn: earlierOn(q.Pack)}, nil
}

func groupCrumbs() []Link { return []Link{{message("group.title"), "/advisory-group"}} }

func segmentName(segment string) Text { return message("group.segment." + segment) }

func attributeName(attribute string) Text { return message("group.attribute." + attribute) }

// valueName is a value of an attribute in words.
func (q *request) valueName(attribute, value string) Text {
	switch {
	case value == forum.Unstated:
		return message("group.unstated")
	case attribute == forum.SegmentAttribute:
		return segmentName(value)
	case attribute == "region":
		return regionName(q, value)
	case attribute == "party_kind":
		return partyKind(value)
	case attribute == "company_size":
		return message("size." + value)
	}
	return message("group." + attribute + "." + value)
}

// bounds says a quota: at least, at most, exactly.
func bounds(least, most, seats int64) Text {
	switch {
	case least == most:
		return message("group.exactly", "n", least)
	case most == 0 || most >= seats:
		return message("group.at_least", "n", least)
	case least == 0:
		return message("group.at_most", "n", most)
	}
	return message("group.from_to", "min", least, "max", most)
}

// quotaView is a quota in words.
type quotaView struct {
	Attribute string `json:"attribute"`
	Value     string `json:"value"`
	Label     Text   `json:"label"`
	Min       int64  `json:"min"`
	Max       int64  `json:"max,omitempty"`
	Bounds    Text   `json:"bounds"`
	People    int    `json:"people,omitempty"` // of a pool
	Drawn     int    `json:"drawn,omitempty"`
}

func (q *request) quota(attribute, value string, least, most, seats int64) quotaView {
	label := phrase("group.attribute_value", "attribute", attributeName(attribute), "value", q.valueName(attribute, value))
	return quotaView{Attribute: attribute, Value: value, Label: label, Min: least, Max: most, Bounds: bounds(least, most, seats)}
}

// share writes tickets of all tickets as a decimal share, rounded to six places.
func share(tickets, total string) string {
	a, ok := new(big.Int).SetString(tickets, 10)
	b, ok2 := new(big.Int).SetString(total, 10)
	if !ok || !ok2 || b.Sign() == 0 {
		return ""
	}
	return new(big.Rat).SetFrac(a, b).FloatString(6)
}

// momentText is a time to the minute, in UTC.
func momentText(at string) Text {
	if len(at) < 16 {
		return same(at)
	}
	return everyLang(func(l locale.Lang) string { return l.Date(at[:10]) + " " + at[11:16] + " UTC" })
}

// sourceText says where randomness comes from.
func sourceText(s draw.Source) Text {
	if s.Chain == nil {
		return phrase("group.draw.dice", "n", s.Throws, "at", momentText(s.At))
	}
	return phrase("group.draw.beacon", "beacon", s.Chain.Beacon, "round", strconv.FormatUint(s.Round, 10), "at", momentText(s.At))
}

// personName is the name that a member agreed to, else her pseudonym.
func personName(words map[string]string, person string) Text {
	if name := wordsText(words, "name"); name != nil {
		return name
	}
	if person == "" {
		return message("group.unnamed")
	}
	return same(person)
}

// seatWords are the words of seats, by seat.
func (q *request) seatWords(seats forum.Seats) (map[int64]map[string]string, error) {
	ids := make([]int64, len(seats))
	for n, s := range seats {
		ids[n] = s.ID
	}
	return keeper.WordsOfAll(q.Tx, ids)
}
