//! Text that knows, range by range, where it came from.

use super::origin::{GuardId, OriginId};
use crate::source::Content;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

/// A range of a text with its provenance. The pieces of a text are sorted by `start`; they may overlap, and then all of
/// them hold. A piece with `start == end` is a *mark*: something could have been written here and was not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Piece {
    pub start: u32,
    pub end: u32,
    /// What the bytes were computed from; none for literal text.
    pub origin: OriginId,
    /// The conditions under which they were written.
    pub guard: GuardId,
    /// The address of the literal text, or of the action that wrote the piece; 0 when not known.
    pub source: u32,
    /// The bytes stand in the source as they are, from `source` on.
    pub literal: bool,
}

impl Piece {
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    pub fn is_mark(&self) -> bool {
        self.start == self.end
    }

    /// The part of the piece within `range`, moved so that `range.start` becomes `to`.
    fn cut(&self, range: &Range<usize>, to: usize) -> Option<Piece> {
        let (start, end) = (self.start as usize, self.end as usize);
        let inside = if self.is_mark() {
            start >= range.start && start <= range.end
        } else {
            start < range.end && end > range.start
        };
        if !inside {
            return None;
        }
        let (from, until) = (start.max(range.start), end.min(range.end));
        let source = if self.literal { self.source + (from - start) as u32 } else { self.source };
        let (from, until) = (from - range.start + to, until - range.start + to);
        Some(Piece { start: from as u32, end: until as u32, source, ..*self })
    }
}

#[derive(PartialEq, Eq, Debug)]
struct Buffer {
    bytes: Vec<u8>,
    pieces: Vec<Piece>,
}

/// A Go string (any bytes) with the pieces whose provenance is known. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Text(Form);

/// Most texts are constants, and those of files and of data that was read: they need no more than their bytes.
#[derive(Clone, Debug)]
enum Form {
    Plain(Arc<[u8]>),
    File(Content),
    Pieced(Arc<Buffer>),
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes() && self.pieces() == other.pieces()
    }
}

impl Eq for Text {}

static EMPTY: LazyLock<Text> = LazyLock::new(|| Text(Form::Plain(Arc::default())));

impl Text {
    fn build(bytes: &[u8], pieces: &[Piece]) -> Self {
        match (bytes, pieces) {
            ([], []) => Text::empty(),
            (bytes, []) => Text(Form::Plain(bytes.into())),
            (bytes, pieces) => Text(Form::Pieced(Arc::new(Buffer { bytes: bytes.into(), pieces: pieces.into() }))),
        }
    }

    pub fn empty() -> Self {
        EMPTY.clone()
    }

    /// Text without pieces.
    pub fn constant(bytes: impl AsRef<[u8]>) -> Self {
        Text::build(bytes.as_ref(), &[])
    }

    /// The text of a file, without pieces.
    pub fn of_file(bytes: &Content) -> Self {
        Text(Form::File(bytes.clone()))
    }

    /// The text of data that was read, without pieces.
    pub fn shared(bytes: &Arc<[u8]>) -> Self {
        Text(Form::Plain(bytes.clone()))
    }

    pub fn bytes(&self) -> &[u8] {
        match &self.0 {
            Form::Plain(bytes) => bytes,
            Form::File(bytes) => bytes,
            Form::Pieced(buffer) => &buffer.bytes,
        }
    }

    /// The bytes as the key of a map.
    pub fn to_key(&self) -> Arc<[u8]> {
        match &self.0 {
            Form::Plain(bytes) => bytes.clone(),
            Form::File(bytes) => Arc::from(&**bytes),
            Form::Pieced(buffer) => Arc::from(&*buffer.bytes),
        }
    }

    pub fn pieces(&self) -> &[Piece] {
        match &self.0 {
            Form::Plain(_) | Form::File(_) => &[],
            Form::Pieced(buffer) => &buffer.pieces,
        }
    }

    /// The same for clones of one text that live, and for no other text.
    pub fn identity(&self) -> usize {
        match &self.0 {
            Form::Plain(bytes) => bytes.as_ptr().addr(),
            Form::File(bytes) => bytes.as_ptr().addr(),
            Form::Pieced(buffer) => Arc::as_ptr(buffer).addr(),
        }
    }

