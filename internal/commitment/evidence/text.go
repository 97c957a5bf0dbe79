package evidence

import (
	"bytes"
	"encoding/csv"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"kept/internal/locale"
)

// shownLines and shownRunes are how much of a text a page shows.
const (
	shownLines = 60
	shownRunes = 300
)

// markup are beginnings of tags that a browser would act on.
var markup = []struct{ mark, key string }{
	{"<svg", "err.evidence.svg"}, {"<script", "err.evidence.html"}, {"<html", "err.evidence.html"}, {"<!doctype", "err.evidence.html"},
	{"<iframe", "err.evidence.html"}, {"<body", "err.evidence.html"}, {"<head", "err.evidence.html"}, {"<?xml", "err.evidence.html"},
	{"<?php", "err.evidence.program"}, {"javascript:", "err.evidence.html"},
}

// readText takes plain text and tables in UTF-8.
func readText(b []byte) (File, error) {
	if bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")) {
		return File{}, locale.E("err.evidence.text_encoding")
	}
	text := strings.TrimPrefix(string(b), "\ufeff")
	low := strings.ToLower(text)
	for _, m := range markup {
		if strings.Contains(low, m.mark) {
			return File{}, locale.E(m.key)
		}
	}
	if strings.ContainsFunc(text, control) {
		return File{}, locale.E("err.evidence.unknown")
	}
	if !utf8.ValidString(text) {
		return File{}, locale.E("err.evidence.text_encoding")
	}
	f := File{Type: "text/plain", Published: b, Lines: beginning(text)}
	if table(text) {
		f.Type = "text/csv"
	}
	return f, nil
}

// control tells a character that no text file has.
func control(r rune) bool {
	return unicode.IsControl(r) && r != '\t' && r != '\n' && r != '\r' && r != '\f' && r != 0x85
}

// table tells whether a text is rows of two or more cells, each as long as the first.
func table(text string) bool {
	for _, comma := range []rune{',', ';', '\t'} {
		r := csv.NewReader(strings.NewReader(text))
		r.Comma, r.ReuseRecord = comma, true
		rows := 0
		for {
			row, err := r.Read()
			if err == io.EOF && rows > 1 {
				return true
			}
			if err != nil || len(row) < 2 {
				break
			}
			rows++
		}
	}
	return false
}

// beginning is the first lines of a text, long ones cut.
func beginning(text string) []string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	lines := strings.SplitN(strings.TrimRight(text, "\n"), "\n", shownLines+1)
	more := len(lines) > shownLines
	lines = lines[:min(len(lines), shownLines)]
	for i, line := range lines {
		if runes := []rune(line); len(runes) > shownRunes {
			lines[i] = string(runes[:shownRunes]) + " …"
		}
	}
	if more {
		lines = append(lines, "…")
	}
	return lines
}
