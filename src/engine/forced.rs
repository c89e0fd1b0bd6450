//! Renders in which conditions are made to come out as somebody wants them.
//!
//! What no value is known to turn round is turned here, to see what lies behind it. Such a render is none that Helm makes,
//! and it goes on where Helm would stop: what fails, is missing or is asked for leaves a text that stands in for it,
//! `<.Values.tls.name>` or `<web.yaml:12>`. It keeps a list of what was turned and what failed, so that nobody takes what
//! comes of it for more than it is.

use super::runtime::Runtime;
use crate::source::Span;
use crate::value::origin::Cause;
use crate::value::{Data, OriginId, Text, Value};
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Outcomes that conditions are made to have: whether the first arm of the branch is taken, by the address of its opening
/// action.
#[derive(Default, Clone, PartialEq, Eq, Debug)]
pub struct Forced {
    pub heads: BTreeMap<u32, bool>,
}

/// A condition that did not come out as it would have.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Turned {
    pub head: Span,
    /// What it depended on.
    pub origin: OriginId,
    /// How it was made to come out.
    pub taken: bool,
}

/// What is forced in a render, and what came of it.
#[derive(Debug)]
pub struct Forcing {
    wanted: Arc<Forced>,
    /// What was turned.
    pub turned: BTreeSet<Turned>,
    /// What the render would have ended with.
    pub first_failure: Option<String>,
    /// Templates that are not there.
    pub missing: BTreeSet<Arc<str>>,
    stand_ins: FxHashSet<Box<[u8]>>,
    /// What failed since the file began.
    failed: BTreeSet<Span>,
}

impl Forcing {
    pub fn new(wanted: Arc<Forced>) -> Box<Forcing> {
        Box::new(Forcing {
            wanted,
            turned: BTreeSet::new(),
            first_failure: None,
            missing: BTreeSet::new(),
            stand_ins: FxHashSet::default(),
            failed: BTreeSet::new(),
        })
    }
}

impl Runtime {
    /// Whether a condition is made to come out otherwise than it does. What differs between the phases of a life is left
    /// to them.
    pub(super) fn turns(&mut self, head: Span, truth: bool, origin: OriginId) -> bool {
        let Some(forcing) = &mut self.forcing else { return false };
        let Some(taken) = forcing.wanted.heads.get(&head.start).copied().filter(|wanted| *wanted != truth) else {
            return false;
        };
        if self.arena.causes(origin).any(Cause::varies) {
            return false;
        }
        forcing.turned.insert(Turned { head, origin, taken });
        true
    }

    /// A text that stands in for a value which is not there: the value's name, where it comes from one, or these words.
    pub(super) fn stand_in(&mut self, origin: OriginId, words: &str) -> Value {
        let mut causes = self.arena.causes(origin);
        let text = match (causes.next(), causes.next()) {
            (Some(Cause::Values { path }), None) if !path.is_none() => {
                format!("<.Values.{}>", self.arena.path_text(*path))
            }
            _ => format!("<{words}>"),
        };
        drop(causes);
        self.standing(text, origin)
    }

    /// A text that stands in for something below such a text: a field, an item, a key.
    pub(super) fn stand_in_below(&mut self, value: &Value, below: &str) -> Option<Value> {
        if !self.is_stand_in(value) {
            return None;
        }
        let Data::Str(text) = &value.data else { return None };
        let inner = text.lossy();
        let text = format!("<{}{below}>", inner.trim_start_matches('<').trim_end_matches('>'));
        // Texts that grow with a loop would never end.
        (text.len() < MAX_TEXT).then(|| self.standing(text, value.origin))
    }

    /// The text is a cause, too, as a file would be that is not there: what depends on it depends on what nobody knows.
    fn standing(&mut self, text: String, origin: OriginId) -> Value {
        let unknown = self.arena.source(Cause::Files { path: text.as_bytes().into() }, Span::default());
        let origin = self.arena.join(origin, unknown);
        if let Some(forcing) = &mut self.forcing {
            forcing.stand_ins.insert(text.as_bytes().into());
        }
        Value::new(Data::Str(Text::from(text)), origin)
    }

    /// Whether a value is a text that stands in for one.
    pub fn is_stand_in(&self, value: &Value) -> bool {
        match (&self.forcing, &value.data) {
            (Some(forcing), Data::Str(text)) => forcing.stand_ins.contains(text.bytes()),
            _ => false,
        }
    }

    /// Notes that something failed that did not end the render.
    pub(super) fn failed_at(&mut self, span: Span, message: impl FnOnce() -> String) {
        if let Some(forcing) = &mut self.forcing {
            forcing.failed.insert(span);
            forcing.first_failure.get_or_insert_with(message);
        }
    }

    /// Notes that a template is not there.
    pub(super) fn lacks(&mut self, template: &Arc<str>) {
        if let Some(forcing) = &mut self.forcing {
            forcing.missing.insert(template.clone());
        }
    }

    /// What failed since the file began; it is forgotten.
    pub(super) fn take_failures(&mut self) -> Arc<[Span]> {
        match &mut self.forcing {
            Some(forcing) => std::mem::take(&mut forcing.failed).into_iter().collect(),
            None => Arc::default(),
        }
    }
}

const MAX_TEXT: usize = 200;
