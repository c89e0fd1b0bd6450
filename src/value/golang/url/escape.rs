//! Percent encoding.

use crate::value::golang::segment::{Joiner, Segment, collect};
use crate::value::golang::strconv::quote;

/// The part of a URL that is encoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mode {
    Path,
    Host,
    Zone,
    UserPassword,
    Query,
    Fragment,
}

fn must_escape(c: u8, mode: Mode) -> bool {
    let others: &[u8] = match mode {
        Mode::Path => b"$&+,/:;=@",
        Mode::Host | Mode::Zone => b"!\"$&'()*+,:;<=>[]",
        Mode::UserPassword => b"$&+,;=",
        Mode::Query => b"",
        Mode::Fragment => b"!$&()*+,/:;=?@",
    };
    !(c.is_ascii_alphanumeric() || b"-._~".contains(&c) || others.contains(&c))
}

pub(super) fn encode(text: &[u8], mode: Mode, out: &mut dyn FnMut(Segment)) {
    let mut out = Joiner::new(out);
    for (at, c) in text.iter().enumerate() {
        if *c == b' ' && mode == Mode::Query {
            out.change(at..at + 1, b"+");
        } else if must_escape(*c, mode) {
            out.change(at..at + 1, format!("%{c:02X}").as_bytes());
        } else {
            out.copy(at..at + 1);
        }
    }
    out.flush();
}

pub(super) fn escape(text: &[u8], mode: Mode) -> Vec<u8> {
    collect(text, |out| encode(text, mode, out))
}

pub(super) fn unescape(text: &[u8], mode: Mode) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    let is_host = matches!(mode, Mode::Host | Mode::Zone);
    while let Some(c) = rest.first() {
        if *c == b'%' {
            let three = &rest[..rest.len().min(3)];
            let value = match three {
                [_, high, low] => (*high as char).to_digit(16).zip((*low as char).to_digit(16)),
                _ => None,
            };
            let value = value.map(|(high, low)| (high * 16 + low) as u8);
            // In a host only bytes that are not ASCII may be encoded, and the percent sign before a zone.
            let is_refused = match (value, mode) {
                (None, _) => true,
                (Some(v), Mode::Host) => v < 0x80 && three != b"%25",
                (Some(v), Mode::Zone) => three != b"%25" && v != b' ' && must_escape(v, Mode::Host),
                _ => false,
            };
            let Some(value) = value.filter(|_| !is_refused) else {
                return Err(format!("invalid URL escape {}", quote(three)));
            };
            out.push(value);
            rest = &rest[3..];
            continue;
        }
        if is_host && c.is_ascii() && must_escape(*c, mode) {
            return Err(format!("invalid character {} in host name", quote(&rest[..1])));
        }
        out.push(if *c == b'+' && mode == Mode::Query { b' ' } else { *c });
        rest = &rest[1..];
    }
    Ok(out)
}

/// `validEncoded`
pub(super) fn is_valid_encoding(text: &[u8], mode: Mode) -> bool {
    text.iter().all(|c| b"!$&'()*+,;=:@[]%".contains(c) || !must_escape(*c, mode))
}
