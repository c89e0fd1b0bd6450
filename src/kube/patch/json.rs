//! JSON merge patches (RFC 7386).

use super::super::tree;
use super::{MAX_DEPTH, PatchError};
use crate::value::{Plain, PlainData};

/// The patch from one object to another.
pub fn diff(original: &Plain, modified: &Plain, depth: usize) -> Result<Plain, PatchError> {
    if depth > MAX_DEPTH {
        return Err(PatchError::TooDeep);
    }
    let mut patch = Plain::map();
    let (Some(out), Some(old), Some(new)) = (patch.as_map_mut(), original.as_map(), modified.as_map()) else {
        return Ok(patch);
    };
    for (key, value) in new {
        match old.get(key) {
            Some(before) if tree::same(before, value) => {}
            Some(before) if before.as_map().is_some() && value.as_map().is_some() => {
                let inner = diff(before, value, depth + 1)?;
                out.insert(key.clone(), inner);
            }
            _ => {
                out.insert(key.clone(), value.clone());
            }
        }
    }
    for key in old.keys().filter(|key| !new.contains_key(*key)) {
        out.insert(key.clone(), Plain::default());
    }
    Ok(patch)
}

/// The object with the patch applied.
pub fn apply(object: &Plain, patch: &Plain, depth: usize) -> Result<Plain, PatchError> {
    if depth > MAX_DEPTH {
        return Err(PatchError::TooDeep);
    }
    let Some(changes) = patch.as_map() else { return Ok(patch.clone()) };
    let mut map = object.as_map().cloned().unwrap_or_default();
    for (key, value) in changes {
        if value.is_null() {
            map.remove(key);
        } else {
            let before = map.get(key).cloned().unwrap_or_default();
            map.insert(key.clone(), apply(&before, value, depth + 1)?);
        }
    }
    Ok(Plain { data: PlainData::Map(map), span: object.span })
}
