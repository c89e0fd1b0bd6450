//! Time zones, from the database that comes with jiff; the machine's is not read.

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::sync::{Arc, LazyLock};

/// `*time.Location`
#[derive(Clone, Debug)]
pub struct Zone(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Utc,
    Fixed { name: Arc<str>, offset: i32 },
    Rules { name: Arc<str>, rules: TimeZone },
}

/// 400 years, after which the calendar and with it the rules of a zone repeat.
const CYCLE: i64 = 146_097 * 86_400;

static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

impl Zone {
    pub fn utc() -> Zone {
        Zone(Kind::Utc)
    }

    /// `time.FixedZone`, offset in seconds east.
    pub fn fixed(name: &str, offset: i32) -> Zone {
        Zone(Kind::Fixed { name: name.into(), offset })
    }

    /// `time.LoadLocation`, but for `Local`, which is the caller's to know. `None`: unknown.
    pub fn load(name: &str) -> Option<Zone> {
        if name.is_empty() || name == "UTC" {
            return Some(Zone::utc());
        }
        let rules = DATABASE.get(name).ok()?;
        // Go looks for a file of that very name.
        (rules.iana_name() == Some(name)).then(|| Zone(Kind::Rules { name: name.into(), rules }))
    }

    /// The zone of the machine (`time.Local`), which has the rules of a zone of the database.
    pub fn local(name: &str) -> Option<Zone> {
        match Zone::load(name)?.0 {
            Kind::Rules { rules, .. } => Some(Zone(Kind::Rules { name: "Local".into(), rules })),
            _ => Some(Zone(Kind::Rules { name: "Local".into(), rules: TimeZone::UTC })),
        }
    }

    /// Seconds east of UTC at an instant.
    pub(super) fn offset(&self, seconds: i64) -> i32 {
        match &self.0 {
            Kind::Utc => 0,
            Kind::Fixed { offset, .. } => *offset,
            Kind::Rules { rules, .. } => rules.to_offset(timestamp(seconds)).seconds(),
        }
    }

    /// `CET` and the like; may be empty.
    pub(super) fn abbreviation(&self, seconds: i64) -> String {
        match &self.0 {
            Kind::Utc => "UTC".into(),
            Kind::Fixed { name, .. } => name.to_string(),
            Kind::Rules { rules, .. } => rules.to_offset_info(timestamp(seconds)).abbreviation().into(),
        }
    }

    /// The offset of an abbreviation that this zone has had: at the local time if it was in force then, or else at any time.
    pub(super) fn offset_of(&self, abbreviation: &str, local_seconds: i64) -> Option<i32> {
        let Kind::Rules { rules, .. } = &self.0 else {
            let Kind::Fixed { name, offset } = &self.0 else { return None };
            return (&**name == abbreviation).then_some(*offset);
        };
        let now = timestamp(local_seconds);
        // More transitions than any zone has had; the future has no end.
        let past = rules.preceding(now).take(500);
        let found =
            past.chain(rules.following(now).take(200)).map(|t| (t.abbreviation().to_owned(), t.offset().seconds()));
        let current = (self.abbreviation(local_seconds), self.offset(local_seconds));
        let named: Vec<i32> =
            std::iter::once(current).chain(found).filter(|(name, _)| name == abbreviation).map(|(_, o)| o).collect();
        let in_force =
            |offset: &&i32| self.abbreviation(local_seconds.saturating_sub((**offset).into())) == abbreviation;
        named.iter().find(in_force).or(named.first()).copied()
    }

    pub(super) fn go_syntax(&self) -> String {
        match &self.0 {
            Kind::Utc => "time.UTC".into(),
            Kind::Rules { name, .. } if &**name == "Local" => "time.Local".into(),
            Kind::Fixed { name, .. } | Kind::Rules { name, .. } => {
                format!("time.Location({})", super::parse::quote(name.as_bytes()))
            }
        }
    }
}

/// An instant that jiff can express, at which the zone is the same.
fn timestamp(seconds: i64) -> Timestamp {
    let (first, last) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    let moved = if seconds > last { last - CYCLE + (seconds - last).rem_euclid(CYCLE) } else { seconds.max(first) };
    Timestamp::from_second(moved).unwrap_or_default()
}
