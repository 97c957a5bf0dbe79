package forum

import (
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones are known wherever the program runs

	"kept/internal/compact/fold"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/wording"
)

// ProgrammeSet are the facts of programme.set: one day of the forum, whole; set again
// it takes the place of what stood. Times are UTC, so that they mean the same however
// rules of summer time change; the zone says how the forum's own clocks are read, and
// day is a day by them. Names of rooms are words, room.N.LANG.
type ProgrammeSet struct {
	Cycle int64  `json:"cycle"`
	Day   string `json:"day"`
	Zone  string `json:"zone"`
	Rooms int64  `json:"rooms"`
	Slots []Slot `json:"slots,omitempty"`
}

// Slot is where and when a session sits; rooms are counted from 0.
type Slot struct {
	Session int64  `json:"session"`
	Room    int64  `json:"room"`
	Starts  string `json:"starts"` // SlotTime
}

// SlotTime is how a time of the programme is written.
const SlotTime = "2006-01-02T15:04Z"

// Bounds of one day.
const (
	mostRooms = 40
	mostSlots = 300
)

var programmeWords = wording.Fields{"room": {Max: 80, Line: true, Needed: true, Many: true}}

// KnownZone tells whether a name is one of the IANA database.
func KnownZone(name string) bool {
	if name == "" || name == "Local" || len(name) > 60 {
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}

func validateProgramme(a keeper.Act, f ProgrammeSet) error {
	var es sessionFaults
	bySecretariat(a, &es.Errors)
	programmeWords.Check(a.Words, &es.Errors)
	if !day(f.Day) {
		es.AddField("day", locale.E("err.party.bad_date", "value", keeper.Line(strings.ToValidUTF8(f.Day, ""))))
	}
	if f.Rooms < 1 || f.Rooms > mostRooms {
		es.AddField("rooms", locale.E("err.programme.rooms", "max", mostRooms))
	}
	for part := range a.Words {
		if n, ok := numberOf(part, "room"); !ok || int64(n) >= f.Rooms {
			es.AddField("rooms", locale.E("err.party.unknown_word", "part", part))
		}
	}
	for n := range min(f.Rooms, mostRooms) {
		if _, ok := wordOf(a.Words, "room."+number(n)); !ok {
			es.AddField("rooms", locale.E("err.programme.room_name", "n", n+1))
		}
	}
	if len(f.Slots) > mostSlots {
		es.AddField("slots", locale.E("err.party.list_too_long", "n", len(f.Slots), "max", mostSlots))
	}
	if !KnownZone(f.Zone) { // replay never asks: times are UTC
		es.AddField("zone", locale.E("err.programme.zone", "value", keeper.Line(strings.ToValidUTF8(f.Zone, ""))))
		return es.Err()
	}
	zone, err := time.LoadLocation(f.Zone)
	if err != nil {
		return err
	}
	seen := map[int64]bool{}
	for n, slot := range f.Slots {
		at, err := time.Parse(SlotTime, slot.Starts)
		switch {
		case err != nil:
			es.AddField("slots", locale.E("err.programme.time", "n", n+1))
		case at.In(zone).Format(time.DateOnly) != f.Day:
			es.AddField("slots", locale.E("err.programme.other_day", "session", number(slot.Session), "day", f.Day))
		}
		if slot.Room < 0 || slot.Room >= f.Rooms {
			es.AddField("slots", locale.E("err.programme.room", "session", number(slot.Session)))
		}
		if seen[slot.Session] {
			es.AddField("slots", locale.E("err.programme.twice", "session", number(slot.Session)))
		}
		seen[slot.Session] = true
	}
	return es.Err()
}

// sitting is a session at its time, for finding what cannot be.
type sitting struct {
	Session
	room       int64
	from, to   time.Time
	names      []string // of its people, folded
	namesShown []string
}

// checkProgramme wants sessions that were accepted, and nobody and no room in two
// places at once.
func checkProgramme(c checking, f ProgrammeSet) error {
	cycle, err := c.openCycle(f.Cycle)
	if err != nil {
		return err
	}
	var es sessionFaults
	if f.Day < cycle.From || f.Day > cycle.To {
		es.AddField("day", locale.E("err.programme.outside", "from", cycle.From, "to", cycle.To))
	}
	if f.Day < c.today() {
		es.AddField("day", locale.E("err.programme.past", "day", f.Day))
	}
	var day []sitting
	for _, slot := range f.Slots {
		s, err := c.seated(f, slot, &es)
		if err != nil {
			return err
		}
		day = append(day, s)
	}
	clashes(day, &es)
	return es.Err()
}

// seated reads one session of a day and asks whether it may sit there.
func (c checking) seated(f ProgrammeSet, slot Slot, es *sessionFaults) (sitting, error) {
	s, err := SessionByID(c.tx, slot.Session)
	if err != nil {
		return sitting{}, placed("slots", err)
	}
	if s.Cycle != f.Cycle || s.Outcome != OutcomeAccepted || s.WithdrawnOn != "" {
		es.AddField("slots", locale.E("err.programme.not_accepted", "session", number(s.ID)))
	}
	if s.Slot != nil && s.Slot.Day != f.Day {
		es.AddField("slots", locale.E("err.programme.on_day", "session", number(s.ID), "day", s.Slot.Day))
	}
	if es.Add(c.stillHere(s)); len(es.Errors) > 0 {
		return sitting{Session: s}, nil
	}
	from, err := time.Parse(SlotTime, slot.Starts)
	if err != nil {
		return sitting{}, err
	}
	out := sitting{Session: s, room: slot.Room, from: from, to: from.Add(time.Duration(s.Minutes) * time.Minute)}
	people, err := PeopleOf(c.tx, s.Version)
	for _, p := range people {
		if p.Name != "" {
			out.names, out.namesShown = append(out.names, fold.Text(p.Name)), append(out.namesShown, p.Name)
		}
	}
	return out, err
}

// clashes finds what sits in two places at once.
func clashes(day []sitting, es *sessionFaults) {
	for i, a := range day {
		for _, b := range day[i+1:] {
			if !a.from.Before(b.to) || !b.from.Before(a.to) {
				continue
			}
			one, other := number(a.ID), number(b.ID)
			if a.room == b.room {
				es.AddField("slots", locale.E("err.programme.clash_room", "one", one, "other", other, "room", strconv.FormatInt(a.room+1, 10)))
			}
			for _, party := range a.Organisers {
				if slices.Contains(b.Organisers, party) {
					es.AddField("slots", locale.E("err.programme.clash_organiser", "one", one, "other", other, "party", number(party)))
				}
			}
			for n, name := range a.names {
				if slices.Contains(b.names, name) {
					es.AddField("slots", locale.E("err.programme.clash_person", "one", one, "other", other, "name", a.namesShown[n]))
				}
			}
		}
	}
}

// applyProgramme writes the day, and from when on a report is due: so many days after
// the day on which a session ends, as its cycle says at this entry.
func applyProgramme(tx *db.Tx, e keeper.Entry, f ProgrammeSet) error {
	err := tx.Queue(`INSERT INTO forum_programme (cycle, day, entry, set_on, zone, rooms) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (cycle, day) DO UPDATE SET entry = excluded.entry, set_on = excluded.set_on, zone = excluded.zone, rooms = excluded.rooms`,
		f.Cycle, f.Day, e.Index, e.On(), f.Zone, f.Rooms)
	if err != nil {
		return err
	}
	err = tx.Queue("UPDATE forum_session SET held_on = '', report_due = '' WHERE id IN (SELECT session FROM forum_slot WHERE cycle = ? AND day = ?)", f.Cycle, f.Day)
	if err == nil {
		err = tx.Queue("DELETE FROM forum_slot WHERE cycle = ? AND day = ?", f.Cycle, f.Day)
	}
	if err != nil {
		return err
	}
	reportDays := int64(ReportDays)
	cycle, err := CycleByID(tx, f.Cycle)
	if err != nil && !isUnknown(err) {
		return err
	}
	if err == nil {
		reportDays = cycle.ReportDays
	}
	for _, slot := range f.Slots {
		if err := applySlot(tx, f, slot, reportDays); err != nil {
			return err
		}
	}
	return touchCycle(tx, e.Index, f.Cycle, "sessions", "programme")
}

func applySlot(tx *db.Tx, f ProgrammeSet, slot Slot, reportDays int64) error {
	var minutes int64
	err := tx.Row("SELECT minutes FROM forum_session WHERE id = ?", slot.Session).Scan(&minutes)
	if _, err := none(err); err != nil {
		return err
	}
	from, err := time.Parse(SlotTime, slot.Starts)
	if err != nil {
		return err
	}
	ends := from.Add(time.Duration(minutes) * time.Minute)
	err = tx.Queue("INSERT INTO forum_slot (session, cycle, day, room, starts, ends) VALUES (?, ?, ?, ?, ?, ?)", slot.Session, f.Cycle, f.Day, slot.Room, slot.Starts, ends.Format(SlotTime))
	if err != nil {
		return err
	}
	return tx.Queue("UPDATE forum_session SET held_on = ?, report_due = ? WHERE id = ?",
		ends.Format(time.DateOnly), ends.AddDate(0, 0, int(reportDays)).Format(time.DateOnly), slot.Session)
}
