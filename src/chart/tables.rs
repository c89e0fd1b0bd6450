//! Tables with identity.
//!
//! Helm coalesces values in Go maps, which are references: a table that was put into two places is one table, and what
//! is merged into it at one place is seen at the other. Some results of Helm can only be had that way (engine reference,
//! "Shared state between templates"), so values live in an arena of tables while they are coalesced. Most of what a chart
//! comes with is never merged with anything: a map becomes a table only when somebody looks into it, and copies share
//! what has not become one.

use super::limits::{MAX_NESTING, VALUES_BUDGET};
use crate::source::Span;
use crate::value::{Key, Plain, PlainData, Sorted};
use rustc_hash::FxHashMap;

/// A table in the arena.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct TableId(u32);

/// A value in a table.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item<'a> {
    Table(TableId),
    /// As it was read: a scalar, a list, which is never merged, or a map that nobody has looked into, which no other place
    /// shares.
    Plain(&'a Plain),
}

impl<'a> Item<'a> {
    pub fn is_null(&self) -> bool {
        matches!(self, Item::Plain(plain) if plain.is_null())
    }

    pub fn is_table(&self) -> bool {
        matches!(self, Item::Table(_)) || matches!(self, Item::Plain(plain) if plain.as_map().is_some())
    }

    /// A list or a scalar as data; `None` for a table.
    pub fn as_plain(&self) -> Option<&'a Plain> {
        match self {
            Item::Plain(plain) if !self.is_table() => Some(plain),
            _ => None,
        }
    }
}

#[derive(Debug, Default)]
struct Table<'a> {
    entries: Sorted<Item<'a>>,
    span: Span,
}

/// The arena. When it has been asked for more than a chart can honestly need it is exhausted, and what it then gives is
/// of no use.
#[derive(Debug)]
pub(super) struct Tables<'a> {
    tables: Vec<Table<'a>>,
    budget: usize,
    /// Whether there are nulls in maps, by their places in memory and their depth.
    nulls: FxHashMap<(usize, usize), bool>,
}

impl Default for Tables<'_> {
    fn default() -> Self {
        Tables { tables: Vec::new(), budget: VALUES_BUDGET, nulls: FxHashMap::default() }
    }
}

impl<'a> Tables<'a> {
    /// Whether the budget of entries or of nesting has run out.
    pub fn is_exhausted(&self) -> bool {
        self.budget == 0
    }

    fn spend(&mut self, entries: usize) {
        self.budget = self.budget.saturating_sub(entries);
    }

    /// A new, empty table.
    pub fn make(&mut self, span: Span) -> TableId {
        self.spend(1);
        // The budget is far below the number of ids.
        let id = TableId(self.tables.len() as u32);
        self.tables.push(Table { entries: Sorted::default(), span });
        id
    }

