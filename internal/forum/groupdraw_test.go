package forum_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/big"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kept/compacts"
	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/compact/compacttest"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/forum"
	"kept/internal/forum/draw"
	"kept/internal/forum/sortition"
	"kept/internal/keeper"
	"kept/internal/observatory"
	"kept/internal/stakeholder"
	"kept/record"
)

// A published round of quicknet: these tests draw with it, on the day on which it came.
const (
	roundNumber    = 32398885
	roundTime      = "2026-09-21T14:13:39Z"
	roundSignature = "8f6d5ddd520329a4ce9a25db41c0552a5ac04bd56577138cbb0ec2b9326af2b8012c7dc2c5bcddc439d922c93a281d24"
)

var throws = strings.Repeat("16253444361522", 8)[:100]

// urn is a world whose record is signed, with a call that has closed and twelve
// people who are eligible.
type urn struct {
	*world
	terms, call, pool, draw int64
	tokens                  map[string]string // nominee → link
	plan                    *draw.Plan
}

func newUrn(t *testing.T, store *db.DB) *urn {
	u := &urn{world: &world{Site: &compacttest.Site{TB: t, Now: time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)}, given: map[int64]int64{}}, tokens: map[string]string{}}
	key, err := keeper.CreateKey(filepath.Join(t.TempDir(), "record.key"), "harbour.example/record")
	must(t, err)
	u.Keeper, err = keeper.Open(context.Background(), keeper.Options{DB: store, Key: key, Lock: keeper.FileLock{Path: filepath.Join(t.TempDir(), "lock")},
		Subjects: []keeper.Subject{compact.Subject(), stakeholder.Subject(), observatory.Subject(), commitment.Subject(), correction.Subject(), forum.Subject()},
		Clock:    func() time.Time { return u.Now }, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	t.Cleanup(u.Keeper.Close)
	b, err := compact.Canonical(compacts.Harbour())
	must(t, err)
	u.Pack, err = compact.FromCanonical(b)
	must(t, err)
	u.Submit(compact.AdoptPack(u.Pack, b, "2026-01-01"))
	u.kite = u.party(stakeholder.Registered{Kind: "private", Size: "large", Area: "QN"}, "Kite Telecom")
	u.gull = u.party(stakeholder.Registered{Kind: "private", Size: "small", Area: "QP"}, "Gull Lines")
	u.guild = u.party(stakeholder.Registered{Kind: "civil-society", Area: "QX"}, "Pilots' Guild")
	must(t, forum.Prepare(context.Background(), store))
	u.terms = u.Submit(terms())
	u.call = u.Submit(with(call(u.terms), func(f *forum.Nominations, _ map[string]string) { f.TermFrom = "2026-10-01" }))
	for n := range 12 {
		u.nominate(n)
	}
	u.at("2026-05-02")
	return u
}

// nominate enters a person who agreed and is eligible.
func (u *urn) nominate(n int) {
	u.Helper()
	who := nominated(u.call, fmt.Sprint("Sailor Number ", n), []string{"state", "non_state"}[n%2])
	if n%3 == 0 {
		who.Profile.Gender = "men"
	}
	if n%4 < 2 {
		who.Profile.Age = "under_30"
	}
	if n < 2 {
		who.Profile.Affiliation = "Salt & Tar"
	}
	if n == 5 {
		who.Profile.Withheld = []string{"age"}
	}
	must(u, u.private(func(tx *db.Tx) error {
		_, token, err := forum.Nominate(tx, u.Now, who)
		if err != nil {
			return err
		}
		u.tokens[who.Name] = token
		got, err := forum.NomineeByLink(tx, token)
		if err != nil {
			return err
		}
		if err := forum.Amend(tx, u.Now, got, true); err != nil {
			return err
		}
		terms, err := forum.TermsInForce(tx)
		if err != nil {
			return err
		}
		return forum.Decide(tx, u.Now, got, true, "", "", terms)
	}))
}

// poolAct is the pool of the call, with who stands behind it kept first.
func (u *urn) poolAct() keeper.Act {
	u.Helper()
	var act keeper.Act
	must(u, u.private(func(tx *db.Tx) error {
		c, err := forum.NominationsByID(tx, u.call)
		if err != nil {
			return err
		}
		var of map[string]string
		if act, of, err = forum.PoolAct(tx, u.Pack, c, nil, nil); err != nil {
			return err
		}
		return forum.Assign(tx, record.DigestOf(act.Blobs[0]), of)
	}))
	return act
}

// portfolio is every feasible panel with one ticket each: what is drawn is not what is tested here.
func portfolio(in *sortition.Instance) *sortition.Portfolio {
	pf := &sortition.Portfolio{Method: "uniform/1", Total: new(big.Int)}
	var grow func(panel []int32, from int)
	grow = func(panel []int32, from int) {
		if len(panel) == in.Seats {
			if feasible(in, panel) {
				pf.Panels, pf.Weights = append(pf.Panels, slices.Clone(panel)), append(pf.Weights, big.NewInt(1))
			}
			return
		}
		for i := from; i < len(in.Pool); i++ {
			grow(append(panel, int32(i)), i+1)
		}
	}
	grow(nil, 0)
	pf.Total.SetInt64(int64(len(pf.Panels)))
	return pf
}

func feasible(in *sortition.Instance, panel []int32) bool {
	groups := map[string]int{}
	for n, c := range in.Categories {
		for _, v := range c.Values {
			has := 0
			for _, i := range panel {
				if in.Pool[i].Values[n] == v.Name {
					has++
				}
			}
			if has < v.Min || has > v.Max {
				return false
			}
		}
	}
	for _, i := range panel {
		if g := in.Pool[i].Group; g != "" {
			if groups[g]++; in.MostOfGroup > 0 && groups[g] > in.MostOfGroup {
				return false
			}
		}
	}
	return true
}

// publish puts the pool into the record.
func (u *urn) publish() {
	u.Helper()
	u.pool = u.Submit(u.poolAct())
}

// announcement freezes a plan for the pool, with a beacon first and dice as the fall-back.
func (u *urn) announcement() keeper.Act {
	u.Helper()
	var act keeper.Act
	u.Read(func(tx *db.Tx) error {
		published, err := forum.PoolByID(tx, u.pool)
		if err != nil {
			return err
		}
		pool, err := published.Read(tx)
		if err != nil {
			return err
		}
		round, _ := time.Parse(time.RFC3339, roundTime)
		sources := []draw.Source{draw.Beacon(draw.Quicknet(), round, round.Add(6*time.Hour)), draw.Dice(100, round.Add(48*time.Hour))}
		act, u.plan, err = forum.AnnouncementOf(published, pool, portfolio(&pool.Instance), 3600, sources, []int64{u.kite, u.gull, u.guild})
		return err
	})
	return act
}

func (u *urn) announce() {
	u.Helper()
	u.draw = u.Submit(u.announcement())
	must(u, u.Keeper.Sign(context.Background()))
}

// made is the act that records what randomness drew.
func (u *urn) made(r draw.Randomness) keeper.Act {
	u.Helper()
	act, err := forum.OutcomeOf(context.Background(), u.Keeper, u.draw, r)
	must(u, err)
	return act
}

func (u *urn) beacon() draw.Randomness {
	return draw.Randomness{Source: 1, Round: roundNumber, Signature: roundSignature}
}

// drawn brings a world to the morning after its draw.
func drawn(t *testing.T, store *db.DB) *urn {
	u := newUrn(t, store)
	u.publish()
	u.at("2026-06-01")
	u.announce()
	u.at("2026-09-22")
	u.Submit(u.made(u.beacon()))
	return u
}

func TestPoolIsPublished(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		u := newUrn(t, store())
		act := u.poolAct()
		for _, name := range []string{"Sailor", "Salt", `"QM"`, "At sea"} { // a pseudonym may hold QM by chance
			if strings.Contains(string(act.Blobs[0]), name) {
				t.Errorf("the pool holds %q", name)
			}
		}
		pool, err := forum.ParsePool(act.Blobs[0])
		must(t, err)
		groups, unstated := 0, 0
		for _, p := range pool.Instance.Pool {
			if p.Group == "A1" {
				groups++
			}
			if p.Values[2] == forum.Unstated {
				unstated++
			}
		}
		if len(pool.Instance.Pool) != 12 || groups != 2 || unstated != 7 {
			t.Errorf("%d people, %d of one affiliation, %d whose age no quota names or who withhold it; want 12, 2, 7", len(pool.Instance.Pool), groups, unstated)
		}
		changed := func(change func(p *forum.Pool)) keeper.Act {
			p, err := forum.ParsePool(act.Blobs[0])
			must(t, err)
			change(p)
			b, err := p.Bytes()
			must(t, err)
			return with(keeper.Act{Kind: act.Kind, By: act.By, Facts: act.Facts, Blobs: [][]byte{b}}, func(f *forum.PoolPublished, _ map[string]string) {
				f.Pool, f.People = record.DigestOf(b).String(), int64(len(p.Instance.Pool))
			})
		}
		u.refuses(t, []refusal{
			{"another blob", "pool", "err.group.pool_broken", nil, with(act, func(f *forum.PoolPublished, _ map[string]string) { f.Pool = record.DigestOf([]byte("x")).String() })},
			{"other quotas", "pool", "err.group.other_quotas", nil, changed(func(p *forum.Pool) { p.Instance.Categories[1].Values[0].Min = 0 })},
			{"a name for a pseudonym", "pool", "err.group.pseudonym", nil, changed(func(p *forum.Pool) { p.Instance.Pool[0].ID = "Anne Keel" })},
			{"fewer people than seats", "", "err.draw.question.small_pool", nil, changed(func(p *forum.Pool) { p.Instance.Pool = p.Instance.Pool[:5] })},
			{"a value that no quota has", "pool 1", "err.draw.question.unknown_value", nil, changed(func(p *forum.Pool) { p.Instance.Pool[0].Values[1] = "x" })},
			{"a wrong number", "people", "err.group.people", nil, with(act, func(f *forum.PoolPublished, _ map[string]string) { f.People = 11 })},
			{"a quota relaxed without a reason", "reason", "err.group.relaxed_why", nil, with(act, func(f *forum.PoolPublished, _ map[string]string) {
				f.Relaxed = []forum.Relaxed{{Category: "gender", Value: "women", Side: "min", From: 2, To: 1}}
			})},
			{"a quota relaxed that stands elsewhere", "relaxed", "err.group.relaxed", nil, with(act, func(f *forum.PoolPublished, words map[string]string) {
				f.Relaxed, words["reason.en"] = []forum.Relaxed{{Category: "gender", Value: "women", Side: "min", From: 3, To: 1}}, "Few women."
			})},
		})
		u.at("2026-04-30")
		u.refuses(t, []refusal{{"while nominations are taken", "call", "err.group.still_open", keeper.ErrForbidden, act}})
		u.at("2026-05-02")
		u.pool = u.Submit(act)
		u.refuses(t, []refusal{{"twice", "call", "err.group.pool_there", keeper.ErrConflict, act}})
		u.Read(func(tx *db.Tx) error {
			n, err := forum.NomineeByLink(tx, u.tokens["Sailor Number 3"])
			if n.Pool != u.pool || !slices.ContainsFunc(pool.Instance.Pool, func(p sortition.Person) bool { return p.ID == n.Person }) {
				t.Errorf("she does not find herself: got %+v", n)
			}
			return err
		})
		u.Replay()
	})
}

