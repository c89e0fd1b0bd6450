//! The types of the built-in kinds: what their fields hold, which fields a version knows, and how lists are merged.

use super::version::Columns;
use rustc_hash::FxHashMap;
use std::fmt;
use std::sync::{LazyLock, OnceLock};

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// A value, or data without a type.
    One,
    List,
    Map,
}

/// What Go's clients hold in a field that is no struct.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Scalar {
    /// Whatever there is.
    Any,
    String,
    Integer,
    Number,
    Bool,
    /// Base64 in JSON.
    Bytes,
    /// `2026-01-01T00:00:00Z`
    Time,
    Quantity,
    IntOrString,
}

impl Scalar {
    fn named(name: &str) -> Scalar {
        match name {
            "s" => Scalar::String,
            "i" => Scalar::Integer,
            "n" => Scalar::Number,
            "b" => Scalar::Bool,
            "y" => Scalar::Bytes,
            "t" => Scalar::Time,
            "x" => Scalar::IntOrString,
            "Quantity" => Scalar::Quantity,
            _ => Scalar::Any,
        }
    }
}

/// How server-side apply shares a field between its owners.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shared {
    /// As its shape says: maps by their keys, lists as a whole.
    ByShape,
    /// As a whole.
    Atomic,
    /// Each element of a list for itself.
    Set,
    /// Each element of a list, told apart by these fields (divided by commas).
    ByKeys(&'static str),
}

impl Shared {
    /// The fields, divided by commas, by which server-side apply tells the elements of a list apart; empty where they
    /// are told apart by themselves. `None` for what it takes as a whole.
    pub fn apply_keys(self) -> Option<&'static str> {
        match self {
            Shared::ByKeys(keys) => Some(keys),
            Shared::Set => Some(""),
            Shared::ByShape | Shared::Atomic => None,
        }
    }
}

/// A field of a type.
#[derive(Clone, Copy, Debug)]
pub(super) struct FieldType {
    pub shape: Shape,
    /// The type of the value, of the elements of the list or of the values of the map.
    pub of: Option<Type>,
    pub is_quantity: bool,
    /// What Go's clients decode the value, the elements or the values into.
    pub scalar: Scalar,
    /// The strategies of a strategic merge: `merge`, `retainKeys`, `merge,retainKeys`, or none.
    pub strategy: &'static str,
    /// The field that tells elements of a merged list apart; a list without one is merged as a set.
    pub merge_key: Option<&'static str>,
    /// How server-side apply shares the field between its owners.
    pub shared: Shared,
    known: Option<Columns>,
}

impl FieldType {
    /// The version in this column knows the field.
    pub fn is_known(&self, column: usize) -> bool {
        // Versions before 1.24 were recorded without a schema of their own: column 5 is the first one with it.
        self.known.is_none_or(|known| known.has(column.max(FIRST_COLUMN)))
    }
}

/// The column of the first recorded schema.
const FIRST_COLUMN: usize = 5;

/// A type.
#[derive(Clone, Copy)]
pub(super) struct Type {
    pub name: &'static str,
    recorded: &'static Recorded,
}

impl PartialEq for Type {
    fn eq(&self, other: &Type) -> bool {
        std::ptr::eq(self.recorded, other.recorded)
    }
}

impl fmt::Debug for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The fields of a type: as they are written down, and read, in the order of their names, when they are asked for first.
struct Recorded {
    line: &'static str,
    fields: OnceLock<Box<[(&'static str, FieldType)]>>,
}

impl Recorded {
    fn fields(&self) -> &[(&'static str, FieldType)] {
        self.fields.get_or_init(|| {
            let name_of = |cell: &'static str| cell.split_at(cell.find(['@', '=']).unwrap_or(cell.len()));
            let cells = self.line.split('\t').filter(|cell| !cell.is_empty()).map(name_of);
            let mut fields: Vec<_> = cells.map(|(name, rest)| (name, read(rest))).collect();
            fields.sort_by_key(|(name, _)| *name);
            fields.into()
        })
    }
}

struct Index {
    roots: FxHashMap<&'static str, &'static str>,
    types: FxHashMap<&'static str, Recorded>,
}

fn index() -> &'static Index {
    static INDEX: LazyLock<Index> = LazyLock::new(|| {
        let mut index = Index { roots: FxHashMap::default(), types: FxHashMap::default() };
        for line in include_str!("data/types.txt").lines() {
            let (name, line) = line.split_once('\t').unwrap_or((line, ""));
            match name.strip_prefix('#') {
                Some(name) => _ = index.types.insert(name, Recorded { line, fields: OnceLock::new() }),
                None => _ = index.roots.insert(name, line),
            };
        }
        index
    });
    &INDEX
}

impl Type {
    /// The type of a built-in kind.
    pub fn of_kind(api_version: &str, kind: &str) -> Option<Type> {
        let name = index().roots.get(format!("{api_version}/{kind}").as_str())?;
        Type::named(name)
    }

    pub fn named(name: &str) -> Option<Type> {
        let (name, recorded) = index().types.get_key_value(name)?;
        Some(Type { name, recorded })
    }

    /// The type of a field; none if no version knows the field.
    pub fn field(self, name: &str) -> Option<FieldType> {
        let fields = self.recorded.fields();
        let at = fields.binary_search_by_key(&name, |(name, _)| name).ok()?;
        fields.get(at).map(|(_, field)| *field)
    }

    /// The field of this name, or else one that differs in its case only: as Go finds fields.
    pub fn field_folded(self, name: &str) -> Option<FieldType> {
        let folded = || self.recorded.fields().iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
        self.field(name).or_else(|| folded().map(|(_, field)| *field))
    }

    /// Without fields of its own: a scalar, or data of any form.
    pub fn is_open(self) -> bool {
        self.recorded.line.is_empty()
    }
}

fn read(text: &'static str) -> FieldType {
    let (known, kind) = text.split_once('=').unwrap_or((text, ""));
    let (kind, shared) = kind.split_once('~').unwrap_or((kind, ""));
    let (kind, merge) = kind.split_once('+').unwrap_or((kind, ""));
    let (strategy, merge_key) = match merge.split_once(':') {
        Some((strategy, key)) => (strategy, Some(key)),
        None => (merge, None),
    };
    let (shape, of) = match (kind.strip_prefix('['), kind.strip_prefix('{')) {
        (Some(of), _) => (Shape::List, of),
        (_, Some(of)) => (Shape::Map, of),
        _ => (Shape::One, kind),
    };
    FieldType {
        shape,
        of: Type::named(of),
        is_quantity: of == "Quantity",
        scalar: Scalar::named(of),
        strategy,
        merge_key,
        shared: match shared {
            "" => Shared::ByShape,
            "atomic" => Shared::Atomic,
            "set" => Shared::Set,
            keys => Shared::ByKeys(keys),
        },
        known: known.strip_prefix('@').map(Columns::parse),
    }
}
