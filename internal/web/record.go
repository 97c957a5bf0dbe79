package web

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"

	signednote "golang.org/x/mod/sumdb/note"

	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// checkpointView is the last published checkpoint.
type checkpointView struct {
	Origin string `json:"origin"`
	Size   int64  `json:"size"`
	Root   string `json:"root"`
}

type recordView struct {
	Size       int64           `json:"size"`
	LastAt     string          `json:"last_at,omitempty"` // time of the last entry
	Checkpoint *checkpointView `json:"checkpoint,omitempty"`
	Key        string          `json:"key,omitempty"`
	Address    string          `json:"address"` // that kept verify takes
	ReadOnly   Text            `json:"read_only,omitempty"`
	Fresh      []entryRow      `json:"latest,omitempty"`
}

// latestShown is how many entries the record's page lists.
const latestShown = 10

// record tells what the record is, how large, and how to check it. It changes
// with every entry and checkpoint, so it is never kept in the cache.
func (s *Site) record(q *request) (View, error) {
	v := recordView{Address: s.c.Base + "/record"}
	var err error
	if v.Size, err = recordSize(q.Tx); err != nil {
		return View{}, err
	}
	if v.Checkpoint, v.Key, err = s.checkpoint(q.Context()); err != nil {
		return View{}, err
	}
	if err := s.c.Keeper.ReadOnly(); err != nil && s.past == nil && s.c.Copy == nil {
		v.ReadOnly = reasonOf(err)
	}
	for i := v.Size - 1; i >= max(0, v.Size-latestShown); i-- {
		e, err := keeper.ReadEntry(q.Tx, i)
		if err != nil {
			return View{}, err
		}
		if i == v.Size-1 {
			v.LastAt = e.At
		}
		v.Fresh = append(v.Fresh, newEntryRow(e))
	}
	return View{Page: "record", Title: message("record.title"), Section: "menu.record", Data: v, Live: true}, nil
}

// checkpoint reads the published checkpoint with the record's own key; nil before the first.
func (s *Site) checkpoint(ctx context.Context) (*checkpointView, string, error) {
	key, err := s.c.Keeper.Get(ctx, "key")
	if errors.Is(err, keeper.ErrNotFound) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	public := strings.TrimSpace(string(key))
	signed := s.c.Keeper.Checkpoint()
	if signed == nil {
		return nil, public, nil
	}
	verifier, err := record.ParseKey(public)
	if err != nil {
		return nil, "", err
	}
	c, err := record.ParseCheckpoint(signed, signednote.VerifierList(verifier))
	if err != nil {
		return nil, "", err
	}
	return &checkpointView{c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:])}, public, nil
}

// reasonOf is an error for readers in every language.
func reasonOf(err error) Text {
	es, ok := locale.All(err)
	if !ok {
		return message("error.503")
	}
	t := make(Text, len(locale.Langs))
	for _, l := range locale.Langs {
		sentences := make([]string, len(es))
		for i, e := range es {
			sentences[i] = e.In(l)
		}
		t[l] = strings.Join(sentences, " ")
	}
	return t
}
