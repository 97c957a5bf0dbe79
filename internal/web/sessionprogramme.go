package web

import (
	_ "embed"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"kept/internal/forum"
	"kept/internal/keeper"
)

// A programme is shown by the forum's own clock and by the reader's: she chooses a
// zone in the address, so that no script has to guess it, and the page stays the same
// for everybody who asks for the same. Calendar programs get UTC and do it themselves.

// zoneNames are offered to choose from; any name of the IANA database can be written.
//
//go:embed zones.txt
var zoneText string

var zoneNames = strings.Fields(zoneText)

// clock is a time by some clock.
type clock struct{ day, time string }

// clockOf reads a time of the programme by the clock of a zone that is known.
func clockOf(at, zone string) clock {
	t, err := time.Parse(forum.SlotTime, at)
	if err != nil {
		return clock{}
	}
	if l, err := time.LoadLocation(zone); err == nil {
		t = t.In(l)
	}
	return clock{t.Format(time.DateOnly), t.Format("15:04")}
}

// roomName is the name of a room of a day; one whose name was erased has its number.
func roomName(words map[string]string, room int64) Text {
	if name := wordsText(words, "room."+strconv.FormatInt(room, 10)); len(name) > 0 {
		return name
	}
	return message("programme.room", "n", room+1)
}

type programmeView struct {
	Run   moduleView     `json:"run"`
	Cycle int64          `json:"cycle"`
	Path  string         `json:"-"`
	Zone  string         `json:"zone"`           // of the forum
	Yours string         `json:"your,omitempty"` // zone that the address asks for
	Wrong string         `json:"unknown_zone,omitempty"`
	Zones []string       `json:"-"`
	Days  []programmeDay `json:"days"`
}

type programmeDay struct {
	Day   string         `json:"day"`
	Entry int64          `json:"entry"`
	SetOn string         `json:"set_on"`
	Slots []programmeRow `json:"slots"`
}

// programmeRow is a session at its time.
type programmeRow struct {
	Session    Link   `json:"session"`
	Organisers []Link `json:"organisers"`
	Room       Text   `json:"room"`
	Starts     string `json:"starts"`
	Ends       string `json:"ends"`
	From       string `json:"from"`
	To         string `json:"to"`
	YourDay    string `json:"your_day,omitempty"` // where it is another day by the reader's clock
	YourFrom   string `json:"your_from,omitempty"`
	YourTo     string `json:"your_to,omitempty"`
	id         int64
	format     string
}

// programme shows all days of a cycle.
func (s *Site) programme(q *request) (View, error) {
	c, err := q.cycleAsked()
	if err != nil {
		return View{}, err
	}
	asked := q.query("zone")
	v := programmeView{Run: q.module(forum.ModuleForum), Cycle: c.ID, Path: cycleHref(c.ID) + "/programme", Zones: zoneNames}
	if zone := asked.Get("zone"); zone != "" && forum.KnownZone(zone) {
		v.Yours = zone
	} else if v.Wrong = zone; zone != "" {
		v.Wrong = zone
	}
	if err := v.read(q, c.ID); err != nil {
		return View{}, err
	}
	table := &Table{Columns: []string{"day", "session", "title_en", "organisers_en", "format", "room_en", "starts_utc", "ends_utc", "zone", "from", "to"}}
	for _, d := range v.Days {
		for _, r := range d.Slots {
			var names []string
			for _, o := range r.Organisers {
				names = append(names, english(o.Text))
			}
			table.Rows = append(table.Rows, []string{d.Day, strconv.FormatInt(r.id, 10), english(r.Session.Text), strings.Join(names, "; "), r.format, english(r.Room), r.Starts, r.Ends, v.Zone, r.From, r.To})
		}
	}
	feeds := map[string]string{}
	if len(v.Days) > 0 {
		feeds["text/calendar"] = v.Path + ".ics"
	}
	return View{Page: "programme", Title: message("programme.title"), Crumbs: q.cycleCrumbs(c), Subjects: []string{"programme", "sessions", "forum", "parties"}, Data: v, Table: table,
		Feeds: feeds, Robots: filtered(asked)}, nil
}

