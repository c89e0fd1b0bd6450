//! Functions that take a text apart, and lists of texts.

use super::super::rewrite::{Rewriter, runes};
use super::assemble::{text_of, texts};
use super::{at, search, spend};
use crate::engine::function::{Call, Failure, FnResult, int, key, text};
use crate::value::{Data, Element, Key, List, MapKind, MapObject, Text, Value};

/// The ends of the parts of Go's strings.SplitN and how much lies between them. `count` < 0: all parts.
fn ends(bytes: &[u8], separator: &[u8], count: i64) -> Vec<usize> {
    let limit = usize::try_from(count).unwrap_or(usize::MAX);
    if limit == 0 {
        return Vec::new();
    }
    let mut ends: Vec<usize> = if separator.is_empty() {
        // One part a rune, and none for an empty text.
        let mut end = 0;
        let ends = runes(bytes).map(|rune| {
            end += rune.bytes.len();
            end
        });
        ends.filter(|end| *end < bytes.len()).take(limit - 1).collect()
    } else {
        search::find_all(bytes, separator).take(limit - 1).collect()
    };
    if !(separator.is_empty() && bytes.is_empty()) {
        ends.push(bytes.len());
    }
    ends
}

/// The parts of a text with their pieces.
fn parts(call: &mut Call<'_>, separator: &Text, count: i64, text: &Text) -> Result<Vec<Text>, Failure> {
    let ends = ends(text.bytes(), separator.bytes(), count);
    spend(call, ends.len().saturating_mul(16).saturating_add(text.len()))?;
    let mut out = Rewriter::new(text);
    let parts = ends.into_iter().map(|end| {
        out.copy(end);
        let part = out.take();
        // The separator is in no part; what it depends on is said by the list.
        out.skip(end + separator.len());
        out.take();
        part
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
    map_of_parts(call, args, at(args, 0), args.get(1).map_or(-1, int), at(args, 2))
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
            spend(call, texts.len().saturating_mul(8))?;
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
    let mut all: Vec<_> = runes(text.bytes()).collect();
    let mut state = seed.chunks(8).fold(0x9E37_79B9_7F4A_7C15_u64, |state, chunk| {
        let word = chunk.iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
        (state ^ word).wrapping_mul(0xBF58_476D_1CE4_E5B9).rotate_left(29)
    });
    for i in (1..all.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        all.swap(i, (state >> 33) as usize % (i + 1));
    }
    let bytes: Vec<u8> = all.iter().flat_map(|rune| rune.bytes.iter().copied()).collect();
    Ok(Value::string(bytes).with_origin(origin))
}
