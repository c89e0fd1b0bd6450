//! Scalars: plain ones of one line, quoted ones, and blocks.

use super::super::node::{Key, KeyKind, Kind, Node};
use super::super::resolve::{self, Resolved};
use super::super::scanner::Scanner;
use super::super::token::Chars;
use super::{MAX_KEY, Reader};
use std::ops::Range;
use std::sync::Arc;

/// Ends a plain scalar, or may.
const STOPS: u8 = 1;
/// The same in a flow collection.
const STOPS_IN_FLOW: u8 = 2;
/// Starts no plain scalar.
const INDICATES: u8 = 4;
/// Is part of a word.
const SPELLS: u8 = 8;

const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut at = 0;
    let all = b"\0\n\t:#";
    while at < all.len() {
        classes[all[at] as usize] = STOPS | STOPS_IN_FLOW | INDICATES;
        at += 1;
    }
    let flow = b",?[]{}";
    at = 0;
    while at < flow.len() {
        classes[flow[at] as usize] = STOPS_IN_FLOW | INDICATES;
        at += 1;
    }
    let indicators = b" &*!|>'\"%@`";
    at = 0;
    while at < indicators.len() {
        classes[indicators[at] as usize] = INDICATES;
        at += 1;
    }
    at = 0;
    while at < 256 {
        if (at as u8).is_ascii_alphanumeric() || matches!(at as u8, b'-' | b'_' | b'.' | b'/') {
            classes[at] = SPELLS;
        }
        at += 1;
    }
    classes
};

#[inline]
fn is_in(byte: u8, class: u8) -> bool {
    CLASSES.get(usize::from(byte)).is_some_and(|classes| classes & class != 0)
}

