//! Go's `reflect.DeepEqual`: equal to the type, of maps and lists the contents.

use crate::engine::function::{Call, Failure};
use crate::value::{Data, MapId, Text, Value};
use rustc_hash::FxHashSet;

/// Values nested deeper than this end the render, as they end Go's.
const MAX_DEPTH: usize = 10_000;

/// Whether two values are equal, and of the same type in all their parts.
pub(super) fn deep_equal(call: &mut Call<'_>, a: &Value, b: &Value) -> Result<bool, Failure> {
    Comparison { call, seen: FxHashSet::default() }.values(a, b, 0)
}

struct Comparison<'a, 'c> {
    call: &'a mut Call<'c>,
    /// The pairs of maps that are being compared: they are equal if nothing else differs.
    seen: FxHashSet<(MapId, MapId)>,
}

impl Comparison<'_, '_> {
    fn values(&mut self, a: &Value, b: &Value, depth: usize) -> Result<bool, Failure> {
        if depth > MAX_DEPTH {
            return Err("stack overflow: a value holds itself".into());
        }
        self.call.spend(1)?;
        Ok(match (&a.data, &b.data) {
            (Data::Nil, Data::Nil) | (Data::NilMap, Data::NilMap) => true,
            (Data::Bool(a), Data::Bool(b)) => a == b,
            (Data::Int(a, kind_a), Data::Int(b, kind_b)) => a == b && kind_a == kind_b,
            (Data::Uint(a, kind_a), Data::Uint(b, kind_b)) => a == b && kind_a == kind_b,
            (Data::Float(a), Data::Float(b)) => a == b,
            (Data::Complex(a), Data::Complex(b)) => a.0 == b.0 && a.1 == b.1,
            (Data::Str(a), Data::Str(b)) | (Data::Bytes(a), Data::Bytes(b)) => self.texts(a, b)?,
            (Data::List(a), Data::List(b)) => {
                if a.element() != b.element() || a.is_nil() != b.is_nil() || a.len() != b.len() {
                    return Ok(false);
                }
                // The same list is equal to itself, whatever it holds.
                if std::ptr::eq(a.items(), b.items()) {
                    return Ok(true);
                }
                for (a, b) in a.items().iter().zip(b.items()) {
                    if !self.values(a, b, depth + 1)? {
                        return Ok(false);
                    }
                }
                true
            }
            (Data::Map(a), Data::Map(b)) => self.maps(*a, *b, depth)?,
            (Data::Time(a), Data::Time(b)) => a.go_syntax() == b.go_syntax(),
            (Data::Duration(a), Data::Duration(b)) => a == b,
            (Data::Object(a), Data::Object(b)) => {
                if a.type_name != b.type_name || a.is_pointer != b.is_pointer || a.fields.len() != b.fields.len() {
                    return Ok(false);
                }
                let same_text = match (&a.text, &b.text) {
                    (Some(a), Some(b)) => a.bytes() == b.bytes(),
                    (a, b) => a.is_none() == b.is_none(),
                };
                if !same_text {
                    return Ok(false);
                }
                for (a, b) in a.fields.iter().zip(&b.fields) {
                    if a.name != b.name || !self.values(&a.value, &b.value, depth + 1)? {
                        return Ok(false);
                    }
                }
                true
            }
            (Data::Unknown(a), Data::Unknown(b)) => a == b,
            _ => false,
        })
    }

    fn texts(&mut self, a: &Text, b: &Text) -> Result<bool, Failure> {
        self.call.spend(a.len().min(b.len()) / 64)?;
        Ok(a.bytes() == b.bytes())
    }

    fn maps(&mut self, a: MapId, b: MapId, depth: usize) -> Result<bool, Failure> {
        if a == b || !self.seen.insert((a, b)) {
            return Ok(true);
        }
        let (first, second) = (self.call.rt.heap.get(a), self.call.rt.heap.get(b));
        let heap = &self.call.rt.heap;
        if heap.kind(a) != heap.kind(b) || first.entries.len() != second.entries.len() {
            return Ok(false);
        }
        let mut pairs = Vec::with_capacity(first.entries.len());
        for (key, value) in &first.entries {
            match second.entries.get(key) {
                Some(other) => pairs.push((value.clone(), other.clone())),
                None => return Ok(false),
            }
        }
        for (a, b) in &pairs {
            if !self.values(a, b, depth + 1)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
