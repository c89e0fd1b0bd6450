//! What a server says to an update of an object: of one field, or of several at once.

use super::super::path::FieldPath;
use super::super::version::{KubeVersion, recorded};
use super::super::{kinds, tree};
use super::message::Subject;
use super::region;
use super::select::{self, Edit, Found};
use super::table::{Answer, KindEdits, Row};
use super::{Op, Target, Verdict};
use crate::value::Plain;
use std::collections::BTreeSet;

/// A field that an update changes.
#[derive(Clone, Debug)]
pub struct FieldChange {
    pub field: FieldPath,
    /// The new value; none where the field is removed.
    pub to: Option<Plain>,
}

/// What a server makes of an update.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The object is updated; what became of each field, in the order given.
    Accepted { fields: Vec<(FieldPath, Verdict)> },
    /// Nothing is changed.
    Refused {
        /// The server's words.
        message: String,
        /// The fields that it refuses.
        fields: Vec<FieldPath>,
    },
}

/// What a server of this version says to all these changes at once. Fields that already have the new value are no changes.
pub fn update_outcome(target: &Target<'_>, changes: &[FieldChange], at: KubeVersion) -> Outcome {
    let changes: Vec<&FieldChange> = changes.iter().filter(|change| !is_idle(target, change)).collect();
    let after = after(target, &changes);
    let mut update = Update { target, at, after, items: Vec::new(), whole: None, fields: Vec::new() };
    let mut answered = vec![None; changes.len()];
    // Each round answers at least one change.
    for _ in 0..changes.len() {
        let Some((found, covered)) = update.several(&changes, &answered) else { break };
        let verdict = update.take(&found, &found.row.field.clone(), &found.row.field.clone());
        for i in covered {
            let (Some(slot), Some(change)) = (answered.get_mut(i), changes.get(i)) else { continue };
            // What the server does not name, it would take.
            if !update.may_be_missing(found.table, &change.field, change.to.as_ref(), found.answer) {
                update.note_refused(&verdict, &change.field);
                *slot = Some(verdict.clone());
            }
        }
    }
    let mut fields = Vec::new();
    for (change, answer) in changes.iter().zip(answered) {
        let verdict = answer.unwrap_or_else(|| {
            let verdict = update.one(change);
            update.note_refused(&verdict, &change.field);
            verdict
        });
        fields.push((change.field.clone(), verdict));
    }
    update.both_strategies();
    update.outcome(fields)
}

/// One edit of one field.
pub fn single(target: &Target<'_>, field: &FieldPath, op: Op, to: Option<&Plain>, at: KubeVersion) -> Verdict {
    let change = FieldChange { field: field.clone(), to: if op.is_unset() { None } else { to.cloned() } };
    let after = after(target, &[&change]);
    let mut update = Update { target, at, after, items: Vec::new(), whole: None, fields: Vec::new() };
    match update.edited(Edit { field, op, to }) {
        Verdict::Refused { .. } => match update.outcome(Vec::new()) {
            Outcome::Refused { message, .. } => Verdict::Refused { message },
            Outcome::Accepted { .. } => Verdict::Unknown,
        },
        other => other,
    }
}

/// Whether some recorded version refuses that the field gets another value, or that it goes.
pub fn is_ever_refused(target: &Target<'_>, field: &FieldPath) -> bool {
    may_be_refused(target.kind, field) && is_refused_as_it_is(target, field)
}

fn is_refused_as_it_is(target: &Target<'_>, field: &FieldPath) -> bool {
    let rows = select::rows_for(target);
    let is_refused = |op: Op, at: KubeVersion| {
        let found = select::find_in(&rows, target, Edit { field, op, to: None }, at);
        let found = match found {
            Some(found) => match default_of(target, &found, field, op) {
                Some(default) => select::find_in(&rows, target, Edit { field, op: Op::Change, to: Some(default) }, at),
                None => Some(found),
            },
            None => None,
        };
        found.is_some_and(|found| matches!(found.answer, Answer::Refused(_)) && !is_unknown_growth(target, &found, op))
    };
    let mut columns = BTreeSet::from([0]);
    let mut seen: Option<&KindEdits> = None;
    for (_, table, _) in &rows {
        // The rows of a table mostly follow each other.
        if !seen.is_some_and(|seen| std::ptr::eq(seen, *table)) {
            columns.extend(&table.switches);
            seen = Some(table);
        }
    }
    let versions = columns.into_iter().filter_map(|column| recorded().get(column));
    versions.into_iter().any(|at| is_refused(Op::Change, *at) || is_refused(Op::Unset, *at))
}

