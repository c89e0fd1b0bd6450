//! Evaluates templates: Go's text/template with the functions of Sprig and Helm, on values that carry their provenance.
//!
//! The room renders one chart in one world: it is given a prepared chart, the release and a [`Cluster`] that answers
//! lookups, and gives the text of every file with its pieces, a log of every condition, and the error that Helm would
//! report. It does no I/O and has no clock; random functions are drawn from a seed.

mod access;
pub mod function;
pub mod functions;
mod runtime;

pub use runtime::{Answer, Cluster, Draw, Limits, LookupCall, Offline, Query, Runtime, Unknown};
