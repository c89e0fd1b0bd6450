//! What a JSON string says.

use std::sync::Arc;

/// The text of a string whose escapes are known to be complete. What is not UTF-8, and halves of surrogate pairs, become
/// U+FFFD.
pub(super) fn unquote(inside: &[u8]) -> Arc<str> {
    let mut out = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(at) = rest.iter().position(|b| *b == b'\\') {
        let (before, escape) = rest.split_at(at);
        push(&mut out, before);
        let (c, length) = match escape.get(1) {
            Some(b'u') => unicode(escape),
            Some(b'b') => ('\x08', 2),
            Some(b'f') => ('\x0C', 2),
            Some(b'n') => ('\n', 2),
            Some(b'r') => ('\r', 2),
            Some(b't') => ('\t', 2),
            Some(other) => (char::from(*other), 2),
            None => ('\u{FFFD}', 1),
        };
        out.push(c);
        rest = escape.get(length..).unwrap_or_default();
    }
    push(&mut out, rest);
    out.into()
}

fn push(out: &mut String, bytes: &[u8]) {
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|_| '\u{FFFD}'));
    }
}

/// The character of `\uXXXX`, or of two of them that are a surrogate pair.
fn unicode(escape: &[u8]) -> (char, usize) {
    let unit = |escape: &[u8]| -> Option<u16> {
        let digits = escape.strip_prefix(b"\\u")?.get(..4)?;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let Some(first) = unit(escape) else { return ('\u{FFFD}', 2) };
    if let Some(c) = char::from_u32(u32::from(first)) {
        return (c, 6);
    }
    let second = escape.get(6..).and_then(unit);
    let pair = second.and_then(|second| char::decode_utf16([first, second]).next()?.ok());
    match pair {
        Some(c) => (c, 12),
        None => ('\u{FFFD}', 6),
    }
}
