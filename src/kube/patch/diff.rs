//! Strategic differences between two objects: one half of a three-way patch.

use super::super::tree::{self, key};
use super::order::{self, Elements, by_text, class, in_order_of, key_text, merge_key_of, position};
use super::schema::{Merge, Place};
use super::{DELETE, MAX_DEPTH, Map, ORDER, PATCH, PatchError, RETAIN_KEYS};
use crate::value::{Key, Plain, PlainData};

/// Which half of the patch is made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// What the second object changes and adds.
    Changes,
    /// What it no longer has.
    Deletions,
}

/// How maps are compared.
#[derive(Clone, Copy)]
pub struct Diff {
    pub wanted: Wanted,
    /// The patch names the fields that stay, so that others go.
    pub retains_keys: bool,
}

impl Diff {
    pub fn new(wanted: Wanted) -> Diff {
        Diff { wanted, retains_keys: false }
    }

    fn changes(self) -> bool {
        self.wanted == Wanted::Changes
    }

    /// The differences between two maps.
    pub fn maps(self, old: &Map, new: &Map, place: Place, depth: usize) -> Result<Map, PatchError> {
        if depth > MAX_DEPTH {
            return Err(PatchError::TooDeep);
        }
        let mut patch = Map::default();
        for (name, value) in new {
            match old.get(name) {
                None if self.changes() => _ = patch.insert(name.clone(), value.clone()),
                None => {}
                Some(before) if &**name == PATCH.as_bytes() => {
                    let changed = (!tree::same(before, value)).then(|| value.clone());
                    patch.extend(changed.map(|value| (name.clone(), value)));
                }
                Some(before) if class(before) != class(value) => {
                    let changed = self.changes().then(|| value.clone());
                    patch.extend(changed.map(|value| (name.clone(), value)));
                }
                Some(before) => self.values(&mut patch, name, before, value, place, depth)?,
            }
        }
        if self.wanted == Wanted::Deletions {
            for name in old.keys().filter(|name| !new.contains_key(name)) {
                patch.insert(name.clone(), Plain::default());
            }
        }
        if self.retains_keys {
            let kept: Vec<Plain> = new.iter().filter(|(_, v)| !v.is_null()).map(|(k, _)| text(k)).collect();
            let has_more = old.iter().any(|(name, value)| !value.is_null() && !new.contains_key(name));
            if !kept.is_empty() && (!patch.is_empty() || has_more) {
                patch.insert(key(RETAIN_KEYS), PlainData::List(kept).into());
            }
        }
        Ok(patch)
    }

    /// The difference between two values of one type.
    fn values(
        self,
        out: &mut Map,
        name: &Key,
        old: &Plain,
        new: &Plain,
        place: Place,
        depth: usize,
    ) -> Result<(), PatchError> {
        let is_scalar = old.as_map().is_none() && old.as_list().is_none();
        let field = match place.field(name) {
            // A field without a type does not matter as long as it stays as it is.
            Err(_) if !is_scalar && tree::same(old, new) => return Ok(()),
            Err(error) if !is_scalar => return Err(error),
            field => field.ok(),
        };
        match (&old.data, &new.data, field) {
            (PlainData::Map(_), PlainData::Map(_), Some(field)) if field.is_replaced => {
                if self.changes() {
                    out.insert(name.clone(), new.clone());
                }
            }
            (PlainData::Map(old), PlainData::Map(new), Some(field)) => {
                let inner = Diff { retains_keys: field.retains_keys, ..self };
                let inner = inner.maps(old, new, field.inside, depth + 1)?;
                if !inner.is_empty() {
                    out.insert(name.clone(), PlainData::Map(inner).into());
                }
            }
            (PlainData::List(old), PlainData::List(new), Some(field)) if field.is_merged => {
                let inner = Diff { retains_keys: field.retains_keys, ..self };
                let lists = inner.lists(old, new, field, depth)?;
                let name_text = String::from_utf8_lossy(name);
                let mut put = |name: String, list: Vec<Plain>| {
                    if !list.is_empty() {
                        out.insert(key(&name), PlainData::List(list).into());
                    }
                };
                put(name_text.to_string(), lists.patch);
                put(format!("{DELETE}{name_text}"), lists.deleted);
                put(format!("{ORDER}{name_text}"), lists.order);
            }
            _ => {
                if self.changes() && !tree::same(old, new) {
                    out.insert(name.clone(), new.clone());
                }
            }
        }
        Ok(())
    }

