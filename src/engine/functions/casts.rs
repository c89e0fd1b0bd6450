//! Sprig's silent conversions to numbers (spf13/cast 1.7): never an error, 0 where there is no number.

use crate::profile::Profile;
use crate::value::golang::strconv;
use crate::value::{Data, IntKind, Value};

/// `cast.ToInt64`, which is `cast.ToInt` as well.
pub fn to_int64(profile: &Profile, value: &Value) -> i64 {
    match &value.data {
        Data::Int(_, IntKind::Month | IntKind::Weekday) if !is_cast_1_5(profile) => 0,
        Data::Int(i, _) => *i,
        Data::Uint(u, _) => *u as i64,
        Data::Float(f) => truncated(*f),
        Data::Bool(b) => i64::from(*b),
        Data::Str(text) => {
            let digits = if is_cast_1_5(profile) { without_zero_fraction(text.bytes()) } else { text.bytes() };
            strconv::parse_int(digits, 0, 64).unwrap_or(0)
        }
        _ => 0,
    }
}

/// `cast.ToFloat64`
pub fn to_float64(profile: &Profile, value: &Value) -> f64 {
    match &value.data {
        Data::Int(_, IntKind::Month | IntKind::Weekday) if !is_cast_1_5(profile) => 0.0,
        Data::Int(i, _) => *i as f64,
        Data::Uint(u, _) => *u as f64,
        Data::Float(f) => *f,
        Data::Bool(b) => f64::from(u8::from(*b)),
        Data::Str(text) => strconv::parse_float(text.bytes(), 64).unwrap_or(0.0),
        _ => 0.0,
    }
}

/// Helm before 3.12 has older releases of the library.
fn is_cast_1_5(profile: &Profile) -> bool {
    profile.since(3, 12, 0)
}

/// Go's conversion of a float on amd64: toward zero, and the smallest integer for all that do not fit.
pub fn truncated(f: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&f) { f as i64 } else { i64::MIN }
}

/// Cuts `.000…` off.
fn without_zero_fraction(text: &[u8]) -> &[u8] {
    let digits = text.iter().rev().take_while(|b| **b == b'0').count();
    let point = text.len() - digits;
    if digits > 0 && point > 0 && text[point - 1] == b'.' { &text[..point - 1] } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_integers_as_in_go() {
        let cases = [
            ("5", 5),
            ("5.0", 5),
            ("5.7", 0),
            ("abc", 0),
            ("0x1f", 31),
            ("010", 8),
            ("0o10", 8),
            ("1_000", 1000),
            ("", 0),
            (" 5", 0),
            ("1e3", 0),
            ("08", 0),
            ("5.", 0),
            ("-3", -3),
            ("+3", 3),
            ("100.00", 100),
            ("9223372036854775807", i64::MAX),
            ("9223372036854775808", 0),
            (".0", 0),
            ("0", 0),
            ("000", 0),
        ];
        for (text, expected) in cases {
            assert_eq!(to_int64(&Profile::default(), &Value::string(text)), expected, "{text:?}");
        }
        let old = Profile::parse("3.9").expect("a version");
        assert_eq!(to_int64(&old, &Value::string("5.0")), 0);
    }

    #[test]
    fn floats_that_do_not_fit_are_the_smallest_integer() {
        for f in [1e30, -1e30, f64::NAN, f64::INFINITY, 9_223_372_036_854_775_808.0] {
            assert_eq!(truncated(f), i64::MIN);
        }
        assert_eq!(truncated(-5.9), -5);
    }
}
