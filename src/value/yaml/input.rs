//! The text before it is cut into tokens: encoding, characters that are not allowed, and a cursor that knows its line
//! and column.

use crate::source::search::{find, find2};

/// How many bytes go-yaml reads at a time. What is wrong with a character is only noticed when its chunk is read.
pub(super) const CHUNK: usize = 512;

/// A place in the text. Lines and columns count characters from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Mark {
    pub at: usize,
    pub line: usize,
    pub column: usize,
}

/// A character that cannot be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct BadCharacter {
    pub problem: &'static str,
    pub at: usize,
}

/// The readable part of a text, and what stops reading after it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Readable<'a> {
    pub text: &'a str,
    pub stopped_by: Option<BadCharacter>,
    has_special_breaks: bool,
    /// Nothing needs to be looked for in it.
    is_simple: bool,
}

impl<'a> Readable<'a> {
    /// Checks a text as go-yaml's reader does.
    pub fn new(bytes: &'a [u8]) -> Self {
        if is_simple(bytes)
            && let Ok(text) = std::str::from_utf8(bytes)
        {
            return Readable { text, stopped_by: None, has_special_breaks: false, is_simple: true };
        }
        let (valid, mut bad) = match std::str::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let at = error.valid_up_to();
                let (valid, rest) = bytes.split_at(at);
                // The bytes before `valid_up_to` are UTF-8, so nothing is lost here.
                let text = std::str::from_utf8(valid).unwrap_or_default();
                (text, Some(BadCharacter { problem: utf8_problem(rest), at }))
            }
        };
        if let Some(at) = control_character(valid) {
            bad = Some(BadCharacter { problem: "control characters are not allowed", at });
        }
        let text = match bad {
            None => valid,
            Some(bad) => valid.get(..chunk_start(bytes, bad.at)).unwrap_or_default(),
        };
        Readable::checked(text, bad)
    }

    /// A text that was checked before.
    pub fn checked(text: &'a str, stopped_by: Option<BadCharacter>) -> Self {
        let has_special_breaks = !text.is_ascii() && has_special_breaks(text);
        Readable { text, stopped_by, has_special_breaks, is_simple: false }
    }

    /// Lines end with line feeds alone, and nothing but text is there.
    pub fn is_usual(&self) -> bool {
        let is_usual = || {
            self.stopped_by.is_none()
                && !self.has_special_breaks
                && !self.text.starts_with('\u{FEFF}')
                && find(b'\r', self.text.as_bytes()).is_none()
        };
        self.is_simple || is_usual()
    }
}

const DELETE: u8 = 0x7F;

/// Whether there is nothing but what ASCII prints, line feeds and tabs, as in most texts. A loop without an early exit finds
/// out fastest.
fn is_simple(bytes: &[u8]) -> bool {
    let is_other = |byte: u8| {
        // What comes after a byte that is not ASCII, or after the last one that is, is negative or zero.
        (byte.wrapping_add(1).cast_signed() <= 0x20) & (byte != b'\n') & (byte != b'\t')
    };
    !bytes.iter().fold(false, |found, byte| found | is_other(*byte))
}

/// A character of ASCII that go-yaml does not allow.
fn is_control(byte: u8) -> bool {
    (byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')) || byte == DELETE
}

/// What go-yaml says of bytes that are not UTF-8.
fn utf8_problem(rest: &[u8]) -> &'static str {
    let width = match rest.first() {
        Some(0x80..=0xBF | 0xF8..) | None => return "invalid leading UTF-8 octet",
        Some(first) => width(*first),
    };
    let Some(character) = rest.get(..width) else { return "incomplete UTF-8 octet sequence" };
    if character.iter().skip(1).any(|b| b & 0xC0 != 0x80) {
        return "invalid trailing UTF-8 octet";
    }
    let first = character.first().copied().unwrap_or_default();
    let second = character.get(1).copied().unwrap_or_default();
    match (first, second) {
        (0xC0 | 0xC1, _) | (0xE0, ..=0x9F) | (0xF0, ..=0x8F) => "invalid length of a UTF-8 sequence",
        _ => "invalid Unicode character",
    }
}

