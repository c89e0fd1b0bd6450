//! The Gregorian calendar, extended to all years.

/// The first second of the year 1.
pub(super) const ZERO_SECONDS: i64 = -62_135_596_800;

/// Days of 400 years, after which everything repeats.
const CYCLE: i64 = 146_097;

/// The days from 1970 to a date; month and day may be out of range.
pub(super) fn days(year: i64, month: i64, day: i64) -> i64 {
    let month = month.saturating_sub(1);
    // Years beyond these do not fit into seconds.
    let year = year.saturating_add(month.div_euclid(12)).clamp(-300_000_000_000, 300_000_000_000);
    let month = month.rem_euclid(12);
    // Count from March, so that the leap day is the last of a year.
    let (year, month) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    let (cycle, of_cycle) = (year.div_euclid(400), year.rem_euclid(400));
    let before = of_cycle * 365 + of_cycle / 4 - of_cycle / 100 + (month * 153 + 2) / 5;
    (cycle * CYCLE + before - 719_468).saturating_add(day.saturating_sub(1))
}

/// Year, month and day so many days after the first of 1970.
pub(super) fn date(days: i64) -> (i64, u32, u32) {
    let days = days.saturating_add(719_468);
    let (cycle, day) = (days.div_euclid(CYCLE), days.rem_euclid(CYCLE));
    let of_cycle = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (of_cycle * 365 + of_cycle / 4 - of_cycle / 100);
    let month = (day * 5 + 2) / 153;
    let day = day - (month * 153 + 2) / 5 + 1;
    let year = cycle * 400 + of_cycle;
    if month < 10 { (year, month as u32 + 3, day as u32) } else { (year + 1, month as u32 - 9, day as u32) }
}

pub(super) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// The length of a month (from 1).
pub(super) fn days_in(month: i64, year: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
