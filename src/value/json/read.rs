//! Reads JSON as encoding/json does, with its messages, and keeps the place of every value.

use super::string;
use crate::value::golang::strconv::quote;
use crate::value::yaml::{Key, KeyKind, Kind, Node, Repeated};
use rustc_hash::FxHashMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// What ends a string, or does not stand in one as it is.
const STOPS: [bool; 256] = {
    let mut stops = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        stops[byte] = byte < 0x20 || byte == b'"' as usize || byte == b'\\' as usize;
        byte += 1;
    }
    stops
};

/// Deeper values are refused.
const MAX_DEPTH: usize = 10_000;

/// Why a text is not JSON: Go's message, and the byte that it is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JsonError {
    message: String,
    pub offset: usize,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for JsonError {}

/// Reads a text that is one value (`json.Unmarshal` into an `interface {}`). Of equal keys the last wins.
pub fn read(text: &[u8]) -> Result<Node, JsonError> {
    let mut reader = Reader::new(text);
    let node = reader.value()?;
    reader.skip_blanks();
    match reader.byte() {
        None => reader.finish(node),
        Some(_) => reader.unexpected("after top-level value"),
    }
}

/// Reads the value that a text starts with, and tells where it ends (`json.Decoder`).
pub fn read_prefix(text: &[u8]) -> Result<(Node, usize), JsonError> {
    let mut reader = Reader::new(text);
    let node = reader.value()?;
    let end = reader.at;
    Ok((reader.finish(node)?, end))
}

/// A collection that is being read.
enum Frame {
    Array { items: Vec<Node>, start: usize },
    Object { object: Object, start: usize, key: Option<(Arc<str>, Range<usize>)> },
}

#[derive(Default)]
struct Object {
    entries: Vec<(Key, Node)>,
    /// The places of the keys, once there are many.
    index: FxHashMap<Arc<str>, usize>,
}

impl Object {
    fn insert(&mut self, text: Arc<str>, span: Range<usize>, node: Node) {
        const INDEXED: usize = 12;
        let known = if self.entries.len() < INDEXED {
            self.entries.iter().position(|(key, _)| key.text == text)
        } else {
            if self.index.is_empty() {
                self.index = self.entries.iter().enumerate().map(|(i, (key, _))| (key.text.clone(), i)).collect();
            }
            self.index.get(&text).copied()
        };
        let key = Key { text, span, kind: KeyKind::Str, is_merged: false };
        match known.and_then(|at| self.entries.get_mut(at)) {
            Some(entry) => *entry = (key, node),
            None => {
                if self.entries.len() >= INDEXED {
                    self.index.insert(key.text.clone(), self.entries.len());
                }
                self.entries.push((key, node));
            }
        }
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    repeated: Repeated,
    /// A number that no float holds; Go goes on and reports it at the end.
    too_large: Option<JsonError>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a [u8]) -> Self {
        Reader { text, at: 0, repeated: Repeated::default(), too_large: None }
    }

