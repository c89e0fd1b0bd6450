//! Where words end, looked for in eight bytes at a time, and the keys by which words are told apart.
//!
//! A key is made of the eights that the end was looked for in, so a word that was found has its key at once.

use crate::source::search::find;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x80 * ONES;

pub const SPACE: u8 = 1;
/// What names are made of, and what they begin with.
pub const NAME: u8 = 2;
pub const FIRST: u8 = 4;

/// What a byte may be.
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0u8;
    loop {
        let mut class = 0;
        if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
            class |= SPACE;
        }
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            class |= if byte.is_ascii_digit() { NAME } else { NAME | FIRST };
        }
        classes[byte as usize] = class;
        if byte == u8::MAX {
            break;
        }
        byte += 1;
    }
    classes
};

#[inline]
pub fn is(byte: u8, class: u8) -> bool {
    CLASSES[usize::from(byte)] & class != 0
}

/// Eight bytes, the first as the lowest; behind the end of the text come zeros.
#[inline]
fn load(text: &[u8], at: usize) -> u64 {
    let Some(rest) = text.get(at..) else { return 0 };
    match rest.first_chunk() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => load_last(rest),
    }
}

#[cold]
#[inline(never)]
fn load_last(rest: &[u8]) -> u64 {
    rest.iter().rev().fold(0, |bytes, byte| bytes << 8 | u64::from(*byte))
}

