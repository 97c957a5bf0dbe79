package assessment

import (
	"encoding/json"
	"slices"
	"strings"

	"kept/internal/account"
	"kept/internal/commitment"
	"kept/internal/db"
)

// Underway lists the cases of open reviews as far as they tell what is to be done
// next and by whom, the oldest first: without words, and with those partners alone
// at which whoever asks has a post. A few statements, however many reviews are open.
func Underway(tx *db.Tx, who *account.Who, today string) ([]Case, error) {
	open, _, _, err := commitment.ListReviews(tx, commitment.ReviewFilter{State: "open", Limit: 1000})
	if err != nil || len(open) == 0 {
		return nil, err
	}
	slices.Reverse(open)
	cases := make([]Case, len(open))
	at := make(map[int64]*Case, len(open))
	for i, r := range open {
		cases[i].ReviewRow = r
		at[r.ID] = &cases[i]
	}
	if err := findLeads(tx, who, today, cases); err != nil {
		return nil, err
	}
	if err := findParts(tx, cases, at); err != nil {
		return nil, err
	}
	return cases, findDrafts(tx, cases, at)
}

// findLeads says whose commitments are reviewed.
func findLeads(tx *db.Tx, who *account.Who, today string, cases []Case) error {
	f := commitment.Filter{Today: today, Limit: 1000}
	of := map[int64][]*Case{}
	for i := range cases {
		c := &cases[i]
		if of[c.Commitment] == nil {
			f.Among = append(f.Among, c.Commitment)
		}
		of[c.Commitment] = append(of[c.Commitment], c)
	}
	page, err := commitment.Find(tx, f)
	if err != nil {
		return err
	}
	for _, s := range page.List {
		for _, c := range of[s.ID] {
			c.Lead = s.Party
		}
	}
	for _, post := range who.Posts {
		f.Party = post.Party
		if page, err = commitment.Find(tx, f); err != nil {
			return err
		}
		for _, s := range page.List {
			for _, c := range of[s.ID] {
				c.Partners = append(c.Partners, post.Party)
			}
		}
	}
	return nil
}

// findParts says what each member of their pools has to do with them.
func findParts(tx *db.Tx, cases []Case, at map[int64]*Case) error {
	members, err := pools(tx)
	if err != nil {
		return err
	}
	parts := map[int64]map[string]Part{}
	err = eachOf(tx, cases, "SELECT review, account, declared, seat, codes FROM assessment_part", func(scan func(...any) error) error {
		var review int64
		var account, codes string
		var p Part
		if err := scan(&review, &account, &p.Declared, &p.Seat, &codes); err != nil {
			return err
		}
		if parts[review] == nil {
			parts[review] = map[string]Part{}
		}
		if codes != "" {
			err = json.Unmarshal([]byte(codes), &p.Codes)
		}
		parts[review][account] = p
		return err
	})
	if err != nil {
		return err
	}
	for id, c := range at {
		for _, account := range members[c.Pool] {
			p := parts[id][account]
			p.Account = account
			c.Parts = append(c.Parts, p)
		}
	}
	return nil
}

// pools are the members of all pools.
func pools(tx *db.Tx) (map[int64][]string, error) {
	rows, err := tx.Query("SELECT pool, account FROM assessment_member ORDER BY pool, account")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	members := map[int64][]string{}
	for rows.Next() {
		var pool int64
		var account string
		if err := rows.Scan(&pool, &account); err != nil {
			return nil, err
		}
		members[pool] = append(members[pool], account)
	}
	return members, rows.Err()
}

// findDrafts says which drafts were sent to the party, and whether it answered.
func findDrafts(tx *db.Tx, cases []Case, at map[int64]*Case) error {
	return eachOf(tx, cases, "SELECT review, sent_on, reply_until, answer FROM assessment_draft", func(scan func(...any) error) error {
		var review int64
		var d Draft
		err := scan(&review, &d.SentOn, &d.ReplyUntil, &d.Answer)
		if c := at[review]; c != nil {
			c.Draft = d
		}
		return err
	})
}

// eachOf reads the rows of a table that belong to some cases.
func eachOf(tx *db.Tx, cases []Case, query string, visit func(scan func(...any) error) error) error {
	reviews := make([]any, len(cases))
	for i := range cases {
		reviews[i] = cases[i].ID
	}
	rows, err := tx.Query(query+" WHERE review IN (?"+strings.Repeat(", ?", len(reviews)-1)+")", reviews...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := visit(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
