//! The tree of a pattern.

/// Go's texts of errors.
pub(super) const CHAR_RANGE: &str = "invalid character class range";
pub(super) const ESCAPE: &str = "invalid escape sequence";
pub(super) const NAMED_CAPTURE: &str = "invalid named capture";
pub(super) const PERL_OP: &str = "invalid or unsupported Perl syntax";
pub(super) const REPEAT_OP: &str = "invalid nested repetition operator";
pub(super) const REPEAT_SIZE: &str = "invalid repeat count";
pub(super) const UTF8: &str = "invalid UTF-8";
pub(super) const MISSING_BRACKET: &str = "missing closing ]";
pub(super) const MISSING_PAREN: &str = "missing closing )";
pub(super) const MISSING_REPEAT_ARGUMENT: &str = "missing argument to repetition operator";
pub(super) const TRAILING_BACKSLASH: &str = "trailing backslash at end of expression";
pub(super) const UNEXPECTED_PAREN: &str = "unexpected )";
pub(super) const NESTING_DEPTH: &str = "expression nests too deeply";
pub(super) const LARGE: &str = "expression too large";

/// How deep a pattern may nest.
pub(super) const MAX_HEIGHT: u32 = 1000;
/// How many instructions Go's program may have.
pub(super) const MAX_SIZE: u64 = (128 << 20) / 40;

pub(super) enum Kind {
    Empty,
    /// A code point; surrogates match nothing.
    Literal(u32),
    Class(Class),
    AnyButNewline,
    Any,
    BeginText,
    EndText,
    BeginLine,
    EndLine,
    WordBoundary,
    NoWordBoundary,
    Capture(Box<Node>),
    Concat(Vec<Node>),
    Alternate(Vec<Node>),
    Repeat {
        node: Box<Node>,
        min: u32,
        max: Option<u32>,
        is_greedy: bool,
    },
}

/// A set of runes.
#[derive(Default)]
pub(super) struct Class {
    pub is_negated: bool,
    /// What it holds, in the syntax of the regex crate without the brackets.
    pub items: String,
    /// The same of ASCII alone, a bit a character.
    pub bits: u128,
    /// It names what is only known of Unicode.
    pub is_unicode: bool,
}

impl Class {
    /// The characters of ASCII that are in it, if they are known.
    pub fn ascii(&self) -> Option<u128> {
        let bits = if self.is_negated { !self.bits } else { self.bits };
        (!self.is_unicode).then_some(bits)
    }
}

pub(super) struct Node {
    pub kind: Kind,
    pub folds_case: bool,
    /// Instructions of the program.
    pub size: u64,
    /// Levels of nodes.
    pub height: u32,
    /// The largest product of nested counted repetitions.
    pub repeats: u64,
}

impl Node {
    pub fn new(kind: Kind, folds_case: bool) -> Node {
        let (mut size, mut height, mut repeats) = (1, 1, 1);
        match &kind {
            Kind::Capture(node) => {
                (size, height, repeats) = (node.size.saturating_add(2), node.height + 1, node.repeats);
            }
            Kind::Concat(nodes) | Kind::Alternate(nodes) => {
                let joints = if matches!(kind, Kind::Concat(_)) { 0 } else { nodes.len().saturating_sub(1) as u64 };
                size = nodes.iter().fold(joints, |size, node| size.saturating_add(node.size)).max(1);
                height = 1 + nodes.iter().map(|node| node.height).max().unwrap_or(0);
                repeats = nodes.iter().map(|node| node.repeats).max().unwrap_or(1);
            }
            Kind::Repeat { node, min, max, .. } => {
                let (low, high) = (u64::from(*min), max.map(u64::from));
                size = match high {
                    None if low == 0 => node.size.saturating_add(2),
                    None => node.size.saturating_mul(low).saturating_add(1),
                    Some(high) => node.size.saturating_mul(high).saturating_add(high.saturating_sub(low)).max(1),
                };
                height = node.height + 1;
                repeats = if high == Some(0) { 1 } else { node.repeats.saturating_mul(high.unwrap_or(low).max(1)) };
            }
            _ => {}
        }
        Node { kind, folds_case, size, height, repeats }
    }
}
