//! The entries of a map: found by their keys, and told in the order of them.

use super::Value;
use super::heap::Key;
use super::numbers::Numbers;

/// A map with more entries has a table of its keys.
const SEARCHED: usize = 8;

/// Entries by key.
#[derive(Clone, Debug)]
pub struct Entries {
    list: Vec<(Key, Value)>,
    /// The places of the keys in the list, where it is long.
    places: Numbers,
    /// The list is in the order of its keys; a short one always is.
    is_sorted: bool,
}

impl Default for Entries {
    fn default() -> Self {
        Entries { list: Vec::new(), places: Numbers::default(), is_sorted: true }
    }
}

impl Entries {
    /// Entries that are in the order of their keys, each once.
    pub fn of_sorted(list: Vec<(Key, Value)>) -> Entries {
        let mut entries = Entries { list, ..Entries::default() };
        if entries.list.len() > SEARCHED {
            entries.note_places();
        }
        entries
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Makes room for as many more.
    pub fn reserve(&mut self, count: usize) {
        self.list.reserve(count);
    }

    fn place(&self, key: &[u8]) -> Option<usize> {
        if self.list.len() <= SEARCHED {
            return self.list.iter().position(|(known, _)| **known == *key);
        }
        self.places.find(key, |n| &*self.list[n].0).map(|n| n as usize)
    }

    pub fn get(&self, key: &[u8]) -> Option<&Value> {
        self.place(key).map(|at| &self.list[at].1)
    }

    pub fn contains_key(&self, key: &[u8]) -> bool {
        self.place(key).is_some()
    }

    /// Adds an entry, or changes the one of that key.
    pub fn insert(&mut self, key: Key, value: Value) {
        if let Some(at) = self.place(&key) {
            self.list[at].1 = value;
            return;
        }
        let is_last = self.list.last().is_none_or(|(last, _)| **last < *key);
        if is_last || self.list.len() > SEARCHED {
            self.is_sorted &= is_last;
            self.list.push((key, value));
            if self.list.len() > SEARCHED + 1 {
                let last = self.list.len() - 1;
                self.places.insert(last as u32, &*self.list[last].0);
                return;
            }
        } else {
            let at = self.list.partition_point(|(known, _)| **known < *key);
            self.list.insert(at, (key, value));
        }
        if self.list.len() > SEARCHED {
            self.note_places();
        }
    }

    /// Removes the entry of a key. What comes last takes its place in a long list.
    pub fn remove(&mut self, key: &[u8]) {
        let Some(at) = self.place(key) else { return };
        if self.list.len() <= SEARCHED {
            self.list.remove(at);
            return;
        }
        let last = self.list.len() - 1;
        self.places.remove(key, |n| &*self.list[n].0);
        if at < last {
            self.places.renumber(&*self.list[last].0, at as u32, |n| &*self.list[n].0);
            self.is_sorted = false;
        }
        self.list.swap_remove(at);
        if self.list.len() == SEARCHED {
            self.sort();
        }
    }

    fn note_places(&mut self) {
        self.places = Numbers::with_capacity(self.list.len());
        for (n, (key, _)) in self.list.iter().enumerate() {
            self.places.insert(n as u32, &**key);
        }
    }

    fn sort(&mut self) {
        if !std::mem::replace(&mut self.is_sorted, true) {
            self.list.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
            self.note_places();
        }
    }

    /// In the order of the keys.
    pub fn iter(&self) -> Iter<'_> {
        if self.is_sorted {
            return Iter::List(self.list.iter());
        }
        let mut entries: Vec<_> = self.list.iter().collect();
        entries.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        Iter::Sorted(entries.into_iter())
    }

    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Key> {
        self.iter().map(|(key, _)| key)
    }

    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Value> {
        self.iter().map(|(_, value)| value)
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.sort();
        self.list.iter_mut().map(|(_, value)| value)
    }
}

/// Goes through entries in the order of their keys.
pub enum Iter<'e> {
    List(std::slice::Iter<'e, (Key, Value)>),
    Sorted(std::vec::IntoIter<&'e (Key, Value)>),
}

impl<'e> Iterator for Iter<'e> {
    type Item = (&'e Key, &'e Value);

    fn next(&mut self) -> Option<Self::Item> {
        let entry = match self {
            Iter::List(entries) => entries.next(),
            Iter::Sorted(entries) => entries.next(),
        };
        entry.map(|(key, value)| (key, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Iter::List(entries) => entries.size_hint(),
            Iter::Sorted(entries) => entries.size_hint(),
        }
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let entry = match self {
            Iter::List(entries) => entries.next_back(),
            Iter::Sorted(entries) => entries.next_back(),
        };
        entry.map(|(key, value)| (key, value))
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl<'e> IntoIterator for &'e Entries {
    type Item = (&'e Key, &'e Value);
    type IntoIter = Iter<'e>;

    fn into_iter(self) -> Iter<'e> {
        self.iter()
    }
}

impl Extend<(Key, Value)> for Entries {
    fn extend<T: IntoIterator<Item = (Key, Value)>>(&mut self, entries: T) {
        let entries = entries.into_iter();
        self.list.reserve(entries.size_hint().0);
        entries.for_each(|(key, value)| self.insert(key, value));
    }
}

impl FromIterator<(Key, Value)> for Entries {
    fn from_iter<T: IntoIterator<Item = (Key, Value)>>(entries: T) -> Entries {
        let mut all = Entries::default();
        all.extend(entries);
        all
    }
}

impl<const N: usize> From<[(Key, Value); N]> for Entries {
    fn from(entries: [(Key, Value); N]) -> Entries {
        entries.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Entries come and go as in a map that is always sorted, from a short list to a long one and back.
    #[test]
    fn entries_are_those_of_a_sorted_map() {
        let mut entries = Entries::default();
        let mut sorted = BTreeMap::new();
        let mut state = 1u32;
        for round in 0..2000u32 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let key: Key = Key::from(format!("k{}", state >> 16 & 31).into_bytes());
            // Grows in one hundred rounds, and shrinks in the next.
            let grows = if round / 100 % 2 == 0 { 3 } else { 1 };
            if state >> 8 & 3 < grows {
                entries.insert(key.clone(), Value::int(i64::from(round)));
                sorted.insert(key, i64::from(round));
            } else {
                entries.remove(&key);
                sorted.remove(&key);
            }
            let shown: Vec<_> = entries.iter().map(|(key, value)| (key.clone(), format!("{value:?}"))).collect();
            let wanted: Vec<_> = sorted.iter().map(|(k, v)| (k.clone(), format!("{:?}", Value::int(*v)))).collect();
            assert_eq!(shown, wanted);
            assert!(sorted.keys().all(|key| entries.contains_key(key)));
        }
    }
}
