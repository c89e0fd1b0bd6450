//! Layouts: what each piece of the reference time stands for.

/// A piece of a layout.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Item {
    LongMonth,
    Month,
    NumberMonth,
    ZeroMonth,
    LongWeekday,
    Weekday,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    /// `PM` or `pm`
    Half {
        is_upper: bool,
    },
    /// `MST`
    ZoneName,
    Offset(Offset),
    /// `.000` or `.999`, which leaves zeros at the end out.
    Fraction {
        digits: usize,
        separator: u8,
        is_trimmed: bool,
    },
}

/// How an offset is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Offset {
    /// `Z` for UTC.
    pub has_z: bool,
    pub has_colons: bool,
    pub has_minutes: bool,
    pub has_seconds: bool,
}

const OFFSETS: [(&[u8], Offset); 5] = [
    (b"070000", Offset { has_z: false, has_colons: false, has_minutes: true, has_seconds: true }),
    (b"07:00:00", Offset { has_z: false, has_colons: true, has_minutes: true, has_seconds: true }),
    (b"0700", Offset { has_z: false, has_colons: false, has_minutes: true, has_seconds: false }),
    (b"07:00", Offset { has_z: false, has_colons: true, has_minutes: true, has_seconds: false }),
    (b"07", Offset { has_z: false, has_colons: false, has_minutes: false, has_seconds: false }),
];

/// `nextStdChunk`: the literal text before the first item, the item, its text and the rest. Without an item the literal
/// text is all.
pub(super) fn next(layout: &[u8]) -> (&[u8], Option<Item>, &[u8], &[u8]) {
    for at in 0..layout.len() {
        if let Some((item, skip, len)) = item_at(&layout[at..]) {
            let start = at + skip;
            return (&layout[..start], Some(item), &layout[start..start + len], &layout[start + len..]);
        }
    }
    (layout, None, b"", b"")
}

/// An item at the start of a text, after some bytes that are literal, and its length.
fn item_at(text: &[u8]) -> Option<(Item, usize, usize)> {
    let ends_word = |len: usize| !text.get(len).is_some_and(u8::is_ascii_lowercase);
    let (item, len) = match text {
        [b'J', ..] if text.starts_with(b"January") => (Item::LongMonth, 7),
        [b'J', ..] if text.starts_with(b"Jan") && ends_word(3) => (Item::Month, 3),
        [b'M', ..] if text.starts_with(b"Monday") => (Item::LongWeekday, 6),
        [b'M', ..] if text.starts_with(b"Mon") && ends_word(3) => (Item::Weekday, 3),
        [b'M', b'S', b'T', ..] => (Item::ZoneName, 3),
        [b'0', b'1', ..] => (Item::ZeroMonth, 2),
        [b'0', b'2', ..] => (Item::ZeroDay, 2),
        [b'0', b'3', ..] => (Item::ZeroHour12, 2),
        [b'0', b'4', ..] => (Item::ZeroMinute, 2),
        [b'0', b'5', ..] => (Item::ZeroSecond, 2),
        [b'0', b'6', ..] => (Item::Year, 2),
        [b'0', b'0', b'2', ..] => (Item::ZeroYearDay, 3),
        [b'1', b'5', ..] => (Item::Hour, 2),
        [b'1', ..] => (Item::NumberMonth, 1),
        [b'2', ..] if text.starts_with(b"2006") => (Item::LongYear, 4),
        [b'2', ..] => (Item::Day, 1),
        // The underscore before a year is literal.
        [b'_', ..] if text.starts_with(b"_2006") => return Some((Item::LongYear, 1, 4)),
        [b'_', b'2', ..] => (Item::UnderDay, 2),
        [b'_', b'_', b'2', ..] => (Item::UnderYearDay, 3),
        [b'3', ..] => (Item::Hour12, 1),
        [b'4', ..] => (Item::Minute, 1),
        [b'5', ..] => (Item::Second, 1),
        [b'P', b'M', ..] => (Item::Half { is_upper: true }, 2),
        [b'p', b'm', ..] => (Item::Half { is_upper: false }, 2),
        [sign @ (b'-' | b'Z'), rest @ ..] => {
            let (text, offset) = OFFSETS.iter().find(|(text, _)| rest.starts_with(text))?;
            (Item::Offset(Offset { has_z: *sign == b'Z', ..*offset }), text.len() + 1)
        }
        [separator @ (b'.' | b','), digit @ (b'0' | b'9'), ..] => {
            let digits = text[1..].iter().take_while(|c| *c == digit).count();
            if text.get(1 + digits).is_some_and(u8::is_ascii_digit) {
                return None;
            }
            (Item::Fraction { digits, separator: *separator, is_trimmed: *digit == b'9' }, 1 + digits)
        }
        _ => return None,
    };
    Some((item, 0, len))
}
