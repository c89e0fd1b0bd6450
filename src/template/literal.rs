//! The values of literals: strings and characters by Go's strconv, numbers under all types that they fit.

use super::ast::Number;
use super::quote::{decode, quoted};
use super::unicode::is_alphanumeric;
use crate::source::search::find2;
use std::sync::Arc;

mod float;

/// How far Go's lexer takes a number.
pub enum Scan {
    /// A number of so many bytes; whether it is a complex constant, `1+2i`.
    Number(usize, bool),
    /// No number; the message shows so many bytes.
    Bad(usize),
}

/// Go's lexNumber, at the first byte of a number.
pub fn scan_number(text: &[u8]) -> Scan {
    match scan_real(text, 0) {
        Err(end) => Scan::Bad(end),
        Ok(end) if !matches!(text.get(end), Some(b'+' | b'-')) => Scan::Number(end, false),
        Ok(end) => match scan_real(text, end) {
            Ok(end) if end > 0 && text.get(end - 1) == Some(&b'i') => Scan::Number(end, true),
            Ok(end) | Err(end) => Scan::Bad(end),
        },
    }
}

/// Go's scanNumber: the end of the number, or the end of what makes it a bad one.
fn scan_real(text: &[u8], start: usize) -> Result<usize, usize> {
    let at = |i: usize| text.get(i).copied().unwrap_or_default();
    let run = |mut i: usize, digits: fn(u8) -> bool| {
        while digits(at(i)) || at(i) == b'_' {
            i += 1;
        }
        i
    };
    let sign = |i: usize| i + matches!(at(i), b'+' | b'-') as usize;
    let mut i = sign(start);
    let (mut digits, mut exponent): (fn(u8) -> bool, u8) = (|b| b.is_ascii_digit(), b'e');
    if at(i) == b'0' {
        i += 1;
        let prefixed = match at(i).to_ascii_lowercase() {
            b'x' => Some(((|b| b.is_ascii_hexdigit()) as fn(u8) -> bool, b'p')),
            b'o' => Some(((|b| (b'0'..=b'7').contains(&b)) as fn(u8) -> bool, 0)),
            b'b' => Some(((|b| matches!(b, b'0' | b'1')) as fn(u8) -> bool, 0)),
            _ => None,
        };
        if let Some(base) = prefixed {
            (digits, exponent) = base;
            i += 1;
        }
    }
    i = run(i, digits);
    if at(i) == b'.' {
        i = run(i + 1, digits);
    }
    if exponent != 0 && at(i).to_ascii_lowercase() == exponent {
        i = run(sign(i + 1), |b| b.is_ascii_digit());
    }
    if at(i) == b'i' {
        i += 1;
    }
    match text.get(i..).and_then(decode) {
        Some((c, length)) if is_alphanumeric(c) => Err(i + length),
        _ => Ok(i),
    }
}

/// The value of a number constant, or Go's message. `is_complex` as [`scan_number`] says.
pub fn number(text: &str, is_complex: bool) -> Result<Number, String> {
    let mut number =
        Number { text: Arc::from(text), int: None, uint: None, float: None, complex: None, is_char: false };
    if is_complex {
        let (real, imaginary) = float::scan_complex(text)?;
        simplify(&mut number, real, imaginary);
        return Ok(number);
    }
    if let Some(Ok(imaginary)) = text.strip_suffix('i').map(float::parse) {
        simplify(&mut number, 0.0, imaginary);
        return Ok(number);
    }
    number.uint = parse_uint(text);
    number.int = parse_int(text);
    if number.int == Some(0) && number.uint.is_none() {
        number.uint = Some(0);
    }
    if let Some(int) = number.int {
        number.float = Some(int as f64);
    } else if let Some(uint) = number.uint {
        number.float = Some(uint as f64);
    } else if let Ok(float) = float::parse(text) {
        if !text.contains(['.', 'e', 'E', 'p', 'P']) {
            return Err(format!("integer overflow: {}", quoted(text.as_bytes())));
        }
        set_float(&mut number, float);
    } else {
        return Err(format!("illegal number syntax: {}", quoted(text.as_bytes())));
    }
    Ok(number)
}

/// A float, and the integers that equal it.
fn set_float(number: &mut Number, float: f64) {
    const TWO_63: f64 = 9_223_372_036_854_775_808.0;
    number.float = Some(float);
    let is_integral = float.trunc() == float;
    number.int = (is_integral && (-TWO_63..TWO_63).contains(&float)).then_some(float as i64);
    number.uint = (is_integral && (0.0..2.0 * TWO_63).contains(&float)).then_some(float as u64);
}

fn simplify(number: &mut Number, real: f64, imaginary: f64) {
    if imaginary == 0.0 {
        set_float(number, real);
    }
    number.complex = Some((real, imaginary));
}

/// strconv.ParseInt in base 0.
fn parse_int(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let value = i128::from(parse_uint(digits)?);
    i64::try_from(if negative { -value } else { value }).ok()
}

