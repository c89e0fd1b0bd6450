//! Times as text.

use super::layout::{self, Item, Offset};
use super::{GoTime, MONTHS, WEEKDAYS};

pub(super) fn format(time: &GoTime, layout: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(layout.len() + 10);
    let mut rest = layout;
    let offset = time.zone.offset(time.seconds);
    let (year, month, day) = time.year_month_day();
    let (hour, minute, second) = time.clock();
    let hour12 = if hour % 12 == 0 { 12 } else { hour % 12 };
    // Both are in range by construction.
    let month_name = MONTHS.get(month as usize - 1).copied().unwrap_or_default();
    let weekday = WEEKDAYS.get(time.weekday() as usize).copied().unwrap_or_default();
    while !rest.is_empty() {
        let (literal, item, _, after) = layout::next(rest);
        rest = after;
        out.extend_from_slice(literal);
        let text = match item {
            None => break,
            Some(Item::Year) => format!("{:02}", year.abs() % 100),
            Some(Item::LongYear) if year < 0 => format!("-{:04}", -year),
            Some(Item::LongYear) => format!("{year:04}"),
            Some(Item::Month) => month_name[..3].into(),
            Some(Item::LongMonth) => month_name.into(),
            Some(Item::NumberMonth) => month.to_string(),
            Some(Item::ZeroMonth) => format!("{month:02}"),
            Some(Item::Weekday) => weekday[..3].into(),
            Some(Item::LongWeekday) => weekday.into(),
            Some(Item::Day) => day.to_string(),
            Some(Item::UnderDay) => format!("{day:2}"),
            Some(Item::ZeroDay) => format!("{day:02}"),
            Some(Item::UnderYearDay) => format!("{:3}", time.year_day()),
            Some(Item::ZeroYearDay) => format!("{:03}", time.year_day()),
            Some(Item::Hour) => format!("{hour:02}"),
            Some(Item::Hour12) => hour12.to_string(),
            Some(Item::ZeroHour12) => format!("{hour12:02}"),
            Some(Item::Minute) => minute.to_string(),
            Some(Item::ZeroMinute) => format!("{minute:02}"),
            Some(Item::Second) => second.to_string(),
            Some(Item::ZeroSecond) => format!("{second:02}"),
            Some(Item::Half { is_upper }) => match (hour >= 12, is_upper) {
                (true, true) => "PM",
                (false, true) => "AM",
                (true, false) => "pm",
                (false, false) => "am",
            }
            .into(),
            Some(Item::Offset(style)) => offset_text(offset, style),
            Some(Item::ZoneName) => match time.zone.abbreviation(time.seconds) {
                name if name.is_empty() => {
                    let minutes = (offset / 60).abs();
                    format!("{}{:02}{:02}", if offset / 60 < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
                }
                name => name,
            },
            Some(Item::Fraction { digits, separator, is_trimmed }) => {
                fraction_text(time.nanoseconds, digits, separator, is_trimmed)
            }
        };
        out.extend_from_slice(text.as_bytes());
    }
    out
}

fn offset_text(offset: i32, style: Offset) -> String {
    if style.has_z && offset == 0 {
        return "Z".into();
    }
    let minutes = offset / 60;
    let is_negative = minutes < 0;
    let mut out = format!("{}{:02}", if is_negative { '-' } else { '+' }, minutes.abs() / 60);
    let colon = if style.has_colons { ":" } else { "" };
    if style.has_minutes {
        out.push_str(&format!("{colon}{:02}", minutes.abs() % 60));
    }
    if style.has_seconds {
        // Go turns the sign only if there are minutes.
        let seconds = if is_negative { -offset % 60 } else { offset % 60 };
        let sign = if seconds < 0 { "-" } else { "" };
        out.push_str(&format!("{colon}{sign}{:02}", seconds.abs()));
    }
    out
}

fn fraction_text(nanoseconds: u32, digits: usize, separator: u8, is_trimmed: bool) -> String {
    if is_trimmed && nanoseconds == 0 {
        return String::new();
    }
    let mut out = format!("{}{nanoseconds:09}", separator as char);
    out.truncate(1 + digits.min(9));
    if is_trimmed {
        let kept = out.trim_end_matches('0').len();
        out.truncate(kept);
        if kept == 1 {
            out.clear();
        }
    }
    out
}
