//! Sprig's lists. Functions take lists of any type and give new ones; what they hold keeps its own origins.

use super::casts;
use super::defaults::emptiness_origin;
use super::equality::deep_equal;
use crate::engine::function::{Call, Failure, FnResult, Function, Param, int};
use crate::value::{Data, Element, List, OriginId, UintKind, Value};

/// The functions of this family.
pub const FUNCTIONS: &[Function] = &[
    Function::new("list", &[Param::Any], list).variadic().own().takes_unknown(),
    Function::new("tuple", &[Param::Any], list).variadic().own().takes_unknown(),
    Function::new("first", &[Param::Any], first).interface().own(),
    Function::new("mustFirst", &[Param::Any], first).interface().own(),
    Function::new("last", &[Param::Any], last).interface().own(),
    Function::new("mustLast", &[Param::Any], last).interface().own(),
    Function::new("rest", &[Param::Any], rest).own(),
    Function::new("mustRest", &[Param::Any], rest).own(),
    Function::new("initial", &[Param::Any], initial).own(),
    Function::new("mustInitial", &[Param::Any], initial).own(),
    Function::new("append", &[Param::Any, Param::Any], append).own().takes_unknown(),
    Function::new("mustAppend", &[Param::Any, Param::Any], append).own().takes_unknown(),
    Function::new("push", &[Param::Any, Param::Any], append).own().takes_unknown(),
    Function::new("mustPush", &[Param::Any, Param::Any], append).own().takes_unknown(),
    Function::new("prepend", &[Param::Any, Param::Any], prepend).own().takes_unknown(),
    Function::new("mustPrepend", &[Param::Any, Param::Any], prepend).own().takes_unknown(),
    Function::new("concat", &[Param::Any], concat).variadic().interface().own(),
    Function::new("reverse", &[Param::Any], reverse).own(),
    Function::new("mustReverse", &[Param::Any], reverse).own(),
    Function::new("uniq", &[Param::Any], uniq).own(),
    Function::new("mustUniq", &[Param::Any], uniq).own(),
    Function::new("without", &[Param::Any, Param::Any], without).variadic().own(),
    Function::new("mustWithout", &[Param::Any, Param::Any], without).variadic().own(),
    Function::new("compact", &[Param::Any], compact).own(),
    Function::new("mustCompact", &[Param::Any], compact).own(),
    Function::new("has", &[Param::Any, Param::Any], has).digest(),
    Function::new("mustHas", &[Param::Any, Param::Any], has).digest(),
    Function::new("slice", &[Param::Any, Param::Any], slice).variadic().interface().own(),
    Function::new("mustSlice", &[Param::Any, Param::Any], slice).variadic().interface().own(),
    Function::new("chunk", &[Param::Int, Param::Any], chunk).own(),
    Function::new("mustChunk", &[Param::Int, Param::Any], chunk).own(),
];

/// What Go says when it asks a nil for its type.
pub(super) const NIL_POINTER: &str = "runtime error: invalid memory address or nil pointer dereference";

/// What the elements of a list take while they are copied, in units of work.
const ELEMENT: usize = 32;

/// The elements of a list of any type; `refusal` says what a value of another kind is answered with.
pub(super) fn elements(
    call: &mut Call<'_>,
    value: &Value,
    refusal: impl FnOnce(&str) -> String,
) -> Result<Vec<Value>, Failure> {
    match &value.data {
        Data::Nil => Err(NIL_POINTER.into()),
        Data::List(list) => {
            call.spend(list.len() * ELEMENT)?;
            Ok(list.items().to_vec())
        }
        Data::Bytes(text) => {
            call.spend(text.len() * ELEMENT)?;
            let origin = call.deep_origin(value);
            let byte = |b: &u8| Value::new(Data::Uint(u64::from(*b), UintKind::Uint8), origin);
            Ok(text.bytes().iter().map(byte).collect())
        }
        _ => Err(refusal(value.kind_name()).into()),
    }
}

fn cannot_find(what: &'static str) -> impl FnOnce(&str) -> String {
    move |kind| format!("Cannot find {what} on type {kind}")
}

fn any_list(items: Vec<Value>, origin: OriginId) -> FnResult {
    Ok(Value::new(Data::List(List::new(items)), origin))
}

/// The union of everything that some values depend on, after this call.
fn tested_origin<'v>(call: &mut Call<'_>, values: impl Iterator<Item = &'v Value>) -> OriginId {
    let mut origin = OriginId::NONE;
    for value in values {
        let inner = call.deep_origin(value);
        origin = call.join(origin, inner);
    }
    call.through(origin)
}

fn list(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    call.spend(args.len() * ELEMENT)?;
    any_list(args.to_vec(), OriginId::NONE)
}

fn first(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let items = elements(call, &args[0], cannot_find("first"))?;
    Ok(call.with(items.first().cloned().unwrap_or(Value::NIL), args[0].origin))
}

fn last(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let items = elements(call, &args[0], cannot_find("last"))?;
    Ok(call.with(items.last().cloned().unwrap_or(Value::NIL), args[0].origin))
}

fn rest(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let mut items = elements(call, &args[0], cannot_find("rest"))?;
    if items.is_empty() {
        return Ok(Value::new(Data::List(List::nil(Element::Any)), args[0].origin));
    }
    items.remove(0);
    any_list(items, args[0].origin)
}

fn initial(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let mut items = elements(call, &args[0], cannot_find("initial"))?;
    match items.pop() {
        Some(_) => any_list(items, args[0].origin),
        None => Ok(Value::new(Data::List(List::nil(Element::Any)), args[0].origin)),
    }
}

