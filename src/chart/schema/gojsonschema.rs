//! The texts of xeipuuv/gojsonschema, which Helm uses up to 3.18.4.

use super::santhosh::{dotted, wanted};
use crate::chart::gofmt;
use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;
use std::fmt::Write;

/// All errors as Helm prints them.
pub(super) fn message(errors: &[ValidationError], _instance: &Value) -> String {
    let mut out = String::new();
    for error in errors {
        write(&mut out, error);
    }
    out
}

fn write(out: &mut String, error: &ValidationError) {
    let field = match dotted(error.instance_path()) {
        path if path.is_empty() => "(root)".to_string(),
        path => path,
    };
    if let Kind::AdditionalProperties { unexpected } = error.kind() {
        let mut names = unexpected.clone();
        names.sort();
        for name in names {
            let _ = writeln!(out, "- {field}: Additional property {name} is not allowed");
        }
        return;
    }
    // Writing to a string cannot fail.
    let _ = writeln!(out, "- {field}: {}", text(error, &field));
    if let Kind::AnyOf { context } | Kind::OneOfNotValid { context } = error.kind() {
        // The library shows the branch that came closest: the one with the fewest errors stands for it.
        for nearest in context.iter().min_by_key(|branch| branch.len()).into_iter().flatten() {
            write(out, nearest);
        }
    }
}

fn text(error: &ValidationError, field: &str) -> String {
    match error.kind() {
        Kind::Type { kind } => {
            let names = wanted(kind);
            let expected = if names.len() == 1 { names.concat() } else { format!("[{}]", names.join(",")) };
            format!("Invalid type. Expected: {expected}, given: {}", type_of(error.instance()))
        }
        Kind::Required { property } => format!("{} is required", property.as_str().unwrap_or_default()),
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
        Kind::UniqueItems => "array items must be unique".into(),
        Kind::Contains => "At least one of the items must match".into(),
        Kind::AnyOf { .. } => "Must validate at least one schema (anyOf)".into(),
        Kind::OneOfNotValid { .. } | Kind::OneOfMultipleValid { .. } => "Must validate one and only one schema (oneOf)".into(),
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
