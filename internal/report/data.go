package report

import (
	"errors"
	"fmt"
	"strconv"

	"kept/internal/compact"
	"kept/internal/keeper"
	"kept/internal/observatory"
	"kept/internal/observatory/trend"
)

// data is the state of digital development: of each indicator that the pack sets
// beside its items the value of the world, what is found over countries and areas,
// how values move, and what nobody knows. No country is named and none is ranked.
func (b *builder) data() error {
	for _, i := range b.pack.Indicators {
		view, err := observatory.ReadView(b.tx, i.ID, "", observatory.Newest)
		if errors.Is(err, keeper.ErrNotFound) {
			for _, a := range absent {
				b.add(Figure{ID: "series." + i.ID + "." + a.name, Why: NoData, Method: a.method, Query: "/indicators/" + i.ID, Indicator: i.ID})
			}
			continue
		}
		if err != nil {
			return err
		}
		snapshot, err := observatory.ReadSnapshot(b.tx, view.Vintage.Snapshot)
		if err != nil {
			return err
		}
		s := &series{builder: b, i: i, view: view, digest: snapshot.Bytes.String()}
		if kept, err := keeper.HasBlob(b.tx, snapshot.Bytes); err != nil {
			return err
		} else if !kept { // nobody could follow a value to its line
			s.gone()
			continue
		}
		b.snapshots[s.digest] = true
		if err := s.fill(); err != nil {
			return fmt.Errorf("%s: %w", i.ID, err)
		}
	}
	return nil
}

// series is one indicator under way.
type series struct {
	*builder
	i      *compact.Indicator
	view   observatory.View
	digest string
}

// figure is one of the indicator, with where its values come from.
func (s *series) figure(name, value, unit, method string) Figure {
	v := s.view.Vintage
	return Figure{ID: "series." + s.i.ID + "." + name, Value: value, Unit: ascii(unit), Method: method, Query: address("/indicators/"+s.i.ID, "slice", s.view.Name),
		Indicator: s.i.ID, Slice: ascii(s.view.Name), Release: v.Date(), Snapshot: s.digest, Entry: v.Snapshot}
}

// span is the period of some values: one, or the oldest and the newest, parted by a
// slash as ISO 8601 writes intervals.
func span(figures []observatory.Figure) string {
	if len(figures) == 0 {
		return ""
	}
	oldest, newest := figures[0].Period, figures[0].Period
	for _, f := range figures {
		oldest, newest = min(oldest, f.Period), max(newest, f.Period)
	}
	if oldest == newest {
		return oldest.String()
	}
	return oldest.String() + "/" + newest.String()
}

// gone says of the indicator's figures that the bytes behind them are not kept.
func (s *series) gone() {
	for _, a := range absent {
		f := s.figure(a.name, "", s.i.Unit, a.method)
		f.Why = SourceGone
		s.add(f)
	}
}

// absent are the figures that say why an indicator has none.
var absent = []struct{ name, method string }{{"world", methodValue}, {"areas", methodCount}}

func (s *series) fill() error {
	year, err := strconv.Atoi(s.f.Date[:4])
	if err != nil {
		return err
	}
	s.world()
	latest := observatory.Countries(s.view.Data.Latest(0), s.areas)
	found, years := observatory.Find(latest, s.i, s.areas), span(latest)
	add := func(name, value, unit, method, round string) {
		f := s.figure(name, value, unit, method)
		f.Year = years
		if f.Round = round; value == "" {
			f.Why, f.Round = NoneThere, ""
		}
		s.add(f)
	}
	if found.With == 0 { // a source that speaks of the world alone has no gaps by country
		f := s.figure("areas", "", "areas", methodCount)
		f.Why = NoData
		s.add(f)
		return nil
	}
	add("areas", strconv.Itoa(found.With), "areas", methodCount, "")
	add("median", found.Median, s.i.Unit, methodMedian, roundSignif)
	if found.HasThird {
		add("low_third", strconv.Itoa(found.Low), "areas", methodThird, "")
		add("low_third_ldc", strconv.Itoa(found.LowLDC), "areas", methodThird, "")
	}
	gap := trend.MeasureGap(s.view.Data.Cells(s.areas), year)
	add("gap_areas", strconv.Itoa(gap.Cells-gap.Filled), "areas", methodGap, "")
	add("gap_share", gap.Share, "share", methodGap, roundSignif)
	if observatory.Judged(s.i) {
		s.moves(add)
		s.divide()
	}
	return nil
}

// divide sets the median of least developed countries beside that of the others, in
// one period of one release.
func (s *series) divide() {
	d, ok := s.view.Data.DivideLDC(s.areas)
	for _, one := range []struct{ name, value, unit, method string }{{"divide_ldc", d.First, s.i.Unit, methodMedian}, {"divide_others", d.Second, s.i.Unit, methodMedian},
		{"divide_difference", d.Difference, s.i.Unit, methodDivide}, {"divide_ratio", d.Ratio, "ratio", methodDivide}} {
		f := s.figure(one.name, one.value, one.unit, one.method)
		if ok && one.value != "" {
			f.Year, f.Round = d.Period.String(), roundSignif
		} else {
			f.Value, f.Why = "", NoneThere
		}
		s.add(f)
	}
}

// world is the value of the whole world in the release that its table is of.
func (s *series) world() {
	w, ok := s.view.World(s.areas, 0)
	f := s.figure("world", "", s.i.Unit, methodValue)
	if f.Area = s.areas.World().ID; !ok {
		f.Why = NoData
		s.add(f)
		return
	}
	f.Value, f.Year, f.Nature = w.Value.String(), w.Period.String(), ascii(string(w.Nature))
	f.Query = address("/indicators/"+s.i.ID+"/trace/"+w.Key+"/"+f.Year, "slice", s.view.Name)
	s.add(f)
}

// moves counts countries and areas by how their values move since 2015.
func (s *series) moves(add func(name, value, unit, method, round string)) {
	counted := map[trend.Word]int{}
	for _, one := range s.view.Data.Series {
		if _, ok := s.areas.ByID(one.Area()); ok {
			counted[one.Growth(nil, s.i.Direction == "down").Word]++
		}
	}
	for _, word := range trend.GrowthWords {
		add("moves."+string(word), strconv.Itoa(counted[word]), "areas", trend.GrowthMethod, "")
	}
}
