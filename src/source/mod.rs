//! The files of a chart with ids, in one address space.
//!
//! Every byte of every file that was read has one *address* (`u32`): files lie one after the other. A [`Span`] is two
//! addresses, so a place needs no file id beside it, and one diagnostic can point into several files. The room knows
//! text and nothing of its meaning, and does no I/O.

pub mod search;

use std::cmp::Ordering;
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::{Arc, LazyLock, OnceLock};

/// A half-open range of addresses.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub const fn new(start: u32, end: u32) -> Self {
        Span { start, end }
    }

    /// The span moved by `base`: from a place in a file to an address.
    pub const fn at(self, base: u32) -> Self {
        Span { start: self.start + base, end: self.end + base }
    }

    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The bytes of a file. Cheap to clone, and made of what was read without a copy.
#[derive(Clone)]
pub struct Content(Arc<Bytes>);

enum Bytes {
    Known(Vec<u8>),
    /// Of a file that is read when somebody looks into it.
    Late(LazyLock<Vec<u8>, Box<dyn FnOnce() -> Vec<u8> + Send>>),
}

impl Content {
    /// What `read` gives when somebody looks, which may be never.
    pub fn late(read: impl FnOnce() -> Vec<u8> + Send + 'static) -> Self {
        Content(Arc::new(Bytes::Late(LazyLock::new(Box::new(read)))))
    }

    /// The same without the mark of UTF-8 that some editors put before a text.
    pub fn without_byte_order_mark(self) -> Self {
        let strip = |bytes: &[u8]| bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec);
        if let Bytes::Late(_) = &*self.0 {
            return Content::late(move || strip(&self).unwrap_or_else(|| self.to_vec()));
        }
        strip(&self).map_or(self, Content::from)
    }
}

impl Deref for Content {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &*self.0 {
            Bytes::Known(bytes) => bytes,
            Bytes::Late(bytes) => bytes,
        }
    }
}

impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || **self == **other
    }
}

impl Eq for Content {}

impl PartialOrd for Content {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Content {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl Default for Content {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Content(Arc::new(Bytes::Known(bytes)))
    }
}

impl From<&[u8]> for Content {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}

/// A file that was read: its name as shown to the user and its bytes.
#[derive(Debug)]
pub struct SourceFile {
    /// As a person would type it: relative to where they stand, or `CHART.tgz:path` for what is in an archive.
    pub path: String,
    /// As Helm names it, `chart/templates/x.yaml`; empty for files that Helm never names.
    pub name: String,
    pub text: Content,
    /// The address of its first byte.
    pub base: u32,
    /// Others call what stands here, and its place is theirs: a template of a library chart, a text that `tpl` runs.
    pub is_shared: bool,
    lines: OnceLock<Box<[u32]>>,
}

/// A place for people: line and column count from 1, the column in characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Position {
    pub line: u32,
    pub column: u32,
    /// The byte offset in the file, from 0.
    pub offset: u32,
}

impl SourceFile {
    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let breaks = self.text.iter().enumerate().filter(|(_, b)| **b == b'\n');
            std::iter::once(0).chain(breaks.map(|(i, _)| i as u32 + 1)).collect()
        })
    }

    /// Where a byte offset of this file is.
    pub fn position(&self, offset: u32) -> Position {
        let lines = self.lines();
        let line = lines.partition_point(|start| *start <= offset) - 1;
        let start = lines[line] as usize;
        let end = (offset as usize).min(self.text.len());
        let column = String::from_utf8_lossy(&self.text[start..end]).chars().count() as u32 + 1;
        Position { line: line as u32 + 1, column, offset }
    }

    /// The path below a chart, where `root` is what stands before the paths of the chart's files.
    pub fn path_below(&self, root: &str) -> Option<&str> {
        if root.is_empty() {
            return Some(&self.path);
        }
        let rest = self.path.strip_prefix(root)?;
        if root.ends_with(['/', ':']) { Some(rest) } else { rest.strip_prefix('/') }
    }

    /// The text of a line (from 1) without its line break.
    pub fn line_text(&self, line: u32) -> &[u8] {
        let lines = self.lines();
        let Some(&start) = lines.get(line as usize - 1) else { return &[] };
        let end = lines.get(line as usize).map_or(self.text.len(), |next| *next as usize - 1);
        self.text[start as usize..end].strip_suffix(b"\r").unwrap_or(&self.text[start as usize..end])
    }
}

/// All files of a run, in the order in which they were added.
#[derive(Default, Debug, Clone)]
pub struct Sources {
    files: Vec<Arc<SourceFile>>,
}

impl Sources {
    /// The address that the next file gets. Files are kept one byte apart, so that the end of one is not the start of
    /// the next.
    pub fn end(&self) -> u32 {
        self.files.last().map_or(1, |f| f.base + f.text.len() as u32 + 1)
    }

    /// Adds a file and gives its base address; `None` when the address space (4 GiB) is full.
    pub fn add(&mut self, path: String, name: String, text: Content) -> Option<u32> {
        self.push(path, name, text, false)
    }

    /// Adds a file whose text others call.
    pub fn add_shared(&mut self, path: String, name: String, text: Content) -> Option<u32> {
        self.push(path, name, text, true)
    }

    fn push(&mut self, path: String, name: String, text: Content, is_shared: bool) -> Option<u32> {
        let base = self.end();
        base.checked_add(u32::try_from(text.len()).ok()?)?.checked_add(2)?;
        self.files.push(Arc::new(SourceFile { path, name, text, base, is_shared, lines: OnceLock::new() }));
        Some(base)
    }

    /// The file that holds an address.
    pub fn file_at(&self, address: u32) -> Option<&Arc<SourceFile>> {
        let index = self.files.partition_point(|f| f.base <= address).checked_sub(1)?;
        let file = &self.files[index];
        (address as usize - file.base as usize <= file.text.len()).then_some(file)
    }

    /// The file and the position of an address.
    pub fn locate(&self, address: u32) -> Option<(&Arc<SourceFile>, Position)> {
        let file = self.file_at(address)?;
        Some((file, file.position(address - file.base)))
    }

    pub fn files(&self) -> &[Arc<SourceFile>] {
        &self.files
    }
}
