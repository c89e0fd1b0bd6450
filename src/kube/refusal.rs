//! What a server says to the form of an object that is applied (server-side apply), before it validates it.
//!
//! An applied object is read by the schema: a field that the version does not know is an error, and so are two elements of a
//! list with one key (a client-side patch lets both pass). The words are those of structured-merge-diff.

use super::defaults;
use super::path::{FieldPath, Step};
use super::tree;
use super::types::{Shape, Type};
use super::version::{KubeVersion, column};
use crate::value::{Plain, PlainData};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// Deeper objects are not looked at.
const MAX_DEPTH: usize = 64;
/// As many errors as are told of one object.
const MAX_ERRORS: usize = 32;

/// Fields that every object has, whatever the recorded schema of the kind lists.
const OF_EVERY_OBJECT: [&str; 2] = ["apiVersion", "kind"];

/// Why a server of this version does not take the object, in its words; none where it takes its form, or knows no schema
/// for the kind.
pub fn apply_refusal(object: &Plain, namespace: &str, at: KubeVersion) -> Option<String> {
    let text = |path: &[&str]| object.at(path).and_then(Plain::as_str).unwrap_or_default();
    let (api_version, kind, name) = (text(&["apiVersion"]), text(&["kind"]), text(&["metadata", "name"]));
    let mut walk = Walk { at, column: column(at), errors: Vec::new() };
    walk.typed(object, Type::of_kind(api_version, kind)?, "", 0);
    let errors = match walk.errors.as_slice() {
        [] => return None,
        [one] => one.clone(),
        many => format!("errors:\n  {}", many.join("\n  ")),
    };
    // Servers before 1.23 do not say which object it is (apiserver's fieldmanager, 0.22.9 and 0.23.17).
    let place = match (at < KubeVersion::new(1, 23, 0), namespace) {
        (true, _) => String::new(),
        (false, "") => format!(" (/{name}; {api_version}, Kind={kind})"),
        (false, namespace) => format!(" ({namespace}/{name}; {api_version}, Kind={kind})"),
    };
    Some(format!("failed to create typed patch object{place}: {errors}"))
}

/// Keys that had no default in the first versions: `data/keys-since.txt` has type, field and the first version in which the
/// field has one (the `+default` markers of k8s.io/api, 0.20.5 and 0.20.6).
fn late_defaults() -> impl Iterator<Item = (&'static str, &'static str, KubeVersion)> {
    let lines = include_str!("data/keys-since.txt").lines();
    lines.filter_map(|line| {
        let mut cells = line.split('\t');
        Some((cells.next()?, cells.next()?, KubeVersion::parse(cells.next()?).ok()?))
    })
}

/// The versions at which what is said of a form switches within a minor.
pub(super) fn switches() -> impl Iterator<Item = KubeVersion> {
    late_defaults().map(|(_, _, since)| since)
}

/// The keys by which server-side apply tells the elements of a list apart: several for a list of maps, none for a set of
/// scalars.
fn list_keys(type_name: &str, field: &str) -> Option<Vec<&'static str>> {
    static KEYS: LazyLock<FxHashMap<&'static str, &'static str>> =
        LazyLock::new(|| include_str!("data/lists.txt").lines().filter_map(|line| line.split_once('\t')).collect());
    let keys = KEYS.get(type_name)?.split('\t').find_map(|cell| {
        let (name, keys) = cell.split_once('=')?;
        (name == field).then_some(keys)
    })?;
    Some(keys.split(',').filter(|key| !key.is_empty()).collect())
}

struct Walk {
    at: KubeVersion,
    column: usize,
    errors: Vec<String>,
}