/// The first character that go-yaml does not allow.
pub(super) fn control_character(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    // Most texts have none, which a loop without an early exit finds out fastest.
    let allowed = |byte: u8| (byte == b'\t') | (byte == b'\n') | (byte == b'\r');
    let least = bytes.iter().map(|b| if allowed(*b) { b' ' } else { *b }).fold(u8::MAX, u8::min);
    let first =
        if least < b' ' || find(DELETE, bytes).is_some() { bytes.iter().position(|b| is_control(*b)) } else { None };
    if first.is_none() && text.is_ascii() {
        return None;
    }
    let before = bytes.get(..first.unwrap_or(bytes.len())).unwrap_or_default();
    let other = beyond_ascii(before).find(|at| {
        let rest = before.get(*at..).unwrap_or_default();
        matches!(rest, [0xC2, 0x80..=0x84 | 0x86..=0x9F, ..] | [0xEF, 0xBF, 0xBE | 0xBF, ..])
    });
    other.or(first)
}

/// Whether a text has line breaks other than those of ASCII.
fn has_special_breaks(text: &str) -> bool {
    let bytes = text.as_bytes();
    beyond_ascii(bytes).any(|at| is_special_break(bytes.get(at..).unwrap_or_default()))
}

/// NEL, or one of the separators of lines and paragraphs.
fn is_special_break(rest: &[u8]) -> bool {
    matches!(rest, [0xC2, 0x85, ..] | [0xE2, 0x80, 0xA8 | 0xA9, ..])
}

/// The places of the bytes that are not ASCII.
fn beyond_ascii(bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    const STEP: usize = 32;
    let chunks = bytes.chunks(STEP).enumerate().filter(|(_, chunk)| !chunk.is_ascii());
    chunks.flat_map(|(i, chunk)| {
        let places = chunk.iter().enumerate().filter(|(_, b)| !b.is_ascii());
        places.map(move |(at, _)| i * STEP + at)
    })
}

/// The start of the chunk that a character is read with. A chunk ends before a character that does not fit into it.
fn chunk_start(bytes: &[u8], at: usize) -> usize {
    let mut start = 0;
    loop {
        let mut end = start + CHUNK;
        if end >= bytes.len() {
            return start;
        }
        if at < end {
            let first = bytes.get(at).copied().unwrap_or_default();
            let fits = at + width(first) <= end || matches!(first, 0x80..=0xBF | 0xF8..);
            return if fits { start } else { at };
        }
        while end > start && bytes.get(end).is_some_and(|b| b & 0xC0 == 0x80) {
            end -= 1;
        }
        if end == start {
            return start;
        }
        start = end;
    }
}

