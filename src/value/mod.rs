//! The value model: Go and YAML values where every value and every piece of text carries its provenance.
//!
//! A [`Value`] is a small datum and an [`OriginId`]. Text ([`Text`]) knows its origin range by range,
//! maps live in a [`Heap`], lists are immutable and shared. The room also holds the one YAML, JSON and TOML reader and
//! writer that behave as Helm's do, and ports of what Go's standard library does with text and numbers. It knows
//! `source` and nothing of templates.

mod arena;
mod entries;
pub mod golang;
mod graph;
mod heap;
pub mod json;
mod list;
mod numbers;
pub mod origin;
mod plain;
mod sets;
mod sorted;
mod text;
pub mod toml;
mod types;
pub mod way;
pub mod yaml;

pub use arena::Arena;
pub use entries::Entries;
pub use heap::{Heap, Key, MapId, MapKind, MapObject, Root};
pub use list::{Element, List};
pub use origin::OriginId;
pub use plain::{Plain, PlainData, PlainMap};
pub use sorted::Sorted;
pub use text::{Piece, Text, TextBuilder};
pub use types::{Field, IntKind, Object, UintKind};

use std::sync::Arc;

/// A value with its provenance.
#[derive(Clone, Debug)]
pub struct Value {
    pub data: Data,
    /// What the value as a whole depends on. Parts of texts, elements and entries may depend on more.
    pub origin: OriginId,
}

/// The concrete kinds of values that occur in Helm (engine reference, "Value model").
#[derive(Clone, Debug)]
pub enum Data {
    Nil,
    Bool(bool),
    Int(i64, IntKind),
    Uint(u64, UintKind),
    Float(f64),
    /// Real and imaginary part; from literals alone.
    Complex(Arc<(f64, f64)>),
    Str(Text),
    /// `[]uint8`
    Bytes(Text),
    List(List),
    Map(MapId),
    /// A nil map of the plain type.
    NilMap,
    /// `time.Time`
    Time(Arc<golang::time::GoTime>),
    /// `time.Duration`, in nanoseconds.
    Duration(i64),
    /// A struct, or a pointer to one.
    Object(Arc<Object>),
    /// A value whose shape is not known, by its number in the render.
    Unknown(u32),
}

impl From<Data> for Value {
    fn from(data: Data) -> Self {
        Value { data, origin: OriginId::NONE }
    }
}

impl Value {
    pub const NIL: Value = Value { data: Data::Nil, origin: OriginId::NONE };

    pub fn new(data: Data, origin: OriginId) -> Self {
        Value { data, origin }
    }

    pub fn string(text: impl Into<Text>) -> Self {
        Data::Str(text.into()).into()
    }

    pub fn int(i: i64) -> Self {
        Data::Int(i, IntKind::Int).into()
    }

    pub fn int64(i: i64) -> Self {
        Data::Int(i, IntKind::Int64).into()
    }

    pub fn float(f: f64) -> Self {
        Data::Float(f).into()
    }

    pub fn bool(b: bool) -> Self {
        Data::Bool(b).into()
    }

    pub fn is_nil(&self) -> bool {
        matches!(self.data, Data::Nil)
    }

    pub fn with_origin(self, origin: OriginId) -> Self {
        Value { origin, ..self }
    }

    /// The text of a string value.
    pub fn as_text(&self) -> Option<&Text> {
        match &self.data {
            Data::Str(text) => Some(text),
            _ => None,
        }
    }
}
