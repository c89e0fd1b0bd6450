//! Go's classes of runes and its simple case mappings. Rust's differ: they map one rune to several, and know a later
//! Unicode.

use super::unicode_data::{DIGIT, LETTER, LOWER, NUMBER, PRINT, PUNCT, TITLE, TO_LOWER, TO_TITLE, TO_UPPER, UPPER};

/// A run of runes, first to last (inclusive) in a step, that a mapping moves by the same distance.
pub(super) type Shift = (u32, u32, u32, i32);

fn within(table: &[(u32, u32)], c: char) -> bool {
    let c = c as u32;
    let at = table.partition_point(|(_, last)| *last < c);
    table.get(at).is_some_and(|(first, _)| *first <= c)
}

fn shift(table: &[Shift], c: char) -> char {
    let n = c as u32;
    let at = table.partition_point(|(_, last, ..)| *last < n);
    match table.get(at) {
        Some((first, _, step, distance)) if *first <= n && (n - first).is_multiple_of(*step) => {
            char::from_u32(n.wrapping_add_signed(*distance)).unwrap_or(c)
        }
        _ => c,
    }
}

/// `unicode.IsPrint` and `strconv.IsPrint`: letters, marks, numbers, punctuation, symbols and the ASCII space.
pub fn is_print(c: char) -> bool {
    if c.is_ascii() { (' '..='~').contains(&c) } else { within(PRINT, c) }
}

/// `unicode.IsLetter`
pub fn is_letter(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphabetic() } else { within(LETTER, c) }
}

/// `unicode.IsDigit`: the decimal digits of all scripts.
pub fn is_digit(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_digit() } else { within(DIGIT, c) }
}

/// `unicode.IsUpper`
pub fn is_upper(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_uppercase() } else { within(UPPER, c) }
}

/// `unicode.IsLower`
pub fn is_lower(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_lowercase() } else { within(LOWER, c) }
}

/// `unicode.IsTitle`
pub fn is_title(c: char) -> bool {
    within(TITLE, c)
}

/// `unicode.IsNumber`: decimal digits, letters used as numbers and others.
pub fn is_number(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_digit() } else { within(NUMBER, c) }
}

/// `unicode.IsPunct`
pub fn is_punct(c: char) -> bool {
    within(PUNCT, c)
}

/// `unicode.IsSpace`
pub fn is_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | ' ' | '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}')
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// `unicode.ToUpper`
pub fn to_upper(c: char) -> char {
    if c.is_ascii() { c.to_ascii_uppercase() } else { shift(TO_UPPER, c) }
}

/// `unicode.ToLower`
pub fn to_lower(c: char) -> char {
    if c.is_ascii() { c.to_ascii_lowercase() } else { shift(TO_LOWER, c) }
}

/// `unicode.ToTitle`
pub fn to_title(c: char) -> char {
    if c.is_ascii() { c.to_ascii_uppercase() } else { shift(TO_TITLE, c) }
}
