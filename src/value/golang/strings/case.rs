//! Upper, lower and title case, rune by rune.

use crate::value::golang::segment::{Joiner, Segment};
use crate::value::golang::unicode::*;
use crate::value::golang::utf8::runes;

/// Maps every rune; a byte that is not UTF-8 becomes U+FFFD.
fn map(input: &[u8], out: &mut dyn FnMut(Segment), mut to: impl FnMut(char) -> char) {
    let mut out = Joiner::new(out);
    for (at, rune, len) in runes(input) {
        let c = rune.unwrap_or(char::REPLACEMENT_CHARACTER);
        let mapped = to(c);
        if rune == Some(mapped) {
            out.copy(at..at + len);
        } else {
            out.change(at..at + len, mapped.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
    out.flush();
}

/// `strings.ToUpper`
pub fn upper(input: &[u8], out: &mut dyn FnMut(Segment)) {
    map(input, out, to_upper);
}

/// `strings.ToLower`
pub fn lower(input: &[u8], out: &mut dyn FnMut(Segment)) {
    map(input, out, to_lower);
}

/// `strings.Title`
pub fn title(input: &[u8], out: &mut dyn FnMut(Segment)) {
    let mut previous = ' ';
    map(input, out, |c| {
        let starts = is_separator(previous);
        previous = c;
        if starts { to_title(c) } else { c }
    });
}

fn is_separator(c: char) -> bool {
    if c.is_ascii() { !c.is_ascii_alphanumeric() && c != '_' } else { !is_letter(c) && !is_digit(c) && is_space(c) }
}

/// Sprig's `untitle`: the first rune of every word in lower case.
pub fn untitle(input: &[u8], out: &mut dyn FnMut(Segment)) {
    let mut starts = true;
    map(input, out, |c| {
        if is_space(c) {
            starts = true;
            c
        } else if std::mem::take(&mut starts) {
            to_lower(c)
        } else {
            c
        }
    });
}

/// Sprig's `swapcase`
pub fn swapcase(input: &[u8], out: &mut dyn FnMut(Segment)) {
    let mut follows_space = true;
    map(input, out, |c| {
        if is_upper(c) || is_title(c) {
            follows_space = false;
            to_lower(c)
        } else if is_lower(c) {
            if std::mem::take(&mut follows_space) { to_title(c) } else { to_upper(c) }
        } else {
            follows_space = is_space(c);
            c
        }
    });
}

/// Sprig's `initials`: the first byte of every word, as a Latin-1 rune.
pub fn initials(input: &[u8], out: &mut dyn FnMut(Segment)) {
    let mut out = Joiner::new(out);
    let mut follows_gap = true;
    for (at, byte) in input.iter().enumerate() {
        let c = char::from(*byte);
        if is_space(c) {
            follows_gap = true;
        } else if std::mem::take(&mut follows_gap) {
            if c.is_ascii() {
                out.copy(at..at + 1);
            } else {
                out.change(at..at + 1, c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
    out.flush();
}
