//! The escapes of text/template's `html` and `js`.

use super::segment::{Joiner, Segment};
use super::unicode::is_print;
use super::utf8::decode;

/// `template.HTMLEscape`
pub fn html(input: &[u8], out: &mut dyn FnMut(Segment)) {
    let mut out = Joiner::new(out);
    for (at, c) in input.iter().enumerate() {
        let escape: &str = match c {
            0 => "\u{fffd}",
            b'"' => "&#34;",
            b'\'' => "&#39;",
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => {
                out.copy(at..at + 1);
                continue;
            }
        };
        out.change(at..at + 1, escape.as_bytes());
    }
    out.flush();
}

/// `template.JSEscape`
pub fn js(input: &[u8], out: &mut dyn FnMut(Segment)) {
    let mut out = Joiner::new(out);
    let mut at = 0;
    while let Some(c) = input.get(at) {
        let mut len = 1;
        let escape = match c {
            b'\\' => "\\\\".into(),
            b'\'' => "\\'".into(),
            b'"' => "\\\"".into(),
            b'<' | b'>' | b'&' | b'=' | 0..b' ' => format!("\\u{c:04X}"),
            0x80.. => {
                let (rune, size) = decode(&input[at..]);
                len = size;
                match rune {
                    Some(c) if !is_print(c) => format!("\\u{:04X}", c as u32),
                    // A byte that is not UTF-8 counts as U+FFFD, which is printable.
                    _ => String::new(),
                }
            }
            _ => String::new(),
        };
        if escape.is_empty() {
            out.copy(at..at + len);
        } else {
            out.change(at..at + len, escape.as_bytes());
        }
        at += len;
    }
    out.flush();
}
