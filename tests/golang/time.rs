use crate::{Differences, bytes, maybe_bytes, table};
use chartlint::value::golang::time::*;
use serde_json::Value;

fn int(value: &Value) -> i64 {
    value.as_i64().or_else(|| value.as_str()?.parse().ok()).unwrap()
}

fn zone(value: &Value) -> Zone {
    Zone::load(value.as_str().unwrap()).unwrap()
}

#[test]
fn times_are_shown_as_in_go() {
    let mut d = Differences::default();
    for row in table("time_format") {
        let time = GoTime::unix(int(&row[0]), int(&row[1]), zone(&row[2]));
        let what = format!("{} {}", row[0], row[2]);
        d.text(&what, time.to_string(), &row[3]);
        d.text(&what, time.go_syntax(), &row[4]);
        d.check(&what, i64::from(time.year_day()), int(&row[5]));
        d.check(&what, i64::from(time.weekday()), int(&row[6]));
        d.check(&what, time.iso_week(), (int(&row[7]), int(&row[8]) as u32));
        for case in row[9].as_array().unwrap() {
            if case[0].is_string() {
                let layout = bytes(&case[0]);
                d.text(format!("{what} {}", layout.escape_ascii()), time.format(&layout), &case[1]);
            } else {
                let moved = time.add_date(int(&case[0]), int(&case[1]), int(&case[2]));
                d.text(format!("{what} + {case}"), moved.to_string(), &case[3]);
            }
        }
    }
    d.finish();
}

#[test]
fn times_are_read_as_in_go() {
    let mut d = Differences::default();
    for row in table("time_parse") {
        let (layout, value) = (bytes(&row[0]), bytes(&row[1]));
        let what = format!("{} as {} in {}", value.escape_ascii(), layout.escape_ascii(), row[2]);
        let ours = GoTime::parse(&layout, &value, &zone(&row[2]));
        let ours = ours.map_or_else(|error| error, |time| time.to_string());
        d.text(what, ours, if row[3].is_null() { &row[4] } else { &row[3] });
    }
    d.finish();
}

#[test]
fn durations_are_go_s() {
    let mut d = Differences::default();
    for row in table("duration") {
        let s = bytes(&row[0]);
        let ours = parse_duration(&s);
        d.check(s.escape_ascii(), ours.clone().err().map(String::into_bytes), maybe_bytes(&row[2]));
        d.check(s.escape_ascii(), ours.unwrap_or(0), int(&row[1]));
    }
    for row in table("duration_text") {
        let value = int(&row[0]);
        d.text(value, duration_text(value), &row[1]);
        d.text(value, duration_round(value), &row[2]);
        d.text(value, seconds_text(value), &row[3]);
        let multiple = int(&row[4]);
        d.check(format!("{value} to {multiple}"), round_duration(value, multiple), int(&row[5]));
        d.check(format!("{value} to {multiple}"), truncate_duration(value, multiple), int(&row[6]));
    }
    d.finish();
}

#[test]
fn arithmetic_with_times() {
    let time = GoTime::unix(10, 5, Zone::utc());
    assert_eq!(time.add(-6).to_string(), "1970-01-01 00:00:09.999999999 +0000 UTC");
    assert_eq!(time.add(-6).sub(&time), -6);
    assert_eq!(GoTime::unix(i64::MAX, 0, Zone::utc()).sub(&time), i64::MAX);
    assert!(GoTime::zero().is_zero() && GoTime::zero().to_string() == "0001-01-01 00:00:00 +0000 UTC");
    assert!(Zone::load("europe/berlin").is_none() && Zone::load("Nowhere").is_none() && Zone::load("").is_some());
    let local = GoTime::unix(0, 0, Zone::local("Europe/Berlin").unwrap());
    assert_eq!(local.go_syntax(), "time.Date(1970, time.January, 1, 1, 0, 0, 0, time.Local)");
    // Nothing overflows at the ends.
    for seconds in [i64::MIN, i64::MAX] {
        for name in ["UTC", "Asia/Kathmandu"] {
            let time = GoTime::unix(seconds, -1, Zone::load(name).unwrap());
            let _ =
                (time.to_string(), time.add_date(i64::MAX, i64::MAX, i64::MAX), time.add(i64::MIN), time.iso_week());
        }
    }
}
