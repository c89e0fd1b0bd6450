use super::*;
use crate::chart::{LoadAt, PrepareOptions, RawFile, load, prepare};
use crate::profile::Release;
use crate::source::Sources;
use serde_json::json;

/// What a version of Helm says of values, without the line that is always there and the chart's name.
fn said(schema: &str, values: &str, helm: Release) -> String {
    let file = |path: &str, text: &str| RawFile { path: path.into(), bytes: text.as_bytes().into() };
    let files = vec![
        file("Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n"),
        file("values.yaml", values),
        file("values.schema.json", schema),
    ];
    let profile = Profile { helm };
    let chart = load(files, &LoadAt { root: "c".into() }, &mut Sources::default(), &profile).unwrap();
    match prepare(&Arc::new(chart), &Plain::map(), &PrepareOptions::default(), &profile) {
        Ok(prepared) => prepared.warnings.into_iter().map(|w| w.message).collect::<Vec<_>>().join("\n"),
        Err(e) => e.message.split_once("\nc:\n").map_or(e.message.clone(), |(_, lines)| lines.trim_end().into()),
    }
}

fn draft_7(mut schema: Value) -> String {
    schema["$schema"] = "http://json-schema.org/draft-07/schema#".into();
    schema.to_string()
}

const NEW: Release = Release(4, 3, 1);
const OLD: Release = Release(3, 17, 3);

