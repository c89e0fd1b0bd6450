//! Parts of an object that are immutable as a whole, as the server's words name them.

use super::super::path::FieldPath;
use super::super::version::KubeVersion;
use super::select::{Edit, Found};
use super::table::{Answer, KindEdits, Message, Row};
use super::{Mode, Op, Target};
use crate::value::PlainData;

type Rows = [(u8, &'static KindEdits, &'static Row)];

/// What servers say of fields that do not change.
const IMMUTABLE: [&str; 7] = [
    "immutable",
    "are forbidden",
    "may not change fields other than",
    "may not change once set",
    "cannot change",
    "may not be changed",
    "not auto-generated",
];

/// The sources of a volume: servers call them one thing.
const VOLUME_SOURCE: &str = "spec.persistentvolumesource";
const NO_VOLUME_SOURCES: [&str; 9] = [
    "accessModes",
    "capacity",
    "claimRef",
    "mountOptions",
    "nodeAffinity",
    "persistentVolumeReclaimPolicy",
    "storageClassName",
    "volumeAttributesClassName",
    "volumeMode",
];

/// The item says that the field at its path does not change.
fn is_immutable(item: &str) -> bool {
    // A message that the recorder cut off names an invalid value of a part above the field: no other check does.
    IMMUTABLE.iter().any(|words| item.contains(words)) || item.ends_with(": Invalid value: …")
}

/// The path that an item is about.
pub fn path_of(item: &str) -> FieldPath {
    FieldPath::parse(item.split_once(": ").map_or(item, |(path, _)| path))
}

/// The part around a field that a message calls immutable, and the item that says so.
pub fn part(field: &FieldPath, message: &Message) -> Option<(FieldPath, usize)> {
    let parts = message.items.iter().enumerate().filter(|(_, item)| is_immutable(item));
    let parts = parts.map(|(i, item)| (path_of(item).whole(), i));
    let covering = parts.filter(|(path, _)| path.covers(field)).min_by_key(|(path, _)| path.len());
    covering.or_else(|| {
        let named_otherwise = message.items.iter().position(|item| is_immutable(item))?;
        Some((field.whole(), named_otherwise))
    })
}

/// The part of the object that makes the row's field immutable.
pub fn of_row(row: &Row, message: usize) -> Option<&FieldPath> {
    row.part(message).map(|(path, _)| path)
}

/// The closest field above the edited one that was asked.
pub fn above(rows: &Rows, target: &Target<'_>, edit: Edit<'_>, at: KubeVersion) -> Option<Found> {
    let asked = rows
        .iter()
        .filter(|(_, _, row)| !row.is_several && row.field.len() < edit.field.len() && row.field.covers(edit.field));
    let mut best: Option<(usize, u8, Found)> = None;
    for (fit, table, row) in asked {
        let Some(answer) = row.answer(Op::Change, target.mode, at) else { continue };
        let follows = match answer {
            Answer::Refused(message) => of_row(row, message).is_some(),
            Answer::Kept => true,
            Answer::Taken => holds_entries(row),
        };
        let is_better = best
            .as_ref()
            .is_none_or(|(len, other, _)| row.field.len() > *len || row.field.len() == *len && fit < other);
        if follows && is_better {
            best = Some((row.field.len(), *fit, Found { answer, table, row, only: None }));
        }
    }
    best.map(|(_, _, found)| found)
}

/// The recorded value is a map of the user's own entries.
fn holds_entries(row: &Row) -> bool {
    let is_map_of_text =
        row.to.as_map().is_some_and(|map| map.values().all(|v| matches!(v.data, PlainData::String(_))));
    is_map_of_text && row.field.child("a").matches(&row.field.child("b"))
}

/// A part around the edited field that is immutable as a whole.
pub fn around(rows: &Rows, target: &Target<'_>, edit: Edit<'_>, at: KubeVersion) -> Option<Found> {
    let mut parts: Vec<(&FieldPath, u8, usize, Found)> = Vec::new();
    for (fit, table, row) in rows.iter().filter(|(_, _, row)| !row.is_several) {
        let Some(answer @ Answer::Refused(message)) = row.answer(Op::Change, target.mode, at) else { continue };
        let Some((path, item)) = row.part(message) else { continue };
        let is_above = path.len() < row.field.len() && path.covers(edit.field);
        if is_above || is_volume_source(edit.field, table, message, *item) {
            parts.push((path, *fit, *item, Found { answer, table, row, only: Some(*item) }));
        }
    }
    let (path, _, item, mut found) = parts.into_iter().max_by_key(|(path, fit, ..)| (path.len(), u8::MAX - fit))?;
    let Answer::Refused(message) = found.answer else { return None };
    let words = found.table.item(message, item)?;
    let exceptions = exceptions(words, path);
    if is_of_volumes(words) {
        return Some(found);
    }
    if exceptions.is_empty() {
        return are_all_refused(rows, target.mode, path, edit.field, at).then_some(found);
    }
    if exceptions.iter().any(|exception| exception.covers(edit.field)) {
        found.answer = Answer::Taken;
    }
    Some(found)
}

/// The words are about any source of a volume.
pub fn is_of_volumes(words: &str) -> bool {
    words.starts_with(VOLUME_SOURCE)
}

fn is_volume_source(field: &FieldPath, table: &KindEdits, message: usize, item: usize) -> bool {
    table.item(message, item).is_some_and(is_of_volumes)
        && field.to_string().strip_prefix("spec.").is_some_and(|rest| {
            let name = rest.split(['.', '[']).next().unwrap_or(rest);
            !NO_VOLUME_SOURCES.contains(&name)
        })
}

/// The fields that the words name as changeable: in quotes for StatefulSets, as whole paths for Pods, after `except` for
/// claims.
fn exceptions(words: &str, part: &FieldPath) -> Vec<FieldPath> {
    let quoted = |quote: char| words.split(quote).skip(1).step_by(2);
    if words.contains("for fields other than") {
        return quoted('\'').map(|name| FieldPath::parse(&format!("{part}.{name}"))).collect();
    }
    if words.contains("may not change fields other than") {
        return quoted('`').map(|path| FieldPath::parse(&path.replace("[*]", "[0]"))).collect();
    }
    match words.split_once(" except ").and_then(|(_, rest)| rest.split_once(" for bound claims")) {
        Some((names, _)) => names.split(" and ").map(|name| FieldPath::parse(&format!("{part}.{name}"))).collect(),
        None => Vec::new(),
    }
}

/// All asked fields of the part that are closest to this one were refused for the part's sake.
fn are_all_refused(rows: &Rows, mode: Mode, part: &FieldPath, field: &FieldPath, at: KubeVersion) -> bool {
    let mut closest = 0;
    let mut all = false;
    for (_, _, row) in rows.iter().filter(|(_, _, row)| part.covers(&row.field) && !row.is_several) {
        let Some(answer) = row.answer(Op::Change, mode, at) else { continue };
        let is_refused = match answer {
            Answer::Refused(message) => of_row(row, message).is_some_and(|path| path.covers(field)),
            _ => false,
        };
        let common = row.field.common(field);
        if common > closest {
            (closest, all) = (common, is_refused);
        } else if common == closest {
            all &= is_refused;
        }
    }
    all
}
