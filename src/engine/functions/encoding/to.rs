//! Values written as YAML, JSON and TOML.

use super::super::print::unknown_text;
use crate::engine::function::{Call, Failure, FnResult};
use crate::value::json::{EncodeError, Encoder};
use crate::value::{Text, Value, json, yaml};
use std::sync::Arc;

type Write = fn(&mut Encoder<'_>, &Value) -> Result<Text, EncodeError>;

/// Writes the first argument; the writer joins what its parts depend on.
fn written(call: &mut Call<'_>, args: &[Value], write: Write) -> Result<Result<Text, EncodeError>, Failure> {
    let value = args.first().unwrap_or(&Value::NIL);
    let unknown = |id| Arc::from(unknown_text(id).as_bytes());
    let mut encoder = Encoder::new(&call.rt.heap, &mut call.rt.arena, call.rt.profile);
    encoder.unknown = Some(&unknown);
    let result = write(&mut encoder, value);
    if encoder.is_unstable {
        call.rt.nondeterministic.push((call.span, "the order of keys in YAML differs from run to run"));
    }
    if let Ok(text) = &result {
        call.spend(text.len())?;
    }
    Ok(result)
}

/// The text, or nothing where it cannot be written.
fn or_empty(call: &mut Call<'_>, args: &[Value], write: Write) -> FnResult {
    match written(call, args, write)? {
        Ok(text) => Ok(Value::string(text)),
        Err(_) => {
            let origin = args.first().map_or_else(Default::default, |value| call.deep_origin(value));
            Ok(Value::string("").with_origin(origin))
        }
    }
}

/// The text, or an error.
fn or_fail(call: &mut Call<'_>, args: &[Value], write: Write) -> FnResult {
    match written(call, args, write)? {
        Ok(text) => Ok(Value::string(text)),
        Err(error) => Err(error.to_string().into()),
    }
}

pub(super) fn yaml(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    or_empty(call, args, yaml::to_yaml)
}

pub(super) fn yaml_pretty(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    or_empty(call, args, yaml::to_yaml_pretty)
}

pub(super) fn must_yaml(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    or_fail(call, args, yaml::to_yaml)
}

pub(super) fn json(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    or_empty(call, args, json::to_json)
}

pub(super) fn must_json(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    or_fail(call, args, json::to_json)
}

pub(super) fn pretty_json(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    or_empty(call, args, json::to_json_pretty)
}

pub(super) fn must_pretty_json(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    or_fail(call, args, json::to_json_pretty)
}

pub(super) fn must_raw_json(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    or_fail(call, args, json::to_raw_json)
}
