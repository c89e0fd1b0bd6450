//! Words: what is written the same is looked at once, for all the texts that a parser reads.

use super::super::ast::Number;
use super::super::grammar::Kind;
use super::super::literal::{self, Scan, scan_number, unquote};
use super::super::runs::{self, NAME, is};
use super::super::unicode::is_alphanumeric;
use crate::source::Span;
use crate::source::search::find3;
use hashbrown::HashTable;
use std::sync::Arc;

/// Functions that change a map they are given, or run a template that might.
const MUTATING: &[&str] =
    &["set", "unset", "merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite", "include", "tpl"];

const KEYWORDS: &[&str] =
    &["block", "break", "continue", "define", "else", "end", "false", "if", "nil", "range", "template", "true", "with"];

/// As many bytes of words are kept for the next text. A large chart has some twenty thousand.
const MAX_BYTES: usize = 1 << 18;
/// Room for the words of a large chart.
const SLOTS: usize = 1 << 12;
const NAMES: usize = 448;
const TEMPLATES: usize = 224;
const BYTES: usize = 1 << 15;

/// What a word is in whatever text it stands.
pub(super) enum Meaning {
    /// `.a.b` as names.
    Fields(Arc<[Arc<str>]>),
    String(Arc<[u8]>),
    Number(Box<Number>),
    Variable(Arc<str>),
    Function {
        name: Arc<str>,
        may_mutate: bool,
    },
}

pub(super) struct Word {
    key: u64,
    /// Its bytes in [`Words::bytes`].
    start: u32,
    length: u32,
    /// The number of the text that it was met in last, and its place in the tables of that text.
    met: u32,
    place: u32,
    pub meaning: Meaning,
}

impl Word {
    /// The place in the tables of a text, to which it is added where it is met for the first time.
    #[inline]
    pub fn place(&mut self, text: u32, add: impl FnOnce(&Meaning) -> Option<u32>) -> Option<u32> {
        if self.met != text {
            self.place = add(&self.meaning)?;
            self.met = text;
        }
        Some(self.place)
    }
}

/// What holds no place of a word.
const FREE: u32 = u32::MAX;

/// The words of the texts that were read.
#[derive(Default)]
pub(super) struct Words {
    /// Places of words in their table. One is found where its key says, or next to it. As many as a power of two, and a
    /// third of them free.
    slots: Vec<u32>,
    /// How many bits of a key are left when it says a place.
    shift: u32,
    words: Vec<Word>,
    bytes: Vec<u8>,
    names: Shared,
    /// Names of templates.
    templates: Shared,
    /// The names of a path that is read.
    path: Vec<Arc<str>>,
    /// The number of the text that is being read.
    pub text: u32,
}

impl Words {
    /// Begins another text.
    pub fn begin(&mut self) {
        if self.bytes.len() > MAX_BYTES {
            *self = Words { text: self.text, ..Words::default() };
        }
        if self.slots.is_empty() {
            self.grow();
            self.names.0.reserve(NAMES, |_| 0);
            self.templates.0.reserve(TEMPLATES, |_| 0);
            self.bytes.reserve(BYTES);
        }
        self.text = self.text.wrapping_add(1);
    }

    /// A word by where it is written, and the key of that; nothing if it is none.
    #[inline(always)]
    pub fn find(&mut self, kind: Kind, source: &[u8], span: Span, key: u64) -> Option<&mut Word> {
        let mut place = *self.slots.get((key >> self.shift) as usize)? as usize;
        if !self.words.get(place).is_some_and(|word| self.is_written(word, source, span, key)) {
            place = self.search(kind, source, span, key)?;
        }
        self.words.get_mut(place)
    }

