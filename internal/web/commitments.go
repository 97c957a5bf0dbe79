package web

// commitmentList is a table of commitments, on a list page or beside something.
type commitmentList struct {
	Total int64 `json:"total"`
}

func commitmentsOf(q *request, party int64) (*commitmentList, error) { return nil, nil }
