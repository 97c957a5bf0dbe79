package observatory

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"kept/internal/compact"
	"kept/internal/keeper"
)

// LoadPack takes the tables that come with a pack as snapshots, each once. Run
// again it does nothing.
func LoadPack(ctx context.Context, k *keeper.Keeper, pack *compact.Pack) error {
	for _, i := range pack.Indicators {
		if i.File == "" {
			continue
		}
		act, err := PackTable(pack, i, k.Now().Format("2006-01-02"))
		if err != nil {
			return err
		}
		_, err = k.Submit(ctx, "pack/"+pack.Version+"/"+i.ID, act)
		if err != nil && !errors.Is(err, keeper.ErrConflict) { // a conflict: these bytes, or newer ones, are kept
			return err
		}
	}
	return nil
}

// PackTable makes the act that takes an indicator's table out of a pack.
func PackTable(pack *compact.Pack, i *compact.Indicator, today string) (keeper.Act, error) {
	s := SnapshotTaken{Indicator: i.ID, Format: CSV, Areas: pack.Areas, Retrieved: today, Licence: i.Source.Licence, Sample: pack.Sample}
	if isDate(pack.Version) {
		s.Retrieved = min(today, pack.Version)
	}
	if isPartialDate(i.Source.Release) && i.Source.Release <= s.Retrieved {
		s.Released = i.Source.Release
	}
	words := map[string]string{"url.und": i.Source.URL, "publisher.und": i.Source.Name, "file.und": i.File}
	return Take(s, MappingOf(i), pack.Data[i.File], words)
}

// packNatures are the words that a pack uses for natures.
var packNatures = map[string]string{
	"country": "C", "country-adjusted": "CA", "estimated": "E", "modelled": "M", "global": "G", "global-monitoring": "G",
}

// MappingOf reads the mapping that a pack gives to an indicator's table. The unit
// there is the indicator's own and no column. For the World Bank's answers the
// value is the Bank's id of the series.
func MappingOf(i *compact.Indicator) Mapping {
	from := i.Mapping
	m := Mapping{
		Delimiter: from["delimiter"], Area: from["area"], AreaCode: from["area_code"], Period: from["period"], Value: from["value"],
		Nature: from["nature"], Status: from["status"], Note: from["note"], FixedNature: packNatures[i.Nature],
	}
	if i.Mapping["format"] == "worldbank" {
		return Mapping{Series: from["value"], FixedNature: m.FixedNature}
	}
	switch m.AreaCode {
	case "source":
		m.AreaCode = "own"
	case "iso3":
		m.World = worldBankWorld
	}
	if m.Delimiter == "tab" {
		m.Delimiter = "\t"
	}
	if from["na"] != "" {
		m.NA = strings.Split(from["na"], ",")
	}
	for _, column := range slices.Sorted(maps.Keys(i.Where)) {
		m.Where = append(m.Where, Condition{column, i.Where[column]})
	}
	return m
}

// Concept is what an indicator measures, whoever publishes it: its id up to the
// first point. So "internet-users" and "internet-users.unsd" are two sources'
// figures of one thing.
func Concept(id string) string {
	concept, _, _ := strings.Cut(id, ".")
	return concept
}

// Rivals lists the other indicators of the same concept.
func Rivals(pack *compact.Pack, id string) []*compact.Indicator {
	var rivals []*compact.Indicator
	for _, i := range pack.Indicators {
		if i.ID != id && Concept(i.ID) == Concept(id) {
			rivals = append(rivals, i)
		}
	}
	return rivals
}

// Judged says whether figures of an indicator may get a word about their pace: a
// stock of pledges, and whatever has no good direction, does not.
func Judged(i *compact.Indicator) bool { return i.Direction == "up" || i.Direction == "down" }