func TestDrawIsAnnouncedAndMade(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		u := newUrn(t, store())
		u.publish()
		u.at("2026-06-01")
		announcement := u.announcement()
		u.at("2026-09-21")
		u.Now = u.Now.Add(100 * time.Minute)
		u.refuses(t, []refusal{{"half an hour before the round", "at", "err.group.too_soon", nil, announcement}})
		u.at("2026-06-01")
		stranger := *u.plan
		stranger.Instance.Pool = slices.Clone(stranger.Instance.Pool)
		stranger.Instance.Pool[0].ID = "NAAAAAAA"
		b, err := stranger.Canonical()
		must(t, err)
		u.refuses(t, []refusal{
			{"another pool", "plan", "err.group.other_pool", nil, with(keeper.Act{Kind: announcement.Kind, By: announcement.By, Facts: announcement.Facts, Blobs: [][]byte{b}},
				func(f *forum.Announced, _ map[string]string) { f.Plan = record.DigestOf(b) })},
			{"another blob", "plan", "err.group.blob", nil, with(announcement, func(f *forum.Announced, _ map[string]string) { f.Plan = record.DigestOf([]byte("x")) })},
			{"an unknown pool", "pool", "err.group.no_pool", keeper.ErrNotFound, with(announcement, func(f *forum.Announced, _ map[string]string) { f.Pool = u.call })},
		})
		u.draw = u.Submit(announcement)
		u.refuses(t, []refusal{{"a second draw out of one pool", "pool", "err.group.drawn_twice", keeper.ErrConflict, announcement}})
		if _, err := forum.OutcomeOf(context.Background(), u.Keeper, u.draw, u.beacon()); err == nil {
			t.Error("an outcome without a checkpoint")
		}
		must(t, u.Keeper.Sign(context.Background()))
		early := u.made(u.beacon())
		u.refuses(t, []refusal{{"before the round exists", "file", "err.group.before_round", nil, early}})
		u.at("2026-09-22")
		if _, err := forum.OutcomeOf(context.Background(), u.Keeper, u.draw, draw.Randomness{Source: 1, Round: roundNumber + 1, Signature: roundSignature}); faults(err)[""] != "err.draw.round" {
			t.Errorf("another round: got %v", err)
		}
		forged := u.beacon()
		forged.Signature = "a" + forged.Signature[1:]
		if _, err := forum.OutcomeOf(context.Background(), u.Keeper, u.draw, forged); faults(err)[""] != "err.draw.forged" {
			t.Errorf("a forged round: got %v", err)
		}
		act := u.made(u.beacon())
		broken := with(keeper.Act{Kind: act.Kind, By: act.By, Facts: act.Facts, Blobs: [][]byte{slices.Concat(act.Blobs[0][:len(act.Blobs[0])-2], []byte("} "))}}, func(f *forum.Made, _ map[string]string) {})
		broken = with(broken, func(f *forum.Made, _ map[string]string) { f.File = record.DigestOf(broken.Blobs[0]) })
		if _, err := u.try(broken); err == nil {
			t.Error("a file with a changed byte was taken")
		}
		made := u.Submit(act)
		u.refuses(t, []refusal{{"twice", "draw", "err.group.made", keeper.ErrConflict, act}})
		u.Read(func(tx *db.Tx) error {
			d, err := forum.DrawByID(tx, u.draw)
			if d.Made != made || d.MadeOn != "2026-09-22" {
				t.Errorf("the draw: got %+v", d)
			}
			return err
		})
		u.Replay()
	})
}

