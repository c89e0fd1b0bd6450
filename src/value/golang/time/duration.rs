//! Durations, in nanoseconds.

use super::parse::quote;

const SECOND: u64 = 1_000_000_000;

/// `Duration.String`: `1h2m3.5s`
pub fn duration_text(duration: i64) -> String {
    let rest = duration.unsigned_abs();
    let sign = if duration < 0 { "-" } else { "" };
    if rest < SECOND {
        return match rest {
            0 => "0s".into(),
            1..1_000 => format!("{sign}{rest}ns"),
            1_000..1_000_000 => format!("{sign}{}µs", decimal(rest, 3)),
            _ => format!("{sign}{}ms", decimal(rest, 6)),
        };
    }
    let (minutes, seconds) = (rest / SECOND / 60, decimal(rest % (60 * SECOND), 9));
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{sign}{seconds}s"),
        (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
        (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
    }
}

/// A number with the point moved left by so many digits, without zeros at the end.
fn decimal(number: u64, places: usize) -> String {
    let unit = 10u64.pow(places as u32);
    let fraction = format!("{:0places$}", number % unit);
    match fraction.trim_end_matches('0') {
        "" => (number / unit).to_string(),
        fraction => format!("{}.{fraction}", number / unit),
    }
}

/// `time.ParseDuration`; the error is Go's text.
pub fn parse_duration(text: &[u8]) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {}", quote(text));
    let (is_negative, mut rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if rest == b"0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    const LIMIT: u64 = 1 << 63;
    let mut total = 0u64;
    while !rest.is_empty() {
        let digits = rest.iter().take_while(|c| c.is_ascii_digit()).count();
        let whole = rest[..digits]
            .iter()
            .try_fold(0u64, |n, c| n.checked_mul(10)?.checked_add(u64::from(c - b'0')).filter(|n| *n <= LIMIT));
        let whole = whole.ok_or_else(invalid)?;
        rest = &rest[digits..];
        let mut fraction = (0, 1.0);
        let mut has_fraction = false;
        if let Some(after) = rest.strip_prefix(b".") {
            let len = after.iter().take_while(|c| c.is_ascii_digit()).count();
            fraction = leading_fraction(&after[..len]);
            has_fraction = len > 0;
            rest = &after[len..];
        }
        if digits == 0 && !has_fraction {
            return Err(invalid());
        }
        let len = rest.iter().position(|c| *c == b'.' || c.is_ascii_digit()).unwrap_or(rest.len());
        if len == 0 {
            return Err(format!("time: missing unit in duration {}", quote(text)));
        }
        let (name, after) = rest.split_at(len);
        rest = after;
        let Some(unit) = unit(name) else {
            return Err(format!("time: unknown unit {} in duration {}", quote(name), quote(text)));
        };
        let mut value = whole.checked_mul(unit).filter(|v| *v <= LIMIT).ok_or_else(invalid)?;
        if fraction.0 > 0 {
            value += (fraction.0 as f64 * (unit as f64 / fraction.1)) as u64;
        }
        total = total.checked_add(value).filter(|n| value <= LIMIT && *n <= LIMIT).ok_or_else(invalid)?;
    }
    match is_negative {
        true => Ok((total as i64).wrapping_neg()),
        false => i64::try_from(total).map_err(|_| invalid()),
    }
}

/// Digits after a point as a number and the power of ten it is to be divided by; what does not fit is left out.
fn leading_fraction(digits: &[u8]) -> (u64, f64) {
    let (mut number, mut scale) = (0u64, 1.0);
    for c in digits {
        let next = number.saturating_mul(10).saturating_add(u64::from(c - b'0'));
        if number > ((1 << 63) - 1) / 10 || next > 1 << 63 {
            break;
        }
        number = next;
        scale *= 10.0;
    }
    (number, scale)
}

fn unit(name: &[u8]) -> Option<u64> {
    Some(match name {
        b"ns" => 1,
        b"us" => 1_000,
        _ if name == "µs".as_bytes() || name == "μs".as_bytes() => 1_000,
        b"ms" => 1_000_000,
        b"s" => SECOND,
        b"m" => 60 * SECOND,
        b"h" => 3600 * SECOND,
        _ => return None,
    })
}

/// `Duration.Truncate`
pub fn truncate_duration(duration: i64, multiple: i64) -> i64 {
    if multiple <= 0 { duration } else { duration - duration % multiple }
}

/// `Duration.Round`: half away from zero, the longest there is on overflow.
pub fn round_duration(duration: i64, multiple: i64) -> i64 {
    if multiple <= 0 {
        return duration;
    }
    let rest = (duration % multiple).abs();
    let is_less = (rest as u64).wrapping_mul(2) < multiple as u64;
    match (duration < 0, is_less) {
        (true, true) => duration + rest,
        (true, false) => (duration + rest).saturating_sub(multiple),
        (false, true) => duration - rest,
        (false, false) => (duration - rest).saturating_add(multiple),
    }
}

/// Sprig's `duration`: a number of seconds as a duration, which wraps around.
pub fn seconds_text(seconds: i64) -> String {
    duration_text(seconds.wrapping_mul(SECOND as i64))
}

/// Sprig's `durationRound`: in the largest unit of which there is more than one.
pub fn duration_round(duration: i64) -> String {
    const HOUR: u64 = 3600 * SECOND;
    let units = [
        (365 * 24 * HOUR, "y"),
        (30 * 24 * HOUR, "mo"),
        (24 * HOUR, "d"),
        (HOUR, "h"),
        (60 * SECOND, "m"),
        (SECOND, "s"),
    ];
    let rest = duration.unsigned_abs();
    match units.iter().find(|(unit, _)| rest > *unit) {
        Some((unit, name)) => format!("{}{name}", rest / unit),
        None => "0s".into(),
    }
}
