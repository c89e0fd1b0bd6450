//! YAML as Helm reads and writes it.
//!
//! Helm's YAML is sigs.k8s.io/yaml: the scanner, types and emitter of go-yaml v2, with a detour through JSON both ways
//! (engine reference, "YAML"). The reader keeps the place of every value. Texts of errors, their line numbers included,
//! are go-yaml's.

mod compose;
mod detour;
mod directives;
mod error;
mod go_syntax;
mod input;
mod map;
mod node;
mod number;
mod parser;
mod resolve;
mod scalars;
mod scanner;
mod tags;
mod token;

pub use error::YamlError;
pub use node::{Document, Key, KeyKind, Kind, Node, Note};

/// Reads the first document of a text. What follows it is not looked at, not even its syntax.
pub fn read(text: &[u8]) -> Result<Document, YamlError> {
    compose::document(&input::Readable::new(text))
}
