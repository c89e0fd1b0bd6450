//! Values written as YAML, JSON and TOML.

use super::super::print::unknown_text;
use crate::engine::function::{Call, Failure, FnResult};
use crate::value::json::{EncodeError, Encoder};
use crate::value::toml::ToTomlError;
use crate::value::{Text, Value, json, toml, yaml};
use std::sync::Arc;

type Write<E> = fn(&mut Encoder<'_>, &Value) -> Result<Text, E>;

/// Writes the first argument; the writer joins what its parts depend on.
fn written<E>(call: &mut Call<'_>, args: &[Value], write: Write<E>) -> Result<Result<Text, E>, Failure> {
    let value = args.first().unwrap_or(&Value::NIL);
    let unknown = |id| Arc::from(unknown_text(id).as_bytes());
    let left = call.rt.left;
    let mut encoder = Encoder::new(&call.rt.heap, &mut call.rt.arena, call.rt.profile);
    encoder.unknown = Some(&unknown);
    encoder.left = left;
    let result = write(&mut encoder, value);
    let (is_unstable, made) = (encoder.is_unstable, left - encoder.left);
    if encoder.left == 0 {
        // What Helm would go on to write until its memory ends.
        call.spend(usize::MAX)?;
    }
    // A tree lives no longer than the call: a part of its size is the time that it took.
    call.spend(usize::try_from(made / 16).unwrap_or(usize::MAX))?;
    if is_unstable {
        call.rt.nondeterministic.push((call.span, "the order of keys in YAML differs from run to run"));
    }
    if let Ok(text) = &result {
        call.spend(text.len())?;
    }
    Ok(result)
}

/// The text, or nothing where it cannot be written.
fn or_empty(call: &mut Call<'_>, args: &[Value], write: Write<EncodeError>) -> FnResult {
    match written(call, args, write)? {
        Ok(text) => Ok(Value::string(text)),
        Err(_) => {
            let origin = args.first().map_or_else(Default::default, |value| call.deep_origin(value));
            Ok(Value::string("").with_origin(origin))
        }
    }
}

/// The text, or an error.
fn or_fail(call: &mut Call<'_>, args: &[Value], write: Write<EncodeError>) -> FnResult {
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

/// What cannot be written gives the text of the error for a result.
pub(super) fn toml(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    match written(call, args, toml::to_toml)? {
        Ok(text) => Ok(Value::string(text)),
        Err(ToTomlError::Panic(message)) => Err(message.into()),
        Err(ToTomlError::Error(message)) => {
            let origin = args.first().map_or_else(Default::default, |value| call.deep_origin(value));
            Ok(Value::string(message).with_origin(origin))
        }
    }
}

pub(super) fn must_toml(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    match written(call, args, toml::to_toml)? {
        Ok(text) => Ok(Value::string(text)),
        Err(ToTomlError::Panic(message) | ToTomlError::Error(message)) => Err(message.into()),
    }
}
