//! Floats as text.

/// The decimal digits of a float: 0.d₁d₂… × 10^point.
struct Digits {
    digits: Vec<u8>,
    point: i32,
}

impl Digits {
    /// From Rust's `{:e}` form, which has the shortest digits or, with a precision, the exact ones rounded half to even.
    fn of(scientific: &str) -> Digits {
        let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
        let mut digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
        if digits.iter().all(|d| *d == b'0') {
            return Digits { digits: Vec::new(), point: 0 };
        }
        let used = digits.iter().rposition(|d| *d != b'0').map_or(0, |at| at + 1);
        digits.truncate(used);
        Digits { digits, point: exponent.parse::<i32>().unwrap_or(0) + 1 }
    }

    fn shortest(f: f64, bits: u32) -> Digits {
        Digits::of(&if bits == 32 { format!("{:e}", f as f32) } else { format!("{f:e}") })
    }

    /// Rounded to a number of digits, at least 1.
    fn rounded(f: f64, count: usize) -> Digits {
        // No float64 has more than 767 significant digits.
        Digits::of(&format!("{:.*e}", count.clamp(1, 800) - 1, f))
    }

    /// Rounded to a number of digits after the point.
    fn fixed(f: f64, places: usize) -> Digits {
        // No float64 has more than 1074 digits after the point.
        let plain = format!("{:.*}", places.min(1100), f);
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let whole = whole.trim_start_matches('0');
        let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        let mut point = whole.len() as i32;
        let zeros = digits.iter().take_while(|d| **d == b'0').count();
        digits.drain(..zeros);
        point -= zeros as i32;
        let used = digits.iter().rposition(|d| *d != b'0').map_or(0, |at| at + 1);
        digits.truncate(used);
        if digits.is_empty() {
            point = 0;
        }
        Digits { digits, point }
    }

    fn at(&self, index: i32) -> char {
        usize::try_from(index).ok().and_then(|i| self.digits.get(i)).map_or('0', |d| *d as char)
    }
}

/// `strconv.FormatFloat` with the verbs `e E f F g G b x X`; precision `None` is the shortest text that reads back the
/// same (Go's −1). An unknown verb gives `%` and the verb.
pub fn format_float(f: f64, verb: u8, precision: Option<usize>, bits: u32) -> String {
    let f = if bits == 32 { f64::from(f as f32) } else { f };
    if f.is_nan() {
        return "NaN".into();
    }
    if f.is_infinite() {
        return if f > 0.0 { "+Inf" } else { "-Inf" }.into();
    }
    let mut out = String::new();
    if f.is_sign_negative() {
        out.push('-');
    }
    let f = f.abs();
    if matches!(verb, b'f' | b'F' | b'g' | b'G') && precision.is_none() && is_short_integer(f) {
        return out + &(f as u32).to_string();
    }
    let digits = match (verb, precision) {
        (b'b', _) => {
            binary(&mut out, f, bits);
            return out;
        }
        (b'x' | b'X', _) => {
            hexadecimal(&mut out, f, verb, precision, bits);
            return out;
        }
        (b'e' | b'E' | b'f' | b'F' | b'g' | b'G', None) => Digits::shortest(f, bits),
        (b'e' | b'E', Some(p)) => Digits::rounded(f, p.saturating_add(1)),
        (b'f' | b'F', Some(p)) => Digits::fixed(f, p),
        (b'g' | b'G', Some(p)) => Digits::rounded(f, p),
        _ => return format!("%{}", verb as char),
    };
    let count = digits.digits.len();
    match verb {
        b'e' | b'E' => scientific(&mut out, &digits, precision.unwrap_or(count.saturating_sub(1)), verb),
        b'f' | b'F' => plain(&mut out, &digits, precision.unwrap_or((count as i32 - digits.point).max(0) as usize)),
        _ => general(&mut out, &digits, precision, verb),
    }
    out
}

/// Whether a float is an integer that is written with its digits alone, whatever writes it; not so a negative zero.
pub fn is_short_integer(f: f64) -> bool {
    f.abs() < 1e6 && f.fract() == 0.0 && (f != 0.0 || f.is_sign_positive())
}

/// How fmt's `%v` and a template print a float64.
pub fn shown_float(f: f64) -> String {
    format_float(f, b'g', None, 64)
}

/// How encoding/json writes a float64; `None` for what JSON does not have.
pub fn json_float(f: f64) -> Option<String> {
    if !f.is_finite() {
        return None;
    }
    let is_scientific = f != 0.0 && (f.abs() < 1e-6 || f.abs() >= 1e21);
    let mut text = format_float(f, if is_scientific { b'e' } else { b'f' }, None, 64);
    // e-09 is written e-9, but e+09 cannot occur.
    let at = text.len().saturating_sub(2);
    if is_scientific && text[..at].ends_with("e-") && text[at..].starts_with('0') {
        text.remove(at);
    }
    Some(text)
}

