//! Parts of a text: trimmed, cut, abbreviated, wrapped.

use crate::value::golang::segment::{Joiner, Segment};
use crate::value::golang::unicode::is_space;
use crate::value::golang::utf8::{decode_last, runes};
use std::ops::Range;

/// `strings.TrimSpace`
pub fn trim(input: &[u8]) -> Range<usize> {
    trim_runes(input, |rune, _| rune.is_some_and(is_space))
}

/// `strings.Trim` (Sprig's `trimAll`): without the runes of the cut set at both ends. A byte that is not UTF-8 is cut if
/// the set has U+FFFD or such a byte.
pub fn trim_all(cutset: &[u8], input: &[u8]) -> Range<usize> {
    let cutset: Vec<char> = runes(cutset).map(|(_, rune, _)| rune.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    let is_ascii = cutset.iter().all(char::is_ascii);
    trim_runes(input, |rune, _| match rune {
        None if is_ascii => false,
        rune => cutset.contains(&rune.unwrap_or(char::REPLACEMENT_CHARACTER)),
    })
}

fn trim_runes(input: &[u8], is_cut: impl Fn(Option<char>, usize) -> bool) -> Range<usize> {
    let start = runes(input).find(|(_, rune, len)| !is_cut(*rune, *len)).map_or(input.len(), |(at, ..)| at);
    let mut end = input.len();
    while end > start {
        let (rune, len) = decode_last(&input[start..end]);
        if !is_cut(rune, len) {
            break;
        }
        end -= len;
    }
    start..end
}

/// `strings.TrimPrefix`
pub fn trim_prefix(prefix: &[u8], input: &[u8]) -> Range<usize> {
    if input.starts_with(prefix) { prefix.len()..input.len() } else { 0..input.len() }
}

/// `strings.TrimSuffix`
pub fn trim_suffix(suffix: &[u8], input: &[u8]) -> Range<usize> {
    if input.ends_with(suffix) { 0..input.len() - suffix.len() } else { 0..input.len() }
}

/// Sprig's `trunc` of a text of `len` bytes.
pub fn trunc(count: i64, len: usize) -> Range<usize> {
    let size = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    if count < 0 { len.saturating_sub(size)..len } else { 0..len.min(size) }
}

/// Sprig's `substr` of a text of `len` bytes. The error is the text of Go's panic.
pub fn substr(start: i64, end: i64, len: usize) -> Result<Range<usize>, String> {
    // A text is never longer than this.
    let length = i64::try_from(len).unwrap_or(i64::MAX);
    let error = |range: String| Err(format!("runtime error: slice bounds out of range {range}"));
    if start < 0 {
        return match end {
            ..0 => error(format!("[:{end}]")),
            _ if end > length => error(format!("[:{end}] with length {length}")),
            _ => Ok(0..end as usize),
        };
    }
    let end = if end < 0 { length } else { end.min(length) };
    if start > end { error(format!("[{start}:{end}]")) } else { Ok(start as usize..end as usize) }
}

/// Sprig's `abbrev`
pub fn abbrev(width: i64, input: &[u8], out: &mut dyn FnMut(Segment)) {
    let width = usize::try_from(width).unwrap_or(0);
    let mut out = Joiner::new(out);
    if width < 4 || input.len() <= width {
        out.copy(0..input.len());
    } else {
        out.copy(0..width - 3);
        out.insert(b"...");
    }
    out.flush();
}

/// Sprig's `abbrevboth`
pub fn abbrev_both(left: i64, right: i64, input: &[u8], out: &mut dyn FnMut(Segment)) {
    let mut out = Joiner::new(out);
    let len = input.len();
    let width = usize::try_from(right).unwrap_or(0);
    if width < 4 || left > 0 && width < 7 || len <= width {
        out.copy(0..len);
        return out.flush();
    }
    // Here len > width, so the differences below are not negative.
    let offset = usize::try_from(left).unwrap_or(0).min(len - (width - 3));
    if offset <= 4 {
        out.copy(0..width - 3);
        out.insert(b"...");
    } else if offset + width - 3 < len {
        out.insert(b"...");
        let inner = width - 3;
        // An abbreviation of less than 4 bytes fails and leaves nothing.
        if inner >= 4 && len - offset <= inner {
            out.copy(offset..len);
        } else if inner >= 4 {
            out.copy(offset..offset + inner - 3);
            out.insert(b"...");
        }
    } else {
        out.insert(b"...");
        out.copy(len - (width - 3)..len);
    }
    out.flush();
}

/// Sprig's `nospace`: white space is removed byte by byte, and then what is left is taken for Latin-1.
pub fn nospace(input: &[u8], out: &mut dyn FnMut(Segment)) {
    let mut out = Joiner::new(out);
    let is_kept = |byte: &u8| !is_space(char::from(*byte));
    if input.iter().all(is_kept) {
        out.copy(0..input.len());
        return out.flush();
    }
    for (at, byte) in input.iter().enumerate().filter(|(_, byte)| is_kept(byte)) {
        if byte.is_ascii() {
            out.copy(at..at + 1);
        } else {
            out.change(at..at + 1, char::from(*byte).encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
    out.flush();
}

/// Sprig's `wrap`: long words are left alone.
pub fn wrap(width: i64, input: &[u8], out: &mut dyn FnMut(Segment)) {
    wrap_custom(width, b"\n", false, input, out);
}

/// Sprig's `wrapWith`: long words are cut. An empty separator is a newline.
pub fn wrap_with(width: i64, separator: &[u8], input: &[u8], out: &mut dyn FnMut(Segment)) {
    wrap_custom(width, if separator.is_empty() { b"\n" } else { separator }, true, input, out);
}

fn wrap_custom(width: i64, separator: &[u8], cuts_words: bool, input: &[u8], out: &mut dyn FnMut(Segment)) {
    let mut out = Joiner::new(out);
    let width = usize::try_from(width).unwrap_or(0).max(1);
    let mut at = 0;
    while input.len() - at > width {
        if input[at] == b' ' {
            at += 1;
            continue;
        }
        let end = at + width;
        let (until, next) = if let Some(space) = input[at..=end].iter().rposition(|c| *c == b' ') {
            (at + space, at + space + 1)
        } else if cuts_words {
            (end, end)
        } else if let Some(space) = input[end..].iter().position(|c| *c == b' ') {
            (end + space, end + space + 1)
        } else {
            break;
        };
        out.copy(at..until);
        out.insert(separator);
        at = next;
    }
    out.copy(at..input.len());
    out.flush();
}
