//! The texts of xeipuuv/gojsonschema, which Helm uses up to 3.18.4.

use super::tree::{self, Branch, Child, Leaf, Node};
use crate::chart::gofmt;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;
use std::fmt::Write;

/// All errors as Helm prints them.
pub(super) fn message(root: &Node, schema: &Value) -> String {
    let mut out = String::new();
    node(&mut out, root, schema);
    out
}

/// The field of a JSON pointer, as the library names it.
fn field(pointer: &str) -> String {
    match pointer.strip_prefix('/') {
        None => "(root)".into(),
        Some(path) => path.replace('/', ".").replace("~1", "/").replace("~0", "~"),
    }
}

fn node(out: &mut String, tree: &Node, schema: &Value) {
    let field = field(&tree.at);
    // Writing to a string cannot fail.
    let _ = match tree.branch {
        Branch::Then => writeln!(out, "- {field}: Must validate \"then\" as \"if\" was valid"),
        Branch::Else => writeln!(out, "- {field}: Must validate \"else\" as \"if\" was not valid"),
        _ => Ok(()),
    };
    for child in &tree.children {
        match child {
            Child::Node(inner) => node(out, inner, schema),
            Child::Leaf(inner) => leaf(out, inner, schema),
        }
    }
    if tree.branch == Branch::AllOf {
        let _ = writeln!(out, "- {field}: Must validate all the schemas (allOf)");
    }
}

fn leaf(out: &mut String, leaf: &Leaf, schema: &Value) {
    let field = field(leaf.error.instance_path().as_str());
    let texts: Vec<String> = match leaf.error.kind() {
        Kind::AdditionalProperties { unexpected } => {
            let mut names = unexpected.clone();
            names.sort();
            names.iter().map(|name| format!("Additional property {name} is not allowed")).collect()
        }
        Kind::Required { .. } if leaf.depends_on.is_some() => {
            leaf.names.iter().map(|name| format!("Has a dependency on {name}")).collect()
        }
        Kind::Required { .. } => leaf.names.iter().map(|name| format!("{name} is required")).collect(),
        _ => vec![text(leaf, &field, schema)],
    };
    for text in texts {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "- {field}: {text}");
    }
    match leaf.error.kind() {
        // The library shows the branch that came closest: one of the right type, and of those one with few errors.
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            let branches = tree::branches(leaf.error, context, schema);
            if let Some(nearest) = branches.iter().min_by_key(|branch| (has_wrong_type(branch), branch.children.len()))
            {
                node(out, nearest, schema);
            }
        }
        Kind::PropertyNames { error } => {
            let inner = Leaf { error, names: Vec::new(), depends_on: None, keyword: String::new() };
            let _ = writeln!(out, "- {field}: {}", text(&inner, &field, schema));
        }
        _ => {}
    }
}

fn has_wrong_type(branch: &Node) -> bool {
    let is_type = |child: &Child| matches!(child, Child::Leaf(leaf) if matches!(leaf.error.kind(), Kind::Type { .. }) && leaf.error.instance_path().as_str() == branch.at);
    branch.children.iter().any(is_type)
}

fn text(leaf: &Leaf, field: &str, schema: &Value) -> String {
    let error = leaf.error;
    match error.kind() {
        Kind::Type { .. } => {
            // The names stand in the order of the schema.
            let expected = match schema.pointer(error.schema_path().as_str()) {
                Some(Value::Array(names)) => {
                    format!("[{}]", names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","))
                }
                Some(Value::String(name)) => name.clone(),
                _ => "undefined".into(),
            };
            format!("Invalid type. Expected: {expected}, given: {}", type_of(error.instance()))
        }
        Kind::Enum { options } => {
            let options: Vec<_> = options.as_array().into_iter().flatten().map(Value::to_string).collect();
            format!("{field} must be one of the following: {}", options.join(", "))
        }
        Kind::Constant { expected_value } => format!("{field} does not match: {expected_value}"),
        Kind::Pattern { pattern } => format!("Does not match pattern '{pattern}'"),
        Kind::Format { format } => format!("Does not match format '{format}'"),
        Kind::Minimum { limit } => format!("Must be greater than or equal to {}", number(limit)),
        Kind::Maximum { limit } => format!("Must be less than or equal to {}", number(limit)),
        Kind::ExclusiveMinimum { limit } => format!("Must be greater than {}", number(limit)),
        Kind::ExclusiveMaximum { limit } => format!("Must be less than {}", number(limit)),
        Kind::MultipleOf { multiple_of } => format!("Must be a multiple of {}", gofmt::float(*multiple_of)),
        Kind::MinLength { limit } => format!("String length must be greater than or equal to {limit}"),
        Kind::MaxLength { limit } => format!("String length must be less than or equal to {limit}"),
        Kind::MinItems { limit } => format!("Array must have at least {limit} items"),
        Kind::MaxItems { limit } => format!("Array must have at most {limit} items"),
        Kind::MinProperties { limit } => format!("Must have at least {limit} properties"),
        Kind::MaxProperties { limit } => format!("Must have at most {limit} properties"),
        Kind::AdditionalItems { .. } => "No additional items allowed on array".into(),
        Kind::UniqueItems => match super::santhosh::first_duplicate(error.instance()) {
            Some((i, j)) => format!("array items[{i},{j}] must be unique"),
            None => "array items must be unique".into(),
        },
        Kind::Contains => "At least one of the items must match".into(),
        Kind::AnyOf { .. } => "Must validate at least one schema (anyOf)".into(),
        Kind::OneOfNotValid { .. } | Kind::OneOfMultipleValid { .. } => {
            "Must validate one and only one schema (oneOf)".into()
        }
        Kind::Not { .. } => "Must not validate the schema (not)".into(),
        Kind::FalseSchema => "False always fails validation".into(),
        Kind::PropertyNames { error } => {
            format!("Property name of \"{}\" does not match", error.instance().as_str().unwrap_or_default())
        }
        _ => error.to_string(),
    }
}

fn number(limit: &Value) -> String {
    gofmt::float(limit.as_f64().unwrap_or_default())
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(n) if n.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
