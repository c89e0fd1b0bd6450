//! Data without provenance: values files, live objects, what YAML and JSON say.

use super::heap::Key;
use super::sorted::{self, Sorted};
use crate::source::Span;
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A tree of data with the place it was read from (an empty span at 0 when it was not read from a file).
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Plain {
    pub data: PlainData,
    pub span: Span,
}

/// The shapes of data that Go's JSON decoder gives, and integers, which `--set` and live objects have.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum PlainData {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    String(Arc<[u8]>),
    List(Vec<Plain>),
    Map(PlainMap),
}

/// A map of data. Copies share it until one of them is changed.
#[derive(Clone, Debug, Default)]
pub struct PlainMap(Arc<Sorted<Plain>>);

impl PlainMap {
    /// Both are copies of one map, and neither was changed since.
    pub fn is_shared_with(&self, other: &PlainMap) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Deref for PlainMap {
    type Target = Sorted<Plain>;

    fn deref(&self) -> &Sorted<Plain> {
        &self.0
    }
}

impl DerefMut for PlainMap {
    fn deref_mut(&mut self) -> &mut Sorted<Plain> {
        Arc::make_mut(&mut self.0)
    }
}

impl PartialEq for PlainMap {
    fn eq(&self, other: &PlainMap) -> bool {
        self.is_shared_with(other) || self.0 == other.0
    }
}

impl FromIterator<(Key, Plain)> for PlainMap {
    fn from_iter<T: IntoIterator<Item = (Key, Plain)>>(entries: T) -> PlainMap {
        PlainMap(Arc::new(Sorted::from_iter(entries)))
    }
}

impl From<BTreeMap<Key, Plain>> for PlainMap {
    fn from(entries: BTreeMap<Key, Plain>) -> PlainMap {
        PlainMap::from_iter(entries)
    }
}

impl<const N: usize> From<[(Key, Plain); N]> for PlainMap {
    fn from(entries: [(Key, Plain); N]) -> PlainMap {
        PlainMap::from_iter(entries)
    }
}

impl IntoIterator for PlainMap {
    type Item = (Key, Plain);
    type IntoIter = sorted::IntoIter<Plain>;

    fn into_iter(self) -> Self::IntoIter {
        Arc::unwrap_or_clone(self.0).into_iter()
    }
}

impl<'a> IntoIterator for &'a PlainMap {
    type Item = (&'a Key, &'a Plain);
    type IntoIter = sorted::Iter<'a, Plain>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl From<PlainData> for Plain {
    fn from(data: PlainData) -> Self {
        Plain { data, span: Span::default() }
    }
}

impl Plain {
    pub fn string(s: &str) -> Self {
        PlainData::String(s.as_bytes().into()).into()
    }

    pub fn map() -> Self {
        PlainData::Map(PlainMap::default()).into()
    }

    pub fn is_null(&self) -> bool {
        matches!(self.data, PlainData::Null)
    }

    pub fn as_map(&self) -> Option<&PlainMap> {
        match &self.data {
            PlainData::Map(map) => Some(map),
            _ => None,
        }
    }

    pub fn as_map_mut(&mut self) -> Option<&mut PlainMap> {
        match &mut self.data {
            PlainData::Map(map) => Some(map),
            _ => None,
        }
    }

    pub fn as_list(&self) -> Option<&[Plain]> {
        match &self.data {
            PlainData::List(list) => Some(list),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            PlainData::String(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self.data {
            PlainData::Bool(b) => Some(b),
            _ => None,
        }
    }

    /// The entry of a map.
    pub fn get(&self, key: &str) -> Option<&Plain> {
        self.as_map()?.get(key.as_bytes())
    }

    /// The entry at a path of keys of nested maps.
    pub fn at(&self, path: &[&str]) -> Option<&Plain> {
        path.iter().try_fold(self, |plain, key| plain.get(key))
    }
}
