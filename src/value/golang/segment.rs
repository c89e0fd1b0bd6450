//! Results in pieces.

use std::ops::Range;

/// A piece of a result. The pieces of a result come in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Segment<'a> {
    /// These bytes of the input, as they are.
    Copy(Range<usize>),
    /// Bytes that no byte of the input says.
    Insert(&'a [u8]),
    /// Bytes that stand for this range of the input, which is spelled otherwise: an escape, another case.
    Change(Range<usize>, &'a [u8]),
}

/// The text of a result given in pieces: `collect(input, |out| function(input, out))`.
pub fn collect(input: &[u8], run: impl FnOnce(&mut dyn FnMut(Segment))) -> Vec<u8> {
    let mut out = Vec::with_capacity(input.len());
    run(&mut |segment| match segment {
        Segment::Copy(range) => out.extend_from_slice(input.get(range).unwrap_or_default()),
        Segment::Insert(bytes) | Segment::Change(_, bytes) => out.extend_from_slice(bytes),
    });
    out
}

/// Joins neighbouring copies, so that a function may emit rune by rune.
pub(super) struct Joiner<'o> {
    pending: Range<usize>,
    written: usize,
    out: &'o mut dyn FnMut(Segment),
}

impl<'o> Joiner<'o> {
    pub fn new(out: &'o mut dyn FnMut(Segment)) -> Self {
        Joiner { pending: 0..0, written: 0, out }
    }

    /// The number of bytes since this was asked last.
    pub fn taken(&mut self) -> usize {
        std::mem::take(&mut self.written)
    }

    pub fn copy(&mut self, range: Range<usize>) {
        self.written = self.written.saturating_add(range.len());
        if self.pending.end == range.start && !self.pending.is_empty() {
            self.pending.end = range.end;
        } else {
            self.flush();
            self.pending = range;
        }
    }

    pub fn insert(&mut self, bytes: &[u8]) {
        self.written = self.written.saturating_add(bytes.len());
        self.flush();
        if !bytes.is_empty() {
            (self.out)(Segment::Insert(bytes));
        }
    }

    pub fn change(&mut self, range: Range<usize>, bytes: &[u8]) {
        self.written = self.written.saturating_add(bytes.len());
        self.flush();
        (self.out)(Segment::Change(range, bytes));
    }

    /// Call it last.
    pub fn flush(&mut self) {
        if !self.pending.is_empty() {
            (self.out)(Segment::Copy(std::mem::take(&mut self.pending)));
        }
    }
}
