//! PEM blocks as Go's encoding/pem reads and writes them.

use crate::engine::function::Failure;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use base64::{DecodeError, Engine as _};

/// As Go's StdEncoding: padded, with any bits after the last byte.
const DECODER: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// Decodes base64 with Go's message; line ends are skipped.
pub(super) fn base64_decode(encoded: &[u8]) -> Result<Vec<u8>, Failure> {
    let digits: Vec<u8> = encoded.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')).collect();
    DECODER.decode(&digits).map_err(|error| {
        let at = match error {
            DecodeError::InvalidByte(at, _) | DecodeError::InvalidLastSymbol { offset: at, .. } => at,
            DecodeError::InvalidLength(_) | DecodeError::InvalidPadding => digits.len() / 4 * 4,
        };
        Failure::Error(format!("illegal base64 data at input byte {at}"))
    })
}

/// A block with its label.
pub(super) fn encode(label: &str, content: &[u8]) -> String {
    let encoded = STANDARD.encode(content);
    let mut out = format!("-----BEGIN {label}-----\n");
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        out.push_str(line);
        out.push('\n');
        rest = after;
    }
    out.push_str(&format!("-----END {label}-----\n"));
    out
}

/// The label and content of the first well-formed block.
pub(super) fn decode(text: &[u8]) -> Option<(String, Vec<u8>)> {
    let text = String::from_utf8_lossy(text);
    let mut rest = &*text;
    loop {
        let start = if rest.starts_with("-----BEGIN ") { 0 } else { rest.find("\n-----BEGIN ")? + 1 };
        rest = &rest[start + "-----BEGIN ".len()..];
        let (line, body) = rest.split_once('\n')?;
        let Some(label) = line.trim_end().strip_suffix("-----") else { continue };
        let Some((content, _)) = body.split_once(&format!("-----END {label}-----")) else { continue };
        // Headers stand before an empty line.
        let content = match content.split_once("\n\n") {
            Some((headers, content)) if headers.contains(':') => content,
            _ => content,
        };
        let digits: String = content.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        if let Ok(content) = DECODER.decode(digits) {
            return Some((label.to_string(), content));
        }
    }
}
