//! Times from text.

use super::layout::{self, Item, Offset};
use super::{GoTime, MONTHS, WEEKDAYS, Zone, civil};

/// The quotes of this package's errors: bytes beyond ASCII are escaped.
pub(super) fn quote(text: &[u8]) -> String {
    let mut out = String::from("\"");
    for c in text {
        match c {
            0x80.. | 0..b' ' => out.push_str(&format!("\\x{c:02x}")),
            b'"' | b'\\' => out.extend(['\\', *c as char]),
            _ => out.push(*c as char),
        }
    }
    out.push('"');
    out
}

/// Why an item could not be read.
enum Failure {
    Bad,
    Range(&'static str),
}

type Outcome<T> = Result<T, Failure>;

/// What was read so far.
#[derive(Default)]
struct Fields {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanosecond: i64,
    /// Post meridiem, ante meridiem.
    half: Option<bool>,
    is_utc: bool,
    offset: Option<i32>,
    zone_name: String,
}

pub(super) fn parse(layout: &[u8], text: &[u8], zone: &Zone) -> Result<GoTime, String> {
    let cannot = |value: &[u8], item: &[u8]| {
        let (text, layout, value, item) = (quote(text), quote(layout), quote(value), quote(item));
        format!("parsing time {text} as {layout}: cannot parse {value} as {item}")
    };
    let wrong = |message: &str| format!("parsing time {}: {message}", quote(text));
    let mut fields = Fields::default();
    let mut rest = layout;
    let mut value = text;
    loop {
        let (literal, item, item_text, after) = layout::next(rest);
        value = skip(value, literal).map_err(|value| cannot(value, literal))?;
        let Some(item) = item else {
            if !value.is_empty() {
                return Err(wrong(&format!("extra text: {}", quote(value))));
            }
            break;
        };
        rest = after;
        value = fields.read(item, value, rest).map_err(|failure| match failure {
            Failure::Bad => cannot(value, item_text),
            Failure::Range(what) => wrong(&format!("{what} out of range")),
        })?;
    }
    fields.finish(zone).map_err(wrong)
}

/// Removes literal text; a space there stands for any number of spaces, as long as there is one or the text ends. The
/// error is where it failed.
fn skip<'v>(mut value: &'v [u8], mut literal: &[u8]) -> Result<&'v [u8], &'v [u8]> {
    let spaces = |text: &[u8]| text.iter().take_while(|c| **c == b' ').count();
    while let Some(c) = literal.first() {
        if *c == b' ' {
            if value.first().is_some_and(|c| *c != b' ') {
                return Err(value);
            }
            literal = &literal[spaces(literal)..];
            value = &value[spaces(value)..];
        } else if value.first() == Some(c) {
            literal = &literal[1..];
            value = &value[1..];
        } else {
            return Err(value);
        }
    }
    Ok(value)
}

fn is_digit(text: &[u8], at: usize) -> bool {
    text.get(at).is_some_and(u8::is_ascii_digit)
}

/// One or two digits; `fixed` wants two.
fn number(text: &[u8], fixed: bool) -> Outcome<(i64, &[u8])> {
    match text {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', rest @ ..] => Ok((i64::from(a - b'0') * 10 + i64::from(b - b'0'), rest)),
        [a @ b'0'..=b'9', rest @ ..] if !fixed => Ok((i64::from(a - b'0'), rest)),
        _ => Err(Failure::Bad),
    }
}

fn number_within<'v>(text: &'v [u8], fixed: bool, limit: i64, what: &'static str) -> Outcome<(i64, &'v [u8])> {
    let (number, rest) = number(text, fixed)?;
    if number >= limit { Err(Failure::Range(what)) } else { Ok((number, rest)) }
}

/// A whole text that is a number, perhaps with a sign.
fn integer(text: &[u8]) -> Outcome<i64> {
    std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).ok_or(Failure::Bad)
}

fn name<'v>(names: &[&str], length: Option<usize>, value: &'v [u8]) -> Outcome<(i64, &'v [u8])> {
    for (index, name) in names.iter().enumerate() {
        let len = length.unwrap_or(name.len());
        let matches = |start: &[u8]| start.eq_ignore_ascii_case(&name.as_bytes()[..len]);
        if let Some((start, rest)) = value.split_at_checked(len)
            && matches(start)
        {
            return Ok((index as i64, rest));
        }
    }
    Err(Failure::Bad)
}

/// A separator and digits, `len` bytes in all.
fn nanoseconds(text: &[u8], len: usize) -> Outcome<i64> {
    let (Some(b'.' | b','), Some(digits)) = (text.first(), text.get(1..len.min(10))) else { return Err(Failure::Bad) };
    let number = integer(digits)?;
    if number < 0 {
        return Err(Failure::Range("fractional second"));
    }
    Ok((digits.len()..9).fold(number, |n, _| n * 10))
}

