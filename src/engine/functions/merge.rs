//! `merge` and `mergeOverwrite`: mergo's walk over nested maps, with its aliasing.
//!
//! The first map is changed and returned. A map that it lacks is not copied from a later one but shared with it, so that
//! the next merge into it changes both.

use super::dicts::extra_origin;
use super::lists::unknown_with;
use crate::engine::function::{Call, Failure, FnResult, Function, Param};
use crate::value::origin::PathId;
use crate::value::{Data, Key, MapId, MapKind, OriginId, Root, Value};

/// The functions of this family.
pub const FUNCTIONS: &[Function] = &[
    Function::new("merge", &[Param::Map, Param::Map], |call, args| merge(call, args, false, false))
        .variadic()
        .interface()
        .own()
        .takes_unknown(),
    Function::new("mustMerge", &[Param::Map, Param::Map], |call, args| merge(call, args, false, true))
        .variadic()
        .interface()
        .own()
        .takes_unknown(),
    Function::new("mergeOverwrite", &[Param::Map, Param::Map], |call, args| merge(call, args, true, false))
        .variadic()
        .interface()
        .own()
        .takes_unknown(),
    Function::new("mustMergeOverwrite", &[Param::Map, Param::Map], |call, args| merge(call, args, true, true))
        .variadic()
        .interface()
        .own()
        .takes_unknown(),
];

/// Maps nested deeper than this end the render, as they end Go's.
const MAX_DEPTH: usize = 10_000;

fn merge(call: &mut Call<'_>, args: &[Value], overwrite: bool, is_must: bool) -> FnResult {
    let [into, sources @ ..] = args else { return Ok(Value::NIL) };
    let mut into = into.clone();
    for source in sources {
        match (&into.data, &source.data) {
            (Data::Unknown(_), _) => return Ok(unknown_with(call, args)),
            (Data::Map(id), Data::Map(from)) => {
                let (id, from) = (*id, *from);
                let because = because(call, &into, source);
                let walk = Walk { overwrite, keeps_other_types: !call.rt.profile.since(3, 13, 0) };
                match walk.maps(call, id, from, because, 0) {
                    Ok(()) => {}
                    Err(Stop::Failure(failure)) => return Err(failure),
                    Err(Stop::Types) if is_must => return Err("src and dst must be of same type".into()),
                    Err(Stop::Types) => return Ok(Value::string("")),
                }
            }
            (Data::Map(id), Data::Unknown(_)) => {
                // It may add any key.
                let id = *id;
                let origin = call.deep_origin(source);
                let origin = call.through(origin);
                let map = call.rt.heap.get_mut(id);
                let shape = map.shape;
                let shape = call.join(shape, origin);
                call.rt.heap.get_mut(id).shape = shape;
            }
            (Data::NilMap, Data::Map(from)) => {
                let from = *from;
                let id = call.rt.new_map([]);
                let because = because(call, &into, source);
                into.data = Data::Map(id);
                let walk = Walk { overwrite, keeps_other_types: false };
                if let Err(Stop::Failure(failure)) = walk.maps(call, id, from, because, 0) {
                    return Err(failure);
                }
            }
            _ => {}
        }
    }
    Ok(into)
}

/// What everything that a merge of these two changes depends on, beyond the values.
fn because(call: &mut Call<'_>, into: &Value, source: &Value) -> OriginId {
    let into = extra_origin(call, into);
    let source = extra_origin(call, source);
    call.join(into, source)
}

/// Why a merge ended early.
enum Stop {
    Failure(Failure),
    /// mergo's error.
    Types,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Failure(failure)
    }
}

#[derive(Clone, Copy)]
struct Walk {
    overwrite: bool,
    /// The mergo of Helm 3.12 and before: a map does not replace what is not one.
    keeps_other_types: bool,
}

impl Walk {
    fn maps(self, call: &mut Call<'_>, into: MapId, from: MapId, because: OriginId, depth: usize) -> Result<(), Stop> {
        if depth > MAX_DEPTH {
            return Err(Failure::Error("stack overflow: a value holds itself".into()).into());
        }
        let source = call.rt.heap.get(from);
        let (kind, shape, own) = (source.kind, source.shape, source.own);
        let (root, path) = (source.root, source.path);
        let entries: Vec<(Key, Value)> = source.entries.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        call.spend(entries.len() * 8 + 1)?;
        if into != from {
            inherit(call, into, root, path);
            // Which keys come in depends on the source as a whole, also where it brings none.
            let keys = call.join(own, shape);
            let keys = call.join(because, keys);
            let shape = call.rt.heap.get(into).shape;
            let shape = call.join(shape, keys);
            call.rt.heap.get_mut(into).shape = shape;
        }
        for (key, value) in entries {
            if kind != MapKind::Strings && value.is_nil() {
                if self.overwrite {
                    self.put(call, into, key, value, because)?;
                }
                continue;
            }
            self.entry(call, into, key, value, because, depth)?;
        }
        Ok(())
    }

