//! The order of lists that are merged: Go's sorts, with what they do to elements that are equal.

use super::{PATCH, PatchError, json};
use crate::value::golang::strconv::shown_float;
use crate::value::{Key, Plain, PlainData};

/// What a list holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Elements {
    Maps,
    Scalars,
}

/// What the elements of the lists are, which must be of one kind; none if there are no elements.
pub fn elements(lists: &[&[Plain]]) -> Result<Option<Elements>, PatchError> {
    let mut first = None;
    for value in lists.iter().flat_map(|list| list.iter()) {
        let class = class(value);
        match first {
            None if class == Class::List => return Err(PatchError::ListOfLists),
            None => first = Some(class),
            Some(first) if first != class => return Err(PatchError::MixedList),
            Some(_) => {}
        }
    }
    Ok(first.map(|class| if class == Class::Map { Elements::Maps } else { Elements::Scalars }))
}

/// The types that Go's decoder tells apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Null,
    Bool,
    Integer,
    Float,
    String,
    List,
    Map,
}

pub fn class(value: &Plain) -> Class {
    match &value.data {
        PlainData::Null => Class::Null,
        PlainData::Bool(_) => Class::Bool,
        PlainData::Int(_) => Class::Integer,
        PlainData::Float(f) if json::is_written_as_integer(*f) => Class::Integer,
        PlainData::Float(_) => Class::Float,
        PlainData::String(_) => Class::String,
        PlainData::List(_) => Class::List,
        PlainData::Map(_) => Class::Map,
    }
}

/// The value that tells an element apart, which may be null but must be there.
pub fn merge_key_of<'a>(element: &'a Plain, key: &str) -> Result<&'a Plain, PatchError> {
    let missing = || PatchError::NoMergeKey { key: key.to_string(), element: go_text(element, 0) };
    element.get(key).ok_or_else(missing)
}

fn all_have(key: &str, list: &[Plain]) -> Result<(), PatchError> {
    list.iter().try_for_each(|element| merge_key_of(element, key).map(|_| ()))
}

/// Sorted as Go's small sort does it with an order in which equal elements are each before the other: they change places.
fn insertion_sort(list: &mut [Plain], before: impl Fn(&Plain, &Plain) -> bool) {
    for i in 1..list.len() {
        let mut j = i;
        while j > 0 && list.get(j).zip(list.get(j - 1)).is_some_and(|(a, b)| before(a, b)) {
            list.swap(j, j - 1);
            j -= 1;
        }
    }
}

/// Longer lists are sorted without the quirks of small ones: their elements differ in practice.
const SMALL: usize = 12;

/// Elements in the order of the texts of their keys; scalars, with no key, in that of their own.
pub fn by_text(list: &[Plain], key: Option<&str>) -> Vec<Plain> {
    let text = |element: &Plain| key_text(element, key);
    let mut out = list.to_vec();
    if out.len() <= SMALL {
        insertion_sort(&mut out, |a, b| text(a) <= text(b));
    } else {
        out.sort_by_cached_key(text);
    }
    out
}

/// The text that elements are told apart by.
pub fn key_text(element: &Plain, key: Option<&str>) -> String {
    let value = key.map_or(Some(element), |key| element.get(key));
    value.map_or_else(|| "<nil>".into(), |value| go_text(value, 0))
}

/// Where in the list the element with the same key stands.
pub fn position(list: &[Plain], element: &Plain, key: Option<&str>) -> Option<usize> {
    let id = |element: &Plain| key.map_or(Some(element.clone()), |key| element.get(key).cloned());
    let wanted = id(element);
    list.iter().position(|other| match (&wanted, &id(other)) {
        (Some(a), Some(b)) => is_equal(a, b),
        (None, None) => true,
        _ => false,
    })
}

/// Equal as Go compares values in interfaces.
pub fn is_equal(a: &Plain, b: &Plain) -> bool {
    class(a) == class(b) && super::super::tree::same(a, b)
}

/// The list in the order of another one; deletions go to its end.
pub fn in_order_of(list: Vec<Plain>, order: &[Plain], key: Option<&str>) -> Result<Vec<Plain>, PatchError> {
    let (mut kept, deleted) = match key {
        Some(key) => {
            all_have(key, &list)?;
            all_have(key, order)?;
            list.into_iter().partition::<Vec<_>, _>(|element| !is_deletion(element))
        }
        None => (list, Vec::new()),
    };
    let places: Vec<Option<usize>> = kept.iter().map(|element| position(order, element, key)).collect();
    if places.iter().all(Option::is_some) {
        let mut placed: Vec<_> = places.into_iter().zip(std::mem::take(&mut kept)).collect();
        placed.sort_by_key(|(place, _)| *place);
        kept = placed.into_iter().map(|(_, element)| element).collect();
    } else {
        insertion_sort(&mut kept, |a, b| match (position(order, a, key), position(order, b, key)) {
            (Some(a), Some(b)) => a < b,
            _ => true,
        });
    }
    kept.extend(deleted);
    Ok(kept)
}

pub fn is_deletion(element: &Plain) -> bool {
    element.get(PATCH).and_then(Plain::as_str) == Some("delete")
}

/// What the patch names, in its order, and what only the server has, in the server's, as one list.
pub fn interleaved(
    all: Vec<Plain>,
    patch_order: &[Plain],
    server_order: &[Plain],
    key: Option<&str>,
) -> Result<Vec<Plain>, PatchError> {
    if let Some(key) = key {
        all_have(key, &all)?;
    }
    let (named, others): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|element| position(patch_order, element, key).is_some());
    let named = in_order_of(named, patch_order, key)?;
    let others = in_order_of(others, server_order, key)?;
    let is_before = |a: &Plain, b: &Plain| matches!((position(server_order, a, key), position(server_order, b, key)), (Some(a), Some(b)) if a < b);
    let mut out = Vec::with_capacity(named.len() + others.len());
    let (mut named, mut others) = (named.into_iter().peekable(), others.into_iter().peekable());
    loop {
        let takes_other = match (others.peek(), named.peek()) {
            (None, None) => return Ok(out),
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (Some(other), Some(named)) => is_before(other, named),
        };
        out.extend(if takes_other { others.next() } else { named.next() });
    }
}

/// Each scalar once. The last one takes the place of one that goes.
pub fn deduplicated(mut list: Vec<Plain>) -> Vec<Plain> {
    let mut i = 0;
    while i < list.len() {
        let mut j = i + 1;
        while j < list.len() {
            if list.get(i).zip(list.get(j)).is_some_and(|(a, b)| is_equal(a, b)) {
                list.swap_remove(j);
            } else {
                j += 1;
            }
        }
        i += 1;
    }
    list
}

/// Data as Go prints it: `map[name:a value:1]`.
pub fn go_text(plain: &Plain, depth: usize) -> String {
    match &plain.data {
        _ if depth > super::MAX_DEPTH => String::new(),
        PlainData::Null => "<nil>".into(),
        PlainData::Bool(b) => b.to_string(),
        PlainData::Int(i) => i.to_string(),
        PlainData::Float(f) => shown_float(*f),
        PlainData::String(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        PlainData::List(items) => {
            let items: Vec<String> = items.iter().map(|item| go_text(item, depth + 1)).collect();
            format!("[{}]", items.join(" "))
        }
        PlainData::Map(map) => {
            let entry = |(k, v): (&Key, &Plain)| format!("{}:{}", String::from_utf8_lossy(k), go_text(v, depth + 1));
            let entries: Vec<String> = map.iter().map(entry).collect();
            format!("map[{}]", entries.join(" "))
        }
    }
}
