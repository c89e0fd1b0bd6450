//! Maps that are told in the order of their keys: a sorted list while they are short, as most are, and a tree beyond.

use super::heap::Key;
use std::collections::{BTreeMap, btree_map};

/// Longer maps are trees, so that entries can be put anywhere into them.
const LONGEST_LIST: usize = 64;

/// Entries by key, in the order of the keys.
#[derive(Clone, Debug)]
pub enum Sorted<V> {
    List(Vec<(Key, V)>),
    Tree(BTreeMap<Key, V>),
}

impl<V> Default for Sorted<V> {
    fn default() -> Self {
        Sorted::List(Vec::new())
    }
}

impl<V> Sorted<V> {
    pub fn len(&self) -> usize {
        match self {
            Sorted::List(list) => list.len(),
            Sorted::Tree(tree) => tree.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn get(&self, key: &[u8]) -> Option<&V> {
        match self {
            Sorted::List(list) => place(list, key).ok().map(|at| &list[at].1),
            Sorted::Tree(tree) => tree.get(key),
        }
    }

    pub fn get_mut(&mut self, key: &[u8]) -> Option<&mut V> {
        match self {
            Sorted::List(list) => place(list, key).ok().map(|at| &mut list[at].1),
            Sorted::Tree(tree) => tree.get_mut(key),
        }
    }

    pub fn contains_key(&self, key: &[u8]) -> bool {
        self.get(key).is_some()
    }

    /// Adds an entry, or changes the one of that key and gives what it was.
    pub fn insert(&mut self, key: Key, value: V) -> Option<V> {
        self.make_room(&key);
        match self {
            Sorted::Tree(tree) => tree.insert(key, value),
            Sorted::List(list) => match place(list, &key) {
                Ok(at) => Some(std::mem::replace(&mut list[at].1, value)),
                Err(at) => {
                    list.insert(at, (key, value));
                    None
                }
            },
        }
    }

    /// The place of a key, to be filled if it is empty.
    pub fn entry(&mut self, key: Key) -> Entry<'_, V> {
        self.make_room(&key);
        Entry { map: self, key }
    }

    /// Makes a tree of a list that is full, unless it has the key.
    fn make_room(&mut self, key: &[u8]) {
        if let Sorted::List(list) = self
            && list.len() >= LONGEST_LIST
            && place(list, key).is_err()
        {
            *self = Sorted::Tree(std::mem::take(list).into_iter().collect());
        }
    }

    pub fn remove(&mut self, key: &[u8]) -> Option<V> {
        match self {
            Sorted::List(list) => place(list, key).ok().map(|at| list.remove(at).1),
            Sorted::Tree(tree) => tree.remove(key),
        }
    }

    pub fn clear(&mut self) {
        *self = Sorted::default();
    }

    pub fn retain(&mut self, mut keeps: impl FnMut(&Key, &mut V) -> bool) {
        match self {
            Sorted::List(list) => list.retain_mut(|(key, value)| keeps(key, value)),
            Sorted::Tree(tree) => tree.retain(keeps),
        }
    }

    pub fn iter(&self) -> Iter<'_, V> {
        match self {
            Sorted::List(list) => Iter::List(list.iter()),
            Sorted::Tree(tree) => Iter::Tree(tree.iter()),
        }
    }

    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Key> + ExactSizeIterator {
        self.iter().map(|(key, _)| key)
    }

    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator {
        self.iter().map(|(_, value)| value)
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&Key, &mut V)> {
        let (list, tree) = match self {
            Sorted::List(list) => (Some(list.iter_mut().map(|(key, value)| (&*key, value))), None),
            Sorted::Tree(tree) => (None, Some(tree.iter_mut())),
        };
        list.into_iter().flatten().chain(tree.into_iter().flatten())
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.iter_mut().map(|(_, value)| value)
    }
}

/// The place of a key in a map.
#[derive(Debug)]
pub struct Entry<'e, V> {
    map: &'e mut Sorted<V>,
    key: Key,
}

impl<'e, V> Entry<'e, V> {
    pub fn or_insert_with(self, make: impl FnOnce() -> V) -> &'e mut V {
        match self.map {
            Sorted::Tree(tree) => tree.entry(self.key).or_insert_with(make),
            Sorted::List(list) => {
                let at = place(list, &self.key).unwrap_or_else(|at| {
                    list.insert(at, (self.key, make()));
                    at
                });
                &mut list[at].1
            }
        }
    }

    pub fn or_insert(self, value: V) -> &'e mut V {
        self.or_insert_with(|| value)
    }

    pub fn or_default(self) -> &'e mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }
}

