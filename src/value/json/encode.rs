//! What writers of values need, and why they fail.

use crate::profile::Profile;
use crate::value::{Arena, Heap};
use std::fmt;
use std::sync::Arc;

/// What is needed to write a value as YAML, JSON or TOML.
pub struct Encoder<'a> {
    pub heap: &'a Heap,
    pub arena: &'a mut Arena,
    pub profile: Profile,
    /// The text of an unknown value, by its number; without it they are written as `unknown`.
    pub unknown: Option<&'a dyn Fn(u32) -> Arc<[u8]>>,
    /// Set when the order of keys differs from run to run in Go.
    pub is_unstable: bool,
}

impl<'a> Encoder<'a> {
    pub fn new(heap: &'a Heap, arena: &'a mut Arena, profile: Profile) -> Self {
        Encoder { heap, arena, profile, unknown: None, is_unstable: false }
    }
}

/// Why a value cannot be written: Go's message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EncodeError(pub(in crate::value) String);

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for EncodeError {}

impl From<EncodeError> for String {
    fn from(error: EncodeError) -> String {
        error.0
    }
}
