//! Quoted text read back.

use crate::value::golang::utf8::{decode, push_rune};

/// One character of a quoted text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnquotedChar {
    pub rune: u32,
    /// It needs more than one byte as UTF-8; otherwise it is a byte.
    pub is_multibyte: bool,
    /// How much of the text spells it.
    pub len: usize,
}

/// `strconv.UnquoteChar`: the first character of a text within the given quote. `None` is Go's "invalid syntax".
pub fn unquote_char(text: &[u8], quote: u8) -> Option<UnquotedChar> {
    let first = *text.first()?;
    if first == quote && matches!(quote, b'\'' | b'"') {
        return None;
    }
    if first >= 0x80 {
        let (rune, len) = decode(text);
        return Some(UnquotedChar { rune: rune.map_or(0xfffd, u32::from), is_multibyte: true, len });
    }
    if first != b'\\' {
        return Some(UnquotedChar { rune: first.into(), is_multibyte: false, len: 1 });
    }
    let kind = *text.get(1)?;
    let byte = |rune: u8| Some(UnquotedChar { rune: rune.into(), is_multibyte: false, len: 2 });
    match kind {
        b'a' => byte(7),
        b'b' => byte(8),
        b'f' => byte(0x0c),
        b'n' => byte(b'\n'),
        b'r' => byte(b'\r'),
        b't' => byte(b'\t'),
        b'v' => byte(0x0b),
        b'\\' => byte(b'\\'),
        b'\'' | b'"' if kind == quote => byte(kind),
        b'x' => number(text, 2..4, 16).map(|rune| UnquotedChar { rune, is_multibyte: false, len: 4 }),
        b'u' | b'U' => {
            let end = if kind == b'u' { 6 } else { 10 };
            let rune = number(text, 2..end, 16).and_then(char::from_u32)?;
            Some(UnquotedChar { rune: rune.into(), is_multibyte: true, len: end })
        }
        b'0'..=b'7' => number(text, 1..4, 8).filter(|rune| *rune <= 255).map(|rune| UnquotedChar {
            rune,
            is_multibyte: false,
            len: 4,
        }),
        _ => None,
    }
}

fn number(text: &[u8], digits: std::ops::Range<usize>, base: u32) -> Option<u32> {
    let digits = text.get(digits)?;
    digits.iter().try_fold(0u32, |n, c| Some(n.wrapping_mul(base) | (*c as char).to_digit(base)?))
}

/// `strconv.Unquote`: a Go text in double, single or back quotes. `None` is Go's "invalid syntax".
pub fn unquote(text: &[u8]) -> Option<Vec<u8>> {
    let (quote, rest) = text.split_first()?;
    match quote {
        b'`' => {
            let (last, inner) = rest.split_last()?;
            if *last != b'`' || inner.contains(&b'`') {
                return None;
            }
            Some(inner.iter().copied().filter(|c| *c != b'\r').collect())
        }
        b'"' | b'\'' => {
            let mut out = Vec::with_capacity(rest.len());
            let mut at = 0;
            while let Some(c) = rest.get(at).filter(|c| *c != quote) {
                let unquoted = unquote_char(&rest[at..], *quote)?;
                if *c == b'\n' {
                    return None;
                }
                if unquoted.is_multibyte {
                    push_rune(&mut out, unquoted.rune);
                } else {
                    out.push(unquoted.rune as u8);
                }
                at += unquoted.len;
                if *quote == b'\'' {
                    break;
                }
            }
            (rest.get(at) == Some(quote) && at + 1 == rest.len()).then_some(out)
        }
        _ => None,
    }
}
