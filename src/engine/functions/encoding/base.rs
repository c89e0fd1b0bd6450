//! Base64 and base32 as Go's decoders take them: with their padding, line breaks anywhere, and the place of what is
//! wrong.

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Writes groups of `bytes` bytes as `digits` digits of `bits` bits each.
fn encode(input: &[u8], alphabet: &[u8], bytes: usize, digits: usize, bits: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(input.len().div_ceil(bytes) * digits);
    for group in input.chunks(bytes) {
        let mut word = group.iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
        word <<= 8 * (bytes - group.len());
        let used = (group.len() * 8).div_ceil(bits);
        for digit in 0..digits {
            if digit < used {
                let index = word >> (bits * (digits - 1 - digit)) & ((1 << bits) - 1);
                out.push(alphabet[index as usize]);
            } else {
                out.push(b'=');
            }
        }
    }
    out
}

/// `base64.StdEncoding.EncodeToString`
pub(super) fn encode64(input: &[u8]) -> Vec<u8> {
    encode(input, BASE64, 3, 4, 6)
}

/// `base32.StdEncoding.EncodeToString`
pub(super) fn encode32(input: &[u8]) -> Vec<u8> {
    encode(input, BASE32, 5, 8, 5)
}

fn is_break(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

/// Adds the bytes that the first `count` digits of a group hold.
fn push_group(out: &mut Vec<u8>, digits: &[u64], bits: usize, count: usize) {
    let word = digits.iter().fold(0_u64, |word, digit| word << bits | digit);
    let bytes = digits.len() * bits / 8;
    out.extend((0..count * bits / 8).map(|i| (word >> (8 * (bytes - 1 - i))) as u8));
}

/// `base64.StdEncoding.DecodeString`; the error is the text of Go's.
pub(super) fn decode64(input: &[u8]) -> Result<Vec<u8>, String> {
    let illegal = |at: usize| Err(format!("illegal base64 data at input byte {at}"));
    let mut out = Vec::with_capacity(input.len() / 4 * 3);
    let mut at = 0;
    let after_breaks = |mut at: usize| {
        while input.get(at).is_some_and(|byte| is_break(*byte)) {
            at += 1;
        }
        at
    };
    loop {
        let mut digits = [0; 4];
        let mut count = 0;
        while count < 4 {
            let Some(byte) = input.get(at).copied() else {
                return if count == 0 { Ok(out) } else { illegal(at - count) };
            };
            at += 1;
            if let Some(digit) = BASE64.iter().position(|c| *c == byte) {
                digits[count] = digit as u64;
                count += 1;
            } else if byte == b'=' && count >= 2 {
                if count == 2 {
                    at = after_breaks(at);
                    match input.get(at) {
                        None => return illegal(input.len()),
                        Some(b'=') => at += 1,
                        Some(_) => return illegal(at - 1),
                    }
                }
                at = after_breaks(at);
                if at < input.len() {
                    return illegal(at);
                }
                push_group(&mut out, &digits, 6, count);
                return Ok(out);
            } else if !is_break(byte) {
                return illegal(at - 1);
            }
        }
        push_group(&mut out, &digits, 6, 4);
    }
}

/// `base32.StdEncoding.DecodeString`; the error is the text of Go's, which counts bytes without the line breaks.
pub(super) fn decode32(input: &[u8]) -> Result<Vec<u8>, String> {
    let input: Vec<u8> = input.iter().copied().filter(|byte| !is_break(*byte)).collect();
    let illegal = |at: usize| Err(format!("illegal base32 data at input byte {at}"));
    let mut out = Vec::with_capacity(input.len() / 8 * 5);
    let mut at = 0;
    while at < input.len() {
        let mut digits = [0; 8];
        let mut count = 0;
        while count < 8 {
            let Some(byte) = input.get(at).copied() else { return illegal(input.len() - count) };
            at += 1;
            let left = input.len() - at;
            if byte == b'=' && count >= 2 && left < 8 {
                if left + count < 7 {
                    return illegal(input.len());
                }
                // The padding fills the group.
                let padding = input[at..].iter().take(7 - count).position(|c| *c != b'=');
                if let Some(wrong) = padding {
                    return illegal(at + wrong - 1);
                }
                if matches!(count, 3 | 6) {
                    return illegal(at - 1);
                }
                push_group(&mut out, &digits, 5, count);
                return Ok(out);
            }
            let Some(digit) = BASE32.iter().position(|c| *c == byte) else { return illegal(at - 1) };
            digits[count] = digit as u64;
            count += 1;
        }
        push_group(&mut out, &digits, 5, 8);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lengths_come_back() {
        for length in 0..40 {
            let bytes: Vec<u8> = (0..length).map(|i| (i * 37 + 11) as u8).collect();
            assert_eq!(decode64(&encode64(&bytes)), Ok(bytes.clone()));
            assert_eq!(decode32(&encode32(&bytes)), Ok(bytes));
        }
    }

    #[test]
    fn errors_name_the_place_that_go_names() {
        let cases: &[(&str, Result<&str, usize>)] = &[
            ("aMOpbGxv", Ok("h\u{e9}llo")),
            ("!!", Err(0)),
            ("YQ", Err(0)),
            ("YQ==\n", Ok("a")),
            ("Y Q==", Err(1)),
            ("YQ=", Err(3)),
            ("YQ=a", Err(2)),
            ("YQ==YQ==", Err(4)),
            ("Y\nQ=\r=", Ok("a")),
            ("YWFh=", Err(4)),
        ];
        for (input, expected) in cases {
            let expected = match expected {
                Ok(text) => Ok(text.as_bytes().to_vec()),
                Err(at) => Err(format!("illegal base64 data at input byte {at}")),
            };
            assert_eq!(decode64(input.as_bytes()), expected, "{input:?}");
        }
        let cases: &[(&str, Result<&str, usize>)] = &[
            ("MFRGG===", Ok("abc")),
            ("x", Err(0)),
            ("MFRGG", Err(0)),
            ("MFRGG==", Err(7)),
            ("MFRGG=A=", Err(5)),
            ("MFR=====", Err(3)),
            ("MFRGG===MFRGG===", Err(5)),
        ];
        for (input, expected) in cases {
            let expected = match expected {
                Ok(text) => Ok(text.as_bytes().to_vec()),
                Err(at) => Err(format!("illegal base32 data at input byte {at}")),
            };
            assert_eq!(decode32(input.as_bytes()), expected, "{input:?}");
        }
    }
}
