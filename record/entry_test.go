package record_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"kept/record"
)

const (
	at    = `{"at":"2026-11-21T14:02:00Z","by":"12"`
	kind  = `,"kind":"a.b","v":1`
	hex64 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
)

// facts is an entry with these facts.
func facts(f string) string { return at + `,"facts":` + f + kind + `}` }

func nested(n int) string {
	return strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n)
}

func TestParseEntry(t *testing.T) {
	tests := []struct {
		name, line string
		rule       string // "" where the line is good
	}{
		{"least", at + kind + "}", ""},
		{"facts", facts(`{"a":0,"b":true,"c":false,"d":"x","e":["x",1,["y"]],"f":{"g":9007199254740991}}`), ""},
		{"escapes", facts(`{"a":"say \"x\" \\ /"}`), ""},
		{"words", at + kind + `,"words":{"a.en":"` + hex64 + `","a.fr":"` + hex64 + `"}}`, ""},
		{"blob", facts(`{"blob":"` + hex64 + `","file_blob":"` + hex64 + `","page_blobs":["` + hex64 + `"]}`), ""},
		{"a name that only ends like a blob", facts(`{"myblob":"x"}`), ""},
		{"depth 16", facts(nested(16)), ""},
		{"order of keys is that of bytes", facts(`{"A":1,"a":1,"a.":1,"a0":1,"b":1}`), ""},

		{"empty", "", `want {"at":`},
		{"space", at + " " + kind + "}", `want ,"kind":`},
		{"line feed", at + kind + "}\n", "bytes after the end"},
		{"two", at + kind + "}{}", "bytes after the end"},
		{"other time", strings.Replace(at, "14:02", "24:02", 1) + kind + "}", "an hour that does not exist"},
		{"by as number", strings.Replace(at, `"12"`, "12", 1) + kind + "}", "and a string"},
		{"by somebody", strings.Replace(at, "12", "x", 1) + kind + "}", "by is an entry id"},
		{"kind", at + `,"kind":"made","v":1}`, "a kind is noun.verb"},
		{"kind without end", at + `,"kind":"made`, "a string does not end"},
		{"version 2", at + `,"kind":"a.b","v":2}`, `want ,"v":1`},
		{"version 10", at + `,"kind":"a.b","v":10}`, "want } or a known key"},
		{"signed", at + `,"kind":"a.b","signed":"x","v":1}`, "signed is reserved"},
		{"unknown key", at + `,"from":"x"` + kind + "}", `want ,"kind":`},
		{"unknown last key", at + kind + `,"z":1}`, "want } or a known key"},
		{"misordered", `{"by":"12","at":"2026-11-21T14:02:00Z"` + kind + "}", `want {"at":`},
		{"key in other letters", strings.Replace(at, `"by"`, `"By"`, 1) + kind + "}", `want ,"by":`},

		{"no facts", facts(`{}`), "an empty object is left out"},
		{"facts null", facts(`null`), "want an object"},
		{"facts array", facts(`["a"]`), "want an object"},
		{"null", facts(`{"a":null}`), "null is not in the grammar"},
		{"empty string", facts(`{"a":""}`), "an empty string is left out"},
		{"empty array", facts(`{"a":[]}`), "an empty array is left out"},
		{"empty object", facts(`{"a":{}}`), "an empty object is left out"},
		{"null in array", facts(`{"a":[1,null]}`), "null is not in the grammar"},
		{"sign", facts(`{"a":-1}`), "an integer has no sign"},
		{"fraction", facts(`{"a":1.0}`), "a decimal is a string"},
		{"exponent", facts(`{"a":1e3}`), "a decimal is a string"},
		{"leading zero", facts(`{"a":01}`), "no leading zero"},
		{"over 2^53", facts(`{"a":9007199254740992}`), "at most 9007199254740991"},
		{"far over 2^53", facts(`{"a":` + strings.Repeat("9", 400) + `}`), "at most 9007199254740991"},
		{"twice", facts(`{"a":1,"a":1}`), "key given twice"},
		{"order", facts(`{"b":1,"a":1}`), "keys are not in order"},
		{"order in depth", facts(`{"a":[{"b":1,"a":1}]}`), "keys are not in order"},
		{"empty key", facts(`{"":1}`), "a key is not empty"},
		{"key with space", facts(`{"a b":1}`), "a key holds"},
		{"key with escape", facts(`{"a\"":1}`), "a key holds"},
		{"space after colon", facts(`{"a": 1}`), "want a value"},
		{"space before colon", facts(`{"a" :1}`), "want : with no space"},
		{"space after comma", facts(`{"a":1, "b":1}`), "want a key in quotes"},
		{"comma at the end", facts(`{"a":1,}`), "want a key in quotes"},
		{"comma at the end of an array", facts(`{"a":[1,]}`), "want a value"},
		{"not ASCII", facts(`{"a":"é"}`), "printable ASCII only"},
		{"control", facts("{\"a\":\"\x01\"}"), "printable ASCII only"},
		{"delete", facts("{\"a\":\"\x7f\"}"), "printable ASCII only"},
		{"escape of a letter", facts(`{"a":"\u0061"}`), `the only escapes are`},
		{"escape of a line feed", facts(`{"a":"\n"}`), `the only escapes are`},
		{"escape of a slash", facts(`{"a":"\/"}`), `the only escapes are`},
		{"open string", at + `,"facts":{"a":"x`, "a string does not end"},
		{"open string after a backslash", at + `,"facts":{"a":"x\`, "the only escapes are"},
		{"open object", at + `,"facts":{"a":1`, "want , or }"},
		{"true misspelt", facts(`{"a":trve}`), "want true"},
		{"a number as a blob", facts(`{"blob":1}`), "want a digest"},
		{"a blob in capitals", facts(`{"x_blob":"` + strings.ToUpper(hex64) + `"}`), "want a digest of 64 lower-case"},
		{"blobs that is one", facts(`{"blobs":"` + hex64 + `"}`), "is an array of digests"},
		{"depth 17", facts(nested(17)), "nested too deep"},
		{"depth 17 by arrays", facts(`{"a":` + strings.Repeat("[", 16) + "1" + strings.Repeat("]", 16) + `}`), "nested too deep"},
		{"a million brackets", facts(`{"a":` + strings.Repeat("[", 30000)), "nested too deep"},

		{"no words", at + kind + `,"words":{}}`, "want a key in quotes"},
		{"words null", at + kind + `,"words":null}`, "words is an object"},
		{"part", at + kind + `,"words":{"a":"` + hex64 + `"}}`, "a part is field.language"},
		{"part twice", at + kind + `,"words":{"a.en":"` + hex64 + `","a.en":"` + hex64 + `"}}`, "part given twice"},
		{"part order", at + kind + `,"words":{"b.en":"` + hex64 + `","a.en":"` + hex64 + `"}}`, "parts are not in order"},
		{"digest", at + kind + `,"words":{"a.en":"` + hex64[:63] + `"}}`, "want a digest"},
		{"long", facts(`{"a":"` + strings.Repeat("x", record.MaxEntry) + `"}`), "at most 32768 bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, err := record.ParseEntry([]byte(tt.line))
			if tt.rule == "" {
				if err != nil {
					t.Fatal(err)
				}
				if b, err := e.Bytes(); err != nil || string(b) != tt.line {
					t.Errorf("written again: %s %v", b, err)
				}
				return
			}
			var syntax *record.SyntaxError
			if !errors.As(err, &syntax) || !strings.Contains(syntax.Rule, tt.rule) {
				t.Errorf("got %v, want %s", err, tt.rule)
			}
		})
	}
}

func TestSyntaxErrorNamesTheByte(t *testing.T) {
	line := facts(`{"a":1,"b":null}`)
	_, err := record.ParseEntry([]byte(line))
	if want := fmt.Sprintf("byte %d: ", strings.Index(line, "null")); err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestEntryBytes(t *testing.T) {
	good := record.Entry{Kind: "a.b", At: "2026-11-21T14:02:00Z", By: "12"}
	tests := []struct {
		name   string
		change func(*record.Entry)
	}{
		{"kind", func(e *record.Entry) { e.Kind = `a.b","v":1,"x":"` }},
		{"at", func(e *record.Entry) { e.At = "today" }},
		{"by", func(e *record.Entry) { e.By = `12","by":"13` }},
		{"facts", func(e *record.Entry) { e.Facts = []byte(`{"a":1},"kind":"x.y"`) }},
		{"facts that name a blob badly", func(e *record.Entry) { e.Facts = []byte(`{"blob":"x"}`) }},
		{"part", func(e *record.Entry) { e.Words = map[string]record.Digest{`a.en":"`: {}} }},
		{"size", func(e *record.Entry) { e.Facts = []byte(`{"a":"` + strings.Repeat("x", record.MaxEntry) + `"}`) }},
	}
	for _, tt := range tests {
		e := good
		tt.change(&e)
		if b, err := e.Bytes(); err == nil {
			t.Errorf("%s: %s", tt.name, b)
		}
	}
	for _, none := range []string{"", "{}"} {
		good.Facts = []byte(none)
		if b, err := good.Bytes(); err != nil || string(b) != at+kind+"}" {
			t.Errorf("facts %q: %s %v", none, b, err)
		}
	}
}