    fn lists(self, old: &[Plain], new: &[Plain], field: Merge, depth: usize) -> Result<Lists, PatchError> {
        if old.is_empty() {
            let patch = if self.changes() { new.to_vec() } else { Vec::new() };
            return Ok(Lists { patch, ..Lists::default() });
        }
        match order::elements(&[old, new])? {
            Some(Elements::Maps) => self.elements(old, new, field, depth),
            _ => self.scalars(old, new),
        }
    }

    /// Lists of maps, which are told apart by a key.
    fn elements(self, old: &[Plain], new: &[Plain], field: Merge, depth: usize) -> Result<Lists, PatchError> {
        let merge_key = field.merge_key.unwrap_or_default();
        let (sorted_old, sorted_new) = (by_text(old, Some(merge_key)), by_text(new, Some(merge_key)));
        let (mut left, mut right) = (sorted_old.iter().peekable(), sorted_new.iter().peekable());
        let (mut patch, mut deleted) = (Vec::new(), Vec::new());
        loop {
            let id = |element: Option<&&Plain>| element.map(|e| merge_key_of(e, merge_key).cloned()).transpose();
            let (old_id, new_id) = (id(left.peek())?, id(right.peek())?);
            let order = match (&old_id, &new_id) {
                (None, None) => break,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some(_), None) => std::cmp::Ordering::Less,
                (Some(a), Some(b)) => key_text(a, None).cmp(&key_text(b, None)),
            };
            match (order, old_id, new_id) {
                (std::cmp::Ordering::Equal, _, Some(id)) => {
                    let (before, after) = (left.next().and_then(|e| e.as_map()), right.next().and_then(|e| e.as_map()));
                    let (Some(before), Some(after)) = (before, after) else { continue };
                    let mut inner = self.maps(before, after, field.inside, depth + 1)?;
                    if !inner.is_empty() {
                        inner.insert(key(merge_key), id);
                        patch.push(PlainData::Map(inner).into());
                    }
                }
                (std::cmp::Ordering::Less, Some(id), _) => {
                    left.next();
                    if self.wanted == Wanted::Deletions {
                        deleted.push(tree::map([(PATCH, Plain::string("delete")), (merge_key, id)]));
                    }
                }
                _ => {
                    let added = right.next();
                    if self.changes() {
                        patch.extend(added.cloned());
                    }
                }
            }
        }
        let mut patch = in_order_of(patch, new, Some(merge_key))?;
        patch.extend(deleted);
        let is_moved = self.changes() && !is_in_order(old, new, merge_key);
        let order = if patch.is_empty() && !is_moved {
            Vec::new()
        } else {
            let id = |element: &Plain| tree::map([(merge_key, element.get(merge_key).cloned().unwrap_or_default())]);
            new.iter().map(id).collect()
        };
        Ok(Lists { patch, deleted: Vec::new(), order })
    }

    /// Lists of scalars, which are merged as sets.
    fn scalars(self, old: &[Plain], new: &[Plain]) -> Result<Lists, PatchError> {
        let (sorted_old, sorted_new) = (by_text(old, None), by_text(new, None));
        let (mut left, mut right) = (sorted_old.iter().peekable(), sorted_new.iter().peekable());
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        loop {
            let text = |value: &&Plain| key_text(value, None);
            match (left.peek().map(text), right.peek().map(text)) {
                (None, None) => break,
                (Some(a), Some(b)) if a == b => _ = (left.next(), right.next()),
                (Some(a), Some(b)) if a < b => removed.extend(left.next().cloned()),
                (Some(_), None) => removed.extend(left.next().cloned()),
                _ => added.extend(right.next().cloned()),
            }
        }
        let patch = if self.changes() { in_order_of(added, new, None)? } else { Vec::new() };
        let deleted = if self.changes() { Vec::new() } else { order::deduplicated(removed) };
        // The comparison comes after the old list was sorted: one that is sorted anew is a change, one that was not is none.
        let is_same = sorted_old.len() == new.len() && sorted_old.iter().zip(new).all(|(a, b)| order::is_equal(a, b));
        let is_ordered = if self.changes() { !is_same } else { !deleted.is_empty() };
        Ok(Lists { patch, deleted, order: if is_ordered { new.to_vec() } else { Vec::new() } })
    }
}

/// What a merged list puts into the patch.
#[derive(Default)]
struct Lists {
    patch: Vec<Plain>,
    deleted: Vec<Plain>,
    order: Vec<Plain>,
}

fn text(key: &Key) -> Plain {
    PlainData::String(key.clone()).into()
}

fn is_in_order(old: &[Plain], new: &[Plain], merge_key: &str) -> bool {
    old.len() == new.len()
        && old.iter().zip(new).all(|(a, b)| position(std::slice::from_ref(a), b, Some(merge_key)).is_some())
}
