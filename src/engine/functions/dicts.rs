//! Sprig's dictionaries. Maps are shared and can be changed; what was read from one keeps its own origins.

use super::lists::unknown_with;
use super::print;
use crate::engine::function::{Call, Failure, FnResult, Function, Param};
use crate::value::{Data, Element, Key, List, MapId, MapKind, MapObject, OriginId, Root, Text, TextBuilder, Value};

/// The functions of this family.
pub const FUNCTIONS: &[Function] = &[
    Function::new("dict", &[Param::Any], dict).variadic().own().takes_unknown(),
    Function::new("get", &[Param::Map, Param::Str], get).interface().own().takes_unknown(),
    Function::new("set", &[Param::Map, Param::Str, Param::Any], set).own().takes_unknown(),
    Function::new("unset", &[Param::Map, Param::Str], unset).own().takes_unknown(),
    Function::new("hasKey", &[Param::Map, Param::Str], has_key).own(),
    Function::new("pluck", &[Param::Str, Param::Map], pluck).variadic().own(),
    Function::new("keys", &[Param::Map], keys).variadic().own(),
    Function::new("values", &[Param::Map], values).own(),
    Function::new("pick", &[Param::Map, Param::Str], pick).variadic().own(),
    Function::new("omit", &[Param::Map, Param::Str], omit).variadic().own(),
    Function::new("dig", &[Param::Any], dig).variadic().interface().own().takes_unknown(),
    Function::new("deepCopy", &[Param::Any], deep_copy).interface().own().takes_unknown(),
    Function::new("mustDeepCopy", &[Param::Any], deep_copy).interface().own().takes_unknown(),
];

/// Values nested deeper than this end the render, as they end Go's.
const MAX_DEPTH: usize = 10_000;

/// A value as the key of a map (Sprig's strval), and what the key depends on.
fn key_of(call: &mut Call<'_>, value: &Value) -> Result<(Key, OriginId), Failure> {
    let origin = call.deep_origin(value);
    let key = match &value.data {
        Data::Str(text) | Data::Bytes(text) => text.to_key(),
        _ => {
            let mut out = TextBuilder::default();
            print::write_value(call.rt, value, &mut out)?;
            Key::from(out.bytes())
        }
    };
    Ok((key, origin))
}

/// Whether the map has the key, and what that depends on.
fn presence(call: &mut Call<'_>, map: &Value, key: &Key) -> (bool, OriginId) {
    let Data::Map(id) = map.data else { return (false, map.origin) };
    let object = call.rt.heap.get(id);
    let (shape, is_input) = (object.shape, object.root != Root::None);
    let has = object.entries.contains_key(key);
    if has && !is_input {
        return (true, call.join(map.origin, shape));
    }
    let entry = call.rt.entry(map, key, call.span).origin;
    (has, call.join(entry, shape))
}

/// What reading from a map adds to an entry: the origin of the map, unless the entry's own says more.
pub(super) fn extra_origin(call: &Call<'_>, map: &Value) -> OriginId {
    match map.data {
        Data::Map(id) if call.rt.heap.get(id).own == map.origin => OriginId::NONE,
        _ => map.origin,
    }
}

fn dict(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    call.spend(args.len() * 8)?;
    let id = call.rt.new_map([]);
    call.rt.heap.get_mut(id).entries.reserve(args.len() / 2);
    for pair in args.chunks(2) {
        let [key, value @ ..] = pair else { continue };
        let (key, because) = key_of(call, key)?;
        let value = value.first().cloned().unwrap_or_else(|| Value::string(Text::empty()));
        if because.is_none() {
            call.rt.heap.get_mut(id).entries.insert(key, value);
        } else {
            call.rt.store(id, key, value, because, call.span);
        }
    }
    Ok(Data::Map(id).into())
}

fn get(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    if let Data::Unknown(_) = args[1].data {
        return Ok(unknown_with(call, args));
    }
    let (key, because) = key_of(call, &args[1])?;
    let mut value = call.rt.entry(&args[0], &key, call.span);
    let is_missing = match args[0].data {
        Data::Map(id) => !call.rt.heap.get(id).entries.contains_key(&key),
        Data::Unknown(_) => false,
        _ => true,
    };
    if is_missing {
        value.data = Data::Str(Text::empty());
    }
    Ok(call.with(value, because))
}

fn set(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (key, because) = key_of(call, &args[1])?;
    match args[0].data {
        Data::Map(id) => {
            let map = extra_origin(call, &args[0]);
            let because = call.join(because, map);
            call.rt.store(id, key, args[2].clone(), because, call.span);
            Ok(args[0].clone())
        }
        Data::Unknown(_) => Ok(unknown_with(call, args)),
        _ => Err("assignment to entry in nil map".into()),
    }
}

