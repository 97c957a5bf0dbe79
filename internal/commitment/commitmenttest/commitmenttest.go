// Package commitmenttest fills a record with very many parties and commitments,
// for tests and benchmarks of lists at size.
//
// Parties, the first commitments and their reports are real acts. The rest are
// copies of the rows that Apply wrote for these, under other ids: a hundred
// thousand in seconds. [TestCopies] shows that a copy is what Apply writes.
package commitmenttest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// Made is how many commitments are made by real acts.
const Made = 2000

// step is between the ids of a commitment and of its copies.
const step = 100000

// Filler fills a record. Now is what its clock shows; Fill moves it.
type Filler struct {
	testing.TB
	Keeper *keeper.Keeper
	Pack   *compact.Pack
	Now    *time.Time
	leads  []lead
}

type lead struct {
	id   int64
	area string
}

// Fill registers parties beside the States that adopted, lets some of them make
// commitments and report, and copies these until there are as many as wanted.
func (f *Filler) Fill(parties, commitments int) {
	f.Helper()
	random := rand.New(rand.NewPCG(2025, 3))
	f.states()
	f.parties(parties-len(f.leads), random)
	f.commitments(min(commitments, Made), random)
	f.Copy(commitments/Made - 1)
}

// Make registers parties and lets them make commitments and report, all by real
// acts, for what has to replay them.
func (f *Filler) Make(parties, commitments int) {
	f.Helper()
	random := rand.New(rand.NewPCG(2025, 3))
	f.states()
	f.parties(parties-len(f.leads), random)
	var items []string
	for _, i := range f.Pack.Asking(f.Pack.InForce) {
		items = append(items, i.ID)
	}
	for first := 0; first < commitments; first += 50 {
		*f.Now = f.Now.AddDate(0, 0, 1)
		var made, reported []keeper.Act
		var by []lead
		for i := first; i < min(first+50, commitments); i++ {
			by = append(by, f.leads[random.IntN(len(f.leads))])
			made = append(made, f.commitment(by[i-first], i, items[i%len(items)], random))
		}
		for i, id := range f.submit(made...) {
			if random.IntN(3) == 0 {
				reported = append(reported, f.report(by[i], id, random))
			}
		}
		f.submit(reported...)
	}
}

// states are leads: they adopted before.
func (f *Filler) states() {
	f.read(func(tx *db.Tx) error {
		adopted, err := stakeholder.Adopters(tx, f.Pack.Adoption.Text)
		for _, a := range adopted {
			f.leads = append(f.leads, lead{a.Party, a.Area})
		}
		return err
	})
}

var kinds = []string{"private", "civil-society", "academia", "technical"}

// parties registers organisations; one in ten endorses, so that it can commit.
func (f *Filler) parties(n int, random *rand.Rand) {
	areas := f.Pack.AreaSet().All()
	for first := 0; first < n; first += 50 {
		var acts, endorsing []keeper.Act
		var at []string
		for i := first; i < min(first+50, n); i++ {
			facts := stakeholder.Registered{Kind: kinds[random.IntN(len(kinds))], Area: areas[random.IntN(len(areas))].ID}
			if facts.Kind == stakeholder.KindPrivate {
				facts.Size = stakeholder.Sizes[random.IntN(len(stakeholder.Sizes))]
			}
			at = append(at, facts.Area)
			acts = append(acts, keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat, Facts: facts,
				Words: map[string]string{"name.en": fmt.Sprintf("Party %05d for %s", i, areas[i%len(areas)].ID)}})
		}
		for i, index := range f.submit(acts...) {
			if (first+i)%10 == 0 {
				f.leads = append(f.leads, lead{index, at[i]})
				endorsing = append(endorsing, keeper.Act{Kind: stakeholder.KindGiven, By: strconv.FormatInt(index, 10), Facts: stakeholder.Given{Text: f.Pack.InForce, Language: "en",
					Vision: true, Principles: true, Supports: f.supported(first + i), Activities: []stakeholder.Activity{{State: "planned"}}}, Words: map[string]string{"activities.0.title.en": "Work", "role.en": "Director"}})
			}
		}
		f.submit(endorsing...)
	}
}

// supported are three items that an endorsement names.
func (f *Filler) supported(n int) []string {
	var items []string
	asking := f.Pack.Asking(f.Pack.InForce)
	for i := range min(3, len(asking)) {
		items = append(items, asking[(n/10+i*7)%len(asking)].ID)
	}
	slices.Sort(items)
	return slices.Compact(items)
}

// commitments are made over some years, and some of them reported on.
func (f *Filler) commitments(n int, random *rand.Rand) {
	var items []string
	for _, i := range f.Pack.Asking(f.Pack.InForce) {
		items = append(items, i.ID)
	}
	for i := range n {
		if i%20 == 0 {
			*f.Now = f.Now.AddDate(0, 0, 7)
		}
		by := f.leads[random.IntN(len(f.leads))]
		id := f.submit(f.commitment(by, i, items[i%min(len(items), 40)], random))[0]
		if random.IntN(3) == 0 {
			f.submit(f.report(by, id, random))
		}
	}
}

