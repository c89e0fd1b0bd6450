//! Bringing what was read from a text into the heap: every scalar depends on the pieces of the text that it stands in,
//! not on all of them.

use super::runtime::Runtime;
use crate::value::origin::Step;
use crate::value::yaml::{Kind, Node};
use crate::source::Span;
use crate::value::{Data, IntKind, Key, List, MapObject, OriginId, Piece, Text, TextBuilder, Value};
use std::ops::Range;

/// Where a tree was read from.
pub(super) struct Origins<'a> {
    text: &'a Text,
    /// What all of the tree depends on.
    whole: OriginId,
    /// The function that read it, and its call.
    function: &'static str,
    span: Span,
    /// For each piece, the furthest end of it and the pieces before it.
    ends: Vec<usize>,
}

impl<'a> Origins<'a> {
    /// A tree that was read from a text whose value has the origin `whole`.
    pub fn new(text: &'a Text, whole: OriginId, function: &'static str, span: Span) -> Self {
        let mut furthest = 0;
        let ends = text.pieces().iter().map(|piece| {
            furthest = furthest.max(piece.range().end);
            furthest
        });
        Origins { text, whole, function, span, ends: ends.collect() }
    }

    /// The pieces that lie over the range or touch it with a mark.
    fn pieces(&self, range: Range<usize>) -> impl Iterator<Item = &'a Piece> + '_ {
        let pieces = self.text.pieces();
        let until = pieces.partition_point(|piece| piece.range().start <= range.end);
        let from = (0..until).rev().take_while(|i| self.ends.get(*i).is_some_and(|end| *end >= range.start)).count();
        pieces[until - from..until].iter().filter(move |piece| {
            let (start, end) = (piece.range().start, piece.range().end);
            if piece.is_mark() || range.is_empty() { end >= range.start } else { start < range.end && end > range.start }
        })
    }

    /// What the bytes of the range depend on.
    fn of(&self, rt: &mut Runtime, range: Range<usize>) -> OriginId {
        let mut origin = OriginId::NONE;
        for piece in self.pieces(range) {
            origin = rt.arena.join(origin, piece.origin);
            if !piece.guard.is_none() {
                let guard = rt.guard_origin(piece.guard);
                origin = rt.arena.join(origin, guard);
            }
        }
        self.through(rt, origin)
    }

    fn through(&self, rt: &mut Runtime, origin: OriginId) -> OriginId {
        rt.arena.step(origin, || Step::Through(self.function), self.span)
    }
}

/// The numbers that reading gives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbers {
    /// What Go's JSON decoder makes of all: floats.
    Json,
    /// Integers stay integers.
    Toml,
}

/// The value of a tree.
pub(super) fn import_node(rt: &mut Runtime, node: &Node, from: &Origins<'_>, numbers: Numbers) -> Value {
    let data = match &node.kind {
        Kind::Null => Data::Nil,
        Kind::Bool(b) => Data::Bool(*b),
        Kind::Int(i) if numbers == Numbers::Toml => Data::Int(*i, IntKind::Int64),
        Kind::Int(i) => Data::Float(*i as f64),
        Kind::Uint(u) => Data::Float(*u as f64),
        Kind::Float(f) => Data::Float(*f),
        Kind::Str(string) => return import_string(rt, string.as_bytes(), node.span.clone(), from),
        Kind::Seq(items) => {
            let mut origin = from.of_structure(rt, node);
            origin = rt.arena.join(from.whole, origin);
            let mut list = Vec::with_capacity(items.len());
            for item in items {
                // The dash stands under the conditions that the element depends on.
                let present = from.of(rt, item.span.start.saturating_sub(2)..item.span.start);
                origin = rt.arena.join(origin, present);
                list.push(import_node(rt, item, from, numbers));
            }
            return Value::new(Data::List(List::new(list)), origin);
        }
        Kind::Map(entries) => {
            let mut map = MapObject { born: rt.guard, own: from.whole, ..MapObject::default() };
            for (key, value) in entries {
                let value = import_node(rt, value, from, numbers);
                let present = from.of(rt, key.span.clone());
                map.shape = rt.arena.join(map.shape, present);
                map.entries.insert(Key::from(key.text.as_bytes()), value);
            }
            let structure = from.of_structure(rt, node);
            map.shape = rt.arena.join(map.shape, structure);
            return Value::new(Data::Map(rt.heap.add(map)), from.whole);
        }
    };
    let range = match node.kind {
        // Of a value that is not there, what could have stood on the rest of the line.
        Kind::Null if node.span.is_empty() => {
            let rest = from.text.bytes().get(node.span.start..).unwrap_or_default();
            node.span.start..node.span.start + rest.iter().take_while(|b| **b != b'\n').count()
        }
        _ => node.span.clone(),
    };
    let origin = from.of(rt, range);
    Value::new(data, rt.arena.join(from.whole, origin))
}

/// A string. Where it stands in the text as it is, or between quotes, it keeps the pieces.
fn import_string(rt: &mut Runtime, string: &[u8], span: Range<usize>, from: &Origins<'_>) -> Value {
    if from.text.pieces().is_empty() {
        return Value::new(Data::Str(Text::constant(string)), from.whole);
    }
    let bytes = from.text.bytes();
    let inner = span.start + 1..span.end.saturating_sub(1);
    let same = [span.clone(), inner].into_iter().find(|range| bytes.get(range.clone()) == Some(string));
    match same {
        Some(range) => {
            let mut out = TextBuilder::default();
            out.push_slice(from.text, range);
            let text = out.finish();
            let text = text.map_origins(|origin| from.through(rt, origin));
            Value::new(Data::Str(text), from.whole)
        }
        None => {
            let origin = from.of(rt, span);
            Value::new(Data::Str(Text::constant(string)), rt.arena.join(from.whole, origin))
        }
    }
}

impl Origins<'_> {
    /// What the marks in a collection depend on that lie between its parts: entries that could have been there.
    fn of_structure(&self, rt: &mut Runtime, node: &Node) -> OriginId {
        let mut origin = OriginId::NONE;
        let mut start = node.span.start;
        let mut between = |rt: &mut Runtime, part: &Range<usize>, next: usize| {
            for piece in self.pieces(start..part.start.max(start)).filter(|piece| piece.is_mark()) {
                let guard = rt.guard_origin(piece.guard);
                let both = rt.arena.join(piece.origin, guard);
                origin = rt.arena.join(origin, both);
            }
            start = next;
        };
        if self.text.pieces().is_empty() {
            return OriginId::NONE;
        }
        match &node.kind {
            Kind::Seq(items) => items.iter().for_each(|item| between(rt, &item.span, item.span.end)),
            Kind::Map(entries) => entries.iter().for_each(|(key, value)| between(rt, &key.span, value.span.end)),
            _ => {}
        }
        let end = node.span.end;
        between(rt, &(end..end), end);
        self.through(rt, origin)
    }
}
