//! values.schema.json: whether values fit, and what Helm says where they do not.
//!
//! Helm fetches schemas that a schema refers to; chartlint opens neither network nor files for them, takes such a schema
//! for one that allows everything, and says so.

mod dialect;
mod gojsonschema;
mod santhosh;
mod simple;
#[cfg(test)]
mod tests;
mod tree;

use super::Warning;
use super::model::Chart;
use crate::profile::Profile;
use crate::source::search;
use crate::value::yaml::Node;
use crate::value::{Plain, PlainData, json};
use jsonschema::{Retrieve, Uri, ValidationError, Validator};
use serde_json::Value;
use std::sync::{Arc, Mutex, OnceLock};

/// How many errors of one chart are shown. Helm shows all.
const MAX_ERRORS: usize = 200;

/// A schema that was read. Most are asked no more than whether they surely allow some values.
#[derive(Debug)]
pub(super) struct Compiled {
    /// One that all drafts understand in the same way.
    plain: Option<Node>,
    /// Another reader may find fault with the text.
    is_odd: bool,
    read: OnceLock<Read>,
    built: OnceLock<Built>,
}

/// A schema as a validator takes it.
#[derive(Debug)]
struct Read {
    schema: Value,
    /// The text is not JSON: Go's message.
    not_json: Option<String>,
}

/// A validator, or why there is none.
#[derive(Debug)]
struct Built {
    outcome: Result<Validator, Failure>,
    /// What the schema refers to outside itself.
    remote: Vec<String>,
}

#[derive(Debug)]
enum Failure {
    /// It is no schema.
    NotASchema(String),
    /// It cannot be followed without what it refers to.
    NeedsRemote,
}

/// Validates the values of one chart, and gives the lines of Helm's message if they do not fit.
pub(super) fn validate(
    chart: &Chart,
    values: &Plain,
    profile: &Profile,
    warnings: &mut Vec<Warning>,
) -> Option<String> {
    let schema = chart.schema.as_ref()?;
    let bytes = &schema.file.bytes;
    let compiled = schema.compiled.get_or_init(|| Compiled::new(bytes));
    let fits = || compiled.plain.as_ref().is_some_and(|plain| simple::fits(plain, values));
    if !compiled.is_odd && fits() {
        return None;
    }
    let read = compiled.read(bytes);
    if read.not_json.is_some() {
        return read.not_json.clone();
    }
    if compiled.is_odd && fits() {
        return None;
    }
    let built = compiled.built(bytes);
    for uri in &built.remote {
        let message = format!("the schema refers to {uri}, which is not read: what it would forbid is not seen");
        warnings.push(Warning { message, span: Some(schema.span()) });
    }
    let validator = match &built.outcome {
        Ok(validator) => validator,
        Err(Failure::NotASchema(message)) => return Some(message.clone()),
        Err(Failure::NeedsRemote) => return None,
    };
    let instance = to_json(values);
    if validator.is_valid(&instance) {
        return None;
    }
    let errors: Vec<_> = validator.iter_errors(&instance).take(MAX_ERRORS).collect();
    let uses_gojsonschema = profile.helm <= crate::profile::Release(3, 18, 4);
    let tree = tree::build(&errors, &read.schema);
    Some(if uses_gojsonschema {
        gojsonschema::message(&tree, &read.schema)
    } else {
        santhosh::message(&tree, &read.schema)
    })
}

impl Compiled {
    fn new(bytes: &[u8]) -> Self {
        // Go takes halves of characters, and what is not UTF-8, which the reader of the validator refuses.
        let is_odd = search::find_word(b"\\u", bytes, 0).is_some() || std::str::from_utf8(bytes).is_err();
        let plain = json::read(bytes).ok().filter(dialect::is_plain);
        Compiled { plain, is_odd, read: OnceLock::new(), built: OnceLock::new() }
    }

    fn read(&self, bytes: &[u8]) -> &Read {
        self.read.get_or_init(|| {
            let (schema, not_json) = match serde_json::from_slice::<Value>(bytes) {
                Ok(schema) => (schema, None),
                Err(e) if e.is_eof() && bytes.trim_ascii().is_empty() => (Value::Null, Some("EOF".into())),
                Err(e) if e.is_eof() => (Value::Null, Some("unexpected EOF".into())),
                Err(e) => (Value::Null, Some(e.to_string())),
            };
            Read { schema, not_json }
        })
    }

    fn built(&self, bytes: &[u8]) -> &Built {
        self.built.get_or_init(|| Built::new(&self.read(bytes).schema, self.plain.is_some()))
    }
}

impl Built {
    fn new(schema: &Value, is_plain: bool) -> Self {
        let remote = Arc::new(Mutex::new(Vec::new()));
        let outcome = build(schema, is_plain, &remote).map_err(|e| Failure::NotASchema(not_a_schema(schema, &e)));
        let mut remote = remote.lock().map(|mut uris| std::mem::take(&mut *uris)).unwrap_or_default();
        remote.sort();
        remote.dedup();
        let outcome = match outcome {
            Err(Failure::NotASchema(_)) if !remote.is_empty() => Err(Failure::NeedsRemote),
            outcome => outcome,
        };
        Built { outcome, remote }
    }
}

/// A validator. To make one that knows a draft costs most for the newest, and seldom is anything of it used.
fn build(
    schema: &Value,
    is_plain: bool,
    remote: &Arc<Mutex<Vec<String>>>,
) -> Result<Validator, ValidationError<'static>> {
    let options =
        || jsonschema::options().with_base_uri("file:///values.schema.json").with_retriever(Remote(remote.clone()));
    if is_plain && let Ok(validator) = options().with_draft(jsonschema::Draft::Draft7).build(schema) {
        return Ok(validator);
    }
    options().build(schema)
}

/// The message for what is no schema.
fn not_a_schema(schema: &Value, error: &ValidationError<'static>) -> String {
    let default = "https://json-schema.org/draft/2020-12/schema";
    let named = schema.get("$schema").and_then(Value::as_str).unwrap_or(default);
    let lines = santhosh::message(&tree::build([error], &Value::Null), &Value::Null);
    format!(
        "\"file:///values.schema.json#\" is not valid against metaschema: jsonschema validation failed with '{}#'\n{lines}",
        named.trim_end_matches('#')
    )
}

/// Gives a schema that allows everything for each one that is not there, and remembers which.
struct Remote(Arc<Mutex<Vec<String>>>);

impl Retrieve for Remote {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        if let Ok(mut uris) = self.0.lock() {
            uris.push(uri.as_str().into());
        }
        Ok(Value::Bool(true))
    }
}

/// Values as JSON. Numbers without a fraction become integers, which JSON Schema takes them for.
fn to_json(plain: &Plain) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match &plain.data {
        PlainData::Null => Value::Null,
        PlainData::Bool(b) => (*b).into(),
        PlainData::Int(i) => (*i).into(),
        PlainData::Float(f) if f.fract() == 0.0 && f.abs() <= EXACT => (*f as i64).into(),
        PlainData::Float(f) => (*f).into(),
        PlainData::String(bytes) => String::from_utf8_lossy(bytes).into(),
        PlainData::List(list) => list.iter().map(to_json).collect(),
        PlainData::Map(map) => {
            Value::Object(map.iter().map(|(k, v)| (String::from_utf8_lossy(k).into_owned(), to_json(v))).collect())
        }
    }
}
