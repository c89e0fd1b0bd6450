//! The calls of `lookup` and of what draws that a render made, by numbers that stay.
//!
//! Origins name calls by number. A number is made of the file's place in the program and of the call's place in the
//! render of that file: it is the same in every render of the same templates, so that a file can be taken over from one
//! together with its calls.

use rustc_hash::FxHashMap;

/// How many calls of one file have numbers of their own; a file with more cannot be taken over.
const PER_FILE: u32 = 1 << 12;
/// Numbers from here on are counted through.
const OVERFLOW: u32 = 1 << 31;

/// Calls in the order in which they were made.
#[derive(Clone, Debug)]
pub struct Calls<T> {
    list: Vec<(u32, T)>,
    by_number: FxHashMap<u32, usize>,
    /// The number of the first call of the file that is rendered.
    first: u32,
    /// How many calls the file has made.
    in_file: u32,
}

impl<T> Default for Calls<T> {
    fn default() -> Self {
        Calls { list: Vec::new(), by_number: FxHashMap::default(), first: 0, in_file: 0 }
    }
}

impl<T> Calls<T> {
    /// Begins with the calls of the file at this place of the program.
    pub(super) fn begin_file(&mut self, place: usize) {
        let place = u32::try_from(place).unwrap_or(u32::MAX).min(OVERFLOW / PER_FILE - 1);
        (self.first, self.in_file) = (place * PER_FILE, 0);
    }

    /// Adds a call of the file that is rendered, and gives its number.
    pub(super) fn add(&mut self, call: T) -> u32 {
        let mut number = self.first + self.in_file;
        if self.in_file >= PER_FILE || self.by_number.contains_key(&number) {
            number = OVERFLOW + self.list.len() as u32;
        }
        self.in_file += 1;
        self.insert(number, call);
        number
    }

    /// Adds a call of a file that was taken over.
    pub(super) fn insert(&mut self, number: u32, call: T) {
        self.by_number.insert(number, self.list.len());
        self.list.push((number, call));
    }

    /// The calls of the file that is rendered, or nothing if some have numbers that do not stay.
    pub(super) fn of_file(&self) -> Option<&[(u32, T)]> {
        let from = self.list.len().checked_sub(self.in_file as usize)?;
        (self.in_file <= PER_FILE).then(|| self.list.get(from..)).flatten()
    }

    pub fn get(&self, number: u32) -> Option<&T> {
        self.list.get(*self.by_number.get(&number)?).map(|(_, call)| call)
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.list.iter().map(|(_, call)| call)
    }

    /// The calls with their numbers.
    pub fn numbered(&self) -> impl Iterator<Item = (u32, &T)> {
        self.list.iter().map(|(number, call)| (*number, call))
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}
