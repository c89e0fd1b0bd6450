//! Words: what is written the same is looked at once, for all the texts that a parser reads.

use super::super::ast::Number;
use super::super::grammar::Kind;
use super::super::literal::{self, Scan, scan_number, unquote};
use super::super::unicode::is_alphanumeric;
use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::Hasher;
use std::sync::Arc;

/// Functions that change a map they are given, or run a template that might.
const MUTATING: &[&str] =
    &["set", "unset", "merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite", "include", "tpl"];

const KEYWORDS: &[&str] =
    &["block", "break", "continue", "define", "else", "end", "false", "if", "nil", "range", "template", "true", "with"];

/// As many bytes of words are kept for the next text. A large chart has some twenty thousand.
const MAX_BYTES: usize = 1 << 18;
/// Room for the words of a large chart, twice.
const SLOTS: usize = 1 << 12;

/// What a word is in whatever text it stands.
pub(super) enum Meaning {
    /// `.a.b` as names. `second` is where the second one begins, or 0.
    Fields {
        names: Arc<[Arc<str>]>,
        second: u32,
    },
    String(Arc<[u8]>),
    Number(Box<Number>),
    Variable(Arc<str>),
    Function {
        name: Arc<str>,
        may_mutate: bool,
    },
}

pub(super) struct Word {
    /// Its bytes in [`Words::bytes`].
    start: u32,
    end: u32,
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

/// A place in the table of words: what their hash begins with, and their number from 1, or 0 for none.
type Slot = (u32, u32);

/// The words of the texts that were read.
#[derive(Default)]
pub(super) struct Words {
    /// Found by hash, or next to where it would be. As many as a power of two, and half of them free.
    slots: Vec<Slot>,
    words: Vec<Word>,
    bytes: Vec<u8>,
    names: HashTable<Arc<str>>,
    /// The names of a path that is read.
    path: Vec<Arc<str>>,
    /// The number of the text that is being read.
    pub text: u32,
}

#[inline]
fn hash(text: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text);
    hasher.finish()
}

impl Words {
    /// Begins another text.
    pub fn begin(&mut self) {
        if self.bytes.len() > MAX_BYTES {
            *self = Words { text: self.text, ..Words::default() };
        }
        self.text = self.text.wrapping_add(1);
    }

    /// A word by what is written; nothing if it is none.
    #[inline]
    pub fn find(&mut self, kind: Kind, text: &[u8]) -> Option<&mut Word> {
        let hash = hash(text);
        let place = match self.slot(hash, text) {
            Some((_, number @ 1..)) => *number,
            _ => self.add(kind, text, hash)?,
        };
        self.words.get_mut(place as usize - 1)
    }

    /// The slot of a word, or the free one where it belongs.
    #[inline]
    fn slot(&self, hash: u64, text: &[u8]) -> Option<&Slot> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots.get(at)?;
            let is_free = slot.1 == 0;
            if is_free || slot.0 == (hash >> 32) as u32 && self.bytes_of(slot.1) == Some(text) {
                return Some(slot);
            }
            at = (at + 1) & mask;
        }
    }

    #[inline]
    fn bytes_of(&self, number: u32) -> Option<&[u8]> {
        let word = self.words.get(number as usize - 1)?;
        self.bytes.get(word.start as usize..word.end as usize)
    }

    #[cold]
    fn add(&mut self, kind: Kind, text: &[u8], hash: u64) -> Option<u32> {
        let meaning = self.meaning(kind, text)?;
        let start = u32::try_from(self.bytes.len()).ok()?;
        let end = u32::try_from(self.bytes.len() + text.len()).ok()?;
        self.bytes.extend_from_slice(text);
        self.words.push(Word { start, end, met: self.text.wrapping_sub(1), place: 0, meaning });
        if self.words.len() * 2 > self.slots.len() {
            self.grow();
        } else {
            self.occupy(hash, self.words.len() as u32);
        }
        Some(self.words.len() as u32)
    }

    /// Notes a word in the first free slot.
    fn occupy(&mut self, hash: u64, number: u32) {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        while let Some(slot) = self.slots.get_mut(at) {
            if slot.1 == 0 {
                *slot = ((hash >> 32) as u32, number);
                return;
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let count = (self.slots.len() * 2).max(SLOTS);
        self.slots.clear();
        self.slots.resize(count, (0, 0));
        self.words.reserve(count / 2 - self.words.len());
        for number in 1..=self.words.len() as u32 {
            if let Some(hash) = self.bytes_of(number).map(hash) {
                self.occupy(hash, number);
            }
        }
    }

    fn meaning(&mut self, kind: Kind, text: &[u8]) -> Option<Meaning> {
        Some(match kind {
            Kind::Field => {
                let mut rest = name(text)?.strip_prefix('.')?;
                while let Some(dot) = rest.as_bytes().iter().position(|byte| *byte == b'.') {
                    let shared = self.share(rest.get(..dot)?);
                    self.path.push(shared);
                    rest = rest.get(dot + 1..)?;
                }
                let last = self.share(rest);
                self.path.push(last);
                let second = if self.path.len() > 1 { 1 + self.path.first()?.len() as u32 } else { 0 };
                Meaning::Fields { names: self.path.drain(..).collect(), second }
            }
            Kind::String => Meaning::String(match plain(text) {
                Some(value) => value.into(),
                None => unquote(text)?.into(),
            }),
            Kind::Number => Meaning::Number(Box::new(number(text)?)),
            Kind::Character => Meaning::Number(Box::new(literal::character(text).ok()?)),
            Kind::Variable => Meaning::Variable(name(text)?.into()),
            // The grammar takes a keyword for a name where it expects no keyword.
            Kind::Function => {
                let name = name(text).filter(|name| !KEYWORDS.contains(name))?;
                Meaning::Function { name: self.share(name), may_mutate: MUTATING.contains(&name) }
            }
            _ => return None,
        })
    }

    /// A name as shared text.
    pub fn share(&mut self, name: &str) -> Arc<str> {
        let own = hash(name.as_bytes());
        if let Some(shared) = self.names.find(own, |shared| **shared == *name) {
            return shared.clone();
        }
        let shared: Arc<str> = Arc::from(name);
        self.names.insert_unique(own, shared.clone(), |shared| hash(shared.as_bytes()));
        shared
    }
}

/// What stands between quotes, where it is the value of the constant.
fn plain(text: &[u8]) -> Option<&[u8]> {
    let inner = text.get(1..text.len().checked_sub(1)?)?;
    inner.iter().all(|byte| byte.is_ascii() && !matches!(byte, b'\\' | b'"' | b'\r')).then_some(inner)
}

/// A name as text. The grammar takes all characters beyond ASCII for letters.
fn name(text: &[u8]) -> Option<&str> {
    let name = std::str::from_utf8(text).ok()?;
    (name.is_ascii() || name.chars().all(|c| is_alphanumeric(c) || matches!(c, '.' | '$'))).then_some(name)
}

fn number(text: &[u8]) -> Option<Number> {
    match scan_number(text) {
        Scan::Number(end, is_complex) if end == text.len() => {
            literal::number(std::str::from_utf8(text).ok()?, is_complex).ok()
        }
        _ => None,
    }
}
