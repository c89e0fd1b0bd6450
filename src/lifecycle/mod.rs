//! One life of one chart in one world.
//!
//! A life renders the chart as an install, an upgrade and another upgrade would, with no cluster, and as `helm lint`
//! does, lets `lookup` see in each what the phase before left, and compares the phases object by object and field by
//! field. A rollback renders nothing: it takes the stored manifests. The room knows the engine and the facts of `kube`;
//! it does not choose worlds and does not judge.

mod compare;
mod journey;
mod kept;
mod leftovers;
mod live;
pub mod lives;
mod memory;
mod operation;
mod phases;
mod reuse;
mod run;
mod storage;
mod words;
mod writes;

pub use compare::{
    Difference, ObjectChange, differences, differences_of, is_varying, pieces_in, varies, varying_guard,
};
pub use journey::{Journey, Revision, Step, Terms};
pub use kept::with_shared;
pub use leftovers::{install_again, leftovers};
pub use live::{LiveState, plain};
pub use memory::Memory;
pub use operation::{Applied, ErrorKind, OperationError, Reply, Request, Write};
pub use phases::{Knobs, rendered_alone, upgrade_without_cluster};
pub use reuse::{Reused, reuse_values};
pub use run::{Chart, Life, Phase, PhaseKind, World, is_refused_by_schema, live, live_between, live_on};
