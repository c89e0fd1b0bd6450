//! Sprig's dates, and the methods of `time.Time` and `time.Duration`. The local zone is UTC, as it is in a container.

use crate::engine::function::{Call, FnResult, Function, Method, Param, Returns, int, text};
use crate::value::golang::strconv;
use crate::value::golang::time::{self, GoTime, Zone};
use crate::value::{Data, IntKind, OriginId, Text, Value};
use std::sync::Arc;

/// The functions of this family.
pub const FUNCTIONS: &[Function] = &[
    Function::new("now", &[], |call, _| {
        let origin = call.rt.time_origin(call.span);
        Ok(time_value(now(call)).with_origin(origin))
    }),
    Function::new("date", &[Param::Str, Param::Any], |call, args| formatted(call, text(&args[0]), &args[1], b"Local"))
        .digest(),
    Function::new("dateInZone", &[Param::Str, Param::Any, Param::Str], date_in_zone).digest(),
    Function::new("date_in_zone", &[Param::Str, Param::Any, Param::Str], date_in_zone).digest(),
    Function::new("htmlDate", &[Param::Any], |call, args| formatted(call, &Text::from(DAY), &args[0], b"Local"))
        .digest(),
    Function::new("htmlDateInZone", &[Param::Any, Param::Str], |call, args| {
        formatted(call, &Text::from(DAY), &args[0], text(&args[1]).bytes())
    })
    .digest(),
    Function::new("dateModify", &[Param::Str, Param::Time], |_, args| modified(args, false)).digest(),
    Function::new("date_modify", &[Param::Str, Param::Time], |_, args| modified(args, false)).digest(),
    Function::new("mustDateModify", &[Param::Str, Param::Time], |_, args| modified(args, true)).digest(),
    Function::new("must_date_modify", &[Param::Str, Param::Time], |_, args| modified(args, true)).digest(),
    Function::new("ago", &[Param::Any], ago).digest(),
    Function::new("duration", &[Param::Any], duration).digest(),
    Function::new("durationRound", &[Param::Any], duration_round).digest(),
    Function::new("toDate", &[Param::Str, Param::Str], |_, args| {
        Ok(time_value(parsed(args).unwrap_or_else(|_| GoTime::zero())))
    })
    .digest(),
    Function::new("mustToDate", &[Param::Str, Param::Str], |_, args| Ok(time_value(parsed(args)?))).digest(),
    Function::new("unixEpoch", &[Param::Time], |_, args| Ok(Value::string(receiver(args).unix_seconds().to_string())))
        .digest(),
];

/// The layout of an input element of HTML.
const DAY: &str = "2006-01-02";
const SECOND: i64 = 1_000_000_000;

fn local() -> Zone {
    Zone::local("UTC").unwrap_or_else(Zone::utc)
}

fn now(call: &Call<'_>) -> GoTime {
    let (seconds, nanoseconds) = call.rt.now;
    GoTime::unix(seconds, nanoseconds.into(), local())
}

fn time_value(time: GoTime) -> Value {
    Data::Time(Arc::new(time)).into()
}

/// The time that the first argument is.
fn receiver(args: &[Value]) -> Arc<GoTime> {
    match args.first().map(|value| &value.data) {
        Some(Data::Time(time)) => time.clone(),
        // Arguments are converted before a call.
        _ => Arc::new(GoTime::zero()),
    }
}

/// A time, or seconds since 1970; anything else is taken as now, silently. With the origin of the clock where it is used.
fn instant(call: &mut Call<'_>, value: &Value, takes_int32: bool) -> (GoTime, OriginId) {
    match &value.data {
        Data::Time(time) => ((**time).clone(), OriginId::NONE),
        Data::Int(seconds, IntKind::Int | IntKind::Int64) => (GoTime::unix(*seconds, 0, local()), OriginId::NONE),
        Data::Int(seconds, IntKind::Int32) if takes_int32 => (GoTime::unix(*seconds, 0, local()), OriginId::NONE),
        _ => (now(call), call.rt.time_origin(call.span)),
    }
}

