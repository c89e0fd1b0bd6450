//! What no world reached, and why.

use super::reads::{Around, Reads};
use super::words::{condition_text, place};
use super::{Kind, Missed, Place};
use crate::explore::Coverage;
use crate::source::{Sources, Span};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Why something was not reached, in words, and the place of the condition that is named there.
type Why = (String, Option<Place>);

/// Looks for what was not reached.
pub struct Looking<'a> {
    pub coverage: &'a Coverage,
    pub reads: &'a Reads,
    pub files: &'a Sources,
    /// Renders that nobody made up ended in an error.
    pub has_failed: bool,
}

impl Looking<'_> {
    /// Calls that never ran, conditions that came out one way only, and what is read where nothing ever came.
    pub fn missed(&self, kinds: &BTreeSet<Kind>) -> Vec<Missed> {
        let mut missed = BTreeSet::new();
        let mut add = |span: Span, what: &str, (why, at): Why| {
            let place = place(self.files, span);
            missed.extend(place.map(|place| Missed { at, why, place, what: what.into() }));
        };
        for call in self.coverage.missed().into_iter().filter(|missed| missed.what != "condition") {
            let kind = if call.what == "lookup" { Kind::Lookup } else { Kind::Random };
            if kinds.contains(&kind) {
                add(call.span, call.what, self.why_not(call.span, call.what));
            }
        }
        for read in self.reads.reads.iter().filter(|read| read.kind.is_some_and(|kind| kinds.contains(&kind))) {
            if let Some(why) = self.closed_arm(&read.around) {
                add(read.span, &read.what, why);
            }
        }
        for head in self.coverage.one_sided().map(|head| head.span) {
            let why = match (self.coverage.has_seen(head, true), self.coverage.has_seen(head, false)) {
                (true, _) => "was true in every world that renders",
                (_, true) => "was true in no world that renders",
                // What is decided by constants is in no log.
                _ => "is decided by constants, or was not come to",
            };
            add(head, &format!("`{}`", condition_text(self.files, head)), (why.into(), None));
        }
        // A condition that is the reason of something is told there.
        let reasons: BTreeSet<Place> = missed.iter().filter_map(|missed| missed.at.clone()).collect();
        missed.retain(|missed| missed.at.is_some() || !reasons.contains(&missed.place));
        missed.into_iter().collect()
    }

    /// The outermost condition around a place that was never so that the place could run.
    fn closed_arm(&self, around: &Around) -> Option<Why> {
        let is_closed = |(head, wanted): &&(Span, bool)| {
            self.coverage.has_seen(*head, !*wanted) && !self.coverage.has_seen(*head, *wanted)
        };
        let (head, wanted) = around.arms.iter().find(is_closed)?;
        let (text, outcome) = (condition_text(self.files, *head), if *wanted { "false" } else { "true" });
        Some((format!("`{text}` was {outcome} in every world that renders"), place(self.files, *head)))
    }

    /// The innermost condition around a place that no log has: constants decide it, or no world came to it.
    fn unseen_arm(&self, around: &Around) -> Option<Why> {
        let is_unseen =
            |(head, _): &&(Span, bool)| !self.coverage.has_seen(*head, true) && !self.coverage.has_seen(*head, false);
        let (head, wanted) = around.arms.iter().rev().find(is_unseen)?;
        let text = condition_text(self.files, *head);
        Some((format!("`{text}` was not seen to be {wanted} in any world"), place(self.files, *head)))
    }

    /// Why a call never ran.
    fn why_not(&self, span: Span, function: &str) -> Why {
        let is_it = |read: &&super::reads::Read| read.span.start == span.start && read.what == function;
        let around = self.reads.reads.iter().find(is_it).map(|read| &read.around);
        if let Some(why) = around.and_then(|around| self.closed(around).or_else(|| self.unseen_arm(around))) {
            return why;
        }
        let why = match around.and_then(|around| around.define.as_ref()) {
            _ if self.has_failed => "renders ended in an error before it".into(),
            _ if self.coverage.is_cut_off => "there were more worlds to live than the budget allows".into(),
            Some(define) => format!("no world came to it in {define:?}"),
            None => "no world came to it".into(),
        };
        (why, None)
    }

    /// The closed arm around a place, or around those that call the named template that it is in.
    fn closed(&self, around: &Around) -> Option<Why> {
        let mut seen: FxHashSet<Arc<str>> = FxHashSet::default();
        let mut todo = vec![around];
        while let Some(around) = todo.pop() {
            if let Some(why) = self.closed_arm(around) {
                return Some(why);
            }
            if let Some(define) = &around.define
                && seen.insert(define.clone())
            {
                todo.extend(self.reads.callers.get(define).into_iter().flatten());
            }
        }
        None
    }
}
