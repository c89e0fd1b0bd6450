//! YAML as Helm reads and writes it.
//!
//! Helm's YAML is sigs.k8s.io/yaml: the scanner, types and emitter of go-yaml v2, with a detour through JSON both ways
//! (engine reference, "YAML"). The reader keeps the place of every value. Texts of errors, their line numbers included,
//! are go-yaml's. Texts of the usual kind take a short way (`usual`); what they read as is what the long one gives.

mod compose;
mod detour;
mod directives;
mod emit;
mod encode;
mod error;
mod flow;
mod go_syntax;
mod input;
mod map;
mod merge;
mod node;
mod number;
mod order;
mod parser;
mod repeated;
mod resolve;
mod scalars;
mod scanner;
mod simple_key;
mod spelling;
mod style;
mod tags;
mod token;
mod usual;
mod utf16;

pub use super::json::{EncodeError, Encoder};
pub use encode::{to_yaml, to_yaml_pretty};
pub use error::YamlError;
pub use node::{Document, Key, KeyKind, Kind, Node, Note};
pub use spelling::string_from;

pub(super) use number::number_from_json;
pub(super) use repeated::Repeated;

/// The versions of go-yaml that Helm writes with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Dialect {
    V2,
    V3,
}

/// Reads a usual text of which no line begins with three dashes; nothing of others.
pub fn read_single(text: &[u8]) -> Option<Document> {
    match utf16::transcode(text) {
        None => usual::document(&input::Readable::new(text), true),
        Some(_) => None,
    }
}

/// Reads the first document of a text. What follows it is not looked at, not even its syntax.
pub fn read(text: &[u8]) -> Result<Document, YamlError> {
    match utf16::transcode(text) {
        None => {
            let readable = input::Readable::new(text);
            usual::document(&readable, false).map_or_else(|| compose::document(&readable), Ok)
        }
        Some(transcoded) => {
            let readable = input::Readable::checked(&transcoded.text, transcoded.stopped_by);
            compose::document(&readable).map_err(|e| transcoded.error(e)).map(|d| transcoded.document(d))
        }
    }
}
