//! Short texts that a document repeats.

use std::sync::Arc;

/// Short texts that were met, to be shared: documents repeat their keys. A text takes the place of another one.
pub(in crate::value) struct Repeated([Option<Arc<str>>; Repeated::PLACES]);

impl Default for Repeated {
    fn default() -> Self {
        Repeated([const { None }; Repeated::PLACES])
    }
}

impl Repeated {
    const PLACES: usize = 64;
    /// Longer texts are mostly met once.
    const LONGEST: usize = 24;

    pub fn share(&mut self, text: &str) -> Arc<str> {
        let place = match text.as_bytes() {
            bytes @ [first, .., last] if bytes.len() <= Repeated::LONGEST => {
                let middle = bytes.get(bytes.len() / 2).copied().unwrap_or_default();
                let sum = usize::from(*first) + usize::from(middle) * 5 + usize::from(*last) * 3 + bytes.len() * 7;
                self.0.get_mut(sum % Repeated::PLACES)
            }
            _ => None,
        };
        let Some(place) = place else { return text.into() };
        match place {
            Some(known) if **known == *text => known.clone(),
            place => place.insert(text.into()).clone(),
        }
    }
}
