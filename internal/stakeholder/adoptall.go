package stakeholder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"kept/internal/compact"
	"kept/internal/compact/area"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/record"
)

// AdoptAll enters the States of the pack's area pack and their adoption, with the
// pack's symbol and date: one party.registered and one adoption.recorded each. What
// is there already is left as it is, so it can be run again, also by two at once:
// the same acts carry the same submission key. It tells how many adoptions it made;
// a pack that names no adoption has none.
func AdoptAll(ctx context.Context, k *keeper.Keeper, pack *compact.Pack) (made int, err error) {
	if pack.Adoption.Text == "" {
		return 0, nil
	}
	var missing []keeper.Act
	err = k.DB().Read(ctx, func(tx *db.Tx) error {
		missing, err = missingStates(tx, pack)
		return err
	})
	if err != nil {
		return 0, err
	}
	if _, err := submitOnce(ctx, k, "states", missing); err != nil {
		return 0, err
	}
	var adoptions []keeper.Act
	err = k.DB().Read(ctx, func(tx *db.Tx) error {
		adoptions, err = missingAdoptions(tx, pack)
		return err
	})
	if err != nil {
		return 0, err
	}
	_, err = submitOnce(ctx, k, "adoptions", adoptions)
	return len(adoptions), err
}

// submitOnce sends acts under a key that is made of them.
func submitOnce(ctx context.Context, k *keeper.Keeper, what string, acts []keeper.Act) ([]keeper.Result, error) {
	if len(acts) == 0 {
		return nil, nil
	}
	sum := sha256.New()
	for _, a := range acts {
		facts, err := record.Canonical(a.Facts)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(sum, "%s %s %s\n", a.Kind, a.By, facts)
		for _, part := range sortedParts(a.Words) {
			fmt.Fprintf(sum, "%s %q\n", part, a.Words[part])
		}
	}
	return k.Submit(ctx, what+" "+hex.EncodeToString(sum.Sum(nil)), acts...)
}

// states are the areas of a pack that adopt: Member States, or all of an invented set.
func states(pack *compact.Pack) []*area.Area {
	var all []*area.Area
	for _, a := range pack.AreaSet().All() {
		if a.Status == area.Member || a.Status == area.Sample {
			all = append(all, a)
		}
	}
	return all
}

func missingStates(tx *db.Tx, pack *compact.Pack) ([]keeper.Act, error) {
	known, err := stateIDs(tx)
	if err != nil {
		return nil, err
	}
	var acts []keeper.Act
	for _, a := range states(pack) {
		if known[a.ID] == 0 {
			acts = append(acts, keeper.Act{Kind: KindRegistered, By: Secretariat, Facts: Registered{Kind: KindState, Area: a.ID, Level: "V4"}})
		}
	}
	return acts, nil
}

func missingAdoptions(tx *db.Tx, pack *compact.Pack) ([]keeper.Act, error) {
	ids, err := stateIDs(tx)
	if err != nil {
		return nil, err
	}
	adopters, err := Adopters(tx, pack.Adoption.Text)
	if err != nil {
		return nil, err
	}
	adopted := make(map[int64]bool, len(adopters))
	for _, a := range adopters {
		adopted[a.Party] = true
	}
	var acts []keeper.Act
	for _, a := range states(pack) {
		if id := ids[a.ID]; id != 0 && !adopted[id] {
			acts = append(acts, keeper.Act{Kind: KindAdoption, By: Secretariat,
				Facts: Adoption{Party: id, Text: pack.Adoption.Text, On: pack.Adoption.On},
				Words: map[string]string{"symbol.und": pack.Adoption.Symbol}})
		}
	}
	return acts, nil
}

// stateIDs are the registered States by area.
func stateIDs(tx *db.Tx) (map[string]int64, error) {
	rows, err := tx.Query("SELECT area, id FROM party WHERE kind = ? AND stated_on = '' ORDER BY id", KindState)
	if err != nil {
		return nil, err
	}
	ids := map[string]int64{}
	err = each(rows, func() error {
		var a string
		var id int64
		err := rows.Scan(&a, &id)
		ids[a] = id
		return err
	})
	return ids, err
}
