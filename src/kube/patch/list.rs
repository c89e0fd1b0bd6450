//! Lists whose elements are told apart by a key, and the two halves of a patch put together.

use super::super::tree;
use super::super::types::Type;
use super::{MAX_DEPTH, PatchError};
use crate::value::{Plain, PlainData};

/// The value that tells an element apart.
pub fn element_key<'a>(element: &'a Plain, merge_key: &str, path: &str) -> Result<&'a Plain, PatchError> {
    element.get(merge_key).filter(|id| !id.is_null()).ok_or_else(|| PatchError::NoMergeKey {
        field: path.trim_start_matches('.').to_string(),
        key: merge_key.to_string(),
        element: go_text(element, 0),
    })
}

/// The element with this key; of several, the one with this number, from 0.
pub fn nth<'a>(list: &'a [Plain], merge_key: &str, id: &Plain, n: usize) -> Option<&'a Plain> {
    list.iter().filter(|element| element.get(merge_key).is_some_and(|other| tree::same(other, id))).nth(n)
}

/// How many elements have this key.
pub fn count(list: Option<&[Plain]>, merge_key: &str, id: &Plain) -> usize {
    let list = list.unwrap_or_default();
    list.iter().filter(|element| element.get(merge_key).is_some_and(|other| tree::same(other, id))).count()
}

/// Where the element with this key stands.
pub fn position(list: &[Plain], merge_key: &str, id: &Plain) -> Option<usize> {
    list.iter().position(|element| element.get(merge_key).is_some_and(|other| tree::same(other, id)))
}

/// One patch that does what both do.
pub fn combined(deletions: Plain, changes: &Plain, of: Option<Type>, depth: usize) -> Result<Plain, PatchError> {
    if depth > MAX_DEPTH {
        return Err(PatchError::TooDeep);
    }
    let mut patch = deletions;
    let (Some(out), Some(changes)) = (patch.as_map_mut(), changes.as_map()) else { return Ok(patch) };
    for (name, value) in changes {
        let field = std::str::from_utf8(name).ok().and_then(|name| of?.field(name));
        let inner = field.and_then(|field| field.of);
        let both = match (out.remove(name), field.and_then(|field| field.merge_key)) {
            (Some(old), _) if old.as_map().is_some() && value.as_map().is_some() => {
                combined(old, value, inner, depth + 1)?
            }
            (Some(Plain { data: PlainData::List(old), .. }), Some(key)) => elements(old, value, key, inner, depth)?,
            _ => value.clone(),
        };
        out.insert(name.clone(), both);
    }
    Ok(patch)
}

fn elements(
    deleted: Vec<Plain>,
    changed: &Plain,
    key: &str,
    of: Option<Type>,
    depth: usize,
) -> Result<Plain, PatchError> {
    let mut out = deleted;
    for element in changed.as_list().unwrap_or_default() {
        let Some(id) = element.get(key) else { continue };
        match position(&out, key, id).and_then(|i| out.get_mut(i)) {
            Some(old) => *old = combined(std::mem::take(old), element, of, depth + 1)?,
            None => out.push(element.clone()),
        }
    }
    Ok(PlainData::List(out).into())
}

/// Data as Go prints it: `map[name:a value:1]`.
fn go_text(plain: &Plain, depth: usize) -> String {
    match &plain.data {
        _ if depth > MAX_DEPTH => String::new(),
        PlainData::Null => "<nil>".into(),
        PlainData::Bool(b) => b.to_string(),
        PlainData::Int(i) => i.to_string(),
        PlainData::Float(f) => f.to_string(),
        PlainData::String(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        PlainData::List(items) => {
            let items: Vec<String> = items.iter().map(|item| go_text(item, depth + 1)).collect();
            format!("[{}]", items.join(" "))
        }
        PlainData::Map(map) => {
            let entry = |(k, v): (&crate::value::Key, &Plain)| {
                format!("{}:{}", String::from_utf8_lossy(k), go_text(v, depth + 1))
            };
            let entries: Vec<String> = map.iter().map(entry).collect();
            format!("map[{}]", entries.join(" "))
        }
    }
}
