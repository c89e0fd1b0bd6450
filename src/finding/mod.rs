//! What a rule says: a finding with its place, its trace, its consequence.
//!
//! The room knows sources and nothing of charts, so that every report can be made from findings alone.

use crate::source::Span;
use std::fmt;

/// How bad it is on the targets that were asked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Severity {
    /// Harmless on every supported version.
    Info,
    /// A restart, drift, noise.
    Warning,
    /// Refused by the server, an object deleted, data lost, a credential rotated.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// How it was established.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Certainty {
    /// Never run; the text of the templates reaches the place.
    Possible,
    /// Seen in a run in which some branch had to be forced or some value stayed unknown.
    Derived,
    /// Seen in a run with values that a user can pass.
    Proved,
}

impl fmt::Display for Certainty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Certainty::Possible => "possible",
            Certainty::Derived => "derived",
            Certainty::Proved => "proved",
        })
    }
}

/// The object that a finding is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct ObjectRef {
    pub api_version: String,
    pub kind: String,
    pub namespace: String,
    pub name: String,
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

/// A step of the way that a value took, in the order in which it travelled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TraceStep {
    pub span: Span,
    pub says: String,
    /// The expression that a reader will edit.
    pub is_primary: bool,
}

/// A field that the finding covers, with the place that writes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldAt {
    pub field: String,
    pub span: Span,
}

/// What one operation gets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Effect {
    /// `install`, `upgrade`, `rollback`, `offline`, …
    pub operation: &'static str,
    pub says: String,
}

/// Who does not want to hear of a finding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SuppressedBy {
    /// A comment beside the place.
    Comment,
    /// An entry of `.chartlint.yaml`.
    Config,
    /// It was known when the baseline was written.
    Baseline,
}

/// That and why a finding is kept and not told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suppression {
    pub by: SuppressedBy,
    /// In the user's words; empty where none are given.
    pub reason: String,
}

/// One finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    pub rule: &'static str,
    pub severity: Severity,
    pub certainty: Certainty,
    /// Stands alone in a list: object, field, and the operations that differ.
    pub title: String,
    /// The chart's name.
    pub chart: String,
    pub object: Option<ObjectRef>,
    /// The worst field leads.
    pub fields: Vec<FieldAt>,
    /// The place that a reader will edit.
    pub primary: Span,
    pub steps: Vec<TraceStep>,
    pub effects: Vec<Effect>,
    /// The Kubernetes versions that are hurt, in words; empty where that does not matter.
    pub versions: String,
    /// What to write instead, and the way out for a release that is already stuck.
    pub help: String,
    /// The values under which it holds, as Helm's flags; empty for the defaults.
    pub values: String,
    /// What makes the finding the same one in the next run: the cause, in words without places.
    pub cause: String,
    /// Nobody wants to hear of it: it is kept for programs, and counts for no exit code.
    pub suppressed: Option<Suppression>,
}

impl Finding {
    /// The places that it is about, the one to edit first.
    pub fn spans(&self) -> impl Iterator<Item = Span> + '_ {
        let others = self.steps.iter().map(|step| step.span).chain(self.fields.iter().map(|field| field.span));
        std::iter::once(self.primary).chain(others).filter(|span| *span != Span::default())
    }

    /// Made of rule, chart, object and cause: never of line numbers, the release's name, or which field leads.
    pub fn fingerprint(&self) -> String {
        use sha2::Digest as _;
        let mut hash = sha2::Sha256::new();
        let object = self.object.as_ref().map(|o| (o.kind.as_str(), o.name.as_str())).unwrap_or_default();
        for part in [self.rule, &self.chart, object.0, object.1, &self.cause] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        hash.finalize().iter().take(8).map(|b| format!("{b:02x}")).collect()
    }
}
