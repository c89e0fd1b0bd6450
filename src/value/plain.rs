//! Data without provenance: values files, live objects, what YAML and JSON say.

use super::heap::Key;
use crate::source::Span;
use std::collections::BTreeMap;
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
    Map(BTreeMap<Key, Plain>),
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
        PlainData::Map(BTreeMap::new()).into()
    }

    pub fn is_null(&self) -> bool {
        matches!(self.data, PlainData::Null)
    }

    pub fn as_map(&self) -> Option<&BTreeMap<Key, Plain>> {
        match &self.data {
            PlainData::Map(map) => Some(map),
            _ => None,
        }
    }

    pub fn as_map_mut(&mut self) -> Option<&mut BTreeMap<Key, Plain>> {
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