func (f *Filler) commitment(by lead, n int, item string, random *rand.Rand) keeper.Act {
	start := f.Now.Format("2006-01-02")
	end := f.Now.AddDate(random.IntN(4)+1, 0, random.IntN(200)).Format("2006-01-02")
	return keeper.Act{Kind: commitment.KindMade, By: strconv.FormatInt(by.id, 10), Facts: commitment.Made{Lead: by.id, Lang: "en", Items: []string{item},
		Type: commitment.Types[random.IntN(len(commitment.Types))], Newness: "new", Condition: "unconditional", Areas: []string{by.area},
		Indicators: []commitment.Indicator{{Unit: "schools", Direction: "up", Measure: "stock", Baseline: "0", BaselineOn: "2022", Target: "100", TargetOn: end, Frequency: "yearly"}},
		Money:      []commitment.Money{{Amount: strconv.Itoa(random.IntN(900)*1000 + 1), Currency: "USD", ValueOn: "2023", Kind: "cash", Role: "own"}}, ReportEvery: []int64{3, 6, 12}[random.IntN(3)],
		Start: start, End: end, Review: commitment.Reviews[random.IntN(len(commitment.Reviews))]},
		Words: map[string]string{"title.en": fmt.Sprintf("Schools on the network, part %d", n), "promise.en": "We will connect a hundred schools with open fibre by the end.",
			"problem.en": "Schools are offline.", "will_do.en": "Lay fibre.", "responsible_unit.en": "Networks", "indicators.0.name.en": "Schools connected", "indicators.0.source.en": "Own register"}}
}

func (f *Filler) report(by lead, id int64, random *rand.Rand) keeper.Act {
	from := f.Now.AddDate(0, -3, 0).Format("2006-01-02")
	to := f.Now.AddDate(0, 0, -1).Format("2006-01-02")
	return keeper.Act{Kind: commitment.KindReported, By: strconv.FormatInt(by.id, 10), Facts: commitment.Reported{Commitment: id, Lang: "en", From: from, To: to,
		Status: commitment.Statuses[random.IntN(3)+1], Values: []commitment.Value{{Indicator: 0, Value: strconv.Itoa(random.IntN(110)), On: to}}},
		Words: map[string]string{"narrative.en": "Schools were connected."}}
}

func (f *Filler) submit(acts ...keeper.Act) []int64 {
	f.Helper()
	out, err := f.Keeper.Submit(context.Background(), "", acts...)
	if err != nil {
		f.Fatal(err)
	}
	var ids []int64
	for _, r := range out {
		ids = append(ids, r.Index)
	}
	return ids
}

func (f *Filler) read(fn func(tx *db.Tx) error) {
	f.Helper()
	if err := f.Keeper.DB().Read(context.Background(), fn); err != nil {
		f.Fatal(err)
	}
}

// Moved are the columns that hold an entry of a commitment or report.
var Moved = []string{"id", "commitment", "entry", "report", "last_report", "version", "answer", "closed_by", "excused_by"}

// copied are the tables in which a commitment has rows.
var copied = []string{"commitment", "commitment_partner", "commitment_item", "commitment_area", "commitment_indicator", "commitment_milestone", "commitment_money",
	"commitment_words", "commitment_step", "report", "report_value", "derived_commitment_text"}

var columnName = regexp.MustCompile(`(?m)(?:^|,)\s*([a-z_]+) (?:BIGINT|TEXT|BLOB)`)

// Columns lists the columns of a table of the subject's schema.
func Columns(table string) []string {
	for _, s := range db.Statements(commitment.Subject().Schema) {
		if rest, ok := strings.CutPrefix(s, "CREATE TABLE "+table+" ("); ok {
			var names []string
			for _, m := range columnName.FindAllStringSubmatch(rest, -1) {
				names = append(names, m[1])
			}
			return names
		}
	}
	return nil
}

// Copy makes a number of copies of every commitment, each with new ids.
func (f *Filler) Copy(times int) {
	f.Helper()
	for n := 1; n <= times; n++ {
		err := f.Keeper.DB().Write(context.Background(), func(tx *db.Tx) error {
			for _, table := range copied {
				into, from := Columns(table), []string{}
				key := ""
				for _, c := range into {
					if !slices.Contains(Moved, c) {
						from = append(from, c)
						continue
					}
					if from = append(from, fmt.Sprintf("CASE WHEN %s > 0 THEN %s + %d ELSE 0 END", c, c, n*step)); key == "" {
						key = c
					}
				}
				_, err := tx.Exec(fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s WHERE %s < %d", table, strings.Join(into, ", "), strings.Join(from, ", "), table, key, step))
				if err != nil {
					return fmt.Errorf("%s: %w", table, err)
				}
			}
			return nil
		})
		if err != nil {
			f.Fatal(err)
		}
	}
}