// read fills the days with their sessions.
func (v *programmeView) read(q *request, cycle int64) error {
	days, err := forum.Programme(q.Tx, cycle)
	if err != nil {
		return err
	}
	rows, err := q.sessionsOf(days)
	if err != nil {
		return err
	}
	for _, d := range days {
		words, err := keeper.WordsOf(q.Tx, d.Entry)
		if err != nil {
			return err
		}
		day := programmeDay{Day: d.Day, Entry: d.Entry, SetOn: d.SetOn}
		v.Zone = d.Zone
		for _, slot := range d.Slots {
			one, ok := rows[slot.Session]
			if !ok {
				continue
			}
			from, to := clockOf(slot.Starts, d.Zone), clockOf(slot.Ends, d.Zone)
			row := programmeRow{Session: Link{one.Title, one.Href}, Organisers: one.Organisers, Room: roomName(words, slot.Room), Starts: slot.Starts, Ends: slot.Ends,
				From: from.time, To: to.time, id: one.ID, format: one.Format}
			if v.Yours != "" {
				yours, until := clockOf(slot.Starts, v.Yours), clockOf(slot.Ends, v.Yours)
				if row.YourFrom, row.YourTo = yours.time, until.time; yours.day != d.Day {
					row.YourDay = yours.day
				}
			}
			day.Slots = append(day.Slots, row)
		}
		v.Days = append(v.Days, day)
	}
	return nil
}

// sessionsOf reads the sessions of some days at once.
func (q *request) sessionsOf(days []forum.ProgrammeDay) (map[int64]sessionRow, error) {
	among := []int64{}
	for _, d := range days {
		for _, slot := range d.Slots {
			among = append(among, slot.Session)
		}
	}
	out := map[int64]sessionRow{}
	for some := range slices.Chunk(among, 500) {
		found, err := forum.Sessions(q.Tx, forum.SessionFilter{Among: some, Today: q.Today, Limit: 500})
		if err != nil {
			return nil, err
		}
		rows, err := sessionRows(q, found.List)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out[r.ID] = r
		}
	}
	return out, nil
}

// programmeSubjects are what a programme's calendar rests on.
var programmeSubjects = []string{"pack", "programme", "sessions", "forum", "parties", keeper.WordsSubject}

// programmeFile is the programme for calendar programs, whole or of one session.
func (s *Site) programmeFile(w http.ResponseWriter, r *http.Request) {
	s.serveCalendar(w, r, programmeSubjects, s.programmeCalendar)
}

// programmeCalendar writes the sessions as events in UTC (RFC 5545).
func (s *Site) programmeCalendar(q *request) ([]byte, error) {
	c, err := q.cycleAsked()
	if err != nil {
		return nil, err
	}
	only := int64(0)
	if text := q.query("lang", "session").Get("session"); text != "" {
		if only, err = strconv.ParseInt(text, 10, 64); err != nil {
			return nil, errNotFound(keeper.Line(text))
		}
	}
	v := programmeView{Cycle: c.ID}
	if err := v.read(q, c.ID); err != nil {
		return nil, err
	}
	origin := strings.TrimPrefix(strings.TrimPrefix(s.c.Base, "https://"), "http://")
	var f iCalendarFile
	f.line("BEGIN:VCALENDAR")
	f.line("VERSION:2.0")
	f.line("PRODID:-//Kept//" + iCalendarText(q.Pack.ID) + "//" + strings.ToUpper(string(q.in)))
	f.line("CALSCALE:GREGORIAN")
	f.line("X-WR-CALNAME:" + iCalendarText(textOf(q.cycleName(c), q.in)))
	for _, d := range v.Days {
		for _, row := range d.Slots {
			if only == 0 || row.id == only {
				f.sitting(q, origin, c.ID, d, row)
			}
		}
	}
	f.line("END:VCALENDAR")
	return []byte(f.String()), nil
}

// sitting writes one session.
func (f *iCalendarFile) sitting(q *request, origin string, cycle int64, d programmeDay, row programmeRow) {
	stamp := strings.NewReplacer("-", "", ":", "")
	id := strconv.FormatInt(row.id, 10)
	f.line("BEGIN:VEVENT")
	f.line("UID:session." + id + "." + q.Pack.ID + "@" + origin)
	f.line("DTSTAMP:" + compactDate(d.SetOn) + "T000000Z")
	f.line("DTSTART:" + stamp.Replace(strings.TrimSuffix(row.Starts, "Z")) + "00Z")
	f.line("DTEND:" + stamp.Replace(strings.TrimSuffix(row.Ends, "Z")) + "00Z")
	f.line("SUMMARY;LANGUAGE=" + string(q.in) + ":" + iCalendarText(textOf(row.Session.Text, q.in)))
	f.line("LOCATION:" + iCalendarText(textOf(row.Room, q.in)))
	f.line("URL:" + q.Site.c.Base + "/" + string(q.in) + sessionHref(cycle, row.id))
	if q.Pack.Sample {
		f.line("X-KEPT-SAMPLE:TRUE")
	}
	f.line("END:VEVENT")
}
