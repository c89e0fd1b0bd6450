package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"unicode"
)

func init() {
	recorders["ftoa"] = recordFormatFloat
	recorders["numbers"] = recordParse
	recorders["quote"] = recordQuote
	recorders["unquote"] = recordUnquote
	recorders["runes"] = recordRunes
}

var floats = []float64{
	0, math.Copysign(0, -1), 1, -1, 0.1, 0.3, 1.5, 2.5, 0.5, 0.25, 100, 99999, 999999, 1000000, 1234567, 1e6 - 0.5, 123456789, 1e20, 1e21, 1e22,
	123456.789, 1e-4, 1e-5, 0.00012345, 1e-6, 9.9e-7, 1e-7, 1e100, 1e-100, math.MaxFloat64, math.SmallestNonzeroFloat64, 2.2250738585072014e-308,
	math.MaxFloat32, math.SmallestNonzeroFloat32, math.Pi, math.E, 1 << 53, 1<<53 + 2, 9007199254740993, 9223372036854775807, 1.0 / 3, 2.0 / 3,
	8080, 443, 0.285, 5e-324, 1.7976931348623157e308, 4.35, 0.000001, 33909, 98e5, 2.675, 1.005, 16777216, 0.1 + 0.2, 1e23, 8.41e21, 9.995, 0.9995,
	99.5, 9.5, 95, 995, 0.05, 0.06, 0.04, math.Inf(1), math.Inf(-1), math.NaN(),
}

func randomFloat() float64 {
	switch random.Intn(4) {
	case 0:
		return math.Float64frombits(random.Uint64())
	case 1:
		return float64(random.Intn(1 << 30))
	case 2:
		return float64(random.Intn(1<<20)) / 1000
	default:
		return random.NormFloat64() * math.Pow(10, float64(random.Intn(40)-20))
	}
}

func recordFormatFloat() {
	var t table
	list := floats
	for range 150 {
		list = append(list, randomFloat())
	}
	for _, f := range list {
		bits := strconv.FormatUint(math.Float64bits(f), 16)
		j, err := json.Marshal(f)
		var inJSON any
		if err == nil {
			inJSON = string(j)
		}
		row := []any{bits, fmt.Sprint(f), inJSON, strconv.FormatFloat(f, 'g', -1, 32)}
		for _, verb := range "efgGbxX" {
			row = append(row, strconv.FormatFloat(f, byte(verb), -1, 64))
		}
		for _, verb := range "efgx" {
			for _, prec := range []int{0, 1, 3, 6, 17} {
				if verb == 'f' && math.Abs(f) > 1e40 {
					prec = 0
				}
				row = append(row, strconv.FormatFloat(f, byte(verb), prec, 64))
			}
		}
		t.add(row...)
	}
	t.write("ftoa")
}

func recordParse() {
	list := []string{
		"", "0", "1", "-1", "+1", "+", "-", "007", "08", "0x1f", "0X1F", "0b101", "0o17", "017", "0x", "0b", "1_000", "_1", "1_", "1__0", "0x_1", "0_7",
		"9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616",
		"2147483647", "2147483648", "-2147483648", "-2147483649", "4294967295", "4294967296", "127", "128", "255", "256", " 5", "5 ", "5.0", "5.", ".5", ".",
		"1e3", "1E3", "1e", "1e+", "1e-5", "1e400", "-1e400", "1e-400", "0x1p-2", "0x1.8p1", "0x1", "0x.8p0", "0xp1", "0x1p", "0x1.fffffffffffff8p0",
		"0x1.fffffffffffff7p0", "0x1.00000000000008p0", "0x1.000000000000080001p0", "0x1p1024", "0x1p-1074", "0x1p-1075", "0x1.8p-1075", "0x0.8p-1074",
		"0x1.fffffffffffffp1023", "0x123456789abcdef0123p0", "inf", "Inf", "+Inf", "-inf", "Infinity", "-infinity", "infin", "nan", "NaN", "+nan", "-NaN",
		"1_0", "1_0.5", "1._5", "1e1_0", "0x1_0p0", "0x1p1_0", "1e5x", "é", "\xff", "12a", "abc", "true", "0x1F_F", "1e10000", "1e99999999999", "0e99999999999",
		"99999999999999999999999999", "1.7976931348623159e308", "1.7976931348623158e308", "4.9e-324", "2e-324", "2.4703282292062327e-324",
		"0.1e-6", "3.4028236e38", "--1", "1-1", "1+1", "0b2", "0o8", "00", "-0", "0.0", "+0x1", "-0x1", "0x-1", "1\n", "9007199254740993", "１",
	}
	parts := []string{"0", "1", "9", "x", "_", ".", "e", "-", "+", "p", "b", "f", "123", "0x", "e1", "p-3", "o", "7"}
	for range 550 {
		list = append(list, mix(parts, 6))
	}
	var t table
	number := func(v any, err error) []any { return []any{fmt.Sprint(v), errorText(err)} }
	for _, s := range list {
		a, ae := strconv.ParseInt(s, 0, 64)
		b, be := strconv.ParseInt(s, 10, 32)
		c, ce := strconv.Atoi(s)
		d, de := strconv.ParseUint(s, 0, 64)
		e, ee := strconv.ParseUint(s, 16, 8)
		f, fe := strconv.ParseFloat(s, 64)
		g, ge := strconv.ParseFloat(s, 32)
		h, he := strconv.ParseInt(s, 8, 64)
		t.add(s, number(a, ae), number(b, be), number(c, ce), number(d, de), number(e, ee), number(f, fe), number(g, ge), number(h, he))
	}
	t.write("numbers")
}

