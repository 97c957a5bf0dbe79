package web

import (
	"strconv"

	"kept/internal/commitment"
	"kept/internal/correction"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// tombstone stands in place of a text that a moderator hid.
type tombstone struct {
	Entry    int64  `json:"entry"`
	Part     string `json:"part"`
	Act      int64  `json:"hidden_by_entry"`
	On       string `json:"hidden_on"`
	Category Text   `json:"category"`
	Basis    Text   `json:"basis"`
	Until    string `json:"appeal_until"`
	Appeal   string `json:"-"` // the form, while an appeal is taken
}

// erasedStone stands in place of a text that was erased.
type erasedStone struct {
	Entry  int64  `json:"entry"`
	Part   string `json:"part"`
	Act    int64  `json:"erased_by_entry"`
	On     string `json:"erased_on"`
	Reason Text   `json:"reason"`
}

// tombstones are the hidden and erased texts of the entries that a page shows.
func (q *request) tombstones(entries []int64) (hidden []tombstone, erased []erasedStone, err error) {
	for _, index := range entries {
		taken, err := keeper.Taken(q.Tx, index)
		if err != nil {
			return nil, nil, err
		}
		for _, f := range taken {
			if f.State == keeper.Hidden {
				hidden = append(hidden, q.newTombstone(index, f))
				continue
			}
			erased = append(erased, erasedStone{index, f.Part, f.Act, f.At[:len("2006-01-02")], coded("words.reason.", f.Reason)})
		}
	}
	return hidden, erased, nil
}

func (q *request) newTombstone(index int64, f keeper.Fate) tombstone {
	t := tombstone{Entry: index, Part: f.Part, Act: f.Act, On: f.At[:len("2006-01-02")], Category: coded("words.category.", f.Reason), Basis: coded("words.basis.", f.Basis), Until: f.Until}
	if f.Until >= q.Today {
		t.Appeal = "/appeal?act=" + strconv.FormatInt(f.Act, 10)
	}
	return t
}

// entriesOf are the entries whose words stand on the page of a thing.
func (q *request) entriesOf(about correction.About) ([]int64, error) {
	switch {
	case about.Kind == "party":
		given, err := stakeholder.History(q.Tx, about.Number())
		entries := []int64{about.Number()}
		for _, e := range given {
			entries = append(entries, e.ID)
		}
		return entries, err
	case about.Kind == "commitment":
		later, err := commitment.EntriesOn(q.Tx, about.Number())
		return append([]int64{about.Number()}, later...), err
	case about.Kind == "page":
		return q.entriesSaid(about.ID)
	}
	return nil, nil
}

// entriesSaid are those of a correction or a dispute, and of its answer.
func (q *request) entriesSaid(path string) ([]int64, error) {
	var id, answer int64
	if n, ok := numberAfter(path, "/corrections/"); ok {
		c, err := correction.Get(q.Tx, n)
		if err != nil {
			return nil, err
		}
		id, answer = c.ID, c.Answer
	} else if n, ok := numberAfter(path, "/disputes/"); ok {
		d, err := correction.GetDispute(q.Tx, n)
		if err != nil {
			return nil, err
		}
		id, answer = d.ID, d.Answer
	}
	var entries []int64
	for _, e := range []int64{id, answer} {
		if e != 0 {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

func numberAfter(path, prefix string) (int64, bool) {
	if len(path) <= len(prefix) || path[:len(prefix)] != prefix {
		return 0, false
	}
	n, err := strconv.ParseInt(path[len(prefix):], 10, 64)
	return n, err == nil
}
