package web

import (
	"kept/internal/keeper"
)

// publish sends acts for a party and tells where to go: to what they made. Every
// form that publishes something in a party's name goes through here. key is the
// submission key: the same form sent twice is one act.
func (s *Site) publish(q *request, party int64, key string, to func([]keeper.Result) string, acts ...keeper.Act) (string, error) {
	if err := q.mayActFor(party); err != nil {
		return "", err
	}
	out, err := s.c.Keeper.Submit(q.Context(), key, acts...)
	if err != nil {
		return "", err
	}
	return to(out), nil
}

// formKey is the submission key that a form was shown with.
func (q *request) formKey() string { return "web/" + q.PostFormValue("key") }

// back makes the place to go to of an address that is known beforehand.
func back(href string) func([]keeper.Result) string {
	return func([]keeper.Result) string { return href }
}
