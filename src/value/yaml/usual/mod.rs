//! The usual texts, read in one pass: block collections, comments, scalars, flow collections without surprises.
//!
//! This reader gives the tree that the scanner, the parser and the composer would give, places included, or nothing:
//! whatever it does not know (anchors, tags, merge keys, scalars that go on in the next line, several documents) and
//! whatever is wrong is left to them. So it refuses no text and has no messages. Columns count bytes, since only spaces
//! and dashes stand before what a column is asked of.

mod flow;
mod scalars;
#[cfg(test)]
mod tests;

use super::input::Readable;
use super::map;
use super::node::{Document, Key, KeyKind, Kind, Node};
use super::repeated::Repeated;
use crate::source::search;

/// Collections that are nested deeper are left to the other reader, which needs no stack for them.
const MAX_DEPTH: usize = 64;
/// Maps with more entries are left to the other reader, which looks for equal keys in an index.
const MAX_ENTRIES: usize = 512;
/// A key and what stands before its colon take fewer bytes than this.
const MAX_KEY: usize = 1000;

/// How many entries of maps are read at a time in texts of a length.
fn usual_entries(length: usize) -> usize {
    (length / 32).clamp(2, 256)
}

/// The column that what is around the root has, and what comes after the end of the text.
const NOWHERE: isize = -1;

/// The document that a text is, if it is a usual one. No line of a text that `is_single` begins with three dashes.
pub(super) fn document(readable: &Readable<'_>, is_single: bool) -> Option<Document> {
    if !readable.is_usual() {
        return None;
    }
    let usual_entries = usual_entries(readable.text.len());
    let mut reader = Reader {
        readable,
        bytes: readable.text.as_bytes(),
        at: 0,
        column: NOWHERE,
        depth: 0,
        items: Vec::new(),
        entries: Vec::with_capacity(usual_entries),
        marks: Vec::with_capacity(usual_entries),
        repeated: Repeated::default(),
    };
    reader.start(is_single)?;
    let root = reader.block(reader.column, NOWHERE)?;
    (reader.column == NOWHERE).then(|| Document { root, notes: Vec::new(), end: readable.text.len() })
}

struct Reader<'a> {
    readable: &'a Readable<'a>,
    bytes: &'a [u8],
    at: usize,
    /// After the end of a line: the column of what the next one starts with, which is where the reader is.
    column: isize,
    depth: usize,
    /// The items of the lists that are being read, those of the innermost last.
    items: Vec<Node>,
    /// The same for the entries of maps.
    entries: Vec<(Key, Node)>,
    /// For each entry a number that differs for most keys.
    marks: Vec<u32>,
    repeated: Repeated,
}

