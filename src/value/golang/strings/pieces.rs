//! Splitting, replacing, indenting.

use crate::source::search;
use crate::value::golang::segment::{Joiner, Segment};
use crate::value::golang::unicode::is_space;
use crate::value::golang::utf8::runes;
use std::ops::Range;

/// `strings.Split`
pub fn split(input: &[u8], separator: &[u8]) -> Vec<Range<usize>> {
    split_n(input, separator, -1)
}

/// `strings.SplitN`: no parts for 0, all for a negative count. An empty separator splits after every rune.
pub fn split_n(input: &[u8], separator: &[u8], count: i64) -> Vec<Range<usize>> {
    if count == 0 {
        return Vec::new();
    }
    let limit = usize::try_from(count).unwrap_or(usize::MAX);
    let mut parts = Vec::new();
    let mut start = 0;
    if separator.is_empty() {
        for (at, _, len) in runes(input) {
            if parts.len() + 1 >= limit {
                break;
            }
            parts.push(at..at + len);
            start = at + len;
        }
        if start < input.len() {
            parts.push(start..input.len());
        }
        return parts;
    }
    while parts.len() + 1 < limit {
        let Some(at) = find(input, separator, start) else { break };
        parts.push(start..at);
        start = at + separator.len();
    }
    parts.push(start..input.len());
    parts
}

/// `strings.Fields`
pub fn fields(input: &[u8]) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut is_inside = false;
    for (at, rune, len) in runes(input) {
        if rune.is_some_and(is_space) {
            is_inside = false;
        } else if let Some(last) = parts.last_mut().filter(|_| is_inside) {
            last.end = at + len;
        } else {
            is_inside = true;
            parts.push(at..at + len);
        }
    }
    parts
}

/// `strings.ReplaceAll`. An empty `old` stands before, between and after the runes.
pub fn replace(input: &[u8], old: &[u8], new: &[u8], out: &mut dyn FnMut(Segment)) {
    let mut out = Joiner::new(out);
    if old.is_empty() {
        out.insert(new);
        for (at, _, len) in runes(input) {
            out.copy(at..at + len);
            out.insert(new);
        }
        return out.flush();
    }
    let mut start = 0;
    while let Some(at) = find(input, old, start) {
        out.copy(start..at);
        if old == new {
            out.copy(at..at + old.len());
        } else {
            out.insert(new);
        }
        start = at + old.len();
    }
    out.copy(start..input.len());
    out.flush();
}

/// Sprig's `indent`. The error is the text of Go's panic.
pub fn indent(spaces: i64, input: &[u8], out: &mut dyn FnMut(Segment)) -> Result<(), &'static str> {
    let mut out = Joiner::new(out);
    let pad = vec![b' '; usize::try_from(spaces).map_err(|_| "strings: negative Repeat count")?];
    out.insert(&pad);
    let mut start = 0;
    for at in search::find_all(b'\n', input) {
        out.copy(start..at + 1);
        out.insert(&pad);
        start = at + 1;
    }
    out.copy(start..input.len());
    out.flush();
    Ok(())
}

/// Sprig's `nindent`
pub fn nindent(spaces: i64, input: &[u8], out: &mut dyn FnMut(Segment)) -> Result<(), &'static str> {
    out(Segment::Insert(b"\n"));
    indent(spaces, input, out)
}

/// `strings.Index` from a place on.
fn find(input: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let (first, rest) = needle.split_first()?;
    let mut at = from;
    loop {
        at += input.get(at..)?.iter().position(|c| c == first)?;
        if input[at + 1..].starts_with(rest) {
            return Some(at);
        }
        at += 1;
    }
}
