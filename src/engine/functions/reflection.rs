//! Sprig's questions about types. An answer depends on where a value came from, not on what a text in it says.

use super::equality::deep_equal;
use crate::engine::function::{Call, FnResult, Function, Param, text};
use crate::value::{Text, Value};

/// The functions of this family.
pub const FUNCTIONS: &[Function] = &[
    Function::new("typeOf", &[Param::Any], type_of).own(),
    Function::new("typeIs", &[Param::Str, Param::Any], type_is).own(),
    Function::new("typeIsLike", &[Param::Str, Param::Any], type_is_like).own(),
    Function::new("kindOf", &[Param::Any], kind_of).own(),
    Function::new("kindIs", &[Param::Str, Param::Any], kind_is).own(),
    Function::new("deepEqual", &[Param::Any, Param::Any], |call, args| {
        Ok(Value::bool(deep_equal(call, &args[0], &args[1])?))
    })
    .digest(),
];

fn type_of(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let name = call.type_name(&args[0]);
    let origin = call.through(args[0].origin);
    Ok(Value::string(name).with_origin(origin))
}

fn kind_of(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let origin = call.through(args[0].origin);
    Ok(Value::string(Text::from(args[0].kind_name())).with_origin(origin))
}

fn type_is(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let name = call.type_name(&args[1]);
    answer(call, args, |wanted| wanted == name.as_bytes())
}

fn type_is_like(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let name = call.type_name(&args[1]);
    answer(call, args, |wanted| wanted == name.as_bytes() || name.as_bytes().strip_prefix(b"*") == Some(wanted))
}

fn kind_is(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let name = args[1].kind_name();
    answer(call, args, |wanted| wanted == name.as_bytes())
}

fn answer(call: &mut Call<'_>, args: &[Value], is: impl FnOnce(&[u8]) -> bool) -> FnResult {
    let answer = is(text(&args[0]).bytes());
    let wanted = call.deep_origin(&args[0]);
    let origin = call.join(args[1].origin, wanted);
    let origin = call.through(origin);
    Ok(Value::bool(answer).with_origin(origin))
}
