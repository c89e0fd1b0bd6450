//! The types of the built-in kinds: what their fields hold, which fields a version knows, and how lists are merged.

use super::version::Columns;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// A value, or data without a type.
    One,
    List,
    Map,
}

/// A field of a type.
#[derive(Clone, Copy, Debug)]
pub(super) struct FieldType {
    pub shape: Shape,
    /// The type of the value, of the elements of the list or of the values of the map.
    pub of: Option<Type>,
    pub is_quantity: bool,
    /// The strategies of a strategic merge: `merge`, `retainKeys`, `merge,retainKeys`, or none.
    pub strategy: &'static str,
    /// The field that tells elements of a merged list apart; a list without one is merged as a set.
    pub merge_key: Option<&'static str>,
    /// How server-side apply tells the elements of the list apart: by these fields, divided by commas, or, if there are
    /// none, by themselves. `None` for lists that it takes as a whole.
    pub apply_keys: Option<&'static str>,
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

/// A type, by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Type {
    pub name: &'static str,
    line: &'static str,
}

struct Index {
    roots: FxHashMap<&'static str, &'static str>,
    types: FxHashMap<&'static str, &'static str>,
}

fn index() -> &'static Index {
    static INDEX: LazyLock<Index> = LazyLock::new(|| {
        let mut index = Index { roots: FxHashMap::default(), types: FxHashMap::default() };
        for line in include_str!("data/types.txt").lines() {
            let (name, rest) = line.split_once('\t').unwrap_or((line, ""));
            match name.strip_prefix('#') {
                Some(name) => index.types.insert(name, rest),
                None => index.roots.insert(name, rest),
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
        let (name, line) = index().types.get_key_value(name)?;
        Some(Type { name, line })
    }

    /// The type of a field; none if no version knows the field.
    pub fn field(self, name: &str) -> Option<FieldType> {
        self.line.split('\t').find_map(|cell| {
            let rest = cell.strip_prefix(name)?;
            let is_name = rest.is_empty() || rest.starts_with(['@', '=']);
            is_name.then(|| read(rest))
        })
    }

    /// Without fields of its own: a scalar, or data of any form.
    pub fn is_open(self) -> bool {
        self.line.is_empty()
    }
}

fn read(text: &'static str) -> FieldType {
    let (known, kind) = text.split_once('=').unwrap_or((text, ""));
    let (kind, apply_keys) = match kind.split_once('!') {
        Some((kind, keys)) => (kind, Some(keys)),
        None => (kind, None),
    };
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
        strategy,
        merge_key,
        apply_keys,
        known: known.strip_prefix('@').map(Columns::parse),
    }
}