    pub fn len(&self) -> usize {
        self.bytes().len()
    }

    pub fn is_empty(&self) -> bool {
        self.bytes().is_empty()
    }

    /// For messages: what is not UTF-8 is replaced.
    pub fn lossy(&self) -> std::borrow::Cow<'_, str> {
        match std::str::from_utf8(self.bytes()) {
            Ok(text) => text.into(),
            Err(_) => String::from_utf8_lossy(self.bytes()),
        }
    }

    /// A part of the text with its pieces. What is cut off leaves marks, since the part depends on it too.
    pub fn slice(&self, range: Range<usize>) -> Text {
        if range == (0..self.len()) {
            return self.clone();
        }
        let mut builder = TextBuilder::default();
        builder.marks_of(self, 0..range.start);
        builder.push_slice(self, range.clone());
        builder.marks_of(self, range.end..self.len());
        builder.finish()
    }

    /// The same text with other origins.
    pub fn map_origins(mut self, mut map: impl FnMut(OriginId) -> OriginId) -> Text {
        let Form::Pieced(shared) = &mut self.0 else { return self };
        let Some(buffer) = Arc::get_mut(shared) else {
            let pieces = shared.pieces.iter().map(|p| Piece { origin: map(p.origin), ..*p }).collect();
            return Text(Form::Pieced(Arc::new(Buffer { bytes: shared.bytes.clone(), pieces })));
        };
        buffer.pieces.iter_mut().for_each(|piece| piece.origin = map(piece.origin));
        self
    }
}

impl From<&str> for Text {
    fn from(s: &str) -> Self {
        Text::constant(s.as_bytes())
    }
}

impl From<String> for Text {
    fn from(s: String) -> Self {
        Text::constant(s.into_bytes())
    }
}

impl From<Vec<u8>> for Text {
    fn from(bytes: Vec<u8>) -> Self {
        Text::constant(bytes)
    }
}

/// Builds a [`Text`] from constant bytes and parts of other texts.
#[derive(Default, Debug, Clone)]
pub struct TextBuilder {
    bytes: Vec<u8>,
    pieces: Vec<Piece>,
    /// Where the text begins that is built: what comes before it belongs to others, which go on when it is taken.
    start: Start,
}

/// Where a text begins in a builder that others use as well.
#[derive(Clone, Copy, Default, Debug)]
pub struct Start {
    byte: usize,
    piece: usize,
}

impl TextBuilder {
    /// With room for some bytes and pieces.
    pub fn with_capacity(bytes: usize, pieces: usize) -> TextBuilder {
        TextBuilder { bytes: Vec::with_capacity(bytes), pieces: Vec::with_capacity(pieces), start: Start::default() }
    }

    pub fn len(&self) -> usize {
        self.bytes.len() - self.start.byte
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes[self.start.byte..]
    }

    pub fn pieces(&self) -> &[Piece] {
        &self.pieces[self.start.piece..]
    }

    /// Begins another text in the same memory; gives what [`TextBuilder::take`] needs to go on with this one.
    pub fn begin(&mut self) -> Start {
        std::mem::replace(&mut self.start, Start { byte: self.bytes.len(), piece: self.pieces.len() })
    }

    /// Takes the text that was begun last out, and goes on with the one before.
    pub fn take(&mut self, outer: Start) -> Text {
        let text = Text::build(self.bytes(), self.pieces());
        self.bytes.truncate(self.start.byte);
        self.pieces.truncate(self.start.piece);
        self.start = outer;
        text
    }

    /// Constant bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Bytes that were computed from `origin`.
    pub fn push_from(&mut self, bytes: &[u8], origin: OriginId) {
        let start = self.len();
        self.bytes.extend_from_slice(bytes);
        self.cover(start, origin, GuardId::NONE, 0);
    }

