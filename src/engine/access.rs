//! Reading and changing maps with their provenance.

use super::runtime::Runtime;
use crate::source::Span;
use crate::value::origin::{Cause, GuardId, Step};
use crate::value::{Data, Key, MapId, MapKind, MapObject, OriginId, Root, Text, Value};
use std::sync::Arc;

impl Runtime {
    /// The entry of a map under `key`, read at `span`; where there is none, the zero value of the map's element type.
    /// The origin of the result says what it depends on in either case. Anything but a map has no entries.
    pub fn entry(&mut self, map: &Value, key: &[u8], span: Span) -> Value {
        match &map.data {
            Data::Map(id) => self.map_entry(*id, map.origin, key, span),
            Data::Unknown(id) => self.unknown_child(*id, map.origin, key, span),
            _ => Value::new(Data::Nil, map.origin),
        }
    }

    fn map_entry(&mut self, id: MapId, origin: OriginId, key: &[u8], span: Span) -> Value {
        let map = self.heap.get(id);
        if let Some(value) = map.entries.get(key) {
            if origin == map.own {
                return value.clone();
            }
            let value = value.clone();
            let name_of_lookup = matches!(map.root, Root::Lookup(_));
            let origin = if name_of_lookup && origin.is_live() {
                self.arena.field_step(origin, value.origin, &field_name(key), span)
            } else {
                self.arena.join(value.origin, origin)
            };
            return Value { origin, ..value };
        }
        let (kind, root, path, shape, own) = (map.kind, map.root, map.path, map.shape, map.own);
        let data = match kind {
            MapKind::Plain | MapKind::Values => Data::Nil,
            MapKind::Strings => Data::Str(Text::empty()),
            MapKind::Files => Data::Bytes(Text::empty()),
        };
        let cause = match root {
            Root::None => None,
            Root::Values => Some(Cause::Values { path: self.arena.path_of_bytes(path, key) }),
            Root::Lookup(call) => Some(Cause::Lookup { call, path: self.arena.path_of_bytes(path, key) }),
            Root::Capabilities => Some(Cause::Capabilities { path: self.arena.path_of_bytes(path, key) }),
        };
        let mut result = shape;
        match cause {
            Some(cause) => {
                let missing = self.arena.source(cause, span);
                let missing = if matches!(root, Root::Lookup(_)) {
                    self.arena.field_step(origin, missing, &field_name(key), span)
                } else if origin == own {
                    missing
                } else {
                    self.arena.join(missing, origin)
                };
                result = self.arena.join(missing, result);
            }
            None => result = self.arena.join(origin, result),
        }
        Value::new(data, result)
    }

    /// A field of an unknown value is unknown.
    pub fn unknown_child(&mut self, id: u32, origin: OriginId, key: &[u8], span: Span) -> Value {
        let Some(parent) = self.unknowns.get(id as usize).cloned() else { return Value::NIL };
        let path = self.arena.path_of_bytes(parent.path, key);
        let lookup = self.arena.causes(parent.origin).find_map(|cause| match cause {
            Cause::Lookup { call, .. } => Some(*call),
            _ => None,
        });
        let origin = match lookup {
            Some(call) => {
                let field = self.arena.source(Cause::Lookup { call, path }, span);
                self.arena.field_step(origin, field, &field_name(key), span)
            }
            None => origin,
        };
        self.unknown(origin, path)
    }

    /// A new unknown value.
    pub fn unknown(&mut self, origin: OriginId, path: crate::value::origin::PathId) -> Value {
        let id = self.unknowns.iter().position(|u| u.origin == origin && u.path == path).unwrap_or_else(|| {
            self.unknowns.push(super::Unknown { origin, path });
            self.unknowns.len() - 1
        });
        Value::new(Data::Unknown(id as u32), origin)
    }

    /// An empty map that is made here.
    pub fn new_map(&mut self, entries: impl IntoIterator<Item = (Key, Value)>) -> MapId {
        let born = self.guard;
        self.heap.add(MapObject { entries: entries.into_iter().collect(), born, ..MapObject::default() })
    }

    /// Stores an entry as `set` does: the value and the map's set of keys depend on the conditions since the map was
    /// made, and on what told which key and which map to use (`because`).
    pub fn store(&mut self, id: MapId, key: Key, value: Value, because: OriginId, span: Span) {
        let implicit = self.changed_by(id, because);
        let origin = self.arena.join(value.origin, implicit);
        let origin = self.arena.step(origin, || Step::Stored(key.clone()), span);
        let shape = self.heap.get(id).shape;
        let shape = if self.heap.get(id).entries.contains_key(&key) { shape } else { self.arena.join(shape, implicit) };
        let map = self.heap.get_mut(id);
        map.shape = shape;
        map.entries.insert(key, Value { origin, ..value });
    }

    /// Removes an entry as `unset` does.
    pub fn remove(&mut self, id: MapId, key: &[u8], because: OriginId) {
        let implicit = self.changed_by(id, because);
        let shape = self.arena.join(self.heap.get(id).shape, implicit);
        let map = self.heap.get_mut(id);
        map.shape = shape;
        map.entries.remove(key);
    }

    fn changed_by(&mut self, id: MapId, because: OriginId) -> OriginId {
        let (guard, born) = (self.guard, self.heap.get(id).born);
        if guard == born {
            return because;
        }
        let outer = if self.arena.implies(guard, born) { born } else { GuardId::NONE };
        let implicit = self.arena.guard_origin(guard, outer);
        self.arena.join(implicit, because)
    }
}

fn field_name(key: &[u8]) -> Arc<str> {
    String::from_utf8_lossy(key).into()
}
