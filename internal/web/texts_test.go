package web_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestPagesOfTheText(t *testing.T) {
	site := gdcSite(t)
	tests := []struct {
		name, address string
		want          []string
	}{
		{"addressees", "/en/for", []string{"Social media platforms", "/en/for/states"}},
		{"what is asked of one", "/en/for/social-media-platforms", []string{"P31e", "Asked of all stakeholders", "2030"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			body := page(t, site, test.address, http.StatusOK)
			for _, want := range test.want {
				if !strings.Contains(body, want) {
					t.Errorf("%s does not say %q", test.address, want)
				}
			}
		})
	}
}