impl Reader<'_> {
    /// The byte at a place; 0 after the end, which is in no usual text.
    #[inline]
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    #[inline]
    fn here(&self) -> u8 {
        self.byte(self.at)
    }

    /// A space, the end of a line, or the end of the text.
    fn is_blank(&self, at: usize) -> bool {
        matches!(self.byte(at), b' ' | b'\n' | 0)
    }

    #[inline]
    fn skip_spaces(&mut self) {
        while self.here() == b' ' {
            self.at += 1;
        }
    }

    /// Finds what the text starts with; three dashes before it say nothing.
    fn start(&mut self, is_single: bool) -> Option<()> {
        self.find(0)?;
        if self.is_marker() {
            if self.here() != b'-' || is_single || !self.is_blank(self.at + 3) {
                return None;
            }
            self.at += 3;
            self.end_line()?;
        }
        (self.column != NOWHERE).then_some(())
    }

    /// Three dashes or dots at the start of a line, whatever comes after them.
    fn is_marker(&self) -> bool {
        self.column == 0 && matches!(self.bytes.get(self.at..self.at + 3), Some(b"---" | b"..."))
    }

    /// Passes what may stand after a node on its line, and all lines that hold nothing.
    fn end_line(&mut self) -> Option<()> {
        self.skip_spaces();
        let is_comment = self.here() == b'#' && self.at.checked_sub(1).is_some_and(|before| self.byte(before) == b' ');
        let end = match self.here() {
            b'\n' => self.at,
            0 => self.bytes.len(),
            _ if is_comment => self.end_of_comment(self.at),
            _ => return None,
        };
        self.next_line(end + 1)
    }

    fn next_line(&mut self, line: usize) -> Option<()> {
        self.find(line)?;
        if self.is_marker() { None } else { Some(()) }
    }

    fn end_of_comment(&self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        search::find(b'\n', rest).map_or(self.bytes.len(), |length| at + length)
    }

    /// Goes to the first line from `line` on that holds more than a comment.
    fn find(&mut self, mut line: usize) -> Option<()> {
        loop {
            let at = line + self.spaces(line);
            match self.byte(at) {
                b'\n' => line = at + 1,
                b'#' => line = self.end_of_comment(at) + 1,
                b'\t' => return None,
                0 => {
                    (self.at, self.column) = (self.bytes.len(), NOWHERE);
                    return Some(());
                }
                _ => {
                    (self.at, self.column) = (at, isize::try_from(at - line).ok()?);
                    return Some(());
                }
            }
        }
    }

    /// How many spaces stand at a place.
    #[inline]
    fn spaces(&self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        if let Some(first) = rest.first_chunk() {
            // The lowest byte that is no space is the first one.
            let others = u64::from_le_bytes(*first) ^ u64::from_le_bytes([b' '; 8]);
            if others != 0 {
                return others.trailing_zeros() as usize / 8;
            }
        }
        rest.iter().take_while(|byte| **byte == b' ').count()
    }

    /// A dash that starts an item.
    fn is_dash(&self) -> bool {
        self.here() == b'-' && self.is_blank(self.at + 1)
    }

    /// A colon that ends a key.
    fn is_colon(&self) -> bool {
        self.here() == b':' && self.is_blank(self.at + 1)
    }

    /// Nothing more but a comment is on this line.
    fn is_line_end(&self) -> bool {
        matches!(self.here(), b'\n' | b'#' | 0)
    }

    /// Reads the node that starts here, at a column, in a collection at the column `outer`, and goes to the next line.
    fn block(&mut self, column: isize, outer: isize) -> Option<Node> {
        if self.is_dash() {
            return self.sequence(column, false);
        }
        let start = self.at;
        if let Some(key) = self.word_key() {
            return self.mapping(column, start, key);
        }
        let Some(scalar) = self.key_or_scalar()? else { return self.value(outer) };
        if !self.is_colon() {
            return self.end_scalar(scalar, outer);
        }
        let key = self.key(scalar)?;
        self.mapping(column, start, key)
    }

    /// Goes to the line after a scalar, which may be the first one of several.
    fn end_scalar(&mut self, scalar: Node, outer: isize) -> Option<Node> {
        self.end_line()?;
        if self.column > outer { self.long_plain(scalar.span.start, outer) } else { Some(scalar) }
    }

    /// Reads a value that cannot be a block collection, and goes to the next line.
    fn value(&mut self, outer: isize) -> Option<Node> {
        let node = match self.here() {
            b'[' | b'{' => self.flow()?,
            b'|' | b'>' => return self.block_scalar(outer),
            _ => {
                let scalar = self.key_or_scalar()??;
                return self.end_scalar(scalar, outer);
            }
        };
        self.end_line()?;
        Some(node)
    }

    /// Reads a plain or quoted scalar and the spaces behind it; `Some(None)` where something else starts.
    fn key_or_scalar(&mut self) -> Option<Option<Node>> {
        let scalar = match self.here() {
            b'"' | b'\'' => self.quoted()?,
            b'[' | b'{' | b'|' | b'>' => return Some(None),
            _ => self.plain(false)?,
        };
        self.skip_spaces();
        Some(Some(scalar))
    }

    /// Reads a list whose first dash is here. One that stands in a map at the same column ends with the next key.
    fn sequence(&mut self, column: isize, is_indentless: bool) -> Option<Node> {
        self.enter()?;
        let (start, base) = (self.at, self.items.len());
        loop {
            let dash = self.at;
            self.at += 1;
            self.skip_spaces();
            let item = if self.is_line_end() {
                self.end_line()?;
                self.inner(column, dash + 1)?
            } else {
                self.block(column + isize::try_from(self.at - dash).ok()?, column)?
            };
            self.items.push(item);
            if self.column != column || !self.is_dash() {
                break;
            }
        }
        if self.column > column || (self.column == column && !is_indentless) {
            return None;
        }
        self.depth -= 1;
        let items = self.items.split_off(base);
        let end = items.last().map_or(start, |item| item.span.end.max(start));
        Some(Node::new(Kind::Seq(items), start..end))
    }

    /// Reads what stands below a key or a dash at a column; where nothing does, `empty` is the place of the value.
    fn inner(&mut self, column: isize, empty: usize) -> Option<Node> {
        if self.column > column { self.block(self.column, column) } else { Some(Node::new(Kind::Null, empty..empty)) }
    }

    /// Reads a map whose first key was read; its colon is here.
    fn mapping(&mut self, column: isize, start: usize, first: Key) -> Option<Node> {
        self.enter()?;
        let base = self.entries.len();
        let mut key = first;
        loop {
            self.at += 1;
            let empty = self.at;
            self.skip_spaces();
            let node = if !self.is_line_end() {
                self.value(column)?
            } else {
                self.end_line()?;
                if self.column == column && self.is_dash() {
                    self.sequence(column, true)?
                } else {
                    self.inner(column, empty)?
                }
            };
            self.insert(base, key, node)?;
            if self.column != column {
                break;
            }
            key = match self.word_key() {
                Some(key) => key,
                None => {
                    let scalar = self.key_or_scalar()??;
                    if !self.is_colon() {
                        return None;
                    }
                    self.key(scalar)?
                }
            };
        }
        if self.column > column {
            return None;
        }
        let entries = self.leave(base);
        let end = entries.iter().map(|(key, node)| key.span.end.max(node.span.end)).max().unwrap_or(start);
        Some(Node::new(Kind::Map(entries), start..end))
    }

    fn enter(&mut self) -> Option<()> {
        self.depth += 1;
        (self.depth <= MAX_DEPTH).then_some(())
    }

    /// The entries of the innermost map, which is complete.
    fn leave(&mut self, base: usize) -> Vec<(Key, Node)> {
        self.depth -= 1;
        self.marks.truncate(base);
        self.entries.split_off(base)
    }

    /// The key that a scalar before a colon is.
    #[inline]
    fn key(&self, node: Node) -> Option<Key> {
        if self.at - node.span.start > MAX_KEY {
            return None;
        }
        let key = map::key(node, false).ok()?;
        // JSON does not have such keys.
        if matches!(key.kind, KeyKind::Null | KeyKind::Uint(_)) { None } else { Some(key) }
    }

    /// Adds an entry to the innermost map, unless the key is there.
    #[inline]
    fn insert(&mut self, base: usize, key: Key, node: Node) -> Option<()> {
        let mark = mark(&key.text);
        let marks = self.marks.get(base..).unwrap_or_default();
        if marks.len() >= MAX_ENTRIES {
            return None;
        }
        if marks.contains(&mark) {
            let entries = self.entries.get(base..).unwrap_or_default();
            if entries.iter().any(|(known, _)| known.text == key.text) {
                return None;
            }
        }
        self.marks.push(mark);
        self.entries.push((key, node));
        Some(())
    }
}

/// A number that differs for most keys of a map.
fn mark(key: &str) -> u32 {
    let bytes = key.as_bytes();
    let at = |at: usize| u32::from(bytes.get(at).copied().unwrap_or_default());
    let last = bytes.len().saturating_sub(1);
    at(0) | at(last / 2) << 8 | at(last) << 16 | (bytes.len() as u32) << 24
}
