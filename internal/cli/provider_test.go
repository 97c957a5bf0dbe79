package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kept/internal/account/signin/signintest"
)

// A provider that cannot be right is refused before anything is served.
func TestServeWithAProvider(t *testing.T) {
	dir := newRecord(t, "harbour")
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(signintest.ClientSecret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	kept("serve", dir, "--addr", "127.0.0.1:0", "--signin-client", "kept").want(t, 2, "--signin-issuer")
	kept("serve", dir, "--addr", "127.0.0.1:0", "--signin-issuer", "http://id.example.org").want(t, 2, "https")
	kept("serve", dir, "--addr", "127.0.0.1:0", "--signin-issuer", "https://id.example.org").want(t, 2, "--signin-secret")
	answer := kept("serve", dir, "--addr", "127.0.0.1:0", "--signin-issuer", "http://127.0.0.1:9", "--signin-client", "kept", "--signin-secret", secret)
	answer.want(t, 1, "sign-in provider http://127.0.0.1:9")
	if strings.Contains(answer.out+answer.err, signintest.ClientSecret) {
		t.Error("the secret is printed")
	}
}
