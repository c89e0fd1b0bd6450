//! The part of the scanner that reads scalars: plain, quoted and block ones.

use super::scanner::{Scan, Scanner};
use super::token::{Chars, TokenKind};

/// Collects the text of a scalar. As long as it is a part of the source, only the places are kept.
struct Collector<'a> {
    source: &'a str,
    start: usize,
    end: usize,
    changed: Option<String>,
}

impl<'a> Collector<'a> {
    fn new(source: &'a str, start: usize) -> Self {
        Collector { source, start, end: start, changed: None }
    }

    fn own(&mut self) -> &mut String {
        let (source, start, end) = (self.source, self.start, self.end);
        self.changed.get_or_insert_with(|| source.get(start..end).unwrap_or_default().to_owned())
    }

    /// Appends a part of the source.
    fn source(&mut self, start: usize, end: usize) {
        match &mut self.changed {
            None if start == self.end => self.end = end,
            None if self.start == self.end => (self.start, self.end) = (start, end),
            _ => {
                let part = self.source.get(start..end).unwrap_or_default();
                self.own().push_str(part);
            }
        }
    }

    /// Appends text that is not in the source.
    fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.own().push_str(text);
        }
    }

    /// Appends what the breaks between two lines of a flow scalar read as.
    fn fold(&mut self, first: &str, others: &str) {
        match (first, others) {
            ("\n", "") => self.text(" "),
            ("\n", others) => self.text(others),
            (first, others) => {
                self.text(first);
                self.text(others);
            }
        }
        // The line break is not part of the text, so what follows does not continue the source.
        self.own();
    }

    fn finish(self) -> Chars {
        match self.changed {
            None => Chars::Source(self.start, self.end),
            Some(text) => Chars::Owned(text.into()),
        }
    }
}

/// What becomes of the breaks at the end of a block scalar.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    Clip,
    Strip,
    Keep,
}