/// strconv.ParseUint in base 0.
fn parse_uint(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    let (radix, digits) = match bytes {
        [b'0', prefix, rest @ ..] if !rest.is_empty() && prefix.is_ascii_alphabetic() => {
            match prefix.to_ascii_lowercase() {
                b'b' => (2, rest),
                b'o' => (8, rest),
                b'x' => (16, rest),
                _ => return None,
            }
        }
        [b'0', rest @ ..] => (8, rest),
        [] => return None,
        _ => (10, bytes),
    };
    let mut value = 0u64;
    for digit in digits.iter().filter(|b| **b != b'_') {
        let digit = (*digit as char).to_digit(radix)?;
        value = value.checked_mul(u64::from(radix))?.checked_add(u64::from(digit))?;
    }
    (!bytes.contains(&b'_') || underscores_separate(bytes)).then_some(value)
}

/// Whether underscores stand only between digits, or between a prefix and a digit.
fn underscores_separate(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"+").or_else(|| text.strip_prefix(b"-")).unwrap_or(text);
    let (mut previous, rest, is_hexadecimal) = match text {
        [b'0', prefix @ (b'b' | b'o' | b'x' | b'B' | b'O' | b'X'), rest @ ..] => (b'0', rest, *prefix | 0x20 == b'x'),
        _ => (b'^', text, false),
    };
    for byte in rest {
        let class = match byte {
            b'0'..=b'9' => b'0',
            _ if is_hexadecimal && byte.is_ascii_hexdigit() => b'0',
            b'_' => b'_',
            _ => b'!',
        };
        if class == b'_' && previous != b'0' || previous == b'_' && class != b'0' {
            return false;
        }
        previous = class;
    }
    previous != b'_'
}

/// The value of a character constant with its quotes, or Go's message.
pub fn character(source: &[u8]) -> Result<Number, String> {
    let (value, _, rest) = unquote_char(source.get(1..).unwrap_or_default(), b'\'').ok_or("invalid syntax")?;
    let text = String::from_utf8_lossy(source);
    if rest != b"'" {
        return Err(format!("malformed character constant: {text}"));
    }
    Ok(Number {
        text: Arc::from(&*text),
        int: Some(i64::from(value)),
        uint: Some(u64::from(value)),
        float: Some(f64::from(value)),
        complex: None,
        is_char: true,
    })
}

/// strconv.Unquote of a string or raw string that the lexer delimited; `None` is Go's `invalid syntax`.
pub fn unquote(source: &[u8]) -> Option<Vec<u8>> {
    let inner = source.get(1..source.len().checked_sub(1)?)?;
    if source.first() == Some(&b'`') {
        return Some(inner.iter().copied().filter(|b| *b != b'\r').collect());
    }
    if find2(b'\\', b'"', inner).is_none() && std::str::from_utf8(inner).is_ok() {
        return Some(inner.to_vec());
    }
    let mut out = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while !rest.is_empty() {
        let plain = rest.iter().take_while(|byte| byte.is_ascii() && !matches!(byte, b'\\' | b'"')).count();
        let (own, after) = rest.split_at(plain);
        out.extend_from_slice(own);
        rest = after;
        if rest.is_empty() {
            break;
        }
        let (value, is_rune, tail) = unquote_char(rest, b'"')?;
        match char::from_u32(value) {
            Some(c) if is_rune => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            _ => out.push(value as u8),
        }
        rest = tail;
    }
    Some(out)
}

/// strconv.UnquoteChar: the value, whether it is a character rather than a byte, and what follows.
fn unquote_char(text: &[u8], quote: u8) -> Option<(u32, bool, &[u8])> {
    let (&first, rest) = text.split_first()?;
    match first {
        b'\\' => {}
        _ if first == quote => return None,
        0x80.. => {
            let (c, length) = decode(text)?;
            return Some((c as u32, true, text.get(length..)?));
        }
        _ => return Some((u32::from(first), false, rest)),
    }
    let (&escape, rest) = rest.split_first()?;
    let digits = |count: usize, radix: u32, text: &[u8]| {
        text.get(..count)?
            .iter()
            .try_fold(0u32, |value, b| value.checked_mul(radix)?.checked_add((*b as char).to_digit(radix)?))
    };
    let simple = |value: u8| Some((u32::from(value), false, rest));
    match escape {
        b'a' => simple(7),
        b'b' => simple(8),
        b'f' => simple(12),
        b'n' => simple(b'\n'),
        b'r' => simple(b'\r'),
        b't' => simple(b'\t'),
        b'v' => simple(11),
        b'\\' => simple(b'\\'),
        b'\'' | b'"' if escape == quote => simple(escape),
        b'x' => Some((digits(2, 16, rest)?, false, rest.get(2..)?)),
        b'u' | b'U' => {
            let count = if escape == b'u' { 4 } else { 8 };
            let value = char::from_u32(digits(count, 16, rest)?)?;
            Some((value as u32, true, rest.get(count..)?))
        }
        b'0'..=b'7' => {
            let value = digits(3, 8, text.get(1..)?)?;
            (value < 256).then_some((value, false, rest.get(2..)?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
