package account

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// stamp is how times are stored.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Add makes an account for an address, or finds the one that has it.
func Add(tx *db.Tx, now time.Time, address, name string, lang locale.Lang) (id string, err error) {
	address, err = Address(address)
	if err != nil {
		return "", locale.Field("mail", err)
	}
	name = keeper.Line(name)
	if strings.ContainsFunc(name, hidden) || len(name) > longestAddress {
		return "", locale.Field("name", locale.E("err.account.name"))
	}
	id = strings.ToLower(rand.Text()[:20])
	_, err = tx.Exec(`INSERT INTO account_person (id, mail, mail_key, name, lang, reminders, made_at, revoked_at) VALUES (?, ?, ?, ?, ?, 1, ?, '')
		ON CONFLICT (mail_key) DO NOTHING`, id, address, strings.ToLower(address), name, string(lang), stamp(now))
	if err != nil {
		return "", err
	}
	var revoked string
	err = tx.Row("SELECT id, revoked_at FROM account_person WHERE mail_key = ?", strings.ToLower(address)).Scan(&id, &revoked)
	if err == nil && revoked != "" {
		err = keeper.Refuse(keeper.ErrForbidden, locale.Field("mail", locale.E("err.account.revoked")))
	}
	return id, err
}

// Reopen lets a revoked account sign in again.
func Reopen(tx *db.Tx, address string) error {
	_, err := tx.Exec("UPDATE account_person SET revoked_at = '' WHERE mail_key = ?", strings.ToLower(strings.TrimSpace(address)))
	return err
}

// Find is the account that may sign in with an address; ErrNotFound otherwise.
func Find(tx *db.Tx, address string) (*Who, error) {
	var id string
	err := tx.Row("SELECT id FROM account_person WHERE mail_key = ? AND revoked_at = ''", strings.ToLower(strings.TrimSpace(address))).Scan(&id)
	if errors.Is(err, db.ErrNoRows) {
		return nil, errUnknown
	}
	if err != nil {
		return nil, err
	}
	return Get(tx, id)
}

var errUnknown = keeper.Refuse(keeper.ErrNotFound, locale.E("err.account.unknown"))

// Known is the account with an address, whether or not it may sign in.
func Known(tx *db.Tx, address string) (id string, err error) {
	err = tx.Row("SELECT id FROM account_person WHERE mail_key = ?", strings.ToLower(strings.TrimSpace(address))).Scan(&id)
	if errors.Is(err, db.ErrNoRows) {
		err = errUnknown
	}
	return id, err
}

// MailOf is the address of an account, whether or not it may sign in.
func MailOf(tx *db.Tx, id string) (mail string, err error) {
	err = tx.Row("SELECT mail FROM account_person WHERE id = ?", id).Scan(&mail)
	if errors.Is(err, db.ErrNoRows) {
		err = errUnknown
	}
	return mail, err
}

// Get reads an account that may sign in, with its roles and posts.
func Get(tx *db.Tx, id string) (*Who, error) {
	w := &Who{ID: id}
	var lang string
	err := tx.Row("SELECT name, mail, lang FROM account_person WHERE id = ? AND revoked_at = ''", id).Scan(&w.Name, &w.Mail, &lang)
	if errors.Is(err, db.ErrNoRows) {
		return nil, errUnknown
	}
	if err != nil {
		return nil, fmt.Errorf("account %s: %w", id, err)
	}
	if w.Lang = locale.English; locale.Known(lang) {
		w.Lang = locale.Lang(lang)
	}
	if w.Roles, err = rolesOf(tx, id); err != nil {
		return nil, err
	}
	w.Posts, err = postsOf(tx, id)
	return w, err
}

func rolesOf(tx *db.Tx, id string) (out []Role, err error) {
	rows, err := tx.Query("SELECT role FROM account_role WHERE account = ? ORDER BY role", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r string
		if err := rows.Scan(&r); err != nil {
			return nil, err
		}
		out = append(out, Role(r))
	}
	return out, rows.Err()
}

