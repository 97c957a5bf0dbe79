package web_test

import (
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/db/dbtest"
)

var tokenShown = regexp.MustCompile(`kept_[A-Z2-7]{52}`)

// token makes one on the page for it.
func (b *browser) token(scopes ...string) string {
	b.h.t.Helper()
	w := b.post("/en/desk/tokens", "/en/desk/tokens", url.Values{"name": {"nightly upload"}, "scopes": scopes})
	m := tokenShown.FindString(w.Body.String())
	if w.Code != http.StatusOK || m == "" || w.Header().Get("Cache-Control") != "no-store" {
		b.h.t.Fatalf("no token: status %d\n%s", w.Code, firstLines(w.Body.String()))
	}
	return m
}

// call sends a request the way a program does.
func (h *house) call(method, address, token, body string, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, houseBase+address, strings.NewReader(body))
	r.RemoteAddr = "198.51.100.7:4711"
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if change != nil {
		change(r)
	}
	return request(h.site, r)
}

func TestTokens(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		h := harbourHouse(t, open())
		h.person("main@org.example", account.RoleSecretariat, account.Post{Party: h.org, As: account.AsMain})
		b := h.signIn("main@org.example")
		party, report := b.token("party"), b.token("report", "commit")
		register := `{"name": "Harbour Watch", "kind": "local-authority", "area": "QM"}`
		type problem struct {
			Status int
			Errors []struct{ Field, Message string }
		}
		for _, c := range []struct {
			name, method, address, token, body string
			change                             func(*http.Request)
			want                               int
		}{
			{"no token", "POST", "/api/stakeholders/new", "", register, nil, 401},
			{"a guess", "POST", "/api/stakeholders/new", "kept_GUESS", register, nil, 401},
			{"the cookie of a person", "POST", "/api/stakeholders/new", "", register, func(r *http.Request) { r.AddCookie(b.cookies["__Host-kept-session"]) }, 401},
			{"another scope", "POST", "/api/stakeholders/new", report, register, nil, 403},
			{"another scope, reading", "GET", "/api/stakeholders/new", report, "", nil, 403},
			{"its scope, not its owner's party", "POST", "/api/stakeholders/" + itoa(h.state) + "/members", party, "{}", nil, 422},
			{"not JSON", "POST", "/api/stakeholders/new", party, "name=Harbour", nil, 422},
			{"JSON under another name", "POST", "/api/stakeholders/new", party, register, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, 422},
			{"a list at the top", "POST", "/api/stakeholders/new", party, "[]", nil, 422},
			{"an object inside", "POST", "/api/stakeholders/new", party, `{"name": {"en": "x"}}`, nil, 422},
			{"a list in a list", "POST", "/api/stakeholders/new", party, `{"name": [["x"]]}`, nil, 422},
			{"nothing filled in", "POST", "/api/stakeholders/new", party, "{}", nil, 422},
			{"too large", "POST", "/api/stakeholders/new", party, `{"name": "` + strings.Repeat("x", 3<<20) + `"}`, nil, 413},
			{"very deep", "POST", "/api/stakeholders/new", party, `{"name": ` + strings.Repeat("[", 100000) + `}`, nil, 422},
			{"no such form", "POST", "/api/desk/people", party, "{}", nil, 405},
		} {
			t.Run(c.name, func(t *testing.T) {
				size := h.k.Size()
				w := h.call(c.method, c.address, c.token, c.body, c.change)
				if c.name == "no such form" {
					if w.Code == http.StatusCreated || w.Code == http.StatusSeeOther {
						t.Errorf("got status %d", w.Code)
					}
					return
				}
				var p problem
				err := json.Unmarshal(w.Body.Bytes(), &p)
				if w.Code != c.want || err != nil || p.Status != c.want || w.Header().Get("Content-Type") != "application/problem+json" || len(p.Errors) == 0 {
					t.Errorf("got status %d %s, want %d\n%s", w.Code, w.Header().Get("Content-Type"), c.want, w.Body.String())
				}
				if h.k.Size() != size {
					t.Error("it was kept")
				}
			})
		}
		w := h.call("POST", "/api/stakeholders/new", party, "{}", func(r *http.Request) { r.Header.Set("Accept-Language", "fr") })
		if !strings.Contains(w.Body.String(), `"field":"name"`) || !strings.Contains(w.Body.String(), "partie") {
			t.Errorf("the problem names no field in the language asked for\n%s", w.Body.String())
		}

		send := func() (string, int) {
			w := h.call("POST", "/api/stakeholders/new", party, register, func(r *http.Request) { r.Header.Set("Idempotency-Key", "watch") })
			return w.Body.String(), w.Code
		}
		size := h.k.Size()
		body, code := send()
		again, _ := send()
		want := `{"href":"/stakeholders/` + itoa(size) + `","entries":[` + itoa(size) + `]}` + "\n"
		if code != http.StatusCreated || body != want || again != body || h.k.Size() != size+1 {
			t.Errorf("got status %d\n%s%swant %s", code, body, again, want)
		}
		fields := h.call("GET", "/api/stakeholders/new", party, "", nil)
		if fields.Code != http.StatusOK || !strings.Contains(fields.Body.String(), `"name":"purpose"`) {
			t.Errorf("the fields: status %d\n%s", fields.Code, fields.Body.String())
		}

		list := b.want("/en/desk/tokens", http.StatusOK)
		if strings.Contains(list, party) || !strings.Contains(list, "never used") || !strings.Contains(list, "last used") {
			t.Errorf("the list of tokens shows one, or not which was used\n%s", firstLines(list))
		}
		for part := range strings.SplitSeq(list, `name="token_id" value="`) {
			if id, _, ok := strings.Cut(part, `"`); ok && len(id) == 12 {
				b.post("/en/desk/tokens", "/en/desk/tokens/revoke", url.Values{"token_id": {id}})
			}
		}
		if w := h.call("GET", "/api/stakeholders/new", party, "", nil); w.Code != http.StatusUnauthorized {
			t.Errorf("a revoked token: status %d", w.Code)
		}
		h.write(func(tx *db.Tx) error {
			var n int64
			err := tx.Row("SELECT count(*) FROM account_token WHERE digest = ? OR digest LIKE 'kept_%'", party).Scan(&n)
			if n != 0 {
				t.Error("a token is stored as it is")
			}
			return err
		})
	})
}