    /// Literal text of a source at an address, written under `guard`.
    pub fn push_literal(&mut self, bytes: &[u8], guard: GuardId, source: u32) {
        let start = self.len() as u32;
        self.bytes.extend_from_slice(bytes);
        let end = self.len() as u32;
        self.pieces.push(Piece { start, end, origin: OriginId::NONE, guard, source, literal: true });
    }

    /// A part of another text with its pieces.
    pub fn push_slice(&mut self, text: &Text, range: Range<usize>) {
        let to = self.len();
        self.bytes.extend_from_slice(&text.bytes()[range.clone()]);
        let pieces = text.pieces();
        if pieces.is_empty() {
            return;
        }
        if range == (0..text.len()) {
            let shift = to as u32;
            self.pieces.extend(pieces.iter().map(|p| Piece { start: p.start + shift, end: p.end + shift, ..*p }));
        } else {
            self.pieces.extend(pieces.iter().filter_map(|p| p.cut(&range, to)));
        }
    }

    /// The whole of another text with its pieces.
    pub fn push_text(&mut self, text: &Text) {
        self.push_slice(text, 0..text.len());
    }

    /// The whole text of a value: its pieces, and its own origin over all of it.
    pub fn push_value(&mut self, text: &Text, origin: OriginId) {
        let start = self.len();
        self.push_slice(text, 0..text.len());
        self.cover(start, origin, GuardId::NONE, 0);
    }

    /// Lays a piece over everything from `start` to the end; does nothing when it would say nothing.
    pub fn cover(&mut self, start: usize, origin: OriginId, guard: GuardId, source: u32) {
        if origin.is_none() && guard.is_none() && source == 0 {
            return;
        }
        self.insert(Piece { start: start as u32, end: self.len() as u32, origin, guard, source, literal: false });
    }

    /// Notes that something could have been written here.
    pub fn mark(&mut self, guard: GuardId, source: u32) {
        let at = self.len() as u32;
        self.pieces.push(Piece { start: at, end: at, origin: OriginId::NONE, guard, source, literal: false });
    }

    /// Notes, at the end, what a part of another text that is left out depended on.
    pub fn marks_of(&mut self, text: &Text, range: Range<usize>) {
        let at = self.len() as u32;
        let first = self.pieces.len();
        for piece in text.pieces() {
            if piece.cut(&range, 0).is_none() || (piece.origin.is_none() && piece.guard.is_none()) {
                continue;
            }
            let mark = Piece { start: at, end: at, literal: false, ..*piece };
            let is_known = self.pieces[first..].iter().any(|p| p.origin == mark.origin && p.guard == mark.guard);
            if !is_known {
                self.pieces.push(mark);
            }
        }
    }

    /// Lays a piece over bytes that were pushed before.
    pub fn push_piece(&mut self, piece: Piece) {
        let after = self.pieces().iter().rev().take_while(|p| p.start > piece.start).count();
        self.pieces.insert(self.pieces.len() - after, piece);
    }

    fn insert(&mut self, piece: Piece) {
        // Few pieces were added since the text was that it covers.
        let after = self.pieces().iter().rev().take_while(|p| p.start >= piece.start).count();
        self.pieces.insert(self.pieces.len() - after, piece);
    }

    /// Cuts the text off at `len` bytes.
    pub fn truncate(&mut self, len: usize) {
        self.bytes.truncate(self.start.byte + len);
        let end = self.len() as u32;
        let mut outer = self.start.piece;
        self.pieces.retain_mut(|p| {
            if outer > 0 {
                outer -= 1;
                return true;
            }
            p.end = p.end.min(end);
            p.start <= end && (p.start < p.end || p.is_mark())
        });
    }

    /// The text of a builder that nothing else was begun in.
    pub fn finish(self) -> Text {
        if self.pieces.is_empty() {
            return Text::build(&self.bytes, &[]);
        }
        Text(Form::Pieced(Arc::new(Buffer { bytes: without_waste(self.bytes), pieces: without_waste(self.pieces) })))
    }
}

/// A list that does not hold more than twice the memory that it needs.
fn without_waste<T>(mut list: Vec<T>) -> Vec<T> {
    if list.capacity() > 2 * list.len() {
        list.shrink_to_fit();
    }
    list
}
