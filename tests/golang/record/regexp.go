package main

import (
	"regexp"
	"strings"
	"unicode"
)

func init() {
	recorders["regexp"] = recordRegexp
}

func recordRegexp() {
	patterns := []string{
		"", "a", "a*", "a+?", "(a|b)+", "^a", "a$", "(?m)^a$", "(?s)a.b", "a.b", "(?i)straße", "(?i)k", "(?i)[k-l]", "(?i)[^k]", "[^a]", `\d+`, `\D`, `\w+`, `\W`, `\s`,
		`\S+`, `\bfoo\b`, `\B`, `[[:alpha:]]+`, `[[:^alpha:]]`, `[[:foo:]]`, `[[:word:]-]`, `\pL+`, `\PL`, `\p{Greek}+`, `\p{^Greek}`, `\P{^Greek}`, `[\p{Lu}\d]+`, `\p{Foo}`, `\p`, `\p{L`,
		`\Qa.b\E+`, `\Qa.b`, `\Q\E*`, "(?P<n>a)(?P<m>b)", "(?<n>a)", "(?P<n", "(?P<>a)", "(?P<a-b>c)", "(?P=n)", "(?=a)", "(?!a)", "(?<=a)b", "(?<!a)b", `(a)\1`, "(?i", "(?i)", "(?-i:a)", "(?i-s:a)",
		"(?x:a)", "(?:)", "(?:)*", "()", "a**", "a*+", "a*??", "a{2}", "a{2,}", "a{2,3}", "a{2,3}?", "a{,3}", "a{", "a{1", "a{1,2", "{", "}", "a{01}", "a{1001}", "a{3,2}", "a{1000}", "(a{100}){11}", "(a{100}){10}",
		"a{99999999999}", "*", "+a", "|*", "(*)", "(|a)*", "(a|)*", "a||b", "|", "(", ")", "a)", "(a", "((a)", "[", "[a", "[]a]", "[^]a]", "[]", "[a-", "[a-]", "[-a]", "[z-a]", `[a-\d]`, `[\d-z]`, `[a&&b]`, `[[a]`, `[a~~b]`, `[a--b]`,
		`\`, `\z`, `a\z`, `\A`, `\Z`, `\C`, `\G`, `\e`, `\a\f\t\n\r\v`, `\x41`, `\x{1F600}`, `\x{}`, `\x{110000}`, `\x4`, `\xg1`, `\x{41`, `\101`, `\0`, `\08`, `\8`, `\18`, `\.`, `\-`, `\_`, `\é`, `[\b]`, `[\x41-\x43]`,
		"\xff", "a\xff", "[\xff]", "(?P<\xff>a)", `\Q` + "\xff", "é+", "[é-ü]", ".", "(?s).", "..", "[^\\x00-\\x{10FFFF}]", `[\x{D800}-\x{DFFF}]`, `\x{D800}`, "a|b|c", "ab|cd", "(a)(b)?(c)", "x*", "(?U)a+", "(?U)a+?", "$^", "^$", "(?m)^", "(?m)$",
		"^*", "$+", `\b*`, "(?:a|b)??c", "foo(?i)bar*", "a(?i)*", "a|(?i)*", "(?i)*", "#", "a b", "\n", `\pN`, `\p{Lowercase_Letter}`, "(a+)(b+)", "([a-z]+)-([0-9]+)", "^v?([0-9]+)(\\.[0-9]+)?", "[^-A-Za-z0-9_.]", "(,|;)", "-+$", "^(.{3}).*", `^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`,
		strings.Repeat("(", 1001) + strings.Repeat(")", 1001), strings.Repeat("(?:", 1200) + strings.Repeat(")", 1200), strings.Repeat("(?:a", 500) + strings.Repeat(")*", 500),
	}
	for name := range unicode.Categories {
		patterns = append(patterns, `\p{`+name+`}`)
	}
	pieces := []string{"a", "b", "c", "é", "(", ")", "(?:", "(?i)", "|", "*", "+", "?", "{2}", "{1,}", "[", "]", "^", "$", ".", `\d`, `\w`, `\b`, `\`, "-", "[^a]", "[a-c]", `\pL`, "(?P<n>", "[:alpha:]", "{", "}", ",", "1", ":", "(?s)", "(?m)", "\n"}
	for range 1100 {
		patterns = append(patterns, mix(pieces, 7))
	}
	subjects := []string{"", "a", "abc", "aab cab", "ABC abc", "é1 ñb_c-d", "a\nb\nc", "foo.bar-12", "v1.2.3", "a\xffb\xc3", "ſ K K Straße", "a.b a*b", "Ωμέγα x"}
	replacements := []string{"", "<$0>", "$1", "${1}x", "$1W", "$n-$m", "$$", "$", "a$", "${", "${1", "$é", "\\1", "[${n}]", "$00", "$10"}
	var t table
	for _, p := range patterns {
		re, err := regexp.Compile(p)
		message := caught(func() { regexp.MustCompile(p) })
		if err != nil {
			if len(p) > 500 {
				message = nil
			}
			t.add(p, errorText(err), message)
			continue
		}
		row := []any{p, nil}
		for range 3 {
			s, r, n := pick(subjects), pick(replacements), random.Intn(5)-1
			found := []any{}
			for _, m := range re.FindAllStringIndex(s, n) {
				found = append(found, []any{m[0], m[1]})
			}
			row = append(row, []any{text(s), text(r), n, found, text(re.ReplaceAllString(s, r)), text(re.ReplaceAllLiteralString(s, r)), texts(re.Split(s, n)), re.MatchString(s)})
		}
		t.add(row...)
	}
	t.write("regexp")
	var q table
	for range 100 {
		s := mix(append(pieces, "\xff"), 6)
		q.add(s, regexp.QuoteMeta(s))
	}
	q.write("regexp_quote")
}