impl Scanner<'_> {
    pub(super) fn scan_plain(&mut self) -> Scan<()> {
        let start = self.input.mark;
        let indent = self.indent + 1;
        let mut text = Collector::new(self.input.text, start.at);
        let mut end = start.at;
        // The first break since the last word, and those after it.
        let mut first = "";
        let mut others = String::new();
        let mut at_new_line = false;
        loop {
            if self.input.is_document_indicator() || self.input.byte(0) == b'#' {
                break;
            }
            let word = self.input.mark.at;
            let word_end = self.plain_word_end();
            if word_end > word {
                if at_new_line {
                    text.fold(first, &others);
                    others.clear();
                    at_new_line = false;
                    text.source(word, word_end);
                } else {
                    text.source(end, word_end);
                }
                self.input.advance_to(word_end);
                end = word_end;
            }
            if !self.input.is_blank(0) && !self.input.is_break(0) {
                break;
            }
            loop {
                if self.input.is_blank(0) {
                    let column = self.input.mark.column as isize;
                    if at_new_line && column < indent && self.input.byte(0) == b'\t' {
                        return self.error("found a tab character that violates indentation");
                    }
                    self.input.skip();
                } else if self.input.is_break(0) {
                    let line_break = self.input.read_break();
                    if at_new_line {
                        others.push_str(line_break);
                    } else {
                        first = line_break;
                        at_new_line = true;
                    }
                } else {
                    break;
                }
            }
            if self.flow_level == 0 && (self.input.mark.column as isize) < indent {
                break;
            }
        }
        if at_new_line {
            self.simple_key_allowed = true;
        }
        let kind = TokenKind::Scalar { chars: text.finish(), is_plain: true };
        self.push_until(kind, start, end);
        Ok(())
    }

    /// Where a run of characters of a plain scalar ends.
    fn plain_word_end(&self) -> usize {
        let in_flow = self.flow_level > 0;
        let rest = self.input.rest();
        let end = rest.iter().enumerate().position(|(ahead, byte)| match byte {
            b' ' => !self.input.is_between_words(ahead),
            b'\t' | b'\n' | b'\r' => true,
            b':' => self.input.is_blank_or_end(ahead + 1),
            b',' | b'?' | b'[' | b']' | b'{' | b'}' => in_flow,
            0xC2 | 0xE2 => self.input.is_break(ahead),
            _ => false,
        });
        self.input.mark.at + end.unwrap_or(rest.len())
    }

    pub(super) fn scan_quoted(&mut self, quote: u8) -> Scan<()> {
        let start = self.input.mark;
        self.input.skip();
        let mut text = Collector::new(self.input.text, self.input.mark.at);
        loop {
            if self.input.is_document_indicator() {
                return self.error("found unexpected document indicator");
            }
            if self.input.is_end() {
                return self.error("found unexpected end of stream");
            }
            let mut at_new_line = self.scan_quoted_run(quote, &mut text)?;
            if self.input.byte(0) == quote {
                break;
            }
            let blanks = self.input.mark.at;
            let mut blanks_end = blanks;
            let mut first = "";
            let mut others = String::new();
            loop {
                if self.input.is_blank(0) {
                    self.input.skip();
                    if !at_new_line {
                        blanks_end = self.input.mark.at;
                    }
                } else if self.input.is_break(0) {
                    let line_break = self.input.read_break();
                    if at_new_line {
                        others.push_str(line_break);
                    } else {
                        first = line_break;
                        at_new_line = true;
                    }
                } else {
                    break;
                }
            }
            if at_new_line {
                text.fold(first, &others);
            } else {
                text.source(blanks, blanks_end);
            }
        }
        self.input.skip();
        self.push(TokenKind::Scalar { chars: text.finish(), is_plain: false }, start);
        Ok(())
    }

    /// Reads up to white space or the closing quote; tells whether an escaped line break ended the run.
    fn scan_quoted_run(&mut self, quote: u8, text: &mut Collector<'_>) -> Scan<bool> {
        loop {
            let run = self.input.mark.at;
            let rest = self.input.rest();
            let end = rest.iter().enumerate().position(|(ahead, byte)| match byte {
                b' ' => !self.input.is_between_words(ahead),
                b'\t' | b'\n' | b'\r' => true,
                b'\\' => quote == b'"',
                0xC2 | 0xE2 => self.input.is_break(ahead),
                byte => *byte == quote,
            });
            let ahead = end.unwrap_or(rest.len());
            if ahead > 0 {
                text.source(run, run + ahead);
                self.input.advance_to(run + ahead);
            }
            match self.input.byte(0) {
                b'\'' if quote == b'\'' && self.input.byte(1) == b'\'' => {
                    text.text("'");
                    self.input.advance_to(run + ahead + 2);
                }
                b'\\' if quote == b'"' => {
                    if self.input.is_break(1) {
                        self.input.skip();
                        self.input.read_break();
                        return Ok(true);
                    }
                    self.scan_escape(text)?;
                }
                _ => return Ok(false),
            }
        }
    }

    fn scan_escape(&mut self, text: &mut Collector<'_>) -> Scan<()> {
        let mut digits = 0;
        let plain = match self.input.byte(1) {
            b'0' => "\0",
            b'a' => "\x07",
            b'b' => "\x08",
            b't' | b'\t' => "\t",
            b'n' => "\n",
            b'v' => "\x0B",
            b'f' => "\x0C",
            b'r' => "\r",
            b'e' => "\x1B",
            b' ' => " ",
            b'"' => "\"",
            b'\'' => "'",
            b'\\' => "\\",
            b'N' => "\u{85}",
            b'_' => "\u{A0}",
            b'L' => "\u{2028}",
            b'P' => "\u{2029}",
            code @ (b'x' | b'u' | b'U') => {
                digits = match code {
                    b'x' => 2,
                    b'u' => 4,
                    _ => 8,
                };
                ""
            }
            _ => return self.error("found unknown escape character"),
        };
        let at = self.input.mark.at + 2;
        self.input.advance_to(at);
        if digits == 0 {
            text.text(plain);
            return Ok(());
        }
        let code = self.input.slice(at, at + digits);
        if code.len() != digits || !code.bytes().all(|b| b.is_ascii_hexdigit()) {
            return self.error("did not find expected hexdecimal number");
        }
        let character = u32::from_str_radix(code, 16).ok().and_then(char::from_u32);
        let Some(character) = character else {
            return self.error("found invalid Unicode character escape code");
        };
        text.text(character.encode_utf8(&mut [0; 4]));
        self.input.advance_to(at + digits);
        Ok(())
    }

    pub(super) fn scan_block_scalar(&mut self, is_literal: bool) -> Scan<()> {
        let start = self.input.mark;
        self.input.skip();
        let (chomping, increment) = self.scan_block_header()?;
        let mut end = self.input.mark.at;
        self.input.read_break();
        let indent = increment.map(|increment| self.indent.max(0) as usize + increment);
        let mut text = String::new();
        let mut breaks = String::new();
        let indent = self.scan_block_breaks(indent, &mut breaks)?;
        let mut last_break = "";
        let mut last_starts_blank = false;
        while self.input.mark.column == indent && !self.input.is_end() {
            let starts_blank = self.input.is_blank(0);
            if !is_literal && !last_starts_blank && !starts_blank && last_break == "\n" {
                if breaks.is_empty() {
                    text.push(' ');
                }
            } else {
                text.push_str(last_break);
            }
            text.push_str(&breaks);
            breaks.clear();
            last_starts_blank = starts_blank;
            let line = self.input.mark.at;
            end = self.input.end_of_line();
            text.push_str(self.input.slice(line, end));
            self.input.advance_to(end);
            last_break = self.input.read_break();
            self.scan_block_breaks(Some(indent), &mut breaks)?;
        }
        if chomping != Chomping::Strip {
            text.push_str(last_break);
        }
        if chomping == Chomping::Keep {
            text.push_str(&breaks);
        }
        let kind = TokenKind::Scalar { chars: Chars::Owned(text.into()), is_plain: false };
        self.push_until(kind, start, end);
        Ok(())
    }

    /// Reads what stands after `|` or `>` up to the end of the line.
    fn scan_block_header(&mut self) -> Scan<(Chomping, Option<usize>)> {
        let mut chomping = Chomping::Clip;
        let mut increment = None;
        // Either may come first, neither twice.
        let has_chomping = self.scan_chomping(&mut chomping);
        if self.input.byte(0).is_ascii_digit() {
            let digit = self.input.byte(0) - b'0';
            if digit == 0 {
                return self.error("found an indentation indicator equal to 0");
            }
            increment = Some(usize::from(digit));
            self.input.skip();
            if !has_chomping {
                self.scan_chomping(&mut chomping);
            }
        }
        self.input.skip_blanks();
        if self.input.byte(0) == b'#' {
            self.input.skip_to_break();
        }
        if !self.input.is_break_or_end(0) {
            return self.error("did not find expected comment or line break");
        }
        Ok((chomping, increment))
    }

    fn scan_chomping(&mut self, chomping: &mut Chomping) -> bool {
        *chomping = match self.input.byte(0) {
            b'+' => Chomping::Keep,
            b'-' => Chomping::Strip,
            _ => return false,
        };
        self.input.skip();
        true
    }

    /// Reads the indentation and the empty lines before a line of text. Where the indentation is not known yet, the
    /// widest of the lines up to the first text gives it.
    fn scan_block_breaks(&mut self, indent: Option<usize>, breaks: &mut String) -> Scan<usize> {
        let mut widest = 0;
        loop {
            let inside = |column: usize| indent.is_none_or(|indent| column < indent);
            let column = self.input.mark.column;
            self.input.skip_spaces(indent.map_or(usize::MAX, |indent| indent.saturating_sub(column)));
            widest = widest.max(self.input.mark.column);
            if inside(self.input.mark.column) && self.input.byte(0) == b'\t' {
                return self.error("found a tab character where an indentation space is expected");
            }
            if !self.input.is_break(0) {
                break;
            }
            breaks.push_str(self.input.read_break());
        }
        Ok(match indent {
            Some(indent) => indent,
            None => widest.max((self.indent + 1).max(1) as usize),
        })
    }
}
