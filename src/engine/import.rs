//! Bringing what was read from a text into the heap: every scalar depends on the pieces of the text that it stands in,
//! not on all of them.

use super::runtime::Runtime;
use crate::source::Span;
use crate::value::golang::time::{GoTime, Zone};
use crate::value::origin::Step;
use crate::value::toml::{Datetime, Toml, TomlKind};
use crate::value::yaml::{Kind, Node};
use crate::value::{Data, Element, IntKind, Key, List, MapObject, OriginId, Piece, Text, TextBuilder, Value};
use std::ops::Range;
use std::sync::Arc;

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
            if piece.is_mark() || range.is_empty() {
                end >= range.start
            } else {
                start < range.end && end > range.start
            }
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

/// The value of a tree of YAML or JSON. All numbers become floats, as Go's JSON decoder makes them.
pub(super) fn import_node(rt: &mut Runtime, node: &Node, from: &Origins<'_>) -> Value {
    let data = match &node.kind {
        Kind::Null => Data::Nil,
        Kind::Bool(b) => Data::Bool(*b),
        Kind::Int(i) => Data::Float(*i as f64),
        Kind::Uint(u) => Data::Float(*u as f64),
        Kind::Float(f) => Data::Float(*f),
        Kind::Str(string) => return import_string(rt, string.clone().into(), node.span.clone(), from),
        Kind::Seq(items) => {
            let parts: Vec<_> = items.iter().map(|item| item.span.clone()).collect();
            let origin = from.of_list(rt, &node.span, &parts);
            let items = items.iter().map(|item| import_node(rt, item, from)).collect();
            return Value::new(Data::List(List::new(items)), origin);
        }
        Kind::Map(entries) => {
            let mut map = MapObject { born: rt.guard, own: from.whole, ..MapObject::default() };
            map.entries.reserve(entries.len());
            let mut parts = Vec::with_capacity(entries.len());
            for (key, value) in entries {
                parts.push(key.span.start..value.span.end.max(key.span.end));
                let present = from.of(rt, key.span.clone());
                map.shape = rt.arena.join(map.shape, present);
                let value = import_node(rt, value, from);
                map.entries.insert(key.text.clone().into(), value);
            }
            let between = from.between(rt, &node.span, &parts);
            map.shape = rt.arena.join(map.shape, between);
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

/// The value of a tree of TOML.
pub(super) fn import_toml(rt: &mut Runtime, toml: &Toml, from: &Origins<'_>) -> Value {
    let data = match &toml.kind {
        TomlKind::Bool(b) => Data::Bool(*b),
        TomlKind::Int(i) => Data::Int(*i, IntKind::Int64),
        TomlKind::Float(f) => Data::Float(*f),
        TomlKind::Datetime(datetime) => time(datetime),
        TomlKind::Str(string) => return import_string(rt, string.clone().into(), toml.span.clone(), from),
        TomlKind::Array(items) | TomlKind::Tables(items) => {
            let element = if matches!(toml.kind, TomlKind::Tables(_)) { Element::Maps } else { Element::Any };
            let parts: Vec<_> = items.iter().map(|item| item.span.clone()).collect();
            let origin = from.of_list(rt, &toml.span, &parts);
            let items = items.iter().map(|item| import_toml(rt, item, from)).collect();
            return Value::new(Data::List(List::of(element, items)), origin);
        }
        TomlKind::Table(entries) => {
            let mut map = MapObject { born: rt.guard, own: from.whole, ..MapObject::default() };
            for entry in entries {
                let present = from.of(rt, entry.key_span.clone());
                map.shape = rt.arena.join(map.shape, present);
                let value = import_toml(rt, &entry.value, from);
                map.entries.insert(Key::from(entry.key.as_bytes()), value);
            }
            return Value::new(Data::Map(rt.heap.add(map)), from.whole);
        }
    };
    let origin = from.of(rt, toml.span.clone());
    Value::new(data, rt.arena.join(from.whole, origin))
}

/// A time; the zone of one that lacks a part has the name that BurntSushi's package gives it.
fn time(datetime: &Datetime) -> Data {
    let (year, month, day) = datetime.date.unwrap_or((0, 1, 1));
    let (hour, minute, second, nanoseconds) = datetime.time.unwrap_or_default();
    let zone = match (datetime.date, datetime.time, datetime.offset) {
        (_, _, Some(0)) => Zone::utc(),
        (_, _, Some(minutes)) => Zone::fixed("", i32::from(minutes) * 60),
        (Some(_), None, None) => Zone::fixed("date-local", 0),
        (None, _, None) => Zone::fixed("time-local", 0),
        (Some(_), Some(_), None) => Zone::fixed("datetime-local", 0),
    };
    let date = (i64::from(year), i64::from(month), i64::from(day));
    let clock = (i64::from(hour), i64::from(minute), i64::from(second));
    Data::Time(Arc::new(GoTime::date(date, clock, i64::from(nanoseconds), zone)))
}

/// A string. Where it stands in the text as it is, or between quotes, it keeps the pieces.
fn import_string(rt: &mut Runtime, string: Arc<[u8]>, span: Range<usize>, from: &Origins<'_>) -> Value {
    if from.text.pieces().is_empty() {
        return Value::new(Data::Str(Text::shared(&string)), from.whole);
    }
    let bytes = from.text.bytes();
    let inner = span.start + 1..span.end.saturating_sub(1);
    let same = [span.clone(), inner].into_iter().find(|range| bytes.get(range.clone()) == Some(&*string));
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
            Value::new(Data::Str(Text::shared(&string)), rt.arena.join(from.whole, origin))
        }
    }
}

impl Origins<'_> {
    /// What the marks between the parts of a collection depend on: more of them could have been there.
    fn between(&self, rt: &mut Runtime, whole: &Range<usize>, parts: &[Range<usize>]) -> OriginId {
        if self.text.pieces().is_empty() {
            return OriginId::NONE;
        }
        let mut origin = OriginId::NONE;
        let mut start = whole.start;
        let end = std::iter::once(whole.end..whole.end);
        for part in parts.iter().cloned().chain(end) {
            for piece in self.pieces(start..part.start.max(start)).filter(|piece| piece.is_mark()) {
                let guard = rt.guard_origin(piece.guard);
                let both = rt.arena.join(piece.origin, guard);
                origin = rt.arena.join(origin, both);
            }
            start = start.max(part.end);
        }
        self.through(rt, origin)
    }

    /// What the elements of a list as such depend on.
    fn of_list(&self, rt: &mut Runtime, whole: &Range<usize>, parts: &[Range<usize>]) -> OriginId {
        let mut origin = self.between(rt, whole, parts);
        origin = rt.arena.join(self.whole, origin);
        for part in parts {
            // The dash stands under the conditions that the element depends on.
            let present = self.of(rt, part.start.saturating_sub(2)..part.start);
            origin = rt.arena.join(origin, present);
        }
        origin
    }
}
