//! The provenance of a rendered text, line by line.

use crate::engine::Rendering;
use crate::source::{Sources, Span};
use crate::value::origin::{GuardId, Outcome, Step};
use crate::value::{OriginId, Text, way};
use serde::Serialize;
use std::fmt::Write;

/// Where the text of a line came from.
#[derive(Serialize, Debug, PartialEq, Eq)]
pub struct LineOrigin {
    /// The line of the output, from 1.
    pub line: usize,
    pub text: String,
    /// What the text was computed from, each with its place.
    pub from: Vec<String>,
    /// The conditions under which it was written, outermost first.
    pub when: Vec<String>,
    /// Conditions under which something else could have been written at this place.
    pub unless: Vec<String>,
}

/// A place as `path:line:column`; empty for places that are not in a source.
pub fn place(sources: &Sources, span: Span) -> String {
    match sources.locate(span.start) {
        Some((file, at)) if span.start != 0 => format!("{}:{}:{}", file.path, at.line, at.column),
        _ => String::new(),
    }
}

fn origin_texts(rendering: &Rendering, origin: OriginId) -> Vec<String> {
    let arena = &rendering.rt.arena;
    let mut texts: Vec<String> = arena.causes(origin).map(|cause| rendering.cause_text(cause)).collect();
    if origin.is_live() {
        let mut path = String::new();
        let mut last = String::new();
        for (_, step, span) in way::steps(arena, origin) {
            let at = place(&rendering.sources, span);
            if at.is_empty() || (at == last && !matches!(step, Step::Source)) {
                continue;
            }
            let what = match step {
                Step::Source => "read".to_string(),
                Step::Assigned(name) => format!("to {name}"),
                Step::Passed(name) => format!("into {name:?}"),
                Step::Included(name) => format!("out of {name:?}"),
                Step::Field(name) => format!(".{name}"),
                Step::Through(function) => function.to_string(),
                Step::Decided => "decides".to_string(),
                Step::Stored(key) => format!("stored as {:?}", String::from_utf8_lossy(&key)),
                Step::Ranged => "range".to_string(),
                Step::Joined => continue,
            };
            let arrow = if path.is_empty() { "" } else { " -> " };
            let _ = write!(path, "{arrow}{what} {at}");
            last = at;
        }
        if !path.is_empty() {
            texts.push(format!("by {path}"));
        }
    }
    texts
}

fn guard_texts(rendering: &Rendering, guard: GuardId) -> Vec<String> {
    let mut texts = Vec::new();
    for guard in rendering.rt.arena.guards(guard).into_iter().rev() {
        let causes: Vec<String> =
            rendering.rt.arena.causes(guard.origin).map(|cause| rendering.cause_text(cause)).collect();
        let outcome = match guard.outcome {
            Outcome::True => "true",
            Outcome::False => "false",
            Outcome::Some => "not empty",
            Outcome::Empty => "empty",
        };
        let at = place(&rendering.sources, guard.condition);
        texts.push(format!("{at} is {outcome}, by {}", causes.join(" and ")));
    }
    texts
}

fn extend(list: &mut Vec<String>, texts: Vec<String>) {
    for text in texts {
        if !list.contains(&text) {
            list.push(text);
        }
    }
}

/// The lines of the text that are not constant.
pub fn lines(text: &Text, rendering: &Rendering) -> Vec<LineOrigin> {
    let mut out = Vec::new();
    let mut start = 0;
    for (index, line) in text.bytes().split(|b| *b == b'\n').enumerate() {
        let end = start + line.len();
        let mut entry = LineOrigin {
            line: index + 1,
            text: String::from_utf8_lossy(line).into_owned(),
            from: Vec::new(),
            when: Vec::new(),
            unless: Vec::new(),
        };
        for piece in text.pieces() {
            let (from, to) = (piece.start as usize, piece.end as usize);
            if piece.is_mark() {
                if from >= start && from <= end {
                    extend(&mut entry.unless, guard_texts(rendering, piece.guard));
                    extend(&mut entry.unless, origin_texts(rendering, piece.origin));
                }
            } else if from < end && to > start {
                extend(&mut entry.from, origin_texts(rendering, piece.origin));
                extend(&mut entry.when, guard_texts(rendering, piece.guard));
            }
        }
        let when = entry.when.clone();
        entry.unless.retain(|text| !when.contains(text));
        if !(entry.from.is_empty() && entry.when.is_empty() && entry.unless.is_empty()) {
            out.push(entry);
        }
        start = end + 1;
    }
    out
}

/// The text with comments below every line that is not constant.
pub fn annotated(text: &Text, rendering: &Rendering) -> String {
    let mut notes = lines(text, rendering).into_iter().peekable();
    let mut out = String::new();
    for (index, line) in text.bytes().split(|b| *b == b'\n').enumerate() {
        out.push_str(&String::from_utf8_lossy(line));
        out.push('\n');
        if let Some(note) = notes.next_if(|note| note.line == index + 1) {
            let mut sign = "#^";
            for (word, texts) in [("from", &note.from), ("when", &note.when), ("unless", &note.unless)] {
                for text in texts {
                    // A way of several steps says itself what it is.
                    let word = if text.starts_with("by ") { "    " } else { word };
                    let _ = writeln!(out, "{sign} {word:6} {text}");
                    sign = "# ";
                }
            }
        }
    }
    out
}
