package commitment

import (
	"errors"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// partyOf is a party of the registry, stated ones too.
func partyOf(tx *db.Tx, id int64) (stakeholder.Party, error) { return stakeholder.ByID(tx, id) }

// LeadsOn are the parties that registered a commitment on an item; what was only
// stated elsewhere is none.
func LeadsOn(tx *db.Tx, item string) (map[int64]bool, error) {
	rows, err := tx.Query("SELECT DISTINCT c.party FROM commitment_item i JOIN commitment c ON c.id = i.commitment WHERE i.item = ? AND c.stated = 0", item)
	leads := make(map[int64]bool)
	err = each(rows, err, func(scan func(...any) error) error {
		var party int64
		err := scan(&party)
		leads[party] = true
		return err
	})
	return leads, err
}

// place names the field of a refusal and keeps which kind of answer it is.
func place(field string, err error) error {
	for _, kind := range []error{keeper.ErrNotFound, keeper.ErrForbidden, keeper.ErrConflict} {
		if errors.Is(err, kind) {
			return keeper.Refuse(kind, locale.Field(field, err))
		}
	}
	return locale.Field(field, err)
}
