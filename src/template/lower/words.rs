//! Words: what is written the same is looked at once, for all the texts that a parser reads.

use super::super::ast::Number;
use super::super::grammar::Kind;
use super::super::literal::{self, Scan, scan_number, unquote};
use super::super::runs::{self, NAME, is};
use super::super::unicode::is_alphanumeric;
use super::slots::Slots;
use crate::source::Span;
use std::sync::Arc;

/// Functions that change a map they are given, or run a template that might.
const MUTATING: &[&str] =
    &["set", "unset", "merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite", "include", "tpl"];

const KEYWORDS: &[&str] =
    &["block", "break", "continue", "define", "else", "end", "false", "if", "nil", "range", "template", "true", "with"];

/// As many bytes of words are kept for the next text. A large chart has some twenty thousand.
const MAX_BYTES: usize = 1 << 18;
/// Room for the words of a large chart, for what they are made of, and for their bytes.
const WORDS: usize = 1 << 12;
const NAMES: usize = 1 << 10;
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

/// The words of the texts that were read.
#[derive(Default)]
pub(super) struct Words {
    slots: Slots,
    words: Vec<Word>,
    bytes: Vec<u8>,
    names: Names,
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
        if self.words.is_empty() {
            self.slots = Slots::new(WORDS);
            self.words.reserve(self.slots.room());
            self.names.slots = Slots::new(NAMES);
            self.names.names.reserve(self.names.slots.room());
            self.bytes.reserve(BYTES);
        }
        self.text = self.text.wrapping_add(1);
    }

    /// A word by where it is written, and the key of that; nothing if it is none.
    #[inline(always)]
    pub fn find(&mut self, kind: Kind, source: &[u8], span: Span, key: u64) -> Option<&mut Word> {
        let mut place = self.slots.first(key)? as usize;
        if !self.words.get(place).is_some_and(|word| self.is_written(word, source, span, key)) {
            place = self.search(kind, source, span, key)?;
        }
        self.words.get_mut(place)
    }

    /// Where a word is that is not the first that its key leads to.
    #[inline(never)]
    fn search(&mut self, kind: Kind, source: &[u8], span: Span, key: u64) -> Option<usize> {
        let found = self
            .slots
            .find(key, |place| self.words.get(place).is_some_and(|word| self.is_written(word, source, span, key)));
        match found {
            Ok(place) => Some(place),
            Err(free) => self.add(kind, source.get(span.range())?, key, free),
        }
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

    /// Adds a word, whose slot is `free`.
    fn add(&mut self, kind: Kind, text: &[u8], key: u64, free: usize) -> Option<usize> {
        let meaning = self.meaning(kind, text, key)?;
        let start = u32::try_from(self.bytes.len()).ok()?;
        let place = self.words.len();
        self.bytes.extend_from_slice(text);
        let (length, met) = (text.len() as u32, self.text.wrapping_sub(1));
        self.words.push(Word { key, start, length, met, place: 0, meaning });
        self.slots.fill(free, place, || self.words.iter().map(|word| word.key));
        Some(place)
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
            // Between the quotes is mostly what the constant is.
            Kind::String => Meaning::String(match text.get(1..text.len().checked_sub(1)?)? {
                value if runs::is_plain(value) => value.into(),
                _ => unquote(text)?.into(),
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
}

/// What paths and functions are called, each once.
#[derive(Default)]
struct Names {
    slots: Slots,
    /// With their keys.
    names: Vec<(u64, Arc<str>)>,
}

impl Names {
    /// A name with its key, or nothing if it is none.
    fn name(&mut self, written: &[u8], key: u64) -> Option<Arc<str>> {
        let found = self.slots.find(key, |place| {
            self.names.get(place).is_some_and(|(own, name)| {
                *own == key && name.len() == written.len() && (name.len() <= 8 || name.as_bytes() == written)
            })
        });
        match found {
            Ok(place) => self.names.get(place).map(|(_, name)| name.clone()),
            Err(free) => {
                let new: Arc<str> = name(written)?.into();
                self.names.push((key, new.clone()));
                self.slots.fill(free, self.names.len() - 1, || self.names.iter().map(|(key, _)| *key));
                Some(new)
            }
        }
    }
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
