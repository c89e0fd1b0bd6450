//! JSON as Go's encoding/json reads and writes it, and the step through JSON that every writer of Helm's but one starts
//! with.

mod encode;
mod read;
mod string;
#[cfg(test)]
mod tests;
mod tree;
mod write;

pub use encode::{EncodeError, Encoder};
pub use read::{JsonError, read, read_prefix};
pub use write::{to_json, to_json_pretty, to_raw_json};

pub(super) use tree::{Target, Tree, TreeData, build};
pub(super) use write::json_of;

use super::{Text, TextBuilder};
use std::ops::Range;

/// Writes bytes that stand for a part of a text which is spelled otherwise: they depend on what that part does.
pub(super) fn push_change(out: &mut TextBuilder, text: &Text, range: Range<usize>, bytes: &[u8]) {
    let start = out.len();
    out.push(bytes);
    for piece in text.pieces() {
        if piece.start as usize >= range.end {
            break;
        }
        if piece.end as usize > range.start {
            out.cover(start, piece.origin, piece.guard, piece.source);
        }
    }
}
