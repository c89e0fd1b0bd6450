//! `--format go-template=…`: a Go template over the JSON report, as kubectl, helm and docker take them.
//!
//! gtmpl runs it. Where gtmpl prints something else than Go would, the template is rewritten or refused first (`scan`), and
//! what prints (`print`, `printf`, `println`, every action) is Go's own formatting, in which maps are sorted.

mod functions;
mod scan;
mod shown;

use super::{Run, json};
use gtmpl::{Context, Template, Value};
use std::panic::AssertUnwindSafe;

/// How long a template may be.
const MAX_TEMPLATE: usize = 64 << 10;

/// A template that was read.
pub struct GoTemplate(Template);

impl std::fmt::Debug for GoTemplate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GoTemplate")
    }
}

/// Reads a template; the error says what is wrong with it.
pub fn parse(text: &str) -> Result<GoTemplate, String> {
    if text.len() > MAX_TEMPLATE {
        return Err(format!("the template is longer than {MAX_TEMPLATE} bytes"));
    }
    let text = scan::rewritten(text)?;
    let mut template = Template::default();
    for (name, function) in functions::FUNCTIONS {
        template.add_func(name, *function);
    }
    caught(|| template.parse(text).map_err(|error| readable(&error.to_string())))?;
    Ok(GoTemplate(template))
}

/// The report as the template prints it. A newline is not added.
pub fn report(run: &Run<'_>, template: &GoTemplate) -> Result<String, String> {
    let mut document = serde_json::to_value(json::document(run)).map_err(|error| error.to_string())?;
    for finding in document["findings"].as_array_mut().into_iter().flatten() {
        fill(finding);
    }
    let context = Context::from(value(document));
    caught(|| template.0.render(&context).map_err(|error| readable(&error.to_string())))
}

/// Gives a finding an empty object and place where it has none: `{{.object.kind}}` then is `<no value>`, as of a missing key,
/// and not the end of the report.
fn fill(finding: &mut serde_json::Value) {
    for key in ["object", "primary"] {
        if finding.get(key).is_none_or(serde_json::Value::is_null)
            && let Some(fields) = finding.as_object_mut()
        {
            fields.insert(key.into(), serde_json::Value::Object(serde_json::Map::new()));
        }
    }
}

/// What gtmpl does; a panic of its is an error of the template.
fn caught<T>(run: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let result = std::panic::catch_unwind(AssertUnwindSafe(run));
    result.unwrap_or_else(|_| Err("gtmpl cannot run this template".into()))
}

/// An error without the names of our own helpers.
fn readable(message: &str) -> String {
    message.replace(scan::RANGED, "range").replace(scan::SHOWN, "the printed value")
}

/// JSON as gtmpl sees it.
fn value(json: serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Nil,
        serde_json::Value::Bool(b) => Value::Bool(b),
        serde_json::Value::Number(n) => match (n.as_i64(), n.as_f64()) {
            (Some(i), _) => Value::from(i),
            (None, Some(f)) => Value::from(f),
            (None, None) => Value::Nil,
        },
        serde_json::Value::String(s) => Value::String(s),
        serde_json::Value::Array(items) => Value::Array(items.into_iter().map(value).collect()),
        serde_json::Value::Object(fields) => Value::Map(fields.into_iter().map(|(k, v)| (k, value(v))).collect()),
    }
}

#[cfg(test)]
mod tests;
