//! What is wrong with an object for those who merge it: lists whose elements cannot be told apart, and fields that the
//! kind does not have.
//!
//! A server that creates an object decodes it, drops fields that it does not know and keeps list elements as they are. A
//! strategic merge patch and a server-side apply merge it field by field instead, and refuse what they cannot merge.

use super::patch::merge_type;
use super::path::{FieldPath, Step};
use super::types::{FieldType, Shape, Type};
use super::version::{KubeVersion, VersionRange, column, recorded};
use crate::value::yaml::{Key, Kind, Node};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Deeper objects are not looked at.
const MAX_DEPTH: usize = 64;
/// More faults than this of one object are not told.
const MAX_FAULTS: usize = 100;

/// Types whose elements a server takes without the field that tells them apart; it stores an empty one as none.
const OPTIONAL_KEYS: [&str; 2] = ["core.v1.LocalObjectReference", "core.v1.ObjectReference"];

/// A fault of an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// An element of a list lacks the field that tells the elements apart.
    NoKey {
        element: FieldPath,
        key: &'static str,
        /// A server takes such an element; others require the field when the object is created.
        is_created: bool,
    },
    /// Two elements of a list have one key.
    Twice {
        first: FieldPath,
        second: FieldPath,
        /// As the server writes it: `name="LOG"`, `containerPort=53,protocol="UDP"`.
        key: String,
    },
    /// The kind does not have the field in any of the versions.
    UnknownField { field: FieldPath },
}

impl Fault {
    /// Where it shows.
    pub fn field(&self) -> &FieldPath {
        match self {
            Fault::NoKey { element, .. } => element,
            Fault::Twice { second, .. } => second,
            Fault::UnknownField { field } => field,
        }
    }
}

/// List elements that a strategic merge patch cannot tell apart: it is refused whatever else it changes. None for kinds
/// that are merged as JSON.
pub fn patch_faults(object: &Node, api_version: &str, kind: &str) -> Vec<Fault> {
    let mut walk = Walk { asks: Asks::Patch, path: Vec::new(), faults: Vec::new() };
    if let Some(root) = merge_type(api_version, kind) {
        walk.typed(object, root, 0);
    }
    walk.faults
}

/// What server-side apply refuses, on every version of the range that serves the kind. None for kinds that are not built
/// in: their types are not known.
pub fn apply_faults(object: &Node, api_version: &str, kind: &str, range: VersionRange) -> Vec<Fault> {
    let serves = |at: KubeVersion| super::kinds::kind(api_version, kind).is_some_and(|k| k.is_served(at));
    let asked = recorded().iter().filter(|v| range.contains(**v) || range.contains(v.end_of_minor()));
    let columns: Vec<usize> = asked.filter(|at| serves(**at)).map(|at| column(*at)).collect();
    let mut walk = Walk { asks: Asks::Apply(columns), path: Vec::new(), faults: Vec::new() };
    if let Some(root) = Type::of_kind(api_version, kind) {
        walk.typed(object, root, 0);
    }
    walk.faults
}

enum Asks {
    Patch,
    /// The columns of the versions that count.
    Apply(Vec<usize>),
}

struct Walk {
    asks: Asks,
    /// Where it is.
    path: Vec<Step>,
    faults: Vec<Fault>,
}

/// The entries in the order of their keys.
fn in_order(entries: &[(Key, Node)]) -> Vec<(&Arc<str>, &Node)> {
    let mut entries: Vec<_> = entries.iter().map(|(key, node)| (&key.text, node)).collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    entries
}

/// The value as JSON.
fn json(node: &Node) -> String {
    super::to_json(&node.to_plain())
}

impl Walk {
    fn typed(&mut self, object: &Node, of: Type, depth: usize) {
        if depth > MAX_DEPTH || of.is_open() {
            return;
        }
        for (name, value) in in_order(object.entries()) {
            if self.faults.len() >= MAX_FAULTS {
                return;
            }
            self.below(Step::Key(name.clone()), |walk| walk.named(name, value, of, depth));
        }
    }

