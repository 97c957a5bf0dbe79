package compact

import (
	"bytes"
	"errors"
	"time"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// checkPackAdopted keeps ids alive: a record is about one compact for ever, and an
// item that had a page keeps it, since commitments and links name it.
func checkPackAdopted(tx *db.Tx, a keeper.Act, at time.Time) error {
	f := a.Facts.(PackAdopted)
	if f.From > at.UTC().Format("2006-01-02") {
		return locale.Field("from", locale.E("err.pack.from_later", "from", f.From))
	}
	old, err := InForce(tx)
	if errors.Is(err, keeper.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if old.Digest == f.Blob {
		return keeper.Refuse(keeper.ErrConflict, locale.E("err.pack.in_force_already", "id", old.ID, "version", old.Version))
	}
	if old.ID != f.ID {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("id", locale.E("err.pack.other_compact", "id", f.ID, "old", old.ID)))
	}
	p, err := Parse(f.Blob, blob(a, f.Blob))
	if err != nil {
		return err
	}
	var es locale.Errors
	for _, t := range old.Texts {
		for _, i := range t.Items {
			if _, ok := p.Item(i.ID); !ok {
				es.Add(locale.E("err.pack.item_gone", "id", i.ID))
			}
		}
	}
	return es.Err()
}

func applyPackAdopted(tx *db.Tx, e keeper.Entry) error {
	var f PackAdopted
	if err := e.Decode(&f); err != nil {
		return err
	}
	err := tx.Queue("INSERT INTO pack_adopted (entry, digest, pack, from_on) VALUES (?, ?, ?, ?)",
		e.Index, f.Blob.String(), f.ID, f.From)
	if err != nil {
		return err
	}
	return keeper.Touch(tx, e.Index, "pack")
}

// checkTextLoaded splits the file again: what the record keeps is what anybody
// gets from the file and the pack, not what the operator says it is.
func checkTextLoaded(tx *db.Tx, a keeper.Act, _ time.Time) error {
	f := a.Facts.(TextLoaded)
	p, err := InForce(tx)
	if err != nil {
		return err
	}
	text, ok := p.Text(f.Text)
	if !ok {
		return locale.Field("text", locale.E("err.pack.no_text", "id", f.Text))
	}
	given, err := readOfficial(blob(a, f.SplitBlob))
	if err != nil {
		return locale.Field("split_blob", err)
	}
	r, faults := Split(text, f.Lang, blob(a, f.FileBlob), given.Choices)
	if len(faults) > 0 {
		return locale.Field("file_blob", faults[0].forReader())
	}
	split, err := r.canonical()
	if err != nil {
		return err
	}
	if !bytes.Equal(split, blob(a, f.SplitBlob)) {
		return locale.Field("split_blob", locale.E("err.pack.other_split"))
	}
	return nil
}

func applyTextLoaded(tx *db.Tx, e keeper.Entry) error {
	var f TextLoaded
	if err := e.Decode(&f); err != nil {
		return err
	}
	err := tx.Queue("INSERT INTO text_loaded (entry, text_id, lang, file_digest, split_digest, loaded_on) VALUES (?, ?, ?, ?, ?, ?)",
		e.Index, f.Text, string(f.Lang), f.FileBlob.String(), f.SplitBlob.String(), e.On())
	if err != nil {
		return err
	}
	return keeper.Touch(tx, e.Index, "text:"+f.Text)
}
