package record_test

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"kept/record"
)

func TestCanonical(t *testing.T) {
	type money struct {
		Amount string `json:"amount"`
		Code   string `json:"code,omitempty"`
	}
	d := record.DigestOf([]byte("abc"))
	n := int64(3)
	var none *int64
	tests := []struct {
		name string
		v    any
		want string // or, after "!", a piece of the error
	}{
		{"nothing", nil, `{}`},
		{"empty struct", struct{}{}, `{}`},
		{"struct in order of keys", struct {
			Z     int64          `json:"z"`
			A     []money        `json:"a"`
			M     map[string]int `json:"m"`
			Blob  record.Digest  `json:"blob"`
			Until *int64         `json:"until"`
			Left  *int64         `json:"left,omitempty"`
		}{1, []money{{"1.50", ""}}, map[string]int{"b": 1, "B": 2}, d, &n, none},
			`{"a":[{"amount":"1.50"}],"blob":"` + hex64 + `","m":{"B":2,"b":1},"until":3,"z":1}`},
		{"html is left alone", map[string]any{"a": "<&>"}, `{"a":"<&>"}`},
		{"quotes", map[string]any{"a": `"\/`}, `{"a":"\"\\/"}`},
		{"raw JSON", json.RawMessage("{ \"b\" : 1 ,\n\"a\" : [ \"x\" , true ] }"), `{"a":["x",true],"b":1}`},
		{"raw JSON with nested spaces", json.RawMessage(`{"a":{ },"b":1}`), "!empty object"},
		{"time marshals itself", map[string]any{"a": time.Unix(0, 0).UTC()}, `{"a":"1970-01-01T00:00:00Z"}`},

		{"not an object", []string{"a"}, "!want an object"},
		{"nil pointer", struct {
			A *int `json:"a"`
		}{}, "!null"},
		{"nil map", map[string]any{"a": map[string]any(nil)}, "!null"},
		{"empty string", map[string]any{"a": ""}, "!empty string"},
		{"empty slice", map[string]any{"a": []int{}}, "!empty array"},
		{"float", map[string]any{"a": 1.5}, "!a decimal is a string"},
		{"float that is whole", map[string]any{"a": map[string]any{"b": []any{1.0}}}, "!a: b: [0]: a floating-point number"},
		{"float in a struct", struct{ A float32 }{}, "!A: a floating-point number"},
		{"negative", map[string]any{"a": -1}, "!no sign"},
		{"2^53", map[string]any{"a": uint64(1 << 53)}, "!at most"},
		{"2^64-1", map[string]any{"a": uint64(math.MaxUint64)}, "!at most"},
		{"not ASCII", map[string]any{"a": "é"}, "!ASCII"},
		{"not UTF-8", map[string]any{"a": "\xff"}, "!not UTF-8"},
		{"key not ASCII", map[string]any{"é": 1}, "!ASCII"},
		{"key with space", map[string]any{"a b": 1}, "!a key"},
		{"key twice", json.RawMessage(`{"a":1,"a":2}`), "!given twice"},
		{"key twice by escape", json.RawMessage(`{"a":1,"\u0061":2}`), "!given twice"},
		{"where it is", map[string]any{"a": map[string]any{"b": []any{map[string]any{"c": ""}}}}, "!a: b: c: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := record.Canonical(tt.v)
			if piece, bad := strings.CutPrefix(tt.want, "!"); bad {
				if err == nil || !strings.Contains(err.Error(), piece) {
					t.Errorf("got %s, %v, want %s", got, err, piece)
				}
				return
			}
			if err != nil || string(got) != tt.want {
				t.Errorf("got %s, %v, want %s", got, err, tt.want)
			}
			if err := record.CheckCanonical(got); err != nil {
				t.Errorf("%s: %v", got, err)
			}
		})
	}
}

func TestCanonicalCycle(t *testing.T) {
	m := map[string]any{}
	m["m"] = m
	if _, err := record.Canonical(m); err == nil {
		t.Error("a map that holds itself is taken")
	}
}

func TestCanonicalPack(t *testing.T) {
	got, err := record.CanonicalPack(map[string]any{
		"pack.yaml":   map[string]any{"title": "", "list": []any{}, "of": map[string]any{}},
		"lang/zh.yml": map[string]any{"标题": "承诺\n"},
	})
	want := `{"lang/zh.yml":{"标题":"承诺\n"},"pack.yaml":{"list":[],"of":{},"title":""}}`
	if err != nil || string(got) != want {
		t.Fatalf("got %s, %v", got, err)
	}
	if err := record.CheckPack(got); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{`{"a":null}`, `{"a":1.5}`, `{"a": 1}`, `{"b":1,"a":1}`, `{"a":"\u00e9"}`, `[]`, ``, `{`} {
		if record.CheckPack([]byte(bad)) == nil {
			t.Errorf("%s is taken", bad)
		}
	}
	for name, v := range map[string]any{"null": nil, "float": 2.0, "negative": -1} {
		if b, err := record.CanonicalPack(map[string]any{"f": v}); err == nil {
			t.Errorf("%s: %s", name, b)
		}
	}
}

// TestJCS reads the vectors of testdata/jcs.json: RFC 8785's rules for strings
// and order, within the grammar of packs.
func TestJCS(t *testing.T) {
	b, err := os.ReadFile("testdata/jcs.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct{ Name, In, Want, Bad string }
	if err := json.Unmarshal(b, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			got, err := record.CanonicalPack(map[string]any{"f": json.RawMessage(v.In)})
			if v.Bad != "" {
				if err == nil || !strings.Contains(err.Error(), v.Bad) {
					t.Errorf("got %s, %v, want %s", got, err, v.Bad)
				}
				return
			}
			if want := `{"f":` + v.Want + `}`; err != nil || string(got) != want {
				t.Errorf("got  %s, %v\nwant %s", got, err, want)
			}
			if err := record.CheckPack(got); err != nil {
				t.Error(err)
			}
		})
	}
}
