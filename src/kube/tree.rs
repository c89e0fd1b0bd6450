//! Plain data by path, compared by value, and as the JSON of Go's encoder.

use super::path::{FieldPath, Step};
use crate::value::{Plain, PlainData};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Deeper data is taken for empty: no object of Kubernetes is nested like that.
const MAX_DEPTH: usize = 1_000;

/// The value at a path.
pub(super) fn at<'a>(object: &'a Plain, path: &FieldPath) -> Option<&'a Plain> {
    path.steps().iter().try_fold(object, |plain, step| match step {
        Step::Key(key) => plain.get(key),
        Step::Index(index) => plain.as_list()?.get(*index),
    })
}

/// Sets the value at a path; maps on the way are made, elements of lists are not, except one at the end.
pub(super) fn set(object: &mut Plain, path: &[Step], value: Plain) {
    let Some((step, rest)) = path.split_first() else {
        *object = value;
        return;
    };
    match step {
        Step::Key(key) => {
            if object.as_map().is_none() {
                *object = Plain::map();
            }
            let Some(map) = object.as_map_mut() else { return };
            set(map.entry(Arc::from(key.as_bytes())).or_default(), rest, value);
        }
        Step::Index(index) => {
            let PlainData::List(list) = &mut object.data else { return };
            if *index == list.len() {
                list.push(Plain::default());
            }
            if let Some(element) = list.get_mut(*index) {
                set(element, rest, value);
            }
        }
    }
}

/// Removes the field at a path.
pub(super) fn remove(object: &mut Plain, path: &[Step]) {
    match (path, &mut object.data) {
        ([Step::Key(key)], PlainData::Map(map)) => {
            map.remove(key.as_bytes());
        }
        ([Step::Index(index)], PlainData::List(list)) if *index < list.len() => {
            list.remove(*index);
        }
        ([Step::Key(key), rest @ ..], PlainData::Map(map)) => {
            if let Some(value) = map.get_mut(key.as_bytes()) {
                remove(value, rest);
            }
        }
        ([Step::Index(index), rest @ ..], PlainData::List(list)) => {
            if let Some(value) = list.get_mut(*index) {
                remove(value, rest);
            }
        }
        _ => {}
    }
}

/// Both say the same, wherever they were read from; `1` and `1.0` are one number.
pub(super) fn same(a: &Plain, b: &Plain) -> bool {
    same_to(a, b, 0)
}

fn same_to(a: &Plain, b: &Plain, depth: usize) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    match (&a.data, &b.data) {
        (PlainData::Int(i), PlainData::Float(f)) | (PlainData::Float(f), PlainData::Int(i)) => *i as f64 == *f,
        (PlainData::List(x), PlainData::List(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same_to(x, y, depth + 1))
        }
        (PlainData::Map(x), PlainData::Map(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|((k, x), (l, y))| k == l && same_to(x, y, depth + 1))
        }
        (x, y) => x == y,
    }
}

/// The key of a map.
pub(super) fn key(text: &str) -> Arc<[u8]> {
    Arc::from(text.as_bytes())
}

/// A map of these entries.
pub(super) fn map<const N: usize>(entries: [(&str, Plain); N]) -> Plain {
    let entries: BTreeMap<_, _> = entries.into_iter().map(|(k, v)| (key(k), v)).collect();
    PlainData::Map(entries.into()).into()
}

/// A list of these elements.
pub(super) fn list<const N: usize>(items: [Plain; N]) -> Plain {
    PlainData::List(items.to_vec()).into()
}

pub(super) fn int(i: i64) -> Plain {
    PlainData::Int(i).into()
}

pub(super) fn boolean(b: bool) -> Plain {
    PlainData::Bool(b).into()
}

/// JSON as data; integers stay integers.
pub fn from_json(json: &serde_json::Value) -> Plain {
    use serde_json::Value;
    let data = match json {
        Value::Null => PlainData::Null,
        Value::Bool(b) => PlainData::Bool(*b),
        Value::Number(n) => n.as_i64().map_or_else(|| PlainData::Float(n.as_f64().unwrap_or_default()), PlainData::Int),
        Value::String(s) => PlainData::String(s.as_bytes().into()),
        Value::Array(items) => PlainData::List(items.iter().map(from_json).collect()),
        Value::Object(map) => PlainData::Map(map.iter().map(|(k, v)| (key(k), from_json(v))).collect()),
    };
    data.into()
}

/// The data as the compact JSON that Go prints: keys in order.
pub fn to_json(plain: &Plain) -> String {
    let mut out = String::new();
    write_json(plain, &mut out, 0);
    out
}

fn write_json(plain: &Plain, out: &mut String, depth: usize) {
    if depth > MAX_DEPTH {
        out.push_str("null");
        return;
    }
    match &plain.data {
        PlainData::Null => out.push_str("null"),
        PlainData::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        PlainData::Int(i) => out.push_str(&i.to_string()),
        PlainData::Float(f) => out.push_str(&f.to_string()),
        PlainData::String(bytes) => out.push_str(&quoted(bytes)),
        PlainData::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                write_json(item, out, depth + 1);
            }
            out.push(']');
        }
        PlainData::Map(map) => {
            out.push('{');
            for (i, (key, value)) in map.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                out.push_str(&quoted(key));
                out.push(':');
                write_json(value, out, depth + 1);
            }
            out.push('}');
        }
    }
}

/// The text in double quotes.
pub(super) fn quoted(bytes: &[u8]) -> String {
    serde_json::Value::String(String::from_utf8_lossy(bytes).into_owned()).to_string()
}
