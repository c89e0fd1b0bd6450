//! Server-side apply: how Helm 4 writes an object, and what the server makes of it before it validates.
//!
//! What is applied is merged into the live object; what the manager applied before, applies no longer and nobody else owns is
//! removed. A field that another manager owns and that gets another value is a conflict: Helm 4 does not force. The rules are
//! those of Kubernetes' structured-merge-diff, by the list types and map types of the recorded schemas.
//!
//! Who owns what stands in the object's `metadata.managedFields`. Where they are missing, as `kubectl get` hides them, the
//! manifest of the last revision stands for what Helm owns: that is what it owns when it wrote the release that way.

mod owners;

use super::path::{FieldPath, Step};
use super::tree;
use super::types::{FieldType, Shape, Shared, Type};
use crate::value::{Key, Plain, PlainData, PlainMap};
pub use owners::{Owner, owners};

/// The manager as which Helm writes.
pub const MANAGER: &str = "helm";

/// Deeper objects are taken over as a whole.
const MAX_DEPTH: usize = 200;

type Map = PlainMap;

/// What becomes of an object.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The object before the server fills in and validates.
    pub object: Plain,
    /// The fields with another value that another manager owns, with its name: the server refuses if there are any.
    pub conflicts: Vec<(FieldPath, String)>,
}

/// What the server makes of an object that Helm applies. `before` is what Helm applied last; `live` is the object as it stands.
pub fn apply(live: &Plain, before: &Plain, applied: &Plain) -> Applied {
    let text = |field: &str| applied.get(field).and_then(Plain::as_str).unwrap_or_default();
    let of = Type::of_kind(text("apiVersion"), text("kind")).map(Inside::Struct).unwrap_or(Inside::Open);
    let all = owners(live);
    let helm = all.iter().find(|owner| owner.name == MANAGER && owner.applies);
    let mut merge = Merge { owners: &all, helm, path: Vec::new(), conflicts: Vec::new() };
    let mut object = live.clone();
    let empty = Map::default();
    let map = |plain: &'_ Plain| plain.as_map().cloned().unwrap_or_else(|| empty.clone());
    if let Some(target) = object.as_map_mut() {
        merge.maps(target, &map(before), &map(applied), of, 0);
    }
    Applied { object, conflicts: merge.conflicts }
}

/// The words with which a server refuses conflicts, by the managers.
pub fn conflict_message(conflicts: &[(FieldPath, String)]) -> String {
    let mut managers: Vec<&str> = conflicts.iter().map(|(_, manager)| manager.as_str()).collect();
    managers.sort_unstable();
    managers.dedup();
    let fields = |manager: &str| {
        let of = conflicts.iter().filter(|(_, other)| other == manager);
        of.map(|(field, _)| format!(".{field}")).collect::<Vec<_>>().join(", ")
    };
    let count = conflicts.len();
    let noun = if count == 1 { "conflict" } else { "conflicts" };
    let parts: Vec<String> = managers.iter().map(|m| format!("with {m:?}: {}", fields(m))).collect();
    format!("Apply failed with {count} {noun}: {noun} {}", parts.join("; "))
}

/// What a map is.
#[derive(Clone, Copy)]
enum Inside {
    Struct(Type),
    /// A map whose values are of this type.
    Values(Option<Type>),
    Open,
}

struct Merge<'a> {
    owners: &'a [Owner],
    /// Helm's own entry; without one, what it applied before stands for it.
    helm: Option<&'a Owner>,
    path: Vec<Step>,
    conflicts: Vec<(FieldPath, String)>,
}