    /// Where a word is that is not the first that its key leads to.
    #[inline(never)]
    fn search(&mut self, kind: Kind, source: &[u8], span: Span, key: u64) -> Option<usize> {
        let mut at = (key >> self.shift) as usize;
        loop {
            let place = *self.slots.get(at)? as usize;
            let Some(word) = self.words.get(place) else { break };
            if self.is_written(word, source, span, key) {
                return Some(place);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.add(kind, source.get(span.range())?, key)
    }

    /// Whether a word is the one that is written in a place.
    #[inline]
    fn is_written(&self, word: &Word, source: &[u8], span: Span, key: u64) -> bool {
        let length = span.end - span.start;
        word.key == key && word.length == length && (length <= 8 || self.bytes_of(word) == source.get(span.range()))
    }

    #[inline]
    fn bytes_of(&self, word: &Word) -> Option<&[u8]> {
        let start = word.start as usize;
        self.bytes.get(start..start + word.length as usize)
    }

    fn add(&mut self, kind: Kind, text: &[u8], key: u64) -> Option<usize> {
        let meaning = self.meaning(kind, text, key)?;
        let start = u32::try_from(self.bytes.len()).ok()?;
        let length = text.len() as u32;
        self.bytes.extend_from_slice(text);
        self.words.push(Word { key, start, length, met: self.text.wrapping_sub(1), place: 0, meaning });
        if self.words.len() * 3 > self.slots.len() * 2 {
            self.grow();
        } else {
            self.occupy(key, self.words.len() as u32 - 1);
        }
        Some(self.words.len() - 1)
    }

    /// Notes a word in the first free slot.
    fn occupy(&mut self, key: u64, number: u32) {
        let mut at = (key >> self.shift) as usize;
        while self.slots.get(at).is_some_and(|slot| *slot != FREE) {
            at = (at + 1) & (self.slots.len() - 1);
        }
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = number;
        }
    }

    fn grow(&mut self) {
        let count = (self.slots.len() * 2).max(SLOTS);
        self.shift = u64::BITS - count.trailing_zeros();
        self.slots.clear();
        self.slots.resize(count, FREE);
        self.words.reserve(count * 2 / 3 - self.words.len());
        for index in 0..self.words.len() {
            if let Some(key) = self.words.get(index).map(|word| word.key) {
                self.occupy(key, index as u32);
            }
        }
    }

    fn meaning(&mut self, kind: Kind, text: &[u8], key: u64) -> Option<Meaning> {
        Some(match kind {
            Kind::Field => {
                self.path.clear();
                let mut at = 1;
                while at <= text.len() {
                    let (end, key) = path_name(text, at);
                    let name = text.get(at..end).filter(|name| !name.first().is_some_and(u8::is_ascii_digit))?;
                    self.path.push(self.names.name(name, key)?);
                    at = end + 1;
                }
                Meaning::Fields(self.path.drain(..).collect())
            }
            Kind::String => Meaning::String(match plain(text) {
                Some(value) => value.into(),
                None => unquote(text)?.into(),
            }),
            Kind::Number => Meaning::Number(Box::new(number(text)?)),
            Kind::Character => Meaning::Number(Box::new(literal::character(text).ok()?)),
            Kind::Variable => {
                name(text.strip_prefix(b"$")?)?;
                Meaning::Variable(std::str::from_utf8(text).ok()?.into())
            }
            Kind::Function => {
                let name = self.names.name(text, key)?;
                // The grammar takes a keyword for a name where it expects no keyword.
                if KEYWORDS.contains(&&*name) {
                    return None;
                }
                Meaning::Function { may_mutate: MUTATING.contains(&&*name), name }
            }
            _ => return None,
        })
    }

    /// The name of a template as shared text, which shows U+FFFD for what is not UTF-8.
    pub fn share(&mut self, name: &[u8]) -> Arc<str> {
        self.templates
            .text(name, runs::key(name), || std::str::from_utf8(name).ok())
            .unwrap_or_else(|| Arc::from(String::from_utf8_lossy(name)))
    }
}

/// Texts, each once.
#[derive(Default)]
struct Shared(HashTable<Arc<str>>);

impl Shared {
    /// A name of fields or of a function, with its key, or nothing if it is none.
    fn name(&mut self, written: &[u8], key: u64) -> Option<Arc<str>> {
        self.text(written, key, || name(written))
    }

    /// What is written, with its key, which is looked at if it is new.
    #[inline]
    fn text<'t>(&mut self, written: &[u8], key: u64, new: impl FnOnce() -> Option<&'t str>) -> Option<Arc<str>> {
        if let Some(shared) = self.0.find(spread(key), |shared| shared.as_bytes() == written) {
            return Some(shared.clone());
        }
        let shared: Arc<str> = Arc::from(new()?);
        self.0.insert_unique(spread(key), shared.clone(), |shared| spread(runs::key(shared.as_bytes())));
        Some(shared)
    }
}

/// A key whose low bits depend on all bytes as well as its high ones.
#[inline]
fn spread(key: u64) -> u64 {
    key.rotate_left(20)
}

/// The end and the key of the name that begins at a place of a path.
#[inline]
fn path_name(path: &[u8], at: usize) -> (usize, u64) {
    let (end, key) = runs::name(path, at);
    if end >= path.len() || path.get(end) == Some(&b'.') {
        return (end, key);
    }
    // Something beyond ASCII.
    let name = path.get(at..).and_then(|rest| rest.split(|byte| *byte == b'.').next()).unwrap_or_default();
    (at + name.len(), runs::key(name))
}

/// What stands between quotes, where it is the value of the constant.
fn plain(text: &[u8]) -> Option<&[u8]> {
    let inner = text.get(1..text.len().checked_sub(1)?)?;
    (inner.is_ascii() && find3(b'\\', b'"', b'\r', inner).is_none()).then_some(inner)
}

/// A name as text. The scanner takes other characters for letters as well, the grammar all beyond ASCII.
fn name(text: &[u8]) -> Option<&str> {
    let name = std::str::from_utf8(text).ok()?;
    (text.iter().all(|byte| is(*byte, NAME)) || name.chars().all(is_alphanumeric)).then_some(name)
}

fn number(text: &[u8]) -> Option<Number> {
    match scan_number(text) {
        Scan::Number(end, is_complex) if end == text.len() => {
            literal::number(std::str::from_utf8(text).ok()?, is_complex).ok()
        }
        _ => None,
    }
}