func postsOf(tx *db.Tx, id string) (out []Post, err error) {
	rows, err := tx.Query("SELECT party, post FROM account_post WHERE account = ? ORDER BY party, post", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p Post
		if err := rows.Scan(&p.Party, &p.As); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// Grant gives an account a role.
func Grant(tx *db.Tx, now time.Time, id string, role Role) error {
	if !slices.Contains(Roles, role) {
		return locale.Field("role", locale.E("err.account.role", "value", string(role)))
	}
	_, err := tx.Exec("INSERT INTO account_role (account, role, made_at) VALUES (?, ?, ?) ON CONFLICT (account, role) DO NOTHING", id, string(role), stamp(now))
	return err
}

// Ungrant takes a role away.
func Ungrant(tx *db.Tx, id string, role Role) error {
	_, err := tx.Exec("DELETE FROM account_role WHERE account = ? AND role = ?", id, string(role))
	return err
}

// Appoint gives an account a post at a party.
func Appoint(tx *db.Tx, now time.Time, id string, p Post) error {
	if !slices.Contains(AllPosts, p.As) {
		return locale.Field("as", locale.E("err.account.post", "value", p.As))
	}
	if _, err := stakeholder.ByID(tx, p.Party); err != nil {
		return locale.Field("party", err)
	}
	_, err := tx.Exec("INSERT INTO account_post (party, account, post, made_at) VALUES (?, ?, ?, ?) ON CONFLICT (party, account, post) DO NOTHING", p.Party, id, p.As, stamp(now))
	return err
}

// Relieve takes a post away.
func Relieve(tx *db.Tx, id string, p Post) error {
	_, err := tx.Exec("DELETE FROM account_post WHERE party = ? AND account = ? AND post = ?", p.Party, id, p.As)
	return err
}

// Account is a line of the list of accounts.
type Account struct {
	Who
	Made    string
	Revoked string // "" while it may sign in
}

// List lists the accounts by address: after is the last one of the page before.
func List(tx *db.Tx, after string, limit int) ([]Account, error) {
	rows, err := tx.Query("SELECT id, mail, name, made_at, revoked_at FROM account_person WHERE mail_key > ? ORDER BY mail_key LIMIT ?", strings.ToLower(after), limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Account
	for rows.Next() {
		var a Account
		if err := rows.Scan(&a.ID, &a.Mail, &a.Name, &a.Made, &a.Revoked); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	rows.Close()
	for i := range out {
		if out[i].Roles, err = rolesOf(tx, out[i].ID); err != nil {
			return nil, err
		}
		if out[i].Posts, err = postsOf(tx, out[i].ID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Rename changes the name and the language of letters.
func Rename(tx *db.Tx, id, name string, lang locale.Lang) error {
	name = keeper.Line(name)
	if strings.ContainsFunc(name, hidden) || len(name) > longestAddress {
		return locale.Field("name", locale.E("err.account.name"))
	}
	_, err := tx.Exec("UPDATE account_person SET name = ?, lang = ? WHERE id = ?", name, string(lang), id)
	return err
}

// Contact is a person with a post at a party, as letters need her.
type Contact struct {
	ID        string
	Name      string
	Mail      string
	Lang      locale.Lang
	As        string
	Reminders bool // she wants to be reminded
}

// Contacts lists who holds a post at a party and may sign in, by post.
func Contacts(tx *db.Tx, party int64) ([]Contact, error) {
	rows, err := tx.Query(`SELECT p.id, p.name, p.mail, p.lang, a.post, p.reminders FROM account_post a JOIN account_person p ON p.id = a.account
		WHERE a.party = ? AND p.revoked_at = '' ORDER BY a.made_at, p.id`, party)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Contact
	for rows.Next() {
		var c Contact
		var lang string
		var reminders int64
		if err := rows.Scan(&c.ID, &c.Name, &c.Mail, &lang, &c.As, &reminders); err != nil {
			return nil, err
		}
		if c.Lang = locale.English; locale.Known(lang) {
			c.Lang = locale.Lang(lang)
		}
		c.Reminders = reminders == 1
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b Contact) int { return slices.Index(AllPosts, a.As) - slices.Index(AllPosts, b.As) })
	return out, rows.Err()
}

// SetReminders notes whether an account wants reminders by mail.
func SetReminders(tx *db.Tx, id string, wanted bool) error {
	n := 0
	if wanted {
		n = 1
	}
	_, err := tx.Exec("UPDATE account_person SET reminders = ? WHERE id = ?", n, id)
	return err
}

// WantsReminders tells whether an account wants reminders by mail.
func WantsReminders(tx *db.Tx, id string) (bool, error) {
	var n int64
	err := tx.Row("SELECT reminders FROM account_person WHERE id = ?", id).Scan(&n)
	return n == 1, err
}

// Posted lists the parties at which somebody holds a post.
func Posted(tx *db.Tx) ([]int64, error) {
	rows, err := tx.Query("SELECT DISTINCT party FROM account_post ORDER BY party")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
