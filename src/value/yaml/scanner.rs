//! Cuts a text into tokens as go-yaml v2 does.
//!
//! A `:` may turn what stands before it on the line into a key. Such a *simple key* is only a possibility when its first
//! token is scanned, so tokens wait in a queue until it is clear whether a `Key` has to be put before them.

use super::error::YamlError;
use super::input::{Cursor, Mark, Readable};
use super::simple_key::SimpleKey;
use super::token::{Chars, Token, TokenKind};
use std::collections::VecDeque;

/// Deeper collections are refused.
const MAX_DEPTH: usize = 10_000;
pub(super) struct Scanner<'a> {
    pub(super) input: Cursor<'a>,
    stopped_by: Option<super::input::BadCharacter>,
    queue: VecDeque<Token>,
    /// How many tokens were taken out of the queue.
    taken: usize,
    is_available: bool,
    is_started: bool,
    pub(super) flow_level: usize,
    /// The column of the current block collection; -1 outside of any.
    pub(super) indent: isize,
    indents: Vec<isize>,
    pub(super) simple_key_allowed: bool,
    /// One for each level of flow collections.
    pub(super) simple_keys: Vec<SimpleKey>,
    /// The levels of possible keys by the numbers of their first tokens, which rise.
    pub(super) key_starts: Vec<(usize, usize)>,
}

/// A scalar that was scanned alone.
pub(super) struct Scanned {
    pub chars: Chars,
    /// The place after its last byte.
    pub end: usize,
    /// Where the scanner went on to; lines count from the one that the scalar starts on.
    pub mark: Mark,
}

pub(super) type Scan<T> = Result<T, YamlError>;

impl<'a> Scanner<'a> {
    pub fn new(readable: &Readable<'a>) -> Self {
        Scanner {
            input: Cursor::new(readable),
            stopped_by: readable.stopped_by,
            queue: VecDeque::new(),
            taken: 0,
            is_available: false,
            is_started: false,
            flow_level: 0,
            indent: -1,
            indents: Vec::new(),
            simple_key_allowed: true,
            simple_keys: vec![SimpleKey::default()],
            key_starts: Vec::new(),
        }
    }

    /// The scalar at a place, in a block collection at a column.
    pub fn scalar_at(readable: &Readable<'a>, at: usize, indent: isize) -> Option<Scanned> {
        let mut scanner = Scanner { indent, ..Scanner::new(readable) };
        scanner.input.mark.at = at;
        match scanner.input.byte(0) {
            quote @ (b'\'' | b'"') => scanner.scan_quoted(quote),
            style @ (b'|' | b'>') => scanner.scan_block_scalar(style == b'|'),
            _ => scanner.scan_plain(),
        }
        .ok()?;
        let mark = scanner.input.mark;
        match scanner.queue.pop_front()? {
            Token { kind: TokenKind::Scalar { chars, .. }, end, .. } => Some(Scanned { chars, end, mark }),
            _ => None,
        }
    }

    /// The next token.
    pub fn peek(&mut self) -> Scan<&Token> {
        if !self.is_available {
            self.fetch_more().map_err(|error| self.stop(error))?;
            self.is_available = true;
        }
        match self.queue.front() {
            Some(token) => Ok(token),
            // `fetch_more` leaves a token in the queue.
            None => Err(YamlError::plain("yaml: unknown problem parsing YAML content", self.input.mark.at)),
        }
    }

    /// Takes the token that was peeked at.
    pub fn take(&mut self) -> Option<Token> {
        self.is_available = false;
        self.taken += 1;
        self.queue.pop_front()
    }

    /// An error at the end of the readable part of the text is in fact an unreadable character.
    fn stop(&self, error: YamlError) -> YamlError {
        match self.stopped_by {
            Some(bad) if self.input.mark.at + 4 >= self.input.text.len() => {
                YamlError::plain(format!("yaml: {}", bad.problem), bad.at)
            }
            _ => error,
        }
    }

    pub(super) fn error<T>(&self, problem: &str) -> Scan<T> {
        Err(YamlError::scanner(problem, self.input.mark))
    }