fn unset(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (key, because) = key_of(call, &args[1])?;
    match args[0].data {
        Data::Map(id) => {
            let map = extra_origin(call, &args[0]);
            let because = call.join(because, map);
            call.rt.remove(id, &key, because);
        }
        Data::Unknown(_) => return Ok(unknown_with(call, args)),
        _ => {}
    }
    Ok(args[0].clone())
}

fn has_key(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (key, because) = key_of(call, &args[1])?;
    let (has, origin) = presence(call, &args[0], &key);
    let origin = call.join(origin, because);
    let origin = call.through(origin);
    Ok(Value::bool(has).with_origin(origin))
}

fn pluck(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let [key, maps @ ..] = args else { return Ok(Value::NIL) };
    let (key, mut origin) = key_of(call, key)?;
    let mut found = Vec::new();
    for map in maps {
        let (has, because) = presence(call, map, &key);
        origin = call.join(origin, because);
        if has {
            found.push(call.rt.entry(map, &key, call.span));
        }
    }
    Ok(Value::new(Data::List(List::new(found)), origin))
}

/// The entries of a map, each with what reading it from there adds, and what the set of keys depends on.
fn entries(call: &mut Call<'_>, map: &Value) -> Result<(Vec<(Key, Value)>, OriginId), Failure> {
    let Data::Map(id) = map.data else { return Ok((Vec::new(), map.origin)) };
    let object = call.rt.heap.get(id);
    let shape = object.shape;
    let mut entries: Vec<(Key, Value)> = object.entries.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    call.spend(entries.len() * 8)?;
    let extra = extra_origin(call, map);
    for (_, value) in &mut entries {
        value.origin = call.rt.arena.join(value.origin, extra);
    }
    Ok((entries, call.join(map.origin, shape)))
}

/// Go's order of keys is another one in each call; the one here is sorted, as what charts make of it is in the end.
fn keys(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let mut keys = Vec::new();
    let mut origin = OriginId::NONE;
    for map in args {
        let (entries, shape) = entries(call, map)?;
        origin = call.join(origin, shape);
        keys.extend(entries.into_iter().map(|(key, _)| Value::string(Text::shared(&key))));
    }
    Ok(Value::new(Data::List(List::of(Element::String, keys)), origin))
}

/// In the order of their keys, where Go has none.
fn values(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (entries, origin) = entries(call, &args[0])?;
    let values = entries.into_iter().map(|(_, value)| value).collect();
    Ok(Value::new(Data::List(List::new(values)), origin))
}

fn pick(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let [map, wanted @ ..] = args else { return Ok(Value::NIL) };
    let mut shape = OriginId::NONE;
    let mut picked = Vec::new();
    for key in wanted {
        let (key, because) = key_of(call, key)?;
        let (has, origin) = presence(call, map, &key);
        shape = call.join(shape, because);
        shape = call.join(shape, origin);
        if has {
            picked.push((key.clone(), call.rt.entry(map, &key, call.span)));
        }
    }
    let id = call.rt.new_map(picked);
    call.rt.heap.get_mut(id).shape = shape;
    Ok(Data::Map(id).into())
}

fn omit(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let [map, unwanted @ ..] = args else { return Ok(Value::NIL) };
    let (mut entries, mut shape) = entries(call, map)?;
    for key in unwanted {
        let (key, because) = key_of(call, key)?;
        shape = call.join(shape, because);
        entries.retain(|(other, _)| *other != key);
    }
    let mut copy = MapObject { shape, born: call.rt.guard, ..MapObject::default() };
    if let Data::Map(id) = map.data {
        // What is missing in the copy is what is missing there.
        let original = call.rt.heap.get(id);
        (copy.root, copy.path) = (original.root, original.path);
    }
    copy.entries = entries.into_iter().collect();
    Ok(Data::Map(call.rt.heap.add(copy)).into())
}

fn dig(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let [path @ .., otherwise, map] = args else { return Err("dig needs at least three arguments".into()) };
    if path.is_empty() {
        return Err("dig needs at least three arguments".into());
    }
    asserted_map(call, map)?;
    let mut keys = Vec::with_capacity(path.len());
    let mut because = OriginId::NONE;
    for part in path {
        if !matches!(part.data, Data::Str(_) | Data::Unknown(_)) {
            return Err(conversion(call, part, "string"));
        }
        let (key, origin) = key_of(call, part)?;
        because = call.join(because, origin);
        keys.push(key);
    }
    let mut value = map.clone();
    let mut decided = because;
    for key in &keys {
        asserted_map(call, &value)?;
        let (has, origin) = presence(call, &value, key);
        decided = call.join(decided, origin);
        if !has && !matches!(value.data, Data::Unknown(_)) {
            let decided = call.through(decided);
            return Ok(call.with(otherwise.clone(), decided));
        }
        value = call.rt.entry(&value, key, call.span);
    }
    Ok(call.with(value, because))
}

