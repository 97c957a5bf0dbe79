package correction

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Correction is a correction as state has it; the words are keeper.WordsOf its ID and its Answer.
type Correction struct {
	ID         int64
	About      About
	Thing      string
	Category   string
	By         string // "person", "secretariat" or "party"
	Party      int64
	ReceivedOn string
	AskedOn    string
	AnsweredOn string
	Answer     int64
	Outcome    string
	FixedBy    int64 // the act that corrects it
	Duplicate  int64 // of another correction
}

// Days is how long the answer took; ok is false while there is none.
func (c Correction) Days() (days int, ok bool) {
	if c.AnsweredOn == "" {
		return 0, false
	}
	return max(0, daysBetween(c.ReceivedOn, c.AnsweredOn)), true
}

// Waits is for how many days an open one has waited on a day.
func (c Correction) Waits(today string) int { return max(0, daysBetween(c.ReceivedOn, today)) }

func daysBetween(from, to string) int {
	a, err1 := time.Parse(time.DateOnly, from)
	b, err2 := time.Parse(time.DateOnly, to)
	if err1 != nil || err2 != nil {
		return 0
	}
	return int(b.Sub(a) / (24 * time.Hour))
}

const columns = "id, about, thing, category, made_by, party, received_on, asked_on, answered_on, answer, outcome, fixed_by, duplicate_of"

func scan(from func(...any) error) (c Correction, err error) {
	var about string
	err = from(&c.ID, &about, &c.Thing, &c.Category, &c.By, &c.Party, &c.ReceivedOn, &c.AskedOn, &c.AnsweredOn, &c.Answer, &c.Outcome, &c.FixedBy, &c.Duplicate)
	c.About = parted(about)
	return c, err
}

// Get is one correction.
func Get(tx *db.Tx, id int64) (Correction, error) {
	c, err := scan(tx.Row("SELECT "+columns+" FROM correction WHERE id = ?", id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return c, keeper.Refuse(keeper.ErrNotFound, locale.E("err.correction.unknown", "id", number(id)))
	}
	return c, err
}

// Filter narrows a list of corrections; empty fields take all.
type Filter struct {
	Thing    string // whose page shows them
	Category string
	Outcome  string // one of Outcomes, or "open"
	Year     string // in which it was received
	Oldest   bool   // the longest waiting first, else the latest
}

// List lists corrections.
func List(tx *db.Tx, f Filter) ([]Correction, error) {
	where, args := []string{"1 = 1"}, []any(nil)
	add := func(condition string, values ...any) { where, args = append(where, condition), append(args, values...) }
	if f.Thing != "" {
		add("thing = ?", f.Thing)
	}
	if f.Category != "" {
		add("category = ?", f.Category)
	}
	switch f.Outcome {
	case "":
	case "open":
		add("answered_on = ''")
	default:
		add("outcome = ?", f.Outcome)
	}
	if f.Year != "" {
		add("received_on >= ? AND received_on <= ?", f.Year+"-01-01", f.Year+"-12-31")
	}
	order := "id DESC"
	if f.Oldest {
		order = "received_on, id"
	}
	rows, err := tx.Query("SELECT "+columns+" FROM correction WHERE "+strings.Join(where, " AND ")+" ORDER BY "+order, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Correction
	for rows.Next() {
		c, err := scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

// Times are how long answers took, in days.
type Times struct {
	Asked, Answered int
	Outcomes        map[string]int
	Median          string // "12" or "12.5"; "" before the first answer
	Slowest         int
	Oldest          string // since when the oldest open one waits
}

// Year is the Times of the corrections received in a year.
type Year struct {
	Year string
	Times
}

// Tally counts corrections and response times, whole and by the year in which they were received.
func Tally(list []Correction) (Times, []Year) {
	byYear := map[string][]Correction{}
	for _, c := range list {
		byYear[c.ReceivedOn[:4]] = append(byYear[c.ReceivedOn[:4]], c)
	}
	var years []Year
	for year, those := range byYear {
		years = append(years, Year{year, timesOf(those)})
	}
	slices.SortFunc(years, func(a, b Year) int { return cmp.Compare(b.Year, a.Year) })
	return timesOf(list), years
}

func timesOf(list []Correction) Times {
	t := Times{Asked: len(list), Outcomes: map[string]int{}}
	var days []int
	for _, c := range list {
		took, ok := c.Days()
		if !ok {
			if t.Oldest == "" || c.ReceivedOn < t.Oldest {
				t.Oldest = c.ReceivedOn
			}
			continue
		}
		days = append(days, took)
		t.Outcomes[c.Outcome]++
		t.Slowest = max(t.Slowest, took)
	}
	t.Answered, t.Median = len(days), Median(days)
	return t
}

// Median is the middle of whole numbers as a decimal; "" of none.
func Median(values []int) string {
	if len(values) == 0 {
		return ""
	}
	values = slices.Sorted(slices.Values(values))
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return number(int64(values[middle]))
	}
	sum := values[middle-1] + values[middle]
	if sum%2 == 0 {
		return number(int64(sum / 2))
	}
	return number(int64(sum/2)) + ".5"
}
