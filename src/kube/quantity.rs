//! Quantities of resources: `500m`, `1Gi`, 2.

use crate::value::{Plain, PlainData};
use std::cmp::Ordering;

/// Decimal places that a quantity keeps.
const PLACES: i32 = 9;

/// Binary suffixes as powers of 1024, decimal ones as powers of ten.
const BINARY: [(&str, u32); 6] = [("Ki", 1), ("Mi", 2), ("Gi", 3), ("Ti", 4), ("Pi", 5), ("Ei", 6)];
const DECIMAL: [(&str, i32); 10] =
    [("n", -9), ("u", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18)];

/// A quantity in billionths, and whether it was written with a binary suffix.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Quantity {
    nanos: i128,
    is_binary: bool,
}

/// Compares two quantities or numbers.
pub(super) fn compare(a: &Plain, b: &Plain) -> Option<Ordering> {
    Some(parse(&text(a)?)?.nanos.cmp(&parse(&text(b)?)?.nanos))
}

/// The value can be read as a quantity.
pub(super) fn is_quantity(value: &Plain) -> bool {
    text(value).is_some_and(|text| text.trim() == text && parse(&text).is_some())
}

/// The quantity as a server stores it: `0.5` is `500m`, `1024Mi` is `1Gi`, 2 is `"2"`. Others stay as they are.
pub(super) fn canonical(value: &Plain) -> Plain {
    match text(value).and_then(|text| parse(&text)).and_then(print) {
        Some(text) => Plain { data: PlainData::String(text.as_bytes().into()), span: value.span },
        None => value.clone(),
    }
}

fn text(value: &Plain) -> Option<String> {
    match &value.data {
        PlainData::Int(i) => Some(i.to_string()),
        PlainData::Float(f) => Some(f.to_string()),
        PlainData::String(_) => value.as_str().map(str::to_string),
        _ => None,
    }
}

fn parse(text: &str) -> Option<Quantity> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '+' | '-')).unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    if let Some((_, power)) = BINARY.iter().find(|(name, _)| *name == suffix) {
        let nanos = decimal(number, PLACES)?.checked_mul(1024i128.checked_pow(*power)?)?;
        return Some(Quantity { nanos, is_binary: true });
    }
    let exponent = match DECIMAL.iter().find(|(name, _)| *name == suffix) {
        Some((_, exponent)) => *exponent,
        None => suffix.strip_prefix(['e', 'E'])?.parse().ok().filter(|e: &i32| e.abs() <= 18)?,
    };
    Some(Quantity { nanos: decimal(number, PLACES + exponent)?, is_binary: false })
}

/// A decimal number times a power of ten; what does not fit rounds up, as servers do.
fn decimal(number: &str, power: i32) -> Option<i128> {
    let (sign, digits) = match number.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, number.strip_prefix('+').unwrap_or(number)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if (whole.is_empty() && fraction.is_empty()) || whole.len() + fraction.len() > 30 {
        return None;
    }
    let value: i128 = format!("{whole}{fraction}").parse().ok()?;
    let shift = power - i32::try_from(fraction.len()).ok()?;
    let factor = 10i128.checked_pow(shift.unsigned_abs())?;
    let scaled = if shift >= 0 { value.checked_mul(factor)? } else { (value + factor - 1) / factor };
    Some(sign * scaled)
}

fn print(quantity: Quantity) -> Option<String> {
    let Quantity { nanos, is_binary } = quantity;
    let one = 10i128.pow(PLACES.unsigned_abs());
    if is_binary && nanos % one == 0 && nanos != 0 {
        let units = nanos / one;
        let largest = BINARY.iter().rev().find(|(_, power)| units % 1024i128.pow(*power) == 0);
        return Some(match largest {
            Some((suffix, power)) => format!("{}{suffix}", units / 1024i128.pow(*power)),
            None => units.to_string(),
        });
    }
    let (suffix, exponent) =
        DECIMAL.iter().rev().find(|(_, e)| nanos % 10i128.pow((PLACES + e).unsigned_abs()) == 0)?;
    if nanos == 0 {
        return Some("0".into());
    }
    Some(format!("{}{suffix}", nanos / 10i128.pow((PLACES + exponent).unsigned_abs())))
}
