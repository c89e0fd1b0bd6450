//! Upper and lower case, rune by rune.

use super::super::rewrite::{Rewriter, Rune};
use super::at;
use crate::engine::function::{Call, FnResult};
use crate::value::Value;
use crate::value::golang::unicode::{
    is_digit, is_letter, is_lower, is_space, is_title, is_upper, to_lower, to_title, to_upper,
};

/// A text with every rune mapped; bytes that are no rune become U+FFFD on the way, as in Go's strings.Map.
fn mapped(args: &[Value], mut map: impl FnMut(char) -> char) -> FnResult {
    let mut out = Rewriter::new(at(args, 0));
    out.map_runes(|rune: Rune<'_>, buffer| {
        let char = map(rune.char.unwrap_or(char::REPLACEMENT_CHARACTER));
        buffer.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
    });
    Ok(Value::string(out.finish()))
}

pub(super) fn upper(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    mapped(args, to_upper)
}

pub(super) fn lower(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    mapped(args, to_lower)
}

/// Go's strings.Title: a rune after something that is no part of a word.
pub(super) fn title(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    let mut previous = ' ';
    mapped(args, |char| {
        let starts_word = is_separator(previous);
        previous = char;
        if starts_word { to_title(char) } else { char }
    })
}

fn is_separator(char: char) -> bool {
    if char.is_ascii() {
        return !char.is_ascii_alphanumeric() && char != '_';
    }
    !is_letter(char) && !is_digit(char) && is_space(char)
}

/// The first rune of every word in lower case.
pub(super) fn untitle(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    let mut starts_word = true;
    mapped(args, |char| {
        if is_space(char) {
            starts_word = true;
            return char;
        }
        if std::mem::take(&mut starts_word) { to_lower(char) } else { char }
    })
}

/// Upper case becomes lower and the other way round; a word's first rune becomes title case.
pub(super) fn swapcase(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    let mut after_space = true;
    mapped(args, |char| {
        if is_upper(char) || is_title(char) {
            after_space = false;
            to_lower(char)
        } else if is_lower(char) {
            if std::mem::take(&mut after_space) { to_title(char) } else { to_upper(char) }
        } else {
            after_space = is_space(char);
            char
        }
    })
}