    /// Goes a step down, and back.
    fn below(&mut self, step: Step, look: impl FnOnce(&mut Walk)) {
        self.path.push(step);
        look(self);
        self.path.pop();
    }

    fn named(&mut self, name: &str, value: &Node, of: Type, depth: usize) {
        let field = of.field(name);
        if let Asks::Apply(columns) = &self.asks
            && !columns.is_empty()
            && !columns.iter().any(|at| field.is_some_and(|field| field.is_known(*at)))
        {
            self.faults.push(Fault::UnknownField { field: FieldPath::from(self.path.clone()) });
            return;
        }
        let Some(field) = field else { return };
        if let Kind::Seq(items) = &value.kind {
            self.told_apart(items, &field);
        }
        let Some(of) = field.of else { return };
        match (&value.kind, field.shape) {
            (Kind::Map(_), Shape::One) => self.typed(value, of, depth + 1),
            (Kind::Seq(items), Shape::List) => {
                for (index, item) in items.iter().enumerate() {
                    self.below(Step::Index(index), |walk| walk.typed(item, of, depth + 1));
                }
            }
            (Kind::Map(entries), Shape::Map) => {
                for (key, entry) in in_order(entries) {
                    self.below(Step::Key(key.clone()), |walk| walk.typed(entry, of, depth + 1));
                }
            }
            _ => {}
        }
    }

    /// The path to an element of the list that it is at.
    fn element(&self, index: usize) -> FieldPath {
        let mut steps = self.path.clone();
        steps.push(Step::Index(index));
        FieldPath::from(steps)
    }

    /// Whether the elements of a list are told apart by their keys.
    fn told_apart(&mut self, items: &[Node], field: &FieldType) {
        let is_merged = field.strategy.contains("merge");
        let keys: Vec<&'static str> = match (&self.asks, field.shared.apply_keys()) {
            (Asks::Patch, _) => field.merge_key.filter(|_| is_merged).into_iter().collect(),
            (Asks::Apply(_), Some(keys)) => keys.split(',').filter(|key| !key.is_empty()).collect(),
            (Asks::Apply(_), None) => return,
        };
        if keys.is_empty() && (field.shared.apply_keys().is_none() || matches!(self.asks, Asks::Patch)) {
            return;
        }
        let is_optional = field.of.is_some_and(|of| OPTIONAL_KEYS.contains(&of.name));
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for (index, item) in items.iter().enumerate() {
            let id = match keys.as_slice() {
                [] => Some(json(item)),
                keys => self.key(item, keys, is_optional, index),
            };
            let Some(id) = id else { continue };
            match seen.get(&id) {
                Some(first) => {
                    let (first, second) = (self.element(*first), self.element(index));
                    self.faults.push(Fault::Twice { first, second, key: id });
                }
                None => {
                    seen.insert(id, index);
                }
            }
        }
    }

    /// The key of an element in words; `None` where it has none, which is a fault, or is no map.
    fn key(&mut self, item: &Node, keys: &[&'static str], is_optional: bool, index: usize) -> Option<String> {
        let Kind::Map(_) = item.kind else { return None };
        let mut parts = Vec::new();
        for &key in keys {
            let value = item.get(key).filter(|value| !value.is_null());
            let is_patch = matches!(self.asks, Asks::Patch);
            // What a server stores of an empty optional name is nothing.
            let value = value.filter(|value| !(is_patch && is_optional && value.as_str() == Some("")));
            let text = match (value, key) {
                (Some(value), _) => json(value),
                // Server-side apply fills in the defaults of the schema.
                (None, "protocol") if !is_patch => "\"TCP\"".into(),
                (None, _) if !is_patch && is_optional => "\"\"".into(),
                (None, _) => {
                    self.faults.push(Fault::NoKey { element: self.element(index), key, is_created: is_optional });
                    return None;
                }
            };
            parts.push(format!("{key}={text}"));
        }
        Some(parts.join(","))
    }
}