    fn entry(
        self,
        call: &mut Call<'_>,
        into: MapId,
        key: Key,
        value: Value,
        because: OriginId,
        depth: usize,
    ) -> Result<(), Stop> {
        let old = call.rt.heap.get(into).entries.get(&key).cloned();
        match (old.as_ref().map(|old| &old.data), &value.data) {
            (Some(Data::Map(old)), Data::Map(new)) => {
                let (old, new) = (*old, *new);
                let inner = extra_origin(call, &value);
                let inner = call.join(because, inner);
                self.maps(call, old, new, inner, depth + 1)?;
            }
            (Some(Data::Object(old)), new) if old.is_pointer && !self.overwrite => {
                let fits = match new {
                    Data::Object(new) => new.is_pointer || new.type_name == old.type_name,
                    Data::Map(_) | Data::NilMap | Data::Time(_) => false,
                    _ => true,
                };
                if !fits {
                    return Err(Stop::Types);
                }
            }
            _ => {}
        }
        // An old map that was empty may be filled by now.
        let is_empty = old.as_ref().is_none_or(|old| is_empty(call, old));
        if !is_empty {
            let is_map = |value: &Value| matches!(value.data, Data::Map(_) | Data::NilMap);
            let keeps_type = self.keeps_other_types || old.as_ref().is_some_and(is_map);
            if !self.overwrite || (is_map(&value) && keeps_type) {
                return Ok(());
            }
        }
        // The new value is there because the old one was empty.
        let because = match &old {
            Some(old) if !self.overwrite => call.join(because, old.origin),
            _ => because,
        };
        self.put(call, into, key, value, because)
    }

    fn put(self, call: &mut Call<'_>, into: MapId, key: Key, value: Value, because: OriginId) -> Result<(), Stop> {
        if call.rt.heap.get(into).kind == MapKind::Strings && value.as_text().is_none() {
            let message = "reflect.Value.SetMapIndex: value of type interface {} is not assignable to type string";
            return Err(Failure::Error(message.into()).into());
        }
        call.rt.store(into, key, value, because, call.span);
        Ok(())
    }
}

/// What is missing in a map that is filled from an input would come from there.
fn inherit(call: &mut Call<'_>, into: MapId, root: Root, path: PathId) {
    let map = call.rt.heap.get(into);
    if map.root == Root::None && root != Root::None && map.kind == MapKind::Plain {
        let map = call.rt.heap.get_mut(into);
        (map.root, map.path) = (root, path);
    }
}

/// mergo's test: as `empty`, but complex numbers never are.
fn is_empty(call: &Call<'_>, value: &Value) -> bool {
    match &value.data {
        Data::Complex(_) => false,
        _ => call.is_empty(value),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{evaluate, run_with, runtime};

    #[test]
    fn what_is_taken_over_is_shared() {
        let mut rt = runtime("4.1.4");
        let source = evaluate(&mut rt, "dict \"x\" (dict \"y\" 1)", &[]).expect("a map");
        let sources = [source];
        let merged = run_with(&mut rt, "merge (dict) $a (dict \"x\" (dict \"z\" 2))", &sources);
        assert_eq!(merged, "map[x:map[y:1 z:2]]");
        assert_eq!(run_with(&mut rt, "merge $a", &sources), "map[x:map[y:1 z:2]]");
        // An empty map is filled, and so not replaced.
        let empty = evaluate(&mut rt, "dict", &[]).expect("a map");
        let sources = [empty, sources[0].clone()];
        run_with(&mut rt, "merge (dict \"x\" $a) $b (dict \"x\" (dict \"w\" 3))", &sources);
        assert_eq!(run_with(&mut rt, "merge $a", &sources), "map[w:3 y:1 z:2]");
        assert_eq!(run_with(&mut rt, "merge $b", &sources), "map[x:map[y:1 z:2]]");
    }

    #[test]
    fn maps_that_hold_each_other_end_the_render() {
        let mut rt = runtime("4.1.4");
        let map = evaluate(&mut rt, "dict \"k\" 1", &[]).expect("a map");
        let other = evaluate(&mut rt, "dict \"k\" 1", &[]).expect("a map");
        let maps = [map, other];
        evaluate(&mut rt, "set $a \"s\" $a", &maps).expect("a map");
        evaluate(&mut rt, "set $b \"s\" $b", &maps).expect("a map");
        let stack = std::thread::Builder::new().stack_size(256 << 20);
        let found = stack.spawn(move || run_with(&mut rt, "merge $a $b", &maps)).expect("a thread").join();
        assert!(found.expect("an answer").starts_with("error: stack overflow"));
    }
}
