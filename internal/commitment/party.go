package commitment

import (
	"kept/internal/db"
	"kept/internal/stakeholder"
)

// partyOf is a party of the registry, stated ones too.
func partyOf(tx *db.Tx, id int64) (stakeholder.Party, error) { return stakeholder.ByID(tx, id) }
