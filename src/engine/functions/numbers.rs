//! Sprig's arithmetic: on integers, on floats by way of decimals, and sequences.

use super::casts::{to_float64, to_int64};
use super::{decimal, print};
use crate::engine::function::{Call, Failure, FnResult, Function, Param, int, text};
use crate::value::golang::strconv;
use crate::value::{Data, Element, List, Text, Value};
use decimal::Decimal;

/// The functions of this family.
pub const FUNCTIONS: &[Function] = &[
    Function::new("int", &[Param::Any], |call, args| Ok(Value::int(to_int64(&call.rt.profile, &args[0])))).digest(),
    Function::new("int64", &[Param::Any], |call, args| Ok(Value::int64(to_int64(&call.rt.profile, &args[0])))).digest(),
    Function::new("float64", &[Param::Any], |call, args| Ok(Value::float(to_float64(&call.rt.profile, &args[0]))))
        .digest(),
    Function::new("atoi", &[Param::Str], |_, args| {
        Ok(Value::int(strconv::atoi(text(&args[0]).bytes()).unwrap_or_else(|error| error.value)))
    })
    .digest(),
    Function::new("toDecimal", &[Param::Any], to_decimal).digest(),
    Function::new("add", &[Param::Any], |call, args| Ok(fold(call, 0, args, i64::wrapping_add))).variadic().digest(),
    Function::new("add1", &[Param::Any], |call, args| Ok(fold(call, 1, args, i64::wrapping_add))).digest(),
    Function::new("sub", &[Param::Any, Param::Any], |call, args| fold_rest(call, args, i64::wrapping_sub)).digest(),
    Function::new("mul", &[Param::Any, Param::Any], |call, args| fold_rest(call, args, i64::wrapping_mul))
        .variadic()
        .digest(),
    Function::new("div", &[Param::Any, Param::Any], |call, args| divided(call, args, i64::wrapping_div)).digest(),
    Function::new("mod", &[Param::Any, Param::Any], |call, args| divided(call, args, i64::wrapping_rem)).digest(),
    Function::new("max", &[Param::Any, Param::Any], |call, args| fold_rest(call, args, i64::max)).variadic().digest(),
    Function::new("biggest", &[Param::Any, Param::Any], |call, args| fold_rest(call, args, i64::max))
        .variadic()
        .digest(),
    Function::new("min", &[Param::Any, Param::Any], |call, args| fold_rest(call, args, i64::min)).variadic().digest(),
    Function::new("addf", &[Param::Any], |call, args| decimals(call, Some(0.0), args, |a, b| Ok(a.plus(b))))
        .variadic()
        .digest(),
    Function::new("add1f", &[Param::Any], |call, args| {
        let args = [args[0].clone(), Value::int(1)];
        decimals(call, None, &args, |a, b| Ok(a.plus(b)))
    })
    .digest(),
    Function::new("subf", &[Param::Any, Param::Any], |call, args| decimals(call, None, args, |a, b| Ok(a.minus(b))))
        .variadic()
        .digest(),
    Function::new("mulf", &[Param::Any, Param::Any], |call, args| decimals(call, None, args, |a, b| Ok(a.times(b))))
        .variadic()
        .digest(),
    Function::new("divf", &[Param::Any, Param::Any], |call, args| decimals(call, None, args, |a, b| a.over(b)))
        .variadic()
        .digest(),
    Function::new("maxf", &[Param::Any, Param::Any], |call, args| Ok(fold_floats(call, args, go_max)))
        .variadic()
        .digest(),
    Function::new("minf", &[Param::Any, Param::Any], |call, args| Ok(fold_floats(call, args, go_min)))
        .variadic()
        .digest(),
    Function::new("floor", &[Param::Any], |call, args| {
        Ok(Value::float(to_float64(&call.rt.profile, &args[0]).floor()))
    })
    .digest(),
    Function::new("ceil", &[Param::Any], |call, args| Ok(Value::float(to_float64(&call.rt.profile, &args[0]).ceil())))
        .digest(),
    Function::new("round", &[Param::Any, Param::Int, Param::Float], round).variadic().digest(),
    Function::new("until", &[Param::Int], |call, args| {
        let stop = int(&args[0]);
        counted(call, 0, stop, if stop < 0 { -1 } else { 1 })
    })
    .digest(),
    Function::new("untilStep", &[Param::Int, Param::Int, Param::Int], |call, args| {
        counted(call, int(&args[0]), int(&args[1]), int(&args[2]))
    })
    .digest(),
    Function::new("seq", &[Param::Int], seq).variadic().digest(),
];

fn fold(call: &Call<'_>, start: i64, args: &[Value], combine: fn(i64, i64) -> i64) -> Value {
    Value::int64(args.iter().fold(start, |sum, value| combine(sum, to_int64(&call.rt.profile, value))))
}

fn fold_rest(call: &mut Call<'_>, args: &[Value], combine: fn(i64, i64) -> i64) -> FnResult {
    let [first, rest @ ..] = args else { return Ok(Value::int64(0)) };
    let first = to_int64(&call.rt.profile, first);
    Ok(fold(call, first, rest, combine))
}

