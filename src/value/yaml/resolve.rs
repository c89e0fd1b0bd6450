//! What untagged and tagged scalars are: YAML 1.1 with Go's numbers (engine reference, "Reading").

use super::node::Kind;
use super::tags::Tag;
use std::sync::Arc;

/// What a plain scalar is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Resolved {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    /// Text that looks like a point in time.
    Timestamp,
    Str,
}

impl Resolved {
    fn tag(self) -> Tag {
        match self {
            Resolved::Null => Tag::Null,
            Resolved::Bool(_) => Tag::Bool,
            Resolved::Int(_) | Resolved::Uint(_) => Tag::Int,
            Resolved::Float(_) => Tag::Float,
            Resolved::Timestamp => Tag::Timestamp,
            Resolved::Str => Tag::String,
        }
    }

    /// The node kind, where `text` gives what a string holds.
    pub fn into_kind(self, text: impl FnOnce() -> Arc<str>) -> Kind {
        match self {
            Resolved::Null => Kind::Null,
            Resolved::Bool(b) => Kind::Bool(b),
            Resolved::Int(i) => Kind::Int(i),
            Resolved::Uint(u) => Kind::Uint(u),
            Resolved::Float(f) => Kind::Float(f),
            Resolved::Timestamp | Resolved::Str => Kind::Str(text()),
        }
    }
}

/// A scalar with a tag; the error is go-yaml's.
pub(super) fn tagged(tag: Tag, text: &str) -> Result<Resolved, String> {
    if matches!(tag, Tag::String | Tag::Binary | Tag::Merge | Tag::NonSpecific | Tag::Other) {
        return Ok(Resolved::Str);
    }
    let resolved = resolve(text, tag == Tag::Timestamp);
    match (tag, resolved) {
        (Tag::Float, Resolved::Int(i)) => Ok(Resolved::Float(i as f64)),
        _ if resolved.tag() == tag => Ok(resolved),
        _ => Err(format!("cannot decode {} `{text}` as a {}", resolved.tag().name(), tag.name())),
    }
}

/// A plain scalar without a tag.
pub(super) fn plain(text: &str) -> Resolved {
    resolve(text, true)
}

fn resolve(text: &str, may_be_time: bool) -> Resolved {
    let Some(first) = text.bytes().next() else { return Resolved::Null };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => word(text),
        b'.' => match text {
            ".nan" | ".NaN" | ".NAN" => Resolved::Float(f64::NAN),
            ".inf" | ".Inf" | ".INF" => Resolved::Float(f64::INFINITY),
            _ => point_float(text).map_or(Resolved::Str, Resolved::Float),
        },
        b'+' | b'-' | b'0'..=b'9' => match text {
            "+.inf" | "+.Inf" | "+.INF" => Resolved::Float(f64::INFINITY),
            "-.inf" | "-.Inf" | "-.INF" => Resolved::Float(f64::NEG_INFINITY),
            _ if may_be_time && is_timestamp(text.as_bytes()) => Resolved::Timestamp,
            _ => number(text),
        },
        _ => Resolved::Str,
    }
}

/// Longer words are text.
const LONGEST_WORD: usize = "false".len();

/// A word that is surely text, as its first letter and its length tell.
pub(super) fn is_text(word: &[u8]) -> bool {
    word.first().is_some_and(|first| {
        let starts_others = matches!(first.to_ascii_lowercase(), b'y' | b'n' | b't' | b'f' | b'o');
        first.is_ascii_alphabetic() && (word.len() > LONGEST_WORD || !starts_others)
    })
}

fn word(text: &str) -> Resolved {
    if text.len() > LONGEST_WORD {
        return Resolved::Str;
    }
    match text {
        "~" | "null" | "Null" | "NULL" => Resolved::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Resolved::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Resolved::Bool(false),
        _ => Resolved::Str,
    }
}

/// A float that starts with a point, by Go's rules: underscores may stand between digits.
fn point_float(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let is_digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'_' && !(is_digit(at.checked_sub(1)) && is_digit(Some(at + 1))) {
            return None;
        }
    }
    float(&text.replace('_', ""))
}

/// A decimal float within the range of 64 bits.
fn float(text: &str) -> Option<f64> {
    if !is_float(text.as_bytes()) {
        return None;
    }
    text.parse::<f64>().ok().filter(|f| f.is_finite())
}

/// `^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`
fn is_float(text: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|b| b.is_ascii_digit()).count();
    let mut rest = match text {
        [b'+' | b'-', rest @ ..] => rest,
        rest => rest,
    };
    let whole = digits(rest);
    rest = rest.get(whole..).unwrap_or_default();
    if let [b'.', fraction @ ..] = rest {
        let length = digits(fraction);
        if whole == 0 && length == 0 {
            return false;
        }
        rest = fraction.get(length..).unwrap_or_default();
    } else if whole == 0 {
        return false;
    }
    match rest {
        [] => true,
        [b'e' | b'E', b'+' | b'-', exponent @ ..] | [b'e' | b'E', exponent @ ..] => {
            !exponent.is_empty() && digits(exponent) == exponent.len()
        }
        _ => false,
    }
}

