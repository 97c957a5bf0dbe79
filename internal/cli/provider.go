package cli

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"kept/internal/account/signin"
	"kept/internal/web"
)

// provider is where people sign in with accounts of their own organisation.
type provider struct {
	issuer, client, secretFile, name string
}

func (p *provider) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&p.issuer, "signin-issuer", "", "address of an OpenID Connect provider, such as https://id.example.org")
	f.StringVar(&p.client, "signin-client", "", "what the provider calls this site")
	f.StringVar(&p.secretFile, "signin-secret", "", "file that holds the secret shared with the provider")
	f.StringVar(&p.name, "signin-name", "", "what people call the provider; its host name when empty")
}

// open reads the provider's own description; without one it leaves the site as it is.
func (p provider) open(ctx context.Context, base string, c *web.Config) error {
	if p.issuer == "" {
		if p.client+p.secretFile+p.name != "" {
			return fmt.Errorf("%w: --signin-client, --signin-secret and --signin-name belong to --signin-issuer", errUsage)
		}
		return nil
	}
	issuer, err := url.Parse(p.issuer)
	if err != nil || issuer.Host == "" || issuer.Scheme != "https" && !web.Loopback(p.issuer) {
		return fmt.Errorf("%w: --signin-issuer is an address with https, not %q", errUsage, p.issuer)
	}
	if p.client == "" || p.secretFile == "" {
		return fmt.Errorf("%w: --signin-issuer needs --signin-client and --signin-secret FILE", errUsage)
	}
	secret, err := os.ReadFile(p.secretFile)
	if err != nil {
		return fmt.Errorf("the secret of the sign-in provider: %w", err)
	}
	if c.ProviderName = p.name; c.ProviderName == "" {
		c.ProviderName = issuer.Hostname()
	}
	c.Provider, err = signin.NewProvider(ctx, signin.ProviderConfig{Issuer: p.issuer, ClientID: p.client,
		ClientSecret: strings.TrimSpace(string(secret)), Redirect: strings.TrimSuffix(base, "/") + web.ProviderReturn})
	return err
}
