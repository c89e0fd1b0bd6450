//! Whether Go's types can hold an object: only then does Helm's client send a strategic merge patch.
//!
//! The client decodes the new manifest into the type of its kind. Where that fails (a number among the data of a ConfigMap)
//! it keeps the manifest as it is, and patches it as it does custom resources.

use super::super::quantity;
use super::super::types::{FieldType, Scalar, Shape, Type};
use super::MAX_DEPTH;
use crate::value::{Plain, PlainData};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The object fits the type of its kind.
pub fn fits(object: &Plain, of: Type) -> bool {
    is_struct(object, of, 0)
}

fn is_struct(value: &Plain, of: Type, depth: usize) -> bool {
    if depth > MAX_DEPTH || value.is_null() {
        return depth <= MAX_DEPTH;
    }
    // The decoder knows fields by their exact names; it passes over those that it does not know.
    value.as_map().is_some_and(|map| {
        map.iter().all(|(name, value)| {
            let field = std::str::from_utf8(name).ok().and_then(|name| of.field(name));
            field.is_none_or(|field| is_field(value, field, depth))
        })
    })
}

fn is_field(value: &Plain, field: FieldType, depth: usize) -> bool {
    let inner = |value: &Plain| match field.of {
        Some(of) => is_struct(value, of, depth + 1),
        None => is_scalar(value, field.scalar),
    };
    match (field.shape, &value.data) {
        (_, PlainData::Null) => true,
        (Shape::One, _) => inner(value),
        (Shape::List, PlainData::List(items)) => items.iter().all(inner),
        (Shape::Map, PlainData::Map(map)) => map.values().all(inner),
        // Nothing is known of what the elements are.
        (Shape::List, _) => field.of.is_none() && field.scalar == Scalar::Any,
        (Shape::Map, _) => false,
    }
}

fn is_scalar(value: &Plain, scalar: Scalar) -> bool {
    use PlainData::{Bool, Float, Int, Null, String};
    match (scalar, &value.data) {
        (_, Null) | (Scalar::Any, _) => true,
        (Scalar::String, String(_)) | (Scalar::Bool, Bool(_)) => true,
        (Scalar::Integer | Scalar::Number | Scalar::IntOrString, Int(_)) => true,
        (Scalar::Number, Float(_)) | (Scalar::IntOrString, String(_)) => true,
        (Scalar::Integer, Float(f)) => f.fract() == 0.0,
        (Scalar::Quantity, _) => quantity::is_quantity(value),
        (Scalar::Time, String(bytes)) => is_time(bytes),
        (Scalar::Bytes, String(bytes)) => {
            let text: Vec<u8> = bytes.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')).collect();
            STANDARD.decode(text).is_ok()
        }
        _ => false,
    }
}

/// `2026-01-01T00:00:00Z`, with a fraction of a second or a zone.
fn is_time(bytes: &[u8]) -> bool {
    let pattern = b"dddd-dd-ddTdd:dd:dd";
    let head = bytes.iter().zip(pattern).all(|(b, p)| if *p == b'd' { b.is_ascii_digit() } else { b == p });
    let rest = bytes.get(pattern.len()..).unwrap_or_default();
    head && rest.last().is_some_and(|last| *last == b'Z' || rest.contains(&b'+') || rest.contains(&b'-'))
}
