package keeper

import (
	"strings"

	"kept/internal/db"
)

// rebuildingMark begins the generation that the head has while state is rebuilt.
const rebuildingMark = "rebuilding "

// Settled tells whether state is that of the whole record, and keeps it so until
// the transaction ends: no rebuild is under way and none begins. Whoever deletes
// something private because state does not name it asks this first.
func Settled(tx *db.Tx) (bool, error) {
	var generation string
	err := tx.Row("SELECT generation FROM record_head WHERE id = 1" + tx.Dialect().Lock()).Scan(&generation)
	return err == nil && !strings.HasPrefix(generation, rebuildingMark), err
}
