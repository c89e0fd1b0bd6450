//! Helm 4.3's own functions for durations. A number is a count of seconds, and so is a text that is a number.

use super::dates::units;
use crate::engine::function::{Call, FnResult, Function, Param};
use crate::profile::Profile;
use crate::value::golang::strconv::{self, shown_float};
use crate::value::golang::{strings, time};
use crate::value::{Data, Value};

/// The functions of this family.
pub const FUNCTIONS: &[Function] = &[
    own("mustToDuration", &[Param::Any], |call, args| Ok(Data::Duration(parsed(call, &args[0])?).into())),
    own("durationSeconds", &[Param::Any], |call, args| Ok(Value::float(units(lenient(call, &args[0]), SECOND)))),
    own("durationMilliseconds", &[Param::Any], |call, args| Ok(Value::int64(lenient(call, &args[0]) / 1_000_000))),
    own("durationMicroseconds", &[Param::Any], |call, args| Ok(Value::int64(lenient(call, &args[0]) / 1_000))),
    own("durationNanoseconds", &[Param::Any], |call, args| Ok(Value::int64(lenient(call, &args[0])))),
    own("durationMinutes", &[Param::Any], |call, args| Ok(Value::float(units(lenient(call, &args[0]), 60 * SECOND)))),
    own("durationHours", &[Param::Any], |call, args| Ok(Value::float(hours(lenient(call, &args[0]))))),
    own("durationDays", &[Param::Any], |call, args| Ok(Value::float(hours(lenient(call, &args[0])) / 24.0))),
    own("durationWeeks", &[Param::Any], |call, args| Ok(Value::float(hours(lenient(call, &args[0])) / 24.0 / 7.0))),
    own("durationRoundTo", &[Param::Any, Param::Any], |call, args| {
        let (duration, multiple) = (lenient(call, &args[0]), lenient(call, &args[1]));
        Ok(Data::Duration(time::round_duration(duration, multiple)).into())
    }),
    own("durationTruncateTo", &[Param::Any, Param::Any], |call, args| {
        let (duration, multiple) = (lenient(call, &args[0]), lenient(call, &args[1]));
        Ok(Data::Duration(time::truncate_duration(duration, multiple)).into())
    }),
];

const SECOND: i64 = 1_000_000_000;

const fn own(name: &'static str, params: &'static [Param], run: fn(&mut Call<'_>, &[Value]) -> FnResult) -> Function {
    Function::new(name, params, run).digest().exists(exists)
}

fn exists(profile: &Profile) -> bool {
    profile.since(4, 3, 0)
}

fn hours(duration: i64) -> f64 {
    units(duration, 3600 * SECOND)
}

/// The duration that a value stands for; none at all if it stands for none.
fn lenient(call: &Call<'_>, value: &Value) -> i64 {
    parsed(call, value).unwrap_or(0)
}

fn parsed(call: &Call<'_>, value: &Value) -> Result<i64, String> {
    match &value.data {
        Data::Nil => Err("invalid duration".into()),
        Data::Duration(duration) => Ok(*duration),
        Data::Int(seconds, _) => whole(*seconds).ok_or_else(|| format!("duration seconds overflow: {seconds}")),
        Data::Uint(seconds, _) => {
            let duration = i64::try_from(*seconds).ok().and_then(whole);
            duration.ok_or_else(|| format!("duration seconds overflow: {seconds}"))
        }
        Data::Float(seconds) => fractional(*seconds),
        Data::Str(text) => {
            let trimmed = &text.bytes()[strings::trim(text.bytes())];
            if trimmed.is_empty() {
                return Err("empty duration".into());
            }
            if let Ok(duration) = time::parse_duration(trimmed) {
                return Ok(duration);
            }
            match strconv::parse_float(trimmed, 64) {
                Ok(seconds) => fractional(seconds),
                Err(_) => {
                    let text = crate::engine::error::quoted_bytes(text.bytes());
                    Err(format!("could not parse duration {text}"))
                }
            }
        }
        _ => Err(format!("unsupported duration type {}", call.type_name(value))),
    }
}

fn whole(seconds: i64) -> Option<i64> {
    seconds.checked_mul(SECOND)
}

fn fractional(seconds: f64) -> Result<i64, String> {
    if !seconds.is_finite() {
        return Err(format!("invalid duration seconds: {}", shown_float(seconds)));
    }
    let duration = seconds * SECOND as f64;
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if !(-LIMIT..LIMIT).contains(&duration) {
        return Err(format!("duration seconds overflow: {}", shown_float(seconds)));
    }
    Ok(duration as i64)
}
