//! Defaults along the types of the schema.

use super::super::quantity;
use super::super::tree::{self, key};
use super::super::types::{FieldType, Shape, Type};
use super::table;
use crate::value::{Key, Plain, PlainData};

/// Deeper objects are left as they are.
const MAX_DEPTH: usize = 64;

/// The first version that stores no null for the creation time of objects within objects.
const COLUMN_1_34: usize = 15;

/// Maps that are made where they are missing: the type, the field, and whether only with an update of this type.
const MADE: [(&str, &str, MadeIf); 5] = [
    ("apps.v1.DeploymentSpec", "strategy", MadeIf::Always),
    ("apps.v1.DeploymentStrategy", "rollingUpdate", MadeIf::Rolling),
    ("apps.v1.DaemonSetSpec", "updateStrategy", MadeIf::Always),
    ("apps.v1.DaemonSetUpdateStrategy", "rollingUpdate", MadeIf::Rolling),
    ("apps.v1.StatefulSetSpec", "updateStrategy", MadeIf::WithRolling),
];

#[derive(Clone, Copy, PartialEq)]
enum MadeIf {
    Always,
    /// The type of the update is `RollingUpdate`, or none is given.
    Rolling,
    /// Always, with an empty `rollingUpdate` in it.
    WithRolling,
}

/// A copy without the fields that are null: servers do not store them.
pub fn without_nulls(plain: &Plain) -> Plain {
    copy(plain, 0)
}

fn copy(plain: &Plain, depth: usize) -> Plain {
    let data = match &plain.data {
        _ if depth > MAX_DEPTH * 4 => PlainData::Null,
        PlainData::Map(map) => {
            let entries = map.iter().filter(|(_, value)| !value.is_null());
            PlainData::Map(entries.map(|(k, v)| (k.clone(), copy(v, depth + 1))).collect())
        }
        PlainData::List(items) => PlainData::List(items.iter().map(|item| copy(item, depth + 1)).collect()),
        other => other.clone(),
    };
    Plain { data, span: plain.span }
}

/// Drops what the version does not know, fills in what it defaults, and writes quantities as it stores them.
pub fn fill(object: &mut Plain, root: Type, column: usize) {
    Walk { column }.typed(object, root, true, 0);
}

struct Walk {
    column: usize,
}

impl Walk {
    fn typed(&self, object: &mut Plain, of: Type, is_root: bool, depth: usize) {
        if depth > MAX_DEPTH || of.is_open() {
            return;
        }
        self.prune(object, of, is_root);
        self.make(object, of);
        if !is_root {
            self.embedded(object, of);
        }
        super::workload::complete(object, of.name);
        let Some(map) = object.as_map_mut() else { return };
        for fact in table::defaults(of.name).iter().filter(|fact| fact.holds(self.column)) {
            map.entry(key(fact.field)).or_insert_with(|| fact.value());
        }
        let is_inner_job = of.name.ends_with("JobTemplateSpec");
        for (name, value) in map.iter_mut() {
            let Some(field) = std::str::from_utf8(name).ok().and_then(|name| of.field(name)) else { continue };
            if is_inner_job && &**name == b"spec" {
                // The server fills a Job in when it is made of the template, not before.
                if let Some(template) = value.as_map_mut().and_then(|spec| spec.get_mut(&b"template"[..])) {
                    self.template(template, depth + 2);
                }
                continue;
            }
            self.field(value, field, depth);
        }
        // Fields behind a gate are dropped last: defaults look at them before.
        map.retain(|name, _| {
            std::str::from_utf8(name).is_ok_and(|name| !table::is_unknown(of.name, name, self.column))
        });
    }

    fn template(&self, template: &mut Plain, depth: usize) {
        if let Some(of) = Type::named("core.v1.PodTemplateSpec") {
            self.typed(template, of, false, depth);
        }
    }

    fn field(&self, value: &mut Plain, field: FieldType, depth: usize) {
        if field.is_quantity {
            match &mut value.data {
                PlainData::Map(map) if field.shape == Shape::Map => {
                    map.values_mut().for_each(|value| *value = quantity::canonical(value));
                }
                _ if field.shape == Shape::One => *value = quantity::canonical(value),
                _ => {}
            }
            return;
        }
        let Some(of) = field.of else { return };
        match (&mut value.data, field.shape) {
            (PlainData::Map(_), Shape::One) => self.typed(value, of, false, depth + 1),
            (PlainData::Map(map), Shape::Map) => map.values_mut().for_each(|v| self.typed(v, of, false, depth + 1)),
            (PlainData::List(items), Shape::List) => items.iter_mut().for_each(|v| self.typed(v, of, false, depth + 1)),
            _ => {}
        }
    }

    fn prune(&self, object: &mut Plain, of: Type, is_root: bool) {
        let Some(map) = object.as_map_mut() else { return };
        map.retain(|name, value| {
            let Ok(name) = std::str::from_utf8(name) else { return false };
            if is_root && matches!(name, "apiVersion" | "kind" | "metadata" | "stringData") {
                return true;
            }
            let is_known = of.field(name).is_some_and(|field| field.is_known(self.column));
            let is_empty = value.as_bool() == Some(false) || value.as_list().is_some_and(<[Plain]>::is_empty);
            is_known && !(is_empty && table::is_dropped_when_empty(of.name, name))
        });
    }

    fn make(&self, object: &mut Plain, of: Type) {
        let Some(map) = object.as_map_mut() else { return };
        let kind = map.get(&b"type"[..]).and_then(Plain::as_str).unwrap_or("RollingUpdate").to_string();
        for (_, field, condition) in MADE.iter().filter(|(name, ..)| *name == of.name) {
            let name: Key = key(field);
            if map.contains_key(&name) || *condition == MadeIf::Rolling && kind != "RollingUpdate" {
                continue;
            }
            let made = match condition {
                MadeIf::WithRolling => tree::map([("rollingUpdate", Plain::map())]),
                _ => Plain::map(),
            };
            map.insert(name, made);
        }
    }

    /// Objects within objects have metadata.
    fn embedded(&self, object: &mut Plain, of: Type) {
        let metadata = of.field("metadata").and_then(|field| field.of);
        if metadata.is_none_or(|metadata| metadata.name != "meta.v1.ObjectMeta") {
            return;
        }
        let Some(map) = object.as_map_mut() else { return };
        let metadata = map.entry(key("metadata")).or_insert_with(Plain::map);
        if let (true, Some(metadata)) = (self.column < COLUMN_1_34, metadata.as_map_mut()) {
            metadata.insert(key("creationTimestamp"), Plain::default());
        }
        if of.name == "core.v1.PersistentVolumeClaim" {
            map.insert(key("apiVersion"), Plain::string("v1"));
            map.insert(key("kind"), Plain::string("PersistentVolumeClaim"));
            map.insert(key("status"), tree::map([("phase", Plain::string("Pending"))]));
        }
    }
}