fn number(text: &str) -> Resolved {
    let plain = if text.contains('_') { text.replace('_', "").into() } else { std::borrow::Cow::Borrowed(text) };
    if let Some(int) = integer(&plain) {
        return int;
    }
    if let Some(f) = float(&plain) {
        return Resolved::Float(f);
    }
    if let Some(digits) = plain.strip_prefix("0b")
        && digits.strip_prefix(['+', '-']).unwrap_or(digits).bytes().all(|b| matches!(b, b'0' | b'1'))
        && let Ok(i) = i64::from_str_radix(digits, 2)
    {
        return Resolved::Int(i);
    }
    Resolved::Str
}

/// A Go integer with its base given by a prefix, of 64 bits, signed or not.
fn integer(text: &str) -> Option<Resolved> {
    let (is_negative, has_sign, digits) = match text.as_bytes() {
        [b'-', ..] => (true, true, text.get(1..)?),
        [b'+', ..] => (false, true, text.get(1..)?),
        _ => (false, false, text),
    };
    let (base, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, digits.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, digits.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, digits.get(2..)?),
        [b'0', _, ..] => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    if digits.is_empty() || !digits.bytes().all(|b| char::from(b).is_digit(base)) {
        return None;
    }
    let size = u64::from_str_radix(digits, base).ok()?;
    if is_negative {
        let value = -i128::from(size);
        return i64::try_from(value).ok().map(Resolved::Int);
    }
    match i64::try_from(size) {
        Ok(i) => Some(Resolved::Int(i)),
        Err(_) if has_sign => None,
        Err(_) => Some(Resolved::Uint(size)),
    }
}

/// The four shapes of points in time that go-yaml knows, with fields in range.
fn is_timestamp(text: &[u8]) -> bool {
    let Some((year, rest)) = digits(text, 4, 4) else { return false };
    let Some((month, rest)) = field(rest, b'-') else { return false };
    let Some((day, rest)) = field(rest, b'-') else { return false };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return false,
    };
    if day < 1 || day > days {
        return false;
    }
    let (has_zone, rest) = match rest {
        [] => return true,
        [b'T' | b't', rest @ ..] => (true, rest),
        [b' ', rest @ ..] => (false, skip_spaces(rest)),
        _ => return false,
    };
    let Some((hour, rest)) = digits(rest, 1, 2) else { return false };
    let Some((minute, rest)) = field(rest, b':') else { return false };
    let Some((second, mut rest)) = field(rest, b':') else { return false };
    if hour > 23 || minute > 59 || second > 59 {
        return false;
    }
    if let [b'.' | b',', fraction @ ..] = rest {
        let length = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
        if length > 0 {
            rest = fraction.get(length..).unwrap_or_default();
        }
    }
    match rest {
        [] => !has_zone,
        [b'Z'] => has_zone,
        [b'+' | b'-', zone @ ..] if has_zone => {
            let Some((hours, zone)) = digits(zone, 2, 2) else { return false };
            let [b':', zone @ ..] = zone else { return false };
            matches!(digits(zone, 2, 2), Some((minutes, [])) if hours <= 24 && minutes <= 60)
        }
        _ => false,
    }
}

fn skip_spaces(text: &[u8]) -> &[u8] {
    let spaces = text.iter().take_while(|b| **b == b' ').count();
    text.get(spaces..).unwrap_or_default()
}

/// A separator and one or two digits.
fn field(text: &[u8], separator: u8) -> Option<(u32, &[u8])> {
    let (first, rest) = text.split_first()?;
    if *first == separator { digits(rest, 1, 2) } else { None }
}

/// A number with that many digits, and what follows it. What follows four digits must not be a fifth.
fn digits(text: &[u8], least: usize, most: usize) -> Option<(u32, &[u8])> {
    let length = text.iter().take(most).take_while(|b| b.is_ascii_digit()).count();
    if length < least {
        return None;
    }
    let (number, rest) = text.split_at(length);
    Some((number.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_in_time() {
        for text in
            ["2001-12-14", "2001-1-2", "2001-12-14t21:59:43.10-05:00", "2001-12-14T1:2:3Z", "2001-12-14  21:59:43"]
        {
            assert_eq!(plain(text), Resolved::Timestamp, "{text}");
        }
        for text in
            ["2001-13-14", "2001-02-29", "2001-12-14T1:2:3", "2001-12-14 1:2:3Z", "20011-1-2", "2001-12-14T1:2:3.Z"]
        {
            assert_eq!(plain(text), Resolved::Str, "{text}");
        }
    }

    #[test]
    fn numbers() {
        for (text, wanted) in [
            ("0123", Resolved::Int(83)),
            ("0o17", Resolved::Int(15)),
            ("-0x1f", Resolved::Int(-31)),
            ("1_000", Resolved::Int(1000)),
            ("18446744073709551615", Resolved::Uint(u64::MAX)),
            ("+18446744073709551615", Resolved::Float(18446744073709551615.0)),
            ("-9223372036854775808", Resolved::Int(i64::MIN)),
            ("08", Resolved::Float(8.0)),
            ("1.", Resolved::Float(1.0)),
            (".5_0", Resolved::Float(0.5)),
            ("1e400", Resolved::Str),
            ("0b-1", Resolved::Int(-1)),
            ("1:30", Resolved::Str),
            ("+", Resolved::Str),
        ] {
            assert_eq!(plain(text), wanted, "{text}");
        }
    }
}
