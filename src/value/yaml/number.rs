//! Text of numbers as go-yaml and encoding/json write it.

/// strconv.FormatFloat(f, 'g', -1, 32)
pub(in crate::value) fn float32_text(f: f64) -> String {
    shortest(&format!("{:e}", f as f32))
}

/// strconv.FormatFloat(f, 'g', -1, 64)
pub(in crate::value) fn float_text(f: f64) -> String {
    shortest(&format!("{f:e}"))
}

fn shortest(scientific: &str) -> String {
    let (sign, magnitude) = match scientific.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", scientific),
    };
    let Some((mantissa, exponent)) = magnitude.split_once('e') else {
        return match magnitude {
            "inf" if sign.is_empty() => "+Inf".into(),
            "inf" => "-Inf".into(),
            _ => "NaN".into(),
        };
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    if !(-4..6).contains(&exponent) {
        let point = if digits.len() > 1 { "." } else { "" };
        let (first, rest) = digits.split_at(1.min(digits.len()));
        let exponent_sign = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{first}{point}{rest}e{exponent_sign}{:02}", exponent.unsigned_abs());
    }
    if exponent < 0 {
        return format!("{sign}0.{}{digits}", "0".repeat(exponent.unsigned_abs() as usize - 1));
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        format!("{sign}{digits}{}", "0".repeat(whole - digits.len()))
    } else {
        let (whole, fraction) = digits.split_at(whole);
        format!("{sign}{whole}.{fraction}")
    }
}

/// A finite float as encoding/json writes it.
pub(in crate::value) fn json_float(f: f64) -> String {
    let size = f.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{f:e}");
        // Go writes the sign of a positive exponent, with at least two digits.
        match text.split_once('e') {
            Some((mantissa, exponent)) if !exponent.starts_with('-') => format!("{mantissa}e+{exponent:0>2}"),
            _ => text,
        }
    } else {
        format!("{f}")
    }
}