fn formatted(call: &mut Call<'_>, layout: &Text, value: &Value, zone: &[u8]) -> FnResult {
    call.spend(layout.len() * 4)?;
    let (time, origin) = instant(call, value, true);
    let zone = match zone {
        b"Local" => Some(local()),
        name => std::str::from_utf8(name).ok().and_then(Zone::load),
    };
    let shown = time.in_zone(zone.unwrap_or_else(Zone::utc)).format(layout.bytes());
    Ok(Value::string(shown).with_origin(origin))
}

fn date_in_zone(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    formatted(call, text(&args[0]), &args[1], text(&args[2]).bytes())
}

fn modified(args: &[Value], is_must: bool) -> FnResult {
    let time = receiver(&args[1..]);
    match time::parse_duration(text(&args[0]).bytes()) {
        Ok(duration) => Ok(time_value(time.add(duration))),
        Err(message) if is_must => Err(message.into()),
        Err(_) => Ok(Data::Time(time).into()),
    }
}

fn parsed(args: &[Value]) -> Result<GoTime, String> {
    GoTime::parse(text(&args[0]).bytes(), text(&args[1]).bytes(), &local())
}

fn ago(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (time, _) = instant(call, &args[0], false);
    let passed = time::round_duration(now(call).sub(&time), SECOND);
    let origin = call.rt.time_origin(call.span);
    Ok(Value::string(time::duration_text(passed)).with_origin(origin))
}

fn duration(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    let seconds = match &args[0].data {
        Data::Str(text) => strconv::parse_int(text.bytes(), 10, 64).unwrap_or_else(|error| error.value),
        Data::Int(seconds, IntKind::Int64) => *seconds,
        _ => 0,
    };
    Ok(Value::string(time::seconds_text(seconds)))
}

fn duration_round(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (duration, origin) = match &args[0].data {
        Data::Str(text) => (time::parse_duration(text.bytes()).unwrap_or(0), OriginId::NONE),
        Data::Int(duration, IntKind::Int64) => (*duration, OriginId::NONE),
        Data::Time(time) => (now(call).sub(time), call.rt.time_origin(call.span)),
        _ => (0, OriginId::NONE),
    };
    Ok(Value::string(time::duration_round(duration)).with_origin(origin))
}

