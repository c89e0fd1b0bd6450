//! The log of conditions of a render.

use crate::source::Span;
use crate::value::OriginId;
use crate::value::origin::{Cause, GuardId, Outcome};
use rustc_hash::FxHashSet;

/// A condition that was evaluated; the same one with the same outcome and the same causes is logged once.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The opening action of the branch.
    pub head: Span,
    pub outcome: Outcome,
    /// What it depended on.
    pub origin: OriginId,
    /// The conditions around it.
    pub guard: GuardId,
    pub expression: Expression,
}

/// A condition over the inputs of the render, as far as it can be told from its text.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// A constant, as Go prints it.
    Constant(String),
    /// An input, with the value that it had.
    Input { cause: Cause, value: String },
    /// A function of the table over expressions.
    Call { function: String, operands: Vec<Expression> },
    /// Anything else: what it depended on.
    Computed { causes: Vec<Cause> },
}

/// The conditions in the order in which they were met first.
#[derive(Default, Debug)]
pub struct Log {
    seen: FxHashSet<(Span, Outcome, OriginId)>,
    pub conditions: Vec<Condition>,
    /// What `required` asked for where a lint went on.
    pub missing: Vec<Condition>,
}

impl Log {
    /// Whether the condition has not been logged yet; from now on it has.
    pub fn is_new(&mut self, head: Span, outcome: Outcome, origin: OriginId) -> bool {
        self.seen.insert((head, outcome, origin))
    }
}
