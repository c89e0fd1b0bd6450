//! Which place of a template wrote a piece of a text.

use super::Rendering;
use crate::source::Span;
use crate::value::{Piece, Text};
use std::ops::Range;

/// The action, or the line of literal text, that wrote a piece.
pub fn extent(rendering: &Rendering, piece: &Piece) -> Span {
    let length = if piece.literal { (piece.end - piece.start).max(1) } else { 1 };
    let whole = Span::new(piece.source, piece.source + length);
    let Some(file) = rendering.sources.file_at(piece.source) else { return whole };
    let text = &file.text[(piece.source - file.base) as usize..];
    if piece.literal {
        // The first line that says something.
        let written = &text[..(length as usize).min(text.len())];
        let skipped = written.len() - written.trim_ascii_start().len();
        let line = written[skipped..].split(|b| *b == b'\n').next().unwrap_or_default().trim_ascii_end();
        let start = piece.source + skipped as u32;
        return Span::new(start, start + (line.len() as u32).max(1));
    }
    let end = text.windows(2).position(|w| w == b"}}" || w == b"-}").unwrap_or(1);
    Span::new(piece.source, piece.source + text[..end].trim_ascii_end().len().max(1) as u32)
}

/// Whether a piece stands in a file of those who look at it: what a library chart or a text of `tpl` wrote is told where it
/// is called.
fn is_own(rendering: &Rendering, piece: &Piece) -> bool {
    rendering.sources.file_at(piece.source).is_none_or(|file| !file.is_shared)
}

/// Of pieces that cover the same text the smallest one, shared files left out where that leaves any.
pub fn innermost<'a>(rendering: &Rendering, pieces: impl Iterator<Item = &'a Piece>) -> Option<&'a Piece> {
    let size = |piece: &&Piece| (!is_own(rendering, piece), piece.end - piece.start);
    pieces.min_by_key(size)
}

/// What wrote the beginning of a range of a document.
pub fn written_at(rendering: &Rendering, text: &Text, range: &Range<usize>) -> Span {
    let at = range.start as u32;
    let around = |p: &&Piece| p.source != 0 && p.start <= at && p.end > at;
    match innermost(rendering, text.pieces().iter().rev().filter(around)) {
        Some(p) if p.literal => extent(rendering, &Piece { start: at, source: p.source + (at - p.start), ..*p }),
        Some(p) => extent(rendering, p),
        None => Span::default(),
    }
}
