package web

import "kept/internal/compact"

// itemDelivery is what was registered against an item and what the data say: it
// comes from the record, not from the pack.
type itemDelivery struct {
	Series      []seriesView `json:"series,omitempty"`
	Commitments []any        `json:"commitments,omitempty"`
	Elsewhere   []Link       `json:"stated_elsewhere,omitempty"`
	Supporters  []Link       `json:"supporters,omitempty"`
	Silence     Text         `json:"silence,omitempty"`
}

// seriesView is an indicator beside an item: its latest world value where one
// release has it, else how many areas have a value.
type seriesView struct {
	ID     string `json:"id"`
	Href   string `json:"href"`
	Title  Text   `json:"title"`
	Value  string `json:"value,omitempty"`
	Period string `json:"period,omitempty"`
	Area   Text   `json:"area,omitempty"`
	Trace  string `json:"trace,omitempty"`
	Areas  int64  `json:"areas_with_value"`
}

func (v *itemView) delivery(q *request, i *compact.Item) error { return nil }

// countCommitments fills the number of commitments of each item in the groups.
func (s *Site) countCommitments(q *request, groups []itemGroup) error { return nil }