/// Where a key stands in a sorted list, or would.
fn place<V>(list: &[(Key, V)], key: &[u8]) -> Result<usize, usize> {
    list.binary_search_by(|(known, _)| (**known).cmp(key))
}

impl<V: PartialEq> PartialEq for Sorted<V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl<V> FromIterator<(Key, V)> for Sorted<V> {
    /// Of several entries with one key the last counts.
    fn from_iter<T: IntoIterator<Item = (Key, V)>>(entries: T) -> Self {
        let mut list: Vec<(Key, V)> = entries.into_iter().collect();
        if list.len() > LONGEST_LIST {
            return Sorted::Tree(list.into_iter().collect());
        }
        if !list.is_sorted_by(|(a, _), (b, _)| a < b) {
            list.sort_by(|(a, _), (b, _)| a.cmp(b));
            list.dedup_by(|later, kept| {
                let is_same = later.0 == kept.0;
                if is_same {
                    std::mem::swap(later, kept);
                }
                is_same
            });
        }
        Sorted::List(list)
    }
}

impl<V> Extend<(Key, V)> for Sorted<V> {
    fn extend<T: IntoIterator<Item = (Key, V)>>(&mut self, entries: T) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

/// Goes through entries in the order of their keys.
#[derive(Clone, Debug)]
pub enum Iter<'e, V> {
    List(std::slice::Iter<'e, (Key, V)>),
    Tree(btree_map::Iter<'e, Key, V>),
}

impl<'e, V> Iterator for Iter<'e, V> {
    type Item = (&'e Key, &'e V);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Iter::List(entries) => entries.next().map(|(key, value)| (key, value)),
            Iter::Tree(entries) => entries.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Iter::List(entries) => entries.size_hint(),
            Iter::Tree(entries) => entries.size_hint(),
        }
    }
}

impl<V> DoubleEndedIterator for Iter<'_, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        match self {
            Iter::List(entries) => entries.next_back().map(|(key, value)| (key, value)),
            Iter::Tree(entries) => entries.next_back(),
        }
    }
}

impl<V> ExactSizeIterator for Iter<'_, V> {}

impl<'e, V> IntoIterator for &'e Sorted<V> {
    type Item = (&'e Key, &'e V);
    type IntoIter = Iter<'e, V>;

    fn into_iter(self) -> Iter<'e, V> {
        self.iter()
    }
}

/// Takes entries apart in the order of their keys.
#[derive(Debug)]
pub enum IntoIter<V> {
    List(std::vec::IntoIter<(Key, V)>),
    Tree(btree_map::IntoIter<Key, V>),
}

impl<V> Iterator for IntoIter<V> {
    type Item = (Key, V);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            IntoIter::List(entries) => entries.next(),
            IntoIter::Tree(entries) => entries.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            IntoIter::List(entries) => entries.size_hint(),
            IntoIter::Tree(entries) => entries.size_hint(),
        }
    }
}

impl<V> IntoIterator for Sorted<V> {
    type Item = (Key, V);
    type IntoIter = IntoIter<V>;

    fn into_iter(self) -> IntoIter<V> {
        match self {
            Sorted::List(list) => IntoIter::List(list.into_iter()),
            Sorted::Tree(tree) => IntoIter::Tree(tree.into_iter()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Entries come and go as in a tree, across the length of a list.
    #[test]
    fn a_list_is_like_a_tree() {
        let mut sorted = Sorted::default();
        let mut tree = BTreeMap::new();
        let mut state = 1u32;
        for round in 0..4000u32 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let key: Key = Key::from(format!("k{}", state >> 16 & 127).into_bytes());
            // Grows in one thousand rounds, and shrinks in the next.
            let grows = if round / 1000 % 2 == 0 { 3 } else { 1 };
            if state >> 8 & 3 < grows {
                assert_eq!(sorted.insert(key.clone(), round), tree.insert(key, round));
            } else {
                assert_eq!(sorted.remove(&key), tree.remove(&key));
            }
            assert!(sorted.iter().eq(tree.iter()) && sorted.len() == tree.len());
            assert_eq!(sorted, tree.iter().rev().map(|(key, value)| (key.clone(), *value)).collect());
        }
    }

    #[test]
    fn of_several_entries_with_one_key_the_last_counts() {
        let entries = [("b", 1), ("a", 2), ("b", 3), ("a", 4)];
        let sorted: Sorted<i32> = entries.into_iter().map(|(key, value)| (Key::from(key.as_bytes()), value)).collect();
        assert_eq!(sorted.into_iter().map(|(_, value)| value).collect::<Vec<_>>(), [4, 3]);
    }
}
