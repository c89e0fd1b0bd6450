//! The functions that text/template itself has, but for `and` and `or`, which the evaluator carries out, and those that
//! print. Checked against Go 1.24 and 1.25.

use super::defaults::emptiness_origin;
use super::{compare, print};
use crate::engine::function::{Call, Failure, FnResult, Function, Param};
use crate::value::{Data, OriginId, UintKind, Value};
use std::sync::Arc;

/// The functions of this family.
pub const FUNCTIONS: &[Function] = &[
    Function::new("not", &[Param::Any], not).own().takes_unknown(),
    Function::new("eq", &[Param::Any, Param::Any], compare::eq).variadic().digest(),
    Function::new("ne", &[Param::Any, Param::Any], compare::ne).digest(),
    Function::new("lt", &[Param::Any, Param::Any], compare::lt).digest(),
    Function::new("le", &[Param::Any, Param::Any], compare::le).digest(),
    Function::new("gt", &[Param::Any, Param::Any], compare::gt).digest(),
    Function::new("ge", &[Param::Any, Param::Any], compare::ge).digest(),
    Function::new("index", &[Param::Any, Param::Any], index).variadic().interface().own().takes_unknown(),
    Function::new("len", &[Param::Any], len).own(),
    Function::new("call", &[Param::Any, Param::Any], call_function).variadic().interface(),
];

fn not(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let Some(value) = args.first() else { return Ok(Value::bool(true)) };
    let origin = emptiness_origin(call, value);
    // What is not known is taken as true, as in `if`.
    let truth = value.truth(&call.rt.heap).unwrap_or(true);
    let origin = call.through(origin);
    Ok(Value::bool(!truth).with_origin(origin))
}

fn index(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let Some((item, indexes)) = args.split_first() else { return Err("index of untyped nil".into()) };
    if item.is_nil() {
        return Err("index of untyped nil".into());
    }
    let mut item = item.clone();
    for index in indexes {
        if item.is_nil() {
            return Err("index of nil pointer".into());
        }
        let mut chosen = call.deep_origin(index);
        chosen = call.through(chosen);
        item = step(call, &item, index, chosen)?;
        item = call.with(item, chosen);
    }
    Ok(item)
}

/// One step of `index`.
fn step(call: &mut Call<'_>, item: &Value, index: &Value, chosen: OriginId) -> FnResult {
    match &item.data {
        Data::Unknown(id) => {
            let key = match &index.data {
                Data::Str(text) => Arc::from(text.bytes()),
                Data::Int(..) | Data::Uint(..) => Arc::from(format!("[{}]", print::display(call.rt, index)).as_bytes()),
                _ => {
                    let origin = call.join(item.origin, chosen);
                    return Ok(call.rt.unknown(origin, crate::value::origin::PathId::NONE));
                }
            };
            Ok(call.rt.unknown_child(*id, item.origin, &key, call.span))
        }
        _ if matches!(index.data, Data::Unknown(_)) => {
            let origin = call.deep_origin(item);
            let origin = call.join(origin, chosen);
            Ok(call.rt.unknown(origin, crate::value::origin::PathId::NONE))
        }
        Data::List(list) => {
            let at = position(call, index, list.len())?;
            let Some(found) = list.items().get(at) else { return Err("reflect: slice index out of range".into()) };
            let mut found = found.clone();
            if item.origin.is_live() && found.origin != item.origin {
                let name: Arc<str> = format!("[{at}]").into();
                found.origin = call.rt.arena.field_step(item.origin, found.origin, &name, call.span);
                Ok(found)
            } else {
                Ok(call.with(found, item.origin))
            }
        }
        Data::Str(text) | Data::Bytes(text) => {
            let at = position(call, index, text.len())?;
            let kind = if matches!(item.data, Data::Str(_)) { "string" } else { "slice" };
            let Some(byte) = text.bytes().get(at) else {
                return Err(format!("reflect: {kind} index out of range").into());
            };
            let data = Data::Uint(u64::from(*byte), UintKind::Uint8);
            let origin = call.deep_origin(item);
            Ok(Value::new(data, origin))
        }
        Data::Map(_) | Data::NilMap => match &index.data {
            Data::Str(key) => Ok(call.rt.entry(item, &Arc::from(key.bytes()), call.span)),
            Data::Nil => Err("value is nil; should be of type string".into()),
            _ => Err(format!("value has type {}; should be string", call.type_name(index)).into()),
        },
        _ => {
            let name = call.type_name(item);
            Err(format!("can't index item of type {}", name.trim_start_matches('*')).into())
        }
    }
}

/// The position that an index names in something of a length. The length itself passes: Go's reflection refuses it.
fn position(call: &Call<'_>, index: &Value, len: usize) -> Result<usize, Failure> {
    let at = match index.data {
        Data::Int(i, _) => i,
        Data::Uint(u, _) => u as i64,
        Data::Nil => return Err("cannot index slice/array with nil".into()),
        _ => return Err(format!("cannot index slice/array with type {}", call.type_name(index)).into()),
    };
    match usize::try_from(at) {
        Ok(position) if position <= len => Ok(position),
        _ => Err(format!("index out of range: {at}").into()),
    }
}

fn len(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let Some(value) = args.first() else { return Ok(Value::int(0)) };
    let (len, origin) = match &value.data {
        Data::Str(text) | Data::Bytes(text) => (text.len(), call.deep_origin(value)),
        Data::List(list) => (list.len(), value.origin),
        Data::Map(id) => {
            let map = call.rt.heap.get(*id);
            let (len, shape) = (map.entries.len(), map.shape);
            (len, call.join(value.origin, shape))
        }
        Data::NilMap => (0, value.origin),
        Data::Nil if call.boxed & 1 == 1 => return Err("len of nil pointer".into()),
        Data::Nil => return Err("reflect: call of reflect.Value.Type on zero Value".into()),
        _ => {
            let name = call.type_name(value);
            return Err(format!("len of type {}", name.trim_start_matches('*')).into());
        }
    };
    let origin = call.through(origin);
    Ok(Value::int(len as i64).with_origin(origin))
}

/// No value of Helm is a function.
fn call_function(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let Some(function) = args.first().filter(|f| !f.is_nil()) else { return Err("call of nil".into()) };
    let type_name = call.type_name(function);
    if call.rt.profile.go() < 23 {
        return Err(format!("non-function of type {type_name}").into());
    }
    let shown = match &function.data {
        Data::Str(text) => crate::engine::error::quoted_bytes(text.bytes()),
        _ => print::display(call.rt, function),
    };
    Err(format!("non-function {shown} of type {type_name}").into())
}