// Nobody can know that a plan came first which no checkpoint covered in time.
func TestPlanWasNotCovered(t *testing.T) {
	u := newUrn(t, dbtest.SQLite(t))
	u.publish()
	u.at("2026-06-01")
	u.draw = u.Submit(u.announcement())
	u.at("2026-09-22")
	must(t, u.Keeper.Sign(context.Background()))
	u.refuses(t, []refusal{{"signed after the round", "file", "err.group.uncovered", nil, u.made(u.beacon())}})
}

// Where the round does not come, two witnesses say so, and two saw the dice.
func TestDiceAreWitnessed(t *testing.T) {
	u := newUrn(t, dbtest.SQLite(t))
	u.publish()
	u.at("2026-06-01")
	u.announce()
	digest, err := u.plan.Digest()
	must(t, err)
	missing := func(party int64) keeper.Act {
		return keeper.Act{Kind: forum.KindWitnessed, By: id(party), Facts: forum.Witnessed{Plan: digest, Source: 1, Missing: true}}
	}
	saw := func(party int64, throws string) keeper.Act {
		return keeper.Act{Kind: forum.KindWitnessed, By: id(party), Facts: forum.Witnessed{Plan: digest, Source: 2, Throws: throws}}
	}
	u.refuses(t, []refusal{
		{"before the round could fail", "source", "err.group.not_failed_yet", nil, missing(u.kite)},
		{"before the dice", "throws", "err.group.thrown_early", nil, saw(u.kite, throws)},
		{"of no plan", "plan", "err.group.no_draw", keeper.ErrNotFound, with(missing(u.kite), func(f *forum.Witnessed, _ map[string]string) { f.Plan = record.DigestOf([]byte("x")) })},
		{"by the secretariat", "by", "err.group.witness_party", nil, byOther(missing(u.kite), "secretariat")},
		{"both and neither", "throws", "err.group.witnessed_what", nil, with(missing(u.kite), func(f *forum.Witnessed, _ map[string]string) { f.Throws = throws })},
	})
	u.at("2026-09-22")
	u.Submit(missing(u.kite))
	u.Submit(missing(u.gull))
	u.refuses(t, []refusal{
		{"twice", "by", "err.group.witnessed_twice", nil, missing(u.kite)},
		{"with the round that failed and came after all", "file", "err.draw.failed", nil, u.made(u.beacon())},
	})
	u.at("2026-09-25")
	u.refuses(t, []refusal{
		{"that the dice failed", "source", "err.group.cannot_fail", nil, with(missing(u.kite), func(f *forum.Witnessed, _ map[string]string) { f.Source = 2 })},
		{"too late", "source", "err.group.failed_late", nil, missing(u.guild)},
		{"a short throw", "throws", "err.draw.throws", nil, saw(u.kite, throws[:99])},
	})
	u.Submit(saw(u.kite, throws))
	must(t, u.Keeper.Sign(context.Background()))
	dice := draw.Randomness{Source: 2, Throws: throws}
	if _, err := u.try(u.made(dice)); faults(err)[draw.StepRandom] != "err.draw.two_witnesses" {
		t.Errorf("with one witness: got %v", err)
	}
	u.Submit(saw(u.guild, throws))
	must(t, u.Keeper.Sign(context.Background()))
	u.Submit(u.made(dice))
	u.Read(func(tx *db.Tx) error {
		list, err := forum.Witnesses(tx, u.draw)
		if len(list) != 4 || !list[0].Missing || list[3].Party != u.guild || list[3].Throws != throws {
			t.Errorf("witnesses: got %+v", list)
		}
		return err
	})
	u.Replay()
}

