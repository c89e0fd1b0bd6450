//! What API servers do: facts and models of Kubernetes.
//!
//! The room answers for a version of Kubernetes: which kinds are served, what is stored for an object that is sent, which
//! edits of which fields are taken, kept silently or refused, and in which words, and how a patch merges. What it claims is
//! a row of recorded data: real servers of each minor were asked (`tests/kubernetes`), tables were derived from their
//! answers (`data/`), and a test asks every recorded row of the tables again.
//!
//! Architecture Invariant: the room knows plain data only, neither charts nor templates nor provenance. It does no I/O, has
//! no state but tables that are parsed when first used, and cannot fail.

mod apply;
mod create;
mod defaults;
mod edits;
mod faults;
mod kinds;
mod patch;
mod path;
mod quantity;
mod refusal;
mod tree;
mod types;
mod version;

pub use apply::{Applied, Owner, apply, conflict_message, owners};
pub use create::create_refusal;
pub use defaults::{Context, defaulted, live_object, marked};
pub use edits::{
    Boundary, FieldChange, Mode, Op, Outcome, Stretch, Target, Verdict, is_ever_refused, may_be_refused, over_range,
    update_outcome, verdict, verdicts,
};
pub use faults::{Fault, apply_faults, patch_faults};
pub use kinds::{Kind, KindLookup, is_group_served, is_namespaced, kind, kinds, lookup};
pub use patch::{HelmPatch, PatchError, apply_patch, changes, helm_patch, sent_by_helm, three_way_patch};
pub use path::{FieldPath, Step};
pub use refusal::{apply_refusal, with_kept};
pub use tree::{from_json, to_json};
pub use version::{KubeVersion, VersionError, VersionRange, recorded};
