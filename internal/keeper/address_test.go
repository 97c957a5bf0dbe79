package keeper_test

import (
	"testing"

	"kept/internal/keeper"
)

func TestWebAddress(t *testing.T) {
	for s, want := range map[string]bool{"https://un.org/a?b=c#d": true, "http://192.0.2.7:8080/": true, "https://例子.测试/": true,
		"": false, "un.org": false, "//un.org": false, "ftp://un.org": false, "javascript:alert(1)": false, "data:text/html,x": false, "https://localhost/": false, "https:///x": false,
		"https://me:secret@un.org/": false, "https://un.org@evil.example/": false, "https://un org/": false, "mailto:a@un.org": false, "HTTPS://UN.ORG": true} {
		if got := keeper.WebAddress(s); got != want {
			t.Errorf("WebAddress(%q): got %v, want %v", s, got, want)
		}
	}
}
