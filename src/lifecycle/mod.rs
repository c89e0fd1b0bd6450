//! One life of one chart in one world.
//!
//! A life renders the chart as an install, an upgrade and another upgrade would, with no cluster, and as `helm lint`
//! does, lets `lookup` see in each what the phase before left, and compares the phases object by object and field by
//! field. A rollback renders nothing: it takes the stored manifests. The room knows the engine and the facts of `kube`;
//! it does not choose worlds and does not judge.

mod compare;
mod leftovers;
mod live;
mod phases;
mod reuse;
mod run;

pub use compare::{Difference, ObjectChange, differences, is_varying, pieces_in, varies, varying_guard};
pub use leftovers::{install_again, leftovers};
pub use live::{LiveState, plain};
pub use phases::{Knobs, Memory, upgrade_without_cluster};
pub use reuse::{Reused, reuse_values};
pub use run::{Chart, Life, Phase, PhaseKind, World, live, live_between};
