package observatory

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"
	"time"

	"kept/internal/compact/area"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

//go:embed schema.sql
var schema string

// applyVersion is raised when Apply gives other rows for the same entries, so
// that every node builds its state anew.
const applyVersion = "1"

// KindSnapshotTaken is the one kind of act of this package.
const KindSnapshotTaken = "snapshot.taken"

// SnapshotTaken are the facts of a snapshot. Names and addresses are words.
type SnapshotTaken struct {
	Indicator string        `json:"indicator"`
	Format    string        `json:"format"`       // csv/1 or worldbank/1
	Bytes     record.Digest `json:"bytes_blob"`   // the file as it came
	Mapping   record.Digest `json:"mapping_blob"` // canonical JSON of the mapping
	Areas     string        `json:"areas"`        // area pack by which codes are read
	Retrieved string        `json:"retrieved"`    // date
	Released  string        `json:"released,omitempty"`
	Licence   string        `json:"licence"` // code, such as CC-BY-4.0
	Size      int64         `json:"size"`
	Sample    bool          `json:"sample,omitempty"`
}

// Subject is the observatory's part of the state.
func Subject() keeper.Subject {
	return keeper.Subject{
		Name: "observatory", Schema: schema, Version: applyVersion + " " + area.Pack("un").Date + " " + area.Pack("sample").Date,
		Kinds: []keeper.Kind{{Name: KindSnapshotTaken, Validate: validate, Check: check, Apply: apply}},
	}
}

// Take makes the act of a snapshot: bytes as they came, and what is known of them.
func Take(s SnapshotTaken, m Mapping, bytes []byte, words map[string]string) (keeper.Act, error) {
	mapping, err := record.Canonical(m)
	if err != nil {
		return keeper.Act{}, err
	}
	s.Bytes, s.Mapping = record.DigestOf(bytes), record.DigestOf(mapping)
	s.Size = int64(len(bytes))
	s.Licence = LicenceCode(s.Licence)
	return keeper.Act{Kind: KindSnapshotTaken, By: "secretariat", Facts: s, Words: words, Blobs: [][]byte{bytes, mapping}}, nil
}

// LicenceCode writes the name of a licence as a code: "CC BY 4.0" is CC-BY-4.0.
func LicenceCode(name string) string { return strings.Join(strings.Fields(name), "-") }

var (
	indicatorID  = regexp.MustCompile(`^[A-Za-z0-9.-]{1,32}$`)
	licenceCode  = regexp.MustCompile(`^[A-Za-z0-9.,()/-]{1,60}$`)
	snapshotPart = regexp.MustCompile(`^(url\.und|file\.und|publisher\.und|note\.(ar|zh|en|fr|ru|es))$`)
)

// validate parses the whole file, so that a source that cannot be read is refused
// before the record is touched, with the place of the fault.
func validate(a keeper.Act) error {
	f, ok := a.Facts.(SnapshotTaken)
	if !ok {
		return fmt.Errorf("%s wants SnapshotTaken, has %T", a.Kind, a.Facts)
	}
	var faults locale.Errors
	need := func(ok bool, field, key string, args ...any) {
		if !ok {
			faults.AddField(field, locale.E(key, args...))
		}
	}
	need(a.By == "secretariat" || a.By == "instance", "by", "err.snapshot.by")
	need(indicatorID.MatchString(f.Indicator), "indicator", "err.snapshot.indicator", "id", shorten(f.Indicator, 40))
	need(licenceCode.MatchString(f.Licence), "licence", "err.snapshot.missing")
	need(area.Known(f.Areas), "areas", "err.snapshot.missing")
	need(isDate(f.Retrieved), "retrieved", "err.snapshot.date", "date", shorten(f.Retrieved, 40))
	need(f.Released == "" || isPartialDate(f.Released), "released", "err.snapshot.date", "date", shorten(f.Released, 40))
	for part := range a.Words {
		need(snapshotPart.MatchString(part), shorten(part, 40), "err.snapshot.word")
	}
	if faults.Err() != nil {
		return faults.Err()
	}
	bytes, mapping := blob(a, f.Bytes), blob(a, f.Mapping)
	if bytes == nil || mapping == nil || int64(len(bytes)) != f.Size {
		return locale.Field("file", locale.E("err.snapshot.bytes"))
	}
	return readable(f, bytes, mapping)
}

// readable parses a snapshot and wants at least one value of it: a file of which
// nothing can be taken has another shape than its mapping says.
func readable(f SnapshotTaken, bytes, mapping []byte) error {
	if len(bytes) > MaxBytes {
		return locale.Field("file", locale.E("err.data.too_big", "n", len(bytes), "max", MaxBytes))
	}
	if err := record.CheckCanonical(mapping); err != nil {
		return locale.Field("mapping", locale.E("err.data.mapping_json", "detail", err.Error()))
	}
	p, err := f.parse(bytes, mapping)
	if err != nil {
		return err
	}
	if p.Counts.Observations > p.Counts.NoValue {
		return nil
	}
	line, fault := 0, ""
	if len(p.Problems) > 0 {
		line, fault = p.Problems[0].Line, p.Problems[0].In(locale.English)
	}
	return locale.Field("file", locale.E("err.snapshot.no_values", "line", line, "fault", fault))
}

// parse reads the bytes as the facts say. It is pure: Validate and Apply get the
// same of the same entry.
func (f SnapshotTaken) parse(bytes, mapping []byte) (Parsed, error) {
	m, err := DecodeMapping(mapping)
	if err != nil {
		return Parsed{}, err
	}
	m.Until = f.Retrieved
	return Parse(f.Format, bytes, m, area.Pack(f.Areas))
}

// blob finds the bytes of a digest among those that came with an act.
func blob(a keeper.Act, digest record.Digest) []byte {
	for _, b := range a.Blobs {
		if record.DigestOf(b) == digest {
			return b
		}
	}
	return nil
}

// isPartialDate takes a year or a month too: many sources name no day.
func isPartialDate(s string) bool {
	p, ok := ParsePeriod(s)
	return ok && p.String() == s && !strings.Contains(s, "Q")
}

func isDate(s string) bool {
	_, err := time.Parse("2006-01-02", s)
	return err == nil
}
