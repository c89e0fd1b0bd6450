//! Go's package path, which Sprig's path functions use; on Unix path/filepath does the same. And `filepath.Match`, the
//! patterns of .helmignore.

use super::segment::{Joiner, Segment};
use super::utf8::decode;
use std::ops::Range;

/// `path.Base`
pub fn base(path: &[u8], out: &mut dyn FnMut(Segment)) {
    let end = path.iter().rposition(|c| *c != b'/').map_or(0, |at| at + 1);
    let start = path[..end].iter().rposition(|c| *c == b'/').map_or(0, |at| at + 1);
    match (path.is_empty(), end) {
        (true, _) => out(Segment::Insert(b".")),
        // Slashes alone.
        (false, 0) => out(Segment::Copy(0..1)),
        _ => out(Segment::Copy(start..end)),
    }
}

/// `path.Ext`: from the last dot of the last element on.
pub fn ext(path: &[u8]) -> Range<usize> {
    let start = path.iter().rposition(|c| *c == b'/').map_or(0, |at| at + 1);
    let dot = path[start..].iter().rposition(|c| *c == b'.');
    dot.map_or(path.len(), |dot| start + dot)..path.len()
}

/// `path.Dir`
pub fn dir(path: &[u8], out: &mut dyn FnMut(Segment)) {
    let end = path.iter().rposition(|c| *c == b'/').map_or(0, |at| at + 1);
    clean(&path[..end], out);
}

/// `path.IsAbs`
pub fn is_abs(path: &[u8]) -> bool {
    path.first() == Some(&b'/')
}

/// `path.Clean`
pub fn clean(path: &[u8], out: &mut dyn FnMut(Segment)) {
    let is_rooted = is_abs(path);
    let mut elements: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for end in (0..=path.len()).filter(|at| path.get(*at).is_none_or(|c| *c == b'/')) {
        let element = start..end;
        start = end + 1;
        match &path[element.clone()] {
            b"" | b"." => {}
            b".." => match elements.last() {
                Some(last) if &path[last.clone()] != b".." => drop(elements.pop()),
                None if is_rooted => {}
                _ => elements.push(element),
            },
            _ => elements.push(element),
        }
    }
    let mut out = Joiner::new(out);
    if is_rooted {
        out.copy(0..1);
    } else if elements.is_empty() {
        out.insert(b".");
    }
    for (index, element) in elements.into_iter().enumerate() {
        // An element that is not the first of the path follows a slash.
        match element.start {
            0 => out.copy(element),
            start if index > 0 => out.copy(start - 1..element.end),
            _ => out.copy(element),
        }
    }
    out.flush();
}

/// `filepath.Match`: `*` and `?` do not match a slash. `None` is Go's `syntax error in pattern`.
pub fn matches(pattern: &[u8], name: &[u8]) -> Option<bool> {
    let (mut pattern, mut name) = (pattern, name);
    'chunks: while !pattern.is_empty() {
        let (has_star, chunk, rest) = next_chunk(pattern);
        pattern = rest;
        if has_star && chunk.is_empty() {
            return Some(!name.contains(&b'/'));
        }
        if let Some(left) = match_chunk(chunk, name)?
            && (left.is_empty() || !pattern.is_empty())
        {
            name = left;
            continue;
        }
        if has_star {
            for at in 0..name.iter().position(|c| *c == b'/').unwrap_or(name.len()) {
                if let Some(left) = match_chunk(chunk, &name[at + 1..])?
                    && (left.is_empty() || !pattern.is_empty())
                {
                    name = left;
                    continue 'chunks;
                }
            }
        }
        return Some(false);
    }
    Some(name.is_empty())
}

/// Whether stars come first, what follows up to the next star, and the rest.
fn next_chunk(pattern: &[u8]) -> (bool, &[u8], &[u8]) {
    let stars = pattern.iter().take_while(|c| **c == b'*').count();
    let pattern = &pattern[stars..];
    let mut is_in_class = false;
    let mut at = 0;
    while let Some(c) = pattern.get(at) {
        match c {
            b'\\' => at += 1,
            b'[' => is_in_class = true,
            b']' => is_in_class = false,
            b'*' if !is_in_class => break,
            _ => {}
        }
        at += 1;
    }
    let (chunk, rest) = pattern.split_at(at.min(pattern.len()));
    (stars > 0, chunk, rest)
}

/// What of the name follows a chunk without stars; `Some(None)` when it does not match.
fn match_chunk<'n>(chunk: &[u8], name: &'n [u8]) -> Option<Option<&'n [u8]>> {
    let mut chunk = chunk;
    let mut name = name;
    let mut has_failed = false;
    while let Some(first) = chunk.first() {
        has_failed |= name.is_empty();
        match first {
            b'[' => {
                let (rune, len) = if has_failed { (Some('\0'), 0) } else { decode(name) };
                name = &name[len..];
                let rune = rune.unwrap_or(char::REPLACEMENT_CHARACTER);
                chunk = &chunk[1..];
                let is_negated = chunk.first() == Some(&b'^');
                if is_negated {
                    chunk = &chunk[1..];
                }
                let mut is_inside = false;
                let mut count = 0;
                while count == 0 || chunk.first() != Some(&b']') {
                    let (low, rest) = class_rune(chunk)?;
                    let (high, rest) = match rest {
                        [b'-', rest @ ..] => class_rune(rest)?,
                        _ => (low, rest),
                    };
                    chunk = rest;
                    is_inside |= (low..=high).contains(&rune);
                    count += 1;
                }
                chunk = &chunk[1..];
                has_failed |= is_inside == is_negated;
            }
            b'?' => {
                if !has_failed {
                    has_failed = name.first() == Some(&b'/');
                    name = &name[decode(name).1..];
                }
                chunk = &chunk[1..];
            }
            _ => {
                if *first == b'\\' {
                    chunk = &chunk[1..];
                }
                let wanted = chunk.first()?;
                if !has_failed {
                    has_failed = name.first() != Some(wanted);
                    name = &name[1..];
                }
                chunk = &chunk[1..];
            }
        }
    }
    Some((!has_failed).then_some(name))
}

/// A rune of a class, perhaps escaped, and what follows, which cannot be nothing.
fn class_rune(chunk: &[u8]) -> Option<(char, &[u8])> {
    let chunk = match chunk {
        [b'-' | b']', ..] => return None,
        [b'\\', rest @ ..] => rest,
        _ => chunk,
    };
    let (rune, len) = decode(chunk);
    let rest = &chunk[len..];
    if rest.is_empty() { None } else { Some((rune?, rest)) }
}