const fn method(name: &'static str, params: &'static [Param], run: fn(&mut Call<'_>, &[Value]) -> FnResult) -> Method {
    Method { name, params, variadic: false, returns: Returns::Concrete, run }
}

/// A duration that is an argument: a literal is a plain number.
fn nanoseconds(value: &Value) -> i64 {
    match value.data {
        Data::Duration(nanoseconds) => nanoseconds,
        _ => int(value),
    }
}

fn of_kind(number: impl Into<i64>, kind: IntKind) -> FnResult {
    Ok(Data::Int(number.into(), kind).into())
}

/// The methods of `time.Time` that give one value.
pub const TIME_METHODS: &[Method] = &[
    method("Add", &[Param::Duration], |_, args| Ok(time_value(receiver(args).add(nanoseconds(&args[1]))))),
    method("AddDate", &[Param::Int, Param::Int, Param::Int], |_, args| {
        Ok(time_value(receiver(args).add_date(int(&args[1]), int(&args[2]), int(&args[3]))))
    }),
    method("After", &[Param::Time], |_, args| Ok(Value::bool(compared(args) > 0))),
    method("Before", &[Param::Time], |_, args| Ok(Value::bool(compared(args) < 0))),
    method("Compare", &[Param::Time], |_, args| Ok(Value::int(compared(args)))),
    method("Day", &[], |_, args| of_kind(receiver(args).year_month_day().2, IntKind::Int)),
    method("Equal", &[Param::Time], |_, args| Ok(Value::bool(compared(args) == 0))),
    method("Format", &[Param::Str], |call, args| {
        call.spend(text(&args[1]).len() * 4)?;
        let shown = receiver(args).format(text(&args[1]).bytes());
        let layout = call.deep_origin(&args[1]);
        Ok(Value::string(shown).with_origin(layout))
    }),
    method("GoString", &[], |_, args| Ok(Value::string(receiver(args).go_syntax()))),
    method("Hour", &[], |_, args| of_kind(receiver(args).clock().0, IntKind::Int)),
    // Neither UTC nor a zone with a fixed offset saves daylight, and a time in another one is not to be had.
    method("IsDST", &[], |_, _| Ok(Value::bool(false))),
    method("IsZero", &[], |_, args| Ok(Value::bool(receiver(args).is_zero()))),
    method("Local", &[], |_, args| Ok(time_value(receiver(args).in_zone(local())))),
    method("Minute", &[], |_, args| of_kind(receiver(args).clock().1, IntKind::Int)),
    method("Month", &[], |_, args| of_kind(receiver(args).year_month_day().1, IntKind::Month)),
    method("Nanosecond", &[], |_, args| of_kind(receiver(args).nanosecond(), IntKind::Int)),
    method("Round", &[Param::Duration], |_, args| Ok(time_value(receiver(args).add(to_multiple(args, true))))),
    method("Second", &[], |_, args| of_kind(receiver(args).clock().2, IntKind::Int)),
    method("String", &[], |_, args| Ok(Value::string(receiver(args).to_string()))),
    method("Sub", &[Param::Time], |_, args| Ok(Data::Duration(receiver(args).sub(&receiver(&args[1..]))).into())),
    method("Truncate", &[Param::Duration], |_, args| Ok(time_value(receiver(args).add(to_multiple(args, false))))),
    method("UTC", &[], |_, args| Ok(time_value(receiver(args).in_zone(Zone::utc())))),
    method("Unix", &[], |_, args| of_kind(receiver(args).unix_seconds(), IntKind::Int64)),
    method("UnixMicro", &[], |_, args| of_kind(since_1970(args, 1_000), IntKind::Int64)),
    method("UnixMilli", &[], |_, args| of_kind(since_1970(args, 1_000_000), IntKind::Int64)),
    method("UnixNano", &[], |_, args| of_kind(receiver(args).unix_nanoseconds(), IntKind::Int64)),
    method("Weekday", &[], |_, args| of_kind(receiver(args).weekday(), IntKind::Weekday)),
    method("Year", &[], |_, args| of_kind(receiver(args).year_month_day().0, IntKind::Int)),
    method("YearDay", &[], |_, args| of_kind(receiver(args).year_day(), IntKind::Int)),
];

fn compared(args: &[Value]) -> i64 {
    receiver(args).compare(&receiver(&args[1..])) as i64
}

/// Units of so many nanoseconds since 1970.
fn since_1970(args: &[Value], unit: i64) -> i64 {
    let time = receiver(args);
    time.unix_seconds().wrapping_mul(SECOND / unit).wrapping_add(i64::from(time.nanosecond()) / unit)
}

/// How far a time is from the multiple of a duration since the year 1 below it, or nearest to it.
fn to_multiple(args: &[Value], is_nearest: bool) -> i64 {
    let unit = i128::from(nanoseconds(&args[1]));
    if unit <= 0 {
        return 0;
    }
    let time = receiver(args);
    let seconds = i128::from(time.unix_seconds()) - i128::from(GoTime::zero().unix_seconds());
    let over = (seconds * i128::from(SECOND) + i128::from(time.nanosecond())).rem_euclid(unit);
    let distance = if is_nearest && over * 2 >= unit { unit - over } else { -over };
    // It is less than the duration.
    distance as i64
}

/// The methods of `time.Duration`.
pub const DURATION_METHODS: &[Method] = &[
    method("Abs", &[], |_, args| Ok(Data::Duration(nanoseconds(&args[0]).saturating_abs()).into())),
    method("Hours", &[], |_, args| Ok(Value::float(units(nanoseconds(&args[0]), 3600 * SECOND)))),
    method("Microseconds", &[], |_, args| of_kind(nanoseconds(&args[0]) / 1_000, IntKind::Int64)),
    method("Milliseconds", &[], |_, args| of_kind(nanoseconds(&args[0]) / 1_000_000, IntKind::Int64)),
    method("Minutes", &[], |_, args| Ok(Value::float(units(nanoseconds(&args[0]), 60 * SECOND)))),
    method("Nanoseconds", &[], |_, args| of_kind(nanoseconds(&args[0]), IntKind::Int64)),
    method("Round", &[Param::Duration], |_, args| {
        Ok(Data::Duration(time::round_duration(nanoseconds(&args[0]), nanoseconds(&args[1]))).into())
    }),
    method("Seconds", &[], |_, args| Ok(Value::float(units(nanoseconds(&args[0]), SECOND)))),
    method("String", &[], |_, args| Ok(Value::string(time::duration_text(nanoseconds(&args[0]))))),
    method("Truncate", &[Param::Duration], |_, args| {
        Ok(Data::Duration(time::truncate_duration(nanoseconds(&args[0]), nanoseconds(&args[1]))).into())
    }),
];

/// A duration in a unit, whole units and the rest apart, as Go does it.
pub(super) fn units(duration: i64, unit: i64) -> f64 {
    (duration / unit) as f64 + (duration % unit) as f64 / unit as f64
}

#[cfg(test)]
mod tests {
    use super::super::testing::{evaluate, runtime};
    use super::*;

    #[test]
    fn only_what_looks_at_the_clock_depends_on_it() {
        let mut rt = runtime("4.1.4");
        for (expression, is_live) in [
            ("date \"2006\" 0", false),
            ("date \"2006\" 0.5", true),
            ("date \"2006\" now", true),
            ("durationRound \"1h\"", false),
            ("ago 0", true),
        ] {
            let value = evaluate(&mut rt, expression, &[]).expect("a text");
            assert_eq!(value.origin.is_live(), is_live, "{expression}");
        }
    }

    #[test]
    fn times_have_the_methods_of_go() {
        let mut rt = runtime("4.1.4");
        let date = evaluate(&mut rt, "toDate \"2006-01-02 15:04\" \"2024-03-05 06:07\"", &[]).expect("a date");
        let hour = Value::from(Data::Duration(3600 * SECOND));
        for (name, arguments, expected) in [
            ("Year", vec![], "2024"),
            ("Month", vec![], "March"),
            ("Day", vec![], "5"),
            ("Weekday", vec![], "Tuesday"),
            ("Unix", vec![], "1709618820"),
            ("UnixMilli", vec![], "1709618820000"),
            ("YearDay", vec![], "65"),
            ("Format", vec![Value::string("Jan 2")], "Mar 5"),
            ("AddDate", vec![Value::int(0), Value::int(1), Value::int(0)], "2024-04-05 06:07:00 +0000 UTC"),
            ("Truncate", vec![hour.clone()], "2024-03-05 06:00:00 +0000 UTC"),
            ("Round", vec![Value::int(30 * 60 * SECOND)], "2024-03-05 06:00:00 +0000 UTC"),
            ("Sub", vec![date.clone()], "0s"),
        ] {
            let method = TIME_METHODS.iter().find(|method| method.name == name).expect("a method");
            let arguments: Vec<Value> = std::iter::once(date.clone()).chain(arguments).collect();
            let mut call = Call { rt: &mut rt, span: Default::default(), name: method.name, boxed: 0 };
            let value = (method.run)(&mut call, &arguments).expect("a value");
            assert_eq!(super::super::print::display(&rt, &value), expected, "{name}");
        }
    }
}
