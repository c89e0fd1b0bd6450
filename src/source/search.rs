//! Where bytes stand in a text.
//!
//! The package for this asks the processor what it can do when it is first called, which takes longer than all that a
//! render looks for. What every processor of its kind can do is good enough.

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
use memchr::arch::x86_64::sse2::memchr::{One, Three, Two};

/// The first place of a byte.
pub fn find(byte: u8, text: &[u8]) -> Option<usize> {
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    if let Some(one) = One::new(byte) {
        return one.find(text);
    }
    memchr::memchr(byte, text)
}

/// The first place of one of two bytes.
pub fn find2(a: u8, b: u8, text: &[u8]) -> Option<usize> {
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    if let Some(two) = Two::new(a, b) {
        return two.find(text);
    }
    memchr::memchr2(a, b, text)
}

/// The first place of one of three bytes.
pub fn find3(a: u8, b: u8, c: u8, text: &[u8]) -> Option<usize> {
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    if let Some(three) = Three::new(a, b, c) {
        return three.find(text);
    }
    memchr::memchr3(a, b, c, text)
}

/// The places of a byte.
pub fn find_all(byte: u8, text: &[u8]) -> impl Iterator<Item = usize> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + find(byte, text.get(from..)?)?;
        from = at + 1;
        Some(at)
    })
}

/// The first place of a short word from a place on.
pub fn find_word(word: &[u8], text: &[u8], mut from: usize) -> Option<usize> {
    let (first, rest) = word.split_first()?;
    loop {
        from += find(*first, text.get(from..)?)? + 1;
        if text.get(from..)?.starts_with(rest) {
            return Some(from - 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_place_is_found_in_texts_of_any_length() {
        for length in 0..100 {
            let text: Vec<u8> = (0..length).map(|n| b'a' + n as u8 % 20).collect();
            for byte in b'a'..=b'z' {
                let place = |found: &dyn Fn(u8) -> bool| text.iter().position(|byte| found(*byte));
                assert_eq!(find(byte, &text), place(&|b| b == byte));
                assert_eq!(find2(byte, b'm', &text), place(&|b| b == byte || b == b'm'));
                assert_eq!(find3(byte, b'm', b'z', &text), place(&|b| b == byte || b == b'm'));
                let all: Vec<_> = (0..length).filter(|at| text[*at] == byte).collect();
                assert_eq!(find_all(byte, &text).collect::<Vec<_>>(), all);
            }
        }
    }

    #[test]
    fn words_are_found_from_a_place_on() {
        let text = b"a---b----";
        let places: Vec<_> = (0..=text.len()).map(|from| find_word(b"---", text, from)).collect();
        assert_eq!(places, [1, 1, 5, 5, 5, 5, 6].map(Some).into_iter().chain([None; 3]).collect::<Vec<_>>());
        assert_eq!(find_word(b"-", b"-", 0), Some(0));
        assert_eq!(find_word(b"", b"-", 0), None);
    }
}
