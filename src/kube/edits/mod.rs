//! What a server says to a changed field.
//!
//! Every answer is a row of the recordings: an edit of the same field of an object in the same state, at the recorded
//! version that speaks for the one in question. What was not asked is [`Verdict::Unknown`], with two exceptions that the
//! server's own words justify: fields below one that is immutable as a whole follow it, and so do keys of maps that hold
//! nothing but the user's entries.

mod message;
mod outcome;
mod region;
mod select;
mod table;
mod variants;

pub use outcome::{FieldChange, Outcome, is_ever_refused, may_be_refused, update_outcome};

use super::path::FieldPath;
use super::version::{KubeVersion, VersionRange, column, recorded};
use crate::value::Plain;

/// What is done to a field.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Op {
    /// It gets another value.
    Change,
    /// It leaves the manifest: a patch sets it to null.
    Unset,
    /// It gets a value for the first time.
    SetOnce,
    /// A list or map gets an entry.
    AddEntry,
    /// A list or map loses an entry.
    RemoveEntry,
}

impl Op {
    fn is_unset(self) -> bool {
        matches!(self, Op::Unset | Op::RemoveEntry)
    }
}

/// How the manifest is written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Mode {
    /// A patch: Helm 3, and Helm 4 for releases born under it.
    #[default]
    Patch,
    /// Server-side apply: Helm 4.
    Apply,
}

/// What a server says to an edit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    Taken,
    /// Accepted, and the value is kept as it was.
    Ignored,
    Refused {
        /// The server's words; an ellipsis stands for what it prints of its own structures.
        message: String,
    },
    /// No recording says so.
    Unknown,
}

impl Verdict {
    pub fn is_refused(&self) -> bool {
        matches!(self, Verdict::Refused { .. })
    }
}

/// An object that is to be updated.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    pub api_version: &'a str,
    pub kind: &'a str,
    pub name: &'a str,
    /// The object as it stands in the cluster: answers depend on its state.
    pub live: &'a Plain,
    pub mode: Mode,
    /// Whether the storage class of a bound claim lets it grow, if that is known.
    pub volumes_grow: Option<bool>,
}

impl<'a> Target<'a> {
    /// A target that is patched, named as its live object is.
    pub fn new(api_version: &'a str, kind: &'a str, live: &'a Plain) -> Target<'a> {
        let name = live.at(&["metadata", "name"]).and_then(Plain::as_str).unwrap_or_default();
        Target { api_version, kind, name, live, mode: Mode::Patch, volumes_grow: None }
    }
}

/// What a server of this version says to one edit of the object. `to` is the new value, where the edit has one and it
/// matters: a claim may grow and not shrink.
pub fn verdict(target: &Target<'_>, field: &FieldPath, op: Op, to: Option<&Plain>, at: KubeVersion) -> Verdict {
    outcome::single(target, field, op, to, at)
}

/// Where an answer begins to hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Boundary {
    /// The range in question begins.
    Start,
    /// At this version, as its changelog says.
    Exact(KubeVersion),
    /// After the first and not later than the second: both were asked and answered differently.
    Between(KubeVersion, KubeVersion),
}

/// Neighbouring versions with one answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stretch<T> {
    /// The versions that answer so, taking an uncertain boundary for the beginning of its minor.
    pub range: VersionRange,
    pub since: Boundary,
    pub answer: T,
}

/// The answers over a range of versions, equal neighbours merged.
pub fn over_range<T: PartialEq>(range: VersionRange, answer: impl Fn(KubeVersion) -> T) -> Vec<Stretch<T>> {
    let mut out: Vec<Stretch<T>> = Vec::new();
    let Some(range) = range.known() else { return out };
    for (from, to) in spans(range) {
        let answer = answer(from);
        match out.last_mut() {
            Some(last) if last.answer == answer => last.range.to = to,
            last => {
                let since = match last {
                    None => Boundary::Start,
                    // It ends what a known patch of the minor before began.
                    Some(Stretch { since: Boundary::Exact(_), .. }) => Boundary::Exact(from),
                    Some(_) => boundary(from),
                };
                out.push(Stretch { range: VersionRange { from, to }, since, answer });
            }
        }
    }
    out
}

/// What [`verdict`] says over a range of versions.
pub fn verdicts(
    target: &Target<'_>,
    field: &FieldPath,
    op: Op,
    to: Option<&Plain>,
    range: VersionRange,
) -> Vec<Stretch<Verdict>> {
    over_range(range, |at| verdict(target, field, op, to, at))
}

/// The pieces of a range within which no answer switches: its minors, cut at the switches within them.
fn spans(range: VersionRange) -> Vec<(KubeVersion, KubeVersion)> {
    let mut starts: Vec<KubeVersion> = recorded().iter().map(|v| KubeVersion { patch: 0, ..*v }).collect();
    starts.extend(exact_switches());
    starts.push(range.from);
    starts.retain(|v| range.contains(*v));
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).map(|next| match next.patch.checked_sub(1) {
        Some(patch) => KubeVersion { patch, ..*next },
        None => KubeVersion::new(next.major, next.minor.saturating_sub(1), KubeVersion::ANY_PATCH),
    });
    let ends: Vec<KubeVersion> = ends.chain([range.to]).collect();
    starts.into_iter().zip(ends).collect()
}

/// The switches that are known to the patch.
fn exact_switches() -> impl Iterator<Item = KubeVersion> {
    table::exact_switches().chain(super::refusal::switches())
}

fn boundary(from: KubeVersion) -> Boundary {
    let is_known = exact_switches().any(|v| v == from);
    let here = column(from);
    match (is_known, here.checked_sub(1).and_then(|i| recorded().get(i)), recorded().get(here)) {
        (false, Some(before), Some(after)) => Boundary::Between(*before, *after),
        _ => Boundary::Exact(from),
    }
}
