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
        Rewriter { text, out: TextBuilder::default(), at: 0, next: 0, active: Vec::new() }
    }

    /// The bytes that are read.
    pub fn bytes(&self) -> &'a [u8] {
        self.text.bytes()
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
        self.replace_with(end, |out| out.push(bytes));
    }

    /// Writes what `write` writes in place of everything up to `end`.
    pub fn replace_with(&mut self, end: usize, write: impl FnOnce(&mut TextBuilder)) {
        let range = self.at..end.max(self.at).min(self.text.len());
        let to = self.out.len();
        write(&mut self.out);
        let until = self.out.len();
        self.advance(range, |out, piece, _| {
            let until = if piece.is_mark() { to } else { until };
            out.push_piece(Piece { start: to as u32, end: until as u32, literal: false, ..*piece });
        });
    }

    /// Writes a piece of a result of Go's library.
    pub fn play(&mut self, segment: Segment<'_>) {
        match segment {
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

    /// Writes the rest rune by rune: `map` adds to the buffer what each rune (or byte that is none) becomes.
    pub fn map_runes(&mut self, mut map: impl FnMut(Rune<'a>, &mut Vec<u8>)) {
        let bytes = self.text.bytes();
        if self.text.pieces().is_empty() {
            let mut buffer = Vec::with_capacity(bytes.len() + 16);
            for rune in runes(&bytes[self.at..]) {
                map(rune, &mut buffer);
            }
            self.out.push(&buffer);
            self.at = bytes.len();
            return;
        }
        // Runes that change are written in runs that no piece starts or ends in.
        let mut cuts: Vec<usize> = self.text.pieces().iter().flat_map(|p| [p.range().start, p.range().end]).collect();
        cuts.sort_unstable();
        let mut cut = 0;
        let mut position = self.at;
        let mut buffer = Vec::new();
        let mut run_is_same = true;
        for rune in runes(&bytes[self.at..]) {
            while cuts.get(cut).is_some_and(|c| *c < position) {
                cut += 1;
            }
            let before = buffer.len();
            map(rune, &mut buffer);
            let is_same = &buffer[before..] == rune.bytes;
            let is_cut = cuts.get(cut) == Some(&position);
            if position > self.at && (is_cut || is_same != run_is_same) {
                let written: Vec<u8> = buffer.drain(..before).collect();
                self.run(position, run_is_same, &written);
            }
            run_is_same = is_same;
            position += rune.bytes.len();
        }
        self.run(position, run_is_same, &buffer);
    }

    fn run(&mut self, end: usize, is_same: bool, bytes: &[u8]) {
        if is_same { self.copy(end) } else { self.replace(end, bytes) }
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

/// A rune of a Go string, or one byte that belongs to none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rune<'a> {
    pub bytes: &'a [u8],
    /// `None` for a byte that is not UTF-8.
    pub char: Option<char>,
}

/// The runes of a Go string.
pub(super) fn runes(bytes: &[u8]) -> impl Iterator<Item = Rune<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let first = *rest.first()?;
        let width = match first {
            0..=0x7F => 1,
            0xC0..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF7 => 4,
            _ => 1,
        };
        let char = rest.get(..width).and_then(|b| std::str::from_utf8(b).ok()).and_then(|s| s.chars().next());
        let width = if char.is_some() { width } else { 1 };
        let (bytes, after) = rest.split_at(width);
        rest = after;
        Some(Rune { bytes, char })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;
    use crate::value::origin::{Arena, Cause, PathId};
    use crate::value::OriginId;

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

    #[test]
    fn mapping_keeps_the_borders_of_pieces() {
        let mut arena = Arena::default();
        let origins = origins(&mut arena, 2);
        let text = sample(&origins);
        let mut rewriter = Rewriter::new(&text);
        rewriter.map_runes(|rune, out| {
            out.extend_from_slice(&rune.bytes.to_ascii_uppercase());
            if rune.bytes == b"\n" {
                out.push(b'!');
            }
        });
        let shown = shown(&rewriter.finish(), &origins);
        assert_eq!(shown, "ABCD\n!EFGH| 2..8=0 8..10=1");
    }

    #[test]
    fn invalid_bytes_are_runes_of_their_own() {
        let found: Vec<_> = runes(b"a\xffb\xc3\xa9\xe2\x82").map(|r| (r.bytes.len(), r.char)).collect();
        assert_eq!(found, [(1, Some('a')), (1, None), (1, Some('b')), (2, Some('é')), (1, None), (1, None)]);
    }
}
