//! Finding a text in another one in linear time.

use crate::source::search::find_all;

/// Whether `bytes` contain `needle`.
pub(super) fn is_within(needle: &[u8], bytes: &[u8]) -> bool {
    match needle {
        [] => true,
        [byte] => bytes.contains(byte),
        // For short needles, looking at each place is fast enough.
        [first, ..] if needle.len() <= 16 => find_all(*first, bytes).any(|at| bytes[at..].starts_with(needle)),
        _ => is_long_within(needle, bytes),
    }
}

/// Knuth, Morris and Pratt's way, which looks at every byte once.
fn is_long_within(needle: &[u8], bytes: &[u8]) -> bool {
    // borders[i] is how much of the needle's start is also the end of its first i + 1 bytes.
    let mut borders = vec![0; needle.len()];
    let mut matched = 0;
    for i in 1..needle.len() {
        while matched > 0 && needle[i] != needle[matched] {
            matched = borders[matched - 1];
        }
        if needle[i] == needle[matched] {
            matched += 1;
        }
        borders[i] = matched;
    }
    matched = 0;
    for byte in bytes {
        while matched > 0 && *byte != needle[matched] {
            matched = borders[matched - 1];
        }
        if *byte == needle[matched] {
            matched += 1;
        }
        if matched == needle.len() {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_agree() {
        let text = b"aabaabaaabaabaabaaabaabaabaaabb";
        for end in 0..text.len() {
            for start in 0..=end {
                let needle = &text[start..=end];
                for cut in 0..text.len() {
                    let expected = text[cut..].windows(needle.len()).any(|w| w == needle);
                    assert_eq!(is_within(needle, &text[cut..]), expected);
                    assert_eq!(is_long_within(needle, &text[cut..]), expected);
                }
            }
        }
        assert!(is_within(b"", b""));
        assert!(!is_within(b"a", b""));
    }
}
