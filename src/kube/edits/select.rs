//! The recorded row that answers for one edit.

use super::super::path::FieldPath;
use super::super::{kinds, tree};
use super::table::{self, Answer, KindEdits, Row};
use super::{Mode, Op, Target, region, variants};
use crate::value::Plain;

use super::super::version::KubeVersion;

/// An edit of one field.
#[derive(Clone, Copy)]
pub struct Edit<'a> {
    pub field: &'a FieldPath,
    pub op: Op,
    pub to: Option<&'a Plain>,
}

/// What the tables say to an edit.
#[derive(Clone, Debug)]
pub struct Found {
    pub answer: Answer,
    pub table: &'static KindEdits,
    pub row: &'static Row,
    /// Only this item of the message: the others are about the recorded field.
    pub only: Option<usize>,
}

/// The tables that speak for a kind, the second one for every kind.
pub fn tables_for(kind: &str) -> impl Iterator<Item = (bool, &'static KindEdits)> {
    let names = [(false, kind), (true, table::EVERY_KIND)];
    names.into_iter().filter_map(|(is_general, name)| Some((is_general, table::of_kind(name)?)))
}

/// The tables that speak for a kind, and the rows in them that speak for the live object, the best ones first.
pub fn rows_for(target: &Target<'_>) -> Vec<(u8, &'static KindEdits, &'static Row)> {
    let group = kinds::group_of(target.api_version);
    let mut out = Vec::new();
    for (is_general, edits) in tables_for(target.kind) {
        for row in &edits.rows {
            let is_of_kind = is_general || kinds::group_of(&row.api_version) == group;
            let Some(fit) = variants::fit(row, target.live, target.volumes_grow).filter(|_| is_of_kind) else {
                continue;
            };
            let other_version = u8::from(!is_general && row.api_version != target.api_version);
            out.push((fit * 4 + other_version * 2 + u8::from(is_general) * 16, edits, row));
        }
    }
    out.sort_by_key(|(fit, _, _)| *fit);
    out
}

/// The answer to an edit of a single field.
pub fn find(target: &Target<'_>, edit: Edit<'_>, at: KubeVersion) -> Option<Found> {
    find_in(&rows_for(target), target, edit, at)
}

/// The same for somebody who has the rows already.
pub fn find_in(rows: &Rows, target: &Target<'_>, edit: Edit<'_>, at: KubeVersion) -> Option<Found> {
    direct(rows, target, edit, at)
        .or_else(|| status(target, edit, at))
        .or_else(|| region::above(rows, target, edit, at))
        .or_else(|| region::around(rows, target, edit, at))
}

type Rows = [(u8, &'static KindEdits, &'static Row)];

/// A row of the field itself.
fn direct(rows: &Rows, target: &Target<'_>, edit: Edit<'_>, at: KubeVersion) -> Option<Found> {
    let mut best: Option<(u8, Found)> = None;
    for (fit, table, row) in rows {
        if !row.field.matches(edit.field) || row.is_several {
            continue;
        }
        let value_fit = match (edit.op.is_unset(), edit.to) {
            (true, _) => Some(0),
            (false, Some(to)) => variants::value_fit(row, target.live, edit.field, to),
            (false, None) => Some(u8::from(row.note.starts_with("to ") || row.note.contains("empty"))),
        };
        let Some(value_fit) = value_fit else { continue };
        let Some(answer) = row.answer(edit.op, target.mode, at) else { continue };
        let is_new = edit.op == Op::SetOnce;
        let of_other_start = !edit.op.is_unset() && is_new != row.is_set_once(at);
        if of_other_start && !starts_alike(row, answer, is_new) {
            continue;
        }
        let score = fit + value_fit * 2 + u8::from(of_other_start);
        if best.as_ref().is_none_or(|(other, _)| score < *other) {
            best = Some((score, Found { answer, table, row, only: None }));
        }
    }
    best.map(|(_, found)| found)
}

/// A row that was asked from another start (the field was there, or was not) says the same for this one: free maps and
/// whole regions that are immutable do not care, and neither do fields that a version does not know.
fn starts_alike(row: &Row, answer: Answer, is_new: bool) -> bool {
    match answer {
        Answer::Taken => !is_new || row.to.as_map().is_some() || row.to.as_list().is_some() || is_entry(&row.field),
        Answer::Kept => true,
        Answer::Refused(message) => !is_new || region::of_row(row, message).is_some_and(|r| r.len() < row.field.len()),
    }
}

/// The field is an entry of a map of the user.
fn is_entry(field: &FieldPath) -> bool {
    field.parent().is_some_and(|parent| parent.child("a").matches(&parent.child("b")))
}

/// What is said of the status of an object whose status is a subresource is ignored.
fn status(target: &Target<'_>, edit: Edit<'_>, at: KubeVersion) -> Option<Found> {
    let whole = FieldPath::parse("status");
    if !whole.covers(edit.field) || !kinds::kind(target.api_version, target.kind).is_some_and(|k| k.has_status) {
        return None;
    }
    let table = table::of_kind(table::EVERY_KIND)?;
    let row = table.rows.iter().find(|row| row.field == whole)?;
    let answer = row.answer(Op::Change, Mode::Patch, at)?;
    Some(Found { answer, table, row, only: None })
}

/// The edits of a row that changes several fields at once, as far as they change this object.
pub fn parts(row: &Row, live: &Plain) -> Vec<(FieldPath, Option<Plain>)> {
    let mut out = Vec::new();
    collect(&row.field, &row.to, live, &mut out);
    out
}

fn collect(path: &FieldPath, to: &Plain, live: &Plain, out: &mut Vec<(FieldPath, Option<Plain>)>) {
    match to.as_map() {
        Some(map) => {
            for (key, value) in map {
                collect(&path.child(&String::from_utf8_lossy(key)), value, live, out);
            }
        }
        None if to.is_null() => out.push((path.clone(), None)),
        None if tree::at(live, path).is_some_and(|live| tree::same(live, to)) => {}
        None => out.push((path.clone(), Some(to.clone()))),
    }
}
