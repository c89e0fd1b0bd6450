package main

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"time"
)

func init() { recorders["fmt"] = recordFmt }

type pair struct {
	Name string
	Any  any
	N    int64
}

var fmtOperands = []any{
	nil, true, false, 0, 1, -1, 42, 1000000, -123456789, math.MinInt64, int64(7), int64(-7), int32(65), uint8(98), uint8(0), uint64(1 << 63), uint32(0x1F600),
	0.0, 1.0, 1.5, -2.5, 1e6, 8080.0, 1234567.0, 1e21, 1e-7, math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 3.14159265, 100.0,
	complex(1, 2), complex(-0.5, math.Inf(1)),
	"", "a", "héllo", "世界", "a\"b`c\n", "\xff\x00", "12", "long text with words", "tab\t`", "back`tick", "😀",
	[]byte("hi"), []byte{}, []byte{0, 255},
	[]any{}, []any{1, "a", nil, 1.5, true}, []any{[]any{1}, map[string]any{"k": nil}, []byte("x")}, []string{"a", "b c"}, []string(nil), []int{1, -2},
	map[string]any{}, map[string]any{"a": 1.0, "b": "two", "c": []any{nil}}, map[string]string{"x": "y"}, map[string]any(nil),
	time.Duration(90) * time.Second, time.March, []any{time.Duration(5)}, map[string]any{"d": time.Minute},
	pair{"n", nil, 3}, &pair{"p", "q", 4}, pair{"", []any{1}, 0},
}

func describe(v any) []any {
	list := func(kind string, n int, at func(int) any) []any {
		elements := []any{}
		for i := range n {
			elements = append(elements, describe(at(i)))
		}
		return []any{kind, elements}
	}
	switch v := v.(type) {
	case nil:
		return []any{"nil"}
	case time.Duration:
		return []any{"method", v.String(), "time.Duration", []any{"int64", strconv.FormatInt(int64(v), 10)}}
	case time.Month:
		return []any{"method", v.String(), "time.Month", []any{"int", strconv.Itoa(int(v))}}
	case bool, int, int32, int64, uint8, uint32, uint64:
		return []any{fmt.Sprintf("%T", v), fmt.Sprint(v)}
	case float64:
		return []any{"float64", strconv.FormatUint(math.Float64bits(v), 16)}
	case complex128:
		return []any{"complex128", strconv.FormatUint(math.Float64bits(real(v)), 16), strconv.FormatUint(math.Float64bits(imag(v)), 16)}
	case string:
		return []any{"string", text(v)}
	case []byte:
		return []any{"bytes", text(string(v))}
	case []any:
		return list("[]interface {}", len(v), func(i int) any { return v[i] })
	case []int:
		return list("[]int", len(v), func(i int) any { return v[i] })
	case []string:
		if v == nil {
			return []any{"[]string", nil}
		}
		return list("[]string", len(v), func(i int) any { return v[i] })
	case map[string]any:
		if v == nil {
			return []any{"map[string]interface {}", nil}
		}
		return []any{"map[string]interface {}", entries(v)}
	case map[string]string:
		m := map[string]any{}
		for k, e := range v {
			m[k] = e
		}
		return []any{"map[string]string", entries(m)}
	case pair:
		return []any{"struct", "main.pair", []any{[]any{"Name", describe(v.Name)}, []any{"Any", describe(v.Any)}, []any{"N", describe(v.N)}}}
	case *pair:
		return []any{"pointer", describe(*v)}
	}
	panic(fmt.Sprintf("%T", v))
}

func entries(m map[string]any) []any {
	keys := []string{}
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	out := []any{}
	for _, k := range keys {
		out = append(out, []any{describe(k), describe(m[k])})
	}
	return out
}

func recordFmt() {
	var operands table
	for _, v := range fmtOperands {
		operands.rows = append(operands.rows, describe(v))
	}
	operands.write("fmt_operands")

	var t table
	add := func(format string, indices ...int) {
		args := []any{}
		for _, i := range indices {
			args = append(args, fmtOperands[i])
		}
		if out := fmt.Sprintf(format, args...); len(out) < 400 {
			t.add(format, append([]int{}, indices...), out)
		}
	}
	// Every operand with every verb.
	for i := range fmtOperands {
		for _, verb := range "vsdqxXtbcoOUeEfFgGTz" {
			add("%"+string(verb), i)
		}
		if s := fmt.Sprintf("%v", fmtOperands[i]); len(s) < 2 || s[:2] != "&{" {
			add("%#v", i)
		}
		add("%+v", i)
		add("%+q", i)
	}
	flags := []string{"", "", "#", "0", "+", "-", " ", "# ", "-0", "+0", "#+"}
	widths := []string{"", "", "3", "8", "12", "*", "[1]*", "[2]"}
	precisions := []string{"", "", ".", ".0", ".1", ".3", ".10", ".*", ".[1]*"}
	verbs := []string{"v", "s", "d", "q", "x", "X", "t", "b", "c", "o", "O", "U", "e", "f", "g", "G", "T", "é", "", "%", "[1]d", "[2]v", "[9]s", "[x]d", "[", "[1]", "E", "F"}
	pieces := []string{"", "a", " ", "%%", "é"}
	for range 2200 {
		format, n := "", random.Intn(3)
		for range n + random.Intn(2) {
			format += pick(pieces) + "%" + pick(flags) + pick(widths) + pick(precisions) + pick(verbs)
		}
		format += pick(pieces)
		indices := []int{}
		for range n {
			i := random.Intn(len(fmtOperands))
			if _, isPointer := fmtOperands[i].(*pair); isPointer {
				i = 5
			}
			indices = append(indices, i)
		}
		add(format, indices...)
	}
	for _, format := range []string{"%", "100%", "%!", "%-", "%9999999d", "%1000001d", "%.9999999f", "%[3]d %d", "%[2]d %d", "%[1]d %[1]v %d", "%[0]d", "%[]d", "%[-1]d", "%[1000000000]d", "%.[2]d", "%[1].2d", "%[1]3d", "%d %d %d", "%3c|%-3c|%03c", "%x %X % x % X %#x %# x"} {
		add(format, 4, 5)
		add(format, 35, 40)
		add(format)
	}
	t.write("fmt")

	var p table
	for range 500 {
		indices, args := []int{}, []any{}
		for range random.Intn(5) {
			i := random.Intn(len(fmtOperands))
			indices = append(indices, i)
			args = append(args, fmtOperands[i])
		}
		p.add(indices, fmt.Sprint(args...), fmt.Sprintln(args...))
	}
	p.write("fmt_print")
}
