package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"unicode/utf8"
)

// A grammar is what is asked of JSON beyond RFC 8785. All three refuse null,
// fractions, signs and integers over 2^53-1: those are the numbers on which
// JSON readers differ.
type grammar struct {
	ascii bool // printable ASCII only, keys without space, quote and backslash
	empty bool // empty strings, arrays and objects may stand
	depth int  // containers inside one another
}

var (
	recordGrammar = grammar{ascii: true, depth: maxDepth}     // facts
	textGrammar   = grammar{depth: maxDepth}                  // words, receipts
	packGrammar   = grammar{empty: true, depth: 4 * maxDepth} // content packs
)

// Canonical returns v as a canonical JSON object in the grammar of facts. It
// takes what encoding/json takes, except floating-point numbers, whatever
// their value: a decimal is a string. Nothing at all is "{}".
func Canonical(v any) ([]byte, error) {
	if v == nil {
		return []byte("{}"), nil
	}
	return canonicalValue(v, recordGrammar)
}

// CanonicalPack returns the canonical bytes of a content pack, one object of
// file path → parsed file. Packs hold text: any Unicode, and empty values.
func CanonicalPack(files map[string]any) ([]byte, error) {
	if files == nil {
		return []byte("{}"), nil
	}
	return canonicalValue(files, packGrammar)
}

// CheckPack checks that b is one JSON object in the grammar of packs and in
// its canonical form, byte for byte.
func CheckPack(b []byte) error { return checkCanonical(b, packGrammar) }

// CanonicalText returns v as a canonical JSON object that may hold any Unicode text,
// as words and receipts do; empty values are left out.
func CanonicalText(v any) ([]byte, error) { return canonicalValue(v, textGrammar) }

func canonicalValue(v any, g grammar) ([]byte, error) {
	if err := plainValue(reflect.ValueOf(v), 0); err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return canonicalise(buf.Bytes(), g)
}

func checkCanonical(b []byte, g grammar) error {
	c, err := canonicalise(b, g)
	if err != nil {
		return err
	}
	if !bytes.Equal(b, c) {
		return &SyntaxError{firstDifference(b, c), "not the canonical form"}
	}
	return nil
}

// plainValue refuses what encoding/json would change on the way: a float with
// an integral value loses its point, and bytes that are not UTF-8 are replaced.
func plainValue(v reflect.Value, depth int) error {
	if depth > 100 {
		return fmt.Errorf("nested too deep")
	}
	switch v.Kind() {
	case reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		return fmt.Errorf("a floating-point number: a decimal is a string")
	case reflect.String:
		if !utf8.ValidString(v.String()) {
			return fmt.Errorf("%.20q is not UTF-8", v.String())
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return plainValue(v.Elem(), depth+1)
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return nil
		}
		for i := range v.Len() {
			if err := plainValue(v.Index(i), depth+1); err != nil {
				return fmt.Errorf("[%d]: %w", i, err)
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if err := plainValue(it.Key(), depth+1); err != nil {
				return err
			}
			if err := plainValue(it.Value(), depth+1); err != nil {
				return fmt.Errorf("%v: %w", it.Key(), err)
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				if err := plainValue(v.Field(i), depth+1); err != nil {
					return fmt.Errorf("%s: %w", f.Name, err)
				}
			}
		}
	}
	return nil
}
