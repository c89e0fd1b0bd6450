//! Integers from text.

use super::{NumError, NumReason};

/// `strconv.ParseUint`. Base 0 reads `0x`, `0o`, `0b` and `0` prefixes and underscores.
pub fn parse_uint(input: &[u8], base: u32, bits: u32) -> Result<u64, NumError<u64>> {
    digits(input, base, bits).map_err(|(reason, value)| NumError {
        function: "ParseUint",
        input: input.to_vec(),
        reason,
        value,
    })
}

/// `strconv.ParseInt`
pub fn parse_int(input: &[u8], base: u32, bits: u32) -> Result<i64, NumError<i64>> {
    signed(input, base, bits).map_err(|(reason, value)| NumError {
        function: "ParseInt",
        input: input.to_vec(),
        reason,
        value,
    })
}

/// `strconv.Atoi`
pub fn atoi(input: &[u8]) -> Result<i64, NumError<i64>> {
    signed(input, 10, 64).map_err(|(reason, value)| NumError { function: "Atoi", input: input.to_vec(), reason, value })
}

fn signed(input: &[u8], base: u32, bits: u32) -> Result<i64, (NumReason, i64)> {
    let (is_negative, rest) = match input {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, input),
    };
    let magnitude = match digits(rest, base, bits) {
        Ok(n) => n,
        Err((NumReason::Range, n)) => n,
        Err((reason, _)) => return Err((reason, 0)),
    };
    // `bits` was checked by `digits`: 0 to 64.
    let limit = 1u64 << (if bits == 0 { 63 } else { bits - 1 });
    match is_negative {
        false if magnitude >= limit => Err((NumReason::Range, (limit - 1) as i64)),
        true if magnitude > limit => Err((NumReason::Range, (limit as i64).wrapping_neg())),
        false => Ok(magnitude as i64),
        true => Ok((magnitude as i64).wrapping_neg()),
    }
}

fn digits(input: &[u8], base: u32, bits: u32) -> Result<u64, (NumReason, u64)> {
    let Some(&first) = input.first() else { return Err((NumReason::Syntax, 0)) };
    let any_base = base == 0;
    let (base, digits) = match base {
        2..=36 => (base, input),
        0 if first != b'0' => (10, input),
        0 => match input {
            [_, b'b' | b'B', _, ..] => (2, &input[2..]),
            [_, b'o' | b'O', _, ..] => (8, &input[2..]),
            [_, b'x' | b'X', _, ..] => (16, &input[2..]),
            _ => (8, &input[1..]),
        },
        _ => return Err((NumReason::Base(base), 0)),
    };
    let max = match bits {
        0 | 64 => u64::MAX,
        1..64 => (1 << bits) - 1,
        _ => return Err((NumReason::BitSize(bits), 0)),
    };
    let mut number = 0u64;
    let mut has_underscores = false;
    for &c in digits {
        if c == b'_' && any_base {
            has_underscores = true;
            continue;
        }
        let Some(digit) = (c as char).to_digit(base) else { return Err((NumReason::Syntax, 0)) };
        number = match number.checked_mul(base.into()).and_then(|n| n.checked_add(digit.into())) {
            Some(n) if n <= max => n,
            _ => return Err((NumReason::Range, max)),
        };
    }
    if has_underscores && !underscores_separate_digits(input) {
        return Err((NumReason::Syntax, 0));
    }
    Ok(number)
}

/// Whether each underscore stands between digits, where a base prefix counts as a digit.
pub(super) fn underscores_separate_digits(input: &[u8]) -> bool {
    #[derive(PartialEq)]
    enum Last {
        Other,
        Digit,
        Underscore,
    }
    let mut rest = input.strip_prefix(b"-").or(input.strip_prefix(b"+")).unwrap_or(input);
    let mut last = Last::Other;
    let mut is_hex = false;
    if let [b'0', prefix @ (b'b' | b'B' | b'o' | b'O' | b'x' | b'X'), tail @ ..] = rest {
        is_hex = matches!(prefix, b'x' | b'X');
        last = Last::Digit;
        rest = tail;
    }
    for c in rest {
        last = match c {
            b'0'..=b'9' => Last::Digit,
            b'a'..=b'f' | b'A'..=b'F' if is_hex => Last::Digit,
            b'_' if last != Last::Digit => return false,
            b'_' => Last::Underscore,
            _ if last == Last::Underscore => return false,
            _ => Last::Other,
        };
    }
    last != Last::Underscore
}
