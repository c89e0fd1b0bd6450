//! Two phases compared, object by object and field by field, with the provenance of both sides.

use super::run::Phase;
use crate::manifest::{How, Object, ObjectId, compare};
use crate::value::origin::{Cause, GuardId};
use crate::value::{Arena, OriginId, Piece, Text};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// What differs of an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ObjectChange {
    /// Only in the second phase.
    Added,
    /// Only in the first phase.
    Removed,
    /// A field.
    Field { field: String, how: How },
}

/// A difference between two phases.
#[derive(Clone, Debug)]
pub struct Difference {
    pub id: ObjectId,
    pub is_hook: bool,
    pub change: ObjectChange,
    /// The index of the object in the first phase, and the bytes of the field in its document.
    pub from: Option<(usize, Range<usize>)>,
    /// The same in the second phase.
    pub to: Option<(usize, Range<usize>)>,
}

/// Everything that differs, in the order of the objects' names and of the fields.
pub fn differences(a: &Phase, b: &Phase) -> Vec<Difference> {
    differences_of(a, b, |_| true)
}

/// The same, of those objects alone.
pub fn differences_of(a: &Phase, b: &Phase, counts: impl Fn(&Object) -> bool) -> Vec<Difference> {
    fn index(phase: &Phase, counts: impl Fn(&Object) -> bool) -> BTreeMap<(bool, &ObjectId), usize> {
        let all = phase.objects.iter().enumerate().filter(|(_, object)| counts(object));
        all.map(|(i, o)| ((o.is_hook(), &o.id), i)).collect()
    }
    let (left, right) = (index(a, &counts), index(b, &counts));
    let ids: BTreeSet<&(bool, &ObjectId)> = left.keys().chain(right.keys()).collect();
    let whole = |object: &Object| object.node.span.clone();
    let mut out = Vec::new();
    for key in ids {
        let (is_hook, id) = (key.0, key.1);
        match (left.get(key), right.get(key)) {
            (Some(&i), Some(&j)) => {
                let (x, y) = (&a.objects[i], &b.objects[j]);
                let is_same = Arc::ptr_eq(x, y) || x.text.bytes() == y.text.bytes() && x.node.span == y.node.span;
                if is_same {
                    continue;
                }
                for difference in compare(&x.node, &y.node) {
                    out.push(Difference {
                        id: id.clone(),
                        is_hook,
                        change: ObjectChange::Field { field: difference.field, how: difference.how },
                        from: difference.from.map(|range| (i, range)),
                        to: difference.to.map(|range| (j, range)),
                    });
                }
            }
            (Some(&i), None) => out.push(Difference {
                id: id.clone(),
                is_hook,
                change: ObjectChange::Removed,
                from: Some((i, whole(&a.objects[i]))),
                to: None,
            }),
            (None, Some(&j)) => out.push(Difference {
                id: id.clone(),
                is_hook,
                change: ObjectChange::Added,
                from: None,
                to: Some((j, whole(&b.objects[j]))),
            }),
            (None, None) => {}
        }
    }
    out
}

/// The pieces of a text that lie in a range, marks at its ends included.
pub fn pieces_in<'a>(text: &'a Text, range: &Range<usize>) -> impl Iterator<Item = &'a Piece> {
    let range = range.clone();
    // They stand in the order of their starts.
    let end = text.pieces().partition_point(|piece| piece.start as usize <= range.end);
    text.pieces().iter().take(end).filter(move |piece| {
        let (start, end) = (piece.start as usize, piece.end as usize);
        if start == end { start >= range.start && start <= range.end } else { start < range.end && end > range.start }
    })
}

/// What differs between the phases of one life, as opposed to values, files and versions.
pub fn is_varying(cause: &Cause) -> bool {
    cause.varies()
}

/// Whether an origin depends on something that varies.
pub fn varies(arena: &Arena, origin: OriginId) -> bool {
    origin.is_live() && arena.causes(origin).any(is_varying)
}

/// The innermost condition of a chain that depends on something that varies.
pub fn varying_guard(arena: &Arena, guard: GuardId) -> Option<crate::value::origin::Guard> {
    arena.guards(guard).into_iter().find(|guard| varies(arena, guard.origin))
}
