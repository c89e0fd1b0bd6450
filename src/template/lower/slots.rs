//! Where in a table something is, by its key.

/// What holds no place.
const FREE: u32 = u32::MAX;

/// Places in a table. One is found in the slot that its key says, or behind that. There are as many slots as a power of two,
/// and a third of them is free.
#[derive(Default)]
pub(super) struct Slots {
    places: Vec<u32>,
    /// How many bits of a key are left over when it says a slot.
    shift: u32,
}

impl Slots {
    /// So many slots, a power of two.
    pub fn new(count: usize) -> Self {
        Slots { places: vec![FREE; count], shift: u64::BITS - count.trailing_zeros() }
    }

    /// How many places there is room for.
    pub fn room(&self) -> usize {
        self.places.len() * 2 / 3
    }

    /// What is in the slot that a key says, which may be no place.
    #[inline(always)]
    pub fn first(&self, key: u64) -> Option<u32> {
        self.places.get((key >> self.shift) as usize).copied()
    }

    /// The place that is the one that is looked for, or the slot that it is to be put into.
    #[inline]
    pub fn find(&self, key: u64, is_it: impl Fn(usize) -> bool) -> Result<usize, usize> {
        let mut slot = (key >> self.shift) as usize;
        loop {
            match self.places.get(slot) {
                None | Some(&FREE) => return Err(slot),
                Some(place) if is_it(*place as usize) => return Ok(*place as usize),
                _ => slot = (slot + 1) & (self.places.len() - 1),
            }
        }
    }

    /// Puts the last place of a table into the slot that was found for it. Where the slots are too few then, they become more:
    /// `keys` are those of the table.
    #[inline]
    pub fn fill<K: Iterator<Item = u64>>(&mut self, slot: usize, place: usize, keys: impl FnOnce() -> K) {
        if place < self.room() {
            if let Some(free) = self.places.get_mut(slot) {
                *free = place as u32;
            }
            return;
        }
        *self = Slots::new(self.places.len() * 2);
        for (place, key) in keys().enumerate() {
            if let Err(slot) = self.find(key, |_| false)
                && let Some(free) = self.places.get_mut(slot)
            {
                *free = place as u32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_is_found_however_full_it_gets() {
        // High bits say the slot; all of these want one of four.
        let keys: Vec<u64> = (0..200).map(|n| (n % 4) << 62 | n).collect();
        let mut slots = Slots::new(4);
        for (place, key) in keys.iter().enumerate() {
            let free = slots.find(*key, |other| keys[other] == *key).expect_err("not there yet");
            slots.fill(free, place, || keys[..=place].iter().copied());
            for (place, key) in keys[..=place].iter().enumerate() {
                assert_eq!(slots.find(*key, |other| keys[other] == *key), Ok(place));
            }
        }
    }
}
