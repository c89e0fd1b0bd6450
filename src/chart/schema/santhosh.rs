//! The texts of santhosh-tekuri/jsonschema v6, which Helm uses since 3.18.5 and in 4.x.
//!
//! That library reports a tree: what failed inside `allOf`, `anyOf`, `oneOf` and references is indented below it. Its order
//! of properties is Go's map order and changes from run to run; here it is the validator's. It also says why a text does not
//! have a format, and why no item matches `contains`; that is left out here.

use super::tree::{self, Branch, Child, Leaf, Node};
use crate::chart::gofmt;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;
use std::fmt::Write;

/// A line of the message with those below it.
struct Line {
    at: String,
    text: String,
    below: Vec<Line>,
    /// Several errors of one subschema.
    is_group: bool,
}

/// All errors as Helm prints them.
pub(super) fn message(root: &Node, schema: &Value) -> String {
    let whole = node_line(root, schema);
    // The library leaves out the outermost group.
    let lines = if whole.is_group { whole.below } else { vec![whole] };
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

fn line_of(child: &Child, schema: &Value) -> Line {
    match child {
        Child::Node(node) => node_line(node, schema),
        Child::Leaf(leaf) => Line {
            at: leaf.error.instance_path().as_str().into(),
            text: text(leaf),
            below: causes(leaf.error, schema),
            is_group: false,
        },
    }
}

/// A subschema in which one thing failed stands for that; others are groups.
fn node_line(node: &Node, schema: &Value) -> Line {
    let mut below: Vec<Line> = node.children.iter().map(|child| line_of(child, schema)).collect();
    if node.branch != Branch::AllOf && below.len() == 1 {
        return below.remove(0);
    }
    let text = if node.branch == Branch::AllOf { "'allOf' failed" } else { "validation failed" };
    let is_group = !matches!(node.branch, Branch::AllOf | Branch::Reference);
    Line { at: node.at.clone(), text: text.into(), below, is_group }
}

fn causes(error: &ValidationError, schema: &Value) -> Vec<Line> {
    match error.kind() {
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            tree::branches(error, context, schema).iter().map(|branch| node_line(branch, schema)).collect()
        }
        Kind::PropertyNames { error } => {
            let inner = tree::build([&**error], schema);
            inner.children.iter().map(|child| Line { at: String::new(), ..line_of(child, schema) }).collect()
        }
        _ => Vec::new(),
    }
}

/// The text of one error.
fn text(leaf: &Leaf) -> String {
    let instance = leaf.error.instance();
    match leaf.error.kind() {
        Kind::Type { kind } => format!("got {}, want {}", type_of(instance), wanted(kind).join(" or ")),
        Kind::Required { .. } => match &leaf.depends_on {
            Some(property) => {
                format!("properties {} required, if {} exists", quoted_names(&leaf.names), quote(property))
            }
            None if leaf.names.len() == 1 => format!("missing property {}", quoted_names(&leaf.names)),
            None => format!("missing properties {}", quoted_names(&leaf.names)),
        },
        Kind::AdditionalProperties { unexpected } => {
            let mut names = unexpected.clone();
            names.sort();
            format!("additional properties {} not allowed", quoted_names(&names))
        }
        Kind::Enum { options } => enum_text(options),
        Kind::Constant { expected_value } if is_primitive(expected_value) => {
            format!("value must be {}", display(expected_value))
        }
        Kind::Constant { .. } => "'const' failed".into(),
        Kind::Pattern { pattern } => format!("{} does not match pattern {}", display(instance), quote(pattern)),
        Kind::Format { format } => format!("{} is not valid {format}", display(instance)),
        Kind::Minimum { limit } => compared("minimum", instance, limit),
        Kind::Maximum { limit } => compared("maximum", instance, limit),
        Kind::ExclusiveMinimum { limit } => compared("exclusiveMinimum", instance, limit),
        Kind::ExclusiveMaximum { limit } => compared("exclusiveMaximum", instance, limit),
        Kind::MultipleOf { multiple_of } => {
            format!("multipleOf: got {}, want {}", display(instance), gofmt::float(*multiple_of))
        }
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
        Kind::AnyOf { .. } => "'anyOf' failed".into(),
        Kind::OneOfNotValid { .. } => "'oneOf' failed, none matched".into(),
        Kind::OneOfMultipleValid { context } => one_of_text(context),
        Kind::Not { .. } => "'not' failed".into(),
        Kind::FalseSchema => "false schema".into(),
        Kind::PropertyNames { error } => {
            format!("invalid propertyName {}", quote(error.instance().as_str().unwrap_or_default()))
        }
        _ => leaf.error.to_string(),
    }
}

/// Which two subschemas matched: those without errors.
fn one_of_text(context: &[Vec<ValidationError<'static>>]) -> String {
    let matched: Vec<_> = context.iter().enumerate().filter(|(_, errors)| errors.is_empty()).map(|(i, _)| i).collect();
    match matched[..] {
        [first, second, ..] => format!("'oneOf' failed, subschemas {first}, {second} matched"),
        _ => "'oneOf' failed, several subschemas matched".into(),
    }
}

fn unique_text(instance: &Value) -> String {
    match first_duplicate(instance) {
        Some((i, j)) => format!("items at {i} and {j} are equal"),
        None => "items are equal".into(),
    }
}

/// The first two elements of a list that are equal.
pub(super) fn first_duplicate(list: &Value) -> Option<(usize, usize)> {
    let list = list.as_array()?;
    (0..list.len()).find_map(|j| list[..j].iter().position(|earlier| *earlier == list[j]).map(|i| (i, j)))
}

fn enum_text(options: &Value) -> String {
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    if !options.iter().all(is_primitive) {
        return "'enum' failed".into();
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
fn wanted(kind: &TypeKind) -> Vec<&'static str> {
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
