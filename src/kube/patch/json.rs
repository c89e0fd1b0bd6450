//! JSON merge patches (RFC 7386), as the library that Helm uses makes them.

use super::order::class;
use super::{MAX_DEPTH, Map, PatchError};
use crate::value::{Plain, PlainData};

/// From here on floating point numbers are written with an exponent.
const LARGEST_PLAIN: f64 = 1e21;

/// The number as Go's encoder writes it has neither a fraction nor an exponent: a decoder makes an integer of it.
pub fn is_written_as_integer(f: f64) -> bool {
    f.fract() == 0.0 && f.abs() < LARGEST_PLAIN
}

/// What the library makes of integers.
#[derive(Clone, Copy)]
pub struct Integers {
    /// They stay what they are; older ones took all numbers for floating point numbers.
    pub are_exact: bool,
}

/// The patch from one object to another.
pub fn diff(original: &Map, modified: &Map, integers: Integers, depth: usize) -> Result<Map, PatchError> {
    if depth > MAX_DEPTH {
        return Err(PatchError::TooDeep);
    }
    let mut patch = Map::default();
    for (key, value) in modified {
        match original.get(key) {
            Some(before) if is_same(before, value, integers, depth) => {}
            Some(Plain { data: PlainData::Map(before), .. }) if value.as_map().is_some() => {
                let inner = diff(before, value.as_map().unwrap_or(&Map::default()), integers, depth + 1)?;
                if !inner.is_empty() {
                    patch.insert(key.clone(), PlainData::Map(inner).into());
                }
            }
            _ => _ = patch.insert(key.clone(), if integers.are_exact { value.clone() } else { rounded(value, depth) }),
        }
    }
    for key in original.keys().filter(|key| !modified.contains_key(key)) {
        patch.insert(key.clone(), Plain::default());
    }
    Ok(patch)
}

/// Equal; a floating point number is no other than the integer of its value.
fn is_same(a: &Plain, b: &Plain, integers: Integers, depth: usize) -> bool {
    use PlainData::{Float, Int, List, Map};
    match (&a.data, &b.data) {
        _ if depth > MAX_DEPTH => false,
        (Int(a), Int(b)) => a == b || (!integers.are_exact && *a as f64 == *b as f64),
        (Int(i), Float(f)) | (Float(f), Int(i)) => *i as f64 == *f,
        (List(a), List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b, integers, depth + 1)),
        (Map(a), Map(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|((k, a), (l, b))| k == l && is_same(a, b, integers, depth + 1))
        }
        _ => class(a) == class(b) && super::super::tree::same(a, b),
    }
}

/// The value with its numbers as floating point numbers hold them.
fn rounded(value: &Plain, depth: usize) -> Plain {
    let data = match &value.data {
        PlainData::Int(i) if (*i as f64) as i128 != i128::from(*i) => PlainData::Float(*i as f64),
        PlainData::List(items) if depth <= MAX_DEPTH => {
            PlainData::List(items.iter().map(|v| rounded(v, depth + 1)).collect())
        }
        PlainData::Map(map) if depth <= MAX_DEPTH => {
            PlainData::Map(map.iter().map(|(k, v)| (k.clone(), rounded(v, depth + 1))).collect())
        }
        other => other.clone(),
    };
    Plain { data, span: value.span }
}

/// The object with the patch applied.
pub fn apply(object: &Plain, patch: &Plain, depth: usize) -> Result<Plain, PatchError> {
    if depth > MAX_DEPTH {
        return Err(PatchError::TooDeep);
    }
    let Some(changes) = patch.as_map() else { return Ok(patch.clone()) };
    let mut map = object.as_map().cloned().unwrap_or_default();
    for (key, value) in changes {
        if value.is_null() {
            map.remove(key);
        } else {
            let before = map.get(key).cloned().unwrap_or_default();
            map.insert(key.clone(), apply(&before, value, depth + 1)?);
        }
    }
    Ok(Plain { data: PlainData::Map(map), span: object.span })
}