fn append(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    if let Data::Unknown(_) = args[0].data {
        return Ok(unknown_with(call, args));
    }
    let mut items = elements(call, &args[0], |kind| format!("Cannot push on type {kind}"))?;
    items.push(args[1].clone());
    any_list(items, args[0].origin)
}

fn prepend(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    if let Data::Unknown(_) = args[0].data {
        return Ok(unknown_with(call, args));
    }
    let mut items = elements(call, &args[0], |kind| format!("Cannot prepend on type {kind}"))?;
    items.insert(0, args[1].clone());
    any_list(items, args[0].origin)
}

/// What a function gives that cannot look into one of its arguments: an unknown value that depends on all of them.
pub(super) fn unknown_with(call: &mut Call<'_>, args: &[Value]) -> Value {
    let origin = tested_origin(call, args.iter());
    call.rt.unknown(origin, crate::value::origin::PathId::NONE)
}

fn concat(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let mut all = Vec::new();
    let mut origin = OriginId::NONE;
    for list in args {
        all.extend(elements(call, list, |kind| format!("Cannot concat type {kind} as list"))?);
        origin = call.join(origin, list.origin);
    }
    // Nothing was ever appended to Go's nil slice.
    let list = if all.is_empty() { List::nil(Element::Any) } else { List::new(all) };
    Ok(Value::new(Data::List(list), origin))
}

fn reverse(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let mut items = elements(call, &args[0], cannot_find("reverse"))?;
    items.reverse();
    any_list(items, args[0].origin)
}

/// Whether one of the values equals `needle`, type for type.
fn is_among(call: &mut Call<'_>, values: &[Value], needle: &Value) -> Result<bool, Failure> {
    for value in values {
        if deep_equal(call, needle, value)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn uniq(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let items = elements(call, &args[0], cannot_find("uniq"))?;
    let tested = if items.len() > 1 { tested_origin(call, items.iter()) } else { OriginId::NONE };
    let origin = call.join(args[0].origin, tested);
    let mut kept: Vec<Value> = Vec::new();
    for item in items {
        if !is_among(call, &kept, &item)? {
            kept.push(item);
        }
    }
    any_list(kept, origin)
}

fn without(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let [list, omitted @ ..] = args else { return Ok(Value::NIL) };
    let items = elements(call, list, cannot_find("without"))?;
    let compared = if omitted.is_empty() { &[][..] } else { &items[..] };
    let tested = tested_origin(call, compared.iter().chain(omitted));
    let origin = call.join(list.origin, tested);
    let mut kept = Vec::new();
    for item in items {
        if !is_among(call, omitted, &item)? {
            kept.push(item);
        }
    }
    any_list(kept, origin)
}

fn compact(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let items = elements(call, &args[0], |kind| format!("Cannot compact on type {kind}"))?;
    let mut tested = OriginId::NONE;
    let mut kept = Vec::new();
    for item in items {
        let origin = emptiness_origin(call, &item);
        tested = call.join(tested, origin);
        if !call.is_empty(&item) {
            kept.push(item);
        }
    }
    let tested = call.through(tested);
    let origin = call.join(args[0].origin, tested);
    any_list(kept, origin)
}

fn has(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    if args[1].is_nil() {
        return Ok(Value::bool(false));
    }
    let items = elements(call, &args[1], cannot_find("has"))?;
    Ok(Value::bool(is_among(call, &items, &args[0])?))
}

fn slice(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let [value, indexes @ ..] = args else { return Ok(Value::NIL) };
    let items = elements(call, value, |kind| format!("list should be type of slice or array but {kind}"))?;
    let mut origin = value.origin;
    for index in indexes {
        let inner = call.deep_origin(index);
        origin = call.join(origin, inner);
    }
    if items.is_empty() {
        return Ok(Value::new(Data::Nil, origin));
    }
    let profile = call.rt.profile;
    let at = |i: usize| indexes.get(i).map(|index| casts::to_int64(&profile, index));
    let range = usize::try_from(at(0).unwrap_or(0)).ok().zip(match at(1) {
        Some(end) => usize::try_from(end).ok(),
        None => Some(items.len()),
    });
    // Go looks at the capacity, which can be more than the length of a list that grew; it is the length here.
    let part = range.and_then(|(start, end)| items.get(start..end));
    let Some(part) = part else { return Err("reflect.Value.Slice: slice index out of bounds".into()) };
    let data = match (&value.data, range) {
        (Data::Bytes(text), Some((start, end))) => Data::Bytes(text.slice(start..end)),
        (Data::List(list), _) => Data::List(List::of(list.element(), part.to_vec())),
        _ => Data::List(List::new(part.to_vec())),
    };
    Ok(Value::new(data, origin))
}

fn chunk(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let items = elements(call, &args[1], |kind| format!("Cannot chunk type {kind}"))?;
    let origin = {
        let size = call.deep_origin(&args[0]);
        call.join(args[1].origin, size)
    };
    let size = int(&args[0]);
    let chunks = |items: Vec<Value>| Ok(Value::new(Data::List(List::of(Element::Lists, items)), origin));
    match usize::try_from(size) {
        Ok(size) if size > 0 => {
            let parts = items.chunks(size).map(|part| Data::List(List::new(part.to_vec())).into());
            chunks(parts.collect())
        }
        // Sprig computes the number of chunks in floats, which comes out as 0 here.
        _ if size < 0 && items.len() > 1 && items.len() as u64 - 1 <= size.unsigned_abs() => chunks(Vec::new()),
        _ => Err("runtime error: makeslice: len out of range".into()),
    }
}
