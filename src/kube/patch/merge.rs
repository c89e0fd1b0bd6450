//! A strategic merge patch applied: to an object, as a server does it before it validates, or to another patch, as a client
//! does it to make one of two.

use super::super::tree::{self, key};
use super::order::{self, Elements, class, deduplicated, interleaved, is_deletion, merge_key_of, position};
use super::schema::Place;
use super::{DELETE, MAX_DEPTH, Map, ORDER, PATCH, PatchError, RETAIN_KEYS};
use crate::value::{Key, Plain, PlainData};

/// What a patch is applied to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Merging {
    /// An object: directives are obeyed, and null removes.
    Object,
    /// A patch: directives and nulls are kept.
    Patch,
}

impl Merging {
    /// The map with the patch applied.
    pub fn maps(self, mut map: Map, mut patch: Map, place: Place, depth: usize) -> Result<Map, PatchError> {
        if depth > MAX_DEPTH {
            return Err(PatchError::TooDeep);
        }
        match patch.get(PATCH.as_bytes()).map(|directive| directive.as_str().unwrap_or_default()) {
            None => {}
            Some("replace") => {
                patch.remove(PATCH.as_bytes());
                return Ok(patch);
            }
            Some("delete") => return Ok(Map::default()),
            Some(_) => return Err(PatchError::Directive),
        }
        self.retain_keys(&mut map, &mut patch)?;
        self.ordered_lists(&mut map, &mut patch, place, depth)?;
        for (name, value) in patch {
            self.field(&mut map, &name, value, place, depth)?;
        }
        Ok(map)
    }

    fn field(self, map: &mut Map, name: &Key, value: Plain, place: Place, depth: usize) -> Result<(), PatchError> {
        let deleted = std::str::from_utf8(name).ok().and_then(|name| name.strip_prefix(DELETE)).map(key);
        if deleted.is_some() && self == Merging::Patch {
            map.insert(name.clone(), value);
            return Ok(());
        }
        let (is_deletion, name) = (deleted.is_some(), deleted.as_ref().unwrap_or(name));
        if value.is_null() {
            map.remove(name);
            if self == Merging::Patch {
                map.insert(name.clone(), value);
            }
            return Ok(());
        }
        let Some(before) = map.get(name).filter(|before| class(before) == class(&value)) else {
            if !is_deletion {
                self.put(map, name, value, depth);
            }
            return Ok(());
        };
        let merged = match (before.data.clone(), value.data) {
            (PlainData::Map(before), PlainData::Map(patch)) => {
                let field = place.field(name)?;
                let is_replaced = field.is_replaced;
                PlainData::Map(if is_replaced { patch } else { self.maps(before, patch, field.inside, depth + 1)? })
            }
            (PlainData::List(before), PlainData::List(patch)) => {
                let field = place.field(name)?;
                let at = At { place: field.inside, merge_key: field.merge_key, depth };
                let is_merged = field.is_merged || is_deletion;
                PlainData::List(if is_merged { self.lists(before, patch, at, is_deletion)? } else { patch })
            }
            (_, value) => value,
        };
        map.insert(name.clone(), merged.into());
        Ok(())
    }

    /// Takes a value over, without what is no part of it.
    fn put(self, map: &mut Map, name: &Key, value: Plain, depth: usize) {
        let value = if self == Merging::Object { without_nulls(value, depth) } else { value };
        match without_directives(value, depth) {
            Some(value) => _ = map.insert(name.clone(), value),
            None => _ = map.remove(name),
        }
    }

    fn retain_keys(self, map: &mut Map, patch: &mut Map) -> Result<(), PatchError> {
        let Some(kept) = patch.remove(RETAIN_KEYS.as_bytes()) else { return Ok(()) };
        if self == Merging::Patch {
            let other = map.entry(key(RETAIN_KEYS)).or_insert_with(|| kept.clone());
            return if tree::same(other, &kept) { Ok(()) } else { Err(PatchError::Directive) };
        }
        let kept = kept.as_list().ok_or(PatchError::Directive)?;
        let is_kept = |name: &Key| kept.iter().any(|k| k.as_str().is_some_and(|k| k.as_bytes() == &**name));
        let is_named = |(name, value): (&Key, &Plain)| {
            value.is_null()
                || name.starts_with(DELETE.as_bytes())
                || name.starts_with(ORDER.as_bytes())
                || is_kept(name)
        };
        if !patch.iter().all(is_named) {
            return Err(PatchError::Directive);
        }
        map.retain(|name, _| is_kept(name));
        Ok(())
    }

    /// The lists whose order the patch names: they are merged and ordered, and leave the patch.
    fn ordered_lists(self, map: &mut Map, patch: &mut Map, place: Place, depth: usize) -> Result<(), PatchError> {
        let names: Vec<Key> = patch.keys().filter(|name| name.starts_with(ORDER.as_bytes())).cloned().collect();
        for directive in names {
            let Some(wanted) = patch.remove(&directive) else { continue };
            if self == Merging::Patch {
                let other = map.entry(directive.clone()).or_insert_with(|| wanted.clone());
                if !tree::same(other, &wanted) {
                    return Err(PatchError::Directive);
                }
            }
            let wanted = wanted.as_list().ok_or(PatchError::Directive)?;
            let name: Key = directive.get(ORDER.len()..).unwrap_or_default().into();
            let list = |map: &Map| match map.get(&name) {
                Some(value) => value.as_list().map(|list| Some(list.to_vec())).ok_or(PatchError::Directive),
                None => Ok(None),
            };
            let (old, new) = (list(map)?, list(patch)?);
            let field = place.field(&name)?;
            let at = At { place: field.inside, merge_key: field.merge_key, depth };
            let server_order = old.clone().unwrap_or_default();
            is_part_of(new.as_deref().unwrap_or_default(), wanted, field.merge_key)?;
            order::elements(&[&server_order, new.as_deref().unwrap_or_default()])?;
            let merged = match (old, new) {
                (None, None) => continue,
                (Some(old), None) => old,
                (None, Some(new)) => new.into_iter().filter_map(|e| without_directives(e, depth)).collect(),
                (Some(old), Some(new)) if field.is_merged => self.lists(old, new, at, false)?,
                (Some(_), Some(new)) => new,
            };
            let merged = interleaved(merged, wanted, &server_order, field.merge_key)?;
            map.insert(name.clone(), PlainData::List(merged).into());
            patch.remove(&name);
        }
        Ok(())
    }

