package cli_test

import (
	"bytes"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kept/internal/forum/draw"
	"kept/internal/forum/sortition"
	"kept/record"
	"kept/record/recordtest"
)

// Round 1000 of quicknet (2023-08-23T15:59:24Z), as its relays serve it.
const round1000 = `{"round":1000,"randomness":"fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd","signature":"b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"}`

// drawWorld is a plan on disk and the record that announced it.
type drawWorld struct {
	dir, plan string
	frozen    *draw.Plan
	record    *recordtest.Record
}

func newDrawWorld(t *testing.T) *drawWorld {
	t.Helper()
	day := func(s string) time.Time {
		at, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	in := &sortition.Instance{Seats: 2,
		Categories: []sortition.Category{{Name: "side", Values: []sortition.Value{{Name: "左", Min: 1, Max: 1}, {Name: "右", Min: 1, Max: 1}}}},
		Pool:       []sortition.Person{{ID: "a", Values: []string{"左"}}, {ID: "b", Values: []string{"左"}}, {ID: "c", Values: []string{"右"}}, {ID: "d", Values: []string{"右"}}}}
	pf := &sortition.Portfolio{Method: "leximin", Panels: []sortition.Panel{{0, 2}, {1, 3}}, Weights: []*big.Int{big.NewInt(1), big.NewInt(1)}, Total: big.NewInt(2)}
	p, err := draw.New(draw.Drawn{Group: "panel"}, in, pf, 3600, []draw.Source{
		draw.Beacon(draw.Quicknet(), day("2023-08-23T15:59:24Z"), day("2023-08-24T16:00:00Z")), draw.Dice(100, day("2023-08-25T00:00:00Z"))}, []string{"1", "2"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := p.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	w := &drawWorld{dir: t.TempDir(), frozen: p, record: recordtest.New(t, "panel.example/record")}
	w.plan = w.write(t, "plan.json", b)
	for i := range 3 {
		w.enter(t, "party.registered", "2023-08-01T00:00:00Z", "secretariat", fmt.Sprintf(`{"n":%d}`, i+1))
	}
	return w
}

func (w *drawWorld) write(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// enter adds an entry and keeps its receipt as a file.
func (w *drawWorld) enter(t *testing.T, kind, at, by, facts string) string {
	t.Helper()
	d, err := w.frozen.Digest()
	if err != nil {
		t.Fatal(err)
	}
	i := w.record.Add(record.Entry{Kind: kind, At: at, By: by, Facts: []byte(strings.Replace(facts, "PLAN", d.String(), 1))}, nil)
	b, err := w.record.Receipt(i).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return w.write(t, fmt.Sprintf("receipt-%d.json", i), b)
}

func (w *drawWorld) announce(t *testing.T) string {
	return w.enter(t, draw.KindAnnounced, "2023-08-23T12:00:00Z", "secretariat", `{"plan_blob":"PLAN"}`)
}

func TestDrawRoundAndCheck(t *testing.T) {
	w := newDrawWorld(t)
	out, round := filepath.Join(w.dir, "draw.json"), w.write(t, "round.json", []byte(round1000))
	kept("draw", "round", w.plan, "--round", round, "--announced", w.announce(t), "-o", out).want(t, 0, "panel: ", "kept draw check", "announced by entry 3 of panel.example/record")
	kept("draw", "check", out).want(t, 0, "panel: ", "The randomness is genuine: holds", "round 1000 of quicknet", w.record.Key)
	kept("draw", "check", out, "--key", w.record.Key).want(t, 0, "panel: ")
	kept("draw", "check", out, "--lang", "zh").want(t, 0, "随机数真实", "成立")
	kept("draw", "check", out, "--key", recordtest.New(t, "other.example").Key).want(t, 3, "not a key that you trust", "DOES NOT HOLD")
	kept("draw", "check", out, "--chances").want(t, 0, "chance of a: 1/2 = 50.0000 %")
	type result struct {
		OK      bool
		Outcome draw.Outcome
		Panel   []string `json:"panel_now"`
		Moves   []draw.Move
		Steps   []struct{ Name, State, Message string }
	}
	r := decode[result](t, must(t, "draw", "check", out, "--json"))
	if !r.OK || len(r.Steps) != 7 || len(r.Outcome.Panel) != 2 || len(r.Outcome.Reserves) != 2 {
		t.Fatalf("%+v", r)
	}
	gone := r.Outcome.Panel[0]
	moved := decode[result](t, must(t, "draw", "check", out, "--json", "--gone", gone))
	if len(moved.Moves) != 1 || moved.Moves[0].Gone != gone || moved.Moves[0].In == "" || len(moved.Panel) != 2 {
		t.Errorf("%+v", moved)
	}
	kept("draw", "check", out, "--gone", gone).want(t, 0, gone+" leaves, "+moved.Moves[0].In+" moves up")
	kept("draw", "check", out, "--gone", "nobody").want(t, 1, "nobody is not in the pool")
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(b); i += 97 {
		changed := bytes.Clone(b)
		changed[i] ^= 1
		kept("draw", "check", w.write(t, "changed.json", changed)).want(t, 3)
	}
	kept("draw", "check", w.write(t, "edited.json", append(b, '\n'))).want(t, 3, "not in their one spelling")
	kept("draw", "check", w.plan).want(t, 3, "not in the form of a draw")
	kept("draw", "round", w.plan, "--round", round, "-o", out).want(t, 1, "exists")
}

func TestDrawWithoutARecord(t *testing.T) {
	w := newDrawWorld(t)
	out, round := filepath.Join(w.dir, "draw.json"), w.write(t, "round.json", []byte(round1000))
	kept("draw", "round", w.plan, "--round", round, "-o", out).want(t, 0, "NOT SHOWN", "panel: ")
	kept("draw", "check", out).want(t, 3, "NOT SHOWN", "nothing shows that the plan was fixed")
	kept("draw", "check", out, "--alone").want(t, 0, "NOT SHOWN", "panel: ")
}

// relayOf serves round 1000 at the address that relays have for it, or answers that it is not there.
func relayOf(t *testing.T, code int) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/"+draw.Quicknet().Hash.String()+"/public/1000" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		w.WriteHeader(code)
		fmt.Fprint(w, round1000)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestDrawFetchesItsRound(t *testing.T) {
	w := newDrawWorld(t)
	announced := w.announce(t)
	kept("draw", "round", w.plan, "--relay", "http://127.0.0.1:1", "--relay", relayOf(t, 200), "--announced", announced, "-o", filepath.Join(w.dir, "draw.json")).want(t, 0, "panel: ")
	kept("draw", "round", w.plan, "--relay", relayOf(t, 404), "-o", filepath.Join(w.dir, "no.json")).want(t, 1, "no relay has this round", "2023-08-23T15:59:24Z")
	if _, err := os.Stat(filepath.Join(w.dir, "no.json")); err == nil {
		t.Error("a draw without randomness was written")
	}
}

// The dice of the plan count when its round failed, and never by choice.
func TestDrawFallsBack(t *testing.T) {
	w := newDrawWorld(t)
	throws := w.write(t, "throws.txt", []byte(strings.Repeat("1 2 3 4 5 6 6 5 4 1\n", 10)))
	out := filepath.Join(w.dir, "draw.json")
	args := []string{"draw", "round", w.plan, "--source", "2", "--throws", throws, "-o", out}
	kept(append(args, "--relay", relayOf(t, 200))...).want(t, 1, "--source", "it decides and no other")
	args = append(args, "--relay", relayOf(t, 404), "--announced", w.announce(t))
	kept(args...).want(t, 3, "source 1 failed is not shown")
	if _, err := os.Stat(out); err == nil {
		t.Error("a draw that does not hold was written")
	}
	digits := strings.Repeat("1234566541", 10)
	for _, s := range [][3]string{{"2023-08-24T17:00:00Z", "1", `{"missing":true,"plan":"PLAN","source":1}`}, {"2023-08-24T18:00:00Z", "2", `{"missing":true,"plan":"PLAN","source":1}`},
		{"2023-08-25T10:00:00Z", "1", `{"plan":"PLAN","source":2,"throws":"` + digits + `"}`}, {"2023-08-25T10:01:00Z", "2", `{"plan":"PLAN","source":2,"throws":"` + digits + `"}`}} {
		args = append(args, "--witnessed", w.enter(t, draw.KindWitnessed, s[0], s[1], s[2]))
	}
	kept(args...).want(t, 0, "100 throws of a die", "witnessed by 2")
	kept("draw", "check", out).want(t, 0, "panel: ")
}

func TestDrawCalledWrongly(t *testing.T) {
	w := newDrawWorld(t)
	out := filepath.Join(w.dir, "x.json")
	round := w.write(t, "round.json", []byte(round1000))
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"check of nothing", []string{"check"}, 2, "the file of a draw"},
		{"check of no file", []string{"check", out}, 1, "x.json"},
		{"no file to write", []string{"round", w.plan}, 2, "--out"},
		{"a round for a plan", []string{"round", round, "-o", out}, 1, "not in the form of a draw"},
		{"no such source", []string{"round", w.plan, "--source", "3", "-o", out}, 1, "--source"},
		{"dice without throws", []string{"round", w.plan, "--source", "2", "--offline", "-o", out}, 2, "--throws"},
		{"throws for a beacon", []string{"round", w.plan, "--throws", round, "-o", out}, 1, "--throws"},
		{"dice too few", []string{"round", w.plan, "--source", "2", "--offline", "--throws", w.write(t, "few", []byte("123456")), "-o", out}, 1, "100 throws, these are 6"},
		{"a forged round", []string{"round", w.plan, "--round", w.write(t, "forged", []byte(strings.Replace(round1000, "b446", "b447", 1))), "-o", out}, 1, "not that of round 1000"},
		{"another round", []string{"round", w.plan, "--round", w.write(t, "other", []byte(strings.Replace(round1000, ":1000", ":1001", 1))), "-o", out}, 1, "this is round 1001"},
		{"a receipt that is none", []string{"round", w.plan, "--round", round, "--announced", round, "-o", out}, 1, "A receipt does not hold"},
		{"a beacon that is none", []string{"check", w.plan, "--beacon", round}, 1, "round.json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			kept(append([]string{"draw"}, c.args...)...).want(t, c.code, c.want)
		})
	}
}

// A plan is computed from two tables, frozen, drawn with and proved anew.
func TestDrawPlan(t *testing.T) {
	dir := t.TempDir()
	categories := write(t, "categories.csv", "category,feature,min,max\nside,left,1,1\nside,right,1,1\nage,young,0,2\nage,old,1,2\n")
	pool := write(t, "respondents.csv", "id,mail,side,age,firm\na,a@example.org,left,old,x\nb,b@example.org,left,young,x\nc,c@example.org,right,old,y\nd,d@example.org,right,old,x\n")
	clock := write(t, "clock", "2023-08-23T10:00:00Z")
	args := []string{"draw", "plan", categories, pool, "--seats", "2", "--affiliation", "firm", "--most", "1"}
	kept(args...).want(t, 0, "panels by leximin", "do not come into the plan: mail", "nothing was written")
	kept(append(args, "--chances", "--method", "maximin")...).want(t, 0, "chance of a: ", "maximin")
	plan := filepath.Join(dir, "plan.json")
	full := append(args, "--sample-clock", clock, "--at", "2023-08-23T15:59:24Z", "--later", "2023-08-25T12:00:00Z", "--later-fails", "2023-08-26T12:00:00Z",
		"--dice", "2023-08-27T00:00:00Z", "--witness", "12", "--witness", "34", "--segments", "side", "--group", "club", "-o", plan)
	kept(full...).want(t, 0, plan, "announce this digest")
	b := read(t, plan)
	if strings.Contains(b, "example.org") {
		t.Error("the plan holds an address of a person")
	}
	p, err := draw.ParsePlan([]byte(b))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Sources) != 3 || p.Sources[0].Round != 1000 || p.Sources[0].Fails != "2023-08-24T15:59:24Z" || len(p.Drawn.Segments) != 2 || p.Instance.MostOfGroup != 1 {
		t.Errorf("%+v %+v", p.Sources, p.Drawn)
	}
	other := filepath.Join(dir, "again.json")
	full[len(full)-1] = other
	must(t, full...)
	if read(t, other) != b {
		t.Error("the same tables gave another plan")
	}
	drawn := filepath.Join(dir, "draw.json")
	must(t, "draw", "round", plan, "--round", write(t, "round.json", round1000), "-o", drawn)
	kept("draw", "check", drawn, "--alone", "--proof").want(t, 0, "panel: ", "No chance could be raised")
	// A portfolio with which somebody could have been given more is found by the proof alone.
	p.Portfolio.Tickets[0] = p.Portfolio.Tickets[0] + "0"
	p.Portfolio.Total, p.Chances = "", nil
	worse, err := draw.New(p.Drawn, p.Instance.Question(), unequal(p), p.Lead, p.Sources, p.Witnesses)
	if err != nil {
		t.Fatal(err)
	}
	worse.Portfolio.Proof = proofIn(t, b)
	c, err := worse.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	worsePlan, worseDraw := write(t, "worse.json", string(c)), filepath.Join(dir, "worse-draw.json")
	must(t, "draw", "round", worsePlan, "--round", write(t, "round.json", round1000), "-o", worseDraw)
	kept("draw", "check", worseDraw, "--alone").want(t, 0, "panel: ")
	kept("draw", "check", worseDraw, "--alone", "--proof").want(t, 3, "DOES NOT HOLD", "proof of the portfolio")
}

