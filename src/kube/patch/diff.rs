//! Strategic differences between two objects: one half of a three-way patch.

use super::super::tree::{self, key};
use super::super::types::{FieldType, Type};
use super::list::{self, element_key};
use super::{DELETE, MAX_DEPTH, ORDER, PATCH, PatchError, RETAIN_KEYS};
use crate::value::{Key, Plain, PlainData};
use std::collections::BTreeMap;

/// Which half of the patch is made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// What the second object changes and adds.
    Changes,
    /// What it no longer has.
    Deletions,
}

type Map = BTreeMap<Key, Plain>;

/// The differences between two maps of a type.
pub fn maps(
    a: &Plain,
    b: &Plain,
    of: Option<Type>,
    wanted: Wanted,
    path: &str,
    depth: usize,
) -> Result<Plain, PatchError> {
    if depth > MAX_DEPTH {
        return Err(PatchError::TooDeep);
    }
    let mut patch = Plain::map();
    let (Some(out), Some(a), Some(b)) = (patch.as_map_mut(), a.as_map(), b.as_map()) else { return Ok(patch) };
    for (name, old) in a {
        let Some(new) = b.get(name) else {
            if wanted == Wanted::Deletions {
                out.insert(name.clone(), Plain::default());
            }
            continue;
        };
        let field = std::str::from_utf8(name).ok().and_then(|name| of?.field(name));
        let path = format!("{path}.{}", String::from_utf8_lossy(name));
        values(out, name, (old, new), field, wanted, &path, depth)?;
    }
    if wanted == Wanted::Changes {
        for (name, new) in b.iter().filter(|(name, _)| !a.contains_key(*name)) {
            out.insert(name.clone(), new.clone());
        }
    }
    Ok(patch)
}

fn values(
    out: &mut Map,
    name: &Key,
    (old, new): (&Plain, &Plain),
    field: Option<FieldType>,
    wanted: Wanted,
    path: &str,
    depth: usize,
) -> Result<(), PatchError> {
    let strategy = field.map_or("", |field| field.strategy);
    let of = field.and_then(|field| field.of);
    match (&old.data, &new.data) {
        (PlainData::Map(_), PlainData::Map(map)) if strategy != "replace" => {
            let mut inner = maps(old, new, of, wanted, path, depth + 1)?;
            let is_empty = inner.as_map().is_none_or(BTreeMap::is_empty);
            if strategy.contains("retainKeys")
                && let (false, Some(inner)) = (is_empty, inner.as_map_mut())
            {
                let kept = map.iter().filter(|(_, value)| !value.is_null()).map(|(k, _)| text(k));
                inner.insert(key(RETAIN_KEYS), PlainData::List(kept.collect()).into());
            }
            if !is_empty {
                out.insert(name.clone(), inner);
            }
        }
        (PlainData::List(old), PlainData::List(new)) if strategy.contains("merge") => {
            lists(
                out,
                name,
                (old, new),
                field.and_then(|field| field.merge_key).map(|key| (key, of)),
                wanted,
                path,
                depth,
            )?;
        }
        _ => {
            if wanted == Wanted::Changes && !tree::same(old, new) {
                out.insert(name.clone(), new.clone());
            }
        }
    }
    Ok(())
}

fn text(key: &Key) -> Plain {
    PlainData::String(key.clone()).into()
}

fn lists(
    out: &mut Map,
    name: &Key,
    (old, new): (&[Plain], &[Plain]),
    merge: Option<(&'static str, Option<Type>)>,
    wanted: Wanted,
    path: &str,
    depth: usize,
) -> Result<(), PatchError> {
    let order_key = key(&format!("{ORDER}{}", String::from_utf8_lossy(name)));
    if old.is_empty() {
        if !new.is_empty() && wanted == Wanted::Changes {
            out.insert(name.clone(), PlainData::List(new.to_vec()).into());
        }
        return Ok(());
    }
    let Some((merge_key, of)) = merge else {
        scalars(out, name, old, new, wanted);
        return Ok(());
    };
    let mut patch = Vec::new();
    let mut order = Vec::new();
    for (i, element) in new.iter().enumerate() {
        let id = element_key(element, merge_key, path)?;
        order.push(tree::map([(merge_key, id.clone())]));
        // Of elements with one key, the first is compared with the first, the second with the second.
        match list::nth(old, merge_key, id, list::count(new.get(..i), merge_key, id)) {
            Some(before) => {
                let mut inner = maps(before, element, of, wanted, path, depth + 1)?;
                if let Some(map) = inner.as_map_mut().filter(|map| !map.is_empty()) {
                    map.insert(key(merge_key), id.clone());
                    patch.push(inner);
                }
            }
            None if wanted == Wanted::Changes => patch.push(element.clone()),
            None => {}
        }
    }
    let mut old_order = Vec::new();
    for (i, element) in old.iter().enumerate() {
        let id = element_key(element, merge_key, path)?;
        if list::nth(new, merge_key, id, list::count(old.get(..i), merge_key, id)).is_some() {
            old_order.push(tree::map([(merge_key, id.clone())]));
        } else if wanted == Wanted::Deletions {
            patch.push(tree::map([(PATCH, Plain::string("delete")), (merge_key, id.clone())]));
        }
    }
    let is_reordered = wanted == Wanted::Changes && !is_in_order(&old_order, &order);
    if !patch.is_empty() || is_reordered {
        out.insert(order_key, PlainData::List(order).into());
    }
    if !patch.is_empty() {
        out.insert(name.clone(), PlainData::List(patch).into());
    }
    Ok(())
}

/// The elements that both have are in the same order.
fn is_in_order(old: &[Plain], new: &[Plain]) -> bool {
    let common: Vec<&Plain> = new.iter().filter(|n| old.iter().any(|o| tree::same(o, n))).collect();
    common.len() == old.len() && common.iter().zip(old).all(|(a, b)| tree::same(a, b))
}

/// A list of scalars that is merged as a set.
fn scalars(out: &mut Map, name: &Key, old: &[Plain], new: &[Plain], wanted: Wanted) {
    let without = |from: &[Plain], other: &[Plain]| -> Vec<Plain> {
        from.iter().filter(|a| !other.iter().any(|b| tree::same(a, b))).cloned().collect()
    };
    let name_text = String::from_utf8_lossy(name).into_owned();
    let order = |out: &mut Map| {
        out.insert(key(&format!("{ORDER}{name_text}")), PlainData::List(new.to_vec()).into());
    };
    match wanted {
        Wanted::Changes => {
            let added = without(new, old);
            let is_same = old.len() == new.len() && old.iter().zip(new).all(|(a, b)| tree::same(a, b));
            if !is_same {
                order(out);
            }
            if !added.is_empty() {
                out.insert(name.clone(), PlainData::List(added).into());
            }
        }
        Wanted::Deletions => {
            let removed = without(old, new);
            if !removed.is_empty() {
                order(out);
                out.insert(key(&format!("{DELETE}{name_text}")), PlainData::List(removed).into());
            }
        }
    }
}