fn general(out: &mut String, digits: &Digits, precision: Option<usize>, verb: u8) {
    let count = digits.digits.len() as i32;
    let mut wanted = precision.map_or(count, |p| p.clamp(1, i32::MAX as usize) as i32);
    let mut limit = wanted;
    if limit > count && count >= digits.point {
        limit = count;
    }
    if precision.is_none() {
        limit = 6;
    }
    let exponent = digits.point - 1;
    if exponent < -4 || exponent >= limit {
        wanted = wanted.min(count);
        scientific(out, digits, (wanted - 1).max(0) as usize, if verb == b'G' { b'E' } else { b'e' });
    } else {
        if wanted > digits.point {
            wanted = count;
        }
        plain(out, digits, (wanted - digits.point).max(0) as usize);
    }
}

fn scientific(out: &mut String, digits: &Digits, places: usize, verb: u8) {
    out.push(digits.at(0));
    if places > 0 {
        out.push('.');
        let known = digits.digits.len().clamp(1, places + 1);
        out.extend((1..known as i32).map(|i| digits.at(i)));
        out.extend(std::iter::repeat_n('0', places + 1 - known));
    }
    let exponent = if digits.digits.is_empty() { 0 } else { digits.point - 1 };
    out.push(verb as char);
    out.push_str(&format!("{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs()));
}

fn plain(out: &mut String, digits: &Digits, places: usize) {
    if digits.point > 0 {
        out.extend((0..digits.point).map(|i| digits.at(i)));
    } else {
        out.push('0');
    }
    if places > 0 {
        out.push('.');
        let known = usize::try_from(digits.digits.len() as i32 - digits.point).unwrap_or(0).min(places);
        out.extend((0..known as i32).map(|i| digits.at(digits.point + i)));
        out.extend(std::iter::repeat_n('0', places - known));
    }
}

/// The bits of a finite float: mantissa with its implicit bit, exponent of the mantissa's last bit.
fn parts(f: f64, bits: u32) -> (u64, i32, u32) {
    let (raw, width, bias) =
        if bits == 32 { (u64::from((f as f32).to_bits()), 23, 127) } else { (f.to_bits(), 52, 1023) };
    let mantissa = raw & ((1 << width) - 1);
    let exponent = (raw >> width) as i32 & (if bits == 32 { 0xff } else { 0x7ff });
    match exponent {
        0 => (mantissa, 1 - bias - width, width as u32),
        _ => (mantissa | 1 << width, exponent - bias - width, width as u32),
    }
}

fn binary(out: &mut String, f: f64, bits: u32) {
    let (mantissa, exponent, _) = parts(f, bits);
    out.push_str(&format!("{mantissa}p{exponent:+}"));
}

/// `0x1.8p+01`
fn hexadecimal(out: &mut String, f: f64, verb: u8, precision: Option<usize>, bits: u32) {
    let (mut mantissa, mut exponent, width) = parts(f, bits);
    if mantissa == 0 {
        exponent = 0;
    } else {
        exponent += width as i32;
    }
    // The leading digit goes to bit 60, with its fifteen hexadecimal places below.
    mantissa <<= 60 - width;
    while mantissa != 0 && mantissa & 1 << 60 == 0 {
        mantissa <<= 1;
        exponent -= 1;
    }
    if let Some(places) = precision.filter(|p| *p < 15) {
        let shift = places as u32 * 4;
        let extra = (mantissa << shift) & ((1 << 60) - 1);
        mantissa >>= 60 - shift;
        if extra | (mantissa & 1) > 1 << 59 {
            mantissa += 1;
        }
        mantissa <<= 60 - shift;
        if mantissa & 1 << 61 != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let is_upper = verb == b'X';
    out.push('0');
    out.push(verb as char);
    out.push(if mantissa >> 60 & 1 == 1 { '1' } else { '0' });
    mantissa <<= 4;
    let places = precision.unwrap_or_else(|| 16 - mantissa.trailing_zeros() as usize / 4);
    if places > 0 && (precision.is_some() || mantissa != 0) {
        out.push('.');
        for _ in 0..places {
            let digit = char::from_digit((mantissa >> 60) as u32, 16).unwrap_or('0');
            out.push(if is_upper { digit.to_ascii_uppercase() } else { digit });
            mantissa <<= 4;
        }
    }
    out.push(if is_upper { 'P' } else { 'p' });
    out.push_str(&format!("{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs()));
}