// unequal is the portfolio of a plan with other tickets.
func unequal(p *draw.Plan) *sortition.Portfolio {
	pf := &sortition.Portfolio{Method: p.Portfolio.Method, Total: new(big.Int)}
	for i, panel := range p.Portfolio.Panels {
		w, _ := new(big.Int).SetString(p.Portfolio.Tickets[i], 10)
		pf.Panels, pf.Weights = append(pf.Panels, sortition.Panel(panel)), append(pf.Weights, w)
		pf.Total.Add(pf.Total, w)
	}
	return pf
}

func proofIn(t *testing.T, plan string) string {
	t.Helper()
	p, err := draw.ParsePlan([]byte(plan))
	if err != nil || p.Portfolio.Proof == "" {
		t.Fatal(err)
	}
	return p.Portfolio.Proof
}

func TestDrawPlanRefuses(t *testing.T) {
	quotas := "category,feature,min,max\nside,left,1,1\nside,right,1,1\nage,young,0,2\nage,old,1,2\n"
	people := "id,side,age\na,left,old\nb,left,young\nc,right,young\nd,right,young\n"
	good, pool := write(t, "categories.csv", quotas), write(t, "respondents.csv", people)
	at := time.Now().Add(48 * time.Hour).UTC().Format(time.RFC3339)
	out := filepath.Join(t.TempDir(), "plan.json")
	for _, c := range []struct {
		name string
		args []string
		code int
		want []string
	}{
		{"one table", []string{good}, 2, []string{"the table of categories"}},
		{"no seats", []string{good, pool}, 1, []string{"write at least one"}},
		{"another method", []string{good, pool, "--seats", "2", "--method", "dictator"}, 2, []string{"leximin, maximin or nash"}},
		{"a plan without randomness", []string{good, pool, "--seats", "2", "-o", out}, 2, []string{"--at"}},
		{"a beacon without fall-back", []string{good, pool, "--seats", "2", "--at", at, "-o", out}, 1, []string{"fall-back"}},
		{"no witnesses", []string{good, pool, "--seats", "2", "--dice", at, "-o", out}, 1, []string{"witnesses"}},
		{"a time gone by", []string{good, pool, "--seats", "2", "--at", "2023-08-23T15:59:24Z", "--dice", at, "-o", out}, 1, []string{"--at", "could not be announced in time"}},
		{"no time", []string{good, pool, "--seats", "2", "--at", "noon", "-o", out}, 2, []string{"--at is a time"}},
		{"no such beacon", []string{good, pool, "--seats", "2", "--at", at, "--beacon", out, "-o", out}, 1, []string{"plan.json"}},
		{"few throws", []string{good, pool, "--seats", "2", "--dice", at, "--throws", "20", "--witness", "1", "--witness", "2", "-o", out}, 1, []string{"20 throws"}},
		{"segments of another category", []string{good, pool, "--seats", "2", "--segments", "age", "--dice", at, "--witness", "1", "--witness", "2", "-o", out}, 1, []string{"Segments"}},
		{"a value without quota", []string{good, write(t, "respondents.csv", people+"e,middle,old\n"), "--seats", "2"}, 1, []string{"respondents.csv:6 (side)", "“middle”"}},
		{"quotas that contradict", []string{write(t, "categories.csv", strings.Replace(quotas, "old,1,2", "old,2,2", 1)), pool, "--seats", "2"}, 1,
			[]string{"No panel keeps all quotas", "categories.csv:5 (age: old)", "The least change: at least 1 in place of 2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			kept(append([]string{"draw", "plan"}, c.args...)...).want(t, c.code, c.want...)
			if _, err := os.Stat(out); err == nil {
				t.Error("a plan was written")
			}
		})
	}
}
