//! A patch applied to an object, as a server does it before it validates.

use super::super::tree::{self, key};
use super::super::types::Type;
use super::list::{element_key, position};
use super::{DELETE, MAX_DEPTH, ORDER, PATCH, PatchError, RETAIN_KEYS, json, merge_type};
use crate::value::{Key, Plain, PlainData};
use std::collections::BTreeMap;

type Map = BTreeMap<Key, Plain>;

/// The object as the patch leaves it, before the server fills in what it fills in.
pub fn apply_patch(object: &Plain, patch: &Plain, api_version: &str, kind: &str) -> Result<Plain, PatchError> {
    match merge_type(api_version, kind) {
        None => json::apply(object, patch, 0),
        Some(root) => maps(object, patch, Some(root), "", 0),
    }
}

fn maps(object: &Plain, patch: &Plain, of: Option<Type>, path: &str, depth: usize) -> Result<Plain, PatchError> {
    if depth > MAX_DEPTH {
        return Err(PatchError::TooDeep);
    }
    let Some(changes) = patch.as_map() else { return Ok(patch.clone()) };
    let mut map = object.as_map().cloned().unwrap_or_default();
    if changes.get(PATCH.as_bytes()).and_then(Plain::as_str) == Some("replace") {
        map.clear();
    }
    if let Some(kept) = changes.get(RETAIN_KEYS.as_bytes()).and_then(Plain::as_list) {
        map.retain(|name, _| kept.iter().any(|k| k.as_str().is_some_and(|k| k.as_bytes() == &**name)));
    }
    for (name, value) in changes {
        let Ok(text) = std::str::from_utf8(name) else { continue };
        if text.starts_with('$') {
            continue;
        }
        if value.is_null() {
            map.remove(name);
            continue;
        }
        let field = of.and_then(|of| of.field(text));
        let inner = field.and_then(|field| field.of);
        let path = format!("{path}.{text}");
        let before = map.get(name).cloned();
        let is_merged = field.is_some_and(|field| field.strategy.contains("merge"));
        let after = match (&value.data, field.and_then(|field| field.merge_key)) {
            (PlainData::Map(_), _) if field.is_none_or(|field| field.strategy != "replace") => {
                maps(&before.unwrap_or_default(), value, inner, &path, depth + 1)?
            }
            (PlainData::List(items), Some(merge_key)) if is_merged => {
                elements(before, items, (merge_key, inner), &path, depth)?
            }
            (PlainData::List(items), None) if is_merged => scalars(before, items),
            _ => value.clone(),
        };
        map.insert(name.clone(), after);
    }
    remove_scalars(&mut map, changes);
    order(&mut map, changes, of);
    Ok(Plain { data: PlainData::Map(map), span: object.span })
}

fn items(list: Option<Plain>) -> Vec<Plain> {
    match list.map(|list| list.data) {
        Some(PlainData::List(items)) => items,
        _ => Vec::new(),
    }
}

fn elements(
    before: Option<Plain>,
    changes: &[Plain],
    (merge_key, of): (&str, Option<Type>),
    path: &str,
    depth: usize,
) -> Result<Plain, PatchError> {
    let mut out = items(before);
    for change in changes {
        let id = element_key(change, merge_key, path)?;
        let at = position(&out, merge_key, id);
        if change.get(PATCH).and_then(Plain::as_str) == Some("delete") {
            out.retain(|element| element.get(merge_key).is_none_or(|other| !tree::same(other, id)));
            continue;
        }
        match at.and_then(|i| out.get_mut(i)) {
            Some(element) => *element = maps(element, change, of, path, depth + 1)?,
            None => out.push(maps(&Plain::map(), change, of, path, depth + 1)?),
        }
    }
    Ok(PlainData::List(out).into())
}

fn scalars(before: Option<Plain>, added: &[Plain]) -> Plain {
    let mut out = items(before);
    for value in added {
        if !out.iter().any(|other| tree::same(other, value)) {
            out.push(value.clone());
        }
    }
    PlainData::List(out).into()
}

fn remove_scalars(map: &mut Map, changes: &Map) {
    for (name, removed) in changes {
        let Some(field) = std::str::from_utf8(name).ok().and_then(|name| name.strip_prefix(DELETE)) else { continue };
        let Some(removed) = removed.as_list() else { continue };
        if let Some(PlainData::List(list)) = map.get_mut(field.as_bytes()).map(|list| &mut list.data) {
            list.retain(|value| !removed.iter().any(|other| tree::same(value, other)));
        }
    }
}

/// Puts merged lists into the order that the patch names; what it does not name keeps its place as well as it can.
fn order(map: &mut Map, changes: &Map, of: Option<Type>) {
    for (name, wanted) in changes {
        let Some(field) = std::str::from_utf8(name).ok().and_then(|name| name.strip_prefix(ORDER)) else { continue };
        let (Some(wanted), Some(list)) = (wanted.as_list(), map.get_mut(&key(field))) else { continue };
        let merge_key = of.and_then(|of| of.field(field)).and_then(|field| field.merge_key);
        let PlainData::List(list) = &mut list.data else { continue };
        let rank = |element: &Plain| {
            wanted.iter().position(|w| match merge_key {
                Some(key) => element.get(key).zip(w.get(key)).is_some_and(|(a, b)| tree::same(a, b)),
                None => tree::same(element, w),
            })
        };
        let mut last = 0;
        let mut ranked: Vec<(usize, Plain)> = Vec::new();
        for element in std::mem::take(list) {
            last = rank(&element).unwrap_or(last);
            ranked.push((last, element));
        }
        ranked.sort_by_key(|(rank, _)| *rank);
        *list = ranked.into_iter().map(|(_, element)| element).collect();
    }
}