/// Whether some recorded version may refuse an edit of the field, whatever the object is like.
pub fn may_be_refused(kind: &str, field: &FieldPath) -> bool {
    select::tables_for(kind).any(|(_, table)| table.rows.iter().any(|row| row.may_refuse(table, field)))
}

/// What a field changes to when it is removed, where it has a default and another value: it is not kept then.
fn default_of<'a>(target: &Target<'_>, found: &'a Found, field: &FieldPath, op: Op) -> Option<&'a Plain> {
    let default = found.row.default.as_ref().filter(|_| op.is_unset() && found.answer == Answer::Kept)?;
    tree::at(target.live, field).is_some_and(|live| !tree::same(live, default)).then_some(default)
}

/// Growing a claim needs a storage class that allows it.
fn is_unknown_growth(target: &Target<'_>, found: &Found, op: Op) -> bool {
    let is_growth = found.row.variant == "pvc-bound" && found.row.note.starts_with("larger") && !op.is_unset();
    is_growth && target.volumes_grow.is_none()
}

/// The field has the value already.
fn is_idle(target: &Target<'_>, change: &FieldChange) -> bool {
    match (tree::at(target.live, &change.field), &change.to) {
        (Some(live), Some(to)) => tree::same(live, to),
        (None, None) => true,
        (None, Some(to)) => to.is_null(),
        (Some(live), None) => live.is_null(),
    }
}

/// The object as the changes would leave it.
fn after(target: &Target<'_>, changes: &[&FieldChange]) -> Plain {
    let mut after = target.live.clone();
    for change in changes {
        match &change.to {
            Some(to) => tree::set(&mut after, change.field.steps(), to.clone()),
            None => tree::remove(&mut after, change.field.steps()),
        }
    }
    if target.kind == "Service" {
        follow_cluster_ip(target.live, &mut after);
    }
    after
}

/// A changed `clusterIP` of a Service takes `clusterIPs` along before it is validated.
fn follow_cluster_ip(live: &Plain, after: &mut Plain) {
    let one = |object: &Plain| object.at(&["spec", "clusterIP"]).and_then(Plain::as_str).map(str::to_string);
    let all = |object: &Plain| object.at(&["spec", "clusterIPs"]).cloned();
    if one(live) == one(after) || all(live) != all(after) {
        return;
    }
    let path = FieldPath::parse("spec.clusterIPs");
    match one(after).filter(|address| !address.is_empty()) {
        Some(address) => tree::set(after, path.steps(), tree::list([Plain::string(&address)])),
        None => tree::remove(after, path.steps()),
    }
}

/// An update on its way through the rows.
struct Update<'a> {
    target: &'a Target<'a>,
    at: KubeVersion,
    after: Plain,
    /// The errors so far, with the kind as the server names it.
    items: Vec<(String, String)>,
    /// A message that is not a list of errors.
    whole: Option<String>,
    fields: Vec<FieldPath>,
}

