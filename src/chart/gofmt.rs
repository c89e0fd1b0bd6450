//! How Go prints values in the messages of Helm's loader.

use super::tables::{Item, Tables};
use crate::value::{Plain, PlainData};
use std::fmt::Write;

/// How many bytes of a value a message shows. Helm shows all of it.
const SHOWN: usize = 4_000;

/// Go's shortest `g` format of a float from the digits and the exponent of Rust's shortest `e` format.
fn general(scientific: &str) -> String {
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return match scientific {
            "inf" => "+Inf".into(),
            "-inf" => "-Inf".into(),
            other => other.into(),
        };
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    if (-4..6).contains(&exponent) { positional(sign, &digits, exponent) } else { exponential(sign, &digits, exponent) }
}

fn exponential(sign: &str, digits: &str, exponent: i32) -> String {
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    let exponent_sign = if exponent < 0 { '-' } else { '+' };
    format!("{sign}{first}{point}{rest}e{exponent_sign}{:02}", exponent.abs())
}

fn positional(sign: &str, digits: &str, exponent: i32) -> String {
    if exponent < 0 {
        return format!("{sign}0.{}{digits}", "0".repeat((-exponent - 1) as usize));
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        return format!("{sign}{digits}{}", "0".repeat(whole - digits.len()));
    }
    let (whole, fraction) = digits.split_at(whole);
    format!("{sign}{whole}.{fraction}")
}

/// Go's `%v` of a float64.
pub(super) fn float(f: f64) -> String {
    general(&format!("{f:e}"))
}

/// What sigs.k8s.io/yaml makes of a float where a string is wanted: the shortest text with 32 bits.
pub(super) fn float32(f: f64) -> String {
    general(&format!("{:e}", f as f32))
}

/// Go's `%q` of a string.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x0b' => out.push_str("\\v"),
            c if is_printable(c) => out.push(c),
            c if (c as u32) < 0x80 => _ = write!(out, "\\x{:02x}", c as u32),
            c if (c as u32) < 0x1_0000 => _ = write!(out, "\\u{:04x}", c as u32),
            c => _ = write!(out, "\\U{:08x}", c as u32),
        }
    }
    out.push('"');
    out
}

/// Go's unicode.IsPrint.
pub(super) fn is_printable(c: char) -> bool {
    // Rust escapes what is not printable by the same categories; a mark at the very start it escapes too, so it is asked
    // for the second character of a text.
    matches!(c, '\'' | '"' | '\\') || ["a", c.encode_utf8(&mut [0; 4])].concat().escape_debug().count() == 2
}

/// Go's name of the type of data.
pub(super) fn plain_type(plain: &Plain) -> &'static str {
    match plain.data {
        PlainData::Null => "nil",
        PlainData::Bool(_) => "bool",
        PlainData::Int(_) => "int64",
        PlainData::Float(_) => "float64",
        PlainData::String(_) => "string",
        PlainData::List(_) => "[]interface {}",
        PlainData::Map(_) => "map[string]interface {}",
    }
}

/// Go's `%v` of a value.
pub(super) fn value(tables: &mut Tables, item: &Item) -> String {
    match item {
        Item::Table(id) => plain(&tables.to_plain(*id).0),
        Item::List(list) => plain(list),
        Item::Scalar(scalar) => plain(scalar),
    }
}

/// Go's `%v` of data.
pub(super) fn plain(value: &Plain) -> String {
    let mut out = String::new();
    write_plain(&mut out, value, false);
    out
}

/// Go's `%t` of data, which complains of what is not a boolean.
pub(super) fn truth(value: &Plain) -> String {
    let mut out = String::new();
    write_plain(&mut out, value, true);
    out
}

fn write_plain(out: &mut String, value: &Plain, as_bool: bool) {
    if out.len() > SHOWN {
        return;
    }
    // Writing to a string cannot fail.
    let _ = match &value.data {
        PlainData::Null if as_bool => write!(out, "%!t(<nil>)"),
        PlainData::Null => write!(out, "<nil>"),
        PlainData::Bool(b) => write!(out, "{b}"),
        PlainData::Int(i) if as_bool => write!(out, "%!t(int64={i})"),
        PlainData::Int(i) => write!(out, "{i}"),
        PlainData::Float(f) if as_bool => write!(out, "%!t(float64={})", float(*f)),
        PlainData::Float(f) => write!(out, "{}", float(*f)),
        PlainData::String(bytes) => write_string(out, bytes, as_bool),
        PlainData::List(list) => {
            out.push('[');
            for (i, element) in list.iter().enumerate() {
                if i > 0 {
                    out.push(' ');
                }
                write_plain(out, element, as_bool);
            }
            out.push(']');
            Ok(())
        }
        PlainData::Map(map) => {
            out.push_str("map[");
            for (i, (key, element)) in map.iter().enumerate() {
                if i > 0 {
                    out.push(' ');
                }
                _ = write_string(out, key, as_bool);
                out.push(':');
                write_plain(out, element, as_bool);
            }
            out.push(']');
            Ok(())
        }
    };
}

fn write_string(out: &mut String, bytes: &[u8], as_bool: bool) -> std::fmt::Result {
    let text = String::from_utf8_lossy(bytes);
    if as_bool { write!(out, "%!t(string={text})") } else { out.write_str(&text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_printed_as_go_prints_them() {
        let cases = [
            (1.0, "1"),
            (1000.0, "1000"),
            (1e6, "1e+06"),
            (1234567.5, "1.2345675e+06"),
            (0.5, "0.5"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (-0.0, "-0"),
            (1e21, "1e+21"),
            (-12.25, "-12.25"),
        ];
        for (f, text) in cases {
            assert_eq!(float(f), text);
        }
        assert_eq!(float32(1.23456789), "1.2345679");
        assert_eq!(float32(1.1), "1.1");
    }

    #[test]
    fn strings_are_quoted_as_go_quotes_them() {
        assert_eq!(quoted("a\"\\\n\u{7f}\u{ad}\u{301}é"), "\"a\\\"\\\\\\n\\x7f\\u00ad\u{301}é\"");
    }

    #[test]
    fn what_is_no_boolean_is_marked() {
        assert_eq!(truth(&Plain::string("hello")), "%!t(string=hello)");
        assert_eq!(truth(&Plain::default()), "%!t(<nil>)");
    }
}
