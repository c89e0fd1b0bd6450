//! Which schemas mean the same in every draft that Helm may take them for.

use serde_json::Value;

/// What `$schema` may name; without it the newest draft is taken.
const DRAFTS: [&str; 5] = [
    "json-schema.org/schema",
    "json-schema.org/draft-07/schema",
    "json-schema.org/draft/2019-09/schema",
    "json-schema.org/draft/2020-12/schema",
    "",
];

/// Keywords that some drafts do not have, or take for something else.
const OF_SOME_DRAFTS: [&str; 26] = [
    "$anchor",
    "$defs",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$recursiveAnchor",
    "$recursiveRef",
    "$ref",
    "$schema",
    "$vocabulary",
    "additionalItems",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "definitions",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "format",
    "id",
    "maxContains",
    "minContains",
    "prefixItems",
    "unevaluatedItems",
    "unevaluatedProperties",
    "divisibleBy",
];

/// Whether every draft from 7 on understands a schema in the same way.
pub(super) fn is_plain(schema: &Value) -> bool {
    let Value::Object(root) = schema else { return false };
    let named = match root.get("$schema") {
        None => "",
        Some(Value::String(uri)) => uri.trim_start_matches("https://").trim_start_matches("http://"),
        Some(_) => return false,
    };
    DRAFTS.contains(&named.trim_end_matches('#'))
        && root.iter().all(|(key, value)| key == "$schema" || is_plain_at(key, value))
}

/// Whether a keyword and its value are plain.
fn is_plain_at(key: &str, value: &Value) -> bool {
    match (key, value) {
        // Data, in which nothing is a keyword.
        ("const" | "default" | "enum" | "examples" | "required", _) => true,
        // Their keys are names.
        ("properties" | "patternProperties", Value::Object(map)) => map.values().all(is_plain_below),
        // A list has been something else since 2020.
        ("items", Value::Array(_)) => false,
        _ => !OF_SOME_DRAFTS.contains(&key) && is_plain_below(value),
    }
}

fn is_plain_below(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.iter().all(|(key, value)| is_plain_at(key, value)),
        Value::Array(list) => list.iter().all(is_plain_below),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_drafts_take_differently_is_not_plain() {
        let plain = [
            json!({}),
            json!({"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}),
            json!({"properties": {"format": {"type": "string", "default": {"$ref": "x"}}}, "required": ["format"]}),
            json!({"items": {"anyOf": [{"type": "string"}, {"minimum": 1}]}, "form": true}),
        ];
        for schema in plain {
            assert!(is_plain(&schema), "{schema}");
        }
        let other = [
            json!(true),
            json!({"$schema": "http://json-schema.org/draft-04/schema#"}),
            json!({"$schema": "https://example.com/schema"}),
            json!({"properties": {"a": {"$ref": "#/definitions/a"}}}),
            json!({"items": [{"type": "string"}]}),
            json!({"properties": {"a": {"format": "ipv4"}}}),
            json!({"not": {"properties": {"a": {"$schema": "http://json-schema.org/draft-04/schema#"}}}}),
        ];
        for schema in other {
            assert!(!is_plain(&schema), "{schema}");
        }
    }
}
