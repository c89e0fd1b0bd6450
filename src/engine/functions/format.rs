//! text/template's functions that print their operands: `print`, `printf`, `println`, and the escapes over `print`.

use super::print::{print_value, shown, traced};
use super::strings::rewritten;
use crate::engine::function::{Call, FnResult, Function, Param, text};
use crate::value::golang::{Segment, escape, fmt, url};
use crate::value::{Data, Text, TextBuilder, Value};

const ANY: &[Param] = &[Param::Any];

/// The functions of this family.
pub const FUNCTIONS: &[Function] = &[
    Function::new("print", ANY, print).variadic().own().takes_unknown(),
    Function::new("println", ANY, println).variadic().own().takes_unknown(),
    Function::new("printf", &[Param::Str, Param::Any], printf).variadic().own().takes_unknown(),
    Function::new("html", ANY, |call, args| escaped(call, args, escape::html)).variadic().own(),
    Function::new("js", ANY, |call, args| escaped(call, args, escape::js)).variadic().own(),
    Function::new("urlquery", ANY, |call, args| escaped(call, args, url::query_escape)).variadic().own(),
];

fn print(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let mut out = TextBuilder::default();
    traced(call.rt, args, &mut out, true, |rt, out, limit| fmt::print(&shown(rt, args), limit, out))?;
    Ok(Value::string(out.finish()))
}

fn println(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let mut out = TextBuilder::default();
    traced(call.rt, args, &mut out, true, |rt, out, limit| fmt::println(&shown(rt, args), limit, out))?;
    Ok(Value::string(out.finish()))
}

fn printf(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let Some((format, operands)) = args.split_first() else { return Ok(Value::string(Text::empty())) };
    let Data::Str(format_text) = &format.data else {
        // The format is not known: what it would print holds the operands.
        return print(call, args);
    };
    let bytes = format_text.bytes();
    let mut out = TextBuilder::with_capacity(2 * bytes.len() + 32, 4 * operands.len());
    traced(call.rt, operands, &mut out, true, |rt, out, limit| fmt::printf(bytes, &shown(rt, operands), limit, out))?;
    let origin = call.deep_origin(format);
    Ok(Value::string(out.finish()).with_origin(origin))
}

/// The operands put together as `print` does, but for nothing, which is `<no value>`, and then escaped.
fn escaped(call: &mut Call<'_>, args: &[Value], escape: fn(&[u8], &mut dyn FnMut(Segment))) -> FnResult {
    let mut joined = None;
    if let [value] = args
        && let Data::Str(text) = &value.data
    {
        joined = Some(Value::string(text.clone()).with_origin(value.origin));
    }
    let joined = match joined {
        Some(joined) => joined,
        None => {
            let mut operands = Vec::with_capacity(args.len());
            for value in args {
                // A nil becomes a string, which changes the blanks around it.
                let mut out = TextBuilder::default();
                operands.push(match &value.data {
                    Data::Nil => {
                        print_value(call.rt, value, &mut out)?;
                        Value::string(out.finish()).with_origin(value.origin)
                    }
                    _ => value.clone(),
                });
            }
            print(call, &operands)?
        }
    };
    call.spend(text(&joined).len().saturating_mul(6))?;
    let result = rewritten(text(&joined), escape)?;
    Ok(call.with(result, joined.origin))
}
