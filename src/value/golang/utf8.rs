//! Runes in bytes that need not be UTF-8.

/// The first rune of the bytes and its length. A byte that starts no valid rune gives `None` and the length 1, as Go's
/// `utf8.DecodeRune` does; of no bytes, `None` and 0.
pub fn decode(bytes: &[u8]) -> (Option<char>, usize) {
    let Some(&first) = bytes.first() else { return (None, 0) };
    if first < 0x80 {
        return (Some(first as char), 1);
    }
    let len = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return (None, 1),
    };
    match bytes.get(..len).and_then(|rune| std::str::from_utf8(rune).ok()).and_then(|s| s.chars().next()) {
        Some(c) => (Some(c), len),
        None => (None, 1),
    }
}

/// The last rune of the bytes and its length, with the same rules as [`decode`].
pub(super) fn decode_last(bytes: &[u8]) -> (Option<char>, usize) {
    for len in 1..=bytes.len().min(4) {
        let (rune, size) = decode(&bytes[bytes.len() - len..]);
        if size == len && rune.is_some() {
            return (rune, len);
        }
    }
    (None, bytes.len().min(1))
}

/// The runes of the bytes: where each starts, the rune (`None` for a byte that is not UTF-8) and its length.
pub(super) fn runes(bytes: &[u8]) -> impl Iterator<Item = (usize, Option<char>, usize)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (rune, len) = decode(bytes.get(at..)?);
        let start = at;
        at += len;
        (len > 0).then_some((start, rune, len))
    })
}

/// Appends a rune as Go's `utf8.AppendRune`: what is no Unicode scalar value becomes U+FFFD.
pub fn push_rune(out: &mut Vec<u8>, rune: u32) {
    let c = char::from_u32(rune).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}
