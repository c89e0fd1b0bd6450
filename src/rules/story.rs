//! Why two phases differ: the question that most rules ask.

use crate::engine::Rendering;
use crate::engine::innermost;
pub(super) use crate::engine::{extent, written_at};
use crate::finding::{FieldAt, TraceStep};
use crate::lifecycle::{self, Difference, Life, Phase, PhaseKind};
use crate::source::Span;
use crate::value::origin::{Cause, Guard, Outcome, Step};
use crate::value::way;
use crate::value::{OriginId, Piece};
use std::ops::Range;

/// What makes two phases differ.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Why {
    /// The result of a lookup, by the number of the call in the later phase.
    Lookup(u32),
    /// `.Release.IsInstall`, `.IsUpgrade`, `.Revision`.
    Phase,
    /// A random function, by the number of the draw in the later phase.
    Random(u32),
    Time,
    Dns,
}

/// Whether the thing is there only sometimes, or always and different.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Mode {
    Presence,
    Value,
}

/// A difference with its explanation.
#[derive(Clone, Debug)]
pub struct Story {
    pub difference: Difference,
    /// The phases that differ, the earlier one first.
    pub phases: (PhaseKind, PhaseKind),
    pub why: Why,
    pub mode: Mode,
    /// The phase whose provenance explains it.
    pub told_by: PhaseKind,
    /// What the value came from, if it is a value that differs.
    pub(super) origin: OriginId,
    /// The condition that decided, if one did.
    pub(super) guard: Option<Guard>,
    /// The expression or text that writes it.
    pub primary: Span,
}

/// Explains a difference between two phases of a life; `None` when no provenance on either side says why.
pub fn explain(life: &Life, a: &Phase, b: &Phase, difference: &Difference) -> Option<Story> {
    // The side where something is there tells more; the later phase tells of lookups that hit.
    let sides = [(b, &difference.to), (a, &difference.from)];
    let mode = if difference.from.is_some() && difference.to.is_some() { Mode::Value } else { Mode::Presence };
    let mut best: Option<Story> = None;
    for (phase, place) in sides {
        let Some((object, range)) = place else { continue };
        let Some(object) = phase.objects.get(*object) else { continue };
        let mut found = tell(phase, &object.text, range, mode);
        found.retain(|(why, ..)| differs(life, a, b, phase, *why));
        let is_field = matches!(difference.change, lifecycle::ObjectChange::Field { .. });
        let Some((why, origin, guard, primary)) = chosen(&found, mode, is_field) else { continue };
        // A value's own origin says more than a condition around it.
        let is_better = best.as_ref().is_none_or(|b| mode == Mode::Value && b.guard.is_some() && guard.is_none());
        if is_better {
            best = Some(Story {
                difference: difference.clone(),
                phases: (a.kind, b.kind),
                why,
                mode,
                told_by: phase.kind,
                origin,
                guard,
                primary,
            });
        }
    }
    best
}

/// Which of several explanations is told. A value that differs is explained by its origin. That something is there is
/// explained by the condition around it, and never by what is drawn inside; where a field's own text has the same cause
/// as the condition, the way of the text is told with it.
fn chosen(found: &[Found], mode: Mode, is_field: bool) -> Option<Found> {
    let first = *found.first()?;
    let decides = found.iter().find(|(_, _, guard, _)| guard.is_some());
    match (mode, decides) {
        (Mode::Value, _) => found.iter().find(|(_, _, guard, _)| guard.is_none()).or(Some(&first)).copied(),
        (Mode::Presence, None) => Some(first),
        (Mode::Presence, Some(&(why, origin, guard, primary))) => {
            let text = found.iter().find(|(w, _, guard, _)| is_field && guard.is_none() && *w == why);
            Some(text.map_or((why, origin, guard, primary), |(_, origin, _, primary)| (why, *origin, guard, *primary)))
        }
    }
}

/// Whether the cause itself differs between the two phases.
fn differs(_life: &Life, a: &Phase, b: &Phase, _told_by: &Phase, why: Why) -> bool {
    match why {
        Why::Phase | Why::Random(_) | Why::Time | Why::Dns => a.kind != b.kind,
        Why::Lookup(_) => true,
    }
}

type Found = (Why, OriginId, Option<Guard>, Span);

