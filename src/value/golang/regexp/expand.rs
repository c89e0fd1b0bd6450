//! The language of replacements.

use crate::value::golang::unicode::{is_digit, is_letter};
use crate::value::golang::utf8::runes;

#[derive(Debug, PartialEq)]
pub(super) enum Item<'r> {
    Text(&'r [u8]),
    /// The first of these groups that matched; none for a group that is not there.
    Groups(Vec<usize>),
}

/// Splits a replacement; `names` are those of the groups from the first on.
pub(super) fn parse<'r>(replacement: &'r [u8], names: &[String]) -> Vec<Item<'r>> {
    let mut items = Vec::new();
    let mut rest = replacement;
    while let Some(at) = rest.iter().position(|c| *c == b'$') {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        if !before.is_empty() {
            items.push(Item::Text(before));
        }
        rest = after;
        if after.first() == Some(&b'$') {
            items.push(Item::Text(&after[..1]));
            rest = &after[1..];
        } else if let Some((name, tail)) = name(after) {
            items.push(Item::Groups(groups(name, names)));
            rest = tail;
        } else {
            items.push(Item::Text(b"$"));
        }
    }
    if !rest.is_empty() {
        items.push(Item::Text(rest));
    }
    items
}

/// The name after a dollar, and what follows.
fn name(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = text.strip_prefix(b"{").unwrap_or(text);
    let is_word = |rune: Option<char>| rune.is_some_and(|c| is_letter(c) || is_digit(c) || c == '_');
    let end = runes(inner).find(|(_, rune, _)| !is_word(*rune)).map_or(inner.len(), |(at, ..)| at);
    if end == 0 {
        return None;
    }
    let (name, rest) = inner.split_at(end);
    if inner.len() == text.len() { Some((name, rest)) } else { Some((name, rest.strip_prefix(b"}")?)) }
}

fn groups(name: &[u8], names: &[String]) -> Vec<usize> {
    let is_number = name.len() <= 9 && name.iter().all(u8::is_ascii_digit) && (name.len() == 1 || name[0] != b'0');
    if is_number {
        let number = name.iter().fold(0usize, |n, c| n * 10 + usize::from(c - b'0'));
        return vec![number];
    }
    names.iter().enumerate().filter(|(_, known)| known.as_bytes() == name).map(|(index, _)| index + 1).collect()
}
