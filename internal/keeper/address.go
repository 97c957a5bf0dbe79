package keeper

import (
	"net/url"
	"strings"
)

// WebAddress tells an address that a page may link to: of the web, of a host with a
// name, without somebody's password in it.
func WebAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.User == nil && strings.Contains(u.Hostname(), ".")
}
