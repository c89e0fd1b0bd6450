//! Evaluates templates: Go's text/template with the functions of Sprig and Helm, on values that carry their provenance.
//!
//! The room renders one chart in one world: it is given a prepared chart, the release and a [`Cluster`] that answers
//! lookups, and gives the text of every file with its pieces, a log of every condition, and the error that Helm would
//! report. It does no I/O and has no clock; random functions are drawn from a seed.

mod access;
pub mod calls;
mod capabilities;
mod cause;
mod context;
pub mod error;
mod eval;
mod forced;
pub mod function;
pub mod functions;
mod import;
pub mod journal;
pub mod log;
mod program;
mod render;
mod runtime;
mod table;
mod written;

pub use capabilities::Capabilities;
pub use context::ReleaseInfo;
pub use error::Error;
use eval::Unit;
pub use eval::Write;
pub use forced::{Forced, Turned};
pub use journal::{Donor, Earlier, FileNote, Kept, Likeness};
pub use program::ParsedTemplate;
pub use render::{Options, RenderError, Rendering, STACK, places, render, render_again, with_stack};
pub use runtime::{Answer, Cluster, Draw, KeySource, Limits, LookupCall, Offline, Query, Runtime, Unknown};
pub use table::FunctionTable;
pub use written::{extent, innermost, written_at};