// TestTokenOfAState: a program publishes no more alone than its owner does.
func TestTokenOfAState(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	h.person("main@state.example", "", account.Post{Party: h.state, As: account.AsMain})
	token := h.signIn("main@state.example").token("report")
	body := `{"from": "2026-04-01", "to": "2026-09-30", "self_status": "in_progress", "values.0.value": 53.1, "values.0.date": "2026-09-30"}`
	size := h.k.Size()
	w := h.call("POST", "/api/commitments/"+itoa(h.promise)+"/report", token, body, nil)
	if w.Code != http.StatusAccepted || !strings.Contains(w.Body.String(), `"waits":true`) || h.k.Size() != size {
		t.Errorf("got status %d\n%s", w.Code, w.Body.String())
	}
	if w := h.call("POST", "/api/stakeholders/"+itoa(h.state)+"/withdraw", token, "{}", nil); w.Code != http.StatusForbidden {
		t.Errorf("outside its scope: status %d", w.Code)
	}
}

var formRoute = regexp.MustCompile(`s\.form\("([^"]+)"`)

// TestOpenAPI compares the description with the table of routes and with what answers.
func TestOpenAPI(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]json.RawMessage
	}
	w := h.call("GET", "/api/openapi.json", "", "", nil)
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Fatalf("got status %d, %v", w.Code, err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var source strings.Builder // each part of the pages has its own table of routes
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(text)
	}
	var forms []string
	for _, m := range formRoute.FindAllStringSubmatch(source.String(), -1) {
		forms = append(forms, m[1])
		public := strings.HasPrefix(m[1], "/stakeholders/") || strings.HasPrefix(m[1], "/commitments/") || strings.HasPrefix(m[1], "/support/") || strings.HasPrefix(m[1], "/bodies/") && m[1] != "/bodies/{id}/answer"
		if _, there := doc.Paths["/api"+m[1]]; public && !there {
			t.Errorf("the form %s has no twin in the description", m[1])
		}
	}
	listed := html.UnescapeString(page(t, h.site, "/en/api", http.StatusOK))
	for path, item := range doc.Paths {
		if !slices.Contains(forms, strings.TrimPrefix(path, "/api")) {
			t.Errorf("%s is described and is no form", path)
		}
		if !strings.Contains(listed, path) {
			t.Errorf("%s is not on the page /api", path)
		}
		address := regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(path, "1")
		for _, method := range []string{"GET", "POST"} {
			if item[strings.ToLower(method)] == nil {
				t.Errorf("%s %s is not described", method, path)
			}
			if w := h.call(method, address, "", "{}", nil); w.Code != http.StatusUnauthorized {
				t.Errorf("%s %s: got status %d, want 401", method, address, w.Code)
			}
		}
		if n := strings.Count(path, "{"); n > 0 && strings.Count(string(item["parameters"]), `"in":"path"`) != n {
			t.Errorf("%s does not describe its parameters", path)
		}
	}
	for _, private := range []string{"/api/desk/account", "/api/desk/people", "/api/desk/tokens", "/api/sign-in", "/api/desk/pending/{id}"} {
		if doc.Paths[private] != nil {
			t.Errorf("%s is open to programs", private)
		}
	}
}

// A token tells which fields a form has. What somebody has typed into a draft, it does not read.
func TestTokenReadsNoDraft(t *testing.T) {
	h := harbourHouse(t, dbtest.SQLite(t))
	h.person("main@org.example", "", account.Post{Party: h.state, As: account.AsMain})
	b := h.signIn("main@org.example")
	token := b.token("commit")
	w := b.post("/en/commitments/new", "/en/commitments/new", url.Values{"party": {itoa(h.state)}})
	step := strings.TrimPrefix(w.Header().Get("Location"), "/en")
	b.post("/en"+step, "/en"+step, url.Values{"title": {"Planted in a draft"}, "type": {"capacity"}})
	if page := b.want("/en"+step, http.StatusOK); !strings.Contains(page, "Planted in a draft") {
		t.Fatalf("the draft does not hold what was typed\n%s", firstLines(page))
	}
	for _, address := range []string{step, strings.TrimSuffix(step, "/1") + "/check"} {
		got := h.call("GET", "/api"+address, token, "", nil)
		if strings.Contains(got.Body.String(), "Planted") || strings.Contains(got.Body.String(), `"chosen":true`) {
			t.Errorf("%s answers a token with what was typed: %s", address, got.Body.String())
		}
		if address == step && (got.Code != http.StatusOK || !strings.Contains(got.Body.String(), `"name":"title"`)) {
			t.Errorf("%s: status %d, %s", address, got.Code, got.Body.String())
		}
	}
}