impl Fields {
    fn read<'v>(&mut self, item: Item, value: &'v [u8], layout: &[u8]) -> Outcome<&'v [u8]> {
        let rest;
        match item {
            Item::Year => {
                let (text, after) = value.split_at_checked(2).ok_or(Failure::Bad)?;
                let year = integer(text)?;
                self.year = if year >= 69 { year + 1900 } else { year + 2000 };
                rest = after;
            }
            Item::LongYear => {
                let (text, after) = value.split_at_checked(4).filter(|_| is_digit(value, 0)).ok_or(Failure::Bad)?;
                self.year = integer(text)?;
                rest = after;
            }
            Item::Month | Item::LongMonth => {
                let (index, after) = name(&MONTHS, (item == Item::Month).then_some(3), value)?;
                self.month = Some(index + 1);
                rest = after;
            }
            Item::NumberMonth | Item::ZeroMonth => {
                let (month, after) = number(value, item == Item::ZeroMonth)?;
                if !(1..=12).contains(&month) {
                    return Err(Failure::Range("month"));
                }
                self.month = Some(month);
                rest = after;
            }
            Item::Weekday => rest = name(&WEEKDAYS, Some(3), value)?.1,
            Item::LongWeekday => rest = name(&WEEKDAYS, None, value)?.1,
            Item::Day | Item::UnderDay | Item::ZeroDay => {
                let value = if item == Item::UnderDay { value.strip_prefix(b" ").unwrap_or(value) } else { value };
                let (day, after) = number(value, item == Item::ZeroDay)?;
                self.day = Some(day);
                rest = after;
            }
            Item::UnderYearDay | Item::ZeroYearDay => {
                let is_fixed = item == Item::ZeroYearDay;
                let spaces = value.iter().take(2).take_while(|c| **c == b' ' && !is_fixed).count();
                let value = &value[spaces..];
                let len = value.iter().take(3).take_while(|c| c.is_ascii_digit()).count();
                if len == 0 || is_fixed && len != 3 {
                    return Err(Failure::Bad);
                }
                self.year_day = Some(integer(&value[..len])?);
                rest = &value[len..];
            }
            Item::Hour => (self.hour, rest) = number_within(value, false, 24, "hour")?,
            Item::Hour12 => (self.hour, rest) = number_within(value, false, 13, "hour")?,
            Item::ZeroHour12 => (self.hour, rest) = number_within(value, true, 13, "hour")?,
            Item::Minute => (self.minute, rest) = number_within(value, false, 60, "minute")?,
            Item::ZeroMinute => (self.minute, rest) = number_within(value, true, 60, "minute")?,
            Item::Second | Item::ZeroSecond => {
                let (second, after) = number_within(value, item == Item::ZeroSecond, 60, "second")?;
                self.second = second;
                rest = self.fraction_that_was_not_asked_for(after, layout)?;
            }
            Item::Half { is_upper } => {
                let (text, after) = value.split_at_checked(2).ok_or(Failure::Bad)?;
                self.half = match (text, is_upper) {
                    (b"PM", true) | (b"pm", false) => Some(true),
                    (b"AM", true) | (b"am", false) => self.half.or(Some(false)),
                    _ => return Err(Failure::Bad),
                };
                rest = after;
            }
            Item::Offset(style) if style.has_z && value.first() == Some(&b'Z') => {
                self.is_utc = true;
                rest = &value[1..];
            }
            Item::Offset(style) => rest = self.read_offset(style, value)?,
            Item::ZoneName if value.starts_with(b"UTC") => {
                self.is_utc = true;
                rest = &value[3..];
            }
            Item::ZoneName => {
                let len = zone_name_len(value).ok_or(Failure::Bad)?;
                self.zone_name = String::from_utf8_lossy(&value[..len]).into_owned();
                rest = &value[len..];
            }
            Item::Fraction { digits, is_trimmed: false, .. } => {
                let after = value.get(1 + digits..).ok_or(Failure::Bad)?;
                self.nanosecond = nanoseconds(value, 1 + digits)?;
                rest = after;
            }
            Item::Fraction { .. } => {
                if !matches!(value, [b'.' | b',', b'0'..=b'9', ..]) {
                    return Ok(value);
                }
                rest = self.read_fraction(value)?;
            }
        }
        Ok(rest)
    }

    fn read_fraction<'v>(&mut self, value: &'v [u8]) -> Outcome<&'v [u8]> {
        let len = 1 + value[1..].iter().take_while(|c| c.is_ascii_digit()).count();
        self.nanosecond = nanoseconds(value, len)?;
        Ok(&value[len..])
    }

    /// A fraction may follow the seconds even if the layout does not say so.
    fn fraction_that_was_not_asked_for<'v>(&mut self, value: &'v [u8], layout: &[u8]) -> Outcome<&'v [u8]> {
        let is_asked_for = || matches!(layout::next(layout).1, Some(Item::Fraction { .. }));
        if matches!(value, [b'.' | b',', b'0'..=b'9', ..]) && !is_asked_for() {
            return self.read_fraction(value);
        }
        Ok(value)
    }

    fn read_offset<'v>(&mut self, style: Offset, value: &'v [u8]) -> Outcome<&'v [u8]> {
        let step = if style.has_colons { 3 } else { 2 };
        let count = 1 + usize::from(style.has_minutes) + usize::from(style.has_seconds);
        let len = 3 + step * (count - 1);
        let (text, rest) = value.split_at_checked(len).ok_or(Failure::Bad)?;
        let mut parts = [0; 3];
        let mut is_bad = false;
        for (index, part) in parts.iter_mut().enumerate().take(count) {
            let at = 1 + step * index;
            if index > 0 && style.has_colons && text[at - 1] != b':' {
                return Err(Failure::Bad);
            }
            match number(&text[at..at + 2], true) {
                Ok((number, _)) if !is_bad => *part = number,
                _ => is_bad = true,
            }
        }
        let [hours, minutes, seconds] = parts;
        for (number, limit, what) in [
            (seconds, 60, "time zone offset second"),
            (minutes, 60, "time zone offset minute"),
            (hours, 24, "time zone offset hour"),
        ] {
            if number > limit {
                return Err(Failure::Range(what));
            }
        }
        let offset = ((hours * 60 + minutes) * 60 + seconds) as i32;
        self.offset = match text[0] {
            _ if is_bad => return Err(Failure::Bad),
            b'+' => Some(offset),
            b'-' => Some(-offset),
            _ => return Err(Failure::Bad),
        };
        Ok(rest)
    }

    fn finish(mut self, zone: &Zone) -> Result<GoTime, &'static str> {
        match self.half {
            Some(true) if self.hour < 12 => self.hour += 12,
            Some(false) if self.hour == 12 => self.hour = 0,
            _ => {}
        }
        if let Some(year_day) = self.year_day {
            self.resolve_year_day(year_day)?;
        }
        let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
        if day < 1 || day > civil::days_in(month, self.year) {
            return Err("day out of range");
        }
        let clock = (self.hour, self.minute, self.second);
        let in_zone = |zone| GoTime::date((self.year, month, day), clock, self.nanosecond, zone);
        if self.is_utc {
            return Ok(in_zone(Zone::utc()));
        }
        let mut time = in_zone(Zone::utc());
        // Go marks a missing offset by −1, so one of that many seconds counts as missing.
        if let Some(offset) = self.offset.filter(|offset| *offset != -1) {
            time.seconds -= i64::from(offset);
            let is_name = self.zone_name.is_empty() || zone.abbreviation(time.seconds) == self.zone_name;
            let is_same = zone.offset(time.seconds) == offset && is_name;
            time.zone = if is_same { zone.clone() } else { Zone::fixed(&self.zone_name, offset) };
            return Ok(time);
        }
        if self.zone_name.is_empty() {
            return Ok(in_zone(zone.clone()));
        }
        if let Some(offset) = zone.offset_of(&self.zone_name, time.seconds) {
            time.seconds -= i64::from(offset);
            time.zone = zone.clone();
            return Ok(time);
        }
        let offset = match self.zone_name.strip_prefix("GMT").filter(|hours| !hours.is_empty()) {
            Some(hours) => integer(hours.as_bytes()).unwrap_or(0) as i32 * 3600,
            None => 0,
        };
        // Go shows such a time in the zone without moving it by the offset.
        time.zone = Zone::fixed(&self.zone_name, offset);
        Ok(time)
    }

    fn resolve_year_day(&mut self, year_day: i64) -> Result<(), &'static str> {
        let days = 365 + i64::from(civil::is_leap(self.year));
        if !(1..=days).contains(&year_day) {
            return Err("day-of-year out of range");
        }
        let (_, month, day) = civil::date(civil::days(self.year, 1, 1) + year_day - 1);
        let (month, day) = (i64::from(month), i64::from(day));
        if self.month.is_some_and(|known| known != month) {
            return Err("day-of-year does not match month");
        }
        if self.day.is_some_and(|known| known != day) {
            return Err("day-of-year does not match day");
        }
        (self.month, self.day) = (Some(month), Some(day));
        Ok(())
    }
}

/// The length of a zone's abbreviation: three to five letters, `GMT+3`, `+03`.
fn zone_name_len(value: &[u8]) -> Option<usize> {
    if value.len() < 3 {
        return None;
    }
    if value.starts_with(b"ChST") || value.starts_with(b"MeST") {
        return Some(4);
    }
    if let Some(hours) = value.strip_prefix(b"GMT") {
        return Some(3 + signed_offset_len(hours));
    }
    if matches!(value[0], b'+' | b'-') {
        return Some(signed_offset_len(value)).filter(|len| *len > 0);
    }
    let upper = value.iter().take(6).take_while(|c| c.is_ascii_uppercase()).count();
    match upper {
        5 if value[4] == b'T' => Some(5),
        4 if value[3] == b'T' || value.starts_with(b"WITA") => Some(4),
        3 => Some(3),
        _ => None,
    }
}

fn signed_offset_len(value: &[u8]) -> usize {
    let [b'+' | b'-', digits @ ..] = value else { return 0 };
    let len = digits.iter().take_while(|c| c.is_ascii_digit()).count();
    match integer(&digits[..len]) {
        Ok(0..=23) => 1 + len,
        _ => 0,
    }
}
