//! What values.schema.json says of a value: a constant, a list of values, examples, a type.

use crate::kube::from_json;
use crate::value::{Plain, PlainData};
use serde_json::Value;

/// References and nested types are followed as deep as this.
const MAX_DEPTH: u32 = 16;

/// Values that a schema names for a path, else one of the type that it asks for.
pub(super) fn examples(schema: &Value, path: &[String]) -> Vec<Plain> {
    let Some(at) = below(schema, schema, path, MAX_DEPTH) else { return Vec::new() };
    let mut found: Vec<&Value> = Vec::new();
    found.extend(at.get("const"));
    for list in ["enum", "examples"] {
        found.extend(at.get(list).and_then(Value::as_array).into_iter().flatten());
    }
    found.extend(at.get("default"));
    let mut found: Vec<Plain> = found.into_iter().map(from_json).collect();
    found.extend(typed(schema, at, MAX_DEPTH));
    found
}

/// Whether a schema admits a value, by its type, its constant and its list of values.
pub(super) fn admits(schema: &Value, path: &[String], value: &Plain) -> bool {
    let Some(at) = below(schema, schema, path, MAX_DEPTH) else { return true };
    let is_same = |allowed: &Value| from_json(allowed).data == value.data;
    if let Some(list) = at.get("enum").and_then(Value::as_array) {
        return list.iter().any(is_same);
    }
    if let Some(constant) = at.get("const") {
        return is_same(constant);
    }
    let is_of = |kind: &str| match kind {
        "string" => matches!(value.data, PlainData::String(_)),
        "boolean" => matches!(value.data, PlainData::Bool(_)),
        "integer" => matches!(value.data, PlainData::Int(_)),
        "number" => matches!(value.data, PlainData::Int(_) | PlainData::Float(_)),
        "object" => matches!(value.data, PlainData::Map(_)),
        "array" => matches!(value.data, PlainData::List(_)),
        // A null takes the key away, and Helm asks no schema about it.
        _ => true,
    };
    match at.get("type") {
        _ if value.is_null() => true,
        Some(Value::String(kind)) => is_of(kind),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).any(is_of),
        _ => true,
    }
}

/// What a schema says of what lies at a path.
fn below<'s>(root: &'s Value, at: &'s Value, path: &[String], depth: u32) -> Option<&'s Value> {
    let depth = depth.checked_sub(1)?;
    if let Some(reference) = at.get("$ref").and_then(Value::as_str) {
        return below(root, root.pointer(reference.strip_prefix('#')?)?, path, depth);
    }
    let Some((first, rest)) = path.split_first() else { return Some(at) };
    let own = || at.get("properties").and_then(|properties| properties.get(first));
    let any = || at.get("additionalProperties").filter(|schema| schema.is_object());
    if let Some(inner) = own().or_else(any) {
        return below(root, inner, rest, depth);
    }
    let parts = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|list| at.get(list)?.as_array()).flatten();
    parts.into_iter().find_map(|part| below(root, part, path, depth))
}

/// A small value of the type that a schema asks for.
fn typed(root: &Value, at: &Value, depth: u32) -> Option<Plain> {
    let depth = depth.checked_sub(1)?;
    if let Some(reference) = at.get("$ref").and_then(Value::as_str) {
        return typed(root, root.pointer(reference.strip_prefix('#')?)?, depth);
    }
    if let Some(known) = at.get("const").or_else(|| at.get("enum")?.as_array()?.first()) {
        return Some(from_json(known));
    }
    let kind = match at.get("type")? {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null")?,
        kind => kind.as_str()?,
    };
    Some(match kind {
        "boolean" => PlainData::Bool(true).into(),
        "integer" | "number" => PlainData::Int(at.get("minimum").and_then(Value::as_i64).unwrap_or(1).max(1)).into(),
        "array" => {
            let item = at.get("items").and_then(|items| typed(root, items, depth));
            PlainData::List(vec![item?]).into()
        }
        "object" => {
            let required = at.get("required").and_then(Value::as_array);
            let names = required.into_iter().flatten().filter_map(Value::as_str);
            let properties = at.get("properties")?;
            let entries =
                names.filter_map(|name| Some((name.as_bytes().into(), typed(root, properties.get(name)?, depth)?)));
            let entries: std::collections::BTreeMap<_, _> = entries.collect();
            if entries.is_empty() {
                return None;
            }
            PlainData::Map(entries.into()).into()
        }
        "string" => {
            let pattern = at.get("pattern").and_then(Value::as_str);
            let matching = pattern.and_then(super::super::solve::matching);
            Plain::string(&matching.unwrap_or_else(|| super::super::shape::EXAMPLE.into()))
        }
        _ => return None,
    })
}
