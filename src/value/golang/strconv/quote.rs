//! Text in Go's quotes.

use crate::value::golang::segment::{Joiner, Segment};
use crate::value::golang::unicode::is_print;
use crate::value::golang::utf8::runes;

/// `strconv.Quote`, fmt's `%q`: in double quotes, with printable Unicode as it is.
pub fn quote(input: &[u8]) -> String {
    quoted(input, false)
}

/// `strconv.QuoteToASCII`, fmt's `%+q`.
pub fn quote_to_ascii(input: &[u8]) -> String {
    quoted(input, true)
}

/// [`quote`] in pieces.
pub fn quote_segments(input: &[u8], out: &mut dyn FnMut(Segment)) {
    let mut out = Joiner::new(out);
    out.insert(b"\"");
    let mut at = 0;
    while let Some(rest) = input.get(at..).filter(|rest| !rest.is_empty()) {
        // Most characters stand for themselves.
        let plain = rest.iter().take_while(|b| matches!(b, b' '..=b'~') && !matches!(b, b'"' | b'\\')).count();
        if plain > 0 {
            out.copy(at..at + plain);
            at += plain;
            continue;
        }
        let Some((_, rune, len)) = runes(rest).next() else { break };
        let mut escaped = String::new();
        match rune {
            None => escaped.push_str(&format!("\\x{:02x}", input[at])),
            Some(c) => push_escaped(&mut escaped, c as u32, '"', false),
        }
        if escaped.as_bytes() == &input[at..at + len] {
            out.copy(at..at + len);
        } else {
            out.change(at..at + len, escaped.as_bytes());
        }
        at += len;
    }
    out.insert(b"\"");
}

/// `strconv.QuoteRune`, fmt's `%q` of an integer. What is no rune becomes U+FFFD.
pub fn quote_rune(rune: u32) -> String {
    quoted_rune(rune, false)
}

/// `strconv.QuoteRuneToASCII`
pub fn quote_rune_to_ascii(rune: u32) -> String {
    quoted_rune(rune, true)
}

fn quoted(input: &[u8], is_ascii: bool) -> String {
    let mut out = String::with_capacity(input.len() + 2);
    out.push('"');
    for (at, rune, _) in runes(input) {
        match rune {
            None => out.push_str(&format!("\\x{:02x}", input[at])),
            Some(c) => push_escaped(&mut out, c as u32, '"', is_ascii),
        }
    }
    out.push('"');
    out
}

fn quoted_rune(rune: u32, is_ascii: bool) -> String {
    let mut out = String::from("'");
    push_escaped(&mut out, char::from_u32(rune).map_or(0xfffd, u32::from), '\'', is_ascii);
    out.push('\'');
    out
}

fn push_escaped(out: &mut String, rune: u32, quote: char, is_ascii: bool) {
    let c = char::from_u32(rune).unwrap_or(char::REPLACEMENT_CHARACTER);
    match c {
        '\\' => out.push_str("\\\\"),
        c if c == quote => out.extend(['\\', c]),
        c if is_print(c) && (c.is_ascii() || !is_ascii) => out.push(c),
        '\x07' => out.push_str("\\a"),
        '\x08' => out.push_str("\\b"),
        '\x0c' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\x0b' => out.push_str("\\v"),
        c if c < ' ' || c == '\x7f' => out.push_str(&format!("\\x{:02x}", c as u32)),
        c if (c as u32) < 0x10000 => out.push_str(&format!("\\u{:04x}", c as u32)),
        c => out.push_str(&format!("\\U{:08x}", c as u32)),
    }
}
