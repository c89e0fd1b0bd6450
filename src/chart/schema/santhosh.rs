//! The texts of santhosh-tekuri/jsonschema v6, which Helm uses since 3.18.5 and in 4.x.
//!
//! That library reports a tree: what failed inside `allOf`, `anyOf`, `oneOf` and references is indented below it. Its order
//! of properties is Go's map order and changes from run to run; here it is the order of the keys.

use crate::chart::gofmt;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::paths::{Location, LocationSegment};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

/// A line of the message with those below it.
struct Line {
    at: String,
    text: String,
    below: Vec<Line>,
}

/// All errors as Helm prints them.
pub(super) fn message(errors: &[ValidationError], instance: &Value) -> String {
    let mut lines: Vec<Line> = Vec::new();
    for error in grouped(errors) {
        place(&mut lines, error, 0);
    }
    let _ = instance;
    let mut out = String::new();
    for line in &lines {
        write(&mut out, line, 0);
    }
    out
}

fn write(out: &mut String, line: &Line, depth: usize) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}- at {}: {}", "  ".repeat(depth), quote(&line.at), line.text);
    for below in &line.below {
        write(out, below, depth + 1);
    }
}

/// An error, with the names of all properties that one keyword misses or refuses at one place.
struct Grouped<'e> {
    error: &'e ValidationError<'e>,
    names: Vec<String>,
}