impl Update<'_> {
    fn one(&mut self, change: &FieldChange) -> Verdict {
        let live = tree::at(self.target.live, &change.field);
        let op = match (&change.to, live) {
            (None, _) => Op::Unset,
            (Some(_), None) => Op::SetOnce,
            (Some(_), Some(_)) => Op::Change,
        };
        self.edited(Edit { field: &change.field, op, to: change.to.as_ref() })
    }

    fn edited(&mut self, edit: Edit<'_>) -> Verdict {
        let Some(found) = select::find(self.target, edit, self.at) else { return Verdict::Unknown };
        if let Some(default) = default_of(self.target, &found, edit.field, edit.op) {
            let changed = Edit { field: edit.field, op: Op::Change, to: Some(default) };
            tree::set(&mut self.after, edit.field.steps(), default.clone());
            return match select::find(self.target, changed, self.at) {
                Some(found) => self.take(&found, &found.row.field.clone(), edit.field),
                None => Verdict::Taken,
            };
        }
        if is_unknown_growth(self.target, &found, edit.op) {
            return Verdict::Unknown;
        }
        self.take(&found, &found.row.field.clone(), edit.field)
    }

    /// Takes what was found down, and the server's words with it.
    fn take(&mut self, found: &Found, recorded: &FieldPath, edited: &FieldPath) -> Verdict {
        let message = match found.answer {
            Answer::Taken => return Verdict::Taken,
            Answer::Kept => return Verdict::Ignored,
            Answer::Refused(message) => message,
        };
        let Some(message) = found.table.messages.get(message) else { return Verdict::Unknown };
        let edited = if edited.len() == recorded.len() { edited } else { recorded };
        let kind = self.kind();
        let subject = self.subject(&kind);
        let head = subject.message(&message.head, &[]);
        if message.items.is_empty() {
            self.whole.get_or_insert(head.clone());
            return Verdict::Refused { message: head };
        }
        let items = message.items.iter().enumerate().filter(|(i, _)| found.only.is_none_or(|only| only == *i));
        let items: Vec<String> = items.map(|(_, item)| subject.item(item, recorded, edited)).collect();
        let words = subject.message(&message.head, &items);
        for item in items {
            if !self.items.iter().any(|(_, other)| *other == item) {
                self.items.push((head.clone(), item));
            }
        }
        Verdict::Refused { message: words }
    }

    /// A Deployment that is recreated has no rolling update. Server-side apply of the type alone leaves the one that the
    /// server filled in (the recorded edit of a Deployment's `spec.strategy`).
    fn both_strategies(&mut self) {
        let strategy = |object: &Plain| {
            let of = object.at(&["spec", "strategy"]);
            let is_recreated = of.and_then(|of| of.get("type")).and_then(Plain::as_str) == Some("Recreate");
            is_recreated && of.and_then(|of| of.get("rollingUpdate")).is_some_and(|rolling| !rolling.is_null())
        };
        if self.target.kind == "Deployment" && strategy(&self.after) && !strategy(self.target.live) {
            let words =
                "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'";
            self.items.push((self.kind(), words.into()));
            self.fields.push(FieldPath::parse("spec.strategy.type"));
        }
    }

    fn note_refused(&mut self, verdict: &Verdict, field: &FieldPath) {
        if verdict.is_refused() {
            self.fields.push(field.clone());
        }
    }

    /// The kind as messages name it: `Deployment.apps`.
    fn kind(&self) -> String {
        match kinds::group_of(self.target.api_version) {
            "" => self.target.kind.to_string(),
            group => format!("{}.{group}", self.target.kind),
        }
    }

    fn subject<'a>(&'a self, kind: &'a str) -> Subject<'a> {
        let plural = kinds::kind(self.target.api_version, self.target.kind).map_or("", |k| k.plural);
        Subject { kind, plural, name: self.target.name, after: &self.after }
    }

    fn outcome(self, fields: Vec<(FieldPath, Verdict)>) -> Outcome {
        if let Some(message) = self.whole.clone() {
            return Outcome::Refused { message, fields: self.fields };
        }
        let Some((head, _)) = self.items.first().cloned() else { return Outcome::Accepted { fields } };
        let kind = self.kind();
        let items: Vec<String> = self.items.iter().map(|(_, item)| item.clone()).collect();
        let message = self.subject(&kind).message(&head, &items);
        Outcome::Refused { message, fields: self.fields }
    }

    /// The row that changes the most of the given fields at once, and which ones.
    fn several(&self, changes: &[&FieldChange], answered: &[Option<Verdict>]) -> Option<(Found, Vec<usize>)> {
        let mut best: Option<(Found, Vec<usize>)> = None;
        for (_, table, row) in select::rows_for(self.target) {
            if !row.is_several {
                continue;
            }
            let Some(answer) = row.answer(Op::Change, self.target.mode, self.at) else { continue };
            let Some(covered) = self.covered(table, row, answer, changes, answered) else { continue };
            if best.as_ref().is_none_or(|(_, other)| covered.len() > other.len()) {
                best = Some((Found { answer, table, row, only: None }, covered));
            }
        }
        best
    }

    /// The changes that are those of the row; none if one is missing that its answer may depend on.
    fn covered(
        &self,
        table: &KindEdits,
        row: &Row,
        answer: Answer,
        changes: &[&FieldChange],
        answered: &[Option<Verdict>],
    ) -> Option<Vec<usize>> {
        let mut covered = Vec::new();
        for (field, to) in select::parts(row, self.target.live) {
            let is_same = |change: &FieldChange| match (&change.to, &to) {
                (None, None) => true,
                (Some(new), Some(to)) => tree::same(new, to) || (!is_empty(new) && !is_empty(to)),
                _ => false,
            };
            let found = changes
                .iter()
                .zip(answered)
                .position(|(change, done)| done.is_none() && field.matches(&change.field) && is_same(change));
            match found {
                Some(i) => covered.push(i),
                None if self.may_be_missing(table, &field, to.as_ref(), answer) => {}
                None => return None,
            }
        }
        // A row of which nothing but what the server would take is there says nothing.
        let says_something = covered
            .iter()
            .filter_map(|i| changes.get(*i))
            .any(|change| !self.may_be_missing(table, &change.field, change.to.as_ref(), answer));
        says_something.then_some(covered)
    }

    /// The server's words do not depend on this field: they do not name it, and alone it would be taken.
    fn may_be_missing(&self, table: &KindEdits, field: &FieldPath, to: Option<&Plain>, answer: Answer) -> bool {
        let Answer::Refused(message) = answer else { return false };
        let is_named = table
            .messages
            .get(message)
            .is_some_and(|m| m.items.iter().any(|item| field.covers(&region::path_of(item))));
        let op = if to.is_some() { Op::Change } else { Op::Unset };
        let alone = || select::find(self.target, Edit { field, op, to }, self.at);
        !is_named && alone().is_some_and(|found| !matches!(found.answer, Answer::Refused(_)))
    }
}

