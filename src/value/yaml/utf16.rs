//! Texts in UTF-16, which a byte order mark announces. They are read as UTF-8; places are moved back afterwards.

use super::error::YamlError;
use super::input::{BadCharacter, CHUNK, control_character};
use super::node::{Document, Kind, Note};
use std::ops::Range;

/// A text in UTF-8 and where its bytes came from.
pub(super) struct Transcoded {
    pub text: String,
    pub stopped_by: Option<BadCharacter>,
    /// For each byte of the text, and for its end, the place in the original.
    places: Vec<usize>,
}

/// Reads UTF-16; `None` for a text without its byte order mark.
pub(super) fn transcode(bytes: &[u8]) -> Option<Transcoded> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xFF, 0xFE, ..] => u16::from_le_bytes,
        [0xFE, 0xFF, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let mut out = Transcoded { text: String::new(), stopped_by: None, places: Vec::new() };
    let mut at = 2;
    let unit_at = |at: usize| Some(unit([*bytes.get(at)?, *bytes.get(at + 1)?]));
    while at < bytes.len() {
        let (character, length) = match unit_at(at) {
            None => (Err("incomplete UTF-16 character"), 1),
            Some(0xDC00..=0xDFFF) => (Err("unexpected low surrogate area"), 2),
            Some(high @ 0xD800..=0xDBFF) => match unit_at(at + 2) {
                None => (Err("incomplete UTF-16 surrogate pair"), 2),
                Some(low) => {
                    let pair = char::decode_utf16([high, low]).next();
                    (pair.and_then(Result::ok).ok_or("expected low surrogate area"), 4)
                }
            },
            // What is no surrogate is a character.
            Some(unit) => (char::from_u32(u32::from(unit)).ok_or("invalid Unicode character"), 2),
        };
        let problem = match character {
            Ok(c) if control_character(c.encode_utf8(&mut [0; 4])).is_none() => {
                out.places.resize(out.text.len() + c.len_utf8(), at);
                out.text.push(c);
                at += length;
                continue;
            }
            Ok(_) => "control characters are not allowed",
            Err(problem) => problem,
        };
        out.stopped_by = Some(BadCharacter { problem, at });
        // The characters of the same chunk are not seen.
        let chunk = at - at % CHUNK;
        let end = out.places.partition_point(|place| *place < chunk);
        out.text.truncate(end);
        out.places.truncate(end);
        break;
    }
    out.places.push(at);
    Some(out)
}

impl Transcoded {
    fn place(&self, at: usize) -> usize {
        self.places.get(at).or(self.places.last()).copied().unwrap_or(at)
    }

    fn move_back(&self, range: &mut Range<usize>) {
        *range = self.place(range.start)..self.place(range.end);
    }

    /// Moves an error; what is said of an unreadable character is in its place already.
    pub fn error(&self, error: YamlError) -> YamlError {
        match self.stopped_by {
            Some(bad) if error.offset() == bad.at => error,
            _ => {
                let place = self.place(error.offset());
                error.with_offset(place)
            }
        }
    }

    pub fn document(&self, mut document: Document) -> Document {
        document.end = self.place(document.end);
        for note in &mut document.notes {
            let (Note::DuplicateKey { first, second } | Note::CollidingKeys { first, second }) = note;
            self.move_back(first);
            self.move_back(second);
        }
        let mut todo = vec![&mut document.root];
        while let Some(node) = todo.pop() {
            self.move_back(&mut node.span);
            match &mut node.kind {
                Kind::Seq(items) => todo.extend(items),
                Kind::Map(entries) => {
                    for (key, value) in entries {
                        self.move_back(&mut key.span);
                        todo.push(value);
                    }
                }
                _ => {}
            }
        }
        document
    }
}
