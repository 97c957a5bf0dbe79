package forum

import (
	"errors"
	"maps"
	"slices"
	"strconv"

	"kept/internal/compact/fold"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// PublishedPool is a pool as state has it.
type PublishedPool struct {
	ID          int64
	Call        int64
	Digest      string
	People      int64
	Received    int64
	PublishedOn string
}

// PoolByID is one published pool.
func PoolByID(tx *db.Tx, id int64) (PublishedPool, error) {
	p := PublishedPool{ID: id}
	err := tx.Row("SELECT call, digest, people, received, published_on FROM nomination_pool WHERE id = ?", id).Scan(&p.Call, &p.Digest, &p.People, &p.Received, &p.PublishedOn)
	if errors.Is(err, db.ErrNoRows) {
		err = keeper.Refuse(keeper.ErrNotFound, locale.E("err.group.no_pool", "id", number(id)))
	}
	return p, err
}

// Read is what the pool's blob says.
func (p PublishedPool) Read(tx *db.Tx) (*Pool, error) {
	b, err := blobOf(tx, p.Digest)
	if err != nil {
		return nil, err
	}
	return ParsePool(b)
}

func blobOf(tx *db.Tx, digest string) ([]byte, error) {
	d, err := record.ParseDigest(digest)
	if err != nil {
		return nil, err
	}
	return keeper.Blob(tx, d)
}

// poolOfDraw is the pool that a draw was made from.
func poolOfDraw(tx *db.Tx, draw int64) (*Pool, error) {
	var id int64
	if err := tx.Row("SELECT pool FROM group_draw WHERE id = ?", draw).Scan(&id); err != nil {
		return nil, err
	}
	p, err := PoolByID(tx, id)
	if err != nil {
		return nil, err
	}
	return p.Read(tx)
}

// Assign writes who stands behind the pseudonyms of a pool that is about to be
// published. If we die before it is, the rows mean nothing; if we die after, each
// finds her own.
func Assign(tx *db.Tx, pool record.Digest, of map[string]string) error {
	for _, person := range slices.Sorted(maps.Keys(of)) {
		_, err := tx.Exec("INSERT INTO nominee_pseudonym (pool, person, nominee) VALUES (?, ?, ?) ON CONFLICT (pool, person) DO NOTHING", pool.String(), person, of[person])
		if err != nil {
			return err
		}
	}
	return nil
}

// affiliationsOf gives nominees of one organisation the same mark, and nobody else
// one: an organisation that one person comes from needs no rule.
func affiliationsOf(list []Nominee) map[string]string {
	by := map[string][]string{}
	for _, n := range list {
		if name := fold.Text(n.Profile.Affiliation); name != "" && n.State == Eligible {
			by[name] = append(by[name], n.ID)
		}
	}
	var shared []string
	for name, those := range by {
		if len(those) > 1 {
			shared = append(shared, those[0]+" "+name) // ids are random: the order of marks tells no name
		}
	}
	slices.Sort(shared)
	marks := map[string]string{}
	for n, one := range shared {
		for _, id := range by[one[21:]] {
			marks[id] = "A" + strconv.Itoa(n+1)
		}
	}
	return marks
}
