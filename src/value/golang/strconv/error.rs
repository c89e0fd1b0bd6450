//! The error of a conversion.

use std::fmt;

/// Go's `*strconv.NumError`, with the value that Go returns beside it (0, or the nearest that can be represented).
#[derive(Clone, PartialEq, Debug)]
pub struct NumError<T> {
    /// `ParseInt` and the like.
    pub function: &'static str,
    pub input: Vec<u8>,
    pub reason: NumReason,
    pub value: T,
}

/// What was wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NumReason {
    Syntax,
    Range,
    Base(u32),
    BitSize(u32),
}

impl fmt::Display for NumReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NumReason::Syntax => f.write_str("invalid syntax"),
            NumReason::Range => f.write_str("value out of range"),
            NumReason::Base(base) => write!(f, "invalid base {base}"),
            NumReason::BitSize(bits) => write!(f, "invalid bit size {bits}"),
        }
    }
}

impl<T> fmt::Display for NumError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "strconv.{}: parsing {}: {}", self.function, super::quote(&self.input), self.reason)
    }
}

impl<T: fmt::Debug> std::error::Error for NumError<T> {}
