//! The fields of rendered objects with what wrote them.

use crate::engine::{LookupCall, Rendering};
use crate::finding::ObjectRef;
use crate::lifecycle::{Phase, pieces_in};
use crate::manifest::{Object, push_key};
use crate::source::Span;
use crate::value::origin::Cause;
use crate::value::yaml::{Key, Kind, Node};
use crate::value::{OriginId, Piece};
use std::ops::Range;

/// Deeper fields are not looked at.
const MAX_DEPTH: usize = 100;

/// A field of an object.
pub struct Field<'a> {
    /// `spec.ports[0].nodePort`
    pub path: String,
    pub node: &'a Node,
    /// The bytes where its value stands or could stand.
    pub range: Range<usize>,
}

/// All fields of an object: those that hold others before what they hold.
pub fn fields(object: &Object) -> Vec<Field<'_>> {
    let mut out = Vec::new();
    collect(object, &object.node, None, &mut String::new(), &mut out, 0);
    out
}

/// A field of an object whose path is not known yet.
pub struct Place<'a> {
    pub node: &'a Node,
    /// The bytes where its value stands or could stand.
    pub range: Range<usize>,
}

impl Place<'_> {
    /// The path in the object that it is a field of.
    pub fn path(&self, object: &Object) -> String {
        let found = fields(object).into_iter().find(|field| std::ptr::eq(field.node, self.node));
        found.map(|field| field.path).unwrap_or_default()
    }
}

/// What [`fields`] gives, for those who look at all and name few.
pub fn places(object: &Object) -> Vec<Place<'_>> {
    let mut out = Vec::new();
    place(object, &object.node, &mut out, 0);
    out
}

fn place<'a>(object: &'a Object, node: &'a Node, out: &mut Vec<Place<'a>>, depth: usize) {
    if depth >= MAX_DEPTH {
        return;
    }
    let mut see = |key, node| {
        out.push(Place { node, range: range_of(object, key, node) });
        place(object, node, out, depth + 1);
    };
    match &node.kind {
        Kind::Map(entries) => entries.iter().for_each(|(key, node)| see(Some(key), node)),
        Kind::Seq(items) => items.iter().for_each(|node| see(None, node)),
        _ => {}
    }
}

fn collect<'a>(
    object: &'a Object,
    node: &'a Node,
    key: Option<&'a Key>,
    path: &mut String,
    out: &mut Vec<Field<'a>>,
    depth: usize,
) {
    if depth > MAX_DEPTH {
        return;
    }
    if !path.is_empty() {
        out.push(Field { path: path.clone(), node, range: range_of(object, key, node) });
    }
    let before = path.len();
    match &node.kind {
        Kind::Map(entries) => {
            for (key, entry) in entries {
                push_key(path, &key.text);
                collect(object, entry, Some(key), path, out, depth + 1);
                path.truncate(before);
            }
        }
        Kind::Seq(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push_str(&format!("[{index}]"));
                collect(object, item, None, path, out, depth + 1);
                path.truncate(before);
            }
        }
        _ => {}
    }
}

/// Of what is written, its bytes; of what is not, the rest of the key's line.
fn range_of(object: &Object, key: Option<&Key>, node: &Node) -> Range<usize> {
    match key {
        Some(key) if node.is_null() => {
            let rest = object.text.bytes().get(key.span.end..).unwrap_or_default();
            let line = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
            key.span.end..key.span.end + line
        }
        _ => node.span.clone(),
    }
}

/// The object in the words of a finding.
pub fn reference(object: &Object) -> ObjectRef {
    ObjectRef {
        api_version: object.id.api_version.clone(),
        kind: object.id.kind.clone(),
        namespace: object.id.namespace.clone(),
        name: object.id.name.clone(),
    }
}

/// The pieces of a range that a template computed.
pub fn computed<'a>(object: &'a Object, range: &Range<usize>) -> impl Iterator<Item = &'a Piece> {
    pieces_in(&object.text, range).filter(|piece| !piece.literal)
}

/// The lookups that an origin depends on, with the path that was read.
pub fn lookups_of(rendering: &Rendering, origin: OriginId) -> Vec<(u32, &LookupCall, String)> {
    if !origin.is_live() {
        return Vec::new();
    }
    let arena = &rendering.rt.arena;
    let found = arena.causes(origin).filter_map(|cause| match cause {
        Cause::Lookup { call, path } => {
            rendering.rt.lookups.get(*call).map(|lookup| (*call, lookup, arena.path_text(*path)))
        }
        _ => None,
    });
    found.collect()
}

/// The action that writes the beginning of a range: the smallest one that covers it.
pub fn written_by(phase: &Phase, object: &Object, range: &Range<usize>) -> Span {
    let at = |piece: &&Piece| {
        let (start, end) = (piece.start as usize, piece.end as usize);
        // What only touches the range has written nothing of it, unless it could have.
        let is_there = match start == end || range.is_empty() {
            true => start <= range.end && end >= range.start,
            false => start < range.end && end > range.start,
        };
        !piece.literal && piece.source != 0 && is_there
    };
    let inside = |piece: &&Piece| (piece.start as usize) >= range.start;
    let pieces = || object.text.pieces().iter().rev().filter(at);
    let smallest = |piece: &&Piece| piece.end - piece.start;
    // What stayed silent beside it has written it only if nothing else has.
    let piece = pieces()
        .filter(|piece| inside(piece) && !piece.is_mark())
        .min_by_key(smallest)
        .or_else(|| pieces().filter(inside).min_by_key(smallest))
        .or_else(|| pieces().min_by_key(smallest))
        .and_then(|piece| super::story::writer(&phase.rendering, &object.text, piece));
    piece.map_or_else(
        || super::story::written_at(&phase.rendering, &object.text, range),
        |piece| super::story::extent(&phase.rendering, piece),
    )
}
