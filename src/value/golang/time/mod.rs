//! Go's package time: instants in a zone, layouts, durations. Nothing here knows what time it is.

mod civil;
mod duration;
mod format;
mod layout;
mod parse;
mod zone;

pub use duration::{duration_round, duration_text, parse_duration, round_duration, seconds_text, truncate_duration};
pub use zone::Zone;

use std::cmp::Ordering;
use std::fmt;

const DAY: i64 = 86_400;

/// Go's names of the months.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Go's names of the days of a week.
pub const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// `time.Time`: an instant, and the zone in which it is shown. Compare with [`GoTime::compare`].
#[derive(Clone, Debug)]
pub struct GoTime {
    /// Since 1970 in UTC.
    seconds: i64,
    nanoseconds: u32,
    zone: Zone,
}

impl GoTime {
    /// `time.Unix`, in a zone.
    pub fn unix(seconds: i64, nanoseconds: i64, zone: Zone) -> GoTime {
        let carry = nanoseconds.div_euclid(1_000_000_000);
        let nanoseconds = nanoseconds.rem_euclid(1_000_000_000) as u32;
        GoTime { seconds: seconds.saturating_add(carry), nanoseconds, zone }
    }

    /// The zero time: the first second of the year 1 in UTC.
    pub fn zero() -> GoTime {
        GoTime::unix(civil::ZERO_SECONDS, 0, Zone::utc())
    }

    /// `time.Date`: what is out of range is carried over; in a gap or overlap of the zone one of the two readings.
    pub fn date(date: (i64, i64, i64), clock: (i64, i64, i64), nanoseconds: i64, zone: Zone) -> GoTime {
        let days = civil::days(date.0, date.1, date.2);
        let (hour, minute, second) = clock;
        let seconds = days
            .saturating_mul(DAY)
            .saturating_add(hour.saturating_mul(3600))
            .saturating_add(minute.saturating_mul(60))
            .saturating_add(second);
        let mut time = GoTime::unix(seconds, nanoseconds, zone);
        let offset = i64::from(time.zone.offset(time.seconds));
        if offset != 0 {
            let guess = time.seconds.saturating_sub(offset);
            time.seconds = time.seconds.saturating_sub(time.zone.offset(guess).into());
        }
        time
    }

    /// `Unix`
    pub fn unix_seconds(&self) -> i64 {
        self.seconds
    }

    /// `UnixNano`, which wraps around.
    pub fn unix_nanoseconds(&self) -> i64 {
        self.seconds.wrapping_mul(1_000_000_000).wrapping_add(self.nanoseconds.into())
    }

    /// `Nanosecond`: within the second.
    pub fn nanosecond(&self) -> u32 {
        self.nanoseconds
    }

    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// `In`
    pub fn in_zone(&self, zone: Zone) -> GoTime {
        GoTime { zone, ..self.clone() }
    }

    fn local_seconds(&self) -> i64 {
        self.seconds.saturating_add(self.zone.offset(self.seconds).into())
    }

    /// Year, month (from 1) and day in the zone.
    pub fn year_month_day(&self) -> (i64, u32, u32) {
        civil::date(self.local_seconds().div_euclid(DAY))
    }

    /// Hour, minute and second in the zone.
    pub fn clock(&self) -> (u32, u32, u32) {
        let second = self.local_seconds().rem_euclid(DAY) as u32;
        (second / 3600, second / 60 % 60, second % 60)
    }

    /// `Weekday`, 0 for Sunday.
    pub fn weekday(&self) -> u32 {
        // 1970 began on a Thursday.
        (self.local_seconds().div_euclid(DAY) + 4).rem_euclid(7) as u32
    }

    /// `YearDay`, from 1.
    pub fn year_day(&self) -> u32 {
        let (year, ..) = self.year_month_day();
        (self.local_seconds().div_euclid(DAY) - civil::days(year, 1, 1) + 1) as u32
    }

    /// `ISOWeek`: year and week.
    pub fn iso_week(&self) -> (i64, u32) {
        let day = self.local_seconds().div_euclid(DAY);
        // The week belongs to the year of its Thursday.
        let thursday = day + 3 - (i64::from(self.weekday()) + 6) % 7;
        let (year, ..) = civil::date(thursday);
        (year, ((thursday - civil::days(year, 1, 1)) / 7 + 1) as u32)
    }

    /// `IsZero`
    pub fn is_zero(&self) -> bool {
        self.seconds == civil::ZERO_SECONDS && self.nanoseconds == 0
    }

    /// `Add` of a duration in nanoseconds.
    pub fn add(&self, duration: i64) -> GoTime {
        let nanoseconds = i64::from(self.nanoseconds) + duration % 1_000_000_000;
        GoTime::unix(self.seconds.saturating_add(duration / 1_000_000_000), nanoseconds, self.zone.clone())
    }

    /// `AddDate`
    pub fn add_date(&self, years: i64, months: i64, days: i64) -> GoTime {
        let (year, month, day) = self.year_month_day();
        let (hour, minute, second) = self.clock();
        let date =
            (year.saturating_add(years), i64::from(month).saturating_add(months), i64::from(day).saturating_add(days));
        GoTime::date(date, (hour.into(), minute.into(), second.into()), self.nanoseconds.into(), self.zone.clone())
    }

    /// `Sub`: a duration in nanoseconds, the longest there is if it does not fit.
    pub fn sub(&self, earlier: &GoTime) -> i64 {
        let seconds = i128::from(self.seconds) - i128::from(earlier.seconds);
        let nanoseconds = i128::from(self.nanoseconds) - i128::from(earlier.nanoseconds);
        let duration = seconds * 1_000_000_000 + nanoseconds;
        duration.clamp(i64::MIN.into(), i64::MAX.into()) as i64
    }

    /// `Compare`: by instant.
    pub fn compare(&self, other: &GoTime) -> Ordering {
        (self.seconds, self.nanoseconds).cmp(&(other.seconds, other.nanoseconds))
    }

    /// `Format`
    pub fn format(&self, layout: &[u8]) -> Vec<u8> {
        format::format(self, layout)
    }

    /// `time.ParseInLocation`; the error is Go's text. Without a zone in the text it is in `zone`, which also knows the
    /// names of its own zones; other names are taken with the offset 0.
    pub fn parse(layout: &[u8], text: &[u8], zone: &Zone) -> Result<GoTime, String> {
        parse::parse(layout, text, zone)
    }

    /// `GoString`: what `%#v` shows.
    pub fn go_syntax(&self) -> String {
        let (year, month, day) = self.year_month_day();
        let (hour, minute, second) = self.clock();
        let month = MONTHS.get(month as usize - 1).copied().unwrap_or_default();
        let nanosecond = self.nanoseconds;
        let zone = self.zone.go_syntax();
        format!("time.Date({year}, time.{month}, {day}, {hour}, {minute}, {second}, {nanosecond}, {zone})")
    }
}

impl fmt::Display for GoTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.format(b"2006-01-02 15:04:05.999999999 -0700 MST")))
    }
}