impl Walk {
    fn error(&mut self, error: String) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(error);
        }
    }

    fn typed(&mut self, value: &Plain, of: Type, path: &str, depth: usize) {
        if depth > MAX_DEPTH || of.is_open() {
            return;
        }
        let Some(map) = value.as_map() else { return };
        for (key, value) in map {
            let name = String::from_utf8_lossy(key);
            let path = format!("{path}.{name}");
            let field = of.field(&name).filter(|field| field.is_known(self.column));
            let Some(field) = field else {
                if depth > 0 || !OF_EVERY_OBJECT.contains(&&*name) {
                    self.error(format!("{path}: field not declared in schema"));
                }
                continue;
            };
            match (field.shape, &value.data) {
                (Shape::List, PlainData::List(items)) => {
                    let keys = list_keys(of.name, &name);
                    self.list(items, keys.as_deref(), field.of, &path, depth);
                }
                (Shape::Map, PlainData::Map(entries)) => {
                    let Some(of) = field.of else { continue };
                    for (key, value) in entries {
                        self.typed(value, of, &format!("{path}.{}", String::from_utf8_lossy(key)), depth + 1);
                    }
                }
                (Shape::One, PlainData::Map(_)) => {
                    if let Some(of) = field.of {
                        self.typed(value, of, &path, depth + 1);
                    }
                }
                _ => {}
            }
        }
    }

    fn list(&mut self, items: &[Plain], keys: Option<&[&str]>, of: Option<Type>, path: &str, depth: usize) {
        let mut seen: Vec<String> = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let shown = match keys {
                None => format!("[{i}]"),
                Some([]) => format!("[={}]", tree::to_json(item)),
                Some(keys) => match element_key(item, keys, of, self.at) {
                    Ok(shown) => shown,
                    Err(missing) => {
                        self.error(format!(
                            "{path}: element {i}: associative list with keys has an element that omits key field \
                             {missing:?} (and doesn't have default value)"
                        ));
                        // The server does not look at the rest of the list.
                        return;
                    }
                },
            };
            if keys.is_some() {
                if seen.contains(&shown) {
                    let what = if keys.is_some_and(<[&str]>::is_empty) {
                        format!("set entries for {}", shown.trim_start_matches("[=").trim_end_matches(']'))
                    } else {
                        format!("entries for key {shown}")
                    };
                    self.error(format!("{path}: duplicate {what}"));
                } else {
                    seen.push(shown.clone());
                }
            }
            if let Some(of) = of {
                self.typed(item, of, &format!("{path}{shown}"), depth + 1);
            }
        }
    }
}

/// `[containerPort=80,protocol="TCP"]`; the error is a key that the element lacks and that has no default.
fn element_key<'a>(item: &Plain, keys: &[&'a str], of: Option<Type>, at: KubeVersion) -> Result<String, &'a str> {
    let is_late = |key: &str| {
        late_defaults().any(|(name, field, since)| of.is_some_and(|of| of.name == name) && field == key && at < since)
    };
    let mut parts = Vec::new();
    let mut sorted = keys.to_vec();
    sorted.sort_unstable();
    for key in sorted {
        let default = || of.and_then(|of| defaults::default_of(of.name, key));
        let value = item.get(key).filter(|value| !value.is_null()).cloned().or_else(default);
        match value {
            _ if is_late(key) && item.get(key).is_none_or(Plain::is_null) => return Err(key),
            Some(value) => parts.push(format!("{key}={}", tree::to_json(&value))),
            // Keys that may be missing have the empty text for a default.
            None if keys.len() > 1 => parts.push(format!("{key}=\"\"")),
            None => return Err(key),
        }
    }
    Ok(format!("[{}]", parts.join(",")))
}

/// The object as it is stored after an update that was accepted: `after` with the values that the server kept.
pub fn with_kept(before: &Plain, after: &Plain, kept: &[FieldPath]) -> Plain {
    let mut out = after.clone();
    for path in kept {
        // Elements of lists have no place of their own in the new list.
        if path.steps().iter().any(|step| matches!(step, Step::Index(_))) {
            continue;
        }
        match tree::at(before, path) {
            Some(value) => tree::set(&mut out, path.steps(), value.clone()),
            None => tree::remove(&mut out, path.steps()),
        }
    }
    out
}