    fn finish(self, node: Node) -> Result<Node, JsonError> {
        match self.too_large {
            Some(error) => Err(error),
            None => Ok(node),
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// The complaint about the current byte.
    fn unexpected<T>(&self, context: &str) -> Result<T, JsonError> {
        // Go asks its scanner whether a blank could follow before it says that the text ends.
        let takes_blank =
            context == "in string literal" || !(context.starts_with("in ") || context.contains("decimal"));
        let message = match self.byte() {
            None if takes_blank => "unexpected end of JSON input".to_owned(),
            None => format!("invalid character ' ' {context}"),
            Some(byte) => format!("invalid character {} {context}", quote_byte(byte)),
        };
        Err(JsonError { message, offset: self.at })
    }

    fn value(&mut self) -> Result<Node, JsonError> {
        let mut frames: Vec<Frame> = Vec::new();
        loop {
            self.skip_blanks();
            let start = self.at;
            let mut done = match self.byte() {
                Some(open @ (b'{' | b'[')) => {
                    self.at += 1;
                    if frames.len() >= MAX_DEPTH {
                        let bracket = char::from(open);
                        let message = format!("invalid character '{bracket}' exceeded max depth");
                        return Err(JsonError { message, offset: start });
                    }
                    self.skip_blanks();
                    let is_array = open == b'[';
                    if self.byte() == Some(if is_array { b']' } else { b'}' }) {
                        self.at += 1;
                        let kind = if is_array { Kind::Seq(Vec::new()) } else { Kind::Map(Vec::new()) };
                        Some(Node::new(kind, start..self.at))
                    } else if is_array {
                        frames.push(Frame::Array { items: Vec::new(), start });
                        None
                    } else {
                        let key = Some(self.key()?);
                        frames.push(Frame::Object { object: Object::default(), start, key });
                        None
                    }
                }
                _ => Some(self.scalar()?),
            };
            // What is done may be the last of what is around it.
            while let Some(node) = done.take() {
                let Some(frame) = frames.last_mut() else { return Ok(node) };
                if self.add(frame, node)? {
                    done = frames.pop().map(|frame| self.end(frame));
                }
            }
        }
    }

    /// Adds a value to what it is in; gives whether that ends here.
    fn add(&mut self, frame: &mut Frame, node: Node) -> Result<bool, JsonError> {
        self.skip_blanks();
        let next = self.byte();
        match frame {
            Frame::Array { items, .. } => {
                items.push(node);
                if !matches!(next, Some(b',' | b']')) {
                    return self.unexpected("after array element");
                }
                self.at += 1;
                Ok(next == Some(b']'))
            }
            Frame::Object { object, key, .. } => {
                if let Some((text, span)) = key.take() {
                    object.insert(text, span, node);
                }
                if !matches!(next, Some(b',' | b'}')) {
                    return self.unexpected("after object key:value pair");
                }
                self.at += 1;
                if next == Some(b'}') {
                    return Ok(true);
                }
                self.skip_blanks();
                *key = Some(self.key()?);
                Ok(false)
            }
        }
    }

    /// A collection that ends here.
    fn end(&self, frame: Frame) -> Node {
        match frame {
            Frame::Array { items, start } => Node::new(Kind::Seq(items), start..self.at),
            Frame::Object { object, start, .. } => Node::new(Kind::Map(object.entries), start..self.at),
        }
    }

    /// Reads a key and its colon.
    fn key(&mut self) -> Result<(Arc<str>, Range<usize>), JsonError> {
        let start = self.at;
        if self.byte() != Some(b'"') {
            return self.unexpected("looking for beginning of object key string");
        }
        let text = self.string()?;
        let span = start..self.at;
        self.skip_blanks();
        if self.byte() != Some(b':') {
            return self.unexpected("after object key");
        }
        self.at += 1;
        Ok((text, span))
    }

    fn scalar(&mut self) -> Result<Node, JsonError> {
        let start = self.at;
        let kind = match self.byte() {
            Some(b'"') => Kind::Str(self.string()?),
            Some(b't') => self.literal("true", Kind::Bool(true))?,
            Some(b'f') => self.literal("false", Kind::Bool(false))?,
            Some(b'n') => self.literal("null", Kind::Null)?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => return self.unexpected("looking for beginning of value"),
        };
        Ok(Node::new(kind, start..self.at))
    }

    fn literal(&mut self, word: &str, kind: Kind) -> Result<Kind, JsonError> {
        for wanted in word.bytes() {
            if self.byte() != Some(wanted) {
                return self.unexpected(&format!("in literal {word} (expecting '{}')", char::from(wanted)));
            }
            self.at += 1;
        }
        Ok(kind)
    }

    fn string(&mut self) -> Result<Arc<str>, JsonError> {
        let start = self.at + 1;
        self.at = start;
        let mut is_plain = true;
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let stops = |byte: &u8| STOPS.get(usize::from(*byte)).is_some_and(|stops| *stops);
            self.at += rest.iter().position(stops).unwrap_or(rest.len());
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => {
                    is_plain = false;
                    self.at += 1;
                    match self.byte() {
                        Some(b'b' | b'f' | b'n' | b'r' | b't' | b'\\' | b'/' | b'"') => self.at += 1,
                        Some(b'u') => {
                            self.at += 1;
                            for _ in 0..4 {
                                if !self.byte().is_some_and(|b| b.is_ascii_hexdigit()) {
                                    return self.unexpected("in \\u hexadecimal character escape");
                                }
                                self.at += 1;
                            }
                        }
                        _ => return self.unexpected("in string escape code"),
                    }
                }
                _ => return self.unexpected("in string literal"),
            }
        }
        let inside = self.text.get(start..self.at).unwrap_or_default();
        self.at += 1;
        match std::str::from_utf8(inside) {
            Ok(text) if is_plain => Ok(self.repeated.share(text)),
            _ => Ok(string::unquote(inside)),
        }
    }

    fn digits(&mut self, context: &str) -> Result<(), JsonError> {
        if !self.byte().is_some_and(|b| b.is_ascii_digit()) {
            return self.unexpected(context);
        }
        while self.byte().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Kind, JsonError> {
        let start = self.at;
        let mut is_integer = true;
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        match self.byte() {
            Some(b'0') => self.at += 1,
            _ => self.digits("in numeric literal")?,
        }
        if self.byte() == Some(b'.') {
            is_integer = false;
            self.at += 1;
            self.digits("after decimal point in numeric literal")?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            is_integer = false;
            self.at += 1;
            if matches!(self.byte(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits("in exponent of numeric literal")?;
        }
        // All of these bytes are ASCII.
        let text = std::str::from_utf8(self.text.get(start..self.at).unwrap_or_default()).unwrap_or_default();
        if is_integer && text != "-0" {
            if let Ok(i) = text.parse() {
                return Ok(Kind::Int(i));
            }
            if let Ok(u) = text.parse() {
                return Ok(Kind::Uint(u));
            }
        }
        let float = text.parse().unwrap_or(f64::INFINITY);
        if float.is_infinite() && self.too_large.is_none() {
            let message = format!("json: cannot unmarshal number {text} into Go value of type float64");
            self.too_large = Some(JsonError { message, offset: start });
        }
        Ok(Kind::Float(float))
    }
}

/// A byte as Go's decoder shows it.
fn quote_byte(byte: u8) -> String {
    match byte {
        b'\'' => "'\\''".into(),
        b'"' => "'\"'".into(),
        _ => {
            let quoted = quote(char::from(byte).encode_utf8(&mut [0; 4]).as_bytes());
            let inside = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
            format!("'{inside}'")
        }
    }
}
