//! Things that are kept once, in a list, and found there by what they are.

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use std::hash::{BuildHasher, Hash};

/// The numbers of the things of a list, by the things. They stay in the list alone.
#[derive(Clone, Default, Debug)]
pub(super) struct Numbers(HashTable<u32>);

impl Numbers {
    /// The number of a thing; `at` gives the one with a number.
    pub(super) fn find<K: Hash + Eq>(&self, what: K, at: impl Fn(usize) -> K) -> Option<u32> {
        self.0.find(FxBuildHasher.hash_one(&what), |number| at(*number as usize) == what).copied()
    }

    /// Notes a thing that was not found, and is in the list now.
    pub(super) fn insert<K: Hash>(&mut self, number: u32, at: impl Fn(usize) -> K) {
        let hash = |number: &u32| FxBuildHasher.hash_one(at(*number as usize));
        self.0.insert_unique(hash(&number), number, hash);
    }
}
