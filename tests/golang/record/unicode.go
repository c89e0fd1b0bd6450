package main

import (
	"fmt"
	"os"
	"strings"
	"unicode"
)

func init() { recorders["unicode"] = recordUnicode }

// recordUnicode writes the tables of src/value/golang/unicode_data.rs.
func recordUnicode() {
	var out strings.Builder
	out.WriteString("//! Tables of Go's package unicode (Unicode " + unicode.Version + "), written by tests/golang/record.\n\n")
	out.WriteString("use super::unicode::Shift;\n")
	classes := []struct {
		name, doc string
		in        func(rune) bool
	}{
		{"PRINT", "unicode.IsPrint", unicode.IsPrint},
		{"LETTER", "unicode.IsLetter", unicode.IsLetter},
		{"DIGIT", "unicode.IsDigit", unicode.IsDigit},
		{"UPPER", "unicode.IsUpper", unicode.IsUpper},
		{"LOWER", "unicode.IsLower", unicode.IsLower},
		{"TITLE", "unicode.IsTitle", unicode.IsTitle},
		{"NUMBER", "unicode.IsNumber", unicode.IsNumber},
		{"PUNCT", "unicode.IsPunct", unicode.IsPunct},
	}
	for _, class := range classes {
		var items []string
		for c := rune(0); c <= unicode.MaxRune; c++ {
			if !class.in(c) {
				continue
			}
			from := c
			for class.in(c + 1) {
				c++
			}
			items = append(items, fmt.Sprintf("(%#x, %#x)", from, c))
		}
		writeTable(&out, class.name, class.doc+", as inclusive ranges.", "(u32, u32)", items)
	}
	shifts := []struct {
		name, doc string
		to        func(rune) rune
	}{
		{"TO_UPPER", "unicode.ToUpper", unicode.ToUpper},
		{"TO_LOWER", "unicode.ToLower", unicode.ToLower},
		{"TO_TITLE", "unicode.ToTitle", unicode.ToTitle},
	}
	for _, shift := range shifts {
		var items []string
		delta := func(c rune) rune { return shift.to(c) - c }
		for c := rune(0); c <= unicode.MaxRune; c++ {
			if delta(c) == 0 {
				continue
			}
			from, step := c, rune(1)
			if delta(c+1) == delta(from) {
				for delta(c+1) == delta(from) {
					c++
				}
			} else {
				step = 2
				for delta(c+2) == delta(from) && delta(c+1) == 0 {
					c += 2
				}
				if c == from {
					step = 1
				}
			}
			items = append(items, fmt.Sprintf("(%#x, %#x, %d, %d)", from, c, step, delta(from)))
		}
		writeTable(&out, shift.name, shift.doc+" where it changes a rune.", "Shift", items)
	}
	if err := os.WriteFile("../../../src/value/golang/unicode_data.rs", []byte(out.String()), 0o644); err != nil {
		panic(err)
	}
}

func writeTable(out *strings.Builder, name, doc, of string, items []string) {
	fmt.Fprintf(out, "\n/// %s\n#[rustfmt::skip]\npub(super) const %s: &[%s] = &[\n", doc, name, of)
	line := "   "
	for _, item := range items {
		if len(line)+len(item)+2 > 230 {
			out.WriteString(line + "\n")
			line = "   "
		}
		line += " " + item + ","
	}
	out.WriteString(line + "\n];\n")
}
