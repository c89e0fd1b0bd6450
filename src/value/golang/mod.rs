//! What Go's standard library, and the libraries behind Helm's template functions, do with text and numbers, on plain
//! Rust types.
//!
//! Everything here is a pure function over bytes, integers and floats: no value model, no provenance, no clock, no
//! environment. Functions whose result is made of pieces of their input hand the pieces out in order as [`Segment`]s, so
//! that a caller can carry provenance along. Parity with Go is proved by `tests/golang`, which compares with answers
//! recorded from Go 1.26, Sprig 3.3.0 and Masterminds/semver 3.4.

pub mod escape;
pub mod fmt;
pub mod glob;
pub mod path;
pub mod regexp;
mod segment;
pub mod semver;
pub mod strconv;
pub mod strings;
pub mod time;
pub mod unicode;
mod unicode_data;
pub mod url;
mod utf8;

pub use segment::{Segment, collect};
pub use utf8::{decode, push_rune};