impl Merge<'_> {
    fn maps(&mut self, live: &mut Map, before: &Map, applied: &Map, inside: Inside, depth: usize) {
        let metadata = self.path.as_slice() == [Step::Key("metadata".into())];
        for (name, value) in applied {
            let text = String::from_utf8_lossy(name);
            let is_identity = match self.path.len() {
                0 => matches!(&*text, "apiVersion" | "kind"),
                _ => metadata && matches!(&*text, "name" | "namespace"),
            };
            if is_identity || value.is_null() {
                continue;
            }
            self.path.push(Step::Key(text.as_ref().into()));
            let old = before.get(name);
            self.value(live.entry(name.clone()).or_default(), old, value, field_of(inside, &text), depth + 1);
            self.path.pop();
        }
        let is_gone = |name: &Key| applied.get(name).is_none_or(Plain::is_null);
        for name in live.keys().filter(|name| is_gone(name)).cloned().collect::<Vec<_>>() {
            let text = String::from_utf8_lossy(&name);
            self.path.push(Step::Key(text.as_ref().into()));
            if self.is_left(before.contains_key(&name)) {
                self.remove(live, &name, before.get(&name), field_of(inside, &text), depth + 1);
            }
            self.path.pop();
        }
    }

    /// Helm owned the field of the current path, and nobody else does.
    fn is_left(&self, was_applied: bool) -> bool {
        let was_owned = self.helm.map_or(was_applied, |helm| helm.owns_below(&self.path));
        let is_other = |owner: &&Owner| owner.name != MANAGER && owner.owns(&self.path);
        was_owned && !self.owners.iter().any(|owner| is_other(&owner))
    }

    /// Removes what Helm owned of a field: what others put into a map stays.
    fn remove(&mut self, live: &mut Map, name: &Key, before: Option<&Plain>, field: Option<Field>, depth: usize) {
        let is_shared = field.is_some_and(|field| field.shared != Shared::Atomic);
        let inner = match (live.get_mut(name).map(|value| &mut value.data), before.map(|value| &value.data)) {
            (Some(PlainData::Map(inner)), Some(PlainData::Map(before))) if is_shared && depth < MAX_DEPTH => {
                let inside = field.map_or(Inside::Open, |field| field.inside);
                self.maps(inner, before, &Map::default(), inside, depth);
                !inner.is_empty()
            }
            _ => false,
        };
        if !inner {
            live.remove(name);
        }
    }

    fn value(&mut self, live: &mut Plain, before: Option<&Plain>, applied: &Plain, field: Option<Field>, depth: usize) {
        let shared = field.map_or(Shared::ByShape, |field| field.shared);
        let inside = field.map_or(Inside::Open, |field| field.inside);
        match (&applied.data, shared) {
            (PlainData::Map(applied), Shared::ByShape) if depth < MAX_DEPTH => {
                if live.as_map().is_none() {
                    *live = Plain::map();
                }
                let before = before.and_then(Plain::as_map).cloned().unwrap_or_default();
                if let Some(live) = live.as_map_mut() {
                    self.maps(live, &before, applied, inside, depth);
                }
            }
            (PlainData::List(applied), Shared::ByKeys(keys)) if depth < MAX_DEPTH => {
                self.elements(live, before, applied, (keys, inside), depth);
            }
            (PlainData::List(applied), Shared::Set) => {
                let list = |plain: Option<&Plain>| plain.and_then(Plain::as_list).unwrap_or_default().to_vec();
                let before = list(before);
                let mut out = list(Some(live));
                let has = |list: &[Plain], value: &Plain| list.iter().any(|other| tree::same(other, value));
                out.retain(|value| has(applied, value) || !has(&before, value));
                let new: Vec<Plain> = applied.iter().filter(|value| !has(&out, value)).cloned().collect();
                out.extend(new);
                *live = PlainData::List(out).into();
            }
            _ => {
                if !tree::same(live, applied) {
                    let path = FieldPath::from(self.path.clone());
                    let others = self.owners.iter().filter(|owner| owner.name != MANAGER && owner.owns(&self.path));
                    self.conflicts.extend(others.map(|owner| (path.clone(), owner.name.clone())));
                    *live = applied.clone();
                }
            }
        }
    }

    /// Elements that are told apart by keys.
    fn elements(
        &mut self,
        live: &mut Plain,
        before: Option<&Plain>,
        applied: &[Plain],
        (keys, inside): (&'static str, Inside),
        depth: usize,
    ) {
        let before = before.and_then(Plain::as_list).unwrap_or_default();
        let find = |list: &[Plain], element: &Plain| list.iter().position(|other| id(other, keys) == id(element, keys));
        let mut old = live.as_list().unwrap_or_default().to_vec();
        let mut out = Vec::new();
        for element in applied {
            let mut merged = find(&old, element).map(|i| old.remove(i)).unwrap_or_else(Plain::map);
            let was = find(before, element).and_then(|i| before.get(i));
            self.path.push(Step::Key(owners::element_name(element, keys).into()));
            let field = Field { shared: Shared::ByShape, inside };
            self.value(&mut merged, was, element, Some(field), depth + 1);
            self.path.pop();
            out.push(merged);
        }
        for element in old {
            self.path.push(Step::Key(owners::element_name(&element, keys).into()));
            if !self.is_left(find(before, &element).is_some()) {
                out.push(element);
            }
            self.path.pop();
        }
        *live = PlainData::List(out).into();
    }
}

/// How a field is shared, and what lies in it.
#[derive(Clone, Copy)]
struct Field {
    shared: Shared,
    inside: Inside,
}

fn field_of(inside: Inside, name: &str) -> Option<Field> {
    let as_field = |field: FieldType| Field {
        shared: field.shared,
        inside: match (field.shape, field.of) {
            (Shape::Map, of) => Inside::Values(of),
            (_, Some(of)) => Inside::Struct(of),
            _ => Inside::Open,
        },
    };
    match inside {
        Inside::Struct(of) => of.field(name).map(as_field),
        Inside::Values(Some(of)) => Some(Field { shared: Shared::ByShape, inside: Inside::Struct(of) }),
        Inside::Values(None) | Inside::Open => Some(Field { shared: Shared::ByShape, inside: Inside::Open }),
    }
}

/// What tells an element apart; a protocol that is not named is TCP.
fn id(element: &Plain, keys: &str) -> Vec<Option<Plain>> {
    let value = |key: &str| match element.get(key) {
        None if key == "protocol" => Some(Plain::string("TCP")),
        value => value.map(|value| Plain::from(value.data.clone())),
    };
    keys.split(',').map(value).collect()
}