    fn table(&self, id: TableId) -> &Table<'a> {
        // Ids come from `make` alone, and tables are never removed.
        &self.tables[id.0 as usize]
    }

    pub fn span(&self, id: TableId) -> Span {
        self.table(id).span
    }

    pub fn len(&self, id: TableId) -> usize {
        self.table(id).entries.len()
    }

    /// What stands under a key. A map becomes a table, so that whoever is handed it sees what others change.
    pub fn get(&mut self, id: TableId, key: &[u8]) -> Option<Item<'a>> {
        let item = self.peek(id, key)?;
        if item.is_table() && matches!(item, Item::Plain(_)) {
            let table = Item::Table(self.opened(item)?);
            self.tables[id.0 as usize].entries.insert(key.into(), table);
            return Some(table);
        }
        Some(item)
    }

    /// What stands under a key as it is.
    pub fn peek(&self, id: TableId, key: &[u8]) -> Option<Item<'a>> {
        self.table(id).entries.get(key).copied()
    }

    /// The table of an item: that of a map is a new one.
    pub fn opened(&mut self, item: Item<'a>) -> Option<TableId> {
        match item {
            Item::Table(id) => Some(id),
            Item::Plain(plain) => plain.as_map().map(|_| self.load(plain)),
        }
    }

    pub fn set(&mut self, id: TableId, key: Key, item: Item<'a>) {
        self.spend(1);
        self.tables[id.0 as usize].entries.insert(key, item);
    }

    /// Moves what a table holds into an empty one.
    pub fn move_entries(&mut self, from: TableId, to: TableId) {
        let entries = std::mem::take(&mut self.tables[from.0 as usize].entries);
        self.spend(entries.len());
        self.tables[to.0 as usize].entries = entries;
    }

    pub fn remove(&mut self, id: TableId, key: &[u8]) {
        self.tables[id.0 as usize].entries.remove(key);
    }

    /// The entries as they are now, in the order of the keys. Maps become tables.
    pub fn entries(&mut self, id: TableId) -> Vec<(Key, Item<'a>)> {
        let mut entries = self.entries_as_they_are(id);
        for (key, item) in &mut entries {
            *item = self.get(id, key).unwrap_or(*item);
        }
        entries
    }

    /// The entries of a table that nobody else looks into.
    pub fn entries_as_they_are(&mut self, id: TableId) -> Vec<(Key, Item<'a>)> {
        let entries: Vec<_> = self.table(id).entries.iter().map(|(k, v)| (k.clone(), *v)).collect();
        self.spend(entries.len());
        entries
    }

    /// The table for a map; an empty table for anything else.
    pub fn load(&mut self, plain: &'a Plain) -> TableId {
        let id = self.make(plain.span);
        let entries = plain.as_map().into_iter().flatten();
        let entries: Sorted<Item<'a>> = entries.map(|(key, value)| (key.clone(), Item::Plain(value))).collect();
        self.spend(entries.len());
        self.tables[id.0 as usize].entries = entries;
        id
    }

    /// A copy that shares no table with the original, nor has two places for one table.
    pub fn copy(&mut self, id: TableId) -> TableId {
        self.copy_at(id, 0)
    }

    fn copy_at(&mut self, id: TableId, depth: usize) -> TableId {
        let copy = self.make(self.span(id));
        if depth > MAX_NESTING {
            self.budget = 0;
        }
        if self.is_exhausted() {
            return copy;
        }
        let mut entries = self.table(id).entries.clone();
        self.spend(entries.len());
        for item in entries.values_mut() {
            if let Item::Table(inner) = item {
                *item = Item::Table(self.copy_at(*inner, depth + 1));
            }
        }
        self.tables[copy.0 as usize].entries = entries;
        copy
    }

    /// A copy without the entries that are null, at any depth.
    pub fn copy_without_nulls(&mut self, id: TableId) -> TableId {
        let copy = self.copy(id);
        self.drop_nulls(copy, 0);
        copy
    }

    /// Removes the entries that are null, at any depth.
    pub fn drop_nulls(&mut self, id: TableId, depth: usize) {
        if depth > MAX_NESTING {
            self.budget = 0;
        }
        if self.is_exhausted() {
            return;
        }
        for (key, item) in self.entries_as_they_are(id) {
            match item {
                _ if item.is_null() => self.remove(id, &key),
                _ if !self.may_have_nulls(item, depth) => {}
                _ => {
                    if let Some(Item::Table(inner)) = self.get(id, &key) {
                        self.drop_nulls(inner, depth + 1);
                    }
                }
            }
        }
    }

    /// Whether there may be a null in an item, which is no null itself.
    pub fn may_have_nulls(&mut self, item: Item<'a>, depth: usize) -> bool {
        match item {
            Item::Table(_) => true,
            Item::Plain(plain) if plain.as_map().is_none() => false,
            Item::Plain(plain) => {
                // The arena holds on to the map, so that its place stays its own.
                let place = std::ptr::from_ref(plain).addr();
                *self.nulls.entry((place, depth)).or_insert_with(|| has_nulls(plain, depth))
            }
        }
    }

    /// The table below `id` at a path of keys with dots between them, and else the key where the path ends.
    pub fn table_at<'p>(&mut self, id: TableId, path: &'p str) -> Result<TableId, &'p str> {
        path.split('.').try_fold(id, |id, key| match self.get(id, key.as_bytes()) {
            Some(Item::Table(inner)) => Ok(inner),
            _ => Err(key),
        })
    }

    /// The value at a path of keys with dots between them that is not a table.
    pub fn scalar_at(&mut self, id: TableId, path: &str) -> Option<&'a Plain> {
        let (table, key) = match path.rsplit_once('.') {
            Some((table, key)) => (self.table_at(id, table).ok()?, key),
            None => (id, path),
        };
        self.get(table, key.as_bytes())?.as_plain()
    }

    /// The data of a table with its size, and the places that share a table.
    pub fn plain_of(&mut self, id: TableId) -> (Plain, Size, Vec<Vec<Vec<Key>>>) {
        let mut places = Places::default();
        let plain = self.plain_at(id, &mut Vec::new(), &mut places);
        let shared = places.order.into_iter().filter_map(|id| places.of.remove(&id)).filter(|p| p.len() > 1).collect();
        (plain, places.size, shared)
    }

    fn plain_at(&mut self, id: TableId, path: &mut Vec<Key>, places: &mut Places) -> Plain {
        if path.len() > MAX_NESTING {
            self.budget = 0;
        }
        if self.is_exhausted() {
            return Plain::map();
        }
        let known = places.of.entry(id).or_default();
        if known.is_empty() {
            places.order.push(id);
        }
        known.push(path.clone());
        let entries = self.entries_as_they_are(id);
        places.size.add(entries.len());
        let mut map = Vec::with_capacity(entries.len());
        for (key, item) in entries {
            path.push(key.clone());
            let plain = match item {
                Item::Table(inner) => self.plain_at(inner, path, places),
                Item::Plain(plain) => {
                    let before = places.size.entries;
                    places.size.add_maps(plain, path.len());
                    self.spend(places.size.entries.saturating_sub(before));
                    if self.is_exhausted() { Plain::map() } else { plain.clone() }
                }
            };
            path.pop();
            map.push((key, plain));
        }
        Plain { data: PlainData::Map(map.into_iter().collect()), span: self.span(id) }
    }
}

/// How much there is in maps within maps.
#[derive(Clone, Copy, Debug, Default)]
pub struct Size {
    pub maps: usize,
    pub entries: usize,
}

impl Size {
    fn add(&mut self, entries: usize) {
        self.maps += 1;
        self.entries = self.entries.saturating_add(entries);
    }

    /// Adds the maps of a value; more than there may be where they are nested too deeply.
    fn add_maps(&mut self, plain: &Plain, depth: usize) {
        let Some(map) = plain.as_map() else { return };
        if depth > MAX_NESTING {
            return self.add(VALUES_BUDGET);
        }
        self.add(map.len());
        map.values().for_each(|plain| self.add_maps(plain, depth + 1));
    }
}

/// Whether there is a null in a map, or in maps within it.
fn has_nulls(plain: &Plain, depth: usize) -> bool {
    let is_one = |plain: &Plain| plain.is_null() || has_nulls(plain, depth + 1);
    depth <= MAX_NESTING && plain.as_map().is_some_and(|map| map.values().any(is_one))
}

#[derive(Default)]
struct Places {
    size: Size,
    order: Vec<TableId>,
    of: FxHashMap<TableId, Vec<Vec<Key>>>,
}
