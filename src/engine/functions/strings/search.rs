//! Finding a text in another one, in linear time.

/// Where `needle` starts in `bytes`, from `from` on.
pub(super) fn find(bytes: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let Some((first, _)) = needle.split_first() else { return Some(from) };
    if needle.len() > rest.len() {
        return None;
    }
    if needle.len() > 16 {
        return find_long(rest, needle).map(|at| at + from);
    }
    let last = rest.len() - needle.len();
    let mut at = 0;
    while at <= last {
        at += rest[at..=last].iter().position(|b| b == first)?;
        if rest[at..].starts_with(needle) {
            return Some(at + from);
        }
        at += 1;
    }
    None
}

/// Knuth, Morris and Pratt's way, which looks at every byte once.
fn find_long(bytes: &[u8], needle: &[u8]) -> Option<usize> {
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
    for (i, byte) in bytes.iter().enumerate() {
        while matched > 0 && *byte != needle[matched] {
            matched = borders[matched - 1];
        }
        if *byte == needle[matched] {
            matched += 1;
        }
        if matched == needle.len() {
            return Some(i + 1 - matched);
        }
    }
    None
}

/// All places of `needle` that do not overlap, from the front. An empty needle is nowhere.
pub(super) fn find_all<'a>(bytes: &'a [u8], needle: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let mut from = 0;
    std::iter::from_fn(move || {
        if needle.is_empty() {
            return None;
        }
        let at = find(bytes, needle, from)?;
        from = at + needle.len();
        Some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_needles_are_found_alike() {
        let text = "aabaabaaabaabaabaaabaabaabaaabb".as_bytes();
        for from in 0..text.len() {
            for length in 1..text.len() {
                for start in 0..text.len() - length {
                    let needle = &text[start..start + length];
                    let expected = text[from..].windows(length).position(|w| w == needle).map(|at| at + from);
                    assert_eq!(find(text, needle, from), expected);
                    assert_eq!(find_long(&text[from..], needle).map(|at| at + from), expected);
                }
            }
        }
        assert_eq!(find(text, b"c", 0), None);
        assert_eq!(find(b"", b"", 0), Some(0));
        assert_eq!(find_all(b"banana", b"ana").collect::<Vec<_>>(), [1]);
    }
}
