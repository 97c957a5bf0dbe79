package compact

import (
	_ "embed"
	"fmt"

	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

//go:embed schema.sql
var schema string

// The acts of this package.
const (
	KindPackAdopted = "pack.adopted" // a pack takes effect
	KindTextLoaded  = "text.loaded"  // the official words of a text, in one language
)

// PackAdopted are the facts of pack.adopted. The pack's canonical bytes are a blob.
type PackAdopted struct {
	Blob record.Digest `json:"pack_blob"`
	ID   string        `json:"id"`
	From string        `json:"from"` // the day from which it holds
}

// TextLoaded are the facts of text.loaded. Two blobs go with it: the file as the
// operator gave it, and its split into the parts of the text.
type TextLoaded struct {
	Text      string        `json:"text"`
	Lang      locale.Lang   `json:"lang"`
	FileBlob  record.Digest `json:"file_blob"`
	SplitBlob record.Digest `json:"split_blob"`
}

// Subject hands the keeper the rules of this package.
func Subject() keeper.Subject {
	return keeper.Subject{Name: "compact", Schema: schema, Kinds: []keeper.Kind{
		{Name: KindPackAdopted, Validate: validatePackAdopted, Check: checkPackAdopted, Apply: applyPackAdopted},
		{Name: KindTextLoaded, Validate: validateTextLoaded, Check: checkTextLoaded, Apply: applyTextLoaded},
	}}
}

// AdoptPack is the act by which a pack takes effect, from a day on.
func AdoptPack(p *Pack, canonical []byte, from string) keeper.Act {
	return keeper.Act{Kind: KindPackAdopted, By: "secretariat",
		Facts: PackAdopted{p.Digest, p.ID, from}, Blobs: [][]byte{canonical}}
}

// LoadText is the act that keeps the official words of a text: the file, and its
// split as Split gave it.
func LoadText(r Result, file []byte) (keeper.Act, error) {
	split, err := r.canonical()
	if err != nil {
		return keeper.Act{}, fmt.Errorf("split of %s: %w", r.Text, err)
	}
	return keeper.Act{Kind: KindTextLoaded, By: "secretariat",
		Facts: TextLoaded{r.Text, r.Lang, record.DigestOf(file), record.DigestOf(split)}, Blobs: [][]byte{file, split}}, nil
}

func validatePackAdopted(a keeper.Act) error {
	f, ok := a.Facts.(PackAdopted)
	if !ok {
		return fmt.Errorf("%s wants PackAdopted, has %T", a.Kind, a.Facts)
	}
	var es locale.Errors
	es.Add(byOperator(a))
	if len(f.From) != 10 || !validDate(f.From) {
		es.AddField("from", locale.E("err.pack.bad_date", "value", f.From))
	}
	b := blob(a, f.Blob)
	if b == nil {
		es.AddField("pack_blob", locale.E("err.pack.no_blob", "digest", f.Blob.String()))
		return es.Err()
	}
	p, err := Parse(f.Blob, b)
	switch {
	case err != nil:
		es.AddField("pack_blob", err)
	case p.ID != f.ID:
		es.AddField("id", locale.E("err.pack.other_id", "id", f.ID, "pack", p.ID))
	}
	return es.Err()
}

func validateTextLoaded(a keeper.Act) error {
	f, ok := a.Facts.(TextLoaded)
	if !ok {
		return fmt.Errorf("%s wants TextLoaded, has %T", a.Kind, a.Facts)
	}
	var es locale.Errors
	es.Add(byOperator(a))
	if !locale.Known(string(f.Lang)) {
		es.AddField("lang", locale.E("err.pack.bad_lang", "value", string(f.Lang)))
	}
	if blob(a, f.FileBlob) == nil {
		es.AddField("file_blob", locale.E("err.pack.no_blob", "digest", f.FileBlob.String()))
	}
	if blob(a, f.SplitBlob) == nil {
		es.AddField("split_blob", locale.E("err.pack.no_blob", "digest", f.SplitBlob.String()))
	}
	return es.Err()
}

// byOperator refuses acts of parties: packs and texts are the operator's to load.
func byOperator(a keeper.Act) error {
	if a.By != "secretariat" && a.By != "instance" {
		return locale.E("err.pack.not_operator")
	}
	return nil
}

// blob finds the bytes of a digest among those that come with an act.
func blob(a keeper.Act, digest record.Digest) []byte {
	for _, b := range a.Blobs {
		if record.DigestOf(b) == digest {
			return b
		}
	}
	return nil
}
