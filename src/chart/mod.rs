//! Charts: from the files of a directory or an archive to the charts, values and templates that a render sees.
//!
//! [`load`] turns files into a [`Chart`] with its subcharts, [`user_values`] turns the user's flags into one tree, and
//! [`prepare`] works out which charts take part and what values each sees, as Helm does before it parses a template. The
//! room does no I/O: files are handed in (`cli` reads directories with the help of [`Ignore`]). It knows `source` and
//! `value`, and nothing of templates' text or of evaluation. Every result depends on the version of Helm, given as a
//! [`Profile`](crate::profile::Profile); messages are Helm's, word for word.

pub mod archive;
mod coalesce;
mod dependencies;
mod error;
mod gofmt;
mod graph;
mod ignore;
pub mod limits;
mod load;
mod metadata;
mod model;
mod pattern;
mod prepare;
mod reading;
mod schema;
mod tables;
mod templates;
#[cfg(test)]
mod tests;
mod values;
mod versions;

pub use coalesce::Warning;
pub use dependencies::{Switch, SwitchedBy};
pub use error::{LoadError, LoadErrorKind, PrepareError, PrepareErrorKind, ValuesError};
pub use ignore::Ignore;
pub use load::{LoadAt, load};
pub use model::{Chart, ChartFile, Dependency, Lock, Maintainer, Metadata, RawFile, Schema};
pub use prepare::{PrepareOptions, Prepared, PreparedChart, prepare};
pub use tables::Size;
pub use templates::Template;
pub use values::{ValueFlags, merge as merge_values, user_values};
pub use versions::is_compatible;