fn divided(call: &mut Call<'_>, args: &[Value], divide: fn(i64, i64) -> i64) -> FnResult {
    if to_int64(&call.rt.profile, &args[1]) == 0 {
        return Err("runtime error: integer divide by zero".into());
    }
    fold_rest(call, args, divide)
}

/// The `%v` text of a value, read as an octal number.
fn to_decimal(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let digits = match &args[0].data {
        Data::Str(text) => strconv::parse_int(text.bytes(), 8, 64),
        _ => strconv::parse_int(print::display(call.rt, &args[0]).as_bytes(), 8, 64),
    };
    Ok(Value::int64(digits.unwrap_or(0)))
}

fn decimals(
    call: &mut Call<'_>,
    start: Option<f64>,
    args: &[Value],
    combine: fn(&Decimal, &Decimal) -> Result<Decimal, Failure>,
) -> FnResult {
    let mut floats = start.into_iter().chain(args.iter().map(|value| to_float64(&call.rt.profile, value)));
    let mut result = Decimal::new(floats.next().unwrap_or(0.0))?;
    for float in floats {
        result = combine(&result, &Decimal::new(float)?)?;
    }
    call.spend(args.len() * 64)?;
    Ok(Value::float(result.to_float()))
}

fn fold_floats(call: &Call<'_>, args: &[Value], combine: fn(f64, f64) -> f64) -> Value {
    let floats = args.iter().map(|value| to_float64(&call.rt.profile, value));
    Value::float(floats.reduce(combine).unwrap_or(0.0))
}

/// Go's math.Max: infinity wins over NaN, NaN over the rest, 0 over −0.
fn go_max(a: f64, b: f64) -> f64 {
    if a == f64::INFINITY || b == f64::INFINITY {
        f64::INFINITY
    } else if a.is_nan() || b.is_nan() {
        f64::NAN
    } else if a == 0.0 && b == 0.0 {
        if a.is_sign_negative() { b } else { a }
    } else {
        a.max(b)
    }
}

/// Go's math.Min
fn go_min(a: f64, b: f64) -> f64 {
    -go_max(-a, -b)
}

/// Rounds up where the fraction with its sign reaches the limit, else down: negative numbers go down.
fn round(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let [number, places, limit @ ..] = args else { return Ok(Value::float(0.0)) };
    let limit = match limit.first().map(|limit| &limit.data) {
        Some(Data::Float(limit)) => *limit,
        _ => 0.5,
    };
    let power = power_of_ten(int(places));
    let shifted = power * to_float64(&call.rt.profile, number);
    // The fraction of an infinity is NaN in Go, and smaller than no limit.
    let fraction = if shifted.is_finite() { shifted.fract() } else { f64::NAN };
    let whole = if fraction >= limit { shifted.ceil() } else { shifted.floor() };
    Ok(Value::float(whole / power))
}

/// Go's math.Pow(10, n), which multiplies mantissas and keeps the exponent apart.
fn power_of_ten(n: i64) -> f64 {
    // With more than this it is 0 or infinite in any case.
    let exponent = n.clamp(-5000, 5000);
    let (mut mantissa, mut scale) = (1.0f64, 0i64);
    let (mut factor, mut factor_scale) = (0.625f64, 4i64);
    let mut rest = exponent.unsigned_abs();
    while rest != 0 {
        if rest & 1 == 1 {
            mantissa *= factor;
            scale += factor_scale;
        }
        factor *= factor;
        factor_scale <<= 1;
        if factor < 0.5 {
            factor += factor;
            factor_scale -= 1;
        }
        rest >>= 1;
    }
    if exponent < 0 {
        mantissa = 1.0 / mantissa;
        scale = -scale;
    }
    // In halves, so that neither factor overflows where the product does not.
    let half = scale / 2;
    mantissa * (half as f64).exp2() * ((scale - half) as f64).exp2()
}

/// The numbers from `start` until before `stop`; none where the step leads away.
fn steps(call: &mut Call<'_>, start: i64, stop: i64, step: i64) -> Result<impl Iterator<Item = i64>, Failure> {
    let distance = i128::from(stop) - i128::from(start);
    let step = i128::from(step);
    let is_empty = distance == 0 || step == 0 || (distance < 0) != (step < 0);
    let count = if is_empty { 0 } else { (distance.abs() + step.abs() - 1) / step.abs() };
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    call.spend(count.saturating_mul(64))?;
    Ok((0..count as i128).map(move |i| (i128::from(start) + i * step) as i64))
}

fn counted(call: &mut Call<'_>, start: i64, stop: i64, step: i64) -> FnResult {
    let numbers = steps(call, start, stop, step)?.map(Value::int).collect();
    Ok(Data::List(List::of(Element::Int, numbers)).into())
}

fn seq(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let numbers: Vec<i64> = args.iter().map(int).collect();
    let (start, step, end) = match numbers[..] {
        [end] => (1, if end < 1 { -1 } else { 1 }, end),
        [start, end] => (start, if end < start { -1 } else { 1 }, end),
        [start, step, end] if end >= start || step <= 0 => (start, step, end),
        _ => return Ok(Value::string(Text::empty())),
    };
    let stop = end.wrapping_add(if end < start { -1 } else { 1 });
    let mut out = String::new();
    for number in steps(call, start, stop, step)? {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&number.to_string());
    }
    Ok(Value::string(out))
}
