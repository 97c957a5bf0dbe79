// Package account keeps the people who sign in: who they are, what they may do,
// for which party they act. Their acts are public and name the party; who it was
// is private, in tables of this package that are no part of the record, can be
// exported per person and can be erased.
//
// Terms: an account is a person's login, known by her mail address. A [Role] is
// what she does for the compact; a [Post] is what she does for a party. A [Link]
// is a secret sent by mail: it opens one thing, once, until it expires. A session
// follows a sign-in; it is strong when a passkey or an identity provider vouched
// for it.
//
// Invariants:
//   - no secret is stored: links, sessions and tokens are kept as digests, so a
//     copy of the store opens nothing;
//   - each privileged step leaves a line in the access log, in the same
//     transaction as the step ([Note]);
//   - the log names an account by its id only; when an account is erased the id
//     goes too, and the line stays.
package account

import (
	"context"
	_ "embed"
	"slices"

	"kept/internal/db"
	"kept/internal/locale"
)

// Role is what a person does for the compact.
type Role string

// The roles. An operator is also of the secretariat.
const (
	RoleOperator    Role = "operator"
	RoleSecretariat Role = "secretariat"
	RoleModerator   Role = "moderator"
	RoleSteward     Role = "steward"
	RoleReviewer    Role = "reviewer"
)

// Roles lists all roles.
var Roles = []Role{RoleOperator, RoleSecretariat, RoleModerator, RoleSteward, RoleReviewer}

// Posts that a person can hold at a party.
const (
	AsMain      = "main"      // the main focal point: enters, sends, and looks after the other posts
	AsAlternate = "alternate" // enters and sends
	AsDrafter   = "drafter"   // enters, and leaves the sending to others
	AsValidator = "validator" // the validating authority: where there is one, nothing is published without it
)

// AllPosts lists the posts, the most responsible first.
var AllPosts = []string{AsMain, AsAlternate, AsDrafter, AsValidator}

// Post is what a person does for one party.
type Post struct {
	Party int64  `json:"party"`
	As    string `json:"as"`
}

// Who is a person who signed in.
type Who struct {
	ID     string
	Name   string
	Mail   string
	Lang   locale.Lang
	Roles  []Role
	Posts  []Post
	Strong bool // a passkey or an identity provider vouched for this session
	Demo   bool // came by the secret link of this machine, and has no account
	Any    bool // Demo in a sample compact: acts for every party and in every role
	Weak   bool // has the secretariat's or the operator's role, but not in this session: see [Who.Withhold]
}

// Withhold takes the roles of secretariat and operator off a session that no passkey
// and no identity provider vouched for, on a site that asks for one. A mailed link
// then opens what the person is at parties, and her own account.
func (w *Who) Withhold() {
	if w == nil || w.Strong || w.Demo {
		return
	}
	staff := func(r Role) bool { return r == RoleSecretariat || r == RoleOperator }
	w.Weak = slices.ContainsFunc(w.Roles, staff)
	w.Roles = slices.DeleteFunc(slices.Clone(w.Roles), staff)
}

// Is tells whether she has a role.
func (w *Who) Is(r Role) bool {
	switch {
	case w == nil:
		return false
	case w.Any || slices.Contains(w.Roles, r):
		return true
	case r == RoleSecretariat:
		return w.Demo || slices.Contains(w.Roles, RoleOperator)
	}
	return false
}

// ActsFor tells whether she may draft and send for a party.
func (w *Who) ActsFor(party int64) bool {
	return w != nil && (w.Any || w.has(party, AsMain, AsAlternate, AsValidator))
}

// DraftsFor tells whether she may draft for a party.
func (w *Who) DraftsFor(party int64) bool { return w.ActsFor(party) || w.Holds(party, AsDrafter) }

// Holds tells whether she holds a post at a party.
func (w *Who) Holds(party int64, as string) bool { return w != nil && w.has(party, as) }

func (w *Who) has(party int64, as ...string) bool {
	return slices.ContainsFunc(w.Posts, func(p Post) bool { return p.Party == party && slices.Contains(as, p.As) })
}

// Parties lists the parties at which she holds a post, each once.
func (w *Who) Parties() []int64 {
	var out []int64
	if w != nil {
		for _, p := range w.Posts {
			out = append(out, p.Party)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

//go:embed schema/people.sql
var peopleSchema string

//go:embed schema/rights.sql
var rightsSchema string

// aboutSchema says about whom something waits, so that it goes when she is erased.
const aboutSchema = `ALTER TABLE account_pending ADD COLUMN about TEXT NOT NULL DEFAULT ''; CREATE INDEX account_pending_about ON account_pending (about)`

// Prepare makes the private tables of accounts.
func Prepare(ctx context.Context, store *db.DB) error {
	return store.Migrate(ctx, "account", peopleSchema, strongSchema, rightsSchema, aboutSchema)
}
