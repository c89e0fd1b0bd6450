package main

import (
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

func init() {
	recorders["strings"] = recordStrings
	recorders["cut"] = recordCut
	recorders["pieces"] = recordPieces
}

var sprigFuncs = sprig.FuncMap()

func apply(name string, s string) string { return sprigFuncs[name].(func(string) string)(s) }

var caseParts = []string{
	"a", "b", "Z", "Q", "HTTP", "Server", "foo", "BAR", "2", "42", "é", "É", "ß", "ǆ", "ǅ", "İ", "ı", "世", "😀", "\xff", "\xc3", " ", " ", "_", "-", "_", "-", ".", ",", "'",
	"\n", "\t", "\u00a0", "\u2003", "“", "٣", "Ⅷ", "²", "+", "$", "\ufffd", "xx", "\x85",
}

func recordStrings() {
	names := []string{"upper", "lower", "title", "untitle", "swapcase", "initials", "nospace", "camelcase", "snakecase", "kebabcase", "trim"}
	list := []string{"", "a", "HTTPServer", "FOO_BAR", "fooBAR", "a__b", "_", "__", "-a-", "http2xx", "Bld4Floor3rd", "GO PATH", "a.b-c", "o'neil", "a_b", "2g", "à", "é a", "é à", "ß", "İ"}
	for range 450 {
		list = append(list, mix(caseParts, 6))
	}
	for range 200 {
		list = append(list, mix(textParts, 6))
	}
	var t table
	for _, s := range list {
		row := []any{s}
		for _, name := range names {
			row = append(row, apply(name, s))
		}
		row = append(row, template.HTMLEscapeString(s), template.JSEscapeString(s))
		t.add(row...)
	}
	t.write("strings")
}

var cutWords = []string{"a", "bc", "defg", "long-word", " ", " ", "  ", "é", "\n", "x y", "1234567890", "\xff"}

func recordCut() {
	var t table
	number := func() int { return random.Intn(24) - 4 }
	for range 700 {
		s := mix(cutWords, 8)
		a, b := number(), number()
		var sub any
		message := caught(func() { sub = text(sprigFuncs["substr"].(func(int, int, string) string)(a, b, s)) })
		var indented any
		refused := caught(func() { indented = text(sprigFuncs["nindent"].(func(int, string) string)(a, s)) })
		if refused != nil {
			indented = nil
		}
		t.add(s, a, b,
			sub, message,
			sprigFuncs["trunc"].(func(int, string) string)(a, s),
			sprigFuncs["abbrev"].(func(int, string) string)(a, s),
			sprigFuncs["abbrevboth"].(func(int, int, string) string)(a, b, s),
			sprigFuncs["wrap"].(func(int, string) string)(a, s),
			sprigFuncs["wrapWith"].(func(int, string, string) string)(a, pick([]string{"\n"}), s),
			indented, refused,
		)
	}
	t.write("cut")
}

func recordPieces() {
	var t table
	parts := []string{"a", "b", ",", ",,", " ", "é", "\xff", "\n", "ab", "世", "\u2003", "\ufffd"}
	for range 700 {
		s, sep := mix(parts, 7), mix(parts, 2)
		n := random.Intn(6) - 1
		t.add(s, sep, n,
			texts(strings.Split(s, sep)), texts(strings.SplitN(s, sep, n)), texts(strings.Fields(s)),
			strings.ReplaceAll(s, sep, "<>"), strings.Trim(s, sep), strings.TrimPrefix(s, sep), strings.TrimSuffix(s, sep), strings.TrimSpace(s))
	}
	t.write("pieces")
}
