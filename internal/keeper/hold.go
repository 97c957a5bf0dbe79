package keeper

import (
	"encoding/json"
	"fmt"

	"kept/record"
)

// held is an act that waits for somebody's consent, as private tables keep it. It
// is no act yet: nothing of it is in the record.
type held struct {
	Kind  string            `json:"kind"`
	By    string            `json:"by"`
	Facts json.RawMessage   `json:"facts"` // canonical: what will be in the entry
	Words map[string]string `json:"words,omitempty"`
	Blobs [][]byte          `json:"blobs,omitempty"`
}

// Hold writes acts down so that they can be submitted later, by another process,
// exactly as they are now.
func Hold(acts ...Act) ([]byte, error) {
	out := make([]held, len(acts))
	for i, a := range acts {
		facts, err := record.Canonical(a.Facts)
		if err != nil {
			return nil, fmt.Errorf("hold %s: %w", a.Kind, err)
		}
		out[i] = held{a.Kind, a.By, facts, a.Words, a.Blobs}
	}
	return json.Marshal(out)
}

// Held reads what Hold wrote. The facts are canonical JSON, which the rules of
// their kind read as its own type.
func Held(b []byte) ([]Act, error) {
	var in []held
	if err := json.Unmarshal(b, &in); err != nil {
		return nil, fmt.Errorf("acts that wait: %w", err)
	}
	out := make([]Act, len(in))
	for i, h := range in {
		out[i] = Act{Kind: h.Kind, By: h.By, Facts: h.Facts, Words: h.Words, Blobs: h.Blobs}
	}
	return out, nil
}