var textParts = []string{
	"a", "b", "Z", "é", "ß", "ǆ", "ǅ", "İ", "ı", "世", "界", "😀", "👩‍💻", "\x00", "\x07", "\n", "\t", "\r", "\\", "\"", "'", "`", "\x7f", "\u0080", "\u0085", "\u00a0",
	"\u00ad", "\u200b", "\u2028", "\ufeff", "\ufffd", "\U0001f9ff", "\U000e0001", "\U0010ffff", "\xff", "\xc3", "\xe4\xb8", "\xed\xa0\x80", "\xf4\x90\x80\x80",
	"\xc0\x80", " ", "  ", "<", "&", "=", "%", "1", "-", "_", ".",
}

func recordQuote() {
	var t table
	list := append([]string{""}, textParts...)
	for range 400 {
		list = append(list, mix(textParts, 8))
	}
	for _, s := range list {
		t.add(s, strconv.Quote(s), strconv.QuoteToASCII(s))
	}
	t.write("quote")
	var r table
	runes := []rune{0, 7, '\'', '"', 'a', 'é', '世', '😀', 0x7f, 0x80, 0xad, 0x200b, 0xd800, 0xdfff, 0xfffd, 0x10ffff, 0x110000, -1, 1 << 30}
	for _, c := range runes {
		r.add(c, strconv.QuoteRune(c), strconv.QuoteRuneToASCII(c))
	}
	r.write("quote_rune")
}

func recordUnquote() {
	var t table
	parts := []string{"a", "é", "\\", "\\n", "\\x", "41", "\\u00e9", "\\U0001F600", "\\ud800", "\\101", "\\400", "\\'", "\\\"", "'", "\"", "`", "\n", "\r", "\xff", "\\q", "\\xff", "世", "\\0"}
	list := []string{"", "\"", "''", "'a'", "'ab'", "'\\''", "\"\\'\"", "`a`b`", "``", "\"\"", "'\"'", "'世'", "'\xff'", "\"\xff\"", "`\xff`", "'\\xff'", "'\\u12'", "a", "'''"}
	for range 900 {
		q := pick([]string{"\"", "'", "`"})
		list = append(list, q+mix(parts, 4)+q)
	}
	for _, s := range list {
		u, err := strconv.Unquote(s)
		if err != nil {
			t.add(s, nil)
		} else {
			t.add(s, text(u))
		}
	}
	t.write("unquote")
	var r table
	for range 400 {
		s := mix(parts, 3)
		q := pick([]string{"\"", "'", "\x00"})
		c, multi, tail, err := strconv.UnquoteChar(s, q[0])
		if err != nil {
			r.add(s, q, nil)
		} else {
			r.add(s, q, []any{c, multi, len(s) - len(tail)})
		}
	}
	r.write("unquote_char")
}

// recordRunes writes a checksum for every 4096 runes.
func recordRunes() {
	var t table
	for from := rune(0); from <= unicode.MaxRune; from += 4096 {
		// Nothing is assigned there, or all is private.
		if from >= 0x40000 && from < 0xe0000 || from >= 0xf1000 {
			continue
		}
		var sum uint64
		for c := from; c < from+4096; c++ {
			if c >= 0xd800 && c <= 0xdfff {
				continue
			}
			bits := uint64(0)
			for i, is := range []bool{strconv.IsPrint(c), unicode.IsLetter(c), unicode.IsDigit(c), unicode.IsUpper(c), unicode.IsLower(c), unicode.IsTitle(c), unicode.IsSpace(c), unicode.IsNumber(c), unicode.IsPunct(c)} {
				if is {
					bits |= 1 << i
				}
			}
			for _, v := range []uint64{bits, uint64(unicode.ToUpper(c)), uint64(unicode.ToLower(c)), uint64(unicode.ToTitle(c))} {
				sum = (sum*31 + v) & 0x7fffffff
			}
		}
		t.add(from, sum)
	}
	t.write("runes")
}
