package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/web"
)

// account is where accounts are made without a sign-in: the first operator, and one
// who lost hers. Whoever can run it holds the machine.
func (a *app) account() *cobra.Command {
	var role, name, base string
	add := &cobra.Command{Use: "add MAIL", Short: "Make an account, or give one a role", Args: exactly(1, "a mail address"),
		RunE: func(c *cobra.Command, args []string) error { return a.addAccount(c.Context(), args[0], name, role) }}
	add.Flags().StringVar(&role, "role", "", "operator, secretariat, moderator, steward or reviewer")
	add.Flags().StringVar(&name, "name", "", "the person's name")
	link := &cobra.Command{Use: "link MAIL", Short: "Print a link that signs the account in, once and within 15 minutes", Args: exactly(1, "a mail address"),
		RunE: func(c *cobra.Command, args []string) error { return a.accountLink(c.Context(), args[0], base) }}
	link.Flags().StringVar(&base, "base", "http://127.0.0.1:8080", "public address of the site")
	list := &cobra.Command{Use: "list", Short: "List the accounts", Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return a.listAccounts(c.Context()) }}
	revoke := &cobra.Command{Use: "revoke MAIL", Short: "End an account's sign-ins and let it sign in no more", Args: exactly(1, "a mail address"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.onAccount(c.Context(), args[0], "revoked", func(tx *db.Tx, i *instance, id string) error {
				if err := account.Note(tx, i.keeper.Now(), nil, "account.revoked", id); err != nil {
					return err
				}
				return account.Revoke(tx, i.keeper.Now(), id)
			})
		}}
	erase := &cobra.Command{Use: "erase MAIL", Short: "Erase an account: its rows go, the access log keeps no name", Args: exactly(1, "a mail address"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.onAccount(c.Context(), args[0], "erased", func(tx *db.Tx, i *instance, id string) error {
				if err := account.Note(tx, i.keeper.Now(), nil, "account.erased", ""); err != nil {
					return err
				}
				return web.Forget(tx, id)
			})
		}}
	return group("account", "Make, list, revoke and erase the accounts of people who sign in", add, list, link, revoke, erase)
}

// withAccounts opens the instance and its private tables for one write.
func (a *app) withAccounts(ctx context.Context, do func(tx *db.Tx, i *instance) error) error {
	i, err := a.open(ctx, a.place(a.data))
	if err != nil {
		return err
	}
	defer i.close()
	if err := web.Prepare(ctx, i.db); err != nil {
		return err
	}
	return i.db.Write(ctx, func(tx *db.Tx) error { return do(tx, i) })
}

func (a *app) addAccount(ctx context.Context, mail, name, role string) error {
	if role != "" && !slices.Contains(account.Roles, account.Role(role)) {
		return fmt.Errorf("%w: --role is one of operator, secretariat, moderator, steward, reviewer, not %q", errUsage, role)
	}
	var who *account.Who
	err := a.withAccounts(ctx, func(tx *db.Tx, i *instance) error {
		if err := account.Reopen(tx, mail); err != nil {
			return err
		}
		id, err := account.Add(tx, i.keeper.Now(), mail, name, a.language())
		if err != nil {
			return err
		}
		if role != "" {
			if err := account.Grant(tx, i.keeper.Now(), id, account.Role(role)); err != nil {
				return err
			}
			if err := account.Note(tx, i.keeper.Now(), nil, "role.granted", id+" "+role); err != nil {
				return err
			}
		}
		who, err = account.Get(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	return a.print(accountRow(account.Account{Who: *who}), func(w io.Writer) {
		fmt.Fprintf(w, "%s may sign in as %s\n", who.Mail, strings.Join(rolesOf(who.Roles), ", "))
		if account.Mixed(who.Mail) || account.Mixed(who.Name) {
			fmt.Fprintln(w, "look twice: letters of two scripts that look alike are mixed in this address or name")
		}
	})
}

func (a *app) accountLink(ctx context.Context, mail, base string) error {
	var link string
	err := a.withAccounts(ctx, func(tx *db.Tx, i *instance) error {
		who, err := account.Find(tx, mail)
		if err != nil {
			return err
		}
		token, err := account.SignInLink(tx, i.keeper.Now(), who.ID, "")
		if err != nil {
			return err
		}
		link = strings.TrimSuffix(base, "/") + "/" + string(who.Lang) + "/link/" + token
		return account.Note(tx, i.keeper.Now(), nil, "link.made", who.ID)
	})
	if err != nil {
		return err
	}
	return a.print(map[string]string{"link": link}, func(w io.Writer) { fmt.Fprintln(w, link) })
}

// accountView is a line of kept account list.
type accountView struct {
	ID      string         `json:"id"`
	Mail    string         `json:"mail"`
	Name    string         `json:"name,omitempty"`
	Roles   []string       `json:"roles,omitempty"`
	Posts   []account.Post `json:"posts,omitempty"`
	Revoked string         `json:"revoked,omitempty"`
}

func accountRow(x account.Account) accountView {
	return accountView{x.ID, x.Mail, x.Name, rolesOf(x.Roles), x.Posts, x.Revoked}
}

func rolesOf(roles []account.Role) (out []string) {
	for _, r := range roles {
		out = append(out, string(r))
	}
	return out
}

func (a *app) listAccounts(ctx context.Context) error {
	rows := []accountView{}
	err := a.withAccounts(ctx, func(tx *db.Tx, _ *instance) error {
		after := ""
		for {
			page, err := account.List(tx, after, 500)
			if err != nil || len(page) == 0 {
				return err
			}
			for _, x := range page {
				rows = append(rows, accountRow(x))
			}
			after = page[len(page)-1].Mail
		}
	})
	if err != nil {
		return err
	}
	return a.print(rows, func(w io.Writer) {
		for _, r := range rows {
			fmt.Fprintf(w, "%s\t%s\t%s", r.Mail, r.Name, strings.Join(r.Roles, " "))
			for _, p := range r.Posts {
				fmt.Fprintf(w, " %s@%d", p.As, p.Party)
			}
			if r.Revoked != "" {
				fmt.Fprint(w, " revoked")
			}
			fmt.Fprintln(w)
		}
	})
}

// onAccount does something to the account with an address.
func (a *app) onAccount(ctx context.Context, mail, done string, do func(tx *db.Tx, i *instance, id string) error) error {
	err := a.withAccounts(ctx, func(tx *db.Tx, i *instance) error {
		id, err := account.Known(tx, mail)
		if err != nil {
			return err
		}
		return do(tx, i, id)
	})
	if err != nil {
		return err
	}
	return a.print(map[string]string{"mail": mail, "done": done}, func(w io.Writer) { fmt.Fprintln(w, mail, done) })
}
