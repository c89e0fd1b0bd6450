//! How Go prints values in the messages of Helm's loader.

use super::tables::{Item, Tables};
use crate::value::golang::strconv;
use crate::value::{Plain, PlainData};
use std::fmt::Write;

/// How many bytes of a value a message shows. Helm shows all of it.
const SHOWN: usize = 4_000;

/// Go's `%v` of a float64.
pub(super) use strconv::shown_float as float;

/// What sigs.k8s.io/yaml makes of a float where a string is wanted: the shortest text with 32 bits.
pub(super) fn float32(f: f64) -> String {
    strconv::format_float(f, b'g', None, 32)
}

/// Go's `%q` of a string.
pub(super) fn quoted(text: &str) -> String {
    strconv::quote(text.as_bytes())
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
pub(super) fn value(tables: &mut Tables<'_>, item: &Item<'_>) -> String {
    match item {
        Item::Table(id) => plain(&tables.plain_of(*id).0),
        Item::Plain(data) => plain(data),
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
    // Inside a list or a map Go prints nil plainly.
    match value.data {
        PlainData::Null => out.push_str("%!t(<nil>)"),
        _ => write_plain(&mut out, value, true),
    }
    out
}

fn write_plain(out: &mut String, value: &Plain, as_bool: bool) {
    if out.len() > SHOWN {
        return;
    }
    // Writing to a string cannot fail.
    let _ = match &value.data {
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
    fn what_is_no_boolean_is_marked() {
        assert_eq!(truth(&Plain::string("hello")), "%!t(string=hello)");
        assert_eq!(truth(&Plain::default()), "%!t(<nil>)");
        let list = PlainData::List(vec![PlainData::Float(1.0).into(), Plain::default()]);
        assert_eq!(truth(&list.into()), "[%!t(float64=1) <nil>]");
    }
}
