package account

import (
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"time"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Scopes of tokens: what a program may send in its owner's place. None lets it
// read anything private.
const (
	ScopeReport = "report" // progress reports
	ScopeCommit = "commit" // commitments
	ScopeParty  = "party"  // registration, endorsement and what else a party says of itself
	ScopeImport = "import" // files
)

// Scopes lists all scopes.
var Scopes = []string{ScopeReport, ScopeCommit, ScopeParty, ScopeImport}

// Token is what a program shows in place of a sign-in.
type Token struct {
	ID     string
	Name   string
	Scopes []string
	Made   string
	Used   string // to the hour; "" for never
}

// tokenMark begins every token, so that one that leaks is known for what it is.
const tokenMark = "kept_"

// mostTokens is how many tokens one account may have.
const mostTokens = 50

// NewToken makes a token for an account and returns it. Only its digest is kept.
func NewToken(tx *db.Tx, now time.Time, account, name string, scopes []string) (token string, err error) {
	name = keeper.Line(name)
	var errs locale.Errors
	if name == "" || len(name) > 100 || strings.ContainsFunc(name, hidden) {
		errs.AddField("name", locale.E("err.token.name"))
	}
	if len(scopes) == 0 {
		errs.AddField("scopes", locale.E("err.token.scopes"))
	}
	for _, s := range scopes {
		if !slices.Contains(Scopes, s) {
			errs.AddField("scopes", locale.E("err.token.scope", "value", s))
		}
	}
	if err := errs.Err(); err != nil {
		return "", err
	}
	var n int64
	if err := tx.Row("SELECT count(*) FROM account_token WHERE account = ? AND revoked_at = ''", account).Scan(&n); err != nil {
		return "", err
	}
	if n >= mostTokens {
		return "", locale.E("err.token.many", "max", mostTokens)
	}
	token = tokenMark + rand.Text() + rand.Text()
	scopes = slices.Compact(slices.Sorted(slices.Values(scopes)))
	_, err = tx.Exec("INSERT INTO account_token (id, digest, account, name, scopes, made_at, used_at, revoked_at) VALUES (?, ?, ?, ?, ?, ?, '', '')",
		strings.ToLower(rand.Text()[:12]), digestOf(token), account, name, strings.Join(scopes, " "), stamp(now))
	return token, err
}

// ByToken is who a token belongs to and what it lets its bearer do; nil without
// error when it opens nothing. late says that its use is to be noted with [TokenUsed].
func ByToken(tx *db.Tx, now time.Time, token string) (w *Who, scopes []string, late bool, err error) {
	var id, list, used string
	err = tx.Row("SELECT account, scopes, used_at FROM account_token WHERE digest = ? AND revoked_at = ''", digestOf(token)).Scan(&id, &list, &used)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil, false, nil
	}
	if err != nil {
		return nil, nil, false, err
	}
	w, err = Get(tx, id)
	if errors.Is(err, keeper.ErrNotFound) {
		return nil, nil, false, nil
	}
	return w, strings.Fields(list), used < stamp(now.Truncate(seenEvery)), err
}

// TokenUsed notes the use of a token.
func TokenUsed(tx *db.Tx, now time.Time, token string) error {
	_, err := tx.Exec("UPDATE account_token SET used_at = ? WHERE digest = ?", stamp(now.Truncate(seenEvery)), digestOf(token))
	return err
}

// Tokens lists the tokens of an account that work, the newest first.
func Tokens(tx *db.Tx, account string) ([]Token, error) {
	rows, err := tx.Query("SELECT id, name, scopes, made_at, used_at FROM account_token WHERE account = ? AND revoked_at = '' ORDER BY made_at DESC, id", account)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Token
	for rows.Next() {
		var t Token
		var scopes string
		if err := rows.Scan(&t.ID, &t.Name, &scopes, &t.Made, &t.Used); err != nil {
			return nil, err
		}
		t.Scopes = strings.Fields(scopes)
		out = append(out, t)
	}
	return out, rows.Err()
}

// RevokeToken ends a token of an account.
func RevokeToken(tx *db.Tx, now time.Time, account, id string) error {
	n, err := tx.Exec("UPDATE account_token SET revoked_at = ? WHERE account = ? AND id = ? AND revoked_at = ''", stamp(now), account, id)
	if err == nil && n == 0 {
		err = keeper.Refuse(keeper.ErrNotFound, locale.E("err.token.none"))
	}
	return err
}
