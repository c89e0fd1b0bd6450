//! Values written as YAML, JSON and TOML.

use super::super::print::unknown_text;
use crate::engine::function::{Call, Failure, FnResult};
use crate::value::json::{EncodeError, Encoder};
use crate::value::toml::ToTomlError;
use crate::value::{Data, Text, Value, json, toml, yaml};
use std::sync::Arc;

type Write<E> = fn(&mut Encoder<'_>, &Value) -> Result<Text, E>;

/// Values nested deeper than this are refused by the writers themselves.
const MAX_DEPTH: usize = 10_000;

/// Takes the parts of a value from the budget, each as often as it is written: one that is shared may be many.
fn spend_parts(call: &mut Call<'_>, value: &Value) -> Result<(), Failure> {
    let mut left = usize::try_from(call.rt.left).unwrap_or(usize::MAX);
    let before = left;
    let mut todo = vec![(value, 0)];
    while let Some((value, depth)) = todo.pop() {
        left = left.saturating_sub(1);
        // What waits is paid for already, so that it cannot grow without end.
        if left <= todo.len() {
            return call.spend(usize::MAX);
        }
        if depth > MAX_DEPTH {
            continue;
        }
        match &value.data {
            Data::List(list) => todo.extend(list.items().iter().map(|item| (item, depth + 1))),
            Data::Map(id) => todo.extend(call.rt.heap.get(*id).entries.values().map(|entry| (entry, depth + 1))),
            _ => {}
        }
    }
    call.spend(before - left)
}

/// Writes the first argument; the writer joins what its parts depend on.
fn written<E>(call: &mut Call<'_>, args: &[Value], write: Write<E>) -> Result<Result<Text, E>, Failure> {
    let value = args.first().unwrap_or(&Value::NIL);
    spend_parts(call, value)?;
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
