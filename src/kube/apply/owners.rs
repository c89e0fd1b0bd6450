//! Who owns which fields of an object: its `metadata.managedFields`.

use super::super::path::Step;
use super::super::tree;
use crate::value::Plain;

/// A manager and what it owns.
#[derive(Clone, Debug)]
pub struct Owner {
    pub name: String,
    /// By server-side apply; otherwise by creating and updating.
    pub applies: bool,
    fields: Plain,
}

impl Owner {
    /// Owns the field itself, not only some below it.
    pub fn owns(&self, path: &[Step]) -> bool {
        self.set(path).is_some_and(|set| set.as_map().is_none_or(|map| map.keys().all(|key| &**key == b".")))
    }

    /// Owns the field or something below it.
    pub fn owns_below(&self, path: &[Step]) -> bool {
        self.set(path).is_some()
    }

    fn set(&self, path: &[Step]) -> Option<&Plain> {
        path.iter().try_fold(&self.fields, |set, step| match step {
            // The name of an element brings its sign along.
            Step::Key(key) if key.starts_with("k:") => set.get(key),
            Step::Key(key) => set.get(&format!("f:{key}")),
            Step::Index(_) => None,
        })
    }
}

/// The managers of a live object; none where the object does not say.
pub fn owners(live: &Plain) -> Vec<Owner> {
    let entries = live.at(&["metadata", "managedFields"]).and_then(Plain::as_list).unwrap_or_default();
    let owner = |entry: &Plain| {
        let text = |field: &str| entry.get(field).and_then(Plain::as_str).unwrap_or_default();
        let of_object = text("subresource").is_empty();
        of_object.then(|| Owner {
            name: text("manager").to_string(),
            applies: text("operation") == "Apply",
            fields: entry.get("fieldsV1").cloned().unwrap_or_default(),
        })
    };
    entries.iter().filter_map(owner).collect()
}

/// The name of an element as managed fields have it: `k:{"name":"a"}`.
pub fn element_name(element: &Plain, keys: &str) -> String {
    let mut named = Plain::map();
    if let Some(map) = named.as_map_mut() {
        for key in keys.split(',') {
            let default = (key == "protocol").then(|| Plain::string("TCP"));
            if let Some(value) = element.get(key).cloned().or(default) {
                map.insert(tree::key(key), value);
            }
        }
    }
    format!("k:{}", tree::to_json(&named))
}
