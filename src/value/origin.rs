//! Where values come from: causes, origins and guards, all kept once in one [`Graph`].
//!
//! A [`Cause`] is an input of a render that may differ from one render to the next. An *origin* says which causes a value
//! depends on and, where one of them is *live* (anything but plain values, files and the release's name), by which steps
//! they reached it. A *guard* is a chain of conditions under which something was written. Ids are small and copyable;
//! equal things have equal ids, so that a template that runs a thousand times makes its origins once.

pub use super::graph::Graph;
use crate::source::Span;
use std::sync::Arc;

/// An origin. The top bit says that a live cause is among its causes; the one below, that it is one plain cause and nothing
/// else, whose number it then is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct OriginId(u32);

impl OriginId {
    /// A constant.
    pub const NONE: OriginId = OriginId(0);
    const LIVE: u32 = 1 << 31;
    const ALONE: u32 = 1 << 30;

    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    pub fn is_live(self) -> bool {
        self.0 & Self::LIVE != 0
    }

    /// The one with a number.
    pub(super) fn new(number: u32, is_live: bool) -> OriginId {
        OriginId(number | if is_live { Self::LIVE } else { 0 })
    }

    /// That of a plain cause by the cause's number.
    pub(super) fn of_one(cause: u32) -> OriginId {
        OriginId(cause | Self::ALONE)
    }

    /// The plain cause that it is.
    pub(super) fn alone(self) -> Option<u32> {
        (self.0 & Self::ALONE != 0).then_some(self.0 & !Self::ALONE)
    }

    pub(super) fn index(self) -> usize {
        (self.0 & !Self::LIVE) as usize
    }
}

impl std::fmt::Debug for OriginId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.alone() {
            Some(cause) => write!(f, "c{cause}"),
            None => write!(f, "o{}{}", self.index(), if self.is_live() { "!" } else { "" }),
        }
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Debug)]
        pub struct $name(pub u32);

        impl $name {
            pub const NONE: $name = $name(0);

            pub fn is_none(self) -> bool {
                self.0 == 0
            }

            pub(super) fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A chain of conditions; 0 is none.
    GuardId,
    /// A path of keys below a root (`a.b.c`); 0 is the root itself.
    PathId,
    /// A set of causes; 0 is the empty one.
    CauseSetId
}

impl CauseSetId {
    const ALONE: u32 = 1 << 31;

    /// The set of one cause, by the cause's number.
    pub(super) fn of_one(cause: u32) -> CauseSetId {
        CauseSetId(cause | Self::ALONE)
    }

    /// The cause that is alone in the set.
    pub(super) fn alone(self) -> Option<u32> {
        (self.0 & Self::ALONE != 0).then_some(self.0 & !Self::ALONE)
    }
}

/// One call of `lookup`, by its number in the render.
pub type LookupId = u32;
/// One draw of randomness, by its number in the render.
pub type DrawId = u32;

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum PhaseField {
    IsInstall,
    IsUpgrade,
    Revision,
}

/// What may differ from one render to the next.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Cause {
    /// A field of what a `lookup` returned; the root path is whether it returned anything.
    Lookup {
        call: LookupId,
        path: PathId,
    },
    Phase(PhaseField),
    Random {
        draw: DrawId,
    },
    /// The clock, or the local time zone.
    Time {
        at: Span,
    },
    Dns {
        at: Span,
    },
    /// `.Capabilities.…`, as a path below it.
    Capabilities {
        path: PathId,
    },
    /// `.Chart.Version`, `.Chart.AppVersion`: another one in the next release of the chart.
    ChartVersion {
        app: bool,
    },
    /// A path below the root chart's `.Values`.
    Values {
        path: PathId,
    },
    /// A file of the chart.
    Files {
        path: Arc<[u8]>,
    },
    /// `.Release.Name`, `.Namespace`, `.Service`.
    Release {
        field: &'static str,
    },
}

impl Cause {
    /// Differs between two renders of one release with the same values, or with the next version of the chart.
    pub fn is_live(&self) -> bool {
        !matches!(self, Cause::Values { .. } | Cause::Files { .. } | Cause::Release { .. })
    }

    /// Differs between two renders of one version of a chart with the same values.
    pub fn varies(&self) -> bool {
        matches!(
            self,
            Cause::Lookup { .. } | Cause::Phase(_) | Cause::Random { .. } | Cause::Time { .. } | Cause::Dns { .. }
        )
    }
}

/// What happened to a value on its way.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Step {
    /// The value is the cause itself.
    Source,
    /// Assigned to a variable.
    Assigned(Arc<str>),
    /// Handed to a named template as its context.
    Passed(Arc<str>),
    /// Came back as the text of a named template.
    Included(Arc<str>),
    /// A field of it was taken.
    Field(Arc<str>),
    /// Went through a function.
    Through(&'static str),
    /// Decided by a condition on it: the value is another on the other branch.
    Decided,
    /// Stored in a map under a key.
    Stored(Arc<[u8]>),
    /// The elements, keys or length of it.
    Ranged,
    /// Several values together.
    Joined,
}

/// A node of the graph of origins.
#[derive(Clone, Debug)]
pub struct Origin {
    pub(super) causes: CauseSetId,
    pub step: Step,
    /// Where the step happened; empty at address 0 for steps without a place.
    pub span: Span,
    pub parents: Box<[OriginId]>,
    pub(super) depth: u32,
}

impl Origin {
    /// What two equal ones have in common. Sources have no parents, and are told apart by their causes.
    pub(super) fn what(&self) -> (&Step, Span, &[OriginId], Option<CauseSetId>) {
        (&self.step, self.span, &self.parents, self.parents.is_empty().then_some(self.causes))
    }
}

/// How a condition came out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Outcome {
    True,
    False,
    /// `range`: the body ran.
    Some,
    /// `range`: there was nothing to iterate.
    Empty,
}

impl Outcome {
    pub fn is_taken(self) -> bool {
        matches!(self, Outcome::True | Outcome::Some)
    }
}

/// One condition of a chain.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    /// The enclosing condition.
    pub parent: GuardId,
    /// A second chain that holds as well: text that was made under one and written under another.
    pub also: GuardId,
    /// The opening action of the branch.
    pub condition: Span,
    pub outcome: Outcome,
    /// What the condition depended on.
    pub origin: OriginId,
    pub depth: u32,
}

impl Guard {
    pub(super) fn what(&self) -> (GuardId, GuardId, Span, Outcome, OriginId) {
        (self.parent, self.also, self.condition, self.outcome, self.origin)
    }
}
