//! Things that are kept once, in a list, and found there by what they are.

use hashbrown::{HashTable, hash_table};
use rustc_hash::FxBuildHasher;
use std::hash::{BuildHasher, Hash};

/// The numbers of the things of a list, by the things. They stay in the list alone: where a number is looked for, `at`
/// gives the thing with a number.
#[derive(Clone, Default, Debug)]
pub(super) struct Numbers(HashTable<Entry>);

#[derive(Clone, Copy, Debug)]
struct Entry {
    /// Half of the thing's hash: a table that grows does not look at the things again.
    hash: u32,
    number: u32,
}

impl Entry {
    /// A hash of which the table can use both ends.
    fn spread(&self) -> u64 {
        u64::from(self.hash) << 32 | u64::from(self.hash)
    }
}

fn entry<K: Hash>(what: &K, number: u32) -> Entry {
    let hash = FxBuildHasher.hash_one(what);
    Entry { hash: (hash ^ hash >> 32) as u32, number }
}

impl Numbers {
    pub(super) fn with_capacity(count: usize) -> Numbers {
        Numbers(HashTable::with_capacity(count))
    }

    pub(super) fn reserve(&mut self, count: usize) {
        self.0.reserve(count, Entry::spread);
    }

    /// The number of a thing.
    pub(super) fn find<K: Hash + Eq>(&self, what: K, at: impl Fn(usize) -> K) -> Option<u32> {
        let wanted = entry(&what, 0);
        let is_it = |entry: &Entry| entry.hash == wanted.hash && at(entry.number as usize) == what;
        self.0.find(wanted.spread(), is_it).map(|entry| entry.number)
    }

    /// The number of a thing; `next` for one that was not there, which it has from now on: the caller puts the thing at
    /// that place of the list.
    pub(super) fn find_or_add<K: Hash + Eq>(&mut self, what: K, next: usize, at: impl Fn(usize) -> K) -> Option<u32> {
        let wanted = entry(&what, next as u32);
        let is_it = |entry: &Entry| entry.hash == wanted.hash && at(entry.number as usize) == what;
        match self.0.entry(wanted.spread(), is_it, Entry::spread) {
            hash_table::Entry::Occupied(known) => Some(known.get().number),
            hash_table::Entry::Vacant(place) => {
                place.insert(wanted);
                None
            }
        }
    }

    /// Notes a thing that is not there yet.
    pub(super) fn insert<K: Hash>(&mut self, number: u32, what: K) {
        let entry = entry(&what, number);
        self.0.insert_unique(entry.spread(), entry, Entry::spread);
    }

    /// Forgets a thing.
    pub(super) fn remove<K: Hash + Eq>(&mut self, what: K, at: impl Fn(usize) -> K) {
        let wanted = entry(&what, 0);
        let is_it = |entry: &Entry| entry.hash == wanted.hash && at(entry.number as usize) == what;
        if let Ok(known) = self.0.find_entry(wanted.spread(), is_it) {
            known.remove();
        }
    }

    /// Gives a thing another number, for one that it is about to get in the list.
    pub(super) fn renumber<K: Hash + Eq>(&mut self, what: K, number: u32, at: impl Fn(usize) -> K) {
        let wanted = entry(&what, 0);
        let is_it = |entry: &Entry| entry.hash == wanted.hash && at(entry.number as usize) == what;
        if let Some(known) = self.0.find_mut(wanted.spread(), is_it) {
            known.number = number;
        }
    }
}
