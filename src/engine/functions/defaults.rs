//! Sprig's defaults and choices: they return one of their arguments, and what told which one to return.

use crate::engine::function::{Call, FnResult, Function, Param};
use crate::value::{Data, OriginId, Text, Value};

/// The functions of this family.
pub const FUNCTIONS: &[Function] = &[
    Function::new("default", &[Param::Any, Param::Any], default).variadic().interface().own().takes_unknown(),
    Function::new("empty", &[Param::Any], empty).own().takes_unknown(),
    Function::new("coalesce", &[Param::Any], coalesce).variadic().interface().own().takes_unknown(),
    Function::new("all", &[Param::Any], all).variadic().own().takes_unknown(),
    Function::new("any", &[Param::Any], any).variadic().own().takes_unknown(),
    Function::new("ternary", &[Param::Any, Param::Any, Param::Bool], ternary).interface().own().takes_unknown(),
];

/// What the emptiness or truth of a value depends on.
pub(super) fn emptiness_origin(call: &mut Call<'_>, value: &Value) -> OriginId {
    match &value.data {
        Data::Str(text) | Data::Bytes(text) if !text.pieces().is_empty() => {
            if has_constant_byte(text) {
                value.origin
            } else {
                call.deep_origin(value)
            }
        }
        Data::Map(id) => {
            let shape = call.rt.heap.get(*id).shape;
            call.join(value.origin, shape)
        }
        _ => value.origin,
    }
}

/// A byte that is there whatever happens, so that the text is never empty.
fn has_constant_byte(text: &Text) -> bool {
    let mut reached = 0;
    for piece in text.pieces() {
        if piece.range().start > reached {
            return true;
        }
        if !piece.origin.is_none() || !piece.guard.is_none() {
            reached = reached.max(piece.range().end);
        }
    }
    reached < text.len()
}

/// Whether the value is empty, and what that depends on after this call. A value whose shape is not known is taken as
/// not empty.
fn test(call: &mut Call<'_>, value: &Value) -> (bool, OriginId) {
    let origin = emptiness_origin(call, value);
    (call.is_empty(value), call.through(origin))
}

fn default(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let [otherwise, given @ ..] = args else { return Ok(Value::NIL) };
    let Some(given) = given.first() else { return Ok(otherwise.clone()) };
    let (is_empty, tested) = test(call, given);
    let chosen = if is_empty { otherwise } else { given };
    Ok(call.with(chosen.clone(), tested))
}

fn empty(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let Some(value) = args.first() else { return Ok(Value::bool(true)) };
    let (is_empty, tested) = test(call, value);
    Ok(Value::bool(is_empty).with_origin(tested))
}

/// The first value that is empty or not, as asked, and what the tests up to it depend on.
fn find<'v>(call: &mut Call<'_>, args: &'v [Value], is_empty: bool) -> (Option<&'v Value>, OriginId) {
    let mut tested = OriginId::NONE;
    for value in args {
        let (found, origin) = test(call, value);
        tested = call.join(tested, origin);
        if found == is_empty {
            return (Some(value), tested);
        }
    }
    (None, tested)
}

fn coalesce(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (found, tested) = find(call, args, false);
    Ok(call.with(found.cloned().unwrap_or(Value::NIL), tested))
}

fn all(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (found, tested) = find(call, args, true);
    Ok(Value::bool(found.is_none()).with_origin(tested))
}

fn any(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (found, tested) = find(call, args, false);
    Ok(Value::bool(found.is_some()).with_origin(tested))
}

fn ternary(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let [yes, no, condition] = args else { return Ok(Value::NIL) };
    // A condition that is not known is taken as true, as in `if`.
    let chosen = if matches!(condition.data, Data::Bool(false)) { no } else { yes };
    let tested = call.through(condition.origin);
    Ok(call.with(chosen.clone(), tested))
}