/// What in a range of a text varies, by value and by condition.
fn tell(phase: &Phase, text: &crate::value::Text, range: &Range<usize>, mode: Mode) -> Vec<Found> {
    let arena = &phase.rendering.rt.arena;
    let mut found = Vec::new();
    for piece in lifecycle::pieces_in(text, range) {
        let written = writer(&phase.rendering, text, piece).map(|piece| extent(&phase.rendering, piece));
        if lifecycle::varies(arena, piece.origin) {
            for why in whys(arena, piece.origin) {
                found.push((why, piece.origin, None, written.unwrap_or_default()));
            }
        }
        if let Some(guard) = lifecycle::varying_guard(arena, piece.guard) {
            for why in whys(arena, guard.origin) {
                found.push((why, guard.origin, Some(guard), written.unwrap_or(guard.condition)));
            }
        }
    }
    // For presence the condition decides; for a value its origin does.
    found.sort_by_key(|(_, _, guard, _)| (mode == Mode::Presence) != guard.is_some());
    found
}

/// The piece that says where text was written: of what a function made of a value, and of what a library wrote, the
/// action around it.
pub(super) fn writer<'a>(rendering: &Rendering, text: &'a crate::value::Text, piece: &'a Piece) -> Option<&'a Piece> {
    let is_shared = |piece: &Piece| rendering.sources.file_at(piece.source).is_some_and(|file| file.is_shared);
    if piece.source != 0 && !is_shared(piece) {
        return Some(piece);
    }
    // What only touches a piece without text has not written it.
    let covers = |p: &&Piece| p.start <= piece.start && p.end >= piece.end && !(p.literal && piece.is_mark());
    let around = text.pieces().iter().rev().filter(|p| p.source != 0).filter(covers);
    // Of those as long the last one is the innermost.
    innermost(rendering, around).or((piece.source != 0).then_some(piece))
}

fn whys(arena: &crate::value::Arena, origin: OriginId) -> Vec<Why> {
    let mut whys: Vec<Why> = arena
        .causes(origin)
        .filter_map(|cause| match cause {
            Cause::Lookup { call, .. } => Some(Why::Lookup(*call)),
            Cause::Phase(_) => Some(Why::Phase),
            Cause::Random { draw } => Some(Why::Random(*draw)),
            Cause::Time { .. } => Some(Why::Time),
            Cause::Dns { .. } => Some(Why::Dns),
            _ => None,
        })
        .collect();
    // What is kept by a lookup is drawn all the same: the draw explains what nothing else does.
    whys.sort_by_key(|why| matches!(why, Why::Random(_)));
    whys.dedup();
    whys
}

/// What a step of the way of a value says.
pub(super) fn step_words(step: &Step) -> Option<String> {
    Some(match step {
        Step::Assigned(name) => format!("is kept in {name}"),
        Step::Passed(name) => format!("is handed to {name:?}"),
        Step::Included(name) => format!("the text of {name:?} is written here"),
        Step::Field(name) => format!("its `{name}` is read"),
        Step::Through(function) => format!("goes through {function}"),
        Step::Decided => "decides what is assigned".to_string(),
        Step::Stored(key) => format!("is stored as {:?}", String::from_utf8_lossy(key)),
        Step::Source | Step::Ranged | Step::Joined => return None,
    })
}

impl Story {
    /// The path of the field that differs; none where the whole object does.
    pub fn path(&self) -> Option<&str> {
        match &self.difference.change {
            lifecycle::ObjectChange::Field { field, .. } => Some(field),
            _ => None,
        }
    }

    /// A random draw is in the value that differs, whatever else was looked at before.
    pub fn is_drawn(&self, life: &Life) -> bool {
        let draws = |phase: &Phase| {
            let arena = &phase.rendering.rt.arena;
            arena.causes(self.origin).any(|cause| matches!(cause, Cause::Random { .. }))
        };
        matches!(self.why, Why::Random(_)) || self.guard.is_none() && life.phase(self.told_by).is_some_and(draws)
    }