#[test]
fn failures_are_worded_as_helm_words_them() {
    // Recorded from Helm 4.3.1 and 3.17.3; an empty text is not compared.
    let cases: &[(Value, &str, &str, &str)] = &[
        (
            json!({"type": "object", "properties": {"a": {"type": ["string", "null"]}}}),
            "a: 1",
            "- at '/a': got number, want null or string",
            "- a: Invalid type. Expected: [string,null], given: integer",
        ),
        (
            json!({"type": "object", "properties": {"a": {"type": ["integer", "string"]}}}),
            "a: 1.5",
            "- at '/a': got number, want integer or string",
            "- a: Invalid type. Expected: [integer,string], given: number",
        ),
        (
            json!({"required": ["x", "y", "z"]}),
            "a: 1",
            "- at '': missing properties 'x', 'y', 'z'",
            "- (root): x is required\n- (root): y is required\n- (root): z is required",
        ),
        (
            json!({"properties": {"a": {"enum": ["x", "y", 1, null]}}}),
            "a: q",
            "- at '/a': value must be one of 'x', 'y', 1, <nil>",
            "- a: a must be one of the following: \"x\", \"y\", 1, null",
        ),
        (
            json!({"properties": {"a": {"enum": ["x"]}}}),
            "a: q",
            "- at '/a': value must be 'x'",
            "- a: a must be one of the following: \"x\"",
        ),
        (
            json!({"properties": {"a": {"const": "x"}}}),
            "a: q",
            "- at '/a': value must be 'x'",
            "- a: a does not match: \"x\"",
        ),
        (
            json!({"properties": {"a": {"pattern": "^[a-z'\"]+\\d$"}}}),
            "a: Q",
            "- at '/a': 'Q' does not match pattern '^[a-z\\'\"]+\\\\d$'",
            "- a: Does not match pattern '^[a-z'\"]+\\d$'",
        ),
        (
            json!({"properties": {"a": {"minimum": 1000}}}),
            "a: 5",
            "- at '/a': minimum: got 5, want 1,000",
            "- a: Must be greater than or equal to 1000",
        ),
        (
            json!({"properties": {"a": {"maximum": 65535}}}),
            "a: 123456",
            "- at '/a': maximum: got 123,456, want 65,535",
            "- a: Must be less than or equal to 65535",
        ),
        (
            json!({"properties": {"a": {"exclusiveMinimum": 1.5}}}),
            "a: 1.5",
            "- at '/a': exclusiveMinimum: got 1.5, want 1.5",
            "- a: Must be greater than 1.5",
        ),
        (
            json!({"properties": {"a": {"minLength": 3, "maxLength": 2}}}),
            "a: ééx y",
            "- at '/a': maxLength: got 5, want 2",
            "",
        ),
        (
            json!({"properties": {"a": {"minItems": 3, "uniqueItems": true}}}),
            "a: [1,1]",
            "- at '/a': minItems: got 2, want 3\n- at '/a': items at 0 and 1 are equal",
            "- a: Array must have at least 3 items\n- a: array items[0,1] must be unique",
        ),
        (
            json!({"properties": {"a": {"multipleOf": 3}}}),
            "a: 1",
            "- at '/a': multipleOf: got 1, want 3",
            "- a: Must be a multiple of 3",
        ),
        (
            json!({"properties": {"a": {"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 3}]}}}),
            "a: 1",
            "- at '/a': 'anyOf' failed\n  - at '/a': got number, want string\n  - at '/a': minimum: got 1, want 3",
            "- a: Must validate at least one schema (anyOf)\n- a: Must be greater than or equal to 3",
        ),
        (
            json!({"properties": {"a": {"oneOf": [{"type": "string"}, {"type": "object", "required": ["b", "c"], "properties": {"d": {"type": "string"}}}]}}}),
            "a: {d: 1}",
            "- at '/a': 'oneOf' failed, none matched\n  - at '/a': got object, want string\n  - at '/a': validation failed\n    - at '/a': missing properties 'b', 'c'\n    - at '/a/d': got number, want string",
            "",
        ),
        (
            json!({"properties": {"a": {"oneOf": [{"type": "integer"}, {"minimum": 0}]}}}),
            "a: 1",
            "- at '/a': 'oneOf' failed, subschemas 0, 1 matched",
            "- a: Must validate one and only one schema (oneOf)",
        ),
        (
            json!({"allOf": [{"required": ["x"]}, {"properties": {"a": {"type": "string"}}}]}),
            "a: 1",
            "- at '': 'allOf' failed\n  - at '': missing property 'x'\n  - at '/a': got number, want string",
            "- (root): x is required\n- a: Invalid type. Expected: string, given: integer\n- (root): Must validate all the schemas (allOf)",
        ),
        (
            json!({"properties": {"a": {"allOf": [{"required": ["x"]}, {"required": ["y"]}]}}}),
            "a: {}",
            "- at '/a': 'allOf' failed\n  - at '/a': missing property 'x'\n  - at '/a': missing property 'y'",
            "- a: x is required\n- a: y is required\n- a: Must validate all the schemas (allOf)",
        ),
        (
            json!({"properties": {"a": {"not": {"type": "integer"}}}}),
            "a: 1",
            "- at '/a': 'not' failed",
            "- a: Must not validate the schema (not)",
        ),
        (
            json!({"properties": {"a": {"$ref": "#/definitions/s"}}, "definitions": {"s": {"type": "object", "properties": {"k": {"type": "string"}}, "required": ["m"]}}}),
            "a: {k: 1}",
            "- at '/a': validation failed\n  - at '/a': missing property 'm'\n  - at '/a/k': got number, want string",
            "- a: m is required\n- a.k: Invalid type. Expected: string, given: integer",
        ),
        (
            json!({"properties": {"a": {"$ref": "#/definitions/s"}}, "definitions": {"s": {"type": "object", "required": ["m"]}}}),
            "a: {k: 1}",
            "- at '/a': missing property 'm'",
            "- a: m is required",
        ),
        (
            json!({"properties": {"a": {"additionalProperties": false, "properties": {"z": {}}}}}),
            "a: {k: 1}",
            "- at '/a': additional properties 'k' not allowed",
            "- a: Additional property k is not allowed",
        ),
        (
            json!({"properties": {"a": {"additionalProperties": {"type": "string"}}}}),
            "a: {k: 1}",
            "- at '/a/k': got number, want string",
            "- a.k: Invalid type. Expected: string, given: integer",
        ),
        (
            json!({"properties": {"a": {"patternProperties": {"^k": {"type": "string"}}, "additionalProperties": false}}}),
            "a: {k: 1}",
            "- at '/a/k': got number, want string",
            "- a.k: Invalid type. Expected: string, given: integer",
        ),
        (
            json!({"properties": {"a": {"items": {"type": "string"}}}}),
            "a: [x, 1]",
            "- at '/a/1': got number, want string",
            "- a.1: Invalid type. Expected: string, given: integer",
        ),
        (
            json!({"if": {"properties": {"a": {"const": 1}}}, "then": {"required": ["b"]}, "else": {"required": ["c"]}}),
            "a: 1",
            "- at '': missing property 'b'",
            "- (root): Must validate \"then\" as \"if\" was valid\n- (root): b is required",
        ),
        (
            json!({"properties": {"a": {"dependencies": {"k": ["m"]}}}}),
            "a: {k: 1}",
            "- at '/a': properties 'm' required, if 'k' exists",
            "- a: Has a dependency on m",
        ),
        (
            json!({"properties": {"a": {"propertyNames": {"pattern": "^z"}}}}),
            "a: {k: 1}",
            "- at '/a': invalid propertyName 'k'\n  - at '': 'k' does not match pattern '^z'",
            "- a: Property name of \"k\" does not match\n- a: Does not match pattern '^z'",
        ),
        (json!({"properties": {"a": false}}), "a: 1", "- at '/a': false schema", "- a: False always fails validation"),
        (
            json!({"properties": {"a": {"items": [{"type": "string"}], "additionalItems": false}}}),
            "a: [x,1,2]",
            "- at '/a': last 2 additionalItem(s) not allowed",
            "- a: No additional items allowed on array",
        ),
        (
            json!({"type": "string"}),
            "a: 1",
            "- at '': got object, want string",
            "- (root): Invalid type. Expected: string, given: object",
        ),
        (
            json!({"properties": {"a~b/c": {"type": "string"}}}),
            "'a~b/c': 1",
            "- at '/a~0b~1c': got number, want string",
            "- a~b/c: Invalid type. Expected: string, given: integer",
        ),
        (
            json!({"properties": {"a": {"enum": [[1], {"x": 1}]}}}),
            "a: q",
            "- at '/a': 'enum' failed",
            "- a: a must be one of the following: [1], {\"x\":1}",
        ),
        (
            json!({"properties": {"a": {"properties": {"b": {"properties": {"c": {"type": "boolean"}}}}}}}),
            "a: {b: {c: hello}}",
            "- at '/a/b/c': got string, want boolean",
            "- a.b.c: Invalid type. Expected: boolean, given: string",
        ),
        (
            json!({"properties": {"a": {"maxProperties": 1, "minProperties": 3}}}),
            "a: {b: 1, c: 2}",
            "- at '/a': minProperties: got 2, want 3\n- at '/a': maxProperties: got 2, want 1",
            "",
        ),
        (
            json!({"properties": {"a": {"const": {"x": 1}}}}),
            "a: q",
            "- at '/a': 'const' failed",
            "- a: a does not match: {\"x\":1}",
        ),
        (
            json!({"properties": {"a": {"anyOf": [{"required": ["p"]}, {"required": ["q"]}]}}}),
            "a: {}",
            "- at '/a': 'anyOf' failed\n  - at '/a': missing property 'p'\n  - at '/a': missing property 'q'",
            "- a: Must validate at least one schema (anyOf)\n- a: p is required",
        ),
    ];
    for (schema, values, new, old) in cases {
        let schema = draft_7(schema.clone());
        assert_eq!(said(&schema, values, NEW), *new, "{schema} {values}");
        if !old.is_empty() {
            assert_eq!(said(&schema, values, OLD), *old, "{schema} {values}");
        }
    }
}

#[test]
fn what_is_no_schema_is_an_error() {
    let cases = [("{", "unexpected EOF"), ("", "EOF"), (" ", "EOF")];
    for (schema, expected) in cases {
        assert_eq!(said(schema, "a: 1", NEW), expected);
    }
    let message = said(&draft_7(json!({"type": "foo"})), "a: 1", NEW);
    assert!(message.starts_with("\"file:///values.schema.json#\" is not valid against metaschema: "), "{message}");
}

#[test]
fn schemas_elsewhere_are_not_read() {
    let schema = r#"{"properties": {"a": {"$ref": "https://example.com/s.json"}, "b": {"type": "string"}}}"#;
    let warning =
        "the schema refers to https://example.com/s.json, which is not read: what it would forbid is not seen";
    assert_eq!(said(schema, "a: 1", NEW), warning);
    assert_eq!(said(schema, "b: 1", NEW), "- at '/b': got number, want string");
    let pointer = r##"{"properties": {"a": {"$ref": "https://example.com/s.json#/definitions/x"}}}"##;
    assert_eq!(said(pointer, "a: 1", NEW), warning);
    let file = r#"{"properties": {"a": {"$ref": "other.json"}}}"#;
    assert!(said(file, "a: 1", NEW).starts_with("the schema refers to file:///other.json"));
}
