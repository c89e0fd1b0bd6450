//! Text of numbers.

use super::resolve::{self, Resolved};
use crate::value::golang::strconv::format_float;

/// A float as Go decodes it into a string, and as it becomes a key.
pub(super) fn float32_text(f: f64) -> String {
    format_float(f, b'g', None, 32)
}

/// A float as go-yaml writes it.
pub(super) fn float_text(f: f64) -> String {
    format_float(f, b'g', None, 64)
}

/// A number in JSON, read and written again by go-yaml.
pub(in crate::value) fn number_from_json(json: &str) -> String {
    match resolve::plain(json) {
        Resolved::Int(i) => i.to_string(),
        Resolved::Uint(u) => u.to_string(),
        Resolved::Float(f) => float_text(f),
        _ => json.to_owned(),
    }
}
