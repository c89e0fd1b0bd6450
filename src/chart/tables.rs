//! Tables with identity.
//!
//! Helm coalesces values in Go maps, which are references: a table that was put into two places is one table, and what
//! is merged into it at one place is seen at the other. Some results of Helm can only be had that way (engine reference,
//! "Shared state between templates"), so values live in an arena of tables while they are coalesced.

use super::limits::{MAX_NESTING, VALUES_BUDGET};
use crate::source::Span;
use crate::value::{Key, Plain, PlainData};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A table in the arena.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct TableId(u32);

/// A value in a table.
#[derive(Clone, Debug)]
pub(super) enum Item {
    Table(TableId),
    /// Lists are never merged, so they are shared as they are.
    List(Arc<Plain>),
    Scalar(Plain),
}

impl Item {
    pub fn is_null(&self) -> bool {
        matches!(self, Item::Scalar(plain) if plain.is_null())
    }

    /// A list or a scalar as data; `None` for a table.
    pub fn as_plain(&self) -> Option<&Plain> {
        match self {
            Item::Table(_) => None,
            Item::List(list) => Some(list),
            Item::Scalar(plain) => Some(plain),
        }
    }
}

#[derive(Debug, Default)]
struct Table {
    entries: BTreeMap<Key, Item>,
    span: Span,
}

/// The arena. When it has been asked for more than a chart can honestly need it is exhausted, and what it then gives is
/// of no use.
#[derive(Debug)]
pub(super) struct Tables {
    tables: Vec<Table>,
    budget: usize,
}

impl Default for Tables {
    fn default() -> Self {
        Tables { tables: Vec::new(), budget: VALUES_BUDGET }
    }
}

impl Tables {
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
        self.tables.push(Table { entries: BTreeMap::new(), span });
        id
    }

    fn table(&self, id: TableId) -> &Table {
        // Ids come from `make` alone, and tables are never removed.
        &self.tables[id.0 as usize]
    }

    pub fn span(&self, id: TableId) -> Span {
        self.table(id).span
    }

    pub fn len(&self, id: TableId) -> usize {
        self.table(id).entries.len()
    }

    pub fn get(&self, id: TableId, key: &[u8]) -> Option<&Item> {
        self.table(id).entries.get(key)
    }

    pub fn set(&mut self, id: TableId, key: Key, item: Item) {
        self.spend(1);
        self.tables[id.0 as usize].entries.insert(key, item);
    }

    pub fn remove(&mut self, id: TableId, key: &[u8]) {
        self.tables[id.0 as usize].entries.remove(key);
    }

    /// The entries as they are now, in the order of the keys.
    pub fn entries(&mut self, id: TableId) -> Vec<(Key, Item)> {
        let entries: Vec<_> = self.table(id).entries.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        self.spend(entries.len());
        entries
    }

    /// The tables for a map; an empty table for anything else.
    pub fn load(&mut self, plain: &Plain) -> TableId {
        self.load_at(plain, 0)
    }

    fn load_at(&mut self, plain: &Plain, depth: usize) -> TableId {
        let id = self.make(plain.span);
        for (key, value) in plain.as_map().into_iter().flatten() {
            let item = self.item_at(value, depth + 1);
            self.set(id, key.clone(), item);
        }
        id
    }

    fn item_at(&mut self, plain: &Plain, depth: usize) -> Item {
        match &plain.data {
            PlainData::Map(_) if depth > MAX_NESTING => {
                self.budget = 0;
                Item::Scalar(Plain::default())
            }
            PlainData::Map(_) => Item::Table(self.load_at(plain, depth)),
            PlainData::List(_) => Item::List(Arc::new(plain.clone())),
            _ => Item::Scalar(plain.clone()),
        }
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
        for (key, item) in self.entries(id) {
            let item = match item {
                Item::Table(inner) => Item::Table(self.copy_at(inner, depth + 1)),
                other => other,
            };
            self.set(copy, key, item);
        }
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
        for (key, item) in self.entries(id) {
            if item.is_null() {
                self.remove(id, &key);
            } else if let Item::Table(inner) = item {
                self.drop_nulls(inner, depth + 1);
            }
        }
    }

    /// The table below `id` at a path of keys with dots between them, and else the key where the path ends.
    pub fn table_at<'p>(&self, id: TableId, path: &'p str) -> Result<TableId, &'p str> {
        path.split('.').try_fold(id, |id, key| match self.get(id, key.as_bytes()) {
            Some(Item::Table(inner)) => Ok(*inner),
            _ => Err(key),
        })
    }

    /// The value at a path of keys with dots between them that is not a table.
    pub fn scalar_at(&self, id: TableId, path: &str) -> Option<&Plain> {
        let (table, key) = match path.rsplit_once('.') {
            Some((table, key)) => (self.table_at(id, table).ok()?, key),
            None => (id, path),
        };
        self.get(table, key.as_bytes())?.as_plain()
    }

    /// The data of a table, and the places that share a table.
    pub fn plain_of(&mut self, id: TableId) -> (Plain, Vec<Vec<Vec<Key>>>) {
        let mut places = Places::default();
        let plain = self.plain_at(id, &mut Vec::new(), &mut places);
        let shared = places.order.into_iter().filter_map(|id| places.of.remove(&id)).filter(|p| p.len() > 1).collect();
        (plain, shared)
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
        let mut map = BTreeMap::new();
        for (key, item) in self.entries(id) {
            path.push(key.clone());
            let plain = match item {
                Item::Table(inner) => self.plain_at(inner, path, places),
                Item::List(list) => Plain::clone(&list),
                Item::Scalar(plain) => plain,
            };
            path.pop();
            map.insert(key, plain);
        }
        Plain { data: PlainData::Map(map), span: self.span(id) }
    }
}

#[derive(Default)]
struct Places {
    order: Vec<TableId>,
    of: HashMap<TableId, Vec<Vec<Key>>>,
}
