//! The detour of the YAML of sigs.k8s.io through JSON: what JSON does not have is an error.

use super::error::YamlError;
use super::go_syntax;
use super::node::{KeyKind, Kind, Node};
use std::sync::Arc;

/// Deeper JSON cannot be decoded.
pub(super) const MAX_JSON_DEPTH: usize = 10_000;

/// Looks for keys and numbers that JSON does not have.
pub(super) fn check(root: &Node) -> Result<(), YamlError> {
    let mut number = None;
    let mut todo = vec![root];
    while let Some(node) = todo.pop() {
        match &node.kind {
            Kind::Map(entries) => {
                for (key, value) in entries {
                    let (kind, shown) = match key.kind {
                        KeyKind::Null => ("%!s(<nil>)".to_owned(), "<nil>".to_owned()),
                        KeyKind::Uint(u) => ("uint64".to_owned(), format!("{u:#x}")),
                        _ => continue,
                    };
                    let value = go_syntax::value(value);
                    let message = format!("unsupported map key of type: {kind}, key: {shown}, value: {value}");
                    return Err(YamlError::plain(message, key.span.start));
                }
                todo.extend(entries.iter().rev().map(|(_, value)| value));
            }
            Kind::Seq(items) => todo.extend(items.iter().rev()),
            Kind::Float(f) if !f.is_finite() && number.is_none() => {
                let shown = super::number::float_text(*f);
                number = Some(YamlError::plain(format!("json: unsupported value: {shown}"), node.span.start));
            }
            _ => {}
        }
    }
    match number {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// The text of a `!!binary` scalar, where JSON replaces what is not UTF-8.
pub(super) fn decode_binary(text: &str, offset: usize) -> Result<Arc<str>, YamlError> {
    use base64::Engine as _;
    let joined: Vec<u8> = text.bytes().filter(|b| !matches!(b, b'\n' | b'\r')).collect();
    match base64::engine::general_purpose::GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        base64::engine::GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
    )
    .decode(joined)
    {
        Ok(bytes) => Ok(json_text(&bytes).into()),
        Err(_) => Err(YamlError::plain("yaml: !!binary value contains invalid base64 data", offset)),
    }
}

/// A Go string as JSON decodes it again: each byte that is not UTF-8 becomes U+FFFD.
pub(in crate::value) fn json_text(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|_| '\u{FFFD}'));
    }
    out
}
