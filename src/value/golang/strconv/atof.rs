//! Floats from text.

use super::integer::underscores_separate_digits;
use super::{NumError, NumReason};

/// `strconv.ParseFloat` for 64 or 32 bits: decimal and hexadecimal, with underscores, infinities and NaN.
pub fn parse_float(input: &[u8], bits: u32) -> Result<f64, NumError<f64>> {
    let error = |reason, value| NumError { function: "ParseFloat", input: input.to_vec(), reason, value };
    let value = special(input).or_else(|| parse(input, bits)).ok_or_else(|| error(NumReason::Syntax, 0.0))?;
    if value.is_infinite() && special(input).is_none() { Err(error(NumReason::Range, value)) } else { Ok(value) }
}

fn special(input: &[u8]) -> Option<f64> {
    let (sign, name) = match input {
        [b'-', rest @ ..] => (-1.0, rest),
        [b'+', rest @ ..] => (1.0, rest),
        _ => (1.0, input),
    };
    if name.eq_ignore_ascii_case(b"inf") || name.eq_ignore_ascii_case(b"infinity") {
        return Some(sign * f64::INFINITY);
    }
    input.eq_ignore_ascii_case(b"nan").then_some(f64::NAN)
}

fn parse(input: &[u8], bits: u32) -> Option<f64> {
    let unsigned = input.strip_prefix(b"-").or(input.strip_prefix(b"+")).unwrap_or(input);
    let hex = match unsigned {
        [b'0', b'x' | b'X', rest @ ..] if !rest.is_empty() => Some(rest),
        _ => None,
    };
    if input.contains(&b'_') && !underscores_separate_digits(input) {
        return None;
    }
    let clean: Vec<u8> = hex.unwrap_or(unsigned).iter().copied().filter(|c| *c != b'_').collect();
    let magnitude = if hex.is_some() { hexadecimal(&clean, bits)? } else { decimal(&clean, bits)? };
    Some(if input.first() == Some(&b'-') { -magnitude } else { magnitude })
}

fn decimal(clean: &[u8], bits: u32) -> Option<f64> {
    // Rust reads the same decimal numbers, and names of infinities that were taken care of before.
    if !clean.iter().all(|c| c.is_ascii_digit() || matches!(c, b'.' | b'e' | b'E' | b'+' | b'-')) {
        return None;
    }
    if matches!(clean.first(), Some(b'+' | b'-')) {
        return None;
    }
    let text = std::str::from_utf8(clean).ok()?;
    if bits == 32 { text.parse::<f32>().ok().map(f64::from) } else { text.parse().ok() }
}

/// `HEX[.HEX]pEXP`, rounded to nearest even.
fn hexadecimal(clean: &[u8], bits: u32) -> Option<f64> {
    let at = clean.iter().position(|c| matches!(c, b'p' | b'P'))?;
    let (mantissa, exponent) = (&clean[..at], &clean[at + 1..]);
    let mut value = 0u64;
    let mut is_inexact = false;
    let mut scale = 0i64;
    let (mut has_point, mut has_digits) = (false, false);
    for c in mantissa {
        if *c == b'.' {
            if has_point {
                return None;
            }
            has_point = true;
            continue;
        }
        let digit = (*c as char).to_digit(16)?;
        has_digits = true;
        if value >> 60 == 0 {
            value = value << 4 | u64::from(digit);
        } else {
            is_inexact |= digit != 0;
            scale += 4;
        }
        if has_point {
            scale -= 4;
        }
    }
    let (sign, digits) = match exponent {
        [b'-', rest @ ..] => (-1, rest),
        [b'+', rest @ ..] => (1, rest),
        _ => (1, exponent),
    };
    if !has_digits || digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let exponent = digits.iter().fold(0i64, |e, c| if e < 10_000 { e * 10 + i64::from(c - b'0') } else { e });
    Some(round(value, is_inexact, scale + sign * exponent, bits))
}

/// value × 2^exponent as the nearest float, ties to even.
fn round(value: u64, is_inexact: bool, exponent: i64, bits: u32) -> f64 {
    if value == 0 {
        return 0.0;
    }
    let (width, lowest, highest) = if bits == 32 { (24, -149, 127) } else { (53, -1074, 1023) };
    let top = 63 - i64::from(value.leading_zeros()) + exponent;
    // The exponent of the last bit that the result can have.
    let last = (top - (width - 1)).max(lowest);
    let drop = last - exponent;
    let mut kept = match drop {
        ..=0 => value << (-drop).min(63),
        1..64 => value >> drop,
        _ => 0,
    };
    if (1..=64).contains(&drop) {
        let half = 1u64 << (drop - 1);
        let rest = if drop == 64 { value } else { value & ((1u64 << drop) - 1) };
        let is_above = rest > half || rest == half && is_inexact;
        if is_above || rest == half && kept & 1 == 1 {
            kept += 1;
        }
    }
    let top = 63 - i64::from(kept.leading_zeros()) + last;
    if kept != 0 && top > highest {
        return f64::INFINITY;
    }
    // Both factors are exact and so is the product; two steps keep 2^last in range.
    let (first, second) = (last / 2, last - last / 2);
    kept as f64 * 2f64.powi(first as i32) * 2f64.powi(second as i32)
}
