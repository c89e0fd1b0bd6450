//! How a string is spelled in the text that it was read from: what of it stands there as it is, and what was folded,
//! indented or escaped. It gives the string the provenance of the text piece by piece.

use crate::value::json::push_change;
use crate::value::{Text, TextBuilder};
use std::ops::Range;

/// The string with the pieces of the source that it was read from. `span` is where the scalar stands in the source.
/// Where the spelling is not understood, the rest of the string depends on the rest of the scalar.
pub fn string_from(string: &str, source: &Text, span: Range<usize>) -> Text {
    if source.pieces().is_empty() {
        return Text::from(string);
    }
    let end = span.end.min(source.len());
    let mut scalar = TextBuilder::default();
    scalar.push_slice(source, span.start.min(end)..end);
    let source = &scalar.finish();
    let mut aligner =
        Aligner { string: string.as_bytes(), source, quote: 0, at: 0, place: 0, out: TextBuilder::default() };
    aligner.skip_opening();
    while aligner.at < aligner.string.len() {
        if !aligner.step() {
            let rest = aligner.string.get(aligner.at..).unwrap_or_default();
            push_change(&mut aligner.out, source, aligner.place..source.len(), rest);
            break;
        }
    }
    if string.is_empty() {
        aligner.out.marks_of(source, 0..source.len());
    }
    aligner.out.finish()
}

struct Aligner<'a> {
    string: &'a [u8],
    /// The scalar as it was written.
    source: &'a Text,
    /// The quote around the scalar, or 0.
    quote: u8,
    /// How far the string is explained, and by which part of the source.
    at: usize,
    place: usize,
    out: TextBuilder,
}

fn is_white(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

impl Aligner<'_> {
    fn source_byte(&self, ahead: usize) -> Option<u8> {
        self.source.bytes().get(self.place + ahead).copied()
    }

    /// Passes the quote, or the header of a block.
    fn skip_opening(&mut self) {
        match self.source_byte(0) {
            Some(quote @ (b'"' | b'\'')) => {
                self.quote = quote;
                self.place += 1;
            }
            Some(b'|' | b'>') => {
                while self.source_byte(0).is_some_and(|b| b != b'\n') {
                    self.place += 1;
                }
                self.place += 1;
            }
            _ => {}
        }
    }

    /// Explains some of the string; `false` when it cannot.
    fn step(&mut self) -> bool {
        let same = self.same();
        if same > 0 {
            self.out.push_slice(self.source, self.place..self.place + same);
            self.at += same;
            self.place += same;
            return true;
        }
        let Some(written) = self.source_byte(0) else { return false };
        if self.quote == b'"' && written == b'\\' {
            return self.escape();
        }
        if self.quote == b'\'' && written == b'\'' && self.source_byte(1) == Some(b'\'') {
            return self.change(1, 2);
        }
        let blanks = (0..).take_while(|i| self.source_byte(*i).is_some_and(is_white)).count();
        if blanks == 0 {
            return false;
        }
        // A fold, or indentation.
        let rest = self.string.get(self.at..).unwrap_or_default();
        let folded = rest.iter().take_while(|b| matches!(b, b' ' | b'\n')).count();
        if folded == 0 {
            self.place += blanks;
            return true;
        }
        self.change(folded, blanks)
    }

    /// How many bytes are the same in both.
    fn same(&self) -> usize {
        let rest = self.string.get(self.at..).unwrap_or_default();
        let written = self.source.bytes().get(self.place..).unwrap_or_default();
        // The white space of a fold may look like that of the string; a quote or an escape never stands for itself.
        let stops = |b: u8| (b == b'\\' && self.quote == b'"') || (b == b'\'' && self.quote == b'\'');
        let both = rest.iter().zip(written);
        both.take_while(|(a, b)| a == b && !stops(**b)).count()
    }

    fn change(&mut self, length: usize, written: usize) -> bool {
        let Some(bytes) = self.string.get(self.at..self.at + length) else { return false };
        push_change(&mut self.out, self.source, self.place..self.place + written, bytes);
        self.at += length;
        self.place += written;
        true
    }

    fn escape(&mut self) -> bool {
        let written = match self.source_byte(1) {
            Some(b'\n' | b'\r') => {
                // An escaped line break is nothing, and neither is the white space after it.
                self.place += 2;
                while self.source_byte(0).is_some_and(is_white) {
                    self.place += 1;
                }
                return true;
            }
            Some(b'x') => 4,
            // A character beyond the basic plane may be two escapes in JSON.
            Some(b'u') if self.is_wide() && self.source_byte(6) == Some(b'\\') => 12,
            Some(b'u') => 6,
            Some(b'U') => 10,
            Some(_) => 2,
            None => return false,
        };
        let first = self.string.get(self.at).copied().unwrap_or_default();
        self.change(super::input::width(first), written)
    }

    fn is_wide(&self) -> bool {
        self.string.get(self.at).is_some_and(|b| *b >= 0xF0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Arena;
    use crate::value::origin::{Cause, GuardId};
    use crate::value::yaml;

    /// Which bytes of the string that a scalar reads as depend on which `[x]` of the source: the text of the string with
    /// what depends on a mark in brackets.
    fn traced(source: &str, marked: &str) -> String {
        let mut arena = Arena::default();
        let origin = arena.source(Cause::Dns { at: Default::default() }, Default::default());
        let start = source.find(marked).unwrap();
        let mut builder = TextBuilder::default();
        builder.push(&source.as_bytes()[..start]);
        builder.push(marked.as_bytes());
        builder.cover(start, origin, GuardId::NONE, 0);
        builder.push(&source.as_bytes()[start + marked.len()..]);
        let text = builder.finish();
        let root = yaml::read(text.bytes()).unwrap().root;
        let node = root.get("a").unwrap();
        let string = string_from(node.as_str().unwrap(), &text, node.span.clone());
        assert_eq!(string.bytes(), node.as_str().unwrap().as_bytes(), "{source}");
        let mut out = String::new();
        for (i, c) in string.lossy().char_indices() {
            let marked = string.pieces().iter().any(|p| p.range().contains(&i));
            if marked { out.push_str(&format!("[{c}]")) } else { out.push(c) }
        }
        out.replace("][", "")
    }

    #[test]
    fn strings_keep_the_pieces_of_their_source() {
        for (source, marked, wanted) in [
            ("a: one two\n", "two", "one [two]"),
            ("a: 'it''s x'\n", "x", "it's [x]"),
            ("a: 'it''s x'\n", "''", "it[']s x"),
            ("a: \"p\\tq\\u00e9r\"\n", "r", "p\tqé[r]"),
            ("a: \"p\\tq\\u00e9r\"\n", "\\t", "p[\t]qér"),
            ("a: one\n  two\n  three\n", "two", "one [two] three"),
            ("a: |\n    x\n      y\n    z\n", "y", "x\n  [y]\nz\n"),
            ("a: >-\n  x\n  y\n\n  z\n", "z", "x y\n[z]"),
            ("a: \"x\\\n  y\"\n", "y", "x[y]"),
        ] {
            assert_eq!(traced(source, marked), wanted, "{source}");
        }
    }
}