    fn fetch_more(&mut self) -> Scan<()> {
        loop {
            if !self.queue.is_empty() {
                let level =
                    self.key_start(self.taken).ok().and_then(|at| self.key_starts.get(at)).map(|(_, level)| *level);
                let Some(level) = level else { return Ok(()) };
                if !self.is_valid_key(level)? {
                    return Ok(());
                }
            }
            self.fetch_next()?;
        }
    }

    fn fetch_next(&mut self) -> Scan<()> {
        if !self.is_started {
            self.is_started = true;
            self.push(TokenKind::StreamStart, self.input.mark);
            return Ok(());
        }
        self.skip_to_token();
        self.unroll_indent(self.input.mark.column as isize);
        if self.input.is_end() {
            return self.fetch_stream_end();
        }
        let input = &self.input;
        let at_line_start = input.mark.column == 0;
        let in_flow = self.flow_level > 0;
        match input.byte(0) {
            b'%' if at_line_start => self.fetch_directive(),
            b'-' if at_line_start && input.is_marker(b'-') => self.fetch_document_marker(TokenKind::DocumentStart),
            b'.' if at_line_start && input.is_marker(b'.') => self.fetch_document_marker(TokenKind::DocumentEnd),
            b'[' => self.fetch_flow_start(TokenKind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(TokenKind::FlowMappingStart),
            b']' => self.fetch_flow_end(TokenKind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(TokenKind::FlowMappingEnd),
            b',' => {
                self.remove_simple_key()?;
                self.simple_key_allowed = true;
                self.push_indicator(TokenKind::FlowEntry);
                Ok(())
            }
            b'-' if input.is_blank_or_end(1) => self.fetch_block_entry(),
            b'?' if in_flow || input.is_blank_or_end(1) => self.fetch_key(),
            b':' if in_flow || input.is_blank_or_end(1) => self.fetch_value(),
            b'*' => {
                self.save_simple_key()?;
                self.simple_key_allowed = false;
                self.scan_anchor(true)
            }
            b'&' => {
                self.save_simple_key()?;
                self.simple_key_allowed = false;
                self.scan_anchor(false)
            }
            b'!' => {
                self.save_simple_key()?;
                self.simple_key_allowed = false;
                self.scan_tag()
            }
            b'|' | b'>' if !in_flow => {
                self.remove_simple_key()?;
                self.simple_key_allowed = true;
                let is_literal = self.input.byte(0) == b'|';
                self.scan_block_scalar(is_literal)
            }
            quote @ (b'\'' | b'"') => {
                self.save_simple_key()?;
                self.simple_key_allowed = false;
                self.scan_quoted(quote)
            }
            b' ' | b'\t' | b'#' | b'|' | b'>' | b'%' | b'@' | b'`' => {
                self.error("found character that cannot start any token")
            }
            _ => {
                self.save_simple_key()?;
                self.simple_key_allowed = false;
                self.scan_plain()
            }
        }
    }

    fn skip_to_token(&mut self) {
        loop {
            if self.input.mark.column == 0 && self.input.is_byte_order_mark() {
                self.input.skip();
            }
            let tabs_too = self.flow_level > 0 || !self.simple_key_allowed;
            self.input.skip_all(|byte| byte == b' ' || (tabs_too && byte == b'\t'));
            if self.input.byte(0) == b'#' {
                self.input.skip_to_break();
            }
            if !self.input.is_break(0) {
                return;
            }
            self.input.read_break();
            if self.flow_level == 0 {
                self.simple_key_allowed = true;
            }
        }
    }

    /// Appends a token that ends here.
    pub(super) fn push(&mut self, kind: TokenKind, start: Mark) {
        self.queue.push_back(Token { kind, start, end: self.input.mark.at });
    }

    /// Appends a token that ended before here.
    pub(super) fn push_until(&mut self, kind: TokenKind, start: Mark, end: usize) {
        self.queue.push_back(Token { kind, start, end });
    }

    /// Appends the token of one character.
    fn push_indicator(&mut self, kind: TokenKind) {
        let start = self.input.mark;
        self.input.skip();
        self.push(kind, start);
    }

    /// Puts an empty token before the token with this number; go-yaml appends it when that one was already taken.
    fn insert(&mut self, kind: TokenKind, mark: Mark, number: usize) {
        let token = Token { kind, start: mark, end: mark.at };
        match number.checked_sub(self.taken) {
            Some(index) if index <= self.queue.len() => self.queue.insert(index, token),
            _ => self.queue.push_back(token),
        }
    }

    pub(super) fn next_number(&self) -> usize {
        self.taken + self.queue.len()
    }

    /// Opens a block collection when the column is right of the current one. `before` is the number of the token that
    /// it starts with.
    fn roll_indent(&mut self, mark: Mark, before: Option<usize>, kind: TokenKind) -> Scan<()> {
        let column = mark.column as isize;
        if self.flow_level > 0 || self.indent >= column {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column;
        if self.indents.len() > MAX_DEPTH {
            return self.error(&format!("exceeded max depth of {MAX_DEPTH}"));
        }
        match before {
            Some(number) => self.insert(kind, mark, number),
            None => self.queue.push_back(Token { kind, start: mark, end: mark.at }),
        }
        Ok(())
    }

    /// Closes the block collections right of a column.
    fn unroll_indent(&mut self, column: isize) {
        if self.flow_level > 0 {
            return;
        }
        while self.indent > column {
            self.push(TokenKind::BlockEnd, self.input.mark);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    fn fetch_stream_end(&mut self) -> Scan<()> {
        if let Some(bad) = self.stopped_by {
            return Err(YamlError::plain(format!("yaml: {}", bad.problem), bad.at));
        }
        let mark = &mut self.input.mark;
        if mark.column != 0 {
            mark.column = 0;
            mark.line += 1;
        }
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.push(TokenKind::StreamEnd, self.input.mark);
        Ok(())
    }

    fn fetch_directive(&mut self) -> Scan<()> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.scan_directive()
    }

    fn fetch_document_marker(&mut self, kind: TokenKind) -> Scan<()> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.input.mark;
        self.input.advance_to(start.at + 3);
        self.push(kind, start);
        Ok(())
    }

    fn fetch_flow_start(&mut self, kind: TokenKind) -> Scan<()> {
        self.save_simple_key()?;
        let mark = self.input.mark;
        let token = self.next_number();
        self.simple_keys.push(SimpleKey { possible: false, required: false, token, mark });
        self.flow_level += 1;
        if self.flow_level > MAX_DEPTH {
            return self.error(&format!("exceeded max depth of {MAX_DEPTH}"));
        }
        self.simple_key_allowed = true;
        self.push_indicator(kind);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: TokenKind) -> Scan<()> {
        self.remove_simple_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            if let Some(key) = self.simple_keys.pop() {
                // For a collection without keys this forgets the possible key that starts with the collection itself:
                // `[]: x` is not a mapping for go-yaml.
                self.forget_key(key.token);
            }
        }
        self.simple_key_allowed = false;
        self.push_indicator(kind);
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Scan<()> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return self.error("block sequence entries are not allowed in this context");
            }
            self.roll_indent(self.input.mark, None, TokenKind::BlockSequenceStart)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_indicator(TokenKind::BlockEntry);
        Ok(())
    }

    fn fetch_key(&mut self) -> Scan<()> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return self.error("mapping keys are not allowed in this context");
            }
            self.roll_indent(self.input.mark, None, TokenKind::BlockMappingStart)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = self.flow_level == 0;
        self.push_indicator(TokenKind::Key);
        Ok(())
    }

    fn fetch_value(&mut self) -> Scan<()> {
        let level = self.simple_keys.len().saturating_sub(1);
        let is_simple = self.is_valid_key(level)?;
        let key = self.simple_keys.last().copied().unwrap_or_default();
        if is_simple {
            self.insert(TokenKind::Key, key.mark, key.token);
            self.roll_indent(key.mark, Some(key.token), TokenKind::BlockMappingStart)?;
            if let Some(last) = self.simple_keys.last_mut() {
                last.possible = false;
            }
            self.forget_key(key.token);
            self.simple_key_allowed = false;
        } else {
            if self.flow_level == 0 {
                if !self.simple_key_allowed {
                    return self.error("mapping values are not allowed in this context");
                }
                self.roll_indent(self.input.mark, None, TokenKind::BlockMappingStart)?;
            }
            self.simple_key_allowed = self.flow_level == 0;
        }
        self.push_indicator(TokenKind::Value);
        Ok(())
    }
}