/// Go's type assertion: the named type of `.Values` is not a plain map.
fn asserted_map(call: &Call<'_>, value: &Value) -> Result<(), Failure> {
    let is_map = match value.data {
        Data::Map(id) => call.rt.heap.kind(id) == MapKind::Plain,
        Data::NilMap | Data::Unknown(_) => true,
        _ => false,
    };
    if is_map { Ok(()) } else { Err(conversion(call, value, "map[string]interface {}")) }
}

fn conversion(call: &Call<'_>, value: &Value, wanted: &str) -> Failure {
    let found = if value.is_nil() { "nil".into() } else { call.type_name(value) };
    Failure::Error(format!("interface conversion: interface {{}} is {found}, not {wanted}"))
}

fn deep_copy(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    if args[0].is_nil() {
        return Err("reflect: call of reflect.Value.Type on zero Value".into());
    }
    copied(call, &args[0], 0)
}

fn copied(call: &mut Call<'_>, value: &Value, depth: usize) -> FnResult {
    if depth > MAX_DEPTH {
        return Err("stack overflow: a value holds itself".into());
    }
    let data = match &value.data {
        Data::List(list) if !list.is_nil() => {
            call.spend(list.len() * 8 + 8)?;
            let mut items = Vec::with_capacity(list.len());
            for item in list.items() {
                items.push(copied(call, item, depth + 1)?);
            }
            Data::List(List::of(list.element(), items))
        }
        Data::Map(id) => {
            let copy = copied_map(call, *id, depth)?;
            let is_named = call.rt.heap.kind(*id) == MapKind::Values;
            Data::Map(if is_named { copy.named() } else { copy })
        }
        other => other.clone(),
    };
    Ok(Value::new(data, value.origin))
}

fn copied_map(call: &mut Call<'_>, id: MapId, depth: usize) -> Result<MapId, Failure> {
    let mut copy = call.rt.heap.get(id).clone();
    copy.born = call.rt.guard;
    copy.kind = call.rt.heap.kind(id);
    call.spend(copy.entries.len() * 8 + 16)?;
    for value in copy.entries.values_mut() {
        *value = copied(call, value, depth + 1)?;
    }
    Ok(call.rt.heap.add(copy))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{evaluate, runtime};
    use super::*;
    use crate::source::Span;
    use crate::value::origin::{Cause, PhaseField};

    #[test]
    fn copies_are_deep_or_shallow() {
        let mut rt = runtime("4.1.4");
        let map = evaluate(&mut rt, "dict \"x\" (dict \"y\" 1) \"z\" 3", &[]).expect("a map");
        let inner = "set (get $b \"x\") \"y\" 2";
        for (copy, expected) in [("pick $a \"x\"", 2), ("omit $a \"z\"", 2), ("deepCopy $a", 1)] {
            let map = evaluate(&mut rt, "deepCopy $a", std::slice::from_ref(&map)).expect("a map");
            let copy = evaluate(&mut rt, copy, std::slice::from_ref(&map)).expect("a copy");
            evaluate(&mut rt, inner, &[map.clone(), copy]).expect("a change");
            let found = evaluate(&mut rt, "get (get $a \"x\") \"y\"", &[map]).expect("a value");
            assert!(matches!(found.data, Data::Int(found, _) if found == expected));
        }
    }

    #[test]
    fn what_told_the_key_is_kept() {
        let mut rt = runtime("4.1.4");
        let origin = rt.arena.source(Cause::Phase(PhaseField::Revision), Span::default());
        let key = Value::string("k").with_origin(origin);
        let value = Value::string("v");
        let map = evaluate(&mut rt, "dict $a $b", &[key.clone(), value]).expect("a map");
        assert!(!map.origin.is_live());
        let entry = evaluate(&mut rt, "get $a \"k\"", std::slice::from_ref(&map)).expect("an entry");
        assert!(entry.origin.is_live());
        let missing = evaluate(&mut rt, "hasKey $a \"other\"", std::slice::from_ref(&map)).expect("an answer");
        assert!(missing.origin.is_live());
        let constant = evaluate(&mut rt, "get (dict \"k\" 1 \"o\" $a) \"k\"", &[key]).expect("an entry");
        assert!(!constant.origin.is_live());
    }
}