fn grouped<'e>(errors: &'e [ValidationError<'e>]) -> Vec<Grouped<'e>> {
    let mut groups: Vec<Grouped> = Vec::new();
    let mut known: BTreeMap<(String, String), usize> = BTreeMap::new();
    for error in errors {
        let Kind::Required { property } = error.kind() else {
            groups.push(Grouped { error, names: Vec::new() });
            continue;
        };
        let name = property.as_str().unwrap_or_default().to_string();
        let place = (error.instance_path().as_str().to_string(), error.evaluation_path().as_str().to_string());
        match known.get(&place) {
            Some(index) => groups[*index].names.push(name),
            None => {
                known.insert(place, groups.len());
                groups.push(Grouped { error, names: vec![name] });
            }
        }
    }
    groups
}

/// Puts an error under the `allOf`s that it comes from.
fn place(lines: &mut Vec<Line>, group: Grouped, _depth: usize) {
    let path = group.error.instance_path().as_str().to_string();
    let mut lines = lines;
    for at in all_ofs(group.error) {
        let index = match lines.last() {
            Some(line) if line.at == at && line.text == "allOf failed" => lines.len() - 1,
            _ => {
                lines.push(Line { at, text: "allOf failed".into(), below: Vec::new() });
                lines.len() - 1
            }
        };
        lines = &mut lines[index].below;
    }
    let below = causes(group.error);
    lines.push(Line { at: path, text: text(&group), below });
}

/// The places in the instance at which the error's path goes through an `allOf`, outermost first.
fn all_ofs(error: &ValidationError) -> Vec<String> {
    let segments: Vec<String> = error.evaluation_path().iter().map(|s| s.to_string()).collect();
    let instance: Vec<String> = error.instance_path().iter().map(|s| segment(&s)).collect();
    let (mut at, mut consumed, mut found) = (0, 0, Vec::new());
    while at < segments.len() {
        let (step, takes) = match segments[at].as_str() {
            "properties" | "patternProperties" => (2, 1),
            "items" | "prefixItems" if segments.get(at + 1).is_some_and(|s| s.parse::<usize>().is_ok()) => (2, 1),
            "items" | "additionalItems" | "additionalProperties" | "unevaluatedProperties" | "unevaluatedItems" => (1, 1),
            "allOf" => {
                found.push(pointer(&instance[..consumed.min(instance.len())]));
                (2, 0)
            }
            "dependentSchemas" | "dependencies" | "anyOf" | "oneOf" => (2, 0),
            _ => (1, 0),
        };
        at += step;
        consumed += takes;
    }
    found
}

fn segment(segment: &LocationSegment) -> String {
    segment.to_string()
}

fn pointer(segments: &[String]) -> String {
    segments.iter().map(|s| format!("/{}", s.replace('~', "~0").replace('/', "~1"))).collect()
}

fn causes(error: &ValidationError) -> Vec<Line> {
    let (Kind::AnyOf { context } | Kind::OneOfNotValid { context }) = error.kind() else {
        return match error.kind() {
            Kind::PropertyNames { error } => lines_of(std::slice::from_ref(error)),
            _ => Vec::new(),
        };
    };
    let mut lines = Vec::new();
    for branch in context {
        let mut below = lines_of(branch);
        if below.len() > 1 {
            // Several errors of one branch are a group of their own.
            let at = error.instance_path().as_str().to_string();
            below = vec![Line { at, text: "validation failed".into(), below }];
        }
        lines.extend(below);
    }
    lines
}

fn lines_of(errors: &[ValidationError<'static>]) -> Vec<Line> {
    let mut lines = Vec::new();
    for group in grouped(errors) {
        let below = causes(group.error);
        lines.push(Line { at: group.error.instance_path().as_str().to_string(), text: text(&group), below });
    }
    lines
}

/// The text of one error.
fn text(group: &Grouped) -> String {
    let instance = group.error.instance();
    match group.error.kind() {
        Kind::Type { kind } => format!("got {}, want {}", type_of(instance), wanted(kind).join(" or ")),
        Kind::Required { .. } if group.names.len() == 1 => format!("missing property {}", quoted_names(&group.names)),
        Kind::Required { .. } => format!("missing properties {}", quoted_names(&group.names)),
        Kind::AdditionalProperties { unexpected } => {
            let mut names = unexpected.clone();
            names.sort();
            format!("additional properties {} not allowed", quoted_names(&names))
        }
        Kind::Enum { options } => enum_text(options),
        Kind::Constant { expected_value } if is_primitive(expected_value) => format!("value must be {}", display(expected_value)),
        Kind::Constant { .. } => "const failed".into(),
        Kind::Pattern { pattern } => format!("{} does not match pattern {}", display(instance), quote(pattern)),
        Kind::Format { format } => format!("{} is not valid {format}", display(instance)),
        Kind::Minimum { limit } => compared("minimum", instance, limit),
        Kind::Maximum { limit } => compared("maximum", instance, limit),
        Kind::ExclusiveMinimum { limit } => compared("exclusiveMinimum", instance, limit),
        Kind::ExclusiveMaximum { limit } => compared("exclusiveMaximum", instance, limit),
        Kind::MultipleOf { multiple_of } => format!("multipleOf: got {}, want {}", display(instance), gofmt::float(*multiple_of)),
        Kind::MinLength { limit } => format!("minLength: got {}, want {limit}", size(instance)),
        Kind::MaxLength { limit } => format!("maxLength: got {}, want {limit}", size(instance)),
        Kind::MinItems { limit } => format!("minItems: got {}, want {limit}", size(instance)),
        Kind::MaxItems { limit } => format!("maxItems: got {}, want {limit}", size(instance)),
        Kind::MinProperties { limit } => format!("minProperties: got {}, want {limit}", size(instance)),
        Kind::MaxProperties { limit } => format!("maxProperties: got {}, want {limit}", size(instance)),
        Kind::AdditionalItems { limit } => {
            format!("last {} additionalItem(s) not allowed", size(instance).saturating_sub(*limit))
        }
        Kind::UniqueItems => unique_text(instance),
        Kind::Contains => "no items match contains schema".into(),
        Kind::AnyOf { .. } => "anyOf failed".into(),
        Kind::OneOfNotValid { .. } => "oneOf failed, none matched".into(),
        Kind::OneOfMultipleValid { context } => one_of_text(context),
        Kind::Not { .. } => "not failed".into(),
        Kind::FalseSchema => "false schema".into(),
        Kind::PropertyNames { error } => format!("invalid propertyName {}", quote(error.instance().as_str().unwrap_or_default())),
        _ => group.error.to_string(),
    }
}

/// Which two subschemas matched: those without errors.
fn one_of_text(context: &[Vec<ValidationError<'static>>]) -> String {
    let matched: Vec<_> = context.iter().enumerate().filter(|(_, errors)| errors.is_empty()).map(|(i, _)| i).collect();
    match matched[..] {
        [first, second, ..] => format!("oneOf failed, subschemas {first}, {second} matched"),
        _ => "oneOf failed, several subschemas matched".into(),
    }
}

fn unique_text(instance: &Value) -> String {
    let list = instance.as_array().map(Vec::as_slice).unwrap_or_default();
    for (j, value) in list.iter().enumerate() {
        if let Some(i) = list[..j].iter().position(|earlier| earlier == value) {
            return format!("items at {i} and {j} are equal");
        }
    }
    "items are equal".into()
}

fn enum_text(options: &Value) -> String {
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    if !options.iter().all(is_primitive) {
        return "enum failed".into();
    }
    match options {
        [only] => format!("value must be {}", display(only)),
        options => format!("value must be one of {}", options.iter().map(display).collect::<Vec<_>>().join(", ")),
    }
}

fn compared(keyword: &str, got: &Value, want: &Value) -> String {
    format!("{keyword}: got {}, want {}", number(got), number(want))
}

/// A number as golang.org/x/text prints it in English, where thousands are set apart.
fn number(value: &Value) -> String {
    let f = value.as_f64().unwrap_or_default();
    if f.fract() != 0.0 || f.abs() >= 1e15 {
        return gofmt::float(f);
    }
    let digits = format!("{}", f.abs());
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    if f < 0.0 { format!("-{out}") } else { out }
}

fn is_primitive(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

fn display(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".into(),
        Value::String(s) => quote(s),
        Value::Array(_) | Value::Object(_) => "value".into(),
        other => other.to_string(),
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::String(s) => s.chars().count(),
        Value::Array(list) => list.len(),
        Value::Object(map) => map.len(),
        _ => 0,
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The wanted types in the library's order.
pub(super) fn wanted(kind: &TypeKind) -> Vec<&'static str> {
    let all = [
        (JsonType::Null, "null"),
        (JsonType::Boolean, "boolean"),
        (JsonType::Number, "number"),
        (JsonType::Integer, "integer"),
        (JsonType::String, "string"),
        (JsonType::Array, "array"),
        (JsonType::Object, "object"),
    ];
    let contains = |json_type: JsonType| match kind {
        TypeKind::Single(single) => *single == json_type,
        TypeKind::Multiple(set) => set.contains(json_type),
    };
    all.into_iter().filter(|(json_type, _)| contains(*json_type)).map(|(_, name)| name).collect()
}

fn quoted_names(names: &[String]) -> String {
    names.iter().map(|name| quote(name)).collect::<Vec<_>>().join(", ")
}

/// Single quotes, with Go's escapes inside.
fn quote(text: &str) -> String {
    let quoted = gofmt::quoted(text);
    format!("'{}'", quoted[1..quoted.len() - 1].replace("\\\"", "\"").replace('\'', "\\'"))
}

/// An instance path with dots, for the other library.
pub(super) fn dotted(location: &Location) -> String {
    location.iter().map(|s| segment(&s)).collect::<Vec<_>>().join(".")
}