// Of dice that two witnesses saw so and two otherwise nothing is drawn, even by a file that
// leaves the others out.
func TestDiceSeenInTwoWays(t *testing.T) {
	u := newUrn(t, dbtest.SQLite(t))
	pier := u.party(stakeholder.Registered{Kind: "civil-society", Area: "QX"}, "Pier Watch")
	u.publish()
	u.at("2026-06-01")
	var act keeper.Act
	u.Read(func(tx *db.Tx) error {
		published, err := forum.PoolByID(tx, u.pool)
		must(t, err)
		pool, err := published.Read(tx)
		must(t, err)
		dice := []draw.Source{draw.Dice(100, time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC))}
		act, u.plan, err = forum.AnnouncementOf(published, pool, portfolio(&pool.Instance), 3600, dice, []int64{u.kite, u.gull, u.guild, pier})
		return err
	})
	u.draw = u.Submit(act)
	must(t, u.Keeper.Sign(context.Background()))
	u.at("2026-09-02")
	digest, err := u.plan.Digest()
	must(t, err)
	var entries []int64
	for n, party := range []int64{u.kite, u.gull, u.guild, pier} {
		entries = append(entries, u.Submit(keeper.Act{Kind: forum.KindWitnessed, By: id(party),
			Facts: forum.Witnessed{Plan: digest, Source: 1, Throws: []string{throws, throws[:99] + "1"}[n/2]}}))
	}
	must(t, u.Keeper.Sign(context.Background()))
	whole := u.made(draw.Randomness{Source: 1, Throws: throws})
	u.refuses(t, []refusal{{"with all statements", draw.StepRandom, "err.draw.witnessed_wrong", nil, whole}})
	file, err := draw.ParseFile(whole.Blobs[0])
	must(t, err)
	if len(file.Witnessed) != len(entries) {
		t.Fatalf("%d statements are in the file", len(file.Witnessed))
	}
	file.Witnessed = file.Witnessed[:2]
	b, err := file.Canonical()
	must(t, err)
	u.refuses(t, []refusal{{"with those that suit", "file", "err.draw.witnessed_wrong", nil,
		keeper.Act{Kind: whole.Kind, By: whole.By, Facts: forum.Made{Draw: u.draw, File: record.DigestOf(b)}, Blobs: [][]byte{b}}}})
}
