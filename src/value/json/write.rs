//! Writes JSON as encoding/json does.

use super::tree::{Target, Tree, TreeData, build};
use super::{EncodeError, Encoder, push_change};
use crate::value::origin::GuardId;
use crate::value::{OriginId, Text, TextBuilder, Value};

/// `toJson`: `<`, `>` and `&` are escaped.
pub fn to_json(encoder: &mut Encoder<'_>, value: &Value) -> Result<Text, EncodeError> {
    write(encoder, value, true, false)
}

/// `toRawJson`: as `toJson`, without the escapes for HTML.
pub fn to_raw_json(encoder: &mut Encoder<'_>, value: &Value) -> Result<Text, EncodeError> {
    write(encoder, value, false, false)
}

/// `toPrettyJson`: indented by two blanks.
pub fn to_json_pretty(encoder: &mut Encoder<'_>, value: &Value) -> Result<Text, EncodeError> {
    write(encoder, value, true, true)
}

fn write(encoder: &mut Encoder<'_>, value: &Value, escapes_html: bool, is_pretty: bool) -> Result<Text, EncodeError> {
    let tree = build(encoder, value, Target::Json)?;
    let go = encoder.profile.go();
    let rules = Rules { escapes_html, short_escapes: go >= 22, plain_replacement: go >= 27 };
    let mut writer = Writer { out: TextBuilder::default(), rules, is_pretty };
    writer.node(&tree, 0);
    Ok(writer.out.finish())
}

/// The JSON text of a tree, for a reader.
pub(in crate::value) fn json_of(tree: &Tree) -> Text {
    let rules = Rules { escapes_html: true, short_escapes: true, plain_replacement: false };
    let mut writer = Writer { out: TextBuilder::default(), rules, is_pretty: false };
    writer.node(tree, 0);
    writer.out.finish()
}

/// How strings are written.
#[derive(Clone, Copy)]
struct Rules {
    escapes_html: bool,
    /// `\b` and `\f`
    short_escapes: bool,
    /// What is not UTF-8 becomes the character U+FFFD, not its escape.
    plain_replacement: bool,
}

struct Writer {
    out: TextBuilder,
    rules: Rules,
    is_pretty: bool,
}

impl Writer {
    fn token(&mut self, text: &str, origin: OriginId) {
        self.out.push_from(text.as_bytes(), origin);
    }

    fn line(&mut self, depth: usize) {
        if self.is_pretty {
            self.out.push(b"\n");
            for _ in 0..depth {
                self.out.push(b"  ");
            }
        }
    }

    fn node(&mut self, tree: &Tree, depth: usize) {
        match &tree.data {
            TreeData::Null => self.token("null", tree.origin),
            TreeData::Plain(text) => self.token(text, tree.origin),
            TreeData::Str(text) | TreeData::Binary(text) => self.string(text, tree.origin),
            TreeData::Seq(items) if items.is_empty() => self.token("[]", tree.origin),
            TreeData::Seq(items) => {
                self.out.push(b"[");
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        self.out.push(b",");
                    }
                    self.line(depth + 1);
                    self.node(item, depth + 1);
                }
                self.line(depth);
                self.out.push(b"]");
            }
            TreeData::Map { entries, shape } if entries.is_empty() => {
                let start = self.out.len();
                self.token("{}", tree.origin);
                self.out.cover(start, *shape, GuardId::NONE, 0);
            }
            TreeData::Map { entries, shape } => {
                self.out.push(b"{");
                for (i, (key, value)) in entries.iter().enumerate() {
                    if i > 0 {
                        self.out.push(b",");
                    }
                    self.line(depth + 1);
                    self.string(key, *shape);
                    self.out.push(if self.is_pretty { b": " } else { b":" });
                    self.node(value, depth + 1);
                }
                self.line(depth);
                self.out.push(b"}");
            }
        }
    }

    fn string(&mut self, text: &Text, origin: OriginId) {
        let start = self.out.len();
        self.out.push(b"\"");
        let bytes = text.bytes();
        if !bytes.iter().any(|b| needs_care(*b)) {
            self.out.push_text(text);
        } else {
            self.escaped(text);
        }
        self.out.push(b"\"");
        self.out.cover(start, origin, GuardId::NONE, 0);
    }

    fn escaped(&mut self, text: &Text) {
        let mut run = 0;
        let mut at = 0;
        for chunk in text.bytes().utf8_chunks() {
            for c in chunk.valid().chars() {
                let end = at + c.len_utf8();
                if let Some(escape) = self.escape(c) {
                    self.copy(text, run, at);
                    push_change(&mut self.out, text, at..end, escape.as_bytes());
                    run = end;
                }
                at = end;
            }
            for _ in chunk.invalid() {
                self.copy(text, run, at);
                let replacement = if self.rules.plain_replacement { "\u{FFFD}" } else { "\\ufffd" };
                push_change(&mut self.out, text, at..at + 1, replacement.as_bytes());
                at += 1;
                run = at;
            }
        }
        self.copy(text, run, at);
    }

    fn copy(&mut self, text: &Text, from: usize, to: usize) {
        if from < to {
            self.out.push_slice(text, from..to);
        }
    }

    fn escape(&self, c: char) -> Option<String> {
        let short = match c {
            '"' | '\\' => c,
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            '\x08' if self.rules.short_escapes => 'b',
            '\x0C' if self.rules.short_escapes => 'f',
            '<' | '>' | '&' if !self.rules.escapes_html => return None,
            ..='\x1F' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => return Some(format!("\\u{:04x}", u32::from(c))),
            _ => return None,
        };
        Some(format!("\\{short}"))
    }
}

/// Whether a byte may have to be written otherwise.
fn needs_care(byte: u8) -> bool {
    matches!(byte, ..0x20 | 0x80.. | b'"' | b'\\' | b'<' | b'>' | b'&')
}
