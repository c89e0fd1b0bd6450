//! Schemas that say no more than which types settings have: whether values fit them is seen without a validator, which
//! costs as much to make as a small chart to render.

use crate::value::{Plain, PlainData};
use serde_json::{Map, Value};

/// Numbers up to here are the same as integers and as floats.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Whether values surely fit a schema, which must be plain and surely is one. `false` says nothing.
pub(super) fn fits(schema: &Value, values: &Plain) -> bool {
    is_met(schema, Some(values))
}

/// Whether a value surely meets a schema; without a value, whether it surely is a schema.
fn is_met(schema: &Value, value: Option<&Plain>) -> bool {
    let Value::Object(keywords) = schema else { return false };
    keywords.iter().all(|(keyword, rule)| match (keyword.as_str(), rule) {
        ("$schema" | "$comment" | "title" | "description", Value::String(_)) | ("default", _) => true,
        // What forms are made of for people.
        ("form" | "hidden" | "render" | "sliderMin" | "sliderMax" | "sliderUnit", _) => true,
        ("type", Value::String(name)) => is_type(name) && value.is_none_or(|value| has_type(value, name)),
        ("properties", Value::Object(properties)) => {
            properties.iter().all(|(name, below)| is_met(below, entry(value, name)))
        }
        ("additionalProperties", Value::Bool(allows)) => *allows || value.is_none_or(|value| is_named(value, keywords)),
        ("items", Value::Object(_)) => match value.and_then(Plain::as_list) {
            Some(items) if !items.is_empty() => items.iter().all(|item| is_met(rule, Some(item))),
            _ => is_met(rule, None),
        },
        ("minimum", Value::Number(least)) => is_bound(least.as_f64(), value, |least, number| number >= least),
        ("maximum", Value::Number(most)) => is_bound(most.as_f64(), value, |most, number| number <= most),
        ("enum", Value::Array(choices)) => value.is_none_or(|value| is_among(value, choices)),
        _ => false,
    })
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
fn is_named(value: &Plain, keywords: &Map<String, Value>) -> bool {
    let properties = keywords.get("properties");
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
fn is_among(value: &Plain, choices: &[Value]) -> bool {
    let PlainData::String(text) = &value.data else { return false };
    choices.iter().any(|choice| choice.as_str().is_some_and(|choice| choice.as_bytes() == &**text))
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
                if fits(schema, &values) {
                    fitting += 1;
                    let compiled = Compiled::new(schema.to_string().as_bytes());
                    let validator = compiled.built().outcome.as_ref().unwrap();
                    assert!(validator.is_valid(&to_json(&values)), "{schema} {text}");
                }
            }
        }
        assert!(fitting > 20, "{fitting}");
    }
}