#[inline]
fn mix(key: u64, bytes: u64) -> u64 {
    (key.rotate_left(5) ^ bytes).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The key of a word. Two that are no longer than eight bytes have the same key only if they are the same, or one has
/// zeros at its end.
pub fn key(word: &[u8]) -> u64 {
    (0..word.len()).step_by(8).fold(0, |key, at| mix(key, load(word, at)))
}

/// The high bits of the bytes that are the one that is looked for, up to the first such. Others above it may be wrong.
#[inline]
fn first(bytes: u64, byte: u8) -> u64 {
    let other = bytes ^ (u64::from(byte) * ONES);
    other.wrapping_sub(ONES) & !other & HIGHS
}

/// The high bits of the bytes that are at least `least`, of bytes below 0x80.
#[inline]
fn from(bytes: u64, least: u8) -> u64 {
    bytes.wrapping_add(u64::from(0x80 - least) * ONES)
}

/// The high bits of the bytes that end a word, up to the first such. A word is of the letters, `_` and what lies from
/// `least` to `9`. Taken for letters are all bytes from `@` to `{`: after a word none of them is right.
#[inline]
fn ends(bytes: u64, least: u8) -> u64 {
    // Of these a byte is in none, in the first, in the first two, and so on. It belongs to a word if it is in one or three.
    // At least `@` is what has the second of its bits.
    let odd = from(bytes, least) ^ from(bytes, b':') ^ bytes << 1 ^ from(bytes, b'|');
    (!odd | bytes) & HIGHS
}

/// The end of the word that begins with the byte at `start`, whichever that is, and its key.
#[inline]
fn run<const LEAST: u8>(text: &[u8], start: usize) -> (usize, u64) {
    let bytes = load(text, start);
    match ends(bytes, LEAST) & !0xff {
        0 => long_run::<LEAST>(text, start, bytes),
        end => {
            let below = (end ^ (end - 1)) >> 8;
            (start + end.trailing_zeros() as usize / 8, mix(0, bytes & below))
        }
    }
}

/// [`run`] for a word that begins with eight bytes. They are few enough to spare the others what it takes.
#[inline(never)]
fn long_run<const LEAST: u8>(text: &[u8], start: usize, first: u64) -> (usize, u64) {
    let (mut at, mut key) = (start + 8, mix(0, first));
    loop {
        let bytes = load(text, at);
        let end = ends(bytes, LEAST);
        if end != 0 {
            let below = (end ^ (end - 1)) >> 8;
            let count = end.trailing_zeros() as usize / 8;
            return (at + count, if count == 0 { key } else { mix(key, bytes & below) });
        }
        key = mix(key, bytes);
        at += 8;
    }
}

/// The end and the key of a function's name, or of a variable.
#[inline]
pub fn name(text: &[u8], start: usize) -> (usize, u64) {
    run::<b'0'>(text, start)
}

/// The end and the key of what looks like `.a.b.c` from its first byte on.
#[inline]
pub fn path(text: &[u8], start: usize) -> (usize, u64) {
    run::<b'.'>(text, start)
}

/// The high bit of the first byte that has a meaning of its own in a string, or is a control character.
#[inline]
fn special(bytes: u64) -> u64 {
    let controls = bytes.wrapping_sub(0x20 * ONES) & !bytes & HIGHS;
    first(bytes, b'"') | first(bytes, b'\\') | controls
}

/// Whether all bytes are ASCII and mean themselves in a string constant of either kind.
pub fn is_plain(text: &[u8]) -> bool {
    let (eights, rest) = text.as_chunks();
    let is_plain = |bytes: u64| special(bytes) | bytes & HIGHS == 0;
    // What is missing of the last eight is taken for something plain.
    let last = rest.iter().fold(ONES * u64::from(b'a'), |bytes, byte| bytes << 8 | u64::from(*byte));
    eights.iter().all(|eight| is_plain(u64::from_le_bytes(*eight))) && is_plain(last)
}

/// The end and the key of the string constant that begins at `start`, or nothing where it does not end on its line.
#[inline]
pub fn string(text: &[u8], start: usize) -> Option<(usize, u64)> {
    let bytes = load(text, start);
    // Without the quote that it begins with.
    let look = bytes ^ u64::from(b'"' ^ b'a');
    let (end, key) = match special(look) {
        0 => long_string(text, start, bytes),
        stop => end_of_string(start, look, bytes, stop, 0),
    };
    if end > 0 { Some((end, key)) } else { escaped(text, start) }
}

/// The end and the key of a string that ends among eight bytes at a place, or 0 where something else is first.
#[inline]
fn end_of_string(at: usize, look: u64, bytes: u64, stop: u64, key: u64) -> (usize, u64) {
    let count = stop.trailing_zeros() / 8;
    if (look >> (8 * count)) as u8 != b'"' {
        return (0, 0);
    }
    let own = bytes & (u64::MAX >> (56 - 8 * count));
    (at + count as usize + 1, mix(key, own))
}

/// [`string`] for one that begins with eight bytes.
#[inline(never)]
fn long_string(text: &[u8], start: usize, first: u64) -> (usize, u64) {
    let (mut at, mut key) = (start + 8, mix(0, first));
    loop {
        // Behind the text are zeros, which are special.
        let bytes = load(text, at);
        let stop = special(bytes);
        if stop != 0 {
            return end_of_string(at, bytes, bytes, stop, key);
        }
        key = mix(key, bytes);
        at += 8;
    }
}

/// [`string`] for one with escapes or control characters, or without an end.
#[cold]
fn escaped(text: &[u8], start: usize) -> Option<(usize, u64)> {
    let end = quoted_end(text, start, b'"')?;
    Some((end, key(text.get(start..end)?)))
}

/// The end of what is in quotes on one line.
pub fn quoted_end(text: &[u8], start: usize, quote: u8) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match *text.get(at)? {
            byte if byte == quote => return Some(at + 1),
            b'\n' => return None,
            b'\\' if *text.get(at + 1)? == b'\n' => return None,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The end and the key of the raw string that begins at `start`.
pub fn raw_string(text: &[u8], start: usize) -> Option<(usize, u64)> {
    let end = start + 2 + find(b'`', text.get(start + 1..)?)?;
    Some((end, key(text.get(start..end)?)))
}

/// The high bits of the bytes that are something else than the spaces of usual text.
#[inline]
fn others(bytes: u64) -> u64 {
    let differs = |byte: u8| {
        let other = bytes ^ (u64::from(byte) * ONES);
        (other & !HIGHS).wrapping_add(!HIGHS) | other
    };
    differs(b' ') & differs(b'\n') & HIGHS
}

/// Behind the spaces that begin at a place.
#[inline]
pub fn skip(text: &[u8], mut at: usize) -> usize {
    while text.get(at).is_some_and(|byte| is(*byte, SPACE)) {
        at += 1;
    }
    at
}

/// [`skip`] in text, where there are many.
#[inline]
pub fn skip_indent(text: &[u8], mut at: usize) -> usize {
    loop {
        // Behind the text are zeros.
        let others = others(load(text, at));
        at += others.trailing_zeros() as usize / 8;
        if others != 0 {
            return skip(text, at);
        }
    }
}

/// Where the spaces begin that end a text.
#[inline]
pub fn trimmed(text: &[u8]) -> usize {
    let mut end = text.len();
    while let Some(bytes) = text.get(..end).and_then(|text| text.last_chunk()) {
        let others = others(u64::from_le_bytes(*bytes));
        end -= others.leading_zeros() as usize / 8;
        if others != 0 {
            break;
        }
    }
    while end.checked_sub(1).and_then(|last| text.get(last)).is_some_and(|byte| is(*byte, SPACE)) {
        end -= 1;
    }
    end
}

/// The place of the first `{{` from `from` on.
#[inline]
pub fn open(text: &[u8], mut from: usize) -> Option<usize> {
    loop {
        // Between two actions there is often next to nothing.
        let near = first(load(text, from), b'{');
        from += if near == 0 { find(b'{', text.get(from..)?)? } else { near.trailing_zeros() as usize / 8 };
        if text.get(from + 1) == Some(&b'{') {
            return Some(from);
        }
        from += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Byte by byte, what [`run`] does in eights.
    fn run_slowly(text: &[u8], start: usize, is_path: bool) -> usize {
        let is_in = |byte: u8| matches!(byte, b'0'..=b'9' | b'@'..=b'{') || is_path && matches!(byte, b'.' | b'/');
        start + 1 + text[start + 1..].iter().take_while(|byte| is_in(**byte)).count()
    }

    #[test]
    fn words_end_where_their_bytes_end() {
        for length in 0..20 {
            for end in 0..=u8::MAX {
                for behind in 0..12 {
                    let mut text = b" $".to_vec();
                    text.extend((0..length).map(|i| b"azAZ09_mK5"[i % 10]));
                    text.push(end);
                    text.extend(std::iter::repeat_n(b'b', behind));
                    for (is_path, (found, own)) in [(false, name(&text, 1)), (true, path(&text, 1))] {
                        assert_eq!(found, run_slowly(&text, 1, is_path), "{text:?}");
                        assert_eq!(own, key(&text[1..found]), "{text:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn strings_end_at_their_quote() {
        for length in 0..20 {
            for byte in 0..=u8::MAX {
                for tail in [&b""[..], b"\"", b"#\" b", b"#c\"!\"\"", b"\n\"", b"12345678\"1234567890"] {
                    let mut text = b" \"".to_vec();
                    text.extend(std::iter::repeat_n(b'#', length));
                    text.push(byte);
                    text.extend(tail);
                    let end = quoted_end(&text, 1, b'"');
                    assert_eq!(string(&text, 1), end.map(|end| (end, key(&text[1..end]))), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn spaces_are_skipped_and_trimmed() {
        for spaces in [
            "",
            "\n",
            "\n   ",
            "\n       ",
            "\n        ",
            " \n\n          \t  ",
            "\r\n\t\t\t\t\t\t\t\t\t ",
            "                 \t",
        ] {
            for other in ["", "a", "}}", "\x0b", "\u{a0}", "\x0a0", "é€", "*bcdefghijklmnop"] {
                let text = format!("{spaces}{other}{spaces}");
                let is_space = |c| matches!(c, ' ' | '\t' | '\r' | '\n');
                let trimmed_slowly = text.trim_end_matches(is_space).len();
                assert_eq!(trimmed(text.as_bytes()), trimmed_slowly, "{text:?}");
                let skipped_slowly = text.len() - text.trim_start_matches(is_space).len();
                assert_eq!(skip_indent(text.as_bytes(), 0), skipped_slowly, "{text:?}");
            }
        }
    }

    #[test]
    fn plain_is_what_means_itself() {
        for length in 0..20 {
            for at in 0..length {
                for byte in 0..=u8::MAX {
                    let mut text = vec![b'a'; length];
                    text[at] = byte;
                    let is_plain_byte = matches!(byte, b' '..=0x7f) && !matches!(byte, b'"' | b'\\');
                    assert_eq!(is_plain(&text), is_plain_byte, "{text:?}");
                }
            }
        }
        assert!(is_plain(b""));
    }

    #[test]
    fn an_action_opens_with_two_braces() {
        for text in ["", "{", "{{", "a{{", "{a{{", "0123456789{{", "0123456{{", "{|{z{}}{{{", "}{1234567890{1{{"] {
            let expected = text.find("{{");
            assert_eq!(open(text.as_bytes(), 0), expected, "{text}");
        }
    }
}
