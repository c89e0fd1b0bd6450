//! Values read from YAML, JSON and TOML.

use super::at;
use crate::engine::function::{Call, Failure, FnResult};
use crate::engine::import::{Origins, import_node, import_toml};
use crate::value::yaml::{Kind, Node};
use crate::value::{Data, Element, Key, List, OriginId, Value, json, toml, yaml};

/// What a decoder of Go's calls a node that does not fit.
fn json_type(node: &Node) -> &'static str {
    match node.kind {
        Kind::Null => "null",
        Kind::Bool(_) => "bool",
        Kind::Int(_) | Kind::Uint(_) | Kind::Float(_) => "number",
        Kind::Str(_) => "string",
        Kind::Seq(_) => "array",
        Kind::Map(_) => "object",
    }
}

/// The error of decoding a node into a Go type.
fn misfit(node: &Node, go_type: &str) -> String {
    format!("json: cannot unmarshal {} into Go value of type {go_type}", json_type(node))
}

const DECODING: &str = "error unmarshaling JSON: while decoding JSON: ";

/// What a tree was read from.
fn origins<'a>(call: &mut Call<'_>, args: &'a [Value]) -> Result<Origins<'a>, Failure> {
    let text = at(args, 0);
    call.spend(text.len())?;
    let whole = args.first().map_or(OriginId::NONE, |value| value.origin);
    let whole = call.through(whole);
    Ok(Origins::new(text, whole, call.name, call.span))
}

fn import(call: &mut Call<'_>, args: &[Value], node: &Node) -> FnResult {
    let origins = origins(call, args)?;
    Ok(import_node(call.rt, node, &origins))
}

fn deep(call: &mut Call<'_>, args: &[Value]) -> OriginId {
    let origin = args.first().map_or(OriginId::NONE, |value| call.deep_origin(value));
    call.through(origin)
}

/// A map with the error under `Error`.
fn error_map(call: &mut Call<'_>, args: &[Value], message: String) -> FnResult {
    let origin = deep(call, args);
    let message = Value::string(message).with_origin(origin);
    Ok(map(call, [(Key::from(&b"Error"[..]), message)], origin))
}

fn map(call: &mut Call<'_>, entries: impl IntoIterator<Item = (Key, Value)>, origin: OriginId) -> Value {
    let id = call.rt.new_map(entries);
    call.rt.heap.get_mut(id).shape = origin;
    Value::new(Data::Map(id), origin)
}

/// A list of nothing but the error.
fn error_list(call: &mut Call<'_>, args: &[Value], message: String) -> FnResult {
    let origin = deep(call, args);
    let message = Value::string(message).with_origin(origin);
    Ok(Value::new(Data::List(List::new(vec![message])), origin))
}

pub(super) fn yaml(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    match yaml::read(at(args, 0).bytes()) {
        Err(error) => error_map(call, args, error.helm_text()),
        Ok(document) => match &document.root.kind {
            Kind::Map(_) => import(call, args, &document.root),
            Kind::Null => {
                let origin = deep(call, args);
                Ok(map(call, [], origin))
            }
            _ => error_map(call, args, format!("{DECODING}{}", misfit(&document.root, "map[string]interface {}"))),
        },
    }
}

pub(super) fn yaml_array(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    match yaml::read(at(args, 0).bytes()) {
        Err(error) => error_list(call, args, error.helm_text()),
        Ok(document) => match &document.root.kind {
            Kind::Seq(_) => import(call, args, &document.root),
            Kind::Null => {
                let origin = deep(call, args);
                Ok(Value::new(Data::List(List::new(Vec::new())), origin))
            }
            _ => error_list(call, args, format!("{DECODING}{}", misfit(&document.root, "[]interface {}"))),
        },
    }
}

pub(super) fn json(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    match json::read(at(args, 0).bytes()) {
        Err(error) => error_map(call, args, error.to_string()),
        Ok(root) => match &root.kind {
            Kind::Map(_) => import(call, args, &root),
            Kind::Null => {
                let origin = deep(call, args);
                Ok(Value::new(Data::NilMap, origin))
            }
            _ => error_map(call, args, misfit(&root, "map[string]interface {}")),
        },
    }
}

pub(super) fn json_array(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    match json::read(at(args, 0).bytes()) {
        Err(error) => error_list(call, args, error.to_string()),
        Ok(root) => match &root.kind {
            Kind::Seq(_) => import(call, args, &root),
            Kind::Null => {
                let origin = deep(call, args);
                Ok(Value::new(Data::List(List::nil(Element::Any)), origin))
            }
            _ => error_list(call, args, misfit(&root, "[]interface {}")),
        },
    }
}

pub(super) fn must_json(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    match json::read(at(args, 0).bytes()) {
        Err(error) => Err(Failure::Error(error.to_string())),
        Ok(root) => import(call, args, &root),
    }
}

pub(super) fn toml(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    match toml::read(at(args, 0).bytes()) {
        Err(error) => error_map(call, args, error.to_string()),
        Ok(root) => {
            let origins = origins(call, args)?;
            Ok(import_toml(call.rt, &root, &origins))
        }
    }
}