    /// The object in the phase that tells the story.
    pub fn object<'a>(&self, life: &'a Life) -> Option<&'a crate::manifest::Object> {
        let place = if self.told_by == self.phases.0 { &self.difference.from } else { &self.difference.to };
        life.phase(self.told_by)?.objects.get(place.as_ref()?.0).map(|object| &**object)
    }

    /// The way of the value or of the condition, in the order in which it travelled, ending at the primary place.
    pub fn trace(&self, life: &Life) -> Vec<TraceStep> {
        let Some(phase) = life.phase(self.told_by) else { return Vec::new() };
        let rendering = &phase.rendering;
        let mut steps: Vec<TraceStep> = Vec::new();
        let mut add = |span: Span, says: String, is_primary: bool| {
            if span == Span::default() || steps.iter().any(|s| s.span == span) {
                return;
            }
            steps.push(TraceStep { span, says, is_primary });
        };
        let arena = &rendering.rt.arena;
        let mut read = Span::default();
        let is_cause = |cause: &Cause| match (self.why, cause) {
            (Why::Lookup(told), Cause::Lookup { call, .. }) => told == *call,
            (Why::Random(told), Cause::Random { draw }) => told == *draw,
            (Why::Phase, Cause::Phase(_)) | (Why::Time, Cause::Time { .. }) | (Why::Dns, Cause::Dns { .. }) => true,
            _ => false,
        };
        for (id, step, mut span) in way::way(arena, self.origin, is_cause) {
            // What does not vary went in too, and explains nothing.
            if matches!(step, Step::Source) && !lifecycle::varies(arena, id) {
                continue;
            }
            if let (Step::Assigned(_), true) = (&step, read.start > span.start && read.end <= span.end) {
                // The variable alone: what is assigned has a step of its own.
                span.end = read.start;
            }
            read = span;
            let says = match step {
                Step::Source => Some(self.source_words(rendering)),
                step => step_words(&step),
            };
            if let Some(says) = says {
                add(span, says, false);
            }
        }
        let is_alone = steps.is_empty() && self.guard.is_none();
        let says = if is_alone { self.source_words(rendering) } else { "and writes this".to_string() };
        if self.primary != Span::default() && steps.iter().all(|s| s.span != self.primary) {
            steps.push(TraceStep { span: self.primary, says, is_primary: true });
        }
        if let Some(guard) = self.guard.filter(|g| steps.iter().all(|s| s.span != g.condition)) {
            // The condition comes before what it lets through.
            let at = steps.iter().position(|s| s.span == self.primary).unwrap_or(steps.len());
            steps.insert(at, TraceStep { span: guard.condition, says: self.guard_words(guard), is_primary: false });
        }
        if !steps.iter().any(|s| s.is_primary) {
            for step in steps.iter_mut().filter(|s| s.span == self.primary) {
                step.is_primary = true;
                step.says.push_str(" and written here");
            }
        }
        steps
    }

    fn source_words(&self, rendering: &Rendering) -> String {
        match self.why {
            Why::Lookup(call) => match rendering.rt.lookups.get(call) {
                Some(lookup) => {
                    let name = if lookup.query.name.is_empty() { "all" } else { &lookup.query.name };
                    format!("reads the live {} {name}; empty until it exists, and without a cluster", lookup.query.kind)
                }
                None => "reads the live object".into(),
            },
            Why::Phase => "differs between install and upgrade".into(),
            Why::Random(_) => "draws a new value at every render".into(),
            Why::Time => "reads the clock".into(),
            Why::Dns => "asks the network".into(),
        }
    }

    fn guard_words(&self, guard: Guard) -> String {
        let told = self.told_by.name();
        let other = if self.phases.0 == self.told_by { self.phases.1 } else { self.phases.0 };
        match (guard.outcome, self.mode) {
            (Outcome::True | Outcome::Some, Mode::Presence) => format!("taken by {told}, not by {}", other.name()),
            (Outcome::True | Outcome::Some, Mode::Value) => format!("taken by {told}"),
            (Outcome::False | Outcome::Empty, _) => format!("not taken by {told}"),
        }
    }

    /// The name of the object is drawn, timed or counted: another object at every render, whatever guards it.
    pub fn has_random_name(&self, life: &Life) -> bool {
        self.name_from(life).is_some()
    }

    /// What makes the object's name another one at every render, and the origin of the name.
    pub fn name_from(&self, life: &Life) -> Option<(Why, OriginId, Span)> {
        let (a, b) = self.phases;
        [(a, &self.difference.from), (b, &self.difference.to)].into_iter().find_map(|(kind, place)| {
            let phase = life.phase(kind)?;
            let object = phase.objects.get(place.as_ref()?.0)?;
            let name = object.node.field("metadata")?.field("name")?;
            let arena = &phase.rendering.rt.arena;
            lifecycle::pieces_in(&object.text, &name.span).find_map(|piece| {
                let why = whys(arena, piece.origin).into_iter().find(|why| !matches!(why, Why::Lookup(_)))?;
                let written =
                    writer(&phase.rendering, &object.text, piece).map(|piece| extent(&phase.rendering, piece));
                Some((why, piece.origin, written.unwrap_or_default()))
            })
        })
    }

    /// A condition decided, not the value itself.
    pub fn is_decided(&self) -> bool {
        self.guard.is_some()
    }

    /// The field, with the place that writes it.
    pub fn field(&self) -> FieldAt {
        let field = match &self.difference.change {
            lifecycle::ObjectChange::Field { field, .. } => field.clone(),
            _ => String::new(),
        };
        FieldAt { field, span: self.primary }
    }
}
