//! Bytes taken as text as Go takes them, and as its `%q` and `%#U` print them.

use super::unicode::is_print;
use std::fmt::Write;

/// Decodes the first character as Go does: a byte that is not part of valid UTF-8 is U+FFFD, one byte long.
/// `None` at the end of the text.
pub fn decode(text: &[u8]) -> Option<(char, usize)> {
    let first = *text.first()?;
    if first < 0x80 {
        return Some((first as char, 1));
    }
    let head = text.get(..text.len().min(4))?;
    let valid = match std::str::from_utf8(head) {
        Ok(valid) => valid,
        Err(error) => std::str::from_utf8(head.get(..error.valid_up_to())?).ok()?,
    };
    Some(valid.chars().next().map_or((char::REPLACEMENT_CHARACTER, 1), |c| (c, c.len_utf8())))
}

/// Whether the text is nothing but white space, of any script, as bytes.TrimSpace takes it.
pub fn is_white_space(text: &[u8]) -> bool {
    let mut rest = text;
    while let Some((_, length)) = decode(rest).filter(|(c, _)| c.is_whitespace()) {
        rest = rest.get(length..).unwrap_or_default();
    }
    rest.is_empty()
}

/// strconv.Quote of bytes.
pub fn quoted(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut rest = text;
    while let Some((c, length)) = decode(rest) {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            char::REPLACEMENT_CHARACTER if length == 1 => {
                let _ = write!(out, "\\x{:02x}", rest.first().copied().unwrap_or_default());
            }
            c if is_print(c) => out.push(c),
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x0b' => out.push_str("\\v"),
            c if c < ' ' || c == '\x7f' => {
                let _ = write!(out, "\\x{:02x}", c as u32);
            }
            c if (c as u32) < 0x10000 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => {
                let _ = write!(out, "\\U{:08x}", c as u32);
            }
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    out.push('"');
    out
}

/// `%#U`: `U+0041 'A'`, and without the character if it is not printable.
pub fn code_point(c: char) -> String {
    let mut out = format!("U+{:04X}", c as u32);
    if is_print(c) {
        let _ = write!(out, " '{c}'");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_quoted_as_go_quotes_them() {
        for (text, expected) in [
            (&b"a\"b\\"[..], r#""a\"b\\""#),
            (b"\x00\x07\n\x7f", r#""\x00\a\n\x7f""#),
            (b"\xff\xe2\x82", r#""\xff\xe2\x82""#),
            ("é€\u{a0}\u{10ffff}\u{fffd}".as_bytes(), "\"é€\\u00a0\\U0010ffff\u{fffd}\""),
        ] {
            assert_eq!(quoted(text), expected);
        }
        assert_eq!(code_point('-'), "U+002D '-'");
        assert_eq!(code_point('\u{a0}'), "U+00A0");
    }
}
