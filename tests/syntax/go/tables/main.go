// Tables prints src/template/unicode.rs: what Go takes for a letter, for a digit and for printable.
//
//	go run ./tables | rustfmt --edition 2024 > ../../../src/template/unicode.rs
package main

import (
	"fmt"
	"strconv"
	"unicode"
)

func main() {
	fmt.Println("//! Characters as Go classifies them, from the tables of its Unicode " + unicode.Version + ".")
	fmt.Println("//!")
	fmt.Println("//! Written by `tests/syntax/go/tables`; Rust's own tables are of another version of Unicode.")
	fmt.Println()
	fmt.Println("/// Whether the character may stand in a name: a letter, a decimal digit or `_`.")
	fmt.Println("pub fn is_alphanumeric(c: char) -> bool {")
	fmt.Println("    if c.is_ascii() { c == '_' || c.is_ascii_alphanumeric() } else { holds(NAMES, c) }")
	fmt.Println("}")
	fmt.Println()
	fmt.Println("/// Whether Go prints the character as it is in quoted text (strconv.IsPrint).")
	fmt.Println("pub fn is_print(c: char) -> bool {")
	fmt.Println("    if c.is_ascii() { (' '..='~').contains(&c) } else { holds(PRINTABLE, c) }")
	fmt.Println("}")
	fmt.Println()
	fmt.Println("fn holds(ranges: &[(u32, u32)], c: char) -> bool {")
	fmt.Println("    let index = ranges.partition_point(|range| range.0 <= c as u32);")
	fmt.Println("    index.checked_sub(1).and_then(|i| ranges.get(i)).is_some_and(|range| c as u32 <= range.1)")
	fmt.Println("}")
	table("NAMES", func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	table("PRINTABLE", strconv.IsPrint)
}

// table prints the ranges beyond ASCII in which a property holds.
func table(name string, holds func(rune) bool) {
	fmt.Printf("\n#[rustfmt::skip]\nconst %s: &[(u32, u32)] = &[", name)
	column, first := 200, rune(-1)
	for r := rune(0x80); r <= unicode.MaxRune+1; r++ {
		in := r <= unicode.MaxRune && holds(r)
		if in && first < 0 {
			first = r
		}
		if !in && first >= 0 {
			text := fmt.Sprintf(" (0x%x, 0x%x),", first, r-1)
			if column+len(text) > 120 {
				fmt.Print("\n   ")
				column = 3
			}
			fmt.Print(text)
			column += len(text)
			first = -1
		}
	}
	fmt.Println("\n];")
}
