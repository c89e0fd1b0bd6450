//! Maps, the only values that a template can change.
//!
//! Maps live in a [`Heap`] under copyable ids. A heap can be frozen: what was in it is shared from then on, and each
//! phase or world that starts from it keeps only what it changes.

use super::Entries;
use super::origin::{GuardId, OriginId, PathId};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A key of a map: the bytes of a Go string.
pub type Key = Arc<[u8]>;

/// A map in a heap, as a value of one Go type: the same map can be seen under the named type of `.Values` and under the
/// plain one.
#[derive(Clone, Copy, Debug)]
pub struct MapId(u32);

impl PartialEq for MapId {
    /// Ids of one map are equal however it is seen.
    fn eq(&self, other: &Self) -> bool {
        self.index() == other.index()
    }
}

impl Eq for MapId {}

impl std::hash::Hash for MapId {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.index().hash(state);
    }
}

impl MapId {
    const NAMED: u32 = 1 << 31;

    /// The map seen under the named type of `.Values`.
    pub fn named(self) -> MapId {
        MapId(self.0 | Self::NAMED)
    }

    /// The map seen under its own type: what a function gets whose parameter is a plain map.
    pub fn plain(self) -> MapId {
        MapId(self.0 & !Self::NAMED)
    }

    fn index(self) -> usize {
        self.plain().0 as usize
    }
}

/// The Go type of a map.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum MapKind {
    /// `map[string]interface {}`
    #[default]
    Plain,
    /// The named type of `.Values` and of the context.
    Values,
    /// `map[string]string`
    Strings,
    /// The type of `.Files`: bytes by path.
    Files,
}

/// What the fields of a map that are not there depend on: the same root as its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Root {
    #[default]
    None,
    /// `.Values` of the root chart.
    Values,
    /// What this call of `lookup` returned.
    Lookup(super::origin::LookupId),
    Capabilities,
}

/// A map with what its set of keys depends on.
#[derive(Clone, Debug, Default)]
pub struct MapObject {
    pub kind: MapKind,
    pub entries: Entries,
    /// What the set of keys depends on, beyond the origin of the value that holds the map.
    pub shape: OriginId,
    /// Where the map stands in an input.
    pub root: Root,
    pub path: PathId,
    /// The origin of the value that holds the map as it came from the input: a field reached through it needs no more
    /// than its own origin.
    pub own: OriginId,
    /// The conditions under which it was made.
    pub born: GuardId,
}

/// All maps of one render.
#[derive(Clone, Debug, Default)]
pub struct Heap {
    base: Arc<Vec<MapObject>>,
    changed: FxHashMap<u32, Box<MapObject>>,
    new: Vec<MapObject>,
    /// Maps below this index were there when the watch began.
    watched: usize,
    /// One of them may have been changed since.
    is_touched: bool,
}

impl Heap {
    /// Starts to watch the maps that there are.
    pub fn watch(&mut self) {
        self.watched = self.len();
        self.is_touched = false;
    }

    /// Whether a watched map may have been changed.
    pub fn is_touched(&self) -> bool {
        self.is_touched
    }

    /// The Go type under which a reference sees its map.
    pub fn kind(&self, id: MapId) -> MapKind {
        if id.0 & MapId::NAMED != 0 { MapKind::Values } else { self.get(id).kind }
    }

    #[inline]
    pub fn get(&self, id: MapId) -> &MapObject {
        let index = id.index();
        match self.base.get(index) {
            None => &self.new[index - self.base.len()],
            Some(map) if self.changed.is_empty() => map,
            Some(map) => self.changed.get(&id.plain().0).map_or(map, |changed| changed),
        }
    }

    /// The map, to be changed; a shared one is copied first.
    pub fn get_mut(&mut self, id: MapId) -> &mut MapObject {
        let index = id.index();
        self.is_touched |= index < self.watched;
        match self.base.get(index) {
            None => &mut self.new[index - self.base.len()],
            Some(map) => self.changed.entry(id.plain().0).or_insert_with(|| Box::new(map.clone())),
        }
    }

    /// Makes room for as many new maps.
    pub fn reserve(&mut self, maps: usize) {
        self.new.reserve(maps);
    }

    pub fn add(&mut self, map: MapObject) -> MapId {
        let id = MapId((self.base.len() + self.new.len()) as u32);
        self.new.push(map);
        id
    }

    /// A heap that shares everything so far and can be cloned at no cost.
    pub fn freeze(self) -> Heap {
        let mut maps = match Arc::try_unwrap(self.base) {
            Ok(maps) => maps,
            Err(shared) => shared.as_ref().clone(),
        };
        for (index, map) in self.changed {
            maps[index as usize] = *map;
        }
        if maps.is_empty() {
            maps = self.new;
        } else {
            maps.extend(self.new);
        }
        Heap { base: Arc::new(maps), ..Heap::default() }
    }

    /// How many maps there are; for budgets.
    pub fn len(&self) -> usize {
        self.base.len() + self.new.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
