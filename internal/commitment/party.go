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

// place names the field of a refusal and keeps which kind of answer it is.
func place(field string, err error) error {
	for _, kind := range []error{keeper.ErrNotFound, keeper.ErrForbidden, keeper.ErrConflict} {
		if errors.Is(err, kind) {
			return keeper.Refuse(kind, locale.Field(field, err))
		}
	}
	return locale.Field(field, err)
}