/// The number of bytes of the character that starts with this one.
pub(super) fn width(first: u8) -> usize {
    match first {
        ..0x80 => 1,
        0x80..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

/// A position in a readable text. Beyond the end every byte is 0, which occurs nowhere else.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    pub text: &'a str,
    bytes: &'a [u8],
    has_special_breaks: bool,
    starts_with_two_marks: bool,
    pub mark: Mark,
}

impl<'a> Cursor<'a> {
    pub fn new(readable: &Readable<'a>) -> Self {
        let text = readable.text;
        let at = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
        Cursor {
            text,
            bytes: text.as_bytes(),
            has_special_breaks: readable.has_special_breaks,
            starts_with_two_marks: text.starts_with("\u{FEFF}\u{FEFF}"),
            mark: Mark { at, line: 0, column: 0 },
        }
    }

    pub fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.mark.at + ahead).copied().unwrap_or(0)
    }

    pub fn is_end(&self) -> bool {
        self.mark.at >= self.bytes.len()
    }

    pub fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    pub fn is_blank(&self, ahead: usize) -> bool {
        matches!(self.byte(ahead), b' ' | b'\t')
    }

    pub fn is_break(&self, ahead: usize) -> bool {
        match self.byte(ahead) {
            b'\r' | b'\n' => true,
            0xC2 | 0xE2 if self.has_special_breaks => {
                is_special_break(self.bytes.get(self.mark.at + ahead..).unwrap_or_default())
            }
            _ => false,
        }
    }

    pub fn is_break_or_end(&self, ahead: usize) -> bool {
        self.byte(ahead) == 0 || self.is_break(ahead)
    }

    pub fn is_blank_or_end(&self, ahead: usize) -> bool {
        self.is_blank(ahead) || self.is_break_or_end(ahead)
    }

    /// `---` or `...` at the start of a line, followed by white space.
    pub fn is_document_indicator(&self) -> bool {
        self.mark.column == 0 && (self.is_marker(b'-') || self.is_marker(b'.'))
    }

    pub fn is_marker(&self, byte: u8) -> bool {
        (0..3).all(|i| self.byte(i) == byte) && self.is_blank_or_end(3)
    }

    /// Moves over one character that is not a break.
    pub fn skip(&mut self) {
        if !self.is_end() {
            self.mark.at += width(self.byte(0));
        }
        self.mark.column += 1;
    }

    /// Moves over spaces, `most` at most.
    pub fn skip_spaces(&mut self, most: usize) {
        let count = self.rest().iter().take(most).take_while(|b| **b == b' ').count();
        self.mark.at += count;
        self.mark.column += count;
    }

    /// The bytes from here on.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.mark.at..).unwrap_or_default()
    }

    /// A space so many bytes ahead stands between two words of a text.
    pub fn is_between_words(&self, ahead: usize) -> bool {
        self.byte(ahead) == b' ' && self.byte(ahead + 1).is_ascii_alphanumeric()
    }

    /// Moves to a later place on the same line.
    pub fn advance_to(&mut self, at: usize) {
        let passed = self.bytes.get(self.mark.at..at).unwrap_or_default();
        self.mark.column += match passed.is_ascii() {
            true => passed.len(),
            false => passed.iter().filter(|b| **b & 0xC0 != 0x80).count(),
        };
        self.mark.at = at;
    }

    /// Moves over blanks.
    pub fn skip_blanks(&mut self) {
        self.skip_all(|byte| matches!(byte, b' ' | b'\t'));
    }

    /// Moves over bytes of ASCII that are no breaks.
    pub fn skip_all(&mut self, is_skipped: impl Fn(u8) -> bool) {
        let passed = self.rest().iter().take_while(|byte| is_skipped(**byte)).count();
        self.mark.at += passed;
        self.mark.column += passed;
    }

    /// Moves to the end of the line.
    pub fn skip_to_break(&mut self) {
        let end = self.end_of_line();
        self.advance_to(end);
    }

    /// The place of the next break, or of the end.
    pub fn end_of_line(&self) -> usize {
        let rest = self.bytes.get(self.mark.at..).unwrap_or_default();
        if !self.has_special_breaks {
            return self.mark.at + find2(b'\n', b'\r', rest).unwrap_or(rest.len());
        }
        let mut ahead = 0;
        while !self.is_break_or_end(ahead) {
            ahead += 1;
        }
        self.mark.at + ahead
    }

    /// Moves over a break and gives what it reads as; nothing when there is no break.
    pub fn read_break(&mut self) -> &'static str {
        let (width, text) = match (self.byte(0), self.byte(1)) {
            (b'\r', b'\n') => (2, "\n"),
            (b'\r' | b'\n', _) => (1, "\n"),
            (0xC2, 0x85) => (2, "\n"),
            (0xE2, 0x80) if self.byte(2) == 0xA8 => (3, "\u{2028}"),
            (0xE2, 0x80) if self.byte(2) == 0xA9 => (3, "\u{2029}"),
            _ => return "",
        };
        self.mark = Mark { at: self.mark.at + width, line: self.mark.line + 1, column: 0 };
        text
    }

    /// Whether go-yaml takes the next character for a byte order mark and skips it: it always looks at the start of
    /// its buffer, which is not one unless the text starts with two of them.
    pub fn is_byte_order_mark(&self) -> bool {
        self.starts_with_two_marks && self.mark.at < CHUNK
    }
}
