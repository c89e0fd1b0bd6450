package main

import (
	"bytes"
	"math"
	"math/rand"
)

func bits(float float64) uint64 { return math.Float64bits(float) }

// pieces are put into templates: tokens, and what almost is one.
var pieces = []string{
	"{{", "}}", "{{-", "-}}", " -}}", "{{- ", "{", "}", "-", " ", "\n", "\t", "/*", "*/", "/", "{{/*/}}", "{{/*", "*/}}", "*/ -}}",
	"if", "else", "end", "range", "with", "define", "block", "template", "break", "continue", "nil", "true", "false",
	"{{end}}", "{{ else }}", "{{ else if . }}", "{{ else with . }}", "{{ if . }}", "{{ range . }}", "{{ with . }}",
	"{{ define \"x\" }}", "{{ block \"x\" . }}", "{{ template \"x\" }}", "{{ break }}", "{{ continue }}",
	"{{ range $a, $b := . }}", "{{ range $a, $b }}", "{{ $x := 1 }}", "{{ $x = 1 }}", "{{ $x }}",
	"(", ")", "()", "|", "| ", ",", ":", "=", ":=", " := ", " = ", ".", "..", ".a", ".a.b", "$", "$x", "$x.a", "$.", "$ ",
	"\"", "`", "'", "\\", "\"a\"", "`a`", "'a'", "\"\\x\"", "\"\\n\"", "'ab'", "''",
	"0", "1", "-1", "+1", "1.5", ".5", "1e3", "0x1f", "0x1p4", "1i", "1+2i", "1_0", "089", "1k", "99999999999999999999",
	"foo", "add", "printf", "include", "é", "\u00a0", "\u20ac", "\x00", "\xff", "\r", "\r\n", "@", "%", "_", "#", "+",
}

// soup is a text of pieces only, in every other one within blocks that end.
func soup(random *rand.Rand) []byte {
	var out []byte
	if random.Intn(2) == 0 {
		out = append(out, "{{ range $a, $b := . }}{{ $x := 1 }}"...)
	}
	ends := len(out) > 0
	for range 1 + random.Intn(4) {
		out = append(out, "a {{"...)
		for range 1 + random.Intn(7) {
			if random.Intn(3) > 0 {
				out = append(out, ' ')
			}
			out = append(out, pieces[random.Intn(len(pieces))]...)
		}
		out = append(out, " }} b"...)
	}
	if ends {
		out = append(out, "{{ end }}"...)
	}
	return out
}

// mutate changes a text at one to three places, mostly inside of actions.
func mutate(random *rand.Rand, text []byte) []byte {
	out := bytes.Clone(text)
	for range 1 + random.Intn(3) {
		at := place(random, out)
		end := min(len(out), at+1+random.Intn(6))
		piece := pieces[random.Intn(len(pieces))]
		switch random.Intn(5) {
		case 0: // Delete.
			out = append(out[:at:at], out[end:]...)
		case 1, 2: // Insert.
			out = append(append(out[:at:at], piece...), out[at:]...)
		case 3: // Replace.
			out = append(append(out[:at:at], piece...), out[end:]...)
		case 4: // Swap with another place.
			other := place(random, out)
			if at < len(out) && other < len(out) {
				out[at], out[other] = out[other], out[at]
			}
		}
	}
	return out
}

// place is an offset, three times of four near an action.
func place(random *rand.Rand, text []byte) int {
	if len(text) == 0 {
		return 0
	}
	at := random.Intn(len(text) + 1)
	if random.Intn(4) > 0 {
		if next := bytes.Index(text[at:], []byte("{{")); next >= 0 {
			at = min(len(text), at+next+random.Intn(24))
		}
	}
	return at
}
