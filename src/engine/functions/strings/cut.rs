//! Functions that give a part of a text.

use super::super::rewrite::{Rewriter, Rune, runes};
use super::{at, search, spend};
use crate::engine::function::{Call, FnResult, int};
use crate::value::golang::unicode::is_space;
use crate::value::{Text, Value};
use std::ops::Range;

/// The last rune of a Go string.
fn last_rune(bytes: &[u8]) -> Option<Rune<'_>> {
    let len = bytes.len();
    let whole = (1..=len.min(4)).map(|width| &bytes[len - width..]).find_map(|end| {
        let rune = runes(end).next()?;
        (rune.bytes.len() == end.len() && rune.char.is_some()).then_some(rune)
    });
    whole.or_else(|| Some(Rune { bytes: bytes.get(len.checked_sub(1)?..)?, char: None }))
}

/// The range of `bytes` without the runes at both ends that are to go.
fn trimmed(bytes: &[u8], goes: impl Fn(Rune<'_>) -> bool) -> Range<usize> {
    let start = runes(bytes).take_while(|rune| goes(*rune)).map(|rune| rune.bytes.len()).sum();
    let mut end = bytes.len();
    while end > start {
        match last_rune(&bytes[start..end]) {
            Some(rune) if goes(rune) => end -= rune.bytes.len(),
            _ => break,
        }
    }
    start..end
}

fn part(text: &Text, range: Range<usize>) -> FnResult {
    Ok(Value::string(text.slice(range)))
}

pub(super) fn trim(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    let text = at(args, 0);
    part(text, trimmed(text.bytes(), |rune| rune.char.is_some_and(is_space)))
}

pub(super) fn trim_all(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (cutset, text) = (at(args, 0), at(args, 1));
    // Bytes that are no rune count as U+FFFD on both sides.
    let of = |rune: Rune<'_>| rune.char.unwrap_or(char::REPLACEMENT_CHARACTER);
    let cutset: rustc_hash::FxHashSet<char> = runes(cutset.bytes()).map(of).collect();
    part(text, trimmed(text.bytes(), |rune| cutset.contains(&of(rune))))
}

pub(super) fn trim_prefix(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (prefix, text) = (at(args, 0), at(args, 1));
    let start = if text.bytes().starts_with(prefix.bytes()) { prefix.len() } else { 0 };
    part(text, start..text.len())
}

pub(super) fn trim_suffix(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (suffix, text) = (at(args, 0), at(args, 1));
    let cut = if text.bytes().ends_with(suffix.bytes()) { suffix.len() } else { 0 };
    part(text, 0..text.len() - cut)
}

fn number(args: &[Value], index: usize) -> i64 {
    args.get(index).map_or(0, int)
}

pub(super) fn substr(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (start, end, text) = (number(args, 0), number(args, 1), at(args, 2));
    let len = text.len() as i64;
    let out_of_range = |bounds: String| Err(format!("runtime error: slice bounds out of range {bounds}").into());
    let range = if start < 0 {
        if end < 0 {
            return out_of_range(format!("[:{end}]"));
        }
        if end > len {
            return out_of_range(format!("[:{end}] with length {len}"));
        }
        0..end
    } else if end < 0 || end > len {
        start..len
    } else {
        start..end
    };
    if range.start > range.end {
        return out_of_range(format!("[{}:{}]", range.start, range.end));
    }
    part(text, range.start as usize..range.end as usize)
}

pub(super) fn trunc(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (count, text) = (number(args, 0), at(args, 1));
    let len = text.len() as i64;
    if count < 0 && len.wrapping_add(count) > 0 {
        return part(text, (len + count) as usize..text.len());
    }
    if count >= 0 && len > count {
        return part(text, 0..count as usize);
    }
    part(text, 0..text.len())
}

pub(super) fn abbrev(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    Ok(Value::string(abbreviate(at(args, 1), 0, number(args, 0))))
}

pub(super) fn abbrevboth(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (offset, width, text) = (number(args, 0), number(args, 1), at(args, 2));
    if offset > 0 && width < 7 {
        return Ok(Value::string(text.clone()));
    }
    Ok(Value::string(abbreviate(text, offset, width)))
}

/// A text cut to `width` bytes, three of which are dots at each end that was cut off.
fn abbreviate(text: &Text, offset: i64, width: i64) -> Text {
    const DOTS: &[u8] = b"...";
    let len = text.len() as i64;
    if width < 4 || len <= width {
        return text.clone();
    }
    // From here on, 4 <= width < len.
    let mut offset = offset.min(len);
    if len.wrapping_sub(offset) < width - 3 {
        offset = len - (width - 3);
    }
    let mut out = Rewriter::new(text);
    if offset <= 4 {
        out.copy((width - 3) as usize);
        out.push(DOTS);
    } else if width < 7 {
        return Text::empty();
    } else if offset + width - 3 < len {
        out.skip(offset as usize);
        out.push(DOTS);
        out.copy((offset + width - 6) as usize);
        out.push(DOTS);
    } else {
        out.skip((len - (width - 3)) as usize);
        out.push(DOTS);
        out.copy(text.len());
    }
    out.finish()
}

/// Whether a byte, taken as a rune of Latin-1, is white space.
fn is_latin_space(byte: u8) -> bool {
    is_space(char::from(byte))
}

/// The first byte of each word, each as a rune of Latin-1.
pub(super) fn initials(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    let text = at(args, 0);
    let mut out = Rewriter::new(text);
    let mut after_gap = true;
    for (i, byte) in text.bytes().iter().enumerate() {
        if is_latin_space(*byte) {
            after_gap = true;
        } else if after_gap {
            out.skip(i);
            out.replace(i + 1, char::from(*byte).encode_utf8(&mut [0; 4]).as_bytes());
            after_gap = false;
        }
    }
    Ok(Value::string(out.finish()))
}

/// Without white space, byte by byte: when anything goes, other bytes come out as runes of Latin-1.
pub(super) fn nospace(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    let text = at(args, 0);
    if !text.bytes().iter().copied().any(is_latin_space) {
        return Ok(Value::string(text.clone()));
    }
    let mut out = Rewriter::new(text);
    for (i, byte) in text.bytes().iter().enumerate() {
        if is_latin_space(*byte) {
            out.copy(i);
            out.skip(i + 1);
        } else if !byte.is_ascii() {
            out.copy(i);
            out.replace(i + 1, char::from(*byte).encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
    out.copy(text.len());
    Ok(Value::string(out.finish()))
}

pub(super) fn wrap(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    wrapped(call, number(args, 0), &Text::from("\n"), at(args, 1), false)
}

pub(super) fn wrap_with(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let separator = at(args, 1);
    let newline = Text::from("\n");
    let separator = if separator.is_empty() { &newline } else { separator };
    wrapped(call, number(args, 0), separator, at(args, 2), true)
}

/// Breaks a text at the last blank before `width` bytes; longer words stay whole or are cut.
fn wrapped(call: &mut Call<'_>, width: i64, separator: &Text, text: &Text, cuts: bool) -> FnResult {
    let bytes = text.bytes();
    let width = usize::try_from(width).unwrap_or(1).max(1);
    let mut out = Rewriter::new(text);
    let mut offset = 0;
    while bytes.len() - offset > width {
        if bytes[offset] == b' ' {
            offset += 1;
            out.skip(offset);
            continue;
        }
        // There are more than `width` bytes left, so this ends within them.
        let line = &bytes[offset..=offset + width];
        let end = match line.iter().rposition(|b| *b == b' ') {
            Some(blank) => offset + blank,
            None if cuts => offset + width,
            None => match search::find(bytes, b" ", offset + width) {
                Some(blank) => blank,
                None => break,
            },
        };
        spend(call, separator.len() + 1)?;
        out.copy(end);
        out.out().push_text(separator);
        // The blank that the line was broken at goes.
        offset = if bytes.get(end) == Some(&b' ') { end + 1 } else { end };
        out.skip(offset);
    }
    out.copy(bytes.len());
    Ok(Value::string(out.finish()))
}
