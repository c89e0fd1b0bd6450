//! Functions that take a text apart, and lists of texts.

use super::super::rewrite::Rewriter;
use super::assemble::{text_of, texts};
use super::{at, number};
use crate::engine::function::{Call, Failure, FnResult, key, text};
use crate::value::golang::decode;
use crate::value::golang::strings::split_n;
use crate::value::{Data, Element, Key, List, MapKind, MapObject, Text, Value};

/// The parts of a text with their pieces.
fn parts(call: &mut Call<'_>, separator: &Text, count: i64, text: &Text) -> Result<Vec<Text>, Failure> {
    let ranges = split_n(text.bytes(), separator.bytes(), count);
    call.spend(ranges.len().saturating_mul(16).saturating_add(text.len()))?;
    let mut out = Rewriter::new(text);
    let parts = ranges.into_iter().map(|range| {
        // The separators are in no part; what they depend on is said by the list.
        out.skip(range.start);
        out.take();
        out.copy(range.end);
        out.take()
    });
    Ok(parts.collect())
}

fn map_of_parts(call: &mut Call<'_>, args: &[Value], separator: &Text, count: i64, text: &Text) -> FnResult {
    let parts = parts(call, separator, count, text)?;
    let mut shape = crate::value::OriginId::NONE;
    for value in args {
        let origin = call.deep_origin(value);
        shape = call.join(shape, origin);
    }
    let shape = call.through(shape);
    let entries = parts.into_iter().enumerate();
    let entries = entries.map(|(i, part)| -> (Key, Value) { (key(format!("_{i}").as_bytes()), Value::string(part)) });
    let map = MapObject {
        kind: MapKind::Strings,
        entries: entries.collect(),
        shape,
        born: call.rt.guard,
        ..MapObject::default()
    };
    Ok(Data::Map(call.rt.heap.add(map)).into())
}

pub(super) fn split(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    map_of_parts(call, args, at(args, 0), -1, at(args, 1))
}

pub(super) fn splitn(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    map_of_parts(call, args, at(args, 0), number(args, 1), at(args, 2))
}

pub(super) fn split_list(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let parts = parts(call, at(args, 0), -1, at(args, 1))?;
    let mut whole = crate::value::OriginId::NONE;
    let mut deep = crate::value::OriginId::NONE;
    for value in args {
        whole = call.join(whole, value.origin);
        let origin = call.deep_origin(value);
        deep = call.join(deep, origin);
    }
    let (whole, deep) = (call.through(whole), call.through(deep));
    let parts = parts.into_iter().map(|part| Value::string(part).with_origin(whole)).collect();
    Ok(Value::new(Data::List(List::of(Element::String, parts)), deep))
}

pub(super) fn sort_alpha(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let value = args.first().unwrap_or(&Value::NIL);
    let texts = match &value.data {
        Data::List(_) | Data::Bytes(_) => {
            let mut texts = texts(call, value)?;
            call.spend(texts.len().saturating_mul(8))?;
            texts.sort_by(|a, b| text(a).bytes().cmp(text(b).bytes()));
            texts
        }
        _ => vec![Value::string(text_of(call, value)?)],
    };
    // Where an element stands depends on all of them.
    let origin = call.deep_origin(value);
    let origin = call.through(origin);
    Ok(Value::new(Data::List(List::of(Element::String, texts)), origin))
}

/// The runes of a text in another order, drawn from the seed of the render.
pub(super) fn shuffle(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (origin, seed) = call.rt.draw(call.span, "shuffle");
    let text = at(args, 0);
    let mut rest = text.bytes();
    let mut all = Vec::new();
    while !rest.is_empty() {
        let (rune, after) = rest.split_at(decode(rest).1.clamp(1, rest.len()));
        all.push(rune);
        rest = after;
    }
    let mut state = seed.chunks(8).fold(0x9E37_79B9_7F4A_7C15_u64, |state, chunk| {
        let word = chunk.iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
        (state ^ word).wrapping_mul(0xBF58_476D_1CE4_E5B9).rotate_left(29)
    });
    for i in (1..all.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        all.swap(i, (state >> 33) as usize % (i + 1));
    }
    let bytes: Vec<u8> = all.concat();
    Ok(Value::string(bytes).with_origin(origin))
}
