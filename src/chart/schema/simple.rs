//! Schemas that say no more than which types settings have: whether values fit them is seen without a validator, which
//! costs as much to make as a small chart to render.

use crate::value::yaml::{Kind, Node};
use crate::value::{Plain, PlainData};

/// Numbers up to here are the same as integers and as floats.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Whether values surely fit a schema, which must be plain and surely is one. `false` says nothing.
pub(super) fn fits(schema: &Node, values: &Plain) -> bool {
    is_met(schema, Some(values))
}

/// Whether a value surely meets a schema; without a value, whether it surely is a schema.
fn is_met(schema: &Node, value: Option<&Plain>) -> bool {
    let Kind::Map(keywords) = &schema.kind else { return false };
    keywords.iter().all(|(keyword, rule)| match (&*keyword.text, &rule.kind) {
        ("$schema" | "$comment" | "title" | "description", Kind::Str(_)) | ("default", _) => true,
        // What forms are made of for people.
        ("form" | "hidden" | "render" | "sliderMin" | "sliderMax" | "sliderUnit", _) => true,
        ("type", Kind::Str(name)) => is_type(name) && value.is_none_or(|value| has_type(value, name)),
        ("properties", Kind::Map(properties)) => {
            properties.iter().all(|(name, below)| is_met(below, entry(value, &name.text)))
        }
        ("additionalProperties", Kind::Bool(allows)) => *allows || value.is_none_or(|value| is_named(value, schema)),
        ("items", Kind::Map(_)) => match value.and_then(Plain::as_list) {
            Some(items) if !items.is_empty() => items.iter().all(|item| is_met(rule, Some(item))),
            _ => is_met(rule, None),
        },
        ("minimum", _) => is_bound(number(rule), value, |least, number| number >= least),
        ("maximum", _) => is_bound(number(rule), value, |most, number| number <= most),
        ("enum", Kind::Seq(choices)) => value.is_none_or(|value| is_among(value, choices)),
        _ => false,
    })
}

fn number(node: &Node) -> Option<f64> {
    match node.kind {
        Kind::Int(i) => Some(i as f64),
        Kind::Uint(u) => Some(u as f64),
        Kind::Float(f) => Some(f),
        _ => None,
    }
}

fn is_type(name: &str) -> bool {
    matches!(name, "null" | "boolean" | "integer" | "number" | "string" | "array" | "object")
}

fn has_type(value: &Plain, name: &str) -> bool {
    match &value.data {
        PlainData::Null => name == "null",
        PlainData::Bool(_) => name == "boolean",
        PlainData::Int(_) => matches!(name, "integer" | "number"),
        PlainData::Float(f) => name == "number" || name == "integer" && f.fract() == 0.0 && f.abs() <= EXACT,
        PlainData::String(_) => name == "string",
        PlainData::List(_) => name == "array",
        PlainData::Map(_) => name == "object",
    }
}

fn entry<'v>(value: Option<&'v Plain>, name: &str) -> Option<&'v Plain> {
    value.and_then(|value| value.get(name))
}

/// Whether each entry of a map has a name in `properties`.
fn is_named(value: &Plain, schema: &Node) -> bool {
    let properties = schema.get("properties");
    let has = |name: &str| properties.is_some_and(|properties| properties.get(name).is_some());
    value.as_map().is_none_or(|map| map.keys().all(|key| std::str::from_utf8(key).is_ok_and(has)))
}

/// Whether a number keeps to a bound, as anything else does.
fn is_bound(bound: Option<f64>, value: Option<&Plain>, keeps: impl Fn(f64, f64) -> bool) -> bool {
    let is_exact = |number: f64| number.abs() <= EXACT;
    let Some(bound) = bound.filter(|bound| is_exact(*bound)) else { return false };
    match value.map(|value| &value.data) {
        Some(PlainData::Float(number)) => is_exact(*number) && keeps(bound, *number),
        Some(PlainData::Int(number)) => is_exact(*number as f64) && keeps(bound, *number as f64),
        _ => true,
    }
}

/// Whether a string is one of a list.
fn is_among(value: &Plain, choices: &[Node]) -> bool {
    let PlainData::String(text) = &value.data else { return false };
    choices.iter().any(|choice| matches!(&choice.kind, Kind::Str(choice) if choice.as_bytes() == &**text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::schema::{Compiled, to_json};
    use serde_json::json;

    #[test]
    fn what_fits_here_fits_a_validator() {
        let schemas = [
            json!({}),
            json!({"type": "object", "properties": {"a": {"type": "integer", "minimum": 1, "form": true}}}),
            json!({"type": "object", "properties": {"a": {"type": "number", "maximum": 2.5}, "b": {"enum": ["x", "y"]}}}),
            json!({"properties": {"a": {"type": "array", "items": {"type": "string"}}}, "additionalProperties": false}),
            json!({"properties": {"a": {"type": "text"}}}),
            json!({"properties": {"a": {"minimum": "1"}}}),
            json!({"properties": {"b": {"items": {"type": 1}}}}),
            json!({"description": 1}),
            json!({"required": ["a"]}),
            json!(true),
        ];
        let texts =
            ["{}", "a: 1", "a: 1.5", "a: 3", "a: [x]", "a: [x, 1]", "a:", "b: x", "b: z", "a: 1\nb: y", "c: {}"];
        let mut fitting = 0;
        for schema in &schemas {
            for text in texts {
                let profile = crate::profile::Profile::default();
                let values = crate::chart::reading::values(text.as_bytes(), 0, &profile, &mut Vec::new()).unwrap();
                let schema = schema.to_string();
                if fits(&crate::value::json::read(schema.as_bytes()).unwrap(), &values) {
                    fitting += 1;
                    let compiled = Compiled::new(schema.as_bytes());
                    let validator = compiled.built(schema.as_bytes()).outcome.as_ref().unwrap();
                    assert!(validator.is_valid(&to_json(&values)), "{schema} {text}");
                }
            }
        }
        assert!(fitting > 20, "{fitting}");
    }
}
