//! Floating-point constants by Go's rules: hexadecimal ones, underscores, and pairs for complex constants.

use super::underscores_separate;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FloatError {
    Syntax,
    Range,
}

/// strconv.ParseFloat for 64 bits. The words `inf` and `nan` cannot reach it.
pub fn parse(text: &str) -> Result<f64, FloatError> {
    let bytes = text.as_bytes();
    if bytes.contains(&b'_') && !underscores_separate(bytes) {
        return Err(FloatError::Syntax);
    }
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    let unsigned = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
    if unsigned.starts_with("0x") || unsigned.starts_with("0X") {
        let value = hexadecimal(unsigned.get(2..).unwrap_or_default())?;
        return Ok(if plain.starts_with('-') { -value } else { value });
    }
    if !unsigned.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-')) {
        return Err(FloatError::Syntax);
    }
    let value: f64 = plain.parse().map_err(|_| FloatError::Syntax)?;
    if value.is_finite() { Ok(value) } else { Err(FloatError::Range) }
}

/// `1.8p3`, without sign and prefix. The exponent is mandatory.
fn hexadecimal(text: &str) -> Result<f64, FloatError> {
    let (digits, exponent) = text.split_once(['p', 'P']).ok_or(FloatError::Syntax)?;
    let exponent = exponent_value(exponent).ok_or(FloatError::Syntax)?;
    let mut mantissa = 0u64;
    let (mut is_exact, mut shift, mut saw_dot, mut saw_digit) = (true, 0i64, false, false);
    for byte in digits.bytes() {
        if byte == b'.' && !saw_dot {
            saw_dot = true;
            continue;
        }
        let digit = (byte as char).to_digit(16).ok_or(FloatError::Syntax)?;
        saw_digit = true;
        if mantissa >> 60 == 0 {
            mantissa = mantissa << 4 | u64::from(digit);
            shift -= if saw_dot { 4 } else { 0 };
        } else {
            is_exact &= digit == 0;
            shift += if saw_dot { 0 } else { 4 };
        }
    }
    if !saw_digit {
        return Err(FloatError::Syntax);
    }
    if mantissa == 0 {
        return Ok(0.0);
    }
    assemble(mantissa, exponent + shift, is_exact)
}

/// Decimal digits with a sign, cut at a size that no float reaches.
fn exponent_value(text: &str) -> Option<i64> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, text.get(1..)?),
        b'+' => (1, text.get(1..)?),
        _ => (1, text),
    };
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let value = digits.bytes().fold(0i64, |value, b| (value * 10 + i64::from(b - b'0')).min(100_000));
    is_number.then_some(sign * value)
}

/// `mantissa * 2^exponent` rounded to the nearest float, ties to even. `mantissa` is not 0.
fn assemble(mantissa: u64, exponent: i64, is_exact: bool) -> Result<f64, FloatError> {
    // The value is below 2^top.
    let top = exponent + 64 - i64::from(mantissa.leading_zeros());
    let lowest = (top - 53).max(-1074);
    let drop = lowest - exponent;
    let (kept, rest, half) = if drop <= 0 {
        (u128::from(mantissa) << (-drop).min(64), 0, 2)
    } else if drop > 64 {
        (0, 1, 2)
    } else {
        let wide = u128::from(mantissa);
        (wide >> drop, wide & ((1 << drop) - 1), 1u128 << (drop - 1))
    };
    let is_up = rest > half || rest == half && (!is_exact || kept & 1 == 1);
    let rounded = kept as u64 + u64::from(is_up);
    if lowest > 971 {
        return Err(FloatError::Range);
    }
    // In two exact steps where the power alone is too small for a normal float.
    let (first, second) = if lowest < -1000 { (lowest + 500, -500) } else { (lowest, 0) };
    let value = rounded as f64 * 2f64.powi(first as i32) * 2f64.powi(second);
    if value.is_finite() { Ok(value) } else { Err(FloatError::Range) }
}

/// fmt.Sscan into a complex128: the real and the imaginary part, or its message.
pub fn scan_complex(text: &str) -> Result<(f64, f64), String> {
    const BAD: &str = "syntax error scanning complex number";
    let real = token(text);
    let rest = text.get(real.len()..).unwrap_or_default();
    if !rest.starts_with(['+', '-']) {
        return Err(BAD.to_owned());
    }
    let sign = rest.get(..1).unwrap_or_default();
    let rest = rest.get(1..).unwrap_or_default();
    let imaginary = token(rest);
    if !rest.get(imaginary.len()..).is_some_and(|rest| rest.starts_with('i')) {
        return Err(BAD.to_owned());
    }
    Ok((convert(real)?, convert(&format!("{sign}{imaginary}"))?))
}

/// The longest head that fmt's scanner takes for a float.
fn token(text: &str) -> &str {
    let bytes = text.as_bytes();
    let at = |i: usize| bytes.get(i).copied().unwrap_or_default();
    let mut i = usize::from(matches!(at(0), b'+' | b'-'));
    let is_hexadecimal = at(i) == b'0' && matches!(at(i + 1), b'x' | b'X');
    if is_hexadecimal {
        i += 2;
    }
    let is_digit = |b: u8| b == b'_' || if is_hexadecimal { b.is_ascii_hexdigit() } else { b.is_ascii_digit() };
    while is_digit(at(i)) {
        i += 1;
    }
    if at(i) == b'.' {
        i += 1;
        while is_digit(at(i)) {
            i += 1;
        }
    }
    if matches!(at(i), b'p' | b'P') || !is_hexadecimal && matches!(at(i), b'e' | b'E') {
        i += 1;
        i += usize::from(matches!(at(i), b'+' | b'-'));
        while at(i).is_ascii_digit() || at(i) == b'_' {
            i += 1;
        }
    }
    text.get(..i).unwrap_or(text)
}

/// One part of a complex number; fmt also knows decimal digits with a binary exponent.
fn convert(text: &str) -> Result<f64, String> {
    let failed = |function: &str, error: FloatError| {
        let what = if error == FloatError::Range { "value out of range" } else { "invalid syntax" };
        format!("strconv.{function}: parsing {}: {what}", super::quoted(text.as_bytes()))
    };
    if let Some((digits, exponent)) = text.split_once('p')
        && !text.contains(['x', 'X'])
    {
        let value = parse(digits).map_err(|error| failed("ParseFloat", error))?;
        let power = exponent_value(exponent).ok_or_else(|| failed("Atoi", FloatError::Syntax))?;
        let half = 2f64.powi((power / 2).clamp(-2000, 2000) as i32);
        return Ok(value * half * 2f64.powi((power - power / 2).clamp(-2000, 2000) as i32));
    }
    parse(text).map_err(|error| failed("ParseFloat", error))
}