fn is_empty(plain: &Plain) -> bool {
    plain.as_str().is_some_and(str::is_empty)
}

#[cfg(test)]
mod tests {
    use super::super::table;
    use super::*;

    /// What no table may refuse, no row refuses, whatever the object is like.
    #[test]
    fn what_is_refused_may_be() {
        let kinds = include_str!("../data/edits.txt").lines().filter_map(|line| line.split_once('\t'));
        let kinds: Vec<&str> = kinds.map(|(kind, _)| kind).filter(|kind| *kind != table::EVERY_KIND).collect();
        let tables: Vec<&KindEdits> = kinds.iter().filter_map(|kind| table::of_kind(kind)).collect();
        let fields: Vec<FieldPath> = tables.iter().flat_map(|table| &table.rows).map(|row| row.field.clone()).collect();
        let fields: BTreeSet<FieldPath> = fields
            .into_iter()
            .flat_map(|field| [field.child("a"), field.parent().unwrap_or_default(), field])
            .collect();
        let bound = tree::map([("status", tree::map([("phase", Plain::string("Bound"))]))]);
        let mut refused = 0;
        for (kind, table) in kinds.iter().zip(tables) {
            let versions: BTreeSet<&str> = table.rows.iter().map(|row| row.api_version.as_str()).collect();
            for api_version in versions {
                for (live, field) in
                    [Plain::map(), bound.clone()].iter().flat_map(|o| fields.iter().map(move |f| (o, f)))
                {
                    if is_refused_as_it_is(&Target::new(api_version, kind, live), field) {
                        refused += 1;
                        assert!(may_be_refused(kind, field), "{kind} {field}");
                    }
                }
            }
        }
        assert!(refused > 100, "{refused}");
    }
}
