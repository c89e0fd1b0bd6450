//! Which schemas mean the same in every draft that Helm may take them for.

use crate::value::yaml::{Kind, Node};

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

/// Schemas that nest deeper are no plain ones.
const MAX_DEPTH: usize = 100;

/// Whether every draft from 7 on understands a schema in the same way.
pub(super) fn is_plain(schema: &Node) -> bool {
    let Kind::Map(root) = &schema.kind else { return false };
    let named = match schema.get("$schema").map(|named| &named.kind) {
        None => "",
        Some(Kind::Str(uri)) => uri.trim_start_matches("https://").trim_start_matches("http://"),
        Some(_) => return false,
    };
    DRAFTS.contains(&named.trim_end_matches('#'))
        && root.iter().all(|(key, value)| &*key.text == "$schema" || is_plain_at(&key.text, value, 1))
}

/// Whether a keyword and its value are plain.
fn is_plain_at(key: &str, value: &Node, depth: usize) -> bool {
    match (key, &value.kind) {
        // Data, in which nothing is a keyword.
        ("const" | "default" | "enum" | "examples" | "required", _) => true,
        // Their keys are names.
        ("properties" | "patternProperties", Kind::Map(map)) => {
            map.iter().all(|(_, value)| is_plain_below(value, depth + 1))
        }
        // A list has been something else since 2020.
        ("items", Kind::Seq(_)) => false,
        _ => !OF_SOME_DRAFTS.contains(&key) && is_plain_below(value, depth + 1),
    }
}

fn is_plain_below(value: &Node, depth: usize) -> bool {
    match &value.kind {
        _ if depth > MAX_DEPTH => false,
        Kind::Map(map) => map.iter().all(|(key, value)| is_plain_at(&key.text, value, depth)),
        Kind::Seq(list) => list.iter().all(|value| is_plain_below(value, depth + 1)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    fn is_plain(schema: &serde_json::Value) -> bool {
        super::is_plain(&crate::value::json::read(schema.to_string().as_bytes()).unwrap())
    }

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