    fn lists(
        self,
        mut list: Vec<Plain>,
        patch: Vec<Plain>,
        at: At,
        is_deletion_list: bool,
    ) -> Result<Vec<Plain>, PatchError> {
        let (merged, patch) = match order::elements(&[&list, &patch])? {
            None => return Ok(list),
            Some(Elements::Scalars) if is_deletion_list && self == Merging::Object => {
                list.retain(|value| position(&patch, value, None).is_none());
                return Ok(list);
            }
            Some(Elements::Scalars) => (deduplicated([list.clone(), patch.clone()].concat()), patch),
            Some(Elements::Maps) => {
                let merge_key = at.merge_key.ok_or(PatchError::Directive)?;
                let (remaining, patch) = special(list, patch, merge_key)?;
                list = remaining.clone();
                (self.elements(remaining, &patch, at, merge_key)?, patch)
            }
        };
        interleaved(merged, &patch, &list, at.merge_key)
    }

    fn elements(
        self,
        mut list: Vec<Plain>,
        patch: &[Plain],
        at: At,
        merge_key: &str,
    ) -> Result<Vec<Plain>, PatchError> {
        for element in patch {
            merge_key_of(element, merge_key)?;
            let found = position(&list, element, Some(merge_key)).and_then(|i| list.get_mut(i));
            match (found, element.as_map()) {
                (Some(before), Some(patch)) => {
                    let old = before.as_map().cloned().unwrap_or_default();
                    *before = PlainData::Map(self.maps(old, patch.clone(), at.place, at.depth + 1)?).into();
                }
                _ => list.push(element.clone()),
            }
        }
        Ok(list)
    }
}

/// Where a list stands.
#[derive(Clone, Copy)]
struct At {
    place: Place,
    merge_key: Option<&'static str>,
    depth: usize,
}

/// The list without what the patch deletes from it, and the patch without its directives.
fn special(mut list: Vec<Plain>, patch: Vec<Plain>, merge_key: &str) -> Result<(Vec<Plain>, Vec<Plain>), PatchError> {
    let mut kept = Vec::new();
    let mut is_replaced = false;
    for element in patch {
        match element.get(PATCH).map(|directive| directive.as_str().unwrap_or_default()) {
            None => kept.push(element),
            Some("delete") => {
                merge_key_of(&element, merge_key)?;
                list.retain(|other| position(std::slice::from_ref(other), &element, Some(merge_key)).is_none());
            }
            Some("replace") => is_replaced = true,
            Some(_) => return Err(PatchError::Directive),
        }
    }
    Ok(if is_replaced { (kept, Vec::new()) } else { (list, kept) })
}

/// What the patch changes stands in the order that it names, in that order.
fn is_part_of(patch: &[Plain], order: &[Plain], merge_key: Option<&str>) -> Result<(), PatchError> {
    if order.is_empty() {
        return Ok(());
    }
    let mut rest = order.iter();
    for element in patch.iter().filter(|element| !is_deletion(element)) {
        if element.get(PATCH).is_some() {
            continue;
        }
        if !rest.any(|other| position(std::slice::from_ref(other), element, merge_key).is_some()) {
            return Err(PatchError::Order);
        }
    }
    Ok(())
}

/// The value without maps that are directives; none if it is one itself.
fn without_directives(value: Plain, depth: usize) -> Option<Plain> {
    if depth > MAX_DEPTH {
        return Some(value);
    }
    let span = value.span;
    let data = match value.data {
        PlainData::Map(map) if map.contains_key(PATCH.as_bytes()) => return None,
        PlainData::Map(map) => {
            let entries = map.into_iter().filter_map(|(name, v)| Some((name, without_directives(v, depth + 1)?)));
            PlainData::Map(entries.collect())
        }
        PlainData::List(items) => {
            PlainData::List(items.into_iter().filter_map(|v| without_directives(v, depth + 1)).collect())
        }
        scalar => scalar,
    };
    Some(Plain { data, span })
}

fn without_nulls(value: Plain, depth: usize) -> Plain {
    if depth > MAX_DEPTH {
        return value;
    }
    let span = value.span;
    let data = match value.data {
        PlainData::Map(map) => {
            let entries = map.into_iter().filter(|(_, v)| !v.is_null());
            PlainData::Map(entries.map(|(name, v)| (name, without_nulls(v, depth + 1))).collect())
        }
        PlainData::List(items) => PlainData::List(items.into_iter().map(|v| without_nulls(v, depth + 1)).collect()),
        scalar => scalar,
    };
    Plain { data, span }
}
