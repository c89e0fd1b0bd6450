//! Tokens.

use super::input::Mark;

/// The text of a scalar: most are a part of the source as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Chars {
    Source(usize, usize),
    Owned(Box<str>),
}

/// A tag as it was written: the handle (`!`, `!!`, `!x!`, or nothing for a complete tag) and the rest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct RawTag {
    pub handle: Vec<u8>,
    pub suffix: Vec<u8>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum TokenKind {
    StreamStart,
    StreamEnd,
    VersionDirective {
        major: u32,
        minor: u32,
    },
    /// The handle and what it stands for.
    TagDirective(Box<RawTag>),
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    /// The name stands at these places of the source.
    Alias(usize, usize),
    Anchor(usize, usize),
    Tag(Box<RawTag>),
    Scalar {
        chars: Chars,
        is_plain: bool,
    },
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub start: Mark,
    /// The place after its last byte.
    pub end: usize,
}
