//! Making a text from parts of another one in one pass, with the pieces of every part.

use crate::value::golang::Segment;
use crate::value::{Piece, Text, TextBuilder};
use std::ops::Range;

/// Reads a text from front to back and writes another one. What is copied keeps its pieces, what replaces a part gets
/// the pieces of that part, and what is left out leaves marks.
pub(super) struct Rewriter<'a> {
    text: &'a Text,
    out: TextBuilder,
    /// Everything before it has been read.
    at: usize,
    /// The first piece that starts beyond what has been read.
    next: usize,
    /// Pieces that started before and reach further.
    active: Vec<Piece>,
}

impl<'a> Rewriter<'a> {
    pub fn new(text: &'a Text) -> Self {
        let out = TextBuilder::with_capacity(text.len(), text.pieces().len());
        Rewriter { text, out, at: 0, next: 0, active: Vec::new() }
    }

    /// Writes constant bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.out.push(bytes);
    }

    /// What is written so far; new parts of other texts can be added to it.
    pub fn out(&mut self) -> &mut TextBuilder {
        &mut self.out
    }

    /// Copies everything up to `end`.
    pub fn copy(&mut self, end: usize) {
        let range = self.at..end.max(self.at).min(self.text.len());
        if self.next == 0 && !range.is_empty() && range == (0..self.text.len()) {
            (self.at, self.next) = (range.end, self.text.pieces().len());
            self.out.push_text(self.text);
            return;
        }
        let to = self.out.len();
        self.out.push(&self.text.bytes()[range.clone()]);
        self.advance(range, |out, piece, range| {
            let start = piece.range().start.max(range.start);
            let end = piece.range().end.min(range.end);
            let skipped = start - piece.range().start;
            let source = if piece.literal { piece.source + skipped as u32 } else { piece.source };
            let start = (to + start - range.start) as u32;
            let end = (to + end - range.start) as u32;
            out.push_piece(Piece { start, end, source, ..*piece });
        });
    }

    /// Writes `bytes` in place of everything up to `end`.
    pub fn replace(&mut self, end: usize, bytes: &[u8]) {
        let range = self.at..end.max(self.at).min(self.text.len());
        let to = self.out.len();
        self.out.push(bytes);
        let until = self.out.len();
        self.advance(range, |out, piece, _| {
            let until = if piece.is_mark() { to } else { until };
            out.push_piece(Piece { start: to as u32, end: until as u32, literal: false, ..*piece });
        });
    }

    /// Writes a piece of a result of Go's library.
    pub fn play(&mut self, segment: Segment<'_>) {
        match segment {
            // A part that was read before is written again.
            Segment::Copy(range) if range.start < self.at => self.out.push_slice(self.text, range),
            Segment::Copy(range) => {
                self.skip_to(range.start);
                self.copy(range.end);
            }
            Segment::Insert(bytes) => self.push(bytes),
            Segment::Change(range, bytes) => {
                self.skip_to(range.start);
                self.replace(range.end, bytes);
            }
        }
    }

    fn skip_to(&mut self, start: usize) {
        if start > self.at {
            self.skip(start);
        }
    }

    /// Leaves out everything up to `end`.
    pub fn skip(&mut self, end: usize) {
        let range = self.at..end.max(self.at).min(self.text.len());
        let to = self.out.len() as u32;
        let mut known: Vec<Piece> = Vec::new();
        self.advance(range, |out, piece, _| {
            if piece.origin.is_none() && piece.guard.is_none() {
                return;
            }
            if !known.iter().any(|k| k.origin == piece.origin && k.guard == piece.guard) {
                known.push(*piece);
                out.push_piece(Piece { start: to, end: to, literal: false, ..*piece });
            }
        });
    }

    /// Takes the builder with what was written; what was not read is left out.
    pub fn finish(mut self) -> Text {
        self.skip(self.text.len());
        self.out.finish()
    }

    /// The text written so far as one part of several; the next part starts empty.
    pub fn take(&mut self) -> Text {
        std::mem::take(&mut self.out).finish()
    }

    /// Reads `range`, which starts where reading stands, and shows every piece that touches it. A mark is shown once.
    fn advance(&mut self, range: Range<usize>, mut show: impl FnMut(&mut TextBuilder, &Piece, &Range<usize>)) {
        self.at = range.end;
        if self.text.pieces().is_empty() {
            return;
        }
        self.active.retain(|p| p.range().end > range.start);
        for piece in &self.active {
            if !range.is_empty() {
                show(&mut self.out, piece, &range);
            }
        }
        let is_end = range.end == self.text.len();
        while let Some(piece) = self.text.pieces().get(self.next) {
            let start = piece.range().start;
            if start > range.end || (start == range.end && !(piece.is_mark() && is_end)) {
                break;
            }
            self.next += 1;
            show(&mut self.out, piece, &range);
            if piece.range().end > range.end {
                self.active.push(*piece);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;
    use crate::value::Arena;
    use crate::value::OriginId;
    use crate::value::origin::{Cause, PathId};

    fn origins(arena: &mut Arena, count: usize) -> Vec<OriginId> {
        let key = |i: usize| std::sync::Arc::from(format!("k{i}").into_bytes());
        (0..count)
            .map(|i| {
                let path = arena.path(PathId::NONE, &key(i));
                arena.source(Cause::Values { path }, Span::default())
            })
            .collect()
    }

    /// Renders a text with its pieces as `bytes |start..end=piece number`.
    fn shown(text: &Text, origins: &[OriginId]) -> String {
        let pieces = text.pieces().iter().map(|p| {
            let which = origins.iter().position(|o| *o == p.origin).map_or("-".to_string(), |i| i.to_string());
            format!(" {}..{}={which}", p.start, p.end)
        });
        format!("{}|{}", text.lossy(), pieces.collect::<String>())
    }

    fn sample(origins: &[OriginId]) -> Text {
        let mut builder = TextBuilder::default();
        builder.push(b"ab");
        builder.push_from(b"cd\nef", origins[0]);
        builder.push_from(b"gh", origins[1]);
        builder.finish()
    }

    #[test]
    fn copies_and_insertions_split_pieces() {
        let mut arena = Arena::default();
        let origins = origins(&mut arena, 2);
        let text = sample(&origins);
        let mut rewriter = Rewriter::new(&text);
        rewriter.push(b"  ");
        rewriter.copy(5);
        rewriter.push(b"  ");
        rewriter.copy(text.len());
        assert_eq!(shown(&rewriter.finish(), &origins), "  abcd\n  efgh| 4..7=0 9..11=0 11..13=1");
    }

    #[test]
    fn replaced_and_skipped_parts_keep_their_origin() {
        let mut arena = Arena::default();
        let origins = origins(&mut arena, 2);
        let text = sample(&origins);
        let mut rewriter = Rewriter::new(&text);
        rewriter.copy(1);
        rewriter.replace(3, b"---");
        rewriter.skip(8);
        rewriter.copy(9);
        assert_eq!(shown(&rewriter.finish(), &origins), "a---h| 1..4=0 4..4=0 4..4=1 4..5=1");
    }
}