impl Reader<'_> {
    /// Reads a key that is a word and nothing but text, up to its colon. Passes nothing where something else is.
    pub(super) fn word_key(&mut self) -> Option<Key> {
        let start = self.at;
        let rest = self.bytes.get(start..)?;
        let length = rest.iter().position(|byte| !is_in(*byte, SPELLS))?;
        let end = start + length;
        let is_key = self.byte(end) == b':' && self.is_blank(end + 1) && length <= MAX_KEY;
        if !is_key || !resolve::is_text(rest.get(..length)?) {
            return None;
        }
        let text = self.repeated.share(self.readable.text.get(start..end)?);
        self.at = end;
        Some(Key { text, span: start..end, kind: KeyKind::Str, is_merged: false })
    }

    /// Reads a plain scalar up to what ends it.
    pub(super) fn plain(&mut self, in_flow: bool) -> Option<Node> {
        let start = self.at;
        let first = self.here();
        if is_in(first, INDICATES) || (first == b'-' && (self.is_blank(start + 1) || self.byte(start + 1) == b'\t')) {
            return None;
        }
        let stops = if in_flow { STOPS_IN_FLOW } else { STOPS };
        let mut at = start + 1;
        loop {
            let rest = self.bytes.get(at..).unwrap_or_default();
            at += rest.iter().position(|byte| is_in(*byte, stops)).unwrap_or(rest.len());
            match self.byte(at) {
                b':' if self.byte(at + 1) == b'\t' => return None,
                b':' if !self.is_blank(at + 1) => at += 1,
                b'#' if self.byte(at - 1) != b' ' => at += 1,
                b'\t' => return None,
                _ => break,
            }
        }
        self.at = at;
        let mut end = at;
        while end > start && self.byte(end - 1) == b' ' {
            end -= 1;
        }
        self.resolved(self.readable.text.get(start..end)?, start..end)
    }

    /// The node of a plain scalar.
    fn resolved(&mut self, text: &str, span: Range<usize>) -> Option<Node> {
        let resolved = resolve::plain(text);
        // A key to merge, and numbers that JSON does not have.
        if text == "<<" || matches!(resolved, Resolved::Float(f) if !f.is_finite()) {
            return None;
        }
        Some(Node::new(resolved.into_kind(|| self.repeated.share(text)), span))
    }

    /// Reads a plain scalar of several lines again, and goes to the next line.
    pub(super) fn long_plain(&mut self, start: usize, outer: isize) -> Option<Node> {
        if matches!(self.byte(start), b'"' | b'\'') {
            return None;
        }
        let scanned = Scanner::scalar_at(self.readable, start, outer)?;
        let line = scanned.mark.at.checked_sub(scanned.mark.column)?;
        if scanned.mark.line == 0 || self.spaces(line) < scanned.mark.column {
            return None;
        }
        self.next_line(line)?;
        match &scanned.chars {
            Chars::Source(from, to) => self.resolved(self.readable.text.get(*from..*to)?, start..scanned.end),
            Chars::Owned(text) => self.resolved(text, start..scanned.end),
        }
    }

    /// Reads a quoted scalar.
    pub(super) fn quoted(&mut self) -> Option<Node> {
        let start = self.at;
        let quote = self.here();
        let escape = if quote == b'"' { b'\\' } else { quote };
        let rest = self.bytes.get(start + 1..)?;
        let length = rest.iter().position(|byte| *byte == quote || *byte == escape || *byte == b'\n')?;
        let end = start + 1 + length;
        if self.byte(end) == quote && !(escape == quote && self.byte(end + 1) == quote) {
            self.at = end + 1;
            let text = self.readable.text.get(start + 1..end)?;
            return Some(Node::new(Kind::Str(self.repeated.share(text)), start..self.at));
        }
        let scanned = Scanner::scalar_at(self.readable, start, 0)?;
        self.at = scanned.mark.at;
        let node = self.scanned(&scanned.chars, start..scanned.end);
        if scanned.mark.line > 0 {
            // No key has several lines.
            self.skip_spaces();
            if self.here() == b':' || self.readable.text.get(start..self.at)?.contains("\n---") {
                return None;
            }
        }
        node
    }

    fn scanned(&mut self, chars: &Chars, span: Range<usize>) -> Option<Node> {
        let text = match chars {
            Chars::Source(from, to) => self.readable.text.get(*from..*to)?,
            Chars::Owned(text) => text,
        };
        Some(Node::new(Kind::Str(self.repeated.share(text)), span))
    }

    /// Reads a block scalar in a collection at the column `outer`, and goes to the next line.
    pub(super) fn block_scalar(&mut self, outer: isize) -> Option<Node> {
        if let Some((node, line)) = self.literal(outer) {
            self.next_line(line)?;
            return Some(node);
        }
        let start = self.at;
        let scanned = Scanner::scalar_at(self.readable, start, outer)?;
        let node = self.scanned(&scanned.chars, start..scanned.end)?;
        // The scanner stands in the indentation of the next line, or at the end.
        let is_end = scanned.mark.at >= self.bytes.len();
        self.next_line(if is_end { scanned.mark.at } else { scanned.mark.at - scanned.mark.column })?;
        Some(node)
    }

    /// Reads a literal block whose first line gives the indentation; also gives the line after it.
    fn literal(&self, outer: isize) -> Option<(Node, usize)> {
        let start = self.at;
        let (header, strips) = match self.bytes.get(start..start + 3)? {
            [b'|', b'\n', _] => (1, false),
            [b'|', b'-', b'\n'] => (2, true),
            _ => return None,
        };
        let first = start + header + 1;
        let indent = self.spaces(first);
        if isize::try_from(indent).ok()? <= outer.max(0) || matches!(self.byte(first + indent), b'\n' | b'\t' | 0) {
            return None;
        }
        let mut text = String::new();
        let (mut line, mut end) = (first, first);
        // Breaks that are part of the text only if more text follows.
        let mut breaks = 0;
        while line < self.bytes.len() {
            let spaces = self.spaces(line).min(indent);
            match self.byte(line + spaces) {
                b'\n' => {
                    breaks += 1;
                    line += spaces + 1;
                    continue;
                }
                b'\t' if spaces < indent => return None,
                byte if spaces < indent || byte == 0 => break,
                _ => {}
            }
            text.extend(std::iter::repeat_n('\n', breaks));
            end = self.end_of_comment(line);
            text.push_str(self.readable.text.get(line + indent..end)?);
            breaks = usize::from(end < self.bytes.len());
            line = end + 1;
        }
        // The last line has a break, unless it ends the text.
        if !strips && breaks > 0 {
            text.push('\n');
        }
        Some((Node::new(Kind::Str(Arc::from(text)), start..end), line))
    }
}
